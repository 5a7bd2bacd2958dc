"""Accepted figures become observations, accepted rules become rules: cited, once, and never half."""

import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from duibiao.cli.extract import Walk
from duibiao.cli.show import Printer
from duibiao.extract.accept import Known, publication
from duibiao.extract.accept_rules import rule_codes
from duibiao.extract.draft_file import DraftFile, to_yaml
from duibiao.extract.entry import Entry, EntryKind, Field
from duibiao.extract.pack_text import with_rows
from duibiao.extract.resolve import KnownIndicator, Resolver
from duibiao.extract.review import Action, Decision, ReviewSession, decisions_path
from duibiao.kernel.problem import UserError
from duibiao.kernel.text import Language
from duibiao.metrics.observation import COLUMNS
from duibiao.views.drafts import draft_entry_page, draft_page
from tests.unit.extract.test_review import SHA, entry

REPORT = "测试市教育工作报告"
PLAIN: Mapping[str, Field] = {
    "label": "测试率", "value": "90.5", "measure_unit": "%", "bound": ">", "written": "超过90.5%", "period": "2024",
}  # fmt: skip
RESOLVER = Resolver(
    [
        KnownIndicator("demo.rate", "%", ("测试率",)),
        KnownIndicator("demo.new", "所", ("新增学校",), counts_change=True),
        KnownIndicator("demo.schools", "所", ("学校",)),
    ]
)
KNOWN = Known(
    RESOLVER, sources={SHA: "report-2025"}, published={"report-2025": "2025-02-01"}, home_unit="990000",
    hash_of=lambda _: "f" * 16,
)  # fmt: skip


def figure(at: int = 7, **changes: Field) -> Entry:
    return entry(EntryKind.ACHIEVED, at, {**PLAIN, **changes}, "achieved")


def rule(at: int, no: str, title: str) -> Entry:
    fields = {"no": no, "title": title, "written": "不低于60%", "goal": ">=60", "unit": "%", "section": "一 / 条件"}
    flags = ("footnote:3", "footnote_at:L90", "footnote_hash:" + "a" * 16)
    return entry(EntryKind.RULE, at, fields, "rule.floor", flags=flags)


def session(tmp_path: Path, *entries: Entry, head: Mapping[str, str] | None = None) -> ReviewSession:
    """A review in which every entry is accepted."""
    draft = DraftFile(head or {"title": REPORT}, "report.txt", SHA, "txt", REPORT, entries)
    path = tmp_path / "report.yaml"
    path.write_text(to_yaml(draft), encoding="utf-8")
    found = ReviewSession(draft, decisions_path(path), "甲", RESOLVER)
    for one in entries:
        found.accept(one)
    return found


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def refused(tmp_path: Path, one: Entry, known: Known = KNOWN, **head: str) -> list[str]:
    with pytest.raises(UserError) as caught:
        publication(session(tmp_path, one, head=head or None), tmp_path, known)
    return sorted(problem.code for problem in caught.value.problems)


def test_a_figure_becomes_a_row_with_source_day_bound_and_place(tmp_path: Path) -> None:
    made = publication(session(tmp_path, figure()), tmp_path, KNOWN)
    (row,) = rows(made.files["observations.csv"])
    assert tuple(row) == COLUMNS
    assert {name: value for name, value in row.items() if value} == {
        "indicator": "demo.rate", "unit": "990000", "period": "2024", "value": "90.5", "measure_unit": "%",
        "bound": ">", "published": "2025-02-01", "source": "report-2025", "original_label": "测试率",
        "document": "report-2025", "at": "L7", "hash": "f" * 16,
    }  # fmt: skip
    assert set(made.files) == {"observations.csv"}
    assert made.added == {"observations": 1}


def test_a_printed_period_keeps_its_words_and_a_range_is_at_least_its_lower_end(tmp_path: Path) -> None:
    found = publication(session(tmp_path, figure(period="2024年底", upper="92", written="90.5—92%")), tmp_path, KNOWN)
    (row,) = rows(found.files["observations.csv"])
    assert (row["period"], row["as_of"], row["bound"], row["note"]) == ("2024", "2024年底", ">=", "原文为90.5—92%")


def test_a_figure_of_each_school_is_of_doubtful_scope(tmp_path: Path) -> None:
    (row,) = rows(
        publication(session(tmp_path, figure(scope="each_school")), tmp_path, KNOWN).files["observations.csv"]
    )
    assert (row["quality"], row["note"]) == ("scope", "原文说的是每所学校")


NO_VALUES = (
    (figure(period="截至目前"), "ACCEPT-PERIOD"),
    (figure(label="学校", measure_unit="所", operator="+"), "ACCEPT-CHANGE"),
    (figure(operator="x", written="年均增长8.8%"), "ACCEPT-CHANGE"),
)


