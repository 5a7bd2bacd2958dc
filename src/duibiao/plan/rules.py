"""Rules of evaluations: what a scheme asks for at least or at most, with the place and the law it rests on."""

from dataclasses import dataclass

from duibiao.kernel.reading import Record
from duibiao.plan.goal import Goal
from duibiao.plan.model import TargetScope
from duibiao.sources.citation import Citation, Locator, Source, read_citation, read_hash, read_locator


@dataclass(frozen=True, slots=True)
class RuleFloor:
    """A numeric floor of an evaluation rule (规则底线), typed as a goal; a scheme judges by it.

    ``scheme`` is the title of the document, ``section`` the headings above; ``basis`` are its legal footnotes.
    """

    code: str
    scheme: str
    title: str
    written: str
    goal: Goal
    unit: str
    citation: Citation
    section: str = ""
    number: str = ""
    scope: TargetScope = TargetScope.CITY
    basis: tuple[Citation, ...] = ()
    note: str = ""


def read_rule(record: Record, sources: dict[str, Source]) -> RuleFloor | None:
    """Read one entry of ``rules.yaml``; None (and a problem) where it is not cited."""
    citation = read_citation(record)
    if citation:
        _check_document(record, citation.document, sources)
    written = record.text("written")
    found = RuleFloor(
        code=record.text("code"),
        scheme=record.text("scheme"),
        title=record.text("title"),
        written=written,
        goal=_goal(record, record.optional("goal") or written),
        unit=record.optional("unit") or "",
        citation=citation or Citation("", "", "", Locator(1, 1), ""),
        section=record.optional("section") or "",
        number=record.optional("no") or "",
        scope=record.choice("scope", TargetScope, TargetScope.CITY),
        basis=tuple(_read_basis(one, sources) for one in record.records("basis")),
        note=record.optional("note") or "",
    )
    record.close()
    return found if citation else None


def _goal(record: Record, text: str) -> Goal:
    try:
        return Goal.parse(text)
    except ValueError:
        record.report.add("TARGET-GOAL", record.where("goal" if record.has("goal") else "written"), value=text)
        return Goal.parse("text")


def _read_basis(record: Record, sources: dict[str, Source]) -> Citation:
    found = Citation(
        document=record.text("document"),
        part=record.optional("part") or "",
        item=record.optional("item") or "",
        locator=read_locator(record.text("at"), record.where("at"), record.report),
        passage_hash=read_hash(record),
    )
    record.points_to("document", found.document, sources, "SOURCE-UNKNOWN")
    record.close()
    return found


def _check_document(record: Record, document: str, sources: dict[str, Source]) -> None:
    if document:
        record.points_to("cite", document, sources, "SOURCE-UNKNOWN")
    else:
        record.report.add("PACK-FIELD-MISSING", record.where("cite"), field="document")
