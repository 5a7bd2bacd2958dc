"""The gold readings that extraction is measured against: the packs, and what a person added to them.

Everything here is facts: fields and character ranges. A range is two offsets into the text of the file.
"""

import re
import tempfile
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from duibiao.extract.items import Operator
from duibiao.kernel.text import folded
from duibiao.metrics.observation import Bound
from duibiao.plan.goal import Goal, GoalKind
from duibiao.plan.model import Counting, Plan, Target
from duibiao.sources.archive import Document
from duibiao.sources.citation import Locator
from duibiao.workspace import Workspace

ROOT = Path(__file__).resolve().parent.parent
GOLD = ROOT / "benchmarks" / "gold"
FILES = {  # code of the source → the number its file begins with
    "compilation-2025": "000",
    "reader-2025": "001",
    "journal-2025-02": "002",
    "five-year-plan-2021": "003",
    "newspaper-2025": "004",
}
NEWSPAPER = "newspaper-2025"
NUMERAL = re.compile(r"\d|[一二两三四五六七八九十百千万]|全|所有|清零|消除|倍")
DASHES = str.maketrans("—－–―", "----")
NOT_COUNTED = (GoalKind.QUALITATIVE, GoalKind.YES_NO)


@dataclass(frozen=True)
class Fact:
    """A gold reading of a quantified statement, an achieved figure or a row of an indicator table."""

    id: str
    source: str
    start: int
    end: int
    label: str
    unit: str
    operator: Operator
    value: Decimal | None
    upper: Decimal | None = None
    is_soft: bool = False
    due: int | None = None
    is_due_stated: bool = True
    counting: Counting = Counting.LEVEL
    scope: str = "city"
    written: str = ""
    baseline: str = ""
    baseline_year: int | None = None
    group: str = ""
    parent: str = ""
    obligation: str = "unstated"
    is_figure: bool = True


@dataclass(frozen=True)
class GoldTask:
    """A gold reading of a task."""

    id: str
    source: str
    start: int
    end: int
    number: int
    title: str
    lead: tuple[str, ...]
    cooperating: tuple[str, ...]


@dataclass(frozen=True)
class GoldDocument:
    """A document of a compilation: where it begins and ends, and what kind it is.

    ``plan`` and ``standard`` hold promises; ``restates`` (interpretations, news about plans) may repeat them;
    ``none`` (speeches, reports of experience) holds none: whatever is read there as a target is a false alarm.
    """

    source: str
    title: str
    start: int
    end: int
    kind: str
    annexes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stretch:
    """A plan inside a file."""

    code: str
    source: str
    start: int
    end: int


@dataclass
class Gold:
    """All gold readings."""

    workspace: Workspace
    texts: dict[str, str]
    plans: dict[str, Plan]
    stretches: list[Stretch] = field(default_factory=list)
    statements: list[Fact] = field(default_factory=list)
    rows: list[Fact] = field(default_factory=list)
    tasks: list[GoldTask] = field(default_factory=list)
    achieved: list[Fact] = field(default_factory=list)
    floors: list[Fact] = field(default_factory=list)
    documents: list[GoldDocument] = field(default_factory=list)
    departments: dict[str, str] = field(default_factory=dict)


class Offsets:
    """Turns lines and characters of a file into offsets."""

    def __init__(self, text: str) -> None:
        self.starts = [0]
        for line in text.split("\n"):
            self.starts.append(self.starts[-1] + len(line) + 1)

    def of(self, at: Locator) -> tuple[int, int]:
        """The offsets of a locator: its first character and one past its last."""
        first = self.starts[at.first_line - 1] + (at.first_character or 1) - 1
        if at.last_character is None:
            return first, self.starts[at.last_line] - 1
        return first, self.starts[at.last_line - 1] + at.last_character

    def line(self, offset: int) -> int:
        """The line an offset stands in."""
        return sum(start <= offset for start in self.starts)


def files(documents: Path) -> dict[str, Path]:
    """The file of every source."""
    found = {path.name[:3]: path for path in sorted(documents.glob("*.txt"))}
    return {source: found[number] for source, number in FILES.items() if number in found}


