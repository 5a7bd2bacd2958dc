"""What makes reading quick: dataclasses frozen for the type checker alone, and a rest for the search for cycles.

Python freezes a dataclass by setting every field through ``object.__setattr__``, which takes several times as long, and
reading a document makes twenty thousand of them. mypy refuses an assignment to a field of such a class all the same.
What it is worth is measured in ``docs/architecture.md``.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any

__all__ = ["quick_dataclass", "seldom_searched"]

if TYPE_CHECKING:
    from dataclasses import dataclass as quick_dataclass
else:
    from dataclasses import dataclass

    def quick_dataclass(*, frozen: bool, slots: bool) -> Any:
        """Make a dataclass that compares and hashes like a frozen one."""
        return dataclass(slots=slots, unsafe_hash=frozen)


_SELDOM = 100_000
"""So many more values made than let go begin a search while a document is read; Python's own limit is 700."""


class _Search:
    """How many readings are under way in this process, and how often cycles were searched for before the first."""

    lock = Lock()
    readings = 0
    usual = (0, 0, 0)


@contextmanager
def seldom_searched() -> Iterator[None]:
    """Have Python search for cycles seldom while a document is read, returns are checked or figures are computed.

    In all threads. None of them makes cycles (``tests/unit/kernel/test_quick.py``) but a computation the trees of its
    queries, which are kept, and most of what is made is kept: each search goes through all of it and finds nothing.
    The usual limits are back when the last one under way has ended, or failed.
    """
    with _Search.lock:
        if not _Search.readings:
            _Search.usual = gc.get_threshold()
            if 0 < _Search.usual[0] < _SELDOM:
                gc.set_threshold(_SELDOM, *_Search.usual[1:])
        _Search.readings += 1
    try:
        yield
    finally:
        with _Search.lock:
            _Search.readings -= 1
            if not _Search.readings:
                gc.set_threshold(*_Search.usual)
