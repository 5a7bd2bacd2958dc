"""The pages as flat rows for a spreadsheet: exact figures, codes beside names, empty where nothing is known."""

from collections.abc import Iterable
from decimal import Decimal

from duibiao.kernel.value import plain
from duibiao.views.departments import DepartmentPage, DepartmentsPage
from duibiao.views.districts import DistrictValue
from duibiao.views.indicator import IndicatorPage
from duibiao.views.plans import PlanPage, PlansPage
from duibiao.views.rows import MonitorRow, ValueView
from duibiao.views.screen import ScreenPage
from duibiao.views.tiles import TilesPage
from duibiao.views.units import UnitPage, UnitsPage


def cell(amount: Decimal | int | None) -> str:
    """A figure as a cell; empty for none, never zero."""
    return "" if amount is None else f"{plain(Decimal(amount)):f}"


def target_rows(rows: Iterable[MonitorRow]) -> Iterable[dict[str, str]]:
    """One line a target: as written, as typed, value with source and day, status with its inputs, who acts."""
    for row in rows:
        seen = row.observation
        yield {
            "规划": row.plan_short.zh,
            "目标编号": row.id,
            "指标代码": row.indicator,
            "指标": row.label,
            "计量单位": row.unit,
            "基期年": "" if row.baseline_year is None else str(row.baseline_year),
            "基期值": cell(row.baseline),
            "目标年": str(row.due),
            "目标（照录）": row.goal_written,
            "目标值": cell(row.goal),
            "最新值": cell(row.value),
            "最新值（照录）": seen.shown if seen else "",
            "时点": seen.period if seen else "",
            "公布日期": seen.published if seen else "",
            "来源": seen.source_title.zh if seen else "",
            "状态": row.status_word.zh,
            "若采信": row.if_accepted_word.zh if row.if_accepted_word else "",
            "进展": cell(row.p),
            "序时进度": cell(row.s),
            "按现速外推": cell(row.forecast),
            **_predicted(row),
            "判定依据": row.rule_words.zh,
            "方法不一致": "是" if row.disagrees else "",
            "牵头部门": "；".join(row.lead),
            "配合部门": "；".join(row.cooperating),
            "出处": f"{row.citation.title.zh} {row.citation.place}",
        }


def _predicted(row: MonitorRow) -> dict[str, str]:
    """The forecast of a target: value, 80 % interval, probability of reaching the goal; empty where there is none."""
    found = row.prediction
    amounts = (found.point, found.low, found.high, found.probability) if found else (None,) * 4
    names = ("预测值", "预测下限（80%）", "预测上限（80%）", "达到目标的概率")
    return {name: cell(amount) for name, amount in zip(names, amounts, strict=True)}


def indicator_rows(page: IndicatorPage) -> Iterable[dict[str, str]]:
    """One line a value: every published one with its source, then every computed one with its coverage."""
    for point in page.history:
        for one in (point.picked, *point.others):
            yield _published(page, one, "采用" if one is point.picked else "未采用")
    for one in page.reprints:
        yield _published(page, one, "旧数重印")
    if page.computed:
        kind = "计算（模拟数据）" if page.computed.mark else "计算"
        city = [page.computed.city] if page.computed.city else []
        members = [one for group in page.computed.groups for one in group.members]
        for value in (*city, *members, *page.computed.not_asked):
            yield _computed(page, value, str(page.computed.year), kind)


def _published(page: IndicatorPage, one: ValueView, kind: str) -> dict[str, str]:
    return {
        "指标代码": page.code,
        "指标": page.label.zh,
        "单位": "",
        "单位名称": "全市",
        "年度": one.period,
        "界限": one.bound,
        "数值": cell(one.amount),
        "计量单位": one.unit,
        "性质": f"公布值·{kind}",
        "口径提示": one.quality.zh,
        "来源": one.source_title.zh,
        "公布单位": one.publisher,
        "公布日期": one.published,
        "分子": "",
        "分母": "",
        "覆盖": "",
        "缺值原因": "",
    }


def _computed(page: IndicatorPage, one: DistrictValue, year: str, kind: str) -> dict[str, str]:
    return {
        "指标代码": page.code,
        "指标": page.label.zh,
        "单位": one.unit,
        "单位名称": one.name,
        "年度": year,
        "界限": "=" if one.value is not None else "",
        "数值": cell(one.value),
        "计量单位": page.unit,
        "性质": kind,
        "口径提示": "",
        "来源": f"快照 {page.computed.snapshot}" if page.computed else "",
        "公布单位": "",
        "公布日期": "",
        "分子": cell(one.numerator),
        "分母": cell(one.denominator),
        "覆盖": one.coverage,
        "缺值原因": one.missing.zh if one.missing else "",
    }


