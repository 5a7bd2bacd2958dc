"""Where sources, statements and findings do not agree: both sides, which was taken, and by which rule."""

from collections.abc import Iterable, Sequence
from datetime import date

from duibiao.evaluations.record import IndicatorResult
from duibiao.evaluations.record_parts import ClaimView, Contradiction, ContradictionKind, TaskFinding, TaskResult
from duibiao.kernel.text import Text
from duibiao.metrics.observation import QUALITY_WORDS, Bound, Choice, Observation, Quality
from duibiao.plan.model import Plan
from duibiao.progress.closing import Verdict
from duibiao.sources.citation import SourceKind
from duibiao.views.rows import value_view
from duibiao.workspace import Workspace

SOURCE_KIND_WORDS = {
    SourceKind.STATISTICS: Text("统计资料", "statistics"),
    SourceKind.PLAN: Text("规划文件", "plan"),
    SourceKind.OFFICIAL_PAGE: Text("官方网页", "official page"),
    SourceKind.OFFICIAL_REPLY: Text("官方答复", "official reply"),
    SourceKind.REPORT: Text("工作报告", "report"),
    SourceKind.PRESS: Text("新闻报道", "press"),
    SourceKind.JOURNAL: Text("期刊", "journal"),
    SourceKind.COMPILATION: Text("汇编", "compilation"),
}
_QUALITY_RANK = {Quality.PLAIN: 0, Quality.DERIVED: 1, Quality.SCOPE: 2, Quality.SIMULATED: 3, Quality.REPRINT: 4}


def source_contradictions(
    workspace: Workspace, results: Sequence[IndicatorResult], as_of: date, first_year: int
) -> Iterable[Contradiction]:
    """Values of one indicator and period that differ between sources, from the base year of the plans on."""
    rows: dict[tuple[str, str], list[IndicatorResult]] = {}
    for one in results:
        target_unit = workspace.content.home_unit[one.row.plan]
        rows.setdefault((one.row.indicator, target_unit), []).append(one)
    for (code, unit), members in rows.items():
        indicator = workspace.content.indicators[code]
        for choice in workspace.series(code, unit, as_of).choices:
            different = tuple(other for other in choice.others if other.quantity != choice.picked.quantity)
            if different and choice.picked.period.year >= first_year:
                yield Contradiction(
                    kind=ContradictionKind.SOURCES,
                    subject=indicator.label,
                    indicator=code,
                    period=str(choice.picked.period),
                    taken=value_view(workspace, choice.picked),
                    others=tuple(value_view(workspace, other) for other in different),
                    why=why_taken(workspace, choice),
                    rows=tuple(one.row.id for one in members),
                )


def why_taken(workspace: Workspace, choice: Choice) -> Text:
    """Which step of the rule of ``metrics.observation.series`` decided against each of the other values."""
    steps = dict.fromkeys(_step(workspace, choice.picked, other) for other in choice.others)
    return Text("；".join(one.zh for one in steps), "; ".join(one.en for one in steps))


def _step(workspace: Workspace, picked: Observation, other: Observation) -> Text:
    if _QUALITY_RANK[picked.quality] != _QUALITY_RANK[other.quality]:
        word = QUALITY_WORDS[other.quality]
        return Text(f"另一值{word.zh}，不优先", f"the other value is {word.en}")
    if (picked.bound is Bound.EXACT) != (other.bound is Bound.EXACT):
        return Text("取确数，不取界限或约数", "an exact value before a bound or an approximation")
    ours, theirs = kind_of(workspace, picked), kind_of(workspace, other)
    if ours is not theirs:
        return Text(
            f"按来源等级，{SOURCE_KIND_WORDS[ours].zh}先于{SOURCE_KIND_WORDS[theirs].zh}",
            f"by rank of source: {SOURCE_KIND_WORDS[ours].en} before {SOURCE_KIND_WORDS[theirs].en}",
        )
    if picked.published.latest != other.published.latest:
        return Text("同级来源取后公布的", "of sources of one rank the later publication")
    return Text("同级来源同日公布，按登记号取一", "same rank and day: one is taken by its registered id")


def kind_of(workspace: Workspace, observation: Observation) -> SourceKind:
    """The kind of source a value counts as: a base value a plan prints is the plan's, whatever carries the plan."""
    return SourceKind.PLAN if observation.is_baseline else workspace.content.sources[observation.source].kind


def claims_of(workspace: Workspace, plans: Sequence[Plan], results: Sequence[IndicatorResult]) -> Iterable[ClaimView]:
    """Every published statement about the plans beside what the results say of it."""
    for plan in plans:
        own = [one for one in results if one.row.plan == plan.code]
        missed = [one for one in own if one.verdict is Verdict.NOT_MET]
        open_ = sum(1 for one in own if one.verdict in (None, Verdict.UNDETERMINED))
        zh = f"本表{open_}项没有公开数据可以核对"
        en = f"{open_} rows of this table have no public figure to check it by"
        if missed:
            names = "、".join(
                f"{one.row.indicator_label.zh}（{one.row.observation.shown}，目标{one.row.goal_written}）"
                for one in missed
                if one.row.observation
            )
            zh = f"与本表结论不一致：{names}；" + zh
            en = "contradicted by: " + ", ".join(one.row.indicator_label.en for one in missed) + "; " + en
        for claim in plan.claims:
            source = workspace.content.sources[claim.source]
            yield ClaimView(
                plan=plan.code,
                statement=claim.statement,
                source=claim.source,
                source_title=source.title,
                publisher=source.publisher,
                published=str(source.published),
                comment=Text(zh + "；两者并列", en),
                is_contradicted=bool(missed),
            )


def claim_contradictions(claims: Iterable[ClaimView], results: Sequence[IndicatorResult]) -> Iterable[Contradiction]:
    """The statements a result runs against."""
    for claim in claims:
        if claim.is_contradicted:
            missed = [one for one in results if one.row.plan == claim.plan and one.verdict is Verdict.NOT_MET]
            rows = tuple(one.row.id for one in missed)
            yield Contradiction(
                ContradictionKind.CLAIM, claim.statement, "", claim.published, None, (), claim.comment, rows
            )


def task_contradictions(tasks: Iterable[TaskResult]) -> Iterable[Contradiction]:
    """The tasks whose finding the linked figures run against."""
    for task in tasks:
        if task.finding is not TaskFinding.NOT_ASSESSED and task.conflict.zh:
            subject = Text(f"任务{task.number} {task.title}", f"task {task.number} {task.title}")
            rows = tuple(link.row for link in task.rows)
            day = str(task.assessed or "")
            yield Contradiction(ContradictionKind.TASK, subject, "", day, None, (), task.conflict, rows)
