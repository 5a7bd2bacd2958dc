"""The simulated city holds together: grades, identities, marks, boundaries; the same seed gives the same city."""

import csv
from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from duibiao.kernel.period import Period
from duibiao.kernel.problem import UserError
from duibiao.metrics.unit import Unit, UnitKind
from duibiao.simulate import SimulatedCity, simulate_city, write_city
from duibiao.simulate.faults import FaultKind
from duibiao.simulate.reporting import row_checks
from duibiao.simulate.rowcheck import CheckedRows, failing
from duibiao.simulate.schools import Schools
from duibiao.store.snapshot import Snapshot
from duibiao.store.snapshot_writing import write_snapshot
from duibiao.store.store import Store
from duibiao.workspace.pack import Content
from tests.unit.simulate.conftest import DEMO, loaded

CITIES = ["demo_city", "real_city"]


@pytest.fixture(params=CITIES)
def city(request: pytest.FixtureRequest) -> SimulatedCity:
    found: SimulatedCity = request.getfixturevalue(request.param)
    return found


def rows_of(city: SimulatedCity, form: str, year: int) -> CheckedRows:
    """A table as checks see it."""
    table = city.tables[form, year]
    columns = [name for name in table.column_names if name in city.elements]
    words = {"kind": "school_kind", "location": "location_type", "ownership": "ownership", "district": "district"}
    return CheckedRows(
        elements=city.elements,
        values={name: np.asarray(table[name].fill_null(0)) for name in columns},
        known={name: np.asarray(table[name].is_valid()) for name in columns},
        attributes={name: np.array(table[column].to_pylist()) for name, column in words.items()},
        count=table.num_rows,
    )


def test_every_check_holds_except_where_a_fault_was_planted(city: SimulatedCity) -> None:
    assert city.unsatisfied == {}
    faulty = {(fault.unit, fault.year) for fault in city.faults}
    seen = 0
    for form in city.forms:
        for year in city.years:
            if (form.code, year) not in city.tables:
                continue
            units, rows = city.tables[form.code, year]["unit"].to_pylist(), rows_of(city, form.code, year)
            for code, node in row_checks(form):
                wrong = [(units[at], year) for at in np.flatnonzero(failing(node, rows))]
                assert set(wrong) <= faulty, (form.code, code, wrong[:3])
                seen += len(wrong)
    contradictions = [fault for fault in city.faults if fault.kind is FaultKind.CONTRADICTION]
    assert seen >= len(contradictions) > 0 or not any(row_checks(form) for form in city.forms)


def test_every_contradiction_makes_its_own_check_fail(city: SimulatedCity) -> None:
    forms = {form.code: dict(row_checks(form)) for form in city.forms}
    for fault in city.faults:
        if fault.kind is FaultKind.CONTRADICTION:
            units = city.tables[fault.form, fault.year]["unit"].to_pylist()
            wrong = failing(forms[fault.form][fault.check], rows_of(city, fault.form, fault.year))
            assert wrong[units.index(fault.unit)], fault


def test_the_planted_value_stands_in_the_table_and_differs_from_the_true_one(city: SimulatedCity) -> None:
    for fault in city.faults:
        table = city.tables[fault.form, fault.year]
        at = table["unit"].to_pylist().index(fault.unit)
        assert table[fault.element][at].as_py() == fault.planted_value != fault.true_value
        assert fault.year == city.years[-1]
    assert len({(fault.unit, fault.form) for fault in city.faults}) == len(city.faults)


def test_every_sort_of_fault_is_planted(demo_city: SimulatedCity) -> None:
    assert {fault.kind for fault in demo_city.faults} == set(FaultKind)


def test_without_faults_every_value_lies_in_the_range_of_its_element(demo: Content) -> None:
    city = simulate_city(demo, seed=3, years=3, faults=0)
    assert city.faults == ()
    for table in city.tables.values():
        for name in table.column_names:
            element = city.elements.get(name)
            if element is None or not table[name].drop_null():
                continue
            span = pc.min_max(table[name])
            if element.minimum is not None:
                assert span["min"].as_py() >= element.scaled(element.minimum), name
            if element.maximum is not None:
                assert span["max"].as_py() <= element.scaled(element.maximum), name
            if element.choices:
                assert set(table[name].drop_null().to_pylist()) <= {choice.code for choice in element.choices}


