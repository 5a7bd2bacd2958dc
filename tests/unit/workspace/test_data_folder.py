"""The folder of reported data: made, opened, computed from."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from duibiao.kernel.problem import UserError
from duibiao.metrics.unit import Unit, UnitKind
from duibiao.store.layout import FLAGS
from duibiao.store.snapshot_writing import write_snapshot
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


def a_snapshot(folder: Path, name: str, *, simulated: bool) -> None:
    """A snapshot of one unit and no return; a forger can make one that claims to be real."""
    write_snapshot(
        folder, tables={}, forms=[], elements={}, units=[Unit("500000", name, UnitKind.CITY)],
        flags=FLAGS.empty_table(), title="测试", created_by="测试", created_at=datetime.now(UTC), simulated=simulated,
    )  # fmt: skip


@pytest.mark.parametrize("real", [True, False])
def test_a_snapshot_copied_beside_a_store_of_the_other_kind_is_refused(tmp_path: Path, real: bool) -> None:
    content = Workspace.open(PACKS).content
    data = DataFolder(tmp_path / "data")
    data.create(content, simulated=not real, effective=date(2016, 1, 1))
    a_snapshot(tmp_path / "other", "某市（模拟）" if real else "某市", simulated=real)
    shutil.copytree(tmp_path / "other", data.snapshots)
    with pytest.raises(UserError, match="DATA-SNAPSHOT-MIXED") as caught:
        data.snapshot()
    assert "一真一假" in caught.value.problems[0].message.zh


def test_a_simulated_snapshot_that_claims_to_be_real_is_refused_by_its_units(tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "data")
    a_snapshot(data.snapshots, "某市（模拟）", simulated=False)
    with pytest.raises(UserError, match="DATA-SNAPSHOT-MIXED") as caught:
        data.snapshot()
    assert "清单却称真实" in caught.value.problems[0].message.zh
