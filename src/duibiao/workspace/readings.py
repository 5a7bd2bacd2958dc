"""What the program reads in a document, held against what a pack says of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from duibiao.extract.as_plan import plan_of
from duibiao.extract.draft import extract
from duibiao.extract.draft_file import DraftFile, draft_files
from duibiao.extract.entry import EntryKind
from duibiao.extract.resolve import Candidate, KnownIndicator, Resolver, bare_label
from duibiao.kernel.text import folded
from duibiao.plan.compare import Difference, diff
from duibiao.plan.model import Plan
from duibiao.plan.readings import Explained, explain
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


def resolver_of(content: Content, without: str = "") -> Resolver:
    """Every indicator under its own names and under the labels that the plans of the packs give it."""
    names = {code: [one.label.zh, *one.aliases] for code, one in content.indicators.items()}
    for plan in content.plans.by_code.values():
        for target in plan.targets if plan.code != without else ():
            names[target.indicator].append(bare_label(target.parent) + target.label if target.parent else target.label)
    return Resolver(
        [
            KnownIndicator(code, one.unit, tuple(dict.fromkeys(names[code])), one.measure_words)
            for code, one in content.indicators.items()
        ]
    )


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
    """The draft that was read in the part of the document a plan stands in."""
    wanted = _title(plan.part)
    return next((one for one in drafts if wanted and wanted in _title(one.part)), None)


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


def is_draft(path: Path) -> bool:
    """Tell whether a YAML file is a draft: only drafts name the file they were read in, with its hash."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            lines = [line for _, line in zip(range(40), file, strict=False)]
    except OSError:
        return False
    return any(line.startswith("source:") for line in lines) and any(line.startswith("  sha256:") for line in lines)
