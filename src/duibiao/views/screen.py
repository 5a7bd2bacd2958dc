"""The big screen: published figures only, nothing of single units, nothing of who looks at it."""

from dataclasses import dataclass
from datetime import date

from duibiao.kernel.text import Text
from duibiao.progress.status import KNOWN
from duibiao.views.monitor import Tally
from duibiao.views.overview import OverviewPage, StatusGroup
from duibiao.views.rows import MonitorRow
from duibiao.views.standing import worst_first

MOST = 6
"""So many targets can be read on one screen from the back of a room."""


@dataclass(frozen=True, slots=True)
class ScreenFigure:
    """A target as the screen shows it: published value, target, status, who leads (大屏指标)."""

    label: Text
    plan_short: Text
    value: str
    period: str
    goal: str
    due: int
    row: MonitorRow
    gap: str
    lead: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScreenPage:
    """What the big screen shows (大屏页): ``slide`` of ``slides`` from 1; ``rotate`` seconds, 0 for no turning.

    Slide 1 is the whole; slide 2 what needs a decision; then the targets that can be judged, so many a slide.
    """

    title: Text
    as_of: date
    answer: Text
    sentence: Text
    freshness: Text
    tally: tuple[Tally, ...]
    groups: tuple[StatusGroup, ...]
    figures: tuple[ScreenFigure, ...]
    heading: Text
    slide: int
    slides: int
    rotate: int


def screen_page(overview: OverviewPage, slide: int = 1, rotate: int = 0) -> ScreenPage:
    """Arrange an overview for a screen; a slide past the end is the first again."""
    gaps = {one.row.id: one.gap_words for one in overview.decisions}
    pressing = [one.row for one in overview.decisions]
    judged = [row for row in worst_first(overview.rows) if row.status in KNOWN]
    lists = [
        *((Text("需要决策", "Needs a decision"), part) for part in _parts(pressing)),
        *((Text("可判定的指标", "What can be judged"), part) for part in _parts(judged)),
    ]
    slides = 1 + len(lists)
    shown = slide if 1 <= slide <= slides else 1
    heading, rows = lists[shown - 2] if shown > 1 else (Text("总体", "Overall"), [])
    return ScreenPage(
        title=overview.title,
        as_of=overview.as_of,
        answer=overview.answer,
        sentence=overview.sentence,
        freshness=overview.freshness_sentence,
        tally=overview.tally,
        groups=overview.groups,
        figures=tuple(_figure(row, gaps.get(row.id, "")) for row in rows),
        heading=heading,
        slide=shown,
        slides=slides,
        rotate=rotate,
    )


def _parts(rows: list[MonitorRow]) -> list[list[MonitorRow]]:
    return [rows[start : start + MOST] for start in range(0, len(rows), MOST)]


def _figure(row: MonitorRow, gap: str) -> ScreenFigure:
    seen = row.observation
    return ScreenFigure(
        label=Text(row.label, row.indicator_label.en),
        plan_short=row.plan_short,
        value=seen.shown if seen else "—",
        period=seen.period if seen else "",
        goal=row.goal_written,
        due=row.due,
        row=row,
        gap=gap,
        lead=row.lead,
    )
