"""The issue list on both data bases: the way from finding to closing, and everything that is refused on it."""

import hashlib
import io
import sqlite3
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from duibiao.kernel.problem import UserError
from duibiao.store.issues_files import MAX_FILE_BYTES
from duibiao.store.issues_flow import (
    IssueAction,
    IssueOrigin,
    IssueRule,
    IssueStanding,
    IssueState,
    decide_issue,
    next_steps,
)
from duibiao.store.issues_model import EvidenceFile, IssueStep
from duibiao.store.store import Store
from duibiao.store.workflow import Actor, ActorRole, Refusal
from tests.unit.store.issue_people import (
    DISTRICT,
    DISTRICT_SUPERVISOR,
    DUE,
    FIGURE,
    OFFICER,
    PDF,
    SUPERVISOR,
    assignment,
    draft,
    handed_in,
    opened,
    rectified,
    take,
)
from tests.unit.store.people import AUDITOR, CITY, Ticking, new_store

OTHER_DISTRICT = "990102"


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with new_store(database_url) as found:
        yield found


def refused(work: Any, *arguments: Any, **facts: Any) -> list[str]:
    with pytest.raises(UserError) as caught:
        work(*arguments, **facts)
    return [problem.code for problem in caught.value.problems]


def stepped(store: Store, actor: Actor, number: str, action: IssueAction, **facts: Any) -> list[str]:
    """The codes a step is refused with."""
    issue = store.issues.record(SUPERVISOR, number).issue
    return refused(store.issues.take, actor, number, issue.lock_version, IssueStep(action, **facts))


# --- the way


def test_an_issue_goes_from_finding_to_closing_and_every_step_is_kept(store: Store) -> None:
    issue = rectified(store)
    assert (issue.number, issue.state, issue.accepted_by) == ("2024-0001", IssueState.CLOSED, "市督导")
    assert (issue.due, issue.first_due, issue.department, issue.person) == (DUE, DUE, "基教科", "科长")
    record = store.issues.record(SUPERVISOR, issue.number)
    told = [(event.action.value, event.to_state.value, event.actor) for event in record.events]
    assert told == [
        ("find", "found", "市督导"),
        ("register", "registered", "市督导"),
        ("measure", "rectifying", "区经办人"),
        ("evidence", "rectifying", "区经办人"),
        ("submit", "acceptance", "区经办人"),
        ("accept", "acceptance", "市督导"),
        ("close", "closed", "市督导"),
    ]
    assert [event.step for event in record.events] == list(range(1, 8))
    assert record.events[2].text == "新增公办园学位 600 个"
    assert record.figure == FIGURE
    (evidence,) = record.events[3].evidence
    assert (evidence.name, evidence.media_type, evidence.size) == (PDF.name, "application/pdf", len(PDF.content))
    assert evidence.sha256 == hashlib.sha256(PDF.content).hexdigest()
    assert store.issues.file(OFFICER, issue.number, evidence.sha256) == (evidence, PDF.content)
    audited = [line for line in store.audit(AUDITOR) if line.action.startswith("issue.")]
    assert [line.action for line in audited][:2] == ["issue.find", "issue.measure"], "one line per call"
    assert {line.object for line in audited} == {issue.number}
    assert store.verify_audit() == []


def test_an_acceptance_that_fails_goes_back_and_needs_new_evidence(store: Store) -> None:
    issue = handed_in(store, opened(store))
    issue = take(store, SUPERVISOR, issue, IssueAction.RETURN, reason="学位尚未投入使用")
    assert (issue.state, issue.measures, issue.evidences) == (IssueState.RECTIFYING, 1, 0)
    assert stepped(store, OFFICER, issue.number, IssueAction.SUBMIT) == ["ISSUE-EVIDENCE"]
    issue = take(store, OFFICER, issue, IssueAction.EVIDENCE, text="9 月开园通知")
    issue = take(store, OFFICER, issue, IssueAction.SUBMIT)
    issue = take(store, SUPERVISOR, issue, IssueAction.ACCEPT, text="属实")
    issue = take(store, SUPERVISOR, issue, IssueAction.RETURN, reason="接到举报，须复核")
    assert not issue.is_accepted, "who sends it back takes the acceptance back"


