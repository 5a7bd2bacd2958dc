"""Parts of an evaluation: judged tasks, contradictions, the comparison with the last one, the track record."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from duibiao.kernel.text import Text
from duibiao.plan.model import LinkStrength
from duibiao.progress.status import Status
from duibiao.views.rows import CitationView, ValueView


class TaskFinding(StrEnum):
    """What a named person found of a task (任务评定); nobody else, and no program, decides it."""

    DONE = "done"
    ON_COURSE = "on_course"
    BEHIND = "behind"
    NOT_STARTED = "not_started"
    NOT_DONE = "not_done"
    NOT_ASSESSED = "not_assessed"


FINDING_WORDS = {
    TaskFinding.DONE: Text("已完成", "done"),
    TaskFinding.ON_COURSE: Text("按计划推进", "on course"),
    TaskFinding.BEHIND: Text("进度滞后", "behind"),
    TaskFinding.NOT_STARTED: Text("未启动", "not started"),
    TaskFinding.NOT_DONE: Text("未完成", "not done"),
    TaskFinding.NOT_ASSESSED: Text("未评定", "not assessed"),
}


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """One piece of evidence for a task (评估佐证): ``title``, and a SHA-256 or the words of a citation, and its day."""

    title: str
    sha256: str
    citation: str
    date: date | None


@dataclass(frozen=True, slots=True)
class TaskLink:
    """A target linked to a task (任务关联指标): the row's id, how the task moves it and why, and how it stands.

    The row may be one of running text, which is not among the evaluation's ``indicators``. ``value`` is shown with
    its period.
    """

    row: str
    label: str
    strength: LinkStrength
    reason: str
    status: Status
    status_word: Text
    value: str
    period: str
    goal_written: str
    due: int


@dataclass(frozen=True, slots=True)
class TaskResult:
    """A task as the evaluation leaves it (任务评估结果): the person's finding beside what its targets say.

    ``basis`` says what the finding rests on, or why there is none. ``conflict`` says how the linked figures run
    against the person's finding, empty where they do not; both stand. ``assessor`` is office and name as entered.
    """

    plan: str
    number: int
    title: str
    section: str
    lead: tuple[str, ...]
    cooperating: tuple[str, ...]
    finding: TaskFinding
    finding_word: Text
    basis: Text
    rows: tuple[TaskLink, ...]
    evidence: tuple[EvidenceView, ...]
    assessor: str
    assessed: date | None
    remark: str
    conflict: Text
    citation: CitationView


class ContradictionKind(StrEnum):
    """What runs against what (不一致类型)."""

    SOURCES = "sources"
    CLAIM = "claim"
    TASK = "task"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two sources, or a statement and the figures, that do not agree (不一致): what was taken, and why.

    ``subject`` names the indicator, the task or the statement. For sources ``taken`` is the value chosen for the period
    and ``others`` those that differ from it; for a claim or a task both are empty and ``why`` tells the two sides.
    ``rows`` are ids of the rows concerned.
    """

    kind: ContradictionKind
    subject: Text
    indicator: str
    period: str
    taken: ValueView | None
    others: tuple[ValueView, ...]
    why: Text
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A published statement about a plan beside what the results say of it (公开说法对照).

    ``is_contradicted`` tells whether a result runs against it.
    """

    plan: str
    statement: Text
    source: str
    source_title: Text
    publisher: str
    published: str
    comment: Text
    is_contradicted: bool


class MovementKind(StrEnum):
    """How a row stands to the last evaluation (变动方向)."""

    BETTER = "better"
    WORSE = "worse"
    OTHER = "other"


MOVEMENT_WORDS = {
    MovementKind.BETTER: Text("好转", "better"),
    MovementKind.WORSE: Text("退步", "worse"),
    MovementKind.OTHER: Text("可判性变化", "could or can be judged only once"),
}


@dataclass(frozen=True, slots=True)
class MovedRow:
    """A row whose word or value changed since the last evaluation (变动指标), both sides shown.

    ``word_changed`` is False where only the value moved under the same word.
    """

    row: str
    label: str
    plan: str
    kind: MovementKind
    kind_word: Text
    word_changed: bool
    before_word: Text
    after_word: Text
    before_value: str
    before_period: str
    after_value: str
    after_period: str


@dataclass(frozen=True, slots=True)
class RestatedValue:
    """A value of one indicator and period that was another last time (重述值): both, and their sources."""

    indicator: str
    label: Text
    period: str
    before: str
    before_source: str
    after: str
    after_source: str
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowName:
    """A row by id and label (指标行名)."""

    row: str
    label: str
    plan: str


@dataclass(frozen=True, slots=True)
class EvaluationComparison:
    """What changed since the last evaluation of the same kind, plans and scope (与上次评估对比)."""

    earlier: str
    earlier_as_of: date
    moved: tuple[MovedRow, ...]
    restated: tuple[RestatedValue, ...]
    added: tuple[RowName, ...]
    dropped: tuple[RowName, ...]
    unchanged: int
    sentence: Text


class PredictionBasis(StrEnum):
    """Where a prediction comes from (预测由来)."""

    EARLIER = "earlier"
    BACK_CAST = "back_cast"
    NOW = "now"


BASIS_WORDS = {
    PredictionBasis.EARLIER: Text("以往评估所作预测", "made in an earlier evaluation"),
    PredictionBasis.BACK_CAST: Text("按当时数据回测，当时未作评估", "back-cast from the data known then"),
    PredictionBasis.NOW: Text("本次预测", "made in this evaluation"),
}


@dataclass(frozen=True, slots=True)
class TrackEntry:
    """A prediction of a row's value, and what came (预测跟踪).

    ``made_on`` is the day it was made for, ``made_in`` the id of the evaluation it stands in (empty for a back-cast and
    for one made now), ``for_year`` the year it speaks of. ``low`` and ``high`` bound the interval and ``probability``
    is the probability of reaching the goal, in shares; None where the method gives none. ``came`` is the value that
    was published for that year, None while there is none. ``is_hit`` tells whether it lies in the interval, None
    without an interval or a value; ``error`` is what came minus what was predicted. ``predicted_met`` and
    ``came_met`` tell whether the predicted value and the one that came reach the goal.
    """

    row: str
    label: str
    plan: str
    unit: str
    basis: PredictionBasis
    basis_word: Text
    made_on: date
    made_in: str
    method: str
    for_year: int
    predicted: Decimal
    predicted_shown: str
    low: Decimal | None
    high: Decimal | None
    interval_shown: str
    probability: Decimal | None
    probability_shown: Text
    predicted_met: bool | None
    came: Decimal | None
    came_shown: str
    came_source: str
    came_met: bool | None
    is_hit: bool | None
    error: Decimal | None
    error_shown: str
