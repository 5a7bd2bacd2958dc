"""Who leads and who cooperates: the ways documents say it, and the names of offices."""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum

from duibiao.kernel.quick import quick_dataclass
from duibiao.kernel.text import folded, without_spaces

UNKNOWN = "unknown_department"
BY_ORDER = "lead_by_order"

LONGEST_LIST = 1200
"""A longer list is running text."""


class Share(StrEnum):
    """The share of a department in a task."""

    LEAD = "lead"  # 牵头
    COOPERATING = "cooperating"  # 配合
    RESPONSIBLE = "responsible"  # 责任: the first of the list leads


@quick_dataclass(frozen=True, slots=True)
class Naming:
    """A list of departments as it stands in the text, with the share it states."""

    share: Share
    start: int
    end: int
    names: tuple[str, ...]


_OFFICE = r"(?:部门|单位|处室|科室|司局|机构|地区)"
_MARKER = re.compile(
    rf"(?P<lead>(?:牵头|主责|主办|组织|总牵头)(?:责任|实施|负责)?{_OFFICE})|"
    rf"(?P<cooperating>(?:配合|协同|协作|协办|参与|参加|协助|支持)(?:责任|实施)?{_OFFICE})|"
    rf"(?P<responsible>(?:主要)?(?:责任|负责|落实|承办|实施|主管|分工){_OFFICE})"
)
_LABEL_END = re.compile("[门位室局构区][:：]")
"""How every label of a list ends: the last character of an office, and a colon."""
_LONGEST_LABEL = 12
_BRACKET = re.compile(r"[（(]([^（()）]*(?:[（(][^（()）]*[)）][^（()）]*)*)[)）]|[【〔]([^【〔】〕]*)[】〕]")
_VERBS = (
    ("牵头", Share.LEAD),
    ("负责", Share.RESPONSIBLE),
    ("配合", Share.COOPERATING),
    ("参与", Share.COOPERATING),
    ("参加", Share.COOPERATING),
    ("协同", Share.COOPERATING),
    ("落实", Share.RESPONSIBLE),
)
_VERB_MARK = re.compile(
    r"[牵负配参协落](?:(?<=牵)\s*头|(?<=负)\s*责|(?<=配)\s*合|(?<=参)\s*[与加]|(?<=协)\s*同|(?<=落)\s*实)"
)
"""Any of the verbs, with a gap that a repair may have left in it."""
_TAIL = re.compile(
    r"(?:等(?:各?(?:有关|相关))?(?:部门|单位)?)?(?:(?:按照?|根据|依)(?:各自)?(?:职责|职能|任务)(?:分工)?)?"
    r"(?:共同|分别|联合)?(?:牵头)?(?:负责|参与|配合|落实)?(?:组织实施)?$"
)
_TAIL_ENDS = frozenset("等关门位责能务工同别合头与实施")
"""The last characters of every tail."""
_WHOLE = ("有关部门", "相关部门", "有关单位", "相关单位", "行业主管部门")
_SEPARATORS = "、,，;；"
_SEPARATOR = re.compile(f"[{_SEPARATORS}]")
_STOPS = ("。", "；", ";")
_LIST_MARK = re.compile("[。；;（(）)】〕\n]")
_AND = ("和", "及", "与", "以及")
_LONGEST_NAME = 30
_OFFICE_END = (
    r"(?:厅|局|委|委员会|办|办公室|[宣统组织传战编]部|部|人民政府|政府|教育督导室|检察院|法院|总工会|联合会|残联|妇联|科协|"
    r"团委|银行|中心|管委会|街道|街道办事处|乡镇|学校|公司|集团)"
)
_OFFICE_NAME = re.compile(rf"[^，。；：:]{{0,24}}{_OFFICE_END}(?:[（(][^（()）]*[)）])?")
_LOCAL_OFFICE = re.compile(rf"(?:省|市|县|区|州|盟|旗|各|自治区|兵团|国家|团)[^，。；：:]{{1,20}}?{_OFFICE_END}")
_RUN_ON = re.compile(r"(?<=[局厅办])(?=[省市县区](?![、，,；;。]).{2,})|(?<=指挥部|健康委|改革委)(?=[省市县区].{2,})")
"""Where a list of offices, one a line, ran together: 县水务局县住建局."""
_TIME = re.compile(
    r"(?:20\d\d年)?(?:\d{1,2}月)?(?:底|末|上旬|中旬|下旬)?(?:之?前)?(?:完成)?|持续推进|长期(?:坚持|推进)|常年推进"
)
_LIMIT = re.compile(
    r"(?:完成|办结|落实)?(?:时限|期限|时间|节点)(?:要求)?[:：]\s*(20\d\d)\s*年|(20\d\d)年(?:\d{1,2}月)?(?:底|末)?(?:之?前)?(?:完成)?\s*(?:[)）】〕]|$)"
)


