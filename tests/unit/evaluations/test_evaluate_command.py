"""``duibiao evaluate`` as a person types it: what it prints, what it writes, how it ends."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from duibiao.cli.main import app
from duibiao.evaluations.folder import FrozenEvaluation
from duibiao.kernel.problem import UserError
from tests.unit.evaluations.conftest import ROOT


@pytest.fixture
def folder(closing_frozen: FrozenEvaluation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of evaluations with the closing evaluation in it, below the current one."""
    shutil.copytree(closing_frozen.folder, tmp_path / "evaluations" / closing_frozen.id)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DUIBIAO_PACKS", str(ROOT / "packs"))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "evaluations" / closing_frozen.id


def typed(*words: str) -> str:
    done = CliRunner().invoke(app, ["evaluate", *words])
    if isinstance(done.exception, UserError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def test_list_show_verify_and_an_addendum(folder: Path) -> None:
    assert folder.name[:20] in typed("list")
    assert "成立：" in typed("verify", "final-five-year-14")
    said = typed("addendum", "final", "--office", "市教委", "--author", "䶮某", "--reason", "口径说明")
    assert "不同的输入0个，会变动的结果0处" in said
    assert "已写入第1号附录" in said
    shown = typed("show", "final")
    assert "高中阶段毛入学率" in shown
    assert "䶮某：口径说明" in shown

    path = folder / "evaluation.json"
    path.write_bytes(path.read_bytes().replace(b"98.47%", b"98.57%"))
    with pytest.raises(UserError, match="EVALUATION-DIFFERS"):
        typed("verify", "final")


def test_performing_freezes_where_it_is_told_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packs = tmp_path / "packs"
    shutil.copytree(ROOT / "tests/broken/base", packs / "demo")  # small: it is opened twice
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DUIBIAO_PACKS", str(packs))
    assert "未固化" in typed("demo", "--kind", "special")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["packs"]
    data = tmp_path / "data"
    data.mkdir()
    reports = "reports:\n- {plan: demo, task: 1, finding: 未启动, assessor: {office: 甲, name: 乙}, date: 2025-12-01}\n"
    (tmp_path / "task_reports.yaml").write_text(reports, encoding="utf-8")
    said = typed(
        "perform", "demo", "--kind", "special", "--as-of", "2025-12-31", "--task-reports", "task_reports.yaml",
        "--out", str(data),
    )  # fmt: skip
    assert "已评定1项" in said
    (frozen,) = [path for path in (data / "evaluations").iterdir() if path.is_dir()]
    assert (frozen / "inputs/task_reports.yaml").read_text(encoding="utf-8") == reports
    assert "成立：" in typed("verify", str(frozen))
