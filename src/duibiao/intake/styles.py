"""How a workbook looks: quiet, printable in black and white, one colour one meaning."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook as XlsxWorkbook
from xlsxwriter.worksheet import Worksheet

A4 = 9
"""A4 in the paper codes of a workbook."""
FONT = "Microsoft YaHei"
WIDE_SCALE = 65
"""Per cent at which a wide form is printed: ten points become six and a half (小六), the least that is read well."""
LETTER_PIXELS = 9.4
"""How wide a program may draw a letter of a column: seven pixels with the font the file names (ECMA-376, part 1,
18.3.1.13), up to this much with the one it takes where that font is not installed."""
PAPER_PIXELS = (297 / 25.4 - 0.8) * 96 * 100 / WIDE_SCALE
"""How wide the columns of a page may be together: A4 across without its margins."""
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""Text from outside never becomes a formula or a link."""

_BASE: dict[str, object] = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
_BOX: dict[str, object] = _BASE | {"border": 1, "border_color": "#B7C1CC"}
_STYLES: dict[str, dict[str, object]] = {
    "title": _BASE | {"bold": True, "font_size": 16, "font_color": "#1F3A5F"},
    "line": _BASE,
    "strong": _BASE | {"bold": True, "font_color": "#9C3A00", "font_size": 12},
    "hint": _BASE | {"font_color": "#5B6670", "font_size": 9},
    "wrap": _BASE | {"text_wrap": True, "valign": "top"},
    "band": _BASE | {"bold": True, "bg_color": "#1F3A5F", "font_color": "#FFFFFF"},
    "head": _BOX | {"bold": True, "bg_color": "#E3EAF3", "text_wrap": True, "align": "center"},
    "small": _BOX | {"font_color": "#7A8793", "font_size": 8, "align": "center", "bg_color": "#F4F6F9", "shrink": True},
    "key": _BASE | {"font_color": "#7A8793", "font_size": 8, "align": "fill"},
    "text": _BOX | {"text_wrap": True},
    "centre": _BOX | {"align": "center", "text_wrap": True},
    "ask": _BOX | {"bg_color": "#FFF7D6", "locked": False, "align": "right"},
    "optional": _BOX | {"bg_color": "#FFFFFF", "locked": False, "align": "right"},
    "outside": _BOX | {"pattern": 14, "fg_color": "#C9CFD6", "bg_color": "#FFFFFF", "locked": False, "align": "right"},
    "known": _BOX | {"bg_color": "#E2F0FB", "font_color": "#0B4F8A", "locked": False, "align": "right"},
    "reused": _BOX | {"bg_color": "#E9ECEF", "font_color": "#5B6670", "align": "right", "italic": True},
    "figure": _BOX | {"align": "right"},
    "last": _BOX | {"bg_color": "#F4F6F9", "font_color": "#7A8793", "align": "right"},
    "error": _BOX | {"bg_color": "#F8B4B4", "font_color": "#7A0C0C", "bold": True, "locked": False, "align": "right"},
    "question": _BOX | {"bg_color": "#FFD58A", "font_color": "#6B3F00", "locked": False, "align": "right"},
    "note": _BOX | {"bg_color": "#DDF3E4", "font_color": "#1C5B33", "locked": False, "align": "right"},
    "error_word": _BOX | {"bg_color": "#F8B4B4", "font_color": "#7A0C0C", "bold": True, "align": "center"},
    "question_word": _BOX | {"bg_color": "#FFD58A", "font_color": "#6B3F00", "align": "center"},
    "note_word": _BOX | {"bg_color": "#DDF3E4", "font_color": "#1C5B33", "align": "center"},
    "link": _BOX | {"font_color": "#0B57D0", "underline": 1, "align": "center"},
    "answer": _BOX | {"bg_color": "#FFF7D6", "locked": False, "text_wrap": True},
    "simulated": _BASE | {"bold": True, "font_color": "#FFFFFF", "bg_color": "#B3261E"},
}


@dataclass(slots=True)
class CellStyles:
    """The cell styles of one workbook, made when first used."""

    book: XlsxWorkbook
    made: dict[tuple[str, int | None], Format] = field(default_factory=dict)

    def get(self, name: str, decimals: int | None = None) -> Format:
        """A style by name; with ``decimals`` it shows numbers with that many digits behind the point."""
        key = (name, decimals)
        if key not in self.made:
            shown = {} if decimals is None else {"num_format": "#,##0" + ("." + "0" * decimals if decimals else "")}
            self.made[key] = self.book.add_format(_STYLES[name] | shown)
        return self.made[key]


def printable(sheet: Worksheet, repeat: tuple[int, int], footer: str = "") -> None:
    """Lay a sheet out for A4 landscape, one page wide, with its heading repeated."""
    _on_paper(sheet, repeat, footer)
    sheet.fit_to_pages(1, 0)


def printable_wide(
    sheet: Worksheet, repeat: tuple[int, int], fixed: int, breaks: Sequence[int], footer: str = ""
) -> None:
    """Lay a wide sheet out over several pages side by side, each with the heading and the first ``fixed`` columns.

    ``breaks``: the columns a new page begins with (``page_starts``). A scale and not "fit to pages": with that no
    program keeps a break where it was put.
    """
    _on_paper(sheet, repeat, footer)
    sheet.set_print_scale(WIDE_SCALE)
    sheet.repeat_columns(0, fixed - 1)
    if breaks:
        sheet.set_v_pagebreaks(list(breaks))


def page_starts(widths: Sequence[float], fixed: int, sections: Sequence[int]) -> list[int]:
    """The columns (from 0) with which a new page begins when a wide sheet is printed; ``widths`` in letters.

    Every page holds the first ``fixed`` columns and as many others as fit; at least one. ``sections``: how many columns
    each section has: one that would be torn goes to a page of its own where the page before is half full.
    """
    letters = PAPER_PIXELS / LETTER_PIXELS
    every = sum(widths[:fixed])
    starts, used, column = [], every, fixed
    for length in sections:
        whole = sum(widths[column : column + length])
        torn = used + whole > letters >= every + whole
        if torn and used - every > (letters - every) / 2:
            starts.append(column)
            used = every
        for width in widths[column : column + length]:
            if used + width > letters and used > every:
                starts.append(column)
                used = every
            used += width
            column += 1
    return starts


def _on_paper(sheet: Worksheet, repeat: tuple[int, int], footer: str) -> None:
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.repeat_rows(*repeat)
    sheet.set_footer(f"&L{footer}&R第 &P 页 / 共 &N 页")
