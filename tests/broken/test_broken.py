"""One bad input per problem code: what is told, where, and what to do about it; and nothing else is told."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from duibiao.kernel.problem import Problem, UserError, catalogue
from duibiao.kernel.reading import MAX_BYTES
from duibiao.kernel.text import Language
from duibiao.workspace import Workspace
from duibiao.workspace.readings import check_readings

HERE = Path(__file__).parent
BASE = HERE / "base"
FOLDERS = sorted(path.name for path in HERE.iterdir() if (path / "expect.yaml").is_file())
# Told by the archive, by a folder without packs, and by reading the archived documents anew.
LATER = ("ARCHIVE-CHANGED", "CITE-CHANGED", "PACK-NONE", "READING-OPEN", "READING-IDLE")
WARNINGS = ("ELEMENT-UNUSED",)  # refuse nothing; `duibiao pack check` tells them
# Bad documents stand in tests/unit/sources/readers/test_problems.py, bad drafts in tests/unit/extract/test_review.py.
# Bad snapshots, stores and steps of the work flow stand in tests/unit/store (test_codes.py counts them).
STORE = ("SNAPSHOT-", "STORE-", "REPORT-", "ACCESS-", "ISSUE-")
# Bad accounts, passwords, sign-ins and tokens stand in tests/unit/store/accounts (test_codes.py counts them).
ACCOUNTS = ("ACCOUNT-", "PASSWORD-", "LOGIN-", "TOKEN-")
# Bad tables and results stand in tests/unit/compute, bad returns in tests/unit/intake, bad calibrations in
# tests/unit/simulate (each has a test that counts them).
# Bad requests to the cockpit stand in tests/web (test_errors.py counts them).
# Bad official documents stand in tests/unit/views/test_paper.py and tests/unit/reports/test_fonts.py.
# Folders that cannot take an export stand in tests/unit/reports/exports/test_folder.py, which counts them.
APART = ("WEB-", "COMPUTE-", "RESULT-", "INTAKE-", "DATA-", "SIMULATION-", "PAPER-", "EXPORT-")
# Bad templates, passages and briefs stand in tests/unit/evaluations/test_template_problems.py (which counts them).
TEMPLATES = ("TEMPLATE-", "NARRATIVE-", "BRIEF-")
# Units that are not comparable stand in tests/unit/metrics/test_registry.py.
# Altered evaluations and bad task reports stand in tests/unit/evaluations (test_codes.py counts them).
EVALUATIONS = ("EVALUATION-", "ADDENDUM-", "TASK-REPORT-")
ROOMS = (*STORE, *ACCOUNTS, *APART, *TEMPLATES, *EVALUATIONS)
ELSEWHERE = ("READ-", "DRAFT-", "REVIEW-", "ACCEPT-", "UNIT-NOT-COMPARABLE", *ROOMS)
NOT_PACK = shutil.ignore_patterns("expect.yaml", "delete.txt", "grow.txt")
GOAL = "  written: ≥8\n"


def laid_out(tmp_path: Path, *codes: str) -> Path:
    """The base pack with the files of broken folders laid over it; answers the folder of the packs."""
    demo = tmp_path / "packs" / "demo"
    shutil.copytree(BASE, demo)
    for code in codes:
        shutil.copytree(HERE / code, demo, dirs_exist_ok=True, ignore=NOT_PACK)
        for name in named_in(HERE / code / "delete.txt"):
            (demo / name).unlink()
        for name in named_in(HERE / code / "grow.txt"):
            with (demo / name).open("r+b") as file:
                file.truncate(MAX_BYTES + 1)
    return demo.parent


def named_in(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").split() if file.exists() else []


def edited(packs: Path, name: str, old: str, new: str) -> None:
    """Change one place of a file; the place must be there exactly once."""
    file = packs / "demo" / name
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{name}: {old!r}"
    file.write_text(text.replace(old, new), encoding="utf-8")


def refused(packs: Path) -> tuple[Problem, ...]:
    with pytest.raises(UserError) as caught:
        Workspace.open(packs)
    return caught.value.problems


def expected(code: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((HERE / code / "expect.yaml").read_text(encoding="utf-8"))
    return found


def assert_told(problem: Problem, wanted: dict[str, Any]) -> None:
    """The problem stands where it should, and says in both languages what is wrong and what to do."""
    assert problem.code == wanted["code"]
    assert problem.where.file == wanted["file"]
    assert problem.where.line == wanted.get("line", 0)
    assert problem.where.field == wanted.get("field", "")
    for language, words in ((Language.ZH, wanted["keywords_zh"]), (Language.EN, wanted["keywords_en"])):
        told = problem.in_(language)
        assert [word for word in words if word not in told] == [], told
        assert "{" not in told, "a fact was not put into the sentence"


def test_every_problem_code_has_one_bad_input() -> None:
    assert set(FOLDERS) == {code for code in catalogue() if not code.startswith(ELSEWHERE)}


def test_the_base_pack_alone_has_no_problem(tmp_path: Path) -> None:
    workspace = Workspace.open(laid_out(tmp_path), tmp_path / "archive")
    workspace.archive.add(BASE / "documents" / "demo.txt")
    compared, absent, problems = workspace.check_citations()
    assert workspace.warnings == ()
    assert compared >= 5
    assert (absent, problems) == (0, [])


@pytest.mark.parametrize("code", [code for code in FOLDERS if code not in (*LATER, *WARNINGS)])
def test_the_bad_input_is_refused_with_its_place_and_remedy_and_nothing_else_is_told(code: str, tmp_path: Path) -> None:
    problems = refused(laid_out(tmp_path, code))
    wanted = expected(code)
    matching = [problem for problem in problems if problem.code == code]
    assert len(matching) == 1
    assert_told(matching[0], wanted)
    assert [str(problem.where) for problem in problems if problem.code != code] == []


@pytest.mark.parametrize("code", WARNINGS)
def test_what_asks_a_person_to_look_refuses_nothing(code: str, tmp_path: Path) -> None:
    (problem,) = Workspace.open(laid_out(tmp_path, code)).warnings
    assert_told(problem, expected(code))


def test_a_folder_without_packs_is_refused(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path)
    assert_told(problem, expected("PACK-NONE") | {"file": str(tmp_path)})


def test_a_changed_text_in_the_archive_is_told_for_the_citation_that_points_at_it(tmp_path: Path) -> None:
    workspace = Workspace.open(laid_out(tmp_path, "CITE-CHANGED"), tmp_path / "archive")
    workspace.archive.add(HERE / "CITE-CHANGED" / "documents" / "demo.txt")
    compared, absent, problems = workspace.check_citations()
    assert compared >= 5
    assert (absent, len(problems)) == (0, 1)
    assert_told(problems[0], expected("CITE-CHANGED"))


def test_a_file_of_the_archive_that_was_changed_is_refused(tmp_path: Path) -> None:
    workspace = Workspace.open(laid_out(tmp_path), tmp_path / "archive")
    digest = workspace.archive.add(BASE / "documents" / "demo.txt")
    (workspace.archive.folder / digest).write_text("changed", encoding="utf-8")
    with pytest.raises(UserError) as raised:
        workspace.check_citations()
    (problem,) = raised.value.problems
    assert_told(problem, expected("ARCHIVE-CHANGED"))


@pytest.mark.parametrize("code", ["READING-OPEN", "READING-IDLE"])
def test_a_pack_that_is_not_what_is_read_in_its_document_says_why(code: str, tmp_path: Path) -> None:
    workspace = Workspace.open(laid_out(tmp_path, code), tmp_path / "archive")
    workspace.archive.add(BASE / "documents" / "demo.txt")
    checked, problems = check_readings(workspace)
    assert [one.plan.code for one in checked if one.differences] == ["demo"]
    assert_told(next(one for one in problems if one.code == code), expected(code))


def test_what_is_not_archived_is_not_called_read(tmp_path: Path) -> None:
    workspace = Workspace.open(laid_out(tmp_path, "READING-IDLE"), tmp_path / "archive")
    checked, problems = check_readings(workspace)
    assert [one.differences for one in checked] == [None]
    assert problems == []


@pytest.mark.parametrize(
    ("old", "new", "code", "field"),
    [
        pytest.param("plan: demo", "plan: demmo", "PLAN-UNKNOWN", "plan", id="a plan that does not exist"),
        pytest.param("[row-02]", "[row-09]", "PLAN-ITEM-UNKNOWN", "items", id="an entry that does not exist"),
        pytest.param("field: unit", "field: units", "PACK-CHOICE", "field", id="a field nothing has"),
        pytest.param("[target]", "[targets]", "PACK-CHOICE", "of", id="a kind of entry nothing is"),
        pytest.param("  items: [row-02]\n", "", "PACK-FIELD-MISSING", "items", id="neither entries nor a condition"),
        pytest.param("  items: [row-02]", "  when: fullest", "PACK-CHOICE", "when", id="a condition nobody knows"),
        pytest.param("- plan: demo\n  of", "- of", "PACK-FIELD-MISSING", "plan", id="entries of no plan"),
        pytest.param("  reason: 测试：虚构的说明\n", "", "PACK-FIELD-MISSING", "reason", id="no reason"),
    ],
)
def test_an_explanation_that_cannot_hold_is_refused(old: str, new: str, code: str, field: str, tmp_path: Path) -> None:
    packs = laid_out(tmp_path, "READING-IDLE")
    edited(packs, "readings.yaml", old, new)
    told = {(one.code, one.where.file, one.where.field) for one in refused(packs)}
    assert (code, "demo/readings.yaml", field) in told


def test_a_citation_beyond_the_end_of_the_text_is_told(tmp_path: Path) -> None:
    packs = laid_out(tmp_path)
    edited(packs, "plans/demo.yaml", "at: L7,", "at: L700,")
    workspace = Workspace.open(packs, tmp_path / "archive")
    workspace.archive.add(BASE / "documents" / "demo.txt")
    assert [(problem.code, problem.where.field) for problem in workspace.check_citations()[2]] == [
        ("CITE-CHANGED", "L700")
    ]


def test_a_document_that_is_not_archived_is_counted_and_not_called_right(tmp_path: Path) -> None:
    workspace = Workspace.open(laid_out(tmp_path), tmp_path / "archive")
    compared, absent, problems = workspace.check_citations()
    assert (compared, problems) == (0, [])
    assert absent >= 5


def test_the_citation_of_an_amendment_is_compared_like_any_other(tmp_path: Path) -> None:
    packs = laid_out(tmp_path)
    amended = "reason: 测试：虚构的调整\n    cite: {item: 指标表第1行, at: L3, hash: "
    edited(packs, "plans/demo.yaml", amended + "1f9348ae4db90607", amended + "0000000000000000")
    workspace = Workspace.open(packs, tmp_path / "archive")
    workspace.archive.add(BASE / "documents" / "demo.txt")
    assert [problem.code for problem in workspace.check_citations()[2]] == ["CITE-CHANGED"]


def test_problems_of_several_files_are_told_at_once_in_the_order_of_the_files(tmp_path: Path) -> None:
    broken = ("PACK-CHOICE", "DEPARTMENT-TWICE", "OBS-RANGE", "TARGET-GOAL", "UNIT-DATES", "SOURCE-PATTERN")
    packs = laid_out(tmp_path, *broken)
    edited(packs, "pack.yaml", "equals: 2}\n- {count: tasks", "equals: 4}\n- {count: tasks")
    problems = refused(packs)
    assert {problem.code for problem in problems} == {*broken, "PACK-ASSERTION"}
    places = [(problem.where.file, problem.where.line) for problem in problems]
    assert places == sorted(places)
    assert len({file for file, _ in places}) == 7


def test_problems_of_one_file_are_told_at_once(tmp_path: Path) -> None:
    packs = laid_out(tmp_path)
    edited(packs, "observations.csv", "2024,84,%", "2024,八十四,%")
    edited(packs, "observations.csv", "2024,6,所", "二〇二四,6,所")
    edited(packs, "observations.csv", "990102,2023", "990199,2023")
    told = [(problem.code, problem.where.line) for problem in refused(packs)]
    assert told == [("PACK-NUMBER", 2), ("PACK-PERIOD", 3), ("UNIT-UNKNOWN", 4)]


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        pytest.param("observations.csv", "2024,84,%", "2024,NaN,%", id="a number that is none, instead of 0"),
        pytest.param("observations.csv", "2024,84,%", "2024,,%", id="an empty number, instead of 0"),
        pytest.param("observations.csv", ",2024,84", ",,84", id="an empty period, instead of the year 1"),
        pytest.param("observations.csv", "84,%,=,", "84,%,≈,", id="an unknown bound, instead of exact"),
        pytest.param(
            "observations.csv", "=,,2024-06-01", "=,,2024-06-31", id="an impossible day, instead of the year 1"
        ),
        pytest.param(
            "units.csv", "2024-07-01,990101", "2024-13-01,990101", id="an impossible end, instead of the year 1"
        ),
        pytest.param("indicators.yaml", "maximum: 100", "maximum: hundred", id="a limit in words, instead of 0"),
        pytest.param("plans/demo.yaml", GOAL, "  written: 若干\n", id="a goal in words, instead of a judged text"),
        pytest.param("plans/demo.yaml", "baseline: '5'", "baseline: 五", id="a base value in words, instead of a dash"),
        pytest.param("plans/demo.yaml", "base_year: 2023", "base_year: 基期", id="a year in words, instead of 0"),
        pytest.param("plans/demo.yaml", "kind: action_plan", "kind: plan", id="an unknown kind, instead of the first"),
        pytest.param("progress.yaml", "on_course: 0.95", "on_course: high", id="a threshold in words, instead of 0"),
    ],
)
def test_a_placeholder_never_gets_out(name: str, old: str, new: str, tmp_path: Path) -> None:
    packs = laid_out(tmp_path)
    edited(packs, name, old, new)
    line = next(
        n for n, text in enumerate((packs / "demo" / name).read_text("utf-8").split("\n"), 1) if new.strip() in text
    )
    assert (f"demo/{name}", line) in {(problem.where.file, problem.where.line) for problem in refused(packs)}


def test_a_missing_file_of_extra_observations_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        Workspace.open(laid_out(tmp_path), extra_observations=[tmp_path / "absent.csv"])
    assert [(problem.code, problem.where.file) for problem in caught.value.problems] == [
        ("PACK-FILE-MISSING", "absent.csv")
    ]


@pytest.mark.parametrize(
    ("name", "old", "new", "code", "line"),
    [
        pytest.param("observations.csv", ",quality,note", ",qualty,note", "PACK-FIELD-UNKNOWN", 1, id="a column"),
        pytest.param("units.csv", ",break_on,", ",break_in,", "PACK-FIELD-UNKNOWN", 1, id="a column of units"),
        pytest.param(
            "definitions.csv", ",indicator,note", ",indicater,note", "PACK-FIELD-UNKNOWN", 1, id="a definition"
        ),
        pytest.param("plans/demo.yaml", "[甲部门]", "[甲部门, {name: 乙}]", "PACK-FIELD-KIND", 55, id="a list item"),
        pytest.param(
            "plans/demo.yaml", "links:\n", "links:\n- 见任务1\n", "PACK-FIELD-KIND", 58, id="a text for an entry"
        ),
    ],
)
def test_what_the_reader_does_not_understand_is_never_dropped_in_silence(
    name: str, old: str, new: str, code: str, line: int, tmp_path: Path
) -> None:
    packs = laid_out(tmp_path)
    edited(packs, name, old, new)
    assert (code, f"demo/{name}", line) in {
        (problem.code, problem.where.file, problem.where.line) for problem in refused(packs)
    }


def test_a_plan_written_in_two_files_is_told_where_it_stands_again(tmp_path: Path) -> None:
    packs = laid_out(tmp_path)
    plans = packs / "demo" / "plans"
    shutil.copyfile(plans / "demo.yaml", plans / "second.yaml")
    problem = next(problem for problem in refused(packs) if problem.code == "CODE-TWICE")
    assert (problem.where.file, problem.where.line) == ("demo/plans/second.yaml", 2)


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        pytest.param("observations.csv", "demo.enrolment_rate,990000", ",990000", "PACK-FIELD-MISSING", id="indicator"),
        pytest.param(
            "observations.csv", "demo.enrolment_rate,990000", "demo.enrolment_rate,", "PACK-FIELD-MISSING", id="unit"
        ),
        pytest.param("plans/demo.yaml", "document: demo-document, ", "", "PACK-FIELD-MISSING", id="document"),
        pytest.param("pack.yaml", "unit: '990000'\n", "", "PACK-FIELD-MISSING", id="the pack's unit"),
        pytest.param("pack.yaml", "code: demo\n", "code: [demo\n", "PACK-SYNTAX", id="the whole pack.yaml"),
        pytest.param(
            "pack.yaml",
            "plan: demo, equals: 2}\n- {count: u",
            "plan: demmo, equals: 2}\n- {count: u",
            "PLAN-UNKNOWN",
            id="plan of an assertion",
        ),
    ],
)
def test_one_fault_is_told_once_and_by_its_name(name: str, old: str, new: str, code: str, tmp_path: Path) -> None:
    packs = laid_out(tmp_path)
    edited(packs, name, old, new)
    assert [(problem.code, problem.where.file) for problem in refused(packs)] == [(code, f"demo/{name}")]


def test_an_alignment_with_a_clause_the_other_plan_does_not_have_is_told(tmp_path: Path) -> None:
    packs = laid_out(tmp_path)
    edited(packs, "plans/demo.yaml", "covered_by: ['9']", "covered_by: ['9', '77']")
    assert [problem.code for problem in refused(packs)] == ["PLAN-ITEM-UNKNOWN"]


def test_a_text_that_contains_itself_is_refused_and_does_not_crash(tmp_path: Path) -> None:
    packs = laid_out(tmp_path)
    edited(packs, "departments.yaml", "aliases: [甲部门]", "aliases: &all [甲部门, *all]")
    assert "PACK-SYNTAX" in {problem.code for problem in refused(packs)}
