"""Reads packs: folders of YAML and CSV that hold an authority's plans, indicators, units and values."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

from duibiao.kernel.problem import Report, Where
from duibiao.kernel.reading import Record, read_csv, read_yaml
from duibiao.kernel.text import Text
from duibiao.metrics.indicator import Definition, Indicator, read_definition, read_indicator
from duibiao.metrics.observation import Observation, check_duplicates, read_observation
from duibiao.metrics.unit import Unit, check_units, read_unit
from duibiao.plan.load import CLAUSE_LISTS, World, gather, load_plan, read_department
from duibiao.plan.model import Department, Plan, Plans
from duibiao.progress.policy import Policy, read_policy
from duibiao.sources.citation import Source, read_source

T = TypeVar("T", Source, Indicator, Unit, Definition)


@dataclass(frozen=True, slots=True)
class Collection:
    """Plans that are monitored together under one name."""

    code: str
    title: Text
    plans: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assertion:
    """What a pack says of its own size; checked whenever it is loaded."""

    count: str
    plan: str
    equals: int | None
    at_least: int | None
    where: Where


@dataclass(frozen=True, slots=True)
class Manifest:
    """``pack.yaml``: what the pack is, what it needs, and what must be true of it."""

    code: str
    title: Text
    depends_on: tuple[str, ...]
    unit: str
    reference_date: date | None
    collections: tuple[Collection, ...]
    assertions: tuple[Assertion, ...]
    folder: Path


@dataclass(slots=True)
class Content:
    """Everything the loaded packs hold."""

    manifests: list[Manifest] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)
    indicators: dict[str, Indicator] = field(default_factory=dict)
    definitions: dict[str, Definition] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    departments: dict[str, Department] = field(default_factory=dict)
    observations: list[Observation] = field(default_factory=list)
    plans: Plans = field(default_factory=lambda: Plans({}))
    policy: Policy | None = None
    places: dict[str, Where] = field(default_factory=dict)


def load_packs(folder: Path, report: Report, extra_observations: Iterable[Path] = ()) -> Content:
    """Load every pack in a folder, dependencies first. Problems go to the report, nothing is raised."""
    content = Content()
    manifests = [
        _read_manifest(read_yaml(path, _name(path, folder), report), path.parent)
        for path in sorted(folder.glob("*/pack.yaml"))
    ]
    if not manifests:
        report.add("PACK-NONE", Where(str(folder)))
    content.manifests = _in_order(manifests, report)
    rows: list[tuple[Observation, Record]] = []
    plans: list[Plan] = []
    for manifest in content.manifests:
        _load_vocabulary(manifest, folder, content, report)
    for manifest in content.manifests:
        plans += _load_plans(manifest, folder, content, report)
        rows += _load_observations(manifest.folder / "observations.csv", folder, content, report)
    for path in extra_observations:
        rows += _load_observations(path, path.parent, content, report, required=True)
    check_duplicates(rows)
    content.observations = [observation for observation, _ in rows]
    content.plans = gather(plans, content.departments.values(), report)
    for manifest in content.manifests:
        _check_manifest(manifest, content, report)
    return content


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name


def _read_manifest(record: Record, folder: Path) -> Manifest:
    manifest = Manifest(
        code=record.text("code"),
        title=record.label("title"),
        depends_on=tuple(record.texts("depends_on")),
        unit=record.text("unit"),
        reference_date=record.date("reference_date") if record.has("reference_date") else None,
        collections=tuple(map(_read_collection, record.records("collections"))),
        assertions=tuple(map(_read_assertion, record.records("assertions"))),
        folder=folder,
    )
    record.close()
    if not manifest.assertions:
        record.report.add("PACK-NO-ASSERTION", record.where())
    return manifest


def _read_collection(record: Record) -> Collection:
    found = Collection(record.text("code"), record.label("title"), tuple(record.texts("plans")))
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


def _in_order(manifests: list[Manifest], report: Report) -> list[Manifest]:
    """Dependencies before those who need them."""
    ordered: list[Manifest] = []
    waiting = list(manifests)
    while waiting:
        done = {manifest.code for manifest in ordered}
        ready = [manifest for manifest in waiting if done.issuperset(manifest.depends_on)]
        if not ready:
            for manifest in waiting:
                for missing in set(manifest.depends_on) - done:
                    report.add("PACK-DEPENDENCY", Where(f"{manifest.code}/pack.yaml", 0, "depends_on"), pack=missing)
            break
        ordered += ready
        waiting = [manifest for manifest in waiting if manifest not in ready]
    return ordered


def _load_vocabulary(manifest: Manifest, folder: Path, content: Content, report: Report) -> None:
    """Read what the rest refers to: sources, indicators, definitions, units, departments, thresholds."""
    sources = _yaml(manifest.folder / "sources.yaml", folder, report)
    if sources:
        _fill([(read_source(item), item) for item in sources.records("sources")], content.sources, content)
        sources.close()
    indicators = _yaml(manifest.folder / "indicators.yaml", folder, report)
    if indicators:
        found = [(read_indicator(item), item) for item in indicators.records("indicators")]
        _fill(found, content.indicators, content)
        indicators.close()
    units = [(read_unit(row), row) for row in _csv(manifest.folder / "units.csv", folder, report)]
    _fill(units, content.units, content)
    check_units(content.units, units)
    definitions = [(read_definition(row), row) for row in _csv(manifest.folder / "definitions.csv", folder, report)]
    _fill(definitions, content.definitions, content)
    for definition, row in definitions:
        if definition.indicator and definition.indicator not in content.indicators:
            report.add("INDICATOR-UNKNOWN", row.where("indicator"), indicator=definition.indicator)
    departments = _yaml(manifest.folder / "departments.yaml", folder, report)
    if departments:
        for item in departments.records("departments"):
            department = read_department(item)
            for name in (department.name, *department.aliases):
                if name in content.departments:
                    report.add("DEPARTMENT-TWICE", item.where("name"), department=name)
                content.departments[name] = department
        departments.close()
    policy = _yaml(manifest.folder / "progress.yaml", folder, report)
    if policy:
        content.policy = read_policy(policy)


def _yaml(path: Path, folder: Path, report: Report) -> Record | None:
    return read_yaml(path, _name(path, folder), report) if path.exists() else None


def _csv(path: Path, folder: Path, report: Report) -> Iterable[Record]:
    return read_csv(path, _name(path, folder), report) if path.exists() else ()


def _fill(found: Iterable[tuple[T, Record]], into: dict[str, T], content: Content) -> None:
    for item, record in found:
        if item.code in into:
            record.report.add("CODE-TWICE", record.where("code"), name=item.code)
        into[item.code] = item
        content.places[item.code] = record.where("code")


def _load_plans(manifest: Manifest, folder: Path, content: Content, report: Report) -> list[Plan]:
    world = World(content.indicators, content.units, content.sources, content.departments)
    paths = sorted(manifest.folder.glob("plans/*.yaml"))
    return [load_plan(read_yaml(path, _name(path, folder), report), world) for path in paths]


def _load_observations(
    path: Path, folder: Path, content: Content, report: Report, *, required: bool = False
) -> list[tuple[Observation, Record]]:
    rows = read_csv(path, _name(path, folder), report) if required else _csv(path, folder, report)
    return [(read_observation(row, content.indicators, content.units, content.sources), row) for row in rows]


def _check_manifest(manifest: Manifest, content: Content, report: Report) -> None:
    """Check the pack's own unit, its collections, and every assertion it makes."""
    file = f"{manifest.folder.name}/pack.yaml"
    if manifest.unit not in content.units:
        report.add("UNIT-UNKNOWN", Where(file, 0, "unit"), unit=manifest.unit)
    for collection in manifest.collections:
        for plan in collection.plans:
            if plan not in content.plans.by_code:
                report.add("PLAN-UNKNOWN", Where(file, 0, "collections"), plan=plan)
    for assertion in manifest.assertions:
        found = _counted(assertion, manifest, content)
        what = f"{assertion.plan} {assertion.count}".strip()
        if found is None:
            choices = ", ".join([*_OF_PACK, *_OF_PLAN, *CLAUSE_LISTS])
            report.add("PACK-CHOICE", assertion.where, field="count", value=what, choices=choices)
        elif assertion.equals is not None and found != assertion.equals:
            report.add("PACK-ASSERTION", assertion.where, what=what, wanted=assertion.equals, found=found)
        elif assertion.at_least is not None and found < assertion.at_least:
            report.add("PACK-ASSERTION", assertion.where, what=what, wanted=f"≥ {assertion.at_least}", found=found)


