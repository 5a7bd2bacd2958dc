"""The page three people sign (签字页): the figures as submitted, the hash that fixes them, and room for names and seal.

《教育统计管理规定》(教育部令第44号) art. 27: 统计人员, 审核人 and 负责人 sign and seal,
and answer for the truth of the data.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

import xlsxwriter

from duibiao.intake.standing import MISSING
from duibiao.intake.styles import A4, OPTIONS, CellStyles
from duibiao.intake.validation import shown_value
from duibiao.kernel.value import MISSING_WORDS, MissingReason
from duibiao.metrics.element import DataElement
from duibiao.metrics.form import Form
from duibiao.store.model import CellNote, ReportState
from duibiao.store.workflow import ROLE_WORDS, SIGNING, STATUS_WORDS

COLUMNS_A_SIDE = 2
"""The figures stand in two columns side by side, so that a form of a hundred elements prints on two or three pages."""


def content_hash(form: Form, state: ReportState, values: Mapping[str, int | None]) -> str:
    """The hash of what is signed: form, version, unit, period, revision and every asked value; the sha256 in hex."""
    parts = [form.code, form.version, state.unit, str(state.period), str(state.revision)]
    parts += [f"{code}={'' if values.get(code) is None else values[code]}" for code in form.asked]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def missing_words(notes: Iterable[CellNote]) -> dict[str, str]:
    """Why cells of a return have no value, by element: the reason as the reporter gave it, else its kind."""
    words = {}
    for one in notes:
        if one.flag.startswith(MISSING):
            kind = MISSING_WORDS[MissingReason(one.flag.removeprefix(MISSING))].zh
            words[one.element] = f"{kind}：{one.note}" if one.note else kind
    return words


def write_sign_page(  # noqa: PLR0913  what is signed, by whom, when
    path: Path,
    form: Form,
    elements: Mapping[str, DataElement],
    state: ReportState,
    unit_name: str,
    values: Mapping[str, int | None],
    printed_on: date,
    *,
    simulated: bool = False,
    missing: Mapping[str, str] | None = None,
    outside: frozenset[str] = frozenset(),
) -> str:
    """Write the page of one return as a workbook that prints on A4 portrait; answers the hash that stands on it.

    ``values`` are the stored whole numbers of the present revision, ``missing`` the reasons of explicit missing ones,
    ``outside`` the elements that do not concern the kind of school: left out unless they have a value.
    """
    digest = content_hash(form, state, values)
    book = xlsxwriter.Workbook(str(path), OPTIONS)
    styles = CellStyles(book)
    sheet = book.add_worksheet("签字页")
    for side in range(COLUMNS_A_SIDE):
        for column, width in enumerate((30, 14, 8)):
            sheet.set_column(side * 3 + column, side * 3 + column, width)
    sheet.write_string(0, 0, f"{form.label.zh}签字页", styles.get("title"))
    sheet.set_row(0, 30)
    if simulated:
        sheet.write_string(0, 3, "模拟数据，不得作为真实数据使用", styles.get("simulated"))
    told = (
        f"填报单位：{unit_name}（{state.unit}）    统计期：{state.period}    报表：{form.code} v{form.version}",
        f"状态：{STATUS_WORDS[state.status].zh}（第 {state.revision} 稿）    截止：{state.due}    打印：{printed_on}",
        f"数据指纹（SHA-256）：{digest}",
        *([f"口径：{form.note}"] if form.note else []),
    )
    for row, text in enumerate(told, 1):
        sheet.write_string(row, 0, text, styles.get("line"))
    why = missing or {}
    shown = [code for code in form.asked if code not in outside or values.get(code) is not None or code in why]
    row = _write_figures(sheet, styles, shown, elements, values, why)
    _write_signatures(sheet, styles, state, row + 1)
    sheet.set_portrait()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.set_footer(f"&L{digest[:16]}&R第 &P 页 / 共 &N 页")
    book.close()
    return digest


def _write_figures(
    sheet: xlsxwriter.worksheet.Worksheet,
    styles: CellStyles,
    asked: Sequence[str],
    elements: Mapping[str, DataElement],
    values: Mapping[str, int | None],
    missing: Mapping[str, str],
) -> int:
    first = 5
    height = -(-len(asked) // COLUMNS_A_SIDE)
    for side in range(COLUMNS_A_SIDE):
        for column, words in enumerate(("指标", "本年数", "单位")):
            sheet.write_string(first, side * 3 + column, words, styles.get("head"))
    for place, code in enumerate(asked):
        side, line = divmod(place, height)
        row, left, element = first + 1 + line, side * 3, elements[code]
        sheet.write_string(row, left, element.label.zh, styles.get("text"))
        shown = shown_value(element, values.get(code))
        if shown is None:
            sheet.write_string(
                row, left + 1, f"无数据：{missing[code]}" if code in missing else "未填报", styles.get("last")
            )
        elif isinstance(shown, str):
            sheet.write_string(row, left + 1, shown, styles.get("last"))
        else:
            sheet.write_number(row, left + 1, float(shown), styles.get("figure", element.decimals))
        sheet.write_string(row, left + 2, element.unit, styles.get("centre"))
    return first + height + 1


def _write_signatures(
    sheet: xlsxwriter.worksheet.Worksheet, styles: CellStyles, state: ReportState, row: int
) -> None:  # fmt: skip
    """One line a role: who signed in the system, and room for a signature by hand, the date and the seal."""
    sheet.write_string(row, 0, "我们对上述数据的真实性、准确性、完整性负责。", styles.get("line"))
    for number, role in enumerate(SIGNING, 1):
        name = state.signatures.get(role, "")
        line = row + number
        sheet.set_row(line, 34)
        sheet.write_string(line, 0, f"{ROLE_WORDS[role].zh}：{name}", styles.get("text"))
        sheet.write_string(line, 1, "签名：", styles.get("text"))
        sheet.write_string(line, 2, "", styles.get("text"))
        sheet.write_string(line, 3, "日期：      年    月    日", styles.get("text"))
        sheet.write_string(line, 4, "电话：", styles.get("text"))
        sheet.write_string(line, 5, "", styles.get("text"))
    sheet.write_string(row + len(SIGNING) + 2, 3, "（单位公章）", styles.get("line"))
