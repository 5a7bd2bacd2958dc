"""Who acts on the issue list, and what its routes share: the visitor as actors, issues of their units, forms."""

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile

from duibiao.kernel.period import local_day
from duibiao.kernel.problem import UserError
from duibiao.kernel.text import Text
from duibiao.store.accounts.model import AccountRole
from duibiao.store.issues_files import MAX_FILE_BYTES, MAX_FILES
from duibiao.store.issues_flow import IssueAction, IssueRule
from duibiao.store.issues_model import Assignment, EvidenceFile, Issue, IssueRecord, IssueStep, issue_problem
from duibiao.store.store import Store
from duibiao.store.units import UnitTree
from duibiao.store.workflow import Actor, ActorRole
from duibiao.web.ask import Question
from duibiao.web.guard import NotHereError, Visitor

ACTING: Mapping[AccountRole, ActorRole] = {
    AccountRole.SUPERVISOR: ActorRole.SUPERVISOR,
    AccountRole.REPORTER: ActorRole.REPORTER,
    AccountRole.CHECKER: ActorRole.REVIEWER,
    AccountRole.HEAD: ActorRole.PRINCIPAL,
    AccountRole.REVIEWER: ActorRole.REVIEWER,
    AccountRole.PUBLISHER: ActorRole.PUBLISHER,
    AccountRole.PLANNER: ActorRole.PLANNER,
    AccountRole.ANALYST: ActorRole.ANALYST,
    AccountRole.LEADER: ActorRole.LEADER,
}
"""In which role an account acts on issues; administrators act on none."""


@dataclass(frozen=True)
class IssueDesk:
    """The desk at which a visitor meets the issue list (问题办理台): store, units, the visitor as actors."""

    store: Store
    tree: UnitTree
    actors: tuple[Actor, ...]
    today: date

    @classmethod
    def of(cls, ask: Question) -> "IssueDesk":
        """The desk of a request. Raises UserError WEB-NO-STORE; NotHereError where no unit of the visitor is known."""
        store = ask.cockpit.store()
        tree = store.tree()
        actors = tuple(actor for actor in actors_of(ask.visitor) if actor.unit in tree)
        if not actors:
            raise NotHereError(Text("本账号的单位", "the unit of this account"))
        return cls(store, tree, actors, local_day())

    @property
    def top(self) -> str:
        """The highest of the visitor's units."""
        return max((actor.unit for actor in self.actors), key=lambda unit: (len(self.tree.under(unit)), unit))

    def issues(self) -> list[Issue]:
        """Every issue the visitor may see, once, by number."""
        units = {actor.unit: actor for actor in self.actors}
        found = {issue.number: issue for actor in units.values() for issue in self.store.issues.issues(actor)}
        return sorted(found.values(), key=lambda issue: issue.number)

    def record(self, number: str) -> tuple[Actor, IssueRecord]:
        """An issue with the actor who may see it; raises NotHereError."""
        for actor in self.actors:
            try:
                return actor, self.store.issues.record(actor, number)
            except UserError as error:
                if error.problems[0].code != "ISSUE-UNKNOWN":
                    raise
        raise NotHereError(Text(f"问题 {number[:40]}", f"issue {number[:40]}"))

    def about(self, target: str) -> list[Issue]:
        """The issues about a target the visitor may see, the newest first."""
        found = {one.number: one for actor in self.actors for one in self.store.issues.about(actor, target=target)}
        return sorted(found.values(), key=lambda one: one.number, reverse=True)

    def offers(self, issue: Issue) -> dict[IssueAction, tuple[Actor, IssueRule]]:
        """The steps the visitor may take with an issue, each with the actor who takes it."""
        found: dict[IssueAction, tuple[Actor, IssueRule]] = {}
        for actor in self.actors:
            if self.tree.covers(actor.unit, issue.unit):
                for rule in self.store.issues.steps(actor, issue):
                    found.setdefault(rule.action, (actor, rule))
        return found

    def acting(self, issue: Issue, action: IssueAction) -> Actor:
        """The actor a step is tried as: who may take it, else the first, whom the store will tell why not."""
        offered = self.offers(issue).get(action)
        return offered[0] if offered else next(one for one in self.actors if self.tree.covers(one.unit, issue.unit))

    def finder(self, unit: str, roles: Iterable[ActorRole]) -> Actor:
        """The actor who opens an issue for a unit: in a role that may, else the first, whom the store refuses."""
        wanted = set(roles)
        covering = [one for one in self.actors if self.tree.covers(one.unit, unit)] or list(self.actors)
        return next((one for one in covering if one.role in wanted), covering[0])


def actors_of(visitor: Visitor) -> Iterable[Actor]:
    """The visitor as actors: once for each role and the units it was granted for; supervisors first."""
    for role, acting in ACTING.items():
        for unit in sorted(visitor.units_for(role)):
            yield Actor(visitor.name, unit, acting)


async def posted(request: Request) -> AsyncIterator[FormData]:
    """What a form sent; read before the handler, which then runs in a thread of its own and may wait for the store."""
    async with request.form() as form:
        yield form


Posted = Annotated[FormData, Depends(posted)]


def typed(form: FormData, name: str) -> str:
    """What was typed into a field; line ends as one character. Empty where the field is absent."""
    found = form.get(name, "")
    return found.replace("\r\n", "\n") if isinstance(found, str) else ""


def day_typed(form: FormData, name: str) -> date | None:
    """A day typed into a field; raises UserError ISSUE-DAY."""
    text = typed(form, name).strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError([issue_problem("ISSUE-DAY", "", name, found=text[:40])]) from None


def assignment_typed(form: FormData) -> Assignment | None:
    """Who rectifies what by when, as typed; None where no deadline was named. Raises UserError ISSUE-DAY."""
    due = day_typed(form, "due")
    if due is None:
        return None
    texts = {name: typed(form, name) for name in ("unit", "department", "person", "acceptor")}
    return Assignment(due=due, **texts)


def step_typed(action: IssueAction, rule_needs: Iterable[str], form: FormData) -> IssueStep:
    """A step as typed, with its files; a file is read no further than one may be large. Raises UserError ISSUE-DAY."""
    needs = set(rule_needs)
    return IssueStep(
        action=action,
        text=typed(form, "text"),
        reason=typed(form, "reason"),
        assignment=assignment_typed(form) if "assignment" in needs else None,
        due=day_typed(form, "due") if "due" in needs else None,
        files=files_typed(form),
    )


def files_typed(form: FormData) -> tuple[EvidenceFile, ...]:
    """The files of a form; empty places of the browser are none."""
    found = []
    for part in form.getlist("files"):
        if isinstance(part, UploadFile) and part.filename:
            found.append(EvidenceFile(part.filename, part.file.read(MAX_FILE_BYTES + 1)))
        if len(found) > MAX_FILES:
            break
    return tuple(found)
