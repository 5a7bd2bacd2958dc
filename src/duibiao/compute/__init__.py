"""Indicator expressions → mergeable states in one scan per form → roll-up → results with lineage."""

from duibiao.compute.catalogue import Compiled, ComputedIndicator, compile_catalogue, computed_indicators
from duibiao.compute.duckdb_engine import DuckDbEngine
from duibiao.compute.engine import ALL_LEVELS, Engine, Selection, Tables
from duibiao.compute.groups import GroupLevel
from duibiao.compute.lineage import FigureTrace, trace
from duibiao.compute.recompute import recompute
from duibiao.compute.result import ComputedValue, Result, RunRecord
from duibiao.compute.results_store import StoredRun, described, load_result, open_result, save_result

__all__ = [
    "ALL_LEVELS",
    "Compiled",
    "ComputedIndicator",
    "ComputedValue",
    "DuckDbEngine",
    "Engine",
    "FigureTrace",
    "GroupLevel",
    "Result",
    "RunRecord",
    "Selection",
    "StoredRun",
    "Tables",
    "compile_catalogue",
    "computed_indicators",
    "described",
    "load_result",
    "open_result",
    "recompute",
    "save_result",
    "trace",
]
