"""The national outline, the plan to 2035 and the five-year plan of the packs, recounted from the raw texts."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from duibiao.kernel.value import Quantity
from duibiao.plan.model import ClauseKind, Obligation
from duibiao.workspace import Workspace
from tests.documents import raw

OBLIGATIONS = {"预期性": Obligation.EXPECTED, "约束性": Obligation.BINDING}
BOX = re.compile(r"专栏\s?(\d)\s")
PROGRAMME = re.compile(r"(\d)\.\s?([^。]+?)。")


def cut(lines: list[str], after: str, before: str | None) -> list[str]:
    """The lines of one document of the reader: from after its title line to the next title."""
    first = next(number for number, line in enumerate(lines) if line.strip().startswith(after)) + 1
    ends = (number for number in range(first, len(lines)) if before and before in lines[number])
    return lines[first : next(ends, len(lines))]


def parts_and_measures(lines: list[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """The titles of parts (一、) and of measures (（一）), the latter with the number of their part."""
    parts: list[str] = []
    measures: list[tuple[str, str]] = []
    for line in lines:
        words = line.strip()
        if words.startswith(part := raw.numeral(len(parts) + 1) + "、"):
            parts.append(words.removeprefix(part))
        elif words.startswith(measure := f"（{raw.numeral(len(measures) + 1)}）"):
            measures.append((str(len(parts)), words.removeprefix(measure).partition("。")[0]))
    return parts, measures


@pytest.fixture(scope="module")
def outline(shared: Path) -> list[str]:
    return openings(raw.reader(shared))[0]


@pytest.fixture(scope="module")
def strategy(shared: Path) -> list[str]:
    return openings(raw.reader(shared))[1]


def openings(lines: list[str]) -> list[list[str]]:
    """The reader's documents that are cut into numbered parts: the outline first, the strategy after it."""
    starts = [number for number, line in enumerate(lines) if line.strip() == "一、总体要求"]
    return [lines[start:end] for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)]


@pytest.mark.parametrize(("plan", "parts", "measures"), [("outline", 11, 38), ("strategy", 13, 43)])
def test_parts_and_measures_have_the_numbers_and_titles_of_the_document(
    plan: str, parts: int, measures: int, workspace: Workspace, request: pytest.FixtureRequest
) -> None:
    held = workspace.content.plans.by_code[f"{plan}-2035"]
    paper_parts, paper_measures = parts_and_measures(request.getfixturevalue(plan))
    assert (len(paper_parts), len(paper_measures)) == (parts, measures)
    assert [(one.number, one.title.zh) for one in held.of(ClauseKind.PART)] == [
        (str(number), title) for number, title in enumerate(paper_parts, 1)
    ]
    assert [(one.number, one.within, one.title.zh) for one in held.of(ClauseKind.MEASURE)] == [
        (str(number), within, title) for number, (within, title) in enumerate(paper_measures, 1)
    ]


def test_the_strategy_has_one_goal_five_positions_and_eight_actions_as_named_in_its_framework(
    workspace: Workspace, strategy: list[str]
) -> None:
    (framework,) = [line for line in strategy if "“158N”" in line and "总目标" in line]
    found = re.search(r"以(.+?)为总目标，锚定(.+?)五个发展定位，推进(.+?)八项行动", framework)
    assert found
    held = workspace.content.plans.by_code["strategy-2035"]
    assert [one.title.zh for one in held.of(ClauseKind.GOAL)] == [found[1]]
    assert [one.title.zh for one in held.of(ClauseKind.POSITION)] == found[2].split("、")
    assert [one.title.zh for one in held.of(ClauseKind.ACTION)] == found[3].split("、")
    assert [one.within for one in held.of(ClauseKind.ACTION)] == list(raw.CODES)


def test_the_milestones_are_the_years_the_strategy_opens_a_paragraph_with(
    workspace: Workspace, strategy: list[str]
) -> None:
    years = [match[1] for line in strategy if (match := re.match(r"到(20\d\d)年，", line))]
    milestones = workspace.content.plans.by_code["strategy-2035"].of(ClauseKind.MILESTONE)
    assert [(one.number, str(one.year)) for one in milestones] == [(year, year) for year in years]


def test_every_project_is_named_in_the_measure_it_stands_under(workspace: Workspace, strategy: list[str]) -> None:
    _, measures = parts_and_measures(strategy)
    texts = [line for line in strategy if re.match(r"（[一二三四五六七八九十]+）", line)]
    assert len(texts) == len(measures)
    projects = workspace.content.plans.by_code["strategy-2035"].of(ClauseKind.PROJECT)
    assert [one.title.zh for one in projects if one.title.zh not in texts[int(one.within) - 1]] == []


