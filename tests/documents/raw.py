"""Reads the raw documents on its own, so that the packs are counted against the paper and not against themselves.

Nothing here shares code with the program or with the way the packs were made.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

PLANS = (  # pack code, title line in the journal, number of tasks, number of table rows
    ("moral-education", "立德树人固本铸魂行动方案", 27, 15),
    ("basic-education", "基础教育公平优质行动方案", 20, 13),
    ("higher-education", "高等教育突破跃升行动方案", 29, 16),
    ("vocational-education", "职业教育提质领跑行动方案", 14, 11),
    ("teachers", "教师队伍强基培优行动方案", 19, 14),
    ("digital-education", "数字教育赋能牵引行动方案", 22, 14),
    ("opening-up", "教育开放互鉴共赢行动方案", 16, 10),
    ("reform", "教育改革集成攻坚行动方案", 19, 7),
)
CODES = tuple(plan[0] for plan in PLANS)
HEAD = "教育要闻 职教动态与参考"
FOOT = re.compile(r"第 (\d+) 页 共 175 页")
DIGITS = "一二三四五六七八九"
VALUE = r"[≥≤]?\d+(?:\.\d+)?(?:∶1|—\d+)?|—"
ROW = re.compile(rf"(?:(.*)\s)?({VALUE})\s+({VALUE})")
UNIT = re.compile(r"（([^（）]+)）$")


def numeral(number: int) -> str:
    """1 → 一, 12 → 十二, 43 → 四十三."""
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else ("" if tens == 1 else DIGITS[tens - 1]) + "十") + (DIGITS[ones - 1] if ones else "")


def squeezed(text: str) -> str:
    return "".join(text.split())


def journal(shared: Path) -> list[str]:
    return (shared / "documents" / "002_ff79f49185d5f0d4.txt").read_text(encoding="utf-8").split("\n")


def reader(shared: Path) -> list[str]:
    return (shared / "documents" / "001_a042f1110270c831.txt").read_text(encoding="utf-8").split("\n")


def five_year(shared: Path) -> list[str]:
    return (shared / "documents" / "003_6d0c0551d0b0d277.txt").read_text(encoding="utf-8").split("\n")


def pages(lines: list[str]) -> list[int]:
    """The page of every line: a page begins where a line starts with a space or with the running head."""
    found, page = [], 1
    for number, line in enumerate(lines):
        page += number > 0 and line.startswith((" ", HEAD))
        found.append(page)
    return found


@dataclass
class Row:
    """One row of an indicator table as printed."""

    label: str
    unit: str
    baseline: str
    goal: str
    group: str = ""
    parent: str = ""
    obligation: str = ""


@dataclass
class Task:
    """One numbered task as printed: ``text`` up to the departments, with the place of every character."""

    number: int
    title: str
    section: str
    lead: list[str]
    cooperating: list[str]
    whole: str
    text: str
    places: list[tuple[int, int]]


@dataclass
class ActionPlan:
    """One action plan cut out of the journal."""

    code: str
    chapeau: "Stretch"
    rows: list[Row]
    sections: list[tuple[str, str]] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)


@dataclass
class Stretch:
    """Words without white space, and the line and character each stands at."""

    text: str = ""
    places: list[tuple[int, int]] = field(default_factory=list)

    def add(self, number: int, line: str) -> None:
        for column, character in enumerate(line, 1):
            if not character.isspace():
                self.text += character
                self.places.append((number, column))


def numbered(lines: list[str], first: int, last: int) -> Iterator[tuple[int, str]]:
    """The lines that carry text, from line ``first`` up to but without ``last``."""
    for number in range(first, last):
        line = lines[number - 1]
        if line.strip() and not line.strip().startswith(HEAD) and not FOOT.fullmatch(line.strip()):
            yield number, line


def action_plans(lines: list[str]) -> list[ActionPlan]:
    starts = []
    for _, title, _, _ in PLANS:
        starts += [number for number, line in enumerate(lines, 1) if line.strip() == title][-1:]
    end = next(n for n in range(starts[-1], len(lines)) if lines[n - 1].startswith("（来源："))
    bounds = [*starts, end]
    return [action_plan(code, lines, bounds[at], bounds[at + 1]) for at, code in enumerate(CODES)]


def action_plan(code: str, lines: list[str], first: int, last: int) -> ActionPlan:
    body = list(numbered(lines, first, last))
    heading = next(at for at, (_, line) in enumerate(body) if line.strip().endswith("主要指标"))
    opening = next(at for at, (_, line) in enumerate(body) if line.strip().startswith("一、"))
    chapeau = Stretch()
    for number, line in body[2:heading]:
        chapeau.add(number, line)
    found = ActionPlan(code, chapeau, table([line.strip() for _, line in body[heading + 1 : opening]]))
    read_tasks(found, body[opening:])
    return found


def table(lines: list[str]) -> list[Row]:
    """Read a printed indicator table: wrapped labels, wrapped row groups, a header repeated on a new page."""
    headers = [line for line in lines if re.search(r"2023 ?年 2027 ?年$", line)]
    has_numbers, has_groups = headers[0].startswith("序号"), headers[0].startswith("类型")
    rows: list[Row] = []
    waiting: list[str] = []
    group = ""
    for line in lines:
        match = ROW.fullmatch(line)
        if line in headers:
            continue
        if match is None:
            waiting.append(line)
            continue
        own = match[1] or ""
        if has_numbers:
            own = own.removeprefix(f"{len(rows) + 1} ")
        narrow, wide = split_cells(waiting, own)
        if has_groups and (inline := re.fullmatch(r"([一-鿿]{4}) (\S+)", wide)):
            narrow, wide = inline[1], inline[2]
        group = narrow or group
        unit = UNIT.search(wide)
        assert unit, wide
        rows.append(Row(squeezed(wide), unit[1], match[2], match[3]))
        if has_groups:
            rows[-1].group = group
        elif not wide.startswith("累计"):
            rows[-1].parent = group
        waiting = []
    assert waiting == []
    return rows


def split_cells(waiting: list[str], own: str) -> tuple[str, str]:
    """Part the lines before a row's values into the narrow cell of the group and the wide cell of the label."""
    narrow = []
    while waiting and len(waiting[0]) <= 8 and not (own == "" and UNIT.search("".join(waiting[:1]))):
        narrow.append(waiting[0])
        waiting = waiting[1:]
    return "".join(narrow), "".join([*waiting, own])


