"""From a computed figure down to the districts, schools and cells it was made of, as far as the reader may see."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date

from duibiao.compute import ComputedValue
from duibiao.kernel.period import Period
from duibiao.kernel.text import Text
from duibiao.kernel.value import MISSING_WORDS, MissingReason
from duibiao.metrics.indicator import Indicator
from duibiao.metrics.unit import UnitKind
from duibiao.views.computed import ComputedData, year_values
from duibiao.views.formula_words import formula_words
from duibiao.views.lineage import LineageNames, LineagePage, LineageReach, lineage_page
from duibiao.workspace import Workspace
from duibiao.workspace.data_folder import explained, unit_figures

UNITS_A_PAGE = 50
"""So many reporting units stand on a page of a trace."""
WITHHELD = Text(
    "小数保护：这个数会显出1至4个人，不公布，也不展开。",
    "Withheld to protect small numbers of persons: neither shown nor traced.",
)
ONLY_FIGURE = Text(
    "公布的是这个数和它的算式。各单位的报表只给本单位和上级看：由审核、分析、督导或领导角色的账号登录后查看。",
    "What is published is the figure and its formula. Single returns are for the unit itself and those above it: "
    "sign in with a role that may read them.",
)
ONLY_BELOW = Text(
    "下面只列出您可以查看的单位；全体的合计不在其中。",
    "Only the units you may see are listed; the sums over all of them are not.",
)
ONLY_SCHOOL = Text(
    "本校的值由本校报表按同一算式得出；区县和全市的值是各校合计后再算，不是各校值的平均。",
    "The school's figure follows from its own returns by the same formula; that of a district is computed from the "
    "sums over its schools and is no mean of their figures.",
)


@dataclass(frozen=True, slots=True)
class OpenReturn:
    """A return in the store that a row of a trace was published from (溯源报表): its history is one click away."""

    form: str
    year: int
    unit: str
    slug: str


@dataclass(frozen=True, slots=True)
class TracePage:
    """The way down from one computed figure (溯源页).

    ``lineage`` holds what the reader may see; ``reach`` says what is left out and why. ``words`` is the formula in
    words, ``path`` leads from the city to the unit. ``returns`` are the listed units whose row was published from a
    return in the store.
    """

    sentence: Text
    as_of: date
    lineage: LineagePage
    words: Text
    years: tuple[int, ...]
    path: tuple[tuple[str, str], ...]
    reach: Text
    page: int
    pages: int
    returns: tuple[OpenReturn, ...]

    def slug(self, form: str, year: int, unit: str) -> str:
        """The period of the return of a listed unit in its address; empty where the store has none."""
        place = (form, year, unit)
        return next((one.slug for one in self.returns if (one.form, one.year, one.unit) == place), "")


Opened = Callable[[str, Period, Collection[str]], Collection[str]]
"""Form, period and units → those of them whose row was published from a return in the store."""


def trace_page(
    workspace: Workspace,
    data: ComputedData,
    place: tuple[str, str, int | None],
    as_of: date,
    sees: Callable[[str], bool],
    opened: Opened,
    page: int = 1,
) -> TracePage:
    """Follow the figure of an indicator, unit and year (None: the last one) down to the cells.

    Raises KeyError for what was not computed and for a school whose returns the reader may not see.
    """
    code, unit, asked = place
    indicator = workspace.content.indicators[code]
    years = data.years(as_of)
    if code not in data.result.figures or not years or (asked is not None and asked not in years):
        raise KeyError(code)
    year = years[-1] if asked is None else asked
    school = unit if unit in data.units and data.units[unit].kind is UnitKind.SCHOOL else ""
    if school and not sees(school):
        raise KeyError(unit)
    group = _district(data, school) if school else unit
    if not data.holds(code, group):
        raise KeyError(unit)
    found = explained(workspace.content, data.snapshot, data.result, (code, group, year))
    names = _names(workspace, data)
    whole = bool(school) or sees(group)
    shown = max(page, 1)
    reach = LineageReach(sees, whole, school, (shown - 1) * UNITS_A_PAGE, UNITS_A_PAGE)
    figure = _of_school(workspace, data, code, school, year) if school else None
    lineage = lineage_page(found, indicator, data.snapshot, names, reach, figure)
    most = max((part.counted + part.not_counted for part in lineage.parts), default=0)
    return TracePage(
        sentence=_sentence(lineage, school, _why_broken(data, indicator, lineage)),
        as_of=as_of,
        lineage=lineage,
        words=formula_words(workspace.content.formulas[code].node, workspace.content),
        years=years,
        path=_path(data, group, school),
        reach=_reach(lineage, whole, school, found.figure),
        page=shown,
        pages=max(-(-most // UNITS_A_PAGE), 1),
        returns=tuple(_returns(workspace, lineage, opened)),
    )


def _names(workspace: Workspace, data: ComputedData) -> LineageNames:
    content = workspace.content
    return LineageNames(
        data.units, content.elements, content.forms, content.indicators, lambda node: formula_words(node, content)
    )


def _district(data: ComputedData, school: str) -> str:
    """The group a school is counted in: the nearest unit above it that is no school."""
    return next(one.code for one in data.registry.path(school) if one.kind is not UnitKind.SCHOOL)


def _of_school(workspace: Workspace, data: ComputedData, code: str, school: str, year: int) -> ComputedValue:
    """The figure of one school; raises KeyError where it makes no return of the indicator's forms."""
    own = unit_figures(data.result.compiled, data.snapshot, school, year, data.units.values())
    if own is None:
        raise KeyError(school)
    return own.cell(code, school, year)


