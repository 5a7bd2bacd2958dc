"""The DHIS2 export keeps the documented rules, refers only to what is there, and reads back figure for figure."""

import json
import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from duibiao.reports.exports.content import ExportContent
from duibiao.reports.exports.dhis2 import DEFAULT_COMBINATION, dhis2, dhis2_period, uid
from duibiao.reports.exports.figures import exact, figures
from tests.unit.reports.exports.conftest import computed

UID = r"^[a-zA-Z][a-zA-Z0-9]{10}$"  # CodeGenerator.UID_REGEXP
NUMERIC = r"^(-?0|-?[1-9]\d*)(\.\d+)?$"  # MathUtils.NUMERIC_REGEXP
PERIOD = r"^\d{4}(Sep)?$"  # YearlyPeriodType, FinancialSeptemberPeriodType
TEXT = {"type": "string", "minLength": 1}
IDENTIFIER = {"type": "string", "pattern": UID}
DATA_VALUES = {  # DataValueSet and DataValue of dhis2-core; value and comment up to 50000 characters, ValidationUtils
    "type": "object",
    "required": ["dataValues"],
    "additionalProperties": False,
    "properties": {
        "dataValues": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["dataElement", "period", "orgUnit", "value"],
                "additionalProperties": False,
                "properties": {
                    "dataElement": IDENTIFIER,
                    "period": {"type": "string", "pattern": PERIOD},
                    "orgUnit": IDENTIFIER,
                    "value": {"type": "string", "pattern": NUMERIC, "maxLength": 249},
                    "comment": {"type": "string", "maxLength": 50000},
                    "followup": {"type": "boolean"},
                },
            },
        }
    },
}


def named(longest_code: int = 50) -> dict[str, Any]:
    return {
        "id": IDENTIFIER,
        "code": {**TEXT, "maxLength": longest_code},
        "name": {**TEXT, "maxLength": 230},
        "shortName": {**TEXT, "maxLength": 50},
    }


REFERENCE = {"type": "object", "required": ["id"], "properties": {"id": IDENTIFIER}, "additionalProperties": False}
METADATA = {  # what OrganisationUnit, DataElement and DataSet of dhis2-core require
    "type": "object",
    "required": ["organisationUnits", "dataElements", "dataSets"],
    "additionalProperties": False,
    "properties": {
        "organisationUnits": {
            "type": "array",
            "items": {
                "required": ["id", "code", "name", "shortName", "openingDate"],
                "properties": {**named(), "openingDate": {"type": "string", "format": "date"}, "parent": REFERENCE},
                "additionalProperties": False,
            },
        },
        "dataElements": {
            "type": "array",
            "items": {
                "required": ["id", "name", "shortName", "domainType", "valueType", "aggregationType", "categoryCombo"],
                "properties": {
                    **named(),
                    "description": TEXT,
                    "domainType": {"const": "AGGREGATE"},
                    "valueType": {"const": "NUMBER"},
                    "aggregationType": {"const": "NONE"},
                    "zeroIsSignificant": {"const": True},
                    "categoryCombo": {"const": {"id": DEFAULT_COMBINATION}},
                    "translations": {"type": "array"},
                },
                "additionalProperties": False,
            },
        },
        "dataSets": {
            "type": "array",
            "items": {
                "required": ["id", "name", "shortName", "periodType", "categoryCombo", "dataSetElements"],
                "properties": {
                    **named(),
                    "periodType": {"enum": ["Yearly", "FinancialSep"]},
                    "openFuturePeriods": {"type": "integer", "minimum": 0},
                    "categoryCombo": {"const": {"id": DEFAULT_COMBINATION}},
                    "dataSetElements": {"type": "array", "items": {"properties": {"dataElement": REFERENCE}}},
                    "organisationUnits": {"type": "array", "items": REFERENCE},
                },
                "additionalProperties": False,
            },
        },
    },
}


@pytest.fixture(scope="module")
def files(content: ExportContent) -> dict[str, Any]:
    return {name: json.loads(data) for name, data in dhis2(content).items()}


def test_the_files_keep_the_documented_rules(files: dict[str, Any]) -> None:
    assert list(Draft202012Validator(DATA_VALUES).iter_errors(files["dataValueSets.json"])) == []
    assert list(Draft202012Validator(METADATA).iter_errors(files["metadata.json"])) == []


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("value", ""),
        ("value", "1E+3"),
        ("value", "07"),
        ("period", "2024/25"),
        ("orgUnit", "500000"),
        ("dataElement", "9bcdefghijk"),
    ],
)
def test_data_that_break_the_rules_are_refused(files: dict[str, Any], field: str, wrong: str) -> None:
    broken = {"dataValues": [{**files["dataValueSets.json"]["dataValues"][0], field: wrong}]}
    assert not Draft202012Validator(DATA_VALUES).is_valid(broken)


