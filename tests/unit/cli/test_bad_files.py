"""What people hand in, through the real command line; the whole list goes through the upload (``tests/web``).

A command reads the packs anew and takes its second: here is one file of each way in which a file can be bad.
"""

from pathlib import Path

from duibiao.cli.main import app
from duibiao.kernel.problem import UserError
from duibiao.store.workflow import Actor, ActorRole
from duibiao.workspace import Workspace
from duibiao.workspace.data_folder import DataFolder
from tests.unit.cli.test_data_commands import CITY, FORM, PERIOD, UNIT, Office

SYSTEM = Actor("系统", CITY, ActorRole.SYSTEM)


def refused(office: Office, path: Path, period: str = PERIOD) -> str:
    """What the command says of a file it must not take."""
    words = ["--by", "填报人甲", "--of", CITY, "submit", str(path), FORM, period]
    found = office.runner.invoke(app, ["data", "--data", str(office.folder / "data"), *words])
    assert found.exit_code == 1, found.output
    told = found.exception
    return found.output + ("\n".join(map(str, told.problems)) if isinstance(told, UserError) else "")


def test_a_bad_file_ends_with_its_code_and_stores_nothing(tmp_path: Path, workspace: Workspace) -> None:
    office = Office(tmp_path)
    office.run("系统", CITY, "create")
    office.run("发布人甲", CITY, "open", FORM, PERIOD, "--unit", UNIT)
    path = tmp_path / "收到.csv"
    asked = workspace.content.forms[FORM].asked
    for period, units, codes in (
        (PERIOD, [""], ["INTAKE-UNIT-BLANK"]),  # a row that names nobody
        (PERIOD, ["500157", "599999", UNIT, UNIT], ["ABOLISHED", "UNKNOWN", "TWICE"]),
        ("2095/96", [UNIT], ["INTAKE-PERIOD-FUTURE"]),
    ):
        lines = [["unit", *asked], *([unit, *("1" for _ in asked)] for unit in units)]
        path.write_text("\n".join(map(",".join, lines)), encoding="utf-8")
        told = refused(office, path, period)
        for code in codes:
            assert code in told, (units, told)
    cut = tmp_path / "未传完.xlsx"
    cut.write_bytes(b"PK\x03\x04" + b"\0" * 500)
    assert "INTAKE-DAMAGED" in refused(office, cut)
    data = DataFolder(office.folder / "data")
    with data.open_store() as store:
        ((_, when),) = store.rounds()
        assert [(state.unit, state.revision) for state in store.reports(SYSTEM, FORM, when)] == [(UNIT, 0)]
