"""An official reads the formula of every computed indicator in the names of its elements, and no code."""

import re

import pytest

from duibiao.metrics.expression import parse
from duibiao.views.formula_words import formula_words
from duibiao.workspace import Workspace

LATIN = re.compile(r"[a-z]{3,}|_")


def test_every_formula_of_the_packs_is_words(workspace: Workspace) -> None:
    content = workspace.content
    assert len(content.formulas) > 100
    for code, formula in content.formulas.items():
        words = formula_words(formula.node, content)
        left = LATIN.findall(words.zh)
        assert not left, f"{code}: {words.zh}"
        assert words.zh.count("（") == words.zh.count("）")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sum(children_enrolled) / 10000", "Σ 在园幼儿数 ÷ 10000"),
        (
            "ratio(pay_civil_servants, paid_civil_servants) / ratio(pay_civil_servants, paid_civil_servants)",
            "Σ 公务员工资收入总额 ÷ Σ 领取工资的公务员数 ÷ （Σ 公务员工资收入总额 ÷ Σ 领取工资的公务员数）",
        ),
        (
            "sum(children_enrolled where kind = '111' or not kindergarten_inclusive and ownership != 'public')",
            "Σ 在园幼儿数（只计办学类型为幼儿园或（“是否普惠性幼儿园”为否且办别不为公办）的单位）",
        ),
        ("percent(share(wifi_full))", "符合【“是否实现无线网络全覆盖”为是】的单位数 ÷ 能判定的单位数 × 100%"),
        ("change(sum(children_enrolled))", "（Σ 在园幼儿数）比上年的增减"),
        ("share(kindergarten_grade <= 3)", "符合【幼儿园等级 ≤ 二级】的单位数 ÷ 能判定的单位数"),
        ("median(students_primary - students_junior)", "各单位 （小学在校生数 － 初中在校生数） 的中位数"),
        ("indicator('preschool.class_size') * 2", "指标“幼儿园平均班额” × 2"),
    ],
)
def test_an_expression_in_words(workspace: Workspace, text: str, words: str) -> None:
    assert formula_words(parse(text), workspace.content).zh == words
