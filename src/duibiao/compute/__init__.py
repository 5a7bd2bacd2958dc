"""Indicator expressions → mergeable states in one scan per form → roll-up → results with lineage."""

from duibiao.compute.catalogue import Compiled, ComputedIndicator, compile_catalogue, computed_indicators
from duibiao.compute.duckdb_engine import DuckDbEngine
from duibiao.compute.engine import ALL_LEVELS, Engine, Selection, Tables
from duibiao.compute.groups import GroupLevel
from duibiao.compute.result import ComputedValue, Result, RunRecord

__all__ = [
    "ALL_LEVELS",
    "Compiled",
    "ComputedIndicator",
    "ComputedValue",
    "DuckDbEngine",
    "Engine",
    "GroupLevel",
    "Result",
    "RunRecord",
    "Selection",
    "Tables",
    "compile_catalogue",
    "computed_indicators",
]
