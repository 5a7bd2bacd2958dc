"""Values that are quick to make compare and hash like frozen ones; a reading makes no cycles."""

import gc

from duibiao.extract.draft import extract
from duibiao.sources.mapped import MappedText
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
