"""My account: who I am, what I agreed to, everything held about me, and the end of it (PIPL Art. 44–50)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy.orm import Session

from miniprogram_api.access import current_account_id
from miniprogram_api.account_views import (
    AccountOut,
    ConsentOut,
    GrantOut,
    ProfileOut,
    account_out,
    grants_out,
    profile_out,
)
from miniprogram_api.routing import ANY_SESSION, Door, route
from miniprogram_api.schemas import Body, FilledText, Moment, Out, Query
from miniprogram_api.sessions import wechat_refusal
from service import jobs
from service.accounts import actions, binding, queries
from service.bootstrap import core
from service.db import db
from service.feedback.actions import erase_account as erase_feedback
from service.stations import identity_notices
from service.wechat import WeChatError

BAD_PHONE_CODE = "没有取得手机号，请重新点击按钮授权。"
BIND_LIMIT = "10 per 10 minutes"

Exporter = Callable[[Session, str], list[dict[str, Any]]]
Eraser = Callable[[Session, str, dt.datetime], None]

EXPORTERS: dict[str, Exporter] = {}
"""Section → what a context holds about an account, as JSON values; other modules of the API add theirs on import."""

ERASERS: list[Eraser] = [lambda session, account_id, _now: erase_feedback(session, account_id)]
"""What each context does to forget an account, in the same transaction; other modules add theirs on import."""

door = Door("me", "我的账号")


class ConsentIn(Body):
    document: Annotated[str, Field(pattern="^[a-z_]{1,30}$")]
    version: Annotated[str, Field(pattern="^[0-9A-Za-z._-]{1,20}$")]
    accepted: bool


class ProfileIn(Body):
    display_name: Annotated[FilledText, Field(max_length=40)] | None = None
    consents: Annotated[list[ConsentIn], Field(max_length=10)] = []


class BindIn(Body):
    invitation_code: Annotated[str, Field(pattern="^[0-9A-Za-z -]{1,40}$")]
    phone_code: Annotated[str, Field(min_length=1, max_length=200, pattern="^[\x21-\x7e]+$")]


class MeQuery(Query):
    district_id: Annotated[str, Field(pattern="^[0-9]{6}$")] | None = None


class DeviceOut(Out):
    provider: str
    created_on: dt.date
    expires_at: Moment


class ExportOut(Out):
    """``sections``: what each part of the service holds about the account."""

    generated_at: Moment
    account: AccountOut
    phone: str | None
    grants: list[GrantOut]
    devices: list[DeviceOut]
    consents: list[ConsentOut]
    sections: dict[str, list[dict[str, Any]]]


@route(door, "GET", "/me", access=ANY_SESSION, summary="我的账号", answers={200: ProfileOut})
def show_me(query: MeQuery) -> ProfileOut:
    """``district_id``: of the station the client stands at; its message templates are the ones to ask for."""
    session = db.session()
    return profile_out(session, queries.account(session, current_account_id()), query.district_id)


@route(
    door,
    "PATCH",
    "/me",
    access=ANY_SESSION,
    summary="修改资料与授权",
    answers={200: ProfileOut},
    problems=(403,),
    wakes=False,
)
def change_me(body: ProfileIn) -> ProfileOut:
    """A field that is not sent stays as it is; ``display_name: null`` takes the name away."""
    session, now = db.session(), core().clock()
    account = queries.account(session, current_account_id())
    if "display_name" in body.model_fields_set:
        actions.rename(session, account, body.display_name)
    for consent in body.consents:
        actions.record_consent(session, account.id, now=now, **consent.model_dump())
    session.flush()
    return profile_out(session, account)


@route(door, "DELETE", "/me", access=ANY_SESSION, summary="注销账号", answers={204: None})
def erase_me() -> None:
    """Identity, names, phones and sessions go; what was submitted stays without its author (rulebook §11)."""
    session, now, account_id = db.session(), core().clock(), current_account_id()
    for erase in ERASERS:
        erase(session, account_id, now)
    actions.erase(session, account_id, now=now)


@route(door, "GET", "/me/export", access=ANY_SESSION, summary="导出我的全部信息", answers={200: ExportOut})
def export_me() -> ExportOut:
    """Everything held about me; what was submitted anonymously cannot be in it, because nothing leads back to me."""
    session, now, account_id = db.session(), core().clock(), current_account_id()
    account = queries.account(session, account_id)
    return ExportOut(
        generated_at=now,
        account=account_out(session, account_id),
        phone=account.phone,
        grants=grants_out(queries.grants(session, account_id)),
        devices=[DeviceOut.model_validate(row) for row in queries.open_sessions(session, account_id, now=now)],
        consents=[ConsentOut.model_validate(row) for row in queries.consents(session, account_id)],
        sections={name: export(session, account_id) for name, export in EXPORTERS.items()},
    )


@route(
    door,
    "POST",
    "/me/bind",
    access=ANY_SESSION,
    summary="绑定工作身份",
    answers={200: ProfileOut},
    limit=BIND_LIMIT,
    rings=jobs.DELIVER_NOTIFICATIONS,
)
def bind_me(body: BindIn) -> ProfileOut:
    """A wrong phone is counted although the answer is no (``DomainError.keep_changes``)."""
    phone = _phone(body.phone_code)
    session, now = db.session(), core().clock()
    account = queries.account(session, current_account_id())
    row = binding.bind(session, account, invitation_code=body.invitation_code, phone=phone, now=now)
    identity_notices.bound_elsewhere(session, row, account.phone_index, now=now)
    return profile_out(session, account)


def _phone(phone_code: str) -> str:
    """WeChat is asked while no transaction is open.

    :raises Invalid: for a code WeChat refuses.  :raises Unavailable: when WeChat cannot be asked.
    """
    db.session.rollback()
    try:
        return core().wechat.phone(phone_code)
    except WeChatError as error:
        raise wechat_refusal(error, "phone_code", BAD_PHONE_CODE) from None
