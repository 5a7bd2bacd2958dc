"""The years of a document: by its title, its date, its number, its first words. All texts are invented."""

from pathlib import Path

import pytest

from duibiao.extract.draft import context_of, extract
from duibiao.extract.items import DraftItem, ItemType
from duibiao.extract.window import Window, is_plan, looks_ahead
from duibiao.sources.readers import read


def drafted(tmp_path: Path, text: str) -> list[DraftItem]:
    file = tmp_path / "text.txt"
    file.write_text(text, encoding="utf-8")
    return list(extract(read(file)).items)


def promised(items: list[DraftItem]) -> list[tuple[str, str, int | None, bool]]:
    return [(i.subject, str(i.value), i.due, i.is_due_stated) for i in items if i.type is ItemType.STATEMENT]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("虚构市学前教育提升行动计划", True),
        ("虚构市关于加快托育发展的若干意见（试行）", True),
        ("虚构市校车管理办法", False),
        ("虚构市幼儿园办园标准", False),
        ("在虚构市教育大会上的讲话", False),
        ("2031年虚构市民生实事", True),
    ],
)
def test_a_plan_promises_and_a_rule_does_not(title: str, expected: bool) -> None:
    assert is_plan(title) is expected


def test_the_first_five_year_plan_with_two_characters_needs_its_marks() -> None:
    assert Window.of("虚构省教育“十五”计划") == Window(2001, 2005)
    assert Window.of("虚构县第二十五中学发展计划") == Window()
    assert Window.of("虚构市教育发展第十五个五年规划") == Window(2026, 2030)


def test_years_without_a_preposition_are_due_when_they_follow_the_number_of_the_document(tmp_path: Path) -> None:
    text = (
        "虚构市人民政府关于加快托育发展的若干意见\n（虚政发〔2024〕7号）\n\n一、发展目标\n\n"
        "2026年，全市托位使用率达到60%以上。\n\n2029年，每个街道建成1所公办托育园。\n\n2022年，托位使用率达到40%。\n"
    )
    assert promised(drafted(tmp_path, text))[:2] == [("托位使用率", "60", 2026, True), ("公办托育园", "1", 2029, True)]


def test_a_plan_without_years_still_promises(tmp_path: Path) -> None:
    text = "虚构县校园足球发展计划\n\n一、主要任务\n\n建设校园足球场35片，足球教师持证率达到80%。\n"
    assert promised(drafted(tmp_path, text)) == [
        ("校园足球场", "35", None, False),
        ("足球教师持证率", "80", None, False),
    ]


def test_a_rule_without_years_promises_nothing(tmp_path: Path) -> None:
    text = "虚构县校园食堂管理办法\n\n第一条 学校每学期开展食堂检查不少于2次，检查覆盖率达到100%。\n"
    assert promised(drafted(tmp_path, text)) == []


def test_the_first_words_may_state_the_years(tmp_path: Path) -> None:
    text = (
        "虚构市名师工程实施意见\n\n一、总体目标\n\n2025年起4年内，实施名师工程。\n\n二、任务\n\n4年内培养名校长60名。\n"
    )
    assert promised(drafted(tmp_path, text)) == [("名校长", "60", 2028, False)]


REPORT = """2031年虚构省政府工作报告
——2031年1月20日在虚构省第二十届人民代表大会第四次会议上
来源：虚构日报
时间：2031-02-01
省长 甲乙丙
各位代表：
现在，我代表省人民政府作报告，请予审议。
一、2030年工作回顾
新增公办学位9万个，普惠园覆盖率达到93%。
二、“十六五”时期目标任务
劳动年龄人口平均受教育年限达到12年。
三、2031年重点工作
（一）办好教育。新增公办学位2万个，改造县中40所。
"""


def test_a_work_report_promises_only_where_it_looks_ahead(tmp_path: Path) -> None:
    file = tmp_path / "report.txt"
    file.write_text(REPORT, encoding="utf-8")
    draft = extract(read(file))
    assert [part.title.text for part in draft.parts] == ["2031年虚构省政府工作报告"]
    assert promised(list(draft.items)) == [
        ("劳动年龄人口平均受教育年限", "12", 2035, True),
        ("新增公办学位", "2", 2031, False),
        ("县中", "40", 2031, False),
    ]
    assert [i.subject for i in draft.items if i.type is ItemType.ACHIEVED] == ["新增公办学位", "普惠园覆盖率"]


def test_a_speech_promises_nothing_under_the_same_headings(tmp_path: Path) -> None:
    text = REPORT.replace("2031年虚构省政府工作报告", "在虚构省教育大会上的讲话")
    assert promised(drafted(tmp_path, text)) == []


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("三、2031年重点工作 / （一）", True),
        ("二、主要目标", True),
        ("一、2030年工作回顾 / （二）重点任务", False),
        ("开篇", False),
    ],
)
def test_a_heading_looks_ahead_when_no_heading_above_it_looks_back(section: str, expected: bool) -> None:
    assert looks_ahead(section) is expected


def test_news_about_a_plan_holds_no_targets(tmp_path: Path) -> None:
    text = "虚构市将新增学位3万个\n来源：虚构晚报\n2031-03-01 10:00:00\n近日，规划印发。到2035年，毛入园率将达到99%。\n"
    items = drafted(tmp_path, text)
    assert [i for i in items if i.type is ItemType.STATEMENT] == []


def test_plain_headings_are_headings_where_nothing_is_numbered(tmp_path: Path) -> None:
    file = tmp_path / "plan.txt"
    file.write_text(
        "虚构市教育行动方案（2031—2033年）\n发展基础\n幼儿园覆盖率达到80%。\n主要目标\n幼儿园覆盖率达到90%。\n",
        encoding="utf-8",
    )
    draft = extract(read(file))
    assert context_of(draft.parts[0]).plan_end == 2033
    assert [(i.type, str(i.value)) for i in draft.items] == [(ItemType.ACHIEVED, "80"), (ItemType.STATEMENT, "90")]
