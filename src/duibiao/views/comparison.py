"""What a comparison of two plans shows: the differences, or the alignment, always with the passages of both sides."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from duibiao.kernel.problem import Problem
from duibiao.kernel.text import Text
from duibiao.plan.align import (
    Agreement,
    Basis,
    Clue,
    Relation,
    Standing,
    Suggestion,
    agreement,
    align,
    clues,
    places,
    stretches,
    whole_paragraphs,
)
from duibiao.plan.compare import FIELD_WORDS, KIND_WORDS, Difference, DifferenceKind, diff
from duibiao.plan.figures import Figure, Firmness
from duibiao.plan.model import ClauseKind, Plan
from duibiao.plan.readings import Explanation
from duibiao.sources.archive import Document
from duibiao.sources.citation import Citation
from duibiao.views.outline import CLAUSE_WORDS
from duibiao.views.rows import CitationView, citation_view
from duibiao.views.words import DASH, percent
from duibiao.workspace import Workspace
from duibiao.workspace.readings import ReadPlan, differences, idle_of

RELATION_WORDS = {
    Relation.CARRY: Text("承接", "carries"),
    Relation.WEAKEN: Text("弱化", "weakens"),
    Relation.SHARPEN: Text("加码", "sharpens"),
    Relation.UNCOVERED: Text("未见承接", "uncovered"),
}
STANDING_WORDS = {
    Standing.OPEN: Text("待确认", "to be confirmed"),
    Standing.CONFIRMED: Text("已确认", "confirmed"),
    Standing.NOT_LISTED: Text("复核未列", "not in the review"),
    Standing.NOT_FOUND: Text("已确认，方法未找出", "confirmed, not found by the method"),
}
REVIEWED_COVERED = Text("复核认为有承接", "covered, says the review")
BASIS_WORDS = {
    Basis.PASSAGES: Text("比较的是两边整段原文", "whole paragraphs of both plans were compared"),
    Basis.TITLES: Text(
        "只比较了名称：原文未存档，或存档文本未按段分行",
        "only titles were compared: a text is not archived, or is not one paragraph a line",
    ),
}
FIRMNESS_WORDS = {
    Firmness.FIRMER: Text("加码", "firmer"),
    Firmness.EQUAL: Text("相同", "equal"),
    Firmness.SOFTER: Text("弱化", "softer"),
    Firmness.UNKNOWN: Text("无从比较", "cannot be compared"),
}
FACET_WORDS = {
    "amount": Text("数值", "amount"),
    "bound": Text("界限", "bound"),
    "wording": Text("措辞", "wording"),
    "due": Text("年限", "year"),
    "obligation": Text("约束性", "obligation"),
}
READ_WORDS = {
    DifferenceKind.ADDED: Text("未读出", "not read"),
    DifferenceKind.DROPPED: Text("多读出", "read, not in the pack"),
    DifferenceKind.MOVED: Text("位置不同", "placed differently"),
    DifferenceKind.TITLE: Text("名称不同", "named differently"),
    DifferenceKind.TARGET: Text("目标不同", "target read differently"),
    DifferenceKind.DEPARTMENT: Text("部门不同", "departments differ"),
}
"""What a difference is called where a reading is held against a pack."""
NO_WORDS = Text("")


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a pair: where it stands, and the words there where the archive holds them."""

    number: str
    title: str
    citation: CitationView | None
    passage: str


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """One difference as every surface shows it."""

    kind: DifferenceKind
    kind_word: Text
    item: str
    item_word: Text
    name: str
    field: str
    field_word: Text
    before: Text
    after: Text
    words: Text
    old: CitationView | None
    old_passage: str
    new: CitationView | None
    new_passage: str
    reason: str = ""
    is_explained: bool = False


