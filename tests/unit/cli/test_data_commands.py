"""The round of reporting at the command line: real files, a real store, every step by its command."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
from typer.testing import CliRunner

from duibiao.cli.main import app
from duibiao.intake.layout import ISSUES
from duibiao.intake.sheet import ANSWER_COLUMN, KEY_COLUMN
from duibiao.intake.submit import last_year
from duibiao.kernel.problem import UserError
from duibiao.store.layout import form_schema
from duibiao.store.model import Origin
from duibiao.store.snapshot import Snapshot
from duibiao.store.snapshot_writing import write_snapshot
from duibiao.store.workflow import Actor, ActorRole
from duibiao.workspace import Workspace
from duibiao.workspace.data_folder import DataFolder

PACKS = Path(__file__).resolve().parents[3] / "packs"
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


def test_a_snapshot_of_before_a_question_was_put_is_still_computed(office: Office, tmp_path: Path) -> None:
    content = Workspace.open(PACKS).content
    now = content.forms[FORM]
    before = replace(
        now,
        sections=tuple(
            replace(part, fields=tuple(one for one in part.fields if one.element != "population_3_5"))
            for part in now.sections
        ),
        checks=(),
    )
    row: dict[str, object] = {"unit": UNIT, "district": UNIT, "school_kind": "", "location_type": "", "ownership": ""}
    row |= dict.fromkeys(before.columns, 7)
    write_snapshot(
        DataFolder(tmp_path / "old").snapshots,
        tables={(FORM, 2024): pa.Table.from_pylist([row], schema=form_schema(before))}, forms=[before],
        elements=content.elements, units=list(content.units.values()), title="以前的报表（测试）", created_by="测试",
        created_at=datetime(2024, 12, 1, tzinfo=UTC), simulated=False,
    )  # fmt: skip
    told = office.plain("compute", "--data", str(tmp_path / "old"))
    assert f"在这份快照发布之后才问：{content.elements['population_3_5'].label.zh}；" in told
    result = DataFolder(tmp_path / "old").result(content, DataFolder(tmp_path / "old").snapshot())
    for one in result.compiled.indicators:
        if "population_3_5" in one.expression.elements:
            assert result.cell(one.code, UNIT, 2024).value is None
    own = [one.code for one in result.compiled.indicators if one.expression.forms == (FORM,)]
    assert [code for code in own if result.cell(code, UNIT, 2024).value is not None]


def earlier_years(folder: Path, population: int, *, simulated: bool = False) -> Path:
    """A snapshot of the year before, as an authority brings it from its earlier system; the figures are invented."""
    content = Workspace.open(PACKS).content
    form = content.forms[FORM]
    row: dict[str, object] = {"unit": UNIT, "district": UNIT, "school_kind": "", "location_type": "", "ownership": ""}
    row |= dict.fromkeys(form.columns) | {"population_total": population, "population_3_5": 0}
    table = pa.Table.from_pylist([row], schema=form_schema(form))
    return write_snapshot(
        folder, tables={(FORM, 2023): table}, forms=[form], elements=content.elements,
        units=list(content.units.values()), title="以前年度（测试）", created_by="测试",
        created_at=datetime(2024, 1, 1, tzinfo=UTC), simulated=simulated,
    ).folder  # fmt: skip


def test_the_years_before_are_asked_about_and_carried_over_by_every_publishing(office: Office, tmp_path: Path) -> None:
    data = DataFolder(office.folder / "data")
    path = tmp_path / "渝中.xlsx"
    office.run("填报人甲", UNIT, "template", FORM, PERIOD, "--out", str(path))
    filled(path, 0)
    assert "可提交 1 个单位" in office.run("填报人甲", UNIT, "check", str(path), FORM, PERIOD)

    before = earlier_years(tmp_path / "旧系统", 600_000)
    assert "2023—2023" in office.run("市发布人", CITY, "carry-over", str(before))
    shutil.rmtree(tmp_path / "旧系统")  # the folder has its own copy
    asked = office.run("填报人甲", UNIT, "check", str(path), FORM, PERIOD, code=1)
    assert "待说明 1" in asked
    assert "常住人口与上年相差超过5%" in asked
    assert "600000" in asked
    assert "未保存" in asked
    assert "草稿" in office.run("审核人乙", CITY, "list", FORM, PERIOD)
    told = office.run("填报人甲", UNIT, "submit", str(path), FORM, PERIOD, code=1)
    assert "待说明 1" in told

    book = openpyxl.load_workbook(tmp_path / "渝中-退回.xlsx")
    for row in book[ISSUES].iter_rows():
        if row[1].value == "疑问" and row[KEY_COLUMN].value:
            row[ANSWER_COLUMN].value = "人口普查后调整口径"
    book.save(tmp_path / "答复.xlsx")
    assert "提交 1" in office.run("填报人甲", UNIT, "submit", str(tmp_path / "答复.xlsx"), FORM, PERIOD)
    for by, role in (("填报人甲", "reporter"), ("审核人乙", "reviewer"), ("负责人丙", "principal")):
        office.run(by, UNIT, "sign", FORM, PERIOD, role=role)
    office.run("市审核员", CITY, "accept", FORM, PERIOD)
    for title in ("第一次", "第二次"):
        office.run("市发布人", CITY, "publish", title)
        assert data.snapshot().years(FORM) == [2023, 2024]
        assert data.snapshot().table(FORM, 2023)["population_total"].to_pylist() == [600_000]


def test_what_this_store_published_outranks_the_years_before(office: Office, tmp_path: Path) -> None:
    data, content = DataFolder(office.folder / "data"), Workspace.open(PACKS).content
    data.carry_over(Snapshot.open(earlier_years(tmp_path / "旧系统", 600_000)))
    plan = data.plan(content, FORM, PERIOD)
    with data.open_store() as store:
        seen = last_year(store, Actor("市审核员", CITY, ActorRole.REVIEWER), plan)
        assert seen["population_total"].to_list() == [600_000]
        # The autumn of 2023 itself is reported and published through this store, with another number.
        before = data.plan(content, FORM, "2023/24")
        assert before.last_year is None
        publisher = Actor("市发布人", CITY, ActorRole.PUBLISHER)
        store.open_reports(publisher, plan.form, before.period, [UNIT])
        reporter = Actor("填报人甲", UNIT, ActorRole.REPORTER)
        cells = {"unit": [UNIT], "population_total": [599_000]}
        state = store.save(
            reporter, plan.form, before.period, pa.table(cells), origin=Origin("报.csv", "0" * 64), source_type="填报"
        ).states[0]
        for name, role in (("甲", ActorRole.REPORTER), ("乙", ActorRole.REVIEWER), ("丙", ActorRole.PRINCIPAL)):
            store.sign(Actor(name, UNIT, role), [state.seen])
        state = store.submit(reporter, [state.seen])[0]
        store.accept(Actor("市审核员", CITY, ActorRole.REVIEWER), [state.seen])
        store.publish(
            publisher, data.snapshots, title="补报", forms=content.forms, elements=content.elements,
            history=data.years_before(),
        )  # fmt: skip
        seen = last_year(store, reporter, plan)
        assert seen.select("unit", "population_total").rows() == [(UNIT, 599_000)]


def test_simulated_years_are_never_carried_into_real_data(office: Office, tmp_path: Path) -> None:
    before = earlier_years(tmp_path / "模拟", 1, simulated=True)
    found = office.runner.invoke(
        app, ["data", "--data", str(office.folder / "data"), "--by", "甲", "--of", CITY, "carry-over", str(before)]
    )
    assert isinstance(found.exception, UserError), found.output
    assert [one.code for one in found.exception.problems] == ["STORE-HISTORY-MIXED"]
    assert DataFolder(office.folder / "data").years_before() is None


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
