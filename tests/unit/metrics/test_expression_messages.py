"""What a person is told who writes an expression wrongly: what is wrong, where, what was meant, in two languages."""

import pytest

from duibiao.metrics.expression import ExpressionError, Scope, check_expression
from duibiao.metrics.expression.checking import Grain
from duibiao.metrics.expression.hints import USAGE
from duibiao.metrics.expression.parser import parse
from duibiao.workspace import Workspace

# The expression with ▶ before the faulty part, and what the message must hold in Chinese and in English.
WRONG = [
    # names
    ("sum(▶student_primary)", "是否指 students_primary（小学在校生数）", "did you mean students_primary"),
    ("sum(▶students - 1)", "是否指 students_", "did you mean students_"),
    ("sum(▶Students_primary)", "是否指 students_primary", "did you mean students_primary"),
    ("sum(▶小学在校生数)", "是否指 students_primary", "did you mean students_primary"),
    ("▶SUM(books)", "“SUM”应写作“sum”", "write sum"),
    ("▶合计(books)", "“合计”应写作“sum”", "write sum"),
    ("▶avg(books)", "是否指 mean(", "did you mean mean("),
    ("▶difference_coefficent(books, students_primary)", "difference_coefficient(", "difference_coefficient("),
    ("▶round(sum(books), 2)", "可用的有：change、count", "there are: change, count"),
    ("▶if(sum(books) > 0, 1, 0)", "条件写在 where 后面", "behind where"),
    ("▶indicator('preschool.inclusive_coverag')", "'preschool.inclusive_coverage'", "'preschool.inclusive_coverage'"),
    ("▶indicator('普惠性幼儿园覆盖率（按在园幼儿数）')", "'preschool.inclusive_coverage'", "did you mean"),
    ("▶indicator('higher.esi_top_permille')", "没有", "no"),
    # codes of conditions: a wrong one would hold for nobody and give 0
    ("sum(books where ownership = ▶'公办')", "是否指 'public'（公办）", "did you mean 'public'"),
    ("sum(books where kind = ▶'小学')", "是否指 '211'（小学）", "did you mean '211'"),
    ("sum(books where kind in ('211', ▶'21a'))", "办学类型没有代码“21a”", "no kind of school is '21a'"),
    ("sum(books where ▶starts(kind, '99'))", "没有以“99”开头的代码", "begins with '99'"),
    ("sum(books where location = ▶'rural')", "'220'（村庄）", "'220'"),
    ("sum(books where district = ▶'渝中区')", "'500103'（渝中区）", "'500103'"),
    ("count(institution_category = ▶9)", "没有选项 9；选项：1", "no choice 9"),
    ("count(institution_category in (1, ▶99))", "没有选项 99", "no choice 99"),
    # marks
    ("sum▶（books）", "“（”应写作“(”（标点须用半角）", "write ( for"),
    ("sum(books where kind = ▶“211”)", "应写作“'”", "write ' for"),
    ("sum(books where kind = ▶'211)", "引号没有配对", "no partner"),
    ("sum(books) ▶× 2", "应写作“*”", "write * for"),
    ("sum(books) * 10▶%", "percent(…)", "percent(…)"),
    ("sum(books) ▶^ 2", "没有乘方", "no powers"),
    ("sum(books where kind = '211' ▶&& wifi_full)", "“&”应写作“and”", "write and"),
    ("sum(books where kind = '211' ▶AND wifi_full)", "应写作“and”", "write and"),
    ("sum(books where kind =▶= '211')", "“==”应写作“=”", "write = for"),
    ("sum(books where kind <▶> '211')", "“<>”应写作“!=”", "write != for"),
    ("▶=sum(books)", "算式开头不写“=”", "does not begin with"),
    ("sum(books) ▶# 图书", "不写注释", "no comments"),
    ("sum(books)▶; drop table x", "只写一个算式", "one expression"),
    ("sum(books▶", "第 4 个字符处的“(”没有配对", "at character 4 has no ')'"),
    ("sum(books)▶)", "多写了一个“)”", "too many"),
    ("sum(books) ▶where kind = '211'", "写在函数的括号里面", "inside the brackets"),
    ("sum(books ▶if kind = '211')", "是否指 where", "did you mean where"),
    ("sum(books ▶students_primary)", "缺少运算符、逗号", "is missing"),
    ("sum(books * 1▶e3)", "数字写作 1000", "write 1000"),
    ("▶sum(books * 1,000)", "不写千分位逗号", "has no comma"),
    ("sum(books * ▶.5)", "小数写作 0.5", "write 0.5"),
    ("sum(books where kind in ▶'211')", "in 后面写括号", "write kind in ("),
    ("sum(books where 10 < books ▶< 100)", "比较不能连写", "two comparisons"),
    ("count(▶where kind = '211')", "写法：count(", "write count("),
    # arguments
    ("mean(books weight▶)", "写法：mean(", "write mean("),
    ("▶ratio(books)", "需要 2 项，写了 1 项；写法：ratio(", "takes 2, 1 are written"),
    ("▶sum(books weight students_primary)", "加权平均写 mean(", "a weighted mean is mean("),
    ("quantile(books, ▶90)", "0 与 1 之间", "from 0 to 1"),
    ("lag(sum(books), ▶-1)", "正整数", "a whole number above 0"),
    ("lag(sum(books), ▶0)", "lag(x, 1) 是上一年", "the year before"),
    ("cumulative(sum(books), ▶21)", "四位数", "four digits"),
    ("sum(stage_share(area_land, ▶middle))", "junior（初中）", "junior"),
    # levels and units
    ("books ▶/ students_primary", "须先汇总", "needs an aggregate"),
    ("sum(books) ▶+ books", "先汇总，如 sum(a) + sum(b)", "aggregate first"),
    ("sum(▶sum(books))", "不能再汇总", "cannot stand inside"),
    ("lag(▶books, 1)", "如 sum(students)", "such as sum(students)"),
    ("sum(books) ▶+ sum(students_primary)", "计量单位不同，不能加减：册 与 人", "different units cannot be added"),
    ("▶percent(sum(books))", "如 percent(sum(a) / sum(b))，此处为 册", "this is 册"),
    ("▶percent(count(books > 1) / count(population_total > 1))", "此处为 学校/区县", "学校/区县"),
    ("sum(books) / ▶0", "除数是 0", "a division by 0"),
    ("sum(▶bandwidth_school)", "“学校网络出口带宽”不能相加", "does not add up"),
    ("ratio(▶sport_hours_daily * 2, students_primary)", "“每天综合体育活动时间”不能相加", "does not add up"),
    ("sum(▶institution_category)", "是选项代码，不能计算", "code of a choice"),
    ("▶mean(books / students_primary)", "ratio(a, b)（合计之比）", "weight 1 for units alike"),
    ("sum(▶wifi_full)", "此处须是数，却是条件", "a number is needed here, this is a condition"),
    ("count(wifi_full ▶= 1)", "写作 wifi_full 或 not wifi_full", "write wifi_full or not wifi_full"),
    ("count(kind ▶= 211 where known(books))", "代码是文字，要加引号", "words in quotation marks"),
    ("▶count(kind = '211')", "才知道读哪张报表；数学校可写 count(", "which tells the form"),
    ("sum(books where kind = '211' or ▶'218')", "kind in ('211', '218')", "in ('211', '218')"),
    ("▶ratio(children_enrolled, population_3_5)", "《幼儿园基本情况》", "aggregate apart"),
    ("▶" + "+".join(["sum(books)"] * 500), "请拆成几个指标", "make several indicators"),
    ("(" * 40 + "▶" + "(" * 20 + "sum(books)" + ")" * 60, "嵌套超过 40 层", "nested deeper than 40"),
]


