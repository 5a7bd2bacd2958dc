"""What the cockpit shows of evaluations: the list, one of them, and what verifying it found."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from duibiao.evaluations.addendum import Addendum, addenda_of
from duibiao.evaluations.folder import FrozenEvaluation, evaluations_at, open_evaluation, read_evaluation
from duibiao.evaluations.record import Evaluation, IndicatorResult
from duibiao.evaluations.record_parts import PredictionBasis, TaskFinding, TaskResult, TrackEntry
from duibiao.evaluations.verify import Verification, verify
from duibiao.kernel.problem import Problem
from duibiao.kernel.text import Text
from duibiao.views.words import DASH

REPORTS = "reports"
REPORT_KINDS = (".docx", ".pdf", ".xlsx")


@dataclass(frozen=True, slots=True)
class EvaluationItem:
    """An evaluation in a list (评估清单条目)."""

    id: str
    kind: str
    kind_word: Text
    title: Text
    scope: str
    as_of: date
    performed: str
    program: str
    addenda: int
    mark: Text | None
    sentence: Text


@dataclass(frozen=True, slots=True)
class EvaluationListPage:
    """The frozen evaluations, the latest day first, and what is wrong with those that cannot be read (评估清单页)."""

    sentence: Text
    evaluations: tuple[EvaluationItem, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class EvaluationPage:
    """One frozen evaluation (评估页): the evaluation itself, its addenda, the reports that lie beside it.

    ``assessed`` are the tasks a person found something of, ``record`` the predictions a value can be held against and
    ``predictions`` those made now; ``labels`` name every row by its id. ``hits`` of ``judged`` with an interval hold
    the value that came.
    """

    item: EvaluationItem
    evaluation: Evaluation
    addenda: tuple[Addendum, ...]
    reports: tuple[str, ...]
    assessed: tuple[TaskResult, ...]
    open_tasks: int
    record: tuple[TrackEntry, ...]
    predictions: tuple[TrackEntry, ...]
    hits: int
    judged: int
    labels: dict[str, str]


@dataclass(frozen=True, slots=True)
class VerificationPage:
    """What verifying an evaluation found (评估核验页); ``sentence`` says whether it stands."""

    item: EvaluationItem
    stands: bool
    sentence: Text
    problems: tuple[Problem, ...]
    program_then: str
    program_now: str
    is_same_program: bool


def evaluation_list_page(folder: Path | None) -> EvaluationListPage:
    """List the evaluations of a folder; one that was damaged hides none of the others."""
    readable, problems = evaluations_at(folder) if folder else ((), ())
    found = tuple(map(_item, readable))
    zh = f"固化的评估{len(found)}份。" if found else "还没有固化的评估。"
    en = f"{len(found)} frozen evaluations." if found else "No evaluation has been frozen yet."
    if problems:
        zh, en = f"{zh}另有{len(problems)}份无法读取。", f"{en} {len(problems)} cannot be read."
    return EvaluationListPage(Text(zh, en), found, problems)


def evaluation_page(folder: Path) -> EvaluationPage:
    """Show one evaluation. Raises UserError where it, or its chain of addenda, was altered."""
    frozen, evaluation = open_evaluation(folder), read_evaluation(folder)
    assessed = tuple(task for task in evaluation.tasks if task.finding is not TaskFinding.NOT_ASSESSED)
    record = tuple(one for one in evaluation.track_record if one.came is not None)
    judged = [one for one in record if one.is_hit is not None]
    return EvaluationPage(
        item=_item(frozen),
        evaluation=evaluation,
        addenda=addenda_of(folder),
        reports=report_files(folder),
        assessed=assessed,
        open_tasks=len(evaluation.tasks) - len(assessed),
        record=record,
        predictions=tuple(one for one in evaluation.track_record if one.basis is PredictionBasis.NOW),
        hits=sum(1 for one in judged if one.is_hit),
        judged=len(judged),
        labels={one.row.id: one.row.indicator_label.zh for one in evaluation.indicators},
    )


def verification_page(folder: Path) -> VerificationPage:
    """Verify one evaluation now. Raises UserError where there is nothing to verify."""
    found = verify(folder)
    return VerificationPage(
        item=_item(found.evaluation),
        stands=found.stands,
        sentence=verification_words(found),
        problems=found.problems,
        program_then=found.program_then,
        program_now=found.program_now,
        is_same_program=found.is_same_program,
    )


def verification_words(found: Verification) -> Text:
    """Whether an evaluation stands, in one sentence."""
    if found.stands:
        return Text(
            f"成立：{found.files}个文件逐字节一致，由固化输入重算结果逐字节相同，附录{found.addenda}份完整。",
            f"It stands: {found.files} files are the same byte for byte, computed again from the frozen inputs it is "
            f"the same, {found.addenda} addenda are whole.",
        )
    return Text(
        f"不成立：{len(found.problems)}处问题，重算有{len(found.differences)}处不同。",
        f"It does not stand: {len(found.problems)} problems, {len(found.differences)} figures differ.",
    )


def report_files(folder: Path) -> tuple[str, ...]:
    """The names of the reports that lie in ``reports/`` of an evaluation."""
    inside = folder / REPORTS
    if not inside.is_dir():
        return ()
    return tuple(sorted(path.name for path in inside.iterdir() if path.is_file() and path.suffix in REPORT_KINDS))


def evaluation_rows(page: EvaluationPage) -> Iterable[Mapping[str, str]]:
    """The rows of an evaluation as a flat table: word, value, what the year asked, movement, reason."""
    return [_flat(one) for one in page.evaluation.indicators]


def list_rows(page: EvaluationListPage) -> Iterable[Mapping[str, str]]:
    """The list as a flat table."""
    return [
        {
            "id": one.id, "kind": one.kind_word.zh, "title": one.title.zh, "scope": one.scope,
            "as_of": one.as_of.isoformat(), "performed": one.performed, "addenda": str(one.addenda),
            "sentence": one.sentence.zh,
        }
        for one in page.evaluations
    ]  # fmt: skip


def _flat(one: IndicatorResult) -> Mapping[str, str]:
    row, line = one.row, one.line
    return {
        "row": row.id,
        "plan": row.plan,
        "indicator": row.indicator,
        "label": row.indicator_label.zh,
        "verdict": one.verdict.value if one.verdict else "",
        "status": row.status.value,
        "word": one.verdict_word.zh,
        "value": row.observation.shown if row.observation else DASH,
        "period": row.observation.period if row.observation else "",
        "goal": row.goal_written,
        "due": str(row.due),
        "asked": line.asked_shown if line else DASH,
        "gap": line.gap_shown if line else DASH,
        "before": line.before_shown if line else DASH,
        "change": line.change_shown if line else DASH,
        "reason": one.reason.zh,
        "turn": one.turn.zh,
        "lead": "、".join(row.lead),
    }


def _item(frozen: FrozenEvaluation) -> EvaluationItem:
    return EvaluationItem(
        id=frozen.id,
        kind=frozen.kind.value,
        kind_word=frozen.kind_word,
        title=frozen.title,
        scope=frozen.scope,
        as_of=frozen.as_of,
        performed=frozen.performed,
        program=frozen.program,
        addenda=frozen.addenda,
        mark=frozen.mark,
        sentence=frozen.sentence,
    )
