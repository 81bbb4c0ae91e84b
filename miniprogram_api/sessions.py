"""Signing in and out."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, RootModel

from miniprogram_api.access import current_account_id
from miniprogram_api.account_views import AccountOut, account_out
from miniprogram_api.routing import ANY_SESSION, PUBLIC, Door, current_actor, route
from miniprogram_api.schemas import Body, IdPath, Moment, Out, PageOut
from service.accounts import queries, sessions
from service.accounts.sessions import SignedIn
from service.bootstrap import core
from service.db import db
from service.errors import Invalid, Unavailable
from service.wechat import WeChatError, WeChatFault, WeChatIdentity

SIGN_IN_LIMIT = "120 per minute"
BAD_CODE = "微信登录没有成功，请重新打开小程序再试。"
WECHAT_AWAY = "微信暂时没有回应，请稍后再试。您也可以不登录，用匿名方式反映。"
NO_OFFICIAL = "暂不支持从公众号网页登录，请在微信小程序中打开，或用匿名方式反映。"

door = Door("sessions", "登录")

Code = Annotated[str, Field(min_length=1, max_length=200, pattern="^[\x21-\x7e]+$")]


class Guest(Body):
    provider: Literal["guest"]


class MiniProgram(Body):
    provider: Literal["wechat_miniprogram"]
    code: Code


class Official(Body):
    provider: Literal["wechat_official"]
    code: Code


class SignIn(RootModel[Annotated[Guest | MiniProgram | Official, Field(discriminator="provider")]]):
    """How one signs in; a guest is known by the token alone."""


class SessionCreated(Out):
    token: str
    expires_at: Moment
    account: AccountOut


class SessionOut(Out):
    id: str
    provider: str
    created_on: dt.date
    expires_at: Moment
    current: bool


class SessionsOut(PageOut):
    items: list[SessionOut]


@route(
    door,
    "POST",
    "/sessions",
    access=PUBLIC,
    summary="登录",
    limit=SIGN_IN_LIMIT,
    wakes=False,
    problems=(403,),
    answers={201: SessionCreated},
)
def create_session(body: SignIn) -> SessionCreated:
    """WeChat is asked before the transaction begins: nothing is held while the network is waited for."""
    session, now, chosen = db.session(), core().clock(), body.root
    if isinstance(chosen, Guest):
        return _created(sessions.create_guest(session, now=now))
    if isinstance(chosen, Official):
        raise Invalid(NO_OFFICIAL, code="provider_not_available", fields={"provider": NO_OFFICIAL})
    identity = _ask_wechat(chosen.code)
    return _created(sessions.sign_in_wechat(session, identity, now=now))


def _ask_wechat(code: str) -> WeChatIdentity:
    """:raises Invalid: for a code WeChat refuses.  :raises Unavailable: when WeChat cannot be asked."""
    try:
        return core().wechat.identity(code)
    except WeChatError as error:
        raise wechat_refusal(error, "code", BAD_CODE) from None


def wechat_refusal(error: WeChatError, field: str, sentence: str) -> Invalid | Unavailable:
    """What a failed call to WeChat means for the person waiting."""
    if error.fault is WeChatFault.PERMANENT:
        return Invalid(sentence, code="wechat_refused", fields={field: sentence})
    return Unavailable(WECHAT_AWAY, code="wechat_unavailable")


def _created(signed_in: SignedIn) -> SessionCreated:
    account = account_out(db.session(), signed_in.account_id)
    return SessionCreated(token=signed_in.token, expires_at=signed_in.expires_at, account=account)


@route(door, "GET", "/sessions", access=ANY_SESSION, summary="我的登录设备", answers={200: SessionsOut})
def list_sessions() -> SessionsOut:
    """Never more than a handful: not cut into pages."""
    current = current_actor().session_digest
    rows = queries.open_sessions(db.session(), current_account_id(), now=core().clock())
    return SessionsOut(
        items=[
            SessionOut(
                id=row.id,
                provider=row.provider,
                created_on=row.created_on,
                expires_at=row.expires_at,
                current=row.token_digest == current,
            )
            for row in rows
        ]
    )


@route(
    door,
    "DELETE",
    "/sessions/<id>",
    access=ANY_SESSION,
    summary="退出一台设备",
    answers={204: None},
    wakes=False,
)
def revoke_session(path: IdPath) -> None:
    """The device's token is worthless from now on; another account's device is not found."""
    sessions.revoke(db.session(), current_account_id(), path.id, now=core().clock())
