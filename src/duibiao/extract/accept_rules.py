"""Accepted rules become entries of ``rules.yaml``: what an evaluation asks for at least, and the law it rests on."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from duibiao.extract.entry import Entry

_AT, _HASH = "footnote_at:", "footnote_hash:"


def rule_codes(code: str, entries: Iterable[Entry]) -> dict[str, str]:
    """The code each drafted rule will have, by its id: the same whichever of them are accepted first."""
    count: Counter[str] = Counter()
    found = {}
    for entry in entries:
        number = entry.get("no") or "0"
        count[number] += 1
        found[entry.id] = f"{code}.{number}.{count[number]}"
    return found


def rule_entry(entry: Entry, code: str, scheme: str, document: str, hash_: str) -> dict[str, Any]:
    """One accepted rule in the form a pack has."""
    cite = {"document": document, "part": scheme, "item": entry.item, "at": entry.shown.at, "hash": hash_}
    found: dict[str, Any] = {
        "code": code,
        "scheme": scheme,
        "section": entry.get("section"),
        "no": entry.get("no"),
        "title": entry.get("title"),
        "written": entry.get("written"),
        "goal": entry.get("goal") or "text",
        "unit": entry.get("unit"),
        "scope": entry.get("scope"),
        "cite": {name: value for name, value in cite.items() if value},
        "basis": _basis(entry, document, scheme),
        "note": entry.get("note"),
    }
    return {name: value for name, value in found.items() if value}


def _basis(entry: Entry, document: str, scheme: str) -> list[dict[str, str]]:
    """The legal footnotes a rule names, as citations of the same document."""
    places = [flag.removeprefix(_AT) for flag in entry.flags if flag.startswith(_AT)]
    hashes = [flag.removeprefix(_HASH) for flag in entry.flags if flag.startswith(_HASH)]
    numbers = [flag.removeprefix("footnote:") for flag in entry.flags if flag.startswith("footnote:")]
    return [
        {"document": document, "part": scheme, "item": f"脚注{number}", "at": at, "hash": digits}
        for number, at, digits in zip(numbers, places, hashes, strict=False)
    ]
