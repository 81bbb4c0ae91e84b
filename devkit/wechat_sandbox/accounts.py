"""The two WeChat accounts the sandbox plays: the mini-program and the official account (公众号) of the same district."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MINIPROGRAM, OFFICIAL = "miniprogram", "official"


@dataclass(frozen=True, slots=True)
class Account:
    """``token`` and ``aes_key`` sign and encrypt what is pushed to the account's callback; empty: nothing can be pushed."""

    appid: str
    secret: str
    kind: str
    token: str = ""
    aes_key: str = ""

    @property
    def original_id(self) -> str:
        """The account's 原始 ID (``gh_…``), which stands in ToUserName of every push; made up."""
        return "gh_" + hashlib.sha256(self.appid.encode()).hexdigest()[:12]


def accounts_from(known: Mapping[str, str] | Iterable[Account]) -> tuple[Account, ...]:
    """Accounts as given, or from app id → secret: the first is the mini-program, a second the official account."""
    if not isinstance(known, Mapping):
        return tuple(known)
    kinds = (MINIPROGRAM, OFFICIAL)
    return tuple(Account(appid, secret, kind) for (appid, secret), kind in zip(known.items(), kinds, strict=False))


def accounts_of(settings: Mapping[str, str]) -> tuple[Account, ...]:
    """The accounts in the WECHAT_* settings. The mini-program's push keys default to the official account's."""
    token, key = settings.get("WECHAT_OFFICIAL_TOKEN", ""), settings.get("WECHAT_OFFICIAL_AES_KEY", "")
    mini = Account(
        settings["WECHAT_MINIPROGRAM_APPID"],
        settings["WECHAT_MINIPROGRAM_SECRET"],
        MINIPROGRAM,
        settings.get("WECHAT_MINIPROGRAM_TOKEN") or token,
        settings.get("WECHAT_MINIPROGRAM_AES_KEY") or key,
    )
    official = Account(settings["WECHAT_OFFICIAL_APPID"], settings["WECHAT_OFFICIAL_SECRET"], OFFICIAL, token, key)
    return (mini, official)
