"""What is due, whom to remind, what to sign, and where official statistics say otherwise."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from inspect import signature
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from duibiao.intake.conflicts import find_conflicts, official
from duibiao.intake.due import due_returns, in_words, to_report_in_all
from duibiao.intake.reminders import MOST, reminders
from duibiao.intake.signpage import content_hash, write_sign_page
from duibiao.kernel.period import PartialDate
from duibiao.kernel.problem import UserError
from duibiao.kernel.value import Quantity
from duibiao.metrics.observation import Bound, Observation
from duibiao.sources.citation import Source, SourceKind
from duibiao.store.model import CellNote, Origin
from duibiao.store.store import Store
from duibiao.store.workflow import Actor, ActorRole
from tests.unit.intake.sample import (
    CITY,
    DISTRICT,
    ELEMENTS,
    FORM,
    OTHER_DISTRICT,
    PERIOD,
    SCHOOLS,
    STORED,
    STRANGER,
    UNITS,
)

KEEPER = Actor("市统计处", CITY.code, ActorRole.PUBLISHER)
DISTRICT_OFFICE = Actor("区审核人", DISTRICT.code, ActorRole.REVIEWER)
A, B, C = (unit.code for unit in SCHOOLS)
DUE = date(2024, 10, 15)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(f"sqlite:///{tmp_path / 'store.db'}", simulated=True) as found:
        found.put_units(KEEPER, [CITY, DISTRICT, OTHER_DISTRICT, *SCHOOLS, STRANGER], date(2020, 1, 1))
        found.open_reports(KEEPER, FORM, PERIOD)
        yield found


def save(store: Store, unit: str, values: Mapping[str, int | None], notes: tuple[CellNote, ...] = ()) -> None:
    row = pl.DataFrame({"unit": [unit]}).with_columns(
        pl.lit(values.get(code), dtype=pl.Int64).alias(code) for code in FORM.asked
    )  # fmt: skip
    reporter = Actor(f"{unit}填报人", unit, ActorRole.REPORTER)
    origin = Origin("x.xlsx", "0" * 64)
    store.save(reporter, FORM, PERIOD, row.to_arrow(), origin=origin, source_type="填报", notes=notes)


def test_what_must_i_report_that_nobody_has_yet(store: Store) -> None:
    whole = {code: value for code, value in STORED.items() if value is not None}
    save(store, A, whole)
    save(store, B, {"pupils": 120}, (CellNote(B, "teachers", "missing:not_reported", "在途"),))
    found = {one.unit: one for one in due_returns(store, DISTRICT_OFFICE, [FORM], PERIOD)}
    assert set(found) == {A, B, C}
    counts = {code: (one.asked, one.reused, one.known, one.to_report) for code, one in found.items()}
    assert counts == {A: (8, 1, 8, 0), B: (8, 1, 2, 6), C: (8, 1, 0, 8)}
    assert found[B].missing == ("pupils_girls", "pupils_boys", "has_network", "campus")
    assert to_report_in_all(list(found.values())) == 14
    words = in_words(found[B], date(2024, 10, 8))
    assert "还有 7 天" in words
    assert "本次仅需补报 6 项" in words
    store.submit(Actor("甲", A, ActorRole.REPORTER), [store.report(KEEPER, FORM.code, A, PERIOD).seen])
    assert A not in {one.unit for one in due_returns(store, DISTRICT_OFFICE, [FORM], PERIOD)}
    assert A in {one.unit for one in due_returns(store, DISTRICT_OFFICE, [FORM], PERIOD, only_open=False)}
    with pytest.raises(UserError, match="ACCESS-UNIT"):
        due_returns(store, DISTRICT_OFFICE, [FORM], PERIOD, under=OTHER_DISTRICT.code)


def test_reminders_are_few_and_say_what_is_missing(store: Store) -> None:
    save(store, B, {"pupils": 120})
    due = due_returns(store, DISTRICT_OFFICE, [FORM], PERIOD)
    assert reminders(due, ELEMENTS, date(2024, 10, 9)) == []
    sent = {one.unit: one for one in reminders(due, ELEMENTS, date(2024, 10, 8))}
    assert set(sent) == {A, B, C}
    assert "尚缺：其中：女、其中：男、专任教师数" in sent[B].text
    assert "尚缺" not in sent[C].text
    late = reminders(due, ELEMENTS, date(2024, 10, 18))
    assert "已逾期 3 天" in late[0].text
    capped = reminders(due, ELEMENTS, date(2024, 10, 18), sent={(A, FORM.code): MOST})
    assert {one.unit for one in capped} == {B, C}
    assert len(reminders(due, ELEMENTS, date(2024, 10, 9), on_demand=True)) == 3


def test_the_sign_page_fixes_what_is_signed(store: Store, tmp_path: Path) -> None:
    save(store, A, {code: None if code == "teachers" else value for code, value in STORED.items()})
    store.sign(Actor("张三", A, ActorRole.REPORTER), [store.report(KEEPER, FORM.code, A, PERIOD).seen])
    state = store.report(KEEPER, FORM.code, A, PERIOD)
    values = store.rows(KEEPER, FORM, PERIOD).to_pylist()[0]
    path = tmp_path / "s.xlsx"
    digest = write_sign_page(
        path, FORM, ELEMENTS, state, SCHOOLS[0].name, values, DUE, simulated=True, missing={"teachers": "在途"}
    )  # fmt: skip
    cells = [
        cell.value for row in openpyxl.load_workbook(path).active.iter_rows() for cell in row if cell.value is not None
    ]
    assert f"数据指纹（SHA-256）：{digest}" in cells
    assert "填报人：张三" in cells
    assert {"审核人：", "负责人："} <= set(cells)
    assert {3456.78, 120, "无数据：在途"} <= set(cells)
    assert any("模拟数据" in str(cell) for cell in cells)
    assert digest == content_hash(FORM, state, values)
    assert digest != content_hash(FORM, state, values | {"pupils": 121})
    assert digest != content_hash(FORM, state, values | {"teachers": 0})


def observation(value: str, unit: str = "人", bound: Bound = Bound.EXACT) -> Observation:
    quantity = Quantity(Decimal(value), unit)
    return Observation("primary_pupils", DISTRICT.code, PERIOD, quantity, bound, PartialDate(2025, 3), "bulletin")


def conflicts(found: Observation, rows: pl.DataFrame) -> list[str]:
    told = find_conflicts([found], rows, {"primary_pupils": "pupils"}, ELEMENTS, UNITS, PERIOD)
    return [one.told(ELEMENTS["pupils"]).message.zh for one in told]


def test_official_statistics_outrank_and_both_are_shown() -> None:
    rows = pl.DataFrame({"unit": [A, B, C], "pupils": [100, 150, None]}, schema={"unit": pl.String, "pupils": pl.Int64})
    (found,) = find_conflicts([observation("260")], rows, {"primary_pupils": "pupils"}, ELEMENTS, UNITS, PERIOD)
    assert [found.stands, found.reported, found.gap] == [Decimal(260), Decimal(250), Decimal(-10)]
    assert str(found.coverage) == "2/3"
    told = found.told(ELEMENTS["pupils"])
    assert told.code == "INTAKE-CONFLICT"
    assert "官方统计 260，填报汇总 250（2/3 个单位），相差 -10（-3.8%）；以官方统计为准" in told.message.zh
    assert conflicts(observation("250"), rows) == []
    assert conflicts(observation("0.025", "万人"), rows) == []
    assert conflicts(observation("200", bound=Bound.MORE_THAN), rows) == []
    assert len(conflicts(observation("250", bound=Bound.MORE_THAN), rows)) == 0  # within rounding of the bound itself
    assert len(conflicts(observation("251", bound=Bound.AT_LEAST), rows)) == 1
    assert conflicts(observation("252", bound=Bound.ABOUT), rows) == []
    assert len(conflicts(observation("260", bound=Bound.ABOUT), rows)) == 1
    assert conflicts(observation("3", "所"), rows) == []
    assert conflicts(replace(observation("260"), period=replace(PERIOD, year=2023)), rows) == []


def test_only_statistics_are_official() -> None:
    found = observation("1")

    def source(kind: SourceKind) -> Source:
        return next(iter([_source(kind)]))

    assert official([found], {"bulletin": source(SourceKind.STATISTICS)}) == [found]
    assert official([found], {"bulletin": source(SourceKind.PRESS)}) == []


def _source(kind: SourceKind) -> Source:
    facts = dict.fromkeys(signature(Source).parameters, "")
    return Source(**(facts | {"kind": kind}))  # type: ignore[arg-type]  # only the kind is looked at
