"""The supervision letter (督办函) of an issue: its text, generated from what the issue holds, ready to print and sign.

The text follows the parts of a letter between offices (函): addressee, matter and basis, requirements, deadline for the
answer, signature and day. It is a draft: an office signs it, the program does not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from duibiao.kernel.period import local_time
from duibiao.kernel.text import Language, Text
from duibiao.store.issues_model import IssueRecord
from duibiao.store.units import UnitTree
from duibiao.views.districts import SIMULATED
from duibiao.views.issue_words import FrozenFigure, IssueRow, frozen_figure, issue_row, unit_name
from duibiao.views.words import day_words


@dataclass(frozen=True, slots=True)
class IssueLetter:
    """A supervision letter (督办函): heading, addressee, paragraphs, signature."""

    number: str
    heading: Text
    addressee: str
    paragraphs: tuple[Text, ...]
    signed_by: str
    day: Text
    draft_note: Text
    mark: Text | None
    row: IssueRow


def issue_letter(record: IssueRecord, tree: UnitTree, day: date, *, simulated: bool) -> IssueLetter:
    """Write the letter of an issue on a day."""
    issue = record.issue
    row = issue_row(issue, tree, day)
    figure = frozen_figure(issue, record.figure, record.figure_sha256)
    unit = unit_name(tree, issue.unit)
    own = issue.unit == issue.supervising_unit and issue.department != ""  # nobody writes letters to themselves
    addressee = "、".join(part for part in ("" if own else unit, issue.department) if part)
    return IssueLetter(
        number=f"督办〔{issue.number[:4]}〕{int(issue.number[5:])}号",
        heading=Text(f"关于“{issue.title}”的督办函", f"Supervision letter on: {issue.title}"),
        addressee=addressee,
        paragraphs=tuple(_paragraphs(record, row, figure, day)),
        signed_by=unit_name(tree, issue.supervising_unit),
        day=day_words(day),
        draft_note=Text(
            "本函由系统按问题清单生成，经核签后发出。",
            "Generated from the issue list; valid only when signed by the office.",
        ),
        mark=SIMULATED if simulated else None,
        row=row,
    )


def _paragraphs(record: IssueRecord, row: IssueRow, figure: FrozenFigure | None, day: date) -> Iterable[Text]:
    issue = record.issue
    found = day_words(issue.day)
    yield Text(
        f"经{row.origin_word.zh}，截至{found.zh}发现以下问题，已列入问题清单（编号{issue.number}）：{issue.title}。",
        f"As of {found.en} the following was found by {row.origin_word.en} and entered as issue {issue.number}: "
        f"{issue.title}.",
    )
    if issue.detail:
        yield Text(issue.detail, issue.detail)
    if figure is not None:
        zh = "；".join(f"{name.zh}：{value}" for name, value in figure.facts)
        en = "; ".join(f"{name.in_(Language.EN)}: {value}" for name, value in figure.facts)
        yield Text(f"有关数据——{zh}。", f"The figures: {en}.")
        if figure.document_title is not None:
            title = figure.document_title
            yield Text(f"依据：{title.zh}，{figure.place}。", f"Basis: {title.en or title.zh}, {figure.place}.")
    yield from _demands(record, row, day)


def _demands(record: IssueRecord, row: IssueRow, day: date) -> Iterable[Text]:
    issue = record.issue
    who = f"（责任人：{issue.person}）" if issue.person else ""
    if issue.due is None:
        yield Text("请研究提出整改措施和时限并函复。", "Please answer with a measure and a deadline.")
        return
    due = day_words(issue.due)
    if row.is_overdue:
        late = (day - issue.due).days
        yield Text(f"该问题整改时限为{due.zh}，现已逾期{late}天。", f"The deadline {due.en} passed {late} days ago.")
        first = Text("请立即整改", "Rectify at once")
    else:
        first = Text(f"请于{due.zh}前完成整改", f"Rectify by {due.en}")
    yield Text(
        f"{first.zh}{who}：一、查明原因，提出整改措施；二、落实措施，保存佐证；三、完成后在系统中提请验收，"
        f"验收通过后销号。确需延期的，在时限前说明理由申请。",
        f"{first.en}{' (' + issue.person + ')' if who else ''}: find the cause and set a measure; carry it out and "
        "keep the evidence; hand it in for acceptance, after which the issue is closed. An extension needs a reason "
        "before the deadline.",
    )
    measures = [event for event in record.events if event.action.value == "measure"]
    if measures:
        last = measures[-1]
        yield Text(
            f"已记录的整改措施（{local_time(last.at)[:10]}）：{last.text}",
            f"Measure on record ({local_time(last.at)[:10]}): {last.text}",
        )
    returned = [event for event in record.events if event.action.value == "return"]
    if returned:
        last = returned[-1]
        yield Text(
            f"验收未通过（{local_time(last.at)[:10]}）：{last.reason}",
            f"Acceptance failed ({local_time(last.at)[:10]}): {last.reason}",
        )
