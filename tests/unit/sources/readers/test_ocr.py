"""Text recognition of scanned pages: what is put into lines, and a real scan where the extra is installed."""

import os
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from duibiao.extract.draft import extract
from duibiao.extract.draft_file import draft_files
from duibiao.kernel.period import PartialDate
from duibiao.kernel.problem import UserError
from duibiao.kernel.text import Text
from duibiao.sources.archive import Archive
from duibiao.sources.citation import Source, SourceKind
from duibiao.sources.readers import ocr, read

NAMED = os.environ.get("DUIBIAO_CJK_FONT")
FONTS = [Path(NAMED)] if NAMED else sorted(Path("/usr/share/fonts").rglob("*CJK*.tt[cf]"))
LINES = (
    "演示市特色教育行动方案（2026—2028年）",
    "到2028年，全市建成特色学校50所，特色课程参与率达到95%以上。",
    "1. 建好学校。每年培训骨干教师200名。",
    "牵头部门：市教委",
    "配合部门：市财政局",
)


def stretch(left: float, top: float, text: str, score: float = 0.99) -> ocr.Stretch:
    return ocr.Stretch(left, top, top + 40, text, score)


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """A PDF of one page that is a picture of words."""
    if not FONTS:
        pytest.skip("no Chinese font here to draw a scanned page with (package fonts-noto-cjk, or DUIBIAO_CJK_FONT)")
    font = ImageFont.truetype(str(FONTS[0]), 42)
    page = Image.new("RGB", (1654, 2339), "white")
    draw = ImageDraw.Draw(page)
    for number, line in enumerate(LINES):
        draw.text((180, 200 + 90 * number), line, font=font, fill=(20, 20, 20))
    page.save(tmp_path / "scan.pdf", resolution=200)
    return tmp_path / "scan.pdf"


def test_stretches_side_by_side_become_one_line_with_the_lowest_confidence() -> None:
    cells = [
        stretch(400, 102, "所"),
        stretch(100, 100, "特色学校", 0.876),
        stretch(600, 98, "50"),
        stretch(90, 160, "课程"),
    ]
    found = list(ocr.in_lines(cells))
    assert [(one.text, one.confidence) for one in found] == [
        ("特色学校 所 50", Decimal("0.88")),
        ("课程", Decimal("0.99")),
    ]


def test_nothing_recognised_is_no_line() -> None:
    assert list(ocr.in_lines([])) == []


def test_a_scan_is_refused_with_the_extra_named_in_both_languages(scan: Path) -> None:
    with pytest.raises(UserError) as caught:
        read(scan)
    (problem,) = caught.value.problems
    assert problem.code == "READ-SCANNED"
    for words in (problem.remedy.zh, problem.remedy.en):
        assert "duibiao[ocr]" in words
        assert "--ocr" in words


def test_a_scan_in_the_archive_is_not_taken_for_its_words(scan: Path, tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    source = Source("scan", Text("扫描件"), "演示市", SourceKind.PLAN, PartialDate(2026), sha256=archive.add(scan))
    assert archive.open(source) is None


@pytest.mark.skipif(not ocr.is_installed(), reason="the extra ocr (rapidocr, onnxruntime) is not installed")
def test_a_real_scan_is_read_and_everything_from_it_is_flagged(scan: Path) -> None:
    reading = read(scan, ocr=True)
    assert reading.notes == ("READ-OCR 1",)
    assert all(block.confidence is not None and block.confidence > 0 for block in reading.blocks)
    draft = extract(reading)
    (file,) = draft_files(draft, "scan.pdf")
    assert {one.get("written") for one in file.entries} >= {"50所", "达到95%以上", "200名"}
    for one in file.entries:
        assert "ocr" in one.flags
        assert any(flag.startswith("ocr:") for flag in one.flags)
