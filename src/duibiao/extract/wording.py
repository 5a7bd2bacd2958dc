"""The words official documents use around a figure: what binds it, what is done, and mere manners of speaking."""

import re

from duibiao.extract.items import Operator

_UNIT_WORDS = (
    "个百分点,百分点,户次,斤,场次,件次,车次,人年,课次,节课,册次,项次,家次,架次,辆次,人天,台套,标准箱,微克/立方米,毫克/升,兆瓦,吉瓦,千米,平米,/10万,/万,岁,立方米,平方千米,公斤,吨,例,个学分,个课时,个学时,个小时,个月,个工作日,人次,批次,课时,学时,学分,小时,分钟,平方公里,㎡,m2,千瓦时,吨标准煤,平方米,公里,公顷,千瓦,"
    "Mbps,Gbps,MW,GW,kW,KW,M,美元,元,天,%,‰,倍,个,所,名,人,项,门,家,种,节,篇,次,条,件,间,对,批,套,支,部,场,亩,座,台,位,本,册,类,处,片,组,辆,张,户,"
    "届,期,堂,幅,株,艘,幢,栋,块,头,只,羽,尾,眼,口,盏,款,首,枚,宗,笔,床"
)
UNITS = tuple(_UNIT_WORDS.split(","))
"""Units and measure words, longer ones first where one begins another."""

LASTING_UNITS = frozenset({"天"})
"""Units of time that are read only where a bound is said: 15天 is mostly a term."""
SHARE_UNITS = frozenset({"%", "‰"})

_VERB_WORDS = (
    "改造提升 整合提升 优化提升 更新改造 改造升级 维护提升 规范提升 完善提升 巩固提升 创新提升 扩容提升 "
    "提质升级 提质改造 维修改造 培养产生 调整优化 优化调整 培养培训 培训培养 改扩建 新培养 新认定 新遴选 "
    "新引进 新培育 新打造 新改扩建 新改建 建设 建成 建好 建强 建立 建构 建有 共建 新建 改建 扩建 "
    "新增 新设 增设 增加 培育 培养 培训 培植 打造 创建 争创 创成 开发 评选 遴选 认定 评定 引进 "
    "引育 吸引 选派 派出 选树 选聘 选拔 聘请 招聘 招募 招收 入选 获得 获批 斩获 设立 成立 组建 "
    "举办 召开 开展 形成 推出 上线 支持 扶持 资助 奖励 覆盖 配备 配置 参加 参与 掌握 提供 服务 "
    "承担 完成 立项 出版 发布 制定 编制 研制 修订 实施 孵化 命名 设置 布局 布点 转化 发表 拓展 "
    "撤并 整合 购置 补充 汇聚 拥有 办好 办成 做强 推广 储备 输送 投放 建档 供给 取得 获评 授予 "
    "引聚 集聚 筹建 启动 改造 建造 认证 研究 安排 落地 达成 签约 签订 评审 打磨 录制 制作 征集 "
    "推介 表彰 选出 选育 解决 共有 现有 组织 联系 规划 投入 下达 兴办 轮训 创办 举行 共推 更新 "
    "整治 治理 修缮 维修 加固 交付 投用 开设 增补 增配 增派 派遣 派驻 选送 选任 输转 转移转化 转移 "
    "招录 录用 聘任 聘用 引导 吸纳 安置 帮扶 救助 慰问 发放 筹集 筹措 募集 采购 添置 更换 适配 "
    "扩招 扩充 盘活 关停 淘汰 取缔 挂牌 授牌 开工 竣工 完工 申报 申获 加装 释放 新入库 新投产 "
    "新落户 新上市 新评 新开 新办 发动 动员 惠及 化解 产生 推荐 创作 编写 "
    "续建 迁建 重建 复建 兴建 开建 启用 引培 铺设 架设 开通 引入 减免 办结 增开 开行 收储 补种 归集 核发 "
    "承办 转办 录取 招引 选调 "
    "选定 编排 修习 排练 置换 交流轮岗 新招 确定 改善提升 改善 修建 修复治理 处置 供应 打通 扫除"
)
VERB = (
    "(?:统筹(?=[^，、；]{0,6}资金)|(?:(?<!重)新)?(?:"
    + "|".join(sorted(_VERB_WORDS.split(), key=len, reverse=True))
    + "))"
)

