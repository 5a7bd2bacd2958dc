"""One line of a monitor: a target, its value, its status, and the way back to every page they stand on."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from duibiao.kernel.text import Text
from duibiao.metrics.indicator import Direction
from duibiao.metrics.observation import QUALITY_WORDS, Observation
from duibiao.plan.model import LinkStrength, Responsibility, Target
from duibiao.progress.assess import Assessment
from duibiao.progress.prediction import Prediction
from duibiao.progress.status import LOOKS, RULE_WORDS, Caveat, Rule, Status
from duibiao.progress.verdicts import METHOD_WORDS
from duibiao.sources.citation import Citation
from duibiao.views.words import amount_words, percent, ratio_words
from duibiao.workspace import Workspace


@dataclass(frozen=True, slots=True)
class CitationView:
    """Where something stands: document, part, item, page and lines, and the hash of the passage."""

    document: str
    title: Text
    publisher: str
    part: str
    item: str
    place: str
    locator: str
    passage_hash: str


@dataclass(frozen=True, slots=True)
class ValueView:
    """A published value with its source, the day it became known and the way it was worded."""

    id: str
    shown: str
    amount: Decimal
    unit: str
    bound: str
    period: str
    as_of: str
    published: str
    source: str
    source_title: Text
    publisher: str
    url: str
    is_baseline: bool
    quality: Text
    note: str
    citation: CitationView | None


@dataclass(frozen=True, slots=True)
class VerdictView:
    """What one method says: the status it corresponds to, and the method's own class word (``own``)."""

    method: str
    name: Text
    status: Status | None
    word: Text
    own: Text
    figure: Decimal | None
    reason: Text
    differs: bool


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task or measure that moves an indicator, and why."""

    plan: str
    item: str
    title: str
    lead: tuple[str, ...]
    cooperating: tuple[str, ...]
    how: str
    reason: str
    citation: CitationView | None


@dataclass(frozen=True, slots=True)
class MonitorRow:
    """One target as every surface shows it.

    ``p``, ``s`` and ``elapsed`` are shares; amounts are in the indicator's ``unit``. ``formula`` is the
    calculation with the numbers put in. ``values`` are all published values of the indicator known on the day.
    ``forecast`` is the line of the present pace; ``prediction`` the forecast with its interval and probability, None
    for a goal that is no number.
    """

    id: str
    plan: str
    plan_short: Text
    row: int | None
    item: str
    group: str
    parent: str
    label: str
    indicator: str
    indicator_label: Text
    unit: str
    direction: Direction
    baseline: Decimal | None
    baseline_year: int | None
    baseline_written: str
    goal_written: str
    goal: Decimal | None
    due: int
    value: Decimal | None
    observation: ValueView | None
    status: Status
    status_word: Text
    glyph: str
    colour: str
    if_accepted: Status | None
    if_accepted_word: Text | None
    rule: Rule
    rule_words: Text
    policy: str
    p: Decimal | None
    s: Decimal | None
    ratio: Decimal | None
    elapsed: Decimal | None
    forecast: Decimal | None
    observed_rate: Decimal | None
    required_rate: Decimal | None
    formula: Text
    verdicts: tuple[VerdictView, ...]
    disagrees: bool
    caveats: tuple[Caveat, ...]
    coverage: str
    is_provisional: bool
    lead: tuple[str, ...]
    cooperating: tuple[str, ...]
    tasks: tuple[TaskView, ...]
    citation: CitationView
    values: tuple[ValueView, ...]
    prediction: Prediction | None = None


def citation_view(workspace: Workspace, citation: Citation) -> CitationView:
    """Show a citation."""
    source = workspace.content.sources.get(citation.document)  # a draft may cite what is not registered yet
    return CitationView(
        document=citation.document,
        title=source.title if source else Text(citation.part),
        publisher=source.publisher if source else "",
        part=citation.part,
        item=citation.item,
        place=citation.locator.in_chinese(),
        locator=str(citation.locator),
        passage_hash=citation.passage_hash,
    )


def value_view(workspace: Workspace, observation: Observation) -> ValueView:
    """Show a published value."""
    source = workspace.content.sources[observation.source]
    return ValueView(
        id=observation.id,
        shown=observation.shown,
        amount=observation.quantity.amount,
        unit=observation.quantity.unit,
        bound=observation.bound,
        period=str(observation.period),
        as_of=observation.as_of,
        published=str(observation.published),
        source=observation.source,
        source_title=source.title,
        publisher=source.publisher,
        url=source.url,
        is_baseline=observation.is_baseline,
        quality=QUALITY_WORDS[observation.quality],
        note=observation.note,
        citation=citation_view(workspace, observation.citation) if observation.citation else None,
    )


def task_views(workspace: Workspace, found: Responsibility) -> tuple[TaskView, ...]:
    """Show the tasks and measures behind an indicator."""
    return tuple(_task_view(workspace, link.plan, link.item, link.strength, link.reason) for link in found.links)


def _task_view(workspace: Workspace, plan: str, item: str, strength: LinkStrength, reason: str) -> TaskView:
    plans = workspace.content.plans
    task = plans.task(plan, item)
    if task:
        cited = citation_view(workspace, task.citation)
        return TaskView(plan, item, task.title, task.lead, task.cooperating, strength, reason, cited)
    clause = plans.clause(plan, item)
    title = clause.title.zh if clause else item
    cited_clause = citation_view(workspace, clause.citation) if clause else None
    return TaskView(plan, item, title, (), (), strength, reason, cited_clause)


def responsible(workspace: Workspace, target: Target) -> Responsibility:
    """Who answers for a target: the departments of its own task, else of every task that moves the indicator."""
    task = workspace.content.plans.task(target.plan, target.item) if target.item else None
    found = workspace.content.plans.responsible_for(target.indicator)
    return Responsibility(task.lead, task.cooperating, found.links) if task else found


def monitor_row(workspace: Workspace, assessment: Assessment) -> MonitorRow:
    """Show one assessment with everything it rests on."""
    target, indicator = assessment.target, assessment.indicator
    plan = workspace.content.plans.by_code[target.plan]
    who = responsible(workspace, target)
    look = LOOKS[assessment.status]
    accepted = assessment.if_accepted
    return MonitorRow(
        id=target.id,
        plan=plan.code,
        plan_short=plan.short,
        row=target.row,
        item=target.item,
        group=target.group,
        parent=target.parent,
        label=target.label,
        indicator=indicator.code,
        indicator_label=indicator.label,
        unit=indicator.unit,
        direction=indicator.direction,
        baseline=assessment.baseline,
        baseline_year=assessment.baseline_year,
        baseline_written=target.baseline.written or "—",
        goal_written=target.written,
        goal=assessment.line,
        due=target.due,
        value=assessment.value,
        observation=value_view(workspace, assessment.choice.picked) if assessment.choice else None,
        status=assessment.status,
        status_word=look.word,
        glyph=look.glyph,
        colour=look.colour,
        if_accepted=accepted,
        if_accepted_word=LOOKS[accepted].word if accepted else None,
        rule=assessment.rule,
        rule_words=RULE_WORDS[assessment.rule],
        policy=assessment.policy,
        p=assessment.p,
        s=assessment.s,
        ratio=assessment.ratio,
        elapsed=assessment.elapsed,
        forecast=assessment.forecast,
        observed_rate=assessment.observed_rate,
        required_rate=assessment.required_rate,
        formula=formula(assessment, workspace.policy.on_course, workspace.policy.attention),
        verdicts=_verdict_views(assessment),
        disagrees=bool(assessment.disagreement),
        caveats=assessment.caveats,
        coverage=str(assessment.coverage),
        is_provisional=assessment.is_provisional,
        lead=who.lead,
        cooperating=who.cooperating,
        tasks=task_views(workspace, who),
        citation=citation_view(workspace, target.citation),
        values=tuple(_known_values(workspace, assessment)),
        prediction=assessment.prediction,
    )


def _known_values(workspace: Workspace, assessment: Assessment) -> Iterable[ValueView]:
    series = workspace.series_of(assessment.target, assessment.as_of)
    for choice in series.choices:
        yield value_view(workspace, choice.picked)
        for other in choice.others:
            yield value_view(workspace, other)
    for reprint in series.reprints:
        yield value_view(workspace, reprint)


def _verdict_views(assessment: Assessment) -> tuple[VerdictView, ...]:
    different = assessment.disagreement
    return tuple(
        VerdictView(
            method=verdict.method,
            name=METHOD_WORDS[verdict.method],
            status=verdict.status,
            word=LOOKS[verdict.status].word if verdict.status else Text("不适用", "not applicable"),
            own=verdict.word,
            figure=verdict.figure,
            reason=verdict.reason,
            differs=verdict in different,
        )
        for verdict in assessment.verdicts
    )


def formula(assessment: Assessment, on_course: Decimal, attention: Decimal) -> Text:
    """Write the calculation out with its numbers; the rule in words where there is no calculation."""
    unit = assessment.indicator.unit
    value, base, line = assessment.value, assessment.baseline, assessment.line
    if value is None or assessment.choice is None or line is None:
        return RULE_WORDS[assessment.rule]
    got, wanted = amount_words(value, unit), assessment.target.written
    if base is None or assessment.p is None or assessment.s is None or assessment.baseline_year is None:
        return Text(f"现值{got}，目标{wanted}（{RULE_WORDS[assessment.rule].zh}）", f"value {got}, goal {wanted}")
    year, due = assessment.choice.picked.period.year, assessment.target.due
    b, v, g = (amount_words(number, "") for number in (base, value, line))
    way = f"p = ({v} − {b}) ÷ ({g} − {b}) = {percent(assessment.p)}"
    if assessment.rule is Rule.RANGE:
        way = f"p = 1 − D({v}) ÷ D({b}) = {percent(assessment.p)}"
    time = f"s = ({year} − {assessment.baseline_year}) ÷ ({due} − {assessment.baseline_year}) = {percent(assessment.s)}"
    ratio = f"p ÷ s = {ratio_words(assessment.ratio)}"
    if assessment.rule in (Rule.KEEP, Rule.FINAL) or assessment.status in (Status.MET, Status.MET_AT_RISK):
        reached = Text(f"现值{got}，目标{wanted}", f"value {got}, goal {wanted}")
        rule = RULE_WORDS[assessment.rule]
        return Text(f"{reached.zh}；{way}；{time}（{rule.zh}）", f"{reached.en}; {way}; {time} ({rule.en})")
    limits = f"≥{on_course}", f"≥{attention}"
    return Text(
        f"{way}；{time}；{ratio}（{limits[0]}为正常，{limits[1]}为关注，其下为滞后）",
        f"{way}; {time}; {ratio} ({limits[0]} on course, {limits[1]} attention, below behind)",
    )