def test_a_deadline_is_extended_with_a_reason_and_the_first_one_is_kept(store: Store) -> None:
    issue = opened(store)
    later = date(2025, 3, 31)
    issue = take(store, OFFICER, issue, IssueAction.ASK_EXTENSION, due=later, reason="工程延期")
    assert issue.due == DUE, "asking changes nothing"
    issue = take(store, SUPERVISOR, issue, IssueAction.EXTEND, due=later, reason="情况属实")
    assert (issue.due, issue.first_due) == (later, DUE)
    events = store.issues.record(OFFICER, issue.number).events
    assert (events[-2].asked_due, events[-2].due, events[-1].due) == (later, DUE, later)
    assert stepped(store, SUPERVISOR, issue.number, IssueAction.EXTEND, due=later, reason="再延") == ["ISSUE-EXTEND"]
    assert stepped(store, SUPERVISOR, issue.number, IssueAction.EXTEND, due=date(2026, 1, 1)) == ["ISSUE-FIELD"]


def test_overdue_is_the_deadline_passed_while_the_unit_has_it(store: Store) -> None:
    issue = opened(store)
    assert [issue.overdue(day) for day in (DUE, date(2025, 1, 1))] == [False, True]
    assert (issue.days_left(date(2024, 12, 29)), issue.days_left(date(2025, 1, 3))) == (2, -3)
    assert not handed_in(store, issue).overdue(date(2025, 1, 1)), "it lies with the acceptor"


def test_a_found_issue_waits_for_registration_and_may_be_dismissed(store: Store) -> None:
    analyst = Actor("市分析", CITY, ActorRole.ANALYST)
    issue = store.issues.find(analyst, draft())
    assert (issue.state, issue.due, issue.person) == (IssueState.FOUND, None, "")
    assert not issue.overdue(date(2030, 1, 1))
    assert stepped(store, analyst, issue.number, IssueAction.REGISTER, assignment=assignment()) == ["ACCESS-ROLE"]
    assert stepped(store, SUPERVISOR, issue.number, IssueAction.REGISTER) == ["ISSUE-FIELD"]
    issue = take(store, SUPERVISOR, issue, IssueAction.DISMISS, reason="数据有误，已更正")
    assert (issue.state, issue.is_open) == (IssueState.DISMISSED, False)


def test_reassigning_changes_who_answers_and_the_old_unit_lets_go(store: Store) -> None:
    issue = opened(store)
    issue = take(
        store, SUPERVISOR, issue, IssueAction.REASSIGN, assignment=assignment(OTHER_DISTRICT), reason="责任划分有误"
    )
    assert issue.unit == OTHER_DISTRICT
    assert refused(store.issues.record, OFFICER, issue.number) == ["ISSUE-UNKNOWN"]
    record = store.issues.record(SUPERVISOR, issue.number)
    assert [event.unit for event in record.events] == [DISTRICT, DISTRICT, OTHER_DISTRICT]


# --- never a second one


def test_there_is_never_a_second_open_issue_about_one_target(store: Store) -> None:
    first = opened(store)
    with pytest.raises(UserError, match="2024-0001") as caught:
        opened(store)
    assert caught.value.problems[0].code == "ISSUE-OPEN"
    assert opened(store, OTHER_DISTRICT).number == "2024-0002", "another district is another matter"
    issue = handed_in(store, first)
    issue = take(store, SUPERVISOR, issue, IssueAction.ACCEPT, text="属实")
    take(store, SUPERVISOR, issue, IssueAction.CLOSE)
    again = opened(store)
    about = store.issues.about(SUPERVISOR, target="plan/1")
    assert [one.number for one in about] == [again.number, "2024-0002", first.number]
    by_hand = [opened(store, origin=IssueOrigin.MANUAL, subject="", target="") for _ in range(2)]
    assert len({one.number for one in by_hand}) == 2, "what has no subject stands alone"


# --- who may


def written_out() -> set[tuple[str, str, str, str]]:
    """(action, from, role, standing) that is allowed: the table of ``docs/store.md``, once more by hand."""
    found = set()
    responsible = ("reporter", "reviewer", "principal", "publisher", "planner")
    active = ("registered", "rectifying")
    for role in responsible:
        for state in active:
            found |= {("measure", state, role, "responsible"), ("ask_extension", state, role, "responsible")}
        found |= {("evidence", "rectifying", role, "responsible"), ("submit", "rectifying", role, "responsible")}
    for state in active:
        found |= {(action, state, "supervisor", "supervising") for action in ("reassign", "extend")}
    found.add(("register", "found", "supervisor", "supervising"))
    found |= {(action, "acceptance", "supervisor", "supervising") for action in ("accept", "return", "close")}
    found |= {("dismiss", state, "supervisor", "supervising") for state in ("found", *active, "acceptance")}
    return found