@pytest.fixture(scope="module")
def scope(workspace: Workspace) -> Scope:
    return workspace.content.scope


@pytest.mark.parametrize(("marked", "zh", "en"), WRONG)
def test_the_fault_is_told_where_it_stands_with_what_was_meant(scope: Scope, marked: str, zh: str, en: str) -> None:
    at, text = marked.index("▶"), marked.replace("▶", "")
    with pytest.raises(ExpressionError) as caught:
        check_expression(text, scope, Grain.GROUP)
    assert caught.value.at == at, caught.value.message.zh
    assert zh in caught.value.message.zh
    assert en in caught.value.message.en


@pytest.mark.parametrize("text", USAGE.values())
def test_every_example_in_a_message_can_be_read(text: str) -> None:
    parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "sum(sport_hours_daily * students_primary)",  # hours of all pupils: a rate times a size adds up
        "mean(bandwidth_school)",
        "median(bandwidth_school)",
        "mean(books / students_primary weight 1)",
        "count(kind = '211' where known(books))",
        "count(books > 1) / count(population_total > 1)",  # schools to a district: no share, but a figure
        "sum(books where district = '500103' and ownership = 'public' and starts(kind, '3'))",
        "percent(share(kindergarten_grade <= 3))",
    ],
)
def test_what_makes_sense_is_not_refused(scope: Scope, text: str) -> None:
    assert check_expression(text, scope, Grain.GROUP).forms
