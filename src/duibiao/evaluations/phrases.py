"""Phrases rule sentences are made of (语句片段): lists, tallies, names; right for none, one and many."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from duibiao.evaluations.figure_book import comparator
from duibiao.evaluations.record import EvaluationKind, IndicatorResult, ResultCount
from duibiao.evaluations.record_parts import TaskLink
from duibiao.evaluations.vocabulary import ReportContext, WordScope
from duibiao.kernel.text import Language, Text
from duibiao.progress.status import CaveatCode
from duibiao.views.paper_text import Run, Runs
from duibiao.views.rows import CitationView, MonitorRow, TaskView, ValueView
from duibiao.views.words import DASH, day_words

COMPARED = {
    "≥": Text("不低于", "at least "),
    "≤": Text("不高于", "at most "),
    ">": Text("高于", "above "),
    "<": Text("低于", "below "),
}
"""How a sentence says the comparison sign a plan writes before a goal."""
NO_DEPARTMENT = Text("规划未列责任部门", "the plan names no department")


def plain(text: str) -> Runs:
    """Words as runs; nothing for no words."""
    return (text,) if text else ()


def said(context: ReportContext, text: Text) -> Runs:
    """Words in the language of the report, as runs."""
    return plain(context.said(text))


def joined_runs(context: ReportContext, parts: Iterable[Runs]) -> Runs:
    """Several runs with the enumeration comma between them."""
    found: list[Run] = []
    for part in parts:
        if not part:
            continue
        if found:
            found.append(context.t("、", ", "))
        found.extend(part)
    return tuple(found)


def names(context: ReportContext, words: Sequence[str]) -> str:
    """Names with the enumeration comma of the language."""
    return context.t("、", ", ").join(words)


def tally(context: ReportContext, place: str, counts: Sequence[ResultCount]) -> Runs:
    """Counts with their words, those of none left out: 已达成3项、正常6项."""
    parts: list[Runs] = []
    for one in counts:
        figure, word = context.book.count(f"{place}/{one.code}"), context.said(one.word)
        parts.append((word, figure, "项") if context.language is Language.ZH else (figure, f" {word}"))
    return joined_runs(context, parts)


def result_counts(
    context: ReportContext, place: str, verdicts: Sequence[ResultCount], statuses: Sequence[ResultCount]
) -> Runs:
    """Verdicts, then the statuses of the rows that have none yet."""
    return joined_runs(
        context, (tally(context, f"{place}verdict", verdicts), tally(context, f"{place}status", statuses))
    )


def row_name(context: ReportContext, row: MonitorRow) -> str:
    """What a sentence calls an indicator: the canonical name, which says of which stage it is."""
    return row.indicator_label.in_(context.language)


def period_words(context: ReportContext, period: str) -> str:
    """A period as a sentence says it."""
    if context.language is Language.EN:
        return period
    return f"{period}学年" if "/" in period else f"{period}年"


def goal_runs(context: ReportContext, row: MonitorRow, *, sign: bool = False) -> Runs:
    """The goal with its comparison in words, or with its sign as the plan writes it."""
    mark = comparator(row)
    words = mark if sign else context.said(COMPARED[mark]) if mark else ""
    return (*plain(words), context.book.figure(f"row/{row.id}/goal"))


def value_runs(context: ReportContext, row: MonitorRow) -> Runs:
    """The value of a row with its period in front: 2024年93.5%."""
    if row.observation is None:
        return (DASH,)
    year = period_words(context, row.observation.period)
    return (year if context.language is Language.ZH else f"{year}: ", context.book.figure(f"row/{row.id}/value"))


def listing(context: ReportContext, results: Iterable[IndicatorResult]) -> Runs:
    """Indicators with value and goal in brackets: 高等教育毛入学率（2024年64.25%，目标67%）."""
    parts: list[Runs] = []
    for one in results:
        opening, middle, closing = context.t("（", " ("), context.t("，目标", ", goal "), context.t("）", ")")
        parts.append(
            (
                row_name(context, one.row) + opening,
                *value_runs(context, one.row),
                middle,
                *goal_runs(context, one.row),
                closing,
            )
        )
    return joined_runs(context, parts)


def row_names(context: ReportContext, results: Iterable[IndicatorResult]) -> Runs:
    """Names of indicators."""
    return plain(names(context, [row_name(context, one.row) for one in results]))


def rows_of(context: ReportContext, ids: Iterable[str]) -> list[IndicatorResult]:
    """Results by their ids, in the order of the evaluation."""
    wanted = set(ids)
    return [one for one in context.evaluation.indicators if one.row.id in wanted]


def place_words(citation: CitationView | None) -> str:
    """The place in a document: part or item, page and lines."""
    if citation is None:
        return ""
    return " ".join(part for part in (citation.item, citation.place) if part)


def source_words(context: ReportContext, value: ValueView) -> str:
    """The source of a value: title, publisher, day, place in the document."""
    parts = [value.source_title.in_(context.language), value.publisher, value.published]
    if value.citation is not None:
        parts.append(place_words(value.citation))
    return context.t("，", ", ").join(part for part in parts if part)


def target_words(context: ReportContext, citation: CitationView) -> str:
    """Where a target stands: document, part, place."""
    parts = [citation.title.in_(context.language)]
    if citation.part and citation.part not in citation.title.zh:
        parts.append(citation.part)
    parts.append(place_words(citation))
    return context.t("，", ", ").join(part for part in parts if part)


def task_words(context: ReportContext, task: TaskView) -> str:
    """A linked task or measure: plan, number, title and who leads it."""
    plans = {plan.code: plan for plan in context.evaluation.plans}
    plan = plans[task.plan].short.in_(context.language) if task.plan in plans else ""
    if task.lead:
        number = context.t(f"任务{task.item}", f"task {task.item}")
        lead = context.t(f"（{names(context, task.lead)}牵头）", f" (led by {names(context, task.lead)})")
    else:
        number, lead = "", ""
    return f"{plan}{number}{quoted(task.title)}{lead}"


def quoted(words: str) -> str:
    """Words in quotation marks; those they already hold become single ones (GB/T 15834-2011 §4.8)."""
    return "“" + words.replace("“", "‘").replace("”", "’") + "”"


def size_runs(context: ReportContext, name: str, amount: Decimal | None) -> Runs:
    """A difference of the row at hand in words: 提高0.44个百分点, 少1所; empty where there is none."""
    row = context.item(WordScope.ROW, IndicatorResult).row
    if not amount:
        return ()
    kind = "gap" if name == "gap" else "change"
    is_level = row.unit in LEVEL_UNITS or row.unit == "%"
    zh, en = SIZES[kind, is_level, amount > 0]
    return (context.t(zh, f"{en} "), context.book.figure(f"row/{row.id}/{name}_size"))


LEVEL_UNITS = ("‰", "∶1", "年", "小时", "Mbps", "", DASH)
"""Units of what is high or low; everything else is counted and is more or less."""
SIZES = {
    ("gap", True, True): ("高", "above it by"),
    ("gap", True, False): ("低", "below it by"),
    ("gap", False, True): ("多", "above it by"),
    ("gap", False, False): ("少", "below it by"),
    ("change", True, True): ("提高", "up by"),
    ("change", True, False): ("降低", "down by"),
    ("change", False, True): ("增加", "up by"),
    ("change", False, False): ("减少", "down by"),
}
DECIDING_CAVEATS = (
    CaveatCode.QUALITY, CaveatCode.BOUND, CaveatCode.UNDECIDED_BOUND, CaveatCode.STALE, CaveatCode.NOT_CITY_SCOPE,
    CaveatCode.CONTRADICTED, CaveatCode.SERIES_BREAK,
)  # fmt: skip
"""Caveats that can take a value's power to decide, the first that holds is told."""


