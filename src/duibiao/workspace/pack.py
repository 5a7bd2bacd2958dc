"""Reads packs: folders of YAML and CSV that hold an authority's plans, indicators, units and values."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from duibiao.kernel.problem import Report, Where
from duibiao.kernel.reading import Record, read_csv, read_yaml
from duibiao.metrics.applicability import Applicability
from duibiao.metrics.burden import used_elements
from duibiao.metrics.code_list import CodeList, read_code_list
from duibiao.metrics.element import DataElement, read_element
from duibiao.metrics.expression import Scope, TypedExpression
from duibiao.metrics.expression.nodes import RowAttribute
from duibiao.metrics.form import Form, check_forms, read_form
from duibiao.metrics.formulas import check_checks, check_formulas
from duibiao.metrics.indicator import (
    DEFINITION_COLUMNS,
    Definition,
    Indicator,
    read_definition,
    read_indicator,
)
from duibiao.metrics.observation import COLUMNS as OBSERVATION_COLUMNS
from duibiao.metrics.observation import Observation, check_duplicates, read_observation
from duibiao.metrics.registry import UnitRegistry, identifier_faults
from duibiao.metrics.stage_split import StageRule, read_stage_split
from duibiao.metrics.unit import COLUMNS as UNIT_COLUMNS
from duibiao.metrics.unit import OWNERSHIP_WORDS, Unit, UnitKind, check_units, read_unit
from duibiao.plan.entries import World
from duibiao.plan.load import CLAUSE_LISTS, PlanLoader, read_department
from duibiao.plan.model import Department, Plan, Plans
from duibiao.plan.readings import Explanation, check_explanations, read_explanation
from duibiao.plan.rules import RuleFloor, read_rule
from duibiao.progress.policy import Policy, read_policy
from duibiao.sources.citation import Source, read_source
from duibiao.workspace.manifest import Assertion, Manifest, in_order, read_manifest

T = TypeVar("T", Source, Indicator, Unit, Definition, DataElement, Form, CodeList)


@dataclass(slots=True)
class Content:
    """Everything the loaded packs hold.

    ``home_unit`` is the unit each plan speaks of; ``places`` is where each code was defined;
    ``counts`` is how many observations each pack brought. ``formulas`` are the checked expressions of the computed
    indicators by code, ``checks`` those of the forms by (form, check).
    """

    manifests: list[Manifest] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)
    indicators: dict[str, Indicator] = field(default_factory=dict)
    definitions: dict[str, Definition] = field(default_factory=dict)
    elements: dict[str, DataElement] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)
    stage_rule: StageRule | None = None
    code_lists: dict[str, CodeList] = field(default_factory=dict)
    formulas: dict[str, TypedExpression] = field(default_factory=dict)
    checks: dict[tuple[str, str], TypedExpression] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    departments: dict[str, Department] = field(default_factory=dict)
    observations: list[Observation] = field(default_factory=list)
    plans: Plans = field(default_factory=lambda: Plans({}))
    policy: Policy | None = None
    home_unit: dict[str, str] = field(default_factory=dict)
    places: dict[str, Where] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    explanations: list[Explanation] = field(default_factory=list)
    rules: dict[str, RuleFloor] = field(default_factory=dict)

    @property
    def applicability(self) -> Applicability:
        """Which elements concern which kind of school."""
        return Applicability.of(self.elements, self.code_lists.get("school_kind"))

    @property
    def scope(self) -> Scope:
        """What an expression may name, e.g. for one that a person writes at the command line."""
        return Scope(
            elements=self.elements,
            forms=self.forms,
            indicators=lambda code: self.formulas[code].typed.measure if code in self.formulas else None,
            split=self.stage_rule.split if self.stage_rule else None,
            codes=self.attribute_codes,
            titles={code: indicator.label.zh for code, indicator in self.indicators.items()},
        )

    @property
    def attribute_codes(self) -> dict[RowAttribute, dict[str, str]]:
        """The codes a unit may have, with their names, by what an expression calls them; 办别 is fixed."""
        lists = {RowAttribute.KIND: "school_kind", RowAttribute.LOCATION: "location_type"}
        found = {
            name: {code: label.zh for code, label in self.code_lists[known].entries.items()}
            for name, known in lists.items()
            if known in self.code_lists
        }
        districts = {code: unit.name for code, unit in self.units.items() if unit.kind is not UnitKind.SCHOOL}
        owners = {owner.value: words.zh for owner, words in OWNERSHIP_WORDS.items()}
        return found | {RowAttribute.DISTRICT: districts, RowAttribute.OWNERSHIP: owners}


def load_packs(
    folder: Path, report: Report, extra_observations: Iterable[Path] = (), *, with_formulas: bool = True
) -> Content:
    """Load every pack in a folder, dependencies first. Problems go to the report, nothing is raised.

    Without formulas neither forms and data elements nor the expressions over them are read, and nothing can be computed
    from returns: for packs that were checked before, as those frozen in an evaluation.
    """
    loader = _Loader(folder, report, with_formulas)
    paths = sorted(folder.glob("*/pack.yaml"))
    if not paths:
        report.add("PACK-NONE", Where(str(folder)))
    return loader.load([read_manifest(loader.yaml(path), path.parent) for path in paths], extra_observations)


class _Loader:
    """Loads the packs of one folder into one content; files are named relative to the folder in messages."""

    def __init__(self, folder: Path, report: Report, with_formulas: bool) -> None:
        self.folder, self.report, self.content = folder, report, Content()
        self.with_formulas = with_formulas
        self.expr_places: dict[str, Where] = {}
        self.unit_records: dict[str, Record] = {}

    def load(self, manifests: list[Manifest], extra_observations: Iterable[Path]) -> Content:
        content = self.content
        content.manifests = in_order(manifests, self.report)
        for manifest in content.manifests:
            self.vocabulary(manifest.folder)
        self.codes()
        if self.with_formulas:
            self.expressions()
        world = World(content.indicators, content.units, content.sources, content.departments)
        plans = PlanLoader(world, self.report)
        rows: list[tuple[Observation, Record]] = []
        for manifest in content.manifests:
            for path in sorted(manifest.folder.glob("plans/*.yaml")):
                content.home_unit[plans.read(self.yaml(path)).code] = manifest.unit
            found = self.observations(manifest.folder / "observations.csv")
            content.counts[manifest.code] = len(found)
            rows += found
        for path in extra_observations:
            rows += self.observations(path, required=True)
        check_duplicates(rows)
        content.observations = [observation for observation, _ in rows]
        content.plans = plans.finish()
        for manifest in content.manifests:
            self.readings(manifest.folder / "readings.yaml")
            self.rules(manifest.folder / "rules.yaml")
        for manifest in content.manifests:
            self.check(manifest)
        return content

    def yaml(self, path: Path) -> Record:
        return read_yaml(path, self.name(path), self.report)

    def csv(self, path: Path, columns: Sequence[str], *, required: bool = False) -> Iterable[Record]:
        return read_csv(path, self.name(path), self.report, columns) if required or path.exists() else ()

    def name(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix() if path.is_relative_to(self.folder) else path.name

    def entries(self, path: Path, top: str) -> list[Record]:
        """The entries of the one list a vocabulary file holds; none when the pack has no such file."""
        if not path.exists():
            return []
        record = self.yaml(path)
        found = record.records(top)
        record.close()
        return found

    def vocabulary(self, pack: Path) -> None:
        """Read what the rest refers to: sources, indicators, definitions, units, departments, thresholds."""
        content = self.content
        sources = self.entries(pack / "sources.yaml", "sources")
        self.fill([(read_source(item), item) for item in sources], content.sources)
        if self.with_formulas:
            self.collected(pack)
        indicators = [item for path in self.files(pack, "indicators") for item in self.entries(path, "indicators")]
        self.fill([(read_indicator(item), item) for item in indicators], content.indicators)
        self.expr_places |= {item.optional("code") or "": item.where("expr") for item in indicators}
        units = [(read_unit(row), row) for row in self.csv(pack / "units.csv", UNIT_COLUMNS)]
        self.fill(units, content.units)
        check_units(content.units, units)
        self.unit_records |= {unit.code: row for unit, row in units}
        rows = list(self.csv(pack / "definitions.csv", DEFINITION_COLUMNS))
        definitions = [(read_definition(row), row) for row in rows]
        self.fill(definitions, content.definitions)
        for definition, row in definitions:
            row.points_to("indicator", definition.indicator, content.indicators, "INDICATOR-UNKNOWN")
        for item in indicators:
            item.points_to("definition", item.optional("definition") or "", content.definitions, "DEFINITION-UNKNOWN")
        for item in self.entries(pack / "departments.yaml", "departments"):
            department = read_department(item)
            for name in (department.name, *department.aliases):
                if name in content.departments:
                    self.report.add("DEPARTMENT-TWICE", item.where("name"), name=name)
                content.departments[name] = department
        if (pack / "progress.yaml").exists():
            content.policy = read_policy(self.yaml(pack / "progress.yaml"))

    def files(self, pack: Path, name: str) -> list[Path]:
        """The one file of a vocabulary, and those of the folder of its name."""
        return [pack / f"{name}.yaml", *sorted((pack / name).glob("*.yaml"))]

    def collected(self, pack: Path) -> None:
        """Read what is collected: data elements, forms, and the split of schools with several stages."""
        content = self.content
        lists = self.entries(pack / "code_lists.yaml", "lists")
        self.fill([(read_code_list(item), item) for item in lists], content.code_lists)
        elements = [item for path in self.files(pack, "elements") for item in self.entries(path, "elements")]
        self.fill([(read_element(item), item) for item in elements], content.elements)
        forms = [self.yaml(path) for path in sorted(pack.glob("forms/*.yaml"))]
        self.fill([(read_form(record), record) for record in forms], content.forms)
        if (pack / "stage_split.yaml").exists():
            content.stage_rule = read_stage_split(self.yaml(pack / "stage_split.yaml"), content.elements)

    def codes(self) -> None:
        """Check the codes and identifiers of units, and the kinds of school that forms and elements name."""
        content = self.content
        for unit, scheme, value, fault in identifier_faults(UnitRegistry.of(content.units.values())):
            where, name = self.unit_records[unit.code].where("identifiers"), f"{scheme}:{value}"
            self.report.add("IDENTIFIER-RULE", where, unit=unit.name, name=name, zh=fault.zh, en=fault.en)
        for name in ("school_kind", "location_type"):
            known = content.code_lists.get(name)
            for code, row in self.unit_records.items() if known else ():
                found = getattr(content.units[code], name)
                if found and known and found not in known.entries:
                    self.report.add("CODE-LIST", row.where(name), value=found, title=known.title.zh)
        kinds = content.code_lists.get("school_kind")
        named = [(one.code, one.school_kinds) for one in content.forms.values()]
        named += [(one.code, one.school_kinds) for one in content.elements.values()]
        for code, beginnings in named if kinds else ():
            for kind in beginnings:
                if kinds and not any(entry.startswith(kind) for entry in kinds.entries):
                    self.report.add("CODE-LIST", self.content.places[code], value=kind, title=kinds.title.zh)

    def expressions(self) -> None:
        """Check the forms of all packs together, and every expression against the elements they ask for."""
        content = self.content
        check_forms(content.forms, content.elements, self.report)
        content.formulas = check_formulas(content.indicators, self.expr_places, content.scope, self.report)
        content.checks = check_checks(content.scope, self.report)
        if not self.report.errors:  # an expression with an error uses what nobody can say
            used = used_elements(content.elements, [*content.formulas.values(), *content.checks.values()])
            for code in [code for code in content.elements if code not in used]:
                self.report.add("ELEMENT-UNUSED", content.places[code], name=code)

    def fill(self, found: Iterable[tuple[T, Record]], into: dict[str, T]) -> None:
        for item, record in found:
            if item.code in into:
                self.report.add("CODE-TWICE", record.where("code"), name=item.code)
            into[item.code] = item
            self.content.places[item.code] = record.where("code")

    def observations(self, path: Path, *, required: bool = False) -> list[tuple[Observation, Record]]:
        content = self.content
        rows = self.csv(path, OBSERVATION_COLUMNS, required=required)
        return [(read_observation(row, content.indicators, content.units, content.sources), row) for row in rows]

    def readings(self, path: Path) -> None:
        """Read why the pack does not say what the program reads in its documents."""
        found = [(read_explanation(item), item) for item in self.entries(path, "readings")]
        check_explanations(found, self.content.plans.by_code, self.report)
        self.content.explanations += [one for one, _ in found]

    def rules(self, path: Path) -> None:
        """Read the rules of evaluations; a code stands once."""
        for item in self.entries(path, "rules"):
            found = read_rule(item, self.content.sources)
            if found is None:
                continue
            if found.code in self.content.places:
                self.report.add("CODE-TWICE", item.where("code"), name=found.code)
            self.content.rules[found.code] = found
            self.content.places[found.code] = item.where("code")

    def check(self, manifest: Manifest) -> None:
        """Check the pack's own unit, its collections, and every assertion it makes."""
        plans = self.content.plans.by_code
        manifest.record.points_to("unit", manifest.unit, self.content.units, "UNIT-UNKNOWN")
        for collection in manifest.collections:
            for code in collection.plans:
                if code not in plans:
                    self.report.add("PLAN-UNKNOWN", collection.where, name=code)
        for assertion in manifest.assertions:
            if assertion.plan and assertion.plan not in plans:
                self.report.add("PLAN-UNKNOWN", assertion.where, name=assertion.plan)
                continue
            if assertion.count in _COLLECTED and not self.with_formulas:
                continue  # what was not read cannot be counted
            found = self.counted(assertion, manifest)
            if found is None:
                choices = ", ".join([*_OF_PACK, "observations", *_OF_PLAN, *CLAUSE_LISTS])
                self.report.add("PACK-CHOICE", assertion.where, field="count", value=assertion.count, choices=choices)
            else:
                assertion.check(found, self.report)

    def counted(self, assertion: Assertion, manifest: Manifest) -> int | None:
        """How many there are of what an assertion counts; None for something that cannot be counted."""
        if assertion.plan:
            plan = self.content.plans.by_code[assertion.plan]
            if assertion.count in CLAUSE_LISTS:
                return len(plan.of(CLAUSE_LISTS[assertion.count]))
            count = _OF_PLAN.get(assertion.count)
            return count(plan) if count else None
        if assertion.count == "observations":
            return self.content.counts[manifest.code]
        codes = _OF_PACK.get(assertion.count)
        home = manifest.folder.name + "/"
        return sum(self.content.places[code].file.startswith(home) for code in codes(self.content)) if codes else None


_COLLECTED = ("elements", "forms", "computed_indicators")
_OF_PACK: dict[str, Callable[[Content], Iterable[str]]] = {
    "units": lambda content: content.units,
    "definitions": lambda content: content.definitions,
    "indicators": lambda content: content.indicators,
    "sources": lambda content: content.sources,
    "elements": lambda content: content.elements,
    "forms": lambda content: content.forms,
    "computed_indicators": lambda content: content.formulas,
    "rules": lambda content: content.rules,
}
_OF_PLAN: dict[str, Callable[[Plan], int]] = {
    "table_rows": lambda plan: len(plan.table),
    "targets": lambda plan: len(plan.targets),
    "tasks": lambda plan: len(plan.tasks),
    "links": lambda plan: len(plan.links),
}
