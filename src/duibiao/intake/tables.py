"""Printed tables held against themselves: a total against its parts, figures that show a column has slipped.

Published figures are never changed here; what does not add up is told, with the arithmetic, for a person to judge.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from duibiao.kernel.problem import Problem, Where, problem
from duibiao.kernel.reading import Record
from duibiao.kernel.text import Text


class PartsRelation(StrEnum):
    """How a total stands to the parts that are printed with it."""

    EQUAL = "equal"  # 等于: the parts are all of it
    AT_LEAST = "at_least"  # 不小于: the parts are some of it
    DIFFERENT = "different"  # 不同: a total and one of its parts showing one figure means that a column has slipped


@dataclass(frozen=True, slots=True)
class TableRule:
    """One rule of a printed table (表内关系): a total, its parts, and how they stand to each other."""

    total: str
    relation: PartsRelation
    parts: tuple[str, ...]
    note: str = ""


def read_table_rule(record: Record) -> TableRule:
    """Read one entry of a file of table rules (``total``, ``relation``, ``parts``, ``note``)."""
    found = TableRule(
        total=record.text("total"),
        relation=record.choice("relation", PartsRelation),
        parts=tuple(record.texts("parts")),
        note=record.optional("note") or "",
    )
    record.close()
    return found


def check_table(
    values: Mapping[str, Decimal | None], rules: Sequence[TableRule], where: Where
) -> list[Problem]:  # fmt: skip
    """Hold the figures of one printed table (variable → value) against its rules.

    A rule whose total is missing says nothing. With ``equal``, missing parts make it ``at_least``: what is printed
    cannot be more than the whole. Answers INTAKE-TABLE-PARTS (error) and INTAKE-TABLE-SAME (question).
    """
    found = []
    for rule in rules:
        total = values.get(rule.total)
        known = {part: value for part in rule.parts if (value := values.get(part)) is not None}
        if total is None or not known:
            continue
        if rule.relation is PartsRelation.DIFFERENT:
            same = [part for part, value in known.items() if value == total]
            found += [_same(rule, part, total, where) for part in same]
            continue
        added = sum(known.values(), Decimal(0))
        whole = rule.relation is PartsRelation.EQUAL and len(known) == len(rule.parts)
        if added > total or (whole and added < total):
            found.append(_parts(rule, total, known, added, where))
    return found


def _same(rule: TableRule, part: str, total: Decimal, where: Where) -> Problem:
    place = Where(where.file, where.line, rule.total)
    return problem("INTAKE-TABLE-SAME", place, total=rule.total, part=part, value=f"{total:f}")


def _parts(rule: TableRule, total: Decimal, known: Mapping[str, Decimal], added: Decimal, where: Where) -> Problem:
    gap = added - total
    words = Text(f"多出 {gap:f}" if gap > 0 else f"少了 {-gap:f}", f"{abs(gap):f} too {'many' if gap > 0 else 'few'}")
    if rule.note:
        words = Text(f"{words.zh}；{rule.note}", words.en)
    return problem(
        "INTAKE-TABLE-PARTS",
        Where(where.file, where.line, rule.total),
        total=rule.total,
        value=f"{total:f}",
        parts="＋".join(f"{part} {value:f}" for part, value in known.items()),
        added=f"{added:f}",
        relation=words.zh,
        relation_en=words.en,
    )


def figures(rows: Sequence[Mapping[str, str]], district: str, year: str, source: str) -> dict[str, Decimal | None]:
    """The figures of one printed table out of a long list of facts (columns district, variable, year, value, source).

    ``source`` is a part of the source's title. A value that is no number is missing.
    """
    chosen = [row for row in rows if row["district"] == district and row["year"] == year and source in row["source"]]
    return {row["variable"]: _number(row["value"]) for row in chosen}


def _number(text: str) -> Decimal | None:
    digits = text.strip().replace(",", "")
    return Decimal(digits) if digits.replace(".", "", 1).removeprefix("-").isdigit() else None


def where_of(path: Path) -> Where:
    """The place of a table in a file of facts."""
    return Where(path.name)
