"""The issue list (问题清单): the one door to issues, their steps and their evidence. Every call says who acts."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from duibiao.kernel.problem import Problem, UserError, Where, problem
from duibiao.kernel.text import Text
from duibiao.store.database import Database, StoreChange
from duibiao.store.issues_files import checked_files
from duibiao.store.issues_flow import (
    ISSUE_ACTION_WORDS,
    JUDGING_ACTIONS,
    OPEN_STATES,
    RECTIFYING_ACTIONS,
    IssueAction,
    IssueRule,
    IssueState,
    allowed_steps,
    decide_issue,
    issue_standings,
)
from duibiao.store.issues_model import (
    MAX_LINE,
    MAX_TEXT,
    Assignment,
    Evidence,
    Issue,
    IssueDraft,
    IssueRecord,
    IssueStep,
    issue_problem,
)
from duibiao.store.issues_rows import (
    append_event,
    append_figure,
    append_files,
    find_issue,
    issue_from,
    next_number,
    read_events,
    read_figure,
    read_file,
    read_issues,
)
from duibiao.store.registry import Registry
from duibiao.store.schema import ISSUE, ISSUE_EVENT
from duibiao.store.units import UnitTree
from duibiao.store.workflow import ROLE_WORDS, Actor, Refusal

FIELD_WORDS = {
    "title": Text("问题名称", "title"),
    "detail": Text("问题描述", "description"),
    "person": Text("责任人", "responsible person"),
    "department": Text("责任部门", "responsible department"),
    "acceptor": Text("验收人", "acceptor"),
    "due": Text("整改时限", "deadline"),
    "text": Text("内容", "text"),
    "reason": Text("理由", "reason"),
    "assignment": Text("责任分工", "assignment"),
}


class IssueRegister:
    """The issue list of a store (问题清单): finding issues, taking steps, reading; use ``Store.issues``.

    All methods raise UserError: ACCESS-ROLE (the role may not), ISSUE-UNKNOWN (no such issue, or none of the actor's
    business), STORE-BUSY and what each of them names. ``seen`` is the ``lock_version`` the actor saw: who acts on an
    older state is refused with ISSUE-STALE and told who did what meanwhile.
    """

    def __init__(self, database: Database, registry: Registry) -> None:
        self._database = database
        self._registry = registry

    # --- finding and steps

    def find(self, actor: Actor, draft: IssueDraft, assignment: Assignment | None = None) -> Issue:
        """Open an issue; with ``assignment`` it is registered (入库) in the same transaction.

        Raises UserError ACCESS-UNIT, ISSUE-OPEN (an open issue about the same subject), ISSUE-UNIT, ISSUE-FIELD,
        ISSUE-TEXT, ISSUE-DUE.
        """
        with self._database.writing(actor) as change:
            _ = change.seq  # numbers and subjects are given out by one writer at a time
            tree = self._tree(change.connection)
            self._may_find(change, tree, draft)
            serial, number = next_number(change.connection, self._today().year)
            problems = [
                *_long(number, "title", draft.title, MAX_LINE),
                *_long(number, "detail", draft.detail, MAX_TEXT),
            ]
            problems += _long(number, "department", draft.department, MAX_LINE)
            if not draft.title.strip():
                problems.append(_empty(number, "title"))
            if problems:
                raise UserError(problems)
            head = _new_head(change, draft, serial, number)
            issue_id = change.connection.execute(ISSUE.insert().returning(ISSUE.c.id), head).scalar_one()
            append_figure(change, issue_id, head, draft.figure)
            append_event(change, issue_id, None, head, text=draft.detail)
            if assignment is not None:
                step = IssueStep(IssueAction.REGISTER, assignment=assignment)
                head = self._step(change, tree, issue_id, step, seen=1)
            change.record("issue.find", number, state=head["state"], subject=draft.subject)
            return self._now(change.connection, number)

    def take(self, actor: Actor, number: str, seen: int, step: IssueStep) -> Issue:
        """Take a step with an issue as it was seen.

        Raises UserError ISSUE-STALE, ISSUE-STATE, ISSUE-FIELD (something its rule needs is not there), ISSUE-TEXT,
        ISSUE-DUE, ISSUE-EXTEND, ISSUE-UNIT, ISSUE-EVIDENCE, ISSUE-NOT-ACCEPTED, ISSUE-OWN-WORK, ISSUE-FILE-….
        """
        with self._database.writing(actor) as change:
            row = find_issue(change.connection, number, lock=True)
            if row is None:
                raise UserError([issue_problem("ISSUE-UNKNOWN", number)])
            head = self._step(change, self._tree(change.connection), row.id, step, seen)
            change.record(f"issue.{step.action.value}", number, state=head["state"], reason=step.reason)
            return self._now(change.connection, number)

    # --- reading

    def issues(self, actor: Actor, *, under: str | None = None) -> list[Issue]:
        """The issues whose responsible unit lies in the actor's subtree, by number; with ``under`` in that one.

        Raises UserError ACCESS-UNIT where ``under`` is not in the actor's subtree.
        """
        with self._database.reading() as connection:
            tree = self._tree(connection)
            top = actor.unit if under is None else under
            if under is not None and not tree.covers(actor.unit, under):
                raise UserError([problem("ACCESS-UNIT", Where("issues", 0, under), who=actor.name, unit=under)])
            mine = tree.under(top)
            return [issue for issue in read_issues(connection) if issue.unit in mine]

    def about(self, actor: Actor, *, target: str = "", indicator: str = "") -> list[Issue]:
        """The issues about a target or an indicator in the actor's subtree, the newest first."""
        where = {name: value for name, value in (("target", target), ("indicator", indicator)) if value}
        with self._database.reading() as connection:
            mine = self._tree(connection).under(actor.unit)
            return [issue for issue in read_issues(connection, **where) if issue.unit in mine][::-1]

    def record(self, actor: Actor, number: str) -> IssueRecord:
        """An issue with its frozen figure and every step."""
        with self._database.reading() as connection:
            row = self._mine(connection, actor, number)
            figure, digest = read_figure(connection, row.id)
            return IssueRecord(issue_from(row), figure, digest, read_events(connection, row.id))

    def file(self, actor: Actor, number: str, sha256: str) -> tuple[Evidence, bytes]:
        """A file of evidence with its content; raises UserError ISSUE-FILE-UNKNOWN."""
        with self._database.reading() as connection:
            found = read_file(connection, self._mine(connection, actor, number).id, sha256)
        if found is None:
            raise UserError([issue_problem("ISSUE-FILE-UNKNOWN", number, sha256=sha256[:16])])
        return found

    def steps(self, actor: Actor, issue: Issue) -> list[IssueRule]:
        """The steps the actor may take with an issue now; not those barred by own rectification."""
        with self._database.reading() as connection:
            row = self._mine(connection, actor, issue.number)
            standings = issue_standings(self._tree(connection), actor.unit, row.unit, row.supervising_unit)
            found = allowed_steps(IssueState(row.state), actor.role, standings, accepted=row.accepted_by != "")
            barred = JUDGING_ACTIONS if _has_rectified(connection, row, actor.name) else frozenset()
            return [rule for rule in found if rule.action not in barred]

    # --- inside

    def _today(self) -> date:
        return self._database.clock().date()

    def _tree(self, connection: sa.Connection) -> UnitTree:
        return self._registry.tree(connection, self._today())

    def _mine(self, connection: sa.Connection, actor: Actor, number: str) -> "sa.Row[Any]":
        row = find_issue(connection, number)
        if row is None or not self._tree(connection).covers(actor.unit, row.unit):
            raise UserError([issue_problem("ISSUE-UNKNOWN", number)])
        return row

    @staticmethod
    def _now(connection: sa.Connection, number: str) -> Issue:
        row = find_issue(connection, number)
        if row is None:
            raise RuntimeError(number)
        return issue_from(row)

    def _may_find(self, change: StoreChange, tree: UnitTree, draft: IssueDraft) -> None:
        actor = change.actor
        if draft.unit not in tree and actor.unit in tree:
            raise UserError([issue_problem("ISSUE-UNIT", "", "unit", unit=draft.unit)])
        decided = decide_issue(
            IssueAction.FIND, None, actor.role, issue_standings(tree, actor.unit, draft.unit, actor.unit)
        )
        if isinstance(decided, Refusal):
            raise UserError([_refused(actor, IssueAction.FIND, decided, draft.unit)])
        query = sa.select(ISSUE).where(ISSUE.c.open_subject == draft.subject)
        there = change.connection.execute(query).one_or_none() if draft.subject else None
        if there is not None:
            raise UserError([issue_from(there).problem("ISSUE-OPEN")])

    def _step(self, change: StoreChange, tree: UnitTree, issue_id: int, step: IssueStep, seen: int) -> dict[str, Any]:
        """Check and take one step with a locked issue; answers its head after it."""
        row = change.connection.execute(sa.select(ISSUE).where(ISSUE.c.id == issue_id)).one()
        issue = issue_from(row)
        rule = _ruled(change.actor, tree, issue, step.action, seen)
        problems = [*_unfilled(issue, rule, step), *_conditions(change, row, issue, step)]
        if step.assignment is not None and "assignment" in rule.needs:
            problems += self._assignable(change.actor, tree, issue, step.assignment)
        if step.due is not None and "due" in rule.needs and (issue.due is None or step.due <= issue.due):
            problems.append(issue.problem("ISSUE-EXTEND", day=issue.due or "—"))
        files = checked_files(issue.number, step.files if step.action in RECTIFYING_ACTIONS else ())
        if problems:
            raise UserError(problems)
        head = _after(change, row, rule, step)
        change.connection.execute(ISSUE.update().where(ISSUE.c.id == issue_id).values(head))
        asked = step.due if step.action is IssueAction.ASK_EXTENSION else None
        append_event(
            change, issue_id, row.state, head, text=step.text.strip(), reason=step.reason.strip(),
            asked_due=asked.isoformat() if asked else "",
        )  # fmt: skip
        append_files(change, issue_id, head["lock_version"], files)
        return head

    def _assignable(self, actor: Actor, tree: UnitTree, issue: Issue, given: Assignment) -> Iterable[Problem]:
        if not (tree.covers(issue.supervising_unit, given.unit) and tree.covers(actor.unit, given.unit)):
            yield issue_problem("ISSUE-UNIT", issue.number, "unit", unit=given.unit)
        if not given.person.strip():
            yield _empty(issue.number, "person")
        for name in ("person", "department", "acceptor"):
            yield from _long(issue.number, name, getattr(given, name), MAX_LINE)
        today = self._today()
        if given.due < today and given.due != issue.due:  # reassigning leaves a deadline that has passed as it is
            yield issue.problem("ISSUE-DUE", day=today)


