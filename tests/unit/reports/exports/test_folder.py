"""An export is there whole or not at all, and takes the place of nothing but an earlier export."""

import json
import shutil
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from duibiao.kernel.problem import UserError, catalogue
from duibiao.reports.exports.content import ExportContent
from duibiao.reports.exports.figures import ExportMeasure, figures
from duibiao.reports.exports.folder import MARKER, write_export
from duibiao.reports.exports.formats import ExportFormat, exported

FILES = {"a.csv": b"1", "data/b.csv": b"2"}


def told(folder: Path) -> str:
    with pytest.raises(UserError) as caught:
        write_export(folder, FILES, "tidy", "id")
    (found,) = caught.value.problems
    assert found.code == "EXPORT-FOLDER-USED"
    assert found.where.file == str(folder)
    return found.message.zh


def test_the_files_and_their_list_are_written(tmp_path: Path) -> None:
    paths = write_export(tmp_path / "x" / "out", FILES, "tidy", "id")
    assert [path.relative_to(tmp_path / "x/out").as_posix() for path in paths] == ["a.csv", "data/b.csv", MARKER]
    assert all(path.is_file() for path in paths)
    assert [one.name for one in (tmp_path / "x").iterdir()] == ["out"]


def test_an_earlier_export_is_replaced_with_what_is_no_longer_in_it(tmp_path: Path) -> None:
    write_export(tmp_path / "out", FILES, "tidy", "id")
    write_export(tmp_path / "out", {"c.csv": b"3"}, "tidy", "id")
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == ["c.csv", MARKER]


def test_the_files_of_others_are_never_touched(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    write_export(folder, FILES, "tidy", "id")
    (folder / "a.csv").write_bytes(b"changed by a person")
    assert "a.csv" in told(folder)
    (folder / "a.csv").write_bytes(b"1")
    (folder / "mine.txt").write_text("mine", encoding="utf-8")
    assert "mine.txt" in told(folder)
    (folder / "mine.txt").unlink()
    (folder / MARKER).write_text("[]", encoding="utf-8")
    assert "a.csv" in told(folder)
    (folder / MARKER).write_text("{no json", encoding="utf-8")
    assert "a.csv" in told(folder)
    assert (folder / "a.csv").read_bytes() == b"1"


def test_a_file_where_the_folder_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file", encoding="utf-8")
    assert "out" in told(tmp_path / "out")


def test_a_writing_that_fails_leaves_the_old_export_and_nothing_else(tmp_path: Path) -> None:
    write_export(tmp_path / "out", FILES, "tidy", "id")
    with pytest.raises(OSError, match="File name too long"):
        write_export(tmp_path / "out", {"a.csv": b"new", "n" * 300: b"x"}, "tidy", "id")
    assert (tmp_path / "out" / "a.csv").read_bytes() == b"1"
    assert [one.name for one in tmp_path.iterdir()] == ["out"]


def test_an_export_that_a_stopped_process_left_aside_is_put_back(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    write_export(folder, FILES, "tidy", "id")
    folder.rename(tmp_path / ".out.abc.old")  # the process was stopped here, before the new one took its place
    with pytest.raises(OSError, match="File name too long"):
        write_export(folder, {"n" * 300: b"x"}, "tidy", "id")
    assert (folder / "a.csv").read_bytes() == b"1"
    shutil.copytree(folder, tmp_path / ".out.def.old")  # or here, before the old one was removed
    write_export(folder, {"a.csv": b"2"}, "tidy", "id")
    assert [one.name for one in tmp_path.iterdir()] == ["out"]
    assert (folder / "a.csv").read_bytes() == b"2"


def test_an_export_without_a_row_is_refused(real: ExportContent) -> None:
    with pytest.raises(UserError) as caught:
        exported(replace(real, rows=()), ExportFormat.TIDY)
    assert [one.code for one in caught.value.problems] == ["EXPORT-EMPTY"]


@pytest.mark.parametrize("kind", list(ExportFormat))
def test_the_same_content_gives_the_same_bytes(content: ExportContent, kind: ExportFormat) -> None:
    first = exported(content, kind)
    assert first == exported(content, kind)
    assert all(isinstance(data, bytes) and data for data in first.values())
    json.dumps(sorted(first))


def test_every_problem_of_the_exports_is_produced_here() -> None:
    assert {code for code in catalogue() if code.startswith("EXPORT-")} == {"EXPORT-FOLDER-USED", "EXPORT-EMPTY"}


@pytest.mark.parametrize("kind", list(ExportFormat))
def test_an_indicator_with_a_thousand_published_values_is_exported(real: ExportContent, kind: ExportFormat) -> None:
    one = next(one for one in real.rows if one.row.id == "basic-education/row-03")
    model = one.row.values[0]
    many = tuple(
        replace(model, id=f"{year}-{turn}", period=str(year), amount=Decimal(year) / 100 + turn)
        for year in range(1926, 2026)
        for turn in range(10)
    )
    crowded = replace(real, rows=(replace(one, row=replace(one.row, values=many)),))
    assert sum(figure.chosen for figure in figures(crowded) if figure.measure is ExportMeasure.PUBLISHED) == 100
    assert all(exported(crowded, kind).values())
