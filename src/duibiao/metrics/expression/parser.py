"""Reads an expression into a tree: a small recursive descent, with messages an official understands.

Precedence, weakest first: or · and · not · comparison, in · + - · * / · unary minus.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from duibiao.kernel.text import Text
from duibiao.metrics.element import Stage
from duibiao.metrics.expression import nodes as n

MAX_LENGTH = 4000
MAX_TOKENS = 600
"""A chain a + b + … becomes a tree as deep as it is long: this keeps every walk far from the limit of recursion."""
MAX_NESTING = 40
MAX_DIGITS = 30
"""Digits of a number: more are no figure of an office, and would not fit the exact arithmetic of any engine."""
FIRST_YEAR, LAST_YEAR, MOST_YEARS = 1900, 2200, 100
KEYWORDS = frozenset({"and", "or", "not", "in", "where", "weight"})


class ExpressionError(ValueError):
    """An expression that cannot be read or makes no sense; ``at`` is the offset of the fault."""

    def __init__(self, at: int, zh: str, en: str) -> None:
        self.at, self.message = at, Text(zh, en)
        super().__init__(zh)


@dataclass(frozen=True, slots=True)
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
        raise ExpressionError(0, f"算式超过 {MAX_LENGTH} 个字符", f"longer than {MAX_LENGTH} characters")
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ExpressionError(
                at,
                f"不认识的字符“{text[at]}”（标点须用半角）",
                f"unknown character '{text[at]}' (use half-width marks)",
            )
        if match.lastgroup != "space":
            kind = str(match.lastgroup)
            found.append(Token(kind, match[kind], at))
        at = match.end()
        if len(found) > MAX_TOKENS:
            raise ExpressionError(at, f"算式超过 {MAX_TOKENS} 个词", f"longer than {MAX_TOKENS} words")
    return [*found, Token("end", "", len(text))]


def parse(text: str) -> n.ExpressionNode:
    """Read an expression. Raises ExpressionError with the offset of the fault."""
    parser = _Parser(tokens(text))
    found = parser.expression()
    parser.expect("end", "")
    return found


class _Parser:
    def __init__(self, words: list[Token]) -> None:
        self.words, self.place, self.depth = words, 0, 0

    # --- words -------------------------------------------------------------------------------------

    @property
    def word(self) -> Token:
        return self.words[self.place]

    def next(self) -> Token:
        found = self.word
        self.place += found.kind != "end"
        return found

    def take(self, kind: str, *texts: str) -> Token | None:
        if self.word.kind == kind and self.word.text in texts:
            return self.next()
        return None

    def expect(self, kind: str, text: str) -> Token:
        found = self.take(kind, text)
        if found is None:
            wanted, seen = text or "结尾", self.word.text or "结尾"
            raise ExpressionError(
                self.word.at,
                f"此处应为“{wanted}”，却是“{seen}”",
                f"expected '{text or 'the end'}', found '{self.word.text or 'the end'}'",
            )
        return found

    # --- levels of precedence ------------------------------------------------------------------------

    def deeper(self, read: Callable[[], n.ExpressionNode]) -> n.ExpressionNode:
        """Read one level further down; a text made to exhaust the stack is refused."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise ExpressionError(self.word.at, f"嵌套超过 {MAX_NESTING} 层", f"nested deeper than {MAX_NESTING}")
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
        if word := self.take("sign", *n.ComparisonOp):
            return n.Comparison(n.ComparisonOp(word.text), left, self.added(), at=word.at)
        if word := self.take("name", "in"):
            self.expect("sign", "(")
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
        if self.take("sign", "("):
            found = self.expression()
            self.expect("sign", ")")
            return found
        word = self.next()
        if word.kind == "number":
            return _number(word)
        if word.kind == "text":
            return n.Words(word.text, at=word.at)
        if word.kind == "name" and word.text not in KEYWORDS:
            return self.call(word) if self.take("sign", "(") else self.named(word)
        raise ExpressionError(
            word.at,
            f"此处应为数字、数据元或函数，却是“{word.text or '结尾'}”",
            f"expected a value, found '{word.text}'",
        )

    def named(self, word: Token) -> n.ExpressionNode:
        if word.text in set(n.RowAttribute):
            return n.AttributeRef(n.RowAttribute(word.text), at=word.at)
        return n.ElementRef(word.text, at=word.at)

    def several(self, item: Callable[[], n.ExpressionNode]) -> list[n.ExpressionNode]:
        """Items up to the closing bracket, which is taken."""
        found = [item()]
        while self.take("sign", ","):
            found.append(item())
        self.expect("sign", ")")
        return found

    # --- functions -----------------------------------------------------------------------------------

    def call(self, word: Token) -> n.ExpressionNode:
        if word.text in set(n.AggregateFunction):
            return self.aggregate(word)
        special = _FUNCTIONS.get(word.text)
        if special is None:
            names = "、".join(sorted([*_FUNCTIONS, *n.AggregateFunction]))
            raise ExpressionError(
                word.at, f"没有函数“{word.text}”；可用：{names}", f"no function '{word.text}'; there are: {names}"
            )
        return special(word, self.several(self.expression))

    def aggregate(self, word: Token) -> n.ExpressionNode:
        arguments = [self.expression()]
        while self.take("sign", ","):
            arguments.append(self.expression())
        weight = self.expression() if self.take("name", "weight") else None
        where = self.expression() if self.take("name", "where") else None
        self.expect("sign", ")")
        function, level = n.AggregateFunction(word.text), None
        if function is n.AggregateFunction.QUANTILE:
            last = arguments.pop() if len(arguments) == 2 else None
            if not isinstance(last, n.Number) or not 0 <= last.value <= 1:
                raise ExpressionError(
                    word.at, "quantile 的写法：quantile(数据元, 0.9)，第二项在 0 与 1 之间", "write quantile(x, 0.9)"
                )
            level = last.value
        return n.Aggregate(function, tuple(arguments), weight, where, level, at=word.at)


