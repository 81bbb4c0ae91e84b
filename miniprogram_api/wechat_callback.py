"""Where WeChat pushes: signed, within five minutes, taken once. Whatever else arrives gets 400 and leaves nothing behind.

Both accounts use the same address; each may have its own token and key. Rulebook §7.5; documentation: 消息推送, 消息加解密.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from config.settings import Settings
from miniprogram_api import limits
from service import jobs
from service.bootstrap import core
from service.db import db
from service.errors import NotFound
from service.incoming.actions import Taken, take
from service.incoming.reading import Push, body_of, push_of
from service.issues import inquiry
from service.wechat_client import PushCipher

MOST_SECONDS_APART = 300
MOST_ARGUMENT = 200
BARE = frozenset({"CreateTime", "TimeStamp"})
ECHO = re.compile(r"[0-9A-Za-z+/=_-]{1,128}")

blueprint = Blueprint("wechat_callback", __name__)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands in the address of a push."""

    signature: str
    msg_signature: str
    timestamp: str
    nonce: str


@blueprint.get("/wechat/callback")
def prove_address() -> Response:
    """WeChat asks once, when the address is entered, and wants its own word back (``echostr``)."""
    ciphers = _ciphers()
    try:
        envelope, echo = _envelope(), request.args.get("echostr", "")
    except ValueError:
        return _refusal()
    known = any(cipher.plain(envelope.signature, envelope.timestamp, envelope.nonce) for cipher in ciphers)
    return _said(echo) if known and ECHO.fullmatch(echo) else _refusal()


@blueprint.post("/wechat/callback")
def take_push() -> Response:
    """The event is committed before the answer; ``success`` for WeChat's repeats too, which act no second time."""
    ciphers = _ciphers()
    try:
        envelope, raw = _envelope(), _read()
        cipher, content, sealed = _opened(raw, envelope, ciphers)
        push = push_of(body_of(content))
    except ValueError:
        return _refusal()
    session, now = db.session(), core().clock()
    taken = take(session, push, envelope=f"{envelope.timestamp}|{envelope.nonce}", sealed=sealed, now=now)
    if taken is not Taken.NEW:
        session.rollback()
        return _said("success") if taken is Taken.REPEATED else _refusal()
    words = _words(push) if push.kind == "text" and content.lstrip()[:1] == b"<" else None
    session.commit()
    if push.event:
        core().wake(jobs.DRAIN_OUTBOX)
    return _said("success") if words is None else _reply(push, words, envelope, cipher if sealed else None)


def _ciphers() -> list[PushCipher]:
    """The official account's and, where it has a token of its own, the mini-program's.

    :raises NotFound: where no token is set up.
    """
    settings = core().settings
    found = _of_official(settings)
    if settings.wechat_miniprogram_token and settings.wechat_miniprogram_appid:
        appids = [settings.wechat_miniprogram_appid]
        found.append(PushCipher(settings.wechat_miniprogram_token, settings.wechat_miniprogram_aes_key, appids))
    if not found:
        raise NotFound
    return found


def _of_official(settings: Settings) -> list[PushCipher]:
    appids = [settings.wechat_official_appid]
    appids += [] if settings.wechat_miniprogram_token else [settings.wechat_miniprogram_appid]
    appids = [one for one in appids if one]
    if not settings.wechat_official_token or not appids:
        return []
    return [PushCipher(settings.wechat_official_token, settings.wechat_official_aes_key, appids)]


def _envelope() -> Envelope:
    """:raises ValueError: for what is missing, too long, or more than five minutes from now."""
    names = ("signature", "msg_signature", "timestamp", "nonce")
    found = Envelope(*(request.args.get(name, "") for name in names))
    sane = all(len(getattr(found, name)) <= MOST_ARGUMENT for name in names)
    digits = found.timestamp.isascii() and found.timestamp.isdigit() and len(found.timestamp) <= 12
    if not sane or not digits or not found.nonce:
        raise ValueError("no envelope")
    if abs(core().clock().timestamp() - int(found.timestamp)) > MOST_SECONDS_APART:
        raise ValueError("another time")
    return found


def _read() -> bytes:
    """:raises ValueError: for more than 64 KB, and for a body that breaks off."""
    try:
        limits.refuse_large_bodies(takes_files=False)
        return limits.read_body()
    except HTTPException as error:
        raise ValueError(type(error).__name__) from None


def _opened(raw: bytes, envelope: Envelope, ciphers: list[PushCipher]) -> tuple[PushCipher, bytes, bool]:
    """Who it is for, what it says, and whether it was encrypted.

    :raises ValueError: when no account's token and key fit.
    """
    encrypt = body_of(raw).get("Encrypt")
    if encrypt is None:
        for cipher in ciphers:
            if cipher.plain(envelope.signature, envelope.timestamp, envelope.nonce):
                return cipher, raw, False
        raise ValueError("wrong signature")
    if not isinstance(encrypt, str):
        raise ValueError("nothing encrypted")
    for cipher in ciphers:
        if envelope.signature and not cipher.plain(envelope.signature, envelope.timestamp, envelope.nonce):
            continue
        try:
            return cipher, cipher.open(encrypt, envelope.msg_signature, envelope.timestamp, envelope.nonce), True
        except ValueError:
            continue
    raise ValueError("wrong signature")


def _words(push: Push) -> str:
    """What to answer to a text: how an issue stands, or how to ask. Wrong numbers are counted by openid."""
    asked = inquiry.read(str(push.body.get("Content") or ""))
    if asked is None:
        return inquiry.HELP
    if not limits.may_inquire(push.sender):
        return inquiry.TOO_OFTEN
    words = inquiry.answer(db.session(), asked)
    if words is None:
        limits.count_wrong_inquiry(push.sender)
    return words or inquiry.UNKNOWN


def _reply(push: Push, words: str, envelope: Envelope, cipher: PushCipher | None) -> Response:
    """A passive answer (被动回复), encrypted where the message was."""
    seconds = str(int(core().clock().timestamp()))
    fields = {
        "ToUserName": push.sender,
        "FromUserName": push.receiver,
        "CreateTime": seconds,
        "MsgType": "text",
        "Content": words,
    }
    text = _xml(fields)
    if cipher is not None:
        text = _xml(cipher.seal(text, seconds, envelope.nonce))
    return Response(text, mimetype="application/xml")


def _xml(fields: Mapping[str, str]) -> str:
    """As the documentation writes it, words in CDATA and times bare: nobody says that WeChat reads another form."""
    parts = []
    for name, value in fields.items():
        plain = value.replace("]]>", "")
        parts.append(f"<{name}>{plain if name in BARE else f'<![CDATA[{plain}]]>'}</{name}>")
    return f"<xml>{''.join(parts)}</xml>"


def _said(text: str) -> Response:
    return Response(text, mimetype="text/plain")


def _refusal() -> Response:
    """Says nothing about why, and nothing of what came."""
    return Response("", 400, mimetype="text/plain")
