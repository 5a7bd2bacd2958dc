"""The text of pack files: entries and rows are added at the end, no other character is touched."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml


def dumped(data: Mapping[str, Any]) -> str:
    """YAML in the style of the packs: inner mappings on one line, every number as text."""
    return yaml.dump(dict(data), Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=130)


def parsed(text: str) -> dict[str, Any]:
    """A YAML text with every scalar as text, the way pack files are read."""
    found = yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506  the base loader builds nothing but text
    return found if isinstance(found, dict) else {}


def with_entries(text: str, name: str, new: list[dict[str, Any]]) -> str:
    """Put entries at the end of a top-level list of a YAML text, or a new list at the end of the text."""
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    block = dumped({name: new}).splitlines(keepends=True)
    heads = [place for place, line in enumerate(lines) if re.match(rf"['\"]?{name}['\"]?:\s*(#.*)?$", line)]
    if not heads:
        return "".join([*lines, *block])
    end = next(
        (place for place in range(heads[0] + 1, len(lines)) if re.match(r"[^\s#\-]", lines[place])),
        len(lines),
    )
    while end > heads[0] + 1 and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1  # what stands before the next list belongs to it
    return "".join([*lines[:end], *block[1:], *lines[end:]])


def csv_rows(text: str) -> tuple[list[str], list[dict[str, str]]]:
    """The header and the rows of a CSV text."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    rows = [{name: value or "" for name, value in row.items() if name is not None} for row in reader]
    return list(reader.fieldnames or ()), rows


def with_rows(text: str, columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """Put rows at the end of a CSV text in the order of its own header; a new text gets the columns as header."""
    header = csv_rows(text)[0] or list(columns)
    end = "\r\n" if "\r\n" in text else "\n"
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, fieldnames=header, lineterminator=end)
    if not text.strip():
        writer.writeheader()
        text = ""
    elif not text.endswith("\n"):
        text += end
    for row in rows:
        writer.writerow({name: row.get(name, "") for name in header})
    return text + out.getvalue()