def _ruled(actor: Actor, tree: UnitTree, issue: Issue, action: IssueAction, seen: int) -> IssueRule:
    """The rule that allows a step; access is judged first, then staleness, then the state."""
    standings = issue_standings(tree, actor.unit, issue.unit, issue.supervising_unit)
    decided = decide_issue(action, issue.state, actor.role, standings)
    if isinstance(decided, Refusal) and decided.code != "ISSUE-STATE":
        raise UserError([_refused(actor, action, decided, issue.number)])
    if seen != issue.lock_version:
        raise UserError([issue.problem("ISSUE-STALE", count=issue.lock_version - seen)])
    if isinstance(decided, Refusal):
        words = ISSUE_ACTION_WORDS[action]
        raise UserError([issue.problem("ISSUE-STATE", what_zh=words.zh, what_en=words.en)])
    return decided


def _refused(actor: Actor, action: IssueAction, refusal: Refusal, place: str) -> Problem:
    where = Where("issues", 0, place)
    if refusal.code == "ACCESS-UNIT":
        return problem("ACCESS-UNIT", where, who=actor.name, unit=place)
    if refusal.code == "ISSUE-UNKNOWN":
        return issue_problem("ISSUE-UNKNOWN", place)
    what, role = ISSUE_ACTION_WORDS[action], ROLE_WORDS[actor.role]
    return problem(
        "ACCESS-ROLE", where, who=actor.name, what_zh=what.zh, what_en=what.en, role_zh=role.zh, role_en=role.en
    )


