"""The people of the example city, and the steps they take to bring a return to an end."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from duibiao.kernel.period import Period
from duibiao.metrics.form import Form
from duibiao.store.model import Origin, Receipt, ReportState
from duibiao.store.snapshot import Snapshot
from duibiao.store.store import Store
from duibiao.store.workflow import Actor, ActorRole
from tests.unit.store.examples import AUTUMN, DISTRICT_OF, ELEMENTS, FORMS, NOON, SCHOOL, UNITS

ORIGIN = Origin("测试.xlsx", "a" * 64)
CITY = "990000"
PUBLISHER = Actor("市发布人", CITY, ActorRole.PUBLISHER)
CITY_REVIEWER = Actor("市审核人", CITY, ActorRole.REVIEWER)
AUDITOR = Actor("市审计员", CITY, ActorRole.AUDITOR)
SYSTEM = Actor("导入程序", CITY, ActorRole.SYSTEM)


def person(unit: str, role: ActorRole) -> Actor:
    return Actor(f"{unit}的{role.value}", unit, role)


def reporter(unit: str) -> Actor:
    return person(unit, ActorRole.REPORTER)


def district_reviewer(unit: str) -> Actor:
    return person(DISTRICT_OF[unit], ActorRole.REVIEWER)


class Ticking:
    """A clock that goes on by one second each time it is asked, from noon of 8 October 2024."""

    def __init__(self, start: datetime = NOON) -> None:
        self.at = start

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


def new_store(url: str, **changes: Any) -> Store:
    """A real store with the example units and the open returns of all forms for the autumn of 2024."""
    store = Store.create(url, simulated=False, **{"clock": Ticking(), **changes})
    store.put_units(PUBLISHER, UNITS, date(2020, 1, 1))
    for form in FORMS.values():
        store.open_reports(PUBLISHER, form, AUTUMN)
    return store


def rows(form: Form, cells: Mapping[str, Mapping[str, int | None]]) -> pa.Table:
    """Rows with only the columns that are named."""
    names = list(dict.fromkeys(name for values in cells.values() for name in values))
    columns = [pa.array([values.get(name) for values in cells.values()], pa.int64()) for name in names]
    return pa.table([pa.array(list(cells), pa.string()), *columns], names=["unit", *names])


def save(store: Store, cells: Mapping[str, Mapping[str, int | None]], form: Form = SCHOOL, **changes: Any) -> Receipt:
    """Each unit's own reporter saves its row; the last receipt."""
    found = None
    for unit, values in cells.items():
        facts = {"origin": ORIGIN, "source_type": "填报", **changes}
        actor = facts.pop("actor", reporter(unit))
        found = store.save(actor, form, facts.pop("period", AUTUMN), rows(form, {unit: values}), **facts)
    assert found is not None
    return found


def state(store: Store, unit: str, form: Form = SCHOOL, period: Period = AUTUMN) -> ReportState:
    return store.report(SYSTEM, form.code, unit, period)


def sign_all(store: Store, unit: str, form: Form = SCHOOL) -> None:
    for role in (ActorRole.REPORTER, ActorRole.REVIEWER, ActorRole.PRINCIPAL):
        store.sign(person(unit, role), [state(store, unit, form).seen])


def submit(store: Store, unit: str, form: Form = SCHOOL) -> ReportState:
    sign_all(store, unit, form)
    return store.submit(reporter(unit), [state(store, unit, form).seen])[0]


def accept(store: Store, units: Sequence[str], form: Form = SCHOOL) -> None:
    """The district and then the city accept."""
    for unit in units:
        if DISTRICT_OF.get(unit, CITY) != CITY:
            store.accept(district_reviewer(unit), [state(store, unit, form).seen])
        store.accept(CITY_REVIEWER, [state(store, unit, form).seen])


def through(store: Store, cells: Mapping[str, Mapping[str, int | None]], form: Form = SCHOOL) -> None:
    """From the first cell to the acceptance by the city."""
    save(store, cells, form)
    for unit in cells:
        submit(store, unit, form)
    accept(store, list(cells), form)


def publish(store: Store, folder: Path, title: str = "测试快照") -> Snapshot:
    return store.publish(PUBLISHER, folder, title=title, forms=FORMS, elements=ELEMENTS)


def told(snapshot: Snapshot, form: str, year: int = 2024) -> pa.Table:
    """The rows of a table that say something: without those of the units that were asked and did not answer."""
    table = snapshot.table(form, year)
    asked = [table[name].is_valid().to_pylist() for name in FORMS[form].asked if name in table.column_names]
    return table.filter(pa.array([any(row) for row in zip(*asked, strict=True)], pa.bool_()))