def why_undecided(context: ReportContext, result: IndicatorResult) -> Runs:
    """Why the published value of a row cannot decide it."""
    caveats = {one.code: one.text for one in reversed(result.row.caveats)}
    for code in DECIDING_CAVEATS:
        if code in caveats:
            return said(context, caveats[code])
    return said(context, result.reason)


def own_tasks(context: ReportContext, row: MonitorRow) -> list[TaskView]:
    """The tasks and measures of the evaluated plans that move a row; those of other plans are left to the cockpit."""
    codes = {plan.code for plan in context.evaluation.plans}
    return [task for task in row.tasks if task.plan in codes]


def lead_words(context: ReportContext, row: MonitorRow) -> str:
    """Who leads, or that the plan names nobody."""
    return names(context, row.lead) or context.said(NO_DEPARTMENT)


def link_words(context: ReportContext, links: Sequence[TaskLink]) -> str:
    """Targets linked to a task, by how they stand: 正常：A、B；无数据：C."""
    by_word: dict[str, list[str]] = {}
    for one in links:
        by_word.setdefault(context.said(one.status_word), []).append(one.label)
    return context.t("；", "; ").join(
        f"{word}{context.t('：', ': ')}{names(context, labels)}" for word, labels in by_word.items()
    )


def subject(context: ReportContext) -> Runs:
    """What is evaluated: one plan with its number in the marks of a title, or the set of plans."""
    evaluation = context.evaluation
    if len(evaluation.plans) != 1:
        return said(context, evaluation.title)
    plan = evaluation.plans[0]
    number = context.t(f"（{plan.number}）", f" ({plan.number})") if plan.number else ""
    title = context.said(plan.title)
    return plain(f"《{title}》{number}" if context.language is Language.ZH or not plan.title.en else f"{title}{number}")


def is_final(context: ReportContext) -> bool:
    """Whether the evaluation draws verdicts."""
    return context.evaluation.kind is EvaluationKind.FINAL


def as_of_words(context: ReportContext) -> Text:
    """The day of the evaluation."""
    return day_words(context.evaluation.as_of)
