"""One bad template, passage or brief for every code: what is told, in which file and line, and all of it at once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from duibiao.evaluations.narrative import narrative_folders, read_passages
from duibiao.evaluations.record import Evaluation
from duibiao.evaluations.report import ReportOrder, WrittenReport, write_report
from duibiao.evaluations.template_file import read_letterhead, read_template
from duibiao.evaluations.templates import ReportTemplate
from duibiao.evaluations.words import vocabulary
from duibiao.kernel.problem import Problem, Report, UserError, catalogue
from duibiao.kernel.text import Language
from duibiao.reports.briefs import BriefKind, briefs

HEAD = "code: t\nname: 试\ntitle: 试\n"
GOOD = HEAD + "blocks:\n- {heading: 总体, level: 1}\n- say: 共{rows}项\n"


def problems_of(tmp_path: Path, text: str) -> list[Problem]:
    """The problems of a template."""
    file = tmp_path / "t.yaml"
    file.write_text(text, encoding="utf-8")
    report = Report()
    read_template(file, "t.yaml", vocabulary(), report)
    return report.problems


def template_of(tmp_path: Path, text: str) -> ReportTemplate:
    """A template that has no problem."""
    file = tmp_path / "t.yaml"
    file.write_text(text, encoding="utf-8")
    report = Report()
    found = read_template(file, "t.yaml", vocabulary(), report)
    report.refuse_errors()
    return found


BAD = {
    "field": (HEAD + "blocks:\n- say: 共{row_count}项\n", "TEMPLATE-UNKNOWN", 5, "字段", "row_count"),
    "field in a heading": (
        HEAD + "blocks:\n- {heading: '{tital}', level: 1}\n",
        "TEMPLATE-UNKNOWN",
        5,
        "字段",
        "title",
    ),
    "condition": (HEAD + "blocks:\n- say: 好\n  when: any_behined\n", "TEMPLATE-UNKNOWN", 6, "条件", "any_behind"),
    "table": (HEAD + "blocks:\n- table: issue\n  caption: 表\n", "TEMPLATE-UNKNOWN", 5, "表格", "issues"),
    "column": (
        HEAD + "blocks:\n- table: issues\n  caption: 表\n  columns:\n  - name\n  - goals\n",
        "TEMPLATE-UNKNOWN",
        9,
        "表列",
        "goal",
    ),
    "chart": (HEAD + "blocks:\n- chart: pie\n  caption: 图\n", "TEMPLATE-UNKNOWN", 5, "图表", "pie"),
    "loop": (HEAD + "blocks:\n- each: action\n  blocks:\n  - say: 好\n", "TEMPLATE-UNKNOWN", 5, "循环", "actions"),
    "outside of its loop": (HEAD + "blocks:\n- say: '{row.value}'\n", "TEMPLATE-SCOPE", 5, "一项指标", "behind"),
    "condition outside": (
        HEAD + "blocks:\n- {say: 好, when: action.any_known}\n",
        "TEMPLATE-SCOPE",
        5,
        "行动",
        "actions",
    ),
    "table outside": (
        HEAD + "blocks:\n- {table: action_indicators, caption: 表}\n",
        "TEMPLATE-SCOPE",
        5,
        "行动",
        "actions",
    ),
    "brace": (HEAD + "blocks:\n- say: 共{rows!r}项\n", "TEMPLATE-BRACE", 5, "占位写法", "{rows!r}"),
    "attribute": (HEAD + "blocks:\n- say: '{rows.__class__}'\n", "TEMPLATE-BRACE", 5, "占位写法", "rows.__class__"),
    "place": (
        HEAD + "letterhead:\n  office: '{home_unit}'\nblocks:\n- say: 好\n",
        "TEMPLATE-PLACE",
        5,
        "office",
        "home_unit",
    ),
    "level": (
        HEAD + "blocks:\n- {heading: 一, level: 1}\n- {heading: 三, level: 3}\n",
        "TEMPLATE-LEVEL",
        6,
        "3",
        "最多 2",
    ),
    "first level": (HEAD + "blocks:\n- {heading: 二, level: 2}\n", "TEMPLATE-LEVEL", 5, "2", "最多 1"),
    "two kinds": (HEAD + "blocks:\n- {say: 好, table: issues}\n", "TEMPLATE-BLOCK", 5, "say, table", "narrative"),
    "no kind": (HEAD + "blocks:\n- {when: any_row}\n", "TEMPLATE-BLOCK", 5, "when", "narrative"),
    "section twice": (HEAD + "blocks:\n- narrative: a\n- narrative: a\n", "TEMPLATE-SECTION", 6, "a", "一次"),
    "section in a loop": (
        HEAD + "blocks:\n- each: actions\n  blocks:\n  - narrative: a\n",
        "TEMPLATE-SECTION",
        7,
        "a",
        "循环",
    ),
    "empty": (HEAD, "TEMPLATE-EMPTY", 1, "没有内容", "标题"),
    "chart without its table": (
        HEAD + "blocks:\n- {chart: actions_chart, caption: 图}\n",
        "TEMPLATE-NO-TABLE",
        5,
        "actions",
        "表",
    ),
    "refers to no table": (HEAD + "blocks:\n- say: 见{see.issues}\n", "TEMPLATE-NO-TABLE", 5, "issues", "表"),
    "wrong type": (GOOD + "- {heading: 二, level: 首}\n", "PACK-NUMBER", 7, "level", "首"),
    "text for a list": (HEAD + "blocks: 好\n", "PACK-FIELD-KIND", 4, "blocks", "列表"),
    "misspelt": (GOOD + "- {say: 好, whem: any_row}\n", "PACK-FIELD-UNKNOWN", 7, "whem", "when"),
    "about": (HEAD + "about: school\nblocks:\n- say: 好\n", "PACK-CHOICE", 4, "school", "department"),
}


@pytest.mark.parametrize("name", list(BAD))
def test_a_bad_template_says_what_where_and_what_to_do(name: str, tmp_path: Path) -> None:
    text, code, line, *words = BAD[name]
    found = [one for one in problems_of(tmp_path, text) if one.code == code]
    assert found, [one.code for one in problems_of(tmp_path, text)]
    assert (found[0].where.file, found[0].where.line) == ("t.yaml", line)
    told = found[0].in_(Language.ZH)
    assert [word for word in words if word not in told] == [], told
    assert "{zh}" not in told + found[0].in_(Language.EN)


def test_a_good_template_has_no_problem(tmp_path: Path) -> None:
    assert problems_of(tmp_path, GOOD) == []


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    text = (
        HEAD
        + "blocks:\n- {heading: 二, level: 2}\n- say: '{nought} {row.value} {'\n- table: nothing\n  caption: '{no}'\n"
    )
    assert sorted(one.code for one in problems_of(tmp_path, text)) == [
        "TEMPLATE-BRACE", "TEMPLATE-LEVEL", "TEMPLATE-UNKNOWN", "TEMPLATE-UNKNOWN",
    ]  # fmt: skip


def test_the_letterhead_names_a_preset_that_exists(tmp_path: Path) -> None:
    file = tmp_path / "office.yaml"
    file.write_text("office: 市教委\npreset: times\n", encoding="utf-8")
    report = Report()
    read_letterhead(file, "office.yaml", report)
    assert [(one.code, one.where.line) for one in report.problems] == [("PACK-CHOICE", 2)]


# --- passages ----------------------------------------------------------------------------------------------------


WITH_PLACE = GOOD + "- {narrative: causes, hint: 写原因}\n"


def passage(tmp_path: Path, evaluation: Evaluation, text: str, section: str = "causes") -> Path:
    """A passage in the folder of an evaluation's plan; answers the root of all passages."""
    folder = narrative_folders(tmp_path / "narrative", evaluation)[-1]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{section}.md").write_text(text, encoding="utf-8")
    return tmp_path / "narrative"


