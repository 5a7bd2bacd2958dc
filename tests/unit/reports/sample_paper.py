"""A handmade paper with every kind of part, about twenty pages: figures are invented and marked 模拟数据."""

from datetime import date
from decimal import Decimal

from duibiao.views.paper import Annex, Distribution, Paper, PaperBlock, PaperMeta, RedHead, Signature
from duibiao.views.paper_chart import ChartKind, ChartPoint, ChartSeries, FillPattern, PaperChart
from duibiao.views.paper_parts import (
    CellAlign,
    GroupRow,
    Narrative,
    PaperColumn,
    PaperHeading,
    PaperNote,
    PaperTable,
    Paragraph,
    Placeholder,
    TableCell,
    TableRow,
)
from duibiao.views.paper_text import Field, Reference, Strong

ACTIONS = ("基础教育提质", "职业教育融合", "高等教育突破", "教师队伍强基", "数字教育赋能", "综合改革攻坚")
NAMES = (
    "学前教育毛入园率",
    "义务教育巩固率",
    "普惠性幼儿园覆盖率",
    "高中阶段教育毛入学率",
    "劳动年龄人口平均受教育年限",
    "义务教育学校生均教学及辅助用房面积达标的区县比例",
    "公办幼儿园在园幼儿占比",
)
LONG = (
    "从总体看，各项工作有序推进，主要指标与序时进度基本相符，少数指标受学龄人口变化和数据发布时间的影响，目前还不能作出结论。"
    "对没有公开数据的指标，本报告如实注明“无数据”，不以估计值代替，也不按零值处理。"
)


def number(n: int) -> Decimal:
    return Decimal(6000 + (n * 379) % 4000) / 100


def field(n: int, what: str = "value") -> Field:
    return Field(f"row/indicator-{n}/{what}", f"{number(n) + (2 if what == 'goal' else 0)}%")


def heading(level: int, *runs: str) -> PaperHeading:
    return PaperHeading(level, runs)


def indicator_table(name: str, rows: int, *, landscape: bool = False) -> PaperTable:
    left, centre, right = CellAlign.LEFT, CellAlign.CENTER, CellAlign.RIGHT
    columns = [
        PaperColumn("序号", 6, centre),
        PaperColumn("指标", 30, left),
        PaperColumn("基期值", 11, right, "%", "数值" if landscape else ""),
        PaperColumn("现值", 11, right, "%", "数值" if landscape else ""),
        PaperColumn("目标值", 11, right, "%", "数值" if landscape else ""),
        PaperColumn("状态", 9, centre),
    ]
    if landscape:
        columns += [PaperColumn("出处", 26, left), PaperColumn("数据时点", 12, centre)]
    made: list[TableRow | GroupRow] = []
    for n in range(rows):
        if n % 9 == 0:
            made.append(GroupRow((f"{'一二三四五六七八九十'[n // 9 % 10]}、{ACTIONS[n // 9 % 6]}行动",)))
        cells = [
            TableCell((str(n + 1),)),
            TableCell((NAMES[n % 7],)),
            TableCell((f"{number(n + 1)}",)),
            TableCell((field(n),)) if n % 6 else TableCell(("无数据",)),
            TableCell((field(n, "goal"),)),
            TableCell((("● 正常", "▲ 关注", "■ 滞后", "✔ 已达成", "○ 未到期", "╳ 无数据")[n % 6],)),
        ]
        if landscape:
            cells += [TableCell(("《教育事业发展统计公报》第3页",)), TableCell(("2025年12月",))]
        made.append(TableRow(tuple(cells)))
    notes = (("注：无数据指至评估时点没有公开发布的数值。",),)
    return PaperTable(name, "主要指标进展", tuple(columns), tuple(made), notes=notes, landscape=landscape)


