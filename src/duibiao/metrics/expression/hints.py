"""What a person who mistyped may have meant: names, functions, signs. Messages about expressions end with it."""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from duibiao.kernel.text import Text, folded

KEYWORDS = frozenset({"and", "or", "not", "in", "where", "weight"})
COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
USAGE: Mapping[str, str] = {
    "sum": "sum(students where kind = '211')",
    "count": "count(students > 100 where kind = '211')",
    "ratio": "ratio(books, students where kind = '211')",
    "share": "share(books / students >= 20 where kind = '211')",
    "mean": "mean(hours weight students)",
    "difference_coefficient": "difference_coefficient(books, students)",
    "min": "min(students)",
    "max": "max(students)",
    "median": "median(students)",
    "quantile": "quantile(students, 0.9)",
    "gini": "gini(books / students weight students)",
    "theil": "theil(books / students weight students)",
    "known": "known(students)",
    "sum_known": "sum_known(boys, girls)",
    "starts": "starts(kind, '31')",
    "stage_share": "stage_share(area, junior)",
    "lag": "lag(sum(students), 1)",
    "change": "change(sum(students))",
    "growth": "percent(growth(sum(students)))",
    "cumulative": "cumulative(sum(graduates), 2021)",
    "indicator": "indicator('area.name')",
    "percent": "percent(sum(a) / sum(b))",
}
"""How each function is written, shown beside a message about it."""

_MEANT = {
    "average": "mean", "avg": "mean", "平均": "mean", "平均值": "mean", "均值": "mean", "加权平均": "mean",
    "合计": "sum", "求和": "sum", "总和": "sum", "总计": "sum", "total": "sum", "sumif": "sum", "sumifs": "sum",
    "计数": "count", "个数": "count", "数量": "count", "countif": "count", "countifs": "count", "number": "count",
    "占比": "share", "比重": "share", "达标率": "share", "比率": "ratio", "比例": "ratio", "比": "ratio",
    "百分比": "percent", "百分数": "percent", "最小": "min", "最小值": "min", "最大": "max", "最大值": "max",
    "中位数": "median", "分位数": "quantile", "百分位数": "quantile", "percentile": "quantile",
    "差异系数": "difference_coefficient", "变异系数": "difference_coefficient", "cv": "difference_coefficient",
    "基尼系数": "gini", "基尼": "gini", "泰尔指数": "theil", "泰尔": "theil", "上年": "lag", "滞后": "lag",
    "去年": "lag", "增量": "change",
    "比上年": "change", "增长率": "growth", "同比": "growth", "增速": "growth", "累计": "cumulative",
    "cumsum": "cumulative", "指标": "indicator", "学段拆分": "stage_share", "已报": "known", "并且": "and", "且": "and",
    "和": "and", "或": "or", "或者": "or", "非": "not", "不": "not", "其中": "where", "条件": "where", "if": "where",
    "when": "where", "filter": "where", "having": "where", "加权": "weight", "权重": "weight", "weights": "weight",
    "办学类型": "kind", "城乡类型": "location", "城乡": "location", "区县": "district", "办别": "ownership",
    "iif": "where", "case": "where",
}  # fmt: skip
"""Words people write for the words of the language."""

_SIGNS = {
    "（": "(", "）": ")", "，": ",", "、": ",", "‘": "'", "’": "'", "“": "'", "”": "'", '"': "'", "`": "'", "＇": "'",
    "＝": "=", "＞": ">", "＜": "<", "≥": ">=", "≤": "<=", "≠": "!=", "＋": "+", "－": "-", "−": "-", "—": "-",
    "–": "-", "×": "*", "＊": "*", "·": "*", "÷": "/", "／": "/", "[": "(", "]": ")", "【": "(", "】": ")", "{": "(",
    "}": ")", "&": "and", "|": "or", "!": "not", "\u3000": " ", "\u00a0": " ", "．": ".",
}  # fmt: skip
"""Signs of other keyboards, and the sign of the language."""
_UNFIT = {
    "%": Text("百分数写作 percent(…)，不用“%”", "write percent(…), not '%'"),
    "^": Text("没有乘方；平方写作 x * x", "there are no powers; a square is x * x"),
    ".": Text(
        "小数写作 0.5；指标代码要写在 indicator('…') 里，数据元代码不含“.”",
        "write 0.5; the code of an indicator stands in indicator('…'), that of an element has no '.'",
    ),
    ";": Text("一个指标只写一个算式", "an indicator has one expression"),
    "；": Text("一个指标只写一个算式", "an indicator has one expression"),
    "#": Text("算式里不写注释；说明写在 note 字段", "no comments in an expression; use the field note"),
    "'": Text("引号没有配对", "the quotation mark has no partner"),
    "？": Text("没有“？”；条件写在 where 后面", "there is no '？'; a condition stands behind where"),
    "?": Text("没有“?”；条件写在 where 后面", "there is no '?'; a condition stands behind where"),
}
_WORD = re.compile(r"[^\W]+")


def unknown_sign(text: str, at: int) -> Text:
    """What to write for a character the language does not have."""
    sign = text[at]
    if sign in _UNFIT:
        return _UNFIT[sign]
    if sign in _SIGNS:
        meant = _SIGNS[sign]
        if not meant.strip():
            return Text("此处是全角或特殊空格，请改为半角空格", "a special space: use a plain one")
        width = "（标点须用半角）" if ord(sign) > 0x2FF else ""
        return Text(f"“{sign}”应写作“{meant}”{width}", f"write {meant} for '{sign}'")
    shown = sign if sign.isprintable() else f"U+{ord(sign):04X}"
    return Text(f"算式里没有字符“{shown}”", f"there is no character '{shown}' in an expression")


