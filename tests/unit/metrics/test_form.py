"""Forms: who reports and when, what is asked once, and what is shown again."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from duibiao.kernel.period import Period, PeriodKind
from duibiao.kernel.problem import Report
from duibiao.kernel.reading import read_yaml
from duibiao.metrics.form import Asked, Form, check_forms, read_form
from duibiao.metrics.unit import Unit, UnitKind
from duibiao.workspace import Workspace

BASE = Path(__file__).parents[2] / "broken" / "base" / "forms"
TEXT = (BASE / "demo.yaml").read_text(encoding="utf-8")
SCHOOL = Unit("S", "校", UnitKind.SCHOOL, school_kind="312")


def read(text: str, tmp_path: Path, name: str = "form.yaml") -> tuple[Form, Report]:
    file, report = tmp_path / name, Report()
    file.write_text(text, encoding="utf-8")
    return read_form(read_yaml(file, file.name, report)), report


def test_a_form_knows_its_columns_and_what_it_asks(workspace: Workspace) -> None:
    form = workspace.content.forms["kindergarten_finance"]
    assert form.columns[:2] == ("appropriation_kindergarten_operating", "subsidy_inclusive_private")
    assert form.asked == form.columns[:4]
    assert {field.element for field in form.fields if field.asked is Asked.REUSED} == set(form.columns[4:])


@pytest.mark.parametrize(
    ("unit", "reports"),
    [
        (SCHOOL, True),
        (Unit("S", "校", UnitKind.SCHOOL, school_kind="211"), True),
        (Unit("S", "园", UnitKind.SCHOOL, school_kind="111"), False),
        (Unit("S", "校", UnitKind.SCHOOL), False),  # a school whose kind is not known is asked by no form of kinds
        (Unit("D", "区", UnitKind.DISTRICT), False),
    ],
)
def test_who_reports(unit: Unit, reports: bool, tmp_path: Path) -> None:
    assert read(TEXT, tmp_path)[0].reported_by(unit) is reports


def test_a_form_without_kinds_is_for_every_unit_of_its_kind(tmp_path: Path) -> None:
    form, _ = read(TEXT.replace("school_kinds: ['2', '3']\n", ""), tmp_path)
    assert form.reported_by(Unit("S", "校", UnitKind.SCHOOL))


@pytest.mark.parametrize(
    ("period", "opens", "due", "wanted"),
    [
        ("school_year", "09-01", "10-15", (date(2024, 9, 1), date(2024, 10, 15))),
        ("school_year", "05-01", "06-30", (date(2025, 5, 1), date(2025, 6, 30))),  # in the spring of 2024/25
        ("year", "01-05", "03-31", (date(2025, 1, 5), date(2025, 3, 31))),  # after the year has ended
    ],
)
def test_when_a_return_is_due(period: str, opens: str, due: str, wanted: tuple[date, date], tmp_path: Path) -> None:
    text = TEXT.replace("period: school_year", f"period: {period}")
    form, report = read(text.replace("opens: 09-01", f"opens: {opens}").replace("due: 10-15", f"due: {due}"), tmp_path)
    assert report.problems == []
    asked = Period(2024, PeriodKind(period))
    assert (form.opens_on(asked), form.due_on(asked)) == wanted


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("due: 10-15", "due: 13-01", "FORM-DAY"),
        ("due: 10-15", "due: 10-32", "FORM-DAY"),
        ("due: 10-15", "due: October", "FORM-DAY"),
        ("code: books_peers", "code: pupils_change", "CODE-TWICE"),
        ("kind: change", "kind: row", "FORM-CHECK-LIMIT"),
        ("reporter: school", "reporter: district", "PACK-CHOICE"),
        ("reporter: school", "reporter: teacher", "PACK-CHOICE"),
        ("level: question\n  expression: books", "level: hint\n  expression: books", "PACK-CHOICE"),
    ],
)
def test_a_faulty_form_is_told(old: str, new: str, code: str, tmp_path: Path) -> None:
    assert TEXT.count(old) == 1
    assert {one.code for one in read(TEXT.replace(old, new), tmp_path)[1].problems} == {code}


def test_a_form_without_a_question_is_told(tmp_path: Path) -> None:
    head = TEXT.split("sections:")[0]
    assert [(one.code, one.where.field) for one in read(head, tmp_path)[1].problems] == [
        ("PACK-FIELD-MISSING", "sections")
    ]


def test_an_element_stands_once_in_a_form_even_as_reused(workspace: Workspace, tmp_path: Path) -> None:
    text = TEXT.replace("pupils_primary,", "students_primary,").replace("pupils_junior,", "students_junior,")
    text = text.replace("- {element: books}", "- {element: books}\n  - {element: books, asked: reused}")
    form, _ = read(text, tmp_path)
    report = Report()
    check_forms({form.code: form}, workspace.content.elements, report)
    assert [one.code for one in report.problems] == ["ELEMENT-TWICE"]


@pytest.mark.parametrize(("kinds", "told"), [("['2']", []), ("['211']", []), ("['4']", ["ELEMENT-NOT-ASKED"])])
def test_what_is_reused_comes_from_a_form_the_same_schools_fill_in(
    kinds: str, told: list[str], workspace: Workspace, tmp_path: Path
) -> None:
    asking, _ = read(TEXT.replace("pupils_", "students_"), tmp_path, "a.yaml")
    follow = (BASE / "follow.yaml").read_text(encoding="utf-8").replace("pupils_", "students_")
    showing, _ = read(
        follow.replace("reporter: school", f"reporter: school\nschool_kinds: {kinds}"), tmp_path, "b.yaml"
    )
    report = Report()
    check_forms({one.code: one for one in (asking, showing)}, workspace.content.elements, report)
    assert [one.code for one in report.problems] == told


def test_a_functional_zone_is_asked_what_a_district_is_asked(tmp_path: Path) -> None:
    """Its schools are a leaf group of their own: somebody must say how many children of that age live there."""
    form = replace(read(TEXT, tmp_path)[0], reporter=UnitKind.DISTRICT, school_kinds=())
    zone, city = Unit("CQ-GX", "高新区", UnitKind.FUNCTIONAL_ZONE), Unit("500000", "市", UnitKind.CITY)
    assert form.reported_by(zone)
    assert not form.reported_by(city)
    assert not replace(form, reporter=UnitKind.CITY).reported_by(zone)
    assert not read(TEXT, tmp_path)[0].reported_by(zone)
