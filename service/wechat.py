"""The shape of the door to WeChat. ``service/wechat_client.py`` opens it with wechatpy; nothing else knows that library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class WeChatFault(StrEnum):
    """What a failed call means for the caller (backend facts §4.5)."""

    PERMANENT = "permanent"  # repeating cannot help: consent used up, invalid openid, bad data
    RETRY = "retry"  # try again later: busy, timeouts before acceptance, 5xx
    STOP_BATCH = "stop_batch"  # quota: nothing more goes out until it resets
    UNKNOWN = "unknown"  # the request may have been accepted: repeating could deliver twice


class WeChatError(Exception):
    """A call failed; ``errcode`` is WeChat's, or None when there was no answer. Never carries tokens or secrets."""

    def __init__(self, fault: WeChatFault, errcode: int | None, message: str) -> None:
        self.fault = fault
        self.errcode = errcode
        super().__init__(f"{fault}: {errcode} {message}")


@dataclass(frozen=True, slots=True)
class WeChatIdentity:
    openid: str
    unionid: str | None = None


class WeChat(Protocol):
    """What the domain asks of WeChat. Every method raises :class:`WeChatError`."""

    def identity(self, code: str) -> WeChatIdentity:
        """Who is behind a ``wx.login`` code."""

    def phone(self, code: str) -> str:
        """The phone number behind a ``getPhoneNumber`` code, without country code."""

    def send_subscription(self, *, openid: str, template_id: str, page: str, data: Mapping[str, str]) -> str:
        """Send one subscription message; returns WeChat's message id."""
