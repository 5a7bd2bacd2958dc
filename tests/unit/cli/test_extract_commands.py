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
    said = run("review", draft, cwd=office, typed="a\nr\n重复\nq\n")
    assert "再次运行同一命令" in said
    assert [one["action"] for one in log(office)] == ["accept", "reject"]
    said = run("review", draft, cwd=office, typed="s\nq\n")
    assert f"1/{count - 2}" in said
    assert len(log(office)) == 2
    assert not (office / "packs/demo/plans").joinpath("special.yaml").exists()


def test_a_correction_is_made_in_the_terminal_and_a_bad_one_is_asked_again(office: Path, draft: str) -> None:
    typed = "a\nc\ndue=明年\n理由\nc\ndue=2027\n印错\nq\n"
    said = run("review", draft, cwd=office, typed=typed)
    assert "PACK-FIELD-UNKNOWN" in said or "PACK-NUMBER" in said
    assert "按 c 补填" in said
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


def test_a_draft_is_held_against_a_plan_of_the_packs_and_strict_refuses_what_nobody_explained(
    office: Path, draft: str
) -> None:
    run("review", draft, *HEAD, cwd=office, typed="a\n" * len(entries(office)))
    said = run("plan", "diff", draft, "special", "--strict", cwd=office)
    assert "没有差异" in said
    plan = office / "packs" / "demo" / "plans" / "special.yaml"
    text = plan.read_text(encoding="utf-8")
    assert text.count("label: 特色学校\n") == 1
    plan.write_text(text.replace("label: 特色学校\n", "label: 全市特色学校\n"), encoding="utf-8")
    said = run("plan", "diff", "special", draft, cwd=office)
    assert "名称不同1处" in said
    assert "未说明1处" in said
    run("plan", "diff", draft, "special", "--strict", cwd=office, code=1)
    (office / "packs" / "demo" / "readings.yaml").write_text(
        "readings:\n- {of: [target], field: title, when: fuller, reason: 补足}\n", encoding="utf-8"
    )
    said = run("plan", "diff", draft, "special", "--strict", cwd=office)
    assert "已说明 1：补足" in said
    rows = run("plan", "diff", draft, "special", "--format", "csv", cwd=office)
    assert ",补足," in rows


def test_an_explanation_that_explains_nothing_is_told_and_refused_by_strict(office: Path, draft: str) -> None:
    run("review", draft, *HEAD, cwd=office, typed="a\n" * len(entries(office)))
    (office / "packs" / "demo" / "readings.yaml").write_text(
        "readings:\n- {plan: special, of: [task], items: ['1'], field: lead, reason: 无}\n", encoding="utf-8"
    )
    assert "READING-IDLE" in run("plan", "diff", draft, "special", cwd=office)
    assert "READING-IDLE" in run("plan", "diff", draft, "special", "--strict", cwd=office, code=1)


def test_the_packs_are_checked_against_a_fresh_reading_of_the_archive(office: Path, draft: str) -> None:
    run("review", draft, *HEAD, cwd=office, typed="a\n" * len(entries(office)))
    run("archive", "plan.txt", cwd=office)
    said = run("pack", "check", "--readings", cwd=office)
    assert "special：与读出的不同0处" in said
    assert "demo：原文未存档" in said


def test_a_number_takes_the_indicator_offered_under_it_and_a_decision_can_be_made_again(
    office: Path, draft: str
) -> None:
    indicators = office / "packs" / "demo" / "indicators.yaml"
    known = (
        "- {code: demo.special, label: {zh: 特色学校建成数量}, unit: 所, direction: up, accumulation: level, "
        "rollup: sum}\n"
    )
    indicators.write_text(indicators.read_text(encoding="utf-8").rstrip("\n") + "\n" + known, encoding="utf-8")
    target = next(one["entry"] for one in entries(office) if one.get("label") == "特色学校")
    said = run("review", draft, cwd=office, typed="1\nq\n")
    assert "统一指标 1: demo.special" in said
    assert '"fields": {"indicator": "demo.special"}' in json.dumps(log(office)[-1])
    run("review", draft, "--again", target, cwd=office, typed="r\n不是\n")
    assert (log(office)[-1]["entry"], log(office)[-1]["action"]) == (target, "reject")
    assert "REVIEW-ENTRY" in run("review", draft, "--again", "0000", cwd=office, code=1)