def printed_table(lines: list[str]) -> list[raw.Row]:
    """The tab-separated table of 专栏1; sub-rows follow a row 其中： and share its unit."""
    start = next(number for number, line in enumerate(lines) if line.startswith("专栏1"))
    end = next(number for number, line in enumerate(lines) if line.startswith("三、主要任务"))
    rows: list[raw.Row] = []
    group, parent, unit = "", "", ""
    for line in lines[start:end]:
        cells = line.split("\t")
        if len(cells) != 5 or cells[4] not in OBLIGATIONS:
            continue
        group = cells[0] or group
        own = raw.UNIT.search(cells[1])
        if cells[1].startswith("其中"):
            parent = rows[-1].label
        elif cells[0] or (own and not is_part_of(cells[1])):
            parent = ""
        unit = own[1] if own else unit
        rows.append(raw.Row(cells[1], unit, cells[2], cells[3], group, parent, cells[4]))
    return rows


def is_part_of(label: str) -> bool:
    """The one sub-row that prints its unit again: undergraduates stand beside 其中：研究生 under 在学总规模."""
    return label == "普通本专科（万人）"


def test_the_seventeen_rows_of_the_five_year_plan_equal_the_document_in_every_field(
    workspace: Workspace, shared: Path
) -> None:
    paper = printed_table(raw.five_year(shared))
    names = {obligation: word for word, obligation in OBLIGATIONS.items()}
    plan = workspace.content.plans.by_code["five-year-14"]
    held = [
        raw.Row(
            one.label, one.unit, one.baseline.written, one.written, one.group, one.parent, names[one.obligation]
        )
        for one in plan.table
    ]  # fmt: skip
    assert len(paper) == 17
    assert held == paper
    assert {(one.baseline.year, one.due) for one in plan.table} == {(2020, 2025)}


def test_the_typed_numbers_of_the_five_year_plan_say_what_is_printed(workspace: Workspace) -> None:
    for one in workspace.content.plans.by_code["five-year-14"].table:
        number, strict = Decimal(one.written.removeprefix(">")), one.written.startswith(">")
        assert one.baseline.value == Quantity(Decimal(one.baseline.written), one.unit), one.id
        assert (one.goal.lower, one.goal.strict) == (number, strict), one.id
        assert one.goal.upper == (None if strict else number), one.id


def test_the_parts_of_a_printed_sum_add_up_to_it(shared: Path) -> None:
    rows = printed_table(raw.five_year(shared))
    for label in ("义务教育", "高中阶段教育"):
        whole, *rest = [row for row in rows if row.group == label and "（%）" not in row.label]
        for wanted, parts in (
            (whole.baseline, [row.baseline for row in rest]),
            (whole.goal, [row.goal for row in rest]),
        ):
            assert abs(Decimal(wanted) - sum(map(Decimal, parts))) <= Decimal("0.1"), label


def test_every_programme_of_boxes_two_to_nine_is_in_the_pack(workspace: Workspace, shared: Path) -> None:
    paper: dict[str, str] = {}
    box = ""
    for line in raw.five_year(shared):
        if found := BOX.match(line):
            box = found[1]
        elif heading(line):
            box = ""
        elif box > "1" and (item := PROGRAMME.match(line)):
            paper[f"box{box}.{item[1]}"] = item[2]
    held = {
        one.number: one.title.zh for one in workspace.content.plans.by_code["five-year-14"].of(ClauseKind.PROGRAMME)
    }
    # 专栏9 prints its one programme without a number; 专栏3 prints its fifth without a title.
    assert paper.keys() | {"box9.1"} == held.keys()
    assert {number[3] for number in held} == set("23456789")
    untitled = {number for number, title in paper.items() if held[number] != title}
    assert untitled == {"box3.5"}


def test_the_five_year_plan_holds_the_parts_measures_and_safeguards_of_the_document(
    workspace: Workspace, shared: Path
) -> None:
    lines = raw.five_year(shared)
    tasks = cut(lines, "三、主要任务", "四、保障措施")
    paper = [words for line in tasks if (words := heading(line)) is not None]
    plan = workspace.content.plans.by_code["five-year-14"]
    assert [one.title.zh for one in plan.of(ClauseKind.PART)] == paper
    paper = [words for line in cut(lines, "四、保障措施", None) if (words := heading(line)) is not None]
    assert [one.title.zh for one in plan.of(ClauseKind.SAFEGUARD)] == paper


def heading(line: str) -> str | None:
    match = re.fullmatch(r"[（(][一二三四五六七八九十]+[）)]\s?(.+?)。?", line.strip())
    return match[1] if match else None