def test_two_to_three_of_a_hundred_cells_are_missing_and_each_says_why(city: SimulatedCity) -> None:
    """In the last year; what was missing before has been filled in since, nearly all."""
    flags = city.flags
    missing = flags.filter(pc.starts_with(flags["flag"], "missing:"))
    empty: Counter[int] = Counter()
    filled: Counter[int] = Counter()
    for form in city.forms:
        for (code, year), table in city.tables.items():
            if code == form.code:
                filled[year] += sum(len(table[name]) - table[name].null_count for name in form.asked)
                empty[year] += sum(table[name].null_count for name in form.asked)
    assert missing.num_rows <= sum(empty.values())  # optional questions about another stage are left open
    left = Counter(missing.filter(pc.equal(missing["flag"], "missing:not_reported"))["year"].to_pylist())
    parts = {year: left[year] / (filled[year] + left[year]) for year in city.years}
    last = city.years[-1]
    assert 0.02 <= parts[last] <= 0.03
    assert parts[last - 1] < 0.02
    assert all(0 < parts[year] < 0.005 for year in city.years[:-2])


def test_nobody_is_in_a_higher_grade_who_was_not_in_a_lower_one(real_city: SimulatedCity) -> None:
    """Cohorts flow: no rate that follows one passes 100 %, and the published totals are met all the same."""
    primary, junior = (real_city.backbone.flows[stage].pupils.sum(axis=0) for stage in ("primary", "junior"))
    for year in range(1, len(real_city.years)):
        assert 0.98 <= junior[year, 0] / primary[year - 1, 5] <= 1
    for year in range(8, len(real_city.years)):
        assert 0.98 <= junior[year, 2] / primary[year - 8, 0] <= 1
    senior = sum(real_city.backbone.flows[stage].entrants.sum(axis=0) for stage in ("senior", "secondary_vocational"))
    left = real_city.backbone.flows["junior"].graduates.sum(axis=0)
    assert (senior[1:] <= left[1:]).all()


def test_everything_carries_the_mark(city: SimulatedCity) -> None:
    assert all("（模拟）" in unit.name and unit.note == "模拟数据" for unit in city.units)
    schools = [unit for unit in city.units if unit.kind is UnitKind.SCHOOL]
    assert all(unit.code.startswith("SIM") and len(unit.code) == 10 and not unit.identifiers for unit in schools)
    assert set(city.flags["note"].to_pylist()) <= {"模拟数据"}
    marked = city.flags.filter(pc.equal(city.flags["flag"], "simulated"))
    assert marked.num_rows == sum(table.num_rows for table in city.tables.values())
    assert set(marked["element"].to_pylist()) <= {""}


def test_the_same_seed_gives_the_same_city_and_another_seed_another(demo: Content, demo_city: SimulatedCity) -> None:
    again, other = simulate_city(demo, seed=7), simulate_city(demo, seed=8)
    assert again.units == demo_city.units
    assert again.faults == demo_city.faults
    assert {key: written(table) for key, table in again.tables.items()} == {
        key: written(table) for key, table in demo_city.tables.items()
    }
    assert written(again.flags) == written(demo_city.flags)
    assert written(other.tables["basic", 2025]) != written(demo_city.tables["basic", 2025])


