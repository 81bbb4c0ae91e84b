"""Brings events to the product's callback, later and again, as WeChat does: in threads of its own."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import requests

from devkit.wechat_sandbox.accounts import Account
from devkit.wechat_sandbox.callbacks import Callback
from devkit.wechat_sandbox.events import Event
from devkit.wechat_sandbox.records import REPLY, Message, Push
from devkit.wechat_sandbox.state import KEPT, SandboxState

THREADS = 4
Work = Callable[[requests.Session], None]


@dataclass
class Manners:
    """``timeout``, ``repeats``: page 接收普通消息, "微信服务器在五秒内收不到响应会断掉连接,并且重新发起请求,总共重试三次",
    read as three more tries; the pause between them is unverified. ``media_delay``: page mediaCheckAsync says within 30
    minutes. ``lose``, ``double``: so many of the next pushes are lost, or come twice."""

    timeout: float = 5.0
    repeats: int = 3
    pause: float = 1.0
    delay: float = 0.0
    media_delay: float = 1.0
    lose: int = 0
    double: int = 0


class Pusher:
    """Owns the callbacks and what is on its way to them. Threads start with the first push."""

    def __init__(self, state: SandboxState) -> None:
        self._state = state
        self.callbacks: dict[str, Callback] = {}
        self.manners = Manners()
        self._waiting: list[tuple[float, int, Work]] = []
        self._order = itertools.count()
        self._numbers = itertools.count(1)
        self._wake = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._closed = False
        self._pushes: deque[Push] = deque(maxlen=KEPT)

    def has_callback(self, account: Account) -> bool:
        """Whether anybody listens to this account's events."""
        return account.appid in self.callbacks

    def pushes(self) -> list[Push]:
        """What was pushed, newest first."""
        return list(reversed(self._pushes))

    def clear(self) -> None:
        """Forget what is on its way; callbacks stay."""
        with self._wake:
            self._waiting.clear()
            self._pushes.clear()
            self.manners.lose = self.manners.double = 0

    def close(self) -> None:
        """End the threads."""
        with self._wake:
            self._closed = True
            self._wake.notify_all()
        for thread in self._threads:
            thread.join(1.0)

    def later(self, seconds: float, work: Work) -> None:
        """Do something in a thread, not before so many seconds."""
        with self._wake:
            heapq.heappush(self._waiting, (time.monotonic() + seconds, next(self._order), work))
            if not self._threads:
                self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(THREADS)]
                for thread in self._threads:
                    thread.start()
            self._wake.notify()

    def push(self, account: Account, openid: str, event: Event, *, delay: float | None = None) -> Push:
        """Send an event to the account's callback, if it has one."""
        number, at = next(self._numbers), self._state.now_in_words()
        push = Push(
            number, at, account.kind, event.name or "text", openid, {**event.fields, "items": list(event.items)}
        )
        self._pushes.append(push)
        callback = self.callbacks.get(account.appid)
        if callback is None:
            self._end(push, "no_callback")
            return push
        with self._wake:
            lost = self.manners.lose > 0
            self.manners.lose -= lost
            twice = not lost and self.manners.double > 0
            self.manners.double -= twice
        if lost:
            self._end(push, "lost")
            return push
        # The event's own time stays the same however often it is repeated: receivers tell repeats by it.
        happened = int(self._state.clock())
        for _ in range(1 + twice):
            self._attempt_later(callback, push, event, happened, self.manners.delay if delay is None else delay, 0)
        return push

    def _attempt_later(
        self, callback: Callback, push: Push, event: Event, happened: int, delay: float, tried: int
    ) -> None:
        def work(session: requests.Session) -> None:
            outcome, good = self._attempt(session, callback, push, event, happened)
            push.attempts.append(outcome)
            if good:
                self._end(push, "delivered")
            elif tried < self.manners.repeats:
                self._attempt_later(callback, push, event, happened, self.manners.pause, tried + 1)
            else:
                self._end(push, "failed")

        self.later(delay, work)

    def _attempt(
        self, session: requests.Session, callback: Callback, push: Push, event: Event, happened: int
    ) -> tuple[str, bool]:
        """(what came of it, whether WeChat is content). That another status than 200 is repeated is unverified."""
        address, body, kind = callback.request(event, push.openid, happened)
        headers = {"Content-Type": kind, "User-Agent": "Mozilla/4.0"}
        try:
            answer = session.post(address, body, headers=headers, timeout=self.manners.timeout, allow_redirects=False)
        except requests.Timeout:
            return f"{self.manners.timeout:g} 秒内没有回应", False
        except requests.RequestException as error:
            return f"连接失败({type(error).__name__})", False
        if answer.status_code != 200:
            return f"HTTP {answer.status_code}", False
        reply = callback.reply(answer.text)
        if reply is None:
            return "回应不是 success", False
        if reply:
            self._show_reply(callback.account, push.openid, reply)
        return ("回复了消息" if reply else "success"), True

    def _show_reply(self, account: Account, openid: str, text: str) -> None:
        state = self._state
        number, at = state.next_number(), state.now_in_words()
        state.keep(Message(number, at, account.appid, openid, "", "", {"content": text}, kind=REPLY))

    def _end(self, push: Push, how: str) -> None:
        push.state = how
        with self._state.lock:
            self._state.statistics.pushes[how] += 1

    def _run(self) -> None:
        session = requests.Session()
        session.trust_env = False
        while True:
            with self._wake:
                while not self._closed and not (self._waiting and self._waiting[0][0] <= time.monotonic()):
                    pause = self._waiting[0][0] - time.monotonic() if self._waiting else None
                    self._wake.wait(pause)
                if self._closed:
                    return
                _, _, work = heapq.heappop(self._waiting)
            try:
                work(session)
            except Exception:  # one broken push must not end the thread that brings the others
                traceback.print_exc()
