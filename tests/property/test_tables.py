"""A generated indicator table, laid out as documents lay tables out, is read back field by field."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from duibiao.extract.items import DraftItem, Operator
from duibiao.extract.outline import Context
from duibiao.extract.tables import indicator_rows
from duibiao.plan.model import Counting, Obligation
from duibiao.sources.blocks import Block, BlockKind, Original
from duibiao.sources.mapped import MappedText

WORDS = "校园课程师资学习建筑图书实验毕业教研规模素质"
UNITS = ("%", "个", "所", "万人", "人次", "门", "小时", "平方米/生", "Mbps", "元/人")
SIGNS = {
    "": Operator.EQUAL,
    "≥": Operator.AT_LEAST,
    "≤": Operator.AT_MOST,
    ">": Operator.MORE_THAN,
    "<": Operator.LESS_THAN,
}
OBLIGATIONS = {"约束性": Obligation.BINDING, "预期性": Obligation.EXPECTED}
WIDTH = 16
"""Characters of a line of the label column."""


@dataclass(frozen=True)
class Told:
    """A row as it is written."""

    name: str
    unit: str
    base: str
    goals: tuple[str, ...]
    obligation: str
    among: bool = False


@dataclass(frozen=True)
class Table:
    """A table as it is written: groups of rows (one without a name where it has none)."""

    groups: tuple[tuple[str, tuple[Told, ...]], ...]
    years: tuple[int, ...]
    has_numbers: bool
    has_obligation: bool
    has_unit_column: bool

    @property
    def has_groups(self) -> bool:
        return bool(self.groups[0][0])

    def label(self, row: Told) -> str:
        return row.name if self.has_unit_column or row.among else f"{row.name}（{row.unit}）"

    def head(self) -> list[str]:
        head = ["序号"] * self.has_numbers + ["类型"] * self.has_groups + ["主要指标"] + ["单位"] * self.has_unit_column
        return [*head, *(f"{year}年" for year in self.years), *(["属性"] * self.has_obligation)]

    def tail(self, row: Told) -> list[str]:
        unit = [row.unit] if self.has_unit_column else []
        return [*unit, row.base, *row.goals, *([row.obligation] if self.has_obligation else [])]


def names(least: int, most: int) -> st.SearchStrategy[str]:
    return st.text(alphabet=WORDS, min_size=least, max_size=most)


@st.composite
def amounts(draw: st.DrawFn) -> str:
    number = draw(st.integers(0, 99999))
    return str(number) if draw(st.booleans()) else f"{number}.{draw(st.integers(1, 99))}"


@st.composite
def goals(draw: st.DrawFn) -> str:
    kind = draw(st.sampled_from(["sign", "range", "mark", "ratio"]))
    low = draw(st.integers(1, 900))
    if kind == "range":
        return f"{low}—{low + draw(st.integers(1, 90))}"
    if kind == "mark":
        return f"〔{low}〕"
    if kind == "ratio":
        return f"{low}∶1"
    return draw(st.sampled_from(list(SIGNS))) + draw(amounts())


@st.composite
def tables(draw: st.DrawFn, wrapped: bool = True) -> Table:
    years = tuple(sorted(draw(st.sets(st.integers(2024, 2040), min_size=1, max_size=3))))
    grouped = draw(st.booleans())

    def row() -> Told:
        name = draw(names(WIDTH + 2, 2 * WIDTH - 6) if wrapped and draw(st.booleans()) else names(4, 11))
        base = draw(amounts() | st.just("—"))
        told = tuple(draw(goals()) for _ in years)
        return Told(name, draw(st.sampled_from(UNITS)), base, told, draw(st.sampled_from(list(OBLIGATIONS))))

    labels = draw(st.lists(names(4, 8), min_size=1, max_size=4, unique=True)) if grouped else [""]
    groups = tuple((label, tuple(row() for _ in range(draw(st.integers(1, 4))))) for label in labels)
    number, obligation, unit = draw(st.booleans()), draw(st.booleans()), draw(st.booleans())
    return Table(groups, (2023, *years), number and not grouped, obligation, unit)


class Page:
    """A text that is written line by line and remembers its blocks."""

    def __init__(self) -> None:
        self.text = ""
        self.blocks: list[tuple[int, int, tuple[tuple[int, int], ...]]] = []

    def line(self, words: str) -> None:
        self.blocks.append((len(self.text), len(self.text) + len(words), ()))
        self.text += words + "\n\n"

    def row(self, cells: Sequence[str]) -> None:
        spans, start = [], len(self.text)
        for cell in cells:
            spans.append((len(self.text), len(self.text) + len(cell)))
            self.text += cell + "\t"
        self.blocks.append((start, len(self.text), tuple(spans)))
        self.text += "\n"

    def items(self, context: Context) -> list[DraftItem]:
        original = Original("0" * 64, "txt", self.text)
        blocks = [
            Block(
                BlockKind.TABLE_ROW if spans else BlockKind.LINE,
                MappedText.of(self.text, start, end),
                cells=tuple(MappedText.of(self.text, *span) for span in spans),
                table=1,
            )
            for start, end, spans in self.blocks
        ]
        found = indicator_rows(blocks, original, context)
        for item in found:
            assert self.text[item.passage.start : item.passage.end] == item.passage.text
        return found


def lines(table: Table, split_values: bool = False) -> Page:
    """Without rules: labels wrapped, group labels split over lines, cells parted by spaces."""
    page = Page()
    page.line("某某行动主要指标")
    page.line(" ".join(table.head()))
    number = 0
    for group, rows in table.groups:
        for start in range(0, len(group), 4):
            page.line(group[start : start + 4])
        for row in rows:
            number += 1
            label = table.label(row)
            pieces = [label[start : start + WIDTH] for start in range(0, len(label), WIDTH)]
            if table.has_numbers:
                pieces[0] = f"{number} {pieces[0]}"
            for piece in pieces[:-1]:
                page.line(piece)
            if split_values or len(pieces) > 1:
                page.line(pieces[-1])
                page.line(" ".join(table.tail(row)))
            else:
                page.line(" ".join([pieces[-1], *table.tail(row)]))
    return page


def cells(table: Table, repeat_groups: bool) -> Page:
    """With rules: every cell known, merged group cells repeated or empty."""
    page = Page()
    page.row(table.head())
    number = 0
    for group, rows in table.groups:
        for at, row in enumerate(rows):
            number += 1
            first = [str(number)] if table.has_numbers else []
            if table.has_groups:
                first.append(group if repeat_groups or at == 0 else "")
            page.row([*first, table.label(row), *table.tail(row)])
    return page


def check(table: Table, items: Sequence[DraftItem]) -> None:
    expected = [
        (group, row, year, goal)
        for group, rows in table.groups
        for row in rows
        for year, goal in zip(table.years[1:], row.goals, strict=True)
    ]
    assert [(item.group, item.subject, item.due, item.written) for item in items] == [
        (group, table.label(row), year, goal) for group, row, year, goal in expected
    ]
    for item, (_, row, _, goal) in zip(items, expected, strict=True):
        assert item.unit == ("∶1" if goal.endswith("∶1") else row.unit)
        assert (item.baseline_year, item.baseline_written) == (2023, row.base)
        assert item.baseline == (None if row.base == "—" else Decimal(row.base))
        assert item.obligation == (OBLIGATIONS[row.obligation] if table.has_obligation else Obligation.UNSTATED)
        check_goal(item, goal)


def check_goal(item: DraftItem, goal: str) -> None:
    if "—" in goal:
        low, high = goal.split("—")
        assert (item.operator, item.value, item.upper) == (Operator.RANGE, Decimal(low), Decimal(high))
        return
    sign = goal[0] if goal[0] in "≥≤><" else ""
    number = goal.lstrip("≥≤><〔").rstrip("〕").removesuffix("∶1")
    assert (item.operator, item.value, item.upper) == (SIGNS[sign], Decimal(number), None)
    assert item.counting == (Counting.CUMULATIVE if goal.startswith("〔") else Counting.LEVEL)


@settings(deadline=None)
@given(tables(), st.sampled_from([None, 2023]))
def test_a_table_without_rules_is_read_back(table: Table, base: int | None) -> None:
    check(table, lines(table).items(Context("某规划", base_year=base)))


@settings(deadline=None)
@given(tables(wrapped=False))
def test_a_table_with_the_values_on_their_own_line_is_read_back(table: Table) -> None:
    check(table, lines(table, split_values=True).items(Context("某规划")))


@settings(deadline=None)
@given(tables(), st.booleans())
def test_a_table_with_rules_is_read_back(table: Table, repeat_groups: bool) -> None:
    check(table, cells(table, repeat_groups).items(Context("某规划")))


@settings(deadline=None)
@given(tables(), st.booleans())
def test_a_table_whose_cells_are_parted_by_tabs_is_read_back(table: Table, repeat_groups: bool) -> None:
    page = cells(table, repeat_groups)
    page.blocks = [(start, end - 1, ()) for start, end, _ in page.blocks]
    check(table, page.items(Context("某规划")))


@settings(deadline=None)
@given(tables(wrapped=False), st.data())
def test_sub_rows_after_among_stand_under_the_row_before_them(table: Table, data: st.DataObject) -> None:
    """其中 opens a list whose rows state no unit and divide the row above them."""
    name = data.draw(names(4, 8))
    page = cells(table, repeat_groups=False)
    first = [""] * (table.has_numbers + table.has_groups)
    unit = [""] * table.has_unit_column
    obligation = ["预期性"] * table.has_obligation
    _, rows = table.groups[-1]
    for label in (f"其中：{name}", f"{name}二"):
        page.row([*first, label, *unit, "1", *("2" for _ in table.years[1:]), *obligation])
    items = page.items(Context("某规划"))[-2 * len(table.years[1:]) :]
    assert {item.parent for item in items} == {table.label(rows[-1])}
    assert {item.unit for item in items} == {rows[-1].unit}


@settings(deadline=None)
@given(st.lists(st.text(alphabet="指标年度2027 —（%）个\t|≥1", max_size=60), max_size=30))
def test_whatever_the_lines_hold_reading_ends_and_every_passage_is_there(words: list[str]) -> None:
    page = Page()
    for line in words:
        page.line(line)
    page.items(Context("某规划", base_year=2023, plan_end=2027))
