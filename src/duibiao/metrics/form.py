"""Forms: which elements a unit reports together, when, and what must hold between them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from duibiao.kernel.period import Period, PeriodKind
from duibiao.kernel.problem import Report, Where
from duibiao.kernel.reading import Record
from duibiao.kernel.text import Text
from duibiao.metrics.element import DataElement
from duibiao.metrics.unit import Unit, UnitKind


class Asked(StrEnum):
    """Whether a form asks for an element or shows what another form has already asked."""

    NEW = "new"  # 新报
    REUSED = "reused"  # 沿用


class CheckKind(StrEnum):
    """What a check compares."""

    ROW = "row"  # elements of one return with each other
    CHANGE = "change"  # with the return of the year before
    PEERS = "peers"  # with units of the same kind
    TOTAL = "total"  # a total row with the sum of its parts


class CheckLevel(StrEnum):
    """What a failed check asks for: an error must be mended, a question must be answered."""

    ERROR = "error"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class FormField:
    """One question of a form: an element, and whether it must be answered."""

    element: str
    required: bool
    asked: Asked
    where: Where


@dataclass(frozen=True, slots=True)
class FormSection:
    """A group of fields under one heading."""

    title: Text
    fields: tuple[FormField, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """A rule a return must satisfy (校验规则).

    ``expression``: for ``row`` and ``total`` a condition that must hold; for ``change`` and ``peers`` the quantity
    that is compared (see ``metrics.expression``). ``limit``: for ``change`` the largest allowed relative change
    (0.3 is 30 %), for ``peers`` the largest allowed distance in robust standard deviations (1.4826 × MAD).
    """

    code: str
    kind: CheckKind
    level: CheckLevel
    expression: str
    limit: Decimal | None
    message: Text
    where: Where


@dataclass(frozen=True)
class Form:
    """A form (报表) that units of one kind fill in for every period.

    ``school_kinds`` are the beginnings of the 办学类型 codes of the schools that report; empty where every
    unit of the kind reports. ``opens`` and ``due`` are (month, day); a month before September of a school-year form
    lies in the calendar year after the school year began.
    """

    # Without slots: the lists of fields are made once, since checking a catalogue asks for them thousands of times.
    code: str
    label: Text
    version: str
    period: PeriodKind
    reporter: UnitKind
    school_kinds: tuple[str, ...]
    opens: tuple[int, int]
    due: tuple[int, int]
    sections: tuple[FormSection, ...]
    checks: tuple[Check, ...]
    source: str = ""
    note: str = ""

    @cached_property
    def fields(self) -> tuple[FormField, ...]:
        """Every field, in the order of the form."""
        return tuple(field for section in self.sections for field in section.fields)

    @cached_property
    def asked(self) -> tuple[str, ...]:
        """Codes of the elements this form asks for, in order."""
        return tuple(field.element for field in self.fields if field.asked is Asked.NEW)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Codes of every element of the form, in order: the value columns of its table.

        A reused element is filled in from the return that asked for it (same unit, same year), so that what
        is divided by what stands in one row.
        """
        return tuple(field.element for field in self.fields)

    @cached_property
    def column_set(self) -> frozenset[str]:
        """The codes of ``columns``, to ask whether a form holds an element."""
        return frozenset(self.columns)

    def reported_by(self, unit: Unit) -> bool:
        """Tell whether a unit has to fill in this form.

        What a district is asked a functional zone (功能区: 高新区, 经开区) is asked too, for the area it runs itself:
        its schools are a leaf group of their own, and without its population nothing could be set against them.
        """
        zone = self.reporter is UnitKind.DISTRICT and unit.kind is UnitKind.FUNCTIONAL_ZONE
        if unit.kind is not self.reporter and not zone:
            return False
        return not self.school_kinds or unit.school_kind.startswith(self.school_kinds)

    def due_on(self, period: Period) -> date:
        """The last day on which the return for a period is in time."""
        return self._day(self.due, period)

    def opens_on(self, period: Period) -> date:
        """The first day on which the return for a period can be made."""
        return self._day(self.opens, period)

    def _day(self, month_day: tuple[int, int], period: Period) -> date:
        # A calendar-year form is filled in after the year has ended, a school-year form from its first month on.
        month, day = month_day
        later = self.period is PeriodKind.YEAR or month < period.start.month
        return date(period.year + 1 if later else period.year, month, day)


