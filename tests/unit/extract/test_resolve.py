"""Which canonical indicator a figure speaks of: certain where it is named, otherwise candidates for a person."""

from duibiao.extract.entry import Entry, EntryKind, Shown
from duibiao.extract.resolve import KnownIndicator, Resolver, plain

KNOWN = (
    KnownIndicator("pre.cover", "%", ("普惠性幼儿园覆盖率",)),
    KnownIndicator("pre.public", "%", ("公办园在园幼儿占比",)),
    KnownIndicator("high.doctor", "个", ("博士学位授权单位数", "累计博士学位授予单位（个）"), ("所",)),
    KnownIndicator("high.master", "个", ("硕士学位授予单位",)),
    KnownIndicator("moral.cases", "个", ("清廉学校建设优秀实践案例",)),
    KnownIndicator("city.types.schools", "所", ("评价改革典型：中小学校",)),
    KnownIndicator("twin.a", "人", ("骨干教师",)),
    KnownIndicator("twin.b", "人", ("骨干教师",)),
)
RESOLVER = Resolver(KNOWN)


def entry(label: str, unit: str, before: str = "", kind: EntryKind = EntryKind.TARGET, **fields: str) -> Entry:
    shown = Shown(0, 4, label, "L1", "0" * 16, before)
    name = "measure_unit" if kind is EntryKind.ACHIEVED else "unit"
    return Entry("", kind, {"label": label, name: unit, **fields}, "", shown, "rule")


def test_a_name_the_indicator_goes_by_is_certain_whatever_counts_it() -> None:
    assert RESOLVER.certain(entry("博士学位授予单位总数", "所")) == "high.doctor"
    assert RESOLVER.certain(entry("累计普惠性幼儿园覆盖率（%）", "%")) == "pre.cover"
    assert RESOLVER.certain(entry("普惠性幼儿园覆盖率", "%", kind=EntryKind.ACHIEVED)) == "pre.cover"


def test_another_unit_and_a_name_two_indicators_have_are_not_certain() -> None:
    assert RESOLVER.certain(entry("普惠性幼儿园覆盖率", "所")) == ""
    assert RESOLVER.certain(entry("骨干教师", "人")) == ""
    assert {one.code for one in RESOLVER.candidates(entry("骨干教师", "名"))} == {"twin.a", "twin.b"}


def test_the_parent_row_is_part_of_the_name() -> None:
    found = RESOLVER.certain(entry("中小学校（所）", "所", parent="评价改革典型："))
    assert found == "city.types.schools"


def test_a_short_subject_is_found_by_the_words_around_it() -> None:
    before = "推进市级清廉学校建设，打造清廉学校建设"
    found = RESOLVER.candidates(entry("优秀实践案例", "个", before))
    assert [one.code for one in found][:1] == ["moral.cases"]
    assert not found[0].is_certain


def test_candidates_are_ranked_and_measure_in_the_same_unit() -> None:
    found = RESOLVER.candidates(entry("新增学位授予单位", "所"))
    assert [one.code for one in found] == ["high.doctor"]
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert RESOLVER.candidates(entry("新增学位授予单位", "吨")) == []


def test_nothing_alike_is_no_candidate() -> None:
    assert RESOLVER.candidates(entry("财政性教育经费", "个")) == []
    assert Resolver().candidates(entry("财政性教育经费", "个")) == []


def test_names_are_compared_without_marks_units_and_words_for_counting() -> None:
    assert plain("累计“四新”高校数（所）") == plain("四新高校") == "四新高校"
    assert plain("数") == "数"
