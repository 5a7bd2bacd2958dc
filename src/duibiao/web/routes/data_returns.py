"""One return: its cells and history, filling it in on the page, signing, submitting, correcting, the sign page."""

import json
import tempfile
from pathlib import Path
from typing import Annotated

import polars as pl
from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from duibiao.intake.signpage import missing_words, write_sign_page
from duibiao.intake.submit import ANSWERED
from duibiao.kernel.period import local_day
from duibiao.kernel.problem import UserError, Where, problem
from duibiao.kernel.text import Text
from duibiao.store.model import CellNote, ReportState, Seen
from duibiao.store.workflow import ReportAction
from duibiao.views.reporting.one_return import ReturnPage, return_address, return_page
from duibiao.views.reporting.scope import ReportingScope
from duibiao.views.words import as_plain
from duibiao.web.acting import NEEDED, actor_of, may
from duibiao.web.answers import download, html_answer
from duibiao.web.ask import Ask, Question
from duibiao.web.errors import REFUSALS
from duibiao.web.guard import Needs, NotAllowedError, NotHereError, Permission
from duibiao.web.handing_in import hand_in_json
from duibiao.web.pages import API, PageRoute, page_route
from duibiao.web.render import fill
from duibiao.web.returns import return_of, round_of, scope_of
from duibiao.web.routes.data_forms import draft_of
from duibiao.web.sheet import XLSX

router = APIRouter()
_RETURN = PageRoute("data/return.html", ReturnPage, Permission.READ_RETURNS, kept=False)
READS = [Depends(Needs(Permission.READ_RETURNS))]
REPORTS = [Depends(Needs(Permission.REPORT))]
STEPS = {
    "sign": ReportAction.SIGN,
    "submit": ReportAction.SUBMIT,
    "accept": ReportAction.ACCEPT,
    "return": ReportAction.RETURN,
    "correct": ReportAction.REOPEN,
    "delegate": ReportAction.DELEGATE,
    "take-back": ReportAction.DELEGATE,
}
"""The steps of a return by the last part of their address."""
OFFERED = (ReportAction.SAVE, *dict.fromkeys(STEPS.values()))
PATH = "/data/returns/{form}/{period}/{unit}"


@page_route(router, PATH, _RETURN)
def one_return(
    ask: Ask,
    form: str,
    period: str,
    unit: str,
    cell: Annotated[str, Query(max_length=63, description="要看来历的数据元。Element whose history is wanted.")] = "",
) -> ReturnPage:
    """One return cell by cell: value, last year's, what the checks say, notes, steps; the history of a cell."""
    scope = scope_of(ask)
    return _page(ask, scope, _state(scope, ask, form, period, unit), cell)


@router.get(PATH + "/edit", include_in_schema=False, dependencies=REPORTS)
def edit(ask: Ask, form: str, period: str, unit: str) -> Response:
    """The return as a form to fill in on the page; a workbook does the same."""
    scope = scope_of(ask)
    state = _state(scope, ask, form, period, unit)
    _require(ask, scope, state, ReportAction.SAVE)
    return html_answer(ask, fill("data/edit.html", ask, page=_page(ask, scope, state), typed={}, answer=None))


@router.post(PATH + "/edit", include_in_schema=False, dependencies=REPORTS)
async def save(ask: Ask, form: str, period: str, unit: str, request: Request) -> Response:
    """Keep what was typed; what is wrong comes back beside its field, and nothing typed is lost."""
    given = await request.form()
    return await run_in_threadpool(_save, ask, (form, period, unit), given)


