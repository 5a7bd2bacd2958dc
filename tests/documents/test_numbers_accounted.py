"""No figure an action plan states in running text is lost: each stands inside a target's passage, or is listed here."""

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from duibiao.plan.model import Target
from duibiao.sources.citation import Locator
from duibiao.workspace import Workspace
from tests.documents import raw

BY_2027 = "到2027年"
FIGURE = re.compile(r"(?<![A-Za-z\d.])(\d+(?:\.\d+)?)(?=[%‰一-鿿M])(?!年|月|日)")
LONGEST_PASSAGE = 60  # a passage of a whole task would account for everything and say nothing

# Figures in the running text that promise nothing: (plan, item, figure with the two characters after it) → why.
# Only the first two follow 到2027年.
AGE, NAMED, FIXED = "年龄", "倡议、计划或纪念日的名称", "现有的类别或机制的个数"
EXCEPTIONS = {
    ("basic-education", "6", "6岁幼"): AGE,
    ("basic-education", "6", "3岁的"): AGE,
    ("basic-education", "19", "2个关"): FIXED,
    ("basic-education", "19", "2个支"): FIXED,
    ("basic-education", "19", "3项常"): FIXED,
    ("moral-education", "8", "13个学"): FIXED,
    ("vocational-education", "2", "9个国"): FIXED,
    ("higher-education", "12", "101计划"): NAMED,
    ("opening-up", "1", "5万”"): NAMED,
    ("opening-up", "1", "1万、"): NAMED,
    ("opening-up", "13", "75周年"): NAMED,
    ("opening-up", "14", "35周年"): NAMED,
}


def covered(at: Locator, place: tuple[int, int]) -> bool:
    start = (at.first_line, at.first_character or 1)
    end = (at.last_line, at.last_character or 10**6)
    return start <= place <= end


def texts(plan: raw.ActionPlan) -> Iterator[tuple[str, str, list[tuple[int, int]]]]:
    """The running texts of a plan: its opening paragraph and its tasks, with the place of every character."""
    yield "chapeau", plan.chapeau.text, plan.chapeau.places
    for task in plan.tasks:
        yield str(task.number), task.text, task.places


def unaccounted(workspace: Workspace, plan: raw.ActionPlan) -> Iterator[tuple[tuple[str, str, str], bool]]:
    """Figures outside the passages of their item's targets; and whether they follow 到2027年."""
    targets = workspace.content.plans.by_code[plan.code].targets
    for item, text, places in texts(plan):
        passages = [target.citation.locator for target in targets if target.item == item]
        promise = text.find(BY_2027)
        for match in FIGURE.finditer(text):
            if not any(covered(at, places[match.start()]) for at in passages):
                found = (plan.code, item, text[match.start() : match.end() + 2])
                yield found, 0 <= promise < match.start()


@pytest.fixture(scope="module")
def printed(shared: Path) -> list[raw.ActionPlan]:
    return raw.action_plans(raw.journal(shared))


def in_running_text(workspace: Workspace) -> list[Target]:
    plans = workspace.content.plans.by_code
    return [target for code in raw.CODES for target in plans[code].targets if target.item]


def test_every_figure_in_the_running_text_is_inside_a_targets_passage_or_listed_with_a_reason(
    workspace: Workspace, printed: list[raw.ActionPlan]
) -> None:
    left = {found for plan in printed for found, _ in unaccounted(workspace, plan)}
    assert left == EXCEPTIONS.keys()


def test_after_the_words_by_2027_only_two_ages_are_no_targets(
    workspace: Workspace, printed: list[raw.ActionPlan]
) -> None:
    promised = [found for plan in printed for found, is_promised in unaccounted(workspace, plan) if is_promised]
    assert [EXCEPTIONS[found] for found in promised] == [AGE, AGE]


def test_the_count_finds_the_figures_it_is_about(printed: list[raw.ActionPlan]) -> None:
    counted = {plan.code: sum(len(FIGURE.findall(text)) for _, text, _ in texts(plan)) for plan in printed}
    assert sum(counted.values()) > 160
    assert min(counted.values()) >= 5


def test_the_passage_of_a_target_in_running_text_is_short_and_holds_the_figure_as_written(archived: Workspace) -> None:
    for target in in_running_text(archived):
        passage = archived.passage(target.citation)
        assert passage is not None
        assert len(passage.text) <= LONGEST_PASSAGE, target.id
        lost = [number for number in re.findall(r"\d+(?:\.\d+)?", target.written) if number not in passage.text]
        assert lost == [], target.id


def test_the_goal_of_a_target_in_running_text_is_the_figure_as_written(workspace: Workspace) -> None:
    for target in in_running_text(workspace):
        match = re.search(r"(\d+(?:\.\d+)?)(?![\d年])(万?)", target.written)
        if match is None:
            continue  # 全覆盖, 清零, 万兆 and words: no figure is written
        in_unit = "万" in match[2] and not target.unit.startswith("万")
        number = Decimal(match[1]) * (10_000 if in_unit else 1)
        assert number in (target.goal.lower, target.goal.upper), f"{target.id}: {target.written}"


def test_more_than_and_at_least_in_running_text_are_bounds_and_not_points(workspace: Workspace) -> None:
    wrong = [
        f"{target.id}: {target.written}"
        for target in in_running_text(workspace)
        if re.search(r"\d.*以上|不低于|不少于|至少|超过", target.written)
        and (target.goal.lower is None or target.goal.upper is not None)
    ]
    assert wrong == []
