"""Repair of characters: gaps, widths, traditional forms, leftover markers. Every rewriting is one for one."""

import re

from duibiao.sources.mapped import MappedText

# Traditional forms met in official words, beside their simplified forms.
_TRADITIONAL = (
    "教學習師資優質發展規劃強國業專產業區縣鄉鎮農務員機構與為會議關於實際問題現場點線網絡數據標準圖書館創術藝體醫療衛養護"
    "經濟財稅費額億萬個項級職稱評價證書開辦園舊設備計劃劃調動聯繫統籌運營環節協對應單位達長東門風雲電視聽說讀寫語時間歲"
    "華節義僅儘這進還過連遠適選遺邊隊陽陸際隨難離雙雜頭頂順須領頻類顯驗題願顧構樣權歷歸氣決沒溝溫滿漢潛"
    "總約紅級紙組結給絕維績緊編緩續織繼續罰職聯聖聞聲處號補裝製複見覺觀規親計訓記許論證識試話該詳誠認調請論諸講謝譯讓變"
)
_SIMPLIFIED = (
    "教学习师资优质发展规划强国业专产业区县乡镇农务员机构与为会议关于实际问题现场点线网络数据标准图书馆创术艺体医疗卫养护"
    "经济财税费额亿万个项级职称评价证书开办园旧设备计划划调动联系统筹运营环节协对应单位达长东门风云电视听说读写语时间岁"
    "华节义仅尽这进还过连远适选遗边队阳陆际随难离双杂头顶顺须领频类显验题愿顾构样权历归气决没沟温满汉潜"
    "总约红级纸组结给绝维绩紧编缓续织继续罚职联圣闻声处号补装制复见觉观规亲计训记许论证识试话该详诚认调请论诸讲谢译让变"
)
_FULL_WIDTH = {0xFF10 + n: 0x30 + n for n in range(10)}
_FULL_WIDTH |= {0xFF21 + n: 0x41 + n for n in range(26)} | {0xFF41 + n: 0x61 + n for n in range(26)}
_FULL_WIDTH |= {ord("％"): ord("%"), ord("．"): ord("."), ord("＋"): ord("+"), ord("－"): ord("-")}
_FULL_WIDTH |= {0xA0: 0x20, 0x3000: 0x20}
_LETTERS = _FULL_WIDTH | {ord(a): ord(b) for a, b in zip(_TRADITIONAL, _SIMPLIFIED, strict=True) if a != b}

_HAN = "\u3400-\u9fff\uf900-\ufaff"
_WIDE = _HAN + "\u3000-\u303f\uff00-\uff65\u2014\u2018-\u201d\u2026∶·"
_GAP = re.compile(r"\s\s*")  # a set as the first thing of a pattern is looked for quickly, a repeated set is not
_SUPERFLUOUS = re.compile(
    rf"\s(?:(?<=\s\s)|(?<=[{_HAN}]\s)(?=\s*[^{_HAN}\s])|(?<![{_HAN}]\s)(?:(?<=[{_WIDE}]\s)|(?=\s*[{_WIDE}])))\s*"
)
"""White space behind white space, and what parts Chinese or its marks from anything else."""
_IS_HAN = re.compile(rf"[{_HAN}]")
_IS_WIDE = re.compile(rf"[{_WIDE}]")
_SPACES = "".join(character for character in map(chr, range(0x3001)) if character.isspace())
_REWRITTEN = re.compile("[" + "".join(re.escape(chr(letter)) for letter in _LETTERS) + "]")
_HIDDEN = re.compile(
    r"[\u200b-\u200f\ufeff\x00-\x08\x0e-\x1f]+|\[bookmark: ?[^\]\n]{1,80}\]|\{#_[A-Za-z]{2,12}\d*[^}\n]{0,40}\}"
)
_HALF_MARK = re.compile(r"[,;:?!()][,;:?!()]*")
_WIDE_MARK = str.maketrans(",;:?!()", "，；：？！（）")
_DIGIT_MARK = re.compile(r"[：，。．](?:(?<=\d：)(?=\d)|(?<=\d，)(?=\d{3}(?!\d))|(?<=\d[。．])(?=\d+%))")
_MAY_JOIN = re.compile(r"\d[：，。．]\d")
"""Any of them: digits are rarer than marks."""
_NARROW_MARK = str.maketrans("：，。．", ":,..")
_MAY_HIDE = re.compile(r"[\u200b-\u200f\ufeff\x00-\x08\x0e-\x1f\[{]")
"""Whatever is hidden begins with one of these."""
_PUT_RIGHT = r"\u200b-\u200f\ufeff\x00-\x08\x0e-\x1f\[{,;:?!()" + "".join(re.escape(chr(one)) for one in _LETTERS)
_UNCLEAN = re.compile(f"[{_SPACES}{_PUT_RIGHT}]")
"""Most paragraphs hold none of the characters that are put right."""
_MORE = re.compile(f"[{_PUT_RIGHT}]")
"""Most of the others hold white space and nothing else of them."""
BOOKMARK = re.compile(r"\[bookmark: ?_Toc\d+\]|\{#_Toc\d+")


