"""Frozen dataclasses that are made by the ten thousand: frozen for the type checker, quick to make when run.

Python freezes a dataclass by setting every field through ``object.__setattr__``: making a class of six fields takes
five times as long, and reading a document makes thirty thousand of them (a sixth of the whole time). mypy refuses an
assignment to a field of such a class all the same.
"""

from typing import TYPE_CHECKING, Any

__all__ = ["quick_dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass as quick_dataclass
else:
    from dataclasses import dataclass

    def quick_dataclass(*, frozen: bool, slots: bool) -> Any:
        """Make a dataclass that compares and hashes like a frozen one."""
        return dataclass(slots=slots, unsafe_hash=frozen)
