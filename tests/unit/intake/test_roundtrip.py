"""The whole round through a real store, with real files, on SQLite and on PostgreSQL."""

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

from duibiao.intake.coloured import write_coloured
from duibiao.intake.delimited import read_json
from duibiao.intake.findings import FindingLevel
from duibiao.intake.layout import ISSUES
from duibiao.intake.standing import look_through
from duibiao.intake.submit import (
    ReportingPlan,
    Submission,
    check_file,
    refuse_unless_any,
    store_mark,
    submit_file,
    submit_json,
    take_in,
    template_inputs,
)
from duibiao.intake.template import write_template
from duibiao.kernel.period import Period, PeriodKind
from duibiao.kernel.problem import UserError
from duibiao.metrics.form import Asked, Form, FormSection
from duibiao.store.model import Origin
from duibiao.store.store import Store
from duibiao.store.workflow import Actor, ActorRole, ReportStatus
from tests.unit.intake.filling import colours, fill, opened, reply
from tests.unit.intake.sample import (
    ANSWERS,
    CITY,
    DISTRICT,
    ELEMENTS,
    FORM,
    OTHER_DISTRICT,
    PERIOD,
    SCHOOLS,
    STORED,
    STRANGER,
)
from tests.unit.intake.sample import field as form_field

PLACES_FORM = replace(
    FORM,
    code="primary_places",
    checks=(),
    sections=(FormSection(FORM.label, (form_field("places", asked=Asked.NEW),)),),
)
PLAN = ReportingPlan(FORM, PERIOD, ELEMENTS, {FORM.code: FORM, PLACES_FORM.code: PLACES_FORM})
LAST = Period(2023, PeriodKind.SCHOOL_YEAR)
KEEPER = Actor("市统计处", CITY.code, ActorRole.PUBLISHER)
IMPORTER = Actor("导入程序", CITY.code, ActorRole.SYSTEM)
DISTRICT_OFFICE = Actor("区填报员", DISTRICT.code, ActorRole.REPORTER)
TODAY = date(2024, 10, 8)


def reporter(unit: str) -> Actor:
    return Actor(f"{unit}填报人", unit, ActorRole.REPORTER)


