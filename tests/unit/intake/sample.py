"""A small form of real shape for the tests of intake: one district, three schools, every type of element."""

from decimal import Decimal
from typing import Any

from duibiao.kernel.period import Period, PeriodKind
from duibiao.kernel.problem import Where
from duibiao.kernel.text import Text
from duibiao.metrics.element import DataElement, ElementChoice, ElementRollUp, Stage, ValueType
from duibiao.metrics.form import Asked, Check, CheckKind, CheckLevel, Form, FormField, FormSection
from duibiao.metrics.unit import Unit, UnitKind

HERE = Where("tests/unit/intake/sample.py")
PERIOD = Period(2024, PeriodKind.SCHOOL_YEAR)


def element(code: str, label: str, unit: str = "人", **more: Any) -> DataElement:
    values: dict[str, Any] = {
        "version": "1", "definition": f"{label}的口径。", "type": ValueType.COUNT, "decimals": 0, "minimum": Decimal(0),
        "maximum": None, "stage": Stage.PRIMARY, "owner": "发展规划处", "rollup": ElementRollUp.SUM,
    }  # fmt: skip
    return DataElement(code=code, label=Text(label), unit=unit, **(values | more))


ELEMENTS = {
    one.code: one
    for one in (
        element("pupils", "在校学生数", maximum=Decimal(20000)),
        element("pupils_girls", "其中：女"),
        element("pupils_boys", "其中：男"),
        element("teachers", "专任教师数"),
        element("floor_area", "校舍建筑面积", "平方米", type=ValueType.QUANTITY, decimals=2),
        element("pass_rate", "体质测试合格率", "%", type=ValueType.QUANTITY, decimals=1, maximum=Decimal(100),
                rollup=ElementRollUp.NONE),
        element("has_network", "是否接入教育专网", "", type=ValueType.FLAG),
        element("campus", "校园类型", "", type=ValueType.CHOICE, rollup=ElementRollUp.NONE,
                choices=(ElementChoice(1, Text("独立校园")), ElementChoice(2, Text("合用校园")))),
        element("places", "学位数", "个"),
    )
}  # fmt: skip


def field(code: str, required: bool = True, asked: Asked = Asked.NEW) -> FormField:
    return FormField(code, required, asked, HERE)


def check(code: str, kind: CheckKind, expression: str, limit: str | None = None, level: str = "error") -> Check:
    words = Text(f"{code}：请核对", f"{code}: please check")
    return Check(code, kind, CheckLevel(level), expression, Decimal(limit) if limit else None, words, HERE)


FORM = Form(
    code="primary_basic",
    label=Text("小学基本情况报表", "primary basics"),
    version="3",
    period=PeriodKind.SCHOOL_YEAR,
    reporter=UnitKind.SCHOOL,
    school_kinds=("211", "312"),
    opens=(9, 1),
    due=(10, 15),
    sections=(
        FormSection(Text("学生"), (field("pupils"), field("pupils_girls"), field("pupils_boys"))),
        FormSection(
            Text("教师和校舍"),
            (field("teachers"), field("floor_area", required=False), field("pass_rate", required=False)),
        ),
        FormSection(Text("条件"), (field("has_network"), field("campus"), field("places", asked=Asked.REUSED))),
    ),
    checks=(
        check("SEX-SUM", CheckKind.ROW, "pupils = pupils_girls + pupils_boys"),
        check("PUPILS-CHANGE", CheckKind.CHANGE, "pupils", "0.3", "question"),
        check("RATIO-PEERS", CheckKind.PEERS, "pupils / teachers", "3.5", "question"),
    ),
    source="测试用",
)  # fmt: skip
DISTRICT = Unit("500156", "武隆区（模拟）", UnitKind.DISTRICT, "500000")
OTHER_DISTRICT = Unit("500103", "渝中区（模拟）", UnitKind.DISTRICT, "500000")
CITY = Unit("500000", "重庆市（模拟）", UnitKind.CITY)


def school(number: int, district: str = "500156", **more: Any) -> Unit:
    values: dict[str, Any] = {"school_kind": "211", "location_type": "210", "ownership": "public"}
    return Unit(f"SIM{number:07}", f"第{number}小学（模拟）", UnitKind.SCHOOL, district, **(values | more))


SCHOOLS = tuple(school(number) for number in (1, 2, 3))
STRANGER = school(99, "500103")
UNITS = {unit.code: unit for unit in (CITY, DISTRICT, OTHER_DISTRICT, *SCHOOLS, STRANGER)}
ANSWERS: dict[str, Any] = {
    "pupils": 120, "pupils_girls": 58, "pupils_boys": 62, "teachers": 10, "floor_area": 3456.78, "pass_rate": 95.5,
    "has_network": "是", "campus": "1 独立校园",
}  # fmt: skip
STORED = {
    "pupils": 120, "pupils_girls": 58, "pupils_boys": 62, "teachers": 10, "floor_area": 345678, "pass_rate": 955,
    "has_network": 1, "campus": 1, "places": None,
}  # fmt: skip