def test_every_step_is_allowed_exactly_where_the_table_says_so() -> None:
    allowed = set()
    for action, state, role, standing in product(IssueAction, IssueState, ActorRole, IssueStanding):
        if action is IssueAction.FIND:
            continue
        decided = decide_issue(action, state, role, frozenset({standing}))
        if isinstance(decided, IssueRule):
            allowed.add((action.value, state.value, role.value, standing.value))
    assert allowed == written_out()


def test_what_comes_next_is_a_step_somebody_may_take() -> None:
    for state, accepted in product(IssueState, (False, True)):
        for action in next_steps(state, accepted=accepted):
            takers = [
                role
                for role in ActorRole
                if not isinstance(decide_issue(action, state, role, frozenset(IssueStanding)), Refusal)
            ]
            assert takers, (state, action)


def test_who_rectifies_never_judges_the_own_work(store: Store) -> None:
    both = Actor("老王", DISTRICT, ActorRole.REPORTER)
    issue = handed_in(store, opened(store, DISTRICT), both)
    same_person = Actor("老王", CITY, ActorRole.SUPERVISOR)
    assert stepped(store, same_person, issue.number, IssueAction.ACCEPT, text="好") == ["ISSUE-OWN-WORK"]
    assert {rule.action for rule in store.issues.steps(same_person, issue)} == {
        IssueAction.RETURN,
        IssueAction.DISMISS,
    }
    answers = replace(SUPERVISOR, name="科长")
    assert stepped(store, answers, issue.number, IssueAction.ACCEPT, text="好") == ["ISSUE-OWN-WORK"]
    issue = take(store, SUPERVISOR, issue, IssueAction.ACCEPT, text="属实")
    assert stepped(store, same_person, issue.number, IssueAction.CLOSE) == ["ISSUE-OWN-WORK"]


def test_a_district_does_not_accept_what_the_city_found(store: Store) -> None:
    issue = handed_in(store, opened(store))
    assert stepped(store, DISTRICT_SUPERVISOR, issue.number, IssueAction.ACCEPT, text="好") == ["ACCESS-ROLE"]
    own = store.issues.find(DISTRICT_SUPERVISOR, draft("S1"), assignment("S1"))
    school = Actor("校长", "S1", ActorRole.PRINCIPAL)
    own = handed_in(store, own, school)
    own = take(store, DISTRICT_SUPERVISOR, own, IssueAction.ACCEPT, text="属实")
    assert take(store, SUPERVISOR, own, IssueAction.CLOSE).state is IssueState.CLOSED, "the city stands above it"


def test_nobody_learns_about_an_issue_of_a_foreign_unit(store: Store) -> None:
    issue = opened(store)
    stranger = Actor("邻区", OTHER_DISTRICT, ActorRole.SUPERVISOR)
    evidence = store.issues.record(SUPERVISOR, handed_in(store, issue).number).events[3].evidence[0]
    for told in (
        refused(store.issues.record, stranger, issue.number),
        refused(store.issues.record, stranger, "2024-9999"),
        refused(store.issues.file, stranger, issue.number, evidence.sha256),
        refused(store.issues.take, stranger, issue.number, 1, IssueStep(IssueAction.CLOSE)),
        refused(store.issues.take, SUPERVISOR, "2024-9999", 1, IssueStep(IssueAction.CLOSE)),
    ):
        assert told == ["ISSUE-UNKNOWN"]
    assert store.issues.issues(stranger) == []
    assert store.issues.about(stranger, target="plan/1") == []
    assert refused(store.issues.issues, stranger, under=DISTRICT) == ["ACCESS-UNIT"]
    assert refused(store.issues.find, stranger, draft()) == ["ACCESS-UNIT"]
    assert refused(store.issues.find, OFFICER, draft()) == ["ACCESS-ROLE"]
    assert [one.number for one in store.issues.issues(SUPERVISOR, under=DISTRICT)] == [issue.number]
    assert [one.number for one in store.issues.issues(OFFICER)] == [issue.number]


# --- bad input


