"""Handing something in through the cockpit: a file or the body of a call, checked, kept, answered."""

import hashlib
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fastapi import UploadFile

from duibiao.intake.coloured import write_coloured
from duibiao.intake.delimited import read_json
from duibiao.intake.submit import (
    ReportingPlan,
    Submission,
    check_file,
    store_mark,
    submit_file,
    take_in,
    template_inputs,
)
from duibiao.intake.template import write_template
from duibiao.kernel.period import local_day
from duibiao.kernel.problem import UserError, Where, problem
from duibiao.kernel.text import Text
from duibiao.store.model import Origin, ReportState
from duibiao.store.reading import day_of
from duibiao.store.store import Store
from duibiao.store.workflow import Actor, ReportAction
from duibiao.views.reporting.answer import AnswerPage, answer_page, changed_page, checked_page
from duibiao.views.reporting.scope import ReportingScope
from duibiao.web.acting import actors_of, may
from duibiao.web.guard import NotAllowedError, NotHereError, Permission, Visitor
from duibiao.web.kept_answers import KeptAnswers

_ZIP, _OLE = b"PK\x03\x04", bytes.fromhex("D0CF11E0A1B11AE1")
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class ReportingDraft:
    """Somebody about to hand in something (交报经办): their scope, what intake needs, as whom they act."""

    scope: ReportingScope
    plan: ReportingPlan
    actor: Actor
    states: Sequence[ReportState]

    @property
    def store(self) -> Store:
        """The store."""
        return self.scope.store


def drafting(visitor: Visitor, scope: ReportingScope, plan: ReportingPlan, unit: str = "") -> ReportingDraft:
    """Find as whom a visitor hands in returns of a round, and which of them they may fill in now.

    ``unit``: one return only. Raises NotHereError where nothing of the round is theirs, NotAllowedError where they
    never report.
    """
    states = scope.states(plan.form.code, plan.period, unit)
    if not states:
        raise NotHereError(Text(f"报表 {plan.form.label.zh} {plan.period}", f"the round of {plan.form.label.en}"))
    actors = actors_of(visitor, ReportAction.SAVE, scope.tree)
    if not actors:
        raise NotAllowedError(Permission.REPORT, visitor)
    mine = [state for state in states if may(visitor, ReportAction.SAVE, state, scope.tree)]
    covering = [one for one in actors if any(scope.tree.covers(one.unit, state.unit) for state in mine or states)]
    if not covering:
        raise NotHereError(Text("报表", "the return"))
    actor = covering[0]
    return ReportingDraft(scope, plan, actor, [one for one in mine if scope.tree.covers(actor.unit, one.unit)])


def template(draft: ReportingDraft) -> tuple[str, bytes]:
    """The workbook to fill in, with everything that is known in it, and its file name.

    Raises NotHereError where nothing may be filled in now.
    """
    if not draft.states:
        raise NotHereError(Text("现在可以填报的报表", "a return that can be filled in now"))
    plan, store = draft.plan, draft.store
    units, known, last_year, seen = template_inputs(store, draft.actor, plan, [one.unit for one in draft.states])
    name = units[0].name if len(units) == 1 else f"{len(units)}个单位"
    with tempfile.TemporaryDirectory(prefix="duibiao-") as folder:
        path = Path(folder) / "template.xlsx"
        write_template(
            path, plan.form, plan.elements, units, known, plan.period, last_year=last_year,
            store=store_mark(store), simulated=store.simulated, seen=seen, applicability=plan.applicability,
        )  # fmt: skip
        body = path.read_bytes()
    return f"{plan.form.label.zh}-{str(plan.period).replace('/', '-')}-{name}.xlsx", body


def hand_in_file(
    draft: ReportingDraft, upload: UploadFile, kept: KeptAnswers, account: str, *, reason: str = "", submit: bool = True
) -> str:
    """Take in a workbook or CSV file and keep the answer; answers its token.

    The kind of file is told from its content. Raises UserError for a file that cannot be used at all.
    """
    token = kept.token()
    with tempfile.TemporaryDirectory(prefix="duibiao-") as folder:
        path = _received(upload, Path(folder))
        page = _answered(
            draft,
            lambda: submit_file(
                draft.store, draft.actor, path, draft.plan, reason=reason, today=local_day(), submit=submit
            ),
            lambda: check_file(draft.store, draft.actor, path, draft.plan, today=local_day()),
            lambda done: _coloured(draft, path, done, kept.workbook(token)),
        )
    kept.keep(token, account, page)
    return token


