"""Signing in and out."""

from __future__ import annotations

import datetime as dt

from miniprogram_api.access import current_account_id, guest_account_id
from miniprogram_api.account_views import AccountOut, account_out
from miniprogram_api.moving import move_everything
from miniprogram_api.routing import ANY_SESSION, PUBLIC, Door, current_actor, route
from miniprogram_api.schemas import IdPath, Moment, Out, PageOut
from miniprogram_api.sign_in_shapes import Guest, MiniProgram, Official, Password, SignIn, Ticket
from service.accounts import credentials, passwords, queries, recognition, sessions, tickets
from service.accounts.sessions import SignedIn
from service.bootstrap import core
from service.db import db
from service.errors import Invalid, Unavailable
from service.wechat import WeChatError, WeChatFault, WeChatIdentity
from web.arriving import address_digest

SIGN_IN_LIMIT = "120 per minute"
BAD_CODE = "微信登录没有成功，请重新打开小程序再试。"
BAD_OFFICIAL_CODE = "微信登录没有成功，请返回页面，重新点“微信登录”。"
WECHAT_AWAY = "微信暂时没有回应，请稍后再试。您也可以不登录，用匿名方式反映。"
SNAPSHOT = "微信正在以快照方式显示本页，暂时不知道您是谁。请点页面右下角的“使用完整服务”后再登录；不登录也可以反映。"
NO_OFFICIAL = "暂不支持从公众号网页登录，请在微信小程序中打开，或用匿名方式反映。"

door = Door("sessions", "登录")


class SessionCreated(Out):
    token: str
    expires_at: Moment
    account: AccountOut


class SessionOut(Out):
    """``label``: 微信小程序, 手机网页 or 工作台; no browser and no model is known."""

    id: str
    label: str
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
    summary="登录；游客带着自己的 token 用微信登录，原来的内容一并归入",
    limit=SIGN_IN_LIMIT,
    wakes=False,
    problems=(403,),
    answers={201: SessionCreated},
    takes_session=True,
)
def create_session(body: SignIn) -> SessionCreated:
    """WeChat is asked, and a password compared, while no transaction is open."""
    chosen = body.root
    if isinstance(chosen, Password):
        return _created(_with_password(chosen))
    session, now = db.session(), core().clock()
    if isinstance(chosen, Guest):
        return _created(sessions.create_guest(session, now=now))
    if isinstance(chosen, Ticket):
        return _created(tickets.take(session, chosen.ticket_id, secret=chosen.browser_secret, now=now))
    return _created(_with_wechat(_ask_wechat(chosen), chosen.provider))


def _with_wechat(identity: WeChatIdentity, provider: str) -> SignedIn:
    """What a guest who came along owns, and a second account of the same person, become part of this one."""
    session, now = db.session(), core().clock()
    guest_id = guest_account_id()
    recognised = recognition.recognise(session, identity, provider=provider, guest_id=guest_id, now=now)
    move_everything(session, recognised, now=now)
    if guest_id == recognised.account_id:
        sessions.revoke_all(session, guest_id, providers=(sessions.GUEST,), now=now)
    return sessions.open_session(session, recognised.account_id, provider=provider, now=now)


def _with_password(chosen: Password) -> SignedIn:
    session, address = db.session(), address_digest()
    found = credentials.look_up(session, chosen.login, address=address, now=core().clock())
    session.rollback()
    fits = passwords.matches(found.password_hash, chosen.password)
    attempt = credentials.Attempt(chosen.login, address, found, fits, chosen.otp)
    return credentials.sign_in(session, attempt, now=core().clock())


def _ask_wechat(chosen: MiniProgram | Official) -> WeChatIdentity:
    """:raises Invalid: for a code WeChat refuses.  :raises Unavailable: when WeChat cannot be asked."""
    official = isinstance(chosen, Official)
    if official and not core().settings.wechat_official_appid:
        raise Invalid(NO_OFFICIAL, code="provider_not_available", fields={"provider": NO_OFFICIAL})
    ask = core().wechat.official_identity if official else core().wechat.identity
    try:
        identity = ask(chosen.code)
    except WeChatError as error:
        raise wechat_refusal(error, "code", BAD_OFFICIAL_CODE if official else BAD_CODE) from None
    if identity.snapshot:
        raise Invalid(SNAPSHOT, code="snapshot_user", fields={"code": SNAPSHOT})
    return identity


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
                label=sessions.LABELS.get(row.provider, row.provider),
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
