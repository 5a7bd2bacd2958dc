"""What a cell may hold, said three times from one rule: in the guide, in the drop-down, in the message of the sheet."""

from collections.abc import Mapping
from decimal import Decimal

from duibiao.metrics.element import DataElement, ValueType

YES, NO = "是", "否"
NOT_KNOWN, NOT_APPLICABLE = "无数据", "不适用"
"""How a reporter says that there is no number: 无数据 takes a reason behind a colon, 不适用 is one."""
LONGEST_MESSAGE = 250


def choice_words(element: DataElement) -> list[str]:
    """The answers of a drop-down list."""
    if element.type is ValueType.FLAG:
        return [YES, NO, NOT_APPLICABLE]
    return [*(f"{choice.code} {choice.label.zh}" for choice in element.choices), NOT_APPLICABLE]


def shown_value(element: DataElement, stored: int | None) -> Decimal | str | None:
    """A stored whole number as a person reads it: an amount, a word of the list, or None where it is missing."""
    if stored is None:
        return None
    if element.type is ValueType.FLAG:
        return YES if stored else NO
    if element.type is ValueType.CHOICE:
        return next((f"{one.code} {one.label.zh}" for one in element.choices if one.code == stored), str(stored))
    return element.amount(stored)


def unit_words(element: DataElement) -> str:
    """The unit of measure as a form shows it: 是/否 and 选项 have none."""
    return element.unit or {ValueType.FLAG: "是/否", ValueType.CHOICE: "选项"}.get(element.type, "—")


def range_words(element: DataElement) -> str:
    """The allowed values in one Chinese phrase."""
    if element.type in (ValueType.FLAG, ValueType.CHOICE):
        # The names of choices hold 、 themselves: 1 综合、师范、民族；2 工科、农、林.
        return ("；" if element.type is ValueType.CHOICE else "、").join(choice_words(element)[:-1])
    kind = "整数" if element.decimals == 0 else f"最多 {element.decimals} 位小数"
    low, high = element.minimum, element.maximum
    if low is not None and high is not None:
        return f"{kind}，{low:f}–{high:f}"
    if low is not None:
        return f"{kind}，不小于 {low:f}"
    return kind if high is None else f"{kind}，不大于 {high:f}"


def validation(element: DataElement, cell: str, lists: Mapping[str, str]) -> dict[str, object]:
    """The data validation of a cell (``cell`` is the first of its range), with its messages in Chinese.

    A number cell takes a number in range, or words that say why there is none; the rule is a formula, so that
    both are allowed. A list only warns about other words, for the same reason.
    """
    told: dict[str, object] = {
        "input_title": element.label.zh[:32],
        "input_message": f"{range_words(element)}。{element.definition}"[:LONGEST_MESSAGE],
        "error_title": "填报内容有误",
    }
    if element.code in lists:
        message = "请从下拉列表中选择；不掌握请填“无数据：原因”。"
        return told | {
            "validate": "list",
            "source": f"={lists[element.code]}",
            "error_type": "warning",
            "error_message": message,
        }
    tests = [f"ISNUMBER({cell})"]
    if element.minimum is not None:
        tests.append(f"{cell}>={element.minimum:f}")
    if element.maximum is not None:
        tests.append(f"{cell}<={element.maximum:f}")
    tests.append(f"ROUND({cell},{element.decimals})={cell}")
    # Excel tests every part of an AND: a text compared with a number is no error there, but ROUND of a text is one.
    number = f"IF({tests[0]},AND({','.join(tests[1:])}),FALSE)"
    formula = f'=OR({number},LEFT({cell},3)="{NOT_KNOWN}",LEFT({cell},3)="{NOT_APPLICABLE}")'
    message = (
        f"“{element.label.zh}”应为{range_words(element)}（{element.unit}）。不掌握请填“无数据：原因”，没有请填 0。"
    )
    return told | {"validate": "custom", "value": formula, "error_message": message[:LONGEST_MESSAGE]}
