"""The real forms of the packs: every rule compiles, every template is written and read back."""

from pathlib import Path

import polars as pl
import pytest

from duibiao.intake.checks import CheckContext, run_checks
from duibiao.intake.sheet import read_sheet
from duibiao.intake.template import write_template
from duibiao.kernel.period import Period
from duibiao.metrics.form import Form
from duibiao.metrics.unit import Unit, UnitKind
from duibiao.workspace import Workspace
from tests.unit.intake.sample import CITY, DISTRICT, school

FORMS = sorted(path.stem for path in (Path(__file__).parents[3] / "packs").glob("*/forms/*.yaml"))


def unit_of(form: Form) -> Unit:
    if form.reporter is not UnitKind.SCHOOL:
        return DISTRICT if form.reporter is UnitKind.DISTRICT else CITY
    return school(1, school_kind=(*form.school_kinds, "211")[0].ljust(3, "1"))


@pytest.mark.parametrize("code", FORMS)
def test_a_form_of_the_packs_goes_out_and_comes_back(workspace: Workspace, tmp_path: Path, code: str) -> None:
    content = workspace.content
    form = next(one for one in content.forms.values() if one.code == code)
    unit, period = unit_of(form), Period(2024, form.period)
    path = tmp_path / "t.xlsx"
    write_template(path, form, content.elements, [unit], None, period, simulated=True)
    sheet = read_sheet(path, form, content.elements, {unit.code: unit}, period)
    assert sheet.problems == ()
    stages = content.stage_rule.split if content.stage_rule else None
    context = CheckContext(last_year=sheet.rows, peers=sheet.rows, stages=stages)
    found = run_checks(form, content.elements, sheet.rows, context=context)
    required = [one.element for one in form.fields if one.required and one.element in form.asked]
    assert {one.element for one in found if one.problem.code == "INTAKE-BLANK"} == set(required)
    # With every answer 0 the rules are decided one way or the other, and none crashes.
    zeros = sheet.rows.with_columns(pl.lit(0, dtype=pl.Int64).alias(one) for one in form.columns)
    run_checks(form, content.elements, zeros, context=CheckContext(last_year=zeros, peers=zeros, stages=stages))
