"""Did the notices about an issue get through? For those who answer for it: role, channel and state, never a name."""

from __future__ import annotations

from miniprogram_api.issue_views import seen
from miniprogram_api.issues import door
from miniprogram_api.routing import ANY_SESSION, current_actor, route
from miniprogram_api.schemas import IdPath, Moment, Out
from service.accounts.reach import roles_of
from service.accounts.roles import ROLE_TITLES, Role
from service.bootstrap import core
from service.db import db
from service.errors import Forbidden
from service.issues.lifecycle import Party
from service.notifications import queries

WATCHERS = frozenset({Party.DEPUTY, Party.CLERK, Party.HEAD, Party.TOWNSHIP, Party.DISTRICT, Party.RAISED})


class NoticeStateOut(Out):
    """``role``: whom it was for; ``channel``: how it went, null for the inbox alone; ``state``: see the glossary (推送)."""

    kind: str
    title: str
    role: Role
    role_title: str
    channel: str | None
    state: str
    created_at: Moment
    pushed_at: Moment | None
    read: bool


class NoticeStatesOut(Out):
    items: list[NoticeStateOut]


@route(
    door,
    "GET",
    "/issues/<id>/notices",
    access=ANY_SESSION,
    summary="通知送达情况",
    answers={200: NoticeStatesOut},
    problems=(403,),
)
def list_issue_notices(path: IdPath) -> NoticeStatesOut:
    """Newest first. A deputy of their own issues, station, township and district of theirs."""
    session, now = db.session(), core().clock()
    case, parties = seen(session, path.id, current_actor(), now)
    if not parties & WATCHERS:
        raise Forbidden("只有联系代表和负责这件事的站、镇街、区可以查看送达情况。")
    rows = queries.of_issue(session, path.id)
    roles = roles_of(session, {row.account_id for row in rows}, case.issue.district_id)
    return NoticeStatesOut(
        items=[
            NoticeStateOut(
                kind=row.kind,
                title=row.title,
                role=role,
                role_title=ROLE_TITLES[role],
                channel=row.channel,
                state=row.push_state,
                created_at=row.created_at,
                pushed_at=row.pushed_at,
                read=row.read_at is not None,
            )
            for row in rows
            for role in [roles.get(row.account_id, Role.RESIDENT)]
        ]
    )
