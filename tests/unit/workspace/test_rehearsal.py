"""A whole round of reporting on a simulated city: what goes through the workbooks comes out of the snapshot."""

from pathlib import Path

import openpyxl
import pyarrow.compute as pc
import pytest

from duibiao.kernel.period import Period, PeriodKind
from duibiao.kernel.problem import UserError
from duibiao.reports.exports.content import of_plans
from duibiao.reports.exports.figures import ExportMeasure, FigureNature, figures
from duibiao.simulate import SimulatedCity, simulate_city
from duibiao.store.workflow import Actor, ActorRole, ReportStatus
from duibiao.views.computed import ComputedData
from duibiao.views.districts import districts_page
from duibiao.views.lineage import LineagePage, lineage_page, names_of
from duibiao.workspace import Workspace
from duibiao.workspace.data_folder import DataFolder, explained
from duibiao.workspace.rehearsal import Rehearsal, rehearse, reported_rows

PACKS = Path(__file__).resolve().parents[3] / "packs"
SEED, SCHOOLS, YEARS = 11, 400, 2


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    return Workspace.open(PACKS)


@pytest.fixture(scope="module")
def city(workspace: Workspace) -> SimulatedCity:
    return simulate_city(workspace.content, SEED, SCHOOLS, YEARS, faults=0)


