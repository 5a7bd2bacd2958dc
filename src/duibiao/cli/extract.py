"""``duibiao extract`` and ``review``: from a document to accepted entries of a pack."""

import getpass
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from duibiao.cli.options import LangOption, PacksOption, UsageError, open_workspace
from duibiao.cli.show import Printer
from duibiao.extract.accept import HEAD_REQUIRED, PUBLISHED
from duibiao.extract.draft import Draft, extract
from duibiao.extract.draft_file import draft_files, file_name, to_yaml
from duibiao.extract.entry import Entry, EntryKind
from duibiao.extract.flat import flat
from duibiao.extract.resolve import Candidate, Resolver
from duibiao.extract.review import Action, ReviewSession, missing, parse_fields
from duibiao.kernel.problem import PartlyDoneError, Problem, UserError
from duibiao.kernel.text import Language, Text, folded
from duibiao.kernel.writing import json_bytes, write_whole
from duibiao.sources.readers import read
from duibiao.views.draft_words import FIELD_WORDS
from duibiao.workspace.acceptance import accept_into
from duibiao.workspace.readings import department_names, resolver_of

KEYS = (
    "[a]接受 accept  [c]更正 correct  [r]退回 reject  [u]撤回上一条 undo  [s]跳过 skip  [q]停 quit  "
    "[1-5]取该指标 take the indicator"
)


class DraftFormat(StrEnum):
    """The formats of a draft."""

    YAML = "yaml"
    JSON = "json"


FilesArgument = Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="文件。Documents.")]
PlanOption = Annotated[
    str | None, typer.Option("--plan", metavar="NAME", help="只要标题含此名称的文件。Only documents of that title.")
]
DraftsOption = Annotated[Path, typer.Option("--out", help="草稿写入的目录。Folder the drafts are written to.")]


def extract_(
    files: FilesArgument,
    out: DraftsOption,
    plan: PlanOption = None,
    format_: Annotated[
        DraftFormat,
        typer.Option("--format", help="yaml：每份文件一个草稿；json：一张平表。One draft each, or one list."),
    ] = DraftFormat.YAML,
    ocr: Annotated[
        bool, typer.Option("--ocr", help="识别扫描页上的文字（附加组件 ocr）。Recognise scanned pages (extra ocr).")
    ] = False,
    packs: PacksOption = None,
    lang: LangOption = Language.ZH,
) -> None:
    """抽取：从文件读出指标、任务、量化表述，逐条附原文，供审核。Read documents into drafts, with every passage."""
    printer = Printer(lang)
    known = department_names(open_workspace(packs).content)
    problems: list[Problem] = []
    titles: list[str] = []
    taken: set[str] = set()
    done = 0
    for file in files:
        try:
            draft = extract(read(file, ocr=ocr), known, file.name)
        except UserError as error:
            problems += error.problems
            continue
        titles += [part.title.text for part in draft.parts]
        written = (
            _json(file, draft, plan, taken) if format_ is DraftFormat.JSON else _yaml(file, draft, plan, taken, out)
        )
        for name, data, counts in written:
            printer.line(f"{escape(str(write_whole(out / name, data)))}  {said(counts)}")
        for note in draft.notes:
            printer.line(f"[dim]! {escape(file.name)}: {escape(note)}[/]")
        if not written and plan is None:
            printer.line(f"{escape(file.name)}：{printer.t('没有读出任何条目。', 'nothing was found.')}")
        done += len(written)
    if problems:
        raise (PartlyDoneError if done else UserError)(problems)
    if not done and plan is not None:
        raise UsageError(
            f"没有标题含“{plan}”且有条目的文件。No such document with items. 文件内有：{'、'.join(titles)}"
        )


def said(counts: Mapping[str, int]) -> str:
    """How many items of each type, in words."""
    return "  ".join(f"{kind} {count}" for kind, count in sorted(counts.items())) or "—"


Written = tuple[str, bytes, Mapping[str, int]]


def _json(file: Path, draft: Draft, plan: str | None, taken: set[str]) -> list[Written]:
    """One flat list a file; the name of the list is the name of the file."""
    items = [one for one in draft.items if plan is None or folded(plan) in folded(one.document)]
    if plan is not None and not items:
        return []
    name = _unused(file.stem, ".json", taken)
    return [(name, json_bytes(flat(draft.original.sha256, items)), Counter(one.type for one in items))]


def _yaml(file: Path, draft: Draft, plan: str | None, taken: set[str], out: Path) -> list[Written]:
    """One draft a document of the file."""
    found: list[Written] = []
    for one in draft_files(draft, str(file), plan):
        name = _unused(file_name(one.part).removesuffix(".yaml"), ".yaml", taken, out, one.sha256)
        found.append((name, to_yaml(one).encode(), Counter(entry.type for entry in one.entries)))
    return found


