"""The thresholds of the progress rules. They are data (``progress.yaml`` of a pack), not code."""

from dataclasses import dataclass
from decimal import Decimal

from duibiao.kernel.reading import Record
from duibiao.sources.citation import SourceKind


@dataclass(frozen=True, slots=True)
class Policy:
    """What turns a pace into a status.

    ``on_course`` and ``attention`` bound the ratio of progress to time progress (进展 ÷ 序时进度);
    ``stale_after_months`` counts from the end of the period a value speaks of to the reference date;
    ``source_rank`` orders kinds of source when several give a value for one period. ``amber_until_closed``: a target
    that was behind and has caught up is shown as 关注 until its issue is closed (三色预警 of 温州瓯海).
    """

    version: str
    on_course: Decimal
    attention: Decimal
    stale_after_months: int
    source_rank: tuple[SourceKind, ...]
    german_sun: Decimal
    german_cloudy_sun: Decimal
    amber_until_closed: bool = False


def read_policy(record: Record) -> Policy:
    """Read ``progress.yaml``."""
    kinds = []
    for text in record.texts("source_rank"):
        if text in set(SourceKind):
            kinds.append(SourceKind(text))
        else:
            choices = ", ".join(SourceKind)
            record.report.add(
                "PACK-CHOICE", record.where("source_rank"), field="source_rank", value=text, choices=choices
            )
    policy = Policy(
        version=record.text("version"),
        on_course=record.decimal("on_course"),
        attention=record.decimal("attention"),
        stale_after_months=record.integer("stale_after_months"),
        source_rank=tuple(kinds),
        german_sun=record.decimal("german_sun"),
        german_cloudy_sun=record.decimal("german_cloudy_sun"),
        amber_until_closed=record.flag("amber_until_closed"),
    )
    record.close()
    return policy
