"""How often somebody may ask: counted in this process, or in the data base where several workers serve.

A fixed window of seconds per key; what is left of a window is told, so that a program can wait. Keys are keyed hashes:
no address stands in the data base.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from duibiao.store.accounts.rows import AccountRoom
from duibiao.store.schema import RATE

KEPT = 10_000
"""How many keys one process remembers; the ones not asked for longest are forgotten first."""
_OLD_S = 3600


@dataclass(frozen=True, slots=True)
class RateRule:
    """How many of something in how many seconds (限流规则); ``name`` keeps the counts of two rules apart."""

    name: str
    count: int
    seconds: int


class Limiter(Protocol):
    """Counts what is asked for (限流): in the process or in the data base."""

    def wait_s(self, rule: RateRule, key: str) -> int:
        """Count one more; 0 where it may be served, else after how many seconds to ask again."""
        ...


class ProcessLimiter:
    """Counts in this process (进程内限流)."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._used: OrderedDict[tuple[str, str], tuple[int, int]] = OrderedDict()

    def wait_s(self, rule: RateRule, key: str) -> int:
        """See ``Limiter``."""
        now = self._clock()
        window = int(now // rule.seconds)
        with self._lock:
            began, used = self._used.pop((rule.name, key), (window, 0))
            used = used + 1 if began == window else 1
            self._used[rule.name, key] = (window, used)
            while len(self._used) > KEPT:
                self._used.popitem(last=False)
        return 0 if used <= rule.count else _left(rule, window, now)


class StoreLimiter:
    """Counts in the data base, for all workers together (多进程限流).

    A worker books a twentieth of a rule's count at once and serves from it, so that not every request is a write; the
    last few of a window may be booked by one worker and not served by another.
    """

    def __init__(self, room: AccountRoom, clock: Callable[[], float] = time.time) -> None:
        self._room = room
        self._clock = clock
        self._lock = threading.Lock()
        self._booked: OrderedDict[tuple[str, str], tuple[int, int, bool]] = OrderedDict()
        self._swept = 0.0

    def wait_s(self, rule: RateRule, key: str) -> int:
        """See ``Limiter``."""
        now = self._clock()
        window = int(now // rule.seconds)
        hashed = self._room.vault.keyed("rate", f"{rule.name}:{key}")
        with self._lock:
            began, left, full = self._booked.pop((rule.name, hashed), (window, 0, False))
            if began != window:
                left, full = 0, False
            if not left and not full:
                left = self._book(rule, hashed, window)
                full = not left
            self._booked[rule.name, hashed] = (window, max(0, left - 1), full)
            while len(self._booked) > KEPT:
                self._booked.popitem(last=False)
        return 0 if left else _left(rule, window, now)

    def _book(self, rule: RateRule, key: str, window: int) -> int:
        """Book the next portion of a window; how many of it may be served."""
        portion = max(1, rule.count // 20)
        start = window * rule.seconds
        kind = sqlite if self._room.database.is_sqlite else postgresql
        insert = kind.insert(RATE).values(key=key, window_start=start, used=portion)
        booking = insert.on_conflict_do_update(
            index_elements=[RATE.c.key, RATE.c.window_start], set_={"used": RATE.c.used + portion}
        ).returning(RATE.c.used)
        with self._room.database.counting() as connection:
            used: int = connection.execute(booking).scalar_one()
            if start - self._swept > _OLD_S:
                self._swept = float(start)
                connection.execute(
                    RATE.delete().where(RATE.c.window_start < start - _OLD_S, RATE.c.key != sa.literal(key))
                )
        return max(0, min(portion, rule.count - (used - portion)))


def _left(rule: RateRule, window: int, now: float) -> int:
    return max(1, int((window + 1) * rule.seconds - now) + 1)