def _unused(stem: str, end: str, taken: set[str], out: Path | None = None, sha256: str = "") -> str:
    """A file name no other draft of this run has, and no draft of another file has that lies there."""
    names = [f"{stem}{end}", *(f"{stem} ({count}){end}" for count in range(2, 10_000))]
    for name in names:
        there = out / name if out else None
        if name not in taken and (there is None or not there.exists() or _is_of(there, sha256)):
            taken.add(name)
            return name
    raise UsageError(f"“{stem}”的草稿太多。Too many drafts of that name.")


def _is_of(path: Path, sha256: str) -> bool:
    """Tell whether a draft that lies there was made of the same file."""
    with path.open(encoding="utf-8", errors="replace") as file:
        return any(sha256 in line for _, line in zip(range(40), file, strict=False))


# --- review ----------------------------------------------------------------------------------------------

DraftArgument = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="草稿文件。The draft.")]
ByOption = Annotated[str | None, typer.Option("--by", metavar="NAME", help="审核人，默认登录名。Who decides.")]
RulesOption = Annotated[
    list[str] | None,
    typer.Option("--accept-rule", metavar="RULE", help="整批接受某规则读出、无疑点的条目。Accept what a rule read."),
]
AgainOption = Annotated[
    list[str] | None,
    typer.Option("--again", metavar="ENTRY", help="重审已决定的条目（entry 的值）。Decide an entry anew, by its id."),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="FIELD=VALUE", help="补填规划头部，如 issuer=…。Add to the plan's head."),
]


def review(  # noqa: PLR0913, PLR0917  a command line has as many options as its users need
    draft: DraftArgument,
    by: ByOption = None,
    accept_rule: RulesOption = None,
    set_: SetOption = None,
    code: Annotated[str | None, typer.Option("--code", help="规划代码。Code of the plan.")] = None,
    into: Annotated[str | None, typer.Option("--into", metavar="PACK", help="写入的数据包。Pack to write to.")] = None,
    write: Annotated[
        bool, typer.Option("--write", help="未审完也写入已接受的。Write what is accepted so far.")
    ] = False,
    again: AgainOption = None,
    packs: PacksOption = None,
    lang: LangOption = Language.ZH,
) -> None:
    """审核：逐条对照原文接受、更正或退回；审完写入数据包。Walk through a draft; write what is accepted."""
    printer = Printer(lang)
    resolver = resolver_of(open_workspace(packs).content) if accept_rule or not write else Resolver()
    session = ReviewSession.open(draft, by or getpass.getuser(), resolver)
    head = dict(_pair(one) for one in set_ or ())
    if code:
        head["code"] = code
    if head:
        session.set_head(head)
    for rule in accept_rule or ():
        taken = session.accept_rule(rule)
        printer.line(f"{escape(rule)}：{printer.t('接受', 'accepted')} {taken}")
    if not (accept_rule or write):
        walk = Walk(session, printer)
        walk.go(session.named(again) if again else session.pending())
        if not session.pending() and any(one.kind in PUBLISHED for one in session.accepted()):
            walk.head()
    _tell(session, printer)
    if write or not session.pending():
        _publish(session, draft, packs, into, printer)
    else:
        go_on = "已定的都已记下：再次运行同一命令接着审，加 --write 先写入已接受的。"
        kept = "What was decided is kept: run the same command to go on; --write writes what is accepted so far."
        printer.line(printer.t(go_on, kept))


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise UsageError(f"“{text}”应写作 字段=值。Write field=value.")
    return name.strip(), value.strip()