def test_what_is_read_back_is_what_was_exported_and_a_gap_is_no_value(
    files: dict[str, Any], content: ExportContent
) -> None:
    metadata = files["metadata.json"]
    elements = {one["id"]: one["code"] for one in metadata["dataElements"]}
    units = {one["id"]: one["code"] for one in metadata["organisationUnits"]}

    def placed(one: dict[str, Any]) -> tuple[str, str, str]:
        return elements[one["dataElement"]], units[one["orgUnit"]], one["period"]

    found = {placed(one): one["value"] for one in files["dataValueSets.json"]["dataValues"]}
    gaps = {placed(one): one["reason"] for one in files["gaps.json"]["gaps"]}
    assert len(found) == len(files["dataValueSets.json"]["dataValues"])
    wanted: dict[tuple[str, str, str], str] = {}
    missing: dict[tuple[str, str, str], str] = {}
    for one in figures(content):
        if one.chosen:
            mark = ".simulated" if one.nature == "simulated" else ""
            code = f"{one.row or one.indicator}.{one.measure}{mark}"
            if len(code) > 50:  # a longer one ends in eight digits of its hash
                (code,) = [other for other in elements.values() if other[:41] == code[:41] and "." not in other[41:]]
            key = code, one.unit, dhis2_period(one.period)
            (missing if one.value is None else wanted)[key] = one.missing or exact(one.value)
    assert found == wanted
    assert gaps == missing
    assert found["preschool.inclusive_coverage.computed.simulated", "500101", "2024Sep"] == "0"


def test_everything_referred_to_is_there_and_every_name_is_its_own(files: dict[str, Any]) -> None:
    metadata = files["metadata.json"]
    for kind in ("organisationUnits", "dataElements", "dataSets"):
        for field in ("id", "code", "name", "shortName"):
            names = [one[field] for one in metadata[kind]]
            assert len(set(names)) == len(names), (kind, field)
    held = {one["id"] for kind in ("organisationUnits", "dataElements") for one in metadata[kind]}
    asked = {one["parent"]["id"] for one in metadata["organisationUnits"] if "parent" in one}
    for one in metadata["dataSets"]:
        asked |= {element["dataElement"]["id"] for element in one["dataSetElements"]}
        asked |= {unit["id"] for unit in one["organisationUnits"]}
    for one in files["dataValueSets.json"]["dataValues"]:
        asked |= {one["dataElement"], one["orgUnit"]}
    assert asked <= held


def test_a_data_set_takes_the_goals_of_the_future_and_a_school_year_its_own(files: dict[str, Any]) -> None:
    by_type = {one["periodType"]: one for one in files["metadata.json"]["dataSets"]}
    assert set(by_type) == {"Yearly", "FinancialSep"}
    assert by_type["Yearly"]["openFuturePeriods"] == 2027 - 2025 + 1
    assert by_type["FinancialSep"]["openFuturePeriods"] == 0
    assert len(by_type["FinancialSep"]["organisationUnits"]) == 4


def test_simulated_data_are_named_so_and_stay_apart_from_what_was_published(files: dict[str, Any]) -> None:
    elements = [one for one in files["metadata.json"]["dataElements"] if one["code"].endswith(".simulated")]
    assert {one["code"] for one in elements} == {"preschool.inclusive_coverage.computed.simulated"}
    assert all(one["name"].startswith("（模拟数据）") for one in elements)
    ids = {one["id"] for one in elements}
    values = [one for one in files["dataValueSets.json"]["dataValues"] if one["dataElement"] in ids]
    assert len(values) == 4
    assert all(one["comment"].startswith("模拟数据") for one in values)


def test_a_doubtful_value_is_marked_and_its_bound_stands_in_the_comment(files: dict[str, Any]) -> None:
    element = uid("dataElement", "opening-up/row-04.value")
    (found,) = [one for one in files["dataValueSets.json"]["dataValues"] if one["dataElement"] == element]
    assert (found["value"], found["followup"]) == ("10000", True)
    assert "超过10000" in found["comment"]


def test_ids_are_the_same_in_every_run_and_long_names_fit(content: ExportContent) -> None:
    assert uid("dataElement", "a") == uid("dataElement", "a")
    assert uid("dataElement", "a") != uid("organisationUnit", "a")
    assert all(re.fullmatch(UID, uid("x", str(number))) for number in range(500))
    first, *others = content.rows
    long = replace(first, row=replace(first.row, id="p" * 60 + "/row-01", label="名" * 300))
    one = computed("500101", "2024/25", "-0.50")
    made = dhis2(replace(content, rows=(long, *others), computed=(replace(one, value=Decimal("-0.50")),)))
    assert list(Draft202012Validator(METADATA).iter_errors(json.loads(made["metadata.json"]))) == []
    assert list(Draft202012Validator(DATA_VALUES).iter_errors(json.loads(made["dataValueSets.json"]))) == []
    assert "-0.5" in {value["value"] for value in json.loads(made["dataValueSets.json"])["dataValues"]}


def test_periods_are_written_as_dhis2_writes_them() -> None:
    assert (dhis2_period("2024"), dhis2_period("2024/25")) == ("2024", "2024Sep")
