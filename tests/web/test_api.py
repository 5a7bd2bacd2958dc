"""The description of the API is complete and true: every answer it gives is one it promises, nothing breaks it."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from duibiao.web.app import create_app
from duibiao.web.settings import Settings
from tests.web.conftest import PACKS, asking, everything

DESCRIBED = "/api/v1/openapi.json"
PATIENCE_S = 300  # beside other work a machine may need more than the library's ten seconds
schema = schemathesis.openapi.from_asgi(DESCRIBED, create_app(Settings(PACKS)), timeout=PATIENCE_S)
CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.mark.filterwarnings("ignore:Skipped test cases with unsupported payload")  # a workbook is no JSON to invent
@schema.parametrize()
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_one_the_description_promises(case: schemathesis.Case[Any]) -> None:
    case.call_and_validate(checks=CHECKS)


@pytest.fixture(scope="module")
def described(app: FastAPI) -> dict[str, Any]:
    found: dict[str, Any] = asking(app, everything()).get(DESCRIBED).json()
    return found


def test_every_operation_says_what_it_is_for_with_an_example_for_every_parameter(described: dict[str, Any]) -> None:
    assert len(described["paths"]) > 8, "the routes were not found"
    for path, operations in described["paths"].items():
        for method, one in operations.items():
            assert one.get("summary"), f"{method} {path} has no summary"
            assert one["responses"]["200" if "200" in one["responses"] else min(one["responses"])], path
            for parameter in one.get("parameters", []):
                if parameter["in"] == "query":
                    assert parameter.get("description"), f"{path}: {parameter['name']} is not described"


def test_no_word_of_the_description_names_an_outside_address(described: dict[str, Any]) -> None:
    assert "http" not in json.dumps(described, ensure_ascii=False).replace("https", "http").replace("HTTP", "")


def test_a_kept_answer_is_not_sent_twice(app: FastAPI) -> None:
    client = asking(app, everything())
    first = client.get("/api/v1/documents")
    again = client.get("/api/v1/documents", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get("/api/v1/documents?as_of=2024-01-01", headers={"If-None-Match": '"something else"'})
    assert other.status_code == 200


def test_a_table_comes_as_csv_and_as_a_workbook_with_the_same_cells(app: FastAPI, tmp_path: Path) -> None:
    client = asking(app, everything())
    at = "/api/v1/documents/align?upper=outline-2035&lower=strategy-2035"
    table = list(csv.reader(io.StringIO(client.get(f"{at}&format=csv").content.decode("utf-8-sig"))))
    (tmp_path / "t.xlsx").write_bytes(client.get(f"{at}&format=xlsx").content)
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").worksheets[0]
    cells = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert cells[0] == table[0]
    assert len(cells) == len(table) > 20
    columns = [place for place, name in enumerate(table[0]) if name.endswith(("passage", "locator", "relation"))]
    for ours, theirs in zip(table[1:], cells[1:], strict=True):
        assert [ours[place] for place in columns] == [theirs[place] for place in columns]
