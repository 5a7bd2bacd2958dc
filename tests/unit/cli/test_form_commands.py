"""``duibiao pack burden``, ``elements`` and ``forms``: what a data officer is shown of the forms."""

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from duibiao.cli.forms import BURDEN_COLUMNS
from duibiao.cli.main import app

PACKS = Path(__file__).resolve().parents[3] / "packs"


def run(*words: str) -> str:
    done = CliRunner().invoke(app, [*words, "--packs", str(PACKS)])
    assert done.exit_code == 0, done.output
    return done.output


def test_the_ledger_as_a_table_says_that_nothing_is_asked_twice_and_nothing_unused() -> None:
    shown = run("pack", "burden")
    assert "共采集219个数据元，一数一源，没有重复；没有用到的：无" in shown
    (primary,) = (line for line in shown.splitlines() if line.split()[:2] == ["211", "小学"])
    assert primary.split() == ["211", "小学", "6", "68", "47", "10", "0"]
    assert "219 elements are asked" in run("pack", "burden", "--lang", "en")


def test_the_ledger_as_csv_and_json_holds_the_same(tmp_path: Path) -> None:
    for name in ("csv", "json"):
        run("pack", "burden", "--format", name, "--out", str(tmp_path / f"burden.{name}"))
    rows = list(csv.DictReader(io.StringIO((tmp_path / "burden.csv").read_text(encoding="utf-8-sig"))))
    assert tuple(rows[0]) == BURDEN_COLUMNS
    assert rows == json.loads((tmp_path / "burden.json").read_text(encoding="utf-8"))
    forms = [row for row in rows if row["scope"] == "form"]
    assert len(forms) == 16
    assert sum(int(row["asked"]) for row in forms) == 219
    assert {row["unused"] for row in rows} == {""}


def test_every_form_and_every_element_is_listed() -> None:
    shown = run("pack", "forms")
    assert len(shown.strip().splitlines()) == 16
    assert "higher_institution  高等学校基本情况" in shown
    shown = run("pack", "elements")
    assert shown.count("负责: ") == 219
    assert "凭记忆，未核实" in shown
    assert "说明: " in shown  # what the source leaves open


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_elements_of_one_form(language: str) -> None:
    shown = run("pack", "elements", "special_education", "--lang", language)
    assert ("Pupils taught at home" in shown) is (language == "en")
    assert "children_enrolled" not in shown


def test_a_form_that_does_not_exist_is_told_with_those_that_do() -> None:
    done = CliRunner().invoke(app, ["pack", "elements", "special", "--packs", str(PACKS)])
    assert done.exit_code != 0
    assert "没有报表“special”" in done.output
    assert "kindergarten" in done.output


def test_the_check_counts_the_vocabulary() -> None:
    assert "数据元219个，报表16张，由报表计算的指标237个" in run("pack", "check")
