"""``pack.yaml``: what a pack is, what it needs, and what must be true of it."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from duibiao.kernel.problem import Report, Where
from duibiao.kernel.reading import Record
from duibiao.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Collection:
    """Plans that are monitored together under one name."""

    code: str
    title: Text
    plans: tuple[str, ...]
    where: Where


@dataclass(frozen=True, slots=True)
class Assertion:
    """What a pack says of its own size; checked whenever it is loaded."""

    count: str
    plan: str
    equals: int | None
    at_least: int | None
    where: Where

    def check(self, found: int, report: Report) -> None:
        """Report a count that is not what the pack says it must be."""
        what = f"{self.plan} {self.count}".strip()
        if self.equals is not None and found != self.equals:
            report.add("PACK-ASSERTION", self.where, what=what, wanted=self.equals, found=found)
        elif self.at_least is not None and found < self.at_least:
            report.add("PACK-ASSERTION", self.where, what=what, wanted=f"≥ {self.at_least}", found=found)


@dataclass(frozen=True, slots=True)
class Manifest:
    """The manifest of a pack. ``record`` is kept so that a late finding can name its line."""

    code: str
    title: Text
    depends_on: tuple[str, ...]
    unit: str
    reference_date: date | None
    collections: tuple[Collection, ...]
    assertions: tuple[Assertion, ...]
    folder: Path
    record: Record


def read_manifest(record: Record, folder: Path) -> Manifest:
    """Read ``pack.yaml``; a pack that asserts nothing of itself is an error."""
    manifest = Manifest(
        code=record.text("code"),
        title=record.label("title"),
        depends_on=tuple(record.texts("depends_on")),
        unit=record.text("unit"),
        reference_date=record.date("reference_date") if record.has("reference_date") else None,
        collections=tuple(map(_read_collection, record.records("collections"))),
        assertions=tuple(map(_read_assertion, record.records("assertions"))),
        folder=folder,
        record=record,
    )
    record.close()
    if not manifest.assertions:
        record.report.add("PACK-NO-ASSERTION", record.where())
    return manifest


def _read_collection(record: Record) -> Collection:
    found = Collection(record.text("code"), record.label("title"), tuple(record.texts("plans")), record.where("plans"))
    record.close()
    return found


def _read_assertion(record: Record) -> Assertion:
    found = Assertion(
        count=record.text("count"),
        plan=record.optional("plan") or "",
        equals=record.integer("equals") if record.has("equals") else None,
        at_least=record.integer("at_least") if record.has("at_least") else None,
        where=record.where("count"),
    )
    if found.equals is None and found.at_least is None:
        record.report.add("PACK-FIELD-MISSING", record.where(), field="equals / at_least")
    record.close()
    return found


def in_order(manifests: list[Manifest], report: Report) -> list[Manifest]:
    """Dependencies before those who need them."""
    ordered: list[Manifest] = []
    waiting = list(manifests)
    while waiting:
        done = {manifest.code for manifest in ordered}
        ready = [manifest for manifest in waiting if done.issuperset(manifest.depends_on)]
        if not ready:
            for manifest in waiting:
                for missing in sorted(set(manifest.depends_on) - done):
                    report.add("PACK-DEPENDENCY", manifest.record.where("depends_on"), pack=missing)
            break
        ordered += ready
        waiting = [manifest for manifest in waiting if manifest not in ready]
    return ordered