@pytest.mark.parametrize(("one", "code"), NO_VALUES)
def test_what_could_never_be_written_is_refused_when_it_is_accepted_and_nothing_is_kept(
    tmp_path: Path, one: Entry, code: str
) -> None:
    draft = DraftFile({"title": REPORT}, "report.txt", SHA, "txt", REPORT, (one, figure(9)))
    found = ReviewSession(draft, tmp_path / "log.jsonl", "甲", RESOLVER)
    with pytest.raises(UserError) as caught:
        found.accept(one)
    assert [problem.code for problem in caught.value.problems] == [code]
    assert found.accept_rule("achieved") == 1, "the batch takes the other one"
    assert [entry.id for entry in found.pending()] == [one.id]
    found.correct(one, {"period": "2023", "operator": "=", "value": "91", "written": "91%"}, "核实")
    assert len(rows(publication(found, tmp_path, KNOWN).files["observations.csv"])) == 2


def test_an_old_accepted_change_is_held_back_and_the_other_figures_are_written(tmp_path: Path) -> None:
    growth = figure(operator="x", written="年均增长8.8%")
    draft = DraftFile({"title": REPORT}, "report.txt", SHA, "txt", REPORT, (growth, figure(9)))
    log = tmp_path / "log.jsonl"
    log.write_text(
        Decision(growth.id, Action.ACCEPT, "甲", "2025-01-01T00:00:00+00:00").line() + "\n", encoding="utf-8"
    )
    found = ReviewSession(draft, log, "甲", RESOLVER)
    found.accept(figure(9))
    made = publication(found, tmp_path, KNOWN)
    assert len(rows(made.files["observations.csv"])) == 1
    assert [problem.code for problem in made.held] == ["ACCEPT-CHANGE"]
    ((entry, _, why),) = draft_page("report", found, pending_only=True).held
    assert entry == growth.id
    assert "年均增长8.8%" in why.zh


