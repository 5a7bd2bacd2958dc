"""The SQL of every dialect, as it stands: a change of it has to be seen and agreed to.

``DUIBIAO_WRITE_GOLDEN=1 pytest tests/golden`` writes the files anew; they are never edited by hand. Each says in its
head what it is there to show.
"""

import os
from pathlib import Path

import pytest
import sqlglot

from duibiao.compute.sqltext import GroupBy, rows_text, states_text
from tests.engines.cases import compiled

HERE = Path(__file__).parent
SHOWN = {
    "ratio": ("ratio(area, b where kind = '311')", "both sides count the same units; CASE, never FILTER"),
    "sums": ("sum(a + b) / (sum(a) + sum(b))", "a row-wise sum needs both, two sums are independent"),
    "share": ("share(area / b >= 4.5)", "a threshold is compared by cross multiplication in whole numbers"),
    "difference": ("difference_coefficient(area, b)", "R²/P in billionths of 128 bit; schools without pupils left out"),
    "split": ("sum(stage_share(area, junior))", "the split of stages is part of the query"),
    "theil": ("theil(area weight b)", "x ln x, with 0 for 0; negative values are counted apart"),
    "unknown": ("count(a > 1 where c > 2 or ownership = 'private')", "a unit whose condition is unknown is expected"),
    "quoting": ("count(kind = 'a%b_' or starts(kind, '3\\') or a > 1)", "words of a user stay words in every dialect"),
}  # fmt: skip
DIALECTS = ("duckdb", "postgres", "spark")


def text_of(name: str, dialect: str) -> str:
    expression, why = SHOWN[name]
    catalogue = compiled([expression], dialect)
    texts = [*states_text(catalogue, "school", GroupBy.DISTRICT, wide=dialect == "spark")]
    if dialect == "postgres":
        texts += states_text(catalogue, "school", GroupBy.DISTRICT, wide=True)
    pretty = [sqlglot.transpile(text, read=dialect, write=dialect, pretty=True)[0] for text in texts]
    return f"-- {expression}\n-- why: {why}\n" + ";\n\n".join(pretty) + ";\n"


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", sorted(SHOWN))
def test_the_sql_is_the_one_that_was_agreed_to(name: str, dialect: str) -> None:
    path = HERE / dialect / f"{name}.sql"
    now = text_of(name, dialect)
    if os.environ.get("DUIBIAO_WRITE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(now, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == now


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_dialect_uses_what_it_must_not(dialect: str) -> None:
    catalogue = compiled([expression for expression, _ in SHOWN.values()] + ["median(a)", "gini(a weight b)"], dialect)
    text = "\n".join([*states_text(catalogue, "school", wide=True), rows_text(catalogue, "school", wide=True)])
    assert "FILTER" not in text
    assert "MATERIALIZED" not in text
    assert ("INT128" in text) == (dialect == "duckdb")


def test_a_query_is_written_once_and_kept() -> None:
    one, two = compiled(["ratio(a, b)"]), compiled(["ratio( a , b )"])
    assert one.key == two.key
    assert states_text(one, "school") is states_text(two, "school")
    assert one.key != compiled(["ratio(a, c)"]).key
    assert one.key != compiled(["ratio(a, b)"], rules={"i0": {"definition_version": "2"}}).key


def test_equal_parts_of_several_indicators_are_one_state() -> None:
    alone = compiled(["ratio(a, b)"]).forms["school"].columns
    again = compiled(["ratio(a, b)", "ratio(a, b) * 2", "ratio(a, b) - lag(ratio(a, b), 1)"]).forms["school"].columns
    assert len(alone) == len(again)
    # Σa, Σb, both known, and the rows
    assert len(alone) == 4
