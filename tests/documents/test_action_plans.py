"""The eight action plans of the pack against the journal: every row, every task, every department, every page."""

from decimal import Decimal
from pathlib import Path

import pytest

from duibiao.kernel.value import Missing, Quantity
from duibiao.metrics.observation import Bound
from duibiao.plan.goal import GoalKind
from duibiao.plan.model import ClauseKind, Plan, Target
from duibiao.workspace import Workspace
from tests.documents import raw

JOURNAL = "journal-2025-02"


@pytest.fixture(scope="module")
def lines(shared: Path) -> list[str]:
    return raw.journal(shared)


@pytest.fixture(scope="module")
def printed(lines: list[str]) -> dict[str, raw.ActionPlan]:
    return {plan.code: plan for plan in raw.action_plans(lines)}


def plan_of(workspace: Workspace, code: str) -> Plan:
    return workspace.content.plans.by_code[code]


def words_of(workspace: Workspace, target: Target) -> str:
    passage = workspace.passage(target.citation)
    assert passage is not None
    return passage.text


def test_the_journal_prints_a_hundred_rows_and_a_hundred_and_sixty_six_tasks(
    printed: dict[str, raw.ActionPlan],
) -> None:
    counted = [(plan.code, len(plan.tasks), len(plan.rows)) for plan in printed.values()]
    assert counted == [(code, tasks, rows) for code, _, tasks, rows in raw.PLANS]
    assert sum(tasks for _, tasks, _ in counted) == 166
    assert sum(rows for _, _, rows in counted) == 100


def test_the_monitored_collection_holds_exactly_the_eight_plans(workspace: Workspace) -> None:
    assert [plan.code for plan in workspace.plans("action-plans")[1]] == list(raw.CODES)


@pytest.mark.parametrize("code", raw.CODES)
def test_every_table_row_equals_the_document_in_every_field(
    code: str, archived: Workspace, printed: dict[str, raw.ActionPlan]
) -> None:
    plan = plan_of(archived, code)
    held = [
        raw.Row(
            label=raw.squeezed(target.label),
            unit=target.unit.replace("∶1", "∶"),
            baseline=target.baseline.written,
            goal=target.written,
            group=target.group,
            parent=target.parent,
        )
        for target in plan.table
    ]
    assert held == printed[code].rows
    assert [target.row for target in plan.table] == list(range(1, len(held) + 1))
    assert {(target.baseline.year, target.due) for target in plan.table} == {(2023, 2027)}


@pytest.mark.parametrize("code", raw.CODES)
def test_the_typed_numbers_of_a_row_say_what_is_printed(code: str, archived: Workspace) -> None:
    for target in plan_of(archived, code).table:
        low, high, strict = bounds_of(target.written)
        goal = target.goal
        assert (goal.lower, goal.upper, goal.strict) == (low, high, strict), target.id
        if target.baseline.written == "—":
            assert isinstance(target.baseline.value, Missing), target.id
            continue
        is_bound = target.baseline.written.startswith("≥")
        amount = Decimal(target.baseline.written.removeprefix("≥").removesuffix("∶1"))
        assert target.baseline.value == Quantity(amount, target.unit), target.id
        assert target.baseline.bound is (Bound.AT_LEAST if is_bound else Bound.EXACT), target.id


def bounds_of(written: str) -> tuple[Decimal | None, Decimal | None, bool]:
    """The bounds a printed goal states; a full coverage or a kept value bounds below only."""
    if written[0] == "≥":
        return Decimal(written[1:]), None, False
    if written[0] == "≤":
        return None, Decimal(written[1:]), False
    low, _, high = written.removesuffix("∶1").partition("—")
    return Decimal(low), Decimal(high or low), False


def test_a_goal_printed_as_a_plain_number_stays_a_plain_number(archived: Workspace) -> None:
    kinds = {
        target.goal.kind
        for code in raw.CODES
        for target in plan_of(archived, code).table
        if target.written.replace(".", "").isdigit()
    }
    assert kinds == {GoalKind.NUMBER}


@pytest.mark.parametrize("code", raw.CODES)
def test_the_passage_of_a_row_holds_its_label_and_both_its_values(code: str, archived: Workspace) -> None:
    for target in plan_of(archived, code).table:
        words = words_of(archived, target).replace("序号", "")
        start = f"{target.row}" if code in ("moral-education", "teachers") else ""
        whole = raw.squeezed(target.label) + target.baseline.written + target.written
        assert words.removeprefix(start).endswith(whole), f"{target.id}: {words}"
        assert len(words) <= len(start + target.group + target.parent + whole), f"{target.id}: {words}"


@pytest.mark.parametrize("code", raw.CODES)
def test_every_task_has_the_number_title_section_and_departments_of_the_document(
    code: str, archived: Workspace, printed: dict[str, raw.ActionPlan]
) -> None:
    held = [
        (task.number, raw.squeezed(task.title), task.section, list(task.lead), list(task.cooperating))
        for task in plan_of(archived, code).tasks
    ]
    assert held == [
        (task.number, task.title, task.section, task.lead, task.cooperating) for task in printed[code].tasks
    ]


@pytest.mark.parametrize("code", raw.CODES)
def test_the_sections_are_those_of_the_document_in_its_order(
    code: str, archived: Workspace, printed: dict[str, raw.ActionPlan]
) -> None:
    sections = plan_of(archived, code).of(ClauseKind.SECTION)
    assert [(section.number, raw.squeezed(section.title.zh)) for section in sections] == printed[code].sections


@pytest.mark.parametrize("code", raw.CODES)
def test_the_passage_of_a_task_is_the_whole_task_from_its_number_to_its_last_department(
    code: str, archived: Workspace, printed: dict[str, raw.ActionPlan]
) -> None:
    for task, paper in zip(plan_of(archived, code).tasks, printed[code].tasks, strict=True):
        passage = archived.passage(task.citation)
        assert passage is not None
        assert passage.text == paper.whole, f"{code} {task.number}"


def test_every_department_of_a_task_is_registered_and_no_registered_one_is_unused(
    workspace: Workspace, printed: dict[str, raw.ActionPlan]
) -> None:
    named = {name for plan in printed.values() for task in plan.tasks for name in (*task.lead, *task.cooperating)}
    known = workspace.content.departments
    assert named <= known.keys()
    assert {known[name].name for name in named} == {department.name for department in known.values()}


def test_the_pages_counted_from_the_text_agree_with_every_printed_page_number(lines: list[str]) -> None:
    pages = raw.pages(lines)
    stated = {number: int(match[1]) for number, line in enumerate(lines) if (match := raw.FOOT.fullmatch(line.strip()))}
    assert len(stated) == 13
    assert {number: pages[number] for number in stated} == stated


def test_the_page_of_every_journal_citation_is_the_page_counted_from_the_text(
    workspace: Workspace, lines: list[str]
) -> None:
    pages = raw.pages(lines)
    cited = [(name, one.locator) for name, one in workspace.citations() if one.document == JOURNAL]
    wrong = {name: str(at) for name, at in cited if at.page != pages[at.first_line - 1]}
    assert wrong == {}
    assert len(cited) >= 100 + 166


def test_every_citation_of_the_packs_is_compared_and_agrees_with_its_document(archived: Workspace) -> None:
    compared, absent, problems = archived.check_citations()
    assert [str(problem.where) for problem in problems] == []
    assert absent == 0
    assert compared == len(list(archived.citations()))
