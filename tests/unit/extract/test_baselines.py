"""Where a target in running text sets out: a value, a year, or both; another unit is no baseline."""

from decimal import Decimal

import pytest

from duibiao.extract.items import DraftItem
from duibiao.extract.outline import Context
from duibiao.extract.statements import statements
from duibiao.sources.blocks import Original
from duibiao.sources.mapped import MappedText

PLAN = Context("plan", plan_end=2030, base_year=2025, is_plan=True)


def read(text: str) -> list[DraftItem]:
    """Read one paragraph of a plan for 2026 to 2030."""
    return statements(MappedText.of(text), Original("0" * 64, "txt", text), PLAN)


@pytest.mark.parametrize(
    ("sentence", "year", "value"),
    [
        ("高中教师研究生学历比例由12.3%提高到20%。", None, "12.3"),
        ("高中阶段毛入学率从2025年的88%提高到2030年的93%。", 2025, "88"),
        ("劳动年龄人口平均受教育年限由１０.８年提高到11.5年。", None, "10.8"),
        ("大班额比例由不足5%降至1%以内。", None, "5"),
        ("高职在校生由80万人增加到100万人。", None, "80"),
        ("省一级幼儿园由80所增至120所。", None, "80"),
        ("义务教育巩固率比2025年提高1.5个百分点。", 2025, None),
        ("义务教育巩固率达到98%，比2025年提高1.5个百分点。", None, None),
        ("集团化办学由5个区扩大到80%的学校。", None, None),
        ("民办学校在校生占比2028年底前控制在5%以下。", None, None),
    ],
)
def test_the_baseline_is_what_the_sentence_says_and_no_more(sentence: str, year: int | None, value: str | None) -> None:
    items = read(sentence)
    first = items[0] if items else None
    found = (first.baseline_year, first.baseline) if first else (None, None)
    assert found == (year, None if value is None else Decimal(value))