class Walk:
    """Walks a person through the pending entries in the terminal (逐条审核)."""

    def __init__(self, session: ReviewSession, printer: Printer) -> None:
        self.session, self.printer = session, printer

    def go(self, pending: Sequence[Entry]) -> None:
        """Show one entry after the other until all are decided or the person stops; u goes back and takes back."""
        at = 0
        while at < len(pending):
            entry = pending[at]
            self.show(entry, at + 1, len(pending))
            while (answer := self.asked(KEYS)) not in ("s", "q", "u"):
                if self.decided(entry, answer):
                    break
            if answer == "q":
                return
            at = self.back(pending, at) if answer == "u" else at + 1

    def back(self, pending: Sequence[Entry], at: int) -> int:
        """Go back to the entry before and take its decision back; the first stays where it is."""
        if at == 0:
            self.printer.line(self.printer.t("前面没有可撤回的。", "nothing before this to undo."))
            return 0
        self.session.withdraw(pending[at - 1])
        return at - 1

    def head(self) -> None:
        """Ask for what the plan needs and the document does not state, once, when everything is decided."""
        for name in HEAD_REQUIRED:
            while name != "code" and not self.session.head.get(name):
                answer = self.asked(f"{FIELD_WORDS.get(name, Text(name, name)).zh} {name}（文件没有写明 not stated）")
                if answer in ("", "q"):
                    return
                try:
                    self.session.set_head({name: answer})
                except UserError as error:
                    self.problems(error.problems)

    def asked(self, question: str) -> str:
        """Ask for a line; the end of the input is a stop."""
        try:
            return str(typer.prompt(question, default="", show_default=False)).strip()
        except (typer.Abort, EOFError):
            return "q"

    def decided(self, entry: Entry, answer: str) -> bool:
        """Do what a key says; tell what is wrong and answer False where it cannot be done."""
        try:
            if answer == "a":
                self.session.accept(entry)
            elif answer == "r":
                self.session.reject(entry, self.asked("理由 why"))
            elif answer == "c":
                fields = parse_fields(self.asked("更正 字段=值; 字段=值"))
                self.session.correct(entry, fields, self.asked("理由 why"))
            elif answer.isdecimal() and 0 < int(answer) <= len(offered := self.offered(entry)):
                one = offered[int(answer) - 1]
                self.session.correct(entry, {"indicator": one.code}, f"统一指标取候选{answer}：{one.name}")
            else:
                return False
        except UserError as error:
            self.problems(error.problems)
            return False
        except ValueError as error:
            self.printer.line(f"[red]? {escape(str(error))}[/]")
            return False
        return True

    def offered(self, entry: Entry) -> list[Candidate]:
        """The indicators a figure may speak of; none for what is no figure."""
        return self.session.resolver.candidates(entry) if entry.kind in (EntryKind.TARGET, EntryKind.ACHIEVED) else []

    def problems(self, found: Iterable[Problem]) -> None:
        """Tell why a decision was not taken."""
        for one in found:
            self.printer.line(f"[red]{escape(one.in_(self.printer.language))}[/]")
        hint = self.printer.t(
            "按 c 补填（字段=值），拿不准的按 s 先跳过。", "Press c to give it (field=value), or s to skip it for now."
        )
        self.printer.line(escape(hint))

    def show(self, entry: Entry, place: int, of: int) -> None:
        """Show the entry, its passage in context, and what to look at."""
        shown, line = entry.shown, self.printer.line
        line(f"\n[bold]{place}/{of}[/]  {entry.type}  {escape(entry.item)}  {shown.at}")
        for name in entry.fields:
            line(f"  {name}: {escape(entry.get(name))}")
        text = "".join(shown.text.split())
        line(f"  [dim]…{escape(shown.before)}[/][reverse]{escape(text)}[/][dim]{escape(shown.after)}…[/]")
        confidence = f"  {entry.confidence}" if entry.confidence else ""
        line(f"  [dim]{self.printer.t('规则', 'rule')} {escape(entry.rule)}{confidence}[/]")
        for other in entry.alternatives:
            line(f"  {self.printer.t('另一读法', 'other reading')}: {escape(other)}")
        for number, one in enumerate(self.offered(entry), 1):
            sure = self.printer.t("可确定", "certain") if one.is_certain else str(one.score)
            name = f"{self.printer.t('统一指标', 'indicator')} {number}: {one.code} {one.name}"
            line(f"  {escape(name)}  [dim]{sure}[/]")
        lacking = missing(entry)
        if noted := [*entry.flags, *(f"{name}?" for name in lacking)]:
            line(f"  [yellow]! {escape('  '.join(noted))}[/]")
        for problem in self.session.refusals(entry) if not lacking else ():
            line(f"  [yellow]! {escape(problem.message.in_(self.printer.language))}[/]")


def _tell(session: ReviewSession, printer: Printer) -> None:
    words = (
        (printer.t("接受", "accepted"), session.count(Action.ACCEPT)),
        (printer.t("更正", "corrected"), session.count(Action.CORRECT)),
        (printer.t("退回", "rejected"), session.count(Action.REJECT)),
        (printer.t("待审", "pending"), len(session.pending())),
    )
    printer.line("  ".join(f"{word} {count}" for word, count in words))


def _publish(session: ReviewSession, draft: Path, packs: Path | None, into: str | None, printer: Printer) -> None:
    """Write the accepted entries into the pack, after the whole pack was loaded with them and found sound."""
    workspace = open_workspace(packs)
    manifests = {manifest.code: manifest for manifest in workspace.content.manifests}
    chosen = manifests.get(into or workspace.home.code)
    if chosen is None:
        raise UsageError(f"没有数据包“{into}”。No such pack: {', '.join(manifests)}")
    made = accept_into(workspace, session, draft, chosen)
    if not made.files:
        printer.line(printer.t("没有新的条目可写入。", "nothing new to write."))
        return
    for name in made.files:
        printer.line(f"{printer.t('已写出', 'written')}：{escape(str(chosen.folder / name))}")
    printer.line(said({name: count for name, count in made.added.items() if count}))
    for one in made.proposed:
        printer.line(f"  {printer.t('提议的新指标', 'proposed indicator')}: {escape(one)}")
    if made.held:
        told = f"其余已写入；下列{len(made.held)}条暂不写入，处理后再写。"
        printer.line(printer.t(told, f"The rest is written; {len(made.held)} entries are held back:"))
        raise PartlyDoneError(made.held)
