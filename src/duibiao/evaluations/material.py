"""What an evaluation may rest on beside the packs: reported figures, reports on tasks, earlier evaluations."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from duibiao.evaluations.record import EvaluationKind, FrozenInput, TrackEntry
from duibiao.evaluations.record_parts import EvidenceView, TaskFinding
from duibiao.kernel.text import Text


@dataclass(frozen=True, slots=True)
class EvaluationRequest:
    """What is to be evaluated (评估请求): a plan or a set of plans by code or title, how, on which day.

    ``scope`` is written as the command takes it: ``whole``, ``department:市教委``, ``indicator:CODE,CODE``,
    ``plan:CODE``, ``unit:CODE``.
    """

    wanted: str
    kind: EvaluationKind
    as_of: date
    scope: str = "whole"


@dataclass(frozen=True, slots=True)
class ReportedFigure:
    """One figure computed from returns (上报计算值), exact; ``missing`` is a ``MissingReason`` value where it has none.

    ``known`` of ``total`` reporting units stand behind it.
    """

    indicator: str
    unit: str
    period: str
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    known: int
    total: int
    missing: str


@dataclass(frozen=True, slots=True)
class ReportingUnit:
    """A district that could report (填报区县)."""

    code: str
    name: str
    group: str


@dataclass(frozen=True, slots=True)
class ReportedFigures:
    """The figures of a snapshot an evaluation uses (评估所用上报数据), with the run they come from."""

    snapshot: str
    title: str
    simulated: bool
    run: str
    engine: str
    units: tuple[ReportingUnit, ...]
    figures: tuple[ReportedFigure, ...]


@dataclass(frozen=True, slots=True)
class TaskReport:
    """What a named person reported of a task (任务评定报告): ``assessor`` and ``office`` as entered."""

    plan: str
    task: int
    finding: TaskFinding
    evidence: tuple[EvidenceView, ...]
    office: str
    assessor: str
    date: date
    remark: str


@dataclass(frozen=True, slots=True)
class EarlierRow:
    """A row as an earlier evaluation left it (上次评估指标): ``code`` is its verdict, else its status."""

    row: str
    label: str
    plan: str
    code: str
    word: Text
    value: Decimal | None
    shown: str
    period: str


@dataclass(frozen=True, slots=True)
class EarlierValue:
    """A value an earlier evaluation knew for one indicator and period (上次评估用值)."""

    indicator: str
    unit: str
    period: str
    shown: str
    source: str


@dataclass(frozen=True, slots=True)
class EarlierEvaluation:
    """The last evaluation of the same kind, plans and scope (上次评估), as far as the comparison needs it."""

    id: str
    as_of: date
    sha256: str
    rows: tuple[EarlierRow, ...]
    values: tuple[EarlierValue, ...]


@dataclass(frozen=True, slots=True)
class EarlierRecord:
    """What stands from earlier (以往评估记录): the last evaluation to compare with, and every prediction made."""

    last: EarlierEvaluation | None
    predictions: tuple[TrackEntry, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """Everything an evaluation rests on beside the packs (评估材料); ``inputs`` are the hashes of all, packs too."""

    inputs: tuple[FrozenInput, ...] = ()
    figures: ReportedFigures | None = None
    reports: tuple[TaskReport, ...] = ()
    earlier: EarlierRecord = field(default_factory=lambda: EarlierRecord(None, ()))
