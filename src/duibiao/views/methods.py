"""Methods and definitions: how a status is made, what every indicator and data element means, and who says so.

Thresholds and definitions come from the packs, formulas from ``docs/methods.md``: it is what the program
computes with.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from duibiao.kernel.text import Text, folded
from duibiao.metrics.element import DataElement
from duibiao.metrics.expression.checking import TypedExpression
from duibiao.metrics.expression.nodes import (
    Aggregate,
    AggregateFunction,
    Arithmetic,
    ArithmeticOp,
    ExpressionNode,
    Number,
    Percent,
)
from duibiao.metrics.expression.writing import written
from duibiao.metrics.indicator import (
    NOT_COMPUTED_WORDS,
    VERIFY_WORDS,
    Accumulation,
    Definition,
    Direction,
    Indicator,
    RollUp,
)
from duibiao.progress.policy import Policy
from duibiao.progress.prediction import METHOD_NAME
from duibiao.progress.status import LOOKS, Status
from duibiao.progress.verdicts import METHOD_WORDS, Method
from duibiao.stats.drift import DAMPING, FEWEST_POINTS, METHOD, SHARE
from duibiao.views.words import DASH
from duibiao.workspace import Workspace

PER_PAGE = 50
DIRECTION_WORDS = {
    Direction.UP: Text("越高越好", "higher is better"),
    Direction.DOWN: Text("越低越好", "lower is better"),
    Direction.RANGE: Text("在区间内为好", "good within a range"),
}
ACCUMULATION_WORDS = {
    Accumulation.LEVEL: Text("时点数：取最新值", "a level: the latest value counts"),
    Accumulation.CUMULATIVE: Text("累计数：取最新值，不得下降", "a running total: the latest counts and may not fall"),
    Accumulation.PERIOD: Text("期间数：按规划期内各期相加", "an amount of a period: summed within the plan window"),
}
ROLLUP_WORDS = {
    RollUp.SUM: Text("各单位相加", "sum of the units"),
    RollUp.RATIO: Text("分子之和÷分母之和，不取平均", "Σ numerator ÷ Σ denominator, never the mean of ratios"),
    RollUp.LATEST: Text("取最新", "the latest"),
    RollUp.MIN: Text("取最低", "the lowest"),
    RollUp.NONE: Text("不汇总", "not rolled up"),
}
MEANINGS = {
    Status.MET: Text("现值达到目标", "the value reaches the goal"),
    Status.MET_AT_RISK: Text("已达到，但按现有趋势到期前会回落", "reached, but it would be lost by the due year"),
    Status.ON_COURSE: Text("进展跟得上时间", "progress keeps up with time"),
    Status.ATTENTION: Text("进展略慢于时间", "progress is somewhat behind time"),
    Status.BEHIND: Text("进展明显慢于时间，或目标未保持、未达到", "far behind time, or the goal was lost or missed"),
    Status.NOT_DUE: Text("由专人凭佐证认定，尚未到期", "judged by evidence; the due year is not over"),
    Status.NO_BASELINE: Text("有现值，没有基期值可比", "a value, but no baseline to measure progress from"),
    Status.NO_DATA: Text("没有公布值，或数值存疑、过期，不能判定", "no value, or one that is in doubt or out of date"),
}


@dataclass(frozen=True, slots=True)
class StatusMeaning:
    """A status word with what it means (状态含义)."""

    status: Status
    word: Text
    meaning: Text


@dataclass(frozen=True, slots=True)
class ProgressMethod:
    """A method that gives a verdict (进展方法): its formulas as text, its limits, who made it."""

    code: Method
    name: Text
    is_default: bool
    formulas: tuple[str, ...]
    limits: Text
    origin: Text


@dataclass(frozen=True, slots=True)
class ForecastMethod:
    """How a forecast is made (预测方法): its name and version, formulas as text, when it is silent, who made it."""

    code: str
    name: Text
    formulas: tuple[str, ...]
    silent: Text
    origin: Text


@dataclass(frozen=True, slots=True)
class DefinitionRow:
    """An indicator in the list of definitions (口径条目); ``how``: computed, published by others, and why."""

    code: str
    label: Text
    unit: str
    version: str
    how: Text
    verified: Text
    targets: int


@dataclass(frozen=True, slots=True)
class MethodsPage:
    """Methods and definitions (方法与口径页): ``rows`` are one page of the indicators that were asked for."""

    sentence: Text
    policy: Policy
    statuses: tuple[StatusMeaning, ...]
    methods: tuple[ProgressMethod, ...]
    forecast: ForecastMethod
    query: str
    found: int
    page: int
    pages: int
    rows: tuple[DefinitionRow, ...]


@dataclass(frozen=True, slots=True)
class ElementView:
    """A data element as a definition names it (数据元口径)."""

    code: str
    label: Text
    definition: str
    unit: str
    version: str
    owner: str
    source: str
    verified: Text
    note: str
    forms: tuple[Text, ...]
    indicators: tuple[tuple[str, Text], ...]


@dataclass(frozen=True, slots=True)
class IndicatorMeaning:
    """What an indicator means and how it is computed (指标口径).

    ``numerator`` and ``denominator`` stand where the expression is a ratio. ``expression`` is empty where the value is
    published by others; ``not_computed`` then says why.
    """

    code: str
    label: Text
    unit: str
    aliases: tuple[str, ...]
    direction: Text
    accumulation: Text
    rollup: Text
    minimum: Decimal | None
    maximum: Decimal | None
    version: str
    expression: str
    numerator: str
    denominator: str
    min_coverage: Decimal | None
    suppress_below: int | None
    not_computed: Text | None
    breaks: tuple[tuple[int, str], ...]
    note: str
    official: Definition | None
    verified: Text | None
    elements: tuple[ElementView, ...]
    indicators: tuple[tuple[str, Text], ...]
    targets: tuple[tuple[str, Text, str], ...]


@dataclass(frozen=True, slots=True)
class MeaningPage:
    """One definition (口径页): of an indicator or of a data element."""

    title: Text
    indicator: IndicatorMeaning | None
    element: ElementView | None


def methods_page(workspace: Workspace, query: str = "", page: int = 1) -> MethodsPage:
    """Methods with their formulas and thresholds, and one page of the indicators whose name or code has ``query``."""
    wanted = folded(query)
    indicators = sorted(workspace.content.indicators.values(), key=lambda one: one.code)
    found = [one for one in indicators if not wanted or any(wanted in folded(name) for name in _names(one))]
    pages = max(1, -(-len(found) // PER_PAGE))
    page = min(max(page, 1), pages)
    computed = len(workspace.content.formulas)
    total, elements = len(indicators), len(workspace.content.elements)
    return MethodsPage(
        sentence=Text(
            f"{total}项指标的口径：{computed}项由报表计算，{total - computed}项采用公布值；数据元{elements}个。"
            f"阈值版本 {workspace.policy.version}。",
            f"Definitions of {total} indicators: {computed} computed from returns, {total - computed} as published; "
            f"{elements} data elements. Thresholds {workspace.policy.version}.",
        ),
        policy=workspace.policy,
        statuses=tuple(StatusMeaning(status, look.word, MEANINGS[status]) for status, look in LOOKS.items()),
        methods=tuple(progress_methods(workspace.policy)),
        forecast=forecast_method(),
        query=query,
        found=len(found),
        page=page,
        pages=pages,
        rows=tuple(_row(workspace, one) for one in found[(page - 1) * PER_PAGE : page * PER_PAGE]),
    )


def progress_methods(policy: Policy) -> Iterable[ProgressMethod]:
    """The four methods with their formulas (docs/methods.md) and the limits in force."""
    on, attention = policy.on_course, policy.attention
    limits = Text(
        f"比值 ≥ {on} 正常；≥ {attention} 关注；其下滞后",
        f"ratio ≥ {on} on course; ≥ {attention} attention; below behind",
    )
    yield ProgressMethod(
        Method.LINEAR,
        METHOD_WORDS[Method.LINEAR],
        True,
        (
            "进展 p = (现值 − 基期值) ÷ (目标值 − 基期值)",
            "序时进度 s = (现值年 − 基期年) ÷ (目标年 − 基期年)",
            "比值 = p ÷ s",
        ),
        limits,
        Text("对标默认方法；序时按现值所属年份计算", "the default; time progress at the year of the value"),
    )
    yield ProgressMethod(
        Method.GROWTH,
        METHOD_WORDS[Method.GROWTH],
        False,
        (
            "实际增长率 o = (现值 ÷ 基期值)^(1 ÷ 年数) − 1",
            "所需增长率 r = (目标值 ÷ 基期值)^(1 ÷ 年数) − 1",
            "R = ±o ÷ |r|",
        ),
        Text("R ≥ 0.95 正常；≥ 0.60 关注；其下滞后", "R ≥ 0.95 on track; ≥ 0.60 acceleration needed; below limited"),
        Text("Open SDG、加拿大统计局", "Open SDG, Statistics Canada"),
    )
    sun, cloudy = policy.german_sun, policy.german_cloudy_sun
    yield ProgressMethod(
        Method.GERMAN,
        METHOD_WORDS[Method.GERMAN],
        False,
        ("外推 h = 现值 + 近五年平均变化 × 剩余年数", "缺口 = (目标值 − h) ÷ |目标值 − 现值|"),
        Text(
            f"缺口 < {sun} 晴；≤ {cloudy} 晴间多云；更大多云；方向相反雷雨",
            f"miss < {sun} sun; ≤ {cloudy} cloudy sun; more cloud; wrong way storm",
        ),
        Text("德国可持续发展战略", "German Sustainable Development Strategy"),
    )
    yield ProgressMethod(
        Method.REQUIRED_RATE,
        METHOD_WORDS[Method.REQUIRED_RATE],
        False,
        (
            "已有年均变化 = (现值 − 基期值) ÷ 已过年数",
            "所需年均变化 = (目标值 − 现值) ÷ 剩余年数",
            "比值 = 已有 ÷ 所需",
        ),
        limits,
        Text("对标自拟方法", "our own declared method"),
    )


def forecast_method() -> ForecastMethod:
    """The method of the forecast (docs/methods.md, stats.drift)."""
    return ForecastMethod(
        code=METHOD,
        name=METHOD_NAME,
        formulas=(
            f"点预测 = 末值 + {SHARE} × 年均变化 × (1 + {DAMPING} + {DAMPING}² + … 共 h 项)",
            "年均变化 = (末值 − 首值) ÷ 首末年数 T；只用最近至多六个值",
            "方差 = s² × h × (1 + h ÷ T)；s² 由本序列逐年变化的方差与同类序列合并",
            "区间 = 点预测 ± t分位数 × √方差；达标概率 = 同一 t 分布落在目标一侧的部分",
        ),
        silent=Text(
            f"可用的公布值不足{FEWEST_POINTS}个、目标年已过、规划期内逐年相加的数：只说明原因，不给区间和概率",
            f"fewer than {FEWEST_POINTS} usable values, a due year that is over, sums over the plan: the reason is "
            "told, and no interval and no probability is given",
        ),
        origin=Text(
            "漂移法（Hyndman 与 Athanasopoulos）、阻尼趋势（Gardner 与 McKenzie 1985）、方差合并（Smyth 2004）；"
            "在 M3 竞赛645个年度序列上检验：95%区间实际覆盖提前1年93%—94%，提前3年86%—92%",
            "drift method (Hyndman & Athanasopoulos), damped trend (Gardner & McKenzie 1985), pooled variance (Smyth "
            "2004); tested on the 645 yearly series of the M3 competition: the 95 % interval held 93 to 94 % one "
            "year ahead, 86 to 92 % three years ahead",
        ),
    )


def meaning_page(workspace: Workspace, code: str) -> MeaningPage:
    """The definition of an indicator or a data element by its code; raises KeyError where there is none."""
    indicator = workspace.content.indicators.get(code)
    if indicator is not None:
        return MeaningPage(indicator.label, _meaning(workspace, indicator), None)
    element = workspace.content.elements[code]
    return MeaningPage(element.label, None, element_view(workspace, element))


def element_view(workspace: Workspace, element: DataElement) -> ElementView:
    """Show a data element: its definition, who asks for it, which indicators read it."""
    content = workspace.content
    reading = [code for code, formula in content.formulas.items() if element.code in formula.elements]
    return ElementView(
        code=element.code,
        label=element.label,
        definition=element.definition,
        unit=element.unit,
        version=element.version,
        owner=element.owner,
        source=element.source,
        verified=VERIFY_WORDS[element.verify],
        note=element.note,
        forms=tuple(form.label for form in content.forms.values() if element.code in form.columns),
        indicators=tuple((code, content.indicators[code].label) for code in sorted(reading)),
    )


def definition_table(page: MethodsPage) -> Iterable[Mapping[str, str]]:
    """The definitions of the page as rows of a table."""
    for row in page.rows:
        yield {
            "代码": row.code,
            "指标": row.label.zh,
            "单位": row.unit,
            "口径版本": row.version,
            "取数": row.how.zh,
            "口径核实": row.verified.zh,
            "目标数": str(row.targets),
        }


def _names(indicator: Indicator) -> Sequence[str]:
    return (indicator.code, indicator.label.zh, indicator.label.en, *indicator.aliases)


def _row(workspace: Workspace, indicator: Indicator) -> DefinitionRow:
    definition = workspace.definition_of(indicator.code)
    return DefinitionRow(
        code=indicator.code,
        label=indicator.label,
        unit=indicator.unit,
        version=indicator.definition_version or DASH,
        how=_how(workspace, indicator),
        verified=VERIFY_WORDS[definition.verify] if definition else Text("未登记", "none recorded"),
        targets=len(workspace.content.plans.targets_of(indicator.code)),
    )


def _how(workspace: Workspace, indicator: Indicator) -> Text:
    if indicator.code in workspace.content.formulas:
        return Text("由报表计算", "computed from returns")
    if indicator.not_computed is not None:
        return NOT_COMPUTED_WORDS[indicator.not_computed]
    return Text("采用公布值", "as published")


def _meaning(workspace: Workspace, indicator: Indicator) -> IndicatorMeaning:
    content = workspace.content
    formula = content.formulas.get(indicator.code)
    official = workspace.definition_of(indicator.code)
    read = formula.elements if formula else ()
    top, bottom = _parts(formula, content.elements)
    plans = content.plans
    return IndicatorMeaning(
        code=indicator.code,
        label=indicator.label,
        unit=indicator.unit,
        aliases=indicator.aliases,
        direction=DIRECTION_WORDS[indicator.direction],
        accumulation=ACCUMULATION_WORDS[indicator.accumulation],
        rollup=ROLLUP_WORDS[indicator.rollup],
        minimum=indicator.minimum,
        maximum=indicator.maximum,
        version=indicator.definition_version or DASH,
        expression=formula.text if formula else "",
        numerator=top,
        denominator=bottom,
        min_coverage=indicator.min_coverage,
        suppress_below=indicator.suppress_below,
        not_computed=None if formula else _how(workspace, indicator),
        breaks=tuple((one.year, one.reason) for one in indicator.breaks),
        note=indicator.note,
        official=official,
        verified=VERIFY_WORDS[official.verify] if official else None,
        elements=tuple(element_view(workspace, content.elements[code]) for code in read),
        indicators=tuple((code, content.indicators[code].label) for code in (formula.indicators if formula else ())),
        targets=tuple(
            (one.plan, plans.by_code[one.plan].short, f"{one.due}年{one.written}")
            for one in plans.targets_of(indicator.code)
        ),
    )


def _parts(formula: TypedExpression | None, elements: Mapping[str, DataElement]) -> tuple[str, str]:
    """Numerator and denominator of a ratio with the names of the elements; empty where the expression is none."""
    node: ExpressionNode | None = formula.node if formula else None
    if isinstance(node, Percent):
        node = node.operand
    if isinstance(node, Arithmetic) and node.op is ArithmeticOp.MULTIPLY and isinstance(node.right, Number):
        node = node.left  # a ratio written out in percent or per thousand
    if isinstance(node, Arithmetic) and node.op is ArithmeticOp.DIVIDE:
        return _named(node.left, elements), _named(node.right, elements)
    if isinstance(node, Aggregate) and node.function is AggregateFunction.RATIO and node.weight is None:
        sums = [replace(node, function=AggregateFunction.SUM, arguments=(part,)) for part in node.arguments[:2]]
        return _named(sums[0], elements), _named(sums[1], elements)
    return "", ""


def _named(node: ExpressionNode, elements: Mapping[str, DataElement]) -> str:
    """A part of an expression in which every data element stands under its name, so that an official can read it."""

    def name(found: re.Match[str]) -> str:
        element = elements.get(found[0])
        return element.label.zh if element else found[0]

    return re.sub(r"[a-z][a-z0-9_]*", name, written(node))