def written(
    tmp_path: Path, evaluation: Evaluation, root: Path, *, is_draft: bool = False
) -> Callable[[], WrittenReport]:
    """The writing of a report with the passages of a folder."""

    def write() -> WrittenReport:
        report = Report()
        passages = read_passages(narrative_folders(root, evaluation), report)
        report.refuse_errors()
        template = template_of(tmp_path, WITH_PLACE)
        return write_report(evaluation, template, ReportOrder(passages=passages, is_draft=is_draft))

    return write


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("没有作者的一段。", "NARRATIVE-AUTHOR", 1),
        ("作者：张三\n\n# 标题\n\n正文。", "NARRATIVE-HEADING", 3),
        ("作者：张三\n\n正文{row/five-year-14/row-11/valu}。", "NARRATIVE-FIGURE", 3),
        ("作者：张三\n\n正文{。", "TEMPLATE-BRACE", 3),
    ],
)
def test_a_bad_passage_is_told_with_file_and_line(
    text: str, code: str, line: int, tmp_path: Path, closing: Evaluation
) -> None:
    root = passage(tmp_path, closing, text)
    with pytest.raises(UserError) as caught:
        written(tmp_path, closing, root)()
    assert [(one.code, one.where.line) for one in caught.value.problems] == [(code, line)]
    assert caught.value.problems[0].where.file == "five-year-14/causes.md"


