"""Figures in running text: numbers with their units, ranges, ratios, and the words that stand for a figure."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

import cn2an

from duibiao.extract.items import Operator
from duibiao.extract.window import FIVE_YEAR
from duibiao.extract.wording import UNITS
from duibiao.kernel.quick import quick_dataclass
from duibiao.kernel.value import plain

_PAIRS = {"“": "”", "《": "》", "（": "）", "(": ")", "「": "」", "〈": "〉", "‘": "’", "〔": "〕", "【": "】"}
_LONGEST_NAME = 120
_SHORTEST_AIM = 16
_AIM = re.compile(r"(?:达到|不低于|不少于|超过)\d[^，、]{1,10}[，；]")
_SAID = frozenset({"清零", "动态清零"})
"""What stands in quotation marks and is said for all that."""
_HIDDEN = "○"
_FULL_WIDTH = re.compile("[０-９％．]")
_OPENING = re.compile(f"[{re.escape(''.join(_PAIRS))}]")
_HALF_WIDTH = str.maketrans("０１２３４５６７８９％．", "0123456789%.")

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_UNIT = "|".join(re.escape(unit) for unit in sorted(UNITS, key=len, reverse=True))
_AFTER = "(?P<after>(?:及|或)?以上|以下|以内|之内|左右|上下|(?:余|多)(?=$|[，、；。]))?"
_FIGURE = re.compile(
    rf"(?<![\d.A-Za-z第—-])(?<!(?<![○底末])前)(?P<low>{_NUMBER})(?:[%项个名所门次人年倍元万]?(?:[—–~～至-]{{1,2}}|到)(?P<high>{_NUMBER}))?"
    rf"(?P<more>[多余])?(?P<size>万亿|[百千]?[万亿])?(?P<more_than>[多余])?(?P<unit>{_UNIT}|(?<=\d\.\d)年)(?!制)(?!(?<=人)[口数才员工]|(?<=个)多?月|(?<=个月)(?:[内龄大]|以[内上下])[一-鿿]|(?:(?<=分钟)|(?<=小时)|(?<=公里))[一-鿿]{{0,6}}(?:圈|空间|自助|值守|不打烊|书房|热线))(?P<per>(?:/[人生年月日亩班校]{{1,2}}){{1,2}})?{_AFTER}"
    rf"|(?<![\d.A-Za-z第])(?P<ratio>\d+(?:\.\d+)?)(?:[∶:：]1)(?!\d){_AFTER.replace('after', 'ratio_after')}"
    rf"|(?<![\d.A-Za-z第∶:：])1[∶:：](?P<many>[1-9]\d*(?:\.\d+)?)(?![\d∶:：%]){_AFTER.replace('after', 'many_after')}"
)
_CHINESE = re.compile(
    "(?P<number>[一二两三四五六七八九十百]{1,5})(?P<over>[余多])?(?P<unit>所|次|名|项|个|门|家|人|节|场|间|篇|条)(?!百分点|性|制|五年|月|学[期年]|周期|阶段|能源|分配|供)"
)
_SHARE_WORDS = re.compile(
    "(?P<tenths>[一二三四五六七八九])成(?:(?P<half>[一二三四五六七八九])(?![一-鿿])|(?=及?以[上下]|左右|[，、；。]|$))"
    "|(?P<parts>[二四五八十]|百)分之(?P<of>[一二三四五六七八九十]{1,3})"
    "|(?P<most>半数|一半)(?=及?以上)"
)
"""八成以上, 九成五, 四分之三, 半数以上. A third is no exact decimal: it is not read."""
_TENTHS = "零一二三四五六七八九"
_DIVISORS = {"二": 2, "四": 4, "五": 5, "八": 8, "十": 10, "百": 100}
_ENDING = re.compile("(?:及|或)?以上|以下|以内|左右")
_WORDS = re.compile(
    "(?P<all>(?:100%)?全覆盖|(?P<everyone>全员(?:轮训|培训|覆盖))|全面达标|全部达标)|(?P<zero>“?(?:动态|常态化)?清零”?|归零)"
    "|(?P<kept>逐年只增不减|只增不减)|(?P<double>翻(?P<times>[一两三])番|实现倍增|翻番)"
    "|(?P<wholly>全部(?:达到|取得|具备|获得|实现)(?=[^，、；。达到]{2,20}(?:学历|标准|资格|资格证书|证书|要求|化)(?:$|[，；。]|并)))"
    "|(?P<cleared>(?:(?<![一-鿿])|(?<=全[省市区县]))(?:基本|全面|全部|彻底)?消除(?=[^，、]{0,12}(?:大班额|大校额|危房|空白村|空白点|辍学现象)(?:现象|问题)?○?”?$))"
)
_SPECIAL = re.compile(
    "(?P<speed>[百千万])兆(?=(?:光纤|宽带|网络|光网)?[到进入][^，、；。]{1,4}(?:$|[，、；。]))"
    "|(?P<yearly>一年一)(?=(?:次)?(?:核定|评估|考核|评定|评价|调整|审核|更新)(?:$|[，、；。](?![一两三五]年)))"
    "|(?P<covered>覆盖)(?=[^，、；。]{0,14}(?:所有|全部)[^，、；。的]{1,20}(?:$|[，、；。]))"
    "|(?<=[0-9])(?P<great>大)(?=[^，、；。]{0,16}(?:工程|行动|计划|专项)(?:$|[，、；。]))"
)
_SPECIAL_MARK = re.compile("[兆覆大]")
_LASTING = re.compile(
    r"保留[^，、；。\d]{0,8}(?:关系|编制|身份|待遇|学籍|岗位|资格|职级|工资)(?P<years>\d{1,2})年(?=$|[，、；。])"
)
_PEOPLE = re.compile(
    r"(?<![\d.第])(?P<number>\d+(?:\.\d+)?)万(?=[^\d，、；。万亿次]{0,13}(?:者|人员|劳动力|学生|考生|教师|农民|青年|职工|毕业生|文盲|带头人|群众|居民|人)(?:$|[，、；。和]))"
)
_COUNTED_YEARS = re.compile(
    r"(?<![\d.第○])(?P<number>\d{1,2})年(?P<after>(?:及|或)?以上|以下|以内|左右)?(?=$|[，、；。和）”])"
)
_RATIO = re.compile("比(?!赛|较|如)|之比|比例|配[备置]")
_RATIO_BEHIND = ("的比例", "的师生比", "的生师比")
_SPEEDS = {"百": 100, "千": 1000, "万": 10000}
_DIGIT = re.compile(r"\d")
_DIGITS = re.compile(r"\d\d*")
_CHINESE_DIGIT = re.compile("[一二两三四五六七八九十百][一二两三四五六七八九十百余多所次名项个门家人节场间篇条]")
_WORD_MARK = re.compile("[盖员达零减翻倍除]")
"""Every one of the words holds one of these characters: clauses without them need not be searched."""
_COMPARED = re.compile(
    "(?P<bound>不得?低于|达到(?=.*以上$))(?P<base>[^，、]{0,14}平均[^，、]{0,8}水平)(?P<above>以上)?$"
)
_TENS, _MEASURES = "一二三四五六七八九", "[所次名项个门家人节场间篇条]"
_FIGURE_WORDS = (  # none begins with a set: the places where one may begin are then found in one quick pass
    "盖(?<=全覆盖)", "零(?<=[清归]零)", "标(?<=全[面部]达标)", "减(?<=只增不减)", "番(?<=翻番)", "番(?<=翻[一两三]番)",
    "增(?<=倍增)", "员(?<=全员)(?:轮训|培训|覆盖)", "消除", "半数以上", "一半以上", "平均.{0,8}水平", "一年一",
    "兆(?<=[百千万]兆)[到进入光宽网]", "覆盖.{0,14}(?:所有|全部)", "全部(?:达到|取得|具备|获得|实现)",
    *(f"{one}[余多]?{_MEASURES}" for one in f"{_TENS}两十"),
    *(f"{one}成(?:以上|左右|[{_TENS}，、；。]|$)" for one in _TENS),
    *(f"{one}分之" for one in "二四五八十百"),
    *"０１２３４５６７８９",
)  # fmt: skip
_FIGURE_WORD = re.compile("|".join(_FIGURE_WORDS))
"""A sentence without any of these, and without a digit, holds no quantity: ask ``has_figure``."""
_ANY_DIGIT = re.compile("[0-9]")

_SIZES = {
    "": 1,
    "百": 100,
    "千": 1000,
    "万": 10**4,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
    "百亿": 10**10,
    "千亿": 10**11,
}


@quick_dataclass(frozen=True, slots=True)
class ReadFigure:
    """A figure at ``start``–``end`` of the text; ``operator`` is what its own words say (以上, 全覆盖), if anything."""

    start: int
    end: int
    value: Decimal
    unit: str
    upper: Decimal | None = None
    operator: Operator | None = None
    is_soft: bool = False
    is_word: bool = False  # 全覆盖, 清零: a word and no number
    is_chinese: bool = False  # a Chinese numeral, which often counts nothing (一个)


def has_figure(text: str, start: int = 0, end: int | None = None) -> bool:
    """Tell whether a stretch may hold a quantity; most that do hold a digit, which is found fastest."""
    stop = len(text) if end is None else end
    return _ANY_DIGIT.search(text, start, stop) is not None or _FIGURE_WORD.search(text, start, stop) is not None


def half_width(text: str) -> str:
    """Write digits and the percent sign in half width, one for one."""
    return text.translate(_HALF_WIDTH) if _FULL_WIDTH.search(text) else text


def without_names(text: str) -> str:
    """Hide what stands in quotation marks, titles and brackets, so that neither its figures nor its commas are read.

    The text keeps its length. A mark that is not closed within a name's length hides nothing.
    """
    parts: list[str] = []
    done = at = 0
    while match := _OPENING.search(text, at):
        at = match.end()
        end = text.find(_PAIRS[match.group()], at, at + _LONGEST_NAME)
        if end < 0:
            continue
        if text[at:end] not in _SAID and not _is_aim(text, at, end) and not FIVE_YEAR.fullmatch(text[at - 1 : end + 1]):
            parts += [text[done:at], _HIDDEN * (end - at)]
            done = end
        at = end + 1
    return "".join([*parts, text[done:]]) if parts else text


def _is_aim(text: str, start: int, end: int) -> bool:
    """Tell whether quotation marks hold sentences about what is to be reached, and no name."""
    return end - start > _SHORTEST_AIM and text[start - 1] == "“" and bool(_AIM.search(text, start, end))


def figures(text: str) -> list[ReadFigure]:
    """The figures of a clause whose names are hidden, in order."""
    found: list[ReadFigure] = []
    if _DIGIT.search(text):
        found += _numbers(text)
        if "万" in text:
            found += _people(text)
    if _WORD_MARK.search(text) or "全部" in text:
        found += _words(text)
    if "成" in text or "分之" in text or "半" in text:
        found += _shares(text)
    if _CHINESE_DIGIT.search(text):
        found += _chinese(text)
    if "平均" in text:
        found += _compared(text)
    if "年限" in text:
        found += _years(text)
    if _SPECIAL_MARK.search(text) or "保留" in text or "一年一" in text:
        found += _special(text)
    return _apart(found) if len(found) > 1 else found


def _apart(found: list[ReadFigure]) -> list[ReadFigure]:
    """In order; of two figures that share characters the first counts."""
    found.sort(key=lambda figure: figure.start)
    kept: list[ReadFigure] = []
    for figure in found:
        if kept and figure.start < kept[-1].end:
            continue
        kept.append(figure)
    return kept


def _figure_matches(text: str) -> Iterator[re.Match[str]]:
    """All matches of the pattern: it begins with a digit, and digits are found more quickly than it is tried."""
    end = 0
    for digits in _DIGITS.finditer(text):
        match = _FIGURE.match(text, digits.start()) if digits.start() >= end else None
        if match is not None:
            end = match.end()
            yield match


def _numbers(text: str) -> Iterator[ReadFigure]:
    for match in _figure_matches(text):
        if match["many"]:
            is_ratio = _RATIO.search(text, 0, match.start()) or text.startswith(_RATIO_BEHIND, match.end())
            if is_ratio:  # 1:30 without it is a time, or a scale
                operator, is_soft = _after(match["many_after"])
                yield ReadFigure(match.start(), match.end(), Decimal(match["many"]), "1∶", None, operator, is_soft)
            continue
        if match["ratio"]:
            operator, is_soft = _after(match["ratio_after"])
            yield ReadFigure(match.start(), match.end(), Decimal(match["ratio"]), "∶1", None, operator, is_soft)
            continue
        if (
            match["unit"] == "M"
            and text[match.end("unit") : match.end("unit") + 1].isascii()
            and match.end("unit") < len(text)
        ):
            continue
        if text.startswith("全覆盖", match.end()):
            continue  # 100%全覆盖 is read as one word
        operator, is_soft = _after(match["after"])
        if match["more"] or match["more_than"]:
            operator = Operator.MORE_THAN
        unit, factor = _unit(match["size"] or "", match["unit"])
        unit += match["per"] or ""
        low = Decimal(match["low"].replace(",", "")) * factor
        high = Decimal(match["high"].replace(",", "")) * factor if match["high"] else None
        if high is not None and match.start() and text[match.start() - 1] in "由从":
            low, high = high, None  # 从88%到93%: what it was, and what it is to be
        if high is not None and high <= low:
            continue
        yield ReadFigure(match.start(), match.end(), plain(low), unit, plain(high) if high else None, operator, is_soft)


def _people(text: str) -> Iterator[ReadFigure]:
    """培训50万农村劳动者: people are counted without a measure word."""
    for match in _PEOPLE.finditer(text):
        yield ReadFigure(match.start(), match.end(), Decimal(match["number"]), "万人")


def _years(text: str) -> Iterator[ReadFigure]:
    """受教育年限达到12年: years that are counted, and no date."""
    for match in _COUNTED_YEARS.finditer(text, text.index("年限")):
        operator, is_soft = _after(match["after"])
        yield ReadFigure(match.start(), match.end(), Decimal(match["number"]), "年", None, operator, is_soft)


def _unit(size: str, unit: str) -> tuple[str, int]:
    """The unit as printed (万人次); 百万 and 千万 are not printed units and go into the number."""
    if unit in ("个学分", "个课时", "个学时", "个小时", "个工作日"):
        unit = unit[1:]
    if unit == "节课":
        unit = "节"
    if size in ("", "万", "亿", "万亿"):
        return size + unit, 1
    base = size[-1]
    return base + unit, _SIZES[size] // _SIZES[base]


def _after(words: str | None) -> tuple[Operator | None, bool]:
    if not words:
        return None, False
    if words.endswith("以上"):
        return Operator.AT_LEAST, False
    if words in ("以下", "以内", "之内"):
        return Operator.AT_MOST, False
    if words in ("左右", "上下"):
        return None, True
    return Operator.MORE_THAN, False


def _words(text: str) -> Iterator[ReadFigure]:
    for match in _WORDS.finditer(text):
        if match["cleared"]:
            is_soft = match["cleared"].startswith("基本")
            yield ReadFigure(match.start(), match.end(), Decimal(0), "", None, Operator.ZERO, is_soft, is_word=True)
        elif match["everyone"] and not re.search("实现|达到|完成", text[: match.start()]):
            continue  # 全员培训制度: the name of a kind of training
        elif match["all"]:
            if match["all"].startswith("100%"):
                yield ReadFigure(match.start(), match.end(), Decimal(100), "%", operator=Operator.EQUAL, is_word=True)
            else:
                yield ReadFigure(match.start(), match.end(), Decimal(100), "%", operator=Operator.ALL, is_word=True)
        elif match["zero"]:
            yield ReadFigure(match.start(), match.end(), Decimal(0), "", operator=Operator.ZERO, is_word=True)
        elif match["wholly"]:
            yield ReadFigure(match.start(), match.end(), Decimal(100), "%", operator=Operator.ALL, is_word=True)
        elif match["kept"]:
            yield ReadFigure(match.start(), match.end(), Decimal(0), "%", operator=Operator.AT_LEAST, is_word=True)
        else:
            times = {"一": 2, "两": 4, "三": 8}.get(match["times"] or "一", 2)
            yield ReadFigure(match.start(), match.end(), Decimal(times), "倍", operator=Operator.MULTIPLE, is_word=True)


def _special(text: str) -> Iterator[ReadFigure]:
    """万兆到区县, 一年一核定, 覆盖所有X, 6大工程, 保留X 3年: figures in their own wording."""
    for match in _SPECIAL.finditer(text):
        start, end = match.span()
        if match["speed"]:
            yield ReadFigure(start, end, Decimal(_SPEEDS[match["speed"]]), "Mbps")
        elif match["yearly"]:
            yield ReadFigure(start, end, Decimal(1), "次")
        elif match["covered"]:
            yield ReadFigure(start, end, Decimal(100), "%", operator=Operator.ALL, is_word=True)
        elif number := re.search(r"(?<![\d.第])\d{1,2}$", text[max(0, start - 4) : start]):
            yield ReadFigure(start - len(number.group()), end, Decimal(number.group()), "项")
    for match in _LASTING.finditer(text) if "保留" in text else ():
        yield ReadFigure(match.start("years"), match.end(), Decimal(match["years"]), "年")


@lru_cache(maxsize=1024)
def _numeral(words: str) -> Decimal | None:
    """The number of a Chinese numeral; None where it is not written well."""
    try:
        return Decimal(int(cn2an.cn2an(words.replace("两", "二"), "normal")))
    except (ValueError, KeyError):  # cn2an tells of 百十一 by the second
        return None


def _chinese(text: str) -> Iterator[ReadFigure]:
    for match in _CHINESE.finditer(text):
        value = _numeral(match["number"])
        if value is not None:
            operator = Operator.MORE_THAN if match["over"] else None
            yield ReadFigure(
                match.start(), match.end(), value, match["unit"], None, operator, is_chinese=operator is None
            )


def _shares(text: str) -> Iterator[ReadFigure]:
    """八成以上 and 四分之三: percentages in words."""
    for match in _SHARE_WORDS.finditer(text):
        if match["tenths"]:
            value: Decimal | None = Decimal(10 * _TENTHS.index(match["tenths"]) + _TENTHS.index(match["half"] or "零"))
        elif match["parts"]:
            part = _numeral(match["of"])
            value = 100 * part / _DIVISORS[match["parts"]] if part else None
        else:
            value = Decimal(50)
        ending = _ENDING.match(text, match.end())
        operator, is_soft = _after(ending.group() if ending else None)
        if value is not None and value <= 100:
            end = ending.end() if ending else match.end()
            yield ReadFigure(match.start(), end, plain(value), "%", None, operator, is_soft)


def _compared(text: str) -> Iterator[ReadFigure]:
    """不低于当地平均水平: at least once the level it is compared with."""
    if match := _COMPARED.search(text):
        yield ReadFigure(match.start(), match.end(), Decimal(1), "倍", operator=Operator.AT_LEAST, is_word=True)
