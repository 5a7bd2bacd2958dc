"""Indicator tables, with and without rules, read into rows: label, unit, base value, target of every year."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from duibiao.extract.columns import Role, TableColumn
from duibiao.extract.items import DraftItem, ItemType, Operator
from duibiao.extract.labels import counting_of, unit_of
from duibiao.extract.outline import Context
from duibiao.extract.place import joined_lines, passage, with_gaps
from duibiao.extract.ratios import directed
from duibiao.extract.table_cells import rows_of_cells
from duibiao.extract.table_lines import rows_of_lines
from duibiao.extract.table_rows import Row, with_families
from duibiao.extract.written import Written, read_value
from duibiao.plan.model import Counting, Obligation
from duibiao.sources.blocks import Block, BlockKind, Original
from duibiao.sources.mapped import MappedText

CELLS, LINES = "table.cells", "table.lines"
CONFIDENCE = {CELLS: Decimal("0.99"), LINES: Decimal("0.98")}
"""Share of rows right in every field on the gold readings, less one row for what they do not show."""

_CAPTION_UNIT = "单位："
_OWN_YEAR = re.compile(r"[（(]((?:19|20)\d\d)年?[)）]$")


def indicator_rows(blocks: Sequence[Block], original: Original, context: Context) -> list[DraftItem]:
    """Every row of one indicator table, one item for each year it sets a target for."""
    parted = [with_gaps(block.words, original) for block in blocks]
    lines = [
        block if words is block.words else replace(block, words=words)
        for block, words in zip(blocks, parted, strict=True)
    ]
    celled = [block for block in lines if _has_cells(block)]
    if len(celled) * 2 > len(lines) or any(block.kind is BlockKind.TABLE_ROW for block in lines):
        rows, rule = rows_of_cells(celled, context, original), CELLS
        numbered = any(row.number for row in rows)
    else:
        rows, numbered = rows_of_lines([block.words for block in lines], context)
        rule = LINES
        if original.format == "pdf":  # its words may have been put in lines across the cells
            for row in rows:
                row.flags.append("unruled")
    if rows and not any(row.of(Role.TARGET) or row.of(Role.GROWTH) for row in rows):
        return []  # a table of years that are over tells how things stood
    unit = _caption_unit(lines)
    items: list[DraftItem] = []
    for at, row in enumerate(with_families(rows, numbered), 1):
        row.number = row.number or str(at)
        items += _Meaning(row, original, context, rule, unit).items()
    return items


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What one row says."""

    row: Row
    original: Original
    context: Context
    rule: str
    default_unit: str

    def items(self) -> list[DraftItem]:
        """One item for every target the row sets; a row that sets none is still shown, flagged."""
        goals = [(column, cell) for column, cell in self.row.of(Role.TARGET)]
        stated = [one for one in goals if not _is_missing(one[1])]
        if not stated:
            growth = [one for one in self.row.of(Role.GROWTH) if not _is_missing(one[1])]
            stated = growth or goals[-1:]
        basis = self._basis()
        return [self._item(basis, column, cell) for column, cell in stated] or [replace(basis, flags=self._flags())]

    def _basis(self) -> DraftItem:
        """What every item of the row shares."""
        row = self.row
        column, cell = self._baseline()
        base, year = base_value(cell.text)
        words = joined_lines([row.label, *row.cells.values()])
        return DraftItem(
            type=ItemType.INDICATOR_ROW,
            document=self.context.document,
            section=self.context.section,
            number=row.number,
            subject=row.name,
            passage=passage(words, self.original),
            rule=self.rule,
            confidence=CONFIDENCE[self.rule],
            unit=row.unit or unit_of(row.name) or self.default_unit,
            due=self.context.plan_end,
            is_due_stated=False,
            counting=counting_of(row.name),
            obligation=_obligation(row),
            group=row.group,
            parent=row.parent,
            baseline_year=year or column.year,
            baseline_written=cell.text,
            baseline=_in_unit(base, row.unit or unit_of(row.name)),
        )

    def _baseline(self) -> tuple[TableColumn, MappedText]:
        """The last base year the table prints."""
        found = self.row.of(Role.BASE)
        nothing = (TableColumn(Role.BASE), MappedText(""))
        return max(found, key=lambda one: one[0].year or 0) if found else nothing

    def _item(self, basis: DraftItem, column: TableColumn, cell: MappedText) -> DraftItem:
        read = read_value(cell.text)
        flags = list(self._flags())
        if read.operator is None:
            flags.append("no_value" if read.is_missing else "in_words")
        if column.role is Role.GROWTH:
            flags.append("growth_column")
        unit, value, upper = _scaled(read, basis.unit)
        if not unit:
            flags.append("no_unit")
        counting = read.counting or (Counting.PER_YEAR if column.role is Role.GROWTH else basis.counting)
        operator, undecided = directed(self.row.name, unit, read.operator)
        flags += undecided
        return replace(
            basis,
            operator=operator,
            is_soft=read.is_soft,
            written=cell.text,
            value=value,
            upper=upper,
            unit=unit,
            due=column.year or self.context.plan_end,
            is_due_stated=column.year is not None,
            counting=counting,
            flags=tuple(dict.fromkeys(flags)),
        )

    def _flags(self) -> tuple[str, ...]:
        base, _ = base_value(self._baseline()[1].text)
        is_unread = base.operator is None and not base.is_missing
        return (*self.row.flags, *(("baseline_in_words",) if is_unread else ()))


def base_value(text: str) -> tuple[Written, int | None]:
    """A base value without the mark of its note, and the year in brackets that is its own: 60.6*, 16.0（2019年）."""
    bare = text.strip().rstrip("*＊①②③")
    own = _OWN_YEAR.search(bare)
    return (read_value(bare[: own.start()]), int(own[1])) if own else (read_value(bare), None)


def _has_cells(block: Block) -> bool:
    return bool(block.cells) or block.text.count("\t") >= 2 or block.text.strip().count("|") >= 2


def _is_missing(cell: MappedText) -> bool:
    return read_value(cell.text).is_missing


def _obligation(row: Row) -> Obligation:
    words = "".join(cell.text for _, cell in row.of(Role.OBLIGATION)) or row.shared
    if "约束" in words:
        return Obligation.BINDING
    return Obligation.EXPECTED if "预期" in words else Obligation.UNSTATED


def _in_unit(read: Written, unit: str) -> Decimal | None:
    """The base value; words and dashes have none, nor has a value in another unit than its row."""
    return None if read.operator is None else _scaled(read, unit)[1]


def _scaled(read: Written, unit: str) -> tuple[str, Decimal | None, Decimal | None]:
    """Unit and bounds as printed: a unit written beside the number counts where the label states none."""
    if not read.unit or read.unit == unit or read.operator is Operator.ALL:
        return unit or read.unit, read.value, read.upper
    if read.unit in ("万", "亿") and unit:
        return read.unit + unit, read.value, read.upper
    return read.unit, read.value, read.upper


def _caption_unit(lines: Sequence[Block]) -> str:
    """The unit a caption states for the whole table."""
    for block in lines[:4]:
        text = block.text.replace(":", "：")
        if _CAPTION_UNIT in text:
            stated = unit_of(f"值（{text.split(_CAPTION_UNIT, 1)[1].strip(' ）)')}）")
            if stated:
                return stated
    return ""
