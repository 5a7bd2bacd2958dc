"""Prints evaluations in the terminal."""

from collections.abc import Sequence

from rich import box
from rich.markup import escape
from rich.table import Table

from duibiao.cli.show import COLOURS, Printer
from duibiao.evaluations.addendum import Addendum, AddendumChange
from duibiao.evaluations.folder import FrozenEvaluation
from duibiao.evaluations.record import Evaluation, FrozenInput, IndicatorResult
from duibiao.evaluations.record_parts import ContradictionKind, EvaluationComparison, PredictionBasis, TrackEntry
from duibiao.evaluations.verify import Verification
from duibiao.views.words import DASH

MOST_ROWS = 60
"""A terminal shows so many districts or changes; the files hold all."""
_STYLES = {"met": "blue", "not_met": "red", "undetermined": "bright_black"}


def show_evaluation(printer: Printer, page: Evaluation) -> None:
    """Print an evaluation: sentence, rows that say something, what nobody can judge, actions, tasks, contradictions."""
    said = printer.said
    mark = f"  [red]{said(page.mark)}[/]" if page.mark else ""
    printer.line(f"\n[bold]{said(page.title)}  {said(page.kind_word)}[/]  {page.as_of}  {said(page.scope.words)}{mark}")
    printer.line(f"[dim]{escape(page.id)}[/]")
    printer.line(said(page.sentence))
    _rows(printer, page)
    _actions(printer, page)
    _tasks(printer, page)
    if page.comparison:
        _comparison(printer, page.comparison)
    _contradictions(printer, page)
    _units(printer, page)
    _track(printer, page.track_record)
    printer.line(said(page.quality.sentence))
    for notice in page.notices:
        printer.line(f"[dim]{said(notice)}[/]")


def _rows(printer: Printer, page: Evaluation) -> None:
    """Rows with a value or a verdict in a table; the others by name: of a hundred most may have nothing to say."""
    with_value = [one for one in page.indicators if one.row.observation or one.against]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True)
    why = printer.t("理由、年度要求与变动、转变条件", "reason, what the year asked, movement, what would turn it")
    headings = {
        "#": 1 if len(page.plans) == 1 else 4,
        printer.t("指标", "indicator"): 7,
        printer.t("结论或状态", "verdict or status"): 6,
        why: 18,
    }
    for heading, ratio in headings.items():
        table.add_column(heading, ratio=ratio, overflow="fold")
    for one in with_value:
        lines = [printer.said(one.reason), _movement(printer, one), printer.said(one.turn)]
        lines += [f"▼{printer.said(text)}" for text in one.against]
        style = _STYLES[one.verdict.value] if one.verdict else COLOURS[one.row.colour]
        place = str(one.row.row or one.row.item)
        if len(page.plans) > 1:
            place = f"{printer.said(one.row.plan_short)} {place}"
        name = _name(printer, one)
        table.add_row(place, name, f"[{style}]{printer.said(one.verdict_word)}[/]", "\n".join(filter(None, lines)))
    printer.console.print(table)
    silent = [one for one in page.indicators if one not in with_value]
    if silent:
        names = "；".join(_name(printer, one) for one in silent)
        head = printer.t(f"没有公开数据回答的{len(silent)}项：", f"{len(silent)} rows no public figure answers: ")
        printer.line(f"[dim]{head}{names}[/]")


def _name(printer: Printer, one: IndicatorResult) -> str:
    """The indicator's own name: two rows of a table may carry one label under different headings."""
    return printer.said(one.row.indicator_label)


def _movement(printer: Printer, one: IndicatorResult) -> str:
    line = one.line
    if line is None or line.change is None:
        return ""
    before = f"{line.before_period}年（{line.before_shown}）"
    zh = f"较{before}{line.change_shown}" if line.change else f"与{before}持平"
    return escape(printer.t(zh, f"{line.change_shown} since {line.before_period} ({line.before_shown})"))


def _actions(printer: Printer, page: Evaluation) -> None:
    if len(page.actions) > 1:
        for action in page.actions:
            printer.line(f"· {printer.said(action.sentence)}")


def _tasks(printer: Printer, page: Evaluation) -> None:
    """The tasks somebody assessed; the others are counted."""
    assessed = [task for task in page.tasks if task.assessor]
    if not page.tasks:
        return
    open_ = len(page.tasks) - len(assessed)
    printer.line(
        printer.t(
            f"任务{len(page.tasks)}项，已评定{len(assessed)}项，未评定{open_}项。",
            f"{len(page.tasks)} tasks, {len(assessed)} assessed, {open_} not assessed.",
        )
    )
    for task in assessed:
        printer.line(f"· {escape(f'{task.plan}/{task.number} {task.title}')}：{printer.said(task.finding_word)}")
        printer.line(f"  {printer.said(task.basis)}")
        if task.conflict.zh:
            printer.line(f"  [yellow]{printer.said(task.conflict)}[/]")


def _comparison(printer: Printer, found: EvaluationComparison) -> None:
    printer.line(printer.said(found.sentence))
    for row in found.moved:
        before = f"{printer.said(row.before_word)} {escape(row.before_value)}（{escape(row.before_period) or DASH}）"
        after = f"{printer.said(row.after_word)} {escape(row.after_value)}（{escape(row.after_period) or DASH}）"
        printer.line(f"· {escape(row.label)}：{before} → {after}，{printer.said(row.kind_word)}")
    for value in found.restated:
        words = printer.t("重述", "re-stated")
        printer.line(f"· {words} {printer.said(value.label)} {value.period}：{value.before} → {value.after}")


