"""ECharts options from the figures of a page. Colours are names of the style sheet, so that every theme applies.

Line types and symbols differ beside the colours: a print in black and white stays readable.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from duibiao.kernel.text import Language, Text
from duibiao.metrics.observation import Bound
from duibiao.views.computed import UnitComparison
from duibiao.views.indicator import HistoryPoint, IndicatorPage, PaceLine

Option = dict[str, Any]
INK, SOFT, LINE, ACCENT = "var(--ink)", "var(--soft)", "var(--line)", "var(--accent)"
SYMBOLS = {Bound.EXACT: "circle", Bound.ABOUT: "diamond"}
"""An exact value is a full dot, an approximate one a diamond, a bound a triangle."""


def _number(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)


def _axis(kind: str, **more: Any) -> Option:
    return {
        "type": kind,
        "axisLabel": {"color": SOFT, "hideOverlap": True},
        "axisLine": {"lineStyle": {"color": LINE}},
        "splitLine": {"show": kind == "value", "lineStyle": {"color": LINE}},
        **more,
    }


def _frame(unit: str, years: Sequence[str]) -> Option:
    return {
        "grid": {"left": 8, "right": 24, "top": 48, "bottom": 8, "containLabel": True},
        "legend": {"top": 0, "left": 0, "textStyle": {"color": INK}},
        "tooltip": {"trigger": "axis", "confine": True},
        "xAxis": _axis("category", data=list(years), boundaryGap=True),
        "yAxis": _axis("value", name=unit, nameTextStyle={"color": SOFT, "align": "left"}, scale=True),
        # on a phone the legend takes several lines
        "media": [
            {"query": {"maxWidth": 900}, "option": {"grid": {"top": 92}, "yAxis": {"name": ""}}},
            {"query": {"maxWidth": 520}, "option": {"grid": {"top": 148}, "yAxis": {"name": ""}}},
        ],
    }


def _series(name: str, points: Mapping[int, float | None], years: Sequence[int], **more: Any) -> Option:
    return {
        "type": "line",
        "name": name,
        "connectNulls": True,
        "data": [points.get(year) for year in years],
        "emphasis": {"focus": "none"},
        **more,
    }


def indicator_chart(page: IndicatorPage, language: Language) -> Option | None:
    """Published values, and of each target its 序时 line and its extrapolation; None where there is nothing."""
    years = _years(page.history, page.lines)
    if not years:
        return None
    said = _teller(language)
    option = _frame(page.unit, [str(year) for year in years])
    option["series"] = [_published(page.history, years, said(Text("公布值", "published")), page)]
    drawn: set[tuple[int, Decimal | None]] = set()
    for one in sorted(page.lines, key=lambda one: not one.decides):
        if (one.due, one.goal) in drawn:  # the table and the text of a plan state the same promise
            continue
        drawn.add((one.due, one.goal))
        option["series"] += list(_ways(one, years, said))
        if one.goal is not None:
            name = said(Text(f"{one.due}年目标（{one.plan_short.zh}）", f"target {one.due} ({one.plan_short.en})"))
            style = {"color": "var(--attention)" if one.decides else SOFT}
            option["series"].append(
                _series(name, {one.due: float(one.goal)}, years, symbol="pin", symbolSize=18, itemStyle=style)
            )
    option["series"] += list(_predicted(page.lines, said))
    return option


def _teller(language: Language) -> Any:
    return lambda text: text.in_(language)


def _years(history: Sequence[HistoryPoint], lines: Sequence[PaceLine]) -> list[int]:
    found = {point.year for point in history}
    found |= {one.due for one in lines if one.goal is not None or one.upper is not None}
    found |= {one.base_year for one in lines if one.base_year is not None and one.base is not None}
    return list(range(min(found), max(found) + 1)) if found else []


def _published(history: Sequence[HistoryPoint], years: Sequence[int], name: str, page: IndicatorPage) -> Option:
    points = {point.year: point for point in history}
    data: list[Any] = []
    for year in years:
        point = points.get(year)
        if point is None:
            data.append(None)
            continue
        bound = Bound(point.picked.bound)
        data.append(
            {
                "value": _number(point.picked.amount),
                "symbol": SYMBOLS.get(bound, "triangle"),
                "label": {"show": True, "formatter": point.picked.shown, "color": INK},
            }
        )
    found = _series(name, {}, years, symbolSize=9, lineStyle={"width": 2.5}, itemStyle={"color": ACCENT})
    found["data"] = data
    marks = [
        {"xAxis": str(one.year), "label": {"formatter": "‖", "color": INK}} for one in page.breaks if one.year in years
    ]
    if marks:
        found["markLine"] = {
            "silent": True,
            "symbol": "none",
            "data": marks,
            "lineStyle": {"color": INK, "type": "dotted"},
        }
    return found


def _ways(line: PaceLine, years: Sequence[int], said: Any) -> Iterable[Option]:
    """The way from the base value to the goal, the line of the present pace, and a target range."""
    if line.base is not None and line.base_year is not None and line.goal is not None:
        yield _series(
            said(Text(f"序时线至{line.due}年", f"time path to {line.due}")),
            {line.base_year: float(line.base), line.due: float(line.goal)},
            years,
            symbol="none",
            lineStyle={"type": "dashed", "width": 1.5, "color": SOFT},
            itemStyle={"color": SOFT},
        )
    if line.forecast is not None and line.value is not None and line.value_year is not None:
        yield _series(
            said(Text(f"按现速至{line.due}年", f"at this pace to {line.due}")),
            {line.value_year: float(line.value), line.due: float(line.forecast)},
            years,
            symbol="emptyCircle",
            symbolSize=7,
            lineStyle={"type": "dotted", "width": 2, "color": "var(--attention)"},
            itemStyle={"color": "var(--attention)"},
        )
    if line.lower is not None and line.upper is not None:
        area = [[{"yAxis": float(line.lower)}, {"yAxis": float(line.upper)}]]
        name = said(Text("目标区间", "target range"))
        shade = {"silent": True, "itemStyle": {"color": "var(--aim)"}, "data": area}
        yield _series(name, {}, years, markArea=shade, itemStyle={"color": "var(--aim)"})


def _predicted(lines: Iterable[PaceLine], said: Any) -> Iterable[Option]:
    """The forecast of every due year, which no goal moves: 95 % a thin line, 80 % a thick one, the point a diamond.

    The ends are points with flat symbols, so that the axis reaches as far as they do.
    """
    found = {one.prediction.due: one.prediction for one in lines if one.prediction and one.prediction.is_known}
    points: list[Option] = []
    ranges: list[list[Option]] = []
    for due in sorted(found):
        year = str(due)
        lowest, low, point, high, highest = (
            _number(one)
            for one in (found[due].lowest, found[due].low, found[due].point, found[due].high, found[due].highest)
        )
        points += [{"value": [year, end], "symbol": "rect", "symbolSize": [16, 2]} for end in (lowest, highest)]
        points.append({"value": [year, point], "symbol": "diamond", "symbolSize": 11})
        ranges.append([{"coord": [year, lowest], "lineStyle": {"width": 1.5}}, {"coord": [year, highest]}])
        ranges.append([{"coord": [year, low], "lineStyle": {"width": 8, "opacity": 0.35}}, {"coord": [year, high]}])
    if points:
        style = {"color": "var(--met)"}
        marks = {"silent": True, "symbol": "none", "label": {"show": False}, "data": ranges}
        yield {
            "type": "scatter",
            "name": said(Text("预测（粗线80%、细线95%）", "forecast (thick 80 %, thin 95 %)")),
            "data": points,
            "symbol": "diamond",
            "itemStyle": style,
            "markLine": {**marks, "lineStyle": {**style, "type": "solid"}},
        }


def computed_chart(found: UnitComparison, unit: str, language: Language) -> Option:
    """The computed city over the years and the unit asked for; a break ends the line."""
    said = _teller(language)
    option = _frame(unit, [str(year) for year in found.years])
    lines = [(said(Text("全市计算值", "city, computed")), found.city_series, "circle", INK, "solid")]
    if found.unit:
        lines.append((found.unit_name, found.unit_series, "rect", ACCENT, "dashed"))
    option["series"] = []
    for name, values, symbol, colour, kind in lines:
        points = {one.year: _number(one.value.value) for one in values}
        marks = [{"xAxis": str(one.year)} for one in values if one.break_reason and one.value.value is not None]
        one = _series(
            name, points, found.years, symbol=symbol, symbolSize=7, itemStyle={"color": colour}, connectNulls=False
        )
        one["lineStyle"] = {"type": kind, "width": 2, "color": colour}
        if marks:
            one["markLine"] = {
                "silent": True,
                "symbol": "none",
                "data": marks,
                "label": {"formatter": "‖", "color": INK},
                "lineStyle": {"color": SOFT, "type": "dotted"},
            }
        option["series"].append(one)
    return option


def dot_plot(
    found: UnitComparison, unit: str, links: Mapping[str, str], language: Language, goal: float | None
) -> Option:
    """One row of dots a grouping, the values of the groupings and the city beside: first what is fair, then details."""
    said = _teller(language)
    names = [group.name or said(Text("未分组", "no group")) for group in found.groups][::-1]
    dots: list[Option] = []
    chosen: list[Option] = []
    for place, group in enumerate(reversed(found.groups)):
        for one in group.members:
            if one.value is not None:
                mark = {"name": one.name, "value": [float(one.value), place]}
                (chosen if one.unit == found.unit else dots).append(mark)
    wholes = [
        {"name": group.name, "value": [float(group.value.value), place]}
        for place, group in enumerate(reversed(found.groups))
        if group.value and group.value.value is not None
    ]
    lines = []
    if found.city and found.city.value is not None:
        word = said(Text("全市", "city"))
        lines.append({"xAxis": float(found.city.value), "label": {"formatter": word, "color": INK}})
    if goal is not None:
        word = said(Text("目标", "target"))
        style = {"color": "var(--attention)", "type": "dashed"}
        lines.append({"xAxis": goal, "label": {"formatter": word, "color": INK}, "lineStyle": style})
    option: Option = {
        "grid": {"left": 8, "right": 32, "top": 56, "bottom": 8, "containLabel": True},
        "legend": {"top": 0, "left": 0, "textStyle": {"color": INK}},
        "tooltip": {"trigger": "item", "confine": True, "formatter": "{b}"},
        "xAxis": _axis("value", scale=True, name="", position="bottom"),
        "yAxis": _axis("category", data=names, axisTick={"show": False}),
        "links": dict(links),
    }
    option["xAxis"]["axisLabel"]["formatter"] = "{value}" + (unit if unit == "%" else "")
    marks = {"silent": True, "symbol": "none", "data": lines, "lineStyle": {"color": INK, "type": "solid"}}
    option["series"] = [
        {**_dots(said(Text("区县", "district")), dots, "circle", 11, ACCENT), "markLine": marks},
        _dots(said(Text("组的合计值", "the group as a whole")), wholes, "diamond", 15, INK),
    ]
    if chosen:
        option["series"].append(_dots(found.unit_name, chosen, "rect", 14, "var(--behind)"))
    return option


def _dots(name: str, data: Sequence[Option], symbol: str, size: int, colour: str) -> Option:
    """One kind of dots; those that may lie on one another let the others shine through."""
    style: Option = {"color": colour, "opacity": 0.55} if symbol == "circle" else {"color": colour}
    return {
        "type": "scatter",
        "name": name,
        "data": list(data),
        "symbol": symbol,
        "symbolSize": size,
        "itemStyle": style,
    }
