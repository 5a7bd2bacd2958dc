"""DHIS2: the metadata to import first, the data values, and the gaps, which DHIS2 itself cannot hold.

Rules, read in dhis2-core (DataValueSet, DataValue, CodeGenerator, MathUtils, ValidationUtils, PeriodTypeEnum) and the
developer guide: an id is a letter and ten letters or digits; a number has no exponent and no leading zero; a year is
``2024``, the year from September ``2024Sep``; a missing value is not sent. A data element keeps a zero only with
``zeroIsSignificant``; a data set takes a goal of the future only with ``openFuturePeriods``.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from duibiao.kernel.period import Period, PeriodKind
from duibiao.kernel.text import Text
from duibiao.kernel.writing import json_bytes
from duibiao.metrics.observation import BOUND_WORDS, Bound
from duibiao.reports.exports.content import ExportContent, ExportedUnit
from duibiao.reports.exports.figures import (
    MEASURE_WORDS,
    ExportedFigure,
    FigureNature,
    ObservationStatus,
    exact,
    figures,
)
from duibiao.reports.exports.tables import indicators, sources
from duibiao.reports.exports.tidy import metadata
from duibiao.views.districts import SIMULATED

DEFAULT_COMBINATION = "bjDvmb4bfuf"
"""The id every DHIS2 gives its category combination 'default'."""
LONGEST_CODE, LONGEST_NAME = 50, 230
"""Characters that the columns of DHIS2 hold: of a code and of a short name, and of a name."""
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SIGNS = _LETTERS + "0123456789"
_PERIOD_TYPES = {PeriodKind.YEAR: "Yearly", PeriodKind.SCHOOL_YEAR: "FinancialSep"}


@dataclass(frozen=True, slots=True)
class Dhis2Element:
    """A data element of DHIS2 (DHIS2数据元): what one measure of a row, or of an indicator, is called there."""

    code: str
    name: Text
    description: str

    @property
    def id(self) -> str:
        """Its id, the same in every export."""
        return uid("dataElement", self.code)


def uid(kind: str, name: str) -> str:
    """The id of an object, made of the SHA-256 of its kind and name: a letter, then ten letters or digits."""
    number = int.from_bytes(hashlib.sha256(f"{kind}:{name}".encode()).digest())
    number, first = divmod(number, len(_LETTERS))
    made = _LETTERS[first]
    for _ in range(10):
        number, place = divmod(number, len(_SIGNS))
        made += _SIGNS[place]
    return made


def dhis2_period(period: str) -> str:
    """A period as DHIS2 writes it: ``2024``, or ``2024Sep`` for the school year from September 2024."""
    found = Period.parse(period)
    return str(found.year) if found.kind is PeriodKind.YEAR else f"{found.year}Sep"


def dhis2(content: ExportContent) -> Mapping[str, bytes]:
    """``metadata.json``, ``dataValueSets.json`` and ``gaps.json`` (not for DHIS2: the reasons of what is missing)."""
    found = tuple(one for one in figures(content) if one.chosen)
    elements = _elements(content, found)
    titles = {one["code"]: one["title_zh"] for one in sources(content)}
    values = [_value(one, elements[one.id], titles) for one in found if one.value is not None]
    gaps = [_place(one, elements[one.id]) | {"reason": one.missing} for one in found if one.missing]
    return {
        "metadata.json": json_bytes(_metadata(content, found, elements)),
        "dataValueSets.json": json_bytes({"dataValues": values}),
        "gaps.json": json_bytes({"about": metadata(content), "gaps": gaps}),
    }


def _elements(content: ExportContent, found: Iterable[ExportedFigure]) -> dict[str, Dhis2Element]:
    """The data element of every figure, by the id of the figure."""
    rows = {one.row.id: one.row for one in content.rows}
    labels = {one["code"]: Text(one["label_zh"], one["label_en"]) for one in indicators(content)}
    made = {}
    for one in found:
        simulated = one.nature is FigureNature.SIMULATED
        words = MEASURE_WORDS[one.measure]
        row = rows.get(one.row)
        label = Text(row.label, labels[one.indicator].en) if row else labels[one.indicator]
        subject = row.id if row else one.indicator
        mark = f"（{SIMULATED.zh}）" if simulated else ""
        code = f"{subject}.{one.measure}{'.simulated' if simulated else ''}"
        goal = f"；目标{row.goal_written}（{row.due}年）" if row else ""
        made[one.id] = Dhis2Element(
            code=_short(code),
            name=Text(
                _cut(f"{mark}{label.zh}·{words.zh}", f"（{subject}）"),
                _cut(f"{label.en or label.zh} · {words.en}", f" ({subject})"),
            ),
            description=f"{mark}{words.zh}，单位：{one.unit_of_measure}{goal}",
        )
    return made


def _short(code: str) -> str:
    """A code as long as DHIS2 can hold it; of a longer one the end is the beginning of its SHA-256."""
    if len(code) <= LONGEST_CODE:
        return code
    digest = hashlib.sha256(code.encode()).hexdigest()[:8]
    return f"{code[: LONGEST_CODE - 9]}-{digest}"


def _cut(name: str, end: str) -> str:
    """A name as long as DHIS2 can hold it, with the end that tells it from every other."""
    return name[: LONGEST_NAME - len(end)] + end


def _place(one: ExportedFigure, element: Dhis2Element) -> dict[str, Any]:
    return {
        "dataElement": element.id,
        "period": dhis2_period(one.period),
        "orgUnit": uid("organisationUnit", one.unit),
    }


def _value(one: ExportedFigure, element: Dhis2Element, titles: Mapping[str, str]) -> dict[str, Any]:
    """A data value; what is doubtful is marked for follow-up, the comment says where it comes from."""
    bound = BOUND_WORDS[Bound(one.bound)].zh if one.bound else ""
    told = (
        SIMULATED.zh if one.nature is FigureNature.SIMULATED else "",
        f"{bound}{exact(one.value)}" if bound else "",
        one.quality.zh,
        titles.get(one.source, ""),
        f"公布：{one.published}" if one.published else "",
        f"覆盖：{one.coverage}" if one.coverage else "",
        one.id,
    )
    return {
        **_place(one, element),
        "value": exact(one.value),
        "comment": "；".join(part for part in told if part),
        "followup": one.status is ObservationStatus.LOW_RELIABILITY,
    }


def _metadata(
    content: ExportContent, found: Iterable[ExportedFigure], elements: Mapping[str, Dhis2Element]
) -> dict[str, Any]:
    every = tuple(found)
    distinct = {one.code: one for one in elements.values()}
    first = min((Period.parse(one.period).year for one in every), default=content.as_of.year)
    return {
        "organisationUnits": [_unit(one, first) for one in content.units],
        "dataElements": [_element(distinct[code]) for code in sorted(distinct)],
        "dataSets": [
            _data_set(content, kind, kept, elements)
            for kind in PeriodKind
            if (kept := [one for one in every if Period.parse(one.period).kind is kind])
        ],
    }


def _unit(one: ExportedUnit, first: int) -> dict[str, Any]:
    """A unit; DHIS2 wants an opening day, and no value may lie before it: the first day of the first year there is."""
    return {
        "id": uid("organisationUnit", one.code),
        "code": _short(one.code),
        "name": one.name[:LONGEST_NAME],
        "shortName": one.name[:LONGEST_CODE],
        "openingDate": f"{first}-01-01",
        **({"parent": {"id": uid("organisationUnit", one.parent)}} if one.parent else {}),
    }


def _element(one: Dhis2Element) -> dict[str, Any]:
    return {
        "id": one.id,
        "code": one.code,
        "name": one.name.zh,
        "shortName": one.code,
        "description": one.description,
        "domainType": "AGGREGATE",
        "valueType": "NUMBER",
        "aggregationType": "NONE",
        "zeroIsSignificant": True,
        "categoryCombo": {"id": DEFAULT_COMBINATION},
        "translations": [{"locale": "en", "property": "NAME", "value": one.name.en}],
    }


def _data_set(
    content: ExportContent, kind: PeriodKind, found: Iterable[ExportedFigure], elements: Mapping[str, Dhis2Element]
) -> dict[str, Any]:
    """The data elements and units of one kind of period; open as far into the future as the goals reach."""
    every = tuple(found)
    name = f"{content.id}-{_PERIOD_TYPES[kind]}"
    latest = max(Period.parse(one.period).year for one in every)
    ids = sorted({elements[one.id].id for one in every})
    mark = f"（{content.mark.zh}）" if content.mark else ""
    return {
        "id": uid("dataSet", name),
        "code": _short(name),
        "name": _cut(f"{content.title.zh}{mark}", f"（{name}）"),
        "shortName": _short(name),
        "periodType": _PERIOD_TYPES[kind],
        "openFuturePeriods": max(latest - content.as_of.year + 1, 0),
        "categoryCombo": {"id": DEFAULT_COMBINATION},
        "dataSetElements": [{"dataElement": {"id": one}} for one in ids],
        "organisationUnits": [{"id": one} for one in sorted({uid("organisationUnit", one.unit) for one in every})],
    }
