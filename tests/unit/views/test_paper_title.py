"""Titles broken into lines: whole words, good shapes, nothing lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duibiao.views.paper_title import title_lines


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("重庆市教育事业发展规划", ("重庆市教育事业发展规划",)),
        (
            "重庆市教育事业发展“十四五”规划（2021—2025年）实施情况总结评估报告",
            ("重庆市教育事业发展“十四五”规划", "（2021—2025年）实施情况总结评估报告"),
        ),
        (
            "重庆市教育委员会关于八项行动方案实施情况的年度评估报告",
            ("重庆市教育委员会关于八项行动方案", "实施情况的年度评估报告"),
        ),
        ("甲\n乙丙", ("甲", "乙丙")),
    ],
)
def test_a_title_is_broken_where_a_person_would(title: str, lines: tuple[str, ...]) -> None:
    assert title_lines(title, 19) == lines


@given(st.text(st.sampled_from("重庆教育的（“年2）"), min_size=1, max_size=90))
def test_nothing_is_lost_and_no_line_is_too_long(title: str) -> None:
    lines = title_lines(title, 19)
    assert "".join(lines) == title
    assert all(len(line) <= 38 for line in lines)


def test_a_title_of_any_length_is_broken_at_once() -> None:
    assert len(title_lines("重庆教育" * 100, 19)) == 22
