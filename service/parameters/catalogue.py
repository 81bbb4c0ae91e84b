"""What each parameter is called, what it means, in which unit it is counted and how far it may go. Pure.

Keys are those of ``config/defaults.py``; a test holds that none is missing. Word lists and templates have pages of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from config.defaults import DECLINE_PREFIX, DECLINE_REASONS, PARAMETERS
from config.notices import NOTICE_PREFIX, NOTICES

WORKDAYS, DAYS, HOURS, MINUTES, HOUR_OF_DAY = "个工作日", "天", "小时", "分钟", "点"
YEARS, PERCENT, TIMES, PIECES, PEOPLE, CHARACTERS = "年", "%", "次", "条", "人", "个字"
_BOUNDS: Mapping[str, tuple[int, int]] = {
    WORKDAYS: (1, 250),
    DAYS: (1, 3650),
    HOURS: (1, 720),
    MINUTES: (1, 1440),
    HOUR_OF_DAY: (0, 23),
    PERCENT: (0, 100),
    YEARS: (1, 100),
}
"""Least and most by unit; where a unit has none, anything a number may be."""


@dataclass(frozen=True, slots=True)
class Known:
    """One parameter. ``parts``: of a value with several numbers or texts, part → its name."""

    title: str
    meaning: str
    unit: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)

    @property
    def bounds(self) -> tuple[int, int] | None:
        """Least and most of each number, None where only the shape counts."""
        return _BOUNDS.get(self.unit)


DEADLINES, REMINDERS, CONTENT, RECEPTION, MESSAGES, KEEPING, REASONS = (
    "期限",
    "催办和提醒",
    "内容审核",
    "受理和接待",
    "消息推送",
    "类别、重复和保存",
    "不予受理的理由",
)
_LEVELS = {"CONSULT": "咨询", "GENERAL": "一般", "COMPLEX": "复杂", "HARD": "疑难"}

GROUPS: Mapping[str, Mapping[str, Known]] = {
    DEADLINES: {
        "deadlines.accept_wd": Known("受理", "收到意见后多久决定是否受理", WORKDAYS),
        "deadlines.first_contact_wd": Known("首次联系", "代表接到后多久第一次联系群众", WORKDAYS),
        "deadlines.dispatch_wd": Known("交办", "分流后多久交给承办单位", WORKDAYS),
        "deadlines.sign_wd": Known("签收", "承办单位多久签收", WORKDAYS),
        "deadlines.handling_wd": Known("办理", "承办单位签收后多久办结，按难易分", WORKDAYS, _LEVELS),
        "deadlines.sign_off_wd": Known("签发", "单位负责人多久签发办理结果", WORKDAYS),
        "deadlines.feedback_wd": Known("反馈", "结果签发后多久告诉群众", WORKDAYS),
        "deadlines.rehandle_wd": Known("重新办理", "群众不满意，重新办理用多久", WORKDAYS),
        "deadlines.review_wd": Known("内容审核", "审核员多久看完一条内容", WORKDAYS),
        "deadlines.decision_wd": Known("复核", "请上一级决定的事多久答复", WORKDAYS),
        "deadlines.return_wd": Known("退办", "交办以后，承办单位多久之内可以申请退办", WORKDAYS),
        "deadlines.escalation_answer_wd": Known("上级代表答复", "上级代表多久决定接不接", WORKDAYS),
        "deadlines.escalated_days": Known("上级跟进", "交给上级代表后，多久要有一次消息", DAYS),
        "deadlines.rating_days": Known("评价", "反馈后等群众评价多久", DAYS),
        "deadlines.info_days": Known("补充情况", "等群众补充多久，不补充就办结", DAYS),
        "deadlines.declined_appeal_days": Known("不予受理的申诉", "不予受理后多久之内可以申诉", DAYS),
        "deadlines.closed_appeal_days": Known("办结后的申诉", "办结后多久之内可以要求重新打开", DAYS),
        "deadlines.archive_days": Known("归档", "办结后多久归档", DAYS),
        "emergency.hours": Known("紧急确认", "可能有危险的事项，站长多久之内确认", HOURS),
    },
    REMINDERS: {
        "deadlines.info_reminder_days": Known("提醒补充", "等群众补充时，第几天提醒", DAYS),
        "silence.remind_wd": Known("提醒代表", "代表没有动静，第几个工作日提醒", WORKDAYS),
        "silence.head_wd": Known("告诉站长", "代表没有动静，第几个工作日告诉站长，站长可以代答", WORKDAYS),
        "silence.township_wd": Known("告诉镇街人大", "代表没有动静，第几个工作日告诉镇街人大", WORKDAYS),
        "silence.district_wd": Known("告诉区人大", "代表没有动静，第几个工作日告诉区人大代表工委", WORKDAYS),
    },
    RECEPTION: {
        "station.pause_days": Known("联络站暂停", "联络站一次最多暂停多久，到期自动恢复", DAYS),
        "slips.minutes": Known("撤销点错的一步", "交办、并案、定类别之后多久之内可以撤销", MINUTES),
        "content.min_chars": Known("最少字数", "一条意见至少写多少字", CHARACTERS),
        "content.max_chars": Known("最多字数", "一条意见最多写多少字", CHARACTERS),
        "uploads.max": Known("一次几张照片", "一次最多附几张照片，不超过 9", "张"),
        "uploads.max_together": Known("一共几张照片", "一件事项前后一共最多几张照片", "张"),
        "rounds.max": Known("办理轮次", "群众不满意时最多办理几轮，之后督办", "轮"),
        "result.photo": Known("结果附照片", "承办单位的结果要不要照片（咨询除外）"),
        "reception.notice_days": Known("接待日公告", "接待日至少提前几天公告", DAYS),
        "rating.edit_hours": Known("修改评价", "评价后多久之内可以修改一次", HOURS),
    },
    CONTENT: {
        "content.without_openid": Known("微信查不了的内容", "没有微信身份的内容（只凭查询码、代填）怎么审"),
        "content.second_reader": Known("两人复核", "审核不通过，要不要另一位审核员同意"),
        "content.wait_minutes": Known("等微信答复（文字）", "微信没有答复，多久后请人审核", MINUTES),
        "content.media_minutes": Known("等微信答复（照片）", "微信没有答复，多久后请人审核", MINUTES),
        "content.premoderate_after": Known("先审后发", "几次没有通过后先由人审核；填 0 不用这条", TIMES),
        "content.premoderate_days": Known("先审后发的期间", "在多少天里数上面的次数", DAYS),
    },
    KEEPING: {
        "category.suggest_percent": Known("建议类别", "把握低于多少不建议类别", PERCENT),
        "category.auto_percent": Known("自动填类别", "把握达到多少，没有选类别的自动填上", PERCENT),
        "duplicate.hot_followers": Known("集中反映", "多少人反映同一件事提醒站长", PEOPLE),
        "duplicate.hot_days": Known("集中反映的期间", "在多少天里数上面的人数", DAYS),
        "retention.identity_years": Known("身份记录", "身份与登录记录、预约人的姓名和电话保存几年", YEARS),
    },
    MESSAGES: {
        "push.sms_purposes": Known("可以发短信的", "微信发不到时，哪几类消息改发短信（要花钱）"),
        "push.sms_per_day": Known("每天短信", "全区一天最多发多少条短信", PIECES),
        "push.sms_per_person": Known("每人短信", "一个人一天最多收到多少条短信", PIECES),
        "push.quiet_from": Known("免打扰开始", "从几点起只发紧急消息", HOUR_OF_DAY),
        "push.quiet_to": Known("免打扰结束", "到几点为止只发紧急消息", HOUR_OF_DAY),
        "push.digest_above": Known("合并提醒", "一个人没看的提醒多于几条就合成一条", PIECES),
    },
}
TEXT, SAID, USED = "title", "channel", "use"
_DECLINE = {TEXT: "理由", SAID: "告诉群众的法定途径", USED: "是否使用"}
DECLINES: Mapping[str, Known] = {
    f"{DECLINE_PREFIX}{code}": Known(
        reason.title, "需要第二个人复核" if reason.needs_cosign else "一个人可以决定", parts=_DECLINE
    )
    for code, reason in DECLINE_REASONS.items()
}
CHOICE_TITLES: Mapping[str, Mapping[str, str]] = {
    "content.without_openid": {"local": "用本区的词语表", "manual": "全部由审核员看"},
    "content.second_reader": {"off": "一位审核员决定", "required": "要另一位审核员同意"},
    "result.photo": {"asked": "提醒附上，不强求", "required": "必须有"},
    USED: {"on": "使用", "off": "停用"},
}
ELSEWHERE = ("content.review_words", "emergency.words", "push.templates.")
"""Beginnings of keys that are changed on pages of their own: the word lists, the templates of messages."""
HEADLINE, BODY = "title", "body"
_WORDING = {HEADLINE: "标题", BODY: "正文"}
WORDINGS: Mapping[str, Known] = {
    f"{NOTICE_PREFIX}{name}": Known(one.called, one.when, parts=_WORDING) for name, one in NOTICES.items()
}
"""The sentences of notices (通知用语), by key."""
CATEGORY_USE, TEXT_USE = "category.use.", "text.use."
"""Beginnings of keys, each followed by an id: from when on a category, or a standard text, is offered, and from when not."""
ON, OFF = "on", "off"


def is_use(key: str) -> bool:
    """Whether the key says from when on something of the district's own is offered."""
    return key.startswith((CATEGORY_USE, TEXT_USE))


