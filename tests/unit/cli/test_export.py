"""``duibiao export``: an evaluation or a plan to a folder, and what is refused."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from duibiao.cli.main import app
from duibiao.kernel.problem import UserError
from duibiao.workspace.workspace import UnknownNameError
from tests.conftest import PACKS


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one frozen evaluation in ``out/evaluations``."""
    folder = tmp_path_factory.mktemp("place")
    words = ["evaluate", "five-year-14", "--kind", "final", "--packs", str(PACKS), "--out", str(folder / "out")]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.exception
    return folder


def run(place: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    monkeypatch.chdir(place)
    done = CliRunner().invoke(app, ["export", *words, "--packs", str(PACKS)])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return f"{done.exit_code} {done.output}"


def test_an_evaluation_is_found_by_its_id_and_exports_what_it_holds(
    place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (found,) = (place / "out" / "evaluations").glob("final-*")
    for name, wanted in (("id", found.name[:22]), ("folder", str(found))):
        said = run(place, monkeypatch, wanted, "--to", "tidy", "--out", str(tmp_path / name))
        assert said.startswith("0 ")
        assert found.name in said
        told = json.loads((tmp_path / name / "figures.json").read_text(encoding="utf-8"))
        assert told["metadata"]["id"] == found.name
        assert {one["role"] for one in told["metadata"]["inputs"]} >= {"plan", "observations", "program"}
        held = json.loads((found / "evaluation.json").read_text(encoding="utf-8"))
        values = {one["row"]["id"]: one["row"]["value"] for one in held["indicators"]}
        shown = {one["target"]: one["value"] or None for one in told["figures"] if one["measure"] == "value"}
        assert shown == values


def test_a_plan_is_exported_as_it_stands_on_a_day(place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    out = tmp_path / "out"
    said = run(place, monkeypatch, "basic-education", "--to", "dhis2", "--as-of", "2025-06-30", "--out", str(out))
    assert "basic-education-20250630" in said
    assert sorted(one.name for one in out.iterdir()) == [
        "dataValueSets.json", "export.json", "gaps.json", "metadata.json",
    ]  # fmt: skip


def test_options_of_a_plan_are_refused_with_an_evaluation(
    place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said = run(place, monkeypatch, "final-", "--to", "tidy", "--all-targets", "--out", str(tmp_path / "x"))
    assert said.startswith("2 ")
    assert not (tmp_path / "x").exists()


def test_reported_data_have_no_place_in_an_open_sdg_data_set(
    place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said = run(place, monkeypatch, "teachers", "--to", "open-sdg", "--data", "data", "--out", str(tmp_path / "x"))
    assert said.startswith("2 ")


def test_what_is_neither_is_told_with_what_there_is(
    place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(UnknownNameError) as unknown:
        run(place, monkeypatch, "nonsense", "--to", "tidy", "--out", str(tmp_path / "x"))
    assert "action-plans" in unknown.value.near
    with pytest.raises(UserError) as missing:
        run(place, monkeypatch, "nonsense", "--in", "out/evaluations", "--to", "tidy", "--out", str(tmp_path / "x"))
    assert [one.code for one in missing.value.problems] == ["EVALUATION-MISSING"]
    assert not (tmp_path / "x").exists()


def test_an_evaluation_that_was_altered_is_not_exported(
    place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (found,) = (place / "out" / "evaluations").glob("final-*")
    record = found / "evaluation.json"
    whole = record.read_bytes()
    try:
        record.write_bytes(whole.replace(b"64.25", b"74.25", 1))
        with pytest.raises(UserError) as caught:
            run(place, monkeypatch, str(found), "--to", "sdmx", "--out", str(tmp_path / "x"))
    finally:
        record.write_bytes(whole)
    assert [one.code for one in caught.value.problems] == ["EVALUATION-FILE-CHANGED"]
    assert not (tmp_path / "x").exists()
