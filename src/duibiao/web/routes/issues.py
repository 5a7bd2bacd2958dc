"""The issue list: the list, one issue with its steps as forms, a new issue, evidence, the supervision letter."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from duibiao.kernel.period import Period
from duibiao.kernel.problem import Problem, UserError
from duibiao.kernel.text import Text
from duibiao.store.issues_flow import FINDING_ROLES, RULE_OF, IssueAction
from duibiao.store.issues_model import Issue, IssueDraft, issue_problem
from duibiao.store.workflow import ActorRole
from duibiao.views.issue import IssuePage, issue_page
from duibiao.views.issue_draft import draft_from_return, draft_from_target, empty_draft, issue_draft_page
from duibiao.views.issue_letter import IssueLetter, issue_letter
from duibiao.views.issue_list import IssueFilter, IssueListPage, issue_list_page, issue_table
from duibiao.web.answers import download, html_answer
from duibiao.web.ask import Ask, Question
from duibiao.web.guard import Needs, NotHereError, Permission
from duibiao.web.issue_desk import IssueDesk, Posted, assignment_typed, step_typed, typed
from duibiao.web.pages import PageRoute, page_route
from duibiao.web.render import fill

router = APIRouter()
_LIST = PageRoute(
    "issues/list.html", IssueListPage, Permission.READ_ISSUES, table=issue_table, name="问题清单", kept=False
)
_ONE = PageRoute("issues/one.html", IssuePage, Permission.READ_ISSUES, kept=False)
_LETTER = PageRoute("issues/letter.html", IssueLetter, Permission.READ_ISSUES, kept=False)
WRITES = [Depends(Needs(Permission.WRITE_ISSUES))]
READS = [Depends(Needs(Permission.READ_ISSUES))]
CONFLICTS = frozenset({"ISSUE-STALE", "ISSUE-OPEN", "ISSUE-STATE"})


@page_route(router, "/issues", _LIST)
def issues(
    ask: Ask,
    state: Annotated[
        str, Query(pattern="^(|open|found|registered|rectifying|acceptance|closed|dismissed)$", description="State.")
    ] = "",
    unit: Annotated[str, Query(max_length=40, description="责任单位及下级。Unit and those below.")] = "",
    department: Annotated[str, Query(max_length=200, description="责任部门。Department.")] = "",
    overdue: Annotated[bool, Query(description="只看逾期。Overdue only.")] = False,
) -> IssueListPage:
    """The issue list: how many are open, which are late, who must act."""
    desk = IssueDesk.of(ask)
    day = ask.as_of if ask.asked_day else desk.today
    asked = IssueFilter(state, unit, department, overdue)
    return issue_list_page(desk.issues(), desk.tree, day, asked, simulated=desk.store.simulated)


@router.get("/issues/new", include_in_schema=False, dependencies=WRITES)
def new_issue(
    ask: Ask,
    target: Annotated[str, Query(max_length=200)] = "",
    report: Annotated[str, Query(alias="return", max_length=200)] = "",
    unit: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """The form of a new issue, filled in from a target or a return."""
    desk = IssueDesk.of(ask)
    draft = _draft(ask, desk, target, report, unit)
    return html_answer(ask, _draft_form(ask, desk, draft, report))


@router.post("/issues/new", include_in_schema=False, dependencies=WRITES)
def make_issue(ask: Ask, form: Posted) -> Response:
    """Open an issue; what cannot be taken comes back with the form as it was typed."""
    desk = IssueDesk.of(ask)
    draft = _draft(ask, desk, typed(form, "target"), typed(form, "return"), typed(form, "found_unit"))
    title, detail, department = (typed(form, name) for name in ("title", "detail", "department"))
    draft = replace(draft, title=title, detail=detail, department=department)
    if not draft.figure:  # what rests on a figure has its unit from there; another may answer for it all the same
        draft = replace(draft, unit=typed(form, "unit"))
    register = typed(form, "register") == "yes"
    try:
        assignment = assignment_typed(form) if register else None
        if register and assignment is None:
            raise UserError([issue_problem("ISSUE-FIELD", "", "due", zh="整改时限", en="deadline")])
        roles = {ActorRole.SUPERVISOR} if register else FINDING_ROLES
        made = desk.store.issues.find(desk.finder(draft.unit, roles), draft, assignment)
    except UserError as error:
        page = _draft_form(ask, desk, draft, typed(form, "return"), form, error.problems)
        return html_answer(ask, page, _status(error.problems))
    return RedirectResponse(f"/issues/{made.number}", 303)


@page_route(router, "/issues/{number}", _ONE)
def issue(ask: Ask, number: str) -> IssuePage:
    """One issue: the figure it was found by, every step, what comes next and who may do it."""
    return _page(ask, IssueDesk.of(ask), number)


@router.post("/issues/{number}/steps/{action}", include_in_schema=False, dependencies=WRITES)
def take_step(ask: Ask, form: Posted, number: str, action: IssueAction) -> Response:
    """Take a step with an issue; what is refused comes back with the form as it was typed and what happened since."""
    desk = IssueDesk.of(ask)
    _, record = desk.record(number)
    try:
        seen = int(typed(form, "seen") or "0")
    except ValueError:
        seen = 0
    try:
        step = step_typed(action, RULE_OF[action].needs, form)
        desk.store.issues.take(desk.acting(record.issue, action), number, seen, step)
    except UserError as error:
        page = _page(ask, desk, number)
        context = {"problems": error.problems, "typed": _typed(form), "tried": action, "since": seen}
        return html_answer(ask, fill("issues/one.html", ask, page=page, **context), _status(error.problems))
    return RedirectResponse(f"/issues/{number}", 303)


@page_route(router, "/issues/{number}/letter", _LETTER)
def letter(ask: Ask, number: str) -> IssueLetter:
    """The supervision letter of an issue, to print."""
    desk = IssueDesk.of(ask)
    _, record = desk.record(number)
    day = ask.as_of if ask.asked_day else desk.today
    return issue_letter(record, desk.tree, day, simulated=desk.store.simulated)


@router.get("/issues/{number}/evidence/{sha256}", include_in_schema=False, dependencies=READS)
def evidence(ask: Ask, number: str, sha256: str) -> Response:
    """A file of evidence, always as a download: nothing of it runs in the cockpit."""
    desk = IssueDesk.of(ask)
    actor, _ = desk.record(number)
    try:
        found, content = desk.store.issues.file(actor, number, sha256)
    except UserError as error:
        raise NotHereError(Text("佐证文件", "the file of evidence")) from error
    headers = {"Cache-Control": "private, no-store"}
    return download(Response(content, headers=headers, media_type=found.media_type), found.name)


def _page(ask: Question, desk: IssueDesk, number: str) -> IssuePage:
    _, record = desk.record(number)
    subject = record.issue
    day = ask.as_of if ask.asked_day else desk.today
    return issue_page(
        ask.workspace,
        record,
        desk.tree,
        day,
        as_of=ask.as_of,
        top=desk.top,
        offered=[rule for _, rule in desk.offers(subject).values()],
        earlier=desk.about(subject.target) if subject.target else (),
        simulated=desk.store.simulated,
    )


def _draft(ask: Question, desk: IssueDesk, target: str, report: str, unit: str) -> IssueDraft:
    """What the form starts from. Raises UserError ISSUE-TARGET, ISSUE-NO-WARNING; NotHereError for a foreign return."""
    if target:
        return draft_from_target(ask.workspace, target, ask.as_of, unit)
    if report:
        parts = report.split("/")
        nothing = NotHereError(Text(f"报表 {report[:60]}", f"the return {report[:60]}"))
        forms = ask.workspace.content.forms
        if len(parts) < 3 or parts[0] not in forms:
            raise nothing
        try:
            period = Period.parse("/".join(parts[1:-1]).replace("-", "/"))
            actor = desk.finder(parts[-1], FINDING_ROLES)
            state = desk.store.report(actor, parts[0], parts[-1], period)
        except (ValueError, UserError):
            raise nothing from None
        name = desk.tree[state.unit].name if state.unit in desk.tree else state.unit
        label = forms[parts[0]].label.zh
        return draft_from_return(state, label, name, desk.today, simulated=desk.store.simulated)
    return empty_draft(unit or desk.top, desk.today)


def _draft_form(
    ask: Question,
    desk: IssueDesk,
    draft: IssueDraft,
    report: str,
    form: FormData | None = None,
    problems: tuple[Problem, ...] = (),
) -> str:
    page = issue_draft_page(
        ask.workspace,
        draft,
        desk.tree,
        desk.top,
        desk.today,
        report=report,
        existing=_open_about(desk, draft),
        simulated=desk.store.simulated,
    )
    supervises = any(actor.role is ActorRole.SUPERVISOR for actor in desk.actors)
    context = {"problems": problems, "typed": _typed(form), "supervises": supervises}
    return fill("issues/new.html", ask, page=page, **context)


def _open_about(desk: IssueDesk, draft: IssueDraft) -> Issue | None:
    if not draft.subject:
        return None
    return next((one for one in desk.issues() if one.subject == draft.subject and one.is_open), None)


def _typed(form: FormData | None) -> Mapping[str, str]:
    return {name: value for name, value in form.items() if isinstance(value, str)} if form else {}


def _status(problems: tuple[Problem, ...]) -> int:
    codes = {one.code for one in problems}
    if codes & CONFLICTS:
        return 409
    return 403 if codes & {"ACCESS-ROLE", "ACCESS-UNIT", "ISSUE-OWN-WORK"} else 400