def load(documents: Path) -> Gold:
    """Read the packs and the files under ``benchmarks/gold``, with every place as offsets."""
    workspace = Workspace.open(ROOT / "packs", Path(tempfile.mkdtemp(prefix="duibiao-gold-")))
    paths = files(documents)
    for path in paths.values():
        workspace.archive.add(path)
    opened: dict[str, Document] = {}
    for source in paths:
        document = workspace.document(source)
        if document is not None:
            opened[source] = document
    texts = {source: path.read_bytes().decode("utf-8") for source, path in paths.items()}
    gold = Gold(workspace, texts, workspace.content.plans.by_code)
    offsets = {source: Offsets(text) for source, text in texts.items()}
    gold.documents = read_documents(texts, offsets)
    for plan in gold.plans.values():
        if plan.document in texts:
            read_plan(gold, plan, offsets)
    gold.stretches += [Stretch("newspaper", source, 0, len(texts[source])) for source in texts if source == NEWSPAPER]
    read_achieved(gold, offsets)
    read_additions(gold, offsets)
    for department in workspace.content.plans.departments.values():
        for name in (department.name, department.full_name, *department.aliases):
            if name:
                gold.departments[name] = department.name
    return gold


def read_plan(gold: Gold, plan: Plan, offsets: dict[str, Offsets]) -> None:
    """Take the targets and tasks of a plan."""
    names = [document for document in gold.documents if document.source == plan.document and document.kind == "plan"]
    stretch = next((document for document in names if bare(plan.title.zh) in bare(document.title)), None)
    if stretch is not None:
        gold.stretches.append(Stretch(plan.code, plan.document, stretch.start, stretch.end))
    for target in plan.targets:
        start, end = offsets[target.citation.document].of(target.citation.locator)
        fact = of_target(target, start, end)
        (gold.statements if target.row is None else gold.rows).append(fact)
    for task in plan.tasks:
        start, end = offsets[plan.document].of(task.citation.locator)
        place = f"{plan.code}/task-{task.number}"
        gold.tasks.append(
            GoldTask(place, plan.document, start, end, task.number, task.title, task.lead, task.cooperating)
        )


def of_target(target: Target, start: int, end: int) -> Fact:
    """Express a target of a pack as a draft item would."""
    goal = target.goal
    operator = operator_of(goal)
    is_figure = goal.kind not in NOT_COUNTED and bool(NUMERAL.search(target.written))
    if target.written.startswith("不低于当地") or target.written.startswith(("逐年", "高于财政", "高于全国")):
        is_figure = False  # compared with another figure, which the document does not print
    return Fact(
        id=target.id,
        source=target.citation.document,
        start=start,
        end=end,
        label=target.label,
        unit=target.unit,
        operator=operator,
        value=goal.lower if goal.lower is not None else goal.upper,
        upper=goal.upper if operator is Operator.RANGE else None,
        is_soft=target.soft,
        due=target.due,
        is_due_stated=target.due_stated,
        counting=target.counting,
        scope=target.scope.value,
        written=target.written,
        baseline=target.baseline.written,
        baseline_year=target.baseline.year,
        group=target.group,
        parent=target.parent,
        obligation=target.obligation.value,
        is_figure=is_figure,
    )


def operator_of(goal: Goal) -> Operator:
    """The operator of a goal; an increment is told by what the number counts, not here."""
    if goal.kind is GoalKind.KEEP:
        return Operator.KEEP
    if goal.kind is GoalKind.ALL_COVERED:
        return Operator.ALL
    if goal.kind is GoalKind.GROWTH:
        return Operator.MULTIPLE
    if goal.lower is None and goal.upper is None:
        return Operator.EQUAL
    if goal.upper is None:
        return Operator.MORE_THAN if goal.strict else Operator.AT_LEAST
    if goal.lower is None:
        if goal.upper == 0:
            return Operator.ZERO
        return Operator.LESS_THAN if goal.strict else Operator.AT_MOST
    return Operator.EQUAL if goal.lower == goal.upper else Operator.RANGE


