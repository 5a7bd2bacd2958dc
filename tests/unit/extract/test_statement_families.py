"""Families of wording: subjects, operators, forms of a value, years and lists; and sentences that promise nothing."""

from pathlib import Path

import pytest
import yaml

from duibiao.extract.items import DraftItem, ItemType
from duibiao.extract.outline import Context
from duibiao.extract.statements import statements
from duibiao.sources.blocks import Original
from duibiao.sources.mapped import MappedText

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "statement_families.yaml").read_text(encoding="utf-8"))
PLAN = Context("plan", plan_end=2030, base_year=2025, is_plan=True)


def read(text: str) -> list[DraftItem]:
    """Read one paragraph of a plan for 2026 to 2030."""
    found = statements(MappedText.of(text), Original("0" * 64, "txt", text), PLAN)
    return [one for one in found if one.type is ItemType.STATEMENT]


def written(item: DraftItem, with_year: bool) -> str:
    """An item as the cases write it."""
    assert item.operator is not None
    value = f"{item.value}..{item.upper}" if item.upper is not None else str(item.value)
    parts = [item.subject, item.operator.value, value, item.unit]
    return "|".join([*parts, str(item.due)] if with_year else parts)


@pytest.mark.parametrize("family", CASES["families"])
def test_every_sentence_of_a_family_is_read_whole_and_nothing_else(family: str) -> None:
    for case in CASES["families"][family]:
        wanted = case.get("读", [])
        items = read(case["句"])
        found = [written(item, one.count("|") == 4) for item, one in zip(items, wanted, strict=False)]
        assert found == wanted, case["句"]
        assert len(items) == len(wanted), (case["句"], [item.subject for item in items])


@pytest.mark.parametrize("sentence", CASES["no_targets"])
def test_what_stands_or_orders_or_describes_is_no_target(sentence: str) -> None:
    assert read(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "flag"),
    [
        ("在校生1000人以上的，配备校医不少于2名。", "conditional"),
        ("学校应逐步将生均图书达到30册。", "unsure_subject"),
        ("到2028年，新增学位2000个。", ""),
    ],
)
def test_what_a_person_should_look_at_is_flagged(sentence: str, flag: str) -> None:
    items = read(sentence)
    assert items
    assert all((flag in one.flags) if flag else not one.flags for one in items), [one.flags for one in items]
