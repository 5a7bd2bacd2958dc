"""What makes reading quick: dataclasses that are frozen for the type checker alone.

Python freezes a dataclass by setting every field through ``object.__setattr__``, which takes several times as long, and
reading a document makes twenty thousand of them. mypy refuses an assignment to a field of such a class all the same.
What it is worth is measured in ``docs/architecture.md``.
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
