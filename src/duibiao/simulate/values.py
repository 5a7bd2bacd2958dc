"""Makes the values of data elements for all rows of one kind of reporter, each by its rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from duibiao.metrics.element import DataElement, Stage, ValueType
from duibiao.simulate.arithmetic import Floats, Marks, Whole, stream
from duibiao.simulate.entities import ReportingUnits
from duibiao.simulate.rules import GenerationRule, RuleKind, inferred

STEADY = 0.02
"""How far a value moves by chance from one year to the next (standard deviation of the logarithm)."""


@dataclass(slots=True)
class Maker:
    """Values by element for the rows of one entity: scaled whole numbers and where they are known, (n,) each.

    An element without a rule gets the one its definition suggests (``rules.inferred``). Nothing is known of a rate,
    flag or choice of a stage the unit does not have; counts and amounts of such a stage are truly 0.
    """

    entity: ReportingUnits
    elements: Mapping[str, DataElement]
    rules: Mapping[str, GenerationRule]
    years: range
    base_year: int
    seed: int
    values: dict[str, Whole] = field(default_factory=dict)
    known: dict[str, Marks] = field(default_factory=dict)
    firm: dict[str, int] = field(default_factory=dict)
    _making: set[str] = field(default_factory=set)
    _owners: dict[str, Marks] = field(default_factory=dict)

    def make(self, code: str) -> None:
        """Make the values of an element (and first of those it builds on)."""
        if code in self.values:
            return
        element = self.elements[code]
        rule = self.rules.get(code) or inferred(element)
        self._making.add(code)
        amounts, known = self._amounts(element, rule)
        self._making.discard(code)
        scaled = np.round(amounts * 10.0**element.decimals)
        least = 0.0 if element.minimum is None else float(element.minimum.scaleb(element.decimals))
        most = 2.0**53 if element.maximum is None else float(element.maximum.scaleb(element.decimals))
        if element.type in (ValueType.COUNT, ValueType.QUANTITY):
            scaled = np.clip(scaled, least, most)
        self.values[code] = np.where(known, scaled, 0).astype(np.int64)
        self.known[code] = known
        self.firm[code] = rule.firm

    def base(self, of: str) -> Floats:
        """The series or element a rule builds on, as amounts (n,); an element that builds on itself counts as 0."""
        if "/" in of:
            return self.entity.series(of)
        if of in self._making:
            return np.zeros(len(self.entity))
        self.make(of)
        return self.values[of] / 10.0 ** self.elements[of].decimals

    def _amounts(self, element: DataElement, rule: GenerationRule) -> tuple[Floats, Marks]:
        """The amounts of an element on every row, and where they are known."""
        entity, everywhere = self.entity, np.ones(len(self.entity), dtype=bool)
        if rule.kind is RuleKind.TAKES:
            return self.base(rule.of), everywhere
        rng = stream(self.seed, f"element/{element.code}")
        place = self._factor(rule)
        since = np.array(self.years, dtype=np.float64) - self.base_year
        if rule.kind in (RuleKind.FLAG, RuleKind.PICK):
            chance = rng.random(len(entity.codes))[entity.unit]
            if rule.kind is RuleKind.FLAG:
                rate = (rule.rate * (1 + rule.rise * since))[entity.year] * place
                return (chance < rate).astype(np.float64), self._there(element)
            codes = np.array([choice.code for choice in element.choices], dtype=np.float64)
            return codes[(chance * len(codes)).astype(np.int64)], self._there(element)
        own = rule.spread * rng.standard_normal(len(entity.codes))
        moving = rng.standard_normal(len(entity), dtype=np.float32)
        if rule.kind is RuleKind.SHARE:
            part = np.clip((rule.rate * (1 + rule.rise * since))[entity.year] * place, 1e-6, 0.9995)
            other = (1 - part) / part * np.exp(-own)[entity.unit] * np.exp(-0.03 * moving)
            return np.where(place > 0, np.round(self.base(rule.of) / (1 + other), element.decimals), 0.0), everywhere
        growth = ((1 + rule.rise) ** since)[entity.year]
        level = rule.rate * np.exp(own)[entity.unit] * place * growth
        if rule.steps:
            wanted = level if rule.kind is RuleKind.LEVEL else level * self.base(rule.of)
            steps = np.array(rule.steps)
            return steps[np.clip(np.searchsorted(steps, wanted, side="right") - 1, 0, None)], self._there(element)
        level *= np.exp(STEADY * moving)
        if rule.kind is RuleKind.LEVEL:
            return level, self._there(element)
        return self.base(rule.of) * level * np.exp(-(rule.spread**2) / 2), everywhere

    def _there(self, element: DataElement) -> Marks:
        """Where a rate, flag or choice of an element can be known: where the unit has its stage."""
        if element.stage is Stage.ALL:
            return np.ones(len(self.entity), dtype=bool)
        return self.entity.has(element.stage.value) > 0

    def _factor(self, rule: GenerationRule) -> Floats:
        """What the place and the owner of a unit make of a rate."""
        factor = np.ones(len(self.entity))
        if not self._owners:
            owner = self.entity.attributes["ownership"]
            self._owners.update(private=owner == "private", public=owner == "public", rural=self.entity.rural)
            self._owners["vocational"] = np.char.startswith(self.entity.attributes["kind"].astype(str), "36")
        for name in ("rural", "private", "public", "vocational"):
            if getattr(rule, name) != 1.0:
                factor[self._owners[name]] *= getattr(rule, name)
        return factor
