"""``duibiao data units`` and ``register``: who is in the registry, and how a list of schools gets into it."""

from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from duibiao.cli.desk import ReportingDesk, day
from duibiao.intake.registration import read_unit_list, unit_list_csv
from duibiao.kernel.period import local_day
from duibiao.kernel.writing import write_whole
from duibiao.metrics.unit import Unit
from duibiao.store.workflow import ActorRole

MOST_SHOWN = 200
"""Units listed in the terminal; a list in a file holds all of them."""


def units(
    context: typer.Context,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="哪一天的名录。On which day.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="写成可再登记的 CSV。A CSV that can be registered.")] = None,
) -> None:
    """名录：本单位及下级有哪些单位，可导出修改后再登记。The units in the registry, as a list that can be edited."""
    own: ReportingDesk = context.obj
    actor, when = own.actor(ActorRole.REVIEWER), day(on) if on else local_day()
    with own.folder.open_store() as store:
        tree = store.tree(when)
    found = [tree[code] for code in sorted(tree.under(actor.unit))]
    if out:
        write_whole(out, unit_list_csv(found, own.content.code_lists))
        own.printer.line(f"已写出 written: {out}（{len(found)} 个单位 units）")
        return
    own.printer.console.print(_table(own, found[:MOST_SHOWN]))
    own.printer.line(own.printer.t(f"共 {len(found)} 个单位（{when}）", f"{len(found)} units ({when})"))


def register(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="学校名单，xlsx 或 CSV。The list of schools.")],
    effective: Annotated[
        str, typer.Option("--from", metavar="DATE", help="从哪一天起生效。From which day on it is so.")
    ],
    check: Annotated[bool, typer.Option("--check", help="只检查，不登记。Only check; nothing is registered.")] = False,
) -> None:
    """登记：把学校名单登入名录，一次查完全部问题，有错则全部不登记。Register a list of schools, all or none."""
    own: ReportingDesk = context.obj
    actor, since = own.actor(ActorRole.PUBLISHER), day(effective)
    with own.folder.open_store() as store:
        found = read_unit_list(file, store.tree(since), own.content.code_lists)
        if not check:
            store.put_units(actor, found.units, since)
    done = own.printer.t("只检查，未登记：", "checked only: ") if check else own.printer.t("已登记：", "registered: ")
    counts = own.printer.t(
        f"新增 {len(found.new)} 个单位，变更 {len(found.changed)}，没有变化 {found.same}；自 {since} 起。"
        "名单中没有的单位保持不变，撤并的须写撤销日期和承继单位。",
        f"{len(found.new)} new, {len(found.changed)} changed, {found.same} as before; from {since} on. Units that "
        "are not in the list stay; one that ended needs its last day and who follows it.",
    )
    own.printer.line(done + counts)


def _table(own: ReportingDesk, found: list[Unit]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    heads = (("代码", "code"), ("名称", "name"), ("上级", "parent"), ("办学类型", "kind"), ("标识", "identifiers"))
    for zh, en in (*heads, ("起止", "from – to"), ("承继、边界", "successors, breaks")):
        table.add_column(own.printer.t(zh, en), overflow="fold")
    kinds = own.content.code_lists.get("school_kind")
    for unit in found:
        label = kinds.entries.get(unit.school_kind) if kinds else None
        known = own.printer.said(label) if label else unit.school_kind or unit.kind.value
        named = " ".join(f"{scheme}:{value}" for scheme, value in unit.identifiers)
        ends = f"{unit.valid_from or '—'} – {unit.valid_to or ''}"
        later = "→" + "、".join(unit.successors) if unit.successors else ""
        broken = " ".join(f"断点 {one}" for one in unit.breaks)
        table.add_row(
            unit.code, escape(unit.name), unit.parent, known, escape(named), ends, f"{later} {broken}".strip()
        )
    return table
