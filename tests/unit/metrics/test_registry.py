"""Who belongs to whom, who follows whom, and what may be compared: with the real change of 2025-11-06."""

from collections.abc import Iterable
from datetime import date

import pytest

from duibiao.kernel.period import Period, PeriodKind
from duibiao.kernel.problem import UserError, Where
from duibiao.metrics.registry import DistrictGrouping, UnitRegistry, identifier_faults
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


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ([JIANGBEI, YUBEI], [LIANGJIANG], False),  # 渝北 gave five towns to 北碚
        ([JIANGBEI, YUBEI, BEIBEI], [LIANGJIANG, BEIBEI], True),
        ([JIANGBEI, YUBEI, BEIBEI, "500103"], [LIANGJIANG, BEIBEI, "500103"], True),
        ([JIANGBEI, YUBEI, BEIBEI, "500103"], [LIANGJIANG, BEIBEI], False),
        (["500103"], ["500103"], True),
        ([BEIBEI], [BEIBEI], False),
        ([CITY], [CITY], True),
    ],
)
def test_two_sums_speak_of_the_same_area_only_when_everything_that_moved_is_in_both(
    registry: UnitRegistry, before: list[str], after: list[str], same: bool
) -> None:
    found = registry.same_area(before, BEFORE, after, AFTER)
    assert found.comparable is same
    assert bool(found.reason.zh) is not same


def test_a_boundary_change_whose_other_side_is_not_on_record_is_never_closed() -> None:
    registry = UnitRegistry.of([Unit("D", "区", UnitKind.DISTRICT, breaks=(date(2025, 6, 1),))])
    assert not registry.same_area(["D"], BEFORE, ["D"], AFTER).comparable


def test_units_of_two_times_or_one_inside_another_are_not_added(registry: UnitRegistry) -> None:
    assert registry.addable([JIANGBEI, YUBEI], BEFORE).comparable
    mixed = registry.addable([JIANGBEI, LIANGJIANG], AFTER)
    assert "撤销" in mixed.reason.zh
    nested = registry.addable([CITY, BEIBEI], BEFORE)
    assert nested.reason.zh == "重庆市已含北碚区，不能相加"
    with pytest.raises(UserError) as raised:
        mixed.require(Where("query"))
    (problem,) = raised.value.problems
    assert problem.code == "UNIT-NOT-COMPARABLE"
    assert "江北区于2025-11-06撤销，由两江新区承继" in problem.message.zh
    registry.addable([JIANGBEI], BEFORE).require(Where("query"))


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
