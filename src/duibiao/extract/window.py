"""What a document says of itself: the years it covers, when it was issued, and whether it promises or reports."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from duibiao.extract.outline import Node, Part

ORDINALS = "一二三四五六七八九"
FIVE_YEAR = re.compile(
    r"[“\"「『]十(?P<ordinal>[一二三四五六七八九])?五[”\"」』]|十(?P<bare>[一二三四五六七八九])五"
    r"|第十(?P<nth>[一二三四五六七八九])个五年"
)
"""A five-year plan by its name; 十五 alone is one only in quotation marks."""
_FIRST_FIVE_YEAR_END = 2005  # 十五; each further plan ends five years later

_SPAN = re.compile(r"(20\d\d)年?\s*[—–\-－~～至到]{1,2}\s*(20\d\d)\s*年?")
_YEAR = re.compile(r"(20\d\d)\s*年")
_STATED = re.compile(
    r"(?:规划|计划|方案|实施|行动|建设)(?:期限?|周期|时间)(?:为|是|：)?\s*(?P<start>20\d\d)年?\s*[—–\-－~～至到]{1,2}\s*(?P<end>20\d\d)\s*年"
    r"|(?P<from>20\d\d)年起(?:的?|，)(?:用)?(?P<years>\d|[一二两三四五六七八九十])年(?:内|时间|左右)"
)
_CHINESE_YEAR = re.compile(r"([一二三四五六七八九〇○零]{4})年")
_CHINESE_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_COUNTS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_OPENING_PARAGRAPHS = 12
_LONGEST_LINE = 50

_PROMISES = re.compile(
    r"规划|纲要|方案|计划|意见|决定|要点|工作安排|任务安排|工作部署|标准|办法|规定|条例|细则|措施|清单|目标|指标|通知|任务|制度|规程|指引|民生实事|为民办实事|实事项目|[十百\d]件实事"
)
_REPORTS = re.compile(
    r"报告|讲话|致辞|答记者问|解读|综述|纪实|回顾|成效|成就|喜报|新闻|访谈|发布会|巡礼|侧记|经验|探索|做法|体会|总结|述评|评论"
)
WORK_REPORT = re.compile(r"工作报告(?:[（(][^（()）]*[)）])?$")
AHEAD = re.compile(r"目标|打算|下一步|下步|计划|安排|部署|要求|任务|展望|思路|规划|今后|未来|举措")
_YEARS_WORK = re.compile(r"(?:20\d\d年|今年)的?(?:重点|主要)?工作|(?:重点|主要)工作")
BACK = re.compile(r"回顾|成就|成效|成绩|完成情况|开展情况|进展|基础|总结")
_ASKS = re.compile(
    "(?:加强|改进|推进|推动|加快|促进|深化|提升|完善|扩大|支持|做好|进一步)[^，《》]*通知$"
    "|(?:开展|实施|启动)[^，《》]*(?:计划|行动|工程)的?通知$"
)
"""A notice that itself asks for something (关于进一步加强X的通知), and passes on no other document."""
_PLANS = re.compile(r"工作安排|任务安排|工作部署|规划|纲要|方案|计划|意见|决定|要点|措施|清单|目标|指标|任务|.*实事.*")


@dataclass(frozen=True, slots=True)
class Window:
    """The years a plan covers, as its title states them; None where it states none."""

    start: int | None = None
    end: int | None = None

    @classmethod
    def of(cls, title: str) -> "Window":
        """Read （2025—2027年）, “十四五” or a single year from a title."""
        if match := _SPAN.search(title):
            return cls(int(match[1]), int(match[2]))
        if match := FIVE_YEAR.search(title):
            end = five_year_end(match)
            return cls(end - 4, end)
        if match := _YEAR.search(title):
            return cls(int(match[1]), int(match[1]))
        return cls()

    @classmethod
    def stated(cls, part: Part) -> "Window":
        """The years the first paragraphs state: 规划期为…, 2012年起5年内."""
        for text in islice(_paragraphs(part.root), _OPENING_PARAGRAPHS):
            if "20" in text and (match := _STATED.search(text)):
                if match["from"] is None:
                    return cls(int(match["start"]), int(match["end"]))
                start, years = int(match["from"]), match["years"]
                return cls(start, start + (_COUNTS.get(years) or int(years)) - 1)
        return cls()


def five_year_end(match: re.Match[str]) -> int:
    """The last year of a five-year plan that ``FIVE_YEAR`` found."""
    if match["nth"]:  # 第十一个五年 is 十一五
        return _FIRST_FIVE_YEAR_END + 5 * (ORDINALS.index(match["nth"]) + 1)
    ordinal = match["ordinal"] or match["bare"]
    return _FIRST_FIVE_YEAR_END + 5 * (ORDINALS.index(ordinal) + 1 if ordinal else 0)


def issued(part: Part) -> int | None:
    """The year a document was issued in, by its date, its number (〔2023〕) or the lines under its title."""
    under = [text for text in islice(_paragraphs(part.root), 3) if len(text) <= _LONGEST_LINE and "。" not in text]
    for words in (part.date, part.number, part.source_line, *under):
        if found := re.search(r"(?<!\d)((?:19|20)\d\d)(?!\d)", words):
            return int(found[1])
        if found := _CHINESE_YEAR.search(words):
            return int(found[1].translate(_CHINESE_DIGITS))
    return None


def is_report(title: str) -> bool:
    """Tell whether a document speaks of what was done, or about promises made elsewhere, by the words of its title.

    The last word that says so decides: a report on a plan is a report, a plan for reports is a plan.
    """
    bare = _bare(title)
    if not bare:
        return False
    reports, promises = list(_REPORTS.finditer(bare)), list(_PROMISES.finditer(bare))
    if not reports or not promises:
        return bool(reports) or not promises
    return reports[-1].start() > promises[-1].start()


def is_plan(title: str) -> bool:
    """Tell whether a title names a plan, and not a rule: what a plan wants is a target also where no year stands."""
    bare = _bare(title)
    promises = list(_PROMISES.finditer(bare))
    if not promises or is_report(title):
        return False
    return bool(_PLANS.fullmatch(promises[-1].group()) or _ASKS.search(bare))


def looks_ahead(section: str) -> bool:
    """Tell whether the headings of a work report speak of what comes: 2026年重点工作, 主要目标, and no 回顾."""
    return bool(AHEAD.search(section) or _YEARS_WORK.search(section)) and not BACK.search(section)


def _bare(title: str) -> str:
    return re.sub(r"[（(][^（()）]*[)）]\s*$", "", title.strip())


def _paragraphs(root: Node) -> Iterator[str]:
    pending = [root]
    while pending:
        node = pending.pop()
        if node.title.text:
            yield node.title.text
        yield from (block.text for block in node.blocks)
        pending += reversed(node.children)
