"""The one object a newcomer meets: it opens packs and an archive and wires the rooms together."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from duibiao.kernel.period import local_day
from duibiao.kernel.problem import Level, Problem, Report, UserError, Where, problem
from duibiao.kernel.text import Text, folded
from duibiao.kernel.value import Quantity
from duibiao.metrics.burden import BurdenLedger, burden_ledger, used_elements
from duibiao.metrics.indicator import Catalogue, Definition
from duibiao.metrics.observation import Observation, Series, series
from duibiao.metrics.registry import UnitRegistry
from duibiao.metrics.serving import serving_elements
from duibiao.plan.model import Plan, Target, TargetScope
from duibiao.progress.assess import Assessment, assess
from duibiao.progress.closing import Finding, conclude, trends_against
from duibiao.progress.inputs import Peers
from duibiao.progress.policy import Policy
from duibiao.progress.prediction import peers_of
from duibiao.sources.archive import Archive, Document, Passage
from duibiao.sources.citation import Citation
from duibiao.workspace.manifest import Collection, Manifest
from duibiao.workspace.pack import Content, load_packs


class UnknownNameError(LookupError):
    """A plan or indicator was asked for that does not exist; carries what it may have been."""

    def __init__(self, asked: str, near: Iterable[str]) -> None:
        self.asked, self.near = asked, tuple(near)
        super().__init__(asked)


@dataclass(frozen=True)
class Workspace:
    """Packs and archive, opened and checked.

    ``home`` is the pack the questions are about: the last one no other pack depends on.
    """

    content: Content
    archive: Archive
    warnings: tuple[Problem, ...]
    home: Manifest
    policy: Policy
    catalogue: Catalogue
    _series: dict[tuple[str, str, date], Series] = field(default_factory=dict)
    _by_claim: dict[tuple[str, str], list[Observation]] = field(default_factory=dict)
    _peers: dict[date, Peers] = field(default_factory=dict)

    @classmethod
    def open(
        cls,
        packs: Path,
        archive: Path | None = None,
        extra_observations: Iterable[Path] = (),
        *,
        with_formulas: bool = True,
    ) -> "Workspace":
        """Load the packs of a folder. Raises UserError with every problem when one of them is an error.

        Without formulas nothing can be computed from returns; see ``load_packs``.
        """
        report = Report()
        content = load_packs(packs, report, extra_observations, with_formulas=with_formulas)
        report.refuse_errors()
        needed = {code for manifest in content.manifests for code in manifest.depends_on}
        home = [manifest for manifest in content.manifests if manifest.code not in needed][-1]
        if content.policy is None:
            raise UserError([problem("PACK-FILE-MISSING", Where("progress.yaml"))])
        found = cls(
            content=content,
            archive=Archive(archive or packs.parent / ".duibiao" / "archive"),
            warnings=tuple(one for one in report.problems if one.level is Level.WARNING),
            home=home,
            policy=content.policy,
            catalogue=Catalogue.of(content.indicators.values()),
        )
        for observation in [*content.observations, *found._baselines()]:
            found._by_claim.setdefault((observation.indicator, observation.unit), []).append(observation)
        return found

    @property
    def reference_date(self) -> date:
        """The day questions are asked for unless another is given: the pack's own, else today."""
        return self.home.reference_date or local_day()

    def _baselines(self) -> Iterable[Observation]:
        """The base values the plans print are published values too; they join the series with their citation."""
        for plan in self.content.plans.by_code.values():
            unit = self.content.home_unit[plan.code]
            for target in plan.targets:
                value = target.baseline.value
                if isinstance(value, Quantity) and target.scope is TargetScope.CITY:
                    indicator = self.content.indicators[target.indicator]
                    yield Observation(
                        indicator=indicator.code,
                        unit=unit,
                        period=target.baseline.period,
                        quantity=indicator.amount(value),
                        bound=target.baseline.bound,
                        published=plan.published,
                        source=target.citation.document,
                        original_label=target.label,
                        citation=target.citation,
                        is_baseline=True,
                    )

    # --- looking things up -------------------------------------------------------------------------

    def collections(self) -> list[Collection]:
        """Every named set of plans, the home pack's first."""
        return [one for manifest in reversed(self.content.manifests) for one in manifest.collections]

    def plans(self, wanted: str | None = None) -> tuple[Text, list[Plan]]:
        """Find plans by collection code, plan code or a part of the title; by default the first collection.

        Returns a title and the plans. Raises UnknownNameError with what there is.
        """
        by_code = self.content.plans.by_code
        for collection in self.collections():
            if wanted in (None, collection.code, collection.title.zh):
                return collection.title, [by_code[code] for code in collection.plans]
        if wanted in by_code:
            return by_code[wanted].title, [by_code[wanted]]
        found = [plan for plan in by_code.values() if wanted and folded(wanted) in folded(plan.title.zh)]
        if len(found) != 1:
            raise UnknownNameError(wanted or "", [*(c.code for c in self.collections()), *by_code])
        return found[0].title, found

    def reach(self, manifest: Manifest) -> set[str]:
        """The folders of a pack and of every pack it depends on: what its files may refer to."""
        by_code = {one.code: one for one in self.content.manifests}
        found: dict[str, Manifest] = {}
        pending = [manifest.code]
        while pending:
            one = by_code[pending.pop()]
            if one.code not in found:
                found[one.code] = one
                pending += one.depends_on
        return {one.folder.name for one in found.values()}

    def definition_of(self, indicator: str) -> Definition | None:
        """The official definition of an indicator, if one has been recorded: the one it names, or one that names it."""
        named = self.content.indicators[indicator].definition if indicator in self.content.indicators else ""
        if named:
            return self.content.definitions[named]
        return next((one for one in self.content.definitions.values() if one.indicator == indicator), None)

    @property
    def registry(self) -> UnitRegistry:
        """The units of the packs, with the questions about their tree and their history."""
        return UnitRegistry.of(self.content.units.values())

    def burden(self) -> BurdenLedger:
        """What the forms ask of each kind of unit, and what of it nobody uses."""
        content = self.content
        used = used_elements(content.elements, [*content.formulas.values(), *content.checks.values()])
        kinds = content.code_lists.get("school_kind")
        serving = serving_elements(content.elements, content.formulas.values(), kinds.entries if kinds else ())
        return burden_ledger(content.forms, content.elements, used, kinds, serving)

    def series(self, indicator: str, unit: str, as_of: date) -> Series:
        """The values of an indicator and unit known on a day, one choice a year."""
        key = (indicator, unit, as_of)
        if key not in self._series:
            claims = self._by_claim.get((indicator, unit), ())
            self._series[key] = series(claims, as_of, self.policy.source_rank, self.content.sources)
        return self._series[key]

    # --- the questions -----------------------------------------------------------------------------

    def unit_of(self, target: Target) -> str:
        """The unit a target speaks of: the one its pack is about."""
        return self.content.home_unit[target.plan]

    def series_of(self, target: Target, as_of: date) -> Series:
        """The values a target is held against."""
        return self.series(target.indicator, self.unit_of(target), as_of)

    def assess(self, target: Target, as_of: date) -> Assessment:
        """Hold reality against one target, with only what was known on ``as_of``."""
        plan = self.content.plans.by_code[target.plan]
        known = self.series_of(target, as_of)
        indicator = self.content.indicators[target.indicator]
        return assess(target, indicator, known, self.policy, as_of, (plan.start, plan.end), self.peers(as_of))

    def peers(self, as_of: date) -> Peers:
        """How much the published series known on a day vary from year to year: what a short one borrows from."""
        if as_of not in self._peers:
            known = ((self.content.indicators[code], self.series(code, unit, as_of)) for code, unit in self._by_claim)
            self._peers[as_of] = peers_of(known, as_of.year)
        return self._peers[as_of]

    def monitor(self, plans: Iterable[Plan], as_of: date, *, table_only: bool = True) -> list[Assessment]:
        """Assess the indicator tables of plans, or every target they state."""
        return [self.assess(target, as_of) for plan in plans for target in (plan.table if table_only else plan.targets)]

    def conclude(self, plan: Plan, as_of: date) -> list[Finding]:
        """Draw the closing findings of a plan's indicator table."""
        return [self.finding(assessment) for assessment in self.monitor([plan], as_of)]

    def finding(self, assessment: Assessment) -> Finding:
        """Draw the closing finding of one target, with the trends it declares to run against."""
        winds, as_of = assessment.target.headwinds, assessment.as_of
        world = {(w.indicator, w.unit): self.series(w.indicator, w.unit, as_of) for w in winds}
        names = {w.unit: self.content.units[w.unit].name for w in winds}
        return conclude(assessment, trends_against(assessment, world, names))

    # --- documents ---------------------------------------------------------------------------------

    def document(self, code: str) -> Document | None:
        """The archived document of a source, None where it is not in the archive."""
        source = self.content.sources.get(code)
        return self.archive.open(source) if source else None

    def passage(self, citation: Citation) -> Passage | None:
        """The words a citation points at, where the archive holds the document."""
        document = self.document(citation.document)
        return document.passage(citation.locator) if document else None

    def citations(self) -> Iterable[tuple[str, Citation]]:
        """Every citation of the packs with a name of what cites it."""
        for plan in self.content.plans.by_code.values():
            for clause in plan.clauses:
                yield f"{plan.code} {clause.kind} {clause.number}", clause.citation
            for task in plan.tasks:
                yield f"{plan.code} task {task.number}", task.citation
            for target in plan.targets:
                yield target.id, target.citation
                for amendment in target.amendments:
                    yield f"{target.id} amendment {amendment.date}", amendment.citation
        for rule in self.content.rules.values():
            for citation in (rule.citation, *rule.basis):
                yield f"rule {rule.code}", citation
        for observation in self.content.observations:
            if observation.citation:
                yield f"observation {observation.id}", observation.citation

    def check_citations(self) -> tuple[int, int, list[Problem]]:
        """Compare every citation with the archived document it points into.

        Returns how many were compared, how many could not be (document not archived), and the problems.
        """
        compared, absent, found = 0, 0, Report()
        documents = {code: self.document(code) for code in self.content.sources}
        for name, citation in self.citations():
            document = documents[citation.document]
            if document is None:
                absent += 1
                continue
            compared += 1
            try:
                actual = document.passage(citation.locator).hash
            except ValueError:
                actual = "—"
            if actual != citation.passage_hash:
                found.add(
                    "CITE-CHANGED",
                    Where(name, 0, str(citation.locator)),
                    wanted=citation.passage_hash,
                    found=actual,
                )
        return compared, absent, found.problems