def _path(data: ComputedData, group: str, school: str) -> tuple[tuple[str, str], ...]:
    """From the city to the unit, by code and name; a grouping of districts stands below its city."""
    top, _, grouping = group.partition(":")
    units = [one for one in reversed(data.registry.path(school or top)) if one.kind is not UnitKind.NATION]
    return (*((one.code, one.name) for one in units), *(((group, grouping),) if grouping else ()))


def _reach(lineage: LineagePage, whole: bool, school: str, traced: ComputedValue) -> Text:
    if traced.missing is MissingReason.SUPPRESSED:
        return WITHHELD
    if school:
        return ONLY_SCHOOL
    if whole:
        return Text("")
    return ONLY_BELOW if any(part.units or part.districts for part in lineage.parts) else ONLY_FIGURE


def _why_broken(data: ComputedData, indicator: Indicator, lineage: LineagePage) -> Text | None:
    """Why a figure without a value cannot be compared with the year before: the change of boundary or definition."""
    if lineage.value.missing is not MISSING_WORDS[MissingReason.NOT_COMPARABLE]:
        return None
    return next((one.break_reason for one in year_values(data, indicator, lineage.unit, (lineage.year,))), None)


def _sentence(lineage: LineagePage, school: str, broken: Text | None) -> Text:
    """One sentence: the figure, and from how many returns."""
    value = lineage.value
    shown = value.missing or Text(value.shown, value.shown)
    if broken:
        shown = Text(f"{shown.zh}（{broken.zh}）", f"{shown.en} ({broken.en or broken.zh})")
    own = Text("由本校报表计算", "computed from its own returns") if school else _counted(value.coverage)
    return Text(
        f"{lineage.unit_name}{lineage.year}年“{lineage.label.zh}”：{shown.zh}，{own.zh}。",
        f"{lineage.label.en or lineage.label.zh} of {lineage.unit_name}, {lineage.year}: {shown.en or shown.zh}, "
        f"{own.en}.",
    )


def _counted(coverage: str) -> Text:
    return Text(f"应报单位中计入 {coverage}", f"{coverage} of the units expected count")


def _returns(workspace: Workspace, lineage: LineagePage, opened: Opened) -> Iterable[OpenReturn]:
    for form, year in dict.fromkeys((part.form, part.year) for part in lineage.parts):
        units = {one.unit for part in lineage.parts if (part.form, part.year) == (form, year) for one in part.units}
        period = Period(year, workspace.content.forms[form].period)
        for unit in sorted(opened(form, period, units)) if units else ():
            yield OpenReturn(form, year, unit, str(period).replace("/", "-"))