def read_tasks(plan: ActionPlan, body: list[tuple[int, str]]) -> None:
    """Cut the body into sections and tasks by their running numbers."""
    current: list[tuple[int, str]] = []
    heading = ""
    for number, line in body:
        words = line.strip()
        begins_section = words.startswith(numeral(len(plan.sections) + 1) + "、")
        begins_task = re.match(rf"{len(plan.tasks) + bool(current) + 1}\.\s", words) is not None
        if (begins_section or begins_task) and current:
            plan.tasks.append(task(current, plan.sections[-1][0]))
            current = []
        if begins_section:
            heading = numeral(len(plan.sections) + 1)
            plan.sections.append((heading, words.removeprefix(heading + "、")))
        elif begins_task or current:
            current.append((number, line))
        else:
            plan.sections[-1] = (heading, plan.sections[-1][1] + words)
    plan.tasks.append(task(current, plan.sections[-1][0]))


def task(lines: list[tuple[int, str]], section: str) -> Task:
    whole = Stretch()
    for number, line in lines:
        whole.add(number, line)
    match = re.fullmatch(r"(\d+)\.([^。]+)。(.*?)牵头部门：(.*?)(?:配合部门：(.*))?", whole.text)
    assert match, whole.text[:20]
    end = match.end(3)
    return Task(
        int(match[1]), match[2], section, names(match[4]), names(match[5] or ""),
        whole.text, whole.text[:end], whole.places[:end],
    )  # fmt: skip


def names(words: str) -> list[str]:
    """The departments of a list: parted by 、 or by a comma before 各区县; one list prints a 、 after its last name."""
    return [name for name in re.split("[、，]", words) if name]