def word_at(text: str, at: int) -> str:
    """The whole word around a character: letters of any script, digits and ``_``; empty where there is none."""
    match = _WORD.match(text, at)
    if match is None:
        return ""
    begin = at
    while begin > 0 and _WORD.match(text[begin - 1]):
        begin -= 1
    return text[begin : match.end()]


def meant_word(word: str, words: Iterable[str]) -> str:
    """The word of the language (a function, a keyword) a person may have meant; empty where none is near."""
    known = list(words)
    lower = folded(word)
    if lower in known:
        return lower
    if lower in _MEANT:
        return _MEANT[lower]
    near = difflib.get_close_matches(lower, known, n=1, cutoff=0.75)
    return near[0] if near else ""


def meant_names(word: str, names: Mapping[str, str], most: int = 3) -> list[str]:
    """The codes a person may have meant, best first. ``names`` gives the Chinese label of each code."""
    lower = folded(word)
    labels = {code: folded(label) for code, label in names.items()}
    exact = [code for code, label in labels.items() if lower in (code, label)]
    if exact:
        return exact[:most]
    if lower.isascii():
        longer = sorted((code for code in names if code.startswith(f"{lower}_")), key=len)
        if longer:
            return longer[:most]
        return difflib.get_close_matches(lower, names, n=most, cutoff=0.7)
    inside = sorted((code for code, label in labels.items() if lower in label), key=lambda code: len(labels[code]))
    near = difflib.get_close_matches(lower, list(labels.values()), n=most, cutoff=0.5)
    close = [code for label in near for code, own in labels.items() if own == label]
    return list(dict.fromkeys([*inside, *close]))[:most]


def suggested(found: Iterable[str], names: Mapping[str, str], quoted: bool = False) -> Text:
    """“；是否指 …” with codes and labels; empty for nothing found."""
    mark = "'" if quoted else ""
    told = [(f"{mark}{code}{mark}", names.get(code, "")) for code in found]
    if not told:
        return Text("")
    zh = "、".join(f"{code}（{label}）" if label else code for code, label in told)
    return Text(f"；是否指 {zh}", f"; did you mean {' or '.join(code for code, _ in told)}?")


@dataclass(frozen=True, slots=True)
class Slip:
    """Where reading stopped (写法错误): what was wanted, and what stood there and before.

    ``wanted`` is a sign, "" for the end and "…" for a value; ``pair`` the word and the one before where they touch;
    ``open_at`` the offset of the last open bracket (-1: none); ``usage`` how the function at hand is written.
    """

    wanted: str
    kind: str
    text: str
    before: str
    pair: str
    open_at: int
    usage: Text


def slip(found: Slip) -> Text:
    """The remedy for a usual slip; empty for others."""
    return next((remedy(found) for fits, remedy in _SLIPS if fits(found)), Text(""))


_PAIRS = {"==": "=", "<>": "!=", "=>": ">=", "=<": "<="}
_SLIPS: tuple[tuple[Callable[[Slip], bool], Callable[[Slip], Text]], ...] = (
    (
        lambda one: one.wanted == ")" and one.kind == "end" and one.open_at >= 0,
        lambda one: Text(
            f"第 {one.open_at + 1} 个字符处的“(”没有配对的“)”", f"the '(' at character {one.open_at + 1} has no ')'"
        ),
    ),
    (
        lambda one: not one.wanted and one.text == ")",
        lambda _: Text("多写了一个“)”，或前面少写了“(”", "one ')' too many, or a '(' is missing before"),
    ),
    (
        lambda one: one.pair in _PAIRS,
        lambda one: Text(f"“{one.pair}”应写作“{_PAIRS[one.pair]}”", f"write {_PAIRS[one.pair]} for '{one.pair}'"),
    ),
    (
        lambda one: one.wanted == "…" and one.text == "=" and one.before == "end",
        lambda _: Text("算式开头不写“=”", "an expression does not begin with '='"),
    ),
    (lambda one: one.wanted == "…", lambda one: one.usage),
    (
        lambda one: not one.wanted and one.text in KEYWORDS,
        lambda one: Text(
            f"{one.text} 写在函数的括号里面，如 {USAGE['mean' if one.text == 'weight' else 'sum']}",
            f"{one.text} stands inside the brackets: {USAGE['mean' if one.text == 'weight' else 'sum']}",
        ),
    ),
    (
        lambda one: one.text in COMPARISONS,
        lambda _: Text("比较不能连写：写作 a > 10 and a < 100", "write two comparisons: a > 10 and a < 100"),
    ),
    (
        lambda one: one.wanted == "(",
        lambda _: Text("in 后面写括号：kind in ('211', '312')", "write kind in ('211', '312')"),
    ),
    (
        lambda one: one.kind == "name" and one.before == "number",
        lambda _: Text("数字写作 1000 或 0.5，不带字母", "write 1000 or 0.5, without letters"),
    ),
    (
        lambda one: one.kind == "name" and bool(meant_word(one.text, KEYWORDS)),
        lambda one: Text(f"是否指 {meant_word(one.text, KEYWORDS)}", f"did you mean {meant_word(one.text, KEYWORDS)}?"),
    ),
    (
        lambda one: one.kind in ("name", "number", "text"),
        lambda _: Text("两项之间缺少运算符、逗号、weight 或 where", "an operator, a comma, weight or where is missing"),
    ),
)
