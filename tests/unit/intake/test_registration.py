"""A list of schools as an office keeps it gets into the registry: its words, its dates, every problem at once."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from duibiao.intake.registration import HEADS, UnitList, read_unit_list, unit_list_csv
from duibiao.kernel.problem import UserError
from duibiao.kernel.text import Text
from duibiao.metrics.code_list import CodeList
from duibiao.metrics.unit import Unit, UnitKind

CITY = Unit("500000", "重庆市", UnitKind.CITY)
OLD = Unit("500103", "渝中区", UnitKind.DISTRICT, "500000", tile=(4, 4), grouping_current="主城都市区", source="民政局")
NEW = Unit("500157", "两江新区", UnitKind.DISTRICT, "500000")
KNOWN = {unit.code: unit for unit in (CITY, OLD, NEW)}
LISTS = {
    "school_kind": CodeList(
        "school_kind", Text("办学类型"), {"211": Text("小学"), "312": Text("九年一贯制学校")}, "C", ""
    ),
    "location_type": CodeList("location_type", Text("城乡类型"), {"111": Text("主城区"), "220": Text("村庄")}, "C", ""),
}
HEAD = ("学校名称", "学校标识码", "办学类型", "城乡类型", "办学性质", "上级单位", "设立日期", "撤销日期", "承继单位")
GOOD = (
    ("甲小学", "2150100001", "小学", "主城区", "公办", "渝中区", datetime(2001, 9, 1), None, None),  # noqa: DTZ001  a cell holds a day without a zone
    ("乙学校", 2150100002, "312 九年一贯制学校", "220", "民办", "500103", "1998-09", date(2024, 8, 1), "2150100001"),
)


def book(path: Path, *rows: Sequence[object], head: Sequence[str] = HEAD) -> Path:
    made = openpyxl.Workbook()
    sheet = made.active
    for row in (head, *rows):
        sheet.append(list(row))
    made.save(path)
    return path


def read(path: Path, known: dict[str, Unit] = KNOWN) -> UnitList:
    return read_unit_list(path, known, LISTS)


def test_a_list_in_the_words_of_an_office(tmp_path: Path) -> None:
    found = read(book(tmp_path / "名单.xlsx", *GOOD))
    first, second = found.new
    assert (first.code, first.kind, first.parent, first.school_kind) == ("2150100001", UnitKind.SCHOOL, "500103", "211")
    assert first.identifiers == (("school_id", "2150100001"),)
    assert (str(first.valid_from), first.ownership, first.location_type) == ("2001-09-01", "public", "111")
    assert first.source == "名单.xlsx"
    assert (str(second.valid_from), second.valid_to, second.successors) == (
        "1998-09",
        date(2024, 8, 1),
        ("2150100001",),
    )
    assert (found.changed, found.same) == ((), 0)


def test_what_is_written_out_is_read_back_and_changes_nothing(tmp_path: Path) -> None:
    known = KNOWN | {unit.code: unit for unit in read(book(tmp_path / "a.xlsx", *GOOD)).new}
    out = tmp_path / "名录.csv"
    out.write_bytes(unit_list_csv(known.values(), LISTS))
    again = read(out, known)
    assert (again.new, again.changed, again.same) == ((), (), 5)
    # In the encoding a workbook program writes by default, with one school that was renamed.
    text = out.read_text("utf-8-sig").replace("甲小学", "甲实验小学")
    out.write_bytes(text.encode("gb18030"))
    changed = read(out, known).changed
    assert [unit.name for unit in changed] == ["甲实验小学"]


def test_what_a_list_does_not_say_stays_as_it_is_registered(tmp_path: Path) -> None:
    path = book(tmp_path / "b.xlsx", ("500103", "2025-11-06;2027-01-01"), head=("单位代码", "边界调整日"))
    with pytest.raises(UserError) as caught:  # a name is needed, whoever it is
        read(path)
    assert "“单位名称”" in str(caught.value)
    path = book(
        tmp_path / "b.xlsx", ("500103", "渝中区", "2027-01-01;2025-11-06"), head=("单位代码", "单位名称", "边界调整日")
    )
    (changed,) = read(path).changed
    assert changed.breaks == (date(2025, 11, 6), date(2027, 1, 1))
    assert (changed.kind, changed.parent, changed.tile, changed.source) == (OLD.kind, OLD.parent, OLD.tile, OLD.source)


def test_every_problem_is_told_at_once_in_the_words_of_the_list(tmp_path: Path) -> None:
    rows = (
        ("甲小学", "2150100001", "小学", "主城区", "公办", "渝中区", None, None, None),
        ("甲小学", "2150100001", "小学", "主城区", "公办", "渝中区", None, None, None),
        ("乙小学", "2131100002", "小学", "主城区", "公办", "渝中区", None, None, None),
        ("丙小学", "2150100003", "大小学", "月球", "国办", "渝中", "去年", None, "2150999999"),
        ("丁小学", "2150100004", None, None, "公办", None, "2024-09-01", "2020-09-01", None),
        ("戊小学", "2150100005", "小学", None, None, "2150100005", None, None, None),
    )
    with pytest.raises(UserError) as caught:
        read(book(tmp_path / "坏.xlsx", *rows, head=(*HEAD[:-1], "承继单位")))
    told = [(one.where.line, one.where.field, one.code) for one in caught.value.problems]
    assert sorted(told) == sorted(
        [
            (3, "单位代码", "CODE-TWICE"),
            (5, "办学性质", "PACK-CHOICE"),
            (5, "设立日期", "PACK-DATE"),
            (5, "上级单位", "UNIT-UNKNOWN"),
            (5, "承继单位", "UNIT-UNKNOWN"),
            (6, "撤销日期", "UNIT-DATES"),
            (5, "办学类型", "CODE-LIST"),
            (5, "城乡类型", "CODE-LIST"),
            (7, "上级单位", "UNIT-PARENT"),
            (6, "上级单位", "PACK-FIELD-MISSING"),
            (6, "办学类型", "PACK-FIELD-MISSING"),
            (4, "其他标识", "IDENTIFIER-RULE"),
        ]
    )
    words = str(caught.value)
    assert "可选：公办, 民办" in words
    assert "学校标识码第3、4位应为本省代码50" in words


def test_an_identifier_two_schools_claim_is_refused(tmp_path: Path) -> None:
    known = KNOWN | {unit.code: unit for unit in read(book(tmp_path / "a.xlsx", *GOOD)).new}
    head = ("单位代码", "单位名称", "学校标识码", "其他标识", "办学类型", "上级单位")
    path = book(tmp_path / "c.xlsx", ("X1", "庚小学", "2150100001", "local:50010320001", "小学", "渝中区"), head=head)
    with pytest.raises(UserError, match=r"IDENTIFIER-RULE.*已属于甲小学"):
        read(path, known)
    path = book(tmp_path / "c.xlsx", ("X1", "庚小学", "2150100009", "local:50010320001", "小学", "渝中区"), head=head)
    (unit,) = read(path, known).new
    assert unit.code == "X1"
    assert unit.identifiers == (("school_id", "2150100009"), ("local", "50010320001"))


@pytest.mark.parametrize(
    ("head", "code"),
    [(("学校名称", "校长"), "PACK-FIELD-UNKNOWN"), (("学校名称", "名称"), "PACK-FIELD-TWICE")],
)
def test_a_head_nobody_knows_is_told_with_those_that_are_known(
    tmp_path: Path, head: tuple[str, ...], code: str
) -> None:
    with pytest.raises(UserError) as caught:
        read(book(tmp_path / "d.xlsx", ("甲", "乙"), head=head))
    assert code in {one.code for one in caught.value.problems}
    if code == "PACK-FIELD-UNKNOWN":
        assert all(name in str(caught.value) for name in HEADS)


def test_files_that_are_no_list(tmp_path: Path) -> None:
    (tmp_path / "leer.csv").write_bytes(b"")
    with pytest.raises(UserError, match="PACK-SYNTAX"):
        read(tmp_path / "leer.csv")
    (tmp_path / "alt.xlsx").write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600)
    with pytest.raises(UserError, match="INTAKE-FILE-KIND"):
        read(tmp_path / "alt.xlsx")
