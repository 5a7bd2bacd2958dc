"""What the exports are tried on: the real action plans, simulated districts, and names nobody planned for."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from duibiao.kernel.text import Text
from duibiao.kernel.value import MissingReason
from duibiao.reports.exports.content import ComputedFigure, ExportContent, ExportedInput, ExportedUnit, of_plans
from duibiao.workspace import Workspace

DAY = date(2025, 12, 31)
HOSTILE = '=HYPERLINK("x")，䶮𠮷㐂“引号”；& <甲>\n第二行'
"""A name with a formula, characters beyond the BMP, quotes, markup and a line break."""
COVERAGE = "preschool.inclusive_coverage"
ENROLLED = "preschool.gross_enrolment_rate"


def computed(unit: str, period: str, value: str | None, **facts: object) -> ComputedFigure:
    """A simulated figure of the inclusive coverage, in percent, unless told otherwise."""
    known = {
        "indicator": COVERAGE,
        "label": Text("普惠性幼儿园覆盖率", "inclusive coverage"),
        "unit": unit,
        "period": period,
        "value": None if value is None else Decimal(value),
        "unit_of_measure": "%",
        "numerator": None,
        "denominator": None,
        "coverage": "3/3",
        "missing": MissingReason.NOT_REPORTED if value is None else None,
        "simulated": True,
    }
    return ComputedFigure(**(known | facts))  # type: ignore[arg-type]  # fields by name


@pytest.fixture(scope="session")
def real(workspace: Workspace) -> ExportContent:
    """The eight action plans on the reference day, with nothing added."""
    title, plans = workspace.plans()
    return of_plans(workspace, title, "action-plans", plans, DAY)


@pytest.fixture(scope="session")
def content(real: ExportContent) -> ExportContent:
    """The eight action plans, three simulated districts over two school years, and one row with a hostile name."""
    first, *others = real.rows
    hostile = replace(first, row=replace(first.row, label=HOSTILE, group="㙟"))
    figures = (
        computed("500000", "2023/24", "94.20", coverage="9/9"),
        computed("500000", "2024/25", "95.10", numerator=Decimal(951), denominator=Decimal(1000), coverage="9/9"),
        computed("500101", "2024/25", "0"),
        computed("500102", "2024/25", None),
        computed("500103", "2024/25", "88.005", missing=None),
        computed("500103", "2023/24", None, missing=MissingReason.SUPPRESSED),
    )
    units = (
        *real.units,
        *(ExportedUnit(code, f"{name}（模拟）", "500000", True) for code, name in
          (("500101", "万州区"), ("500102", "涪陵区"), ("500103", "䶮中区"))),
    )  # fmt: skip
    return replace(
        real,
        rows=(hostile, *others),
        computed=figures,
        units=units,
        inputs=(ExportedInput("plan", "packs/a.yaml", "0" * 64, "2025"),),
        mark=Text("模拟数据", "simulated data"),
    )
