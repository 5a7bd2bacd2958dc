"""A primary school is not asked for the pupils of a junior school: in the task, the template, the checks, the page."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from duibiao.intake.checks import CheckContext, run_checks
from duibiao.intake.due import due_returns
from duibiao.intake.findings import CellProblem, FindingLevel
from duibiao.intake.layout import ANSWERS, GUIDE
from duibiao.intake.signpage import write_sign_page
from duibiao.intake.submit import ReportingPlan, check_file, store_mark, submit_file, template_inputs
from duibiao.intake.template import write_template
from duibiao.kernel.problem import UserError
from duibiao.kernel.text import Text
from duibiao.metrics.applicability import EVERYBODY, Applicability
from duibiao.metrics.code_list import CodeList
from duibiao.metrics.element import Stage
from duibiao.metrics.form import CheckKind, FormSection
from duibiao.store.steps import possible
from duibiao.store.store import Store
from duibiao.store.workflow import Actor, ActorRole, ReportAction
from tests.unit.intake.filling import fill
from tests.unit.intake.sample import CITY, DISTRICT, FORM, PERIOD, check, element, field, school

ELEMENTS = {
    one.code: one
    for one in (
        element("primary", "小学在校生数", verify="C"),
        element("junior", "初中在校生数", stage=Stage.JUNIOR, verify="A"),
        element("junior_classes", "初中班数", "个", stage=Stage.JUNIOR),
        element("rooms", "教室数", "间", stage=Stage.ALL),
    )
}
FORM_ = replace(
    FORM,
    sections=(FormSection(Text("学生"), tuple(field(code) for code in ELEMENTS)),),
    checks=(check("CROWDED", CheckKind.ROW, "primary <= rooms * 60", level="question"),),
)
KINDS = CodeList(
    "school_kind",
    Text("办学类型"),
    {"211": Text("小学"), "312": Text("九年一贯制学校"), "349": Text("不详")},
    "C",
    "",
    stages={"211": (Stage.PRIMARY,), "312": (Stage.PRIMARY, Stage.JUNIOR)},
)
APPLICABLE = Applicability.of(ELEMENTS, KINDS)
PLAN = ReportingPlan(FORM_, PERIOD, ELEMENTS, {FORM_.code: FORM_}, applicability=APPLICABLE)
PRIMARY, NINE_YEARS = school(1), school(2, school_kind="312")
UNITS = (CITY, DISTRICT, PRIMARY, NINE_YEARS)
KEEPER = Actor("市统计处", CITY.code, ActorRole.PUBLISHER)
OFFICE = Actor("区填报员", DISTRICT.code, ActorRole.REPORTER)
REVIEWER = Actor("区审核员", DISTRICT.code, ActorRole.REVIEWER)
TODAY = date(2024, 10, 8)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(f"sqlite:///{tmp_path / 'store.db'}", simulated=True) as found:
        found.put_units(KEEPER, UNITS, date(2020, 1, 1))
        found.open_reports(KEEPER, FORM_, PERIOD)
        yield found


def rows(*cells: dict[str, int | None], kind: str = "211") -> pl.DataFrame:
    keys = {"district": "500156", "school_kind": kind, "location_type": "210", "ownership": "public"}
    return pl.DataFrame(
        [{"unit": f"S{place}"} | keys | {code: row.get(code) for code in ELEMENTS} for place, row in enumerate(cells)],
        schema_overrides=dict.fromkeys(ELEMENTS, pl.Int64),
    )


def found_in(table: pl.DataFrame, faulty: tuple[tuple[str, str], ...] = ()) -> list[CellProblem]:
    return run_checks(FORM_, ELEMENTS, table, context=CheckContext(applicability=APPLICABLE, faulty=faulty))


def test_what_concerns_a_kind_of_school() -> None:
    assert APPLICABLE.outside(ELEMENTS, "211") == {"junior", "junior_classes"}
    assert APPLICABLE.outside(ELEMENTS, "312") == frozenset()
    assert APPLICABLE.outside(ELEMENTS, "349") == frozenset()  # its stages are not stated: nothing is taken away
    assert APPLICABLE.kinds_without(Stage.JUNIOR) == ("211",)
    assert APPLICABLE.kinds_without(Stage.ALL) == ()
    assert EVERYBODY.concerns("junior", "211")
    assert not Applicability.of(ELEMENTS, None).outside(ELEMENTS, "211")


def test_a_stage_the_school_does_not_teach_is_not_required_and_asked_about_when_filled_in() -> None:
    assert found_in(rows({"primary": 500, "rooms": 20})) == []
    assert found_in(rows({"primary": 500, "rooms": 20, "junior": 0})) == []  # a zero is nobody's slip
    blank = found_in(rows({"primary": 500, "rooms": 20}, kind="312"))
    assert [(one.problem.code, one.element) for one in blank] == [
        ("INTAKE-BLANK", "junior"),
        ("INTAKE-BLANK", "junior_classes"),
    ]
    (slip,) = found_in(rows({"primary": 500, "rooms": 20, "junior": 90, "junior_classes": 2}))
    assert (slip.problem.code, slip.element, slip.level) == ("INTAKE-STAGE", "junior", FindingLevel.QUESTION)
    assert "没有初中学段，却填了初中在校生数、初中班数" in slip.problem.message.zh
    assert "junior secondary" in slip.problem.message.en


def test_a_cell_with_an_error_of_its_own_is_not_told_once_more_by_a_rule() -> None:
    crowded = rows({"primary": 5000, "rooms": 2})
    assert [one.check for one in found_in(crowded)] == ["CROWDED"]
    assert found_in(crowded, faulty=(("S0", "rooms"),)) == []
    (told,) = found_in(rows({"primary": 500, "rooms": -1}))
    assert told.problem.code == "INTAKE-RANGE"


def test_the_task_counts_only_what_concerns_the_school(store: Store) -> None:
    due = {one.unit: one for one in due_returns(store, OFFICE, [FORM_], PERIOD, applicability=APPLICABLE)}
    assert {code: (one.asked, one.to_report) for code, one in due.items()} == {
        PRIMARY.code: (2, 2),
        NINE_YEARS.code: (4, 4),
    }
    assert due[PRIMARY.code].missing == ("primary", "rooms")


def made(store: Store, path: Path, actor: Actor, *units: str) -> Path:
    chosen, known, last, seen = template_inputs(store, actor, PLAN, units)
    write_template(
        path, FORM_, ELEMENTS, chosen, known, PERIOD, last_year=last, seen=seen, store=store_mark(store),
        simulated=True, applicability=APPLICABLE,
    )  # fmt: skip
    return path


def test_the_template_marks_it_and_says_how_far_definitions_were_checked(store: Store, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(made(store, tmp_path / "a.xlsx", OFFICE, PRIMARY.code))
    told = {row[0].value: (row[3].fill.patternType, row[5].value) for row in book[ANSWERS].iter_rows(min_row=8)}
    assert told["primary"][0] == "solid"
    assert told["junior"][0] not in (None, "solid")
    assert "本校没有这个学段，不需填" in str(told["junior"][1])
    assert not book[ANSWERS]["D10"].protection.locked  # attached classes may still be reported
    words = [cell.value for row in book[GUIDE].iter_rows() for cell in row if cell.value]
    assert "本次仅需补报 2 项" in words
    assert any("按办学类型不涉及 2 格" in str(word) for word in words)
    assert any("口径核实：凭记忆，未核实 1 个，本项目自拟 2 个" in str(word) for word in words)
    assert {"凭记忆，未核实", "已见原文", "本项目自拟"} <= set(words)
    every = openpyxl.load_workbook(made(store, tmp_path / "b.xlsx", OFFICE, PRIMARY.code, NINE_YEARS.code))
    patterns = {
        (row[0].value, place): cell.fill.patternType
        for row in every[ANSWERS].iter_rows(min_row=9, max_row=10)
        for place, cell in enumerate(row[2:])
    }
    assert patterns[PRIMARY.code, 1] != "solid"
    assert patterns[NINE_YEARS.code, 1] == "solid"


def test_the_sign_page_leaves_it_out(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "s.xlsx"
    state = store.report(KEEPER, FORM_.code, PRIMARY.code, PERIOD)
    outside = APPLICABLE.outside(FORM_.asked, "211")
    values: dict[str, int | None] = {"primary": 500, "rooms": 20, "junior": None, "junior_classes": None}
    write_sign_page(path, FORM_, ELEMENTS, state, PRIMARY.name, values, TODAY, outside=outside)
    words = {cell.value for row in openpyxl.load_workbook(path).active.iter_rows() for cell in row}
    assert {"小学在校生数", "教室数"} <= words
    assert not {"初中在校生数", "初中班数"} & words
    write_sign_page(path, FORM_, ELEMENTS, state, PRIMARY.name, values | {"junior": 9}, TODAY, outside=outside)
    assert "初中在校生数" in {cell.value for row in openpyxl.load_workbook(path).active.iter_rows() for cell in row}


def test_whoever_was_not_asked_to_fill_in_for_a_school_is_told_so_before_and_after(
    store: Store, tmp_path: Path
) -> None:
    path = fill(
        made(store, tmp_path / "t.xlsx", OFFICE, PRIMARY.code, NINE_YEARS.code),
        tmp_path / "f.xlsx",
        {PRIMARY.code: {"primary": 500, "rooms": 20}},
    )
    for hand_in in (check_file, submit_file):
        with pytest.raises(UserError, match="ACCESS-DELEGATE"):
            hand_in(store, OFFICE, path, PLAN, today=TODAY)
    # The school is delegated; the file made before that is still true, for no value changed.
    state = store.report(REVIEWER, FORM_.code, PRIMARY.code, PERIOD)
    store.delegate(REVIEWER, [state.seen], DISTRICT.code, "学校没有网络")
    assert check_file(store, OFFICE, path, PLAN, today=TODAY).refused == (NINE_YEARS.code,)
    assert submit_file(store, OFFICE, path, PLAN, today=TODAY).submitted == (PRIMARY.code,)
    # What somebody saved since then is still never overwritten.
    store.return_(REVIEWER, [store.report(REVIEWER, FORM_.code, PRIMARY.code, PERIOD).seen], "请核对")
    again = fill(path, tmp_path / "g.xlsx", {PRIMARY.code: {"primary": 501, "rooms": 20}})
    with pytest.raises(UserError, match="REPORT-STALE"):
        submit_file(store, OFFICE, again, PLAN, today=TODAY)


def test_a_return_that_was_handed_over_keeps_no_other_row_out(store: Store, tmp_path: Path) -> None:
    state = {unit: store.report(REVIEWER, FORM_.code, unit, PERIOD) for unit in (PRIMARY.code, NINE_YEARS.code)}
    store.delegate(REVIEWER, [one.seen for one in state.values()], DISTRICT.code, "学校没有网络")
    path = made(store, tmp_path / "t.xlsx", OFFICE, PRIMARY.code, NINE_YEARS.code)
    first = fill(path, tmp_path / "f.xlsx", {PRIMARY.code: {"primary": 500, "rooms": 20}})
    assert submit_file(store, OFFICE, first, PLAN, today=TODAY).submitted == (PRIMARY.code,)
    nine = {"primary": 300, "junior": 100, "junior_classes": 3, "rooms": 12}
    rest = {PRIMARY.code: {"primary": 499, "rooms": 20}, NINE_YEARS.code: nine}
    second = fill(made(store, path, OFFICE, PRIMARY.code, NINE_YEARS.code), tmp_path / "g.xlsx", rest)
    for hand_in in (check_file, submit_file):
        done = hand_in(store, OFFICE, second, PLAN, today=TODAY)
        assert [(one.unit, one.problem.code) for one in done.sheet.problems] == [(PRIMARY.code, "INTAKE-UNIT-LOCKED")]
        assert "已提交" in done.sheet.problems[0].problem.message.zh
    assert done.submitted == (NINE_YEARS.code,)
    (kept, _) = store.rows(KEEPER, FORM_, PERIOD)["primary"].to_pylist()
    assert kept == 500


def test_what_waits_for_an_office_is_what_it_may_accept_now(store: Store, tmp_path: Path) -> None:
    for unit, rest in ((PRIMARY.code, {}), (NINE_YEARS.code, {"junior": 100, "junior_classes": 3})):
        school_ = Actor(f"{unit}填报人", unit, ActorRole.REPORTER)
        path = fill(
            made(store, tmp_path / "t.xlsx", school_, unit),
            tmp_path / "f.xlsx",
            {unit: {"primary": 300, "rooms": 12} | rest},
        )
        assert submit_file(store, school_, path, PLAN, today=TODAY).submitted == (unit,)
    store.accept(REVIEWER, [store.report(REVIEWER, FORM_.code, PRIMARY.code, PERIOD).seen])

    def waiting(actor: Actor) -> list[str]:
        states = store.reports(actor, FORM_.code, PERIOD)
        return [one.unit for one in possible(store.tree(), actor, ReportAction.ACCEPT, states)]

    assert waiting(REVIEWER) == [NINE_YEARS.code]
    assert waiting(Actor("市审核员", CITY.code, ActorRole.REVIEWER)) == [PRIMARY.code]
    assert waiting(OFFICE) == []
