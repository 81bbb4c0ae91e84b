"""Bytes from outside → a push, or ValueError for anything else. XML without entities, JSON, one level of trust: none."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.parsers.expat import ExpatError

import xmltodict

from service.wechat import Suggestion

EVENT_NAME = re.compile(r"[A-Za-z_]{1,60}")
MOST_SECONDS = 10**11
Body = Mapping[str, Any]


def body_of(raw: bytes) -> Body:
    """The fields of an XML (inside ``<xml>``) or JSON body.

    :raises ValueError: for everything that is neither, or nests too deep, or declares entities.
    """
    try:
        text = raw.decode()
        found = json.loads(text) if text.lstrip()[:1] == "{" else _from_xml(text)
        json.dumps(found, ensure_ascii=False).encode()  # what cannot be stored is no text
    except (ExpatError, RecursionError) as error:
        raise ValueError(type(error).__name__) from None
    if not isinstance(found, dict):
        raise ValueError("no fields")
    return found


def _from_xml(text: str) -> Any:
    """:raises ExpatError: or ValueError where it declares entities (xmltodict refuses them)."""
    document = xmltodict.parse(text)
    return document.get("xml") if document else None


@dataclass(frozen=True, slots=True)
class Push:
    """One push of WeChat. ``event`` is empty for what a person sent; ``repeats_as``: what WeChat's repeats are told by."""

    kind: str
    event: str
    sender: str
    receiver: str
    sent_at: int
    body: Body
    repeats_as: str


def push_of(body: Body) -> Push:
    """:raises ValueError: where a field every push has is missing or odd."""
    kind, sender, receiver = (_word(body, name) for name in ("MsgType", "FromUserName", "ToUserName"))
    sent_at = number(body.get("CreateTime"))
    event = _word(body, "Event") if kind == "event" else ""
    if sent_at is None or not 0 < sent_at < MOST_SECONDS or (event and not EVENT_NAME.fullmatch(event)):
        raise ValueError("no push")
    return Push(kind, event, sender, receiver, sent_at, body, _repeats_as(body, event, sender, sent_at))


def _word(body: Body, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 200 or "\0" in value:
        raise ValueError(f"no {name}")
    return value


def number(value: Any) -> int | None:
    """Digits of XML, or a number of JSON."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value) else None


def media_key(trace_id: str) -> str:
    return f"media:{trace_id}"


def _repeats_as(body: Body, event: str, sender: str, sent_at: int) -> str:
    """MsgId, a picture's trace_id, or who and when (and what): documentation, 接收消息, 排重.

    Two messages delivered in the same second differ by the message they speak of.
    """
    trace = body.get("trace_id")
    if event == "wxa_media_check" and isinstance(trace, str) and trace:
        return media_key(trace)
    message = number(body.get("MsgId"))
    if message:
        return f"message:{message}"
    spoken_of = [str(one.get("MsgID") or "") for one in (body, *entries(body))]
    return "\0".join(("event", sender, str(sent_at), event, *filter(None, spoken_of)))


def entries(body: Body) -> Sequence[Body]:
    """The ``List`` of a subscription event: one or many, in XML below another element, in JSON at the top."""
    wrapped = [value for name, value in body.items() if name.startswith("SubscribeMsg") and isinstance(value, dict)]
    found = (wrapped[0] if wrapped else body).get("List")
    listed = found if isinstance(found, list) else [found]
    return [one for one in listed if isinstance(one, dict)]


@dataclass(frozen=True, slots=True)
class MediaResult:
    """What WeChat found in a picture; ``suggestion`` None: it could not look."""

    trace_id: str
    suggestion: Suggestion | None
    label: int | None


def media_result(body: Body) -> MediaResult:
    """A ``wxa_media_check`` of version 2 (``result.suggest``), or of version 1 (``isrisky``, ``status_code``).

    :raises ValueError: without a trace_id.
    """
    trace_id = _word(body, "trace_id")
    result = body.get("result")
    if isinstance(result, dict):
        known = {one.value: one for one in Suggestion}.get(str(result.get("suggest")))
        looked = not number(body.get("errcode") or 0)
        return MediaResult(trace_id, known if looked else None, number(result.get("label")))
    verdict = number(body.get("isrisky"))
    looked = verdict is not None and not number(body.get("status_code") or 0)
    return MediaResult(trace_id, (Suggestion.RISKY if verdict else Suggestion.PASS) if looked else None, None)
