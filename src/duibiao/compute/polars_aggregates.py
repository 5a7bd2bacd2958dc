"""Aggregates of the indicator language in Polars: what is needed of the rows of a group, straight from its meaning."""

from collections.abc import Iterator

import polars as pl

from duibiao.compute.polars_rows import BILLION, PolarsRows, Quotient, multiply
from duibiao.metrics.expression import nodes as n

_Function = n.AggregateFunction
RANKED = (_Function.MEDIAN, _Function.QUANTILE, _Function.GINI)


def expressions_of(prefix: str, node: n.Aggregate, rows: PolarsRows) -> Iterator[pl.Expr]:
    """Named expressions over a group: units meant, units known, and the sums of the function."""
    # A literal would count once however many rows there are; every row has a year.
    meant = pl.col("year").is_not_null() if node.where is None else rows.condition(node.where)
    if node.function in (_Function.COUNT, _Function.SHARE):
        holds = rows.condition(node.arguments[0])
        parts = {"total": meant.fill_null(True), "known": meant & holds.is_not_null(), "top": meant & holds}
        for name, part in parts.items():
            yield _count(part).alias(prefix + name)
        return
    values = [rows.number(one) for one in (*node.arguments, *([] if node.weight is None else [node.weight]))]
    if node.function is _Function.DIFFERENCE_COEFFICIENT:
        meant = meant & (values[1].top > 0 if values[1].real is None else values[1].real > 0)
    counts = meant.fill_null(False)
    for value in values:
        counts = counts & value.known
    yield _count(meant.fill_null(True)).alias(prefix + "total")
    yield _count(counts).alias(prefix + "known")
    for name, one in _sums(node, values, counts).items():
        yield one.alias(prefix + name)


def merged(name: str, node: n.Aggregate) -> pl.Expr | None:
    """How the part of a larger group follows from those of smaller ones; None where only the rows can tell."""
    if node.function in RANKED and not name.endswith((":total", ":known")):
        return None
    if name.endswith("_scale"):
        return pl.col(name).first()
    if name.endswith("extreme"):
        return pl.col(name).min() if node.function is _Function.MIN else pl.col(name).max()
    return pl.col(name).sum()


def _count(condition: pl.Expr) -> pl.Expr:
    return condition.fill_null(False).cast(pl.Int64).sum()


def _added(value: Quotient, counts: pl.Expr) -> pl.Expr:
    """The sum of a row value where it counts: exact, or in billionths."""
    if value.is_whole:
        return pl.when(counts).then(value.top.cast(pl.Int128)).sum()
    return _billionths(pl.when(counts).then(value.double)).sum()


def _billionths(double: pl.Expr) -> pl.Expr:
    """Doubles as whole billionths; a double too large for 128 bit is an error, so mask what does not count first."""
    return (double * 1e9 + 0.5).floor().cast(pl.Int128)


def _scale(value: Quotient) -> pl.Expr:
    scale = value.bottom if value.is_whole and isinstance(value.bottom, int) else BILLION
    return pl.lit(scale, dtype=pl.Int128).first()


def _sums(node: n.Aggregate, values: list[Quotient], counts: pl.Expr) -> dict[str, pl.Expr]:
    value = values[0]
    double = pl.when(counts).then(value.double)
    match node.function:
        case _Function.SUM:
            return {"top": _added(value, counts), "top_scale": _scale(value)}
        case _Function.RATIO:
            return _two(values[0], values[1], counts)
        case _Function.MEAN:
            if len(values) == 1:
                return {"top": _added(value, counts), "top_scale": _scale(value)}
            return _two(multiply(value, values[1]), values[1], counts)
        case _Function.MIN | _Function.MAX:
            chosen = pl.when(counts).then(value.top) if value.is_whole else double
            extreme = chosen.min() if node.function is _Function.MIN else chosen.max()
            scale = {"top_scale": _scale(value)} if value.is_whole else {}
            return {"extreme": extreme, **scale}
        case _Function.MEDIAN | _Function.QUANTILE:
            level = 0.5 if node.level is None else float(node.level)
            return {"real": double.quantile(level, interpolation="linear"), "least": double.min()}
        case _Function.DIFFERENCE_COEFFICIENT:
            return {**_two(values[0], values[1], counts), "squares": _squares(values[0], values[1], counts)}
        case _Function.THEIL:
            return _theil(values, counts)
    return _gini(values, counts)


def _two(above: Quotient, below: Quotient, counts: pl.Expr) -> dict[str, pl.Expr]:
    return {
        "top": _added(above, counts),
        "top_scale": _scale(above),
        "bottom": _added(below, counts),
        "bottom_scale": _scale(below),
    }


def _squares(resource: Quotient, pupils: Quotient, counts: pl.Expr) -> pl.Expr:
    """Σ R²/P in billionths. Whole numbers as they are stored, others as they are: the coefficient has no unit."""
    above = resource.top.cast(pl.Float64) if resource.is_whole else resource.double
    below = pupils.top.cast(pl.Float64) if pupils.is_whole else pupils.double
    return _billionths(pl.when(counts).then(above * above / below)).sum()


def _theil(values: list[Quotient], counts: pl.Expr) -> dict[str, pl.Expr]:
    value = values[0].double
    product: pl.Expr = pl.when(value > 0).then(value * value.log()).when(value == 0).then(0.0)
    negative = value < 0
    if len(values) > 1:
        product = values[1].double * product
        negative = negative | (values[1].double < 0)
    found = {
        "entropy": _billionths(pl.when(counts).then(product)).sum(),
        "negative": _count(counts & negative),
    }
    if len(values) == 1:
        return found | {"top": _added(values[0], counts), "top_scale": _scale(values[0])}
    return found | _two(multiply(values[0], values[1]), values[1], counts)


def _gini(values: list[Quotient], counts: pl.Expr) -> dict[str, pl.Expr]:
    """Σ_i w_i x_i (2 F_i - w_i - W) ÷ (W Σ w x), with F the running sum of the weights in ascending order of x."""
    value = values[0].double.filter(counts)
    weight = values[1].double.filter(counts) if len(values) > 1 else value * 0.0 + 1.0
    ordered, weights = value.sort_by(value, weight), weight.sort_by(value, weight)
    product = weights * ordered
    spread = (product * (2.0 * weights.cum_sum() - weights - weights.sum())).sum()
    found = {
        "real": spread / (weights.sum() * product.sum()),
        "negative": _count(counts & (values[0].double < 0)),
        "least": value.min(),
        "largest": value.max(),
    }
    if len(values) > 1:
        found["negative"] = _count(counts & ((values[0].double < 0) | (values[1].double < 0)))
        found |= {"bottom": _added(values[1], counts), "bottom_scale": _scale(values[1])}
    return found
