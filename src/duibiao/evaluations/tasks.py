"""Tasks: a named person's finding with its evidence beside what the linked targets say; neither replaces the other."""

from collections.abc import Mapping, Sequence
from datetime import date

from duibiao.evaluations.material import TaskReport
from duibiao.evaluations.record_parts import FINDING_WORDS, EvidenceView, TaskFinding, TaskLink, TaskResult
from duibiao.kernel.text import Text
from duibiao.plan.model import LinkStrength, Target, Task
from duibiao.progress.status import Status
from duibiao.views.rows import MonitorRow, citation_view, monitor_row
from duibiao.workspace import Workspace

GOOD, BAD = (
    frozenset({TaskFinding.DONE, TaskFinding.ON_COURSE}),
    frozenset({TaskFinding.BEHIND, TaskFinding.NOT_STARTED, TaskFinding.NOT_DONE}),
)
NOTHING = Text("")


class TaskJudge:
    """Judges tasks on a day (任务评定器); ``rows`` are rows assessed already, others are assessed when needed."""

    def __init__(
        self, workspace: Workspace, as_of: date, rows: Mapping[str, MonitorRow], reports: Sequence[TaskReport]
    ) -> None:
        self.workspace, self.as_of = workspace, as_of
        self._rows = dict(rows)
        self._reports = {(one.plan, one.task): one for one in reports}
        self._targets: dict[tuple[str, str], list[Target]] = {}
        for plan in workspace.content.plans.by_code.values():
            for target in plan.targets:
                self._targets.setdefault((plan.code, target.indicator), []).append(target)

    def result(self, task: Task) -> TaskResult:
        """What the evaluation leaves of a task."""
        links = tuple(self._links(task))
        report = self._reports.get((task.plan, task.number))
        finding = report.finding if report else TaskFinding.NOT_ASSESSED
        return TaskResult(
            plan=task.plan,
            number=task.number,
            title=task.title,
            section=task.section,
            lead=task.lead,
            cooperating=task.cooperating,
            finding=finding,
            finding_word=FINDING_WORDS[finding],
            basis=_basis(report, links),
            rows=links,
            evidence=report.evidence if report else (),
            assessor=f"{report.office} {report.assessor}" if report else "",
            assessed=report.date if report else None,
            remark=report.remark if report else "",
            conflict=_conflict(finding, links),
            citation=citation_view(self.workspace, task.citation),
        )

    def _links(self, task: Task) -> list[TaskLink]:
        """The targets the task states itself, then those of its plan its work moves, each once."""
        plan = self.workspace.content.plans.by_code[task.plan]
        found: dict[str, TaskLink] = {}
        item = str(task.number)
        for target in plan.targets:
            if target.item == item:
                found[target.id] = self._link(target, LinkStrength.STATES, "")
        for link in plan.links:
            if link.item == item and link.plan == task.plan:
                for target in self._targets.get((task.plan, link.indicator), ()):
                    found.setdefault(target.id, self._link(target, link.strength, link.reason))
        return list(found.values())

    def _link(self, target: Target, strength: LinkStrength, reason: str) -> TaskLink:
        row = self._row(target)
        return TaskLink(
            row=row.id,
            label=row.label,
            strength=strength,
            reason=reason,
            status=row.status,
            status_word=row.status_word,
            value=row.observation.shown if row.observation else "—",
            period=row.observation.period if row.observation else "",
            goal_written=row.goal_written,
            due=row.due,
        )

    def _row(self, target: Target) -> MonitorRow:
        if target.id not in self._rows:
            self._rows[target.id] = monitor_row(self.workspace, self.workspace.assess(target, self.as_of))
        return self._rows[target.id]


def says(links: Sequence[TaskLink]) -> Text:
    """What the linked targets say, counted by their status words."""
    counted: dict[str, tuple[Text, int]] = {}
    for one in links:
        word, count = counted.get(one.status.value, (one.status_word, 0))
        counted[one.status.value] = (word, count + 1)
    if not counted:
        return Text("没有关联的量化目标", "no quantified target is linked")
    return Text(
        f"关联量化目标{len(links)}项：" + "，".join(f"{word.zh}{count}项" for word, count in counted.values()),
        f"{len(links)} linked targets: " + ", ".join(f"{count} {word.en}" for word, count in counted.values()),
    )


def _basis(report: TaskReport | None, links: Sequence[TaskLink]) -> Text:
    beside = says(links)
    if report is None:
        return Text(f"无人报告评定；{beside.zh}", f"nobody has reported an assessment; {beside.en}")
    word = FINDING_WORDS[report.finding]
    pieces = len(report.evidence)
    return Text(
        f"{report.office} {report.assessor} {report.date}评定为{word.zh}，佐证{pieces}件；{beside.zh}",
        f"found {word.en} by {report.office} {report.assessor} on {report.date}, {pieces} pieces of evidence; "
        f"{beside.en}",
    )


def _conflict(finding: TaskFinding, links: Sequence[TaskLink]) -> Text:
    """How the figures a task states or moves run against the person's finding; both stand."""
    if finding in GOOD:
        against = [one for one in links if one.status is Status.BEHIND]
    elif finding in BAD and links:
        met = [one for one in links if one.status in (Status.MET, Status.ON_COURSE)]
        against = met if len(met) == len(links) else []
    else:
        against = []
    if not against:
        return NOTHING
    word = FINDING_WORDS[finding]
    zh = "、".join(f"{one.label}（{one.value}，{one.period}年，{one.status_word.zh}）" for one in against)
    en = ", ".join(f"{one.row} ({one.value}, {one.period}, {one.status_word.en})" for one in against)
    return Text(
        f"评定为{word.zh}，但关联指标为：{zh}；两者并列，由评定人说明",
        f"found {word.en}, but the linked targets say: {en}; both stand, the assessor explains",
    )


__all__ = ["EvidenceView", "TaskJudge", "says"]
