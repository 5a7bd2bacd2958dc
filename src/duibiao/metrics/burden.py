"""What the forms ask of whom, and what of it is used (负担台账): nothing twice, and nothing for nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from duibiao.kernel.text import Text
from duibiao.metrics.applicability import Applicability
from duibiao.metrics.code_list import CodeList
from duibiao.metrics.element import DataElement
from duibiao.metrics.expression import TypedExpression
from duibiao.metrics.form import Asked, Form
from duibiao.metrics.unit import UnitKind


def used_elements(elements: Mapping[str, DataElement], expressions: Iterable[TypedExpression]) -> frozenset[str]:
    """Codes of the elements something needs: an indicator, a check, or a use the element itself states."""
    read = {code for one in expressions for code in one.elements}
    return frozenset(code for code, element in elements.items() if code in read or element.uses)


@dataclass(frozen=True, slots=True)
class Burden:
    """Fields of one form, or of all the forms one kind of unit fills in for a year (填报负担).

    ``asked`` are typed by the reporter, ``required`` of them must be answered, ``reused`` are shown filled in,
    ``unused`` are asked though nothing needs them: of a form, no indicator and no check; of a kind of school, no
    indicator that can count such a school, and no use the element states. ``forms`` are the codes of the forms counted.
    """

    code: str
    label: Text
    forms: tuple[str, ...]
    asked: int
    required: int
    reused: int
    unused: tuple[str, ...]

    @property
    def fields(self) -> int:
        """Every field that is shown."""
        return self.asked + self.reused


@dataclass(frozen=True, slots=True)
class BurdenLedger:
    """The burden ledger (负担台账) of all forms: per form, and per kind of unit that reports."""

    by_form: tuple[Burden, ...]
    by_kind: tuple[Burden, ...]

    @property
    def asked(self) -> int:
        """How many different elements are asked at all: each is asked in one form."""
        return sum(one.asked for one in self.by_form)


def burden_ledger(
    forms: Mapping[str, Form],
    elements: Mapping[str, DataElement],
    used: Iterable[str],
    kinds: CodeList | None,
    serving: Mapping[str, frozenset[str]],
) -> BurdenLedger:
    """Count the fields of every form, and of every kind of school, district and city.

    ``used`` are the codes of the elements something needs (see ``used_elements``); ``kinds`` is the code list of
    办学类型: a kind it does not name is not listed, and a primary school is not charged with the fields of other
    stages. ``serving`` holds by kind what a school of the kind does not report for nothing (``serving_elements``).
    An element that is reused in a form is not asked again.
    """
    needed = frozenset(used)
    by_form = [_burden(form.code, form.label, [form], needed, elements) for form in forms.values()]
    by_kind = []
    applicable = Applicability.of(elements, kinds)
    for code, label in kinds.entries.items() if kinds else ():
        answered = [form for form in forms.values() if _answers(form, code)]
        theirs = {one: it for one, it in elements.items() if applicable.concerns(one, code)}
        found = _burden(code, label, answered, serving[code], theirs)
        if found.fields:
            by_kind.append(found)
    for kind, label in _REPORTERS.items():
        answered = [form for form in forms.values() if form.reporter is kind]
        if answered:
            by_kind.append(_burden(kind.value, label, answered, needed, elements))
    return BurdenLedger(tuple(by_form), tuple(by_kind))


_REPORTERS = {UnitKind.DISTRICT: Text("区县", "district"), UnitKind.CITY: Text("市", "city")}


def _answers(form: Form, school_kind: str) -> bool:
    return form.reporter is UnitKind.SCHOOL and (not form.school_kinds or school_kind.startswith(form.school_kinds))


def _burden(
    code: str, label: Text, forms: list[Form], needed: frozenset[str], elements: Mapping[str, DataElement]
) -> Burden:
    """Count the fields of some forms, of the given elements only."""
    fields = [(form, field) for form in forms for field in form.fields if field.element in elements]
    asked = [field for _, field in fields if field.asked is Asked.NEW]
    return Burden(
        code=code,
        label=label,
        forms=tuple(dict.fromkeys(form.code for form, _ in fields)),
        asked=len(asked),
        required=sum(field.required for field in asked),
        reused=len(fields) - len(asked),
        unused=tuple(field.element for field in asked if field.element not in needed),
    )
