"""The evaluations of the real packs, performed and frozen once for all tests of the room."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from duibiao.evaluations.folder import FrozenEvaluation
from duibiao.evaluations.freeze import EvaluationSources, freeze
from duibiao.evaluations.material import EvaluationRequest
from duibiao.evaluations.perform import perform
from duibiao.evaluations.record import Evaluation, EvaluationKind
from duibiao.workspace import Workspace

ROOT = Path(__file__).resolve().parents[3]
DAY = date(2025, 12, 31)


@pytest.fixture(scope="session")
def closing(workspace: Workspace) -> Evaluation:
    return perform(workspace, EvaluationRequest("five-year-14", EvaluationKind.FINAL, DAY))


@pytest.fixture(scope="session")
def annual(workspace: Workspace) -> Evaluation:
    return perform(workspace, EvaluationRequest("action-plans", EvaluationKind.ANNUAL, DAY))


@pytest.fixture(scope="session")
def closing_frozen(tmp_path_factory: pytest.TempPathFactory) -> FrozenEvaluation:
    """The closing evaluation of the 14th five-year plan, frozen; a test that alters something alters ``copied``."""
    request = EvaluationRequest("five-year-14", EvaluationKind.FINAL, DAY)
    frozen, _ = freeze(EvaluationSources(ROOT / "packs"), lambda _: request, tmp_path_factory.mktemp("evaluations"))
    return frozen


@pytest.fixture
def copied(closing_frozen: FrozenEvaluation, tmp_path: Path) -> Path:
    """A copy of it elsewhere, as on another machine."""
    return Path(shutil.copytree(closing_frozen.folder, tmp_path / closing_frozen.id))
