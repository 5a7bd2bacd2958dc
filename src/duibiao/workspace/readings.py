"""What the program reads in a document, held against what a pack says of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from duibiao.extract.as_plan import plan_of
from duibiao.extract.draft import extract
from duibiao.extract.draft_file import DraftFile, draft_files
from duibiao.extract.entry import EntryKind
from duibiao.extract.resolve import Candidate, KnownIndicator, Resolver, bare_label
from duibiao.kernel.problem import Problem, Report, Where
from duibiao.kernel.text import folded
from duibiao.metrics.indicator import Accumulation
from duibiao.plan.compare import Difference, diff
from duibiao.plan.model import Plan
from duibiao.plan.readings import Explained, explain, idle
from duibiao.sources.readers import read_unnamed
from duibiao.workspace.pack import Content
from duibiao.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ReadPlan:
    """A draft in the shape of a plan (读出的规划), with the indicators offered for each of its targets, by id."""

    plan: Plan
    offered: Mapping[str, tuple[Candidate, ...]]


def read_as_plan(draft: DraftFile, content: Content, against: str = "") -> ReadPlan:
    """Read a draft as a plan. What the packs call things counts, except in the plan it is held ``against``."""
    known = {one.sha256: one.code for one in content.sources.values() if one.sha256}
    resolver = resolver_of(content, without=against)
    plan = plan_of(draft, known.get(draft.sha256, f"doc-{draft.sha256[:8]}"), resolver.certain)
    targets = draft.of(EntryKind.TARGET)
    offered = {
        one.id: tuple(resolver.candidates(entry)) for one, entry in zip(plan.targets, targets, strict=True)
    }  # in the order of the draft
    return ReadPlan(plan, offered)


def resolver_of(content: Content, without: str = "", packs: Collection[str] | None = None) -> Resolver:
    """Every indicator under its own names and under the labels that the plans of the packs give it.

    ``packs`` are the folders whose indicators may be referred to; all where it is None.
    """
    seen = {code for code in content.indicators if packs is None or folder_of(content, code) in packs}
    names = {code: [one.label.zh, *one.aliases] for code, one in content.indicators.items()}
    for plan in content.plans.by_code.values():
        for target in plan.targets if plan.code != without else ():
            names[target.indicator].append(bare_label(target.parent) + target.label if target.parent else target.label)
    return Resolver(
        [
            KnownIndicator(
                code,
                one.unit,
                tuple(dict.fromkeys(names[code])),
                one.measure_words,
                one.counts_new or one.accumulation is Accumulation.PERIOD,
            )
            for code, one in content.indicators.items()
            if code in seen
        ]
    )


def folder_of(content: Content, code: str) -> str:
    """The folder of the pack that defines a source, indicator, unit or rule."""
    return content.places[code].file.partition("/")[0]


def department_names(content: Content) -> dict[str, str]:
    """Every name of a department the packs know, with its main name."""
    found = {}
    for name, department in content.departments.items():
        found[name] = department.name
        if department.full_name:
            found[department.full_name] = department.name
    return found


def drafts_of(workspace: Workspace, source: str) -> list[DraftFile]:
    """What the program reads today in an archived document; nothing where it is not archived."""
    document = workspace.document(source)
    if document is None:
        return []
    reading = read_unnamed(workspace.archive.folder / document.source.sha256)
    return draft_files(extract(reading, department_names(workspace.content)), source)


def draft_of(plan: Plan, drafts: Sequence[DraftFile]) -> DraftFile | None:
    """The draft that was read in the part of the document a plan stands in; the only one whatever it is called."""
    wanted = _title(plan.part)
    named = next((one for one in drafts if wanted and wanted in _title(one.part)), None)
    return named or (drafts[0] if len(drafts) == 1 else None)


def _title(title: str) -> str:
    """A title by its letters: dashes and quotation marks differ from print to print."""
    return "".join(letter for letter in folded(title) if letter.isalnum() and letter != "〇")


def differences(workspace: Workspace, read: ReadPlan, plan: Plan) -> tuple[list[Difference], Explained]:
    """Everything in which a pack's plan is not what was read, each with the explanation a person wrote."""
    content = workspace.content
    names = {alias: department.name for alias, department in content.departments.items()}
    found = diff(read.plan, plan, names, by_passage=True)
    explained = explain(
        found,
        plan.code,
        content.explanations,
        content.indicators,
        lambda target: [one.code for one in read.offered.get(target, ())],
    )
    return found, explained


@dataclass(frozen=True, slots=True)
class CheckedReading:
    """How the reading of one document agrees with a plan of the packs (读数核对); None where it is not archived."""

    plan: Plan
    differences: int | None = None
    open: int = 0


def check_readings(workspace: Workspace) -> tuple[list[CheckedReading], list[Problem]]:
    """Read every archived document anew and hold it against its plans: nothing may differ without an explanation.

    An explanation that explains nothing is a problem, where its plans could be compared.
    """
    content, report = workspace.content, Report()
    read: dict[str, list[DraftFile]] = {}
    checked: list[CheckedReading] = []
    used: set[tuple[Where, str]] = set()
    for plan in content.plans.by_code.values():
        if plan.document not in read:
            read[plan.document] = drafts_of(workspace, plan.document)
        draft = draft_of(plan, read[plan.document])
        if draft is None:
            checked.append(CheckedReading(plan))
            continue
        found, explained = differences(workspace, read_as_plan(draft, content, plan.code), plan)
        used |= explained.used
        checked.append(CheckedReading(plan, len(found), explained.open))
        if explained.open:
            report.add("READING-OPEN", Where(plan.code), count=explained.open, plan=plan.code)
    compared = {one.plan.code for one in checked if one.differences is not None}
    everywhere = len(compared) == len(checked)
    due = [one for one in content.explanations if (one.plan in compared if one.plan else everywhere)]
    for one, item in idle(due, used):
        report.add("READING-IDLE", one.where, item=item or one.when or "—")
    return checked, report.problems


def idle_of(content: Content, plan: Plan, explained: Explained) -> list[Problem]:
    """The explanations of one plan that explain nothing in a reading of its document."""
    report = Report()
    for one, item in idle([one for one in content.explanations if one.plan == plan.code], explained.used):
        report.add("READING-IDLE", one.where, item=item or one.when or "—")
    return report.problems


def is_draft(path: Path) -> bool:
    """Tell whether a YAML file is a draft: only drafts name the file they were read in, with its hash."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            lines = [line for _, line in zip(range(40), file, strict=False)]
    except OSError:
        return False
    return any(line.startswith("source:") for line in lines) and any(line.startswith("  sha256:") for line in lines)
