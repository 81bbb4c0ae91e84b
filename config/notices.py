"""What a new district's notices (通知) say, by name; afterwards each is a parameter ``notice.<name>``, see service/parameters.

A sentence may hold the placeholders named with it and nothing else: none of them is a name, a phone, or what was said
(rulebook §12, lock-screen privacy). ``kind``: as in ``service/notifications/kinds.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

NOTICE_PREFIX = "notice."
TO_RESIDENTS, TO_BOOKED, TO_WORK, ON_IDENTITIES = "给反映人和跟进人", "给预约接待的人", "给代表和工作人员", "工作身份"


@dataclass(frozen=True, slots=True)
class Placeholder:
    """``name``: as it is written between braces; ``most``: characters of the longest value."""

    name: str
    meaning: str
    example: str
    most: int


PLACEHOLDERS: Mapping[str, Placeholder] = {
    "by_when": Placeholder("期限提示", "期限；没有期限时是“请查看。”", "请于 3 月 4 日前处理。", 18),
    "state": Placeholder("状态", "事项现在的状态", "待受理", 11),
    "decision": Placeholder("决定", "等着决定的是哪一步", "申请延期", 11),
    "step": Placeholder("步骤", "文字是在哪一步写的", "补充情况", 11),
    "hours": Placeholder("小时", "紧急确认的小时数（参数里设的）", "2", 3),
    "days": Placeholder("天数", "在多少天里数的", "7", 4),
    "people": Placeholder("人数", "多少人反映同一件事", "12", 6),
    "count": Placeholder("件数", "几条待办合在一起", "12", 4),
    "role": Placeholder("身份", "哪一种工作身份", "联络员", 10),
    "station": Placeholder("联络站", "联络站的名称", "雁江镇人大代表联络站", 60),
    "last_day": Placeholder("最后一天", "本届任期的最后一天", "2026年3月31日", 18),
    "facts": Placeholder("项目", "改了哪几项资料", "姓名、简介", 18),
    "reason": Placeholder("原因", "联络站从几种原因里选的一种", "照片不清楚", 8),
    "first_day": Placeholder("第一天", "接任代表开始的那一天", "2026年4月1日", 18),
}
"""By the name the code fills it under."""


@dataclass(frozen=True, slots=True)
class NoticeDefault:
    """``called`` and ``when``: for who edits it; ``facts``: placeholders it may hold; ``numbered``: the body follows the
    issue's number (事项 …。), which is not part of the wording."""

    group: str
    called: str
    when: str
    kind: str
    title: str
    body: str
    facts: tuple[str, ...] = ()
    numbered: bool = True


def _told(called: str, when: str, title: str, body: str, kind: str = "progress", *facts: str) -> NoticeDefault:
    return NoticeDefault(TO_RESIDENTS, called, when, kind, title, body, facts)


def _booked(called: str, when: str, title: str, body: str, kind: str = "reception") -> NoticeDefault:
    return NoticeDefault(TO_BOOKED, called, when, kind, title, body, numbered=False)


def _work(called: str, when: str, title: str, body: str, kind: str = "task", *facts: str) -> NoticeDefault:
    return NoticeDefault(TO_WORK, called, when, kind, title, body, facts)


def _station(called: str, when: str, title: str, body: str, *facts: str) -> NoticeDefault:
    return NoticeDefault(TO_WORK, called, when, "task", title, body, facts, numbered=False)


def _identity(called: str, when: str, title: str, body: str, kind: str = "progress", *facts: str) -> NoticeDefault:
    return NoticeDefault(ON_IDENTITIES, called, when, kind, title, body, facts, numbered=False)


