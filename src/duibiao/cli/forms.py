"""``duibiao pack burden``, ``elements`` and ``forms``: what is asked, of whom, and what for."""

import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.table import Table

from duibiao.cli.options import LangOption, PacksOption, UsageError, open_workspace
from duibiao.cli.show import Printer
from duibiao.kernel.text import Language, Text
from duibiao.kernel.writing import csv_bytes, json_bytes, write_whole
from duibiao.metrics.burden import Burden
from duibiao.metrics.element import STAGE_WORDS, DataElement
from duibiao.metrics.form import Form
from duibiao.metrics.indicator import VERIFY_WORDS
from duibiao.workspace.workspace import Workspace


class BurdenFormat(StrEnum):
    """The formats of the burden ledger."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


BURDEN_COLUMNS = ("scope", "code", "label_zh", "label_en", "forms", "fields", "asked", "required", "reused", "unused")
"""Columns of the ledger as CSV and JSON; ``scope`` is ``form`` or ``kind``."""


def burden(
    format_: Annotated[BurdenFormat, typer.Option("--format", help="格式。Format.")] = BurdenFormat.TABLE,
    out: Annotated[Path | None, typer.Option("--out", help="写入的文件，默认打印。File; printed by default.")] = None,
    packs: PacksOption = None,
    lang: LangOption = Language.ZH,
) -> None:
    """负担台账：每张报表、每类学校一年要填多少项。The burden ledger: fields asked, reused, unused."""
    ledger, printer = open_workspace(packs).burden(), Printer(lang)
    if format_ is not BurdenFormat.TABLE or out:
        rows = [_row("form", one) for one in ledger.by_form] + [_row("kind", one) for one in ledger.by_kind]
        data = json_bytes(rows) if format_ is BurdenFormat.JSON else csv_bytes(BURDEN_COLUMNS, rows)
        if out:
            write_whole(out, data)
        else:
            sys.stdout.buffer.write(data)
        return
    printer.console.print(_table(printer, Text("报表", "form"), ledger.by_form))
    printer.console.print(_table(printer, Text("填报单位", "reporter"), ledger.by_kind))
    unused = [code for one in ledger.by_form for code in one.unused]
    words = "、".join(unused) or printer.t("无", "none")
    zh = f"共采集{ledger.asked}个数据元，一数一源，没有重复；没有用到的：{words}"
    printer.line(printer.t(zh, f"{ledger.asked} elements are asked, each once; not used: {words}"))


def _row(scope: str, one: Burden) -> dict[str, str]:
    return {
        "scope": scope,
        "code": one.code,
        "label_zh": one.label.zh,
        "label_en": one.label.en,
        "forms": ";".join(one.forms),
        "fields": str(one.fields),
        "asked": str(one.asked),
        "required": str(one.required),
        "reused": str(one.reused),
        "unused": ";".join(one.unused),
    }


def _table(printer: Printer, head: Text, rows: Iterable[Burden]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(printer.said(head))
    table.add_column("")
    heads = (("报表数", "forms"), ("新报", "asked"), ("其中必填", "required"), ("沿用", "reused"), ("未用", "unused"))
    for zh, en in heads:
        table.add_column(printer.t(zh, en), justify="right")
    for one in rows:
        counts = (len(one.forms), one.asked, one.required, one.reused, len(one.unused))
        table.add_row(one.code, printer.said(one.label), *map(str, counts))
    return table


def elements(
    form: Annotated[str | None, typer.Argument(help="报表代码，默认全部。Code of a form.")] = None,
    packs: PacksOption = None,
    lang: LangOption = Language.ZH,
) -> None:
    """列出数据元：口径、单位、由谁负责、核实程度。List the data elements with owner and verification."""
    workspace, printer = open_workspace(packs), Printer(lang)
    content = workspace.content
    codes = _form(workspace, form).columns if form else tuple(content.elements)
    for code in codes:
        _element(printer, content.elements[code])


def _form(workspace: Workspace, code: str) -> Form:
    found = workspace.content.forms.get(code)
    if found is None:
        known = "、".join(workspace.content.forms)
        raise UsageError(f"没有报表“{code}”；有：{known}。No such form.")
    return found


def _element(printer: Printer, element: DataElement) -> None:
    unit = f"（{element.unit}）" if element.unit else ""
    stage, verify = printer.said(STAGE_WORDS[element.stage]), printer.said(VERIFY_WORDS[element.verify])
    printer.line(f"[bold]{element.code}[/]  {printer.said(element.label)}{unit}  {stage}")
    printer.line(f"    {element.definition}")
    printer.line(f"    {printer.t('负责', 'owner')}: {element.owner}  {element.source}  [{element.verify}] {verify}")
    if element.note:
        printer.line(f"    {printer.t('说明', 'note')}: {element.note}")


def forms(packs: PacksOption = None, lang: LangOption = Language.ZH) -> None:
    """列出报表：谁填、何时填、多少项、多少条校验。List the forms: who, when, how many fields and checks."""
    workspace, printer = open_workspace(packs), Printer(lang)
    for form in workspace.content.forms.values():
        kinds = " ".join(form.school_kinds) or "—"
        opens, due = (f"{month:02}-{day:02}" for month, day in (form.opens, form.due))
        counts = printer.t(
            f"新报{len(form.asked)}项，沿用{len(form.columns) - len(form.asked)}项，校验{len(form.checks)}条",
            f"{len(form.asked)} asked, {len(form.columns) - len(form.asked)} reused, {len(form.checks)} checks",
        )
        printer.line(
            f"{form.code}  {printer.said(form.label)}  {form.period}  {form.reporter} {kinds}  {opens}→{due}  {counts}"
        )