def _save(ask: Question, place: tuple[str, str, str], given: FormData) -> Response:
    form, period, unit = place
    scope = scope_of(ask)
    state = _state(scope, ask, form, period, unit)
    draft = draft_of(ask, form, period, unit)
    typed = {code: str(given.get(f"cell-{code}", "")).strip() for code in draft.plan.form.asked}
    body = {
        "form": form,
        "version": draft.plan.form.version,
        "period": str(draft.plan.period),
        "rows": [{"unit": unit, "values": {code: value or None for code, value in typed.items()}}],
    }
    expected = {unit: _lock(str(given.get("lock", "")))}
    try:
        answer = hand_in_json(
            draft,
            json.dumps(body).encode(),
            expected=expected,
            reason=str(given.get("reason", ""))[:500],
            submit=False,
            name="在线填写",
        )
    except UserError as error:
        page = _page(ask, scope, return_of(scope, draft.plan.form, unit, draft.plan.period))
        stale = any(one.code == "REPORT-STALE" for one in error.problems)
        filled = fill("data/edit.html", ask, page=page, typed=typed, answer=None, problems=error.problems)
        return html_answer(ask, filled, 409 if stale else 400)
    if answer.refused:
        page = _page(ask, scope, state)
        return html_answer(ask, fill("data/edit.html", ask, page=page, typed=typed, answer=answer), 400)
    return RedirectResponse(return_address(state), 303)


@router.post(PATH + "/replies", include_in_schema=False, dependencies=REPORTS)
async def replies(ask: Ask, form: str, period: str, unit: str, request: Request) -> Response:
    """Keep the replies to the questions about a return."""
    given = await request.form()
    return await run_in_threadpool(_reply, ask, (form, period, unit), given)


def _reply(ask: Question, place: tuple[str, str, str], given: FormData) -> Response:
    scope = scope_of(ask)
    state = _state(scope, ask, *place)
    actor = actor_of(ask.visitor, ReportAction.NOTE, state, scope.tree)
    page = _page(ask, scope, state)
    said: dict[str, list[str]] = {}
    for number, one in enumerate(page.questions):
        reply = str(given.get(f"reply-{number}", "")).strip()[:300] or one.answer
        if reply:
            said.setdefault(one.element, []).append(f"{one.check}：{reply}")
    if not said:
        missing = [problem("WEB-NO-REPLY", Where("reply"))]
        return html_answer(ask, fill("data/return.html", ask, page=page, problems=missing), 400)
    notes = [CellNote(state.unit, element, ANSWERED, "；".join(parts)) for element, parts in said.items()]
    seen = _seen(state, str(given.get("lock", "")))
    scope.store.note(actor, scope.form(state.form), [seen], notes)
    return RedirectResponse(return_address(state), 303)


