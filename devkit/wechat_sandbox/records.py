"""What is kept for people to look at: messages on phones, checked texts and pictures, pushes to the product."""

from __future__ import annotations

from dataclasses import dataclass, field

SUBSCRIPTION, TEMPLATE, SERVICE, REPLY = "subscription", "template", "bizsend", "reply"
KIND_TITLES = {
    SUBSCRIPTION: "小程序订阅消息",
    TEMPLATE: "公众号模板消息",
    SERVICE: "公众号订阅通知",
    REPLY: "公众号回复",
}


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it would have reached a phone."""

    msgid: int
    delivered_at: str
    appid: str
    openid: str
    template_id: str
    page: str
    data: dict[str, str]
    kind: str = SUBSCRIPTION
    state: str = "formal"
    lang: str = "zh_CN"


@dataclass(slots=True)
class Check:
    """One text or picture that was checked. ``suggest`` is empty while the picture's result is on its way."""

    trace_id: str
    at: str
    media: bool
    openid: str
    scene: int
    what: str
    suggest: str = ""
    label: int = 0
    errcode: int = 0


@dataclass(slots=True)
class Push:
    """One event on its way to the product's callback. ``attempts``: what came of each try."""

    number: int
    at: str
    kind: str
    event: str
    openid: str
    fields: dict[str, object]
    attempts: list[str] = field(default_factory=list)
    state: str = "waiting"


STATE_TITLES = {
    "waiting": "等待中",
    "delivered": "已送达",
    "failed": "多次重试后放弃",
    "lost": "按要求丢失",
    "no_callback": "没有回调地址,未发送",
}