BOUNDS = {
    Bound.EXACT: Operator.EQUAL,
    Bound.ABOUT: Operator.EQUAL,
    Bound.AT_LEAST: Operator.AT_LEAST,
    Bound.MORE_THAN: Operator.MORE_THAN,
    Bound.AT_MOST: Operator.AT_MOST,
    Bound.LESS_THAN: Operator.LESS_THAN,
}


def read_achieved(gold: Gold, offsets: dict[str, Offsets]) -> None:
    """Take the published values that stand in one of the documents."""
    labels = gold.workspace.content.indicators
    for observation in gold.workspace.content.observations:
        citation = observation.citation
        if citation is None or observation.is_baseline or citation.document not in gold.texts:
            continue
        start, end = offsets[citation.document].of(citation.locator)
        gold.achieved.append(
            Fact(
                id=f"observations/{observation.indicator}",
                source=citation.document,
                start=start,
                end=end,
                label=observation.original_label or labels[observation.indicator].label.zh,
                unit=observation.quantity.unit,
                operator=BOUNDS[observation.bound],
                value=observation.quantity.amount,
                due=observation.period.year,
            )
        )


def read_documents(texts: dict[str, str], offsets: dict[str, Offsets]) -> list[GoldDocument]:
    """Read ``documents.yaml``: every document of a compilation with the line its title begins in."""
    found: list[GoldDocument] = []
    for source, entries in read_yaml("documents.yaml").items():
        if source not in texts:
            continue
        starts = [offsets[source].starts[entry["line"] - 1] for entry in entries] + [len(texts[source])]
        for at, entry in enumerate(entries):
            annexes = tuple(entry.get("annexes", ()))
            found.append(GoldDocument(source, entry["title"], starts[at], starts[at + 1], entry["kind"], annexes))
    return found


def read_additions(gold: Gold, offsets: dict[str, Offsets]) -> None:
    """Read what a person found in the documents that the packs do not hold."""
    lists = (("additions.yaml", gold.statements), ("achieved.yaml", gold.achieved), ("rules.yaml", gold.floors))
    for name, facts in lists:
        for source, entries in read_yaml(name).items():
            if source in gold.texts:
                facts += [of_entry(source, entry, offsets[source], name) for entry in entries]


def of_entry(source: str, entry: dict[str, Any], offsets: Offsets, name: str) -> Fact:
    """Read one entry: at, label, unit, goal in the notation of plans, due, and what differs from the usual."""
    goal = Goal.parse(str(entry["goal"]))
    start, end = offsets.of(Locator.parse(entry["at"]))
    operator = operator_of(goal)
    return Fact(
        id=f"{name.removesuffix('.yaml')}/{entry['at']}",
        source=source,
        start=start,
        end=end,
        label=entry["label"],
        unit=entry.get("unit", ""),
        operator=operator,
        value=goal.lower if goal.lower is not None else goal.upper,
        upper=goal.upper if operator is Operator.RANGE else None,
        is_soft=entry.get("soft", False),
        due=entry.get("due"),
        is_due_stated=entry.get("due_stated", True),
        counting=Counting(entry.get("counting", "level")),
        scope=entry.get("scope", "city"),
    )


def read_yaml(name: str) -> dict[str, list[dict[str, Any]]]:
    """Read a file of gold readings; an absent one holds nothing."""
    path = GOLD / name
    if not path.exists():
        return {}
    found: dict[str, list[dict[str, Any]]] = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return found


def same(title: str, other: str) -> bool:
    """Tell whether a title that was read is the title, whatever the white space, dashes and a mark for a note.

    A piece of news that carries a document whole (某某印发《…》) may be called by the document's own title.
    """
    read, wanted = (folded(one).rstrip("※*").translate(DASHES) for one in (title, other))
    own = re.fullmatch(r".{2,12}印发《(.+)》", wanted)
    return read == wanted or (own is not None and read == own[1])


def bare(title: str) -> str:
    """A title without white space, quotation marks and a bracket at its end."""
    return re.sub(r"[\s“”\"]|（[^（）]*）$", "", re.sub(r"[〇－—-]", "—", title))
