"""Endpoints of content safety: texts are judged at once, pictures later by a push."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests

from devkit.wechat_sandbox.accounts import MINIPROGRAM, Account
from devkit.wechat_sandbox.errors import WeChatError
from devkit.wechat_sandbox.events import media_checked
from devkit.wechat_sandbox.http import Call, text_of
from devkit.wechat_sandbox.pusher import Pusher
from devkit.wechat_sandbox.quotas import MEDIA, TEXT
from devkit.wechat_sandbox.records import Check
from devkit.wechat_sandbox.state import SandboxState, trace_id
from devkit.wechat_sandbox.verdicts import PASS, judge_picture, judge_text

LONGEST_TEXT = 2_500  # domain.md §7.5; page security.msgSecCheck: "文本字数的上限为2500字"
LARGEST_MEDIA = 10 * 1024 * 1024  # domain.md §7.5; page security.mediaCheckAsync
FETCH_TIMEOUT = 10.0
NOT_DOWNLOADED = -1008  # pushes that developers showed: "下载错误,请检查媒体链接是否…"


class Checking:
    """The endpoints; they know the pusher because a picture's result comes through the callback."""

    def __init__(self, pusher: Pusher) -> None:
        self._pusher = pusher

    def text(self, state: SandboxState, call: Call) -> dict[str, object]:
        """`POST /wxa/msg_sec_check`, version 2. Documentation: security.msgSecCheck.

        That an overlong text gives 45002 and version 1 gives 47001 is unverified.
        """
        account = state.account_of(call.argument("access_token"), MINIPROGRAM)
        body = call.json()
        content = text_of(body, "content")
        if not content:
            raise WeChatError(44002, "empty post data")
        openid = _visitor(state, body)
        if len(content) > LONGEST_TEXT:
            raise WeChatError(45002, "content size out of limit")
        state.quotas.spend(account.appid, TEXT)
        suggest, label, keyword = judge_text(content)
        model = {"strategy": "content_model", "errcode": 0, "suggest": suggest, "label": label, "prob": 90}
        hit = {"strategy": "keyword", "errcode": 0}
        if keyword:
            hit |= {"suggest": suggest, "label": label, "level": 90, "keyword": keyword}
        trace = trace_id()
        shown = content if len(content) <= 80 else f"{content[:80]}…({len(content)} 字)"
        state.keep_check(Check(trace, state.now_in_words(), False, openid, body["scene"], shown, suggest, label))
        result = {"suggest": suggest, "label": label}
        return {"errcode": 0, "errmsg": "ok", "result": result, "detail": [model, hit], "trace_id": trace}

    def media(self, state: SandboxState, call: Call) -> dict[str, object]:
        """`POST /wxa/media_check_async`, version 2. Documentation: security.mediaCheckAsync.

        Which number a missing or odd address and media type give is unverified (47001).
        """
        account = state.account_of(call.argument("access_token"), MINIPROGRAM)
        body = call.json()
        url = text_of(body, "media_url")
        if urlsplit(url).scheme not in ("http", "https"):
            raise WeChatError(47001, "data format error: media_url")
        if body.get("media_type") not in (1, 2):
            raise WeChatError(47001, "data format error: media_type")
        openid = _visitor(state, body)
        state.quotas.spend(account.appid, MEDIA)
        check = Check(trace_id(), state.now_in_words(), True, openid, body["scene"], url)
        state.keep_check(check)
        picture = body["media_type"] == 2
        self._pusher.later(
            self._pusher.manners.media_delay, lambda session: self._look(session, account, check, picture)
        )
        return {"errcode": 0, "errmsg": "ok", "trace_id": check.trace_id}

    def _look(self, session: requests.Session, account: Account, check: Check, picture: bool) -> None:
        """Fetch it as WeChat does, judge it, push the result. What it says of a file that is too large or no picture is
        unverified: the same as of one that cannot be fetched."""
        try:
            content = _fetch(session, check.what)
            verdict = judge_picture(check.what, content) if picture else None
            check.suggest, check.label = (verdict.suggest, verdict.label) if verdict else (PASS, 100)
        except (requests.RequestException, ValueError):
            check.errcode = NOT_DOWNLOADED
        words = "下载错误,请检查媒体链接是否可以正常访问" if check.errcode else "ok"
        event = media_checked(account.appid, check.trace_id, check.suggest, check.label, check.errcode, words)
        self._pusher.push(account, check.openid, event)


def _visitor(state: SandboxState, body: Mapping[str, Any]) -> str:
    """Who wrote it. 40003 for no openid, 40129 for another scene (documentation: security.msgSecCheck), 61010 for somebody
    who was not here within two hours (a developer's question about the same rule of getUserRiskRank: "code is expired")."""
    if body.get("version") != 2:
        raise WeChatError(47001, "data format error: version")
    if body.get("scene") not in (1, 2, 3, 4) or isinstance(body["scene"], bool):
        raise WeChatError(40129, "invalid scene")
    openid = state.people.check(body.get("openid"), MINIPROGRAM)
    if state.options.check_visits and not state.people.is_here(openid):
        raise WeChatError(61010, "code is expired")
    return openid


def _fetch(session: requests.Session, url: str) -> bytes:
    """At most 10 MB of it. Raises ValueError for more, or for an answer that is no success."""
    with session.get(url, timeout=FETCH_TIMEOUT, stream=True) as answer:
        answer.raise_for_status()
        content = b""
        for piece in answer.iter_content(65_536):
            content += piece
            if len(content) > LARGEST_MEDIA:
                raise ValueError("larger than 10 MB")
    return content
