"""The evaluations of the real packs, performed once for all tests of the room."""

from datetime import date

import pytest

from duibiao.evaluations.material import EvaluationRequest
from duibiao.evaluations.perform import perform
from duibiao.evaluations.record import Evaluation, EvaluationKind
from duibiao.workspace import Workspace

DAY = date(2025, 12, 31)


@pytest.fixture(scope="session")
def closing(workspace: Workspace) -> Evaluation:
    return perform(workspace, EvaluationRequest("five-year-14", EvaluationKind.FINAL, DAY))


@pytest.fixture(scope="session")
def annual(workspace: Workspace) -> Evaluation:
    return perform(workspace, EvaluationRequest("action-plans", EvaluationKind.ANNUAL, DAY))