def _contradictions(printer: Printer, page: Evaluation) -> None:
    for one in page.contradictions:
        if one.kind is ContradictionKind.SOURCES and one.taken is not None:
            others = "、".join(f"{other.shown}（{other.source_title.in_(printer.language)}）" for other in one.others)
            taken = f"{one.taken.shown}（{one.taken.source_title.in_(printer.language)}）"
            words = printer.t(f"取{taken}，另有{others}", f"{taken} taken, not {others}")
            printer.line(
                f"[yellow]≠[/] {printer.said(one.subject)} {one.period}：{escape(words)}；{printer.said(one.why)}"
            )
    for claim in page.claims:
        source = f"{printer.said(claim.source_title)}，{claim.published}"
        against = printer.t("与公开说法对照", "against a public claim")
        printer.line(f"[yellow]{against}[/] {printer.said(claim.statement)}（{source}）")
        printer.line(f"  {printer.said(claim.comment)}")


def _units(printer: Printer, page: Evaluation) -> None:
    for unit in page.units[:MOST_ROWS]:
        printer.line(f"· {printer.said(unit.sentence)}")


def _track(printer: Printer, entries: Sequence[TrackEntry]) -> None:
    """Count the predictions that can be held against a value, and say which failed."""
    came = [one for one in entries if one.came is not None]
    if not came:
        return
    judged = [one for one in came if one.is_hit is not None]
    hits = sum(1 for one in judged if one.is_hit)
    back = sum(1 for one in came if one.basis is PredictionBasis.BACK_CAST)
    printer.line(
        printer.t(
            f"预测跟踪：{len(came)}个预测已有公布值（其中回测{back}个），有80%区间的{len(judged)}个中{hits}个落在区间内。",
            f"Track record: {len(came)} predictions have their value ({back} back-cast); of {len(judged)} with an 80 % "
            f"interval {hits} hold it.",
        )
    )
    for one in judged:
        if not one.is_hit:
            printer.line(
                f"  [dim]{escape(one.label)} {one.for_year}：{printer.said(one.basis_word)}（{one.made_on}）"
                f"{one.predicted_shown}（{one.interval_shown}），{printer.t('实为', 'came')}{one.came_shown}[/]"
            )


# --- the folder ------------------------------------------------------------------------------------


def show_list(printer: Printer, found: Sequence[FrozenEvaluation]) -> None:
    """Print the evaluations of a folder."""
    if not found:
        printer.line(printer.t("没有固化的评估。", "No evaluation is frozen here."))
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True)
    for heading in (
        printer.t("编号", "id"),
        printer.t("类型", "kind"),
        printer.t("参照日", "as of"),
        printer.t("范围", "scope"),
        printer.t("附录", "addenda"),
        printer.t("结论", "sentence"),
    ):
        table.add_column(heading, overflow="fold")
    for one in found:
        table.add_row(
            escape(one.id), printer.said(one.kind_word), str(one.as_of), escape(one.scope), str(one.addenda),
            printer.said(one.sentence),
        )  # fmt: skip
    printer.console.print(table)


def show_verification(printer: Printer, found: Verification) -> None:
    """Print what verifying found; the problems themselves are told by the command."""
    words = printer.t("核验", "verified")
    if found.stands:
        state = printer.t(
            f"成立：{found.files}个文件逐字节一致，由固化输入重算结果逐字节相同，附录{found.addenda}份完整",
            f"stands: {found.files} files byte for byte, the same when computed again, {found.addenda} addenda whole",
        )
    else:
        state = printer.t(
            f"不成立：{len(found.problems)}处问题，重算有{len(found.differences)}处不同",
            f"does not stand: {len(found.problems)} problems, {len(found.differences)} figures differ",
        )
    printer.line(f"{words} {escape(found.evaluation.id)}：{state}")
    if not found.is_same_program:
        printer.line(
            printer.t(
                f"程序版本不同：当时{found.program_then}，现在{found.program_now}",
                f"another program: then {found.program_then}, now {found.program_now}",
            )
        )
    if found.snapshot_checked:
        printer.line(printer.t("已由快照重算所用数字。", "The figures were computed again from the snapshot."))


def show_changes(printer: Printer, inputs: Sequence[FrozenInput], changes: Sequence[AddendumChange]) -> None:
    """Print what today's inputs would change."""
    printer.line(
        printer.t(
            f"与固化时不同的输入{len(inputs)}个，会变动的结果{len(changes)}处。",
            f"{len(inputs)} inputs differ from the frozen ones; {len(changes)} results would change.",
        )
    )
    for one in inputs:
        printer.line(f"  {escape(one.path)}")
    for change in changes[:MOST_ROWS]:
        printer.line(f"· {escape(change.place)} {escape(change.label)}")
        printer.line(f"  {escape(change.before)}")
        printer.line(f"  → {escape(change.after)}")
    if len(changes) > MOST_ROWS:
        printer.line(printer.t(f"另有{len(changes) - MOST_ROWS}处。", f"{len(changes) - MOST_ROWS} more."))


def show_addendum(printer: Printer, one: Addendum) -> None:
    """Print that an addendum was written."""
    printer.line(printer.t(f"已写入第{one.number}号附录", f"addendum {one.number} written"))


def show_addenda(printer: Printer, found: Sequence[Addendum]) -> None:
    """Print the addenda of an evaluation."""
    for one in found:
        printer.line(
            f"[bold]{printer.t(f'附录{one.number}', f'Addendum {one.number}')}[/] {escape(one.made)} "
            f"{escape(one.office)} {escape(one.author)}：{escape(one.reason)}"
        )
        for change in one.changes[:MOST_ROWS]:
            printer.line(f"  {escape(change.place)}：{escape(change.before)} → {escape(change.after)}")
