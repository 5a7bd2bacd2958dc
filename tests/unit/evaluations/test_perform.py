"""Evaluations of the real packs: what is found of rows, tasks, departments, and where nothing can be found."""

from datetime import date
from decimal import Decimal

import pytest

from duibiao.evaluations.material import EvaluationRequest
from duibiao.evaluations.perform import perform
from duibiao.evaluations.plain import SpoiltRecordError, from_json, to_json
from duibiao.evaluations.record import Evaluation, EvaluationKind, is_behind
from duibiao.evaluations.record_parts import ContradictionKind, TaskFinding
from duibiao.kernel.problem import UserError
from duibiao.progress.closing import Verdict
from duibiao.views.monitor import monitor_page
from duibiao.workspace import Workspace

DAY = date(2025, 12, 31)


def test_all_seventeen_rows_are_judged_or_say_why_not(closing: Evaluation) -> None:
    assert [one.row.row for one in closing.indicators] == list(range(1, 18))
    assert all(one.reason.zh for one in closing.indicators)
    assert sum(one.count for one in closing.verdicts) == 17
    assert closing.quality.answered == 7
    assert len(closing.quality.unanswered) == 10
    assert "在园幼儿数" in [one.label for one in closing.quality.unanswered]


def test_the_senior_rate_misses_its_target_although_the_press_says_all_goals_were_met(closing: Evaluation) -> None:
    row = closing.indicators[10]
    assert row.row.indicator == "senior.gross_enrolment_rate"
    assert row.verdict is Verdict.NOT_MET
    assert row.is_provisional
    assert is_behind(row)
    assert "98.47%" in row.reason.zh
    assert "2025年值须高于98.5%" in row.turn.zh
    assert row.line is not None
    assert (row.line.before_period, row.line.change_shown) == ("2020", "−0.03个百分点")
    (claim,) = closing.claims
    assert "12项" in claim.statement.zh
    assert "高中阶段毛入学率（98.47%，目标>98.5）" in claim.comment.zh
    assert claim.is_contradicted
    (said,) = [one for one in closing.contradictions if one.kind is ContradictionKind.CLAIM]
    assert said.rows == (row.row.id,)


def test_kindergarten_enrolment_runs_against_the_birth_trend(closing: Evaluation) -> None:
    row = closing.indicators[0]
    assert row.verdict is Verdict.UNDETERMINED
    (against,) = row.against
    assert all(words in against.zh for words in ("4818.26万人", "3583.99万人", "下降25.6%"))


def test_verdicts_from_an_earlier_year_are_provisional(closing: Evaluation) -> None:
    for one in closing.indicators:
        if one.verdict is not Verdict.UNDETERMINED:
            assert one.row.observation is not None
            assert one.is_provisional == (int(one.row.observation.period[:4]) < 2025)
            assert one.turn.zh if one.is_provisional else not one.turn.zh


def test_sources_that_differ_are_shown_with_the_rule_that_chose(closing: Evaluation) -> None:
    (found,) = [one for one in closing.contradictions if one.kind is ContradictionKind.SOURCES]
    assert found.taken is not None
    assert (found.period, found.taken.shown, [one.shown for one in found.others]) == (
        "2020", "100.7833万人", ["100.8万人"]
    )  # fmt: skip
    assert found.why.zh == "按来源等级，统计资料先于规划文件"


def test_the_rows_are_the_monitors_own(workspace: Workspace, annual: Evaluation) -> None:
    title, plans = workspace.plans("action-plans")
    assert tuple(one.row for one in annual.indicators) == monitor_page(workspace, title, plans, DAY).rows
    assert (len(annual.indicators), len(annual.tasks), len(annual.actions)) == (100, 166, 8)
    assert {one.verdict for one in annual.indicators} == {None}
    assert sum(one.total for one in annual.actions) == 100


def test_what_the_year_asked_and_what_moved(annual: Evaluation) -> None:
    line = annual.result("basic-education/row-01").line
    assert line is not None
    assert (line.year, line.asked, line.gap) == (2024, Decimal("93.3"), Decimal("0.2"))
    assert (line.before_period, line.before_shown, line.change_shown) == ("2023", "93.06%", "+0.44个百分点")
    assert line.is_better is True


