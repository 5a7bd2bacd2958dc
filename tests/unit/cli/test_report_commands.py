"""``duibiao report``: one and the same words in Word, PDF and workbook; nothing is written when something is wrong."""

import io
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2
import pytest
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from duibiao.cli.main import app
from duibiao.evaluations.folder import read_evaluation
from duibiao.evaluations.record import Evaluation
from duibiao.evaluations.report import ReportOrder, write_report
from duibiao.evaluations.template_file import read_template
from duibiao.evaluations.words import vocabulary
from duibiao.kernel.problem import Report, UserError
from duibiao.views.paper import Paper, PaperBlock, blocks_of
from duibiao.views.paper_numbers import captions, words_of
from duibiao.views.paper_parts import GroupRow, PaperHeading, PaperTable, Paragraph
from duibiao.views.paper_text import Runs

ROOT = Path(__file__).resolve().parents[3]
PACKS = ROOT / "packs"


def run(*words: str) -> str:
    """Run a command in this process; what a user must mend is raised as UserError."""
    done = CliRunner().invoke(app, [*words, *(["--packs", str(PACKS)] if words[1] != "fields" else [])])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The closing evaluation, frozen and reported at once."""
    folder = tmp_path_factory.mktemp("out")
    run("evaluate", "five-year-14", "--kind", "final", "--report", "--out", str(folder))
    return folder


@pytest.fixture(scope="module")
def closing(out: Path) -> Evaluation:
    (place,) = (out / "evaluations").glob("final-*")
    return read_evaluation(place)


@pytest.fixture(scope="module")
def paper(closing: Evaluation) -> Paper:
    report = Report()
    template = read_template(PACKS / "china/reports/evaluation.yaml", "evaluation", vocabulary(), report)
    return write_report(closing, template, ReportOrder()).paper


def bare(text: str) -> str:
    """Text without any white space: lines are broken differently in every file."""
    return "".join(text.split())


def said(paper: Paper) -> Iterator[str]:
    """Every heading, paragraph and cell of a paper in reading order."""
    numbers = captions(paper)
    for block in blocks_of(paper):
        for runs in runs_in(block):
            yield bare("".join(words_of(run, numbers) for run in runs))


def runs_in(block: PaperBlock) -> Iterator[Runs]:
    """The runs of a block, part by part."""
    if isinstance(block, PaperHeading | Paragraph):
        yield block.runs
    elif isinstance(block, PaperTable):
        for row in block.rows:
            if isinstance(row, GroupRow):
                yield row.runs
            else:
                yield from (cell.runs for cell in row.cells)


def test_word_says_what_the_paper_says_in_the_same_order(out: Path, closing: Evaluation, paper: Paper) -> None:
    with zipfile.ZipFile(out / f"{closing.id}.docx") as archive:
        xml = archive.read("word/document.xml").decode()
    text = bare("".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", xml)))
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    place = 0
    for words in said(paper):
        found = text.find(words, place)
        assert found >= 0, words
        place = found


def test_pdf_says_what_the_paper_says(out: Path, closing: Evaluation, paper: Paper) -> None:
    document = pypdfium2.PdfDocument(out / f"{closing.id}.pdf")
    text = bare("".join(page.get_textpage().get_text_bounded() for page in document))
    whole = [words for words in said(paper) if len(words) < 16]  # longer ones are broken by a page or by its number
    assert len(whole) > 100
    assert [words for words in whole if words not in text] == []
    assert document.get_metadata_value("Title").startswith("重庆市教育事业发展")


def test_workbook_holds_the_same_values(out: Path, closing: Evaluation) -> None:
    book = CalamineWorkbook.from_path(str(out / f"{closing.id}.xlsx"))
    rows = book.get_sheet_by_name("指标").to_python()
    place = rows[0].index("现值（照录）")
    assert [row[place] for row in rows[1:]] == [
        one.row.observation.shown if one.row.observation else "—" for one in closing.indicators
    ]


def test_a_draft_shows_what_is_still_to_be_written(out: Path, tmp_path: Path) -> None:
    run("report", "final", "--in", str(out / "evaluations"), "--draft", "--format", "docx", "--out", str(tmp_path))
    (file,) = tmp_path.iterdir()
    with zipfile.ZipFile(file) as archive:
        xml = archive.read("word/document.xml").decode()
    assert "下一步工作建议" in bare(re.sub(r"<[^>]+>", "", xml))


def test_a_bad_template_writes_nothing(out: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("code: t\nname: 试\ntitle: '{nobody}'\nblocks:\n- say: 好\n", encoding="utf-8")
    with pytest.raises(UserError) as caught:
        run("report", "final", "--in", str(out / "evaluations"), "--template", str(bad), "--out", str(tmp_path / "o"))
    assert [(one.code, one.where.line) for one in caught.value.problems] == [("TEMPLATE-UNKNOWN", 3)]
    assert not (tmp_path / "o").exists()
    with pytest.raises(UserError):
        run("report", "check", str(bad))


def test_a_template_that_is_none_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        run("report", "check", "evaluatoin")
    (problem,) = caught.value.problems
    assert problem.code == "TEMPLATE-NONE"
    assert "brief-unit" in problem.remedy.zh


def test_the_shipped_templates_are_in_order_and_every_name_is_listed() -> None:
    assert "3个模板没有问题" in run("report", "check", "evaluation", "brief-unit", "brief-department")
    listed = run("report", "fields")
    for words in ("known_share", "any_behind", "known_actions", "unpublished", "progress_chart", "一项指标"):
        assert words in listed


def test_a_figure_changed_by_hand_stops_the_report(out: Path, tmp_path: Path) -> None:
    (place,) = (out / "evaluations").glob("final-*")
    copy = tmp_path / place.name
    copy.mkdir()
    for name in ("manifest.json", "evaluation.json"):
        (copy / name).write_bytes((place / name).read_bytes().replace(b"98.47", b"98.57"))
    with pytest.raises(UserError) as caught:
        run("report", str(copy), "--out", str(tmp_path / "o"))
    assert [one.code for one in caught.value.problems] == ["EVALUATION-FILE-CHANGED"]
    assert not (tmp_path / "o").exists()


def test_a_brief_has_one_page_and_says_what_it_leaves_out(out: Path, tmp_path: Path) -> None:
    small = tmp_path / "small.yaml"
    small.write_text(
        "code: s\nname: 小\nabout: department\ntitle: '{department.name}通报'\nblocks:\n"
        "- say: 牵头指标{department.leads}项\n"
        "- {table: department_rows, caption: 牵头的指标}\n",
        encoding="utf-8",
    )
    run("report", "final", "--in", str(out / "evaluations"), "--briefs", "departments", "--template", str(small),
        "--format", "pdf", "--out", str(tmp_path))  # fmt: skip
    (folder,) = (path for path in tmp_path.iterdir() if path.is_dir())
    files = sorted(folder.iterdir())
    assert files
    for file in files:
        assert len(pypdfium2.PdfDocument(io.BytesIO(file.read_bytes()))) == 1


def test_a_report_stopped_at_any_moment_leaves_no_half_file(out: Path, closing: Evaluation, tmp_path: Path) -> None:
    """The process is killed while it waits, while it makes the files and when the first of them is there."""
    words = ["report", closing.id, "--in", str(out / "evaluations"), "--packs", str(PACKS)]
    whole = {path.name: path.read_bytes() for path in out.glob(f"{closing.id}.*")}
    assert len(whole) >= 2

    def stopped(folder: Path, when: Callable[[], bool]) -> None:
        command = [sys.executable, "-c", "from duibiao.cli.main import main; main()", *words, "--out", str(folder)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # noqa: S603  our own command
        try:
            while process.poll() is None and not when():
                time.sleep(0.01)
        finally:
            process.kill()
            process.communicate()

    started = time.monotonic()
    early, late = tmp_path / "early", tmp_path / "late"
    stopped(early, lambda: time.monotonic() - started > 1.5)
    stopped(late, lambda: late.is_dir() and any(late.iterdir()))
    for folder in (early, late):
        for path in folder.glob(f"{closing.id}.*"):
            if path.suffix != ".partial":
                assert path.read_bytes() == whole[path.name], path.name
    run(*words[:4], "--out", str(late))
    assert {path.name: path.read_bytes() for path in late.iterdir()} == whole