class Clock:
    """Goes on by a second each time it is asked."""

    def __init__(self) -> None:
        self.at = datetime(2024, 10, 8, 4, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with Store.create(database_url, simulated=True, clock=Clock()) as found:
        units = [CITY, DISTRICT, OTHER_DISTRICT, *SCHOOLS, STRANGER]
        found.put_units(KEEPER, units, date(2020, 1, 1))
        for form in (FORM, PLACES_FORM):
            for period in (LAST, PERIOD):
                found.open_reports(KEEPER, form, period)
        yield found


def template(store: Store, folder: Path, actor: Actor, *units: str) -> Path:
    path = folder / "模板.xlsx"
    chosen, known, last, seen = template_inputs(store, actor, PLAN, units)
    write_template(
        path, FORM, ELEMENTS, chosen, known, PERIOD, last_year=last, seen=seen, store=store_mark(store), simulated=True
    )
    return path


def hand_in(store: Store, actor: Actor, path: Path, **more: object) -> Submission:
    return submit_file(store, actor, path, PLAN, today=TODAY, **more)  # type: ignore[arg-type]  # any further option


def finish(store: Store, unit: str, form: Form = FORM, period: Period = PERIOD) -> None:
    """Three people sign, the district and the city accept."""
    for role in (ActorRole.REPORTER, ActorRole.REVIEWER, ActorRole.PRINCIPAL):
        store.sign(Actor(f"{unit}{role.value}", unit, role), [store.report(IMPORTER, form.code, unit, period).seen])
    for top in (DISTRICT.code, CITY.code):
        state = store.report(IMPORTER, form.code, unit, period)
        store.accept(Actor(f"{top}审核人", top, ActorRole.REVIEWER), [state.seen])


def test_the_whole_round(store: Store, tmp_path: Path) -> None:
    school = SCHOOLS[0].code
    actor = reporter(school)
    # Out, filled in with two faults, and back coloured.
    path = fill(
        template(store, tmp_path, actor, school),
        tmp_path / "填好.xlsx",
        {school: ANSWERS | {"pupils": "一百二", "teachers": None}},
    )
    first = hand_in(store, actor, path)
    assert first.saved == ()
    assert first.refused == (school,)
    with pytest.raises(UserError, match="INTAKE-NOTHING"):
        refuse_unless_any(first)
    back = tmp_path / "退回.xlsx"
    write_coloured(path, first.sheet, back, ELEMENTS, {unit.code: unit for unit in store.units()}, simulated=True)
    red = {cell for cell, colour in colours(back).items() if colour == "F8B4B4"}
    assert red == {first.sheet.cell(school, "pupils"), first.sheet.cell(school, "teachers")}
    book, _ = opened(back)
    assert "在校学生数" in [row[4].value for row in book[ISSUES].iter_rows(min_row=6)]
    # Mended in the coloured file itself, and submitted.
    mended = fill(back, tmp_path / "改好.xlsx", {school: {"pupils": 120, "teachers": 10}})
    second = hand_in(store, actor, mended)
    assert second.submitted == (school,)
    assert second.sheet.problems == ()
    # The district returns it with a reason; it is corrected, signed, accepted and published.
    state = store.report(IMPORTER, FORM.code, school, PERIOD)
    store.return_(Actor("区审核人", DISTRICT.code, ActorRole.REVIEWER), [state.seen], "校舍面积请按产权证核对")
    again = template(store, tmp_path, actor, school)
    book, sheet = opened(again)
    known = {row[0].value: row[3].value for row in sheet.iter_rows(min_row=8)}
    assert known["pupils"] == 120
    assert known["campus"] == "1 独立校园"
    third = hand_in(store, actor, fill(again, tmp_path / "更正.xlsx", {school: {"floor_area": 3400.5}}))
    assert third.submitted == (school,)
    finish(store, school)
    snapshot = store.publish(
        KEEPER,
        tmp_path / "snapshots",
        title="测试",
        forms={FORM.code: FORM, PLACES_FORM.code: PLACES_FORM},
        elements=ELEMENTS,
    )
    row = next(row for row in snapshot.table(FORM.code, PERIOD.year).to_pylist() if row["unit"] == school)
    assert (row["unit"], row["pupils"], row["floor_area"]) == (school, 120, 340050)
    history = store.history(IMPORTER, FORM.code, school, PERIOD, "floor_area")
    assert [(one.value, one.file_name) for one in history] == [(345678, "改好.xlsx"), (340050, "更正.xlsx")]


def test_a_district_hands_in_part_and_resumes(store: Store, tmp_path: Path) -> None:
    codes = [unit.code for unit in SCHOOLS]
    lent(store, *codes)
    path = template(store, tmp_path, DISTRICT_OFFICE, *codes)
    answers = {code: dict(ANSWERS) for code in codes}
    answers[codes[1]]["pupils"] = 121  # girls and boys no longer add up
    first = hand_in(store, DISTRICT_OFFICE, fill(path, tmp_path / "a.xlsx", answers))
    assert first.submitted == (codes[0], codes[2])
    assert first.refused == (codes[1],)
    (problem,) = first.sheet.problems
    assert (problem.check, problem.also) == ("SEX-SUM", ("pupils_girls", "pupils_boys"))
    assert "在校学生数=121" in problem.problem.message.zh
    back = tmp_path / "b.xlsx"
    units = {unit.code: unit for unit in store.units()}
    write_coloured(tmp_path / "a.xlsx", first.sheet, back, ELEMENTS, units, seen=first.lock_versions)
    second = hand_in(store, DISTRICT_OFFICE, fill(back, tmp_path / "c.xlsx", {codes[1]: {"pupils": 120}}))
    assert second.submitted == (codes[1],)
    assert set(second.unchanged) == {codes[0], codes[2]}


def lent(store: Store, *units: str) -> None:
    """The schools let their district fill in for them."""
    for code in units:
        seen = store.report(IMPORTER, FORM.code, code, PERIOD).seen
        store.delegate(Actor(f"{code}负责人", code, ActorRole.PRINCIPAL), [seen], DISTRICT.code, "学校无专网")


def test_a_return_somebody_else_changed_keeps_no_other_row_out(store: Store, tmp_path: Path) -> None:
    codes = [unit.code for unit in SCHOOLS]
    lent(store, *codes)
    path = fill(template(store, tmp_path, DISTRICT_OFFICE, *codes), tmp_path / "a.xlsx", dict.fromkeys(codes, ANSWERS))
    body = json.dumps({"form": FORM.code, "version": FORM.version, "period": str(PERIOD),
                       "rows": [{"unit": codes[0], "values": ANSWERS | {"floor_area": 1999}}]}).encode()  # fmt: skip
    submit_json(store, DISTRICT_OFFICE, body, PLAN, today=TODAY, submit=False)  # a colleague, after the template
    for hand in (check_file, submit_file):
        done = hand(store, DISTRICT_OFFICE, path, PLAN, today=TODAY)
        assert [(one.unit, one.problem.code) for one in done.sheet.problems] == [(codes[0], "INTAKE-UNIT-CHANGED")]
        assert "区填报员" in done.sheet.problems[0].problem.message.zh
    assert done.submitted == (codes[1], codes[2])
    assert store.rows(IMPORTER, FORM, PERIOD)["floor_area"].to_pylist()[0] == 199900
    # Mended in the file that came back it is still not taken: what is stored now stands in a new template only.
    back = tmp_path / "b.xlsx"
    write_coloured(path, done.sheet, back, ELEMENTS, {one.code: one for one in store.units()}, seen=done.lock_versions)
    assert hand_in(store, DISTRICT_OFFICE, back).refused == (codes[0],)
    fresh = fill(template(store, tmp_path, DISTRICT_OFFICE, codes[0]), tmp_path / "c.xlsx", {codes[0]: ANSWERS})
    assert hand_in(store, DISTRICT_OFFICE, fresh).submitted == (codes[0],)


def test_a_change_between_reading_and_saving_keeps_no_other_row_out(store: Store) -> None:
    codes = [unit.code for unit in SCHOOLS]
    lent(store, *codes)
    rows = [{"unit": code, "values": ANSWERS} for code in codes]
    body = json.dumps({"form": FORM.code, "version": FORM.version, "period": str(PERIOD), "rows": rows}).encode()
    units = {one.code: one for one in store.units()}
    states = {one.unit: one for one in store.reports(DISTRICT_OFFICE, FORM.code, PERIOD)}
    sheet = read_json(body, FORM, ELEMENTS, units, PERIOD, allowed=codes, today=TODAY)
    other = json.loads(body) | {"rows": [{"unit": codes[1], "values": ANSWERS | {"floor_area": 1999}}]}
    submit_json(store, DISTRICT_OFFICE, json.dumps(other).encode(), PLAN, today=TODAY, submit=False)
    done = take_in(store, DISTRICT_OFFICE, sheet, PLAN, Origin("body.json", "0" * 64), states=states)
    assert (done.submitted, done.refused) == ((codes[0], codes[2]), (codes[1],))
    assert store.rows(IMPORTER, FORM, PERIOD)["floor_area"].to_pylist()[1] == 199900


def test_a_draft_may_have_blanks_and_is_not_submitted_with_them(store: Store) -> None:
    codes = [unit.code for unit in SCHOOLS]
    lent(store, *codes)
    some = {"pupils": 120, "pupils_girls": 58, "pupils_boys": 62}

    def call(values: Mapping[str, Mapping[str, object]]) -> Submission:
        rows = [{"unit": code, "values": cells} for code, cells in values.items()]
        body = {"form": FORM.code, "version": FORM.version, "period": str(PERIOD), "rows": rows}
        return submit_json(store, DISTRICT_OFFICE, json.dumps(body).encode(), PLAN, today=TODAY, submit=False)

    first, second, third = codes
    done = call({first: some, second: {}, third: {**some, "teachers": "十"}})
    # Nobody has begun the second, the third has a cell that cannot be read: both come back.
    assert (done.saved, done.refused) == ((first,), (second, third))
    assert {one.level for one in done.sheet.problems if one.unit == first} == {FindingLevel.NOTE}
    stored = store.rows(IMPORTER, FORM, PERIOD)
    assert stored["teachers"].to_pylist() == [None]
    again = json.dumps({"form": FORM.code, "version": FORM.version, "period": str(PERIOD),
                        "rows": [{"unit": first, "values": some}]}).encode()  # fmt: skip
    refused = submit_json(store, DISTRICT_OFFICE, again, PLAN, today=TODAY)
    assert (refused.submitted, refused.refused) == ((), (first,))
    assert {one.problem.code for one in refused.sheet.problems} == {"INTAKE-BLANK"}
    notes = {first: store.notes(IMPORTER, FORM.code, first, PERIOD)}
    sheet = look_through(store, PLAN, pl.DataFrame(pl.from_arrow(stored)), notes)
    assert {one.problem.code for one in sheet.problems if one.level is FindingLevel.ERROR} == {"INTAKE-BLANK"}


def test_a_question_waits_for_its_answer(store: Store, tmp_path: Path) -> None:
    school = SCHOOLS[0].code
    actor = reporter(school)
    last = pl.DataFrame({"unit": [school], **{code: [None] for code in FORM.asked}}).with_columns(
        pl.lit(value).cast(pl.Int64).alias(code)
        for code, value in {"pupils": 60, "pupils_girls": 30, "pupils_boys": 30, "teachers": 10}.items()
    )
    store.save(actor, FORM, LAST, last.to_arrow(), origin=Origin("旧.xlsx", "0" * 64), source_type="填报")
    store.submit(actor, [store.report(IMPORTER, FORM.code, school, LAST).seen])
    finish(store, school, period=LAST)
    store.publish(
        KEEPER, tmp_path / "s", title="旧", forms={FORM.code: FORM, PLACES_FORM.code: PLACES_FORM}, elements=ELEMENTS
    )
    path = fill(template(store, tmp_path, actor, school), tmp_path / "a.xlsx", {school: ANSWERS})
    first = hand_in(store, actor, path)
    assert (first.saved, first.submitted, first.waiting) == ((school,), (), (school,))
    (question,) = first.sheet.open_questions
    assert question.problem.code == "INTAKE-CHANGE"
    assert "上年 在校学生数=60" in question.problem.message.zh
    back = tmp_path / "b.xlsx"
    units = {unit.code: unit for unit in store.units()}
    write_coloured(path, first.sheet, back, ELEMENTS, units, seen=first.lock_versions)
    assert reply(back, tmp_path / "c.xlsx", "接收撤并学校学生") == 1
    second = hand_in(store, actor, tmp_path / "c.xlsx")
    assert second.submitted == (school,)
    (note,) = store.notes(IMPORTER, FORM.code, school, PERIOD)
    assert (note.flag, note.element, note.note) == ("confirmed_question", "pupils", "PUPILS-CHANGE：接收撤并学校学生")


def test_an_explicit_missing_value_is_kept_with_its_reason(store: Store, tmp_path: Path) -> None:
    school = SCHOOLS[0].code
    answers = ANSWERS | {"teachers": "无数据：档案在途", "pass_rate": "不适用"}
    path = fill(template(store, tmp_path, reporter(school), school), tmp_path / "a.xlsx", {school: answers})
    done = hand_in(store, reporter(school), path)
    assert done.submitted == (school,)
    notes = {(one.element, one.flag, one.note) for one in store.notes(IMPORTER, FORM.code, school, PERIOD)}
    assert notes == {("teachers", "missing:not_reported", "档案在途"), ("pass_rate", "missing:not_applicable", "")}
    assert store.rows(IMPORTER, FORM, PERIOD)["teachers"].to_pylist() == [None]


def test_two_people_hand_in_the_same_unit_at_once(store: Store, tmp_path: Path) -> None:
    school = SCHOOLS[0].code
    path = template(store, tmp_path, reporter(school), school)
    files = [
        fill(path, tmp_path / f"{number}.xlsx", {school: ANSWERS | {"floor_area": 1000 + number}})
        for number in range(4)
    ]

    def one(file: Path) -> Submission | UserError:
        try:
            return hand_in(store, reporter(school), file)
        except UserError as error:
            return error

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(one, files))
    done = [result for result in results if isinstance(result, Submission) and result.saved]
    refused = [result for result in results if isinstance(result, UserError)]
    assert len(done) == 1
    assert len(refused) == 3
    assert {problem.code for error in refused for problem in error.problems} <= {"REPORT-STALE", "REPORT-STATUS"}
    assert store.report(IMPORTER, FORM.code, school, PERIOD).status is ReportStatus.SUBMITTED
    (value,) = store.rows(IMPORTER, FORM, PERIOD)["floor_area"].to_pylist()
    assert value == done[0].sheet.rows["floor_area"][0]


