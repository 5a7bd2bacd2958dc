"""The first sheet of a template: what is asked, by what definition, who owns it, what is new and what is known."""

from typing import TYPE_CHECKING

from xlsxwriter.worksheet import Worksheet

from duibiao.intake.styles import CellStyles, printable
from duibiao.intake.validation import range_words, unit_words
from duibiao.metrics.form import Asked
from duibiao.metrics.indicator import READ, VERIFY_WORDS

if TYPE_CHECKING:
    from duibiao.intake.template import TemplateContent

HEADS = (("序号", 6), ("指标", 30), ("代码", 24), ("计量单位", 9), ("口径", 48), ("取值范围", 20), ("数据责任方", 18),
         ("填报方式", 12), ("必填", 6), ("口径核实", 14), ("依据与说明", 46))  # fmt: skip
HOW = (
    "1. 只在“填报”表的有色单元格中填写；不要增删行列、改名、合并单元格或写公式。",
    "2. 没有的填 0；不掌握的填“无数据：原因”；与本单位无关的填“不适用”。留空等于没有填报，系统不会当作 0。",
    "3. 只填数字，不写单位、不写“约”。比率按百分数填写（95 表示 95%），不要设置百分比格式。",
    "4. 蓝色为本期已报数，如有误可直接更正；灰色为其他报表已报数，沿用即可，不重复填报。",
    "5. 上年数仅供对照，不得据以推算或照抄。任何人不得要求填报不真实的数据（《统计法》）。",
    "6. 填不完可先交回，已填对的单位先行保存；有误的单元格会标色退回并说明原因，改后再交即可。",
)


HEIGHTS = {"title": 26, "strong": 20}
LINE = 14
"""Points a line of text takes."""


def lines_needed(*texts: tuple[str, int]) -> int:
    """How many lines the longest of some wrapped texts takes, each given with the width of its column in characters.

    A Chinese character is as wide as two Latin ones; not every program grows a row with its wrapped text.
    """
    return max(-(-sum(2 if ord(letter) > 0x2E7F else 1 for letter in text) // (width - 1)) for text, width in texts)


def _verified(content: "TemplateContent") -> str:
    """How far the definitions have been checked: nobody takes one from memory for the official one."""
    counted: dict[str, int] = {}
    for code in content.form.asked:
        letter = content.elements[code].verify
        counted[letter] = counted.get(letter, 0) + 1
    unread = [f"{VERIFY_WORDS[letter].zh} {count} 个" for letter, count in sorted(counted.items()) if letter != READ]
    if not unread:
        return "7. 口径均已核对原文。"
    return f"7. 口径核实：{'，'.join(unread)}（见“口径核实”列）；与上级正式口径不一致的，以正式口径为准并请告知。"


def write_guide(sheet: Worksheet, styles: CellStyles, content: "TemplateContent") -> None:
    """Write the sheet 填报说明."""
    form, period = content.form, content.period
    many = len(content.units)
    counts = f"新报 {len(form.asked)} 个，沿用 {len(form.columns) - len(form.asked)} 个"
    if content.outside:
        counts += f"；按办学类型不涉及 {content.outside} 格，不需填"
    window = f"{period}（{period.start} 至 {period.end}）"
    known = sum(
        content.known.get(unit.code, {}).get(code) is not None for unit in content.units for code in form.asked
    )  # fmt: skip
    lines = (
        (f"{form.label.zh}填报说明", "title"),
        (content.headline or f"本次仅需补报 {content.to_report} 项", "strong"),
        (f"共 {len(form.columns)} 个指标 × {many} 个单位：{counts}；本期已报 {known} 项", "line"),
        (f"统计期 {window}，开放 {form.opens_on(period)}，截止 {form.due_on(period)}", "line"),
        (f"报表 {form.code}，版本 {form.version}；依据：{form.source}", "line"),
        *([(f"注意：{form.note}", "strong")] if form.note else []),
        *((text, "line") for text in HOW),
        (_verified(content), "line"),
    )  # fmt: skip
    row = 0
    for text, style in lines:
        sheet.write_string(row, 0, text, styles.get(style))
        sheet.set_row(row, HEIGHTS.get(style, 16))
        row += 1
    if content.simulated:
        sheet.write_string(row, 4, "模拟数据：本表仅供演示，不得作为真实数据使用", styles.get("simulated"))
        row += 1
    row += 1
    for column, (words, width) in enumerate(HEADS):
        sheet.set_column(column, column, width)
        sheet.write_string(row, column, words, styles.get("head"))
    _write_elements(sheet, styles, content, row + 1)
    sheet.freeze_panes(row + 1, 2)
    sheet.protect("", {"format_columns": True, "format_rows": True})
    printable(sheet, (row, row))


def _write_elements(sheet: Worksheet, styles: CellStyles, content: "TemplateContent", row: int) -> None:
    for number, field in enumerate(content.form.fields, 1):
        element = content.elements[field.element]
        how = "新报" if field.asked is Asked.NEW else "沿用，不需填"
        values = (str(number), element.label.zh, element.code, unit_words(element), element.definition,
                  range_words(element), element.owner, how, "是" if field.required and field.asked is Asked.NEW else "",
                  VERIFY_WORDS[element.verify].zh, "。".join(filter(None, (element.source, element.note))))  # fmt: skip
        wrapped = (1, 4, 5, 6, 10)
        lines = lines_needed(*((values[column], HEADS[column][1]) for column in wrapped))
        sheet.set_row(row, LINE * lines + 3)
        for column, value in enumerate(values):
            style = "text" if column in wrapped else "centre"
            sheet.write_string(row, column, value, styles.get(style))
        row += 1
