"""The commands as a user runs them: a real process, real packs, real files."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
COMMAND = Path(sys.executable).with_name("duibiao")


def run(*words: str, cwd: Path = ROOT, code: int = 0) -> str:
    """Run a command and return what it printed; errors are printed to the second stream."""
    environment = {**os.environ, "COLUMNS": "150", "NO_COLOR": "1"}
    done = subprocess.run(  # noqa: S603  our own command, no shell
        [COMMAND, *words], cwd=cwd, capture_output=True, text=True, env=environment, timeout=120, check=False
    )
    assert done.returncode == code, done.stderr
    return done.stdout if code == 0 else done.stderr


def test_monitor_prints_the_sentence_and_writes_four_files(tmp_path: Path) -> None:
    said = run("monitor", "--out", str(tmp_path))
    assert "100项指标中" in said
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"monitor.{end}" for end in ("csv", "html", "json", "xlsx")
    ]


def test_monitor_speaks_english() -> None:
    said = run("monitor", "--lang", "en", "--by", "status")
    assert "of 100 indicators" in said
    assert "on course" in said


def test_monitor_of_a_past_day_uses_only_what_was_known() -> None:
    assert "无数据100项" in run("monitor", "--as-of", "2024-01-01")


def test_evaluate_says_what_the_issue_asks_for(tmp_path: Path) -> None:
    said = run("evaluate", "five-year-14", "--kind", "final", "--out", str(tmp_path))
    assert "未达成（暂定）" in said
    assert "98.47%" in said
    assert "全国在园幼儿自2020年起连年下降" in said
    assert "12项核心目标" in said
    assert json.loads((tmp_path / "evaluation-five-year-14.json").read_text(encoding="utf-8"))["verdicts"][1] == {
        "code": "not_met.provisional", "count": 1, "word": {"zh": "暂定未达成", "en": "provisionally not met"}
    }  # fmt: skip


def test_explain_finds_an_indicator_by_a_name_a_document_gives_it() -> None:
    said = run("explain", "毛入园率（学前教育）")
    assert "preschool.gross_enrolment_rate" in said
    assert "第47页" in said
    assert "牵头：市教委" in said


def test_explain_of_one_plan_shows_only_that_plan() -> None:
    said = run("explain", "preschool.gross_enrolment_rate", "--plan", "basic-education")
    assert "十四五”规划（2021—2025年）  毛入园率" not in said


def test_an_unknown_name_is_answered_with_what_it_may_have_been() -> None:
    said = run("explain", "学前教育毛入院率", code=2)
    assert "preschool.gross_enrolment_rate" in said
    assert "Traceback" not in said
    assert "five-year-14" in run("monitor", "no-such-plan", code=2)


@pytest.mark.parametrize(
    "words",
    [
        ["plan", "list"],
        ["plan", "show"],
        ["plan", "tree", "strategy-2035", "--depth", "1"],
        ["plan", "departments"],
        ["plan", "check"],
    ],
)
def test_plan_commands_answer_in_both_languages(words: list[str]) -> None:
    assert run(*words).strip()
    assert run(*words, "--lang", "en").strip()


def test_export_prints_json_that_can_be_read(tmp_path: Path) -> None:
    rows = json.loads(run("plan", "export", "teachers", "--what", "tasks", "--format", "json"))
    assert len(rows) == 19
    run("plan", "export", "action-plans", "five-year-14", "--what", "targets", "--out", str(tmp_path / "t.csv"))
    assert (tmp_path / "t.csv").read_bytes().startswith(b"\xef\xbb\xbfplan,id,row,")


def test_a_broken_pack_is_refused_with_every_place_and_nothing_is_written(tmp_path: Path) -> None:
    pack = tmp_path / "packs" / "demo"
    pack.mkdir(parents=True)
    (pack / "pack.yaml").write_text("code: demo\ntitle: 测试\nunit: '1'\nunitt: '2'\n", encoding="utf-8")
    said = run("monitor", "--out", str(tmp_path / "out"), cwd=tmp_path, code=1)
    assert "demo/pack.yaml:4 [unitt]: PACK-FIELD-UNKNOWN" in said
    assert "PACK-NO-ASSERTION" in said
    assert "Traceback" not in said
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file, not a folder", encoding="utf-8")
    said = run("monitor", "--out", str(tmp_path / "out"), code=1)
    assert "无法读写文件" in said
    assert "Traceback" not in said


def test_a_date_that_is_none_is_refused_in_words() -> None:
    assert "2025-13-01" in run("monitor", "--as-of", "2025-13-01", code=2)


def test_archive_and_cite_work_on_a_real_document(shared: Path, tmp_path: Path) -> None:
    packs = tmp_path / "packs"
    packs.symlink_to(ROOT / "packs")
    documents = sorted((shared / "documents").glob("*.txt"))
    said = run("archive", *map(str, documents), cwd=tmp_path)
    assert "重庆市教育事业发展“十四五”规划" in said
    assert "0处原文未存档" in run("pack", "check", cwd=tmp_path)
    assert "专栏" not in run("cite", "five-year-plan-2021", "在园幼儿数（万人）", cwd=tmp_path)
    assert "cite: {document: five-year-plan-2021, at: L101." in run(
        "cite", "five-year-plan-2021", "在园幼儿数（万人）", cwd=tmp_path
    )
