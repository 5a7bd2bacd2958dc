"""The workbook that goes with a report (附表): every figure as a number, with charts bound to the cells.

Nothing is computed here: numbers are those of the evaluation, and the words beside them are the report's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from duibiao.evaluations.figure_book import FigureBook, baseline_shown, value_shown
from duibiao.evaluations.record import Evaluation, IndicatorResult
from duibiao.evaluations.record_parts import TaskResult
from duibiao.kernel.text import Language, Text
from duibiao.progress.closing import Verdict
from duibiao.progress.status import LOOKS, Status
from duibiao.reports.cells import Cell
from duibiao.reports.workbook import A4, Workbook
from duibiao.views.rows import CitationView, ValueView
from duibiao.views.words import day_words, joined

FEWEST_POINTS = 3
"""A trend has at least three values."""
CHART_HEIGHT = 15
"""Lines of a sheet one chart covers."""
_UNKNOWN = (Verdict.UNDETERMINED.value, Status.NO_DATA.value, Status.NO_BASELINE.value)
_PRINTED = 13
_OPEN_COLOUR = "#D0D7DE"


@dataclass(frozen=True, slots=True)
class AnnexColumn:
    """A column of a sheet (附表列): heading, width in characters, whether its numbers are shares."""

    heading: Text
    width: int = 12
    is_share: bool = False


def _columns(*words: tuple[str, str, int]) -> tuple[AnnexColumn, ...]:
    return tuple(AnnexColumn(Text(zh, en), width) for zh, en, width in words)


class AnnexWorkbook(Workbook):
    """The workbook of an evaluation (评估附表), sheet by sheet."""

    def __init__(self, evaluation: Evaluation, language: Language, book: FigureBook | None = None) -> None:
        super().__init__(language, evaluation.as_of)
        self.evaluation = evaluation
        self.book = book or FigureBook(evaluation)
        self._mark = evaluation.mark.in_(language) if evaluation.mark else ""

    def t(self, zh: str, en: str) -> str:
        """The fitting one of two wordings."""
        return Text(zh, en).in_(self.language)

    def said(self, text: Text) -> str:
        """Words in the language of the workbook."""
        return text.in_(self.language)

    def grid(
        self,
        name: Text,
        columns: Sequence[AnnexColumn],
        rows: Sequence[Sequence[Cell]],
        lines: Sequence[str] = (),
        printed: int = 0,
    ) -> tuple[Worksheet, int]:
        """A sheet with lines above a table that filters, stays in view and prints; answers the row of its heading.

        ``printed`` are the columns that go on paper where all of them would be too small to read.
        """
        sheet = self._sheet(name)
        top = [*([self._mark] if self._mark else []), *lines]
        for number, line in enumerate(top):
            sheet.write_string(number, 0, line, self._styles["title" if number == 0 else "number"])
        head = len(top) + 1 if top else 0
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
            sheet.write_string(head, place, self.said(column.heading), self._styles["head"])
        for number, row in enumerate(rows, head + 1):
            for place, (column, cell) in enumerate(zip(columns, row, strict=True)):
                self._cell(sheet, number, place, cell, is_share=column.is_share)
        if rows:
            sheet.autofilter(head, 0, head + len(rows), len(columns) - 1)
        sheet.freeze_panes(head + 1, 1)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(head)
        if printed:
            sheet.print_area(0, 0, head + len(rows), printed - 1)
        sheet.set_footer(f"&L{self.evaluation.id}&C{self._mark}&R&P / &N")
        return sheet, head

    def _cell(self, sheet: Worksheet, line: int, place: int, cell: Cell, *, is_share: bool) -> None:
        if isinstance(cell, Decimal | int):
            # A cell of a workbook holds a binary number; the exact digits stand beside it and in evaluation.json.
            sheet.write_number(line, place, float(cell), self._styles["share" if is_share else "number"])
        elif cell:
            sheet.write_string(line, place, cell, self._styles["text"])

    # --- sheets --------------------------------------------------------------------------------------------------

    def summary(self) -> None:
        """Counts by action with a stacked bar chart over the cells."""
        evaluation = self.evaluation
        kinds = [("verdict", one) for one in evaluation.verdicts] + [("status", one) for one in evaluation.statuses]
        kinds = [(kind, one) for kind, one in kinds if one.code not in _UNKNOWN]
        columns = [
            *_columns(("行动（规划）", "plan", 26), ("指标数", "indicators", 10)),
            *(AnnexColumn(one.word, 12) for _, one in kinds),
            *_columns(("无可用公开数据", "no usable figure", 14)),
        ]
        rows: list[list[Cell]] = []
        for action in evaluation.actions:
            counts = {("status", one.code): one.count for one in action.statuses}
            counts |= {("verdict", one.code): one.count for one in action.verdicts}
            rows.append([
                self.said(action.short), action.total, *(counts.get((kind, one.code), 0) for kind, one in kinds),
                action.total - action.known,
            ])  # fmt: skip
        title = f"{self.said(evaluation.title)} {self.said(evaluation.kind_word)}"
        notices = [self.said(one) for one in evaluation.notices]
        sheet, head = self.grid(
            Text("概况", "summary"), columns, rows, [title, self.said(evaluation.sentence), *notices]
        )
        last = head + len(rows)
        sheet.write_string(last + 1, 0, self.t("合计", "total"), self._styles["head"])
        for place in range(1, len(columns)):
            total = sum(int(row[place] or 0) for row in rows)
            formula = f"=SUM({xl_range(head + 1, place, last, place)})"
            sheet.write_formula(last + 1, place, formula, self._styles["number"], total)
        self._count_chart(sheet, head, last, [*(one.code for _, one in kinds), Status.NO_DATA.value])

    def _count_chart(self, sheet: Worksheet, head: int, last: int, codes: Sequence[str]) -> None:
        chart = self._book.add_chart({"type": "bar", "subtype": "stacked"})
        looks = {status.value: look.colour for status, look in LOOKS.items()}
        for place, code in enumerate(codes, 2):
            colour = looks.get(code.partition(".")[0]) or looks[Status.BEHIND.value]
            colour = _OPEN_COLOUR if code == Status.NO_DATA.value else colour
            fill = {"color": colour, "transparency": 40} if "." in code else {"color": colour}
            chart.add_series({
                "name": [sheet.name, head, place],
                "categories": [sheet.name, head + 1, 0, last, 0],
                "values": [sheet.name, head + 1, place, last, place],
                "fill": fill, "gap": 50,
            })  # fmt: skip
        chart.set_title({"name": self.t("各行动指标的结论", "Results by plan")})
        chart.set_y_axis({"reverse": True})
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": 900, "height": 60 + 42 * max(4, last - head)})
        sheet.insert_chart(last + 4, 0, chart)

    def indicators(self) -> None:
        """Every row with its figures as numbers, and how it is judged."""
        columns = [
            *_columns(
                ("指标（照录）", "as written", 34), ("行动（规划）", "plan", 20),
                ("基期值（照录）", "baseline as written", 12), ("目标（照录）", "goal as written", 12),
                ("目标年", "due", 8), ("现值（照录）", "value as published", 16),
                ("现值年度", "period", 9), ("序时应达", "asked by the line", 11), ("与应达之差", "gap", 11),
            ),
            AnnexColumn(Text("进展", "progress"), 9, is_share=True),
            AnnexColumn(Text("序时进度", "time progress"), 9, is_share=True),
            *_columns(
                ("结论", "result", 18), ("牵头部门", "led by", 24), ("配合部门", "helped by", 30),
                ("依据", "why", 44), ("何种情况会改变结论", "what would turn it", 40), ("不利趋势", "headwinds", 40),
                ("年均需变动", "needed a year", 11), ("统一名称", "indicator", 30), ("类型", "group", 14),
                ("单位", "unit", 8), ("基期年", "base year", 8), ("基期值", "baseline", 10), ("目标值", "goal", 10),
                ("现值", "value", 10), ("目标出处", "source of the goal", 44), ("说明", "remarks", 60),
                ("编号", "id", 24),
            ),
        ]  # fmt: skip
        rows = [self._indicator(one) for one in self.evaluation.indicators]
        self.grid(Text("指标", "indicators"), columns, rows, printed=_PRINTED)

    def _indicator(self, one: IndicatorResult) -> list[Cell]:
        row, line = one.row, one.line
        return [
            row.label, self.said(row.plan_short), baseline_shown(row), row.goal_written, row.due, value_shown(row),
            row.observation.period if row.observation else "", line.asked if line else None,
            line.gap if line else None, row.p, row.s, self.said(one.verdict_word), joined(row.lead),
            joined(row.cooperating), self.said(one.reason), self.said(one.turn),
            "；".join(self.said(text) for text in one.against), row.required_rate, self.said(row.indicator_label),
            row.group, row.unit, row.baseline_year, row.baseline, row.goal, row.value,
            _place(row.citation, self.language), "；".join(self.said(caveat.text) for caveat in row.caveats), row.id,
        ]  # fmt: skip

    def progress(self) -> None:
        """The rows with a progress, and a bar chart over the cells."""
        unanswered = {one.row for one in self.evaluation.quality.unanswered}
        found = [one for one in self.evaluation.indicators if one.row.p is not None and one.row.id not in unanswered]
        if not found:
            return
        columns = [
            *_columns(("指标", "indicator", 40)),
            AnnexColumn(Text("进展", "progress"), 10, is_share=True),
            AnnexColumn(Text("序时进度", "time progress"), 10, is_share=True),
            *_columns(("结论", "result", 18)),
        ]
        rows: list[list[Cell]] = [
            [self.said(one.row.indicator_label), one.row.p, one.row.s, self.said(one.verdict_word)] for one in found
        ]
        sheet, head = self.grid(Text("进展", "progress"), columns, rows)
        chart = self._book.add_chart({"type": "bar"})
        for place, colour in ((1, LOOKS[Status.MET].colour), (2, "#A0A7AF")):
            chart.add_series({
                "name": [sheet.name, head, place],
                "categories": [sheet.name, head + 1, 0, head + len(rows), 0],
                "values": [sheet.name, head + 1, place, head + len(rows), place],
                "fill": {"color": colour}, "gap": 60,
            })  # fmt: skip
        chart.set_title({"name": self.t("进展与序时进度", "Progress and time progress")})
        chart.set_x_axis({"num_format": "0%"})
        chart.set_y_axis({"reverse": True})
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": 900, "height": 120 + 36 * len(rows)})
        sheet.insert_chart(head + len(rows) + 3, 0, chart)

    def trends(self) -> None:
        """The published values of every row by year, a line chart for each row that is behind or needs attention."""
        series = [(one, _yearly(one)) for one in self.evaluation.indicators]
        series = [(one, years) for one, years in series if len(years) >= FEWEST_POINTS]
        if not series:
            return
        every = sorted({year for _, years in series for year in years})
        columns = [
            *_columns(("指标", "indicator", 40), ("单位", "unit", 8), ("结论", "result", 18), ("目标", "goal", 10)),
            *(AnnexColumn(Text(year), 10) for year in every),
        ]
        rows: list[list[Cell]] = [
            [self.said(one.row.indicator_label), one.row.unit, self.said(one.verdict_word), one.row.goal,
             *(years.get(year) for year in every)]
            for one, years in series
        ]  # fmt: skip
        sheet, head = self.grid(Text("历年值", "by year"), columns, rows)
        place = head + len(rows) + 3
        pressing = (Status.BEHIND, Status.ATTENTION, Status.MET_AT_RISK)
        for number, (one, _) in enumerate(series, head + 1):
            if one.row.status not in pressing:
                continue
            chart = self._book.add_chart({"type": "line"})
            chart.add_series({
                "name": [sheet.name, number, 0],
                "categories": [sheet.name, head, 4, head, 3 + len(every)],
                "values": [sheet.name, number, 4, number, 3 + len(every)],
                "marker": {"type": "circle"}, "line": {"color": one.row.colour},
            })  # fmt: skip
            chart.show_blanks_as("span")
            chart.set_title({"name": [sheet.name, number, 0], "name_font": {"size": 11}})
            chart.set_legend({"none": True})
            chart.set_size({"width": 560, "height": 260})
            sheet.insert_chart(place, 0, chart)
            place += CHART_HEIGHT

    def values(self) -> None:
        """Every published value behind a row, with its source and place; which one was taken is said."""
        columns = _columns(
            ("指标", "indicator", 34), ("年度", "period", 9), ("公布值", "as published", 16), ("数值", "amount", 12),
            ("单位", "unit", 8), ("界限", "bound", 6), ("采用", "taken", 8), ("公布日期", "published", 12),
            ("时点原文", "as of", 24), ("出处", "source", 44), ("发布者", "publisher", 24),
            ("文件中的位置", "place", 24),
            ("性质", "quality", 14), ("说明", "note", 50), ("网址", "address", 40), ("数据编号", "id", 18),
        )  # fmt: skip
        seen: dict[str, list[Cell]] = {}
        for one in self.evaluation.indicators:
            taken = one.row.observation.id if one.row.observation else ""
            for value in one.row.values:
                seen.setdefault(value.id, self._value(one, value, is_taken=value.id == taken))
        self.grid(Text("数值与出处", "values and sources"), columns, list(seen.values()), printed=11)

    def _value(self, one: IndicatorResult, value: ValueView, *, is_taken: bool) -> list[Cell]:
        role = self.t("现值", "value") if is_taken else self.t("基期", "baseline") if value.is_baseline else ""
        place = value.citation.place if value.citation else ""
        return [
            self.said(one.row.indicator_label), value.period, value.shown, value.amount, value.unit, value.bound, role,
            value.published, value.as_of, self.said(value.source_title), value.publisher, place,
            self.said(value.quality), value.note, value.url, value.id,
        ]  # fmt: skip

    def tasks(self) -> None:
        """Every task with who answers for it, the finding and the linked targets."""
        if not self.evaluation.tasks:
            return
        short = {plan.code: self.said(plan.short) for plan in self.evaluation.plans}
        columns = _columns(
            ("行动", "plan", 20), ("任务", "task", 7), ("名称", "title", 34), ("牵头部门", "led by", 24),
            ("配合部门", "helped by", 40), ("评定", "finding", 12), ("评定人", "assessor", 18), ("评定日期", "on", 12),
            ("依据", "basis", 40), ("佐证", "evidence", 30), ("与数据的不一致", "conflict", 40),
            ("关联的量化目标及状态", "linked targets", 60), ("任务出处", "place", 24),
        )  # fmt: skip
        rows = [self._task(task, short.get(task.plan, task.plan)) for task in self.evaluation.tasks]
        self.grid(Text("任务", "tasks"), columns, rows, printed=7)

    def _task(self, task: TaskResult, plan: str) -> list[Cell]:
        links = "；".join(f"{one.label}：{self.said(one.status_word)}（{one.value}）" for one in task.rows)
        return [
            plan, task.number, task.title, joined(task.lead), joined(task.cooperating), self.said(task.finding_word),
            task.assessor, str(task.assessed or ""), self.said(task.basis),
            "；".join(one.title for one in task.evidence), self.said(task.conflict), links, task.citation.place,
        ]  # fmt: skip

    def departments(self) -> None:
        """What each department leads and helps with, and how it stands."""
        if not self.evaluation.departments:
            return
        names = {one.row.id: self.said(one.row.indicator_label) for one in self.evaluation.indicators}
        columns = _columns(
            ("部门", "department", 24), ("牵头任务", "tasks led", 10), ("配合任务", "helped with", 10),
            ("牵头指标", "indicators led", 10), ("配合指标", "helped with", 10), ("滞后或未达成", "behind", 12),
            ("无可用数据", "no figure", 12), ("滞后或未达成的指标", "which are behind", 40), ("概述", "in words", 70),
        )  # fmt: skip
        rows: list[list[Cell]] = [
            [one.name, len(one.lead_tasks), len(one.cooperating_tasks), len(one.leads), len(one.helps),
             len(one.behind), len(one.unanswered), joined([names.get(row, row) for row in one.behind]),
             self.said(one.sentence)]
            for one in self.evaluation.departments
        ]  # fmt: skip
        self.grid(Text("部门", "departments"), columns, rows)

    def districts(self) -> None:
        """The computed figures of the districts, every row with the mark of simulated data where it is."""
        if not self.evaluation.units:
            return
        columns = _columns(
            ("标记", "mark", 12), ("代码", "code", 9), ("区县", "district", 16), ("片区", "group", 18),
            ("指标", "indicator", 36), ("年度", "period", 8), ("数值", "value", 12), ("单位", "unit", 8),
            ("照录", "shown", 14), ("无数据的原因", "why missing", 18), ("填报覆盖", "coverage", 10),
            ("目标（照录）", "goal", 12), ("目标年", "due", 8), ("对照的目标", "held against", 30),
            ("结果", "result", 14),
        )  # fmt: skip
        rows: list[list[Cell]] = [
            [self.said(unit.mark) if unit.mark else "", unit.code, unit.name, unit.group, self.said(figure.label),
             figure.period, figure.value, figure.unit, figure.shown if figure.value is not None else "",
             self.said(figure.missing) if figure.missing else "", figure.coverage, figure.goal_written, figure.due,
             self.said(figure.against), self.said(figure.word)]
            for unit in self.evaluation.units for figure in unit.figures
        ]  # fmt: skip
        self.grid(Text("区县", "districts"), columns, rows)

    def contradictions(self) -> None:
        """Both sides of everything that does not agree, and the published claims."""
        columns = _columns(
            ("所涉", "subject", 34), ("年度", "period", 9), ("采用值", "taken", 16), ("采用值出处", "its source", 44),
            ("未采用值", "not taken", 16), ("未采用值出处", "its source", 44), ("理由或双方内容", "why", 60),
        )  # fmt: skip
        rows: list[list[Cell]] = []
        for one in self.evaluation.contradictions:
            rows += [
                [self.said(one.subject), one.period, one.taken.shown if one.taken else "", self._source(one.taken),
                 other.shown if other else "", self._source(other), self.said(one.why)]
                for other in one.others or (None,)
            ]  # fmt: skip
        rows += [
            [self.said(claim.statement), claim.published, "", f"{self.said(claim.source_title)} {claim.publisher}", "",
             "", self.said(claim.comment)]
            for claim in self.evaluation.claims
        ]  # fmt: skip
        self.grid(Text("不一致", "contradictions"), columns, rows)

    def _source(self, value: ValueView | None) -> str:
        return f"{self.said(value.source_title)}，{value.publisher}，{value.published}" if value else ""

    def predictions(self) -> None:
        """Predictions made now and earlier, with what came."""
        if not self.evaluation.track_record:
            return
        columns = _columns(
            ("指标", "indicator", 34), ("由来", "basis", 24), ("预测日期", "made on", 12), ("方法", "method", 18),
            ("所指年度", "for", 9), ("预测值", "predicted", 12), ("下限", "low", 12), ("上限", "high", 12),
            ("概率", "probability", 9), ("实际值", "came", 12), ("实际减预测", "error", 12), ("在区间内", "hit", 9),
            ("单位", "unit", 8),
        )  # fmt: skip
        hits = {None: "", True: self.t("是", "yes"), False: self.t("否", "no")}
        rows: list[list[Cell]] = [
            [one.label, self.said(one.basis_word), str(one.made_on), one.method, one.for_year, one.predicted, one.low,
             one.high, one.probability, one.came, one.error, hits[one.is_hit], one.unit]
            for one in self.evaluation.track_record
        ]  # fmt: skip
        self.grid(Text("预测与检验", "predictions"), columns, rows)

    def methods(self) -> None:
        """What the evaluation is and rests on: parameters, thresholds, every frozen input with its hash."""
        evaluation, policy = self.evaluation, self.evaluation.policy
        facts: list[tuple[str, str]] = [
            (self.t("评估编号", "evaluation"), evaluation.id),
            (self.t("类型", "kind"), self.said(evaluation.kind_word)),
            (self.t("参照日", "reference day"), self.said(day_words(evaluation.as_of))),
            (self.t("范围", "scope"), self.said(evaluation.scope.words)),
            (self.t("方法", "methods"), evaluation.method),
            (self.t("程序", "program"), evaluation.program),
            (self.t("正常的下限", "on course from"), str(policy.on_course)),
            (self.t("关注的下限", "attention from"), str(policy.attention)),
        ]
        facts += [(f"{one.role.value}: {one.path}", f"{one.version} {one.sha256}".strip()) for one in evaluation.inputs]
        self.text_sheet(Text("方法与输入", "methods and inputs"), facts)


def annex_bytes(evaluation: Evaluation, language: Language = Language.ZH, book: FigureBook | None = None) -> bytes:
    """The whole workbook of an evaluation; equal evaluations give equal bytes."""
    workbook = AnnexWorkbook(evaluation, language, book)
    workbook.summary()
    workbook.indicators()
    workbook.progress()
    workbook.trends()
    workbook.values()
    workbook.tasks()
    workbook.departments()
    workbook.districts()
    workbook.contradictions()
    workbook.predictions()
    workbook.methods()
    return workbook.bytes()


def _place(citation: CitationView, language: Language) -> str:
    parts = [citation.title.in_(language), citation.part, citation.item, citation.place]
    return "，".join(dict.fromkeys(part for part in parts if part))


def _yearly(one: IndicatorResult) -> dict[str, Decimal]:
    """The value taken for each year: the first one published values list for it, in the row's own unit."""
    found: dict[str, Decimal] = {}
    for value in one.row.values:
        if value.unit == one.row.unit and value.bound == "=":
            found.setdefault(value.period, value.amount)
    return found
