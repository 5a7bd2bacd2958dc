"""Excerpts of invented plans in layouts the five real texts do not have: the pipeline reads each item the case lists.

The cases are ``tests/cases/extraction/*.txt`` with what is expected beside them. An item with ``gap`` is known
not to be read yet; the reason stands there, and the test tells when it is read after all.
"""

from typing import Any

import pytest

from benchmarks.invented import KINDS, NAMES, case, draft, entries, fitting
from duibiao.extract.items import ItemType
from duibiao.kernel.text import folded


def marks(reason: str | None) -> list[pytest.MarkDecorator]:
    return [pytest.mark.xfail(reason=reason, strict=True)] if reason else []


def expected() -> list[Any]:
    return [
        pytest.param(name, kind, entry, id=f"{name}-{kind}-{place}", marks=marks(entry.get("gap")))
        for name, kind, place, entry in entries()
    ]


@pytest.mark.parametrize(("name", "kind", "entry"), expected())
def test_the_item_is_read_with_every_field(name: str, kind: str, entry: dict[str, Any]) -> None:
    items = [item for item in draft(name).items if item.type is KINDS[kind]]
    assert len(fitting(name, kind, entry)) == 1, [
        (entry, [(i.number, i.subject, i.operator, i.value, i.unit, i.due, i.counting, i.lead) for i in items])
    ]


def counted() -> list[Any]:
    found = []
    for name in NAMES:
        for kind, number in case(name)["counts"].items():
            gap = case(name).get("count_gaps", {}).get(kind)
            found.append(pytest.param(name, kind, number, id=f"{name}-{kind}", marks=marks(gap)))
    return found


@pytest.mark.parametrize(("name", "kind", "number"), counted())
def test_nothing_else_is_read(name: str, kind: str, number: int) -> None:
    items = [item for item in draft(name).items if item.type is ItemType(kind)]
    assert len(items) == number, [(item.subject, item.written, item.value) for item in items]


def test_the_documents_of_a_compilation_are_found_with_their_titles() -> None:
    titles = [folded(part.title.text) for part in draft("compilation").parts]
    assert len(titles) == 3
    wanted = [folded(title) for title in case("compilation")["documents"]]
    assert [title for title, part in zip(wanted, titles, strict=True) if title not in part] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_passage_is_the_text_at_its_place(name: str) -> None:
    found = draft(name)
    for item in found.items:
        assert item.passage.text == found.original.text[item.passage.start : item.passage.end]
        assert item.passage.locator == found.original.locator(item.passage.start, item.passage.end)
