"""Tables of a Word file: header rows repeated on every page, rows that do not split, a caption that stays with them."""

from collections.abc import Iterable

from lxml import etree

from duibiao.reports.docx_styles import TABLE_STYLE
from duibiao.reports.docx_text import DocxText
from duibiao.reports.docx_xml import element, paragraph, run, value
from duibiao.reports.text_width import column_widths
from duibiao.views.paper_parts import CellAlign, GroupRow, PaperColumn, PaperTable, TableCell, TableRow

_STYLES = {CellAlign.LEFT: "TableText", CellAlign.CENTER: "TableCenter", CellAlign.RIGHT: "TableRight"}


def table_parts(table: PaperTable, text: DocxText, width: int) -> Iterable[etree._Element]:
    """Caption, unit, the table itself, and its notes or the space behind it; ``width`` of the text in twips."""
    yield paragraph("Caption", run(f"{text.numbers[table.id]}　{table.caption}"))
    if table.unit:
        yield paragraph("TableUnit", run(f"单位：{table.unit}"))
    yield _table(table, text, width)
    for note in table.notes:
        yield paragraph("TableNote", *text.runs(note))
    yield paragraph("TableEnd")


def _widths(table: PaperTable, text: DocxText, width: int) -> list[int]:
    """Widths in twips; the last column takes what rounding left."""
    kind = text.table_type * 20
    widths = [round(one * kind) for one in column_widths(table, width / kind, text.numbers)]
    widths[-1] += width - sum(widths)
    return widths


def _table(table: PaperTable, text: DocxText, width: int) -> etree._Element:
    widths = _widths(table, text, width)
    made = element(
        "w:tbl",
        element(
            "w:tblPr",
            value("w:tblStyle", TABLE_STYLE),
            element("w:tblW", w=width, type="dxa"),
            value("w:jc", "center"),
            element("w:tblLayout", type="fixed"),
            value("w:tblCaption", f"{text.numbers[table.id]} {table.caption}"),
        ),
        element("w:tblGrid", *(element("w:gridCol", w=each) for each in widths)),
    )
    made.extend(_head(table.columns, widths))
    # The cells a span reaches down from above: how many rows are left, by column.
    reaching = [0] * len(widths)
    for row in table.rows:
        if isinstance(row, GroupRow):
            made.append(_group(row, text, widths))
        else:
            made.append(_row(row, table.columns, text, widths, reaching))
    return made


def _row_of(*cells: etree._Element, head: bool = False) -> etree._Element:
    return element("w:tr", element("w:trPr", element("w:cantSplit"), element("w:tblHeader") if head else None), *cells)


def _cell(width: int, *content: etree._Element, span: int = 1, merge: str | None = None) -> etree._Element:
    properties = [element("w:tcW", w=width, type="dxa")]
    if span > 1:
        properties.append(value("w:gridSpan", span))
    if merge is not None:
        properties.append(value("w:vMerge", merge))
    properties.append(value("w:vAlign", "center"))
    return element("w:tc", element("w:tcPr", *properties), *content)


def _head(columns: tuple[PaperColumn, ...], widths: list[int]) -> Iterable[etree._Element]:
    """One header row, or two where neighbours stand under a common heading."""

    def titled(column: PaperColumn) -> etree._Element:
        return paragraph("TableHead", run(column.title + (f"\n（{column.unit}）" if column.unit else "")))

    if not any(column.group for column in columns):
        yield _row_of(*(_cell(width, titled(column)) for column, width in zip(columns, widths, strict=True)), head=True)
        return
    upper, lower = [], []
    at = 0
    while at < len(columns):
        group, end = columns[at].group, at + 1
        if not group:
            upper.append(_cell(widths[at], titled(columns[at]), merge="restart"))
            lower.append(_cell(widths[at], paragraph("TableHead"), merge="continue"))
        else:
            while end < len(columns) and columns[end].group == group:
                end += 1
            upper.append(_cell(sum(widths[at:end]), paragraph("TableHead", run(group)), span=end - at))
            lower += [_cell(widths[each], titled(columns[each])) for each in range(at, end)]
        at = end
    yield _row_of(*upper, head=True)
    yield _row_of(*lower, head=True)


def _group(row: GroupRow, text: DocxText, widths: list[int]) -> etree._Element:
    return _row_of(_cell(sum(widths), paragraph("TableGroup", *text.runs(row.runs)), span=len(widths)))


def _row(
    row: TableRow, columns: tuple[PaperColumn, ...], text: DocxText, widths: list[int], reaching: list[int]
) -> etree._Element:
    """One row; ``reaching`` is carried on to the next one."""
    own = iter(row.cells)
    cells = []
    for at, (column, width) in enumerate(zip(columns, widths, strict=True)):
        style = _STYLES[column.align]
        if reaching[at]:
            cells.append(_cell(width, paragraph(style), merge="continue"))
        else:
            cell: TableCell = next(own)
            merge = "restart" if cell.rows > 1 else None
            cells.append(_cell(width, paragraph(style, *text.runs(cell.runs)), merge=merge))
            reaching[at] = cell.rows
        reaching[at] -= 1
    return _row_of(*cells)
