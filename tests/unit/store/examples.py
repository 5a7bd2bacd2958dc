"""A city of two districts and five schools, two forms, and wide tables for them; every name is invented."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from duibiao.kernel.period import PartialDate, Period, PeriodKind
from duibiao.kernel.problem import Where
from duibiao.kernel.text import Text
from duibiao.metrics.element import DataElement, ElementRollUp, Stage, ValueType
from duibiao.metrics.form import Asked, Form, FormField, FormSection
from duibiao.metrics.unit import Unit, UnitKind
from duibiao.store.layout import form_schema

NOON = datetime(2024, 10, 8, 12, 0, tzinfo=UTC)
HERE = Where("examples.py")


def element(code: str, kind: ValueType = ValueType.COUNT, decimals: int = 0, unit: str = "人") -> DataElement:
    return DataElement(
        code=code,
        label=Text(f"测试{code}"),
        version="2024",
        definition="测试用数据元",
        unit=unit,
        type=kind,
        decimals=decimals,
        minimum=Decimal(0),
        maximum=None,
        stage=Stage.ALL,
        owner="测试",
        rollup=ElementRollUp.SUM,
    )


ELEMENTS = {
    found.code: found
    for found in (
        element("pupils"),
        element("teachers"),
        element("floor_area", ValueType.QUANTITY, 2, "平方米"),
        element("books", unit="册"),
        element("budget", ValueType.QUANTITY, 2, "万元"),
    )
}


def form(code: str, asked: tuple[str, ...], reused: tuple[str, ...] = (), **changes: object) -> Form:
    fields = [*((name, Asked.NEW) for name in asked), *((name, Asked.REUSED) for name in reused)]
    facts: dict[str, object] = {
        "code": code,
        "label": Text(f"测试报表{code}"),
        "version": "2024",
        "period": PeriodKind.SCHOOL_YEAR,
        "reporter": UnitKind.SCHOOL,
        "school_kinds": (),
        "opens": (9, 1),
        "due": (10, 10),
        "sections": (FormSection(Text("一"), tuple(FormField(name, True, how, HERE) for name, how in fields)),),
        "checks": (),
    }
    return Form(**{**facts, **changes})  # type: ignore[arg-type]  # any field of a form


SCHOOL = form("school", ("pupils", "teachers", "floor_area"))
LIBRARY = form("library", ("books",), ("pupils",))
FINANCE = form("finance", ("budget",), reporter=UnitKind.DISTRICT)
FORMS = {found.code: found for found in (SCHOOL, LIBRARY, FINANCE)}
AUTUMN = Period(2024, PeriodKind.SCHOOL_YEAR)


def unit(code: str, kind: UnitKind, parent: str = "", **changes: object) -> Unit:
    return Unit(code=code, name=f"测试单位{code}", kind=kind, parent=parent, **changes)  # type: ignore[arg-type]  # any field of a unit


UNITS = (
    unit("990000", UnitKind.CITY),
    unit("990101", UnitKind.DISTRICT, "990000"),
    unit("990102", UnitKind.DISTRICT, "990000", valid_from=PartialDate(2020), breaks=(date(2022, 9, 1),)),
    unit("S1", UnitKind.SCHOOL, "990101", school_kind="211", location_type="111", ownership="public"),
    unit("S2", UnitKind.SCHOOL, "990101", school_kind="312", location_type="121", ownership="public"),
    unit("S3", UnitKind.SCHOOL, "990102", school_kind="211", location_type="220", ownership="private"),
    unit("S4", UnitKind.SCHOOL, "990102", school_kind="311", identifiers=(("school_id", "2150000001"),), tile=(1, 2)),
    unit("S5", UnitKind.SCHOOL, "990000", school_kind="341", location_type="111", ownership="public"),
)
DISTRICT_OF = {"S1": "990101", "S2": "990101", "S3": "990102", "S4": "990102", "S5": "990000"}


def wide(for_form: Form, rows: dict[str, dict[str, int | None]]) -> pa.Table:
    """A wide table in the whole layout of a form; what is not named is missing."""
    units = {found.code: found for found in UNITS}
    cells = [
        {
            "unit": code,
            "district": DISTRICT_OF.get(code, code),
            "school_kind": units[code].school_kind,
            "location_type": units[code].location_type,
            "ownership": units[code].ownership,
            **{name: values.get(name) for name in for_form.columns},
        }
        for code, values in rows.items()
    ]
    return pa.Table.from_pylist(cells, schema=form_schema(for_form))


def school_rows() -> pa.Table:
    return wide(
        SCHOOL,
        {
            "S4": {"pupils": 400, "teachers": 31, "floor_area": 512_050},
            "S1": {"pupils": 300, "teachers": None, "floor_area": 0},
            "S3": {"pupils": None, "teachers": 12, "floor_area": 99},
        },
    )


def files_under(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
