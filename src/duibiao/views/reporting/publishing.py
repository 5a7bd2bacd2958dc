"""What is ready to be published, what is missing, and what stands in public now."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from duibiao.kernel.period import Period
from duibiao.kernel.text import Text
from duibiao.metrics.form import Form
from duibiao.store.model import ReportState
from duibiao.store.workflow import ReportStatus
from duibiao.views.reporting.scope import ReportingScope, first_names, moment
from duibiao.views.reporting.work_list import RoundView, round_view


@dataclass(frozen=True, slots=True)
class RoundCompleteness:
    """How complete a round is (完整性): ``missing`` by district, the most first; ``corrections`` are under way."""

    round: RoundView
    published: int
    corrections: int
    missing: tuple[tuple[str, int, str], ...]


@dataclass(frozen=True, slots=True)
class FormChoice:
    """A form that can be asked for (可布置报表), and how its period is written."""

    form: str
    label: Text
    example: str


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


def publish_page(scope: ReportingScope) -> PublishPage:
    """How complete every round is, and what publishing now would change."""
    rounds = []
    for form, period in scope.rounds():
        states = scope.states(form.code, period)
        if states:
            rounds.append(_completeness(scope, form, period, states))
    ready = sum(one.round.ready for one in rounds)
    waiting = sum(one.round.for_district + one.round.for_city for one in rounds)
    owed = sum(count for one in rounds for _, count, _ in one.missing)
    snapshot = scope.snapshot
    year = scope.day.year
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
        snapshot_at=moment(str(snapshot.manifest["created"])) if snapshot else "",
        ready=ready,
        waiting=waiting,
        rounds=tuple(rounds),
        forms=tuple(
            FormChoice(form.code, form.label, str(Period(year, form.period)))
            for form in scope.workspace.content.forms.values()
        ),
    )


def _completeness(
    scope: ReportingScope, form: Form, period: Period, states: Sequence[ReportState]
) -> RoundCompleteness:
    owed = [one for one in states if one.status in (ReportStatus.DRAFT, ReportStatus.RETURNED)]
    counted = Counter(scope.tree.district(one.unit) for one in owed)
    missing = tuple(
        (
            scope.name(district),
            count,
            first_names([scope.name(one.unit) for one in owed if scope.tree.district(one.unit) == district], 4),
        )
        for district, count in counted.most_common(12)
    )
    return RoundCompleteness(
        round=round_view(scope, form, period, states),
        published=sum(one.published_revision is not None for one in states),
        corrections=sum(
            one.published_revision is not None and one.status is not ReportStatus.PUBLISHED for one in states
        ),
        missing=missing,
    )


def share_published(one: RoundCompleteness) -> Decimal:
    """The share of a round that stands in public."""
    return Decimal(one.published) / one.round.total
