"""A printed table that does not add up is caught and explained; the real one of 武隆 is the example."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from duibiao.intake.tables import PartsRelation, TableRule, check_table, figures, read_table_rule, where_of
from duibiao.kernel.problem import Report
from duibiao.kernel.reading import Record

TOTAL, BASIC, ENTRANTS = "在校学生数（各级合计）", "基础教育在校生数", "招生数（合计）"
CHILDREN, PRIMARY, JUNIOR = "学前教育在园幼儿", "小学在校学生数", "初中在校学生数"
STAFF = ("学前教育专任教师", "小学专任教师数", "初中专任教师数")
SCHOOLS = ("幼儿园数", "小学数", "初级中学数", "完全中学数", "特殊教育学校数", "中职学校数")
RULES = (
    TableRule(TOTAL, PartsRelation.AT_LEAST, (CHILDREN, PRIMARY, JUNIOR), "合计行疑似错列"),
    TableRule(BASIC, PartsRelation.AT_LEAST, (CHILDREN, PRIMARY, JUNIOR)),
    TableRule("专任教师数（合计）", PartsRelation.AT_LEAST, STAFF),
    TableRule("基础教育专任教师数", PartsRelation.AT_LEAST, STAFF),
    TableRule(ENTRANTS, PartsRelation.DIFFERENT, (CHILDREN, PRIMARY, JUNIOR)),
    TableRule("学校（园）数", PartsRelation.EQUAL, SCHOOLS),
)


@pytest.fixture
def facts() -> Path:
    found = Path(__file__).resolve().parents[4] / "shared" / "facts" / "chongqing-districts-data.csv"
    if not found.exists():
        pytest.skip("../shared is absent: the table of 武隆 is not part of the project (CI has it)")
    return found


def test_the_printed_table_of_wulong_does_not_add_up(facts: Path) -> None:
    rows = list(csv.DictReader(facts.read_text(encoding="utf-8-sig").splitlines()))
    table = figures(rows, "武隆区", "2021", "教育事业统计情况表")
    assert table[BASIC] == 36468
    told = {(one.code, one.where.field): one.message.zh for one in check_table(table, RULES, where_of(facts))}
    assert set(told) == {
        ("INTAKE-TABLE-PARTS", TOTAL), ("INTAKE-TABLE-PARTS", BASIC), ("INTAKE-TABLE-PARTS", "专任教师数（合计）"),
        ("INTAKE-TABLE-PARTS", "基础教育专任教师数"), ("INTAKE-TABLE-SAME", ENTRANTS),
    }  # fmt: skip
    basic = told["INTAKE-TABLE-PARTS", BASIC]
    assert "36468" in basic
    assert "42572" in basic
    assert "多出 6104" in basic
    assert "数值相同（9268）" in told["INTAKE-TABLE-SAME", ENTRANTS]
    assert told["INTAKE-TABLE-PARTS", TOTAL].endswith("合计行疑似错列")


def test_a_table_that_adds_up_is_not_told_of() -> None:
    table = {TOTAL: Decimal(100), CHILDREN: Decimal(40), PRIMARY: Decimal(60)}
    equal = TableRule(TOTAL, PartsRelation.EQUAL, (CHILDREN, PRIMARY))
    assert check_table(table, [equal], where_of(Path("x.csv"))) == []
    # With a part missing the others may be less than the whole, and no more than it.
    assert check_table(table | {PRIMARY: None}, [equal], where_of(Path("x.csv"))) == []
    (problem,) = check_table(table | {PRIMARY: None, CHILDREN: Decimal(101)}, [equal], where_of(Path("x.csv")))
    assert "多出 1" in problem.message.zh
    (problem,) = check_table(table | {PRIMARY: Decimal(59)}, [equal], where_of(Path("x.csv")))
    assert "少了 1" in problem.message.zh
    assert check_table({TOTAL: None}, [equal], where_of(Path("x.csv"))) == []


def test_rules_are_read_from_data() -> None:
    entry = yaml.safe_load("{total: a, relation: at_least, parts: [b, c], note: n}")
    record = Record(entry, {}, "t.yaml", 1, Report())
    assert read_table_rule(record) == TableRule("a", PartsRelation.AT_LEAST, ("b", "c"), "n")
