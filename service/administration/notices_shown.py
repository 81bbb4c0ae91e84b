"""A notice as those who get it would see it, in the inbox and in WeChat's templates: before and after a change of its words."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from config.notices import NOTICE_PREFIX, NOTICES
from service.notifications import mapping
from service.notifications.fields import InvalidField
from service.notifications.kinds import Purpose, purpose_of
from service.notifications.templates import PREFIX, Channel, Facts, parse, render
from service.parameters import wording

CHANNELS = {Channel.SUBSCRIPTION: "微信消息（小程序）", Channel.OFFICIAL: "微信消息（公众号）"}


def differences(
    key: str, values: Mapping[str, Any], new: Mapping[str, str], *, now: dt.datetime
) -> Iterator[tuple[str, str, str]]:
    """(What is seen, before, after) with example values. ``values``: the district's at that moment."""
    before, after = (_seen(key.removeprefix(NOTICE_PREFIX), values, value, now) for value in (values[key], new))
    return ((what, before[what], after[what]) for what in before)


def _seen(name: str, values: Mapping[str, Any], value: Mapping[str, str], now: dt.datetime) -> dict[str, str]:
    title, body = wording.example(name, value)
    notice = NOTICES[name]
    purpose = Purpose.DIGEST if name == "digest" else purpose_of(notice.kind)
    facts = dataclasses.replace(mapping.example_facts(purpose, now), kind=notice.kind, title=title, body=body)
    number = f"事项 {facts.number}。" if notice.numbered else ""
    seen = {} if name == "digest" else {"站内消息": f"【{title}】{number}{body}"}
    entries = {said: values.get(f"{PREFIX}{purpose}.{channel}") for channel, said in CHANNELS.items()}
    return seen | {said: _sent(entry, facts) for said, entry in entries.items() if entry is not None}


def _sent(entry: Mapping[str, Any], facts: Facts) -> str:
    """Field by field as WeChat would get it: what is too long for a field is cut there."""
    try:
        return "；".join(f"{field}：{value}" for field, value in render(parse(entry), facts).items())
    except InvalidField as fault:
        return f"现在的模板不能用：{fault}"
