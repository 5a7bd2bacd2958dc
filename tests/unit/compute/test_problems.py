"""Every problem code of computing comes from a really bad input."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from duibiao.compute import (
    ComputedIndicator,
    DuckDbEngine,
    compile_catalogue,
    described,
    load_result,
    open_result,
    save_result,
)
from duibiao.compute.polars_engine import PolarsEngine
from duibiao.kernel.problem import Problem, UserError, catalogue
from duibiao.kernel.text import Language
from duibiao.metrics.expression import Scope, check_expression
from duibiao.metrics.expression.checking import Grain
from duibiao.metrics.expression.measure import Measure
from tests.engines.cases import ELEMENTS, FORMS, SPLIT, UNITS, compiled, table, written_tables

SEEN: set[str] = set()


def told(caught: pytest.ExceptionInfo[UserError], code: str, *words: str) -> Problem:
    (problem,) = caught.value.problems
    assert problem.code == code
    for language in Language:
        text = problem.in_(language)
        assert "{" not in text
        assert all(word in text for word in words), text
    SEEN.add(code)
    return problem


def referring(**texts: str) -> list[ComputedIndicator]:
    scope = Scope(ELEMENTS, FORMS, lambda _: Measure(), SPLIT)
    return [ComputedIndicator(code, check_expression(text, scope, Grain.GROUP)) for code, text in texts.items()]


def test_a_circle_of_indicators_is_refused_however_long() -> None:
    texts = {f"x{n}": f"indicator('x{(n + 1) % 40}') + sum(a)" for n in range(40)}
    with pytest.raises(UserError) as caught:
        compile_catalogue(referring(**texts), ELEMENTS, FORMS, SPLIT)
    told(caught, "COMPUTE-CYCLE", "x0", "x39")


def test_a_reference_to_an_indicator_that_is_not_computed_is_refused() -> None:
    with pytest.raises(UserError) as caught:
        compile_catalogue(referring(one="indicator('other') * 2"), ELEMENTS, FORMS, SPLIT)
    told(caught, "COMPUTE-REFERENCE", "one", "other")


def test_a_stage_without_a_weight_is_refused() -> None:
    with pytest.raises(UserError) as caught:
        compile_catalogue(referring(one="sum(stage_share(area, higher))"), ELEMENTS, FORMS, SPLIT)
    told(caught, "COMPUTE-STAGE", "one", "higher")


@pytest.mark.parametrize("make", [DuckDbEngine, PolarsEngine])
def test_a_table_that_does_not_say_whose_rows_it_holds_is_refused(
    tmp_path: Path, make: Callable[[], DuckDbEngine | PolarsEngine]
) -> None:
    whole = table(["a", "b"], [("S1", "D1", "", "", "", 1, 2)])
    files = written_tables(tmp_path, {("school", 2020): whole, ("school", 2021): whole.drop_columns(["district"])})
    with pytest.raises(UserError) as caught:
        make().run(compiled(["ratio(a, b)"]), files, UNITS)
    told(caught, "COMPUTE-COLUMN", "school", "district")


def test_a_district_that_is_not_in_the_registry_is_refused(tmp_path: Path) -> None:
    files = written_tables(tmp_path, {("school", 2020): table(["a"], [("S1", "D77", "", "", "", 1)])})
    with pytest.raises(UserError) as caught:
        DuckDbEngine().run(compiled(["sum(a)"]), files, UNITS)
    told(caught, "COMPUTE-UNIT", "D77")


def test_values_too_large_even_for_128_bit_are_refused_and_not_wrapped_around(tmp_path: Path) -> None:
    rows = [("S1", "D1", "", "", "", 2**62, 1)]
    files = written_tables(tmp_path, {("school", 2020): table(["large", "b"], rows)})
    with pytest.raises(UserError) as caught:
        DuckDbEngine().run(compiled(["sum(large * large / b * large)"]), files, UNITS)
    told(caught, "COMPUTE-OVERFLOW", "school")


def test_a_run_that_does_not_exist_and_one_that_was_altered_are_told(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        open_result(tmp_path, "0123456789abcdef")
    told(caught, "RESULT-MISSING", "0123456789abcdef")
    files = written_tables(tmp_path / "in", {("school", 2020): table(["a"], [("S1", "D1", "", "", "", 1)])})
    result = described(DuckDbEngine().run(compiled(["sum(a)"]), files, UNITS), "snap", {"school/2020": "ab"}, True)
    stored = save_result(tmp_path, result)
    path = stored.folder / "results.parquet"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(UserError) as caught:
        open_result(tmp_path, result.record.run_id)
    assert "results.parquet" in str(told(caught, "RESULT-CHANGED").where)
    (stored.folder / "run.json").write_text("{", encoding="utf-8")
    with pytest.raises(UserError) as caught:
        open_result(tmp_path, result.record.run_id)
    told(caught, "RESULT-CHANGED")


def test_a_result_of_other_definitions_is_not_loaded(tmp_path: Path) -> None:
    files = written_tables(tmp_path / "in", {("school", 2020): table(["a"], [("S1", "D1", "", "", "", 1)])})
    stored = save_result(tmp_path, described(DuckDbEngine().run(compiled(["sum(a)"]), files, UNITS), "s", {}, True))
    with pytest.raises(ValueError, match="other definitions"):
        load_result(stored, compiled(["sum(a)"], rules={"i0": {"min_coverage": Decimal("0.5")}}), list(UNITS))
    assert json.loads((stored.folder / "run.json").read_text("utf-8"))["record"]["simulated"] is True


def test_every_code_was_told() -> None:
    """Last in the file: the tests above produced each code of this room."""
    assert {code for code in catalogue() if code.startswith(("COMPUTE-", "RESULT-"))} == SEEN
