"""The real forms of the packs: every rule compiles, every template is written and read back."""

from pathlib import Path

import openpyxl
import polars as pl
import pytest

from duibiao.intake.checks import CheckContext, run_checks
from duibiao.intake.layout import ANSWERS, GUIDE
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


def page_of(workspace: Workspace, path: Path, form: str, kind: str) -> dict[str, tuple[str, str, str, str]]:
    """The page of a school of a kind: element → label, unit of measure, fill of the answer, what stands beside it."""
    content = workspace.content
    chosen, unit = content.forms[form], school(1, school_kind=kind)
    period = Period(2025, chosen.period)
    write_template(path, chosen, content.elements, [unit], None, period, applicability=content.applicability)
    rows = openpyxl.load_workbook(path)[ANSWERS].iter_rows(min_row=8)
    return {str(row[0].value): (row[1].value, row[2].value, row[3].fill.patternType, row[5].value) for row in rows}


def test_a_vocational_school_is_not_asked_for_rooms_no_indicator_counts(workspace: Workspace, tmp_path: Path) -> None:
    page = page_of(workspace, tmp_path / "a.xlsx", "school_conditions", "365")
    assert page["area_teaching"][0] == "教学及辅助用房面积"  # no star: nobody waits for it
    assert page["area_teaching"][2] not in (None, "solid")  # hatched
    assert page["area_teaching"][3] == "这类学校不需填"
    assert page["area_building"][0] == "＊校舍建筑面积"
    assert page["students_primary"][3] == "本校没有这个学段"
    assert page["wifi_full"][1] == "是/否"
    words = {cell.value for row in openpyxl.load_workbook(tmp_path / "a.xlsx")[GUIDE].iter_rows() for cell in row}
    assert "本次仅需补报 7 项" in words  # of 14
    assert "注意：统计时点为学年初9月1日" in words


def test_a_university_reads_its_choices_apart(workspace: Workspace, tmp_path: Path) -> None:
    page = page_of(workspace, tmp_path / "a.xlsx", "higher_institution", "411")
    assert page["institution_category"][1] == "选项"
    assert page["area_practice"][3] == "这类学校不需填"
    words = {cell.value for row in openpyxl.load_workbook(tmp_path / "a.xlsx")[GUIDE].iter_rows() for cell in row}
    assert "1 综合、师范、民族；2 工科、农、林；3 医学；4 语文、财经、政法；5 体育；6 艺术" in words
