"""How a resource of a whole school is split between the stages it teaches (一贯制学校、完全中学 的拆分)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from duibiao.metrics.element import Stage


@dataclass(frozen=True, slots=True)
class StageSplit:
    """Weights of the stages, the element that holds the pupils of each, and which schools have which stages.

    ``stage_share(x, s)`` = x × w_s·P_s ÷ Σ w_t·P_t over the stages t of the school (``stage_split.yaml``).
    ``kinds`` names the stages by the beginning of the 办学类型 code; the longest beginning that fits counts. A school
    whose kind is not named has the stages whose pupils it reports: there a missing number of pupils means
    that the stage is not offered, while for a named kind it means that the split cannot be made.
    """

    weights: Mapping[Stage, Decimal]
    pupils: Mapping[Stage, str]
    kinds: Mapping[str, tuple[Stage, ...]] = field(default_factory=dict)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages that take part: those with a weight and an element of pupils."""
        return tuple(stage for stage in self.weights if stage in self.pupils)

    def stages_of(self, kind: str) -> tuple[Stage, ...] | None:
        """The stages of a school by its 办学类型 code; None where the kind is not named."""
        fitting = [prefix for prefix in self.kinds if kind.startswith(prefix)]
        return self.kinds[max(fitting, key=len)] if fitting else None