def test_a_school_cannot_touch_another(store: Store, tmp_path: Path) -> None:
    mine, other = SCHOOLS[0].code, SCHOOLS[1].code
    path = template(store, tmp_path, IMPORTER, mine, other)
    filled = fill(path, tmp_path / "a.xlsx", {mine: ANSWERS, other: ANSWERS})
    done = hand_in(store, reporter(mine), filled)
    assert done.submitted == (mine,)
    assert [(one.unit, one.problem.code) for one in done.sheet.problems] == [(other, "INTAKE-UNIT-FOREIGN")]
    assert store.report(IMPORTER, FORM.code, other, PERIOD).revision == 0


def test_an_api_body_takes_the_same_way(store: Store) -> None:
    school = SCHOOLS[0].code
    row = {"unit": school, "values": ANSWERS | {"has_network": True, "campus": 1, "floor_area": 3456.78}}
    body = {"form": FORM.code, "version": FORM.version, "period": str(PERIOD), "rows": [row]}
    done = submit_json(store, reporter(school), json.dumps(body).encode(), PLAN, today=TODAY)
    assert done.submitted == (school,)
    assert store.rows(IMPORTER, FORM, PERIOD)["floor_area"].to_pylist() == [345678]
    again = submit_json(store, reporter(school), json.dumps(body).encode(), PLAN, today=TODAY)
    assert (again.saved, again.unchanged) == ((), (school,))


