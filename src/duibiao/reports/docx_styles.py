"""The styles, heading numbers and settings of a Word file in the form of GB/T 9704-2012.

Everything a paper looks like is a style, so that an office can change it once and everywhere; headings are Word's own
(navigation pane, outline), their numbers an automatic list. Units of Word: twentieths of a point (twips), half points
for type, eighths of a point for rules.
"""

from collections.abc import Iterable

from lxml import etree

from duibiao.reports.docx_xml import NAMESPACES, element, value
from duibiao.reports.fonts import OFFICIAL, WESTERN_NAME, FontRole
from duibiao.reports.paper_size import PaperSize
from duibiao.views.paper import FontPreset

TABLE_STYLE = "PaperTable"
_HEADING_ROLES = (FontRole.HEI, FontRole.KAI, FontRole.BODY, FontRole.BODY)
# What Word looks for when the official font is not installed.
_ALTERNATIVES = {
    "方正小标宋简体": "FZXiaoBiaoSong-B05S",
    "仿宋_GB2312": "仿宋",
    "楷体_GB2312": "楷体",
    "黑体": "SimHei",
    "宋体": "SimSun",
    "方正小标宋_GBK": "FZXiaoBiaoSong-B05",
    "方正仿宋_GBK": "仿宋",
    "方正楷体_GBK": "楷体",
    "方正黑体_GBK": "黑体",
}


def twips(points: float) -> int:
    """Points in twentieths, as Word counts lengths."""
    return round(points * 20)


def _fonts(east_asian: str, western: str = WESTERN_NAME) -> etree._Element:
    return element("w:rFonts", ascii=western, hAnsi=western, eastAsia=east_asian, cs=western)


class _Sheet:
    """Collects the styles of one file."""

    def __init__(self, preset: FontPreset, size: PaperSize) -> None:
        self.names = OFFICIAL[preset]
        self.size = size
        self.root = element("w:styles")

    def look(self, role: FontRole | None, points: float | None, track: float | None) -> list[etree._Element]:
        """Font, tracking and size in the order of the schema."""
        made = [_fonts(self.names[role])] if role is not None else []
        if track is not None:
            made.append(value("w:spacing", twips(track)))
        if points is not None:
            made += [value("w:sz", round(points * 2)), value("w:szCs", round(points * 2))]
        return made

    def style(
        self,
        key: str,
        title: str,
        paragraph: Iterable[etree._Element] = (),
        characters: Iterable[etree._Element] = (),
        *,
        based: str = "Normal",
        following: str = "",
        kind: str = "paragraph",
    ) -> None:
        """Add a style; the built-in ones by the names Word knows them under."""
        made = element("w:style", value("w:name", title), type=kind, styleId=key)
        if key == "Normal":
            made.set(f"{{{NAMESPACES['w']}}}default", "1")
        else:
            made.append(value("w:basedOn", based))
        if following:
            made.append(value("w:next", following))
        made.append(element("w:qFormat"))
        properties = list(paragraph)
        if properties:
            made.append(element("w:pPr", *properties))
        look = list(characters)
        if look:
            made.append(element("w:rPr", *look))
        self.root.append(made)


def lines(points: float, before: float = 0, after: float = 0) -> etree._Element:
    """Exact pitch of lines and the space around a paragraph, in points."""
    return element("w:spacing", before=twips(before), after=twips(after), line=twips(points), lineRule="exact")


def indent(characters: float, size: PaperSize) -> etree._Element:
    """The first line two characters in, in characters for Word and in twips for who counts otherwise."""
    return element(
        "w:ind",
        firstLineChars=round(characters * 100),
        firstLine=twips(characters * (size.body + size.track)),
    )


def _no_indent() -> etree._Element:
    return element("w:ind", firstLineChars=0, firstLine=0)


