"""The only importer of wechatpy: speaks HTTP to WeChat, or to whatever stands in for it at WECHAT_API_BASE_URL."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from wechatpy import WeChatClient as LibraryClient
from wechatpy.crypto.base import WeChatCipher
from wechatpy.exceptions import WeChatClientException

from config.settings import Settings
from service.wechat import Scene, Suggestion, Verdict, WeChat, WeChatError, WeChatFault, WeChatIdentity

TIMEOUT = (3.05, 6.0)
POOL = 32
STALE_TOKEN = frozenset({40001, 40014, 42001})
STOP_BATCH = frozenset({45009, 45011})
RETRY = frozenset({-1})
Answer = TypeVar("Answer")


class _HostAdapter(HTTPAdapter):
    """Sends every call to the configured host, also those whose address wechatpy hard-codes, and always with a timeout."""

    def __init__(self, base_url: str) -> None:
        super().__init__(pool_connections=4, pool_maxsize=POOL)
        self._base = urlsplit(base_url)

    def send(self, request: Any, *arguments: Any, **kwargs: Any) -> Any:
        parts = urlsplit(request.url)
        request.url = urlunsplit((self._base.scheme, self._base.netloc, parts.path, parts.query, ""))
        if kwargs.get("timeout") is None:
            kwargs["timeout"] = TIMEOUT
        return super().send(request, *arguments, **kwargs)


class _Client(LibraryClient):
    """wechatpy with a stable token fetched once per process, and without its unbounded retry on a bad token."""

    API_BASE_URL = "https://api.weixin.qq.com"  # wechatpy's own ends in /cgi-bin/, which fits only half of the calls

    def __init__(self, appid: str, secret: str, base_url: str) -> None:
        super().__init__(appid, secret, auto_retry=False)
        self._http.mount("https://", _HostAdapter(base_url))
        self._token_lock = threading.Lock()
        self._token: tuple[str, float] = ("", 0.0)

    @property
    def access_token(self) -> str:
        with self._token_lock:
            token, expires = self._token
            return token if token and expires > time.monotonic() else self._fetch_stable()

    def forget_token(self, used: str) -> None:
        with self._token_lock:
            if self._token[0] == used:
                self._token = ("", 0.0)

    def _fetch_stable(self) -> str:
        body = {"grant_type": "client_credential", "appid": self.appid, "secret": self.secret}
        answer = self._http.post("https://api.weixin.qq.com/cgi-bin/stable_token", json=body).json()
        if "access_token" not in answer:
            raise WeChatClientException(answer.get("errcode"), answer.get("errmsg"), client=self)
        self._token = (answer["access_token"], time.monotonic() + answer["expires_in"] - 300)
        return self._token[0]


class WeChatOverHttp:
    """:class:`service.wechat.WeChat` over wechatpy."""

    def __init__(self, settings: Settings) -> None:
        self._client = _Client(
            settings.wechat_miniprogram_appid,
            settings.wechat_miniprogram_secret,
            settings.wechat_api_base_url,
        )
        self._official = _Client(
            settings.wechat_official_appid, settings.wechat_official_secret, settings.wechat_api_base_url
        )

    def identity(self, code: str) -> WeChatIdentity:
        """code2session; the empty ``access_token`` stops wechatpy from fetching one it does not need."""
        params = {
            "appid": self._client.appid,
            "secret": self._client.secret,
            "js_code": code,
            "grant_type": "authorization_code",
            "access_token": "",
        }

        def ask() -> WeChatIdentity:
            answer = self._client.get("/sns/jscode2session", params=params)
            return WeChatIdentity(openid=answer["openid"], unionid=answer.get("unionid"))

        return self._call(ask)

    def official_identity(self, code: str) -> WeChatIdentity:
        params = {
            "appid": self._official.appid,
            "secret": self._official.secret,
            "code": code,
            "grant_type": "authorization_code",
            "access_token": "",
        }

        def ask() -> WeChatIdentity:
            answer = self._official.get("/sns/oauth2/access_token", params=params)
            return WeChatIdentity(openid=answer["openid"], unionid=answer.get("unionid"))

        return self._call(ask)

    def check_text(self, *, text: str, openid: str, scene: Scene) -> Verdict:
        order = {"content": text, "version": 2, "scene": int(scene), "openid": openid}

        def ask() -> Verdict:
            answer = self._client.post("/wxa/msg_sec_check", data=order)
            result = answer["result"]
            return Verdict(Suggestion(result["suggest"]), int(result["label"]), str(answer.get("trace_id", "")))

        return self._with_token(ask)

    def check_media(self, *, url: str, openid: str, scene: Scene) -> str:
        order = {"media_url": url, "media_type": 2, "version": 2, "scene": int(scene), "openid": openid}

        def ask() -> str:
            return str(self._client.post("/wxa/media_check_async", data=order)["trace_id"])

        return self._with_token(ask)

    def send_official(self, *, openid: str, template_id: str, page: str, data: Mapping[str, str]) -> str:
        message = {
            "touser": openid,
            "template_id": template_id,
            "miniprogram": {"appid": self._client.appid, "pagepath": page},
            "data": {key: {"value": value} for key, value in data.items()},
        }

        def ask() -> str:
            return str(self._official.post("/cgi-bin/message/template/send", data=message).get("msgid", ""))

        return self._with_token(ask, self._official)

    def code_image(self, *, scene: str, page: str, width: int) -> bytes:
        order = {"scene": scene, "page": page, "width": width, "check_path": False}

        def ask() -> bytes:
            answer: requests.Response = self._client.post("/wxa/getwxacodeunlimit", data=order)
            return answer.content

        return self._with_token(ask)

    def url_link(self, *, path: str, query: str) -> str:
        def ask() -> str:
            return str(self._client.post("/wxa/generate_urllink", data={"path": path, "query": query})["url_link"])

        return self._with_token(ask)

    def phone(self, code: str) -> str:
        def ask() -> str:
            answer = self._client.post("/wxa/business/getuserphonenumber", data={"code": code})
            return str(answer["phone_info"]["purePhoneNumber"])

        return self._with_token(ask)

    def send_subscription(self, *, openid: str, template_id: str, page: str, data: Mapping[str, str]) -> str:
        message = {
            "touser": openid,
            "template_id": template_id,
            "page": page,
            "lang": "zh_CN",
            "data": {key: {"value": value} for key, value in data.items()},
        }

        def ask() -> str:
            answer = self._client.post("/cgi-bin/message/subscribe/send", data=message)
            return str(answer.get("msgid", ""))

        return self._with_token(ask)

    def _with_token(self, call: Callable[[], Answer], by: _Client | None = None) -> Answer:
        """One bounded retry on a stale token (wechatpy's own retry recurses without end, backend facts §5)."""
        client = by or self._client
        used = self._call(lambda: client.access_token)
        try:
            return self._call(call)
        except WeChatError as error:
            if error.errcode not in STALE_TOKEN:
                raise
        client.forget_token(used)
        return self._call(call)

    @staticmethod
    def _call(call: Callable[[], Answer]) -> Answer:
        """Run one call and say what its failure means. Messages carry no address: tokens and secrets stand in it."""
        try:
            return call()
        except WeChatClientException as error:
            raise WeChatError(_fault(error.errcode), error.errcode, str(error.errmsg or "")[:120]) from None
        except requests.ConnectTimeout:
            raise WeChatError(WeChatFault.RETRY, None, "connect timeout") from None
        except requests.Timeout:
            raise WeChatError(WeChatFault.UNKNOWN, None, "no answer in time") from None
        except requests.ConnectionError:
            raise WeChatError(WeChatFault.RETRY, None, "connection failed") from None
        except (requests.RequestException, ValueError, KeyError, TypeError, AttributeError) as error:
            raise WeChatError(WeChatFault.RETRY, None, f"unreadable answer ({type(error).__name__})") from None


def _fault(errcode: int | None) -> WeChatFault:
    if errcode in STOP_BATCH:
        return WeChatFault.STOP_BATCH
    if errcode is None or errcode in RETRY or errcode in STALE_TOKEN:
        return WeChatFault.RETRY
    return WeChatFault.PERMANENT


def build_wechat(settings: Settings) -> WeChat:
    return WeChatOverHttp(settings)


class PushCipher:
    """Signatures and encryption of what WeChat pushes (消息加解密); wechatpy's own compares signatures in varying time."""

    def __init__(self, token: str, aes_key: str, appids: Collection[str]) -> None:
        """``aes_key`` may be empty: then only plain mode is understood. The first of ``appids`` signs answers."""
        self._token = token
        self._key = base64.b64decode(f"{aes_key}=") if aes_key else b""
        self._appids = [appid.encode() for appid in appids]

    def plain(self, signature: str, timestamp: str, nonce: str) -> bool:
        return self._fits(signature, timestamp, nonce)

    def open(self, encrypt: str, signature: str, timestamp: str, nonce: str) -> bytes:
        """:raises ValueError: for a wrong signature, another account, or anything that is not such a message."""
        if not self._key or not self._fits(signature, timestamp, nonce, encrypt):
            raise ValueError("wrong signature")
        sealed = base64.b64decode(encrypt, validate=True)
        if not sealed or len(sealed) % 16:
            raise ValueError("wrong length")
        text = WeChatCipher(self._key).decrypt(sealed)
        content = text[16 : -text[-1]] if 1 <= text[-1] <= 32 else b""
        length = int.from_bytes(content[:4], "big")
        if content[4 + length :] not in self._appids or length > len(content) - 4:
            raise ValueError("another account")
        return content[4 : 4 + length]

    def seal(self, reply: str, timestamp: str, nonce: str) -> Mapping[str, str]:
        """The fields of an encrypted answer."""
        said = reply.encode()
        text = secrets.token_bytes(16) + len(said).to_bytes(4, "big") + said + next(iter(self._appids))
        padding = 32 - len(text) % 32
        sealed = WeChatCipher(self._key).encrypt(text + bytes([padding]) * padding)
        encrypt = base64.b64encode(sealed).decode()
        signature = self._signature(timestamp, nonce, encrypt)
        return {"Encrypt": encrypt, "MsgSignature": signature, "TimeStamp": timestamp, "Nonce": nonce}

    def _fits(self, signature: str, *parts: str) -> bool:
        return hmac.compare_digest(self._signature(*parts).encode(), signature.encode())

    def _signature(self, *parts: str) -> str:
        """WeChat prescribes SHA-1 of the sorted parts."""
        return hashlib.sha1("".join(sorted((self._token, *parts))).encode()).hexdigest()  # noqa: S324