_MODAL = (
    "(?:○+(?:[底末前]前?|以前|之前)?|[一二三四五六七八九十]是(?![否非])|按照|严格(?=落实|执行)|并(?!轨)|且(?!末)|再(?!生|造|就业|制造|利用)|拟|将|要(?![素求点])|应(?!用|届|急)|需(?!求)|可(?!持|再生|行|视|控|信|靠|回收|降解|穿戴)|已经?|争取|力争|确保|保证|保障|推动|推进|促进|鼓励|引导|落实|实现|"
    "还|又|也|其中|年内|做到|包括|包含|带动(?!就业|创业|增收|消费|效应|作用|[力农户群]|投资)|(?:(?:项目|全部)?(?:建成|投用|完工|竣工|投入使用|达产))+后|预计|计划(?=年内|全面|[新培建改引选招开投组举遴补认支完实安打竣筹统推])|同时|原则上|让|使(?!用)|即|到|力求|努力|切实|扎实|提出|逐步|进一步|加快|持续|不断|基本(?!医|养老|公共|办学|生活|农田|建设|工资|教育|条件|标准|素|技能|知识)|我[市省区县校国]|全面(?!覆盖)|积极(?:推动|推进)?|其(?![他它余]))"
)
_MANNER = (
    "(?:重点|重新|直接|累计|继续|大力|着力|分批|分期|统筹|共(?!建|享|同|青)|共计|总计|合计|率先|科学|合理|稳步|有序|平均|每年度?|每学年|每学期|每季度|"
    "每半年|年(?=完成|培训|培养|输送|招收|选派|新增)|每月|年均|全年|当年|今后|未来|近(?=[○几]|[一二两三四五六七八九十]年)|先后|均(?!衡)|全[省市区县国校](?=已|共|累计|新|建成|建设|完成|创[建成]|评选|遴选|认定|培[养育训]|引进|打造|组建|设立|安排|投入|改[造扩]|有|将|拟|力争|计划)|全部|全力|加强|深入|因地制宜|优化|(?:合作|联合|协同)(?=举办|共建|开展|建设|设立|培养|开发|建立|创办|打造)|分[层类级区科段期批步]|至少|[一二两三四五六七八九十]年(?:内|间|来)?|动态)"
)
LEADING = re.compile(_MODAL)
"""A word before the thing itself; it says that something is to be done."""
LEADING_VERB = re.compile(f"{_MODAL}|{_MANNER}")
"""A word before a verb; it says how something is done. Before a noun it belongs to the noun (重点研究基地)."""

_NOUN_GOES_ON = (
    "(?:生(?![活产态均源物])|型|性|类|基地|中心|机构|平台|站|点|区|体系|业|院(?!士)|所(?![0-9])|员|者|方案|能力|成果|力|学院|奖|人员|数量|人数|"
    "总数|总量|次数|面积|规模(?!以上)|时长|时间)"
)
VERB_AT_START = re.compile(rf"{VERB}(?:(?:和|、|并|或|与)?{VERB}(?!{_NOUN_GOES_ON}))*了?(?!{_NOUN_GOES_ON})")
VERB_AT_END = re.compile(
    rf"(?P<verb>{VERB}(?:(?:和|、|并|或|与)?{VERB})*)(?:了|全部|并(?:投入使用|开放|运行|投运|投用))?$"
)

ADJUNCT = re.compile(
    f"(?:在(?![岗职校园读编任])|[为给向]|面向|针对|依托|利用|按照|围绕|通过)[^，；。]{{2,40}}?(?={VERB}(?!{_NOUN_GOES_ON}))"
)
"""Where, for whom or by what means something is done, before its verb (在山区县增设X, 为教师提供X)."""

TRAILING = re.compile(
    "(?:力争|争取|确保|保证|总体|(?<![生人年师])均|全部|全面|逐步|原则上|动态|实现|要|应|应当|也|都|已|已经|持续|基本|继续|平均|分别|稳步|能够|可|必须|须|需|同口径|"
    "一般|首次|连续[0-9一二三四五六七八九十]{1,2}年|每(?:年|周|月|天|学期|学年)|再|○+[底末]?前?|逐年|累计|年均|约|近|大约|将|总共|共)$"
)
"""A word between the thing and what binds its figure."""