def charts() -> list[PaperChart]:
    names = NAMES[:5]
    value = tuple(ChartPoint(number(n), field(n)) for n in range(5))
    goal = tuple(ChartPoint(number(n) + 2, field(n, "goal")) for n in range(5))
    part = tuple(ChartPoint(Decimal(n + 2), Field(f"count/{n}", str(n + 2))) for n in range(5))
    rest = tuple(ChartPoint(Decimal(7 - n), Field(f"rest/{n}", str(7 - n))) for n in range(5))
    none = (ChartPoint(None, Field("row/none", "无数据")), *value[1:])
    now = ChartSeries("现值", value)
    aim = ChartSeries("目标值", goal, "#8A5A00", FillPattern.HOLLOW)
    text = "现值都低于目标值。"
    years = tuple(f"{year}年" for year in range(2021, 2026))
    return [
        PaperChart("c-bar", ChartKind.BAR, "现值与目标值", names, (ChartSeries("现值", none), aim), "t1", text, "%"),
        PaperChart(
            "c-stacked",
            ChartKind.STACKED,
            "各行动指标状态构成",
            ACTIONS[:5],
            (ChartSeries("正常", part, "#1A7F37"), ChartSeries("滞后", rest, "#B42318", FillPattern.DIAGONAL)),
            "t1",
            text,
            "项",
        ),
        PaperChart("c-line", ChartKind.LINE, "变化趋势", years, (now, aim), "t1", text, "%"),
        PaperChart("c-dot", ChartKind.DOT, "距离目标的差距", names, (now, aim), "t1", text, "%"),
        PaperChart("c-progress", ChartKind.PROGRESS, "进展与序时进度", names, (now, aim), "t1", text, "%"),
    ]


def task_table() -> PaperTable:
    columns = (PaperColumn("行动", 20), PaperColumn("任务", 50), PaperColumn("牵头部门", 20, CellAlign.CENTER))
    rows = []
    for action in ACTIONS:
        for n in range(3):
            first = (TableCell((action,), rows=3),) if n == 0 else ()
            rows.append(TableRow((*first, TableCell((f"任务{n + 1}：{LONG[:30]}",)), TableCell(("市教委",)))))
    return PaperTable("t-tasks", "任务进展", columns, tuple(rows))


def body() -> list[PaperBlock]:
    blocks: list[PaperBlock] = [
        Paragraph(("为掌握规划实施情况，根据有关要求，对", Strong("2021—2025年"), f"实施情况进行了总结评估。{LONG}")),
        heading(1, "总体结论"),
        Paragraph(
            ("至评估时点，学前教育毛入园率为", field(1), "，目标为", field(1, "goal"), "，详见", Reference("t1"), "。")
        ),
        indicator_table("t1", 26),
        PaperNote((f"说明：{LONG}",)),
        heading(1, "分项情况"),
    ]
    pictures = charts()
    for n, action in enumerate(ACTIONS):
        blocks += [
            heading(2, f"{action}行动"),
            *(Paragraph((f"{LONG}其中，", NAMES[n], "达到", field(n + 7), f"。{LONG}")) for _ in range(2)),
            heading(3, "进展情况"),
            Paragraph((LONG * 2,)),
            *pictures[n : n + 1],
            heading(4, "需要说明的问题"),
            Paragraph((LONG,)),
        ]
    blocks += [
        task_table(),
        heading(1, "下一步工作建议"),
        Narrative("advice", ((LONG,), (f"要继续推进。{LONG}",)), "张三"),
        Placeholder("more", "请补充下一年度的工作安排"),
    ]
    return blocks


def sample_paper(*, draft: bool = False) -> Paper:
    return Paper(
        title="重庆市教育事业发展“十四五”规划（2021—2025年）实施情况总结评估报告",
        meta=PaperMeta("“十四五”规划总结评估报告", "重庆市教育委员会", date(2026, 3, 1), "模拟数据"),
        blocks=tuple(body()),
        subtitle="（送审稿）",
        red_head=RedHead("重庆市教育委员会文件", "渝教发〔2026〕5号"),
        addressee="各区县（自治县）教委（教育局），有关高等学校",
        annexes=(
            Annex("主要指标明细表", (indicator_table("t-wide", 40, landscape=True),)),
            Annex("指标口径和数据来源说明", (heading(1, "口径"), Paragraph((LONG * 2,)), indicator_table("t-last", 9))),
            Annex("数据附表（xlsx文件）", separate=True),
        ),
        signature=Signature("重庆市教育委员会", date(2026, 3, 1)),
        distribution=Distribution(
            "市人大教科文卫委，市政协教科卫体委，市发展改革委，市财政局。", "重庆市教育委员会办公室", date(2026, 3, 2)
        ),
        marks=("模拟数据",),
        draft=draft,
    )
