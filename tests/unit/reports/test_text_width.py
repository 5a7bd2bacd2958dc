"""Widths of words and of the columns of a table."""

import pytest

from duibiao.reports.text_width import column_widths, least_width, text_width
from duibiao.views.paper_parts import GroupRow, PaperColumn, PaperTable, TableCell, TableRow


def table(shares: tuple[int, ...], *rows: tuple[str, ...], unit: str = "") -> PaperTable:
    columns = tuple(PaperColumn("列", share, unit=unit) for share in shares)
    made = tuple(TableRow(tuple(TableCell((word,)) for word in row)) for row in rows)
    return PaperTable("t", "表", columns, (GroupRow(("很长很长很长很长的分组行",)), *made))


def test_western_words_are_half_as_wide_and_have_space_around_them() -> None:
    assert text_width("2026年") == 4 * 0.5 + 1 + 0.25
    assert text_width("字" * 28) == 28


def test_numbers_and_short_words_are_not_broken_and_long_ones_may_be() -> None:
    assert least_width("1,234,567.8") == pytest.approx(11 * 0.5 + 0.9)
    assert least_width("已达成") == pytest.approx(3.9)
    assert least_width("适龄残疾儿童少年义务教育入学率") == pytest.approx(2.9)


def test_shares_stand_where_they_break_nothing() -> None:
    assert column_widths(table((3, 1), ("适龄残疾儿童入学率", "93%")), 40, {}) == [30, 10]


def test_a_column_too_narrow_for_its_numbers_gets_room_from_the_others() -> None:
    widths = column_widths(table((18, 1, 1), ("适龄残疾儿童入学率", "123456.78", "已达成")), 40, {})
    assert sum(widths) == pytest.approx(40)
    assert widths[1:] == pytest.approx([5.4, 3.9])


def test_a_unit_stays_on_one_line() -> None:
    (_, narrow) = column_widths(table((20, 1), ("甲", "1"), unit="2023年"), 40, {})
    assert narrow == pytest.approx(text_width("（2023年）") + 0.9)


def test_shares_stand_where_there_is_no_room_for_all() -> None:
    assert column_widths(table((1, 1), ("1" * 50, "2" * 50)), 40, {}) == [20, 20]
