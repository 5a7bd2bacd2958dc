"""An Open SDG data set: a CSV and a YAML file for each indicator, the schema, the words in two languages, the config.

Forms: sdg-build (inputs ``InputCsvData`` and ``InputYamlMeta``, schema ``SchemaInputOpenSdg``, translations
``TranslationInputYaml``). The builder computes a progress status itself where ``auto_progress_calculation`` is true:
from the values of the base year and the last year, in the ``Progress`` column where there is one. So it judges the very
base value and value that duibiao's growth-rate method judged. What was computed from returns has no place here: a
platform draws one line an indicator, and would draw it together with what was published.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import yaml

from duibiao.kernel.period import Period, PeriodKind
from duibiao.kernel.text import Text
from duibiao.metrics.indicator import Direction
from duibiao.progress.verdicts import Method
from duibiao.reports.exports.content import TERMS, ExportContent, ExportedRow
from duibiao.reports.exports.figures import chosen_values, exact, is_simulated
from duibiao.views.districts import SIMULATED
from duibiao.views.rows import MonitorRow

LANGUAGES = ("zh-Hans", "en")
_CONFIG = {
    "languages": list(LANGUAGES),
    "site_dir": "_site",
    "src_dir": "",
    "schema_file": "metadata_schema.yml",
    "inputs": [
        {"class": "InputCsvData", "path_pattern": "data/*-*.csv"},
        {"class": "InputYamlMeta", "path_pattern": "meta/*-*.yml", "git": False},
    ],
    "translations": [{"class": "TranslationInputYaml", "source": "translations"}],
    "reporting_status_extra_fields": [],
    "docs_branding": "duibiao",
}
_FIELDS = {
    "reporting_status": ("公布情况", "Reporting status"),
    "data_non_statistical": ("是否非统计指标", "Non-statistical data"),
    "indicator_name": ("指标名称", "Indicator name"),
    "goal_name": ("规划", "Plan"),
    "target_name": ("指标分类", "Group of the table"),
    "graph_title": ("图题", "Title of the chart"),
    "graph_type": ("图形", "Type of chart"),
    "computation_units": ("计量单位", "Unit of measure"),
    "national_geographical_coverage": ("地域", "Geographical coverage"),
    "data_footnote": ("口径提示和模拟数据标记", "What to know of the values, and the mark of simulated data"),
    "goal_written": ("目标（照录）", "Goal as written"),
    "duibiao_row": ("目标编号", "Id of the target"),
    "duibiao_status": ("线性进度的状态", "Status by linear progress"),
    "source_organisation_1": ("来源单位", "Source organisation"),
    "source_data_source_1": ("来源", "Source"),
    "source_url_1": ("网址", "Address"),
    "source_periodicity_1": ("周期", "Periodicity"),
    "auto_progress_calculation": ("自动计算进展", "Calculate the progress"),
}
"""The fields of the metadata with their words; ``data_non_statistical`` and the last one are yes or no."""
_YES_OR_NO = ("data_non_statistical", "auto_progress_calculation")


@dataclass(frozen=True, slots=True)
class OpenSdgIndicator:
    """An indicator of an Open SDG data set (开放可持续发展目标数据指标).

    ``number`` has three parts: plan, group of the table, place in the group. ``points`` are the values by year;
    ``track`` the base value and the value that were judged, by year, None where they are the points' own ends.
    """

    number: str
    row: ExportedRow
    points: Mapping[int, Decimal]
    track: Mapping[int, Decimal] | None

    @property
    def id(self) -> str:
        """The number as files are named."""
        return self.number.replace(".", "-")


class _Dumper(yaml.CSafeDumper):
    """Writes exact decimals as numbers with every digit."""


def _represent(dumper: yaml.CSafeDumper, amount: Decimal) -> yaml.ScalarNode:
    digits = exact(amount)
    return dumper.represent_scalar("tag:yaml.org,2002:float" if "." in digits else "tag:yaml.org,2002:int", digits)


_Dumper.add_representer(Decimal, _represent)


def _yaml(data: object) -> bytes:
    text: str = yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1000)
    return text.encode()


def open_sdg(content: ExportContent) -> Mapping[str, bytes]:
    """The files of a data repository of Open SDG. Rows without any value have metadata and no data file."""
    found = numbered(content)
    files = {"config_data.yml": _yaml(_CONFIG), "metadata_schema.yml": _yaml(_schema())}
    for one in found:
        files[f"meta/{one.id}.yml"] = _yaml(_metadata(content, one))
        if one.points:
            files[f"data/indicator_{one.id}.csv"] = _data(one)
    for place, language in enumerate(LANGUAGES):
        for group, words in _words(content, found).items():
            said = {key: (text.zh, text.en or text.zh)[place] for key, text in words.items()}
            files[f"translations/{language}/{group}.yml"] = _yaml(said)
    return files


def numbered(content: ExportContent) -> tuple[OpenSdgIndicator, ...]:
    """The rows as indicators, numbered by plan, group of the table and place, in the order of the rows."""
    plans = {one.code: place for place, one in enumerate(content.plans, 1)}
    groups: dict[str, dict[str, int]] = {}
    counted: dict[tuple[str, str], int] = {}
    found = []
    for one in content.rows:
        row = one.row
        of_plan = groups.setdefault(row.plan, {})
        group = of_plan.setdefault(row.group, len(of_plan) + 1)
        counted[row.plan, row.group] = counted.get((row.plan, row.group), 0) + 1
        number = f"{plans[row.plan]}.{group}.{counted[row.plan, row.group]}"
        points = _points(row)
        found.append(OpenSdgIndicator(number, one, points, _track(row, points)))
    return tuple(found)


def _points(row: MonitorRow) -> dict[int, Decimal]:
    """The values by year: of a calendar year and a school year that begins in it, the calendar year."""
    found: dict[int, Decimal] = {}
    periods = sorted((Period.parse(period), value.amount) for period, value in chosen_values(row).items())
    for period, amount in sorted(periods, key=lambda one: one[0].kind is PeriodKind.YEAR):
        found[period.year] = amount
    return dict(sorted(found.items()))


def is_calculated(row: MonitorRow) -> bool:
    """Whether the builder is asked for a progress status: where our growth-rate method gives one."""
    return any(one.method == Method.GROWTH and one.status for one in row.verdicts)


def _track(row: MonitorRow, points: Mapping[int, Decimal]) -> Mapping[int, Decimal] | None:
    if not is_calculated(row) or row.value is None or row.baseline is None:
        return None
    if row.observation is None or row.baseline_year is None:
        return None
    last = Period.parse(row.observation.period).year
    judged = {row.baseline_year: row.baseline, last: row.value}
    same = points.get(row.baseline_year) == row.baseline and points.get(last) == row.value
    return None if same and max(points) == last else judged


def _data(one: OpenSdgIndicator) -> bytes:
    """``Year``, the ``Progress`` column where the judged values are not the points' own, ``Value``."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    judged = one.track or {}
    writer.writerow(["Year", *(["Progress"] if one.track else []), "Value"])
    for year in sorted({*one.points, *judged}):
        progress = [exact(judged.get(year))] if one.track else []
        writer.writerow([str(year), *progress, exact(one.points.get(year))])
    return out.getvalue().encode()


