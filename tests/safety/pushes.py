"""What WeChat's server sends, as the documentation shows it: signed, plain or encrypted, XML or JSON."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from devkit.wechat_sandbox.accounts import Account
from devkit.wechat_sandbox.callbacks import Callback
from service.db import db
from service.wechat_client import PushCipher
from tests.api.conftest import PlainClient
from tests.conftest import FakeClock

TOKEN = "a-token-of-this-callback"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OFFICIAL, MINIPROGRAM = "wx00000000000000of", "wx00000000000000mp"
PATH = "/wechat/callback"
ACCOUNT = Callback(Account(OFFICIAL, "", "official", TOKEN, AES_KEY), PATH)
_NONCES = itertools.count(100_000)


def signature(*parts: str) -> str:
    """SHA-1 of the sorted parts (documentation: 验证消息的确来自微信服务器)."""
    return hashlib.sha1("".join(sorted((TOKEN, *parts))).encode()).hexdigest()


def encrypted(text: str, appid: str) -> str:
    """16 random bytes, length, message, app id; padded to 32; AES-256-CBC (documentation: 消息加解密说明)."""
    key = base64.b64decode(AES_KEY + "=")
    said = text.encode()
    data = os.urandom(16) + len(said).to_bytes(4, "big") + said + appid.encode()
    fill = 32 - len(data) % 32
    cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(cipher.update(data + bytes([fill]) * fill) + cipher.finalize()).decode()


def xml(fields: Mapping[str, Any]) -> str:
    return f"<xml>{_xml(fields)}</xml>"


def _xml(fields: Mapping[str, Any]) -> str:
    parts = []
    for name, value in fields.items():
        for one in value if isinstance(value, list) else [value]:
            inner = _xml(one) if isinstance(one, dict) else one if isinstance(one, int) else f"<![CDATA[{one}]]>"
            parts.append(f"<{name}>{inner}</{name}>")
    return "".join(parts)


@dataclass
class Sent:
    """One request, to be sent again as it is or altered."""

    query: dict[str, str]
    body: bytes


@dataclass
class Pusher:
    client: PlainClient
    clock: FakeClock
    cipher: PushCipher

    def envelope(
        self, encrypt: str | None = None, *, at: int | None = None, nonce: str | None = None
    ) -> dict[str, str]:
        timestamp = str(int(self.clock.now.timestamp()) if at is None else at)
        nonce = nonce or str(next(_NONCES))
        query = {"signature": signature(timestamp, nonce), "timestamp": timestamp, "nonce": nonce}
        if encrypt is not None:
            query |= {"encrypt_type": "aes", "msg_signature": signature(timestamp, nonce, encrypt)}
        return query

    def made(
        self,
        fields: Mapping[str, Any],
        *,
        form: str = "xml",
        sealed: bool = True,
        appid: str = OFFICIAL,
        at: int | None = None,
        nonce: str | None = None,
    ) -> Sent:
        whole = {
            "ToUserName": "gh_account",
            "FromUserName": "o-somebody",
            "CreateTime": int(self.clock.now.timestamp()),
            "MsgType": "event",
        } | fields
        write = xml if form == "xml" else lambda value: json.dumps(value, ensure_ascii=False)
        text = write(whole)
        if not sealed:
            return Sent(self.envelope(at=at, nonce=nonce), text.encode())
        encrypt = encrypted(text, appid)
        body = write({"ToUserName": whole["ToUserName"], "Encrypt": encrypt})
        return Sent(self.envelope(encrypt, at=at, nonce=nonce), body.encode())

    def send(self, sent: Sent) -> Any:
        db.session.commit()
        response = self.client.post(PATH, query_string=sent.query, data=sent.body)
        db.session.rollback()
        db.session.expire_all()
        return response

    def push(self, fields: Mapping[str, Any], **how: Any) -> Any:
        return self.send(self.made(fields, **how))

    def pushes(self, fields: Mapping[str, Any], **how: Any) -> None:
        """And it is taken."""
        response = self.push(fields, **how)
        assert (response.status_code, response.get_data(as_text=True)) == (200, "success")

    def asks(self, text: str, *, sender: str = "o-somebody", sealed: bool = True) -> str:
        """Somebody writes to the official account; what they read."""
        message = {"MsgType": "text", "FromUserName": sender, "Content": text, "MsgId": str(next(_NONCES))}
        response = self.push(message, sealed=sealed)
        assert response.status_code == 200
        return self.read(response.get_data(as_text=True), sealed=sealed)

    def read(self, answer: str, *, sealed: bool) -> str:
        """The words of a passive answer, opened as WeChat would: the sandbox, written from the documentation, reads it too."""
        shown = ACCOUNT.reply(answer)
        if sealed:
            outer = {name: _between(answer, name) for name in ("Encrypt", "MsgSignature", "TimeStamp", "Nonce")}
            assert outer["MsgSignature"] == signature(outer["TimeStamp"], outer["Nonce"], outer["Encrypt"])
            answer = self.cipher.open(
                outer["Encrypt"], outer["MsgSignature"], outer["TimeStamp"], outer["Nonce"]
            ).decode()
        assert _between(answer, "MsgType") == "text" and int(_between(answer, "CreateTime"))
        words = _between(answer, "Content")
        assert words == shown, "what the sandbox's page shows"
        return words


def _between(text: str, name: str) -> str:
    inner = text.partition(f"<{name}>")[2].partition(f"</{name}>")[0]
    return inner.removeprefix("<![CDATA[").removesuffix("]]>")


def media(trace_id: str, suggest: str = "pass", label: int = 100, **more: Any) -> dict[str, Any]:
    """A picture's result, version 2 (documentation: mediaCheckAsync)."""
    return {
        "Event": "wxa_media_check",
        "appid": MINIPROGRAM,
        "trace_id": trace_id,
        "version": 2,
        "detail": [{"strategy": "content_model", "errcode": 0, "suggest": suggest, "label": label, "prob": 90}],
        "errcode": 0,
        "errmsg": "ok",
        "result": {"suggest": suggest, "label": label},
    } | more
