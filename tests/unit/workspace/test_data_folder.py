"""The folder of reported data: made, opened, computed from."""

from datetime import date
from pathlib import Path

import pytest

from duibiao.kernel.problem import UserError
from duibiao.workspace import Workspace
from duibiao.workspace.data_folder import DataFolder

PACKS = Path(__file__).resolve().parents[3] / "packs"


def test_a_new_folder_registers_the_units_of_the_packs_and_has_no_snapshot(tmp_path: Path) -> None:
    content = Workspace.open(PACKS).content
    data = DataFolder(tmp_path / "data")
    data.create(content, simulated=False, effective=date(2016, 1, 1))
    with data.open_store() as store:
        assert {unit.code for unit in store.units()} == set(content.units)
        assert not store.simulated
    with pytest.raises(UserError, match="DATA-NO-SNAPSHOT"):
        data.snapshot()


def test_a_simulated_folder_registers_no_real_unit(tmp_path: Path) -> None:
    content = Workspace.open(PACKS).content
    data = DataFolder(tmp_path / "data")
    data.create(content, simulated=True, effective=date(2016, 1, 1))
    with data.open_store() as store:
        assert store.units() == []
        assert store.simulated
