"""The report of the real evaluations: figures are those of evaluation.json, sentences right for 0, 1, many."""

import json
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from duibiao.evaluations.figure_book import FigureBook
from duibiao.evaluations.narrative import narrative_folders, read_passages
from duibiao.evaluations.plain import from_json, to_json
from duibiao.evaluations.record import Evaluation
from duibiao.evaluations.report import ReportOrder, write_report
from duibiao.evaluations.template_file import read_letterhead, read_template
from duibiao.evaluations.templates import ReportTemplate
from duibiao.evaluations.words import vocabulary
from duibiao.kernel.problem import Report
from duibiao.kernel.text import Language
from duibiao.views.paper import Paper, blocks_of, runs_of
from duibiao.views.paper_parts import Narrative, PaperHeading, PaperTable, Paragraph, Placeholder
from duibiao.views.paper_text import Field, plain

PACKS = Path(__file__).resolve().parents[3] / "packs"
NUMBER = re.compile(r"-?\d[\d.]*")


def shipped(name: str) -> ReportTemplate:
    """A template of the packs."""
    report = Report()
    found = read_template(PACKS / f"china/reports/{name}.yaml", name, vocabulary(), report)
    report.refuse_errors()
    return found


@pytest.fixture(scope="module")
def template() -> ReportTemplate:
    return shipped("evaluation")


@pytest.fixture(scope="module")
def annual_paper(annual: Evaluation, template: ReportTemplate) -> Paper:
    return write_report(annual, template, ReportOrder()).paper


@pytest.fixture(scope="module")
def closing_paper(closing: Evaluation, template: ReportTemplate) -> Paper:
    return write_report(closing, template, ReportOrder()).paper


def text_of(paper: Paper) -> str:
    """The words of headings and paragraphs, a line each."""
    return "\n".join(plain(one.runs) for one in paper.blocks if isinstance(one, PaperHeading | Paragraph))


def paragraph(paper: Paper, start: str) -> str:
    """The one paragraph that begins so."""
    (found,) = [line for line in text_of(paper).split("\n") if line.startswith(start)]
    return found


def test_the_packs_templates_and_letterhead_are_in_order() -> None:
    for name in ("evaluation", "brief-department", "brief-unit"):
        assert shipped(name).code == name
    report = Report()
    assert read_letterhead(PACKS / "chongqing/reports/office.yaml", "office.yaml", report).office == "重庆市教育委员会"
    assert report.problems == []


@pytest.mark.parametrize("which", ["annual", "closing"])
def test_every_figure_of_the_report_is_the_one_of_the_evaluation(which: str, request: pytest.FixtureRequest) -> None:
    """Read back from evaluation.json, independently of the figure book: amounts by row, counts by word."""
    data: dict[str, Any] = json.loads(to_json(request.getfixturevalue(which)))
    paper: Paper = request.getfixturevalue(f"{which}_paper")
    rows = {one["row"]["id"]: one for one in data["indicators"]}
    values = {value["id"]: value for one in data["indicators"] for value in one["row"]["values"]}
    counts = {one["code"]: one["count"] for one in (*data["statuses"], *data["verdicts"])}
    actions = {one["plan"]: one for one in data["actions"]}
    checked = 0
    for block in blocks_of(paper):
        for run in runs_of(block):
            if not isinstance(run, Field):
                continue
            kind, _, rest = run.id.partition("/")
            if kind == "row":
                wanted = amount_of(rows[rest.rsplit("/", 1)[0]], rest.rsplit("/", 1)[1])
            elif kind in ("status", "verdict"):
                wanted = Decimal(counts.get(rest, 0))
            elif kind == "value":
                wanted = Decimal(values[rest]["amount"])
            elif kind == "action" and rest.count("/") == 1:
                plan, name = rest.split("/")
                known, total = actions[plan]["known"], actions[plan]["total"]
                found = {"rows": total, "known": known, "unknown": total - known}
                if name not in found:
                    continue
                wanted = Decimal(found[name])
            else:
                continue
            shown = NUMBER.search(run.shown.replace("−", "-"))
            assert shown is not None, run
            assert Decimal(shown.group()) == wanted, run
            checked += 1
    assert checked > 60


