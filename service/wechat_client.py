"""The only importer of wechatpy: speaks HTTP to WeChat, or to whatever stands in for it at WECHAT_API_BASE_URL."""

from __future__ import annotations

import base64
import hmac
import secrets
import struct
from collections.abc import Callable, Collection, Mapping
from typing import Any

from wechatpy import WeChatClient as LibraryClient
from wechatpy.client.api import WeChatWxa
from wechatpy.crypto import PrpCrypto
from wechatpy.exceptions import InvalidAppIdException, WeChatClientException
from wechatpy.utils import WeChatSigner

from config.settings import Settings
from service.crypto import KeyRing
from service.wechat import Scene, Suggestion, Verdict, WeChat, WeChatError, WeChatFault, WeChatIdentity
from service.wechat_errors import STALE_TOKEN
from service.wechat_outcomes import outcome_of, read, refused
from service.wechat_tokens import SharedToken, impatient
from service.wechat_transport import Transport

TIMEOUT = (3.05, 6.0)
LINK_DAYS = 30
"""The longest life of a URL Link or Scheme (generateUrlLink: 最长间隔天数为30天)."""
VERSION_OF_STATE = {"formal": "release", "trial": "trial", "developer": "develop"}
CODE_SPENT = "凭证只能用一次，可能已经用掉：请用户重新打开小程序（网页则重新授权）再试一次。"
PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


class _MiniProgram(WeChatWxa):
    """What wechatpy's own calls of the mini-program lack."""

    def send_message(self, message: Mapping[str, object]) -> Any:
        return self._post("cgi-bin/message/subscribe/send", data=message)

    def check_text(self, text: str, openid: str, scene: Scene) -> Any:
        order = {"content": text, "version": 2, "scene": int(scene), "openid": openid}
        return self._post("wxa/msg_sec_check", data=order)

    def check_media(self, url: str, openid: str, scene: Scene) -> Any:
        order = {"media_url": url, "media_type": 2, "version": 2, "scene": int(scene), "openid": openid}
        return self._post("wxa/media_check_async", data=order)

    def phone_number(self, code: str) -> Any:
        return self._post("wxa/business/getuserphonenumber", data={"code": code})

    def code_image(self, scene: str, page: str, width: int, version: str) -> Any:
        """``check_path`` refuses a page that is not published; before the first release none is."""
        order = {"scene": scene, "page": page, "width": width, "env_version": version}
        return self._post("wxa/getwxacodeunlimit", data=order | {"check_path": version == "release"})

    def url_link(self, path: str, query: str, version: str) -> Any:
        order = {"path": path, "query": query, "env_version": version, "expire_type": 1, "expire_interval": LINK_DAYS}
        return self._post("wxa/generate_urllink", data=order)

    def url_scheme(self, path: str, query: str, version: str) -> Any:
        target = {"path": path, "query": query, "env_version": version}
        order = {"jump_wxa": target, "is_expire": True, "expire_type": 1, "expire_interval": LINK_DAYS}
        return self._post("wxa/generatescheme", data=order)


class _Client(LibraryClient):
    """wechatpy with our transport and token, and one bounded retry instead of its endless one (backend facts §5)."""

    wxa = _MiniProgram()

    def __init__(self, appid: str, secret: str, transport: Transport, tokens: SharedToken) -> None:
        super().__init__(appid, secret, auto_retry=False)
        self._http, self.tokens = transport, tokens

    @property
    def access_token(self) -> str:
        return self.tokens.get()

    def _request(self, method: str, url_or_endpoint: str, **order: Any) -> Any:
        """Every call of every wechatpy class comes through here. What carries the secret needs no token."""
        params = order.pop("params", {})
        if "secret" in params:
            return self._once(method, url_or_endpoint, params | {"access_token": ""}, order)
        token = self.tokens.get()
        try:
            return self._once(method, url_or_endpoint, params | {"access_token": token}, order)
        except WeChatError as error:
            if error.errcode not in STALE_TOKEN:
                raise
        token = self.tokens.renew(token)
        return self._once(method, url_or_endpoint, params | {"access_token": token}, order)

    def _once(self, method: str, url_or_endpoint: str, params: dict[str, str], order: dict[str, Any]) -> Any:
        """:raises WeChatError: for a refusal; wechatpy's own exception holds the request."""
        try:
            return super()._request(method, url_or_endpoint, params=params, **order)
        except WeChatClientException as error:
            refusal = refused(error.errcode, error.errmsg)
        raise refusal

    def oauth_identity(self, code: str) -> Any:
        """网页授权, second step. wechatpy's own class for it has neither pool nor timeout."""
        order = {"appid": self.appid, "secret": self.secret, "code": code, "grant_type": "authorization_code"}
        return self.get("https://api.weixin.qq.com/sns/oauth2/access_token", params=order)


