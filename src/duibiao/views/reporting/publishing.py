"""What is ready to be published, what is missing, and what stands in public now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from duibiao.kernel.period import Period, local_time
from duibiao.kernel.problem import Problem
from duibiao.kernel.text import Text
from duibiao.metrics.form import Form
from duibiao.store.model import ReportState
from duibiao.store.snapshot import Snapshot
from duibiao.store.workflow import WRITABLE
from duibiao.views.districts import SIMULATED
from duibiao.views.reporting.scope import ReportingScope, first_names
from duibiao.views.reporting.work_list import RoundView, round_view


class PublishingStage(StrEnum):
    """How far a publishing has come (发布阶段)."""

    WRITING = "writing"
    COMPUTING = "computing"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


STAGE_WORDS = {
    PublishingStage.WRITING: Text("正在写快照", "writing the snapshot"),
    PublishingStage.COMPUTING: Text("快照已生效，正在重算指标", "the snapshot is in force, figures are being computed"),
    PublishingStage.DONE: Text("已发布", "published"),
    PublishingStage.FAILED: Text("未完成", "not completed"),
    PublishingStage.INTERRUPTED: Text("中断：程序在发布途中停止", "interrupted: the program stopped on the way"),
}
NO_PROBLEMS: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class PublishingJob:
    """One publishing (发布任务): ``started`` and ``finished`` in UTC (ISO), ``snapshot`` once it is in force.

    A publishing takes effect whole or not at all: a job without ``snapshot`` changed nothing, unless it was
    interrupted; then the snapshot in force tells.
    """

    id: str
    title: str
    by: str
    started: str
    finished: str
    stage: PublishingStage
    snapshot: str = ""
    problems: tuple[Problem, ...] = NO_PROBLEMS

    @property
    def is_running(self) -> bool:
        """Whether it is at work."""
        return self.stage in (PublishingStage.WRITING, PublishingStage.COMPUTING)


@dataclass(frozen=True, slots=True)
class PublishingJobPage:
    """The page of one publishing (发布进度): what it does now or did, and which snapshot is in force.

    ``in_force`` is the id of the snapshot in force, ``is_in_force`` whether it is the one of this job (by its title,
    who published it and when, where the job could no longer tell its id).
    """

    job: PublishingJob
    word: Text
    sentence: Text
    mark: Text | None
    started: str
    finished: str
    running: bool
    in_force: str
    in_force_title: str
    is_in_force: bool


def publishing_job_page(job: PublishingJob, snapshot: Snapshot | None) -> PublishingJobPage:
    """Say what a publishing does or did; ``snapshot`` is the one in force."""
    manifest = snapshot.manifest if snapshot else {}
    own = snapshot is not None and (snapshot.id == job.snapshot or _is_of(job, snapshot))
    return PublishingJobPage(
        job=job,
        word=STAGE_WORDS[job.stage],
        sentence=_told(job, own),
        mark=SIMULATED if snapshot and snapshot.simulated else None,
        started=local_time(job.started),
        finished=local_time(job.finished),
        running=job.is_running,
        in_force=snapshot.id if snapshot else "",
        in_force_title=str(manifest.get("title", "")),
        is_in_force=own,
    )


def _is_of(job: PublishingJob, snapshot: Snapshot) -> bool:
    made = str(snapshot.manifest["created"])
    return snapshot.title == job.title and datetime.fromisoformat(made) >= datetime.fromisoformat(job.started)


def _told(job: PublishingJob, in_force: bool) -> Text:
    """One sentence a publisher can act on."""
    if job.stage is PublishingStage.WRITING:
        return Text(
            "正在写快照。可以离开本页，发布继续进行；写完之前，公开的仍是原来的数。",
            "The snapshot is being written. You may leave this page; until it is done the old figures stand.",
        )
    if job.stage is PublishingStage.COMPUTING:
        return Text(
            "快照已生效，正在重算指标；算完之前，各页仍显示上一版。",
            "The snapshot is in force and the figures are being computed; until then pages show the edition before.",
        )
    if job.stage is PublishingStage.DONE:
        return Text("已发布，指标已重算。", "Published; the figures are computed.")
    if in_force:
        return Text(
            "快照已整体生效；指标重算没有做完，程序会在下一次查看时补算。",
            "The snapshot is in force as a whole; the figures were not finished and will be computed at the next look.",
        )
    return Text(
        "没有发布任何数据，公开的仍是原来的数；可以重新发布。",
        "Nothing was published, the old figures stand; publish again.",
    )


@dataclass(frozen=True, slots=True)
class RoundCompleteness:
    """How complete a round is (完整性): ``owed`` returns in all, ``missing`` those of the districts that owe most.

    ``corrections`` are under way.
    """

    round: RoundView
    published: int
    corrections: int
    owed: int
    missing: tuple[tuple[str, int, str], ...]


@dataclass(frozen=True, slots=True)
class FormChoice:
    """A form that can be asked for (可布置报表), with the period that is being collected now."""

    form: str
    label: Text
    period: str


@dataclass(frozen=True, slots=True)
class PublishPage:
    """What a publisher decides on (布置与发布). ``ready`` returns would be published; the others stay as they are."""

    title: Text
    mark: Text | None
    sentence: Text
    snapshot: str
    snapshot_title: str
    snapshot_at: str
    ready: int
    waiting: int
    rounds: tuple[RoundCompleteness, ...]
    forms: tuple[FormChoice, ...]
    last: PublishingJobPage | None = None


def publish_page(scope: ReportingScope, last: PublishingJob | None = None) -> PublishPage:
    """How complete every round is, what publishing now would change, and how the ``last`` publishing went."""
    rounds = []
    for form, period in scope.rounds():
        states = scope.states(form.code, period)
        if states:
            rounds.append(_completeness(scope, form, period, states))
    ready = sum(one.round.ready for one in rounds)
    waiting = sum(one.round.for_district + one.round.for_city for one in rounds)
    owed = sum(one.owed for one in rounds)
    snapshot = scope.snapshot
    return PublishPage(
        title=Text("布置与发布", "Rounds and publishing"),
        mark=scope.mark,
        sentence=Text(
            f"{ready}份已审核、可以发布；{waiting}份在审核中；{owed}份未交。发布生成新的快照，指标随即重算；未发布的维持原值。",
            f"{ready} returns are ready, {waiting} under review, {owed} owed. Publishing makes a new snapshot and the "
            "figures are computed anew; whatever is not published stays as it was.",
        ),
        snapshot=snapshot.id if snapshot else "",
        snapshot_title=snapshot.title if snapshot else "",
        snapshot_at=local_time(str(snapshot.manifest["created"])) if snapshot else "",
        ready=ready,
        waiting=waiting,
        rounds=tuple(rounds),
        forms=tuple(
            FormChoice(form.code, form.label, str(current_period(form, scope.day)))
            for form in scope.workspace.content.forms.values()
        ),
        last=publishing_job_page(last, snapshot) if last else None,
    )


def current_period(form: Form, day: date) -> Period:
    """The last period whose returns can be made on a day: what is collected now, or was last."""
    return max(
        (
            period
            for year in (day.year - 2, day.year - 1, day.year)
            if form.opens_on(period := Period(year, form.period)) <= day
        ),
        key=lambda period: period.year,
    )


def _completeness(
    scope: ReportingScope, form: Form, period: Period, states: Sequence[ReportState]
) -> RoundCompleteness:
    owed = [one for one in states if one.status in WRITABLE and not one.is_correction]
    by_district: dict[str, list[str]] = {}
    for one in owed:
        by_district.setdefault(scope.tree.district(one.unit), []).append(one.unit)
    most = sorted(by_district.items(), key=lambda item: -len(item[1]))[:12]
    missing = tuple(
        (scope.name(district), len(units), first_names([scope.name(unit) for unit in units], 4))
        for district, units in most
    )
    return RoundCompleteness(
        round=round_view(scope, form, period, states),
        published=sum(one.published_revision is not None for one in states),
        corrections=sum(one.is_correction for one in states),
        owed=len(owed),
        missing=missing,
    )


def share_published(one: RoundCompleteness) -> Decimal:
    """The share of a round that stands in public."""
    return Decimal(one.published) / one.round.total