@dataclass(frozen=True, slots=True)
class DifferencePage:
    """Everything that one plan changed against another.

    Of a draft held against a pack: ``explained`` and ``open`` count what the pack explains and what it does not.
    """

    old_title: Text
    new_title: Text
    sentence: Text
    counts: dict[str, int]
    rows: tuple[DifferenceRow, ...]
    notices: tuple[Text, ...]
    is_reading: bool = False
    explained: int = 0
    open: int = 0
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class AlignmentRow:
    """One suggestion as every surface shows it; ``score`` and its parts are 0 to 1."""

    upper: Side
    lower: Side | None
    relation: Relation
    relation_word: Text
    score: Decimal
    text_score: Decimal | None
    title_score: Decimal | None
    structure_score: Decimal | None
    figures_score: Decimal | None
    standing: Standing
    standing_word: Text
    figures: tuple[Text, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class AlignmentPage:
    """Every measure of a plan with what of the plan below may take it up."""

    upper_title: Text
    lower_title: Text
    sentence: Text
    agreement: Agreement
    precision: Decimal | None
    recall: Decimal | None
    basis: Basis
    rows: tuple[AlignmentRow, ...]
    notices: tuple[Text, ...]


@dataclass(slots=True)
class _Passages:
    """Opens each archived document once."""

    workspace: Workspace
    opened: dict[str, Document | None] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)

    def document(self, code: str) -> Document | None:
        if code not in self.opened:
            try:
                self.opened[code] = self.workspace.document(code)
            except ValueError:  # the archived file was changed, or is no text
                self.opened[code] = None
        return self.opened[code]

    def of(self, citation: Citation | None) -> str:
        """The cited words; empty where the document is not archived or does not hold these words there."""
        if citation is None:
            return ""
        document = self.document(citation.document)
        if document is None:
            self.absent.add(citation.document)
            return ""
        try:
            found = document.passage(citation.locator)
        except ValueError:
            found = None
        if found is None or found.hash != citation.passage_hash:
            self.changed.add(citation.document)
            return ""
        return found.text

    def paragraphs(self, found: Sequence[Clue], bounds: Sequence[Citation] = ()) -> dict[Citation, str]:
        """The whole paragraphs of clauses; in a wrapped text the lines up to the next of its ``bounds``."""
        by_document: dict[str, list[Citation]] = {}
        for clue in found:
            by_document.setdefault(clue.citation.document, []).append(clue.citation)
        whole: dict[Citation, str] = {}
        for code, citations in by_document.items():
            document = self.document(code)
            if document and all(self.of(citation) for citation in citations):
                near = [one for one in bounds if one.document == code and one.part == citations[0].part]
                whole |= whole_paragraphs(document, citations) or stretches(document, citations, near)
        return whole

    def notices(self) -> tuple[Text, ...]:
        """What of the archive could not be shown."""
        found = []
        if self.absent:
            codes = "、".join(sorted(self.absent))
            found.append(Text(f"原文未存档，不能显示：{codes}", f"not archived, passages cannot be shown: {codes}"))
        if self.changed:
            codes = "、".join(sorted(self.changed))
            found.append(
                Text(
                    f"存档文本与出处指纹不符，未显示：{codes}",
                    f"the archived text does not have the cited hash, not shown: {codes}",
                )
            )
        return tuple(found)


# --- differences -------------------------------------------------------------------------------------


def difference_page(workspace: Workspace, old: Plan, new: Plan) -> DifferencePage:
    """Compare two plans; department aliases count as one name."""
    names = {alias: department.name for alias, department in workspace.content.plans.departments.items()}
    return _page(workspace, old, new, [(one, None) for one in diff(old, new, names)])


def reading_page(workspace: Workspace, read: ReadPlan, plan: Plan) -> DifferencePage:
    """Hold what was read in a document against what a pack says of it, with what the pack explains."""
    found, explained = differences(workspace, read, plan)
    page = _page(workspace, read.plan, plan, list(zip(found, explained.reasons, strict=True)), READ_WORDS)
    done = len(found) - explained.open
    sure = [one for one in read.offered.values() if one and one[0].is_certain]
    told = Text(
        f"{page.sentence.zh}其中已说明{done}处，未说明{explained.open}处。{len(read.offered)}个量化目标中，"
        f"{len(sure)}个的统一指标可确定。",
        f"{page.sentence.en} Explained: {done}, unexplained: {explained.open}. Of {len(read.offered)} targets "
        f"{len(sure)} have a certain indicator.",
    )
    same_document = read.plan.document == plan.document
    problems = tuple(idle_of(workspace.content, plan, explained)) if same_document else ()
    return replace(page, sentence=told, is_reading=True, explained=done, open=explained.open, problems=problems)


