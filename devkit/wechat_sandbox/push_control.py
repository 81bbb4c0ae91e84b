"""Levers of the pushes: where they go, how badly they fare, and any event somebody's phone could bring about."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import requests

from devkit.wechat_sandbox import events
from devkit.wechat_sandbox.accounts import MINIPROGRAM, OFFICIAL, Account
from devkit.wechat_sandbox.callbacks import SAFE, XML, parse_callback
from devkit.wechat_sandbox.consents import ALWAYS
from devkit.wechat_sandbox.control import CHOICES, done, number, order_of
from devkit.wechat_sandbox.events import Event
from devkit.wechat_sandbox.http import Answer, Call, json_answer
from devkit.wechat_sandbox.pusher import Pusher
from devkit.wechat_sandbox.state import SandboxState

SECONDS = ("timeout", "pause", "delay", "media_delay")
COUNTS = ("repeats", "lose", "double")
VERIFY_TIMEOUT = 5.0


class PushControl:
    """The levers; they act on the memory and on the pusher."""

    def __init__(self, pusher: Pusher) -> None:
        self._pusher = pusher

    def pushes(self, state: SandboxState, call: Call) -> Answer:
        """Every push, newest first, with what came of each try."""
        return json_answer([asdict(push) for push in self._pusher.pushes()])

    def callback(self, state: SandboxState, call: Call) -> Answer:
        """`{url, app?, mode?, format?, verify?}`: where events go, for both accounts unless `app` names one.

        An empty `url` ends it. `verify`: ask the address to echo, as the console does when the form is saved.
        """
        order = order_of(call)
        url, app = str(order.get("url") or ""), order.get("app")
        accounts = [account for account in state.accounts if app in (None, account.kind)]
        if not accounts:
            raise ValueError("app 应是 miniprogram 或 official")
        for account in accounts:
            if not url:
                self._pusher.callbacks.pop(account.appid, None)
                continue
            callback = parse_callback(account, url, order.get("mode", SAFE), order.get("format", XML))
            if order.get("verify") is True:
                _verify(callback.address({}, "", int(state.clock())))
            self._pusher.callbacks[account.appid] = callback
        return done()

    def manners(self, state: SandboxState, call: Call) -> Answer:
        """`{timeout?, pause?, delay?, media_delay?, repeats?, lose?, double?}`: how pushes fare from now on."""
        order = order_of(call)
        for name in (*SECONDS, *COUNTS):
            value = number(order, name, 0, 3600 if name in SECONDS else 1e6)
            if value is not None:
                setattr(self._pusher.manners, name, float(value) if name in SECONDS else int(value))
        return done(**asdict(self._pusher.manners))

    def event(self, state: SandboxState, call: Call) -> Answer:
        """`{type, user|openid, …}`: something happened on somebody's phone; types as in the table below."""
        order = order_of(call)
        kind = order.get("type")
        if not isinstance(kind, str) or kind not in TYPES:
            raise ValueError(f"type 应是其中之一:{', '.join(TYPES)}")
        app, build = TYPES[kind]
        account = state.account_for(app or str(order.get("app") or MINIPROGRAM))
        if account is None:
            raise ValueError("沙箱没有这个账号")
        openid = state.openid(order, account.kind)
        event = build(state, account, openid, order)
        times = int(number({"times": order.get("times", 1)}, "times", 1, 100) or 1)
        pushes = [self._pusher.push(account, openid, event, delay=number(order, "delay")) for _ in range(times)]
        return done(openid=openid, numbers=[push.number for push in pushes])


def _verify(address: str) -> None:
    """The console's check (documentation: 消息推送, 发起验证): the address has to answer with `echostr` itself."""
    echo = str(secrets.randbelow(10**18))
    session = requests.Session()
    session.trust_env = False
    try:
        answer = session.get(address, params={"echostr": echo}, timeout=VERIFY_TIMEOUT, allow_redirects=False)
    except requests.RequestException as error:
        raise ValueError(f"验证失败:{type(error).__name__}") from None
    if answer.status_code != 200 or answer.text.strip() != echo:
        raise ValueError(f"验证失败:HTTP {answer.status_code},没有原样返回 echostr")


def _text(_state: SandboxState, _account: Account, _openid: str, order: Mapping[str, Any]) -> Event:
    content = order.get("content")
    if not isinstance(content, str) or not content:
        raise ValueError("请给出 content")
    msgid = order.get("msgid", 22_000_000_000_000_000 + secrets.randbelow(10**12))
    return events.text_message(content, int(msgid))


def _following(follows: bool) -> Any:
    def build(state: SandboxState, _account: Account, openid: str, order: Mapping[str, Any]) -> Event:
        state.people.follow(openid, follows)
        return events.following(follows, str(order.get("key") or ""))

    return build


def _popup(state: SandboxState, _account: Account, openid: str, order: Mapping[str, Any]) -> Event:
    results = order.get("results")
    if not isinstance(results, dict) or not results or not set(results.values()) <= set(CHOICES):
        raise ValueError("results 应是 {模板: accept 或 reject}")
    for template, said in results.items():
        if said == "accept":
            state.consents.grant(openid, template, ALWAYS if order.get("long_term") is True else 1)
    return events.popup(results)


def _change(state: SandboxState, _account: Account, openid: str, order: Mapping[str, Any]) -> Event:
    templates = order.get("templates")
    if not isinstance(templates, list) or not templates or not all(isinstance(name, str) for name in templates):
        raise ValueError("templates 应是模板的列表")
    for template in templates:
        state.consents.refuse(openid, template)
    return events.change(templates)


def _sent(state: SandboxState, _account: Account, _openid: str, order: Mapping[str, Any]) -> Event:
    error = int(number(order, "error", -1e9) or 0)
    status = str(order.get("status") or ("user refuse to accept the msg" if error else "success"))
    return events.subscription_sent(str(order.get("template_id") or ""), int(order.get("msgid") or 0), error, status)


def _media(state: SandboxState, account: Account, _openid: str, order: Mapping[str, Any]) -> Event:
    trace, suggest = str(order.get("trace_id") or ""), str(order.get("suggest") or "pass")
    if not trace:
        raise ValueError("请给出 trace_id")
    label = int(number(order, "label") or (100 if suggest == "pass" else 20001))
    errcode = int(number(order, "errcode", -1e9) or 0)
    return events.media_checked(account.appid, trace, suggest, label, errcode, str(order.get("errmsg") or "ok"))


def _any(_state: SandboxState, _account: Account, _openid: str, order: Mapping[str, Any]) -> Event:
    fields = order.get("fields")
    if not isinstance(fields, dict) or not isinstance(order.get("event"), str):
        raise ValueError("请给出 event 和 fields")
    return Event(order["event"], fields)


# type: (the account it belongs to, or empty when `app` says, what is pushed)
TYPES: dict[str, tuple[str, Any]] = {
    "text": (OFFICIAL, _text),
    "subscribe": (OFFICIAL, _following(True)),
    "unsubscribe": (OFFICIAL, _following(False)),
    events.POPUP: ("", _popup),
    events.CHANGE: ("", _change),
    events.SENT: ("", _sent),
    events.MEDIA: (MINIPROGRAM, _media),
    "any": ("", _any),
}
