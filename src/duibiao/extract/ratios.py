"""The direction of a bound on a ratio to one: 师生比不低于1∶18 is at most 18 pupils a teacher."""

import re

from duibiao.extract.items import Operator

UNDECIDED = "ratio_direction"
"""The flag of a bound whose words and whose ratio point in different directions."""
TO_MANY = "1∶"
TO_ONE = "∶1"
_MANY_FIRST = re.compile("生师比|生机比|幼师比|(?:学生|在校生|幼儿|生)[^与和]{0,8}[与和]")
"""The ratio names those who are many first."""
_TURNED = {Operator.AT_LEAST: Operator.AT_MOST, Operator.MORE_THAN: Operator.LESS_THAN}
_LOWER = (Operator.AT_LEAST, Operator.MORE_THAN)


def directed(subject: str, unit: str, operator: Operator | None) -> tuple[Operator | None, tuple[str, ...]]:
    """What a bound on ``1∶N`` or ``N∶1`` says of N, and a flag where the words do not decide it."""
    if unit not in (TO_MANY, TO_ONE) or operator is None:
        return operator, ()
    is_many_first = _MANY_FIRST.search(subject) is not None
    is_lower = operator in _LOWER
    if unit == TO_MANY and is_lower and not is_many_first:
        return _TURNED[operator], ()
    is_upper = operator in (Operator.AT_MOST, Operator.LESS_THAN)
    is_contrary = (is_upper and not is_many_first) if unit == TO_MANY else (is_lower and not is_many_first)
    if unit == TO_MANY and is_lower:
        is_contrary = True  # 生师比不低于1∶18: more pupils a teacher, or more teachers?
    return operator, ((UNDECIDED,) if is_contrary else ())