def _page(
    workspace: Workspace,
    old: Plan,
    new: Plan,
    found: Sequence[tuple[Difference, Explanation | None]],
    kinds: Mapping[DifferenceKind, Text] = KIND_WORDS,
) -> DifferencePage:
    passages = _Passages(workspace)
    rows = tuple(_difference_row(workspace, passages, one, reason, kinds) for one, reason in found)
    counted = Counter(one.kind for one, _ in found)
    counts = {kind.value: counted[kind] for kind in DifferenceKind}
    told = [kind for kind in DifferenceKind if counted[kind]]
    zh = "，".join(f"{kinds[kind].zh}{counted[kind]}处" for kind in told) or "没有差异"
    en = ", ".join(f"{counted[kind]} {kinds[kind].en}" for kind in told) or "no differences"
    sentence = Text(f"{new.title.zh}对照{old.title.zh}：{zh}。", f"{_en(new.title)} against {_en(old.title)}: {en}.")
    return DifferencePage(old.title, new.title, sentence, counts, rows, passages.notices())


def _en(text: Text) -> str:
    return text.en or text.zh


def _difference_row(
    workspace: Workspace,
    passages: _Passages,
    one: Difference,
    reason: Explanation | None,
    kinds: Mapping[DifferenceKind, Text],
) -> DifferenceRow:
    kind, item = kinds[one.kind], _item_word(one.item)
    what = FIELD_WORDS[one.field] if one.field else NO_WORDS
    before, after = one.before, one.after
    if one.field == "kind":
        before, after = _item_word(before.zh), _item_word(after.zh)
    if one.field:
        words = Text(
            f"{item.zh}“{one.name}”：{what.zh} {before.zh or DASH} → {after.zh or DASH}",
            f"{item.en} “{one.name}”: {what.en} {_en(before) or DASH} → {_en(after) or DASH}",
        )
    else:
        words = Text(f"{kind.zh}{item.zh}“{one.name}”", f"{kind.en} {item.en} “{one.name}”")
    return DifferenceRow(
        kind=one.kind,
        kind_word=kind,
        item=one.item,
        item_word=item,
        name=one.name,
        field=one.field,
        field_word=what,
        before=before,
        after=after,
        words=words,
        old=citation_view(workspace, one.old) if one.old else None,
        old_passage=passages.of(one.old),
        new=citation_view(workspace, one.new) if one.new else None,
        new_passage=passages.of(one.new),
        reason=reason.reason if reason else "",
        is_explained=reason is not None,
    )


def _item_word(item: str) -> Text:
    if item == "target":
        return Text("目标值", "target")
    return Text("任务", "task") if item == "task" else CLAUSE_WORDS[ClauseKind(item)]


# --- alignment ---------------------------------------------------------------------------------------


def alignment_page(workspace: Workspace, upper: Plan, lower: Plan) -> AlignmentPage:
    """Hold every measure of a plan against the plan below it."""
    content, passages = workspace.content, _Passages(workspace)
    whole: dict[Citation, str] = {}
    for plan, found in ((upper, clues(upper, measures_first=True)), (lower, clues(lower))):
        whole |= passages.paragraphs(found, places(plan))
    homes = content.home_unit.get(upper.code), content.home_unit.get(lower.code)
    suggestions = align(
        upper,
        lower,
        lambda citation: whole.get(citation, ""),
        content.indicators,
        same_area=homes[0] is not None and homes[0] == homes[1],
    )
    agreed = agreement(suggestions)
    basis = suggestions[0].basis if suggestions else Basis.TITLES
    return AlignmentPage(
        upper_title=upper.title,
        lower_title=lower.title,
        sentence=_sentence(upper, lower, suggestions, agreed),
        agreement=agreed,
        precision=agreed.precision,
        recall=agreed.recall,
        basis=basis,
        rows=tuple(_alignment_row(workspace, passages, whole, one) for one in suggestions),
        notices=(
            BASIS_WORDS[basis],
            Text("建议由方法给出，经人确认后才算数", "suggestions of a method; they count when a person confirms them"),
            *passages.notices(),
        ),
    )


def _sentence(upper: Plan, lower: Plan, found: Sequence[Suggestion], agreed: Agreement) -> Text:
    measures = {one.upper.number for one in found}
    bare = sum(1 for one in found if one.relation is Relation.UNCOVERED)
    pairs = sum(1 for one in found if one.lower and one.standing is not Standing.NOT_FOUND)
    zh = f"{upper.title.zh}的{len(measures)}条中，{bare}条在{lower.title.zh}未见承接；建议{pairs}对。"
    en = f"Of {len(measures)} items of {_en(upper.title)}, {bare} seem uncovered by {_en(lower.title)}; {pairs} pairs. "
    if agreed.reviewed:
        right = f"{agreed.first_right}/{agreed.reviewed}"
        zh += (
            f"已复核{agreed.reviewed}条、确认{agreed.confirmed}对：建议的准确率{percent(agreed.precision)}，"
            f"查全率{percent(agreed.recall)}，首选正确{right}。"
        )
        en += (
            f"{agreed.reviewed} reviewed, {agreed.confirmed} pairs confirmed: precision {percent(agreed.precision)}, "
            f"recall {percent(agreed.recall)}, first choice right {right}."
        )
    return Text(zh, en.strip())


