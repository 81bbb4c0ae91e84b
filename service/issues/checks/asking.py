"""Ask WeChat about a batch of texts and pictures: network only, no database, may be repeated."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from service.issues.checks.states import OF_SUGGESTION, CheckState
from service.issues.checks.texts import pieces
from service.wechat import Scene, Suggestion, Verdict, WeChat, WeChatError, WeChatFault

THREADS = 32
BEGIN_WITHIN = 25.0
"""Seconds after which no question of a batch is begun: the batch is leased for a minute."""
QUOTA_WAIT = dt.timedelta(minutes=5)
_WORST_LAST = (Suggestion.PASS, Suggestion.REVIEW, Suggestion.RISKY)
_STOPS = frozenset({WeChatFault.STOP_BATCH, WeChatFault.TOKEN})


@dataclass(frozen=True, slots=True)
class Question:
    """What leaves the database for a check: either ``text`` or the public address of a picture."""

    check_id: str
    openid: str
    text: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """``state`` None: ask later, because of ``error``; ``stop``: WeChat takes no more for now."""

    check_id: str
    state: CheckState | None
    trace_id: str | None = None
    label: int | None = None
    error: str | None = None
    stop: bool = False


def ask_all(wechat: WeChat, questions: Sequence[Question]) -> list[Reply]:
    """Ask in parallel (up to 400 ms each at WeChat, rulebook §7.5). Once the quota is used up, or the token refused, or
    time is over, the rest of the batch waits for another round."""
    if not questions:
        return []
    stopped, latest = threading.Event(), time.monotonic() + BEGIN_WITHIN

    def ask(one: Question) -> Reply:
        if stopped.is_set():
            return Reply(one.check_id, None, error="stopped", stop=True)
        if time.monotonic() > latest:
            return Reply(one.check_id, None, error="not begun in time")
        reply = _ask(wechat, one)
        if reply.stop:
            stopped.set()
        return reply

    with ThreadPoolExecutor(max_workers=min(THREADS, len(questions))) as pool:
        return list(pool.map(ask, questions))


def _ask(wechat: WeChat, one: Question) -> Reply:
    """A refusal for good leaves it to a person; a lost answer may be asked for again, since a check changes nothing."""
    try:
        if one.url:
            trace = wechat.check_media(url=one.url, openid=one.openid, scene=Scene.FORUM)
            return Reply(one.check_id, CheckState.ASKED, trace_id=trace[:64])
        verdict = _worst(wechat, one)
        state = OF_SUGGESTION[verdict.suggestion]
        return Reply(one.check_id, state, trace_id=verdict.trace_id[:64], label=verdict.label)
    except WeChatError as error:
        if error.fault is WeChatFault.PERMANENT:
            return Reply(one.check_id, CheckState.FAILED, error=str(error.errcode))
        words = f"{error.errcode or ''} {error.fault}".strip()
        return Reply(one.check_id, None, error=words, stop=error.fault in _STOPS)


def _worst(wechat: WeChat, one: Question) -> Verdict:
    """Of all pieces of the text; what is risky needs no further question."""
    found: Verdict | None = None
    for piece in pieces(one.text):
        verdict = wechat.check_text(text=piece, openid=one.openid, scene=Scene.FORUM)
        if found is None or _WORST_LAST.index(verdict.suggestion) > _WORST_LAST.index(found.suggestion):
            found = verdict
        if found.suggestion is Suggestion.RISKY:
            break
    if found is None:
        raise RuntimeError("a text without a piece")
    return found
