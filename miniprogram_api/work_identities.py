"""Work identities (工作身份): one's own, asking to be confirmed, and those one confirms or ends for others."""

from __future__ import annotations

from typing import Annotated

import sqlalchemy as sa
from pydantic import Field

from miniprogram_api.access import current_account_id
from miniprogram_api.account_views import GrantOut, grants_out
from miniprogram_api.paging import PageQuery, decode_cursor, encode_cursor
from miniprogram_api.routing import ANY_SESSION, Door, current_actor, only, route
from miniprogram_api.schemas import Body, FilledText, IdPath, Moment, Out, PageOut, Query
from service import jobs
from service.accounts import confirming, leaving, queries
from service.accounts.confirming import CONFIRMED
from service.accounts.desk_models import BindingRequest
from service.accounts.models import Account, GrantRow, Invitation
from service.accounts.roles import ROLE_TITLES, Role
from service.bootstrap import core
from service.calendar.workdays import local_date
from service.db import db
from service.masking import mask_phone
from service.stations import confirming as people
from service.stations import identities, identity_notices
from service.stations.offices import END, KEEPERS, within

ASK_LIMIT = "10 per 10 minutes"

door = Door("work_identities", "工作身份")


class OwnGrantOut(GrantOut):
    """``here``: bound to this WeChat; false: to the same person's other one."""

    here: bool


class OwnGrantsOut(PageOut):
    items: list[OwnGrantOut]


class HeldGrantOut(GrantOut):
    """Somebody else's, for who may end it."""

    person_name: str | None
    phone: str | None


class HeldGrantsOut(PageOut):
    items: list[HeldGrantOut]


class RequestOut(Out):
    """``outcome`` null while it waits. ``person_name`` and ``phone``: as registered with the invitation. ``place``: the
    station, unit, deputy or township the role is for, told to those who confirm; null there: the district."""

    id: str
    role: Role
    title: str
    station_id: str | None
    unit_id: str | None
    deputy_id: str | None
    place: str | None
    person_name: str | None
    phone: str | None
    requested_at: Moment
    expires_at: Moment
    outcome: str | None


class RequestsOut(PageOut):
    items: list[RequestOut]


class RequestIn(Body):
    invitation_code: Annotated[str, Field(pattern="^[0-9A-Za-z -]{1,40}$")]
    phone: Annotated[str, Field(pattern="^[0-9+ -]{11,20}$", description="邀请时登记的手机号")]


class ReasonIn(Body):
    reason: Annotated[FilledText, Field(max_length=200)]


class EndQuery(Query):
    """``confirm``: yes, although the station is left without a head."""

    confirm: bool = False


@route(door, "GET", "/me/grants", access=ANY_SESSION, summary="我的工作身份", answers={200: OwnGrantsOut})
def list_my_grants() -> OwnGrantsOut:
    """Also those on the same person's other WeChat, so that the old phone can be unbound from the new one."""
    account_id = current_account_id()
    rows = leaving.held_by_person(db.session(), account_id)
    shown = zip(grants_out(rows), rows, strict=True)
    return OwnGrantsOut(
        items=[OwnGrantOut(**one.model_dump(), here=row.account_id == account_id) for one, row in shown]
    )


@route(
    door,
    "DELETE",
    "/me/grants/<id>",
    access=ANY_SESSION,
    summary="解除我的工作身份",
    answers={204: None},
    rings=jobs.DELIVER_NOTIFICATIONS,
)
def end_my_grant(path: IdPath, query: EndQuery) -> None:
    """From now on; with the last one, every device is signed out. The only head of a station is warned first (409)."""
    session, now, account_id = db.session(), core().clock(), current_account_id()
    row = leaving.own_or_twin(session, account_id, path.id)
    leaving.warn_last_head(session, row, confirmed=query.confirm)
    leaving.end_grant(session, row.id, actor_id=account_id, now=now)
    identity_notices.grant_ended(session, row, by_self=True, now=now)


@route(
    door,
    "POST",
    "/me/binding-requests",
    access=ANY_SESSION,
    summary="申请确认工作身份（微信不能提供手机号时）",
    answers={201: RequestOut},
    limit=ASK_LIMIT,
    rings=jobs.DELIVER_NOTIFICATIONS,
)
def request_my_binding(body: RequestIn) -> RequestOut:
    """Somebody who knows the person confirms within seven days; a wrong phone is counted although the answer is no."""
    session, now = db.session(), core().clock()
    account = queries.account(session, current_account_id())
    row = confirming.request_binding(session, account, invitation_code=body.invitation_code, phone=body.phone, now=now)
    invitation = session.get_one(Invitation, row.invitation_id)
    identity_notices.binding_requested(session, row, invitation, now=now)
    return _request_out(row, invitation)


