"""The sandbox's own addresses under `/sandbox`: what was "delivered", and levers for tests and demonstrators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from devkit.wechat_sandbox import events
from devkit.wechat_sandbox.accounts import MINIPROGRAM, OFFICIAL, Account
from devkit.wechat_sandbox.consents import ALWAYS
from devkit.wechat_sandbox.faults import parse_fault
from devkit.wechat_sandbox.http import Answer, Call, html_answer, json_answer
from devkit.wechat_sandbox.pages import overview, render
from devkit.wechat_sandbox.pusher import Pusher
from devkit.wechat_sandbox.quotas import Quota
from devkit.wechat_sandbox.state import SandboxState
from devkit.wechat_sandbox.templates import parse_template

SWITCHES = ("check_consents", "check_visits", "check_quotas")
CHOICES = ("accept", "reject")


def order_of(call: Call) -> dict[str, Any]:
    """The JSON object of a lever. Raises ValueError."""
    found = call.any_json()
    if not isinstance(found, dict):
        raise ValueError("请发送一个 JSON 对象")
    return found


def done(**more: object) -> Answer:
    """A lever was pulled."""
    return json_answer({"status": "ok", **more}, 201)


def number(order: Mapping[str, Any], name: str, low: float = 0, high: float = 1e9) -> float | None:
    """A number of an order, None when it is not there or null. Raises ValueError."""
    value = order.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise ValueError(f"{name} 应是 {low:g} 到 {high:g} 的数字")
    return value


class Control:
    """The levers; they act on the memory and on the pusher."""

    def __init__(self, pusher: Pusher) -> None:
        self._pusher = pusher

    def page(self, state: SandboxState, call: Call) -> Answer:
        """Everything, for people."""
        return html_answer(overview(state, self._pusher, call))

    def messages(self, state: SandboxState, call: Call) -> Answer:
        """Every message, for programs: newest first, `?openid=` for one person."""
        return json_answer([asdict(message) for message in state.messages(call.argument("openid") or None)])

    def statistics(self, state: SandboxState, call: Call) -> Answer:
        """Counters since the last reset."""
        return json_answer(state.statistics.report())

    def link(self, state: SandboxState, call: Call) -> Answer:
        """Where a URL Link leads."""
        page = state.links.get(call.path.rpartition("/")[2])
        if page is None:
            return html_answer(render("refusal.html", words="这个链接不存在或已失效"), 404)
        link = state.options.client_url + page if state.options.client_url else ""
        return html_answer(render("link.html", page=page, link=link))

    def fault(self, state: SandboxState, call: Call) -> Answer:
        """Order a fault; kinds as in faults.KINDS."""
        state.add_fault(parse_fault(call.any_json()))
        return done()

    def clear_faults(self, state: SandboxState, call: Call) -> Answer:
        """No more faults."""
        state.faults = type(state.faults)()
        return done()

    def code(self, state: SandboxState, call: Call) -> Answer:
        """A fresh login code: `{user}` → `{code}`, accepted once within five minutes."""
        user = order_of(call).get("user")
        if not isinstance(user, str) or not user or "#" in user:
            raise ValueError("user 应是不含 # 的名字")
        return json_answer({"code": state.issue_code(user)}, 201)

    def revoke(self, state: SandboxState, call: Call) -> Answer:
        """Make every access token invalid, as another server refreshing it would."""
        state.revoke_tokens()
        return json_answer({"status": "ok"})

    def storm(self, state: SandboxState, call: Call) -> Answer:
        """`{lifetime?, refusals?}`: tokens from now on live so many seconds, and are refused with 40001 so often first."""
        order = order_of(call)
        refusals = number(order, "refusals", 0, 1e6)
        state.tokens.storm(lifetime=number(order, "lifetime", 0, 7200), refusals=int(refusals or 0))
        return done()

    def consent(self, state: SandboxState, call: Call) -> Answer:
        """`{user|openid, template_id, times?, long_term?, app?, push?}`: the person tapped "allow" on the phone.

        `times: 0` takes everything back. WeChat reports both to the callback, unless `push` is false.
        """
        order = order_of(call)
        account = self._account(state, order)
        openid, template = state.openid(order, account.kind), order.get("template_id")
        if not isinstance(template, str) or not template:
            raise ValueError("请给出 template_id")
        times = (
            ALWAYS if order.get("long_term") is True else int(number({"times": order.get("times", 1)}, "times") or 0)
        )
        if times:
            left = state.consents.grant(openid, template, times)
        else:
            state.consents.refuse(openid, template)
            left = 0
        if order.get("push") is not False and self._pusher.has_callback(account):
            event = events.popup({template: "accept"}) if times else events.change([template])
            self._pusher.push(account, openid, event)
        return done(openid=openid, left=left)

    def visit(self, state: SandboxState, call: Call) -> Answer:
        """`{user|openid, seconds_ago?, never?}`: when the person last opened the mini-program."""
        order = order_of(call)
        ago = None if order.get("never") is True else number(order, "seconds_ago") or 0.0
        openid = state.openid(order)
        state.people.set_visit(openid, ago)
        return done(openid=openid)

    def template(self, state: SandboxState, call: Call) -> Answer:
        """`{template_id, title, fields: {thing1: 事项}, long_term?}`, or a list of such: templates the accounts have."""
        found = call.any_json()
        for order in found if isinstance(found, list) else [found]:
            state.templates.register(parse_template(order))
        return done()

    def quota(self, state: SandboxState, call: Call) -> Answer:
        """`{endpoint, minute?, day?}`: how often an account may call; without a number there is no limit."""
        order = order_of(call)
        endpoint = order.get("endpoint")
        if not isinstance(endpoint, str) or not endpoint.startswith("/"):
            raise ValueError("endpoint 应是以 / 开头的路径")
        minute, day = number(order, "minute"), number(order, "day")
        quota = Quota(None if minute is None else int(minute), None if day is None else int(day))
        state.quotas.set(endpoint, quota)
        return done()

    def settings(self, state: SandboxState, call: Call) -> Answer:
        """`{check_consents?, check_visits?, check_quotas?, pages?}`: how strict the sandbox is, which pages are published."""
        order = order_of(call)
        for name in SWITCHES:
            if name in order:
                setattr(state.options, name, order[name] is True)
        state.quotas.enforced = state.options.check_quotas
        if "pages" in order:
            pages = order["pages"]
            state.options.pages = frozenset(map(str, pages)) if isinstance(pages, list) else None
        return done()

    def reset(self, state: SandboxState, call: Call) -> Answer:
        """Forget messages, codes, tokens, consents, faults and counters; callbacks, switches and openids stay."""
        state.reset()
        self._pusher.clear()
        return json_answer({"status": "ok"})

    @staticmethod
    def _account(state: SandboxState, order: Mapping[str, Any]) -> Account:
        """The account an order names by `app`; the mini-program unless it says `official`."""
        kind = order.get("app", MINIPROGRAM)
        account = state.account_for(kind) if kind in (MINIPROGRAM, OFFICIAL) else None
        if account is None:
            raise ValueError("app 应是 miniprogram 或 official,且沙箱有这个账号")
        return account