@pytest.fixture(scope="module")
def round_(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:
    folder = tmp_path_factory.mktemp("rehearsal") / "data"
    return rehearse(workspace.content, folder, seed=SEED, schools=SCHOOLS, years=YEARS)


def collected(round_: Rehearsal) -> list[tuple[str, str]]:
    """District and form of every return that went through a workbook."""
    rows = round_.snapshot.origins().to_pylist()
    parents = {unit.code: unit.parent for unit in round_.snapshot.units()}
    return sorted({(parents[row["unit"]], row["form"]) for row in rows})


def test_what_two_districts_reported_is_what_the_snapshot_holds(round_: Rehearsal, city: SimulatedCity) -> None:
    pairs = collected(round_)
    assert len({district for district, _ in pairs}) == 2
    assert len(pairs) == 4
    units = {unit.code: unit for unit in city.units}
    forms = {form.code: form for form in city.forms}
    for district, form in pairs:
        held = round_.snapshot.table(form, city.years[-1])
        mine = held.filter(pc.equal(held["district"], district))
        assert mine.num_rows > 0
        assert mine.to_pylist() == reported_rows(city, units[district], forms[form]).to_pylist()


def test_everything_else_is_carried_over_as_it_was(round_: Rehearsal, city: SimulatedCity) -> None:
    pairs = set(collected(round_))
    for (form, year), table in city.tables.items():
        kept = [row for row in table.to_pylist() if year != city.years[-1] or (row["district"], form) not in pairs]
        held = round_.snapshot.table(form, year).to_pylist()
        assert [row for row in held if year != city.years[-1] or (row["district"], form) not in pairs] == kept


def test_the_faulty_file_came_back_coloured_with_its_reasons(round_: Rehearsal) -> None:
    returned = [path for step in round_.steps for path in step.files if path.name.endswith("-退回.xlsx")]
    assert len(returned) == 1
    book = openpyxl.load_workbook(returned[0])
    notes = [cell.comment.text for row in book["填报"].iter_rows() for cell in row if cell.comment]
    assert any("处理办法" in note for note in notes)
    issues = [row for row in book[book.sheetnames[0]].iter_rows(values_only=True) if any(row)]
    assert any("错误" in str(row) for row in issues)


def test_all_of_it_is_marked_as_simulated(workspace: Workspace, round_: Rehearsal) -> None:
    assert round_.snapshot.simulated
    assert round_.result.record.simulated
    title, plans = workspace.plans()
    page = districts_page(workspace, round_.snapshot, round_.result, title, plans, workspace.reference_date)
    assert page.mark is not None
    assert page.mark.zh == "模拟数据"
    assert "模拟数据" in page.notices[0].zh
    assert len(page.rows) > 5
    for row in page.rows:
        assert row.published is None or "模拟" not in row.published.quality.zh, "what was published stands apart"


def test_the_store_keeps_who_did_what_and_proves_it(round_: Rehearsal) -> None:
    with round_.data.open_store() as store:
        assert store.verify_audit(round_.data.snapshots) == []
        top = Actor("duibiao", "500000", ActorRole.SYSTEM)
        district, form = collected(round_)[0]
        period = Period(round_.snapshot.years(form)[-1], PeriodKind(round_.snapshot.forms[form].period))
        states = store.reports(top, form, period, district)
        assert states
        for state in states:
            assert state.status is ReportStatus.PUBLISHED
            assert len(set(state.signatures.values())) == 3


def test_a_figure_leads_down_to_the_cells_of_the_schools(workspace: Workspace, round_: Rehearsal) -> None:
    content, result = workspace.content, round_.result
    district, form = collected(round_)[0]
    code = next(
        code
        for code, formula in content.formulas.items()
        if formula.forms == (form,) and formula.text.startswith("percent(ratio(") and not formula.indicators
        and result.cell(code, district, result.years[-1]).value is not None
    )  # fmt: skip
    found = explained(content, round_.snapshot, result, (code, district, result.years[-1]))
    names = names_of(round_.snapshot, content.elements, content.forms, content.indicators)
    page = lineage_page(found, content.indicators[code], round_.snapshot, names)
    (part,) = page.parts
    assert part.counted > 0
    amounts = {name.en: number(value) for name, value in part.amounts}
    counting = [unit for unit in part.units if unit.missing is None]
    tops = sum(number({name.en: value for name, value in unit.amounts}["sum (numerator)"]) for unit in counting)
    assert tops == amounts["sum (numerator)"]
    assert page.value.value is not None
    top, bottom, quotient = (number(one) for one in part.how.zh.replace("÷", "=").split(" = "))
    assert (top, bottom) == (tops, amounts["sum (denominator)"])
    assert abs(quotient * 100 - float(page.value.value)) < 0.06


def test_what_is_shown_under_a_figure_adds_up_to_it(workspace: Workspace, round_: Rehearsal) -> None:
    """A coefficient, a quantile and a figure that refers to others, by hand from what the page shows."""
    content, result = workspace.content, round_.result
    district, year = collected(round_)[0][0], result.years[-1]
    names = names_of(round_.snapshot, content.elements, content.forms, content.indicators)

    def page(code: str, unit: str) -> LineagePage:
        found = explained(content, round_.snapshot, result, (code, unit, year))
        return lineage_page(found, content.indicators[code], round_.snapshot, names)

    (part,) = page("balance.primary_books_cv", district).parts
    counting = [unit for unit in part.units if unit.missing is None]
    books = "stage_share(books, primary)"
    own = [{name.zh: number(value) for name, value in unit.values} for unit in counting]
    rows = [(values[books], number(unit.cells[1].shown)) for values, unit in zip(own, counting, strict=True)]
    pupils, resource = sum(p for _, p in rows), sum(r for r, _ in rows)
    spread = sum(p / pupils * (r / p - resource / pupils) ** 2 for r, p in rows)
    value = result.cell("balance.primary_books_cv", district, year).value
    assert value is not None
    assert abs(spread**0.5 / (resource / pupils) - value) < 1e-4
    assert "√" in part.how.zh

    (part,) = page("schools.equipment_p10", district).parts
    values = [number(unit.values[0][1]) for unit in part.units if unit.missing is None]
    assert values == sorted(values)
    place = 0.1 * (len(values) - 1)
    below, above = values[int(place)], values[min(int(place) + 1, len(values) - 1)]
    value = result.cell("schools.equipment_p10", district, year).value
    assert value is not None
    assert abs(below + (above - below) * (place - int(place)) - value) < 0.01
    assert part.period.zh.endswith("学年")

    city = "500000"
    parts = page("balance.primary_composite_2012", city).parts
    referred = {part.of.zh.split(" = ")[0]: number(part.of.zh.split(" = ")[1]) for part in parts if part.of}
    assert len(referred) == 8
    assert set(referred) <= {indicator.label.zh for indicator in content.indicators.values()}
    value = result.cell("balance.primary_composite_2012", city, year).value
    assert value is not None
    assert abs(sum(referred.values()) / 8 - value) < 0.001


def number(shown: str) -> float:
    """The number in a cell as it is shown: without separators and unit."""
    return float("".join(one for one in shown if one.isdigit() or one in ".-"))


def test_the_stored_figures_are_the_computed_ones(workspace: Workspace, round_: Rehearsal) -> None:
    again = round_.data.result(workspace.content, round_.snapshot)
    assert again.record == round_.result.record
    assert again.table.equals(round_.result.table)


def test_a_rehearsal_never_makes_room_in_a_real_store(workspace: Workspace, tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "real")
    data.create(workspace.content, simulated=False, effective=workspace.reference_date)
    with pytest.raises(UserError, match="SIMULATION-REAL"):
        rehearse(workspace.content, tmp_path / "real", seed=1, schools=SCHOOLS, years=1)
    with data.open_store() as store:
        assert store.units()


def test_an_export_holds_the_computed_figures_as_they_are_with_their_gaps(
    workspace: Workspace, round_: Rehearsal
) -> None:
    title, plans = workspace.plans()
    data = ComputedData.of(round_.snapshot, round_.result, workspace.home.unit)
    content = of_plans(workspace, title, "action-plans", plans, workspace.reference_date, data=data)
    found = [one for one in figures(content) if one.measure is ExportMeasure.COMPUTED]
    assert len({one.unit for one in found}) > 35
    assert {one.nature for one in found} == {FigureNature.SIMULATED}
    for one in found:
        cell = round_.result.cell(one.indicator, one.unit, Period.parse(one.period).year)
        shown = data.value(workspace.content.indicators[one.indicator], one.unit, Period.parse(one.period).year)
        assert (one.value, one.missing) == (shown.value, cell.missing)
    assert {one.missing for one in found} > {None}