def amount_of(result: dict[str, Any], name: str) -> Decimal:
    """The amount a figure of a row shows, rounded as our number rules say."""
    row, line = result["row"], result["line"] or {}
    if name in ("p", "s"):
        return round(Decimal(row[name]) * 100, 1)
    if name.startswith("required"):
        found = round(Decimal(row["required_rate"]), 3)
        return abs(found) if name.endswith("size") else found
    if name.endswith("_size"):
        return abs(Decimal(line[name.removesuffix("_size")]))
    return Decimal(line[name] if name in ("gap", "change", "asked", "before") else row[name])


def test_a_report_from_the_file_is_the_report_from_memory(
    annual: Evaluation, annual_paper: Paper, template: ReportTemplate
) -> None:
    again = from_json(to_json(annual), Evaluation)
    assert write_report(again, template, ReportOrder()).paper == annual_paper


def test_the_counts_in_the_text_add_up(annual_paper: Paper, annual: Evaluation) -> None:
    said = paragraph(annual_paper, "100项指标中")
    counted = [int(number) for number in re.findall(r"(?:已达成|正常|关注|滞后|无数据)(\d+)项", said)]
    assert sum(counted) == len(annual.indicators) == 100
    assert "能够依据公开数据判定的14项，占14%" in said


def test_no_sentence_speaks_of_nothing(annual_paper: Paper, closing_paper: Paper) -> None:
    for paper in (annual_paper, closing_paper):
        text = text_of(paper)
        assert re.findall(r"(?<!\d)0项", text) == []
        assert "—，" not in text
        assert "。。" not in text
        assert "；。" not in text
        assert "None" not in text


def test_what_is_behind_is_told_with_gap_tasks_and_departments(annual_paper: Paper) -> None:
    said = paragraph(annual_paper, "2024年为10所")
    assert "与2023年的10所持平" in said
    assert "按序时进度应为10.5所，实际少0.5所" in said
    assert "此后平均每年须增加0.667所" in said
    who = [line for line in text_of(annual_paper).split("\n") if "创新推进高职‘双高计划’建设" in line]
    assert len(who) == 1
    assert "牵头部门：市教委、市财政局" in who[0]
    assert "现有数据不足以说明原因" in who[0]


def test_a_missed_target_is_told_with_what_would_turn_it(closing_paper: Paper) -> None:
    said = paragraph(closing_paper, "2024年为98.47%")
    assert "2025年目标为高于98.5%" in said
    assert "较2020年的98.5%降低0.03个百分点" in said
    assert "2025年值须高于98.5%才转为达成" in said


def test_rows_nobody_answers_name_who_could_supply_them(annual: Evaluation, annual_paper: Paper) -> None:
    tables = {block.id: block for block in blocks_of(annual_paper) if isinstance(block, PaperTable)}
    rows = [row for name in ("unpublished", "undecided") for row in tables[name].rows if hasattr(row, "cells")]
    assert len(rows) == len(annual.quality.unanswered) == 86
    assert all(plain(row.cells[-1].runs) for row in rows if hasattr(row, "cells"))


def test_contradicting_sources_stand_side_by_side(closing_paper: Paper) -> None:
    (table,) = [one for one in closing_paper.blocks if isinstance(one, PaperTable) and one.id == "contradictions"]
    words = [plain(cell.runs) for row in table.rows if hasattr(row, "cells") for cell in row.cells]
    assert any(word.startswith("100.7833万人") for word in words)
    assert any(word.startswith("100.8万人") for word in words)
    assert "与本表结论不一致" in text_of(closing_paper) or "与本评估" in text_of(closing_paper)


def test_an_evaluation_with_nothing_behind_says_so_and_drops_the_heading(
    annual: Evaluation, template: ReportTemplate
) -> None:
    fine = tuple(one for one in annual.indicators if one.row.status.value in ("met", "on_course", "no_data"))
    text = text_of(
        write_report(replace(annual, indicators=fine, contradictions=(), claims=()), template, ReportOrder()).paper
    )
    assert "进展滞后的指标" not in text
    assert "没有滞后、未达成或需要关注的" in text


def test_an_evaluation_without_any_figure_is_written(annual: Evaluation, template: ReportTemplate) -> None:
    unanswered = {one.row for one in annual.quality.unanswered}
    left = tuple(one for one in annual.indicators if one.row.id in unanswered)
    actions = tuple(replace(one, known=0, total=min(one.total, 1)) for one in annual.actions)
    quality = replace(annual.quality, answered=0, total=len(left), periods=())
    paper = write_report(
        replace(annual, indicators=left, actions=actions, quality=quality), template, ReportOrder()
    ).paper
    assert "能够依据公开数据判定的0项" in text_of(paper)
    assert "可以判定的指标" not in [block.caption for block in blocks_of(paper) if isinstance(block, PaperTable)]