def styles_xml(preset: FontPreset, size: PaperSize) -> etree._Element:
    """``word/styles.xml``: text, title, four headings, tables, notes, annexes, head and foot."""
    sheet = _Sheet(preset, size)
    language = element("w:lang", val="en-US", eastAsia="zh-CN")
    defaults = element("w:rPr", *sheet.look(FontRole.BODY, size.body, None), language)
    sheet.root.append(element("w:docDefaults", element("w:rPrDefault", defaults), element("w:pPrDefault")))
    # Without widow control a page holds 22 lines; with it Word moves lines to the next page.
    sheet.style(
        "Normal",
        "Normal",
        [value("w:widowControl", 0), value("w:autoSpaceDN", 1), lines(size.pitch), value("w:jc", "both")],
        sheet.look(None, None, size.track),
    )
    sheet.style("BodyText", "Body Text", [indent(2, size)])
    for level, role in enumerate(_HEADING_ROLES, 1):
        numbers = element("w:numPr", value("w:ilvl", level - 1), value("w:numId", 1))
        properties = [element("w:keepNext"), numbers, indent(2, size), value("w:outlineLvl", level - 1)]
        sheet.style(
            f"Heading{level}", f"heading {level}", properties, sheet.look(role, size.body, None), following="BodyText"
        )
    _title_styles(sheet)
    _table_styles(sheet)
    _end_styles(sheet)
    inherited = element("w:style", value("w:name", "Default Paragraph Font"), type="character", default=1)
    inherited.set(f"{{{NAMESPACES['w']}}}styleId", "DefaultParagraphFont")
    sheet.root.append(inherited)
    sheet.style(
        "Strong", "Strong", (), [_fonts(sheet.names[FontRole.HEI])], based="DefaultParagraphFont", kind="character"
    )
    return sheet.root


def _title_styles(sheet: _Sheet) -> None:
    size, centre = sheet.size, value("w:jc", "center")
    title = sheet.look(FontRole.TITLE, size.title, 0)
    after = size.pitch * 0.6 if size.blank_after_title else 8
    sheet.style("Title", "Title", [element("w:keepNext"), lines(size.title_pitch), centre], title, following="BodyText")
    sheet.style("Subtitle", "Subtitle", [lines(size.pitch), centre], sheet.look(FontRole.KAI, size.body, None))
    sheet.style("TitleEnd", "标题下空行", [lines(after)])
    red = value("w:color", "D40000")
    issuer = [_fonts(sheet.names[FontRole.TITLE]), red]
    sheet.style("RedHead", "发文机关标志", [centre], issuer)
    rule = element("w:bottom", val="single", sz=12, space=11, color="D40000")
    sheet.style(
        "DocumentNumber", "发文字号", [element("w:pBdr", rule), lines(size.pitch, after=2 * size.pitch), centre]
    )
    sheet.style("Addressee", "主送机关", [element("w:keepNext"), _no_indent()])
    sheet.style("Placeholder", "待撰写", [indent(2, size)], sheet.look(FontRole.KAI, None, None))
    sheet.style(
        "PaperNote",
        "附注",
        [
            lines(size.note * 1.5, before=3),
            element("w:ind", firstLineChars=200, firstLine=twips(2 * size.note)),
        ],
        sheet.look(None, size.note, 0),
    )


def _table_styles(sheet: _Sheet) -> None:
    size = sheet.size
    keep, centre = element("w:keepNext"), value("w:jc", "center")
    text = sheet.look(None, size.table, 0)
    pitch = size.table * 1.42
    head = sheet.look(FontRole.HEI, size.table, 0)
    sheet.style("Caption", "caption", [keep, lines(20, before=8, after=2), centre], sheet.look(FontRole.HEI, 12, 0))
    sheet.style("ChartCaption", "图题", [lines(20, after=8), centre], sheet.look(FontRole.HEI, 12, 0))
    unit = [element("w:keepNext"), lines(16), value("w:jc", "right")]
    sheet.style("TableUnit", "表格单位", unit, text)
    sheet.style("TableText", "表格文字", [lines(pitch), value("w:jc", "left")], text)
    sheet.style("TableCenter", "表格居中", [value("w:jc", "center")], based="TableText")
    sheet.style("TableRight", "表格数字", [value("w:jc", "right")], based="TableText")
    sheet.style("TableHead", "表头", [element("w:keepNext"), value("w:jc", "center")], head, based="TableText")
    sheet.style("TableGroup", "表格分组", [element("w:keepNext")], head, based="TableText")
    sheet.style("TableNote", "表注", [lines(size.note * 1.35, before=3)], sheet.look(None, size.note, 0))
    sheet.style("TableEnd", "表后间距", [lines(8)], sheet.look(None, 5, 0))
    sheet.style("SectionEnd", "分节", [lines(1)], sheet.look(None, 1, 0))
    chart = [
        element("w:keepNext"),
        element("w:spacing", before=120, line=240, lineRule="auto"),
        value("w:jc", "center"),
    ]
    sheet.style("Chart", "图", chart)
    rule: dict[str, str | int] = {"val": "single", "sz": 4, "space": 0, "color": "000000"}
    borders = element(
        "w:tblBorders",
        *(element(f"w:{side}", **rule) for side in ("top", "left", "bottom", "right", "insideH", "insideV")),
    )
    margins = element(
        "w:tblCellMar",
        *(
            element(f"w:{side}", w=width, type="dxa")
            for side, width in (("top", 40), ("left", 60), ("bottom", 40), ("right", 60))
        ),
    )
    made = element("w:style", value("w:name", "公文表格"), type="table", styleId=TABLE_STYLE)
    made.append(element("w:tblPr", borders, margins))
    sheet.root.append(made)


