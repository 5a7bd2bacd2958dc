"""``duibiao extract`` and ``review`` as a user runs them: a real process, a real pack, a real document."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
COMMAND = Path(sys.executable).with_name("duibiao")
BASE = ROOT / "tests" / "broken" / "base"
NAME = "演示市特色教育行动方案（2026—2028年）"
PLAN = f"""{NAME}

到2028年，全市建成特色学校50所，特色课程参与率达到95%以上。

一、建设特色学校

1. 建好学校。每年培训骨干教师200名。
牵头部门：测试部门甲
配合部门：测试部门乙

2. 评好学校。建立制度。
牵头部门：测试部门甲
配合部门：测试部门丙
"""
HEAD = ["--set", "issuer=演示市（虚构）", "--set", "published=2026-01", "--code", "special"]


def run(*words: str, cwd: Path, code: int = 0, typed: str = "") -> str:
    """Run a command and return what it printed; errors are printed to the second stream."""
    environment = {**os.environ, "COLUMNS": "150", "NO_COLOR": "1", "DUIBIAO_PACKS": str(cwd / "packs")}
    done = subprocess.run(  # noqa: S603  our own command, no shell
        [COMMAND, *words], cwd=cwd, capture_output=True, text=True, env=environment, timeout=120, check=False,
        input=typed,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout if code == 0 else done.stderr


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A folder with a small pack and a document."""
    shutil.copytree(BASE, tmp_path / "packs" / "demo")
    (tmp_path / "plan.txt").write_text(PLAN, encoding="utf-8")
    return tmp_path


@pytest.fixture
def draft(office: Path) -> str:
    """The draft of the document."""
    run("extract", "plan.txt", "--out", "drafts", cwd=office)
    return f"drafts/{NAME}.yaml"


def log(office: Path) -> list[dict[str, str]]:
    """The decisions so far."""
    path = office / "drafts" / f"{NAME}.decisions.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def entries(office: Path) -> list[dict[str, str]]:
    """The entries of the draft, headings first, in the order of the file."""
    data = yaml.safe_load((office / "drafts" / f"{NAME}.yaml").read_text(encoding="utf-8"))
    return [one for name in ("sections", "targets", "tasks", "achieved", "rules") for one in data.get(name, [])]


def test_a_document_becomes_a_tracked_plan_in_three_commands(office: Path, draft: str) -> None:
    said = run("review", draft, "--by", "测试员", *HEAD, cwd=office)
    assert "待审" in said
    said = run("review", draft, "--by", "测试员", cwd=office, typed="a\n" * len(entries(office)))
    assert "待审 0" in said
    said = run("monitor", "special", "--all-targets", cwd=office)
    assert NAME in said
    assert run("plan", "check", "special", cwd=office)
    plan = yaml.safe_load((office / "packs/demo/plans/special.yaml").read_text(encoding="utf-8"))
    assert [one["title"] for one in plan["tasks"]] == ["建好学校", "评好学校"]
    assert "compared" in run("pack", "check", "--lang", "en", cwd=office)
    assert {one["by"] for one in log(office)} == {"测试员"}


def test_the_review_is_taken_up_where_it_was_left(office: Path, draft: str) -> None:
    count = len(entries(office))
    run("review", draft, cwd=office, typed="a\nr\n重复\nq\n")
    assert [one["action"] for one in log(office)] == ["accept", "reject"]
    said = run("review", draft, cwd=office, typed="s\nq\n")
    assert f"1/{count - 2}" in said
    assert len(log(office)) == 2
    assert not (office / "packs/demo/plans").joinpath("special.yaml").exists()


def test_a_correction_is_made_in_the_terminal_and_a_bad_one_is_asked_again(office: Path, draft: str) -> None:
    typed = "a\nc\ndue=明年\n理由\nc\ndue=2027\n印错\nq\n"
    said = run("review", draft, cwd=office, typed=typed)
    assert "PACK-FIELD-UNKNOWN" in said or "PACK-NUMBER" in said
    assert len(log(office)) >= 1


