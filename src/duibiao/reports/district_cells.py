"""The flat table of computed district values, shared by CSV and workbook: the mark stands in every row."""

from collections.abc import Iterator

from duibiao.kernel.text import Language
from duibiao.reports.cells import text_cell
from duibiao.views.districts import DistrictsPage

DISTRICT_COLUMNS = (
    "mark", "year", "plan", "indicator", "label", "unit", "district", "district_name", "grouping", "value",
    "numerator", "denominator", "coverage", "missing", "meets_goal", "goal_written", "due", "formula",
    "definition_version", "snapshot", "run",
)  # fmt: skip
"""The columns of ``districts.csv``."""


def district_cells(page: DistrictsPage, language: Language) -> Iterator[list[str]]:
    """One row per indicator and district, the city's own computed value first."""
    mark = page.mark.in_(language) if page.mark else ""
    for row in page.rows:
        for one in (row.city, *row.districts):
            meets = "" if one.meets is None else str(one.meets).lower()
            yield [
                mark,
                str(row.year),
                row.plan,
                row.indicator,
                row.label.in_(language),
                row.unit,
                one.unit,
                one.name,
                one.group,
                text_cell(one.value),
                text_cell(one.numerator),
                text_cell(one.denominator),
                one.coverage,
                one.missing.in_(language) if one.missing else "",
                meets,
                row.goal_written,
                str(row.due),
                row.formula,
                row.definition_version,
                page.snapshot,
                page.run,
            ]