_OF_PACK: dict[str, Callable[[Content], Iterable[tuple[str, str]]]] = {
    "units": lambda content: ((code, content.places[code].file) for code in content.units),
    "definitions": lambda content: ((code, content.places[code].file) for code in content.definitions),
    "indicators": lambda content: ((code, content.places[code].file) for code in content.indicators),
}
_OF_PLAN: dict[str, Callable[[Plan], int]] = {
    "table_rows": lambda plan: len(plan.table),
    "targets": lambda plan: len(plan.targets),
    "tasks": lambda plan: len(plan.tasks),
    "links": lambda plan: len(plan.links),
}


def _counted(assertion: Assertion, manifest: Manifest, content: Content) -> int | None:
    if assertion.count == "observations":
        return sum(1 for one in content.observations if one.unit == manifest.unit)
    if not assertion.plan:
        items = _OF_PACK.get(assertion.count)
        home = manifest.folder.name + "/"
        return None if items is None else sum(1 for _, file in items(content) if file.startswith(home))
    plan = content.plans.by_code.get(assertion.plan)
    if plan is None:
        return None
    if assertion.count in CLAUSE_LISTS:
        return len(plan.of(CLAUSE_LISTS[assertion.count]))
    count = _OF_PLAN.get(assertion.count)
    return None if count is None else count(plan)
