"""Placeholders are names and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duibiao.evaluations.placeholders import FIGURE, BraceError, PlainWords, Slot, pieces


def test_words_fields_emphasis_and_braces() -> None:
    assert pieces("截至{as_of}，**已达成**{{3}}项") == (
        PlainWords("截至"), Slot("as_of"), PlainWords("，"), PlainWords("已达成", is_strong=True), PlainWords("{3}项"),
    )  # fmt: skip
    assert pieces("**{rows}项**") == (Slot("rows", is_strong=True), PlainWords("项", is_strong=True))
    assert pieces("") == ()


@pytest.mark.parametrize(
    "text",
    ["{", "}", "{}", "{a.b.c}", "{rows!r}", "{rows:>9}", "{rows[0]}", "{__class__}", "{a b}", "{row.}", "{1+1}",
     "**一半", "多了}一个", "{rows", "{{rows}", "{ rows }", "{row.__class__}"],
)  # fmt: skip
def test_anything_but_a_name_is_refused(text: str) -> None:
    with pytest.raises(BraceError):
        pieces(text)


def test_a_figure_of_a_passage_is_an_id() -> None:
    (slot,) = pieces("{row/five-year-14/row-11/value}", FIGURE)
    assert slot == Slot("row/five-year-14/row-11/value")
    (slot,) = pieces("{department/市教委/lead_tasks}", FIGURE)
    assert slot == Slot("department/市教委/lead_tasks")


@given(st.text())
def test_text_without_marks_comes_back_as_it_is(text: str) -> None:
    plain = text.replace("{", "").replace("}", "").replace("*", "")
    assert "".join(piece.text for piece in pieces(plain) if isinstance(piece, PlainWords)) == plain
    doubled = pieces(text.replace("*", "").replace("{", "{{").replace("}", "}}"))
    assert "".join(piece.text for piece in doubled if isinstance(piece, PlainWords)) == text.replace("*", "")
