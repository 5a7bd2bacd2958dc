"""Reads ``task_reports.yaml``: what named persons found of tasks, each with its evidence. All problems at once."""

import re
from datetime import date
from pathlib import Path

from duibiao.evaluations.material import TaskReport
from duibiao.evaluations.record_parts import FINDING_WORDS, EvidenceView, TaskFinding
from duibiao.kernel.problem import Report, Where
from duibiao.kernel.reading import Record, read_yaml
from duibiao.plan.model import Plans

_SHA256 = re.compile(r"[0-9a-f]{64}")
NEEDS_EVIDENCE = (TaskFinding.DONE, TaskFinding.ON_COURSE)


def read_task_reports(path: Path, plans: Plans, as_of: date) -> tuple[TaskReport, ...]:
    """Read and check a file of task reports; those of after ``as_of`` were not known then and are refused.

    Raises UserError with every problem: those of reading YAML, PLAN-UNKNOWN, TASK-REPORT-TASK, TASK-REPORT-TWICE,
    TASK-REPORT-FINDING, TASK-REPORT-EVIDENCE, TASK-REPORT-HASH, TASK-REPORT-LATE.
    """
    report = Report()
    record = read_yaml(path, path.name, report)
    found: list[TaskReport] = []
    places: dict[tuple[str, int], Where] = {}
    for item in record.records("reports"):
        one = _read(item, plans, as_of)
        key = (one.plan, one.task)
        if key in places and one.task:
            report.add("TASK-REPORT-TWICE", item.where("task"), plan=one.plan, task=one.task, first=places[key].line)
        places.setdefault(key, item.where("task"))
        found.append(one)
    record.close()
    report.refuse_errors()
    return tuple(found)


def _read(item: Record, plans: Plans, as_of: date) -> TaskReport:
    plan, task = item.text("plan"), item.integer("task")
    item.points_to("plan", plan, plans.by_code, "PLAN-UNKNOWN")
    if plan in plans.by_code and "task" not in item.failed and plans.task(plan, str(task)) is None:
        known = [one.number for one in plans.by_code[plan].tasks]
        near = f"{min(known)}–{max(known)}" if known else "—"
        item.report.add("TASK-REPORT-TASK", item.where("task"), plan=plan, task=task, near=near)
    finding = _finding(item)
    evidence = tuple(_evidence(one) for one in item.records("evidence"))
    if finding in NEEDS_EVIDENCE and not evidence:
        word = FINDING_WORDS[finding]
        item.report.add("TASK-REPORT-EVIDENCE", item.where("evidence"), zh=word.zh, en=word.en)
    assessor = item.record("assessor")
    found = TaskReport(
        plan=plan,
        task=task,
        finding=finding,
        evidence=evidence,
        office=assessor.text("office"),
        assessor=assessor.text("name"),
        date=item.date("date"),
        remark=item.optional("remark") or "",
    )
    assessor.close()
    if found.date > as_of:
        item.report.add("TASK-REPORT-LATE", item.where("date"), date=found.date, as_of=as_of)
    item.close()
    return found


def _finding(item: Record) -> TaskFinding:
    """The finding by its word or its code; 未评定 is what a task without a report is, and cannot be reported."""
    written = item.text("finding")
    for finding, word in FINDING_WORDS.items():
        if finding is not TaskFinding.NOT_ASSESSED and written in (finding.value, word.zh):
            return finding
    if written:
        words = [word.zh for finding, word in FINDING_WORDS.items() if finding is not TaskFinding.NOT_ASSESSED]
        item.report.add("TASK-REPORT-FINDING", item.where("finding"), value=written, choices="、".join(words))
    return TaskFinding.NOT_ASSESSED


def _evidence(item: Record) -> EvidenceView:
    found = EvidenceView(
        title=item.text("title"),
        sha256=item.optional("sha256") or "",
        citation=item.optional("citation") or "",
        date=item.date("date") if item.has("date") else None,
    )
    if not found.sha256 and not found.citation:
        item.report.add("TASK-REPORT-HASH", item.where("title"), title=found.title)
    elif found.sha256 and not _SHA256.fullmatch(found.sha256):
        item.report.add("TASK-REPORT-HASH", item.where("sha256"), title=found.title)
    item.close()
    return found
