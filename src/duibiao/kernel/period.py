"""Points and stretches of time as official statistics use them."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


def local_day() -> date:
    """Today where the program runs: deadlines, and the calendar of a plan, are local days."""
    return date.today()  # noqa: DTZ011  local by nature


def local_time(at: str) -> str:
    """A moment kept in UTC (ISO 8601) as the clock on the wall says it, to the minute; empty stays empty."""
    return datetime.fromisoformat(at).astimezone().strftime("%Y-%m-%d %H:%M") if at else ""


class PeriodKind(StrEnum):
    """How a period is cut from the calendar."""

    YEAR = "year"  # 年度
    SCHOOL_YEAR = "school_year"  # 学年, September to August


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A year (年度) or school year (学年) that a value speaks of; not the day it was published.

    ``year`` is the statistical year: for the school year 2024/25 it is 2024, the year of the
    autumn return, so that both kinds stand on one time axis.
    """

    year: int
    kind: PeriodKind = PeriodKind.YEAR

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Read ``2024`` or ``2024/25``; raise ValueError for anything else."""
        match = re.fullmatch(r"(\d{4})(?:/(\d{2}))?", text.strip())
        if match is None:
            raise ValueError(text)
        year = int(match[1])
        if match[2] is not None and int(match[2]) != (year + 1) % 100:
            raise ValueError(text)
        found = cls(year, PeriodKind.YEAR if match[2] is None else PeriodKind.SCHOOL_YEAR)
        _ = found.start, found.end  # a year outside the calendar raises here
        return found

    @property
    def start(self) -> date:
        """The first day."""
        return date(self.year, 1, 1) if self.kind is PeriodKind.YEAR else date(self.year, 9, 1)

    @property
    def end(self) -> date:
        """The last day."""
        return date(self.year, 12, 31) if self.kind is PeriodKind.YEAR else date(self.year + 1, 8, 31)

    def __str__(self) -> str:
        return str(self.year) if self.kind is PeriodKind.YEAR else f"{self.year}/{(self.year + 1) % 100:02}"


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A publication date as precisely as the source states it: a year, a month or a day."""

    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    def parse(cls, text: str) -> "PartialDate":
        """Read ``2025``, ``2025-04`` or ``2025-04-27``; raise ValueError for anything else."""
        match = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", text.strip())
        if match is None:
            raise ValueError(text)
        found = cls(int(match[1]), int(match[2]) if match[2] else None, int(match[3]) if match[3] else None)
        _ = found.earliest, found.latest  # an impossible month or day raises here
        return found

    @property
    def earliest(self) -> date:
        """The first day this date can mean."""
        return date(self.year, 1 if self.month is None else self.month, 1 if self.day is None else self.day)

    @property
    def latest(self) -> date:
        """The last day this date can mean: what is known for certain was known by then."""
        month = 12 if self.month is None else self.month
        day = calendar.monthrange(self.year, month)[1] if self.day is None else self.day
        return date(self.year, month, day)

    def __str__(self) -> str:
        parts = [f"{self.year:04}", *(f"{part:02}" for part in (self.month, self.day) if part is not None)]
        return "-".join(parts)


def months_between(earlier: date, later: date) -> int:
    """Whole months from one day to another (negative when ``later`` comes first)."""
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    is_month_end = later.day == calendar.monthrange(later.year, later.month)[1]
    return months if later.day >= earlier.day or is_month_end else months - 1
