"""A frozen evaluation stands on any machine; whatever is altered in it is told, down to the figure."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from duibiao.evaluations.addendum import add_addendum, addenda_of
from duibiao.evaluations.correction import changes_today
from duibiao.evaluations.folder import (
    FrozenEvaluation,
    find_evaluation,
    list_evaluations,
    open_evaluation,
    read_evaluation,
)
from duibiao.evaluations.freeze import EvaluationSources, by_program_of
from duibiao.evaluations.plain import to_json
from duibiao.evaluations.record import InputRole
from duibiao.evaluations.verify import Verification, verify
from duibiao.kernel.problem import UserError
from duibiao.store.durable import file_digest
from tests.unit.evaluations.conftest import ROOT


def codes(found: Verification) -> list[str]:
    return [one.code for one in found.problems]


def seal(folder: Path, name: str) -> None:
    """Write the hash of an altered file into the manifest, as one who wants to hide it would."""
    facts = json.loads((folder / "manifest.json").read_bytes())
    facts["files"][name] = file_digest(folder / name)
    (folder / "manifest.json").write_text(json.dumps(facts), encoding="utf-8")


def test_it_stands_where_it_was_carried_to(closing_frozen: FrozenEvaluation, copied: Path) -> None:
    found = verify(copied)
    assert found.stands
    assert found.is_same_program
    assert (found.differences, found.addenda, found.snapshot_checked) == ((), 0, False)
    assert found.files == len(closing_frozen.files)
    evaluation = read_evaluation(copied)
    assert evaluation.id == closing_frozen.id == copied.name
    roles = {one.role for one in evaluation.inputs}
    assert {InputRole.PLAN, InputRole.OBSERVATIONS, InputRole.POLICY, InputRole.PROGRAM, InputRole.UNITS} <= roles
    plan = next(one for one in evaluation.inputs if one.path == "packs/chongqing/plans/five-year-14.yaml")
    assert plan.version.startswith("2021")


def test_another_program_that_comes_to_the_same_is_told_and_no_fault(copied: Path) -> None:
    evaluation = read_evaluation(copied)
    program = replace(evaluation.inputs[-1], sha256="0" * 64, version="0.0.9")
    older = replace(evaluation, program="duibiao 0.0.9", inputs=(*evaluation.inputs[:-1], program))
    (copied / "evaluation.json").write_bytes(to_json(older))
    seal(copied, "evaluation.json")
    found = verify(copied)
    assert found.stands
    assert not found.is_same_program
    assert by_program_of(evaluation, older) == older


def test_an_altered_figure_is_named_with_both_values(copied: Path) -> None:
    path = copied / "evaluation.json"
    path.write_bytes(path.read_bytes().replace("2024年公布值98.47%".encode(), "2024年公布值98.57%".encode()))
    found = verify(copied)
    assert codes(found) == ["EVALUATION-FILE-CHANGED", "EVALUATION-DIFFERS"]
    (difference,) = found.differences
    assert difference.place == "indicators[five-year-14/row-11].reason.zh"
    assert ("98.57%" in difference.before, "98.47%" in difference.after) == (True, True)
    with pytest.raises(UserError, match="EVALUATION-FILE-CHANGED"):
        read_evaluation(copied)
    seal(copied, "evaluation.json")  # the manifest put right as well: computing it again still shows it
    assert codes(verify(copied)) == ["EVALUATION-DIFFERS"]


def test_an_altered_added_or_missing_input_is_told(copied: Path) -> None:
    observations = copied / "inputs/packs/chongqing/observations.csv"
    text = observations.read_text(encoding="utf-8")
    observations.write_text(text.replace("98.47", "98.57"), encoding="utf-8")
    (copied / "inputs/packs/chongqing/readings.yaml").unlink()
    (copied / "inputs/packs/chongqing/notes.csv").write_text("a\n", encoding="utf-8")
    found = verify(copied)
    assert codes(found)[:3] == ["EVALUATION-INPUT-CHANGED", "EVALUATION-FILE-MISSING", "EVALUATION-INPUT-CHANGED"]
    assert "EVALUATION-ID" in codes(found)
    assert [one.place for one in found.differences if one.place.endswith("observation.shown")] == [
        "indicators[five-year-14/row-11].row.observation.shown"
    ]


def test_inputs_and_manifest_replaced_together_do_not_fit_the_id(copied: Path) -> None:
    name = "inputs/packs/china/progress.yaml"
    path = copied / name
    path.write_text(path.read_text(encoding="utf-8").replace("0.9", "0.8", 1), encoding="utf-8")
    seal(copied, name)
    assert "EVALUATION-ID" in codes(verify(copied))


def test_inputs_that_cannot_be_opened_and_files_that_are_none(copied: Path) -> None:
    (copied / "inputs/packs/chongqing/pack.yaml").write_text("code: [", encoding="utf-8")
    assert "EVALUATION-NOT-AGAIN" in codes(verify(copied))
    (copied / "evaluation.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UserError, match="EVALUATION-FORMAT"):
        verify(copied)
    (copied / "evaluation.json").unlink()
    with pytest.raises(UserError, match="EVALUATION-FILE-MISSING"):
        read_evaluation(copied)


def test_a_manifest_of_a_later_program_is_not_guessed_at(copied: Path) -> None:
    facts = json.loads((copied / "manifest.json").read_bytes())
    (copied / "manifest.json").write_text(json.dumps(facts | {"format": 99}), encoding="utf-8")
    with pytest.raises(UserError, match="EVALUATION-FORMAT"):
        open_evaluation(copied)
    (copied / "manifest.json").write_text(
        json.dumps(facts | {"sentence": {"zh": "全部达成", "en": ""}}), encoding="utf-8"
    )
    assert codes(verify(copied)) == ["EVALUATION-FILE-CHANGED"]


def test_they_are_found_by_the_beginning_of_their_id(closing_frozen: FrozenEvaluation) -> None:
    folder = closing_frozen.folder.parent
    assert [one.id for one in list_evaluations(folder)] == [closing_frozen.id]
    assert find_evaluation("final-five", [folder]) == closing_frozen.folder
    assert find_evaluation(str(closing_frozen.folder), []) == closing_frozen.folder
    for wanted in ("annual", ""):
        with pytest.raises(UserError, match="EVALUATION-MISSING"):
            find_evaluation(wanted, [folder / "elsewhere"])
    assert list_evaluations(folder / "elsewhere") == ()


# --- addenda ---------------------------------------------------------------------------------------


def test_a_correction_shows_what_it_would_change_and_stands_as_an_addendum(copied: Path, tmp_path: Path) -> None:
    packs = tmp_path / "packs"
    shutil.copytree(ROOT / "packs", packs)
    path = packs / "chongqing/observations.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("98.47", "98.57"), encoding="utf-8")
    inputs, changes = changes_today(copied, EvaluationSources(packs))
    assert [one.path for one in inputs] == ["packs/chongqing/observations.csv"]
    by_place = {one.place: one for one in changes}
    row = by_place["indicators[five-year-14/row-11]"]
    assert row.before.startswith("未达成（暂定）；98.47%")
    assert row.after.startswith("达成（暂定）；98.57%")
    assert "sentence" in by_place

    one = add_addendum(copied, copied.name, ("市教委", "张某"), "毛入学率更正", inputs, changes)
    two = add_addendum(copied, copied.name, ("市教委", "李某"), "说明", (), ())
    assert addenda_of(copied) == (one, two)
    assert one.previous == file_digest(copied / "evaluation.json")
    found = verify(copied)
    assert found.stands
    assert found.addenda == 2


def test_nobody_adds_without_a_name_and_a_reason(copied: Path) -> None:
    for author, reason in ((("", "张某"), "更正"), (("市教委", " "), "更正"), (("市教委", "张某"), "")):
        with pytest.raises(UserError, match="ADDENDUM-FIELD"):
            add_addendum(copied, copied.name, author, reason, (), ())
    assert not (copied / "addenda").exists()


def test_a_broken_chain_of_addenda_is_told(copied: Path) -> None:
    for number in range(1, 4):
        add_addendum(copied, copied.name, ("市教委", "张某"), f"说明{number}", (), ())
    second, third = copied / "addenda/0002.json", copied / "addenda/0003.json"
    kept, last = second.read_bytes(), third.read_bytes()
    second.write_bytes(kept.replace("说明2".encode(), "说明9".encode()))
    assert codes(verify(copied)) == ["ADDENDUM-CHAIN"]
    second.write_bytes(kept)
    third.write_bytes(last.replace("说明3".encode(), "说明9".encode()))  # nothing follows it but the head
    assert codes(verify(copied)) == ["ADDENDUM-CHAIN"]
    third.unlink()
    with pytest.raises(UserError, match="ADDENDUM-CHAIN"):
        add_addendum(copied, copied.name, ("市教委", "张某"), "说明4", (), ())
    third.write_bytes(last)
    assert verify(copied).stands
    (copied / "addenda/head.json").write_text("{", encoding="utf-8")
    assert codes(verify(copied)) == ["ADDENDUM-CHAIN"]
