"""Districts and schools: each with its indicators beside city, group and last year, its gaps, and its history."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from duibiao.kernel.period import Period, PeriodKind
from duibiao.kernel.text import Text
from duibiao.kernel.value import MISSING_WORDS, MissingReason
from duibiao.metrics.indicator import Direction, Indicator
from duibiao.metrics.registry import UnitRegistry
from duibiao.metrics.unit import Ownership, Unit, UnitKind
from duibiao.plan.model import Target
from duibiao.progress.assess import deciding
from duibiao.store.snapshot import SnapshotElement, SnapshotForm
from duibiao.views.computed import AREAS, ComputedData
from duibiao.views.districts import DistrictValue
from duibiao.views.issue_words import IssueRow
from duibiao.views.rows import ValueView, value_view
from duibiao.views.words import difference_words
from duibiao.workspace import Workspace

UNIT_KIND_WORDS = {
    UnitKind.NATION: Text("国家", "nation"),
    UnitKind.CITY: Text("市", "city"),
    UnitKind.DISTRICT: Text("区县", "district"),
    UnitKind.FUNCTIONAL_ZONE: Text("功能区", "functional zone"),
    UnitKind.SCHOOL: Text("学校", "school"),
}
OWNERSHIP_WORDS = {Ownership.PUBLIC: Text("公办", "public"), Ownership.PRIVATE: Text("民办", "private")}
NO_GROUP = Text("未分组", "no group")
SCHOOLS_A_PAGE = 200


@dataclass(frozen=True, slots=True)
class UnitItem:
    """A unit in a list (单位条目): ``kind`` in words, ``schools`` below it, ``ended`` the day it was abolished."""

    code: str
    name: str
    kind: Text
    group: str
    schools: int
    ended: date | None


@dataclass(frozen=True, slots=True)
class UnitGroupList:
    """The districts of one grouping."""

    name: Text
    units: tuple[UnitItem, ...]


@dataclass(frozen=True, slots=True)
class UnitsPage:
    """Every district by grouping, those that were abolished apart (单位清单)."""

    sentence: Text
    as_of: date
    mark: Text | None
    groups: tuple[UnitGroupList, ...]
    abolished: tuple[UnitItem, ...]


@dataclass(frozen=True, slots=True)
class Succession:
    """What became of a unit or where it came from: ``relation`` in words, with the day."""

    relation: Text
    code: str
    name: str
    day: date | None


@dataclass(frozen=True, slots=True)
class UnitIndicator:
    """One computed indicator of a district beside last year, its group and the city (单位指标).

    ``change`` is this year less last year in the indicator's unit; None where one is missing or ``not_comparable``
    says why they must not be compared. ``better`` tells whether the change goes the good way.
    """

    indicator: str
    label: Text
    unit: str
    value: DistrictValue
    last_year: DistrictValue | None
    change: Decimal | None
    change_words: str
    better: bool | None
    not_comparable: Text | None
    group: DistrictValue | None
    city: DistrictValue | None
    goal_written: str
    due: int | None
    plan: str


@dataclass(frozen=True, slots=True)
class ReturnCell:
    """A cell of a school's own return, this year and last; "—" where nothing was reported."""

    element: str
    label: str
    unit: str
    value: Decimal | None
    last_year: Decimal | None


@dataclass(frozen=True, slots=True)
class ReturnTable:
    """One form a school made (本校报表); ``cells`` is empty for visitors who may not see single returns."""

    form: str
    label: str
    year: int
    has_last_year: bool
    filled: int
    asked: int
    cells: tuple[ReturnCell, ...]


@dataclass(frozen=True, slots=True)
class SchoolData:
    """What a school reported and what follows from it (本校数据); ``is_shown`` tells whether the visitor may see it."""

    returns: tuple[ReturnTable, ...] = ()
    figures: tuple[UnitIndicator, ...] = ()
    is_shown: bool = False


NOTHING_OWN = SchoolData()


