"""The closing evaluation page of a plan."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from duibiao.kernel.text import Text
from duibiao.plan.model import Plan
from duibiao.progress.closing import PROVISIONAL, VERDICT_WORDS, Finding, Verdict
from duibiao.views.rows import MonitorRow, monitor_row
from duibiao.views.words import day_words
from duibiao.workspace import Workspace


@dataclass(frozen=True, slots=True)
class FindingView:
    """One closing finding: verdict, whether it is provisional, why, what would turn it, what it runs against."""

    row: MonitorRow
    verdict: Verdict
    verdict_word: Text
    is_provisional: bool
    reason: Text
    turn: Text
    against: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A published statement about the plan beside what the findings say of it."""

    statement: Text
    source_title: Text
    publisher: str
    published: str
    comment: Text


@dataclass(frozen=True, slots=True)
class EvaluationPage:
    """The closing evaluation of a plan's indicator table on one day."""

    title: Text
    kind: Text
    as_of: date
    due: int
    sentence: Text
    counts: dict[str, int]
    findings: tuple[FindingView, ...]
    claims: tuple[ClaimView, ...]
    unanswered: tuple[str, ...]


def evaluation_page(workspace: Workspace, plan: Plan, as_of: date) -> EvaluationPage:
    """Draw up the closing evaluation of a plan."""
    findings = tuple(_view(workspace, finding) for finding in workspace.conclude(plan, as_of))
    return EvaluationPage(
        title=plan.title,
        kind=Text("总结评估", "final evaluation"),
        as_of=as_of,
        due=plan.end,
        sentence=_sentence(plan, as_of, findings),
        counts={verdict.value: sum(1 for one in findings if one.verdict is verdict) for verdict in Verdict},
        findings=findings,
        claims=tuple(_claims(workspace, plan, findings)),
        unanswered=tuple(one.row.label for one in findings if one.verdict is Verdict.UNDETERMINED),
    )


def _view(workspace: Workspace, finding: Finding) -> FindingView:
    word = VERDICT_WORDS[finding.verdict]
    if finding.is_provisional and finding.verdict is not Verdict.UNDETERMINED:
        word = Text(f"{word.zh}（{PROVISIONAL.zh}）", f"{word.en} ({PROVISIONAL.en})")
    return FindingView(
        row=monitor_row(workspace, finding.assessment),
        verdict=finding.verdict,
        verdict_word=word,
        is_provisional=finding.is_provisional,
        reason=finding.reason,
        turn=finding.turn,
        against=tuple(trend.in_words() for trend in finding.against),
    )


def _sentence(plan: Plan, as_of: date, findings: tuple[FindingView, ...]) -> Text:
    day = day_words(as_of)
    counted = Counter((one.verdict, one.is_provisional) for one in findings)
    met, missed = counted[Verdict.MET, False], counted[Verdict.NOT_MET, False]
    p_met, p_missed = counted[Verdict.MET, True], counted[Verdict.NOT_MET, True]
    open_ = sum(1 for one in findings if one.verdict is Verdict.UNDETERMINED)
    return Text(
        f"截至{day.zh}，{plan.short.zh}{len(findings)}项指标：达成{met}项，暂定达成{p_met}项，未达成{missed}项，"
        f"暂定未达成{p_missed}项，无公开数据{open_}项。暂定结论以{plan.end}年之前的值作出，待{plan.end}年值公布后确定。",
        f"On {day.en}, {len(findings)} indicators: {met} met, {p_met} provisionally met, {missed} not met, "
        f"{p_missed} provisionally not met, {open_} without a public figure.",
    )


def _claims(workspace: Workspace, plan: Plan, findings: tuple[FindingView, ...]) -> list[ClaimView]:
    missed = [one for one in findings if one.verdict is Verdict.NOT_MET]
    open_ = sum(1 for one in findings if one.verdict is Verdict.UNDETERMINED)
    zh = f"本表{open_}项没有公开数据可以核对"
    en = f"{open_} rows of this table have no public figure to check it by"
    if missed:
        names = "、".join(f"{one.row.indicator_label.zh}（{one.row.observation.shown}，目标{one.row.goal_written}）"
                         for one in missed if one.row.observation)  # fmt: skip
        zh = f"与本表结论不一致：{names}；" + zh
        en = "contradicted by: " + ", ".join(one.row.indicator_label.en for one in missed) + "; " + en
    found = []
    for claim in plan.claims:
        source = workspace.content.sources[claim.source]
        found.append(
            ClaimView(
                claim.statement, source.title, source.publisher, str(source.published), Text(zh + "；两者并列", en)
            )
        )
    return found
