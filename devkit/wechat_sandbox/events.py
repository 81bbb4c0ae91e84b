"""What WeChat pushes to a callback, field by field, as XML and as JSON. Pure.

Documentation: 小程序订阅消息, section 事件推送 (subscribe-message.html), and the answers and questions named below; text
messages and 关注/取消关注事件 of the official account from 接收普通消息 and 接收事件推送.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

POPUP, CHANGE, SENT = "subscribe_msg_popup_event", "subscribe_msg_change_event", "subscribe_msg_sent_event"
MEDIA = "wxa_media_check"
_WRAPPERS = {POPUP: "SubscribeMsgPopupEvent", CHANGE: "SubscribeMsgChangeEvent", SENT: "SubscribeMsgSentEvent"}


@dataclass(frozen=True)
class Event:
    """``name``: the Event, or empty for a text message. ``items``: the List of a subscription event."""

    name: str
    fields: Mapping[str, object] = field(default_factory=dict)
    items: Sequence[Mapping[str, str]] = ()

    @property
    def message_type(self) -> str:
        return "event" if self.name else "text"

    def envelope(self, to: str, sender: str, at: int) -> dict[str, object]:
        """The fields every push begins with. Subscription events carry text where others carry numbers (in JSON)."""
        when: object = str(at) if self.items else at
        head = {"ToUserName": to, "FromUserName": sender, "CreateTime": when, "MsgType": self.message_type}
        return head | ({"Event": self.name} if self.name else {})

    def as_json(self, to: str, sender: str, at: int) -> str:
        """A List of one entry is that entry, except of the popup (a developer's question shows it for the change event,
        the documentation's example for the sent event)."""
        content = self.envelope(to, sender, at) | dict(self.fields)
        if self.items:
            alone = len(self.items) == 1 and self.name != POPUP
            content["List"] = self.items[0] if alone else list(self.items)
        return json.dumps(content, ensure_ascii=False)

    def as_xml(self, to: str, sender: str, at: int) -> str:
        """Subscription events wrap their List; a list of any other field is that field repeated."""
        content = self.envelope(to, sender, at) | dict(self.fields)
        if self.items:
            content[_WRAPPERS[self.name]] = {"List": list(self.items)}
        return f"<xml>{_inside(content)}</xml>"


def _inside(content: Mapping[str, Any]) -> str:
    return "".join(_element(name, value) for name, value in content.items())


def _element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_element(name, entry) for entry in value)
    if isinstance(value, Mapping):
        return f"<{name}>{_inside(value)}</{name}>"
    if isinstance(value, int):
        return f"<{name}>{value}</{name}>"
    safe = str(value).replace("]]>", "]]]]><![CDATA[>")
    return f"<{name}><![CDATA[{safe}]]></{name}>"


def text_message(content: str, msgid: int) -> Event:
    """What a follower wrote to the official account."""
    return Event("", {"Content": content, "MsgId": msgid})


def following(follows: bool, key: str = "") -> Event:
    """关注/取消关注; ``key`` is ``qrscene_…`` when a code was scanned."""
    return Event("subscribe" if follows else "unsubscribe", {"EventKey": key})


def popup(results: Mapping[str, str]) -> Event:
    """What the person chose for each template: accept or reject."""
    return Event(POPUP, items=[_choice(template, said) | {"PopupScene": "0"} for template, said in results.items()])


def change(templates: Sequence[str]) -> Event:
    """Templates switched off in the phone's message settings (目前只推送取消订阅的事件)."""
    return Event(CHANGE, items=[_choice(template, "reject") for template in templates])


def _choice(template: str, said: str) -> dict[str, str]:
    return {"TemplateId": template, "SubscribeStatusString": said}


def subscription_sent(template: str, msgid: int, error: int = 0, status: str = "success") -> Event:
    """What became of a subscription message."""
    item = {"TemplateId": template, "MsgID": str(msgid), "ErrorCode": str(error), "ErrorStatus": status}
    return Event(SENT, items=[item])


def template_sent(_template: str, msgid: int, status: str = "success") -> Event:
    """What became of a template message (事件推送 TEMPLATESENDJOBFINISH; its fields are unverified)."""
    return Event("TEMPLATESENDJOBFINISH", {"MsgID": msgid, "Status": status})


def media_checked(appid: str, trace_id: str, suggest: str, label: int, errcode: int = 0, errmsg: str = "ok") -> Event:
    """The v2 result of a picture. Its fields are those of pushes that developers showed (the page itself was not found):
    without a result when it failed, for instance -1008 when the picture could not be downloaded."""
    common: dict[str, object] = {"appid": appid, "trace_id": trace_id, "version": 2}
    if errcode:
        return Event(MEDIA, common | {"detail": [], "errcode": errcode, "errmsg": errmsg})
    detail = {"strategy": "content_model", "errcode": 0, "suggest": suggest, "label": label, "prob": 90}
    result = {"suggest": suggest, "label": label}
    return Event(MEDIA, common | {"detail": [detail], "errcode": 0, "errmsg": "ok", "result": result})
