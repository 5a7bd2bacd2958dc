"""Opens a folder of packs and an archive, and answers questions across them."""

from duibiao.workspace.workspace import Workspace

__all__ = ["Workspace"]