def check_only(draft: ReportingDraft, upload: UploadFile, kept: KeptAnswers, account: str) -> str:
    """Hold a file against everything handing in would, store nothing, and keep the answer; answers its token.

    Raises UserError for a file that cannot be used at all, and ACCESS-UNIT.
    """
    token = kept.token()
    with tempfile.TemporaryDirectory(prefix="duibiao-") as folder:
        path = _received(upload, Path(folder))
        done = check_file(draft.store, draft.actor, path, draft.plan, today=local_day())
        page = checked_page(draft.scope, draft.plan, done)
        if page.has_workbook:
            _coloured(draft, path, done, kept.workbook(token))
    kept.keep(token, account, page)
    return token


def hand_in_json(
    draft: ReportingDraft,
    body: bytes,
    *,
    expected: Mapping[str, int] | None = None,
    reason: str = "",
    submit: bool = True,
    name: str = "body.json",
) -> AnswerPage:
    """Take in the body of a call (``intake.delimited.read_json``). Raises UserError, REPORT-STALE among them."""
    plan, store = draft.plan, draft.store
    units = {unit.code: unit for unit in store.units(day_of(plan.period))}
    states = {state.unit: state for state in store.reports(draft.actor, plan.form.code, plan.period)}
    sheet = read_json(
        body, plan.form, plan.elements, units, plan.period, allowed=list(states), today=local_day(), name=name
    )
    origin = Origin(name, hashlib.sha256(body).hexdigest())
    done = take_in(
        store, draft.actor, sheet, plan, origin, states=states, expected=expected, reason=reason, submit=submit
    )
    return answer_page(draft.scope, plan, done)


def hand_in_workbook(draft: ReportingDraft, body: bytes, name: str, *, reason: str, submit: bool) -> AnswerPage:
    """Take in a workbook or CSV file out of the body of a call; nothing of it is kept but its rows."""
    with tempfile.TemporaryDirectory(prefix="duibiao-") as folder:
        path = Path(folder) / (name + _ending(body[:8]))
        path.write_bytes(body)
        done = submit_file(draft.store, draft.actor, path, draft.plan, reason=reason, today=local_day(), submit=submit)
    return answer_page(draft.scope, draft.plan, done)


def _answered(
    draft: ReportingDraft,
    submit: Callable[[], Submission],
    look: Callable[[], Submission],
    colour: Callable[[Submission], None],
) -> AnswerPage:
    try:
        done = submit()
    except UserError as error:
        if {one.code for one in error.problems} != {"REPORT-STALE"}:
            raise
        stale = {one.where.field for one in error.problems}
        now = draft.scope.states(draft.plan.form.code, draft.plan.period)
        return changed_page(draft.scope, draft.plan, look(), draft.actor, [one for one in now if one.unit in stale])
    page = answer_page(draft.scope, draft.plan, done)
    if page.has_workbook:
        colour(done)
    return page


def _coloured(draft: ReportingDraft, path: Path, done: Submission, out: Path) -> None:
    write_coloured(
        path, done.sheet, out, draft.plan.elements, draft.scope.tree, simulated=draft.store.simulated,
        seen=done.lock_versions, applicability=draft.plan.applicability,
    )  # fmt: skip


def _received(upload: UploadFile, folder: Path) -> Path:
    """The uploaded file in a folder that goes away, under its own name made harmless."""
    head = upload.file.read(8)
    if not head:
        raise UserError([problem("WEB-NO-FILE", Where("file"))])
    name = _harmless(upload.filename or "")
    path = folder / (name + _ending(head))
    with path.open("wb") as out:
        out.write(head)
        while chunk := upload.file.read(_CHUNK):
            out.write(chunk)
    return path


def _harmless(name: str) -> str:
    """A file name without folders, control characters and overlong parts; without the ending."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(letter for letter in last if letter.isprintable() and letter not in '<>:"|?*').strip(" .")
    return (kept.rsplit(".", 1)[0] if "." in kept else kept)[:80] or "file"


def _ending(head: bytes) -> str:
    """The ending by the content: what is no workbook is read as CSV, and refused there if it is none."""
    return ".xlsx" if head.startswith((_ZIP[:2], _OLE)) else ".csv"
