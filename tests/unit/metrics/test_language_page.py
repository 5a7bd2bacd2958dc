"""The page on the indicator language is true: its examples are sound, and no function is left out of it."""

import re
from pathlib import Path

import pytest

from duibiao.metrics.expression import check_expression
from duibiao.metrics.expression.checking import Grain
from duibiao.metrics.expression.hints import KEYWORDS, USAGE
from duibiao.metrics.expression.nodes import RowAttribute
from duibiao.metrics.formulas import shown_measure
from duibiao.workspace import Workspace

PAGE = (Path(__file__).parents[3] / "docs" / "indicator-language.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^\| .+? \| ([^`\s]+) \| `(.+)` \|$", PAGE.split("## Examples")[1], re.MULTILINE)


@pytest.mark.parametrize(("unit", "text"), EXAMPLES)
def test_every_example_is_sound_and_can_be_shown_in_its_unit(workspace: Workspace, unit: str, text: str) -> None:
    typed = check_expression(text, workspace.content.scope, Grain.GROUP)
    assert shown_measure(typed, unit) is not None


@pytest.mark.parametrize("name", sorted([*USAGE, *KEYWORDS, *RowAttribute]))
def test_every_word_of_the_language_stands_on_its_page(name: str) -> None:
    assert re.search(rf"`[^`]*\b{name}\b[^`]*`", PAGE)