@router.post(PATH + "/{step}", include_in_schema=False, dependencies=READS)
def take_step(
    ask: Ask,
    form: str,
    period: str,
    unit: str,
    step: str,
    lock: Annotated[str, Form(max_length=12)] = "",
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Sign, submit, accept, return, correct or delegate one return as it was seen."""
    state = step_taken(ask, (form, period, unit), step, lock, reason)
    return RedirectResponse(return_address(state), 303)


@router.post(
    API + PATH + "/{step}",
    dependencies=READS,
    tags=["data"],
    summary="Take a step with a return",
    operation_id="take_step",
    response_model=ReturnPage,
    responses=REFUSALS,
)
def take_step_by_call(
    ask: Ask,
    form: str,
    period: str,
    unit: str,
    step: str,
    lock: Annotated[
        int,
        Query(
            ge=0,
            description="所见版本 state.lock。The version that was seen.",
        ),
    ],
    reason: Annotated[str, Query(max_length=500, description="理由。Reason.")] = "",
) -> Response:
    """Sign, submit, accept, return, correct or delegate one return as it was seen; answers the return."""
    step_taken(ask, (form, period, unit), step, str(lock), reason)
    scope = scope_of(ask)
    return plain_answer(_page(ask, scope, _state(scope, ask, form, period, unit)))


@router.get(PATH + "/sign-page", include_in_schema=False, dependencies=READS)
def sign_page(ask: Ask, form: str, period: str, unit: str) -> Response:
    """The page three people sign by hand, as a workbook that prints on A4: figures, fingerprint, room for a seal."""
    scope = scope_of(ask)
    state = _state(scope, ask, form, period, unit)
    actor = scope.actor(unit)
    if actor is None or not state.revision:
        raise NotHereError(Text("签字页（尚未填报）", "the sign page"))
    plan = scope.plan(form, state.period, [unit])
    rows = scope.rows(plan, unit).filter(pl.col("unit") == unit)
    notes = scope.store.notes(actor, form, unit, state.period)
    with tempfile.TemporaryDirectory(prefix="duibiao-") as folder:
        path = Path(folder) / "sign.xlsx"
        write_sign_page(
            path, plan.form, plan.elements, state, scope.name(unit), rows.row(0, named=True), local_day(),
            simulated=scope.store.simulated, missing=missing_words(notes),
            outside=plan.applicability.outside(plan.form.asked, scope.tree[unit].school_kind),
        )  # fmt: skip
        body = path.read_bytes()
    return download(Response(body, media_type=XLSX), f"{plan.form.label.zh}-签字页-{scope.name(unit)}.xlsx")


def step_taken(ask: Question, place: tuple[str, str, str], step: str, lock: str, reason: str) -> ReportState:
    """Take a step with a return; answers its new state.

    Raises NotHereError for a foreign return or an unknown step, NotAllowedError, and what the store refuses.
    """
    action = STEPS.get(step)
    if action is None:
        raise NotHereError(Text(f"步骤 {step}", f"the step {step}"))
    scope = scope_of(ask)
    state = _state(scope, ask, *place)
    if not ask.visitor.may(NEEDED[action]):
        raise NotAllowedError(NEEDED[action], ask.visitor)
    actor = actor_of(ask.visitor, action, state, scope.tree, reason)
    store, seen = scope.store, [_seen(state, lock)]
    if action is ReportAction.SUBMIT:
        _refuse_open_questions(_page(ask, scope, state))
        return store.submit(actor, seen)[0]
    if action is ReportAction.RETURN:
        return store.return_(actor, seen, reason)[0]
    if action is ReportAction.REOPEN:
        return store.reopen(actor, seen, reason)[0]
    if action is ReportAction.DELEGATE:  # the unit above that the visitor acts for fills it in, or no longer
        return store.delegate(actor, seen, actor.unit if step == "delegate" else None, reason)[0]
    return (store.sign if action is ReportAction.SIGN else store.accept)(actor, seen)[0]


def _refuse_open_questions(page: ReturnPage) -> None:
    open_now = [one for one in page.questions if not one.answer]
    if open_now or page.errors:
        raise UserError([problem("WEB-OPEN-QUESTIONS", Where(page.state.unit), count=len(open_now) + page.errors)])


def plain_answer(page: object) -> Response:
    """A page's dataclass as the JSON of the API."""
    return Response(json.dumps(as_plain(page), ensure_ascii=False), media_type="application/json")


def _page(ask: Question, scope: ReportingScope, state: ReportState, cell: str = "") -> ReturnPage:
    offered = [one.value for one in OFFERED if may(ask.visitor, one, state, scope.tree)]
    if ask.visitor.name in state.signatures.values() or not state.revision:
        offered = [one for one in offered if one != ReportAction.SIGN.value]
    try:
        return return_page(scope, scope.form(state.form), state, offered, cell)
    except KeyError:
        raise NotHereError(Text(f"数据元 {cell}", f"element {cell}")) from None


def _state(scope: ReportingScope, ask: Question, form: str, period: str, unit: str) -> ReportState:
    found, when = round_of(ask, form, period)
    return return_of(scope, found, unit, when)


def _require(ask: Question, scope: ReportingScope, state: ReportState, action: ReportAction) -> None:
    if not may(ask.visitor, action, state, scope.tree):
        raise UserError([problem("WEB-NOT-NOW", Where(state.unit))])


def _seen(state: ReportState, lock: str) -> Seen:
    """The return as the page that sent the form showed it."""
    return Seen(state.form, state.unit, state.period, _lock(lock))


def _lock(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else -1
