"""Measuring for the benchmarks: wall and CPU seconds side by side, jobs of a comparison in turn, the least of several.

The machine is shared and noisy: what counts are ratios within one run, of the least of the repeats.
"""

import resource
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seconds:
    """What a job took: seconds on the clock, seconds of processor (all threads; children where ``children``)."""

    wall: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.wall:.2f} s ({self.cpu:.2f} CPU)"


def once(job: Callable[[], object], *, children: bool = False) -> Seconds:
    """Run a job and take the time."""
    who = resource.RUSAGE_CHILDREN if children else resource.RUSAGE_SELF
    before, start = resource.getrusage(who), time.perf_counter()
    job()
    wall, after = time.perf_counter() - start, resource.getrusage(who)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Seconds(wall, cpu)


def in_turn(jobs: Mapping[str, Callable[[], object]], repeats: int = 3) -> dict[str, Seconds]:
    """Run jobs A, B, C, A, B, C …; answers the least wall and the least CPU seconds of each."""
    taken: dict[str, list[Seconds]] = {name: [] for name in jobs}
    for _ in range(repeats):
        for name, job in jobs.items():
            taken[name].append(once(job))
    return {name: Seconds(min(one.wall for one in all_), min(one.cpu for one in all_)) for name, all_ in taken.items()}


def peak_megabytes() -> float:
    """The largest memory this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def told(name: str, value: object, note: str = "") -> None:
    """Print one line of a benchmark."""
    print(f"  {name:<44} {value!s:<26} {note}".rstrip(), flush=True)


def ratio(first: Seconds, second: Seconds) -> str:
    """How many times longer the first took, by clock and by processor."""
    return f"{first.wall / second.wall:.2f} x wall, {first.cpu / max(second.cpu, 1e-9):.2f} x CPU"