def units_rows(page: UnitsPage) -> Iterable[dict[str, str]]:
    """One line a district, those that were abolished last."""
    for one in (*(unit for group in page.groups for unit in group.units), *page.abolished):
        yield {
            "代码": one.code,
            "名称": one.name,
            "类型": one.kind.zh,
            "现行分组": one.group,
            "学校数": str(one.schools),
            "撤销": "" if one.ended is None else str(one.ended),
        }


def unit_rows(page: UnitPage) -> Iterable[dict[str, str]]:
    """One line an indicator of a unit, those without a figure last with the reason; cells of returns for a school."""
    kind = "计算（模拟数据）" if page.mark else "计算"
    for row in (*page.targets, *page.others, *page.missing):
        yield {
            "单位": page.code,
            "单位名称": page.name,
            "年度": str(page.year),
            "代码": row.indicator,
            "名称": row.label.zh,
            "计量单位": row.unit,
            "数值": cell(row.value.value),
            "上年": cell(row.last_year.value if row.last_year else None),
            "同比": cell(row.change),
            "不可比原因": row.not_comparable.zh if row.not_comparable else "",
            "同组": cell(row.group.value if row.group else None),
            "全市": cell(row.city.value if row.city else None),
            "目标（照录）": row.goal_written,
            "覆盖": row.value.coverage,
            "缺值原因": row.value.missing.zh if row.value.missing else "",
            "性质": kind,
        }
    for table in page.returns:
        for one in table.cells:
            yield {
                "单位": page.code,
                "单位名称": page.name,
                "年度": str(table.year),
                "代码": f"{table.form}.{one.element}",
                "名称": one.label,
                "计量单位": one.unit,
                "数值": cell(one.value),
                "上年": cell(one.last_year),
                "同比": "",
                "不可比原因": "",
                "同组": "",
                "全市": "",
                "目标（照录）": "",
                "覆盖": "",
                "缺值原因": "" if one.value is not None else "未报送",
                "性质": "报表（模拟数据）" if page.mark else "报表",
            }


def plans_rows(page: PlansPage) -> Iterable[dict[str, str]]:
    """One line a plan, a plan before those that carry it out."""
    waiting = list(page.plans)
    while waiting:
        one = waiting.pop(0)
        waiting = [*one.below, *waiting]
        yield {
            "代码": one.code,
            "名称": one.title.zh,
            "类型": one.kind.zh,
            "印发单位": one.issuer,
            "文号": one.number,
            "公布": one.published,
            "起": str(one.start),
            "止": str(one.end),
            "任务数": str(one.tasks),
            "量化目标数": str(one.targets),
            "可判定": str(one.known),
        }


def plan_rows(page: PlanPage) -> Iterable[dict[str, str]]:
    """The targets of a plan."""
    return target_rows(page.targets)


def departments_rows(page: DepartmentsPage) -> Iterable[dict[str, str]]:
    """One line a department."""
    for one in page.departments:
        yield {
            "部门": one.name,
            "牵头任务": str(one.lead),
            "配合任务": str(one.cooperating),
            "牵头目标": str(one.targets),
            "滞后、关注或有风险": str(one.pressing),
        }


def department_rows(page: DepartmentPage) -> Iterable[dict[str, str]]:
    """One line a task of a department."""
    for role, nodes in (("牵头", page.lead), ("配合", page.cooperating)):
        for one in nodes:
            yield {
                "部门": page.department.name,
                "角色": role,
                "规划": one.plan,
                "任务号": one.number,
                "任务": one.title.zh,
                "牵头部门": "；".join(one.lead),
                "配合部门": "；".join(one.cooperating),
                "相关目标": "；".join(one.rows),
                "出处": f"{one.citation.title.zh} {one.citation.place}",
            }


def tile_rows(page: TilesPage) -> Iterable[dict[str, str]]:
    """One line a district of the diagram, those without a place last."""
    for one in (*page.tiles, *page.without_place):
        value = one.value
        yield {
            "代码": one.code,
            "名称": one.name,
            "分组": one.group,
            "列": str(one.column) if one.column >= 0 else "",
            "行": str(one.row) if one.row >= 0 else "",
            "指标代码": page.indicator,
            "年度": "" if page.year is None else str(page.year),
            "数值": cell(value.value if value else None),
            "计量单位": page.unit,
            "覆盖": value.coverage if value else "",
            "缺值原因": value.missing.zh if value and value.missing else "",
            "性质": "计算（模拟数据）" if page.mark else "计算",
        }


def screen_rows(page: ScreenPage) -> Iterable[dict[str, str]]:
    """The counted statuses of the groups."""
    for group in page.groups:
        for one in group.tally:
            yield {"分组": group.title.zh, "状态": one.word.zh, "数量": str(one.count)}
