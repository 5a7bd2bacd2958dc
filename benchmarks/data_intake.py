"""Intake against its demands: ingest-xlsx, ingest-csv, validate. 10,000 rows × 300 columns, 模拟数据."""

import hashlib
import json
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Literal

import fastexcel
import polars as pl
import pyarrow as pa

from benchmarks import workload
from benchmarks.measure import Seconds, in_turn, once, ratio, told
from duibiao.intake.checks import run_checks
from duibiao.intake.delimited import read_csv
from duibiao.intake.layout import ANSWERS, SheetLayout
from duibiao.intake.sheet import Sheet, read_sheet
from duibiao.intake.submit import ReportingPlan, take_in
from duibiao.intake.template import write_template
from duibiao.kernel.period import Period, PeriodKind
from duibiao.metrics.unit import Unit, UnitKind
from duibiao.store.model import Origin
from duibiao.store.store import PROGRAM, Store
from duibiao.store.workflow import Actor, ActorRole

ROWS, RULES = 10_000, 100
PERIOD = Period(2025, PeriodKind.SCHOOL_YEAR)
Peer = Callable[..., dict[str, float] | None]


def registry(table: pa.Table) -> list[Unit]:
    """The units of the returns, and those above them."""
    columns = ("unit", "district", "school_kind", "location_type", "ownership")
    rows = zip(*(table[name].to_pylist() for name in columns), strict=True)
    schools = [
        Unit(
            code, f"学校{code}（模拟）", UnitKind.SCHOOL, parent, school_kind=kind, location_type=place, ownership=owner
        )
        for code, parent, kind, place, owner in rows
    ]
    return [*workload.units(38), *schools]


def intake(folder: Path, peer: Peer) -> None:
    """Write a filled template once, then read, check and store it."""
    form, elements = workload.form(rules=RULES), workload.elements()
    table = pa.Table.from_batches(list(workload.year_table(ROWS, 38, 2025)))
    units = registry(table)
    by_code = {unit.code: unit for unit in units}
    schools = [unit for unit in units if unit.kind is UnitKind.SCHOOL]
    book, text = folder / "intake.xlsx", folder / "intake.csv"
    print("ingest-xlsx: 10,000 rows × 300 columns, read, checked by 100 rules, stored")
    if not book.exists():
        wrote = once(lambda: write_template(book, form, elements, schools, table, PERIOD, simulated=True))
        told("template with every value filled in, written", wrote, f"{book.stat().st_size / 1e6:.0f} MB")
    head = SheetLayout.HEAD
    typed: dict[str | int, Literal["string"]] = {0: "string", 1: "string"}

    def read_only() -> None:
        # What the fastest use of it takes: the columns of codes as texts, the others as what they are, without copies.
        fastexcel.read_excel(book).load_sheet(ANSWERS, header_row=head, dtypes={**typed}, eager=True)

    def read_as_texts() -> None:
        fastexcel.read_excel(book).load_sheet(ANSWERS, header_row=head, dtypes="string").to_arrow()

    def read() -> Sheet:
        return read_sheet(book, form, elements, by_code, PERIOD)

    steps: dict[str, Seconds] = {}
    sheet = read()
    told("rows read, findings", f"{sheet.rows.height}, {len(sheet.problems)}")
    jobs = {"fastexcel": read_only, "texts": read_as_texts, "read": read}
    best = in_turn({**jobs, "check": lambda: run_checks(form, elements, sheet.rows)})
    steps["store"] = stored(folder, units, sheet)
    whole = Seconds(
        best["read"].wall + best["check"].wall + steps["store"].wall,
        best["read"].cpu + best["check"].cpu + steps["store"].cpu,
    )
    told("fastexcel alone", best["fastexcel"])
    told("fastexcel alone, everything as texts", best["texts"])
    told("read with all faults of cells", best["read"])
    told("checks", best["check"])
    told("stored in SQLite", steps["store"], "wanted below 0.5 s")
    told("together", whole, f"{ratio(whole, best['fastexcel'])} of fastexcel; wanted at most 1.5")
    told("together, against texts", whole, ratio(whole, best["texts"]))
    found = peer("openpyxl_peer.py", book)
    if found is not None:
        other = Seconds(found["wall"], found["cpu"])
        told("openpyxl read_only, read only", other, f"{ratio(other, whole)} of ours with checks and store; wanted 6")
    found = peer("calamine_peer.py", book)
    if found is not None:
        other = Seconds(found["wall"], found["cpu"])
        told("pandas over calamine, read only", other, f"{ratio(other, whole)} of ours with checks and store")
    handed_in(folder, units, book)
    delimited(text, table, by_code, steps["store"])
    validate(folder, sheet.rows, peer)


