"""``plan diff`` and ``plan align`` as a user runs them, with plans of the packs and with plan files."""

import csv
import io
import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from duibiao.cli.main import app
from duibiao.kernel.problem import UserError
from duibiao.views.comparison import ALIGNMENT_COLUMNS, DIFFERENCE_COLUMNS
from duibiao.workspace import Workspace

ROOT = Path(__file__).resolve().parents[3]
PACKS = ROOT / "packs"
STRATEGY = PACKS / "chongqing" / "plans" / "strategy-2035.yaml"
TEACHERS = PACKS / "chongqing" / "plans" / "teachers.yaml"


def run(*words: str, packs: Path = PACKS, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["plan", *words, "--packs", str(packs)], env={"COLUMNS": "200"})
    assert done.exit_code == code, done.output
    return done.output


def amended(tmp_path: Path, file: Path, *changes: tuple[str, str]) -> str:
    """A copy of a plan file with changes, each in exactly one place."""
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (tmp_path / "amended.yaml").write_text(text, encoding="utf-8")
    return str(tmp_path / "amended.yaml")


@pytest.fixture
def with_archive(shared: Path, tmp_path: Path) -> Path:
    """A folder of packs beside an archive that holds every document."""
    shutil.copytree(PACKS, tmp_path / "packs")
    workspace = Workspace.open(tmp_path / "packs")
    for file in sorted((shared / "documents").glob("*.txt")):
        workspace.archive.add(file)
    return tmp_path / "packs"


def test_a_plan_does_not_differ_from_its_own_file() -> None:
    assert "没有差异" in run("diff", "teachers", str(TEACHERS))
    assert "no differences" in run("diff", "teachers", "teachers", "--lang", "en")


def test_an_amended_file_shows_the_changed_target_and_department(tmp_path: Path) -> None:
    lead = "  title: 加强教师思想政治建设\n  lead: [市教委]"
    file = amended(
        tmp_path, TEACHERS, ("  written: '45'\n", "  written: '46'\n"), (lead, lead.replace("[", "[市委编办, "))
    )
    said = run("diff", "teachers", file)
    assert "改目标" in said
    assert "45 → 46" in said
    assert "改部门" in said
    assert "牵头部门 — → 市委编办" in said


def test_differences_are_written_as_csv_and_json(tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run("diff", "outline-2035", "strategy-2035", "--format", "csv")[1:])))
    assert tuple(rows[0])[1:] == DIFFERENCE_COLUMNS[1:]
    assert {row["old_locator"] != "" or row["new_locator"] != "" for row in rows} == {True}
    run("diff", "outline-2035", "strategy-2035", "--out", str(tmp_path / "diff.json"))
    page = json.loads((tmp_path / "diff.json").read_text(encoding="utf-8"))
    assert sum(page["counts"].values()) == len(page["rows"]) == len(rows)


def test_passages_of_both_sides_are_shown_where_the_archive_has_them(with_archive: Path, tmp_path: Path) -> None:
    file = amended(tmp_path, STRATEGY, ("  written: 超过80%\n  goal: '>80'", "  written: 超过90%\n  goal: '>90'"))
    said = run("diff", "strategy-2035", file, "--passages", packs=with_archive)
    assert "超过80% → 超过90%" in said
    cells = json.loads(run("diff", "strategy-2035", file, "--format", "json", packs=with_archive))["rows"]
    assert [bool(row["old_passage"] and row["new_passage"]) for row in cells] == [True]
    assert cells[0]["old_passage"] in said


def test_align_says_what_is_confirmed_what_is_missed_and_how_well_it_did(with_archive: Path) -> None:
    said = run("align", "outline-2035", "strategy-2035", packs=with_archive)
    assert "已复核38条、确认76对" in said
    assert "✔ 已确认" in said
    assert "▲ 已确认，方法未找出" in said
    assert "整段原文" in said
    page = json.loads(run("align", "outline-2035", "strategy-2035", "--format", "json", packs=with_archive))
    assert page["agreement"]["confirmed"] == 76
    assert all(row["upper"]["passage"] for row in page["rows"])


def test_align_without_an_archive_says_that_only_titles_were_compared(tmp_path: Path) -> None:
    shutil.copytree(PACKS, tmp_path / "packs")
    said = run("align", "outline-2035", "strategy-2035", "--lang", "en", packs=tmp_path / "packs")
    assert "only titles were compared" in said
    run("align", "outline-2035", "strategy-2035", "--out", str(tmp_path / "a.csv"), packs=tmp_path / "packs")
    rows = list(csv.DictReader((tmp_path / "a.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert tuple(rows[0]) == ALIGNMENT_COLUMNS
    assert {row["upper_number"] for row in rows} == {str(number) for number in range(1, 39)}


def test_align_takes_the_tasks_of_a_plan_without_measures() -> None:
    assert "深化" in run("align", "strategy-2035", "basic-education")


def test_a_collection_is_refused_with_the_plans_it_holds() -> None:
    assert "basic-education" in run("diff", "action-plans", "teachers", code=2)


@pytest.mark.parametrize("name", ["none.yaml", "folder.yaml"])
def test_a_path_without_a_file_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    assert refused(str(tmp_path / name)) == {("PACK-FILE-MISSING", name)}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "PACK-SYNTAX"),
        (b"- a\n- b\n", "PACK-SYNTAX"),
        (b"code: [a\n", "PACK-SYNTAX"),
        (b"\x00\x01", "PACK-SYNTAX"),
        (b"\xff\xfe\x41", "PACK-ENCODING"),
        (b"code: {a: b}\n", "PACK-FIELD-KIND"),
    ],
)
def test_a_file_that_is_no_plan_is_refused_in_words(data: bytes, code: str, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_bytes(data)
    assert (code, "bad.yaml") in refused(str(tmp_path / "bad.yaml"))


def refused(file: str) -> set[tuple[str, str]]:
    """The problems a plan file is refused with."""
    done = CliRunner().invoke(app, ["plan", "diff", "teachers", file, "--packs", str(PACKS)])
    assert isinstance(done.exception, UserError), done.exception
    return {(problem.code, problem.where.file) for problem in done.exception.problems}


def test_a_broken_plan_file_is_refused_with_its_places(tmp_path: Path) -> None:
    assert refused(amended(tmp_path, TEACHERS, ("kind: action_plan", "kind: plan"))) == {
        ("PACK-CHOICE", "amended.yaml")
    }
