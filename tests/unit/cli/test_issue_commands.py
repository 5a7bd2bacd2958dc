"""The issue list at the command line, over a real store."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from duibiao.cli.main import app
from duibiao.progress.status import Status
from duibiao.store.issues_flow import IssueAction
from duibiao.store.issues_model import Assignment, IssueStep
from duibiao.store.workflow import Actor, ActorRole
from duibiao.views.issue_draft import draft_from_target
from duibiao.workspace import Workspace
from duibiao.workspace.data_folder import DataFolder, register

PACKS = Path(__file__).resolve().parents[3] / "packs"
CITY = "500000"
DAY = date(2025, 12, 31)


@pytest.fixture
def folder(workspace: Workspace, tmp_path: Path) -> Path:
    """A simulated store with one issue that is being rectified."""
    data = DataFolder(tmp_path / "data")
    data.create(workspace.content, simulated=True, effective=date(2000, 1, 1))
    _, plans = workspace.plans()
    target = next(one.target.id for one in workspace.monitor(plans, DAY) if one.status is Status.BEHIND)
    with data.open_store() as store:
        units = workspace.content.units.values()
        register(store, [replace(unit, name=f"{unit.name}（模拟）") for unit in units], date(2000, 1, 1))
        supervisor = Actor("督导甲", CITY, ActorRole.SUPERVISOR)
        given = Assignment(CITY, date(2099, 6, 30), "市教委", "职教处处长")
        issue = store.issues.find(supervisor, draft_from_target(workspace, target, DAY), given)
        officer = Actor("经办乙", CITY, ActorRole.REVIEWER)
        store.issues.take(officer, issue.number, 2, IssueStep(IssueAction.MEASURE, text="[red]培育[/red] 4 所"))
    return data.folder


def run(folder: Path, *words: str, of: str = CITY, lang: str = "zh", code: int = 0) -> str:
    who = ["--data", str(folder), "--by", "领导", "--of", of, "--lang", lang]
    found = CliRunner().invoke(app, ["issues", *who, *words], env={"DUIBIAO_PACKS": str(PACKS)})
    assert found.exit_code == code, f"{words}: {found.output} {found.exception}"
    return found.output + str(found.exception or "")


def number_in(folder: Path) -> str:
    with DataFolder(folder).open_store() as store:
        return store.issues.issues(Actor("督导甲", CITY, ActorRole.SUPERVISOR))[0].number


def test_the_list_and_an_issue_are_printed_with_the_mark(folder: Path) -> None:
    number = number_in(folder)
    told = run(folder, "list")
    assert all(word in told for word in ("问题清单1项", "整改1项", "逾期0项", "模拟数据", number))
    assert "逾期1天" in run(folder, "list", "--overdue", "--as-of", "2099-07-01")
    assert number not in run(folder, "list", "--state", "closed")
    told = run(folder, "show", number)
    assert all(word in told for word in ("● 整改", "[red]培育[/red] 4 所", "职教处处长", "2099-06-30", "提请验收"))
    assert "1 issues" in run(folder, "list", lang="en")


def test_the_letter_is_written_out(folder: Path) -> None:
    told = run(folder, "show", number_in(folder), "--letter", "--as-of", "2099-07-10")
    assert all(word in told for word in ("督办〔", "市教委：", "逾期10天", "立即整改", "经核签后发出", "模拟数据"))
    assert "重庆市（模拟）、市教委" not in told, "nobody writes letters to themselves"


def test_a_foreign_or_unknown_issue_is_refused(folder: Path) -> None:
    for of, number in (("500103", number_in(folder)), (CITY, "2026-9999")):
        found = run(folder, "show", number, of=of, code=1)
        assert "ISSUE-UNKNOWN" in found
    assert "没有问题" in run(folder, "list", of="500103")
