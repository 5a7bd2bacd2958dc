"""What an evaluation exports is what it holds: its id, hashes, rows, verdicts and district figures, in every format."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from frictionless import Package, validate

from duibiao.evaluations.material import EvaluationRequest
from duibiao.evaluations.perform import perform
from duibiao.evaluations.record import Evaluation, EvaluationKind, FrozenInput, InputRole, UnitFigure, UnitResult
from duibiao.kernel.text import Text
from duibiao.kernel.value import MISSING_WORDS, MissingReason
from duibiao.reports.exports.figures import ExportMeasure, FigureNature, figures
from duibiao.reports.exports.folder import write_export
from duibiao.reports.exports.formats import ExportFormat, exported
from duibiao.reports.exports.from_evaluation import of_evaluation
from duibiao.workspace import Workspace
from tests.unit.reports.exports.conftest import COVERAGE, DAY


@pytest.fixture(scope="module")
def evaluation(workspace: Workspace) -> Evaluation:
    """The closing evaluation of the five-year plan, with two simulated districts and a hash added by hand."""
    found = perform(workspace, EvaluationRequest("five-year-14", EvaluationKind.FINAL, DAY))
    mark = Text("模拟数据", "simulated data")

    def unit(code: str, value: Decimal | None, missing: Text | None) -> UnitResult:
        figure = UnitFigure(
            COVERAGE,
            Text("普惠性幼儿园覆盖率"),
            "2024/25",
            value,
            "",
            "%",
            "3/4",
            missing,
            "",
            0,
            Text(""),
            None,
            Text(""),
        )
        return UnitResult(code, f"{code}（模拟）", "", mark, (figure,), (), Text(""))

    return replace(
        found,
        inputs=(FrozenInput(InputRole.PLAN, "packs/plan.yaml", "a" * 64, "2021"),),
        units=(unit("500101", Decimal("0"), None), unit("500102", None, MISSING_WORDS[MissingReason.LOW_COVERAGE])),
        mark=mark,
    )


def test_the_export_holds_the_rows_verdicts_hashes_and_districts_of_the_evaluation(evaluation: Evaluation) -> None:
    content = of_evaluation(evaluation)
    assert (content.id, content.as_of, content.method) == (evaluation.id, DAY, evaluation.method)
    assert [one.row for one in content.rows] == [one.row for one in evaluation.indicators]
    assert [one.verdict for one in content.rows] == [one.verdict or "" for one in evaluation.indicators]
    assert {one.verdict for one in content.rows} == {"met", "not_met", "undetermined"}
    assert content.inputs[0].sha256 == "a" * 64
    assert [one.code for one in content.units] == ["500000", "500101", "500102"]
    found = [one for one in figures(content) if one.measure is ExportMeasure.COMPUTED]
    assert [(one.value, one.missing) for one in found] == [(0, None), (None, MissingReason.LOW_COVERAGE)]
    assert {one.nature for one in found} == {FigureNature.SIMULATED}


def test_a_verdict_stands_beside_every_figure_of_its_target(evaluation: Evaluation) -> None:
    told = json.loads(exported(of_evaluation(evaluation), ExportFormat.TIDY)["figures.json"])
    assert told["metadata"]["id"] == evaluation.id
    assert told["metadata"]["kind"] == {"zh": "总结评估", "en": "final evaluation"}
    rows = [one for one in told["figures"] if one["target"] == "five-year-14/row-11"]
    assert len(rows) == 6
    assert {(one["verdict"], one["verdict_zh"], one["provisional"]) for one in rows} == {
        ("not_met", "未达成（暂定）", "true")
    }


def test_the_package_of_an_evaluation_holds_its_tasks_and_is_valid(workspace: Workspace, tmp_path: Path) -> None:
    found = perform(workspace, EvaluationRequest("opening-up", EvaluationKind.ANNUAL, DAY))
    judged = replace(found.tasks[0], assessor="市教委 张三丰", assessed=DAY, basis=Text("市教委 张三丰评定"))
    found = replace(found, tasks=(judged, *found.tasks[1:]))
    write_export(tmp_path / "x", exported(of_evaluation(found), ExportFormat.FRICTIONLESS), "frictionless", found.id)
    assert validate(str(tmp_path / "x" / "datapackage.json")).flatten(["title", "message"]) == []
    rows = Package(str(tmp_path / "x" / "datapackage.json")).get_table_resource("tasks").read_rows()
    assert [(row["plan"], row["number"], row["finding"]) for row in rows] == [
        (one.plan, one.number, one.finding) for one in found.tasks
    ]
    assert {row["finding_zh"] for row in rows} == {"未评定"}
    assert [row["assessed"] for row in rows][:2] == ["2025-12-31", None]
    assert not any("张三丰" in path.read_text(encoding="utf-8") for path in (tmp_path / "x").rglob("*.*"))


@pytest.mark.parametrize("kind", list(ExportFormat))
def test_every_format_takes_an_evaluation(evaluation: Evaluation, kind: ExportFormat) -> None:
    files = exported(of_evaluation(evaluation), kind)
    if kind is not ExportFormat.OPEN_SDG:  # published values only, and none of them is simulated
        assert any("模拟数据".encode() in data for data in files.values())
    assert any(evaluation.id.encode() in data for data in files.values()) or kind is ExportFormat.SDMX
