"""What reading pages share, made once an edition: the standing of every target on a day, the computed figures."""

from datetime import date

from duibiao.kernel.problem import UserError
from duibiao.kernel.text import Text
from duibiao.plan.model import Plan
from duibiao.store.snapshot import Snapshot
from duibiao.views.computed import ComputedData
from duibiao.views.overview import DataVersion, data_version
from duibiao.views.standing import DayStanding, standing
from duibiao.web.ask import Question
from duibiao.web.guard import NotHereError, Permission
from duibiao.workspace.workspace import UnknownNameError


def standing_of(ask: Question, day: date | None = None) -> DayStanding:
    """How every target stands on the day asked for, or on another."""
    when = day or ask.as_of
    return ask.edition.keep(("standing", when), lambda: standing(ask.workspace, when))


def year_before(day: date) -> date:
    """The same day a year before; the last of February where that year has no 29th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=day.day - 1)


def chosen_plans(ask: Question, wanted: str) -> tuple[Text, list[Plan], str]:
    """The plans of a choice with its title and code; the first collection for an empty one. Raises NotHereError."""
    try:
        title, plans = ask.workspace.plans(wanted or None)
    except UnknownNameError:
        raise NotHereError(Text(f"规划 {wanted}", f"plan {wanted}")) from None
    first = next(iter(ask.workspace.collections()), None)
    code = wanted or (first.code if first else "")
    return title, plans, code if code else plans[0].code


def version_of(ask: Question) -> DataVersion | None:
    """The snapshot in force beside the one before; None where nothing has been published."""
    snapshot = ask.edition.snapshot
    if snapshot is None:
        return None
    return ask.edition.keep("data version", lambda: data_version(snapshot, _previous(snapshot)))


def _previous(snapshot: Snapshot) -> Snapshot | None:
    """The snapshot before, None where there was none or it has been removed: the page then says only what it knows."""
    if not snapshot.previous:
        return None
    try:
        return Snapshot.open(snapshot.folder.parent / snapshot.previous)
    except UserError:
        return None


def computed_of(ask: Question) -> ComputedData | None:
    """The figures of the snapshot in force with its units; None where nothing has been published."""
    snapshot, result = ask.edition.snapshot, ask.edition.result
    if snapshot is None or result is None:
        return None
    return ask.edition.keep("computed", lambda: ComputedData.of(snapshot, result, ask.workspace.home.unit))


def may_see_returns(ask: Question, code: str) -> bool:
    """Whether the visitor may read single returns of a unit: inside the units that permission was granted for.

    Of a grouping of districts (``500000:主城都市区``) only those may who see the whole city.
    """
    data = computed_of(ask)
    top = code.partition(":")[0]
    if data is None or top not in data.units:
        return False
    granted = ask.visitor.units_with(Permission.READ_RETURNS)
    return any(above.code in granted for above in data.registry.path(top))