def split_names(text: str) -> tuple[str, ...]:
    """The names of a list, parted at 、 outside brackets, without white space."""
    names, depth, begin = [], 0, 0
    bare = without_spaces(text)
    if "（" not in bare and "(" not in bare:
        return tuple([name for name in map(_trimmed, _SEPARATOR.split(bare)) if name])
    for at, letter in enumerate(f"{bare}、"):
        depth = max(depth + (letter in "（(") - (letter in "）)"), 0)
        if letter in _SEPARATORS and (depth == 0 or at == len(bare)):
            names.append(bare[begin:at])
            begin = at + 1
    return tuple(name for name in (_trimmed(name) for name in names) if name)


def _trimmed(name: str) -> str:
    """A name without the words around it: 由 before it, 等部门 or 按职责分工负责 after it."""
    name = name.strip("。.:： ").removeprefix("由")
    if name in _WHOLE or len(name) > _LONGEST_NAME * 2:
        return name
    shorter = _TAIL.sub("", name) if name[-1:] in _TAIL_ENDS else name
    return shorter if len(shorter) > 1 else ""


class Names:
    """The known names of departments, by every alias."""

    def __init__(self, aliases: Mapping[str, str]) -> None:
        self.aliases = {folded(alias): main for alias, main in aliases.items()}
        self._asked: dict[str, str | None] = {}  # a document names the same offices again and again

    def main(self, name: str) -> str | None:
        """The main name of a department, None when it is unknown."""
        if name not in self._asked:
            self._asked[name] = self.aliases.get(folded(name))
        return self._asked[name]

    def resolved(self, names: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
        """Main names in their order, each once, and whether every name is known."""
        found: list[str] = []
        for name in names:
            found += self._parts(name)
        mains = [self.main(name) for name in found]
        named = (main or name for main, name in zip(mains, found, strict=True))
        return tuple(dict.fromkeys(named)), None not in mains

    def _parts(self, name: str) -> list[str]:
        """One name, or two names joined by 和 where both are known."""
        if self.main(name) is None:
            for word in _AND:
                first, joined, second = name.partition(word)
                if joined and self.main(first) is not None and self.main(second) is not None:
                    return [first, second]
        return [name]


def labelled(text: str) -> Iterator[Naming]:
    """Lists after 牵头部门：, 配合单位：, 责任单位： and the like, up to the next of them or a full stop."""
    found = list(_labels(text))
    for at, match in enumerate(found):
        begin = match.end() + 1
        stop = found[at + 1].start() if at + 1 < len(found) else len(text)
        end = min(_list_end(text, begin, stop), begin + LONGEST_LIST)
        yield Naming(Share(str(match.lastgroup)), match.start(), end, split_names(text[begin:end]))


def unended(text: str) -> tuple[str, ...]:
    """The names of the last labelled list of a text, where it runs to the end of the text."""
    found = list(_labels(text)) if text[-1:] not in _STOPS else []
    if not found:
        return ()
    begin = found[-1].end() + 1
    end = min(_list_end(text, begin, len(text)), begin + LONGEST_LIST)
    return split_names(text[begin:end]) if end == len(text) else ()


def _label(text: str, end: int) -> re.Match[str] | None:
    """The label that ends right before a colon."""
    near = _MARKER.finditer(text, max(end - _LONGEST_LABEL, 0), end)
    return next((match for match in near if match.end() == end), None)


def _labels(text: str) -> Iterator[re.Match[str]]:
    if "：" not in text and ":" not in text:
        return iter(())
    return (match for colon in _LABEL_END.finditer(text) if (match := _label(text, colon.end() - 1)))


def is_labelled(text: str) -> bool:
    """Tell whether a labelled list stands in a text."""
    return next(_labels(text), None) is not None


_CLOSINGS = frozenset("）)】〕")
_LAST_BRACKET = re.compile(r"[。；！]\s*[（(【〔][^（()）【】〔〕]{3,}[）)】〕][。\s]*$")
_REACH = 300


def may_name(text: str) -> bool:
    """Tell quickly whether a text may name departments: a label with its colon, or a verb in brackets."""
    if ("）" in text or ")" in text) and _VERB_MARK.search(text):
        return True
    if text.rstrip("。 ")[-1:] in _CLOSINGS and _LAST_BRACKET.search(text[-_REACH:]):
        return True
    return ("：" in text or ":" in text) and _LABEL_END.search(text) is not None


def bracketed(text: str) -> Iterator[Naming]:
    """Lists in brackets: （市教委牵头，市财政局配合）, （市教委、市财政局按职责分工负责）."""
    for match in _BRACKET.finditer(text):
        inner = match[1] or match[2] or ""
        if len(inner) > LONGEST_LIST or _MARKER.search(inner):
            continue  # a marker inside is read as a labelled list
        first, last = match.span()
        clauses = list(_clauses(inner))
        if clauses:
            yield from (Naming(share, first, last, names) for share, names in clauses)
        elif text[:first].rstrip()[-1:] in ("。", "；", "！") and (names := _offices(inner)):
            yield Naming(Share.RESPONSIBLE, first, last, names)


def _offices(inner: str) -> tuple[str, ...]:
    """A bracket behind a sentence that holds offices and nothing else but a time limit; else nothing."""
    names = [name for name in split_names(inner) if not _TIME.fullmatch(name)]
    return tuple(names) if names and all(_LOCAL_OFFICE.fullmatch(name) for name in names) else ()


def is_office(name: str) -> bool:
    """Tell whether a name ends like that of an office of a government."""
    return _OFFICE_NAME.fullmatch(name) is not None


def cell_namings(text: str, share: Share) -> Iterator[tuple[Share, tuple[str, ...]]]:
    """What a cell of a column of offices says: a list, or clauses (A牵头，B、C配合; A会同B)."""
    clauses = list(_clauses(text.replace("\n", "")))
    last = without_spaces(text).rstrip("。；;")
    if len(clauses) > 1 and last.endswith(tuple(verb for verb, _ in _VERBS)):
        yield from clauses
        return
    for part in re.split(r"(?<=.)会同", _RUN_ON.sub("、", text)):
        yield share, split_names(part)
        share = Share.COOPERATING


def stated_year(text: str) -> int | None:
    """The year of a time limit behind a list of offices (完成时限：2025年12月, 2026年8月底前完成); None without one."""
    found = _LIMIT.search(text)
    return int(found[1] or found[2]) if found else None


def _clauses(inner: str) -> Iterator[tuple[Share, tuple[str, ...]]]:
    """The clauses of a bracket, each ended by its verb; names without a verb go with the verb after them."""
    begin = 0
    bare = without_spaces(inner)
    ends = [at for at, letter in enumerate(bare) if letter in "，,；;。"] + [len(bare)]
    for end in ends:
        clause = bare[begin:end]
        share = next((share for verb, share in _VERBS if clause.endswith(verb)), None)
        if share is None:
            continue
        verb = next(verb for verb, _ in _VERBS if clause.endswith(verb))
        names = split_names(clause.removesuffix(verb))
        if names and all(len(name) <= _LONGEST_NAME for name in names):
            yield share, names
        begin = end + 1


def _list_end(text: str, begin: int, stop: int) -> int:
    """Where a list ends: at a full stop or at the bracket that closes around it."""
    depth = 0
    for mark in _LIST_MARK.finditer(text, begin, stop):
        at, letter = mark.start(), mark.group()
        depth += (letter in "（(") - (letter in "）)")
        if depth < 0 or letter in _STOPS or letter in "】〕" or (letter == "\n" and text.startswith("\n\n", at)):
            return at
    return stop
