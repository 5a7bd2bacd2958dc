"""Generated sentences with known content are read back, and whatever is read stands where it says."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from duibiao.extract.items import DraftItem, Operator
from duibiao.extract.outline import Context
from duibiao.extract.statements import statements
from duibiao.kernel.value import plain
from duibiao.plan.model import Counting
from duibiao.sources.blocks import Original
from duibiao.sources.mapped import MappedText

PLACES = st.sampled_from(["山区", "乡村", "县域", "沿海", "全省", "县级"])
RATES = st.sampled_from(["幼儿园教师持证率", "课后服务参与率", "寄宿学生占比", "校车配备率", "体质达标率"])
THINGS = st.sampled_from(["实训基地", "智慧教室", "示范学校", "教研团队", "乡土课程", "名师工作室", "研学线路"])
KINDS = st.sampled_from(["省级", "高水平", "“青苗”", "示范性", "数字化"])
VERBS = st.sampled_from(["建设", "培育", "打造", "遴选", "建成", "开发", "创建", "认定"])
UNITS = st.sampled_from(["个", "所", "门", "项", "条", "间", "名", "家"])
COUNTS = st.integers(2, 99_999).map(Decimal)
PERCENTS = st.decimals(min_value=1, max_value=100, places=1, allow_nan=False, allow_infinity=False).map(plain)
BOUNDS = st.sampled_from(
    [
        ("达到{}", Operator.EQUAL),
        ("达{}以上", Operator.AT_LEAST),
        ("不低于{}", Operator.AT_LEAST),
        ("超过{}", Operator.MORE_THAN),
        ("控制在{}以内", Operator.AT_MOST),
        ("不超过{}", Operator.AT_MOST),
        ("稳定在{}以上", Operator.KEEP),
        ("提高到{}", Operator.EQUAL),
    ]
)
YEARS = st.none() | st.integers(2026, 2035)
CHARACTERS = "建设培育到年每各，。；、：（）“”《》0123456789.%—~万亿 \n"
PHRASES = "达到 不低于 以上 左右 全覆盖 清零 个 所 2027年 力争 一所 提高5个百分点 翻一番 逐年只增不减"
PIECES = st.sampled_from([*CHARACTERS, *PHRASES.split()])


def read(text: str) -> list[DraftItem]:
    """Read a paragraph of a plan that ends in 2030."""
    context = Context("plan", plan_end=2030, base_year=2025)
    return statements(MappedText.of(text), Original("0" * 64, "txt", text), context)


@given(PLACES, RATES, BOUNDS, PERCENTS, YEARS)
def test_a_rate_is_read_back(
    place: str, rate: str, bound: tuple[str, Operator], value: Decimal, year: int | None
) -> None:
    words, operator = bound
    head = f"到{year}年，" if year else ""
    (item,) = read(f"{head}{place}{rate}{words.format(f'{value}%')}。")
    named = rate if place == "全省" else place + rate  # the plan's own region is its scope, and no part of the thing
    assert (item.subject, item.operator, item.value, item.unit) == (named, operator, value, "%")
    assert (item.due, item.is_due_stated) == (year or 2030, year is not None)
    assert item.written == words.format(f"{value}%")


@given(VERBS, st.lists(st.tuples(KINDS, THINGS, COUNTS, UNITS), min_size=1, max_size=5, unique_by=lambda one: one[:2]))
def test_a_list_with_the_number_behind_is_read_back(verb: str, members: list[tuple[str, str, Decimal, str]]) -> None:
    items = read(f"{verb}" + "、".join(f"{kind}{thing}{count}{unit}" for kind, thing, count, unit in members) + "。")
    assert [(one.value, one.unit) for one in items] == [(count, unit) for _, _, count, unit in members]
    for item, (kind, thing, _, _) in zip(items, members, strict=True):
        assert item.subject.endswith(thing)
        assert kind in item.subject


@given(VERBS, st.lists(st.tuples(KINDS, THINGS, COUNTS, UNITS), min_size=1, max_size=5))
def test_a_list_with_the_number_in_front_is_read_back(verb: str, members: list[tuple[str, str, Decimal, str]]) -> None:
    items = read(f"{verb}" + "、".join(f"{count}{unit}{kind}{thing}" for kind, thing, count, unit in members) + "。")
    assert [(one.subject, one.value, one.unit) for one in items] == [
        (kind + thing, count, unit) for kind, thing, count, unit in members
    ]


@given(KINDS, THINGS, COUNTS, st.integers(1, 500))
def test_ranges_and_yearly_and_new_figures_are_read_back(kind: str, thing: str, count: Decimal, more: int) -> None:
    (spread,) = read(f"培育{kind}{thing}{count}—{count + more}个。")
    assert (spread.operator, spread.value, spread.upper) == (Operator.RANGE, count, count + more)
    (yearly,) = read(f"每年培育{kind}{thing}{count}个左右。")
    assert (yearly.value, yearly.counting, yearly.is_soft) == (count, Counting.PER_YEAR, True)
    (new,) = read(f"新增{kind}{thing}{count}个。")
    assert (new.operator, new.value, new.counting) == (Operator.INCREASE, count, Counting.INCREMENT)


Told = tuple[str, Operator, Decimal, str]
"""What a clause says: of what, how bound, the value and its unit."""
MEASURES = st.sampled_from(["研发经费投入", "旅游总收入", "技术合同成交额", "全员劳动生产率", "来华留学生规模"])
BURDENS = st.sampled_from(["单位面积能耗", "火灾事故起数", "办理时限", "近视率"])
SHARES = st.sampled_from(["县域高中达标率", "护理型床位占比", "城乡学校结对比例", "居民健康素养水平"])
WHOLE = st.integers(1, 99).map(Decimal)


def _changed(share: str, low: Decimal, more: Decimal) -> tuple[str, list[Told]]:
    high = low + more
    return f"{share}由2025年的{low}%提高到{high}%", [(share, Operator.EQUAL, high, "%")]


def _since(share: str, points: Decimal, value: Decimal) -> tuple[str, list[Told]]:
    words = f"{share}比2025年提高{points}个百分点，达到{value}%"
    return words, [(share, Operator.INCREASE, points, "个百分点"), (share, Operator.EQUAL, value, "%")]


def _grown(measure: str, percent: Decimal) -> tuple[str, list[Told]]:
    return f"{measure}年均增长{percent}%以上", [(measure, Operator.MULTIPLE, plain(1 + percent / 100), "倍")]


def _fallen(burden: str, word: str, percent: Decimal) -> tuple[str, list[Told]]:
    return f"{burden}{word}{percent}%", [(f"{burden}{word}幅度", Operator.EQUAL, percent, "%")]


def _of_which(thing: str, kind: str, count: Decimal, part: Decimal) -> tuple[str, list[Told]]:
    words = f"{thing}总数达到{count + part}个，其中{kind}{thing}{part}个以上"
    return words, [(f"{thing}总数", Operator.EQUAL, count + part, "个"), (kind + thing, Operator.AT_LEAST, part, "个")]


def _in_words(share: str, tenths: int) -> tuple[str, list[Told]]:
    return f"{share}达到{'一二三四五六七八九'[tenths - 1]}成以上", [
        (share, Operator.AT_LEAST, Decimal(10 * tenths), "%")
    ]


CLAUSES = st.one_of(
    st.builds(_changed, SHARES, WHOLE, WHOLE),
    st.builds(_since, SHARES, WHOLE, WHOLE),
    st.builds(_grown, MEASURES, WHOLE),
    st.builds(_fallen, BURDENS, st.sampled_from(["下降", "降低", "减少", "压缩", "缩短"]), WHOLE),
    st.builds(_of_which, THINGS, KINDS, COUNTS, COUNTS),
    st.builds(_in_words, SHARES, st.integers(1, 9)),
)
FUTURE = st.integers(2026, 2030)
UNTIL = st.one_of(
    FUTURE.map(lambda year: (f"到{year}年，", year)),
    FUTURE.map(lambda year: (f"力争到{year}年底，", year)),
    FUTURE.map(lambda year: (f"{year}年底前，", year)),
    FUTURE.map(lambda year: (f"截至{year}年底，", year)),
    FUTURE.map(lambda year: (f"到{year - 1}/{year}学年，", year)),
    st.just(("到“十五五”末，", 2030)),
)


@given(UNTIL, st.lists(CLAUSES, min_size=1, max_size=4))
def test_a_sentence_of_several_families_is_read_back_whole(
    until: tuple[str, int], clauses: list[tuple[str, list[Told]]]
) -> None:
    head, year = until
    items = read(head + "；".join(words for words, _ in clauses) + "。")
    wanted = [one for _, told in clauses for one in told]
    assert [(one.subject, one.operator, one.value, one.unit) for one in items] == wanted
    assert {one.due for one in items} == {year}


@settings(max_examples=400)
@given(st.lists(PIECES, max_size=60).map("".join))
def test_whatever_is_read_stands_where_it_says(text: str) -> None:
    for item in read(text):
        assert item.passage.text == text[item.passage.start : item.passage.end]
        assert item.subject
        assert item.value is not None
        assert item.operator is not None
        assert item.upper is None or item.upper > item.value


@settings(max_examples=200)
@given(st.lists(PIECES, max_size=40).map("".join), st.integers(0, 40))
def test_spaces_change_nothing(text: str, place: int) -> None:
    def facts(words: str) -> list[tuple[object, ...]]:
        return [(one.subject, one.operator, one.value, one.unit, one.due) for one in read(words)]

    flat = text.replace("\n", "").replace(" ", "")
    assert facts(flat) == facts(flat[:place] + " " + flat[place:])
