"""The whole vocabulary of report templates (模板词汇表)."""

from functools import cache

from duibiao.evaluations.more_tables import more_tables
from duibiao.evaluations.report_charts import charts
from duibiao.evaluations.report_tables import action_tables, indicator_tables
from duibiao.evaluations.vocabulary import Vocabulary
from duibiao.evaluations.word_conditions import conditions, loops
from duibiao.evaluations.wording import fields


@cache
def vocabulary() -> Vocabulary:
    """Everything a template may name."""
    tables = [*action_tables(), *indicator_tables(), *more_tables()]
    return Vocabulary(fields(), conditions(), loops(), {table.name: table for table in tables}, charts())
