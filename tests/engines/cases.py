"""A small world that every engine computes: schools of three districts in four years, with every awkward value."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from duibiao.compute import Compiled, ComputedIndicator, compile_catalogue
from duibiao.kernel.period import PeriodKind
from duibiao.kernel.problem import Where
from duibiao.kernel.text import Text
from duibiao.metrics.element import DataElement, ElementRollUp, Stage, ValueType
from duibiao.metrics.expression import Scope, StageSplit, check_expression
from duibiao.metrics.expression.checking import Grain
from duibiao.metrics.expression.measure import Measure
from duibiao.metrics.form import Asked, Form, FormField, FormSection
from duibiao.metrics.unit import Unit, UnitKind

KEYS = ("unit", "district", "school_kind", "location_type", "ownership")


def element(
    code: str,
    unit: str = "",
    decimals: int = 0,
    kind: ValueType = ValueType.COUNT,
    limits: tuple[int | None, int | None] = (None, None),
) -> DataElement:
    low, high = (None if one is None else Decimal(one) for one in limits)
    return DataElement(
        code, Text(code), "1", code, unit, kind, decimals, low, high, Stage.ALL, "测试", ElementRollUp.SUM
    )  # fmt: skip


ELEMENTS = {
    one.code: one
    for one in (
        element("a", limits=(-(10**6), 10**6)),
        element("b", limits=(-(10**6), 10**6)),
        element("c", limits=(-(10**6), 10**6)),
        element("area", "", 2, ValueType.QUANTITY, (-(10**6), 10**6)),
        element("primary", "人"),
        element("junior", "人"),
        element("senior", "人"),
        element("flag", "", kind=ValueType.FLAG),
        element("large", "", 2, ValueType.QUANTITY),
        element("budget", "", 2, ValueType.QUANTITY),
    )
}


def form(code: str, columns: Sequence[str], reporter: UnitKind, period: PeriodKind) -> Form:
    fields = tuple(FormField(one, False, Asked.NEW, Where(code)) for one in columns)
    section = FormSection(Text("数据"), fields)
    return Form(code, Text(code), "1", period, reporter, (), (9, 1), (10, 31), (section,), ())


SCHOOL = form("school", [code for code in ELEMENTS if code != "budget"], UnitKind.SCHOOL, PeriodKind.SCHOOL_YEAR)
FINANCE = form("finance", ["budget"], UnitKind.DISTRICT, PeriodKind.YEAR)
FORMS = {"school": SCHOOL, "finance": FINANCE}
SPLIT = StageSplit(
    weights={Stage.PRIMARY: Decimal("1"), Stage.JUNIOR: Decimal("1.1"), Stage.SENIOR: Decimal("1.32")},
    pupils={Stage.PRIMARY: "primary", Stage.JUNIOR: "junior", Stage.SENIOR: "senior"},
    kinds={
        "211": (Stage.PRIMARY,),
        "312": (Stage.PRIMARY, Stage.JUNIOR),
        "345": (Stage.PRIMARY, Stage.JUNIOR, Stage.SENIOR),
    },
)
UNITS = (
    Unit("N", "虚构国（模拟）", UnitKind.NATION),
    Unit("C", "虚构市（模拟）", UnitKind.CITY, parent="N"),
    Unit("D1", "甲区（模拟）", UnitKind.DISTRICT, parent="C", grouping_current="东片"),
    Unit("D2", "乙区（模拟）", UnitKind.DISTRICT, parent="C", grouping_current="东片", breaks=(date(2022, 5, 1),)),
    Unit("D3", "丙区（模拟）", UnitKind.DISTRICT, parent="C", grouping_current="西片", valid_to=date(2023, 6, 1),
         successors=("D1",)),
)  # fmt: skip

Row = tuple[object, ...]


def table(columns: Sequence[str], rows: Sequence[Row]) -> pa.Table:
    """A wide table: the five keys, then the elements."""
    names = [*KEYS, *columns]
    kinds = [pa.string()] * len(KEYS) + [pa.int64()] * len(columns)
    values = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    return pa.table(
        {name: pa.array(list(one), type=kind) for name, one, kind in zip(names, values, kinds, strict=True)}
    )


def written_tables(folder: Path, tables: Mapping[tuple[str, int], pa.Table]) -> dict[tuple[str, int], Path]:
    found = {}
    for (code, year), one in tables.items():
        path = folder / code / f"{year}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(one, path, compression="zstd", use_dictionary=list(KEYS))
        found[code, year] = path
    return found


def compiled(
    expressions: Mapping[str, str] | Sequence[str],
    dialect: str = "duckdb",
    rules: Mapping[str, Mapping[str, object]] | None = None,
) -> Compiled:
    """Compile expressions; ``rules`` give further fields of the indicators by code."""
    named = expressions if isinstance(expressions, Mapping) else {f"i{n}": one for n, one in enumerate(expressions)}
    measures: dict[str, Measure] = {}
    indicators = []
    for code, text in named.items():
        scope = Scope(ELEMENTS, FORMS, measures.get, SPLIT)
        typed = check_expression(text, scope, Grain.GROUP)
        measures[code] = typed.typed.measure
        indicators.append(ComputedIndicator(code, typed, **(rules or {}).get(code, {})))  # type: ignore[arg-type]  # any field
    return compile_catalogue(indicators, ELEMENTS, FORMS, SPLIT, dialect)
