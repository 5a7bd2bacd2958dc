"""Which elements concern which school (适用范围): a primary school is not asked for the pupils of a junior school."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from duibiao.metrics.code_list import CodeList
from duibiao.metrics.element import DataElement, Stage


@dataclass(frozen=True, slots=True)
class Applicability:
    """Which elements concern a school of a kind (适用范围): by the stages the kind teaches, and by the kinds named.

    ``elements`` by code; ``stages`` by 办学类型 code (``code_lists.yaml``). An element of no single stage concerns
    everybody, unless it names ``school_kinds``; a kind whose stages are not stated is concerned by every element.
    A school with attached classes of another stage (附设班) may still report them: outside means not asked, never
    forbidden.
    """

    elements: Mapping[str, DataElement] = field(default_factory=dict)
    stages: Mapping[str, tuple[Stage, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, elements: Mapping[str, DataElement], kinds: CodeList | None) -> "Applicability":
        """The applicability by the code list of 办学类型; without one every element concerns everybody."""
        return cls(elements, kinds.stages if kinds is not None else {})

    def concerns(self, code: str, school_kind: str) -> bool:
        """Tell whether an element is asked of a school of a kind."""
        element, taught = self.elements.get(code), self.stages.get(school_kind)
        if element is None or taught is None:
            return True
        if element.school_kinds and not school_kind.startswith(element.school_kinds):
            return False
        return element.stage is Stage.ALL or element.stage in taught

    def teaches(self, code: str, school_kind: str) -> bool:
        """Tell whether a kind of school has the stage an element speaks of, whether or not it is asked of that kind."""
        element, taught = self.elements.get(code), self.stages.get(school_kind)
        return element is None or taught is None or element.stage is Stage.ALL or element.stage in taught

    def kinds_spared(self, code: str) -> tuple[str, ...]:
        """The kinds of school an element is not asked of."""
        return tuple(kind for kind in self.stages if not self.concerns(code, kind))

    def outside(self, codes: Iterable[str], school_kind: str) -> frozenset[str]:
        """Those of some elements that do not concern a school of a kind."""
        return frozenset(code for code in codes if not self.concerns(code, school_kind))

    def kinds_without(self, stage: Stage) -> tuple[str, ...]:
        """The kinds of school that do not teach a stage, where their stages are stated; none for ``Stage.ALL``."""
        if stage is Stage.ALL:
            return ()
        return tuple(kind for kind, taught in self.stages.items() if stage not in taught)


EVERYBODY = Applicability()
"""Every element concerns everybody: where no code list of 办学类型 is at hand."""
