"""Reads an expression into a tree: a small recursive descent, with messages an official understands.

Precedence, weakest first: or · and · not · comparison, in · + - · * / · unary minus.
"""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from duibiao.kernel.quick import quick_dataclass
from duibiao.kernel.text import Text
from duibiao.metrics.element import STAGE_WORDS, Stage
from duibiao.metrics.expression import nodes as n
from duibiao.metrics.expression.hints import KEYWORDS, USAGE, Slip, meant_word, slip, unknown_sign, word_at

MAX_LENGTH = 4000
MAX_TOKENS = 600
"""A chain a + b + … becomes a tree as deep as it is long: this keeps every walk far from the limit of recursion."""
MAX_NESTING = 40
MAX_DIGITS = 30
"""Digits of a number: more are no figure of an office, and would not fit the exact arithmetic of any engine."""
FIRST_YEAR, LAST_YEAR, MOST_YEARS = 1900, 2200, 100


class ExpressionError(ValueError):
    """An expression that cannot be read or makes no sense; ``at`` is the offset of the fault.

    ``word`` is a word that may be meant for the name of an element, where whoever knows the names can say so.
    """

    def __init__(self, at: int, zh: str, en: str, word: str = "") -> None:
        self.at, self.message, self.word = at, Text(zh, en), word
        super().__init__(zh)


_COMPARISONS = tuple(n.ComparisonOp)
_ATTRIBUTES, _AGGREGATES = frozenset(n.RowAttribute), frozenset(n.AggregateFunction)


@quick_dataclass(frozen=True, slots=True)
class Token:
    """A word of an expression: ``kind`` is number, text, name, sign or end."""

    kind: str
    text: str
    at: int


_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<number>\d+(?:\.\d+)?)|'(?P<text>[^'\x00-\x1f\x7f]*)'|(?P<name>[a-z_][a-z0-9_]*)"
    r"|(?P<sign><=|>=|!=|[-+*/()=<>,])",
    re.ASCII,
)