def _alignment_row(
    workspace: Workspace, passages: _Passages, whole: Mapping[Citation, str], one: Suggestion
) -> AlignmentRow:
    def side(clue: Clue) -> Side:
        words = whole.get(clue.citation) or passages.of(clue.citation)
        return Side(clue.number, clue.title, citation_view(workspace, clue.citation), words)

    scores = one.scores
    contradicted = one.lower is None and one.standing is Standing.NOT_LISTED
    return AlignmentRow(
        upper=side(one.upper),
        lower=side(one.lower) if one.lower else None,
        relation=one.relation,
        relation_word=RELATION_WORDS[one.relation],
        score=one.score,
        text_score=scores.text if scores else None,
        title_score=scores.title if scores else None,
        structure_score=scores.structure if scores else None,
        figures_score=scores.figures if scores else None,
        standing=one.standing,
        standing_word=REVIEWED_COVERED if contradicted else STANDING_WORDS[one.standing],
        figures=tuple(_figure_words(figure) for figure in one.figures),
        reason=one.reason,
    )


def _figure_words(figure: Figure) -> Text:
    word, upper, lower = FIRMNESS_WORDS[figure.firmness], figure.upper, figure.lower
    names = figure.softer or figure.firmer
    zh, en = (
        (f"（{'、'.join(FACET_WORDS[name].zh for name in names)}）", f" ({', '.join(names)})") if names else ("", "")
    )
    both = f"{upper.written}（{upper.due}） → {lower.written}（{lower.due}）"
    return Text(f"{lower.label}：{both} {word.zh}{zh}", f"{lower.label}: {both} {word.en}{en}")


# --- flat tables -------------------------------------------------------------------------------------

_SIDE = ("document", "item", "locator", "passage_hash", "passage")
DIFFERENCE_COLUMNS = (
    "kind", "item", "name", "field", "before", "after", "words", "reason",
    *(f"old_{name}" for name in _SIDE), *(f"new_{name}" for name in _SIDE),
)  # fmt: skip
ALIGNMENT_COLUMNS = (
    "upper_number", "upper_title", "lower_number", "lower_title", "relation", "score", "text_score", "title_score",
    "structure_score", "figures_score", "standing", "figures", "reason",
    *(f"upper_{name}" for name in _SIDE), *(f"lower_{name}" for name in _SIDE),
)  # fmt: skip


def difference_rows(page: DifferencePage) -> list[dict[str, str]]:
    """The differences as a flat table."""
    return [
        {
            "kind": row.kind.value,
            "item": row.item,
            "name": row.name,
            "field": row.field,
            "before": row.before.zh,
            "after": row.after.zh,
            "words": row.words.zh,
            "reason": row.reason,
            **dict(_side_cells("old", row.old, row.old_passage)),
            **dict(_side_cells("new", row.new, row.new_passage)),
        }
        for row in page.rows
    ]


def alignment_rows(page: AlignmentPage) -> list[dict[str, str]]:
    """The alignment as a flat table."""
    found = []
    for row in page.rows:
        lower = row.lower
        found.append(
            {
                "upper_number": row.upper.number,
                "upper_title": row.upper.title,
                "lower_number": lower.number if lower else "",
                "lower_title": lower.title if lower else "",
                "relation": row.relation.value,
                "score": str(row.score),
                "text_score": _score(row.text_score),
                "title_score": _score(row.title_score),
                "structure_score": _score(row.structure_score),
                "figures_score": _score(row.figures_score),
                "standing": row.standing.value,
                "figures": ";".join(text.zh for text in row.figures),
                "reason": row.reason,
                **dict(_side_cells("upper", row.upper.citation, row.upper.passage)),
                **dict(_side_cells("lower", lower.citation if lower else None, lower.passage if lower else "")),
            }
        )
    return found


def _score(score: Decimal | None) -> str:
    return "" if score is None else str(score)


def _side_cells(prefix: str, citation: CitationView | None, passage: str) -> Iterable[tuple[str, str]]:
    cells = (citation.document, citation.item, citation.locator, citation.passage_hash) if citation else ("",) * 4
    return zip((f"{prefix}_{name}" for name in _SIDE), (*cells, passage), strict=True)
