"""The path back from a figure."""

from datetime import date

from duibiao.views.explain import explain_page
from duibiao.workspace import Workspace

DAY = date(2025, 12, 31)


def test_one_indicator_has_targets_in_several_plans_and_one_history(workspace: Workspace) -> None:
    indicator = workspace.content.indicators["preschool.gross_enrolment_rate"]
    page = explain_page(workspace, indicator, DAY)
    assert {one.row.plan for one in page.targets} == {"five-year-14", "basic-education"}
    periods = [value.period for value in page.values]
    assert periods == sorted(periods)
    assert {"2020", "2023", "2024"} <= set(periods)
    assert page.definition is not None
    assert page.definition.definition.verify == "B"


def test_the_next_due_target_decides(workspace: Workspace) -> None:
    indicator = workspace.content.indicators["preschool.gross_enrolment_rate"]
    assert [one.row.plan for one in explain_page(workspace, indicator, DAY).targets if one.decides] == ["five-year-14"]
    later = explain_page(workspace, indicator, date(2026, 6, 30))
    assert [one.row.due for one in later.targets if one.decides] == [2027]


def test_the_words_appear_only_where_the_document_is_archived(workspace: Workspace, archived: Workspace) -> None:
    indicator = workspace.content.indicators["senior.completion_rate"]
    assert all(one.passage is None for one in explain_page(workspace, indicator, DAY).targets)
    passages = [one.passage for one in explain_page(archived, indicator, DAY).targets]
    assert passages
    assert all(passage and "高中阶段教育完成率" in passage for passage in passages)


def test_a_contradiction_between_sources_shows_both(workspace: Workspace) -> None:
    indicator = workspace.content.indicators["higher.esi_top_per_mille"]
    page = explain_page(workspace, indicator, DAY)
    of_2023 = [value.shown for value in page.values if value.period == "2023"]
    assert sorted(set(of_2023)) == ["4个", "6个"]
