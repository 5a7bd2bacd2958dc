"""The measured workload: 300 elements of one form, 150 mixed indicators in the indicator language, data of any size.

40 ratios of sums, 20 ratios of several sums, 20 ratios inside one kind of school, 30 shares of schools with a/b ≥ t,
20 coefficients of variation between schools, 10 cumulative sums, 10 changes over five years; all 300 elements are used.
Sizes of schools are lognormal, 3 % of the cells are missing. 模拟数据: everything here is made up.
"""

import json
from collections.abc import Iterator
from decimal import Decimal
from itertools import cycle
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from duibiao.compute import Compiled, ComputedIndicator, compile_catalogue
from duibiao.kernel.period import PeriodKind
from duibiao.kernel.problem import Where
from duibiao.kernel.text import Text
from duibiao.metrics.element import DataElement, ElementRollUp, Stage, ValueType
from duibiao.metrics.expression import Scope, check_expression
from duibiao.metrics.expression.checking import Grain
from duibiao.metrics.form import Asked, Check, CheckKind, CheckLevel, Form, FormField, FormSection
from duibiao.metrics.unit import Unit, UnitKind
from duibiao.store.layout import file_options, group_rows, table_schema

FORM = "wide"
ELEMENTS = 300
FIRST_YEAR = 2016
KINDS = ("111", "211", "218", "311", "312", "341", "342", "361")
POOL = 1 << 20
PIECE = 125_000
"""Rows made at a time; other pieces are other numbers."""
HERE = Where("benchmarks/workload.py")

Spec = dict[str, object]


def codes(count: int = ELEMENTS) -> list[str]:
    """The codes of the elements."""
    return [f"e{number:03}" for number in range(count)]


def elements(count: int = ELEMENTS) -> dict[str, DataElement]:
    """The elements: counts of persons, so that any two may be divided."""
    return {
        code: DataElement(
            code=code, label=Text(f"模拟数据元{code}"), version="1", definition="模拟数据", unit="人",
            type=ValueType.COUNT, decimals=0, minimum=Decimal(0), maximum=None, stage=Stage.ALL, owner="模拟",
            rollup=ElementRollUp.SUM,
        )
        for code in codes(count)
    }  # fmt: skip


def form(count: int = ELEMENTS, rules: int = 0) -> Form:
    """The form that asks for all of them, with so many rules between elements."""
    fields = tuple(FormField(code, False, Asked.NEW, HERE) for code in codes(count))
    checks = tuple(
        Check(f"rule_{n:03}", CheckKind.ROW, CheckLevel.ERROR,
              f"e{3 * n % count:03} <= e{(3 * n + 1) % count:03} * 1000", None, Text("模拟规则"), HERE)
        for n in range(rules)
    )  # fmt: skip
    return Form(
        code=FORM, label=Text("模拟报表"), version="1", period=PeriodKind.SCHOOL_YEAR, reporter=UnitKind.SCHOOL,
        school_kinds=(), opens=(9, 1), due=(10, 15), sections=(FormSection(Text("全部"), fields),), checks=checks,
    )  # fmt: skip


def specs(times: int = 1) -> list[Spec]:
    """The indicators as data (the peers compute them from this); ``times`` 4 makes 600 of them."""
    element = cycle(codes())
    found: list[Spec] = []

    def take(count: int) -> list[str]:
        return [next(element) for _ in range(count)]

    for turn in range(times):
        found += [{"type": "ratio", "top": take(1), "bottom": take(1)} for _ in range(40)]
        found += [{"type": "ratio", "top": take(3), "bottom": take(2)} for _ in range(20)]
        found += [
            {"type": "ratio", "top": take(1), "bottom": take(1), "kind": KINDS[n % len(KINDS)]} for n in range(20)
        ]
        found += [{"type": "share", "pair": take(2), "least": f"0.{n % 9 + 1}"} for n in range(30)]
        found += [{"type": "variation", "pair": take(2)} for _ in range(20)]
        found += [{"type": "cumulative", "element": take(1)[0]} for _ in range(10)]
        found += [{"type": "change5", "element": take(1)[0]} for _ in range(10)]
        take(7 * turn)  # other pairs in the next turn
    return found


def text_of(spec: Spec) -> str:
    """An indicator in the indicator language."""
    where = f" where kind = '{spec['kind']}'" if "kind" in spec else ""

    def sums(names: object) -> str:
        listed = [str(name) for name in names] if isinstance(names, list) else []
        return "(" + " + ".join(f"sum({name}{where})" for name in listed) + ")"

    match spec["type"]:
        case "ratio":
            return f"{sums(spec['top'])} / {sums(spec['bottom'])}"
        case "share":
            first, second = _pair(spec)
            return f"share({first} / {second} >= {spec['least']})"
        case "variation":
            first, second = _pair(spec)
            return f"difference_coefficient({first}, {second})"
        case "cumulative":
            return f"cumulative(sum({spec['element']}), {FIRST_YEAR})"
        case _:
            return f"sum({spec['element']}) - lag(sum({spec['element']}), 5)"