def default(key: str) -> Any:
    """What holds before anything was decided: of what the district made itself, that it is offered.

    :raises KeyError: for a key nobody knows.
    """
    return ON if is_use(key) else PARAMETERS[key]


def offered(values: Mapping[str, Any], prefix: str, of: str) -> bool:
    """Whether the category or text with the id ``of`` is offered, by the district's values at a moment."""
    return bool(values.get(f"{prefix}{of}", ON) == ON)


def known(key: str) -> Known | None:
    """The entry of a key; None for one that has a page of its own, or does not exist."""
    found = next((group[key] for group in GROUPS.values() if key in group), None)
    return found or DECLINES.get(key) or WORDINGS.get(key)


def every_key() -> Iterator[str]:
    """Keys that stand on the pages of parameters, reasons and notices."""
    for group in GROUPS.values():
        yield from group
    yield from DECLINES
    yield from WORDINGS


def in_words(key: str, value: Any) -> str:
    """A value as people read it: ``5 个工作日``, ``咨询 2、一般 5、复杂 10、疑难 15 个工作日``."""
    found = known(key)
    unit = f" {found.unit}" if found and found.unit else ""
    if isinstance(value, dict):
        parts = found.parts if found else {}
        if USED in value:
            return f"{value[TEXT]}。{value[SAID]}（{CHOICE_TITLES[USED][value[USED]]}）"
        if BODY in value:
            return f"【{value[HEADLINE]}】{value[BODY]}"
        return "、".join(f"{parts.get(part, part)} {number}" for part, number in value.items()) + unit
    if isinstance(value, list):
        return "、".join(map(str, value)) + unit if value else "没有"
    return CHOICE_TITLES.get(key, {}).get(str(value)) or f"{value}{unit}"


def out_of_bounds(key: str, value: Any) -> str | None:
    """Why a value of the right shape cannot be: a sentence, or None."""
    found = known(key)
    limits = found.bounds if found else None
    if limits is None:
        return None
    numbers = value.values() if isinstance(value, dict) else value if isinstance(value, list) else (value,)
    least, most = limits
    if all(least <= number <= most for number in numbers):
        return None
    return f"请填写 {least} 到 {most} 之间的整数。"
