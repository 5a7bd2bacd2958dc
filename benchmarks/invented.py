"""The invented plans under ``tests/cases/extraction``: which of the items they list are read with every field."""

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from duibiao.extract.draft import Draft, extract
from duibiao.extract.items import DraftItem, ItemType
from duibiao.kernel.text import folded
from duibiao.sources.readers import read

CASES = Path(__file__).resolve().parent.parent / "tests" / "cases" / "extraction"
NAMES = sorted(path.stem for path in CASES.glob("*.yaml"))
KINDS = {
    "rows": ItemType.INDICATOR_ROW,
    "statements": ItemType.STATEMENT,
    "tasks": ItemType.TASK,
    "achieved": ItemType.ACHIEVED,
}


def case(name: str) -> dict[str, Any]:
    """What a case expects."""
    found: dict[str, Any] = yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))
    return found


@cache
def draft(name: str) -> Draft:
    """The draft of a case's text."""
    return extract(read(CASES / f"{name}.txt"), {})


def entries() -> Iterator[tuple[str, str, int, dict[str, Any]]]:
    """Every expected item with its case, kind and place."""
    for name in NAMES:
        for kind, listed in case(name).items():
            if kind in KINDS:
                for place, entry in enumerate(listed, 1):
                    yield name, kind, place, entry


def fitting(name: str, kind: str, entry: dict[str, Any]) -> list[DraftItem]:
    """The items that agree with every field of an entry."""
    wanted = {field: value for field, value in entry.items() if field != "gap"}
    items = [item for item in draft(name).items if item.type is KINDS[kind]]
    return [item for item in items if all(agrees(field, value, item) for field, value in wanted.items())]


def agrees(field: str, wanted: Any, item: DraftItem) -> bool:
    """Tell whether a field of an item is as expected."""
    found = getattr(item, field)
    if field in ("value", "upper", "baseline"):
        return found is not None and bool(found == Decimal(str(wanted)))
    if field in ("lead", "cooperating"):
        return bool(list(found) == wanted)
    if field in ("subject", "parent"):
        return bool(found) and folded(wanted) in folded(found)
    if field in ("operator", "counting", "scope", "obligation"):
        return found is not None and bool(found.value == wanted)
    return bool(found == wanted)


def results() -> Iterator[tuple[str, str, bool]]:
    """Every expected item and whether exactly one item that was read agrees with it."""
    for name, kind, place, entry in entries():
        words = entry.get("subject", entry.get("value", ""))
        yield f"{name} {kind} {place} {words}", kind, len(fitting(name, kind, entry)) == 1
