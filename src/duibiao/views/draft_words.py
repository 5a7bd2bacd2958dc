"""The words of a draft's fields, choices and flags, Chinese first: the files keep the English codes."""

from collections.abc import Mapping

from duibiao.kernel.text import Text

FIELD_WORDS: Mapping[str, Text] = {
    "id": Text("编号", "id"),
    "no": Text("序号", "number"),
    "row": Text("表中行号", "row of the table"),
    "group": Text("类型", "group"),
    "parent": Text("上级指标", "parent row"),
    "indicator": Text("统一指标", "indicator"),
    "label": Text("指标名称", "label"),
    "title": Text("标题", "title"),
    "unit": Text("单位", "unit"),
    "baseline": Text("基期值", "baseline"),
    "baseline_year": Text("基期年", "baseline year"),
    "written": Text("原文写法", "as written"),
    "goal": Text("目标要求", "goal"),
    "due": Text("目标年", "due year"),
    "due_stated": Text("目标年写明", "due year stated"),
    "counting": Text("计数方式", "counting"),
    "scope": Text("针对对象", "scope"),
    "soft": Text("软性表述", "soft wording"),
    "obligation": Text("指标性质", "obligation"),
    "item": Text("所属条目", "item"),
    "note": Text("备注", "note"),
    "section": Text("节", "section"),
    "lead": Text("牵头部门", "lead"),
    "cooperating": Text("配合部门", "cooperating"),
    "value": Text("数值", "value"),
    "upper": Text("上限", "upper value"),
    "measure_unit": Text("计量单位", "unit of measure"),
    "bound": Text("界限", "bound"),
    "period": Text("所指时期", "period"),
    "operator": Text("关系", "operator"),
    "as_of": Text("时点", "as of"),
    "published": Text("公布日期", "published"),
    "quality": Text("数据性质", "quality"),
    "within": Text("上级条款", "within"),
    "year": Text("年份", "year"),
    "code": Text("规划代码", "code"),
    "issuer": Text("印发单位", "issuer"),
    "number": Text("文号", "number"),
    "kind": Text("规划类型", "kind"),
    "source_kind": Text("来源类型", "kind of source"),
    "start": Text("起始年", "first year"),
    "end": Text("终止年", "last year"),
    "base_year": Text("基期年", "base year"),
}
"""What the fields of an entry and of a plan's head are called on a page."""

CHOICE_WORDS: Mapping[str, Mapping[str, Text]] = {
    "counting": {
        "level": Text("时点数", "level"),
        "cumulative": Text("累计", "running total"),
        "increment": Text("新增", "increment"),
        "per_year": Text("每年", "every year"),
    },
    "scope": {
        "city": Text("全市", "the city"),
        "each_district": Text("每个区县", "each district"),
        "each_school": Text("每所学校", "each school"),
        "each_student": Text("每名学生", "each student"),
        "other": Text("其他特定对象", "others"),
    },
    "obligation": {
        "binding": Text("约束性", "binding"),
        "expected": Text("预期性", "expected"),
        "unstated": Text("未注明", "unstated"),
    },
    "kind": {
        "outline": Text("纲要", "outline"),
        "strategy": Text("中长期规划", "strategy"),
        "five_year": Text("五年规划", "five-year plan"),
        "action_plan": Text("行动方案", "action plan"),
    },
    "source_kind": {
        "statistics": Text("统计", "statistics"),
        "plan": Text("规划", "plan"),
        "official_page": Text("官方网页", "official page"),
        "official_reply": Text("官方答复", "official reply"),
        "report": Text("报告", "report"),
        "press": Text("新闻报道", "press"),
        "journal": Text("期刊", "journal"),
        "compilation": Text("汇编", "compilation"),
    },
    "quality": {
        "plain": Text("一般", "plain"),
        "derived": Text("推算值", "derived"),
        "scope": Text("口径存疑", "scope in doubt"),
        "reprint": Text("旧数重印", "reprint"),
        "simulated": Text("模拟数据", "simulated"),
    },
    "bound": {
        "=": Text("等于", "equal to"),
        ">=": Text("不低于", "at least"),
        ">": Text("超过", "more than"),
        "<=": Text("不超过", "at most"),
        "<": Text("不足", "less than"),
        "~": Text("约", "about"),
    },
}
"""The words of every choice of a field, by the code that is stored."""

FLAG_WORDS: Mapping[str, Text] = {
    "no_goal": Text("没读出目标要求", "no goal read"),
    "no_subject": Text("原文没写明所指", "the passage names no subject"),
    "short_subject": Text("所指太短（只是一类事物）", "the subject is a kind of thing alone"),
    "subject_carried": Text("所指承前文", "the subject comes from what stands before"),
    "inverse_ratio": Text("比例方向相反", "a ratio the other way round"),
    "rhythm": Text("按节奏推断", "read by its rhythm"),
    "no_number": Text("没读出编号", "no number read"),
    "no_header": Text("表没有表头", "a table without a head"),
    "unruled": Text("表没有竖线，行列须核对", "a table without upright rules: check which cell is whose"),
    "cells_missing": Text("表中缺格", "cells are missing"),
    "no_value": Text("没读出数值", "no value read"),
    "growth_column": Text("来自年均增长列", "from a column of growth"),
    "no_unit": Text("没读出单位", "no unit read"),
    "baseline_in_words": Text("基期值是文字", "a baseline in words"),
    "several_responsibilities": Text("责任分工不止一处", "more than one division of work"),
    "no_title": Text("没读出标题", "no title read"),
    "ocr": Text("来自图像识别", "read from a picture"),
}
"""What the flags of an entry mean; a flag may carry a detail after a colon."""


def choice_word(field: str, value: str) -> Text:
    """The word of a choice; the code itself where it has none."""
    return CHOICE_WORDS.get(field, {}).get(value, Text(value, value))


def flag_word(flag: str) -> Text:
    """What a flag says, with its detail; a name that is no flag of ours (an unknown department) stands as it is."""
    name, colon, detail = flag.partition(":")
    word = FLAG_WORDS.get(name) or FIELD_WORDS.get(name)
    if word is None:
        return Text(flag, flag)
    return Text(f"{word.zh}{'：' if colon else ''}{detail}", f"{word.en}{': ' if colon else ''}{detail}")
