"""Above the reporting units: the queue of review, opening rounds, publishing; quality, conflicts, burden."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from duibiao.kernel.problem import UserError, Where, problem
from duibiao.kernel.text import Text
from duibiao.store.model import Seen
from duibiao.store.workflow import ReportAction, ReportStatus
from duibiao.views.reporting.publishing import (
    PublishingJobPage,
    PublishingStage,
    PublishPage,
    current_period,
    publish_page,
    publishing_job_page,
)
from duibiao.views.reporting.quality import (
    BurdenPage,
    ConflictsPage,
    QualityPage,
    burden_page,
    burden_rows,
    conflicts_page,
    quality_page,
    quality_rows,
)
from duibiao.views.reporting.review import ReviewPage, Waiting, review_page
from duibiao.views.reporting.scope import ReportingScope, slug
from duibiao.web.acting import actor_of, actors_of, may
from duibiao.web.answers import html_answer
from duibiao.web.ask import Ask, Question
from duibiao.web.guard import Needs, NotAllowedError, NotHereError, Permission
from duibiao.web.held import computed_of
from duibiao.web.pages import PageRoute, page_route
from duibiao.web.publishing import PublishingJobs, Told
from duibiao.web.render import fill
from duibiao.web.returns import return_of, round_of, scope_of
from duibiao.workspace.data_folder import definition_versions, pack_hashes, reporting_plan

router = APIRouter()
_REVIEW = PageRoute("data/review.html", ReviewPage, Permission.REVIEW, kept=False)
_PUBLISH = PageRoute("data/publish.html", PublishPage, Permission.PUBLISH, kept=False)
_JOB = PageRoute("data/publishing.html", PublishingJobPage, Permission.PUBLISH, kept=False)
_QUALITY = PageRoute(
    "data/quality.html", QualityPage, Permission.READ_RETURNS, table=quality_rows, name="数据质量", kept=False
)
_CONFLICTS = PageRoute("data/conflicts.html", ConflictsPage, Permission.READ_RETURNS, kept=False)
_BURDEN = PageRoute("data/burden.html", BurdenPage, Permission.READ_RETURNS, table=burden_rows, name="负担台账")
ACCEPTABLE = (ReportStatus.SUBMITTED, ReportStatus.DISTRICT_ACCEPTED)
REVIEWS = [Depends(Needs(Permission.REVIEW))]
PUBLISHES = [Depends(Needs(Permission.PUBLISH))]


@page_route(router, "/data/review", _REVIEW)
def review(
    ask: Ask,
    form: Annotated[str, Query(max_length=63, description="报表代码。Form.")] = "",
    period: Annotated[str, Query(max_length=8, description="统计期 2025 或 2025-26。Period.")] = "",
    page: Annotated[int, Query(ge=1, le=10000, description="第几页。Page.")] = 1,
) -> ReviewPage:
    """What waits for the visitor's acceptance, with the largest differences to last year and the replies."""
    return _queue(ask, form, period, page)


@router.post("/data/review/{form}/{period}", include_in_schema=False, dependencies=REVIEWS)
async def decide(ask: Ask, form: str, period: str, request: Request) -> Response:
    """Accept the chosen returns, or return them with one reason: all of them or none."""
    given = await request.form()
    return await run_in_threadpool(_decide, ask, form, period, given)


def _decide(ask: Question, form: str, period: str, given: FormData) -> Response:
    accepting = given.get("decision") == "accept"
    try:
        _decided(ask, form, period, given, accepting)
    except UserError as error:
        page = _queue(ask, form, period, 1)
        stale = any(one.code in ("REPORT-STALE", "REPORT-STATUS") for one in error.problems)
        filled = fill("data/review.html", ask, page=page, problems=error.problems)
        return html_answer(ask, filled, 409 if stale else 400)
    return RedirectResponse(f"/data/review?form={form}&period={period}", 303)


def _decided(ask: Question, form: str, period: str, given: FormData, accepting: bool) -> None:
    scope = scope_of(ask)
    found, when = round_of(ask, form, period)
    chosen = [str(one).rpartition(":") for one in given.getlist("choice")]
    if not chosen:
        raise UserError([problem("WEB-NOTHING-CHOSEN", Where("choice"))])
    action = ReportAction.ACCEPT if accepting else ReportAction.RETURN
    reason = str(given.get("reason", ""))[:500]
    states = [return_of(scope, found, unit, when) for unit, _, _ in chosen]
    actor = actor_of(ask.visitor, action, states[0], scope.tree, reason)
    seen = [
        Seen(found.code, unit, when, int(lock) if lock.isascii() and lock.isdigit() else -1) for unit, _, lock in chosen
    ]
    if accepting:
        scope.store.accept(actor, seen)
    else:
        scope.store.return_(actor, seen, reason)


@page_route(router, "/data/publish", _PUBLISH)
def publishing(ask: Ask) -> PublishPage:
    """How complete every round is, what is ready, and what stands in public."""
    return publish_page(scope_of(ask), _jobs(ask).latest())


@page_route(router, "/data/publish/{job}", _JOB)
def publishing_job(
    ask: Ask, job: Annotated[str, Path(max_length=40, description="发布任务。Publishing.")]
) -> PublishingJobPage:
    """How far a publishing has come, or how it ended."""
    scope = scope_of(ask)
    found = _jobs(ask).job(job)
    if found is None:
        raise NotHereError(Text("这次发布", "this publishing"))
    return publishing_job_page(found, scope.snapshot)