def stored(folder: Path, units: list[Unit], sheet: Sheet) -> Seconds:
    """One batch into a fresh store: the least of three."""
    form = workload.form(rules=RULES)
    taken = []
    for number in range(3):
        path = folder / f"store-{number}.db"
        path.unlink(missing_ok=True)
        system = Actor(PROGRAM.name, "000000", ActorRole.SYSTEM)
        with Store.create(f"sqlite:///{path}", simulated=True) as store:
            store.put_units(system, units, date(2016, 1, 1))
            store.open_reports(system, form, PERIOD)
            origin = Origin("intake.xlsx", hashlib.sha256(b"benchmark").hexdigest())
            rows = sheet.rows.to_arrow()
            taken.append(once(lambda: store.save(system, form, PERIOD, rows, origin=origin, source_type="xlsx")))  # noqa: B023  called at once
        for left in folder.glob(f"store-{number}.db*"):
            left.unlink()
    return Seconds(min(one.wall for one in taken), min(one.cpu for one in taken))


def handed_in(folder: Path, units: list[Unit], book: Path) -> None:
    """The whole way of a returned file in a program: ``submit_file``, with hash, work flow and events; once."""
    form, elements = workload.form(rules=RULES), workload.elements()
    url = f"sqlite:///{folder / 'whole.db'}"
    system = Actor(PROGRAM.name, "000000", ActorRole.SYSTEM)
    with Store.create(url, simulated=True) as store:
        store.put_units(system, units, date(2016, 1, 1))
        store.open_reports(system, form, PERIOD)
        book_of_store = ReportingPlan(form, PERIOD, elements, {form.code: form})
        sheet, states = read_sheet(book, form, elements, store.tree(), PERIOD), store.reports(system, form.code, PERIOD)
        origin = Origin(book.name, hashlib.sha256(book.read_bytes()).hexdigest())
        by_unit = {state.unit: state for state in states}
        took = once(lambda: take_in(store, system, sheet, book_of_store, origin, states=by_unit))
    told("checked, stored and submitted (``take_in``)", took, "10,000 returns with their events")
    for left in folder.glob("whole.db*"):
        left.unlink()


def delimited(path: Path, table: pa.Table, by_code: dict[str, Unit], store: Seconds) -> None:
    """ingest-csv against Polars with the schema given; ``store``: what storing the same rows took."""
    print("ingest-csv: the same rows as CSV")
    frame = pl.from_arrow(table)
    if not isinstance(frame, pl.DataFrame):
        raise TypeError("a table is a frame")
    frame.select("unit", *workload.codes()).write_csv(path)
    schema = {"unit": pl.String, **dict.fromkeys(workload.codes(), pl.Int64)}
    form, elements = workload.form(rules=RULES), workload.elements()
    best = in_turn(
        {
            "polars": lambda: pl.read_csv(path, schema=schema),
            "ours": lambda: read_csv(path, form, elements, by_code, PERIOD),
            "checked": lambda: run_checks(form, elements, read_csv(path, form, elements, by_code, PERIOD).rows),
        },
        repeats=7,
    )
    told("Polars with a schema", best["polars"])
    told("ours, with every fault of a cell found", best["ours"], f"{ratio(best['ours'], best['polars'])}; wanted 2")
    told("read and checked by 100 rules", best["checked"], ratio(best["checked"], best["polars"]))
    whole = Seconds(best["checked"].wall + store.wall, best["checked"].cpu + store.cpu)
    told("read, checked and stored", whole, ratio(whole, best["polars"]))


def validate(folder: Path, rows: pl.DataFrame, peer: Peer) -> None:
    """validate: 300 ranges and 100 rules against one bare Polars select of the same, at 10,000 and 500,000 rows."""
    form, elements = workload.form(rules=RULES), workload.elements()
    codes = workload.codes()
    pairs = [(codes[3 * n % 300], codes[(3 * n + 1) % 300]) for n in range(RULES)]
    bare = [
        *((pl.col(code) < 0).any().alias(f"r{code}") for code in codes),
        *((pl.col(a) > pl.col(b) * 1000).any().alias(f"x{n}") for n, (a, b) in enumerate(pairs)),
    ]
    for many in (1, 50):
        frame = pl.concat([rows.with_columns(pl.col("unit") + f"-{n}") for n in range(many)], rechunk=True)
        count = len(run_checks(form, elements, frame))
        print(f"validate: {frame.height:,} rows, 300 ranges and 100 rules between elements, {count:,} findings")
        best = in_turn(
            {"bare": partial(frame.select, bare), "ours": partial(run_checks, form, elements, frame)}, repeats=7
        )
        told("one Polars select of all rules", best["bare"])
        told("ours, with row, cell and reason", best["ours"], f"{ratio(best['ours'], best['bare'])}; wanted at most 3")
        if many == 1:
            rules = folder / "rules.json"
            rules.write_text(json.dumps({"ranges": codes, "pairs": pairs}), encoding="utf-8")
            frame.write_parquet(folder / "rows.parquet")
            for name, wanted in (("pandera", 4), ("pointblank", 20)):
                found = peer("validation_peer.py", name, folder / "rows.parquet", rules)
                if found is not None:
                    other = Seconds(found["wall"], found["cpu"])
                    told(
                        f"{name}, {found['failures']:,} failures",
                        other,
                        f"{ratio(other, best['ours'])}; wanted {wanted}",
                    )
