"""What the store takes and answers with: plain frozen dataclasses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from duibiao.kernel.period import Period
from duibiao.kernel.problem import Problem, Where, problem
from duibiao.store.workflow import WRITABLE, ActorRole, ReportAction, ReportStatus


class RevisionKind(StrEnum):
    """Why there is another revision of a return."""

    FIRST = "first"  # 初报
    CHANGED = "changed"  # 改报
    PARTIAL = "partial"  # 补报: the cells not handed in were taken over from the revision before
    CORRECTION = "correction"  # 更正: after publication


@dataclass(frozen=True, slots=True)
class Seen:
    """A return as somebody saw it (所见版本): a step is taken on what was seen, never on what came after."""

    form: str
    unit: str
    period: Period
    lock_version: int


@dataclass(frozen=True, slots=True)
class ReportState:
    """Where a return (报送) of one unit, form and period stands.

    ``revision`` 0: nothing was saved yet. ``published_revision``: the one whose values are valid in public, also while
    a correction is on its way. ``signatures``: role → name, of the present revision. ``reason``: of the last step.
    """

    form: str
    form_version: str
    unit: str
    period: Period
    status: ReportStatus
    revision: int
    published_revision: int | None
    lock_version: int
    due: date
    delegated_to: str | None
    submitted_by: str | None
    changed_at: str
    changed_by: str
    changed_action: ReportAction
    reason: str
    signatures: Mapping[ActorRole, str] = field(default_factory=dict)

    @property
    def seen(self) -> Seen:
        """What a step is taken on."""
        return Seen(self.form, self.unit, self.period, self.lock_version)

    @property
    def is_correction(self) -> bool:
        """Whether something was published and is being corrected: what was published stays valid meanwhile."""
        return self.published_revision is not None and self.status is not ReportStatus.PUBLISHED

    def overdue(self, day: date) -> bool:
        """Whether the deadline has passed and the return is still with the reporting unit; never stored.

        A correction of what was published is not owed by that day: the return had been made.
        """
        return self.status in WRITABLE and day > self.due and not self.is_correction


@dataclass(frozen=True, slots=True)
class Origin:
    """The file or call something was handed in with (报送来源): its name and SHA-256; never a path of a machine."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class CellNote:
    """What is said about a cell (单元格说明).

    ``flag``: ``missing:<MissingReason>``, ``estimated`` or ``confirmed_question``; ``element`` '' is the whole return.
    """

    unit: str
    element: str
    flag: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was saved (回执): the batch, when, and the new state of every return in it, by unit."""

    batch: str
    at: str
    states: Sequence[ReportState]


@dataclass(frozen=True, slots=True)
class CellVersion:
    """One version of one cell (数据版本): the stored value, who brought it, when, with which file and why.

    ``value``: the scaled whole number, None where missing. ``published``: whether this is the version valid in public.
    """

    revision: int
    value: int | None
    recorded_at: str
    recorded_by: str
    recorded_unit: str
    file_name: str
    file_sha256: str
    source_type: str
    batch: str
    kind: RevisionKind
    reason: str
    published: bool


@dataclass(frozen=True, slots=True)
class ReportEvent:
    """One step of the work flow (流程记录) of a return."""

    at: str
    actor: str
    actor_unit: str
    role: ActorRole
    action: ReportAction
    from_status: ReportStatus
    to_status: ReportStatus
    revision: int
    detail: str
    reason: str


def place(form: str, unit: str, period: Period | str) -> Where:
    """The place of a problem with a return."""
    return Where(f"{form} {period}", 0, unit)


def report_problem(code: str, form: str, unit: str, period: Period | str, **facts: object) -> Problem:
    """A problem with a return."""
    return problem(code, place(form, unit, period), unit=unit, form=form, period=period, **facts)
