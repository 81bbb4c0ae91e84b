"""Lists of issues: pages with filters and orders, and counts."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import Field

from miniprogram_api.issue_answers import IssueLine, IssuesOut
from miniprogram_api.issues import door
from miniprogram_api.paging import PageQuery, decode_cursor, encode_cursor
from miniprogram_api.routing import ANY_SESSION, current_actor, route
from miniprogram_api.schemas import Day, Id, PlainText, Query
from service.bootstrap import core
from service.db import db
from service.issues import lines, lists, photos, scopes
from service.issues.insight import shows_photos, sorts, visible_beginning
from service.issues.lifecycle import State
from service.issues.lists import Sort
from service.issues.words import Channel

BoxName = Literal["mine", "inbox", "station", "unit", "district", "deputy", "publish"]
SortName = Literal["newest", "oldest", "due", "followers"]


class IssueFilters(Query):
    """What narrows a list down; all given must hold."""

    state: Annotated[list[State], Field(max_length=len(State), description="可以重复，任一即可")] = []
    category: Id | None = None
    village: Annotated[str, Field(pattern="^[0-9]{6,12}$", description="村（社区）代码")] | None = None
    deputy: Id | None = None
    unit: Id | None = None
    channel: Channel | None = None
    overdue: bool | None = None
    due_soon: Annotated[bool, Field(description="三天内到期，还没有超期")] | None = None
    urgent: bool | None = None
    since: Annotated[Day, Field(description="提交日期，从这一天起")] | None = None
    until: Annotated[Day, Field(description="提交日期，到这一天止")] | None = None
    q: Annotated[PlainText, Field(max_length=60, description="词语，用空格隔开的都要出现；或完整编号")] | None = None

    def filters(self) -> lists.Filters:
        return lists.Filters(
            states=tuple(dict.fromkeys(state.value for state in self.state)),
            category_id=self.category,
            overdue=self.overdue,
            due_soon=self.due_soon,
            urgent=self.urgent,
            village=self.village,
            deputy_id=self.deputy,
            unit_id=self.unit,
            channel=self.channel.value if self.channel else None,
            since=self.since,
            until=self.until,
            text=self.q,
        )


class IssuesQuery(PageQuery, IssueFilters):
    box: BoxName = "mine"
    sort: SortName = "newest"
    waiting: Annotated[bool, Field(description="只看轮到我办的")] = False


@route(door, "GET", "/issues", access=ANY_SESSION, summary="事项列表", answers={200: IssuesOut}, problems=(403,))
def list_issues(query: IssuesQuery) -> IssuesOut:
    """A viewer sees what role and place allow, in the box asked for."""
    session, actor, now = db.session(), current_actor(), core().clock()
    box, sort, purpose = scopes.Box(query.box), Sort(query.sort), f"issues:{query.box}:{query.sort}"
    after = _key(decode_cursor(purpose, query.cursor))
    filters = query.filters()
    if query.waiting:
        filters = dataclasses.replace(filters, responsible=scopes.owes(actor) or (("", None),))
    shown, last = lists.page(session, actor, box, filters, sort=sort, after=after, limit=query.limit, now=now)
    seen = [(line, scopes.parties_in(actor, box, line)) for line in shown]
    told = [(line, visible_beginning(line, parties), sorts(parties)) for line, parties in seen]
    rows = lines.summaries(told, lines.names_of(session, shown), now)
    rows = rows if box is scopes.Box.MINE else [lines.in_office(row) for row in rows]
    items = [IssueLine.model_validate(row) for row in rows]
    pictured = [line.id for line, parties in seen if line.photo_count and shows_photos(parties, line)]
    thumbnails = photos.thumbnails(session, pictured, now=now)
    return IssuesOut(items=items, next_cursor=encode_cursor(purpose, _position(last)), thumbnails=thumbnails)


def _position(key: lists.Key | None) -> list[Any] | None:
    if key is None:
        return None
    value = key.value.isoformat() if isinstance(key.value, dt.datetime) else key.value
    return [key.stretch, value, key.issue_id]


def _key(position: list[Any] | None) -> lists.Key | None:
    if position is None:
        return None
    stretch, value, issue_id = position
    return lists.Key(stretch, dt.datetime.fromisoformat(value) if isinstance(value, str) else value, issue_id)
