"""How a workbook looks: quiet, printable in black and white, one colour one meaning."""

from dataclasses import dataclass, field

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook as XlsxWorkbook
from xlsxwriter.worksheet import Worksheet

A4 = 9
"""A4 in the paper codes of a workbook."""
FONT = "Microsoft YaHei"
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
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(*repeat)
    sheet.set_footer(f"&L{footer}&R第 &P 页 / 共 &N 页")
