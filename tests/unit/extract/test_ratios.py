"""A bound on a ratio to one: what it says of the number, and where the words do not decide it."""

import pytest

from duibiao.extract.items import Operator
from duibiao.extract.ratios import UNDECIDED, directed


@pytest.mark.parametrize(
    ("subject", "unit", "written", "meant", "is_decided"),
    [
        ("师生比", "1∶", Operator.AT_LEAST, Operator.AT_MOST, True),
        ("专职教师与在校生比例", "1∶", Operator.MORE_THAN, Operator.LESS_THAN, True),
        ("生师比", "1∶", Operator.AT_MOST, Operator.AT_MOST, True),
        ("生师比", "∶1", Operator.AT_MOST, Operator.AT_MOST, True),
        ("生师比", "1∶", Operator.AT_LEAST, Operator.AT_LEAST, False),
        ("师生比", "1∶", Operator.AT_MOST, Operator.AT_MOST, False),
        ("师生比", "∶1", Operator.AT_LEAST, Operator.AT_LEAST, False),
        ("学生与教师之比", "∶1", Operator.AT_LEAST, Operator.AT_LEAST, True),
        ("师生比", "1∶", Operator.EQUAL, Operator.EQUAL, True),
        ("入学率", "%", Operator.AT_LEAST, Operator.AT_LEAST, True),
    ],
)
def test_a_bound_has_the_direction_its_words_decide(
    subject: str, unit: str, written: Operator, meant: Operator, is_decided: bool
) -> None:
    assert directed(subject, unit, written) == (meant, () if is_decided else (UNDECIDED,))


def test_no_bound_has_no_direction() -> None:
    assert directed("师生比", "1∶", None) == (None, ())
