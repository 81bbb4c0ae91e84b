"""Invitations (邀请): a keeper registers somebody's phone for a role, hands over the code, or takes it back."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from miniprogram_api.paging import PageQuery, decode_cursor, encode_cursor
from miniprogram_api.routing import current_actor, only, route
from miniprogram_api.schemas import Body, FilledText, Id, IdPath, Moment, Out, PageOut
from miniprogram_api.work_identities import door
from service.accounts.models import Invitation
from service.accounts.roles import ROLE_TITLES, Role
from service.bootstrap import core
from service.db import db
from service.stations import inviting
from service.stations.offices import KEEPERS

LIMIT = "60 per hour"


class InvitationIn(Body):
    """Exactly the place the role asks for: a station, a unit, a township or the deputy."""

    role: Role
    person_name: Annotated[FilledText, Field(max_length=40)]
    phone: Annotated[str, Field(pattern="^[0-9+ -]{11,20}$", description="本人绑定时要出示的手机号")]
    township_code: Id | None = None
    station_id: Id | None = None
    unit_id: Id | None = None
    deputy_id: Id | None = None


class InvitationOut(Out):
    """Waits for its person; the phone is kept as a digest only."""

    id: str
    role: Role
    title: str
    person_name: str
    township_code: str | None
    station_id: str | None
    unit_id: str | None
    deputy_id: str | None
    expires_at: Moment


class InvitationMade(InvitationOut):
    """The only time the code is shown."""

    code: str


class InvitationsOut(PageOut):
    items: list[InvitationOut]


@route(
    door,
    "POST",
    "/invitations",
    access=only(*KEEPERS),
    summary="邀请代表或工作人员绑定",
    answers={201: InvitationMade},
    limit=LIMIT,
    wakes=False,
)
def invite_person(body: InvitationIn) -> InvitationMade:
    """Valid for fourteen days. Inviting the same phone to the same place again makes the earlier code worthless."""
    wanted = inviting.Wanted(**body.model_dump())
    row, code = inviting.invite(db.session(), current_actor(), wanted, now=core().clock())
    return InvitationMade(**_shown(row).model_dump(), code=code)


@route(door, "GET", "/invitations", access=only(*KEEPERS), summary="等待绑定的邀请", answers={200: InvitationsOut})
def list_invitations(query: PageQuery) -> InvitationsOut:
    """Of the roles and places one may end."""
    after = decode_cursor("invitations", query.cursor)
    statement = inviting.open_invitations(current_actor(), now=core().clock()).limit(query.limit + 1)
    found = db.session().scalars(statement.where(Invitation.id > after[0]) if after else statement).all()
    rows, more = found[: query.limit], len(found) > query.limit
    next_cursor = encode_cursor("invitations", [rows[-1].id] if more else None)
    return InvitationsOut(items=[_shown(row) for row in rows], next_cursor=next_cursor)


@route(
    door,
    "DELETE",
    "/invitations/<id>",
    access=only(*KEEPERS),
    summary="取消邀请",
    answers={204: None},
    wakes=False,
)
def cancel_invitation(path: IdPath) -> None:
    inviting.cancel(db.session(), current_actor(), path.id, now=core().clock())


def _shown(row: Invitation) -> InvitationOut:
    return InvitationOut(
        id=row.id,
        role=Role(row.role),
        title=ROLE_TITLES[Role(row.role)],
        person_name=row.person_name,
        township_code=row.township_code,
        station_id=row.station_id,
        unit_id=row.unit_id,
        deputy_id=row.deputy_id,
        expires_at=row.expires_at,
    )
