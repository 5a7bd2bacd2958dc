"""One round of a form: where its returns are, the template, handing in, the answer with every problem."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Query, Request, Response, UploadFile
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from duibiao.intake.findings import errors
from duibiao.intake.standing import look_through
from duibiao.intake.submit import ANSWERED
from duibiao.kernel.problem import UserError, Where, problem
from duibiao.kernel.text import Text
from duibiao.store.model import CellNote, ReportState
from duibiao.store.workflow import ReportStatus
from duibiao.views.reporting.collection import CollectionPage, collection_page
from duibiao.web.answers import download, html_answer
from duibiao.web.ask import Ask, Question
from duibiao.web.errors import REFUSALS
from duibiao.web.guard import Needs, NotHereError, Permission
from duibiao.web.handing_in import ReportingDraft, check_only, drafting, hand_in_file, template
from duibiao.web.kept_answers import KeptAnswers
from duibiao.web.pages import API, PageRoute, page_route
from duibiao.web.render import fill
from duibiao.web.returns import round_of, scope_of
from duibiao.web.sheet import XLSX

router = APIRouter()
_ROUND = PageRoute("data/collection.html", CollectionPage, Permission.READ_RETURNS, kept=False)
REPORTS = [Depends(Needs(Permission.REPORT))]
Status = Annotated[
    str,
    Query(
        pattern=f"^({'|'.join(ReportStatus)}|overdue)?$",
        description="只看一种状态，或 overdue 逾期。One status, or overdue.",
    ),
]


@page_route(router, "/data/forms/{form}/{period}", _ROUND)
def collection(
    ask: Ask,
    form: str,
    period: str,
    status: Status = "",
    q: Annotated[str, Query(max_length=40, description="单位名称或代码。Unit.")] = "",
    page: Annotated[int, Query(ge=1, le=10000, description="第几页。Page.")] = 1,
) -> CollectionPage:
    """A form and period (2025 or 2025-26): where every return stands, of the visitor's unit and all below it."""
    return _collection(ask, form, period, status, q, page)


@router.get("/data/forms/{form}/{period}/template", include_in_schema=False, dependencies=REPORTS)
@router.get(
    API + "/data/forms/{form}/{period}/template",
    dependencies=REPORTS,
    tags=["data"],
    summary="The workbook to fill in",
    response_class=Response,
    responses={**REFUSALS, 200: {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}},
    operation_id="read_template",
)
def blank(
    ask: Ask,
    form: str,
    period: str,
    unit: Annotated[str, Query(max_length=40, description="单位代码。Code of a unit.")] = "",
) -> Response:
    """The workbook to fill in: every return that can be filled in now, or that of one unit."""
    name, body = template(draft_of(ask, form, period, unit))
    return download(Response(body, media_type=XLSX), name)


@router.post("/data/forms/{form}/{period}/upload", include_in_schema=False, dependencies=REPORTS)
def upload(
    ask: Ask,
    form: str,
    period: str,
    file: Annotated[UploadFile | None, File()] = None,
    reason: Annotated[str, Form(max_length=500)] = "",
    draft: Annotated[str, Form()] = "",
    only_check: Annotated[str, Form()] = "",
) -> Response:
    """Take in a workbook or CSV file, or only check it; the answer stands on its own page."""
    held = draft_of(ask, form, period)
    try:
        if file is None:
            raise UserError([problem("WEB-NO-FILE", Where("file"))])
        kept, account = answers_of(ask), ask.visitor.account
        if only_check:
            token = check_only(held, file, kept, account)
        else:
            token = hand_in_file(held, file, kept, account, reason=reason, submit=not draft)
    except UserError as error:
        page = _collection(ask, form, period)
        return html_answer(ask, fill("data/collection.html", ask, page=page, problems=error.problems), 400)
    return RedirectResponse(f"/data/answers/{token}", 303)


@router.get("/data/answers/{token}", include_in_schema=False, dependencies=REPORTS)
def answer(ask: Ask, token: str) -> Response:
    """What became of something that was handed in."""
    page = _kept(ask, token)
    return html_answer(ask, fill("data/answer.html", ask, page=page, token=token))


