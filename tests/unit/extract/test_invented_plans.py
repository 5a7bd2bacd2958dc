"""Excerpts of invented plans in layouts the five real texts do not have: the pipeline reads each item the case lists.

The cases are ``tests/cases/extraction/*.txt`` with what is expected beside them. An item with ``gap`` is known
not to be read yet; the reason stands there, and the test tells when it is read after all.
"""

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from duibiao.extract.draft import Draft, extract
from duibiao.extract.items import DraftItem, ItemType
from duibiao.kernel.text import folded
from duibiao.sources.readers import read

CASES = Path(__file__).parents[2] / "cases" / "extraction"
NAMES = sorted(path.stem for path in CASES.glob("*.yaml"))
KINDS = {
    "rows": ItemType.INDICATOR_ROW,
    "statements": ItemType.STATEMENT,
    "tasks": ItemType.TASK,
    "achieved": ItemType.ACHIEVED,
}
NUMBERS = ("value", "upper", "baseline")


def case(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))
    return found


@cache
def draft(name: str) -> Draft:
    return extract(read(CASES / f"{name}.txt"), {})


def marks(entry: dict[str, Any]) -> list[pytest.MarkDecorator]:
    return [pytest.mark.xfail(reason=entry["gap"], strict=False)] if "gap" in entry else []


def expected() -> list[Any]:
    found = []
    for name in NAMES:
        for kind, entries in case(name).items():
            if kind not in KINDS:
                continue
            for place, entry in enumerate(entries, 1):
                words = entry.get("subject", entry.get("value", ""))
                found.append(pytest.param(name, kind, entry, id=f"{name}-{kind}-{place}-{words}", marks=marks(entry)))
    return found


def is_same(field: str, wanted: Any, item: DraftItem) -> bool:
    read_value = getattr(item, field)
    if field in NUMBERS:
        return read_value is not None and read_value == Decimal(str(wanted))
    if field in ("lead", "cooperating"):
        return list(read_value) == wanted
    if field in ("subject", "parent"):
        return bool(read_value) and folded(wanted) in folded(read_value)
    if field in ("operator", "counting", "scope", "obligation"):
        return read_value is not None and read_value.value == wanted
    return bool(read_value == wanted)


@pytest.mark.parametrize(("name", "kind", "entry"), expected())
def test_the_item_is_read_with_every_field(name: str, kind: str, entry: dict[str, Any]) -> None:
    wanted = {field: value for field, value in entry.items() if field != "gap"}
    items = [item for item in draft(name).items if item.type is KINDS[kind]]
    fitting = [item for item in items if all(is_same(field, value, item) for field, value in wanted.items())]
    assert len(fitting) == 1, [(i.number, i.subject, i.operator, i.value, i.unit, i.due, i.lead) for i in items]


def counted() -> list[Any]:
    found = []
    for name in NAMES:
        for kind, number in case(name)["counts"].items():
            gap = case(name).get("count_gaps", {}).get(kind)
            found.append(
                pytest.param(name, kind, number, id=f"{name}-{kind}", marks=marks({"gap": gap} if gap else {}))
            )
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