def _metadata(content: ExportContent, one: OpenSdgIndicator) -> dict[str, Any]:
    row = one.row.row
    unit = next(unit.name for unit in content.units if unit.code == one.row.unit)
    known: dict[str, Any] = {
        "indicator_number": one.number,
        "goal_number": one.number.split(".")[0],
        "target_number": one.number.rpartition(".")[0],
        "indicator_name": f"indicators.{one.id}",
        "goal_name": f"plans.{row.plan}",
        "target_name": row.group or row.plan_short.zh,
        "graph_title": f"indicators.{one.id}",
        "graph_type": "line",
        "computation_units": row.unit,
        "national_geographical_coverage": unit,
        "reporting_status": "complete" if one.points else "notstarted",
        "data_non_statistical": not one.points,
        "goal_written": row.goal_written,
        "duibiao_row": row.id,
        "duibiao_status": row.status.value,
        "auto_progress_calculation": is_calculated(row),
    }
    known |= _sources(row)
    footnotes = [caveat.text.zh for caveat in row.caveats]
    if is_simulated(row.observation):
        footnotes.insert(0, SIMULATED.zh)
    if footnotes:
        known["data_footnote"] = "；".join(footnotes)
    if is_calculated(row):
        known["progress_calculation_options"] = [progress_options(row)]
    return known


def progress_options(row: MonitorRow) -> dict[str, Any]:
    """The inputs of the builder's progress calculation."""
    return {
        "base_year": row.baseline_year,
        "target_year": row.due,
        "direction": "negative" if row.direction is Direction.DOWN else "positive",
        "target": row.goal,
    }


def _sources(row: MonitorRow) -> dict[str, str]:
    seen = row.observation
    if seen is None:
        return {"source_data_source_1": row.citation.title.zh}
    return {
        "source_organisation_1": seen.publisher,
        "source_data_source_1": seen.source_title.zh,
        "source_url_1": seen.url,
        "source_periodicity_1": "年度",
    }


def _words(content: ExportContent, found: Sequence[OpenSdgIndicator]) -> Mapping[str, Mapping[str, Text]]:
    """The words of the keys in the metadata, by group: plans, indicators, fields, and what holds for the whole."""
    simulated = any(is_simulated(one.row.row.observation) for one in found)
    return {
        "plans": {one.code: one.title for one in content.plans},
        "indicators": {one.id: Text(one.row.row.label, one.row.row.indicator_label.en) for one in found},
        "fields": {name: Text(zh, en) for name, (zh, en) in _FIELDS.items()},
        "about": {
            "title": content.title,
            "as_of": Text(content.as_of.isoformat()),
            "terms": TERMS,
            "mark": SIMULATED if simulated else Text("", ""),
            "id": Text(content.id),
        },
    }


def _schema() -> dict[str, Any]:
    """The schema of the metadata in the form of Open SDG's ``_prose.yml``."""
    fields = []
    for name in _FIELDS:
        kind: dict[str, Any] = {"element": "checkbox"} if name in _YES_OR_NO else {"element": "text"}
        if name == "reporting_status":
            kind = {
                "element": "select",
                "options": [{"name": one, "value": one} for one in ("complete", "inprogress", "notstarted")],
            }
        fields.append({"name": name, "field": {**kind, "label": f"fields.{name}", "translation_key": f"fields.{name}"}})
    return {"prose": {"metadata": {"meta": fields}}}