def test_english_has_no_chinese_rule_sentences(annual: Evaluation, template: ReportTemplate) -> None:
    paper = write_report(annual, template, ReportOrder(language=Language.EN)).paper
    headings = [block.plain for block in paper.blocks if isinstance(block, PaperHeading) and block.level == 1]
    assert headings[:2] == ["Summary", "Indicators"]
    assert "14 (14%) can be judged by published data" in text_of(paper)
    assert paper.meta.language == "en"


# --- passages of a person ----------------------------------------------------------------------------------------


def test_a_passage_survives_regeneration_and_its_figure_follows_the_evaluation(
    tmp_path: Path, closing: Evaluation, template: ReportTemplate
) -> None:
    folder = tmp_path / "final-five-year-14"
    folder.mkdir()
    words = "作者：李四\n\n高中阶段毛入学率为{row/five-year-14/row-11/value}，\n须**核对**口径。\n\n第二段。\n"
    (folder / "causes.md").write_text(words, encoding="utf-8")
    for _ in range(2):
        report = Report()
        passages = read_passages(narrative_folders(tmp_path, closing), report)
        assert report.problems == []
        paper = write_report(closing, template, ReportOrder(passages=passages)).paper
        (block,) = [one for one in paper.blocks if isinstance(one, Narrative)]
        assert [plain(runs) for runs in block.paragraphs] == ["高中阶段毛入学率为98.47%，须核对口径。", "第二段。"]
        assert block.author == "李四"
        assert "原因分析" in text_of(paper)
    assert (folder / "causes.md").read_text(encoding="utf-8") == words


def test_the_nearest_folder_wins(tmp_path: Path, closing: Evaluation) -> None:
    for name, words in ((closing.id, "近"), ("final-five-year-14", "中"), ("five-year-14", "远")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "advice.md").write_text(f"author: A\n\n{words}。", encoding="utf-8")
    (tmp_path / "five-year-14" / "overview.md").write_text("author: B\n\n远。", encoding="utf-8")
    (tmp_path / "five-year-14" / "causes.md").write_text("\n \n", encoding="utf-8")
    found = read_passages(narrative_folders(tmp_path, closing), Report())
    assert {name: one.paragraphs[0][1] for name, one in found.items()} == {"advice": "近。", "overview": "远。"}


def test_places_nobody_has_written_are_shown_in_a_draft_only(closing: Evaluation, template: ReportTemplate) -> None:
    final = write_report(closing, template, ReportOrder()).paper
    draft = write_report(closing, template, ReportOrder(is_draft=True)).paper
    assert not [one for one in final.blocks if isinstance(one, Placeholder)]
    assert "下一步工作建议" not in text_of(final)
    assert {one.id for one in draft.blocks if isinstance(one, Placeholder)} == {
        f"narrative/{section}" for section in template.sections
    }
    assert "草稿" in draft.head_marks


# --- hard names and sizes ----------------------------------------------------------------------------------------


def test_rare_characters_reach_the_paper(closing: Evaluation, template: ReportTemplate) -> None:
    first = closing.indicators[0]
    name = replace(first.row.indicator_label, zh="䶮𠅤小学<&>数#$")
    rare = replace(first, row=replace(first.row, indicator_label=name, lead=("𬭛部",)))
    paper = write_report(replace(closing, indicators=(rare, *closing.indicators[1:])), template, ReportOrder()).paper
    cells = [plain(run) for block in blocks_of(paper) for run in [tuple(runs_of(block))]]
    assert any("䶮𠅤小学<&>数#$" in words for words in cells)
    assert any("𬭛部" in words for words in cells)


def test_a_row_with_a_thousand_values_changes_nothing(closing: Evaluation, template: ReportTemplate) -> None:
    row = closing.indicators[1].row
    value = row.values[0]
    many = tuple(replace(value, id=f"{number:016x}", period=str(1000 + number)) for number in range(1000))
    first = replace(closing.indicators[1], row=replace(row, values=many))
    changed = replace(closing, indicators=(closing.indicators[0], first, *closing.indicators[2:]))
    assert len(FigureBook(changed).shown) == len(FigureBook(closing).shown)
    assert text_of(write_report(changed, template, ReportOrder()).paper) == text_of(
        write_report(closing, template, ReportOrder()).paper
    )