def test_no_task_is_judged_where_nobody_reported(annual: Evaluation) -> None:
    assert {one.finding for one in annual.tasks} == {TaskFinding.NOT_ASSESSED}
    assert all(one.basis.zh.startswith("无人报告评定；") for one in annual.tasks)
    assert not [one for one in annual.tasks if one.evidence or one.assessor or one.conflict.zh]


def test_a_department_answers_for_its_rows_and_tasks(workspace: Workspace, annual: Evaluation) -> None:
    found = next(one for one in annual.departments if one.name == "市财政局")
    alone = perform(workspace, EvaluationRequest("action-plans", EvaluationKind.SPECIAL, DAY, "department:市财政局"))
    assert [one.name for one in alone.departments] == ["市财政局"]
    assert set(alone.departments[0].leads) == set(found.leads)
    assert {one.row.id for one in alone.indicators} == {*found.leads, *found.helps}
    assert alone.departments[0].lead_tasks == found.lead_tasks


def test_a_scope_takes_an_indicator_with_every_target_of_it(workspace: Workspace) -> None:
    found = perform(workspace, EvaluationRequest("action-plans", EvaluationKind.SPECIAL, DAY, "indicator:毛入园率"))
    assert {one.row.indicator for one in found.indicators} == {"preschool.gross_enrolment_rate"}
    assert found.tasks
    one_plan = perform(workspace, EvaluationRequest("action-plans", EvaluationKind.ANNUAL, DAY, "plan:teachers"))
    assert [plan.code for plan in one_plan.plans] == ["teachers"]


@pytest.mark.parametrize(
    ("wanted", "kind", "day", "scope", "code"),
    [
        ("action-plans", EvaluationKind.FINAL, DAY, "whole", "EVALUATION-KIND-DAY"),
        ("five-year-14", EvaluationKind.ANNUAL, date(2026, 3, 1), "whole", "EVALUATION-KIND-DAY"),
        ("teachers", EvaluationKind.ANNUAL, DAY, "department:市渔业局", "EVALUATION-SCOPE"),
        ("teachers", EvaluationKind.ANNUAL, DAY, "school", "EVALUATION-SCOPE"),
        ("teachers", EvaluationKind.ANNUAL, DAY, "unit:500112", "EVALUATION-SCOPE-DATA"),
        ("opening-up", EvaluationKind.SPECIAL, DAY, "department:市体育局", "EVALUATION-EMPTY"),
    ],
)
def test_what_cannot_be_evaluated_says_why(
    workspace: Workspace, wanted: str, kind: EvaluationKind, day: date, scope: str, code: str
) -> None:
    with pytest.raises(UserError) as raised:
        perform(workspace, EvaluationRequest(wanted, kind, day, scope))
    assert {one.code for one in raised.value.problems} == {code}


def test_a_plan_without_a_table_is_judged_by_every_target_it_states(workspace: Workspace) -> None:
    found = perform(workspace, EvaluationRequest("strategy-2035", EvaluationKind.ANNUAL, DAY))
    assert len(found.indicators) == 18
    assert "18项量化目标中" in found.sentence.zh
    assert found.actions[0].sentence.zh.startswith("教育强市规划（158N）：18项量化目标")


def test_an_evaluation_reads_back_equal_and_is_written_again_byte_for_byte(
    closing: Evaluation, annual: Evaluation
) -> None:
    for one in (closing, annual):
        written = to_json(one)
        back = from_json(written, Evaluation)
        assert back == one
        assert to_json(back) == written


def test_what_is_no_evaluation_is_not_read(closing: Evaluation) -> None:
    written = to_json(closing).decode()
    for spoilt in (
        "[]",
        written[:-20],
        written.replace('"mark":null', '"mark":0'),
        written.replace('"tasks":', '"t":'),
    ):
        with pytest.raises(SpoiltRecordError):
            from_json(spoilt.encode(), Evaluation)