def test_the_passage_is_shown_in_its_context(office: Path, draft: str) -> None:
    said = run("review", draft, cwd=office, typed="s\ns\nq\n")
    assert "全市建成特色学校50所" in said.replace("\n", "")


def test_the_end_of_the_input_is_a_stop(office: Path, draft: str) -> None:
    run("review", draft, cwd=office)
    assert log(office) == []


def test_whole_rules_are_accepted_at_once_and_the_pack_is_written_only_when_asked(office: Path, draft: str) -> None:
    rule = next(one["rule"] for one in entries(office) if one.get("lead"))
    said = run("review", draft, "--accept-rule", "outline", "--accept-rule", rule, *HEAD, cwd=office)
    assert f"{rule}：接受 1" in said, "the task with an unknown department waits for a person"
    assert not (office / "packs/demo/plans/special.yaml").exists()
    run("review", draft, "--write", cwd=office)
    plan = yaml.safe_load((office / "packs/demo/plans/special.yaml").read_text(encoding="utf-8"))
    assert len(plan["tasks"]) == 1
    assert "targets" not in plan


def test_a_head_the_document_does_not_state_is_asked_for_and_nothing_is_written(office: Path, draft: str) -> None:
    before = sorted((office / "packs").rglob("*"))
    said = run("review", draft, "--accept-rule", "outline", "--write", cwd=office, code=1)
    assert "ACCEPT-HEAD" in said
    assert "--set issuer=" in said
    assert sorted((office / "packs").rglob("*")) == before


def test_json_is_one_flat_list(office: Path) -> None:
    run("extract", "plan.txt", "--out", "drafts", "--format", "json", cwd=office)
    found = json.loads((office / "drafts" / "plan.json").read_text(encoding="utf-8"))
    assert {one["type"] for one in found} >= {"task", "statement"}
    for one in found:
        assert PLAN[one["passage"]["start"] : one["passage"]["end"]] == one["passage"]["text"]


def test_two_files_of_one_name_keep_both_drafts(office: Path) -> None:
    (office / "other").mkdir()
    (office / "other/plan.txt").write_text(PLAN.replace("50所", "60所"), encoding="utf-8")
    run("extract", "plan.txt", "other/plan.txt", "--out", "drafts", cwd=office)
    assert len(list((office / "drafts").iterdir())) == 2
    run("extract", "plan.txt", "--out", "drafts", cwd=office)
    assert len(list((office / "drafts").iterdir())) == 2, "the same file again takes its own place"


def test_a_file_that_cannot_be_read_leaves_nothing_behind(office: Path) -> None:
    (office / "bad.txt").write_bytes(b"")
    said = run("extract", "bad.txt", "--out", "drafts", cwd=office, code=1)
    assert "bad.txt" in said
    assert not (office / "drafts").exists()


def test_every_bad_file_is_told_at_once_and_the_good_ones_are_read_all_the_same(office: Path) -> None:
    (office / "bad.txt").write_bytes(b"")
    (office / "worse.docx").write_bytes(b"%PDF-1.7\n%%EOF")
    said = run("extract", "bad.txt", "plan.txt", "worse.docx", "--out", "drafts", cwd=office, code=1)
    assert "bad.txt: READ-EMPTY" in said
    assert "worse.docx: READ-MISLABELLED" in said
    assert "2 problems; the files without any were taken" in said
    assert [path.name for path in (office / "drafts").iterdir()] == [f"{NAME}.yaml"]
    run("review", f"drafts/{NAME}.yaml", "--accept-rule", "outline", cwd=office)


def test_a_plan_that_is_not_in_the_file_is_answered_with_what_is(office: Path) -> None:
    said = run("extract", "plan.txt", "--plan", "没有此方案", "--out", "drafts", cwd=office, code=2)
    assert "Traceback" not in said
    assert "特色教育" in said.replace("\n", "").replace(" ", "").replace("│", "")