def tokens(text: str) -> list[Token]:
    """Cut an expression into its words; raises ExpressionError at the first character that begins none."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(
            0,
            f"算式超过 {MAX_LENGTH} 个字符；请拆成几个指标，用 indicator('…') 引用",
            f"longer than {MAX_LENGTH} characters; make several indicators of it and refer to them by indicator('…')",
        )
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _unread(text, at)
        if match.lastgroup != "space":
            kind = str(match.lastgroup)
            found.append(Token(kind, match[kind], at))
        at = match.end()
        if len(found) > MAX_TOKENS:
            raise ExpressionError(
                at,
                f"算式超过 {MAX_TOKENS} 个词；请拆成几个指标，用 indicator('…') 引用",
                f"longer than {MAX_TOKENS} words; make several indicators of it and refer to them by indicator('…')",
            )
    return [*found, Token("end", "", len(text))]


def _unread(text: str, at: int) -> ExpressionError:
    """What is wrong with a character that begins no word of the language: a sign, or a word in capitals or Chinese."""
    word = word_at(text, at)
    if not word or word.isdecimal():
        told = unknown_sign(text, at)
        return ExpressionError(at, told.zh, told.en)
    begin = text.rindex(word, 0, at + len(word))
    meant = meant_word(word, (*_FUNCTIONS, *n.AggregateFunction, *KEYWORDS, *n.RowAttribute))
    if meant:
        return ExpressionError(begin, f"“{word}”应写作“{meant}”", f"write {meant} for '{word}'")
    return ExpressionError(
        begin,
        f"“{word}”不是数据元代码：数据元、函数和 where 等词都用小写英文代码",
        f"'{word}' is no code: elements, functions and words such as where are written in small Latin letters",
        word,
    )


def parse(text: str) -> n.ExpressionNode:
    """Read an expression. Raises ExpressionError with the offset of the fault."""
    parser = _Parser(tokens(text))
    found = parser.expression()
    parser.expect("end", "")
    return found


class _Parser:
    def __init__(self, words: list[Token]) -> None:
        self.words, self.place, self.depth = words, 0, 0
        self.open: list[Token] = []  # brackets that wait for their partner

    # --- words -------------------------------------------------------------------------------------

    @property
    def word(self) -> Token:
        return self.words[self.place]

    def next(self) -> Token:
        found = self.word
        self.place += found.kind != "end"
        return found

    def take(self, kind: str, *texts: str) -> Token | None:
        word = self.words[self.place]
        return self.next() if word.kind == kind and word.text in texts else None

    def expect(self, kind: str, text: str) -> Token:
        found = self.take(kind, text)
        if found is None:
            raise self.unexpected(text)
        return found

    def bracket(self) -> Token | None:
        """Take an opening bracket and remember where it stands."""
        found = self.take("sign", "(")
        if found is not None:
            self.open.append(found)
        return found

    def close(self) -> None:
        """Take the closing bracket; raises ExpressionError that tells which bracket lacks it."""
        self.expect("sign", ")")
        self.open.pop()

    def unexpected(self, wanted: str) -> ExpressionError:
        """What stands where ``wanted`` (empty: the end; "…": a value) should, and what to do about it."""
        word, before = self.word, self.words[self.place - 1] if self.place else Token("end", "", 0)
        names = {"": Text("结尾", "the end"), "…": Text("数字、数据元或函数", "a number, an element or a function")}
        due = names.get(wanted, Text(f"“{wanted}”", f"'{wanted}'"))
        seen = Text(f"“{word.text}”", f"'{word.text}'") if word.text else Text("结尾", "the end")
        pair = before.text + word.text if word.at == before.at + len(before.text) else ""
        open_at = self.open[-1].at if self.open else -1
        hint = slip(Slip(wanted, word.kind, word.text, before.kind, pair, open_at, self.usage()))
        zh, en = (f"；{hint.zh}", f"; {hint.en}") if hint.zh else ("", "")
        return ExpressionError(
            word.at, f"此处应为{due.zh}，却是{seen.zh}{zh}", f"expected {due.en}, found {seen.en}{en}"
        )

    def usage(self) -> Text:
        """How the function is written whose bracket was opened last."""
        at = self.words.index(self.open[-1]) if self.open else 0
        name = self.words[at - 1].text if at else ""
        return Text(f"写法：{USAGE[name]}", f"write {USAGE[name]}") if name in USAGE else Text("")

    # --- levels of precedence ------------------------------------------------------------------------

    def deeper(self, read: Callable[[], n.ExpressionNode]) -> n.ExpressionNode:
        """Read one level further down; a text made to exhaust the stack is refused."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise ExpressionError(
                self.word.at,
                f"括号和 not 嵌套超过 {MAX_NESTING} 层；请拆成几个指标，用 indicator('…') 引用",
                f"nested deeper than {MAX_NESTING}; make several indicators of it and refer to them by indicator('…')",
            )
        found = read()
        self.depth -= 1
        return found

    def expression(self) -> n.ExpressionNode:
        return self.deeper(self.disjunction)

    def disjunction(self) -> n.ExpressionNode:
        left = self.conjunction()
        while word := self.take("name", "or"):
            left = n.Logic(n.LogicOp.OR, left, self.conjunction(), at=word.at)
        return left

    def conjunction(self) -> n.ExpressionNode:
        left = self.negation()
        while word := self.take("name", "and"):
            left = n.Logic(n.LogicOp.AND, left, self.negation(), at=word.at)
        return left

    def negation(self) -> n.ExpressionNode:
        if word := self.take("name", "not"):
            return n.Not(self.deeper(self.negation), at=word.at)
        return self.comparison()

    def comparison(self) -> n.ExpressionNode:
        left = self.added()
        if word := self.take("sign", *_COMPARISONS):
            return n.Comparison(n.ComparisonOp(word.text), left, self.added(), at=word.at)
        if word := self.take("name", "in"):
            if self.bracket() is None:
                raise self.unexpected("(")
            return n.Within(left, tuple(self.several(self.added)), at=word.at)
        return left

    def added(self) -> n.ExpressionNode:
        left = self.multiplied()
        while word := self.take("sign", "+", "-"):
            left = n.Arithmetic(n.ArithmeticOp(word.text), left, self.multiplied(), at=word.at)
        return left

    def multiplied(self) -> n.ExpressionNode:
        left = self.single()
        while word := self.take("sign", "*", "/"):
            left = n.Arithmetic(n.ArithmeticOp(word.text), left, self.single(), at=word.at)
        return left

    def single(self) -> n.ExpressionNode:
        if word := self.take("sign", "-"):
            return n.Negative(self.deeper(self.single), at=word.at)
        if self.bracket():
            found = self.expression()
            self.close()
            return found
        if self.word.kind in ("sign", "end") or (self.word.text in KEYWORDS and self.word.kind == "name"):
            raise self.unexpected("…")
        word = self.next()
        if word.kind == "number":
            return _number(word)
        if word.kind == "text":
            return n.Words(word.text, at=word.at)
        return self.call(word) if self.bracket() else self.named(word)

    def named(self, word: Token) -> n.ExpressionNode:
        if word.text in _ATTRIBUTES:
            return n.AttributeRef(n.RowAttribute(word.text), at=word.at)
        return n.ElementRef(word.text, at=word.at)

    def several(self, item: Callable[[], n.ExpressionNode]) -> list[n.ExpressionNode]:
        """Items up to the closing bracket, which is taken."""
        found = [item()]
        while self.take("sign", ","):
            found.append(item())
        self.close()
        return found

    # --- functions -----------------------------------------------------------------------------------

    def call(self, word: Token) -> n.ExpressionNode:
        if word.text in _AGGREGATES:
            return self.aggregate(word)
        special = _FUNCTIONS.get(word.text)
        if special is None:
            raise _no_function(word)
        return special(word, self.several(self.expression))

    def aggregate(self, word: Token) -> n.ExpressionNode:
        arguments = [self.expression()]
        while self.take("sign", ","):
            arguments.append(self.expression())
        weight = self.expression() if self.take("name", "weight") else None
        where = self.expression() if self.take("name", "where") else None
        self.close()
        function, level = n.AggregateFunction(word.text), None
        if function is n.AggregateFunction.QUANTILE:
            last = arguments.pop() if len(arguments) == 2 else None
            if not isinstance(last, n.Number) or not 0 <= last.value <= 1:
                at = word.at if last is None else last.at
                raise ExpressionError(
                    at,
                    f"第二项应是 0 与 1 之间的数：第九十百分位写 0.9，如 {USAGE['quantile']}",
                    f"the second argument is a number from 0 to 1: {USAGE['quantile']}",
                )
            level = last.value
        return n.Aggregate(function, tuple(arguments), weight, where, level, at=word.at)


