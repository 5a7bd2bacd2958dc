"""Evaluations with reported figures, and their pages: who may read them, what they show, what damage does."""

import json
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from duibiao.evaluations.addendum import add_addendum
from duibiao.evaluations.folder import FrozenEvaluation, read_evaluation
from duibiao.evaluations.freeze import EvaluationSources, freeze
from duibiao.evaluations.material import EvaluationRequest
from duibiao.evaluations.record import Evaluation, EvaluationKind, InputRole
from duibiao.evaluations.verify import verify
from duibiao.kernel.problem import UserError
from duibiao.store.accounts import AccountRole
from duibiao.web.app import create_app
from duibiao.web.guard import GRANTED, Permission, Visitor
from duibiao.web.settings import Settings
from duibiao.workspace.data_folder import DataFolder
from tests.web.conftest import PACKS

DAY = date(2025, 12, 31)


@dataclass(frozen=True)
class Place:
    """A data folder with one frozen evaluation of its districts, and the cockpit over it."""

    data: Path
    frozen: FrozenEvaluation
    evaluation: Evaluation
    app: Any

    def client(self, visitor: Visitor) -> TestClient:
        """A browser of somebody known to the cockpit."""

        async def known(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http":
                scope.setdefault("state", {})["visitor"] = visitor
            await self.app(scope, receive, send)

        return TestClient(known, base_url="http://127.0.0.1", follow_redirects=False)

    def role(self, role: AccountRole) -> TestClient:
        return self.client(Visitor("x", "某人", permissions=GRANTED[role]))


def evaluated(data: Path, scope: str = "whole") -> tuple[FrozenEvaluation, Evaluation]:
    request = EvaluationRequest("basic-education", EvaluationKind.ANNUAL, DAY, scope)
    sources = EvaluationSources(PACKS, data=DataFolder(data))
    return freeze(sources, lambda _: request, data / "evaluations")


@pytest.fixture(scope="module")
def place(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    data = Path(shutil.copytree(city, tmp_path_factory.mktemp("evaluated") / "data"))
    frozen, evaluation = evaluated(data)
    (frozen.folder / "reports").mkdir()
    (frozen.folder / "reports" / "评估报告.docx").write_bytes(b"PK")
    (frozen.folder / "reports" / "notes.txt").write_bytes(b"not a report")
    return Place(data, frozen, evaluation, create_app(Settings(PACKS, data=data)))


def test_districts_are_held_against_their_line_and_say_that_they_are_simulated(place: Place) -> None:
    found = place.evaluation
    assert found.mark is not None
    assert found.mark.zh == "模拟数据"
    assert len(found.units) >= 38
    assert all(unit.mark == found.mark and "模拟数据" in unit.sentence.zh for unit in found.units)
    figures = [figure for unit in found.units for figure in unit.figures]
    judged = [figure for figure in figures if figure.meets is not None]
    assert judged
    assert {figure.against.zh for figure in judged} <= {"对每个区县的要求", "全市目标，供参考"}
    for figure in figures:
        assert (figure.value is None) == (figure.missing is not None)
        assert figure.word.zh == (figure.missing.zh if figure.missing else figure.word.zh)
    assert {InputRole.SNAPSHOT, InputRole.FIGURES} <= {one.role for one in found.inputs}
    assert "/" in found.quality.returns


def test_a_scope_of_units_names_only_those(place: Place) -> None:
    _, alone = evaluated(place.data, "unit:渝中区")
    assert [unit.name for unit in alone.units] == ["渝中区（模拟）"]
    assert alone.units[0] in place.evaluation.units
    assert len(alone.indicators) == len(place.evaluation.indicators)


def test_the_figures_are_computed_again_from_the_snapshot_and_its_damage_is_told(place: Place, tmp_path: Path) -> None:
    data = Path(shutil.copytree(place.data, tmp_path / "data"))
    folder = data / "evaluations" / place.frozen.id
    found = verify(folder, DataFolder(data))
    assert found.stands
    assert found.snapshot_checked
    kept = (folder / "inputs/snapshot.json").read_bytes()
    (folder / "inputs/snapshot.json").write_bytes(kept.replace(b'"simulated":true', b'"simulated":false'))
    codes = {one.code for one in verify(folder, DataFolder(data)).problems}
    assert {"EVALUATION-INPUT-CHANGED", "EVALUATION-SNAPSHOT"} <= codes
    (folder / "inputs/snapshot.json").write_bytes(kept)

    snapshot = read_evaluation(folder).inputs
    named = next(one.version for one in snapshot if one.role is InputRole.SNAPSHOT)
    table = next((data / "snapshots" / named).glob("*/*.parquet"))
    body = bytearray(table.read_bytes())
    body[len(body) // 2] ^= 1
    table.write_bytes(body)
    with pytest.raises(UserError, match="SNAPSHOT-FILE-CHANGED"):
        verify(folder, DataFolder(data))


def test_a_day_before_every_year_of_the_snapshot_has_no_figures(place: Place) -> None:
    request = EvaluationRequest("five-year-14", EvaluationKind.SPECIAL, date(2000, 1, 1))
    sources = EvaluationSources(PACKS, data=DataFolder(place.data))
    with pytest.raises(UserError, match="EVALUATION-NO-FIGURES"):
        freeze(sources, lambda _: request, place.data / "evaluations")


def test_the_pages_show_it_to_those_who_may_read_it(place: Place) -> None:
    client, number = place.role(AccountRole.LEADER), place.frozen.id
    listed = client.get("/evaluations").text
    assert number in listed
    assert "模拟数据" in listed
    page = client.get(f"/evaluations/{number}").text
    for words in ("任务由专人凭佐证评定", "对比" if place.evaluation.comparison else "部门", "评估报告.docx", "93.5%"):
        assert words in page
    data = client.get(f"/api/v1/evaluations/{number}").json()
    assert data["evaluation"]["id"] == number
    assert data["reports"] == ["评估报告.docx"]
    rows = client.get(f"/api/v1/evaluations/{number}?format=csv").content.decode("utf-8-sig").splitlines()
    assert len(rows) == 1 + len(place.evaluation.indicators)
    assert "成立" in client.get(f"/evaluations/{number}/verify").text
    body = client.get(f"/evaluations/{number}/file").content
    assert json.loads(body)["id"] == number
    assert client.get(f"/evaluations/{number}/reports/评估报告.docx").content == b"PK"
    for name in ("notes.txt", "..%2Fevaluation.json", "evaluation.json"):
        assert client.get(f"/evaluations/{number}/reports/{name}").status_code == 404
    assert client.get("/evaluations/annual").status_code == 404
    english = client.get(f"/evaluations/{number}?lang=en").text
    assert "Track record" in english


def test_who_may_not_read_them_is_told_so(place: Place) -> None:
    paths = ("/evaluations", f"/evaluations/{place.frozen.id}", f"/evaluations/{place.frozen.id}/file")
    for role in AccountRole:
        may = Permission.READ_EVALUATIONS in GRANTED[role]
        client = place.role(role)
        assert [client.get(path).status_code for path in paths] == [200 if may else 403] * 3, role
    nobody = TestClient(place.app, base_url="http://127.0.0.1", follow_redirects=False)
    assert nobody.get("/evaluations").status_code == 303
    assert nobody.get("/api/v1/evaluations").status_code == 401
    alone = TestClient(create_app(Settings(PACKS)), base_url="http://127.0.0.1")  # no store: nobody can have an account
    assert alone.get("/evaluations").status_code == 200


def test_a_damaged_evaluation_hides_none_of_the_others(place: Place, tmp_path: Path) -> None:
    folder = tmp_path / "evaluations"
    shutil.copytree(place.frozen.folder, folder / place.frozen.id)
    (folder / "annual-spoilt").mkdir()
    (folder / "annual-spoilt" / "manifest.json").write_bytes(b"{")
    set_so = create_app(Settings(PACKS, evaluations=folder))
    client = TestClient(set_so, base_url="http://127.0.0.1")
    listed = client.get("/evaluations").text
    assert place.frozen.id in listed
    assert "另有1份无法读取" in listed
    assert "EVALUATION-FORMAT" in listed
    assert client.get(f"/evaluations/{place.frozen.id}").status_code == 200
    assert client.get("/evaluations/annual-spoilt").status_code == 404


def test_an_addendum_and_damage_show_on_the_page(place: Place) -> None:
    folder, number = place.frozen.folder, place.frozen.id
    client = place.role(AccountRole.SUPERVISOR)
    add_addendum(folder, number, ("市教委", "䶮某"), "口径说明", (), ())
    assert "䶮某" in client.get(f"/evaluations/{number}").text
    path = folder / "evaluation.json"
    kept = path.read_bytes()
    path.write_bytes(kept.replace(b"93.5%", b"93.6%"))
    try:
        page = client.get(f"/evaluations/{number}/verify").text
        assert "不成立" in page
        assert "EVALUATION-DIFFERS" in page
        assert "EVALUATION-FILE-CHANGED" in client.get(f"/evaluations/{number}").text
    finally:
        path.write_bytes(kept)