def _empty(number: str, name: str) -> Problem:
    words = FIELD_WORDS[name]
    return issue_problem("ISSUE-FIELD", number, name, zh=words.zh, en=words.en)


def _long(number: str, name: str, text: str, most: int) -> Iterable[Problem]:
    """What cannot be kept: too long, or with characters no data base and no printer takes."""
    kept = all(char.isprintable() or char in "\n\r\t\u3000\u00a0" for char in text)
    if len(text) > most or not kept:
        words = FIELD_WORDS[name]
        yield issue_problem("ISSUE-TEXT", number, name, zh=words.zh, en=words.en, most=most, count=len(text))


def _unfilled(issue: Issue, rule: IssueRule, step: IssueStep) -> Iterable[Problem]:
    for name in rule.needs:
        given = getattr(step, name)
        if given is None or (isinstance(given, str) and not given.strip()):
            yield _empty(issue.number, name)
    for name in ("text", "reason"):
        yield from _long(issue.number, name, getattr(step, name), MAX_TEXT)


def _conditions(change: StoreChange, row: "sa.Row[Any]", issue: Issue, step: IssueStep) -> Iterable[Problem]:
    """What a step asks for beside its rule."""
    if step.action is IssueAction.SUBMIT and not (issue.measures and issue.evidences):
        yield issue.problem("ISSUE-EVIDENCE")
    if step.action is IssueAction.CLOSE and not issue.is_accepted:
        yield issue.problem("ISSUE-NOT-ACCEPTED")
    if step.action is IssueAction.ACCEPT and issue.is_accepted:
        words = ISSUE_ACTION_WORDS[step.action]
        yield issue.problem("ISSUE-STATE", what_zh=words.zh, what_en=words.en)
    if step.action in JUDGING_ACTIONS and _has_rectified(change.connection, row, change.actor.name):
        yield issue.problem("ISSUE-OWN-WORK", who=change.actor.name)


