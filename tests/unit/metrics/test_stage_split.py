"""The split of a school with several stages: the published example, and what cannot be split."""

import csv
from fractions import Fraction
from pathlib import Path

import pytest

from duibiao.kernel.problem import Report
from duibiao.kernel.reading import read_yaml
from duibiao.metrics.element import Stage
from duibiao.metrics.stage_split import read_stage_split, shares
from duibiao.workspace import Workspace

PRIMARY, JUNIOR, SENIOR = Stage.PRIMARY, Stage.JUNIOR, Stage.SENIOR


def test_the_published_example(workspace: Workspace, shared: Path) -> None:
    with (shared / "reference" / "cv_official" / "split_example.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert workspace.content.stage_rule is not None
    split = workspace.content.stage_rule.split
    for stage in (PRIMARY, JUNIOR, SENIOR):
        assert str(split.weights[stage]) == row[f"ratio_{stage}"]
    pupils = {PRIMARY: int(row["primary_pupils"]), JUNIOR: int(row["junior_pupils"])}
    found = shares(split, "312", pupils)
    books = {stage: share * int(row["total_resource"]) for stage, share in found.items() if share is not None}
    assert abs(books[PRIMARY] - int(row["published_primary_share"])) < 1
    assert abs(books[JUNIOR] - int(row["published_junior_share"])) < 1
    assert sum(books.values()) == 23226


def test_a_complete_secondary_school_is_split_one_to_one_point_two(workspace: Workspace) -> None:
    assert workspace.content.stage_rule is not None
    found = shares(workspace.content.stage_rule.split, "341", {JUNIOR: 100, SENIOR: 100, PRIMARY: None})
    assert found == {JUNIOR: Fraction(10, 22), SENIOR: Fraction(12, 22)}


@pytest.mark.parametrize(
    ("kind", "pupils", "wanted"),
    [
        ("211", {PRIMARY: None}, {PRIMARY: Fraction(1)}),  # one stage takes everything
        ("312", {PRIMARY: 10, JUNIOR: None}, {PRIMARY: None, JUNIOR: None}),  # not reported: no split
        ("312", {PRIMARY: 0, JUNIOR: 0}, {PRIMARY: None, JUNIOR: None}),  # nobody: no split
        ("312", {PRIMARY: 0, JUNIOR: 7}, {PRIMARY: Fraction(0), JUNIOR: Fraction(1)}),
        ("999", {PRIMARY: 11, JUNIOR: 10, SENIOR: None}, {PRIMARY: Fraction(1, 2), JUNIOR: Fraction(1, 2)}),
        ("365", {PRIMARY: None}, {}),  # no stage that takes part
    ],
)
def test_the_edges_of_a_split(
    workspace: Workspace, kind: str, pupils: dict[Stage, int | None], wanted: dict[Stage, Fraction | None]
) -> None:
    assert workspace.content.stage_rule is not None
    assert shares(workspace.content.stage_rule.split, kind, pupils) == wanted


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("weight: '1.1'", "weight: '-1'", "STAGE-SPLIT"),
        ("weight: '1.1'", "weight: heavy", "PACK-NUMBER"),
        ("pupils: students_junior", "pupils: students_primary", "STAGE-SPLIT"),
        ("pupils: students_junior", "pupils: studnets_junior", "ELEMENT-UNKNOWN"),
        ("stages: [primary, junior]}", "stages: [primary, higher]}", "STAGE-SPLIT"),
        ("stages: [primary, junior]}", "stages: [primary, junor]}", "PACK-CHOICE"),
        ("kind: '312'", "kind: '311'", "CODE-TWICE"),
    ],
)
def test_a_faulty_split_is_told(workspace: Workspace, old: str, new: str, code: str, tmp_path: Path) -> None:
    text = (Path(__file__).parents[3] / "packs" / "china" / "stage_split.yaml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    file = tmp_path / "stage_split.yaml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    report = Report()
    read_stage_split(read_yaml(file, file.name, report), workspace.content.elements)
    assert [one.code for one in report.problems] == [code]
