"""Writing files whole or not at all, and the two plain formats."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any


def write_whole(path: Path, data: bytes) -> Path:
    """Write a file so that a crash leaves the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(data)
    partial.replace(path)
    return path


def csv_bytes(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """CSV with a byte-order mark, which Excel in Chinese offices needs to see UTF-8.

    A cell that begins like a formula gets an apostrophe, so that no spreadsheet runs it (the characters of OWASP's
    page on CSV injection, with their full-width forms, which Excel takes for them where Chinese is typed).
    """
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(columns), lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _harmless(row[name]) for name in columns})
    return out.getvalue().encode("utf-8-sig")


_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def _harmless(cell: str) -> str:
    is_number = cell.removeprefix("-").replace(".", "", 1).isdigit()
    is_operator = not cell.strip("=+-<>－＋＝")
    risky = cell.startswith(_FORMULA) and not is_number and not is_operator
    return f"'{cell}" if risky else cell


def json_bytes(data: Any) -> bytes:
    """Readable JSON in UTF-8."""
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()