class WeChatOverHttp:
    """:class:`service.wechat.WeChat` over wechatpy; what a failure means is said by :mod:`service.wechat_outcomes`."""

    def __init__(self, settings: Settings) -> None:
        self._transport = Transport(settings.wechat_api_base_url, timeout=TIMEOUT)
        self._redis = impatient(settings.redis_url)
        self._ring = KeyRing(settings.field_keys, settings.secret_key)
        self._host = settings.wechat_api_base_url.partition("://")[2]
        self._client = self._account(settings.wechat_miniprogram_appid, settings.wechat_miniprogram_secret)
        self._official = self._account(settings.wechat_official_appid, settings.wechat_official_secret)
        self._state = settings.miniprogram_state
        self._version = VERSION_OF_STATE[self._state]

    def _account(self, appid: str, secret: str) -> _Client:
        def fetch(force: bool) -> tuple[str, float]:
            order = {"grant_type": "client_credential", "appid": appid, "secret": secret, "force_refresh": force}

            def ask() -> tuple[str, float]:
                answer = read(self._transport.post_json("/cgi-bin/stable_token", order))
                return str(answer["access_token"]), float(answer["expires_in"])

            return outcome_of(ask)

        tokens = SharedToken(f"{self._host}:{appid}", fetch, self._redis, self._ring)
        return _Client(appid, secret, self._transport, tokens)

    def state(self) -> dict[str, object]:
        """For people and figures: whether WeChat is being called at all, and where the tokens come from."""
        return {
            "circuit": self._transport.breaker.state().value,
            "miniprogram_token": self._client.tokens.state(),
            "official_token": self._official.tokens.state(),
        }

    def identity(self, code: str) -> WeChatIdentity:
        return outcome_of(lambda: _identity(self._client.wxa.code_to_session(code)), next_step=CODE_SPENT)

    def official_identity(self, code: str) -> WeChatIdentity:
        return outcome_of(lambda: _identity(self._official.oauth_identity(code)), next_step=CODE_SPENT)

    def phone(self, code: str) -> str:
        def ask() -> str:
            return str(self._client.wxa.phone_number(code)["phone_info"]["purePhoneNumber"])

        return outcome_of(ask, next_step=CODE_SPENT)

    def check_text(self, *, text: str, openid: str, scene: Scene) -> Verdict:
        def ask() -> Verdict:
            answer = self._client.wxa.check_text(text, openid, scene)
            result = answer["result"]
            return Verdict(Suggestion(result["suggest"]), int(result["label"]), str(answer.get("trace_id", "")))

        return outcome_of(ask)

    def check_media(self, *, url: str, openid: str, scene: Scene) -> str:
        return outcome_of(lambda: str(self._client.wxa.check_media(url, openid, scene)["trace_id"]))

    def send_subscription(self, *, openid: str, template_id: str, page: str, data: Mapping[str, str]) -> str:
        message = {
            "touser": openid,
            "template_id": template_id,
            "page": page,
            "miniprogram_state": self._state,
            "lang": "zh_CN",
            "data": _values(data),
        }
        return self._send(lambda: self._client.wxa.send_message(message))

    def send_official(self, *, openid: str, template_id: str, page: str, data: Mapping[str, str]) -> str:
        target = {"appid": self._client.appid, "pagepath": page}
        message = self._official.message
        return self._send(lambda: message.send_template(openid, template_id, _values(data), mini_program=target))

    def send_official_subscription(self, *, openid: str, template_id: str, page: str, data: Mapping[str, str]) -> str:
        target = {"appid": self._client.appid, "pagepath": page}
        message = self._official.message
        return self._send(
            lambda: message.send_subscribe_message(openid, template_id, _values(data), miniprogram=target)
        )

    def code_image(self, *, scene: str, page: str, width: int) -> bytes:
        """Errors come as JSON with status 200, which the library reads; anything else must be a picture."""

        def ask() -> bytes:
            picture: bytes = self._client.wxa.code_image(scene, page, width, self._version).content
            if not picture.startswith(PICTURES):
                raise ValueError("no picture")
            return picture

        return outcome_of(ask)

    def url_link(self, *, path: str, query: str) -> str:
        return outcome_of(lambda: str(self._client.wxa.url_link(path, query, self._version)["url_link"]))

    def url_scheme(self, *, path: str, query: str) -> str:
        return outcome_of(lambda: str(self._client.wxa.url_scheme(path, query, self._version)["openlink"]))

    def _send(self, post: Callable[[], Any]) -> str:
        def ask() -> str:
            answer = post()
            if answer["errcode"] != 0:
                raise ValueError("no result")
            return str(answer.get("msgid", ""))

        return outcome_of(ask, lost=WeChatFault.UNKNOWN)


