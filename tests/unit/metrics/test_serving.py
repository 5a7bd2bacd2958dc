"""Which kinds of school a condition lets through, in three-valued logic, and what is asked of a kind for nothing."""

import pytest

from duibiao.kernel.text import Text
from duibiao.metrics.applicability import Applicability
from duibiao.metrics.element import DataElement, ElementRollUp, Stage, ValueType
from duibiao.metrics.expression import nodes as n
from duibiao.metrics.expression import parse
from duibiao.metrics.serving import holds_of_kind

CONDITIONS = [
    ("kind = '341'", "341", True),
    ("kind = '341'", "342", False),
    ("'341' != kind", "341", False),
    ("kind in ('414', '415')", "415", True),
    ("kind in ('414', '415')", "411", False),
    ("starts(kind, '36')", "365", True),
    ("not starts(kind, '36')", "365", False),
    ("pupils > 0", "211", None),
    ("ownership = 'public'", "211", None),
    ("kind = '211' and pupils > 0", "211", None),  # depends on the school
    ("kind = '211' and pupils > 0", "311", False),  # whatever the school has
    ("kind = '211' or pupils > 0", "211", True),
    ("kind = '211' or pupils > 0", "311", None),
    ("not (kind = '218' and pupils < 50)", "211", True),
    ("not (kind = '218' and pupils < 50)", "218", None),
    ("(starts(kind, '21') or kind in ('312', '345')) and not starts(kind, '36')", "312", True),
]


@pytest.mark.parametrize(("text", "kind", "expected"), CONDITIONS)
def test_whether_a_condition_holds_of_a_kind(text: str, kind: str, expected: bool | None) -> None:
    aggregate = next(node for node in parse(f"count({text} where {text})").walk() if isinstance(node, n.Aggregate))
    assert holds_of_kind(aggregate.where, kind) is expected


def test_no_condition_lets_every_kind_through() -> None:
    assert holds_of_kind(None, "211") is True


def element(code: str, stage: Stage, *kinds: str) -> DataElement:
    return DataElement(
        code=code, label=Text(code, code), version="1", definition="for this test", unit="人", type=ValueType.COUNT,
        decimals=0, minimum=None, maximum=None, stage=stage, owner="", rollup=ElementRollUp.SUM, school_kinds=kinds,
    )  # fmt: skip


def test_an_element_concerns_the_kinds_it_names_within_its_stage() -> None:
    stages = {"211": (Stage.PRIMARY,), "311": (Stage.JUNIOR,), "371": (Stage.PRIMARY, Stage.JUNIOR)}
    elements = {
        one.code: one for one in (element("grade1", Stage.PRIMARY, "21"), element("area", Stage.ALL, "21", "31"))
    }
    applicable = Applicability(elements, stages)
    assert [kind for kind in stages if applicable.concerns("grade1", kind)] == ["211"]
    assert applicable.kinds_spared("grade1") == ("311", "371")
    assert applicable.teaches("grade1", "371")  # it has the pupils, and is spared the question
    assert applicable.kinds_spared("area") == ("371",)
    assert applicable.concerns("area", "999")  # a kind whose stages nobody states is asked everything