def read_form(record: Record) -> Form:
    """Read one ``forms/*.yaml``."""
    form = Form(
        code=record.text("code"),
        label=record.label("label"),
        version=record.text("version"),
        period=record.choice("period", PeriodKind),
        reporter=record.choice("reporter", UnitKind),
        school_kinds=tuple(record.texts("school_kinds")),
        opens=_month_day(record, "opens"),
        due=_month_day(record, "due"),
        sections=tuple(_read_section(item) for item in record.records("sections")),
        checks=tuple(_read_check(item) for item in record.records("checks")),
        source=record.text("source"),
        note=record.optional("note") or "",
    )
    record.close()
    _check_form(form, record)
    return form


def _check_form(form: Form, record: Record) -> None:
    """Report a form without a question, kinds of school where no school reports, and checks of one name."""
    if not form.fields:
        record.report.add("PACK-FIELD-MISSING", record.where("sections"), field="sections")
    if form.school_kinds and form.reporter is not UnitKind.SCHOOL:
        value, choices = str(form.reporter), str(UnitKind.SCHOOL)
        record.report.add("PACK-CHOICE", record.where("reporter"), field="reporter", value=value, choices=choices)
    seen: set[str] = set()
    for check in form.checks:
        if check.code in seen:
            record.report.add("CODE-TWICE", check.where, name=check.code)
        seen.add(check.code)


def _month_day(record: Record, name: str) -> tuple[int, int]:
    found = record.text(name)
    match = re.fullmatch(r"(\d{2})-(\d{2})", found)
    try:
        # 2024 is a leap year: a form due on 02-29 would be due on no day in most years.
        return (date(2023, int(match[1]), int(match[2])).month, int(match[2])) if match else _refused(record, name)
    except ValueError:
        return _refused(record, name)


def _refused(record: Record, name: str) -> tuple[int, int]:
    if record.has(name):
        record.report.add("FORM-DAY", record.where(name), field=name, value=record.text(name))
    return 1, 1


def _read_section(record: Record) -> FormSection:
    fields = tuple(_read_field(item) for item in record.records("fields"))
    found = FormSection(record.label("title"), fields)
    record.close()
    return found


def _read_field(record: Record) -> FormField:
    found = FormField(
        element=record.text("element"),
        required=record.flag("required", True),
        asked=record.choice("asked", Asked, Asked.NEW),
        where=record.where("element"),
    )
    record.close()
    return found


def _read_check(record: Record) -> Check:
    kind = record.choice("kind", CheckKind)
    found = Check(
        code=record.text("code"),
        kind=kind,
        level=record.choice("level", CheckLevel),
        expression=record.text("expression"),
        limit=record.maybe_decimal("limit"),
        message=record.label("message"),
        where=record.where("expression"),
    )
    record.close()
    if (kind in (CheckKind.CHANGE, CheckKind.PEERS)) != (found.limit is not None):
        record.report.add("FORM-CHECK-LIMIT", record.where("kind"), name=found.code)
    return found


def check_forms(forms: Mapping[str, Form], elements: Mapping[str, DataElement], report: Report) -> None:
    """Report fields that are no elements, elements asked twice, and elements shown that nobody asks.

    A reused value comes from the return of the same unit, so the form that asks has to be one for the same kind of
    unit, and the schools of the two forms must overlap.
    """
    asking: dict[str, tuple[Form, FormField]] = {}
    for form in forms.values():
        here: dict[str, FormField] = {}
        for field in form.fields:
            if field.element and field.element not in elements:
                report.add("ELEMENT-UNKNOWN", field.where, name=field.element)
                continue
            first = here.setdefault(field.element, field)
            if first is field and field.asked is Asked.NEW:
                first = asking.setdefault(field.element, (form, field))[1]
            if first is not field:
                report.add("ELEMENT-TWICE", field.where, name=field.element, first=first.where)
    for form in forms.values():
        for field in form.fields:
            if field.asked is Asked.REUSED and field.element in elements:
                asker = asking.get(field.element)
                if asker is None or not _reach_the_same(asker[0], form):
                    report.add("ELEMENT-NOT-ASKED", field.where, name=field.element)


def _reach_the_same(one: Form, other: Form) -> bool:
    """Tell whether some unit may fill in both forms."""
    if one.reporter is not other.reporter:
        return False
    pairs = [(a, b) for a in one.school_kinds for b in other.school_kinds]
    return not pairs or any(a.startswith(b) or b.startswith(a) for a, b in pairs)