def _number(word: Token) -> n.ExpressionNode:
    if len(word.text) > MAX_DIGITS:
        raise ExpressionError(word.at, f"数字不能超过 {MAX_DIGITS} 位", f"a number has at most {MAX_DIGITS} digits")
    return n.Number(Decimal(word.text), at=word.at)


def _no_function(word: Token) -> ExpressionError:
    known = (*_FUNCTIONS, *n.AggregateFunction)
    meant = meant_word(word.text, (*known, *KEYWORDS))
    zh, en = f"没有函数“{word.text}”", f"no function '{word.text}'"
    if meant in KEYWORDS:
        return ExpressionError(
            word.at,
            f"{zh}；条件写在 where 后面，如 {USAGE['sum']}",
            f"{en}; conditions stand behind where: {USAGE['sum']}",
        )
    if meant:
        return ExpressionError(word.at, f"{zh}；是否指 {USAGE[meant]}", f"{en}; did you mean {USAGE[meant]}?")
    names = "、".join(sorted(known))
    return ExpressionError(word.at, f"{zh}；可用的有：{names}", f"{en}; there are: {names.replace('、', ', ')}")


def wrong_count(name: str, at: int, arguments: Sequence[n.ExpressionNode], wanted: int) -> ExpressionError:
    """A function with too many or too few arguments; three digits behind a comma are no argument but a thousand."""
    count = len(arguments)
    last = arguments[-1] if count > wanted else None
    zh, en = (
        f"{name} 需要 {wanted} 项，写了 {count} 项；写法：{USAGE[name]}",
        f"{name} takes {wanted}, {count} are written",
    )
    if isinstance(last, n.Number) and any(isinstance(one, n.Number) for one in arguments[wanted - 1].walk()):
        zh, en = f"{zh}（数字不写千分位逗号）", f"{en} (a number has no comma)"
    return ExpressionError(at, zh, f"{en}; write {USAGE[name]}")


