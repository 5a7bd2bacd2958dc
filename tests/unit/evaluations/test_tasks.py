"""Tasks: a named person's finding with evidence beside what the linked targets say; never invented."""

from datetime import date
from pathlib import Path

import pytest

from duibiao.evaluations.material import EvaluationRequest, Material
from duibiao.evaluations.perform import perform
from duibiao.evaluations.record import Evaluation, EvaluationKind
from duibiao.evaluations.record_parts import ContradictionKind, TaskFinding
from duibiao.evaluations.task_file import read_task_reports
from duibiao.kernel.problem import UserError
from duibiao.workspace import Workspace

DAY = date(2025, 12, 31)
GOOD = """
reports:
- plan: opening-up
  task: {behind}
  finding: 已完成
  evidence:
  - {{title: 验收报告, sha256: {hash}, date: 2025-11-20}}
  assessor: {{office: 市教委对外处, name: 䶮某}}
  date: 2025-12-01
- plan: opening-up
  task: {other}
  finding: not_started
  assessor: {{office: 市教委对外处, name: 张某}}
  date: 2025-12-02
  remark: 待批
"""


def with_target_behind(annual: Evaluation) -> int:
    """A task of the opening-up plan that moves a target that is behind."""
    return next(
        one.number
        for one in annual.tasks
        if one.plan == "opening-up" and any(link.status_word.zh == "滞后" for link in one.rows)
    )


def test_a_finding_stands_with_its_evidence_beside_the_figures_that_run_against_it(
    workspace: Workspace, annual: Evaluation, tmp_path: Path
) -> None:
    number = with_target_behind(annual)
    other = next(one.number for one in annual.tasks if one.plan == "opening-up" and one.number != number)
    path = tmp_path / "task_reports.yaml"
    path.write_text(GOOD.format(behind=number, other=other, hash="a1" * 32), encoding="utf-8")
    reports = read_task_reports(path, workspace.content.plans, DAY)
    request = EvaluationRequest("opening-up", EvaluationKind.ANNUAL, DAY)
    found = perform(workspace, request, Material(reports=reports))
    task = next(one for one in found.tasks if one.number == number)
    assert (task.finding, task.finding_word.zh, task.assessor) == (TaskFinding.DONE, "已完成", "市教委对外处 䶮某")
    assert [one.title for one in task.evidence] == ["验收报告"]
    assert "佐证1件" in task.basis.zh
    assert "滞后" in task.conflict.zh
    assert [one.subject.zh for one in found.contradictions if one.kind is ContradictionKind.TASK] == [
        f"任务{number} {task.title}"
    ]
    rest = [one for one in found.tasks if one.number not in (number, other)]
    assert {one.finding for one in rest} == {TaskFinding.NOT_ASSESSED}
    (action,) = found.actions
    assert {one.code: one.count for one in action.tasks} == {"done": 1, "not_started": 1, "not_assessed": len(rest)}


BAD = {
    "PLAN-UNKNOWN": ("plan: opening-up", "plan: nowhere"),
    "TASK-REPORT-TASK": ("task: 1", "task: 99"),
    "TASK-REPORT-FINDING": ("finding: 已完成", "finding: 很好"),
    "TASK-REPORT-EVIDENCE": ("evidence: [{title: 报告, citation: 文件}]", "evidence: []"),
    "TASK-REPORT-HASH": ("citation: 文件", "sha256: abc"),
    "TASK-REPORT-LATE": ("date: 2025-12-01", "date: 2026-01-01"),
    "PACK-FIELD-MISSING": ("{office: 市教委, name: 张某}", "{office: 市教委}"),
    "PACK-FIELD-UNKNOWN": ("date: 2025-12-01", "date: 2025-12-01, remarks: 无"),
    "PACK-DATE": ("date: 2025-12-01", "date: 去年"),
}
ONE = (
    "{plan: opening-up, task: 1, finding: 已完成, evidence: [{title: 报告, citation: 文件}], "
    "assessor: {office: 市教委, name: 张某}, date: 2025-12-01}"
)


@pytest.mark.parametrize("code", BAD)
def test_a_report_that_cannot_stand_is_refused_with_its_line(workspace: Workspace, tmp_path: Path, code: str) -> None:
    right, wrong = BAD[code]
    assert right in ONE
    path = tmp_path / "task_reports.yaml"
    path.write_text(f"reports:\n- {ONE.replace(right, wrong)}\n", encoding="utf-8")
    with pytest.raises(UserError) as raised:
        read_task_reports(path, workspace.content.plans, DAY)
    assert code in {one.code for one in raised.value.problems}
    assert {(one.where.file, one.where.line) for one in raised.value.problems} == {("task_reports.yaml", 2)}


def test_a_task_has_one_report(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "task_reports.yaml"
    path.write_text(f"reports:\n- {ONE}\n- {ONE}\n", encoding="utf-8")
    with pytest.raises(UserError, match="TASK-REPORT-TWICE"):
        read_task_reports(path, workspace.content.plans, DAY)