NOTICES: Mapping[str, NoticeDefault] = {
    # A step was taken: news for the resident and followers, by the state it leads to.
    "state.content_rejected": _told("内容未通过", "审核员没有让内容通过", "内容未通过审核",
        "请查看原因，可以修改后重新提交一次。", "needs_answer"),
    "state.need_info": _told("请补充情况", "代表或联络站有问题要问", "请补充情况",
        "办理人有问题想向您了解，请在期限内补充。", "needs_answer"),
    "state.declined": _told("不予受理", "决定不予受理", "不予受理",
        "请查看理由和可以走的法定途径；如不同意可申诉一次。", "closed"),
    "state.with_deputy": _told("已受理", "代表受理了", "已受理", "代表正在跟进您反映的事项。"),
    "state.assigned": _told("已交办", "交给了承办单位", "已交办", "您反映的事项已交承办单位办理。"),
    "state.in_plan": _told("已列入计划", "同意列入计划", "已列入计划", "请查看计划完成的时间。"),
    "state.escalated": _told("已转上级代表", "上级代表接续", "已转上级代表", "上级人大代表已接续跟进。"),
    "state.feedback_given": _told("请评价", "代表反馈了结果", "已反馈，请评价",
        "办得怎么样由您说了算，请在期限内评价。", "feedback"),
    "state.reopened": _told("重新办理", "不满意或者申诉后重新办理", "重新办理", "您的意见已收到，将重新办理。"),
    "state.closed": _told("已办结", "事项办结", "已办结", "感谢您的反映，可以凭查询码查看全部过程。", "closed"),
    "state.merged": _told("已合并", "与同类事项合并", "已与同类事项合并办理", "您仍会收到单独的反馈，并由您评价。"),
    "published": _told("已公开", "审核员公开了隐去个人信息的文字", "您反映的事项已公开",
        "公开的是审核后的文字，不含姓名和具体地点。您可以随时改为不公开。"),
    "deputy_changed": _told("换了代表", "联系代表变更", "联系代表有变更", "请查看现在由谁跟进，期限不变。"),
    "term_changed": _told("期限有变化", "同意延期等", "办理期限有变化", "请查看原因和新的期限。"),
    "unassigned": _told("交办有更正", "撤回了刚才的交办", "交办有更正", "刚才的交办已撤回，期限不变；重新交办后会再告诉您。"),
    "remind_resident": _told("提醒补充", "等补充的时候到了提醒的日子", "请尽快补充情况", "{期限提示}", "needs_answer", "by_when"),
    "replied": _told("有留言", "代表或联络站留言", "您有新的留言", "请查看代表或联络站的留言。", "replied"),
    "revealed": _told("身份被查看", "工作人员写明理由查看了身份", "有人查看了您的身份", "请在事项详情中查看是谁、因为什么。"),
    "review_first": _told("先由人工审核", "多次没有通过审核之后", "内容由人工审核",
        "您近期多次未通过内容审核，新的内容先由工作人员审核，一般一个工作日内完成。"),
    "message_refused": _told("留言未通过", "留言没有通过审核", "留言未通过审核",
        "您的一条留言没有通过内容审核，对方看不到。请修改后重新发送。"),
    "words_refused": _told("文字未通过", "某一步里写的话没有通过审核", "文字未通过审核",
        "您在“{步骤}”时写的话没有通过内容审核，别人看不到；这一步本身有效。可以换一种说法留言补充。", "progress", "step"),
    # Reception days.
    "reception_moved": _booked("接待日改期", "接待日取消，预约转到了下一次", "接待日改期",
        "您预约的接待日已取消，已为您改到下一次，请查看。"),
    "reception_cancelled": _booked("接待日取消", "接待日取消，没有下一次可转", "接待日取消",
        "您预约的接待日已取消，请另选时间或直接网上反映。"),
    "booking_topic": _booked("事由不予显示", "预约事由没有通过微信内容检查", "预约事由不予显示",
        "您预约接待时写的事由没有通过微信内容检查，不会显示。预约仍然有效，请到场当面说明。"),
    "booking_revealed": _booked("预约信息被查看", "工作人员查看了姓名和电话", "有人查看了您的预约信息",
        "联络站的工作人员查看了您预约时留的姓名和电话。是谁、因为什么，请在“我的接待预约”中查看。", "progress"),
    # Work.
    "duty": _work("待处理", "轮到某人办下一步", "待处理：{状态}", "{期限提示}", "task", "state", "by_when"),
    "decision": _work("待决定", "等某人决定", "待您决定：{决定}", "{期限提示}", "task", "decision", "by_when"),
    "remind": _work("催办", "到期前后提醒责任人", "请尽快处理", "{期限提示}", "task", "by_when"),
    "unanswered": _work("请督促", "责任人没有动静，告诉站长和上级", "有事项尚未得到回应",
        "责任人尚未处理，请督促。{期限提示}", "task_alert", "by_when"),
    "urged": _work("群众催办", "反映人催办", "群众催办", "{期限提示}", "task", "by_when"),
    "message_new": _work("群众留言", "反映人留言", "群众有新的留言", "请查看并回应。"),
    "message_held": _work("留言待审核", "留言要人工确认", "留言待审核", "有一条留言需要人工确认。"),
    "co_unit": _work("请协办", "请单位协办", "请协办", "请配合主办单位办理，并记录您单位的办理进展。"),
    "recalled": _work("交办已撤回", "撤回了刚才的交办", "交办已撤回",
        "交办单位刚刚撤回了这次交办，您单位不需要办理。", "progress"),
    "deputy_gone": _work("代表变更（站长）", "代表不能履职，事项换了代表", "联系代表已变更",
        "原代表暂时不能履职，请关注接续情况。"),
    "supervise": _work("请督办", "两次不满意", "两次不满意，请督办", "群众再次表示不满意，请组织督办。", "task_alert"),
    "emergency": _work("紧急事项", "内容可能有紧急危险", "紧急事项",
        "可能有紧急危险，请 {小时} 小时内联系确认。", "emergency", "hours"),
    "emergency_overdue": _work("紧急未确认", "过了时间没有人确认", "紧急事项",
        "超过 {小时} 小时未确认，请立即过问。", "emergency", "hours"),
    "hot": _work("热点事项", "很多人反映同一件事", "热点事项",
        "{天数} 天内已有 {人数} 人反映同一件事，请研究，统一回应。", "task_alert", "days", "people"),
    "digest": _station("待办汇总", "微信里几条待办合成一条", "您有{件数}条新的待办", "请打开消息列表逐条查看。", "count"),
    "portrait_waits": _station("代表照片待查看", "驻站代表传了照片", "代表照片等您查看",
        "本站有一张代表照片等您查看。是本人、是清楚的正面半身照，再公开；不合适，撤下请代表再传。"),
    "portrait_shown": _identity("代表照片已公开", "联络站公开了代表的照片", "您的照片已经公开",
        "联络站看过了您的照片，现在扫码的群众都能看到。要换或者撤下，请打开“代表照片”。"),
    "portrait_removed": _identity("代表照片已撤下", "联络站撤下了代表的照片", "您的照片已经撤下",
        "联络站撤下了您的照片，原因：{原因}。请打开“代表照片”换一张再传；有疑问请问联络站。", "progress", "reason"),
    "facts_corrected": _identity("代表资料有更正", "镇街人大或区人大代表工委更正了代表的资料", "您的资料有更正",
        "名册里您的{项目}有更正，群众看到的马上随之改变。请核对您的公开页；不对请联系镇街人大或区人大代表工委。", "progress",
        "facts"),
    "station_open": _station("联络站恢复", "暂停到期", "联络站恢复接待",
        "{联络站}的暂停已经到期，今天起恢复现场接待。还不能开门的，请镇街人大在工作台重新暂停并写明原因。", "station"),
    "term_ends": _station("换届移交", "换届，离任代表的事项移交", "换届：事项移交",
        "本届任期到 {最后一天} 届满，未办结的事项从 {第一天} 起由接任代表接续。", "last_day", "first_day"),
    # Work identities.
    "binding_requested": _identity("请确认身份", "有人申请绑定，等您确认", "绑定申请待确认",
        "有人凭邀请码申请绑定“{身份}”身份。请当面或者打登记的电话核实是本人，再确认。7 天内有效。", "task", "role"),
    "binding_confirmed": _identity("身份已确认", "申请通过", "工作身份已绑定", "您的工作身份已经确认，可以开始使用。"),
    "binding_refused": _identity("申请未通过", "申请被拒绝", "绑定申请未通过", "您的绑定申请没有通过，请联系邀请您的单位。"),
    "bound_elsewhere": _identity("在别处绑定", "同一个人在另一个微信上绑定", "工作身份在另一个微信上绑定",
        "您的工作身份在另一个微信上绑定了。不再用这个微信办理工作，请在“我的身份”中解除；不是您本人，请马上联系邀请您的单位。"),
    "grant_ended": _identity("身份已解除", "别人解除了工作身份", "工作身份已解除",
        "您的“{身份}”身份已经解除。如有疑问，请联系所在单位。", "progress", "role"),
    "headless": _identity("没有站长", "联络站最后一位站长的身份解除", "联络站没有站长",
        "一个联络站没有站长了，请尽快登记新的站长；在此之前，站长的待办由镇街人大处理。", "task"),
}  # fmt: skip

NOTICE_WORDS: dict[str, dict[str, str]] = {
    f"{NOTICE_PREFIX}{name}": {"title": one.title, "body": one.body} for name, one in NOTICES.items()
}
"""The words of each notice: parameters like any other."""
