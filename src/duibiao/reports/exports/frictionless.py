"""A Frictionless data package: normalised tables, typed and keyed, described by ``datapackage.json``.

Rules: Data Package and Table Schema, version 1 (specs.frictionlessdata.io): profile ``tabular-data-package``, a
hash and a size for every file, types, missing values, primary and foreign keys.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from duibiao.kernel.writing import csv_bytes, json_bytes
from duibiao.reports.exports.content import ExportContent
from duibiao.reports.exports.figures import figures
from duibiao.reports.exports.tables import PERIOD, ExportColumn, ExportTable, tables
from duibiao.reports.exports.tidy import metadata

_PATTERNS = {"period": PERIOD, "passage_hash": "[0-9a-f]{16}", "sha256": "[0-9a-f]{64}"}


def frictionless(content: ExportContent) -> Mapping[str, bytes]:
    """``datapackage.json`` and one CSV file a table under ``data/``."""
    made = tables(content, figures(content))
    held = {one.name for one in made}
    files = {f"data/{one.name}.csv": _csv(one) for one in made}
    resources = [_resource(one, files[f"data/{one.name}.csv"], held) for one in made]
    about = metadata(content)
    package = {
        "profile": "tabular-data-package",
        "name": package_name(content.id),
        "title": content.title.zh,
        "description": f"{content.kind.zh} {content.as_of.isoformat()}。{about['terms']['zh']}",
        "keywords": ["simulated", content.mark.zh] if content.mark else ["observed"],
        "version": content.method,
        "duibiao": about,
        "resources": resources,
    }
    return {"datapackage.json": json_bytes(package), **files}


def package_name(title: str) -> str:
    """A name as the specification asks for: lower case, digits, ``.``, ``_`` and ``-``; others by their code point."""
    made = "".join(one if re.fullmatch(r"[a-z0-9._-]", one) else f"-u{ord(one):x}-" for one in title.lower())
    return re.sub(r"-{2,}", "-", made).strip("-")


def _csv(table: ExportTable) -> bytes:
    return csv_bytes([one.name for one in table.columns], table.rows).removeprefix(b"\xef\xbb\xbf")


def _resource(table: ExportTable, data: bytes, held: set[str]) -> dict[str, Any]:
    keys = [_foreign(table, one) for one in table.columns if one.refers_to and one.refers_to.split(".")[0] in held]
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "title": table.title.zh,
        "path": f"data/{table.name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "schema": {
            "fields": [_field(one, is_key=one.name == table.key) for one in table.columns],
            "missingValues": [""],
            "primaryKey": [table.key],
            **({"foreignKeys": keys} if keys else {}),
        },
    }


def _foreign(table: ExportTable, column: ExportColumn) -> dict[str, Any]:
    other, field = column.refers_to.split(".")
    return {
        "fields": [column.name],
        "reference": {"resource": "" if other == table.name else other, "fields": [field]},
    }


def _field(column: ExportColumn, *, is_key: bool) -> dict[str, Any]:
    limits: dict[str, Any] = {}
    if column.required:
        limits["required"] = True
    if is_key:
        limits["unique"] = True
    if column.choices:
        limits["enum"] = list(column.choices)
    if column.name in _PATTERNS:
        limits["pattern"] = _PATTERNS[column.name]
    return {
        "name": column.name,
        "type": column.type.value,
        "title": column.meaning.zh,
        "description": column.meaning.en,
        **({"constraints": limits} if limits else {}),
    }