def _count(word: Token, arguments: list[n.ExpressionNode], wanted: int) -> None:
    if len(arguments) != wanted:
        raise wrong_count(word.text, word.at, arguments, wanted)


def _whole(word: Token, node: n.ExpressionNode) -> int:
    if isinstance(node, n.Number) and node.value == node.value.to_integral_value():
        return int(node.value)
    raise ExpressionError(
        node.at,
        f"{word.text} 的第二项须是正整数，如 {USAGE[word.text]}",
        f"the second argument of {word.text} is a whole number above 0: {USAGE[word.text]}",
    )


def _words(word: Token, node: n.ExpressionNode) -> str:
    if isinstance(node, n.Words):
        return node.value
    usage = USAGE[word.text]
    raise ExpressionError(
        node.at, f"{word.text} 此处须是加引号的文字，如 {usage}", f"{word.text} takes a quoted text here: {usage}"
    )


def _stage_share(word: Token, arguments: list[n.ExpressionNode]) -> n.ExpressionNode:
    _count(word, arguments, 2)
    last = arguments[1]
    if not isinstance(last, n.ElementRef) or last.code not in set(Stage):
        zh = "、".join(f"{stage}（{STAGE_WORDS[stage].zh}）" for stage in Stage if stage is not Stage.ALL)
        en = ", ".join(stage for stage in Stage if stage is not Stage.ALL)
        raise ExpressionError(
            last.at,
            f"stage_share 的第二项须是学段，不加引号：{zh}",
            f"the stage is one of {en}, without quotation marks",
        )
    return n.StageShare(arguments[0], Stage(last.code), at=word.at)


def _starts(word: Token, arguments: list[n.ExpressionNode]) -> n.ExpressionNode:
    _count(word, arguments, 2)
    return n.StartsWith(arguments[0], _words(word, arguments[1]), at=word.at)


def _lag(word: Token, arguments: list[n.ExpressionNode]) -> n.ExpressionNode:
    _count(word, arguments, 2)
    years = _whole(word, arguments[1])
    if not 1 <= years <= MOST_YEARS:
        raise ExpressionError(
            arguments[1].at,
            f"lag 往回看 1 至 {MOST_YEARS} 年：lag(x, 1) 是上一年",
            f"lag looks back between 1 and {MOST_YEARS} years: lag(x, 1) is the year before",
        )
    return n.Lag(arguments[0], years, at=word.at)


def _cumulative(word: Token, arguments: list[n.ExpressionNode]) -> n.ExpressionNode:
    _count(word, arguments, 2)
    year = _whole(word, arguments[1])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ExpressionError(
            arguments[1].at,
            f"cumulative 的起始年份写四位数，如 {USAGE['cumulative']}",
            f"cumulative begins in a year of four digits: {USAGE['cumulative']}",
        )
    return n.Cumulative(arguments[0], year, at=word.at)


def _indicator(word: Token, arguments: list[n.ExpressionNode]) -> n.ExpressionNode:
    _count(word, arguments, 1)
    return n.IndicatorRef(_words(word, arguments[0]), at=word.at)


def _one(kind: Callable[..., n.ExpressionNode]) -> Callable[[Token, list[n.ExpressionNode]], n.ExpressionNode]:
    def build(word: Token, arguments: list[n.ExpressionNode]) -> n.ExpressionNode:
        _count(word, arguments, 1)
        return kind(arguments[0], at=word.at)

    return build


_FUNCTIONS: dict[str, Callable[[Token, list[n.ExpressionNode]], n.ExpressionNode]] = {
    "known": _one(n.IsKnown),
    "sum_known": lambda word, arguments: n.SumKnown(tuple(arguments), at=word.at),
    "starts": _starts,
    "stage_share": _stage_share,
    "lag": _lag,
    "change": _one(n.Change),
    "growth": _one(n.Growth),
    "cumulative": _cumulative,
    "indicator": _indicator,
    "percent": _one(n.Percent),
}
