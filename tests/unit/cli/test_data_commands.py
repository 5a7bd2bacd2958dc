"""The round of reporting at the command line: real files, a real store, every step by its command."""

from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from duibiao.cli.main import app
from duibiao.kernel.problem import UserError
from duibiao.workspace.data_folder import DataFolder

FORM, PERIOD, UNIT, CITY = "district_population", "2024/25", "500103", "500000"


class Office:
    """A data folder and the people around it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.runner = folder, CliRunner()

    def run(self, by: str, of: str, *words: str, role: str = "", code: int = 0) -> str:
        who = ["--by", by, "--of", of, *(["--role", role] if role else [])]
        found = self.runner.invoke(app, ["data", "--data", str(self.folder / "data"), *who, *words])
        assert found.exit_code == code, f"{words}: {found.output} {found.exception}"
        return found.output

    def plain(self, *words: str) -> str:
        found = self.runner.invoke(app, list(words))
        assert found.exit_code == 0, f"{words}: {found.output} {found.exception}"
        return found.output


@pytest.fixture
def office(tmp_path: Path) -> Office:
    found = Office(tmp_path)
    found.run("系统", CITY, "create")
    assert "新开 1 份" in found.run("发布人甲", CITY, "open", FORM, PERIOD, "--unit", UNIT)
    return found


def filled(path: Path, value: float | str) -> None:
    """Type a value into every answer of a page; flags and choices are none in this form."""
    book = openpyxl.load_workbook(path)
    sheet = book["填报"]
    answers = 0
    for row in sheet.iter_rows(min_row=1):
        cells = [cell for cell in row if not cell.protection.locked]
        for cell in cells[:1]:
            cell.value = value
            answers += 1
    assert answers > 5
    book.save(path)


def test_the_whole_round(office: Office, tmp_path: Path) -> None:
    assert "补报" in office.run("填报人甲", UNIT, "due", PERIOD)
    assert "渝中区：" in office.run("填报人甲", UNIT, "due", PERIOD, "--remind")
    path = tmp_path / "渝中.xlsx"
    office.run("填报人甲", UNIT, "template", FORM, PERIOD, "--out", str(path))

    filled(path, "约300")
    told = office.run("填报人甲", UNIT, "submit", str(path), FORM, PERIOD, code=1)
    assert "退回更正 1" in told
    coloured = tmp_path / "渝中-退回.xlsx"
    assert coloured.exists()

    filled(coloured, 0)
    told = office.run("填报人甲", UNIT, "submit", str(coloured), FORM, PERIOD)
    assert "提交 1" in told, told
    assert "已提交" in office.run("审核人乙", CITY, "list", FORM, PERIOD)

    assert "已退回 returned: 1" in office.run(
        "市审核员", CITY, "return", FORM, PERIOD, "--unit", UNIT, "--reason", "全为零"
    )
    office.run("填报人甲", UNIT, "template", FORM, PERIOD, "--out", str(path))
    filled(path, 1)
    again = office.run("填报人甲", UNIT, "submit", str(path), FORM, PERIOD, "--reason", "已更正", code=1)
    assert "退回更正 1" in again or "待说明" in again  # a district of one child each is no district: the checks say so


def test_signing_publishing_and_the_way_back(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "渝中.xlsx"
    office.run("填报人甲", UNIT, "template", FORM, PERIOD, "--out", str(path))
    filled(path, 0)
    office.run("填报人甲", UNIT, "submit", str(path), FORM, PERIOD)
    for by, role in (("填报人甲", "reporter"), ("审核人乙", "reviewer"), ("负责人丙", "principal")):
        assert "已签 signed: 1" in office.run(by, UNIT, "sign", FORM, PERIOD, role=role)
    assert "已通过 accepted: 1" in office.run("市审核员", CITY, "accept", FORM, PERIOD)
    assert "已发布 published:" in office.run("市发布人", CITY, "publish", "2024年秋季")
    element = DataFolder(office.folder / "data").snapshot().forms[FORM].elements
    code = next(iter(element))
    assert "公开有效" in office.run("市审核员", CITY, "history", FORM, PERIOD, code, "--unit", UNIT)
    assert "核验无误" in office.run("市审计员", CITY, "verify")
    computed = office.plain("compute", "--data", str(office.folder / "data"))
    assert "模拟数据" not in computed
    told = office.run("市发布人", CITY, "correct", FORM, PERIOD, "--unit", UNIT, "--reason", "统计口径更正")
    assert "已重新开放 reopened: 1" in told


def test_a_step_outside_the_own_unit_is_refused(office: Office, tmp_path: Path) -> None:
    assert "500103" not in office.run("外人", "500104", "list", FORM, PERIOD), (
        "another district's returns are not shown"
    )
    data = ["data", "--data", str(office.folder / "data"), "--by", "外人", "--of", "500104"]
    refused = office.runner.invoke(
        app, [*data, "template", FORM, PERIOD, "--unit", UNIT, "--out", str(tmp_path / "x.xlsx")]
    )
    assert isinstance(refused.exception, UserError), refused.output
    assert {one.code for one in refused.exception.problems} == {"ACCESS-UNIT"}
    assert not (tmp_path / "x.xlsx").exists()


def test_nobody_acts_without_a_name(office: Office) -> None:
    found = office.runner.invoke(app, ["data", "--data", str(office.folder / "data"), "list", FORM, PERIOD])
    assert found.exit_code == 2
    assert "--by" in found.output


def test_a_form_or_period_that_does_not_exist_is_told_with_what_there_is(office: Office) -> None:
    for words in (("list", "no_such_form", PERIOD), ("list", FORM, "2024")):
        found = office.runner.invoke(
            app, ["data", "--data", str(office.folder / "data"), "--by", "甲", "--of", CITY, *words]
        )
        assert found.exit_code == 1
        assert isinstance(found.exception, UserError)
