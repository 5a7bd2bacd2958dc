"""Sentences an official could have written, and what is read in them; every passage leads back to the original."""

import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from duibiao.extract.items import DraftItem, ItemType
from duibiao.extract.outline import Context
from duibiao.extract.statements import CONFIDENCE, statements
from duibiao.sources.blocks import Original
from duibiao.sources.citation import passage_hash
from duibiao.sources.mapped import MappedText

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[2] / "cases" / "statements.yaml").read_text(encoding="utf-8")
)


def read(text: str, context: Context | None = None) -> list[DraftItem]:
    """Read a paragraph of a plan that ends in 2030."""
    around = context or Context("plan", plan_end=2030, base_year=2025)
    return statements(MappedText.of(text), Original("0" * 64, "txt", text), around)


def shown(item: DraftItem, key: str) -> object:
    """A field as the cases write it."""
    value = getattr(item, key)
    if isinstance(value, tuple):
        return list(value)
    return float(value) if isinstance(value, Decimal) else str(value) if hasattr(value, "value") else value


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_sentence_is_read_as_an_official_reads_it(case: dict[str, Any]) -> None:
    context = Context(
        "plan",
        section=case.get("section", ""),
        plan_end=case.get("plan_end", 2030),
        base_year=case.get("base_year", 2025),
        is_report=case.get("report", False),
    )
    items = read(case["given"], context)
    assert len(items) == len(case["expect"]), [(item.subject, item.value) for item in items]
    for item, wanted in zip(items, case["expect"], strict=True):
        found = {key: shown(item, key) for key in wanted}
        assert found == {key: float(value) if key in ("value", "upper") else value for key, value in wanted.items()}


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_every_passage_is_the_text_at_its_place(case: dict[str, Any]) -> None:
    text = case["given"]
    for item in read(text):
        assert item.passage.text == text[item.passage.start : item.passage.end]
        assert item.passage.locator == Original("0" * 64, "txt", text).locator(item.passage.start, item.passage.end)
        assert item.passage.hash == passage_hash(item.passage.text)
        assert item.written
        assert item.confidence == CONFIDENCE[item.rule]


def test_a_passage_over_a_repaired_line_break_leads_to_both_lines() -> None:
    text = "遴选示范性实验\n（页眉）\n学校35所。"
    words = MappedText.joined([MappedText.of(text, 0, 7), MappedText.of(text, 13)])
    (item,) = statements(words, Original("0" * 64, "txt", text), Context("plan", plan_end=2030))
    assert (item.subject, item.value) == ("示范性实验学校", Decimal(35))
    assert text[item.passage.start : item.passage.end] == "遴选示范性实验\n（页眉）\n学校35所"
    assert item.passage.hash == passage_hash("遴选示范性实验学校35所"), "what the page layout repeats is no part of it"


def test_the_place_of_an_item_is_carried_from_its_surroundings() -> None:
    context = Context("某规划", section="三、主要任务 / （二）", number="8", plan_end=2030)
    (item,) = read("建设实训基地12个。", context)
    assert (item.document, item.section, item.number) == ("某规划", "三、主要任务 / （二）", "8")
    assert item.type is ItemType.STATEMENT


def test_force_is_carried_to_the_end_of_the_sentence_and_no_further() -> None:
    items = read("力争新增学位点2个，建成研究院5个；获得国家奖励3项以上。建设实训基地12个。")
    assert [item.is_soft for item in items] == [True, True, True, False]


@pytest.mark.parametrize(
    "text",
    [
        "（" * 20_000 + "1个",
        "建设" * 20_000 + "1个",
        "1个" * 20_000,
        "“建设1所、" * 10_000,
        "到2027年，" * 10_000 + "1%",
    ],
)
def test_absurd_text_is_read_in_bounded_time(text: str) -> None:
    started = time.process_time()  # other work on the machine is not counted
    read(text)
    assert time.process_time() - started < 5


@pytest.mark.parametrize("number", ["百十一", "十十二"])
def test_a_numeral_that_is_not_written_well_is_not_read_and_stops_nothing(number: str) -> None:
    found = read(f"到2030年，建设{number}所学校，培训教师300人次。")
    assert [item.value for item in found] == [Decimal(300)]
