"""Words in two languages and the two normalisations."""

import pytest

from duibiao.kernel.text import Language, Text, folded, without_spaces


def test_a_text_answers_in_the_language_asked_for() -> None:
    text = Text("学前教育", "pre-school education")
    assert text.in_(Language.ZH) == "学前教育"
    assert text.in_(Language.EN) == "pre-school education"
    assert str(text) == "学前教育"


def test_chinese_stands_in_where_no_english_was_written() -> None:
    assert Text("学前教育").in_(Language.EN) == "学前教育"


def test_every_kind_of_white_space_is_dropped() -> None:
    assert without_spaces("累计 ESI\u3000前\t1‰\r\n学科\u00a0（个）") == "累计ESI前1‰学科（个）"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("累计 ESI 前 1‰学科", "累计esi前１‰学科"),
        ("ＥＳＩ前1‰学科（个）", "ESI前1‰学科(个)"),
    ],
)
def test_labels_are_compared_without_width_case_and_gaps(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_labels_that_say_different_things_stay_different() -> None:
    assert folded("ESI前1‰学科") != folded("ESI前1%学科")
