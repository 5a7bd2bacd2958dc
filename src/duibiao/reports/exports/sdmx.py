"""SDMX: the structure (SDMX-ML 2.1), the data against it (structure-specific SDMX-ML 2.1) and as SDMX-CSV 1.0.

A missing value is an observation without ``OBS_VALUE`` whose ``OBS_STATUS`` and ``MISSING_REASON`` say why; it is
never 0. Of the published values the one taken for each period is in the data; the others are in the tidy tables.
"""

from collections.abc import Iterable, Mapping

from lxml import etree

from duibiao.kernel.period import Period, PeriodKind
from duibiao.kernel.writing import csv_bytes
from duibiao.reports.exports.content import ExportContent
from duibiao.reports.exports.figures import ExportedFigure, exact, figures
from duibiao.reports.exports.sdmx_codes import ANNUAL, NOT_APPLICABLE, ExportCodeList, code_lists
from duibiao.reports.exports.sdmx_structure import (
    AGENCY,
    ATTRIBUTES,
    COMMON,
    DIMENSIONS,
    FLOW,
    MESSAGE,
    ROOT,
    STRUCTURE,
    TIME,
    VALUE,
    VERSION,
    header,
    structure_message,
    written,
    xml_text,
)

SPECIFIC = f"{ROOT}/data/structurespecific"
NAMESPACE = (
    f"urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure={AGENCY}:{STRUCTURE}({VERSION}):ObsLevelDim:{TIME}"
)
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_TYPE = f"{{{_XSI}}}type"


def sdmx(content: ExportContent) -> Mapping[str, bytes]:
    """``structure.xml``, ``data.xml`` and ``data.csv``."""
    found = tuple(one for one in figures(content) if one.chosen)
    lists = code_lists(content, found)
    rows = list(_rows(content, found, lists))
    return {
        "structure.xml": structure_message(content, lists),
        "data.xml": _data_message(content, rows),
        "data.csv": _csv(rows),
    }


def sdmx_period(period: str) -> str:
    """A period as SDMX writes it: ``2024``; a school year is the year that begins on 1 September, 2024-09-01/P1Y."""
    found = Period.parse(period)
    return str(found.year) if found.kind is PeriodKind.YEAR else f"{found.start.isoformat()}/P1Y"


def _rows(
    content: ExportContent, found: Iterable[ExportedFigure], lists: Mapping[str, ExportCodeList]
) -> Iterable[dict[str, str]]:
    """One observation a figure: every component by its id, empty where it says nothing."""
    statuses = {one.row.id: one.row.status.value for one in content.rows}
    codes = {name: one.by_original for name, one in lists.items()}

    def code(name: str, original: str) -> str:
        return codes[name][original] if original else ""

    for one in found:
        yield {
            "FREQ": ANNUAL,
            "REF_AREA": code("CL_AREA", one.unit),
            "INDICATOR": code("CL_INDICATOR", one.indicator),
            "MEASURE": code("CL_MEASURE", one.measure),
            "TARGET": code("CL_TARGET", one.row or NOT_APPLICABLE),
            TIME: sdmx_period(one.period),
            VALUE: exact(one.value),
            "OBS_STATUS": code("CL_OBS_STATUS", one.status),
            "UNIT_MEASURE": code("CL_UNIT_MEASURE", one.unit_of_measure),
            "NATURE": code("CL_NATURE", one.nature),
            "DECIMALS": "" if one.value is None else str(len(exact(one.value).partition(".")[2])),
            "BOUND": code("CL_BOUND", one.bound),
            "MISSING_REASON": code("CL_MISSING", one.missing or ""),
            "PROGRESS_STATUS": code("CL_PROGRESS", statuses.get(one.row, "")),
            "SOURCE": code("CL_SOURCE", one.source),
            "PUBLISHED_ON": one.published,
            "COVERAGE": one.coverage,
            "OBS_ID": one.id,
            "COMMENT_OBS": one.note,
        }


def _data_message(content: ExportContent, rows: Iterable[dict[str, str]]) -> bytes:
    """The observations by series, in the order they come first."""
    spaces = {"mes": MESSAGE, "com": COMMON, "ss": SPECIFIC, "ns1": NAMESPACE, "xsi": _XSI}
    message = etree.Element(f"{{{MESSAGE}}}StructureSpecificData", nsmap=spaces)
    head = header(message, content, "DATA")
    used = etree.SubElement(head, f"{{{MESSAGE}}}Structure", {
        "structureID": STRUCTURE, "namespace": NAMESPACE, "dimensionAtObservation": TIME,
    })  # fmt: skip
    name = etree.SubElement(used, f"{{{COMMON}}}Structure")
    etree.SubElement(name, "Ref", {"agencyID": AGENCY, "id": STRUCTURE, "version": VERSION, "class": "DataStructure"})
    data = etree.SubElement(message, f"{{{MESSAGE}}}DataSet", {
        f"{{{SPECIFIC}}}structureRef": STRUCTURE, _TYPE: "ns1:DataSetType",
        f"{{{SPECIFIC}}}dataScope": "DataStructure", f"{{{SPECIFIC}}}action": "Replace",
    })  # fmt: skip
    series: dict[tuple[str, ...], etree._Element] = {}
    keys = [one.id for one in DIMENSIONS]
    told = [TIME, VALUE, *(one.id for one in ATTRIBUTES)]
    for row in rows:
        key = tuple(row[name] for name in keys)
        if key not in series:
            series[key] = etree.SubElement(data, "Series", dict(zip(keys, key, strict=True)))
        etree.SubElement(series[key], "Obs", {name: xml_text(row[name]) for name in told if row[name]})
    return written(message)


def _csv(rows: Iterable[dict[str, str]]) -> bytes:
    columns = [*(one.id for one in DIMENSIONS), TIME, VALUE, *(one.id for one in ATTRIBUTES)]
    flow = f"{AGENCY}:{FLOW}({VERSION})"
    found = csv_bytes(["DATAFLOW", *columns], ({"DATAFLOW": flow, **row} for row in rows))
    return found.removeprefix(b"\xef\xbb\xbf")