@router.get("/data/answers/{token}/workbook", include_in_schema=False, dependencies=REPORTS)
def coloured(ask: Ask, token: str) -> Response:
    """The coloured workbook: wrong cells red, questions amber, a list of issues."""
    page = _kept(ask, token)
    if not page.has_workbook:
        raise _gone()
    body = answers_of(ask).workbook(token).read_bytes()
    return download(Response(body, media_type=XLSX), f"{page.form_label.zh}-退回.xlsx")


@router.post("/data/answers/{token}/replies", include_in_schema=False, dependencies=REPORTS)
async def replies(ask: Ask, token: str, request: Request) -> Response:
    """Keep the replies to questions about what was saved, and submit what has no open question left."""
    form = await request.form()
    given = {name: str(value).strip() for name, value in form.items() if name.startswith("reply-")}
    return await run_in_threadpool(_reply, ask, token, given)


def _reply(ask: Question, token: str, given: dict[str, str]) -> Response:
    page = _kept(ask, token)
    held = draft_of(ask, page.form, page.slug)
    asked = [(one, given.get(f"reply-{number}", "")) for number, one in enumerate(page.questions)]
    open_still = {one.unit for one, reply in asked if not reply}
    said: dict[tuple[str, str], list[str]] = {}
    for one, reply in asked:
        if reply:
            said.setdefault((one.unit, one.element), []).append(f"{one.check}：{reply}")
    if not said:
        missing = problem("WEB-NO-REPLY", Where("reply"))
        return html_answer(ask, fill("data/answer.html", ask, page=page, token=token, problems=[missing]), 400)
    states = {state.unit: state for state in held.states}
    units = [unit for unit in dict.fromkeys(unit for unit, _ in said) if unit in states]
    notes = [CellNote(unit, element, ANSWERED, "；".join(parts)) for (unit, element), parts in said.items()]
    noted = held.store.note(held.actor, held.plan.form, [states[unit].seen for unit in units], notes)
    done = [state.seen for state in noted if state.unit not in open_still and _is_complete(held, state)]
    if done:
        held.store.submit(held.actor, done)
    return RedirectResponse(f"/data/forms/{page.form}/{page.slug}", 303)


def _is_complete(held: ReportingDraft, state: ReportState) -> bool:
    """Whether nothing is wrong with a return as it is stored: what was kept as a draft may have blanks."""
    plan = held.scope.plan(state.form, state.period, [state.unit])
    notes = held.scope.notes(plan, state.unit, [state.unit])
    return not errors(look_through(held.store, plan, held.scope.rows(plan, state.unit), notes).problems)


def draft_of(ask: Question, form: str, period: str, unit: str = "") -> ReportingDraft:
    """Somebody about to hand in returns of a round; raises NotHereError, NotAllowedError."""
    scope = scope_of(ask)
    found, when = round_of(ask, form, period)
    return drafting(ask.visitor, scope, scope.plan(found.code, when), unit)


def answers_of(ask: Question) -> KeptAnswers:
    """Where answers are kept; raises NotHereError without a data folder."""
    if ask.cockpit.folder is None:
        raise _gone()
    return KeptAnswers.of(ask.cockpit.folder.folder)


def _collection(ask: Question, form: str, period: str, status: str = "", q: str = "", page: int = 1) -> CollectionPage:
    scope = scope_of(ask)
    found, when = round_of(ask, form, period)
    states = scope.states(found.code, when)
    if not states:
        raise NotHereError(Text(f"报表 {form} {period}", f"form {form} {period}"))
    fillable = 0
    if ask.visitor.may(Permission.REPORT):
        fillable = len(drafting(ask.visitor, scope, scope.plan(found.code, when)).states)
    return collection_page(scope, found, when, states, fillable, status=status, words=q.strip(), page=page)


def _kept(ask: Question, token: str) -> Any:
    page = answers_of(ask).page(token, ask.visitor.account)
    if page is None:
        raise _gone()
    return page


def _gone() -> NotHereError:
    return NotHereError(Text("交报答复（只保留一天）", "the answer (kept for a day)"))
