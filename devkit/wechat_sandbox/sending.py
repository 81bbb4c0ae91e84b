"""Endpoints that put a message on a phone: subscription messages of the mini-program, messages of the official account."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from devkit.wechat_sandbox.accounts import MINIPROGRAM, OFFICIAL, Account
from devkit.wechat_sandbox.errors import WeChatError
from devkit.wechat_sandbox.events import subscription_sent, template_sent
from devkit.wechat_sandbox.http import Call, text_of
from devkit.wechat_sandbox.pusher import Pusher
from devkit.wechat_sandbox.quotas import MESSAGES
from devkit.wechat_sandbox.records import SERVICE, SUBSCRIPTION, TEMPLATE, Message
from devkit.wechat_sandbox.state import SandboxState

STATES = ("developer", "trial", "formal")
LANGUAGES = ("zh_CN", "en_US", "zh_HK", "zh_TW")
_PATH = re.compile(r"[\w\-./]+")


class Sending:
    """The endpoints; they know the pusher because what was sent is reported to the callback."""

    def __init__(self, pusher: Pusher) -> None:
        self._pusher = pusher

    def subscription(self, state: SandboxState, call: Call) -> dict[str, object]:
        """`POST /cgi-bin/message/subscribe/send`. Documentation: sendMessage (小程序, 发送订阅消息).

        That the answer carries a msgid is unverified for every kind of account; so is the order of the checks.
        """
        account = state.account_of(call.argument("access_token"), MINIPROGRAM)
        message = _message(state, account, call.json(), SUBSCRIPTION)
        _spend_consent(state, message)
        self._accept(state, account, message)
        return {"errcode": 0, "errmsg": "ok", "msgid": message.msgid}

    def template(self, state: SandboxState, call: Call) -> dict[str, object]:
        """`POST /cgi-bin/message/template/send` of the official account. Documentation: sendTemplateMessage.

        43004 when the recipient does not follow the account (documentation: 全局返回码, "需要接收者关注").
        """
        account = state.account_of(call.argument("access_token"), OFFICIAL)
        body = call.json()
        message = _message(state, account, body, TEMPLATE)
        if not state.people.follows(message.openid):
            raise WeChatError(43004, "require subscribe")
        self._accept(state, account, message)
        return {"errcode": 0, "errmsg": "ok", "msgid": message.msgid}

    def service(self, state: SandboxState, call: Call) -> dict[str, object]:
        """`POST /cgi-bin/message/subscribe/bizsend` of the official account. Documentation: sendNewSubscribeMsg.

        Needs a consent like the mini-program's message; that followers alone can be reached is unverified (43004 here).
        """
        account = state.account_of(call.argument("access_token"), OFFICIAL)
        message = _message(state, account, call.json(), SERVICE)
        if not state.people.follows(message.openid):
            raise WeChatError(43004, "require subscribe")
        _spend_consent(state, message)
        self._accept(state, account, message)
        return {"errcode": 0, "errmsg": "ok"}

    def _accept(self, state: SandboxState, account: Account, message: Message) -> None:
        state.keep(message)
        state.statistics.message(
            message.kind, message.openid, message.template_id, message.page, message.data, message.msgid
        )
        event = template_sent if message.kind == TEMPLATE else subscription_sent
        if self._pusher.has_callback(account):
            self._pusher.push(account, message.openid, event(message.template_id, message.msgid))


def _message(state: SandboxState, account: Account, body: Mapping[str, Any], kind: str) -> Message:
    """Check an order and read it: 40003, 40037, 47003, 41030, 45009 (documentation: the pages named above)."""
    openid = state.people.check(body.get("touser"), account.kind)
    data = state.templates.check(body.get("template_id"), body.get("data"))
    miniprogram = body.get("miniprogram")
    jump = miniprogram if isinstance(miniprogram, dict) else {}
    page = text_of(jump, "pagepath") if kind == TEMPLATE else text_of(body, "page") or text_of(jump, "pagepath")
    if page:
        check_page(state, page)
    state.quotas.spend(account.appid, MESSAGES)
    return Message(
        msgid=state.next_number(),
        delivered_at=state.now_in_words(),
        appid=account.appid,
        openid=openid,
        template_id=str(body["template_id"]),
        page=page,
        data=data,
        kind=kind,
        state=_choice(body, "miniprogram_state", STATES, "formal"),
        lang=_choice(body, "lang", LANGUAGES, "zh_CN"),
    )


def check_page(state: SandboxState, page: str) -> None:
    """41030 for a page that is not published (documentation: subscribeMessage.send, "与 app.json 保持一致").

    A leading slash is let through here: that WeChat refuses it is documented for codes only.
    """
    path = page.partition("?")[0].removeprefix("/")
    published = state.options.pages
    if not _PATH.fullmatch(path) or (published is not None and path not in published):
        raise WeChatError(41030, "invalid page")


def _choice(body: Mapping[str, Any], name: str, choices: tuple[str, ...], default: str) -> str:
    """A value of the documented ones; that others give 47001 is unverified."""
    value = body.get(name, default)
    if value not in choices:
        raise WeChatError(47001, f"data format error: {name}")
    return str(value)


def _spend_consent(state: SandboxState, message: Message) -> None:
    if state.options.check_consents:
        found = state.people.whose(message.openid)
        always = found is not None and found[0].is_demo
        state.consents.spend(message.openid, message.template_id, keeps_allowing=always)
