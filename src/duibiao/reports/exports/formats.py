"""The formats an export can have, by name."""

from collections.abc import Mapping
from enum import StrEnum

from duibiao.kernel.problem import UserError, Where, problem
from duibiao.reports.exports.content import ExportContent
from duibiao.reports.exports.dhis2 import dhis2
from duibiao.reports.exports.frictionless import frictionless
from duibiao.reports.exports.open_sdg import open_sdg
from duibiao.reports.exports.sdmx import sdmx
from duibiao.reports.exports.tables import Exporter
from duibiao.reports.exports.tidy import tidy


class ExportFormat(StrEnum):
    """What an export is written as (标准导出格式)."""

    TIDY = "tidy"
    FRICTIONLESS = "frictionless"
    SDMX = "sdmx"
    OPEN_SDG = "open-sdg"
    DHIS2 = "dhis2"


EXPORTERS: Mapping[ExportFormat, Exporter] = {
    ExportFormat.TIDY: tidy,
    ExportFormat.FRICTIONLESS: frictionless,
    ExportFormat.SDMX: sdmx,
    ExportFormat.OPEN_SDG: open_sdg,
    ExportFormat.DHIS2: dhis2,
}


def exported(content: ExportContent, kind: ExportFormat) -> Mapping[str, bytes]:
    """The files of an export by their path in its folder. Raises UserError EXPORT-EMPTY where there is no row."""
    if not content.rows:
        raise UserError([problem("EXPORT-EMPTY", Where(content.id))])
    return EXPORTERS[kind](content)
