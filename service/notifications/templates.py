"""A district's templates, and what stands in their fields. No text, no name, no place: a lock screen is read by others."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from config.messages import PLACEHOLDER
from service.calendar.workdays import SHANGHAI
from service.notifications.fields import InvalidField, fitted, kind_of
from service.notifications.kinds import Kind, Purpose


class Channel(StrEnum):
    """The ways out, in the order they are tried; the inbox is none of them, it always has the notice."""

    SUBSCRIPTION = "subscription"  # 小程序订阅消息
    OFFICIAL = "official"  # 公众号模板消息
    SMS = "sms"  # 短信


@dataclass(frozen=True, slots=True)
class Facts:
    """What a message may say. ``body``: the notice's sentence behind its number; ``count``: of a digest."""

    kind: str
    title: str
    body: str
    number: str
    until: dt.datetime
    count: int = 1
    link: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A template of one account. ``fields``: (WeChat's field, what stands in it), in order."""

    id: str
    long_term: bool
    fields: tuple[tuple[str, str], ...]


def _until(facts: Facts) -> str:
    local = facts.until.astimezone(SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日 {local.hour:02d}:{local.minute:02d}"


_STATUS: dict[str, str] = {
    Kind.EMERGENCY: "紧急",
    Kind.TASK: "待处理",
    Kind.ALERT: "请督促",
    Kind.NEEDS_ANSWER: "待补充",
    Kind.FEEDBACK: "待评价",
    Kind.REPLIED: "有回复",
    Kind.CLOSED: "已办结",
    Kind.RECEPTION: "有变动",
}
VALUES: dict[str, tuple[str, Callable[[Facts], str]]] = {
    "title": ("这条通知说什么", lambda facts: facts.title),
    "hint": ("下一步做什么", lambda facts: facts.body),
    "number": ("事项编号；没有时是通知的短号", lambda facts: facts.number),
    "until": ("期限；没有时是通知的时间", _until),
    "status": ("两三个字的状态", lambda facts: _STATUS.get(facts.kind, "办理中")),
    "count": ("条数", lambda facts: str(facts.count)),
    "link": ("网址，只用于短信", lambda facts: facts.link),
}
"""What a template's field may be mapped to: name → (for operators, the value)."""


def parse(entry: Mapping[str, Any], *, text_message: bool = False) -> Template:
    """A parameter's value as a template.

    :raises InvalidField: naming what in it cannot be used.
    """
    if entry["kind"] not in ("once", "long_term"):
        raise InvalidField("kind：只能是 once 或 long_term")
    fields = tuple(_field(line, text_message) for line in entry["fields"])
    if not fields or len({key for key, _ in fields}) != len(fields):
        raise InvalidField("fields：每个字段写一次，至少一个")
    return Template(entry["id"], entry["kind"] == "long_term", fields)


def _field(line: str, text_message: bool) -> tuple[str, str]:
    key, _, value = line.partition("=")
    if value not in VALUES:
        raise InvalidField(f"{key}：不认识的内容“{value}”，可用 {' '.join(VALUES)}")
    if not text_message:
        kind_of(key)
    return key, value


def render(template: Template, facts: Facts) -> dict[str, str]:
    """The fields as they are sent.

    :raises InvalidField: naming the first field whose value no rule makes fit.
    """
    return {key: fitted(key, VALUES[value][1](facts)) for key, value in template.fields}


def render_sms(template: Template, facts: Facts) -> list[str]:
    """The parameters of a text message, in the order of its template."""
    return [VALUES[value][1](facts) for _, value in template.fields]


@dataclass(frozen=True)
class Messages:
    """How a district sends, at one moment. ``templates`` holds only those whose id is known."""

    templates: Mapping[tuple[Purpose, Channel], Template]
    faults: Mapping[tuple[Purpose, Channel], str]
    sms: Template | None
    values: Mapping[str, Any]

    def template(self, purpose: Purpose, channel: Channel) -> Template | None:
        return self.templates.get((purpose, channel))

    def purposes_by_template(self) -> dict[str, set[str]]:
        """Subscription template → purposes it serves: those that share its consents."""
        found: dict[str, set[str]] = defaultdict(set)
        for (purpose, channel), template in self.templates.items():
            if channel is Channel.SUBSCRIPTION:
                found[template.id].add(purpose.value)
        return found

    def may_text(self, purpose: Purpose) -> bool:
        return purpose.value in self.values["push.sms_purposes"]


PREFIX = "push.templates."


def messages(values: Mapping[str, Any], *, placeholders: bool) -> Messages:
    """From a district's parameters. ``placeholders``: whether ids that stand in for a real one may be used."""
    templates, faults = {}, {}
    for purpose in Purpose:
        for channel in (Channel.SUBSCRIPTION, Channel.OFFICIAL):
            entry = values.get(f"{PREFIX}{purpose.value}.{channel.value}")
            if entry is None:
                continue
            try:
                template = parse(entry)
            except InvalidField as fault:
                faults[purpose, channel] = str(fault)
                continue
            if is_known(template.id, placeholders):
                templates[purpose, channel] = template
    return Messages(templates, faults, _text_message(values[f"{PREFIX}sms"], placeholders), values)


def _text_message(entry: Mapping[str, Any], placeholders: bool) -> Template | None:
    try:
        template = parse(entry, text_message=True)
    except InvalidField:
        return None  # ``flask templates`` says why
    return template if is_known(template.id, placeholders) else None


def is_known(template_id: str, placeholders: bool) -> bool:
    return placeholders or not template_id.startswith(PLACEHOLDER)
