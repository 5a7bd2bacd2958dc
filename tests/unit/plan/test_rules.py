"""Rules of evaluations as a pack holds them: typed, cited, with the law they rest on."""

from decimal import Decimal
from pathlib import Path

import pytest

from duibiao.kernel.problem import UserError
from duibiao.plan.goal import GoalKind
from duibiao.plan.model import TargetScope
from duibiao.workspace import Workspace
from tests.broken.test_broken import edited, laid_out

RULES = """rules:
- code: demo.21.1
  scheme: 演示评价方案
  section: 一 / 条件
  'no': '21'
  title: 测试比例
  written: 不低于60%
  goal: '>=60'
  unit: '%'
  scope: each_school
  cite: {document: demo-document, item: 第21条, at: L3, hash: 1f9348ae4db90607}
  basis:
  - {document: demo-document, item: 脚注1, at: L4, hash: 8942267da8844d07}
"""


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    found = laid_out(tmp_path)
    (found / "demo" / "rules.yaml").write_text(RULES, encoding="utf-8")
    return found


def test_a_rule_is_a_goal_with_a_place_and_a_basis(packs: Path, tmp_path: Path) -> None:
    workspace = Workspace.open(packs, tmp_path / "archive")
    (rule,) = workspace.content.rules.values()
    assert (rule.goal.kind, rule.goal.lower) == (GoalKind.AT_LEAST, Decimal(60))
    assert (rule.scope, rule.number) == (TargetScope.EACH_SCHOOL, "21")
    assert [one.item for one in rule.basis] == ["脚注1"]
    cited = [name for name, _ in workspace.citations() if name == "rule demo.21.1"]
    assert len(cited) == 2, "the rule and its basis are compared with the archived document"


@pytest.mark.parametrize(
    ("old", "new", "code", "field"),
    [
        ("goal: '>=60'", "goal: 六成", "TARGET-GOAL", "goal"),
        ("{document: demo-document, item: 第21条", "{document: nowhere, item: 第21条", "SOURCE-UNKNOWN", "cite"),
        ("{document: demo-document, item: 第21条", "{item: 第21条", "PACK-FIELD-MISSING", "cite"),
        ("{document: demo-document, item: 脚注1", "{document: nowhere, item: 脚注1", "SOURCE-UNKNOWN", "document"),
        ("  title: 测试比例\n", "", "PACK-FIELD-MISSING", "title"),
        ("  written: 不低于60%\n", "", "PACK-FIELD-MISSING", "written"),
        ("scope: each_school", "scope: school", "PACK-CHOICE", "scope"),
        ("at: L4", "at: page 4", "CITE-LOCATOR", "at"),
    ],
)
def test_a_rule_that_cannot_be_read_is_told_with_its_place(
    old: str, new: str, code: str, field: str, packs: Path
) -> None:
    edited(packs, "rules.yaml", old, new)
    with pytest.raises(UserError) as caught:
        Workspace.open(packs)
    assert (code, "demo/rules.yaml", field) in {
        (one.code, one.where.file, one.where.field) for one in caught.value.problems
    }


def test_a_rule_stands_once(packs: Path) -> None:
    (packs / "demo" / "rules.yaml").write_text(RULES + RULES.removeprefix("rules:\n"), encoding="utf-8")
    with pytest.raises(UserError) as caught:
        Workspace.open(packs)
    assert [one.code for one in caught.value.problems] == ["CODE-TWICE"]
