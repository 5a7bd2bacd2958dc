"""The indicator language (指标算式): text in a pack file → a checked tree. It is parsed, never evaluated as code."""

from duibiao.metrics.expression.checking import Scope, TypedExpression, check_expression, measure_of
from duibiao.metrics.expression.parser import ExpressionError, parse
from duibiao.metrics.expression.stages import StageSplit
from duibiao.metrics.expression.writing import written

__all__ = [
    "ExpressionError",
    "Scope",
    "StageSplit",
    "TypedExpression",
    "check_expression",
    "measure_of",
    "parse",
    "written",
]
