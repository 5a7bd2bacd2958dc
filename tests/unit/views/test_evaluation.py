"""The closing evaluation of the 14th five-year plan on the real packs."""

from datetime import date

import pytest

from duibiao.progress.closing import Verdict
from duibiao.views.evaluation import EvaluationPage, evaluation_page
from duibiao.workspace import Workspace


@pytest.fixture(scope="module")
def page(workspace: Workspace) -> EvaluationPage:
    return evaluation_page(workspace, workspace.content.plans.by_code["five-year-14"], date(2025, 12, 31))


def test_all_seventeen_rows_are_judged_or_say_why_not(page: EvaluationPage) -> None:
    assert [one.row.row for one in page.findings] == list(range(1, 18))
    assert all(one.reason.zh for one in page.findings)
    assert sum(page.counts.values()) == 17


def test_the_senior_rate_misses_its_target_although_the_press_says_all_goals_were_met(page: EvaluationPage) -> None:
    row = page.findings[10]
    assert row.row.indicator == "senior.gross_enrolment_rate"
    assert row.verdict is Verdict.NOT_MET
    assert row.is_provisional
    assert "98.47%" in row.reason.zh
    assert "2025年值须高于98.5%" in row.turn.zh
    (claim,) = page.claims
    assert "12项" in claim.statement.zh
    assert "高中阶段毛入学率（98.47%，目标>98.5）" in claim.comment.zh


def test_kindergarten_enrolment_runs_against_the_birth_trend(page: EvaluationPage) -> None:
    row = page.findings[0]
    assert row.verdict is Verdict.UNDETERMINED
    (against,) = row.against
    assert "4818.26万人" in against.zh
    assert "3583.99万人" in against.zh
    assert "下降25.6%" in against.zh


def test_verdicts_from_an_earlier_year_are_provisional(page: EvaluationPage) -> None:
    for one in page.findings:
        if one.verdict is not Verdict.UNDETERMINED:
            assert one.row.observation is not None
            assert one.is_provisional == (int(one.row.observation.period[:4]) < 2025)
            assert one.turn.zh if one.is_provisional else not one.turn.zh


def test_rows_no_public_figure_answers_are_listed(page: EvaluationPage) -> None:
    assert len(page.unanswered) == page.counts["undetermined"] == 10
    assert "在园幼儿数（万人）" in page.unanswered
