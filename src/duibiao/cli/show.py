"""Prints views in the terminal."""

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.tree import Tree

from duibiao.kernel.text import Language, Text
from duibiao.progress.verdicts import Method
from duibiao.views.explain import ExplainedTarget, ExplainPage
from duibiao.views.monitor import Grouping, MonitorPage
from duibiao.views.outline import Branch, DepartmentWork
from duibiao.views.prediction_words import basis_words, interval_words, probability_words
from duibiao.views.rows import CitationView, MonitorRow, TaskView, ValueView
from duibiao.views.words import joined, percent, rate_words, ratio_words, rounded_words

COLOURS = {"#0B5CAD": "blue", "#1A7F37": "green", "#8A5A00": "yellow", "#B42318": "red", "#57606A": "bright_black"}
WIDE = 150


class Printer:
    """Prints in one language. Where the output is no terminal, lines are wide enough for the tables."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.console = Console(highlight=False)
        if not self.console.is_terminal:
            self.console = Console(highlight=False, width=WIDE)

    def t(self, zh: str, en: str) -> str:
        """Pick the words of the printer's language."""
        return en if self.language is Language.EN else zh

    def said(self, text: Text | None) -> str:
        """A text in the printer's language, safe for the terminal."""
        return escape(text.in_(self.language)) if text else ""

    def line(self, text: str = "") -> None:
        """Print one line."""
        self.console.print(text, soft_wrap=True)

    # --- monitor -----------------------------------------------------------------------------------

    def monitor(self, page: MonitorPage) -> None:
        """Print the monitor: sentence, groups, every row with a value, and what has none."""
        self.line(f"\n[bold]{self.said(page.title)}[/]  {page.as_of}")
        self.line(self.said(page.sentence))
        if page.grouping is not Grouping.STATUS:  # by status, the tally above has said it
            self.console.print(self._groups(page))
        with_value = [row for row in page.rows if row.observation]
        if with_value:
            self.console.print(self._rows(with_value))
        self._without_value([row for row in page.rows if not row.observation])
        for notice in page.notices:
            self.line(f"[dim]{self.said(notice)}[/]")

    def _without_value(self, rows: list[MonitorRow]) -> None:
        if not rows:
            return
        number = len(rows)
        heading = self.t(f"╳ 基期之后没有公布值的{number}项", f"╳ {number} without a value after the base year")
        self.line(f"[bold]{heading}[/]")
        plans: dict[str, list[str]] = {}
        for row in rows:
            plans.setdefault(self.said(row.plan_short), []).append(self._name(row))
        for plan, names in plans.items():
            self.console.print(Padding(f"[bold]{plan}[/]：{'；'.join(names)}", (0, 0, 0, 2)), style="bright_black")

    def _groups(self, page: MonitorPage) -> Table:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        table.add_column("")
        for one in page.tally:
            table.add_column(f"{one.glyph} {self.said(one.word)}", justify="right", style=COLOURS[one.colour])
        table.add_column(self.t("合计", "all"), justify="right")
        for group in page.groups:
            counts = {one.status: str(one.count) for one in group.tally}
            cells = [counts.get(one.status, "·") for one in page.tally]
            table.add_row(self.said(group.title), *cells, str(len(group.rows)))
        return table

    def _rows(self, rows: list[MonitorRow]) -> Table:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True)
        for heading, numeric in (
            (self.t("状态", "status"), False),
            (self.t("行动", "plan"), False),
            (self.t("指标", "indicator"), False),
            (self.t("基期", "base"), True),
            (self.t("现值（年度）", "value (year)"), True),
            (self.t("目标（年度）", "goal (year)"), True),
            (self.t("进展/序时", "progress/time"), True),
            (self.t("牵头", "lead"), False),
        ):
            table.add_column(heading, justify="right" if numeric else "left", no_wrap=numeric, overflow="fold")
        for row in rows:
            seen = row.observation
            table.add_row(
                self._status(row),
                self.said(row.plan_short),
                self._name(row),
                escape(row.baseline_written),
                escape(f"{seen.shown}（{seen.period}）") if seen else "—",
                escape(f"{row.goal_written}（{row.due}）"),
                f"{percent(row.p)}/{percent(row.s)}",
                escape(joined(row.lead)),
            )
        return table

    def _status(self, row: MonitorRow) -> str:
        doubt = ""
        if row.if_accepted_word:
            doubt = f"[dim]（{self.t('若采信', 'if accepted: ')}{self.said(row.if_accepted_word)}）[/]"
        split = "[yellow]≠[/]" if row.disagrees else ""
        return f"[{COLOURS[row.colour]}]{row.glyph} {self.said(row.status_word)}[/]{split}{doubt}"

    def _name(self, row: MonitorRow) -> str:
        if self.language is Language.EN:
            return self.said(row.indicator_label)
        return escape(f"{row.parent}：{row.label}" if row.parent else row.label)

    # --- explain -----------------------------------------------------------------------------------

    def explain(self, page: ExplainPage) -> None:
        """Print the way back from a figure."""
        indicator = page.indicator
        day = f"{self.t('参照日', 'as of')} {page.as_of}"
        self.line(f"\n[bold]{self.said(indicator.label)}[/]  [dim]{indicator.code}[/]  {day}")
        facts = f"{indicator.unit} · {indicator.direction} · {indicator.accumulation} · {indicator.rollup}"
        self.line(f"{self.t('单位·方向·累计方式·汇总', 'unit · direction · accumulation · roll-up')}：{escape(facts)}")
        if indicator.aliases:
            self.line(f"{self.t('别名', 'also called')}：{escape('、'.join(indicator.aliases))}")
        if indicator.note:
            self.line(f"{self.t('辨析', 'not to be confused')}：{escape(indicator.note)}")
        if page.definition:
            found = page.definition.definition
            self.line(
                f"{self.t('口径', 'definition')}：{escape(found.formula)}（{escape(found.source)}；"
                f"{self.t('核实', 'verified')} {found.verify} {self.said(page.definition.verified)}）"
            )
        for explained in page.targets:
            self._explained(explained)
        if page.tasks:
            heading = self.t("推动该指标的任务", "tasks that move it")
            self.line(f"\n[bold]{heading}[/]  {self.t('牵头', 'lead')}：{escape(joined(page.lead))}")
            for task in page.tasks:
                self.line(f"  {task.plan} {task.item} {escape(task.title)}{self._who(task)}")
                self.line(f"      [dim]{escape(task.reason)}[/]")

    def _who(self, task: TaskView) -> str:
        if not task.lead:
            return ""
        lead, helpers = self.t("牵头", "lead"), self.t("配合", "with")
        return escape(f"（{lead} {joined(task.lead)}；{helpers} {joined(task.cooperating)}）")

    def _explained(self, explained: ExplainedTarget) -> None:
        row = explained.row
        mark = f"  [bold]← {self.t('下一个到期，据此判定', 'next due, decides')}[/]" if explained.decides else ""
        self.line(f"\n[bold]{self.said(explained.plan_title)}[/]  {escape(row.label)}{mark}")
        base = f"{row.baseline_written}（{row.baseline_year}）→ " if row.baseline_year else ""
        self._fact(self.t("目标", "target"), f"{base}{row.goal_written}（{row.due}）")
        self._fact(self.t("目标出处", "stands at"), self._cited(row.citation))
        if explained.passage:
            self._fact(self.t("原文", "passage"), f"“{explained.passage}”")
        if row.observation:
            self._fact(self.t("现值", "value"), f"{row.observation.shown}（{row.observation.period}）")
            self._fact(self.t("数值出处", "source"), self._value(row.observation))
        self.line(
            f"  {self.t('状态', 'status')}：{self._status(row)}  [dim]{self.said(row.rule_words)} · {row.policy}[/]"
        )
        self._fact(self.t("算式", "formula"), row.formula.in_(self.language))
        if row.required_rate is not None and row.status not in ("met", "met_at_risk"):
            self._fact(self.t("到期前每年还需", "needed a year"), rate_words(row.required_rate, row.unit))
        if row.forecast is not None:
            self._fact(
                self.t("按现速到期可达", "linear forecast"),
                rounded_words(row.forecast, row.unit),
            )
        self._forecast(row)
        for verdict in row.verdicts:
            has_ratio = verdict.figure is not None and verdict.method != Method.GERMAN
            figure = f" {ratio_words(verdict.figure)}" if has_ratio else ""
            own = f"（{self.said(verdict.own)}）" if verdict.own.zh else ""
            differs = " [yellow]≠[/]" if verdict.differs else ""
            words = f"{self.said(verdict.word)}{own}{figure} {self.said(verdict.reason)}"
            self.line(f"    · {self.said(verdict.name)}：{words}{differs}")
        for caveat in row.caveats:
            self.line(f"    ! {self.said(caveat.text)}")
        if len(row.values) > 1:
            self.line(f"  {self.t('历年公布值', 'all values')}：")
            for value in row.values:
                self.line(f"    {value.period}  {escape(value.shown)}  [dim]{escape(self._value(value))}[/]")

    def _forecast(self, row: MonitorRow) -> None:
        found = row.prediction
        if found is None:
            return
        self._fact(self.t("预测", "forecast"), interval_words(found, row.unit).in_(self.language))
        if found.is_known:
            chance = self.t("达到目标的概率", "probability of reaching the target")
            self._fact(chance, probability_words(found).in_(self.language))
            self.line(f"    [dim]{self.said(basis_words(found))}[/]")
        for note in found.notes:
            self.line(f"    ! {self.said(note)}")

    def _fact(self, name: str, words: str) -> None:
        self.line(f"  {name}：{escape(words)}")

    def _cited(self, citation: CitationView) -> str:
        words = [citation.title.in_(self.language), citation.part, citation.item, citation.place]
        return " ".join(words) + f" [{citation.locator} · {citation.passage_hash}]"

    def _value(self, value: ValueView) -> str:
        parts = [
            value.source_title.in_(self.language),
            value.publisher,
            f"{self.t('公布', 'published')} {value.published}",
        ]
        if value.citation:
            parts.append(f"{value.citation.item} {value.citation.place}".strip())
        if value.quality.zh:
            parts.append(value.quality.in_(self.language))
        return "，".join(parts) + f" [{value.id}]"

    # --- plans -------------------------------------------------------------------------------------

    def tree(self, branch: Branch, depth: int) -> None:
        """Print a plan's tree down to a depth."""
        self.console.print(self._branch(branch, depth))

    def _branch(self, branch: Branch, depth: int) -> Tree:
        tree = Tree(self.said(branch.title))
        for child in branch.children if depth > 0 else ():
            tree.add(self._branch(child, depth - 1))
        return tree

    def departments(self, work: list[DepartmentWork]) -> None:
        """Print what each department leads and helps with."""
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        table.add_column(self.t("部门", "department"))
        for heading in (
            self.t("牵头任务", "leads"),
            self.t("配合任务", "helps"),
            self.t("所推动指标", "indicators moved"),
        ):
            table.add_column(heading, justify="right")
        for one in work:
            table.add_row(escape(one.name), str(len(one.lead)), str(len(one.cooperating)), str(len(one.indicators)))
        self.console.print(table)