def test_what_must_be_filled_in_is_told_field_by_field(store: Store) -> None:
    issue = opened(store)
    assert stepped(store, OFFICER, issue.number, IssueAction.MEASURE, text=" \n") == ["ISSUE-FIELD"]
    assert stepped(store, OFFICER, issue.number, IssueAction.MEASURE, text="空\x00字") == ["ISSUE-TEXT"]
    assert stepped(store, OFFICER, issue.number, IssueAction.MEASURE, text="\ud800") == ["ISSUE-TEXT"]
    assert stepped(store, OFFICER, issue.number, IssueAction.MEASURE, text="长" * 4001) == ["ISSUE-TEXT"]
    assert stepped(store, SUPERVISOR, issue.number, IssueAction.DISMISS) == ["ISSUE-FIELD"]
    assert stepped(store, SUPERVISOR, issue.number, IssueAction.CLOSE) == ["ISSUE-STATE"]
    assert stepped(store, OFFICER, issue.number, IssueAction.SUBMIT) == ["ISSUE-STATE"]
    handed = handed_in(store, issue)
    assert stepped(store, SUPERVISOR, handed.number, IssueAction.CLOSE) == ["ISSUE-NOT-ACCEPTED"]
    assert refused(store.issues.find, SUPERVISOR, draft(title=" ", subject="")) == ["ISSUE-FIELD"]
    bad = assignment(due=date(2024, 10, 7), person="")
    assert refused(store.issues.find, SUPERVISOR, draft(subject=""), bad) == ["ISSUE-DUE", "ISSUE-FIELD"]
    for unit in ("S999", CITY):
        given = assignment(unit)
        found = store.issues.find(DISTRICT_SUPERVISOR, draft("S1", subject=""))
        step = IssueStep(IssueAction.REGISTER, assignment=given)
        assert refused(store.issues.take, DISTRICT_SUPERVISOR, found.number, 1, step) == ["ISSUE-UNIT"]
    assert refused(store.issues.find, SUPERVISOR, draft("S999")) == ["ISSUE-UNIT"]
    hostile = "'; DROP TABLE issue;-- <script>alert(1)</script> {0} %s"
    issue = opened(store, title=hostile, subject=hostile)
    assert store.issues.record(SUPERVISOR, issue.number).issue.title == hostile
    assert store.verify_audit() == []


def zipped(*names: str) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as container:
        for name in names:
            container.writestr(name, "x")
    return sink.getvalue()


BAD_FILES = [
    ("ISSUE-FILE-TYPE", "整改.pdf", b"MZ\x90\x00 a program"),
    ("ISSUE-FILE-TYPE", "整改.exe", b"MZ\x90\x00 a program"),
    ("ISSUE-FILE-TYPE", "整改", b"%PDF-1.7"),
    ("ISSUE-FILE-TYPE", "整改.docx", b"%PDF-1.7"),
    ("ISSUE-FILE-TYPE", "整改.docx", zipped("xl/workbook.xml")),
    ("ISSUE-FILE-TYPE", "整改.docx", zipped("word/document.xml", "word/vbaProject.bin")),
    ("ISSUE-FILE-TYPE", "整改.xlsx", zipped("xl/workbook.xml")[:-12]),
    ("ISSUE-FILE-TYPE", "整改.txt", b"a\x00b"),
    ("ISSUE-FILE-TYPE", "整改.svg", b"<svg onload='alert(1)'/>"),
    ("ISSUE-FILE-TYPE", "整改.html", b"<script>alert(1)</script>"),
    ("ISSUE-FILE-SIZE", "整改.pdf", b""),
    ("ISSUE-FILE-SIZE", "整改.pdf", b"%PDF-" + bytes(MAX_FILE_BYTES)),
    ("ISSUE-FILE-NAME", "C:\\报告\\..", b"%PDF-"),
    ("ISSUE-FILE-NAME", "整改\n.pdf", b"%PDF-"),
    ("ISSUE-FILE-NAME", "长" * 250 + ".pdf", b"%PDF-"),
]


@pytest.mark.parametrize(("code", "name", "content"), BAD_FILES, ids=range(len(BAD_FILES)))
def test_a_file_that_is_not_what_it_says_is_refused_and_nothing_is_kept(
    tmp_path: Path, code: str, name: str, content: bytes
) -> None:
    with new_store(f"sqlite:///{tmp_path / 'store.db'}") as store:
        issue = take(store, OFFICER, opened(store), IssueAction.MEASURE, text="措施")
        files = (PDF, EvidenceFile(name, content))
        assert stepped(store, OFFICER, issue.number, IssueAction.EVIDENCE, text="佐证", files=files) == [code]
        assert store.issues.record(SUPERVISOR, issue.number).issue == issue
        assert store.verify_audit() == []