def _end_styles(sheet: _Sheet) -> None:
    size = sheet.size
    sheet.style("AnnexList", "附件说明", [element("w:keepNext"), value("w:jc", "left")])
    sheet.style("AnnexLabel", "附件标记", [element("w:keepNext")], sheet.look(FontRole.HEI, size.body, None))
    before = lines(size.title_pitch, before=size.pitch, after=size.pitch * 0.6)
    sheet.style("AnnexTitle", "附件标题", [before, value("w:outlineLvl", 0)], based="Title", following="BodyText")
    sheet.style("SignatureOffice", "署名", [element("w:keepNext"), element("w:keepLines"), value("w:jc", "left")])
    sheet.style("SignatureDay", "成文日期", [value("w:jc", "left")])
    sheet.style("Distribution", "版记", [lines(20)], sheet.look(None, 14, 0))
    sheet.style("Header", "header", [lines(20), value("w:jc", "right")], sheet.look(FontRole.HEI, 14, 0))
    song = sheet.names[FontRole.SONG]
    number = [_fonts(song, song), value("w:sz", 28), value("w:szCs", 28)]
    sheet.style("Footer", "footer", [lines(20)], [number[0], value("w:spacing", 0), *number[1:]])


def numbering_xml(lists: int, size: PaperSize) -> etree._Element:
    """``word/numbering.xml``: the four levels of headings (一、（一）1.（1）), counted anew in every annex.

    List 1 is the text's; list 2, 3 … begin again at one, one for every annex with pages.
    """
    levels = (
        ("chineseCountingThousand", "%1、"),
        ("chineseCountingThousand", "（%2）"),
        ("decimal", "%3."),
        ("decimal", "（%4）"),
    )
    abstract = element("w:abstractNum", value("w:multiLevelType", "multilevel"), abstractNumId=0)
    for number, (form, text) in enumerate(levels):
        abstract.append(
            element(
                "w:lvl",
                value("w:start", 1),
                value("w:numFmt", form),
                value("w:pStyle", f"Heading{number + 1}"),
                value("w:suff", "nothing"),
                value("w:lvlText", text),
                value("w:lvlJc", "left"),
                element("w:pPr", indent(2, size)),
                ilvl=number,
            )
        )
    root = element("w:numbering", abstract)
    for number in range(1, lists + 1):
        made = element("w:num", value("w:abstractNumId", 0), numId=number)
        if number > 1:
            for level in range(4):
                made.append(element("w:lvlOverride", value("w:startOverride", 1), ilvl=level))
        root.append(made)
    return root


def settings_xml() -> etree._Element:
    """``word/settings.xml``: other feet on even pages, squeezed punctuation, a current Word's layout."""
    mode = element("w:compatSetting", name="compatibilityMode", uri="http://schemas.microsoft.com/office/word", val=15)
    return element(
        "w:settings",
        element("w:zoom", percent=100),
        element("w:evenAndOddHeaders"),
        value("w:characterSpacingControl", "compressPunctuation"),
        element(
            "w:compat",
            element("w:spaceForUL"),
            element("w:balanceSingleByteDoubleByteWidth"),
            element("w:doNotExpandShiftReturn"),
            mode,
        ),
        element("w:themeFontLang", val="en-US", eastAsia="zh-CN"),
    )


def font_table_xml(preset: FontPreset) -> etree._Element:
    """``word/fontTable.xml``: the official names, and the name to look under where they are not installed."""
    root = element("w:fonts")
    for official in dict.fromkeys(OFFICIAL[preset].values()):
        root.append(
            element(
                "w:font",
                value("w:altName", _ALTERNATIVES[official]),
                value("w:charset", "86"),
                value("w:family", "auto"),
                value("w:pitch", "default"),
                name=official,
            )
        )
    western = element("w:font", value("w:charset", "00"), value("w:family", "roman"), name=WESTERN_NAME)
    root.append(western)
    return root
