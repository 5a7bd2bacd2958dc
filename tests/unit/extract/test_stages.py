"""A paragraph that opens a stage gives its year to the dashes under it. All words are invented."""

from dataclasses import replace
from pathlib import Path

from duibiao.extract.draft import extract
from duibiao.extract.items import ItemType
from duibiao.extract.outline import Context
from duibiao.extract.tense import Clock
from duibiao.sources.readers import read

TEXT = """虚构省教育现代化规划（2026—2035年）
一、总体要求
到2030年，虚构省教育质量明显提高。
——基础教育更加均衡。虚构小学达标率达到90%。
——职业教育更有特色。虚构中职升学率超过60%。
到2035年，虚构省教育全面实现现代化。
——高等教育更有活力。虚构大学毛入学率达到75%。
二、主要任务
虚构幼儿园覆盖率达到95%。
"""


def test_the_dashes_under_a_stage_are_due_in_its_year(tmp_path: Path) -> None:
    file = tmp_path / "plan.txt"
    file.write_text(TEXT, encoding="utf-8")
    items = [item for item in extract(read(file)).items if item.type is ItemType.STATEMENT]
    assert {item.subject: item.due for item in items} == {
        "虚构小学达标率": 2030,
        "虚构中职升学率": 2030,
        "虚构大学毛入学率": 2035,
        "虚构幼儿园覆盖率": 2035,
    }


def test_a_context_under_a_heading_keeps_everything_but_its_place() -> None:
    around = Context("某规划", "一", "1", 2030, 2025, is_report=True, is_plan=True, stage=2027)
    assert around.under("二", "2") == replace(around, section="二", number="2")


def test_the_year_over_a_list_of_dashes_is_a_stated_one() -> None:
    clock = Clock(Context("某规划", plan_end=2035, base_year=2024, is_plan=True, stage=2028))
    clock.begin("研学基地覆盖率达到80%。")
    sentence = clock.sentence("研学基地覆盖率达到80%", "研学基地覆盖率达到80%", True)
    sentence.clause("研学基地覆盖率达到80%")
    tense = sentence.tense()
    assert (tense.due, tense.is_due_stated) == (2028, True)
