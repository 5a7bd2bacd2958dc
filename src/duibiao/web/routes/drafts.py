"""The review of extracted plans: a document in, its entries decided one by one beside their passages, into the pack."""

import threading
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, Response, UploadFile
from fastapi.responses import RedirectResponse

from duibiao.extract.draft import extract
from duibiao.extract.draft_file import draft_files, file_name, read_draft, to_yaml
from duibiao.extract.entry import Entry
from duibiao.extract.review import Action, ReviewSession, decisions_path
from duibiao.kernel.problem import UserError, Where, problem
from duibiao.kernel.text import Text
from duibiao.kernel.writing import write_whole
from duibiao.sources.readers import read
from duibiao.views.drafts import (
    ACTION_WORDS,
    DraftEntryPage,
    DraftPage,
    DraftsPage,
    draft_entry_page,
    draft_page,
    drafts_page,
    seen_mark,
)
from duibiao.web.ask import Ask, Question
from duibiao.web.guard import Needs, NotHereError, Permission
from duibiao.web.pages import PageRoute, page_route
from duibiao.web.render import link
from duibiao.workspace.acceptance import accept_into
from duibiao.workspace.readings import department_names, resolver_of

router = APIRouter()
MAY = Permission.REVIEW_DRAFTS
GUARD = [Depends(Needs(MAY))]
_deciding = threading.Lock()


@page_route(router, "/drafts", PageRoute("drafts/list.html", DraftsPage, MAY, kept=False))
def drafts(ask: Ask) -> DraftsPage:
    """Every draft, and how much of it is decided."""
    return drafts_page({path.stem: _session(ask, path) for path in _paths(ask).values()})


@router.post("/drafts", dependencies=GUARD, include_in_schema=False)
def drafts_add(ask: Ask, document: UploadFile) -> Response:
    """Read a document into drafts. Raises UserError with everything that is wrong with the file."""
    folder = ask.cockpit.drafts
    kept = folder / "files" / Path(document.filename or "document").name
    write_whole(kept, document.file.read())
    draft = extract(read(kept), department_names(ask.workspace.content), kept.name)
    names = []
    for one in draft_files(draft, str(kept)):
        path = folder / file_name(one.part)
        if path.exists() and read_draft(path).sha256 != one.sha256:
            path = path.with_stem(f"{path.stem} {one.sha256[:6]}")
        if not path.exists():  # decisions on a draft that is there already stay valid
            write_whole(path, to_yaml(one).encode())
        names.append(path.stem)
    return _to(ask, f"/drafts/{names[0]}" if len(names) == 1 else "/drafts")


@page_route(router, "/drafts/{name}", PageRoute("drafts/one.html", DraftPage, MAY, kept=False))
def draft(
    ask: Ask,
    name: str,
    pending: Annotated[bool, Query(description="只看待审的。Pending only.")] = True,
    page: Annotated[int, Query(ge=1, le=10000, description="第几页。Page.")] = 1,
) -> DraftPage:
    """A draft with its entries."""
    return draft_page(name, _session(ask, _path(ask, name)), pending_only=pending, page=page)


@page_route(router, "/drafts/{name}/{entry}", PageRoute("drafts/entry.html", DraftEntryPage, MAY, kept=False))
def draft_entry(ask: Ask, name: str, entry: str) -> DraftEntryPage:
    """One entry with its passage in context."""
    session = _session(ask, _path(ask, name))
    return draft_entry_page(name, session, _entry(session, entry))


@router.post("/drafts/{name}/rules", dependencies=GUARD, include_in_schema=False)
def draft_accept_rule(ask: Ask, name: str, rule: Annotated[str, Form(max_length=200)]) -> Response:
    """Accept every complete entry without a doubt that one rule read."""
    with _deciding:
        _session(ask, _path(ask, name)).accept_rule(rule)
    return _to(ask, f"/drafts/{name}")


