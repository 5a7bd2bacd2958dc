"""Search: substrings first, then names that hold most of the pairs of characters; passages lead to their lines."""

from pathlib import Path

import pytest

from duibiao.views.search import HitKind, SearchIndex, SearchPage
from duibiao.workspace import Workspace

ROOT = Path(__file__).resolve().parents[3]
DOCUMENTS = ROOT.parent / "shared" / "documents"


@pytest.fixture(scope="module")
def index() -> SearchIndex:
    return SearchIndex(Workspace.open(ROOT / "packs"))


def codes(page: SearchPage, kind: HitKind) -> list[str]:
    return [hit.code for group in page.groups if group.kind is kind for hit in group.hits]


def test_a_part_of_a_name_finds_it_whatever_the_spaces_and_the_case(index: SearchIndex) -> None:
    plain, spaced = index.page("学前教育毛入园率"), index.page(" 学前教育 毛入园率 ")
    assert codes(plain, HitKind.INDICATOR)[0] == "preschool.gross_enrolment_rate"
    assert codes(spaced, HitKind.INDICATOR) == codes(plain, HitKind.INDICATOR)
    assert codes(index.page("ESI"), HitKind.INDICATOR) == codes(index.page("esi"), HitKind.INDICATOR) != []


def test_an_indicator_of_several_names_is_offered_once(index: SearchIndex) -> None:
    found = codes(index.page("普及普惠区县"), HitKind.INDICATOR)
    assert len(found) == len(set(found)) > 1


def test_words_that_stand_apart_in_a_name_are_similar_not_exact(index: SearchIndex) -> None:
    page = index.page("专任教师博士占比")
    hits = [hit for group in page.groups for hit in group.hits]
    assert hits
    assert not any(hit.is_exact for hit in hits)
    assert any("博士" in hit.before for hit in hits)


def test_a_unit_is_found_by_name_and_by_code(index: SearchIndex) -> None:
    assert codes(index.page("武隆"), HitKind.UNIT) == ["500156"]
    assert codes(index.page("500156"), HitKind.UNIT)[0] == "500156"


def test_a_task_leads_to_its_plan_and_number(index: SearchIndex) -> None:
    hits = [hit for group in index.page("劳动课程清单").groups if group.kind is HitKind.TASK for hit in group.hits]
    assert [(hit.code, hit.place) for hit in hits] == [("moral-education", "task 20")]


def test_nothing_and_everything_are_said_in_words(index: SearchIndex) -> None:
    assert index.page("").groups == ()
    assert index.page("").sentence.zh == "输入要找的字词。"
    assert index.page("不会有的词句").sentence.zh == "没有找到“不会有的词句”。"
    assert sum(group.total for group in index.page("幼").groups) > 20
    assert len(index.page("的" * 1000).words) == 100


@pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the real documents are not beside the project")
def test_a_passage_is_found_across_the_end_of_a_line(tmp_path: Path) -> None:
    workspace = Workspace.open(ROOT / "packs", tmp_path)
    for file in DOCUMENTS.glob("0*.txt"):
        workspace.archive.add(file)
    document = workspace.document("journal-2025-02")
    assert document
    numbers = [number for number, line in enumerate(document.lines, 1) if len(line.strip()) > 20]
    first = next(number for number in numbers[200:] if number + 1 in numbers)
    words = document.lines[first - 1].strip()[-6:] + document.lines[first].strip()[:6]
    groups = SearchIndex(workspace).page(words).groups
    places = [hit.place for group in groups if group.kind is HitKind.PASSAGE for hit in group.hits]
    assert f"L{first}-{first + 1}" in places
