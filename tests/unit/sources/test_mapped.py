"""Text that remembers where it stood: cutting, joining and leaving out keep the way back."""

import pytest

from duibiao.sources.mapped import MappedText

ORIGINAL = "甲乙丙 2027 年丁戊"


def traced(words: MappedText) -> str:
    """What stands in the original at the origin of every character."""
    return "".join("?" if (at := words.origin(index)) is None else ORIGINAL[at] for index in range(len(words)))


def test_a_stretch_of_the_original_leads_back_to_it() -> None:
    words = MappedText.of(ORIGINAL, 1, 5)
    assert (words.text, traced(words), words.span()) == ("乙丙 2", "乙丙 2", (1, 5))


def test_leaving_out_ranges_keeps_the_origin_of_the_rest() -> None:
    words = MappedText.of(ORIGINAL).without([(0, 1), (3, 4), (8, 9)])
    assert (words.text, traced(words)) == ("乙丙2027年丁戊", "乙丙2027年丁戊")


def test_leaving_out_cuts_a_piece_that_reaches_over_several_ranges() -> None:
    joined = MappedText.joined([MappedText.of(ORIGINAL, 9, 11), "x", MappedText.of(ORIGINAL, 0, 3)])
    words = joined.without([(1, 2), (4, 5)])
    assert (words.text, traced(words)) == ("年x甲丙", "年?甲丙")


def test_leaving_out_a_range_over_several_pieces_cuts_both() -> None:
    joined = MappedText.joined([MappedText.of(ORIGINAL, 0, 3), MappedText.of(ORIGINAL, 9, 12)])
    words = joined.without([(0, 1), (2, 5)])
    assert (words.text, words.pieces) == ("乙戊", ((0, 1, 1), (1, 11, 1)))


def test_leaving_out_nothing_changes_nothing() -> None:
    words = MappedText.of(ORIGINAL)
    assert words.without([]) == words


def test_leaving_out_everything_leaves_no_piece() -> None:
    assert MappedText.of(ORIGINAL).without([(0, len(ORIGINAL))]) == MappedText("")


def test_inserted_text_has_no_origin() -> None:
    words = MappedText.joined([MappedText.of(ORIGINAL, 0, 2), " ", MappedText.of(ORIGINAL, 4, 8)])
    assert (words.text, words.origin(2), words.span()) == ("甲乙 2027", None, (0, 8))


def test_neighbouring_pieces_become_one() -> None:
    assert MappedText.joined([MappedText.of(ORIGINAL, 0, 2), MappedText.of(ORIGINAL, 2, 4)]).pieces == ((0, 0, 4),)


def test_a_rewriting_keeps_the_number_of_characters() -> None:
    with pytest.raises(ValueError, match="number of characters"):
        MappedText.of(ORIGINAL).rewritten("短")


def test_words_without_white_space_at_the_ends_are_not_cut() -> None:
    words = MappedText.of(ORIGINAL, 0, 3)
    assert words.stripped() is words


def test_a_stretch_without_an_origin_has_no_span() -> None:
    with pytest.raises(ValueError, match="no origin"):
        MappedText("插").span()