@router.post("/drafts/{name}/head", dependencies=GUARD, include_in_schema=False)
async def draft_head(ask: Ask, request: Request, name: str) -> Response:
    """Add to the head of the plan what the document does not state."""
    form = await request.form()
    fields = {key: str(value).strip() for key, value in form.items() if key != "csrf" and str(value).strip()}
    with _deciding:
        _session(ask, _path(ask, name)).set_head(fields)
    return _to(ask, f"/drafts/{name}")


@router.post("/drafts/{name}/write", dependencies=GUARD, include_in_schema=False)
def draft_write(ask: Ask, name: str) -> Response:
    """Write what is accepted into the home pack; the whole pack is loaded with it first."""
    path = _path(ask, name)
    with _deciding:
        accept_into(ask.workspace, _session(ask, path), path, ask.workspace.home)
    ask.cockpit.renew()
    return _to(ask, f"/drafts/{name}", done="written")


@router.post("/drafts/{name}/{entry}", dependencies=GUARD, include_in_schema=False)
async def draft_decide(ask: Ask, request: Request, name: str, entry: str) -> Response:
    """Accept, correct, reject an entry or take that back; whoever is second is told what the first decided."""
    form = {key: str(value) for key, value in (await request.form()).items()}
    with _deciding:
        session = _session(ask, _path(ask, name))
        found = _entry(session, entry)
        _refuse_second(session, found, form.get("seen", ""))
        action, why = (
            Action(form.get("action", "")) if form.get("action") in list(Action) else None,
            form.get("why", ""),
        )
        changed = {key[6:]: value.strip() for key, value in form.items() if key.startswith("field.")}
        fields = {key: value for key, value in changed.items() if value != found.get(key)}
        if action is Action.REJECT:
            session.reject(found, why)
        elif action is Action.WITHDRAW:
            session.withdraw(found)
        elif action is Action.ACCEPT and not fields:
            session.accept(found, why)
        elif action in (Action.ACCEPT, Action.CORRECT):
            session.correct(found, {key: _typed(found, key, value) for key, value in fields.items()}, why)
        else:
            raise UserError(
                [problem("WEB-PARAMETER", Where(request.url.path, field="action"), found=form.get("action"))]
            )
    following = found.id if action is Action.WITHDRAW else draft_entry_page(name, session, found).next
    return _to(ask, f"/drafts/{name}/{following}" if following else f"/drafts/{name}")


def _typed(entry: Entry, name: str, value: str) -> str | tuple[str, ...]:
    """Departments are lists; everything else is text."""
    if isinstance(entry.fields.get(name), tuple) or name in ("lead", "cooperating"):
        return tuple(word for word in value.replace("，", "、").split("、") if word)
    return value


def _refuse_second(session: ReviewSession, entry: Entry, seen: str) -> None:
    decision = session.decisions.get(entry.id)
    if decision and seen_mark(decision) != seen:
        action = ACTION_WORDS[decision.action]
        where = Where(session.draft.file, 0, entry.id)
        raise UserError([problem("WEB-DECIDED", where, by=decision.by, at=decision.at, action=action.zh)])


def _paths(ask: Question) -> dict[str, Path]:
    return {path.stem: path for path in sorted(ask.cockpit.drafts.glob("*.yaml"))}


def _path(ask: Question, name: str) -> Path:
    """The file of a draft; names come from the folder, never from the address."""
    found = _paths(ask).get(name)
    if found is None:
        raise NotHereError(Text(f"草稿 {name}", f"draft {name}"))
    return found


def _session(ask: Question, path: Path) -> ReviewSession:
    resolver = resolver_of(ask.workspace.content)
    return ReviewSession(read_draft(path), decisions_path(path), ask.visitor.name or "?", resolver)


def _entry(session: ReviewSession, entry: str) -> Entry:
    found = next((one for one in session.draft.entries if one.id == entry), None)
    if found is None:
        raise NotHereError(Text(f"条目 {entry}", f"entry {entry}"))
    return found


def _to(ask: Question, path: str, **query: object) -> Response:
    return RedirectResponse(link(ask, path, **query), 303)
