"""The shape of the door to WeChat. ``service/wechat_client.py`` opens it with wechatpy; nothing else knows that library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from service.wechat_errors import WeChatFault as WeChatFault
from service.wechat_errors import meaning_of


class WeChatError(Exception):
    """A call failed; ``errcode`` is WeChat's, or None when there was no answer. Never carries tokens or secrets.

    ``meaning`` and ``next_step`` are Chinese sentences for the person who has to mend it.
    """

    def __init__(self, fault: WeChatFault, errcode: int | None, message: str, *, next_step: str = "") -> None:
        self.fault = fault
        self.errcode = errcode
        self.text = message
        known = meaning_of(errcode, fault)
        self.meaning = known.meaning
        self.next_step = next_step or known.next_step
        super().__init__(f"{fault}: {errcode} {message}")


class WeChatAway(WeChatError):
    """Not even tried: WeChat did not answer lately and the circuit is open. Costs no time; an attempt need not be counted."""

    def __init__(self) -> None:
        super().__init__(WeChatFault.RETRY, None, "circuit open")


@dataclass(frozen=True, slots=True)
class WeChatIdentity:
    openid: str
    unionid: str | None = None
    snapshot: bool = False
    """A made-up person: the page is shown as a snapshot (快照页), until its visitor asks for the whole service."""


class Suggestion(StrEnum):
    """What a content check advises (msgSecCheck v2, mediaCheckAsync v2: ``suggest``)."""

    PASS = "pass"
    REVIEW = "review"
    RISKY = "risky"


class Scene(StrEnum):
    """Where a text will stand, by msgSecCheck's numbers 1–4."""

    PROFILE = "1"
    COMMENT = "2"
    FORUM = "3"
    SOCIAL_LOG = "4"


@dataclass(frozen=True, slots=True)
class Verdict:
    """WeChat's answer about a text or picture; ``label`` is its number for the kind of risk (100: normal)."""

    suggestion: Suggestion
    label: int
    trace_id: str


class WeChat(Protocol):
    """What the domain asks of WeChat. Every method raises :class:`WeChatError`."""

    def identity(self, code: str) -> WeChatIdentity:
        """Who is behind a ``wx.login`` code. The code is single-use: after a fault the phone must fetch another."""

    def official_identity(self, code: str) -> WeChatIdentity:
        """Who is behind the code an official-account OAuth page came back with (网页授权)."""

    def phone(self, code: str) -> str:
        """The phone number behind a ``getPhoneNumber`` code (single-use), without country code."""

    def check_text(self, *, text: str, openid: str, scene: Scene) -> Verdict:
        """msgSecCheck v2 of at most 2,500 characters; ``openid`` visited the mini-program within two hours."""

    def check_media(self, *, url: str, openid: str, scene: Scene) -> str:
        """mediaCheckAsync v2 of a picture at a public address; returns the ``trace_id`` its result will come with."""

    def send_subscription(self, *, openid: str, template_id: str, page: str, data: Mapping[str, str]) -> str:
        """Send one subscription message of the mini-program; returns WeChat's message id."""

    def send_official(self, *, openid: str, template_id: str, page: str, data: Mapping[str, str]) -> str:
        """Send one template message of the official account that opens ``page`` of the mini-program; its message id."""

    def send_official_subscription(self, *, openid: str, template_id: str, page: str, data: Mapping[str, str]) -> str:
        """Send one subscription notice (订阅通知) of the official account that opens ``page``; "" where it has no id."""

    def code_image(self, *, scene: str, page: str, width: int) -> bytes:
        """The picture (JPEG or PNG) of a mini-program code (小程序码), ``width`` 280–1280 pixels.

        ``scene`` ≤ 32 visible characters, no ``%``; ``page`` without a leading slash.
        """

    def url_link(self, *, path: str, query: str) -> str:
        """An https address that opens ``path`` of the mini-program from a text message or a browser (URL Link)."""

    def url_scheme(self, *, path: str, query: str) -> str:
        """A ``weixin://`` address that does the same from another app (URL Scheme)."""
