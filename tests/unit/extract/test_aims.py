"""Positions, actions, projects and milestones of invented strategies."""

from pathlib import Path

from duibiao.extract.aims import Aim, aims
from duibiao.extract.draft import extract
from duibiao.extract.draft_file import draft_files
from duibiao.extract.entry import EntryKind
from duibiao.sources.readers import read

STRATEGY = """虚构省建设学习强省规划（2031—2040年）
一、总体要求
（一）总体思路。锚定山区教育样板、数字教育高地和终身学习之乡三个发展定位，实施铸魂、强基、赋能、联通四项行动。
（二）主要目标。到2033年，学习强省建设取得明显进展。毛入学率达到72%。到2040年，全面建成学习强省。到2036年，毛入学率达到80%。
二、重大工程
（一）乡村名校长培育工程。培育乡村名校长90名。
（二）课堂革新计划。建设样板课堂300个。
（三）加强组织领导。
三、主要任务
（一）办好学前教育。新建公办园60所。
"""


def found(tmp_path: Path, text: str) -> list[Aim]:
    file = tmp_path / "plan.txt"
    file.write_text(text, encoding="utf-8")
    draft = extract(read(file))
    for aim in aims(draft.parts[0]):
        assert draft.original.text[aim.start : aim.end].strip("“”") == aim.title
    return aims(draft.parts[0])


def test_a_counted_list_names_positions_and_actions(tmp_path: Path) -> None:
    named = [(one.kind, one.number, one.title) for one in found(tmp_path, STRATEGY)]
    assert named[:7] == [
        (EntryKind.POSITION, "1", "山区教育样板"),
        (EntryKind.POSITION, "2", "数字教育高地"),
        (EntryKind.POSITION, "3", "终身学习之乡"),
        (EntryKind.ACTION, "1", "铸魂"),
        (EntryKind.ACTION, "2", "强基"),
        (EntryKind.ACTION, "3", "赋能"),
        (EntryKind.ACTION, "4", "联通"),
    ]


def test_every_milestone_has_its_year_and_a_figure_is_none(tmp_path: Path) -> None:
    stages = [(one.year, one.title) for one in found(tmp_path, STRATEGY) if one.kind is EntryKind.MILESTONE]
    assert stages == [("2033", "学习强省建设取得明显进展"), ("2040", "全面建成学习强省")]


def test_what_stands_under_a_heading_of_projects_is_a_project(tmp_path: Path) -> None:
    projects = [one.title for one in found(tmp_path, STRATEGY) if one.kind is EntryKind.PROJECT]
    assert projects == ["乡村名校长培育工程", "课堂革新计划"]


def test_a_list_that_counts_otherwise_is_not_read(tmp_path: Path) -> None:
    text = STRATEGY.replace("三个发展定位", "五个发展定位")
    assert [one for one in found(tmp_path, text) if one.kind is EntryKind.POSITION] == []


def test_headings_under_positions_are_positions(tmp_path: Path) -> None:
    text = "虚构市教育规划（2031—2035年）\n一、发展定位\n（一）湖区教育枢纽。\n（二）职教共享基地。\n二、任务\n"
    assert [(one.kind, one.title) for one in found(tmp_path, text)] == [
        (EntryKind.POSITION, "湖区教育枢纽"),
        (EntryKind.POSITION, "职教共享基地"),
    ]


def test_a_draft_holds_each_heading_once(tmp_path: Path) -> None:
    file = tmp_path / "plan.txt"
    file.write_text(STRATEGY, encoding="utf-8")
    (draft,) = draft_files(extract(read(file)), "plan.txt")
    clauses = [one for one in draft.entries if one.type == "clause"]
    places = [(one.shown.start, one.shown.end) for one in clauses]
    assert len(places) == len(set(places))
    (stage, *_) = draft.of(EntryKind.MILESTONE)
    assert (stage.get("no"), stage.get("year"), stage.item) == ("2033", "2033", "2033年目标")
