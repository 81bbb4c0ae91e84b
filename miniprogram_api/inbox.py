"""The in-app inbox, which is the truth, and consents for WeChat's copies of it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from miniprogram_api.access import current_account_id
from miniprogram_api.paging import PageQuery, decode_cursor, encode_cursor
from miniprogram_api.routing import ANY_SESSION, Door, Idempotency, route
from miniprogram_api.schemas import Body, Id, Moment, Out, PageOut
from service.bootstrap import core
from service.db import db
from service.errors import Invalid
from service.notifications import actions, consents, queries
from service.notifications.kinds import page
from service.notifications.models import Notification

door = Door("inbox", "消息")
TemplateId = Annotated[str, Field(pattern="^[A-Za-z0-9_-]+$", min_length=1, max_length=64)]


class NoticeOut(Out):
    """``page``: of the client, with its query: what a tap on it opens."""

    id: str
    kind: str
    title: str
    body: str
    issue_id: str | None
    created_at: Moment
    read_at: Moment | None
    push_state: str
    page: str


class InboxOut(PageOut):
    items: list[NoticeOut]
    unread: int


class ReadIn(Body):
    """Without ``ids`` everything is marked read."""

    ids: Annotated[list[Id], Field(max_length=100)] | None = None


class ReadOut(Out):
    changed: int
    unread: int


class SubscriptionsIn(Body):
    """What ``wx.requestSubscribeMessage`` answered per template."""

    template_ids: Annotated[list[TemplateId], Field(min_length=1, max_length=5)]
    results: dict[TemplateId, Literal["accept", "reject", "ban", "filter", "acceptWithAudio", "acceptWithAlert"]]


class SubscriptionsOut(Out):
    accepted: list[str]


@route(door, "GET", "/inbox", access=ANY_SESSION, summary="我的消息", answers={200: InboxOut})
def read_inbox(query: PageQuery) -> InboxOut:
    """Newest first, own only."""
    session, account_id = db.session(), current_account_id()
    position = decode_cursor("inbox", query.cursor)
    after = (dt.datetime.fromisoformat(position[0]), str(position[1])) if position else None
    rows = queries.inbox(session, account_id, after=after, limit=query.limit + 1)
    shown = rows[: query.limit]
    last = [shown[-1].created_at.isoformat(), shown[-1].id] if len(rows) > query.limit else None
    return InboxOut(
        items=[_notice_out(row) for row in shown],
        unread=queries.unread(session, account_id),
        next_cursor=encode_cursor("inbox", last),
    )


def _notice_out(row: Notification) -> NoticeOut:
    return NoticeOut(
        id=row.id,
        kind=row.kind,
        title=row.title,
        body=row.body,
        issue_id=row.issue_id,
        created_at=row.created_at,
        read_at=row.read_at,
        push_state=row.push_state,
        page=page(row.issue_id, key=row.dedupe_key, kind=row.kind),
    )


@route(door, "POST", "/inbox/read", access=ANY_SESSION, summary="标记已读", answers={200: ReadOut}, wakes=False)
def mark_read(body: ReadIn) -> ReadOut:
    """Ids of others' messages change nothing."""
    session, account_id = db.session(), current_account_id()
    changed = actions.mark_read(session, account_id, body.ids, now=core().clock())
    return ReadOut(changed=changed, unread=queries.unread(session, account_id))


@route(
    door,
    "POST",
    "/subscriptions",
    access=ANY_SESSION,
    summary="订阅消息授权",
    answers={201: SubscriptionsOut},
    idempotency=Idempotency.OPTIONAL,
    limit="60 per minute",
    wakes=False,
)
def subscribe(body: SubscriptionsIn) -> SubscriptionsOut:
    """One accepted tap buys one message of that template; WeChat may report the same tap too, it counts once."""
    unknown = [template for template in body.results if template not in body.template_ids]
    if unknown:
        raise Invalid(fields={"results": "结果里有没有请求过的模板。"})
    answers = {template: str(body.results.get(template)).startswith("accept") for template in body.template_ids}
    consents.reported(db.session(), account_id=current_account_id(), answers=answers, now=core().clock())
    return SubscriptionsOut(accepted=[template for template, agreed in answers.items() if agreed])