GOOD_FILES = [
    ("名单.docx", zipped("word/document.xml")),
    ("名单.xlsx", zipped("xl/workbook.xml")),
    ("公文.ofd", zipped("OFD.xml")),
    ("现场.PNG", b"\x89PNG\r\n\x1a\n0"),
    ("现场.jpeg", b"\xff\xd8\xff\xe0"),
]


def test_the_kinds_offices_use_are_taken_and_content_is_kept_once(store: Store) -> None:
    issue = take(store, OFFICER, opened(store), IssueAction.MEASURE, text="措施")
    files = tuple(EvidenceFile(name, content) for name, content in GOOD_FILES)
    issue = take(store, OFFICER, issue, IssueAction.EVIDENCE, text="佐证", files=files)
    named = EvidenceFile("D:\\桌面\\说明.txt", "说明".encode("gb18030"))
    again = replace(files[0], name="同一份.docx")
    issue = take(store, OFFICER, issue, IssueAction.EVIDENCE, text="补充", files=(named, again, again))
    *_, first, second = store.issues.record(OFFICER, issue.number).events
    assert [one.name for one in first.evidence] == [name for name, _ in GOOD_FILES]
    assert [one.name for one in second.evidence] == ["说明.txt", "同一份.docx"]
    assert second.evidence[1].sha256 == first.evidence[0].sha256
    many = tuple(EvidenceFile(f"{number}.txt", b"x%d" % number) for number in range(6))
    assert stepped(store, OFFICER, issue.number, IssueAction.EVIDENCE, text="多", files=many) == ["ISSUE-FILE-COUNT"]
    assert refused(store.issues.file, OFFICER, issue.number, "0" * 64) == ["ISSUE-FILE-UNKNOWN"]
    assert store.verify_audit() == []


# --- the second writer, and what somebody altered behind our back


def test_who_acts_on_an_older_state_is_refused_and_told_what_happened(store: Store) -> None:
    seen = opened(store)
    take(store, OFFICER, seen, IssueAction.MEASURE, text="措施")
    with pytest.raises(UserError) as caught:
        take(store, OFFICER, seen, IssueAction.MEASURE, text="另一措施")
    (told,) = caught.value.problems
    assert told.code == "ISSUE-STALE"
    assert all(word in told.message.zh for word in ("区经办人", "记录整改措施", "1 步", "整改"))
    assert store.issues.record(OFFICER, seen.number).issue.measures == 1


TAMPERED = [
    "UPDATE issue SET due = '2030-01-01'",
    "UPDATE issue SET state = 'found'",
    "UPDATE issue SET title = '别的问题'",
    "UPDATE issue SET first_due = '2020-01-01'",
    "UPDATE issue SET accepted_by = '别人'",
    "DELETE FROM issue_figure",
    "UPDATE issue SET lock_version = 9",
    "UPDATE issue_event SET text = '别的措施' WHERE step = 3",
    "UPDATE issue_event SET actor = '别人' WHERE step = 6",
    "DELETE FROM issue_event WHERE step = 7",
    "UPDATE issue_figure SET content = '{}'",
    "UPDATE issue_file SET payload = x'00'",
    "UPDATE issue_evidence SET name = '别的.pdf'",
    "DELETE FROM issue_evidence",
]


@pytest.mark.parametrize("statement", TAMPERED)
def test_whatever_is_altered_behind_our_back_is_found(tmp_path: Path, statement: str) -> None:
    file = tmp_path / "store.db"
    with new_store(f"sqlite:///{file}") as store:
        rectified(store)
        assert store.verify_audit() == []
    with sqlite3.connect(file) as connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement)
    connection.close()
    with Store.open(f"sqlite:///{file}") as store:
        assert {problem.code for problem in store.verify_audit()} == {"STORE-AUDIT"}


def test_an_older_store_gets_the_issue_list_by_migration(database_url: str, tmp_path: Path) -> None:
    new_store(database_url).close()
    engine = sa.create_engine(database_url)
    with engine.begin() as connection:
        for table in ("issue_evidence", "issue_file", "issue_event", "issue_figure", "issue"):
            connection.execute(sa.text(f"DROP TABLE {table}"))
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0002'"))
    engine.dispose()
    with pytest.raises(UserError, match="STORE-OLD"):
        Store.open(database_url)
    with Store.migrate(database_url, clock=Ticking()) as store:
        assert rectified(store).state is IssueState.CLOSED
        assert store.verify_audit() == []
