"""What a simulated city is fitted to: read from the ``simulation.yaml`` of the packs, every figure with its source.

The engine knows no province: without such a file there is nothing to simulate.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from math import exp, log
from pathlib import Path
from typing import Protocol

from duibiao.kernel.problem import Report, Where
from duibiao.kernel.reading import Record, read_yaml
from duibiao.metrics.element import DataElement
from duibiao.metrics.form import Form
from duibiao.metrics.unit import Unit
from duibiao.simulate.rules import GenerationRule, read_rule

FILE = "simulation.yaml"


class HasFolder(Protocol):
    """A pack as far as the simulation needs it: the folder it lies in."""

    @property
    def folder(self) -> Path:
        """The folder of the pack."""
        ...


class PackContent(Protocol):
    """The loaded packs as far as the simulation needs them (``workspace.pack.Content`` is one)."""

    @property
    def manifests(self) -> Sequence[HasFolder]:
        """The packs, dependencies first."""
        ...

    @property
    def elements(self) -> Mapping[str, DataElement]:
        """Every data element by code."""
        ...

    @property
    def forms(self) -> Mapping[str, Form]:
        """Every form by code."""
        ...

    @property
    def units(self) -> Mapping[str, Unit]:
        """City and districts by code."""
        ...


class FigureBasis(StrEnum):
    """How firm a figure is that the simulation is fitted to."""

    PUBLISHED = "published"
    DERIVED = "derived"
    UNVERIFIED = "unverified"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Anchor:
    """A figure of one year (校准值) with how firm it is and where it comes from (a code of ``sources``)."""

    year: int
    value: float
    basis: FigureBasis
    source: str


@dataclass(frozen=True, slots=True)
class Curve:
    """A figure over the years: an even growth rate between two anchors, the last one outside of them."""

    anchors: tuple[Anchor, ...]

    def at(self, year: int) -> float:
        """The figure of a year; 0.0 for a curve without anchors."""
        known = self.anchors
        if not known:
            return 0.0
        if len(known) == 1:
            return known[0].value
        later = next((n for n, one in enumerate(known) if one.year >= year), len(known) - 1)
        right, left = known[max(later, 1)], known[max(later, 1) - 1]
        part = (year - left.year) / (right.year - left.year)
        return exp(log(left.value) + part * (log(right.value) - log(left.value)))


@dataclass(frozen=True, slots=True)
class StageCurve:
    """One stage of the city: pupils and pupils to one teacher by year.

    ``grades`` is how many years it takes; ``enters`` is the grade of the common school career it begins with, the
    first primary grade being 0 and the first preschool year −3; None for a stage whose entrants come from elsewhere.
    """

    code: str
    grades: int
    enters: int | None
    pupils: Curve
    pupils_per_teacher: Curve


@dataclass(frozen=True, slots=True)
class KindCurve:
    """One 办学类型: how many schools there are by year, which stages they have, how their sizes and owners spread.

    ``size`` is the standard deviation of the logarithm of the size, ``weight`` how large such a school is against
    others of the stage, ``private`` the share of private schools (of their pupils where ``private_by_pupils``),
    ``city_wide`` tells that its pupils come from the whole city.
    """

    kind: str
    name: str
    stages: tuple[str, ...]
    counts: Curve
    size: float
    weight: float
    private: float
    private_by_pupils: bool
    rural: bool
    city_wide: bool


@dataclass(frozen=True, slots=True)
class Transfer:
    """Which share of the schools of a district came to another on the day its boundary moved."""

    origin: str
    target: str
    share: float


@dataclass(slots=True)
class Calibration:
    """Everything a simulated city is fitted to (校准数据)."""

    unit: str = ""
    last_year: int = 0
    base_year: int = 0
    stages: tuple[StageCurve, ...] = ()
    teachers_total: Curve = Curve(())
    entrants: Curve = Curve(())
    """Who enters the first grade of primary school by year; without it the cohorts are fitted to the stages."""
    kinds: tuple[KindCurve, ...] = ()
    settlements: dict[str, tuple[float, float, float]] = field(default_factory=dict)
    populations: dict[str, Curve] = field(default_factory=dict)
    transfers: tuple[Transfer, ...] = ()
    rules: dict[str, GenerationRule] = field(default_factory=dict)


def read_calibration(content: PackContent) -> Calibration:
    """Read the ``simulation.yaml`` of every pack; raises UserError with every problem found.

    SIMULATION-NONE when no pack has the file or none names a city, SIMULATION-VALUE where a figure cannot be.
    """
    report, found = Report(), Calibration()
    for manifest in content.manifests:
        path = manifest.folder / FILE
        if path.exists():
            _read_file(read_yaml(path, f"{manifest.folder.name}/{FILE}", report), found, content)
    if not found.unit and not report.errors:
        folder = content.manifests[-1].folder.name if content.manifests else ""
        report.add("SIMULATION-NONE", Where(f"{folder}/{FILE}"))
    report.refuse_errors()
    return found


def _read_file(record: Record, found: Calibration, content: PackContent) -> None:
    sources = set()
    for item in record.records("sources"):
        sources.add(item.text("code"))
        for name in ("title", "publisher", "published"):
            item.text(name)
        item.close()
    if record.has("unit"):
        found.unit = record.text("unit")
        record.points_to("unit", found.unit, content.units, "UNIT-UNKNOWN")
        found.last_year, found.base_year = record.integer("last_year"), record.integer("base_year")
        reader = _Figures(sources)
        found.stages = tuple(reader.stage(item) for item in record.records("stages"))
        found.teachers_total = reader.curve(record, "teachers_total")
        found.entrants = reader.curve(record, "entrants")
        known = {stage.code for stage in found.stages}
        found.kinds = tuple(reader.kind(item, known) for item in record.records("school_kinds"))
        for item in record.records("settlements"):
            shares = tuple(float(item.decimal(name)) for name in ("urban", "town", "rural"))
            reader.within(item, "urban", sum(shares), 0.999, 1.001)
            found.settlements[item.text("subgroup")] = (shares[0], shares[1], shares[2])
            reader.source(item)
            item.close()
        found.populations = reader.populations(record, content.units)
        found.transfers = tuple(reader.transfer(item, content.units) for item in record.records("transfers"))
        reader.enough(record, found)
    for item in record.records("rules"):
        rule = read_rule(item, content.elements)
        found.rules[rule.element] = rule
    record.close()


class _Figures:
    """Reads figures of one file and checks that each names a source the file lists."""

    def __init__(self, sources: Iterable[str]) -> None:
        self.sources = frozenset(sources)

    def source(self, item: Record, name: str = "source") -> str:
        found = item.text(name)
        item.points_to(name, found, self.sources, "SOURCE-UNKNOWN")
        item.optional("note")
        return found

    def within(self, item: Record, name: str, value: float, least: float, most: float) -> None:
        if not least <= value <= most and name not in item.failed:
            item.report.add("SIMULATION-VALUE", item.where(name), field=name, value=value, least=least, most=most)

    def part(self, item: Record, name: str, default: Decimal) -> float:
        found = item.maybe_decimal(name) if item.has(name) else default
        value = float(default if found is None else found)
        self.within(item, name, value, 0, 1)
        return value

    def curve(self, record: Record, name: str) -> Curve:
        anchors = []
        for item in record.records(name):
            value = float(item.decimal("value"))
            self.within(item, "value", value, 1e-9, 1e12)
            anchors.append(Anchor(item.integer("year"), value, item.choice("basis", FigureBasis), self.source(item)))
            item.close()
        years = [one.year for one in anchors]
        if years != sorted(set(years)):
            record.report.add("SIMULATION-YEARS", record.where(name), field=name)
            return Curve(tuple(anchors[:1]))
        return Curve(tuple(anchors))

    def needed(self, record: Record, name: str) -> Curve:
        found = self.curve(record, name)
        if not found.anchors:
            record.report.add("PACK-FIELD-MISSING", record.where(name), field=name)
        return found

    def stage(self, item: Record) -> StageCurve:
        found = StageCurve(
            code=item.text("stage"),
            grades=item.integer("grades"),
            enters=item.integer("enters") if item.has("enters") else None,
            pupils=self.needed(item, "pupils"),
            pupils_per_teacher=self.needed(item, "pupils_per_teacher"),
        )
        self.within(item, "grades", found.grades, 1, 12)
        item.close()
        return found

    def kind(self, item: Record, known: set[str]) -> KindCurve:
        stages = tuple(item.texts("stages"))
        for stage in stages:
            item.points_to("stages", stage, known, "SIMULATION-STAGE")
        found = KindCurve(
            kind=item.text("kind"),
            name=item.text("name"),
            stages=stages,
            counts=self.needed(item, "counts"),
            size=float(item.decimal("size")),
            weight=float(item.decimal("weight")) if item.has("weight") else 1.0,
            private=self.part(item, "private", Decimal(0)),
            private_by_pupils=(item.optional("by") or "schools") == "pupils",
            rural=item.flag("rural"),
            city_wide=item.flag("city_wide"),
        )
        self.within(item, "size", found.size, 0, 2)
        if item.has("private_source"):
            self.source(item, "private_source")
        item.close()
        return found

    def populations(self, record: Record, units: Mapping[str, Unit]) -> dict[str, Curve]:
        found: dict[str, list[Anchor]] = {}
        for item in record.records("populations"):
            unit = item.text("unit")
            item.points_to("unit", unit, units, "UNIT-UNKNOWN")
            value = float(item.decimal("value"))
            self.within(item, "value", value, 1, 1e9)
            anchor = Anchor(item.integer("year"), value, item.choice("basis", FigureBasis), self.source(item))
            found.setdefault(unit, []).append(anchor)
            item.close()
        return {unit: Curve(tuple(sorted(anchors, key=lambda one: one.year))) for unit, anchors in found.items()}

    def transfer(self, item: Record, units: Mapping[str, Unit]) -> Transfer:
        found = Transfer(item.text("from"), item.text("to"), self.part(item, "share", Decimal(1)))
        for name, unit in (("from", found.origin), ("to", found.target)):
            item.points_to(name, unit, units, "UNIT-UNKNOWN")
        self.source(item)
        item.close()
        return found

    def enough(self, record: Record, found: Calibration) -> None:
        """A city needs stages, kinds of school and the residents of its districts."""
        for name, there in (
            ("stages", found.stages),
            ("school_kinds", found.kinds),
            ("populations", found.populations),
        ):
            if not there:
                record.report.add("PACK-FIELD-MISSING", record.where(name), field=name)