def test_the_page_and_the_terminal_say_why_before_anybody_decides(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    growth = figure(operator="x", written="年均增长8.8%")
    draft = DraftFile({"title": REPORT}, "report.txt", SHA, "txt", REPORT, (growth, figure(9)))
    found = ReviewSession(draft, tmp_path / "log.jsonl", "甲", RESOLVER)
    (why,) = draft_entry_page("report", found, growth).refused
    assert "年均增长8.8%" in why.zh
    assert "退回该条" in why.zh, "the remedy stands beside it"
    assert draft_entry_page("report", found, figure(9)).refused == ()
    assert draft_page("report", found, pending_only=True).rules == (("achieved", 1),), "the batch would take one"
    walk = Walk(found, Printer(Language.ZH))
    walk.show(growth, 1, 2)
    assert "说的是变化" in capsys.readouterr().out
    assert not walk.decided(growth, "a")
    assert "ACCEPT-CHANGE" in capsys.readouterr().out
    assert walk.decided(figure(9), "a")


@pytest.mark.parametrize(("one", "code"), NO_VALUES)
def test_what_was_accepted_before_it_was_asked_is_refused_when_it_is_written(
    tmp_path: Path, one: Entry, code: str
) -> None:
    draft = DraftFile({"title": REPORT}, "report.txt", SHA, "txt", REPORT, (one,))
    log = tmp_path / "log.jsonl"
    log.write_text(Decision(one.id, Action.ACCEPT, "甲", "2025-01-01T00:00:00+00:00").line() + "\n", encoding="utf-8")
    with pytest.raises(UserError) as caught:
        publication(ReviewSession(draft, log, "甲", RESOLVER), tmp_path, KNOWN)
    assert [problem.code for problem in caught.value.problems] == [code]


def test_what_was_newly_gained_is_a_value_of_an_indicator_that_counts_it(tmp_path: Path) -> None:
    gained = figure(label="新增学校", measure_unit="所", operator="+", counting="increment")
    (row,) = rows(publication(session(tmp_path, gained), tmp_path, KNOWN).files["observations.csv"])
    assert row["indicator"] == "demo.new"


def test_a_figure_nothing_measures_proposes_an_indicator(tmp_path: Path) -> None:
    made = publication(session(tmp_path, figure(label="新事物", measure_unit="项")), tmp_path, KNOWN)
    (proposed,) = yaml.safe_load(made.files["indicators.yaml"])["indicators"]
    assert proposed["label"] == {"zh": "新事物"}
    assert rows(made.files["observations.csv"])[0]["indicator"] == proposed["code"]


def test_an_unregistered_report_is_asked_what_it_is_and_when_it_came_out(tmp_path: Path) -> None:
    unknown = Known(RESOLVER, home_unit="990000")
    assert refused(tmp_path, figure(), unknown) == ["ACCEPT-HEAD"] * 3  # issuer, day, kind of publication
    head = {"title": REPORT, "issuer": "测试市", "published": "2025-02", "source_kind": "press"}
    made = publication(session(tmp_path, figure(), head=head), tmp_path, unknown)
    (source,) = yaml.safe_load(made.files["sources.yaml"])["sources"]
    assert (source["kind"], source["published"], source["sha256"]) == ("press", "2025-02", SHA)
    assert rows(made.files["observations.csv"])[0]["published"] == "2025-02"


def test_rows_are_added_once_and_no_other_character_is_touched(tmp_path: Path) -> None:
    first = publication(session(tmp_path, figure()), tmp_path, KNOWN).files["observations.csv"]
    old = first.replace("\n", "\r\n").removesuffix("\r\n")  # as an office program saves it, without a last line end
    (tmp_path / "observations.csv").write_bytes(old.encode())
    assert publication(session(tmp_path, figure()), tmp_path, KNOWN).files == {}
    more = publication(session(tmp_path, figure(), figure(8, period="2023")), tmp_path, KNOWN).files["observations.csv"]
    assert more.startswith(old + "\r\n")
    assert len(rows(more)) == 2
    assert more.count("\n") == more.count("\r\n")


def test_a_row_that_is_there_and_says_otherwise_is_not_overwritten(tmp_path: Path) -> None:
    first = publication(session(tmp_path, figure()), tmp_path, KNOWN).files["observations.csv"]
    (tmp_path / "observations.csv").write_text(first.replace("90.5", "91"), encoding="utf-8")
    assert refused(tmp_path, figure()) == ["ACCEPT-EXISTS"]


def test_a_table_with_other_columns_is_refused(tmp_path: Path) -> None:
    (tmp_path / "observations.csv").write_text("indicator,value\nx,1\n", encoding="utf-8")
    assert refused(tmp_path, figure()) == ["ACCEPT-FORM"]


def test_the_columns_of_the_file_decide_their_order() -> None:
    assert with_rows("b,a\n1,2\n", ("a", "b"), [{"a": "4", "b": "3"}]) == "b,a\n1,2\n3,4\n"
    assert with_rows("", ("a", "b"), [{"a": "x,y", "b": ""}]) == 'a,b\n"x,y",\n'


def test_a_rule_becomes_an_entry_with_its_goal_and_legal_footnote(tmp_path: Path) -> None:
    found = session(tmp_path, rule(3, "21", "生师比"), rule(5, "21", "双师型占比"))
    found.set_head({"code": "college"})
    made = publication(found, tmp_path, KNOWN)
    one, two = yaml.safe_load(made.files["rules.yaml"])["rules"]
    assert (one["code"], two["code"]) == ("college.21.1", "college.21.2")
    assert (one["scheme"], one["section"], one["goal"], one["unit"]) == (REPORT, "一 / 条件", ">=60", "%")
    assert one["cite"] == {"document": "report-2025", "part": REPORT, "item": "条目3", "at": "L3", "hash": "f" * 16}
    assert one["basis"] == [{"document": "report-2025", "part": REPORT, "item": "脚注3", "at": "L90", "hash": "a" * 16}]
    assert "原文" not in made.files["rules.yaml"], "the words of a passage are never in a pack"


def test_a_rule_keeps_its_code_whichever_is_accepted_first(tmp_path: Path) -> None:
    entries = [rule(3, "21", "生师比"), rule(5, "21", "双师型占比"), rule(9, "22", "兼职占比")]
    assert list(rule_codes("college", entries).values()) == ["college.21.1", "college.21.2", "college.22.1"]
    draft = DraftFile({"title": REPORT}, "report.txt", SHA, "txt", REPORT, tuple(entries))
    found = ReviewSession(draft, tmp_path / "log.jsonl", "甲")
    found.set_head({"code": "college"})
    found.accept(entries[1])
    text = publication(found, tmp_path, KNOWN).files["rules.yaml"]
    assert yaml.safe_load(text)["rules"][0]["code"] == "college.21.2"
    (tmp_path / "rules.yaml").write_text(text, encoding="utf-8")
    assert publication(found, tmp_path, KNOWN).files == {}
    found.accept(entries[0])
    added = publication(found, tmp_path, KNOWN).files["rules.yaml"]
    assert added.startswith(text)


def test_a_batch_takes_no_figure_of_an_indicator_that_is_not_known(tmp_path: Path) -> None:
    known, unknown = figure(), figure(9, label="新事物", measure_unit="项")
    draft = DraftFile({"title": REPORT}, "report.txt", SHA, "txt", REPORT, (known, unknown))
    found = ReviewSession(draft, tmp_path / "log.jsonl", "甲", RESOLVER)
    assert found.accept_rule("achieved") == 1
    assert [one.id for one in found.pending()] == [unknown.id]


def test_a_legal_footnote_is_no_doubt_and_a_recognised_picture_is_one(tmp_path: Path) -> None:
    scanned = replace(rule(9, "22", "兼职占比"), flags=("ocr", "ocr:0.91"))
    draft = DraftFile({"title": REPORT}, "report.txt", SHA, "txt", REPORT, (rule(3, "21", "生师比"), scanned))
    found = ReviewSession(draft, tmp_path / "log.jsonl", "甲")
    assert found.accept_rule("rule.floor") == 1


def test_an_entry_can_be_decided_anew_by_its_id(tmp_path: Path) -> None:
    found = session(tmp_path, figure())
    (again,) = found.named([figure().id])
    assert again.id == figure().id
    with pytest.raises(UserError) as caught:
        found.named(["0000"])
    assert [one.code for one in caught.value.problems] == ["REVIEW-ENTRY"]
    with pytest.raises(UserError) as caught:
        found.correct(again, {"period": "截至目前"}, "改")
    assert [one.code for one in caught.value.problems] == ["PACK-PERIOD"]
