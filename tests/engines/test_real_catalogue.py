"""The indicators of the packs on made up tables (模拟数据): compiled together, two engines give the same figures."""

import random
from pathlib import Path

import numpy as np
import pytest

from duibiao.compute import Compiled, DuckDbEngine, Tables
from duibiao.compute.polars_engine import PolarsEngine
from duibiao.metrics.element import ValueType
from duibiao.metrics.unit import UnitKind
from duibiao.workspace import Workspace
from duibiao.workspace.data_folder import compiled
from tests.engines.cases import UNITS, Row, table, written_tables

SCHOOL_KINDS = ("111", "211", "218", "311", "312", "341", "342", "345", "361", "411", "512")


@pytest.fixture(scope="module")
def catalogue(workspace: Workspace) -> Compiled:
    return compiled(workspace.content)


@pytest.fixture(scope="module")
def tables(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    found = {}
    for form in workspace.content.forms.values():
        for year in (2022, 2023, 2024):
            chance = random.Random(f"{form.code} {year}")  # noqa: S311 - a test wants the same rows every time
            found[form.code, year] = table(form.columns, _rows(workspace, form.columns, form.reporter, chance))
    folder: Path = tmp_path_factory.mktemp("real")
    return written_tables(folder, found)


def _rows(workspace: Workspace, columns: tuple[str, ...], reporter: UnitKind, chance: random.Random) -> list[Row]:
    districts = ("D1", "D2", "D3")
    units = [(f"S{place}", districts[place % 3]) for place in range(24)]
    if reporter is not UnitKind.SCHOOL:
        units = [(code, code) for code in (districts if reporter is UnitKind.DISTRICT else ("C",))]
    rows: list[Row] = []
    for unit, district in units:
        values: list[int | None] = []
        for code in columns:
            element = workspace.content.elements[code]
            flag = element.type is ValueType.FLAG
            top = 1 if flag else chance.choice([3, 50, 900, 40_000])
            values.append(None if chance.random() < 0.1 else chance.randint(0, top) * 10**element.decimals)
        kind = chance.choice(SCHOOL_KINDS) if reporter is UnitKind.SCHOOL else ""
        keys = (unit, district, kind, chance.choice(["111", "121", "210", "220"]), chance.choice(["public", "private"]))
        rows.append((*keys, *values))
    return sorted(rows, key=lambda row: (str(row[1]), str(row[0])))


def test_every_indicator_of_the_packs_is_the_same_from_two_engines(catalogue: Compiled, tables: Tables) -> None:
    assert len(catalogue.indicators) > 100
    engine = DuckDbEngine(threads=2)
    one = engine.run(catalogue, tables, UNITS)
    engine.close()
    two = PolarsEngine().run(catalogue, tables, UNITS)
    there = 0
    for code, figures in one.figures.items():
        other = two.figures[code]
        assert (figures.gap == other.gap).all(), code
        assert (figures.known == other.known).all(), code
        assert (figures.total == other.total).all(), code
        known = figures.gap == 0
        there += int(known.sum())
        assert np.allclose(figures.value[known], other.value[known], rtol=1e-12, atol=1e-12), code
    assert there > 1000
