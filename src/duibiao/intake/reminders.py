"""Reminders (催报): one short text per unit that lists what is missing, few times, before and after the deadline.

The rules against burdening the grassroots forbid repeated demands and the counting of logins: nothing here knows who
opened what, and a unit is reminded at most ``MOST`` times about one return, on days fixed beforehand.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from duibiao.intake.due import DueReturn, in_words
from duibiao.metrics.element import DataElement

DAYS_LEFT = (7, 1, -3)
"""On how many days before (after: negative) the deadline a reminder may be sent."""
MOST = len(DAYS_LEFT)
SHOWN = 8
"""How many missing elements a reminder names; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """The text for one unit (催报通知) and the returns it speaks of."""

    unit: str
    unit_name: str
    text: str
    returns: tuple[DueReturn, ...]


def reminders(
    due: Iterable[DueReturn],
    elements: Mapping[str, DataElement],
    day: date,
    *,
    sent: Mapping[tuple[str, str], int] | None = None,
    on_demand: bool = False,
) -> list[Reminder]:
    """The reminders of a day, one per unit, about returns that are still with the reporting unit.

    Sent only on the days of ``DAYS_LEFT`` (``on_demand``: any day, when a person asks for the text), and at most
    ``MOST`` times about one return: ``sent`` counts earlier ones by (unit, form). A unit that owes nothing gets none.
    """
    counted = sent or {}
    by_unit: dict[str, list[DueReturn]] = {}
    for one in due:
        is_day = on_demand or one.days_left(day) in DAYS_LEFT
        if one.is_open and is_day and counted.get((one.unit, one.form.code), 0) < MOST:
            by_unit.setdefault(one.unit, []).append(one)
    return [
        Reminder(unit, owed[0].unit_name, _text(owed, elements, day), tuple(owed)) for unit, owed in by_unit.items()
    ]  # fmt: skip


def _text(owed: list[DueReturn], elements: Mapping[str, DataElement], day: date) -> str:
    lines = [f"{owed[0].unit_name}：", f"截至 {day}，尚有 {len(owed)} 张报表待报："]
    for number, one in enumerate(owed, 1):
        lines.append(f"{number}. {in_words(one, day)}")
        if one.missing and one.known:
            named = "、".join(elements[code].label.zh for code in one.missing[:SHOWN])
            more = f"等 {len(one.missing)} 项" if len(one.missing) > SHOWN else ""
            lines.append(f"   尚缺：{named}{more}")
    lines.append("已报的数会自动带入模板，不必重复填报。如有困难请与区县联系；本通知同一报表最多发送 " + f"{MOST} 次。")
    return "\n".join(lines)