@router.post("/data/publish", include_in_schema=False, dependencies=PUBLISHES)
def publish(ask: Ask, title: Annotated[str, Form(max_length=80)] = "") -> Response:
    """Begin to publish what the city accepted: a new snapshot, new figures, a new edition of the cockpit."""
    scope = scope_of(ask)
    folder, content, cockpit = ask.cockpit.folder, ask.workspace.content, ask.cockpit
    actors = actors_of(ask.visitor, ReportAction.PUBLISH, scope.tree)
    if folder is None or not actors:
        raise NotAllowedError(Permission.PUBLISH, ask.visitor)

    def work(told: Told) -> None:
        made = scope.store.publish(
            actors[0], folder.snapshots, title=title.strip(), forms=content.forms, elements=content.elements,
            definitions=definition_versions(content), packs=pack_hashes(content), history=folder.years_before(),
        )  # fmt: skip
        told(PublishingStage.COMPUTING, made.id)
        cockpit.renew()

    try:
        if not title.strip():
            raise UserError([problem("WEB-NO-TITLE", Where("title"))])
        ready = (ReportStatus.CITY_ACCEPTED,)
        if not any(scope.states(one.code, when, statuses=ready) for one, when in scope.rounds()):
            raise UserError([problem("WEB-NOTHING-READY", Where("title"))])
        job = _jobs(ask).start(title.strip(), ask.visitor.name, work)
    except UserError as error:
        page = publish_page(scope, _jobs(ask).latest())
        busy = any(one.code == "WEB-PUBLISHING" for one in error.problems)
        return html_answer(
            ask, fill("data/publish.html", ask, page=page, problems=error.problems), 409 if busy else 400
        )
    return RedirectResponse(f"/data/publish/{job.id}", 303)


def _jobs(ask: Question) -> PublishingJobs:
    """The publishing jobs; raises UserError WEB-NO-STORE where the cockpit has no data."""
    if ask.cockpit.publishing is None:
        raise UserError([problem("WEB-NO-STORE", Where("data"))])
    return ask.cockpit.publishing


@router.post("/data/open", include_in_schema=False, dependencies=PUBLISHES)
def open_round(
    ask: Ask,
    form: Annotated[str, Form(max_length=63)] = "",
    period: Annotated[str, Form(max_length=8)] = "",
    due: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Ask every unit that reports a form for its return of a period; of the present one where none is named."""
    scope = scope_of(ask)
    actors = actors_of(ask.visitor, ReportAction.OPEN, scope.tree)
    if not actors:
        raise NotAllowedError(Permission.PUBLISH, ask.visitor)
    try:
        plan = reporting_plan(ask.workspace.content, form, period.strip().replace("-", "/") or _now(ask, scope, form))
        scope.store.open_reports(actors[0], plan.form, plan.period, due=_day(due))
    except UserError as error:
        page = publish_page(scope, _jobs(ask).latest())
        return html_answer(ask, fill("data/publish.html", ask, page=page, problems=error.problems), 400)
    return RedirectResponse(f"/data/forms/{plan.form.code}/{slug(plan.period)}", 303)


def _now(ask: Question, scope: ReportingScope, form: str) -> str:
    """The period that is collected now; the form itself is judged by whoever reads it next."""
    found = ask.workspace.content.forms.get(form)
    return str(current_period(found, scope.day)) if found else ""


@page_route(router, "/data/quality", _QUALITY)
def quality(
    ask: Ask,
    unit: Annotated[str, Query(max_length=40, description="单位代码。Unit.")] = "",
    year: Annotated[int, Query(ge=0, le=9999, description="统计年度。Year.")] = 0,
) -> QualityPage:
    """What is missing, late, unusual or in conflict, unit by unit; completeness of what was reported."""
    try:
        return quality_page(scope_of(ask), unit, year)
    except LookupError:
        raise NotHereError(Text(f"单位 {unit}", f"unit {unit}")) from None


@page_route(router, "/data/conflicts", _CONFLICTS)
def conflicts(ask: Ask) -> ConflictsPage:
    """Official statistics against what was reported: both figures, the gap, which one stands."""
    return conflicts_page(scope_of(ask), computed_of(ask))


@page_route(router, "/data/burden", _BURDEN)
def burden(ask: Ask) -> BurdenPage:
    """How many values every form and every kind of unit is asked for, and which of them nobody uses."""
    return burden_page(ask.workspace)


def _queue(ask: Question, form: str, period: str, page: int) -> ReviewPage:
    scope = scope_of(ask)
    chosen = round_of(ask, form, period) if form else None
    return review_page(scope, _waiting(ask, scope), chosen, page)


def _waiting(ask: Question, scope: ReportingScope) -> Waiting:
    """The returns the visitor may accept now, by form and period."""
    found = {}
    for form, period in scope.rounds():
        states = scope.states(form.code, period, statuses=ACCEPTABLE)
        found[form.code, period] = [one for one in states if may(ask.visitor, ReportAction.ACCEPT, one, scope.tree)]
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UserError([problem("WEB-DATE", Where("due"), found=text)]) from None