def _number(word: Token) -> n.ExpressionNode:
    if len(word.text) > MAX_DIGITS:
        raise ExpressionError(word.at, f"数字超过 {MAX_DIGITS} 位", f"a number has at most {MAX_DIGITS} digits")
    return n.Number(Decimal(word.text), at=word.at)


def _count(word: Token, arguments: list[n.ExpressionNode], wanted: int) -> None:
    if len(arguments) != wanted:
        raise ExpressionError(
            word.at,
            f"{word.text} 需要 {wanted} 项，写了 {len(arguments)} 项",
            f"{word.text} takes {wanted} arguments, {len(arguments)} are written",
        )


def _whole(word: Token, node: n.ExpressionNode) -> int:
    if isinstance(node, n.Number) and node.value == node.value.to_integral_value():
        return int(node.value)
    raise ExpressionError(
        word.at, f"{word.text} 的第二项须是整数", f"the second argument of {word.text} is a whole number"
    )


def _words(word: Token, node: n.ExpressionNode) -> str:
    if isinstance(node, n.Words):
        return node.value
    raise ExpressionError(node.at, f"{word.text} 此处须是加引号的文字", f"{word.text} takes a quoted text here")


def _stage_share(word: Token, arguments: list[n.ExpressionNode]) -> n.ExpressionNode:
    _count(word, arguments, 2)
    last = arguments[1]
    if not isinstance(last, n.ElementRef) or last.code not in set(Stage):
        stages = "、".join(Stage)
        raise ExpressionError(word.at, f"stage_share 的第二项须是学段：{stages}", f"the stage is one of {stages}")
    return n.StageShare(arguments[0], Stage(last.code), at=word.at)


def _starts(word: Token, arguments: list[n.ExpressionNode]) -> n.ExpressionNode:
    _count(word, arguments, 2)
    return n.StartsWith(arguments[0], _words(word, arguments[1]), at=word.at)


def _lag(word: Token, arguments: list[n.ExpressionNode]) -> n.ExpressionNode:
    _count(word, arguments, 2)
    years = _whole(word, arguments[1])
    if not 1 <= years <= MOST_YEARS:
        raise ExpressionError(
            word.at, f"lag 的年数应在 1 与 {MOST_YEARS} 之间", f"lag looks back between 1 and {MOST_YEARS} years"
        )
    return n.Lag(arguments[0], years, at=word.at)


def _cumulative(word: Token, arguments: list[n.ExpressionNode]) -> n.ExpressionNode:
    _count(word, arguments, 2)
    year = _whole(word, arguments[1])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ExpressionError(
            word.at, f"cumulative 的起始年份有误：{year}", f"cumulative begins in no such year: {year}"
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
