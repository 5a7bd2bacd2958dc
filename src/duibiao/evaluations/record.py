"""What an evaluation is: plain frozen values that read back from its file to an equal object.

Every number stands beside the words it is shown with (``shown``), so that no surface writes a figure its own way.
The rows are the very rows of the monitor (``views.rows.MonitorRow``). What a person judged and what happened to an
evaluation over time stand in ``record_parts``.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from duibiao.evaluations.record_parts import (
    ClaimView,
    Contradiction,
    EvaluationComparison,
    TaskFinding,
    TaskResult,
    TrackEntry,
)
from duibiao.kernel.text import Text
from duibiao.progress.closing import Verdict
from duibiao.progress.policy import Policy
from duibiao.progress.status import Status
from duibiao.views.rows import MonitorRow

FORMAT = 1
"""The version of ``evaluation.json``; a program reads the versions up to its own."""


class EvaluationKind(StrEnum):
    """The kinds of evaluation a plan promises (评估类型)."""

    ANNUAL = "annual"
    MIDTERM = "midterm"
    FINAL = "final"
    SPECIAL = "special"


KIND_WORDS = {
    EvaluationKind.ANNUAL: Text("年度评估", "annual evaluation"),
    EvaluationKind.MIDTERM: Text("中期评估", "mid-term evaluation"),
    EvaluationKind.FINAL: Text("总结评估", "final evaluation"),
    EvaluationKind.SPECIAL: Text("专项评估", "special evaluation"),
}


class ScopeKind(StrEnum):
    """What part of its plans an evaluation looks at (评估范围类型)."""

    WHOLE = "whole"
    PLAN = "plan"
    DEPARTMENT = "department"
    INDICATOR = "indicator"
    UNIT = "unit"


SCOPE_WORDS = {
    ScopeKind.WHOLE: Text("全部", "the whole"),
    ScopeKind.PLAN: Text("规划", "plan"),
    ScopeKind.DEPARTMENT: Text("部门", "department"),
    ScopeKind.INDICATOR: Text("指标", "indicator"),
    ScopeKind.UNIT: Text("单位", "unit"),
}


@dataclass(frozen=True, slots=True)
class EvaluationScope:
    """The part of its plans an evaluation looks at (评估范围): ``codes`` are plans, departments, indicators or units.

    ``words`` say it with the names of what the codes stand for.
    """

    kind: ScopeKind
    codes: tuple[str, ...]
    words: Text

    def __str__(self) -> str:
        """The scope as ``--scope`` takes it."""
        return self.kind.value if not self.codes else f"{self.kind.value}:{','.join(self.codes)}"


WHOLE = EvaluationScope(ScopeKind.WHOLE, (), SCOPE_WORDS[ScopeKind.WHOLE])


class InputRole(StrEnum):
    """What a frozen input is to an evaluation (输入类型)."""

    PACK = "pack"
    PLAN = "plan"
    INDICATORS = "indicators"
    OBSERVATIONS = "observations"
    DEFINITIONS = "definitions"
    POLICY = "policy"
    UNITS = "units"
    DEPARTMENTS = "departments"
    SOURCES = "sources"
    FORMS = "forms"
    OTHER = "other"
    SNAPSHOT = "snapshot"
    FIGURES = "figures"
    TASK_REPORTS = "task_reports"
    EARLIER = "earlier"
    PROGRAM = "program"


@dataclass(frozen=True, slots=True)
class FrozenInput:
    """One input an evaluation rests on (固化输入): its place under ``inputs/`` or its id, SHA-256 and version.

    ``version`` is the version the input states of itself: of a plan the day it was published, of the thresholds their
    own version, of a snapshot its id, of an earlier evaluation its id; empty where it states none.
    """

    role: InputRole
    path: str
    sha256: str
    version: str


@dataclass(frozen=True, slots=True)
class EvaluatedPlan:
    """A plan as it was evaluated (被评规划): what a report says of it. ``published`` as precise as its source."""

    code: str
    title: Text
    short: Text
    number: str
    issuer: str
    published: str
    start: int
    end: int
    base_year: int
    rows: int
    tasks: int


@dataclass(frozen=True, slots=True)
class YearLine:
    """What the plan's straight line asked by the year of the value, and the movement to it (年度对照).

    ``asked`` is baseline + (goal − baseline) × s, in the row's unit; None where the goal has no line. ``before`` is
    the value chosen for the last earlier period that is comparable, and ``change`` the value minus it, None where
    there is none. ``gap`` is the value minus what was asked. ``*_shown`` are the words of each; 个百分点 for a
    difference of percentages. ``is_better`` tells whether the change is in the wanted direction, None where nothing
    changed or where there is no such direction.
    """

    year: int
    asked: Decimal | None
    asked_shown: str
    gap: Decimal | None
    gap_shown: str
    before_period: str
    before: Decimal | None
    before_shown: str
    change: Decimal | None
    change_shown: str
    is_better: bool | None


@dataclass(frozen=True, slots=True)
class IndicatorResult:
    """What an evaluation finds of one row of an indicator table (指标评估结果).

    ``verdict`` is None before the row is due: then the status of the row counts. ``verdict_word`` is the word to
    print in either case. ``reason`` says why, ``turn`` what would turn a provisional verdict, ``against`` the trends
    it runs against. ``line`` is what the year asked.
    """

    row: MonitorRow
    verdict: Verdict | None
    verdict_word: Text
    is_provisional: bool
    reason: Text
    turn: Text
    against: tuple[Text, ...]
    line: YearLine | None


@dataclass(frozen=True, slots=True)
class ResultCount:
    """How many results have one word (结果计数): ``code`` is a status, a verdict or a task finding."""

    code: str
    word: Text
    count: int


@dataclass(frozen=True, slots=True)
class ActionResult:
    """One plan, an action of the strategy, counted (行动评估结果): rows by status and verdict, tasks by finding.

    Words with no row are left out. ``known`` of ``total`` rows rest on a usable figure. ``rows`` are the ids of all
    its rows, ``behind`` of those that are behind or missed.
    """

    plan: str
    title: Text
    short: Text
    statuses: tuple[ResultCount, ...]
    verdicts: tuple[ResultCount, ...]
    tasks: tuple[ResultCount, ...]
    known: int
    total: int
    rows: tuple[str, ...]
    behind: tuple[str, ...]
    sentence: Text


@dataclass(frozen=True, slots=True)
class DepartmentResult:
    """One department (部门评估结果): the tasks it leads and helps with, the rows it answers for.

    Tasks are ``plan/number``. ``leads`` are ids of the rows whose leading departments include it, ``helps`` of those
    it helps with and does not lead; ``behind`` of the rows it leads that are behind or missed, ``unanswered`` of those
    nobody can judge. The counts are of the rows and tasks it leads.
    """

    name: str
    full_name: str
    lead_tasks: tuple[str, ...]
    cooperating_tasks: tuple[str, ...]
    leads: tuple[str, ...]
    helps: tuple[str, ...]
    statuses: tuple[ResultCount, ...]
    verdicts: tuple[ResultCount, ...]
    tasks: tuple[ResultCount, ...]
    behind: tuple[str, ...]
    unanswered: tuple[str, ...]
    sentence: Text


@dataclass(frozen=True, slots=True)
class UnitFigure:
    """One computed figure of a district (区县评估数据), rounded as shown; ``missing`` says why there is none.

    ``coverage`` is known/expected reporting units. ``against`` says which line ``meets`` was held to: one the plan
    sets for every district, or the one it sets for the city; empty, with ``meets`` None, where there is none a
    district can be held to.
    """

    indicator: str
    label: Text
    period: str
    value: Decimal | None
    shown: str
    unit: str
    coverage: str
    missing: Text | None
    goal_written: str
    due: int
    against: Text
    meets: bool | None
    word: Text


@dataclass(frozen=True, slots=True)
class UnitResult:
    """What an evaluation says of one district (区县评估结果); ``mark`` is 模拟数据 where the figures are simulated.

    ``missing`` are the labels of the indicators it has no figure for.
    """

    code: str
    name: str
    group: str
    mark: Text | None
    figures: tuple[UnitFigure, ...]
    missing: tuple[Text, ...]
    sentence: Text


@dataclass(frozen=True, slots=True)
class UnansweredRow:
    """A row no usable public figure answers (无数据可判指标), and why."""

    row: str
    label: str
    plan: str
    reason: Text


@dataclass(frozen=True, slots=True)
class DataQuality:
    """How far the data carry (数据质量): rows answered, and what a reader must know of the values.

    The tuples after ``unanswered`` are ids of rows: outdated value, scope in doubt, only a bound, provisional, sources
    that contradict each other, an old figure printed again. ``periods`` counts the rows by the period their value
    speaks of; ``oldest`` and ``newest`` are the first and last of them, empty where no row has a value. ``returns`` is
    known/expected reporting units over the computed figures, empty without a data folder.
    """

    answered: int
    total: int
    unanswered: tuple[UnansweredRow, ...]
    stale: tuple[str, ...]
    doubtful: tuple[str, ...]
    bounds: tuple[str, ...]
    provisional: tuple[str, ...]
    contradicted: tuple[str, ...]
    reprinted: tuple[str, ...]
    periods: tuple[ResultCount, ...]
    oldest: str
    newest: str
    returns: str
    sentence: Text


@dataclass(frozen=True, slots=True)
class Evaluation:
    """An evaluation (评估): who was held against what, on which day, from which inputs, with every result.

    ``collection`` is the code of the set of plans, empty for a single plan. ``inputs`` and ``scope`` with kind, plans
    and day determine everything else; ``id`` carries the beginning of their hash. ``program`` is the program that
    performed it, which the id leaves out. ``mark`` is 模拟数据 where any figure is simulated.
    """

    id: str
    kind: EvaluationKind
    kind_word: Text
    title: Text
    plans: tuple[EvaluatedPlan, ...]
    collection: str
    as_of: date
    scope: EvaluationScope
    home_unit: str
    home_unit_name: str
    inputs: tuple[FrozenInput, ...]
    method: str
    policy: Policy
    program: str
    mark: Text | None
    sentence: Text
    notices: tuple[Text, ...]
    statuses: tuple[ResultCount, ...]
    verdicts: tuple[ResultCount, ...]
    indicators: tuple[IndicatorResult, ...]
    tasks: tuple[TaskResult, ...]
    actions: tuple[ActionResult, ...]
    departments: tuple[DepartmentResult, ...]
    units: tuple[UnitResult, ...]
    contradictions: tuple[Contradiction, ...]
    claims: tuple[ClaimView, ...]
    quality: DataQuality
    comparison: EvaluationComparison | None
    track_record: tuple[TrackEntry, ...]

    def result(self, row: str) -> IndicatorResult:
        """The result of one row by its id. Raises KeyError for a row the evaluation does not hold."""
        for one in self.indicators:
            if one.row.id == row:
                return one
        raise KeyError(row)


def is_behind(result: IndicatorResult) -> bool:
    """Whether a row is behind its line, or was missed."""
    return result.verdict is Verdict.NOT_MET or (result.verdict is None and result.row.status is Status.BEHIND)


__all__ = [
    "KIND_WORDS",
    "SCOPE_WORDS",
    "WHOLE",
    "ActionResult",
    "ClaimView",
    "Contradiction",
    "DataQuality",
    "DepartmentResult",
    "EvaluatedPlan",
    "Evaluation",
    "EvaluationComparison",
    "EvaluationKind",
    "EvaluationScope",
    "FrozenInput",
    "IndicatorResult",
    "InputRole",
    "ResultCount",
    "ScopeKind",
    "TaskFinding",
    "TaskResult",
    "TrackEntry",
    "UnansweredRow",
    "UnitFigure",
    "UnitResult",
    "YearLine",
    "is_behind",
]