def _has_rectified(connection: sa.Connection, row: "sa.Row[Any]", name: str) -> bool:
    """Whether a person rectified an issue or answers for it: they never judge it."""
    if row.person.strip() == name:
        return True
    actions = [action.value for action in RECTIFYING_ACTIONS]
    events = ISSUE_EVENT.c
    query = sa.select(events.step).where(events.issue_id == row.id, events.actor == name, events.action.in_(actions))
    return connection.execute(query.limit(1)).first() is not None


def _new_head(change: StoreChange, draft: IssueDraft, serial: int, number: str) -> dict[str, Any]:
    return {
        "number": number,
        "year": int(number[:4]),
        "serial": serial,
        "origin": draft.origin.value,
        "subject": draft.subject,
        "open_subject": draft.subject or None,
        "title": draft.title.strip(),
        "detail": draft.detail.strip(),
        "target": draft.target,
        "indicator": draft.indicator,
        "status": draft.status,
        "day": draft.day.isoformat(),
        "unit": draft.unit,
        "supervising_unit": change.actor.unit,
        "department": draft.department.strip(),
        "person": "",
        "acceptor": "",
        "due": None,
        "first_due": None,
        "state": IssueState.FOUND.value,
        "measures": 0,
        "evidences": 0,
        "accepted_by": "",
        "found_by": change.actor.name,
        "found_at": change.at,
        "lock_version": 1,
        "changed_at": change.at,
        "changed_by": change.actor.name,
        "changed_action": IssueAction.FIND.value,
    }


def _after(change: StoreChange, row: "sa.Row[Any]", rule: IssueRule, step: IssueStep) -> dict[str, Any]:
    """The head of an issue after a step that was found right."""
    head = dict(row._mapping)
    del head["id"]
    action, given = step.action, step.assignment
    state = rule.to or IssueState(row.state)
    if given is not None and "assignment" in rule.needs:
        facts = replace(given, department=given.department.strip(), person=given.person.strip())
        head.update(unit=facts.unit, department=facts.department, person=facts.person)
        head.update(acceptor=facts.acceptor.strip(), due=facts.due.isoformat())
    if action is IssueAction.EXTEND and step.due is not None:
        head["due"] = step.due.isoformat()
    if action is IssueAction.RETURN:
        head["evidences"] = 0
    head.update(
        state=state.value,
        open_subject=(row.subject or None) if state in OPEN_STATES else None,
        first_due=row.first_due or head["due"],
        measures=row.measures + (action is IssueAction.MEASURE),
        evidences=head["evidences"] + (action is IssueAction.EVIDENCE),
        accepted_by=_accepted_by(change, row, action),
        lock_version=row.lock_version + 1,
        changed_at=change.at,
        changed_by=change.actor.name,
        changed_action=action.value,
    )
    return head


def _accepted_by(change: StoreChange, row: "sa.Row[Any]", action: IssueAction) -> str:
    if action is IssueAction.ACCEPT:
        return change.actor.name
    return "" if action is IssueAction.RETURN else str(row.accepted_by)