def is_rewriting(written: str, printed: str) -> bool:
    """Tell whether a character is a declared rewriting of the one printed."""
    if written == printed or _LETTERS.get(ord(printed)) == ord(written):
        return True
    return printed.translate(_WIDE_MARK) == written or printed.translate(_NARROW_MARK) == written


def rewritten(text: str) -> str:
    """Digits to half width, marks beside Chinese to full width, traditional to simplified: one for one."""
    text = _letters(text)
    if _HALF_MARK.search(text) and _IS_HAN.search(text):
        text = _HALF_MARK.sub(_mark, text)
    return _digit_marks(text)


def _digit_marks(text: str) -> str:
    if _MAY_JOIN.search(text) is None:
        return text
    return _DIGIT_MARK.sub(lambda found: found[0].translate(_NARROW_MARK), text)


def _letters(text: str) -> str:
    return _REWRITTEN.sub(lambda found: chr(_LETTERS[ord(found[0])]), text)


def _mark(found: re.Match[str]) -> str:
    """Marks of half width in a Chinese text: brackets always, others beside Chinese or after a per cent sign."""
    mark, text = found[0], found.string
    before, after = text[max(0, found.start() - 1) : found.start()], text[found.end() : found.end() + 1]
    is_wide = "(" in mark or ")" in mark or (before == "%" and mark[0] in ",;")
    if is_wide or _IS_WIDE.match(before) or _IS_WIDE.match(after):
        return mark.translate(_WIDE_MARK)
    return mark


def _superfluous(text: str) -> list[tuple[int, int]]:
    """White space that parts Chinese from digits or marks; one blank between two words of one script stays."""
    return [gap.span() for gap in _SUPERFLUOUS.finditer(text)]


def _is_han(character: str) -> bool:
    """The same as the pattern, for one character (or none)."""
    return "\u3400" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff"


def _is_spread(text: str, start: int, end: int) -> bool:
    """A word of two or three characters printed wide: 总　则."""
    if start > 1 and not text[start - 2].isspace():
        return False  # most gaps stand behind a longer word
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if not (_is_han(before[-1:]) and _is_han(after[:1])):
        return False
    is_alone = before[:-1].strip() == "" and after[1:].strip() == ""
    return is_alone and (end - start > 1 or text[start] == "\u3000" or len(text) <= 5)


def cleaned(words: MappedText) -> MappedText:
    """Undo what printing did to the characters of one paragraph."""
    words = words.stripped()
    if not _UNCLEAN.search(words.text) and not _MAY_JOIN.search(words.text):
        return words
    has_more = _MORE.search(words.text) is not None
    if has_more and _MAY_HIDE.search(words.text) and _HIDDEN.search(words.text):
        words = words.without([found.span() for found in _HIDDEN.finditer(words.text)]).stripped()
    gaps = _gaps(words.text)
    if spread := [gap for gap in gaps if _is_spread(words.text, *gap)]:
        words = words.without(spread)
        gaps = _gaps(words.text)
    text = rewritten(words.text) if has_more else _digit_marks(words.text)
    if text != words.text:
        words = words.rewritten(text)
    dropped = _superfluous(text)
    return cleaned(words.without(dropped)) if dropped else words


def _gaps(text: str) -> list[tuple[int, int]]:
    return [gap.span() for gap in _GAP.finditer(text)]


def tidied(words: MappedText) -> MappedText:
    """The same for a line whose columns are told apart by its gaps: the gaps stay."""
    words = words.stripped()
    text = _letters(words.text)
    return words.rewritten(text) if text != words.text else words
