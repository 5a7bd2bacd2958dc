"""Values that are quick to make compare and hash like frozen ones; neither reading nor checking makes cycles."""

import gc

import polars as pl
import pytest

from duibiao.extract.draft import extract
from duibiao.intake.checks import run_checks
from duibiao.intake.units import KEYS
from duibiao.kernel.quick import seldom_searched
from duibiao.sources.mapped import MappedText
from tests.unit.intake.sample import ELEMENTS, FORM
from tests.unit.sources.lines import reading_of


def test_values_compare_and_hash_by_their_fields() -> None:
    one, other = MappedText("甲", ((0, 3, 1),)), MappedText("甲", ((0, 3, 1),))
    assert one == other
    assert len({one, other, MappedText("甲")}) == 2


def test_reading_a_document_makes_no_cycles() -> None:
    reading = reading_of("某行动方案\n一、目标\n到2027年，建设特色学校50所。\n牵头部门：甲局、乙局\n" * 50)
    gc.collect()
    extract(reading)
    assert gc.collect() < 50  # what the libraries of a first call leave, and nothing that grows with the document


def test_the_search_for_cycles_is_as_usual_after_the_last_reading_even_one_that_failed() -> None:
    usual = gc.get_threshold()
    with seldom_searched():
        with pytest.raises(ValueError, match="甲"), seldom_searched():
            raise ValueError("甲")
        assert gc.get_threshold()[0] > usual[0]  # one reading is still under way
    assert gc.get_threshold() == usual


def test_checking_returns_makes_no_cycles() -> None:
    columns = {code: [-1] * 500 for code in FORM.columns}
    keys = {name: ["211"] * 500 for name in KEYS} | {"unit": [f"S{number}" for number in range(500)]}
    rows = pl.DataFrame(keys | columns)
    run_checks(FORM, ELEMENTS, rows)
    gc.collect()
    assert len(run_checks(FORM, ELEMENTS, rows)) > 500
    assert gc.collect() < 50
