"""What makes reading quick: dataclasses that are frozen for the type checker alone, and no search for cycles meanwhile.

Python freezes a dataclass by setting every field through ``object.__setattr__``: making a class of six fields takes
five times as long, and reading a document makes thirty thousand of them (a sixth of the whole time). mypy refuses an
assignment to a field of such a class all the same.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

__all__ = ["quick_dataclass", "without_collection"]

if TYPE_CHECKING:
    from dataclasses import dataclass as quick_dataclass
else:
    from dataclasses import dataclass

    def quick_dataclass(*, frozen: bool, slots: bool) -> Any:
        """Make a dataclass that compares and hashes like a frozen one."""
        return dataclass(slots=slots, unsafe_hash=frozen)


@contextmanager
def without_collection() -> Iterator[None]:
    """Do not look for cycles among the values of a document while it is read: it makes none.

    Python looks again and again at everything that lives, and a reading keeps everything it makes; memory that is let
    go is freed at once all the same. What was made goes straight to the oldest generation, so that it is not gone
    through at once, only when Python next looks at everything. Where two threads read, the first to end looks for
    cycles again.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            if gc.get_freeze_count() == 0:  # else somebody froze values and wants them to stay so
                gc.freeze()
                gc.unfreeze()
            gc.enable()
