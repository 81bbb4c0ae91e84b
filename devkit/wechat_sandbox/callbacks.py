"""Where pushes go and in which shape: the console's 消息推送 page of each account."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from devkit.wechat_sandbox.accounts import Account
from devkit.wechat_sandbox.crypto import decrypt, encrypt, signature
from devkit.wechat_sandbox.events import Event

SAFE, PLAIN = "safe", "plain"
XML, JSON = "xml", "json"
_ENCRYPTED = re.compile(r"<Encrypt>\s*<!\[CDATA\[(.*?)\]\]>\s*</Encrypt>", re.DOTALL)
_CONTENT = re.compile(r"<Content>\s*(?:<!\[CDATA\[(.*?)\]\]>|([^<]*))\s*</Content>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Callback:
    """``mode``: safe (encrypted) or plain; ``shape``: xml or json. The account's token and key sign and encrypt."""

    account: Account
    url: str
    mode: str = SAFE
    shape: str = XML

    def address(self, extra: dict[str, str], encrypted: str, at: int) -> str:
        """The URL with the signed arguments (documentation: 消息推送, 接收消息推送)."""
        stamp, nonce = str(at), str(secrets.randbelow(10**10))
        arguments = {"signature": signature(self.account.token, stamp, nonce), "timestamp": stamp, "nonce": nonce}
        arguments |= extra
        if encrypted:
            signed = signature(self.account.token, stamp, nonce, encrypted)
            arguments |= {"encrypt_type": "aes", "msg_signature": signed}
        return f"{self.url}{'&' if urlsplit(self.url).query else '?'}{urlencode(arguments)}"

    def request(self, event: Event, openid: str, at: int) -> tuple[str, bytes, str]:
        """(address, body, content type) of one push."""
        to = self.account.original_id
        plain = event.as_json(to, openid, at) if self.shape == JSON else event.as_xml(to, openid, at)
        kind = "application/json" if self.shape == JSON else "text/xml"
        if self.mode == PLAIN:
            return self.address({"openid": openid}, "", at), plain.encode(), kind
        encrypted = encrypt(plain, self.account.aes_key, self.account.appid)
        body = (
            json.dumps({"ToUserName": to, "Encrypt": encrypted})
            if self.shape == JSON
            else f"<xml><ToUserName><![CDATA[{to}]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
        )
        return self.address({"openid": openid}, encrypted, at), body.encode(), kind

    def reply(self, body: str) -> str | None:
        """The text of a passive reply (被动回复消息), decrypted; empty for `success` and for nothing at all, None for any
        other answer, which WeChat does not understand."""
        if body.strip() in ("", "success"):
            return ""
        found = _ENCRYPTED.search(body)
        if found:
            try:
                body = decrypt(found[1], self.account.aes_key, self.account.appid)
            except ValueError:
                return None
        content = _CONTENT.search(body)
        return (content[1] or content[2] or "").strip() if content else None


def parse_callback(account: Account, url: str, mode: str, shape: str) -> Callback:
    """Raises ValueError with a sentence naming what is wrong."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError("url 应是 http(s) 地址")
    if mode not in (SAFE, PLAIN) or shape not in (XML, JSON):
        raise ValueError("mode 应是 safe 或 plain,format 应是 xml 或 json")
    if not account.token or (mode == SAFE and len(account.aes_key) != 43):
        raise ValueError("这个账号没有消息推送的 Token 或 EncodingAESKey(WECHAT_…_TOKEN / _AES_KEY)")
    return Callback(account, url, mode, shape)
