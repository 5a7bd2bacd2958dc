"""Whatever the bytes, a reader reads or refuses with a problem; what it reads leads back to the original."""

import io
import tempfile
import zipfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duibiao.sources.readers import Limits, read
from tests.unit.sources.readers import files
from tests.unit.sources.readers.files import assert_mapped, attempted

SMALL = Limits(file_bytes=1 << 20, part_bytes=1 << 20, seconds=20)
SEEDS = ("docx", "pdf", "ofd", "html", "txt")
WORDS = st.text(st.sampled_from("教育规划目标达到95%。；（一）1. \n\t\u3000a"), max_size=40)
EDITS = st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=6), st.integers(0, 8)), min_size=1, max_size=6)
FUZZ = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@cache
def seed(kind: str) -> bytes:
    """A sound file of a kind."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / f"plan.{kind}"
        if kind == "docx":
            cells = f"<w:tc>{files.numbered('甲')}</w:tc><w:tc>{files.paragraph('乙')}</w:tc>"
            body = files.numbered("总体目标") + f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"
            files.word(path, body, numbering=files.numbering(("chineseCounting", "%1、")))
        elif kind == "pdf":
            grid = (
                files.framed(100, 680, 200, 700) + files.framed(200, 680, 300, 700) + files.framed(100, 660, 300, 680)
            )
            files.pdf(path, files.shown(105, 685, "指标") + files.shown(72, 600, "目标") + grid)
        elif kind == "ofd":
            files.ofd(path, [(20, 20, "总体目标")], [(20, 20, "任务")])
        elif kind == "html":
            path.write_text("<html><h1>规划</h1><table><tr><td>甲<td>乙<tr><td>丙<td>丁</table>", encoding="utf-8")
        else:
            path.write_text("总体目标\n到2027年达到95%。\n", encoding="utf-8")
        return path.read_bytes()


def read_or_refuse(data: bytes, kind: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / f"plan.{kind}"
        path.write_bytes(data)
        problems, reading = attempted(path, SMALL)
        assert all(problem.code.startswith("READ-") for problem in problems)
        if reading is not None:
            assert_mapped(reading)
            assert reading.blocks


def edited(data: bytes, edits: list[tuple[float, bytes, int]]) -> bytes:
    for share, put, dropped in edits:
        at = int(share * len(data))
        data = data[:at] + put + data[at + dropped :]
    return data


@pytest.mark.parametrize("kind", SEEDS)
@FUZZ
@given(edits=EDITS)
def test_a_damaged_file_is_read_or_refused(kind: str, edits: list[tuple[float, bytes, int]]) -> None:
    read_or_refuse(edited(seed(kind), edits), kind)


@pytest.mark.parametrize("kind", SEEDS)
@FUZZ
@given(share=st.floats(0, 1))
def test_a_file_cut_off_is_read_or_refused(kind: str, share: float) -> None:
    data = seed(kind)
    read_or_refuse(data[: int(share * len(data))], kind)


@pytest.mark.parametrize("kind", ["docx", "ofd"])
@FUZZ
@given(edits=EDITS, data=st.data())
def test_a_package_with_a_damaged_part_is_read_or_refused(
    kind: str, edits: list[tuple[float, bytes, int]], data: st.DataObject
) -> None:
    with zipfile.ZipFile(io.BytesIO(seed(kind))) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    name = data.draw(st.sampled_from(sorted(parts)))
    parts[name] = edited(parts[name], edits)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        for part, content in parts.items():
            package.writestr(part, content)
    read_or_refuse(packed.getvalue(), kind)


@pytest.mark.parametrize("kind", SEEDS)
@FUZZ
@given(data=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(kind: str, data: bytes) -> None:
    head = {"docx": b"PK\3\4", "ofd": b"PK\3\4", "pdf": b"%PDF-1.7\n", "html": b"<html>", "txt": b""}[kind]
    read_or_refuse(head + data + (b"\n%%EOF" if kind == "pdf" else b""), kind)


@FUZZ
@given(text=WORDS, encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_the_original_of_a_text_is_the_text(text: str, encoding: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "plan.txt"
        path.write_bytes(text.encode(encoding))
        if not text.strip():
            assert files.told(path) == "READ-EMPTY"
            return
        reading = read(path)
        assert reading.original.text == text
        assert_mapped(reading)
        assert [block.text for block in reading.blocks] == [
            line.strip() for line in text.removesuffix("\n").split("\n")
        ]


@FUZZ
@given(
    paragraphs=st.lists(WORDS, min_size=1, max_size=6),
    rows=st.lists(st.lists(WORDS, min_size=1, max_size=4), max_size=4),
)
def test_every_word_of_a_document_is_read_once_and_in_order(paragraphs: list[str], rows: list[list[str]]) -> None:
    cells = "".join(f"<w:tr>{''.join(f'<w:tc>{files.paragraph(text)}</w:tc>' for text in row)}</w:tr>" for row in rows)
    with tempfile.TemporaryDirectory() as name:
        path = files.word(
            Path(name) / "plan.docx", "".join(map(files.paragraph, paragraphs)) + f"<w:tbl>{cells}</w:tbl>"
        )
        wanted = "".join("".join((*paragraphs, *(text for row in rows for text in row))).split())
        if not wanted:
            assert files.told(path) == "READ-NO-TEXT"
            return
        reading = read(path)
        assert_mapped(reading)
        assert "".join("".join(block.text for block in reading.blocks).split()) == wanted
