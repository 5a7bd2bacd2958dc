"""Review and acceptance: every decision is kept, nothing unaccepted gets out, nothing that is there is touched."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from duibiao.extract.accept import Known, publication
from duibiao.extract.draft_file import DraftFile, read_draft, to_yaml
from duibiao.extract.entry import Entry, EntryKind, Field, Shown
from duibiao.extract.pack_text import with_entries
from duibiao.extract.resolve import KnownIndicator, Resolver
from duibiao.extract.review import Action, ReviewSession, decisions_path, parse_fields, read_decisions
from duibiao.kernel.problem import UserError, catalogue
from duibiao.sources.citation import passage_hash

SHA = "ab" * 32
HEAD = {
    "title": "测试市教育规划（2026—2030年）",
    "short": "测试市教育规划",
    "kind": "action_plan",
    "issuer": "测试市（虚构）",
    "published": "2026-01",
    "start": "2026",
    "end": "2030",
    "base_year": "2025",
}


def entry(kind: EntryKind, at: int, fields: Mapping[str, Field], rule: str = "table", **more: object) -> Entry:
    words = f"原文{at}"
    shown = Shown(at, at + len(words), words, f"L{at}", passage_hash(words), "前", "后")
    one = Entry("", kind, fields, f"条目{at}", shown, rule, str(kind), "0.9")
    one = replace(one, **more)  # type: ignore[arg-type]  # any field of an item
    return replace(one, id=one.proof(SHA))


SECTION = entry(EntryKind.SECTION, 1, {"no": "一", "title": "测试部分"}, "outline", type="clause")
TASK = entry(
    EntryKind.TASK, 2, {"no": "1", "section": "一", "title": "测试任务", "lead": ("甲局",), "cooperating": ("乙局",)}
)
ROW = entry(
    EntryKind.TARGET,
    3,
    {
        "id": "row-01",
        "row": "1",
        "label": "测试率（%）",
        "unit": "%",
        "baseline": "80",
        "written": "≥90",
        "due": "2030",
    },
)
TEXT = entry(
    EntryKind.TARGET,
    4,
    {"id": "1.1", "unit": "所", "written": "10所", "goal": "10", "due": "2030", "item": "1"},
    "statement",
    flags=("no_subject",),
)


def knowing(code: str, unit: str) -> Resolver:
    """A resolver that knows one indicator called 测试率."""
    return Resolver([KnownIndicator(code, unit, ("测试率",))])


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """A draft file with a heading, a task, a row and a statement without a subject."""
    found = DraftFile(HEAD, "plan.txt", SHA, "txt", HEAD["title"], (SECTION, TASK, ROW, TEXT))
    path = tmp_path / "测试市教育规划.yaml"
    path.write_text(to_yaml(found), encoding="utf-8")
    return path


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """An empty pack."""
    (tmp_path / "pack").mkdir()
    return tmp_path / "pack"


def codes(error: pytest.ExceptionInfo[UserError]) -> list[str]:
    return [problem.code for problem in error.value.problems]


def test_a_draft_file_reads_back_as_it_was_written(draft: Path) -> None:
    found = read_draft(draft)
    assert found.head == HEAD
    assert (found.sha256, found.part) == (SHA, HEAD["title"])
    assert sorted(found.entries, key=lambda one: one.shown.start) == [SECTION, TASK, ROW, TEXT]


@pytest.mark.parametrize(
    ("old", "new"), [("≥90", "≥9"), ("start: 3", "start: 2"), ("甲局", "丙局"), ("原文4", "原文5")]
)
def test_a_draft_edited_by_hand_is_refused(draft: Path, old: str, new: str) -> None:
    text = draft.read_text(encoding="utf-8")
    assert old in text
    draft.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(UserError) as error:
        read_draft(draft)
    assert codes(error) == ["DRAFT-CHANGED"]


def test_decisions_are_appended_with_who_when_and_why_and_taken_up_again(draft: Path) -> None:
    session = ReviewSession.open(draft, "审核员")
    assert [one.id for one in session.pending()] == [SECTION.id, TASK.id, ROW.id, TEXT.id]
    session.accept(ROW)
    session.reject(TASK, "重复")
    before = decisions_path(draft).read_bytes()
    again = ReviewSession.open(draft, "另一人")
    assert [one.id for one in again.pending()] == [SECTION.id, TEXT.id]
    again.correct(TEXT, {"label": "测试学校"}, "标题写明")
    log = decisions_path(draft).read_bytes()
    assert log.startswith(before)
    last = json.loads(log.splitlines()[-1])
    assert (last["entry"], last["action"], last["by"], last["why"]) == (TEXT.id, "correct", "另一人", "标题写明")
    assert last["at"].startswith("20")
    assert [one.get("label") for one in again.accepted()] == ["测试率（%）", "测试学校"]


def test_a_later_decision_replaces_an_earlier_one_and_both_stay_in_the_log(draft: Path) -> None:
    session = ReviewSession.open(draft, "甲")
    session.accept(ROW)
    session.reject(ROW, "看错了")
    assert session.accepted() == []
    assert len(decisions_path(draft).read_text(encoding="utf-8").splitlines()) == 2
    assert session.count(Action.REJECT) == 1


def test_what_lacks_a_subject_cannot_be_accepted_unread(draft: Path) -> None:
    session = ReviewSession.open(draft, "甲")
    with pytest.raises(UserError) as error:
        session.accept(TEXT)
    assert [problem.where.field for problem in error.value.problems] == [TEXT.id]
    assert session.accept_rule("statement") == 0
    assert not decisions_path(draft).exists()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"lable": "错字"}, "PACK-FIELD-UNKNOWN"),
        ({"label": "名", "due": "明年"}, "PACK-NUMBER"),
        ({"label": "名", "goal": "约十"}, "TARGET-GOAL"),
        ({"label": "名", "scope": "各地"}, "PACK-CHOICE"),
        ({"unit": "个"}, "PACK-FIELD-MISSING"),
    ],
)
def test_a_correction_that_cannot_be_read_is_refused_and_not_kept(
    draft: Path, fields: dict[str, Field], code: str
) -> None:
    session = ReviewSession.open(draft, "甲")
    with pytest.raises(UserError) as error:
        session.correct(TEXT, fields, "理由")
    assert codes(error) == [code]
    assert not decisions_path(draft).exists()


def test_a_correction_and_a_rejection_need_a_reason(draft: Path) -> None:
    session = ReviewSession.open(draft, "甲")
    with pytest.raises(UserError) as rejected:
        session.reject(ROW, " ")
    with pytest.raises(UserError) as changed:
        session.correct(ROW, {"unit": "%"}, "")
    assert codes(rejected) == codes(changed) == ["PACK-FIELD-MISSING"]


def test_correcting_the_printed_words_drops_the_goal_that_was_read_from_them(draft: Path) -> None:
    session = ReviewSession.open(draft, "甲")
    session.correct(TEXT, {"label": "学校", "written": "≥12"}, "印错")
    assert session.accepted()[0].get("goal") == ""


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"entry": "x"}', '{"entry": 1, "action": "accept", "by": "a", "at": "b"}']
)
def test_a_damaged_log_is_refused_with_its_line(draft: Path, line: str) -> None:
    ReviewSession.open(draft, "甲").accept(ROW)
    with decisions_path(draft).open("a", encoding="utf-8") as file:
        file.write(line)
    with pytest.raises(UserError) as error:
        ReviewSession.open(draft, "甲")
    assert [(problem.code, problem.where.line) for problem in error.value.problems] == [("REVIEW-LOG", 2)]


def test_a_log_without_a_last_line_end_is_continued_on_a_new_line(draft: Path) -> None:
    session = ReviewSession.open(draft, "甲")
    session.accept(ROW)
    log = decisions_path(draft)
    log.write_bytes(log.read_bytes().rstrip(b"\n"))
    session.accept(SECTION)
    assert len(ReviewSession.open(draft, "甲").accepted()) == 2


def test_nothing_unaccepted_is_published(draft: Path, pack: Path) -> None:
    session = ReviewSession.open(draft, "甲")
    assert publication(session, pack, Known()).files == {}
    session.accept(ROW)
    made = publication(session, pack, Known())
    plan = yaml.safe_load(made.files[next(name for name in made.files if name.startswith("plans/"))])
    assert [one["id"] for one in plan["targets"]] == ["row-01"]
    assert "tasks" not in plan
    assert "原文" not in "".join(made.files.values()), "the words of a passage are never in a pack"


def test_what_is_published_is_cited_and_refers_to_what_the_packs_have(draft: Path, pack: Path) -> None:
    session = ReviewSession.open(draft, "甲")
    session.set_head({"code": "plan-2030"})
    for one in (SECTION, TASK, ROW):
        session.accept(one)
    known = Known(knowing("demo.rate", "%"), frozenset({"甲局"}), {SHA: "demo-doc"})
    made = publication(session, pack, known)
    plan = yaml.safe_load(made.files["plans/plan-2030.yaml"])
    assert plan["source"] == {"document": "demo-doc", "part": HEAD["title"]}
    assert plan["targets"][0]["indicator"] == "demo.rate"
    assert plan["targets"][0]["cite"] == {"item": "条目3", "at": "L3", "hash": passage_hash("原文3")}
    assert plan["tasks"][0]["lead"] == ["甲局"]
    assert yaml.safe_load(made.files["departments.yaml"]) == {"departments": [{"name": "乙局"}]}
    assert made.proposed == ()
    assert set(made.files) == {"plans/plan-2030.yaml", "departments.yaml"}


def test_an_unknown_indicator_is_proposed_and_an_indicator_of_another_unit_is_not_taken_for_it(
    draft: Path, pack: Path
) -> None:
    session = ReviewSession.open(draft, "甲")
    session.set_head({"code": "plan-2030"})
    session.accept(ROW)
    made = publication(session, pack, Known(knowing("demo.count", "所")))
    (proposed,) = yaml.safe_load(made.files["indicators.yaml"])["indicators"]
    assert (proposed["code"], proposed["label"], proposed["unit"]) == ("plan-2030.row_01", {"zh": "测试率"}, "%")
    assert proposed["note"].startswith("提议")
    assert made.proposed == ("plan-2030.row_01 测试率",)


def test_a_task_is_not_published_before_its_section(draft: Path, pack: Path) -> None:
    session = ReviewSession.open(draft, "甲")
    session.accept(TASK)
    with pytest.raises(UserError) as error:
        publication(session, pack, Known())
    assert codes(error) == ["ACCEPT-SECTION"]


def test_what_cannot_be_written_is_held_back_and_everything_else_is_written(draft: Path, pack: Path) -> None:
    session = ReviewSession.open(draft, "甲")
    session.set_head({"code": "plan-2030"})
    session.accept(TASK)
    session.accept(ROW)
    assert [(one.id, [why.code for why in found]) for one, found in session.unwritable()] == [
        (TASK.id, ["ACCEPT-SECTION"])
    ]
    made = publication(session, pack, Known())
    assert [problem.code for problem in made.held] == ["ACCEPT-SECTION"]
    written = yaml.safe_load(made.files["plans/plan-2030.yaml"])
    assert len(written["targets"]) == 1
    assert "tasks" not in written
    assert "departments.yaml" not in made.files, "the offices of a task that is held back are nobody's yet"
    session.accept(SECTION)
    assert publication(session, pack, Known()).held == ()


def test_a_decision_is_taken_back_and_both_lines_stay(draft: Path) -> None:
    session = ReviewSession.open(draft, "甲")
    session.accept(ROW)
    session.withdraw(ROW)
    assert ROW.id in [one.id for one in session.pending()]
    again = ReviewSession.open(draft, "乙")
    assert ROW.id in [one.id for one in again.pending()]
    assert [one.action for one in read_decisions(decisions_path(draft))] == [Action.ACCEPT, Action.WITHDRAW]


def test_what_the_document_does_not_state_is_asked_for(draft: Path, pack: Path) -> None:
    bare = replace(read_draft(draft), head={"title": "无日期"})
    session = ReviewSession(bare, decisions_path(draft), "甲")
    with pytest.raises(UserError) as error:
        publication(session, pack, Known())
    assert set(codes(error)) == {"ACCEPT-HEAD"}
    assert {problem.where.field for problem in error.value.problems} >= {"issuer", "published", "start", "end"}


def test_a_second_publication_adds_only_what_is_new(draft: Path, pack: Path) -> None:
    session = ReviewSession.open(draft, "甲")
    session.set_head({"code": "plan-2030"})
    session.accept(ROW)
    put(pack, publication(session, pack, Known()).files)
    proposed = knowing("plan-2030.row_01", "%")
    known = Known(proposed, frozenset({"甲局", "乙局"}), {SHA: f"doc-{SHA[:8]}"})
    assert publication(session, pack, known).files == {}
    first = (pack / "plans/plan-2030.yaml").read_text(encoding="utf-8")
    session.accept(SECTION)
    session.accept(TASK)
    put(pack, publication(session, pack, known).files)
    second = (pack / "plans/plan-2030.yaml").read_text(encoding="utf-8")
    assert second.startswith(first)
    assert len(yaml.safe_load(second)["tasks"]) == 1


def test_an_entry_that_is_there_and_says_otherwise_is_not_overwritten(draft: Path, pack: Path) -> None:
    session = ReviewSession.open(draft, "甲")
    session.set_head({"code": "plan-2030"})
    session.accept(ROW)
    put(pack, publication(session, pack, Known()).files)
    plan = pack / "plans/plan-2030.yaml"
    plan.write_text(plan.read_text(encoding="utf-8").replace("≥90", "≥95"), encoding="utf-8")
    known = Known(knowing("plan-2030.row_01", "%"))
    with pytest.raises(UserError) as error:
        publication(session, pack, known)
    assert codes(error) == ["ACCEPT-EXISTS"]


def test_entries_are_added_to_a_list_without_touching_any_other_character() -> None:
    text = "# head\ntargets:  # rows\n- id: a\n  note: |\n    x\n\n# tasks of the plan\ntasks:\n- {'no': '1'}\n"
    result = with_entries(text, "targets", [{"id": "b"}])
    assert result == text.replace("    x\n", "    x\n- id: b\n")
    assert yaml.safe_load(with_entries(text, "tasks", [{"no": "2"}]))["tasks"] == [{"no": "1"}, {"no": "2"}]
    assert yaml.safe_load(with_entries(text, "parts", [{"no": "2"}]))["parts"] == [{"no": "2"}]


def test_a_list_written_in_another_style_is_refused_and_not_damaged(draft: Path, pack: Path) -> None:
    session = ReviewSession.open(draft, "甲")
    session.set_head({"code": "plan-2030"})
    session.accept(ROW)
    (pack / "indicators.yaml").write_text("indicators: [{code: a}]\n", encoding="utf-8")
    with pytest.raises(UserError) as error:
        publication(session, pack, Known())
    assert codes(error) == ["ACCEPT-FORM"]


def test_corrections_are_read_with_chinese_or_western_marks() -> None:
    assert parse_fields("due=2027；lead=甲局、乙局，丙局; label=a=b") == {
        "due": "2027",
        "lead": ("甲局", "乙局", "丙局"),
        "label": "a=b",
    }
    with pytest.raises(ValueError, match="无名"):
        parse_fields("无名")


def test_every_problem_of_review_says_what_to_do_in_both_languages() -> None:
    for code, told in catalogue().items():
        if code.startswith(("DRAFT-", "REVIEW-", "ACCEPT-")):
            assert {told["message"]["zh"], told["message"]["en"], told["remedy"]["zh"], told["remedy"]["en"]} - {""}


def put(pack: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (pack / name).parent.mkdir(parents=True, exist_ok=True)
        (pack / name).write_text(text, encoding="utf-8")