@dataclass(frozen=True, slots=True)
class UnitPage:
    """One district or school (单位页).

    ``path`` leads from the city down to the unit. Of a school, ``group`` of an indicator is its district. ``targets``
    are the indicators some plan sets a target for, ``others`` the rest; ``missing`` those that should
    have a figure and have none, with the reason. ``schools`` is one page of those below; ``returns`` is for schools.
    ``issues`` of the unit and those below it, the open ones first, are None for visitors who see no issue list.
    ``sees_returns`` tells whether single returns are shown.
    """

    code: str
    name: str
    kind: Text
    as_of: date
    year: int | None
    mark: Text | None
    note: str
    sentence: Text
    facts: tuple[tuple[Text, Text], ...]
    path: tuple[UnitItem, ...]
    history: tuple[Succession, ...]
    breaks: tuple[date, ...]
    published: tuple[tuple[str, Text, ValueView], ...]
    targets: tuple[UnitIndicator, ...]
    others: tuple[UnitIndicator, ...]
    missing: tuple[UnitIndicator, ...]
    not_applicable: int
    is_school: bool
    schools: tuple[UnitItem, ...]
    schools_found: int
    page: int
    pages: int
    asked_for: str
    returns: tuple[ReturnTable, ...]
    sees_returns: bool
    issues: tuple[IssueRow, ...] | None = None


def units_page(workspace: Workspace, data: ComputedData | None, as_of: date) -> UnitsPage:
    """List the districts that exist on a day, by grouping, and those that no longer do."""
    units = data.units if data else workspace.content.units
    home = workspace.home.unit
    below = _counted(data)
    districts = [unit for unit in units.values() if unit.kind in AREAS and unit.parent == home]
    alive = [unit for unit in districts if unit.exists_on(as_of)]
    ended = [unit for unit in districts if unit.valid_to is not None and unit.valid_to <= as_of]
    names: dict[str, list[UnitItem]] = {}
    for unit in sorted(alive, key=lambda unit: unit.code):
        names.setdefault(unit.grouping_current, []).append(_item(unit, below))
    schools = sum(below.values())
    tail, tail_en = (f"，{schools}所学校和机构", f", {schools} schools and institutions") if schools else ("", "")
    return UnitsPage(
        sentence=Text(f"{as_of}有{len(alive)}个区县和功能区{tail}。", f"{len(alive)} districts on {as_of}{tail_en}."),
        as_of=as_of,
        mark=data.mark if data else None,
        groups=tuple(
            UnitGroupList(Text(name) if name else NO_GROUP, tuple(found))
            for name, found in sorted(names.items(), key=lambda item: -len(item[1]))
        ),
        abolished=tuple(_item(unit, below) for unit in ended),
    )


def _counted(data: ComputedData | None) -> Mapping[str, int]:
    if data is None:
        return {}
    found = {}
    for code, units in data.below.items():
        found[code] = sum(1 for unit in units if unit.kind is UnitKind.SCHOOL and unit.valid_to is None)
    return found


def _item(unit: Unit, below: Mapping[str, int]) -> UnitItem:
    kind = UNIT_KIND_WORDS[unit.kind]
    return UnitItem(unit.code, unit.name, kind, unit.grouping_current, below.get(unit.code, 0), unit.valid_to)


