"""Reads ``stage_split.yaml``: how the resources of a school with several stages are split between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from duibiao.kernel.reading import Record
from duibiao.metrics.element import DataElement, Stage, read_stages
from duibiao.metrics.expression.stages import StageSplit


@dataclass(frozen=True, slots=True)
class StageRule:
    """The split a pack states (学段拆分办法), with where it is from and how far that has been checked."""

    split: StageSplit
    verify: str
    source: str
    note: str = ""


def read_stage_split(record: Record, elements: Mapping[str, DataElement]) -> StageRule:
    """Read ``stage_split.yaml``; reports pupils that are no element of the stage, and weights that are not above 0."""
    weights: dict[Stage, Decimal] = {}
    pupils: dict[Stage, str] = {}
    for item in record.records("stages"):
        stage = item.choice("stage", Stage)
        weights[stage], pupils[stage] = item.decimal("weight"), item.text("pupils")
        item.points_to("pupils", pupils[stage], elements, "ELEMENT-UNKNOWN")
        if weights[stage] <= 0 and "weight" not in item.failed:
            item.report.add("STAGE-SPLIT", item.where("weight"), zh="权重须大于 0", en="a weight is above 0")
        if pupils[stage] in elements and elements[pupils[stage]].stage is not stage:
            zh, en = f"数据元“{pupils[stage]}”不属于该学段", f"'{pupils[stage]}' is no element of that stage"
            item.report.add("STAGE-SPLIT", item.where("pupils"), zh=zh, en=en)
        item.close()
    kinds: dict[str, tuple[Stage, ...]] = {}
    for item in record.records("kinds"):
        kind, stages = item.text("kind"), read_stages(item)
        if kind in kinds:
            item.report.add("CODE-TWICE", item.where("kind"), name=kind)
        kinds[kind] = stages
        for stage in stages:
            if stage not in weights:
                zh, en = f"学段“{stage}”没有权重", f"stage '{stage}' has no weight"
                item.report.add("STAGE-SPLIT", item.where("stages"), zh=zh, en=en)
        item.close()
    found = StageRule(
        split=StageSplit(weights, pupils, kinds),
        verify=record.text("verify"),
        source=record.text("source"),
        note=record.optional("note") or "",
    )
    record.close()
    return found


def shares(split: StageSplit, kind: str, pupils: Mapping[Stage, int | None]) -> dict[Stage, Fraction | None]:
    """The exact part of a school's resource that belongs to each of its stages; the parts add up to 1.

    ``pupils`` are the pupils of each stage, None where they were not reported. Answers None for every stage where
    the split cannot be made: pupils of a stage the kind of school has are missing, or there are none at all. A school
    with one stage gives it everything, whatever its pupils.

    Source: the ratio 1:1.1:1.32 of the provincial rules that carry out 教督〔2017〕6号 (verify B, see ``StageRule``).
    """
    named = split.stages_of(kind)
    stages = split.stages if named is None else named
    offered = [stage for stage in stages if named is not None or pupils.get(stage) is not None]
    if len(offered) == 1:
        return {offered[0]: Fraction(1)}
    counted: dict[Stage, Fraction] = {}
    for stage in offered:
        count = pupils.get(stage)
        if count is None:
            return dict.fromkeys(offered)
        counted[stage] = Fraction(split.weights[stage]) * count
    whole = sum(counted.values(), Fraction(0))
    return {stage: part / whole if whole else None for stage, part in counted.items()}