def written(table: pa.Table) -> bytes:
    """A table as bytes."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table.combine_chunks())
    return bytes(sink.getvalue())


# --- pupils -------------------------------------------------------------------------------------------------


def test_pupils_of_a_school_are_those_of_the_year_before_and_those_who_came_and_went(city: SimulatedCity) -> None:
    schools = city.backbone.schools
    for stage, flow in city.backbone.flows.items():
        total = flow.pupils.sum(axis=2)
        for year in range(1, len(city.years)):
            there = schools.active(year)
            came, went = (
                flow.entrants[:, year] + flow.moved_in[:, year],
                flow.graduates[:, year] + flow.moved_out[:, year],
            )
            assert (total[there, year] == (total[:, year - 1] + came - went)[there]).all(), stage
        for numbers in (flow.pupils, flow.moved_in, flow.moved_out, flow.graduates):
            assert (numbers >= 0).all()


def test_a_grade_goes_up_nearly_whole(city: SimulatedCity) -> None:
    for stage, flow in city.backbone.flows.items():
        grades = flow.pupils.sum(axis=0)
        gone_up = grades[1:, 1:] / np.maximum(grades[:-1, :-1], 1)
        assert (np.abs(gone_up - 1) < 0.08).all(), (stage, gone_up)


def test_a_school_has_pupils_only_while_it_exists_and_its_pupils_go_to_a_school_nearby(city: SimulatedCity) -> None:
    schools: Schools = city.backbone.schools
    for flow in city.backbone.flows.values():
        for year in range(len(city.years)):
            assert flow.pupils[~schools.active(year), year].sum() == 0
    heirs = schools.successor[schools.successor >= 0]
    assert (schools.district[heirs] == schools.district[schools.successor >= 0]).all()
    assert (schools.closes[heirs] > len(city.years)).all()


def test_schools_open_and_close_and_the_units_say_so(city: SimulatedCity) -> None:
    closed = [unit for unit in city.units if unit.kind is UnitKind.SCHOOL and unit.valid_to]
    opened = [unit for unit in city.units if unit.kind is UnitKind.SCHOOL and unit.valid_from]
    assert closed
    assert opened
    codes = {unit.code for unit in city.units}
    assert all(set(unit.successors) <= codes for unit in closed)
    by_code = {unit.code: unit for unit in city.units}
    for (form, year), table in city.tables.items():
        kind = next(one.period for one in city.forms if one.code == form)
        for code in table["unit"].to_pylist()[::50]:
            assert by_code[code].exists_in(Period(year, kind)), (form, year, by_code[code])


def test_sizes_have_a_heavy_tail(city: SimulatedCity) -> None:
    pupils = city.backbone.series("pupils/primary")[city.backbone.year == 0]
    pupils = pupils[pupils > 0]
    assert np.median(pupils) < 0.75 * pupils.mean()
    assert np.percentile(pupils, 95) > 3 * np.median(pupils)


def test_teachers_and_classes_follow_pupils(city: SimulatedCity) -> None:
    backbone = city.backbone
    for stage in backbone.flows:
        pupils, classes = backbone.series(f"pupils/{stage}"), backbone.series(f"classes/{stage}")
        teachers = backbone.series(f"teachers/{stage}")
        assert ((pupils > 0) == (classes > 0)).all(), stage
        assert np.corrcoef(classes, teachers)[0, 1] > 0.9, stage
        sizes = (("", 30), (31, 45), (46, ""))
        parts = np.sum([backbone.series(f"classes:{least}:{most}/{stage}") for least, most in sizes], axis=0)
        assert (parts == classes).all()


# --- the boundary -------------------------------------------------------------------------------------------


def test_districts_change_on_the_day_the_boundary_moved(demo_city: SimulatedCity) -> None:
    def districts(form: str, year: int) -> set[str]:
        return set(demo_city.tables[form, year]["district"].to_pylist())

    old, new = {"990101", "990102", "990103", "990105"}, {"990101", "990103", "990104", "990105"}
    assert districts("conditions", 2024) == districts("district", 2024) == old
    assert districts("conditions", 2025) == districts("district", 2025) == new  # counted on 2025-12-31
    assert districts("basic", 2025) == old  # counted on 2025-09-01
    parents = {unit.parent for unit in demo_city.units if unit.kind is UnitKind.SCHOOL}
    assert parents == new


def test_a_school_year_after_the_boundary_moved_uses_the_new_districts(demo: Content) -> None:
    city = simulate_city(demo, seed=7, years=2, last_year=2026)
    assert "990104" not in city.tables["basic", 2025]["district"].to_pylist()
    assert "990102" not in city.tables["basic", 2026]["district"].to_pylist()


def test_moved_schools_are_about_as_many_as_the_transfer_says(real_city: SimulatedCity) -> None:
    schools = real_city.backbone.schools
    for transfer in real_city.calibration.transfers:
        home = schools.district == real_city.districts.index(transfer.origin)
        moved = home & (schools.moved_to == real_city.districts.index(transfer.target))
        assert abs(moved.sum() / home.sum() - transfer.share) < 0.07


# --- writing ------------------------------------------------------------------------------------------------


def test_the_city_is_written_as_a_simulated_snapshot_with_its_faults(demo_city: SimulatedCity, tmp_path: Path) -> None:
    snapshot = write_city(demo_city, tmp_path)
    assert snapshot.simulated
    assert "模拟数据" in snapshot.title
    assert list(Snapshot.open(snapshot.folder, verify=True).problems()) == []
    assert snapshot.table("basic", 2025).equals(demo_city.tables["basic", 2025])
    assert len(snapshot.units()) == len(demo_city.units)
    with Store.open(f"sqlite:///{tmp_path / 'store.db'}") as store:
        assert store.simulated
        assert {unit.code for unit in store.units(date(2025, 12, 31))} <= {unit.code for unit in demo_city.units}
        assert len(store.units(date(2025, 12, 31))) > 400
    with (tmp_path / "faults.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(demo_city.faults)
    assert {row["mark"] for row in rows} == {"模拟数据"}
    assert write_city(simulate_city(loaded(DEMO), seed=7), tmp_path).manifest["previous"] == snapshot.id


def test_nothing_is_written_beside_real_data(demo_city: SimulatedCity, tmp_path: Path) -> None:
    write_snapshot(
        tmp_path / "snapshots",
        tables={},
        forms=[],
        elements={},
        units=[Unit("990000", "演示市", UnitKind.CITY)],
        title="真实数据",
        created_by="test",
        created_at=datetime(2025, 1, 1, tzinfo=UTC),
        simulated=False,
    )
    with pytest.raises(UserError) as caught:
        write_city(demo_city, tmp_path)
    assert [problem.code for problem in caught.value.problems] == ["SIMULATION-REAL"]
    assert not (tmp_path / "faults.csv").exists()


def test_nothing_is_written_into_a_real_store(demo_city: SimulatedCity, tmp_path: Path) -> None:
    Store.create(f"sqlite:///{tmp_path / 'store.db'}", simulated=False).close()
    with pytest.raises(UserError) as caught:
        write_city(demo_city, tmp_path)
    assert [problem.code for problem in caught.value.problems] == ["SIMULATION-REAL"]
    assert not (tmp_path / "snapshots" / "CURRENT").exists()


def test_a_city_too_small_or_too_long_is_refused(demo: Content) -> None:
    for wrong in ({"schools": 10}, {"years": 0}, {"years": 99}, {"seed": -1}):
        with pytest.raises(UserError) as caught:
            simulate_city(demo, **{"seed": 1, **wrong})
        assert [problem.code for problem in caught.value.problems] == ["SIMULATION-SIZE"]


# --- calibration --------------------------------------------------------------------------------------------


def test_pupils_by_stage_equal_the_calibration_to_the_pupil(city: SimulatedCity) -> None:
    for stage in city.calibration.stages:
        found = city.backbone.flows[stage.code].pupils.sum(axis=(0, 2))
        assert found.tolist() == [round(stage.pupils.at(year)) for year in city.years]


def test_published_figures_are_met(real_city: SimulatedCity) -> None:
    flows, year = real_city.backbone.flows, real_city.years.index
    assert flows["preschool"].pupils[:, year(2020)].sum() == 1_007_833
    assert flows["primary"].pupils[:, year(2020)].sum() == 2_025_000
    assert flows["junior"].pupils[:, year(2020)].sum() == 1_150_000
    assert flows["senior"].pupils[:, year(2020)].sum() == 626_000
    basic = ("preschool", "primary", "junior", "senior", "secondary_vocational", "special")
    assert abs(sum(flows[stage].pupils[:, year(2024)].sum() for stage in basic) / 5_160_000 - 1) < 0.001
    teachers = real_city.backbone.series("teachers/all")[real_city.backbone.year == year(2024)].sum()
    assert abs(teachers / 409_000 - 1) < 0.001


def test_schools_by_kind_equal_the_calibration(city: SimulatedCity) -> None:
    schools = city.backbone.schools
    for number, kind in enumerate(city.calibration.kinds):
        for at, year in enumerate(city.years):
            assert (schools.active(at) & (schools.kind == number)).sum() == max(1, round(kind.counts.at(year)))


def test_the_public_kindergartens_have_their_published_part_of_the_children(real_city: SimulatedCity) -> None:
    schools, at = real_city.backbone.schools, real_city.years.index(2020)
    children = real_city.backbone.flows["preschool"].pupils[:, at].sum(axis=1)
    part = children[~schools.private].sum() / children.sum()
    assert abs(part - 0.5015) < 0.02  # 50.15 % in 2020: the base value of the five-year plan


def test_pupils_by_district_follow_the_residents(real_city: SimulatedCity) -> None:
    schools, at = real_city.backbone.schools, real_city.years.index(2020)
    residents = np.array([real_city.calibration.populations[one].at(2020) for one in real_city.districts[:-1]])
    for stage in ("preschool", "primary", "junior"):
        pupils = real_city.backbone.flows[stage].pupils[:, at].sum(axis=1)
        by_district = np.bincount(schools.district, pupils, len(residents))
        assert np.abs(by_district / by_district.sum() / (residents / residents.sum()) - 1).max() < 0.001


FORMS_OF_SHARE = ("school_staff", "senior_secondary")


def test_lines_are_as_fast_as_they_are_sold_and_a_classroom_is_no_faster_than_its_school(
    real_city: SimulatedCity,
) -> None:
    table = real_city.tables["school_conditions", real_city.years[-1]]
    scale = 10 ** real_city.elements["bandwidth_school"].decimals
    pairs = zip(table["bandwidth_school"].to_pylist(), table["bandwidth_classroom"].to_pylist(), strict=True)
    known = [(school / scale, room / scale) for school, room in pairs if school is not None and room is not None]
    sold = {100, 200, 300, 500, 1000, 2000, 5000, 10000}
    ordinary = [(school, room) for school, room in known if school in sold and room in sold]
    assert len(known) - len(ordinary) < 20  # planted faults
    assert not any(room > school for school, room in ordinary)
    assert 300 <= float(np.median([school for school, _ in ordinary])) <= 1000


def test_some_vocational_schools_meet_the_standard_and_some_do_not(real_city: SimulatedCity) -> None:
    """The limits of the standard for land, buildings and teachers (职教达标工程), as the indicator has them."""
    year = real_city.years[-1]
    staff, pupils = ({row["unit"]: row for row in real_city.tables[form, year].to_pylist()} for form in FORMS_OF_SHARE)
    met = []
    for row in real_city.tables["school_conditions", year].to_pylist():
        if row["school_kind"].startswith("36") and row["unit"] in staff and row["unit"] in pupils:
            students = pupils[row["unit"]]["students_secondary_vocational"]
            teachers = staff[row["unit"]]["teachers_secondary_vocational"]
            if students and teachers and row["area_land"] and row["area_building"]:
                units = {code: 10 ** real_city.elements[code].decimals for code in ("area_land", "area_building")}
                land, building = (row[code] / units[code] / students for code in units)
                met.append(students / teachers <= 20 and land >= 33 and building >= 20)
    assert len(met) > 10
    assert 0.2 < sum(met) / len(met) < 0.8


def test_a_smaller_city_is_a_model_to_scale(demo: Content) -> None:
    city = simulate_city(demo, seed=1, schools=340, years=2)
    assert 0.5 < city.scale < 0.56
    kinds = Counter(unit.school_kind for unit in city.units if unit.kind is UnitKind.SCHOOL)
    assert 150 <= kinds["111"] <= 180
    primary = city.backbone.flows["primary"].pupils[:, -1].sum()
    assert abs(primary / (126_000 * city.scale) - 1) < 0.001


def test_unit_dates_and_districts(real_city: SimulatedCity) -> None:
    by_kind: dict[UnitKind, list[Unit]] = defaultdict(list)
    for unit in real_city.units:
        by_kind[unit.kind].append(unit)
    assert len(by_kind[UnitKind.CITY]) == 1
    assert {unit.parent for unit in by_kind[UnitKind.SCHOOL]} <= {unit.code for unit in by_kind[UnitKind.DISTRICT]}
    abolished = [unit for unit in by_kind[UnitKind.DISTRICT] if unit.valid_to]
    assert {unit.valid_to for unit in abolished} == {date(2025, 11, 6)}
    assert not {unit.code for unit in abolished} & {unit.parent for unit in by_kind[UnitKind.SCHOOL]}
