"""Synthetic Chinese: clauses of disputes and of advice, put together from short lists of our own.

Nothing here is a real case. A text is some clauses with commas between them; words never reach
over a comma, so that the words of a text are those of its clauses, which are cut only once.
"""

import itertools
from dataclasses import dataclass

from server.review.words import fold, words_of

WHO = "张某 李某 王某 赵某 刘某 陈某 杨某 黄某 周某 吴某 徐某 孙某 胡某 朱某 高某 林某".split()
WHOM = "邻居 堂兄 前妻 雇主 承包方 物业 合伙人 房东 村民小组 卖方 儿媳 施工队".split()
ABOUT = (
    "宅基地边界 承包地流转 拖欠工资 赡养老人 离婚后探望 彩礼返还 相邻通风采光 噪声扰民 交通事故赔偿 "
    "民间借贷利息 房屋漏水 买卖合同违约 山林权属 征地补偿分配 工伤待遇 遗产继承 饲养动物伤人 "
    "排水沟堵塞 鱼塘承包费 建房占道 电动车碰撞 果树砍伐 装修质量 定金退还"
).split()
SINCE = "去年春天 今年三月 两年以来 上个月 入冬以后 自拆迁起 分家那年 签约之后".split()
DONE = (
    "争执不下 多次协商未果 曾经村委调处 双方各执一词 一方拒绝到场 口头答应后反悔 发生推搡 提出赔偿 "
    "要求恢复原状 请求书面答复 愿意各让一步 希望当面道歉"
).split()
FIRST = (
    "先到镇政府申请确权 保存转账记录和聊天记录 申请劳动仲裁 委托鉴定机构评估 请村委会出具证明 "
    "在诉讼时效内书面催告 向人民法院申请支付令 签订书面调解协议 申请司法确认 保持现状不要动工 "
    "对现场拍照留存 查询不动产登记簿"
).split()
LAW = "民法典 劳动合同法 农村土地承包法 人民调解法 治安管理处罚法 道路交通安全法 老年人权益保障法".split()
RARE = "狍子 溶洞 蜂箱 古井 祠堂 水车 榫卯 戏台 石碑 驴车".split()
"""One session in some thousands has one of these."""


@dataclass(frozen=True)
class Clause:
    """A part of a text between commas, with the words it is found by."""

    text: str
    words: frozenset[str]


def clause(text: str) -> Clause:
    return Clause(text, frozenset(words_of(fold(text))))


def dispute_clauses() -> list[Clause]:
    return [clause(f"{who}与{whom}因{about}") for who, whom, about in _all(WHO, WHOM, ABOUT)]


def history_clauses() -> list[Clause]:
    return [clause(f"{since}{done}") for since, done in _all(SINCE, DONE)]


def advice_clauses() -> list[Clause]:
    numbers = range(3, 1260, 13)
    based = [clause(f"依照{law}第{number}条") for law, number in _all(LAW, numbers)]
    return based + [clause(f"建议{first}") for first in FIRST for _ in range(len(based) // 12)]


def rare_clauses() -> list[Clause]:
    return [clause(f"牵涉一处{word}") for word in RARE]


def _all(*lists: object) -> "itertools.product[tuple[object, ...]]":
    return itertools.product(*lists)  # type: ignore[call-overload, no-any-return]
