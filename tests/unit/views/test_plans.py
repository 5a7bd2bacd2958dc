"""Plans as trees, departments with what they move, the diagram without data, the big screen."""

from collections.abc import Iterable
from datetime import date

import pytest

from duibiao.plan.model import ClauseKind
from duibiao.views.departments import department_page, departments_page
from duibiao.views.outline import department_work
from duibiao.views.overview import PRESSING, overview_page
from duibiao.views.plans import PlanListItem, TreeNode, plan_page, plans_page
from duibiao.views.screen import MOST, screen_page
from duibiao.views.standing import DayStanding, standing
from duibiao.views.tiles import short_name, tiles_page
from duibiao.views.units import unit_page, units_page
from duibiao.workspace import Workspace


@pytest.fixture(scope="module")
def now(workspace: Workspace) -> DayStanding:
    return standing(workspace, workspace.reference_date)


def test_the_158n_plan_stands_whole(workspace: Workspace, now: DayStanding) -> None:
    page = plan_page(workspace, now, "strategy-2035")
    levels = {level.kind: level.nodes for level in page.levels}
    assert [len(levels[kind]) for kind in ("goal", "position", "action", "project", "milestone")] == [1, 5, 8, 12, 3]
    assert [one.number for one in levels["milestone"]] == ["2027", "2029", "2035"]
    assert sum(len(part.children) for part in levels["part"]) == 43
    for action in levels["action"]:
        assert action.rows == tuple(row.id for row in now.by_plan[action.plan] if row.row is not None)
    assert len(page.plan.below) == 8
    assert [code for code, _ in page.path] == ["outline-2035"]


def test_every_task_of_every_plan_stands_in_its_tree_once(workspace: Workspace, now: DayStanding) -> None:
    def numbers(node: TreeNode) -> list[str]:
        own = [node.number] if node.kind == "task" else []
        return own + [number for child in node.children for number in numbers(child)]

    for plan in workspace.content.plans.by_code.values():
        page = plan_page(workspace, now, plan.code)
        found = [number for level in page.levels for node in level.nodes for number in numbers(node)]
        assert found == [str(task.number) for task in plan.tasks]
        assert sum(one.count for one in page.plan.tally) == len(plan.targets)


def test_a_task_carries_the_targets_it_states_and_moves(workspace: Workspace, now: DayStanding) -> None:
    page = plan_page(workspace, now, "basic-education")
    sections = next(level for level in page.levels if level.kind == ClauseKind.SECTION.value)
    task = next(one for section in sections.nodes for one in section.children if one.number == "3")
    linked = {link.indicator for link in workspace.content.plans.by_code["basic-education"].links if link.item == "3"}
    rows = [now.by_id[name] for name in task.rows]
    assert {row.indicator for row in rows} >= linked & {row.indicator for row in now.by_plan["basic-education"]}
    assert "basic-education/task-3.1" in task.rows
    assert len(set(task.rows)) == len(task.rows)


def test_every_plan_is_listed_under_its_parent(workspace: Workspace, now: DayStanding) -> None:
    def codes(items: Iterable[PlanListItem]) -> list[str]:
        return [code for one in items for code in (one.code, *codes(one.below))]

    assert sorted(codes(plans_page(workspace, now).plans)) == sorted(workspace.content.plans.by_code)


def test_departments_count_what_the_plans_say(workspace: Workspace, now: DayStanding) -> None:
    page = departments_page(workspace, now)
    works = {one.name: one for one in department_work(workspace, list(workspace.content.plans.by_code.values()))}
    assert {one.name: (one.lead, one.cooperating) for one in page.departments} == {
        name: (len(work.lead), len(work.cooperating)) for name, work in works.items()
    }
    finance = department_page(workspace, now, "市财政局")
    assert [row.id for row in finance.leads if row.status in PRESSING] == ["vocational-education/row-07"]
    assert all("市财政局" in row.lead for row in finance.leads)
    assert not {row.id for row in finance.leads} & {row.id for row in finance.helps}
    with pytest.raises(KeyError):
        department_page(workspace, now, "无此部门")


def test_the_diagram_shows_the_districts_of_the_day(workspace: Workspace) -> None:
    after = {tile.name for tile in tiles_page(workspace, None, date(2025, 12, 31)).tiles}
    before = tiles_page(workspace, None, date(2025, 6, 1))
    assert "两江新区" in after
    assert "江北区" not in after
    assert "两江新区" not in {tile.name for tile in before.tiles}
    assert {tile.name for tile in before.without_place} == {"江北区", "渝北区"}
    places = [(tile.column, tile.row) for tile in before.tiles]
    assert len(set(places)) == len(places)
    assert all(tile.value is None and tile.shade is None for tile in before.tiles)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("渝中区（模拟）", "渝中"),
        ("石柱土家族自治县", "石柱"),
        ("忠县", "忠县"),
        ("两江新区", "两江新区"),
        ("沙坪坝区", "沙坪坝"),
    ],
)
def test_names_fit_their_tiles(name: str, short: str) -> None:
    assert short_name(name) == short


def test_a_unit_tells_where_it_came_from_and_what_it_became(workspace: Workspace) -> None:
    day = date(2025, 12, 31)
    new = unit_page(workspace, None, "500157", day)
    assert {one.name for one in new.history} == {"江北区", "渝北区"}
    old = unit_page(workspace, None, "500112", day)
    assert {one.name for one in old.history} == {"两江新区", "北碚区"}
    assert [one.name for one in old.path] == ["重庆市", "渝北区"]
    assert old.targets == old.missing == ()
    listed = units_page(workspace, None, day)
    assert {one.name for one in listed.abolished} == {"江北区", "渝北区"}
    with pytest.raises(KeyError):
        unit_page(workspace, None, "nowhere", day)


def test_the_screen_shows_published_targets_few_enough_to_read(workspace: Workspace, now: DayStanding) -> None:
    title, plans = workspace.plans()
    overview = overview_page(workspace, now, now, (title, plans, "action-plans"))
    first = screen_page(overview)
    assert (first.slide, first.rotate, first.figures) == (1, 0, ())
    shown = [screen_page(overview, slide) for slide in range(2, first.slides + 1)]
    assert all(0 < len(one.figures) <= MOST for one in shown)
    assert {figure.row.id for one in shown for figure in one.figures} == {
        row.id
        for row in overview.rows
        if row.observation and row.status.value not in ("no_data", "no_baseline", "not_due")
    }
    assert screen_page(overview, 999).slide == 1


def test_what_is_known_of_a_unit_is_said_in_both_languages(workspace: Workspace) -> None:
    facts = {name.en: value for name, value in unit_page(workspace, None, "500112", date(2025, 12, 31)).facts}
    assert (facts["Code"].zh, facts["Ended"].zh) == ("500112", "2025-11-06")