OPERATORS: tuple[tuple[Operator, str], ...] = (
    (Operator.AT_LEAST, "(?:达到|保持在|稳定在)?(?:不得?(?:低|少|小)于|至少|最少|最低)"),
    (Operator.AT_MOST, "(?:控制在)?(?:不得?(?:超过|高于|多于|大于)|最多|至多|控制在)"),
    (Operator.KEEP, "(?:保持|稳定|巩固|维持)(?:在|到)?"),
    (Operator.MORE_THAN, "(?:达到)?(?:超过|高于|超出|突破|大于|多于|逾|超)"),
    (Operator.LESS_THAN, "(?:低于|少于|小于)"),
    (
        Operator.EQUAL,
        "(?:(?:提高|提升|增加|增长|扩大|下降|降低|降|压减|减少|上升|增|缩小|拓展|扩充|恢复|调整|优化|发展|延长|压缩|缩短|压降|提)(?:到|至(?!少)|为)|达到|达|占到|约为|实现|接近|[为在](?:(?<=[率比例重度].)|(?<=小学.|初中.|高中.|中专.|中职.|高职.|城区.|农村.)))",
    ),
)
REGION_BEFORE = re.compile(r"(?:全[省市区县州盟旗]|我[省市区县州])(?:范围内?|上下)?(?!性|域|场)(?=...)")
"""Where a plan speaks of its own region it adds nothing to the thing (全省幼儿园覆盖率): the scope holds it."""
REGION_BEHIND = re.compile("(?<=率|例|比|重|数)(?:全[省市区县州]|我[省市区县州])$")

BINDING = re.compile("|".join(f"(?P<b{n}>{words})" for n, (_, words) in enumerate(OPERATORS)))
BOUND_BEFORE_VERB = re.compile("(?P<least>不得?(?:低|少)于|至少|最少)|(?P<most>最多|至多|不得?超过)")
POINTS = re.compile(
    "(?:(?:提高|提升|增加|增长|上升|上浮|(?<![新递])增)|(?P<fall>下降|降低|减少|压减|削减|压缩|缩短|缩减|压降|缩小|收窄))(?:约|近)?$"
)

PER_HEAD = re.compile("(?:每[生人年班校月天学期]+|人均|生均|年均|每年|约|近)+$")
"""What stands between a bound and its figure: 不低于每生每年600元."""

PER = re.compile("每(半年|季度|学期|月|周|天)")
NO_FIGURE_AFTER = re.compile("(?:第|等|(?<![○底末])前|这|该|上述|以上|每|两地|[一二三四五六七八九十])$")
"""An enumeration is summed up (等9个), a rank is told (前10%), or a rate is spelt (每3个)."""

ACT = re.compile(
    "(?:深度|务实|广泛)?合作|结对|共建|贯通运行|运行|入选|通过|参加|参与|加入|接入|建成|获评|获批|获奖|纳入|受益|享受|开展|组建|成立|签约|落户"
)
"""What those counted do themselves (27所学校结对共建)."""
JOINED = re.compile("(?:(?:深度|务实|广泛)?合作|结对|共建|共享|联动)(?=$|[、，；。]|共)")
"""What those counted do together, at the urging of a plan."""
URGED = re.compile("(?:推动|推进|促进|组织|引导)(?:[^，、；。]{0,4}两地|双方|区域)?$")
"""Words that have those counted do something."""
MEMBERS = re.compile("全[市省区国]|我[市省区]|两地")
"""A region before those counted that adds nothing to what they are."""
STUDY_UNITS = frozenset({"学分", "学时", "课时"})
KEPT_VERBS = frozenset({"建好建强", "办好办强"})
"""Verbs for what stands already and is to be kept in good order."""
STANDING_VERBS = frozenset({"掌握", "参加", "配备", "提供", "办好", "推动", "保留"})
"""Verbs for how things are to stand: what they count does not add up over the years."""
CHANGED_SHARE = re.compile("^(?:年均|每年|当年|累计)?(?:动态)?(?:调整|更新|淘汰|压减|撤并)[^，、]{2,}$")

ABOUT_BEFORE = re.compile("(?:约|大约|近)$")
SOFT = re.compile("力争|争取|努力实现|力求|原则上")

RATE_END = re.compile(
    "(?:率|比例|占比|比重|比|度|水平|面|面积|能力|装机|规模|涨幅|增幅|增速|降幅|总值|产值|总产量|产量|数|数量|总数|总量|年限|标准|经费|支出|收入|覆盖)$"
)

REGION = re.compile(
    "(?:市区|城区|县城|乡镇|县（市）|县（市、区）|区（县）|设区市|各县|全市|全省|全区|全县|中心城区|主城区|主城都市区|城区|城市|城镇|农村|乡村|山区|县域|民族地区|小学|初中|高中|幼儿园|普通高中|职业高中|职业中专|中职|高职|"
    "本科|专科|研究生|男生|女生|东部|中部|西部)"
)

REGION_AT_END = re.compile("(?:全[省市区县州国]|我[省市区县])$")
PARTS = re.compile("方面|领域|部门|单位|阶段|环节|方向|维度")
