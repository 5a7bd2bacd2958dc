"""The status words, with glyph and colour, and the caveats that stand beside them."""

from dataclasses import dataclass
from enum import StrEnum

from duibiao.kernel.text import Text


class Status(StrEnum):
    """How a target stands (状态)."""

    MET = "met"
    MET_AT_RISK = "met_at_risk"
    ON_COURSE = "on_course"
    ATTENTION = "attention"
    BEHIND = "behind"
    NOT_DUE = "not_due"
    NO_BASELINE = "no_baseline"
    NO_DATA = "no_data"


@dataclass(frozen=True, slots=True)
class Look:
    """How a status looks: word, glyph (never colour alone), colour on white (contrast ≥ 4.5)."""

    word: Text
    glyph: str
    colour: str


LOOKS = {
    Status.MET: Look(Text("已达成", "met"), "✔", "#0B5CAD"),
    Status.MET_AT_RISK: Look(Text("已达成·有回落风险", "met, at risk of falling back"), "✔▲", "#8A5A00"),
    Status.ON_COURSE: Look(Text("正常", "on course"), "●", "#1A7F37"),
    Status.ATTENTION: Look(Text("关注", "attention"), "▲", "#8A5A00"),
    Status.BEHIND: Look(Text("滞后", "behind"), "■", "#B42318"),
    Status.NOT_DUE: Look(Text("未到期", "not due"), "○", "#57606A"),
    Status.NO_BASELINE: Look(Text("基期缺失", "no baseline"), "╳", "#57606A"),
    Status.NO_DATA: Look(Text("无数据", "no data"), "╳", "#57606A"),
}

KNOWN = frozenset({Status.MET, Status.MET_AT_RISK, Status.ON_COURSE, Status.ATTENTION, Status.BEHIND})
"""The statuses that rest on a value."""


class Rule(StrEnum):
    """Which rule decided a status."""

    LINEAR = "linear"
    RANGE = "range"
    KEEP = "keep"
    LEVEL = "level"
    EVIDENCE = "evidence"
    FINAL = "final"
    NONE = "none"


RULE_WORDS = {
    Rule.LINEAR: Text("线性进度对序时进度", "linear progress against time progress"),
    Rule.RANGE: Text("到目标区间的距离", "distance to the target range"),
    Rule.KEEP: Text("保持规则（基期已达到或须逐年保持）", "keep rule (met at the baseline, or to be kept every year)"),
    Rule.LEVEL: Text("只看水平（基期缺失，无进度）", "level only (no baseline, no progress)"),
    Rule.EVIDENCE: Text("由专人凭佐证认定，不以数字计算", "judged by a named person with evidence, not computed"),
    Rule.FINAL: Text("目标年已过，按结果判定", "target year passed, judged by the result"),
    Rule.NONE: Text("无可用数值", "no usable value"),
}


class CaveatCode(StrEnum):
    """What a reader must know beside a status."""

    ONLY_BASELINE = "only_baseline"
    STALE = "stale"
    BOUND = "bound"
    UNDECIDED_BOUND = "undecided_bound"
    ABOUT = "about"
    QUALITY = "quality"
    CONTRADICTED = "contradicted"
    SERIES_BREAK = "series_break"
    CUMULATIVE_FALL = "cumulative_fall"
    BASELINE_BORROWED = "baseline_borrowed"
    DUE_NOT_STATED = "due_not_stated"
    SOFT = "soft"
    PROVISIONAL = "provisional"
    MET_EARLY = "met_early"
    NOT_CITY_SCOPE = "not_city_scope"
    PARTIAL_WINDOW = "partial_window"
    AMENDED = "amended"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Caveat:
    """A remark beside a status, with the facts in it."""

    code: CaveatCode
    text: Text
