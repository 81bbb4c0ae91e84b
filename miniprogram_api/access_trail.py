"""The trail of work identities and desk sign-ins (身份与登录记录): one's own, and the district's for who watches over it."""

from __future__ import annotations

from miniprogram_api.access import current_account_id
from miniprogram_api.paging import PageQuery, decode_cursor, encode_cursor
from miniprogram_api.routing import ANY_SESSION, current_actor, only, route
from miniprogram_api.schemas import Moment, Out, PageOut
from miniprogram_api.work_identities import door
from service.accounts import trail
from service.accounts.roles import ROLE_TITLES, Role
from service.db import db

WATCHERS = (Role.DISTRICT, Role.AUDITOR, Role.ADMIN)


class AccessOut(Out):
    """``by_self`` null: nobody known did it (an operator's command, a wrong password). No password, code or address."""

    id: str
    at: Moment
    kind: trail.Access
    title: str
    role: Role | None
    role_title: str | None
    person_name: str | None
    by_self: bool | None


class AccessPage(PageOut):
    items: list[AccessOut]


@route(door, "GET", "/me/access-events", access=ANY_SESSION, summary="我的身份与登录记录", answers={200: AccessPage})
def list_my_access(query: PageQuery) -> AccessPage:
    """Newest first: was it you who signed in at a desk?"""
    return _page("my-access", query, trail.Of(account_id=current_account_id()))


@route(door, "GET", "/access-events", access=only(*WATCHERS), summary="身份与登录记录", answers={200: AccessPage})
def list_access(query: PageQuery) -> AccessPage:
    """Of one's districts, newest first; kept for two years (``retention.identity_years``)."""
    districts = frozenset(grant.district_id for grant in current_actor().grants_of(*WATCHERS))
    return _page("access", query, trail.Of(districts=districts))


def _page(purpose: str, query: PageQuery, of: trail.Of) -> AccessPage:
    after = decode_cursor(purpose, query.cursor)
    rows = trail.newest(db.session(), of, before=str(after[0]) if after else None, limit=query.limit + 1)
    shown = rows[: query.limit]
    more = len(rows) > query.limit
    return AccessPage(
        items=[_shown(line) for line in shown],
        next_cursor=encode_cursor(purpose, [shown[-1].event.id] if more else None),
    )


def _shown(line: trail.Line) -> AccessOut:
    row, kind = line.event, trail.Access(line.event.kind)
    role = (row.data or {}).get("role")
    return AccessOut(
        id=row.id,
        at=row.at,
        kind=kind,
        title=trail.TITLES[kind],
        role=Role(role) if role else None,
        role_title=ROLE_TITLES[Role(role)] if role else None,
        person_name=line.person_name,
        by_self=None if row.actor_id is None else row.actor_id == row.account_id,
    )