def _pair(spec: Spec) -> tuple[str, str]:
    pair = spec["pair"]
    if not isinstance(pair, list):
        raise TypeError(spec)
    return pair[0], pair[1]


def indicators(times: int = 1) -> list[ComputedIndicator]:
    """The indicators, read and checked."""
    scope = Scope(elements(), {FORM: form()})
    return [
        ComputedIndicator(f"i{number:03}", check_expression(text_of(spec), scope, Grain.GROUP))
        for number, spec in enumerate(specs(times))
    ]


def compiled(times: int = 1) -> Compiled:
    """The catalogue from its text on: parsed, checked, compiled."""
    return compile_catalogue(indicators(times), elements(), {FORM: form()})


def units(districts: int, provinces: int = 0) -> list[Unit]:
    """The registry above the schools: nation (and provinces), districts."""
    top = Unit("000000", "全国（模拟）", UnitKind.NATION)
    above = [Unit(f"P{n:02}", f"省{n}（模拟）", UnitKind.CITY, "000000") for n in range(provinces)]
    leaf = [
        Unit(
            f"D{n:05}",
            f"区县{n}（模拟）",
            UnitKind.DISTRICT,
            f"P{n * provinces // districts:02}" if provinces else "000000",
        )
        for n in range(districts)
    ]
    return [top, *above, *leaf]


def year_table(schools: int, districts: int, year: int, count: int = ELEMENTS) -> Iterator[pa.RecordBatch]:
    """The returns of one year in pieces of a row group, sorted by district and unit.

    The same schools every year; sizes lognormal with a drift; 3 % missing. Nothing larger than a piece is held.
    """
    pool = np.random.Generator(np.random.PCG64(99))
    noise = pool.uniform(0.4, 1.6, POOL).astype(np.float32)
    gaps = pool.random(POOL) < 0.03
    size = np.exp(pool.normal(5.8, 0.9, schools)).astype(np.float32)
    kind = pool.integers(0, len(KINDS), schools).astype(np.int32)
    rate = np.exp(pool.normal(-1.5, 1.2, count)).astype(np.float32)
    pieces = -(-schools // PIECE)
    step = -(-schools // pieces)
    schema = table_schema(codes(count))
    for start in range(0, schools, step):
        at = np.arange(start, min(start + step, schools))
        district = (at * districts // schools).astype(np.int32)
        keys = [
            pa.array([f"S{number:07}" for number in at.tolist()], pa.string()),
            _words(district, [f"D{n:05}" for n in range(districts)]),
            _words(kind[at], list(KINDS)),
            _words((at % 3).astype(np.int32), ["111", "121", "220"]),
            _words((at % 5 == 0).astype(np.int32), ["public", "private"]),
        ]
        values = []
        for column in range(count):
            shift = (column * 7919 + year * 104_729 + start * 31) % (POOL - len(at))
            here = slice(shift, shift + len(at))
            cells = size[at] * (rate[column] * 1.02 ** (year - FIRST_YEAR)) * noise[here]
            missing = (
                np.roll(gaps, column * 13 + year)[here] if len(at) < 2000 else gaps[POOL - here.stop : POOL - shift]
            )
            values.append(pa.array(cells.astype(np.int64), pa.int64(), mask=missing))
        yield pa.RecordBatch.from_arrays([*keys, *values], schema=schema)


def _words(index: np.ndarray, dictionary: list[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(index), pa.array(dictionary, pa.string())).cast(pa.string())


def write_years(folder: Path, schools: int, districts: int, years: int) -> dict[tuple[str, int], Path]:
    """Write the tables year by year, streaming, in the layout of a snapshot; those that are there already stay."""
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for year in range(FIRST_YEAR, FIRST_YEAR + years):
        path = folder / f"{schools}-{year}.parquet"
        if not path.exists():
            partial = path.with_suffix(".part")
            schema = table_schema(codes())
            with pq.ParquetWriter(partial, schema, **file_options(codes())) as writer:
                for batch in year_table(schools, districts, year):
                    writer.write_batch(batch, row_group_size=group_rows(schools))
            partial.rename(path)
        found[FORM, year] = path
    (folder / "specs.json").write_text(json.dumps(specs()), encoding="utf-8")
    return found