def test_a_template_of_another_store_is_refused(store: Store, tmp_path: Path) -> None:
    school = SCHOOLS[0].code
    path = template(store, tmp_path, reporter(school), school)
    with Store.create(f"sqlite:///{tmp_path / 'other.db'}", simulated=True) as other:
        other.put_units(KEEPER, [CITY, DISTRICT, OTHER_DISTRICT], date(2020, 1, 1))
        with pytest.raises(UserError, match="INTAKE-TEMPLATE-STORE"):
            submit_file(other, Actor("某人", CITY.code, ActorRole.SYSTEM), path, PLAN, today=TODAY)


def test_last_year_is_not_set_beside_a_school_that_took_over_another(store: Store, tmp_path: Path) -> None:
    """Neither in the template nor among the questions: a third school that changed as much is asked all the same."""
    heir, gone, third = (unit.code for unit in SCHOOLS)
    for unit in (heir, gone, third):
        row = {"unit": [unit], **{code: [value] for code, value in STORED.items() if code in FORM.asked}}
        store.save(reporter(unit), FORM, LAST, pa.table(row), origin=Origin("旧.xlsx", "0" * 64), source_type="填报")
        store.submit(reporter(unit), [store.report(IMPORTER, FORM.code, unit, LAST).seen])
        finish(store, unit, period=LAST)
    store.publish(KEEPER, tmp_path / "snapshots", title="上年", forms=PLAN.forms, elements=ELEMENTS)
    ended = replace(SCHOOLS[1], valid_to=date(2024, 7, 1), successors=(heir,))
    store.put_units(KEEPER, [ended], date(2024, 7, 1))
    _, _, last, _ = template_inputs(store, DISTRICT_OFFICE, PLAN, [heir, third])
    assert last["unit"].to_pylist() == [gone, third]
    twice = ANSWERS | {"pupils": 240, "pupils_girls": 116, "pupils_boys": 124, "teachers": 20}
    for unit, asked in ((heir, ()), (third, (third,))):
        filled = fill(template(store, tmp_path, reporter(unit), unit), tmp_path / f"{unit}.xlsx", {unit: twice})
        assert hand_in(store, reporter(unit), filled).waiting == asked