def _identity(answer: Any) -> WeChatIdentity:
    """``is_snapshotuser``: documentation of 换取用户授权凭证 (snsAccessToken)."""
    return WeChatIdentity(answer["openid"], answer.get("unionid"), snapshot=answer.get("is_snapshotuser") == 1)


def _values(data: Mapping[str, str]) -> dict[str, dict[str, str]]:
    return {key: {"value": value} for key, value in data.items()}


def build_wechat(settings: Settings) -> WeChat:
    return WeChatOverHttp(settings)


class PushCipher:
    """Checks, opens and seals what WeChat pushes to the callback address (消息推送, safe mode and plain mode).

    wechatpy does the cipher; the comparing is done here, because wechatpy's own takes longer the more of a signature
    is right, and so is the sorting of what garbage raises (backend facts §5). Time and repeats are for the caller.
    """

    def __init__(self, token: str, aes_key: str, appids: Collection[str]) -> None:
        """Without ``aes_key`` only plain mode is understood.

        :raises ValueError: when it is not the 43 characters of the console (EncodingAESKey).
        """
        key = base64.b64decode(aes_key + "=", validate=True) if aes_key else b""
        if len(key) not in (0, 32) or not token or not appids:
            raise ValueError("the callback needs a token, a key of 43 characters and an app id")
        self._token = token
        self._appids = tuple(appids)
        self._crypto, self._opens = _Crypto(key), bool(key)

    def plain(self, signature: str, timestamp: str, nonce: str) -> bool:
        """Whether ``signature`` (plain mode, and the first call of the console) was made with our token."""
        try:
            return self._is_signed(signature, timestamp, nonce)
        except ValueError:  # characters that are none
            return False

    def open(self, body_encrypt: str, signature: str, timestamp: str, nonce: str) -> bytes:
        """What stands in ``Encrypt``, checked by ``msg_signature``.

        :raises ValueError: for anything wrong, without saying what.
        """
        try:
            if not self._opens or not self._is_signed(signature, timestamp, nonce, body_encrypt):
                raise ValueError
            return self._decrypted(body_encrypt)
        except (ValueError, TypeError, IndexError, struct.error):
            pass
        raise ValueError("not a push of WeChat")

    def seal(self, reply: bytes | str, timestamp: str, nonce: str, *, appid: str | None = None) -> dict[str, str]:
        """The fields of an encrypted answer, for ``appid`` or else the first one."""
        sealed = self._crypto.encrypt(reply, appid or self._appids[0]).decode()
        signature = self._signature(timestamp, nonce, sealed)
        return {"Encrypt": sealed, "MsgSignature": signature, "TimeStamp": timestamp, "Nonce": nonce}

    def _decrypted(self, body_encrypt: str) -> bytes:
        for appid in self._appids:
            try:
                text: str = self._crypto.decrypt(body_encrypt, appid)
            except InvalidAppIdException:
                continue
            return text.encode()
        raise ValueError

    def _is_signed(self, signature: str, *parts: str) -> bool:
        return hmac.compare_digest(self._signature(*parts).encode(), signature.encode())

    def _signature(self, *parts: str) -> str:
        signer = WeChatSigner()
        signer.add_data(self._token, *parts)
        made: str = signer.signature
        return made


class _Crypto(PrpCrypto):
    def get_random_string(self) -> str:
        """wechatpy's own comes from a guessable source."""
        return secrets.token_hex(8)
