"""Rewrites the generated tables in docs/*.md from the code and the packs.

Run ``.venv/bin/python docs/generate.py`` after a change of problem codes, export columns or pack content.
A table stands between ``<!-- generated: NAME -->`` and ``<!-- end -->``; everything else is written by hand.
"""

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

from duibiao.kernel.problem import catalogue
from duibiao.kernel.text import Text
from duibiao.plan.model import ClauseKind, Plan
from duibiao.progress.status import KNOWN
from duibiao.reports.cells import COLUMNS as MONITOR_COLUMNS
from duibiao.reports.exports.tidy import COLUMNS as FIGURE_COLUMNS
from duibiao.views.export import COLUMNS as EXPORT_COLUMNS
from duibiao.views.export import What
from duibiao.views.outline import CLAUSE_WORDS
from duibiao.workspace import Workspace
from duibiao.workspace.pack import Content

DOCS = Path(__file__).resolve().parent
PACKS = DOCS.parent / "packs"
BLOCK = re.compile(r"(<!-- generated: (?P<name>[a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Write a Markdown table; bars inside a cell are escaped."""
    names = list(head)
    lines = [names, ["---"] * len(names), *(list(row) for row in rows)]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def problems() -> str:
    """Every problem code with its message and remedy."""
    rows = (
        (
            f"`{code}`",
            entry.get("level", "error"),
            f"{entry['message']['zh']}<br>{entry['message']['en']}",
            f"{entry['remedy']['zh']}<br>{entry['remedy']['en']}",
        )
        for code, entry in sorted(catalogue().items())
    )
    return table(("code", "level", "message", "what to do (处理办法)"), rows)


def columns(of: Mapping[str, Text]) -> str:
    """The columns of one flat table."""
    return table(("column", "中文", "meaning"), ((f"`{name}`", text.zh, text.en) for name, text in of.items()))


def monitor_columns() -> str:
    """The columns of monitor.csv."""
    return columns({column.name: column.heading for column in MONITOR_COLUMNS})


def figure_columns() -> str:
    """The columns of figures.csv."""
    return columns({column.name: column.meaning for column in FIGURE_COLUMNS})


def plan_counts() -> str:
    """What each plan of the packs holds."""
    plans = Workspace.open(PACKS).content.plans.by_code.values()
    rows = [
        (
            f"`{plan.code}`",
            plan.title.zh,
            str(len(plan.table)),
            str(len(plan.targets) - len(plan.table)),
            str(len(plan.tasks)),
            str(len(plan.links)),
            _clauses(plan),
        )
        for plan in plans
    ]
    total = [str(sum(int(row[place]) for row in rows)) for place in range(2, 6)]
    head = ("plan", "title", "table rows", "in-text targets", "tasks", "links", "clauses")
    return table(head, [*rows, ("all", "", *total, str(sum(len(plan.clauses) for plan in plans)))])


def _clauses(plan: Plan) -> str:
    counted = [(CLAUSE_WORDS[kind], len(plan.of(kind))) for kind in ClauseKind]
    return ", ".join(f"{count} {word.en} {word.zh}" for word, count in counted if count) or "—"


def answers() -> str:
    """How many table rows a public figure answers, on the reference day of the packs."""
    workspace = Workspace.open(PACKS)
    rows = []
    for plan in workspace.content.plans.by_code.values():
        if plan.table:
            found = workspace.monitor([plan], workspace.reference_date)
            known = sum(1 for one in found if one.choice)
            judged = sum(1 for one in found if one.status in KNOWN)
            rows.append((f"`{plan.code}`", str(len(found)), str(len(found) - known), str(known), str(judged)))
    head = ("plan", "table rows", "no value after the base year", "with a value", "of these, the value can judge")
    return table(head, rows)


def stock() -> str:
    """How much of everything else the packs hold."""
    content = Workspace.open(PACKS).content
    return table(
        ("what", "count"),
        (
            ("canonical indicators (指标)", str(len(content.indicators))),
            ("official definitions (口径)", str(len(content.definitions))),
            ("units (单位)", str(len(content.units))),
            ("departments (部门)", str(len({one.name for one in content.departments.values()}))),
            ("sources (来源文献)", str(len(content.sources))),
            ("published values (数据), Chongqing", str(_values(content, "500000"))),
            ("published values (数据), nation", str(_values(content, "000000"))),
        ),
    )


def _values(content: Content, unit: str) -> int:
    return sum(1 for one in content.observations if one.unit == unit)


TABLES: Mapping[str, Callable[[], str]] = {
    "problems": problems,
    "monitor": monitor_columns,
    "figures": figure_columns,
    "plans": plan_counts,
    "answers": answers,
    "stock": stock,
    **{what.value: partial(columns, EXPORT_COLUMNS[what]) for what in What},
}


def rewritten(text: str) -> str:
    """Return a page with its generated tables made anew."""
    return BLOCK.sub(lambda found: f"{found[1]}{TABLES[found['name']]()}{found[3]}", text)


def main() -> None:
    """Rewrite every page that has a generated table."""
    for page in sorted(DOCS.glob("*.md")):
        text = page.read_text(encoding="utf-8")
        new = rewritten(text)
        if new != text:
            page.write_text(new, encoding="utf-8")
            sys.stdout.write(f"{page.name}\n")


if __name__ == "__main__":
    main()