def test_a_figure_that_is_none_names_the_nearest(tmp_path: Path, closing: Evaluation) -> None:
    root = passage(tmp_path, closing, "作者：张三\n\n正文{row/five-year-14/row-11/valu}。")
    with pytest.raises(UserError) as caught:
        written(tmp_path, closing, root)()
    assert "row/five-year-14/row-11/value" in caught.value.problems[0].remedy.zh


def test_a_passage_without_a_place_is_told_and_never_dropped(tmp_path: Path, closing: Evaluation) -> None:
    root = passage(tmp_path, closing, "作者：张三\n\n旧段落。", section="removed")
    with pytest.raises(UserError) as caught:
        written(tmp_path, closing, root)()
    assert [one.code for one in caught.value.problems] == ["NARRATIVE-SECTION"]
    draft = written(tmp_path, closing, root, is_draft=True)()
    assert [one.code for one in draft.notices] == ["NARRATIVE-LEFT-OVER"]
    assert "旧段落。" in str(draft.paper.blocks[-1])


# --- briefs ------------------------------------------------------------------------------------------------------


def test_an_evaluation_without_districts_has_none_to_brief(tmp_path: Path, closing: Evaluation) -> None:
    template = template_of(tmp_path, HEAD + "about: unit\nblocks:\n- say: '{unit.name}'\n")
    with pytest.raises(UserError) as caught:
        list(briefs(closing, template, ReportOrder(), BriefKind.UNITS))
    assert [one.code for one in caught.value.problems] == ["BRIEF-NONE"]


def test_a_brief_too_long_for_a_page_even_without_its_tables_is_refused(tmp_path: Path, closing: Evaluation) -> None:
    words = "这一句很长。" * 400
    template = template_of(tmp_path, HEAD + f"about: department\nblocks:\n- say: {words}\n")
    with pytest.raises(UserError) as caught:
        list(briefs(closing, template, ReportOrder(), BriefKind.DEPARTMENTS))
    assert [one.code for one in caught.value.problems] == ["BRIEF-SPACE"]


def test_every_code_of_templates_passages_and_briefs_has_its_bad_input_here() -> None:
    text = Path(__file__).read_text(encoding="utf-8") + "TEMPLATE-NONE"  # a name of no template: tests/unit/cli
    codes = [code for code in catalogue() if code.startswith(("TEMPLATE-", "NARRATIVE-", "BRIEF-"))]
    assert codes
    assert [code for code in codes if code not in text] == []
