"""Who belongs to whom, who follows whom, and what may be compared: with the real change of 2025-11-06."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import pytest

from duibiao.kernel.period import Period, PeriodKind
from duibiao.metrics.areas import AreaHistory
from duibiao.metrics.registry import (
    DistrictGrouping,
    UnitRegistry,
    changed_between,
    content_breaks,
    identifier_faults,
)
from duibiao.metrics.unit import Unit, UnitKind, identifier_fault
from duibiao.workspace import Workspace

JIANGBEI, YUBEI, LIANGJIANG, BEIBEI, CITY = "500105", "500112", "500157", "500109", "500000"
BEFORE, AFTER = Period(2024), Period(2026)


@pytest.fixture(scope="module")
def registry(workspace: Workspace) -> UnitRegistry:
    return workspace.registry


def codes(units: Iterable[Unit]) -> set[str]:
    return {unit.code for unit in units}


def test_the_path_goes_to_the_top_and_the_leaf_group_is_the_district(registry: UnitRegistry) -> None:
    assert [unit.code for unit in registry.path(BEIBEI)] == [BEIBEI, CITY, "000000"]
    assert registry.leaf_group(BEIBEI) == BEIBEI
    assert registry.leaf_group(CITY) == CITY


def test_a_school_belongs_to_its_district() -> None:
    units = [
        Unit("D", "区", UnitKind.DISTRICT),
        Unit("S", "校", UnitKind.SCHOOL, parent="D"),
        Unit("C", "校区", UnitKind.SCHOOL, parent="S"),
    ]
    assert UnitRegistry.of(units).leaf_group("C") == "D"


def test_the_subtree_of_the_city_changes_with_the_day(registry: UnitRegistry) -> None:
    old, new = (codes(registry.subtree(CITY, day)) for day in (date(2025, 11, 5), date(2025, 11, 6)))
    assert old - new == {JIANGBEI, YUBEI}
    assert new - old == {LIANGJIANG}
    assert len(new) == 40  # the city, 37 districts and counties, 2 functional zones
    assert codes(registry.subtree(CITY)) == old | new


def test_the_members_of_a_grouping(registry: UnitRegistry) -> None:
    assert len(registry.members(DistrictGrouping.SUBGROUP, "中心城区", date(2026, 1, 1))) == 9  # 8 and one zone
    assert len(registry.members(DistrictGrouping.CURRENT, "渝东北", date(2026, 1, 1))) == 10
    assert len(registry.members(DistrictGrouping.YEAR_2020, "渝东北", date(2026, 1, 1))) == 11  # with 垫江


def test_a_school_that_took_over_another_has_not_grown() -> None:
    day = date(2026, 9, 1)
    registry = UnitRegistry.of(
        [Unit("A", "甲校", UnitKind.SCHOOL, valid_to=day, successors=("B",)), Unit("B", "乙校", UnitKind.SCHOOL)]
    )
    years = [Period(year, PeriodKind.SCHOOL_YEAR) for year in (2024, 2025, 2026)]
    assert registry.comparable("B", years[0], years[1]).comparable
    found = registry.comparable("B", years[1], years[2])
    assert not found.comparable
    assert found.reason.zh == "乙校于2026-09-01承接甲校，2025/26与2026/27不可比"
    assert "took over 甲校" in found.reason.en


def test_parents_that_go_round_in_a_circle_are_refused() -> None:
    registry = UnitRegistry.of([Unit("A", "甲", UnitKind.CITY, parent="B"), Unit("B", "乙", UnitKind.CITY, parent="A")])
    with pytest.raises(ValueError, match="lead back"):
        registry.path("A")


def test_successors_and_predecessors(registry: UnitRegistry) -> None:
    assert codes(registry.successors(YUBEI)) == {LIANGJIANG, BEIBEI}
    assert codes(registry.successors(JIANGBEI, date(2026, 1, 1))) == {LIANGJIANG}
    assert codes(registry.predecessors(LIANGJIANG)) == {JIANGBEI, YUBEI}


def test_successors_are_followed_until_they_exist() -> None:
    chain = [
        Unit("A", "甲", UnitKind.DISTRICT, valid_to=date(2001, 1, 1), successors=("B",)),
        Unit("B", "乙", UnitKind.DISTRICT, valid_to=date(2011, 1, 1), successors=("C", "A")),
        Unit("C", "丙", UnitKind.DISTRICT),
    ]
    assert codes(UnitRegistry.of(chain).successors("A", date(2020, 1, 1))) == {"C"}


@pytest.mark.parametrize(
    ("unit", "earlier", "later", "words"),
    [
        (BEIBEI, Period(2024), Period(2025), "边界调整"),
        (JIANGBEI, Period(2024), Period(2025), "2025-11-06撤销，由两江新区承继"),
        (LIANGJIANG, Period(2024), Period(2025), "2024尚无两江新区"),
    ],
)
def test_a_growth_rate_across_the_change_is_not_comparable(
    registry: UnitRegistry, unit: str, earlier: Period, later: Period, words: str
) -> None:
    for pair in ((earlier, later), (later, earlier)):
        found = registry.comparable(unit, *pair)
        assert not found.comparable
        assert words in found.reason.zh
        assert found.reason.en


def test_school_years_are_counted_on_their_first_day(registry: UnitRegistry) -> None:
    autumn = [Period(year, PeriodKind.SCHOOL_YEAR) for year in (2024, 2025, 2026)]
    # The return of September 2025 still speaks of the old districts.
    assert registry.comparable(JIANGBEI, autumn[0], autumn[1]).comparable
    assert registry.comparable(BEIBEI, autumn[0], autumn[1]).comparable
    assert not registry.comparable(BEIBEI, autumn[1], autumn[2]).comparable


def test_the_city_and_an_untouched_district_stay_comparable(registry: UnitRegistry) -> None:
    assert registry.comparable(CITY, BEFORE, AFTER).comparable
    assert registry.comparable("500103", BEFORE, AFTER).comparable
    assert registry.comparable(LIANGJIANG, Period(2025), Period(2026)).comparable


def test_a_sum_of_units_is_broken_where_a_part_of_what_moved_lies_outside(registry: UnitRegistry) -> None:
    moved = date(2025, 11, 6)
    history = AreaHistory.of(registry.by_code.values())
    assert history.of_unit(BEIBEI) == (moved,)
    assert history.of_unit(LIANGJIANG) == (moved,)
    assert history.of_unit("500103") == history.of_unit(CITY) == ()
    # 渝北 gave five towns to 北碚: without it what is left is not the same; with all four nothing has changed
    assert history.of_grouping(CITY, "主城都市区") == ()
    aside = [replace(one, grouping_current="别处" if one.code == BEIBEI else one.grouping_current)
             for one in registry.by_code.values()]  # fmt: skip
    history = AreaHistory.of(aside)
    assert history.of_grouping(CITY, "主城都市区") == history.of_grouping(CITY, "别处") == (moved,)
    assert history.of_grouping(CITY, "渝东北") == ()


def test_a_boundary_change_whose_other_side_is_not_on_record_is_never_closed() -> None:
    day = date(2025, 6, 1)
    units = [Unit(code, code, UnitKind.DISTRICT, "C", grouping_current="甲", breaks=(day,)) for code in ("D", "E")]
    units = [Unit("C", "市", UnitKind.CITY), *units, Unit("F", "F", UnitKind.DISTRICT, "C", grouping_current="甲")]
    assert AreaHistory.of(units).of_grouping("C", "甲") == (), "towns of one went to the other"
    lone = [replace(one, breaks=()) if one.code == "E" else one for one in units]
    assert AreaHistory.of(lone).of_grouping("C", "甲") == (day,)
    assert AreaHistory.of(lone).of_unit("C") == (), "the city would say so itself"
    gone = [replace(one, breaks=(), valid_to=day if one.code == "E" else None) for one in units]
    assert AreaHistory.of(gone).of_grouping("C", "甲") == (day,), "nobody took it over"


def test_a_district_that_leaves_a_city_changes_both() -> None:
    day = date(2024, 1, 1)
    cities = [Unit(code, f"{code}市", UnitKind.CITY, "N") for code in "AB"]
    units = [Unit("N", "国", UnitKind.NATION), *cities,
             Unit("D", "旧", UnitKind.DISTRICT, "A", valid_to=day, successors=("E",)),
             Unit("E", "新", UnitKind.DISTRICT, "B")]  # fmt: skip
    history = AreaHistory.of(units)
    assert [history.of_unit(code) for code in "ABN"] == [(day,), (day,), ()]


def test_what_a_unit_stands_for_changes_when_it_takes_over_another() -> None:
    day, later = date(2024, 1, 1), date(2025, 1, 1)
    gone = Unit("A", "甲", UnitKind.SCHOOL, valid_to=day, successors=("C", "D"))
    units = [gone, Unit("B", "乙", UnitKind.SCHOOL, valid_to=day), Unit("C", "丙", UnitKind.SCHOOL, breaks=(later,))]
    breaks = content_breaks(units)
    assert breaks == {"C": (day, later), "D": (day,)}
    assert changed_between(breaks, Period(2023), Period(2024)) == {"C", "D"}
    assert changed_between(breaks, Period(2024), Period(2025)) == {"C"}
    assert changed_between(breaks, Period(2025), Period(2026)) == frozenset()


@pytest.mark.parametrize(
    ("value", "province", "right"),
    [
        ("4145014684", "", True),  # a university outside
        ("2150000123", "50", True),
        ("2150000123", "51", False),  # a school of the neighbour
        ("1250000123", "50", False),  # no such category
        ("2155000123", "", False),  # no such province
        ("215000012", "", False),
        ("21500001234", "", False),
        ("２１５００００１２３", "", False),  # full-width digits
        ("2150000123\n", "", False),
    ],
)
def test_a_school_id_is_checked_by_its_pattern_and_province(value: str, province: str, right: bool) -> None:
    fault = identifier_fault("school_id", value, province)
    assert (fault is None) is right
    if fault:
        assert fault.zh
        assert fault.en


def test_identifiers_of_other_schemes_need_a_name_and_a_value() -> None:
    assert identifier_fault("district_code", "50010110000") is None
    assert identifier_fault("district_code", "") is not None
    assert identifier_fault("学校代码", "1") is not None


def test_an_identifier_belongs_to_one_unit_and_is_found() -> None:
    units = [
        Unit("500000", "市", UnitKind.CITY),
        Unit("A", "甲校", UnitKind.SCHOOL, parent="500000", identifiers=(("school_id", "2150000001"), ("local", "7"))),
        Unit("B", "乙校", UnitKind.SCHOOL, parent="500000", identifiers=(("school_id", "2150000001"), ("other", "7"))),
        Unit("C", "丙校", UnitKind.SCHOOL, parent="500000", identifiers=(("school_id", "2151000001"),)),
    ]
    registry = UnitRegistry.of(units)
    told = [(unit.code, scheme, fault.zh) for unit, scheme, _, fault in identifier_faults(registry)]
    assert told == [
        ("B", "school_id", "已属于甲校（A）"),
        ("C", "school_id", "学校标识码第3、4位应为本省代码50"),
    ]
    found = registry.identified_by("local", "7")
    assert found is not None
    assert found.code == "A"
    assert registry.identified_by("local", "8") is None