def unit_page(
    workspace: Workspace,
    data: ComputedData | None,
    code: str,
    as_of: date,
    *,
    listed: tuple[str, int] = ("", 1),
    own: SchoolData = NOTHING_OWN,
) -> UnitPage:
    """Show one unit; ``listed`` is what the schools' names must hold and the page of them, ``own`` is what a
    school reported.

    Raises KeyError for a code that is no unit.
    """
    query, page = listed
    units = data.units if data and code in data.units else workspace.content.units
    unit = units[code]
    registry = data.registry if data and units is data.units else workspace.registry
    year = _last_year(data, unit, as_of)
    is_school = unit.kind is UnitKind.SCHOOL
    rows = list(_rows(workspace, data, unit, year, as_of)) if data and year and not is_school else list(own.figures)
    absent = MISSING_WORDS[MissingReason.NOT_APPLICABLE]
    asked = [row for row in rows if row.value.missing is not absent]
    known = [row for row in asked if row.value.value is not None]
    schools = _schools(data, unit, query)
    pages = max(-(-len(schools) // SCHOOLS_A_PAGE), 1)
    shown = min(max(page, 1), pages)
    below = _counted(data)
    return UnitPage(
        code=code,
        name=unit.name,
        kind=UNIT_KIND_WORDS[unit.kind],
        as_of=as_of,
        year=year,
        mark=data.mark if data and units is data.units else None,
        note=unit.note,
        sentence=_sentence(unit, year, len(known), len(asked), own),
        facts=tuple(_facts(workspace, unit)),
        path=tuple(_item(one, {}) for one in reversed(registry.path(code)) if one.kind is not UnitKind.NATION),
        history=tuple(_history(registry, unit)),
        breaks=unit.breaks,
        published=tuple(_published(workspace, code, as_of)),
        targets=tuple(row for row in known if row.due is not None),
        others=tuple(row for row in known if row.due is None),
        missing=tuple(row for row in asked if row.value.value is None),
        not_applicable=len(rows) - len(asked),
        is_school=is_school,
        schools=tuple(_item(one, below) for one in schools[(shown - 1) * SCHOOLS_A_PAGE : shown * SCHOOLS_A_PAGE]),
        schools_found=len(schools),
        page=shown,
        pages=pages,
        asked_for=query,
        returns=own.returns,
        sees_returns=own.is_shown,
    )


def _last_year(data: ComputedData | None, unit: Unit, as_of: date) -> int | None:
    """The last year a unit can have figures of: an abolished one stops with the last return it made."""
    if data is None:
        return None
    years = [year for year in data.years(as_of) if unit.valid_to is None or year <= unit.valid_to.year]
    return years[-1] if years else None


def _rows(workspace: Workspace, data: ComputedData, unit: Unit, year: int, as_of: date) -> Iterable[UnitIndicator]:
    content, compiled = workspace.content, data.result.compiled
    comparable = {
        kind: data.registry.comparable(unit.code, Period(year - 1, kind), Period(year, kind)) for kind in PeriodKind
    }
    for code in data.result.figures:
        indicator = content.indicators[code]
        if not data.holds(code, unit.code):
            continue
        target = target_of(workspace, code, as_of)
        kinds = {compiled.periods[form] for form in compiled.forms_of(compiled.by_code[code])}
        refused = next((comparable[kind].reason for kind in kinds if not comparable[kind].comparable), None)
        broken = next((one for one in indicator.breaks if one.year == year), None)
        if broken:
            refused = Text(broken.reason, "the definition changed")
        yield _row(data, indicator, unit, year, target, refused)


def target_of(workspace: Workspace, code: str, as_of: date) -> Target | None:
    """The target of the home pack that decides for an indicator on a day; None where no plan sets one."""
    targets = workspace.content.plans.targets_of(code)
    return deciding([one for one in targets if workspace.unit_of(one) == workspace.home.unit], as_of)


def _row(
    data: ComputedData, indicator: Indicator, unit: Unit, year: int, target: Target | None, refused: Text | None
) -> UnitIndicator:
    value = data.value(indicator, unit.code, year, target)
    last = data.value(indicator, unit.code, year - 1) if year - 1 in data.result.years else None
    group = data.group_of(unit)
    change = None
    if last is not None and last.value is not None and value.value is not None and refused is None:
        change = value.value - last.value
    good = {Direction.UP: 1, Direction.DOWN: -1}.get(indicator.direction)
    return UnitIndicator(
        indicator=indicator.code,
        label=indicator.label,
        unit=indicator.unit,
        value=value,
        last_year=last,
        change=change,
        change_words=signed_words(change, indicator.unit),
        better=None if not change or good is None else change * good > 0,
        not_comparable=refused,
        group=data.value(indicator, group, year) if group and data.holds(indicator.code, group) else None,
        city=data.value(indicator, data.home, year) if data.holds(indicator.code, data.home) else None,
        goal_written=target.written if target else "",
        due=target.due if target else None,
        plan=target.plan if target else "",
    )


def signed_words(change: Decimal | None, unit: str) -> str:
    """A change with its sign; in percentage points where the unit is percent."""
    words = difference_words(change, unit)
    return f"+{words}" if change is not None and change > 0 else words.replace("-", "−", 1)


def _schools(data: ComputedData | None, unit: Unit, query: str) -> Sequence[Unit]:
    if data is None or unit.kind is UnitKind.SCHOOL:
        return ()
    below = data.below.get(unit.code, ())
    schools = [one for one in below if one.kind is UnitKind.SCHOOL and one.valid_to is None]
    return [one for one in schools if not query or query in one.name or query == one.code]


def _facts(workspace: Workspace, unit: Unit) -> Iterable[tuple[Text, Text]]:
    yield Text("代码", "Code"), Text(unit.code)
    kinds = workspace.content.code_lists.get("school_kind")
    if unit.school_kind:
        known = kinds.entries.get(unit.school_kind) if kinds else None
        words = known or Text("")
        code = unit.school_kind
        yield Text("办学类型", "Kind of school"), Text(f"{words.zh} {code}".strip(), f"{words.en} {code}".strip())
    if unit.ownership:
        yield Text("办学性质", "Run by"), OWNERSHIP_WORDS[Ownership(unit.ownership)]
    if unit.grouping_current:
        yield Text("现行分组", "Grouping"), Text(unit.grouping_current)
    if unit.subgroup:
        yield Text("片区", "Area"), Text(unit.subgroup)
    if unit.valid_from:
        yield Text("设立", "Since"), Text(str(unit.valid_from))
    if unit.valid_to:
        yield Text("撤销", "Ended"), Text(str(unit.valid_to))


def _history(registry: UnitRegistry, unit: Unit) -> Iterable[Succession]:
    for one in registry.predecessors(unit.code):
        yield Succession(Text("由此而来", "came from"), one.code, one.name, one.valid_to)
    for one in registry.successors(unit.code):
        yield Succession(Text("由其承继", "followed by"), one.code, one.name, unit.valid_to)


def _published(workspace: Workspace, code: str, as_of: date) -> Iterable[tuple[str, Text, ValueView]]:
    """What was published about a unit itself; the city has its own pages."""
    if code == workspace.home.unit:
        return
    for one in workspace.content.observations:
        if one.unit == code and one.published.latest <= as_of:
            yield one.indicator, workspace.content.indicators[one.indicator].label, value_view(workspace, one)


def _sentence(unit: Unit, year: int | None, known: int, asked: int, own: SchoolData) -> Text:
    if unit.kind is UnitKind.SCHOOL:
        returns, sees_returns = own.returns, own.is_shown
        if not returns:
            return Text("快照中没有本校的报表。", "The snapshot holds no return of this school.")
        tail = "" if sees_returns else "；单校报表需登录并有权限方可查看"
        tail_en = "" if sees_returns else "; single returns are shown to those who may see them"
        if known:
            tail, tail_en = f"，由它们算出{known}项指标", f", {known} figures computed from them"
        return Text(f"快照中有本校{len(returns)}张报表{tail}。", f"{len(returns)} returns in the snapshot{tail_en}.")
    if year is None:
        return Text("尚无由报表计算的数据。", "Nothing has been computed from returns yet.")
    share = f"{Decimal(known) * 100 / asked:.0f}%" if asked else "—"
    return Text(
        f"{year}年应有{asked}项计算值，已有{known}项（{share}），缺{asked - known}项。",
        f"{year}: {known} of {asked} figures ({share}), {asked - known} missing.",
    )


def school_returns(data: ComputedData, code: str, as_of: date, *, show: bool) -> tuple[ReturnTable, ...]:
    """A school's own returns of the last year with the year before; the cells only where they may be shown.

    Raises UserError SNAPSHOT-FILE-CHANGED for a table that cannot be read.
    """
    found = []
    for form in data.snapshot.forms.values():
        years = [year for year in sorted(form.tables) if year <= as_of.year]
        row = data.snapshot.unit_row(form.code, years[-1], code) if years else None
        if row is not None:
            before = data.snapshot.unit_row(form.code, years[-1] - 1, code) if years[-1] - 1 in years else None
            cells = tuple(_cells(form, row, before))
            filled = sum(1 for cell in cells if cell.value is not None)
            shown = cells if show else ()
            found.append(ReturnTable(form.code, form.label, years[-1], before is not None, filled, len(cells), shown))
    return tuple(found)


def _cells(
    form: SnapshotForm, row: Mapping[str, int | None], before: Mapping[str, int | None] | None
) -> Iterable[ReturnCell]:
    def amount(cells: Mapping[str, int | None] | None, element: SnapshotElement) -> Decimal | None:
        stored = cells.get(element.code) if cells else None
        return None if stored is None else Decimal(stored).scaleb(-element.decimals)

    for element in form.elements.values():
        yield ReturnCell(element.code, element.label, element.unit, amount(row, element), amount(before, element))