@route(door, "GET", "/me/binding-requests", access=ANY_SESSION, summary="我的绑定申请", answers={200: RequestsOut})
def list_my_binding_requests() -> RequestsOut:
    statement = (
        sa.select(BindingRequest, Invitation)
        .join(Invitation, Invitation.id == BindingRequest.invitation_id)
        .where(BindingRequest.account_id == current_account_id())
        .order_by(BindingRequest.requested_at.desc(), BindingRequest.id)
        .limit(20)
    )
    rows = db.session().execute(statement)
    return RequestsOut(items=[_request_out(row, invitation) for row, invitation in rows])


@route(door, "GET", "/binding-requests", access=only(*KEEPERS), summary="待确认的绑定申请", answers={200: RequestsOut})
def list_binding_requests() -> RequestsOut:
    """Of the people one may confirm; a handful at most: not cut into pages."""
    rows = people.waiting(db.session(), current_actor(), now=core().clock())
    return RequestsOut(items=[_request_out(*row, to_keeper=True) for row in rows])


@route(
    door,
    "POST",
    "/binding-requests/<id>/confirm",
    access=only(*KEEPERS),
    summary="确认是本人",
    answers={204: None},
    rings=jobs.DELIVER_NOTIFICATIONS,
)
def confirm_binding_request(path: IdPath) -> None:
    """Having met or called them: the role is theirs; written down with who confirmed."""
    people.confirm(db.session(), current_actor(), path.id, now=core().clock())


@route(
    door,
    "POST",
    "/binding-requests/<id>/refuse",
    access=only(*KEEPERS),
    summary="不是本人，拒绝",
    answers={204: None},
    rings=jobs.DELIVER_NOTIFICATIONS,
)
def refuse_binding_request(path: IdPath, body: ReasonIn) -> None:
    """The invitation is dead as well: somebody else holds its code."""
    people.refuse(db.session(), current_actor(), path.id, reason=body.reason, now=core().clock())


def _request_out(
    row: BindingRequest, invitation: Invitation, place: str | None = None, *, to_keeper: bool = False
) -> RequestOut:
    return RequestOut(
        id=row.id,
        role=Role(invitation.role),
        title=ROLE_TITLES[Role(invitation.role)],
        station_id=invitation.station_id,
        unit_id=invitation.unit_id,
        deputy_id=invitation.deputy_id,
        place=place,
        person_name=invitation.person_name if to_keeper or row.outcome == CONFIRMED else None,
        phone=mask_phone(row.phone),
        requested_at=row.requested_at,
        expires_at=row.expires_at,
        outcome=row.outcome,
    )


@route(door, "GET", "/grants", access=only(*KEEPERS), summary="我管理的工作身份", answers={200: HeldGrantsOut})
def list_grants(query: PageQuery) -> HeldGrantsOut:
    """Whom one may unbind: station staff, one's unit's clerks, or the district's."""
    after = decode_cursor("grants", query.cursor)
    mine = within(current_actor(), GrantRow, END, on=local_date(core().clock()))
    statement = (
        sa.select(GrantRow, Account)
        .join(Account, Account.id == GrantRow.account_id)
        .where(GrantRow.revoked_at.is_(None), mine, *([GrantRow.id > after[0]] if after else []))
        .order_by(GrantRow.id)
        .limit(query.limit + 1)
    )
    found = db.session().execute(statement).all()
    rows, more = found[: query.limit], len(found) > query.limit
    shown = zip(grants_out([row for row, _ in rows]), rows, strict=True)
    items = [
        HeldGrantOut(**one.model_dump(), person_name=account.display_name, phone=mask_phone(account.phone))
        for one, (_, account) in shown
    ]
    return HeldGrantsOut(items=items, next_cursor=encode_cursor("grants", [rows[-1][0].id] if more else None))


@route(
    door,
    "POST",
    "/grants/<id>/end",
    access=only(*KEEPERS),
    summary="解除一个工作身份",
    answers={204: None},
    rings=jobs.DELIVER_NOTIFICATIONS,
)
def end_grant(path: IdPath, body: ReasonIn) -> None:
    """Staff leaves: disabled the same day (rulebook §11); with a reason, told to the person and written down."""
    identities.end(db.session(), current_actor(), path.id, reason=body.reason, now=core().clock())
