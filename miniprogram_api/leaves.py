"""Leave (请假) of deputies: while it lasts somebody else gets what is new (rulebook §9.5, §11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Annotated

from pydantic import Field

from miniprogram_api.routing import Door, Idempotency, current_actor, only, route
from miniprogram_api.schemas import Body, Day, Id, IdPath, Out, PageOut, PlainText, Query
from service.accounts.roles import Role
from service.bootstrap import core
from service.calendar.workdays import local_date
from service.db import db
from service.deputies import queries as deputies
from service.deputies.actions import leave
from service.deputies.models import Leave
from service.errors import Invalid, NotFound
from service.stations import queries as stations

SPEAKING = (Role.DEPUTY, Role.STATION_HEAD, Role.TOWNSHIP, Role.DISTRICT)
SEEING = (*SPEAKING, Role.STATION_CLERK)
NO_DEPUTY = "没有找到这位代表。"
NO_STATION = "没有找到这个联络站。"
WHOSE = "请说明是哪位代表或者哪个联络站的请假。"

door = Door("leaves", "代表请假")


class LeavesQuery(Query):
    """Neither: my own. ``station_id``: of all deputies stationed there."""

    station_id: Id | None = None


class LeaveIn(Body):
    """Both days included; ``deputy_id`` may be left out by the deputy in person."""

    from_on: Day
    to_on: Day
    deputy_id: Id | None = None
    substitute_id: Id | None = None
    reason: Annotated[PlainText, Field(max_length=200)] | None = None


class LeaveOut(Out):
    """The reason stays with those who may enter the leave."""

    id: str
    deputy_id: str
    deputy_name: str
    substitute_id: str | None
    substitute_name: str | None
    from_on: dt.date
    to_on: dt.date
    reason: str | None = None


class LeavesOut(PageOut):
    items: list[LeaveOut]


@route(
    door,
    "GET",
    "/leaves",
    access=only(*SEEING),
    summary="请假列表",
    answers={200: LeavesOut},
    problems=(404,),
)
def list_leaves(query: LeavesQuery) -> LeavesOut:
    """Leaves that are not over, by deputy and day."""
    if query.station_id is not None:
        return LeavesOut(items=_out(_of_station(query.station_id), with_reason=False))
    mine = [grant.deputy_id for grant in current_actor().grants_of(Role.DEPUTY) if grant.deputy_id]
    if not mine:
        raise Invalid(WHOSE, fields={"station_id": WHOSE})
    return LeavesOut(items=_out(mine, with_reason=True))


def _of_station(station_id: str) -> list[str]:
    """Deputies stationed there.

    :raises NotFound: when the station is not the caller's, nor in their township or district.
    """
    session = db.session()
    station = stations.station(session, None, station_id)
    roster = stations.roster(session, station.id, on=local_date(core().clock()))
    for grant in current_actor().grants_of(*SEEING):
        wide = grant.role is Role.DISTRICT or grant.township_code == station.township_code
        here = wide or grant.station_id == station.id or grant.deputy_id in roster
        if grant.district_id == station.district_id and here:
            return roster
    raise NotFound(NO_STATION)


def _out(deputy_ids: Iterable[str], *, with_reason: bool) -> list[LeaveOut]:
    session, today = db.session(), local_date(core().clock())
    rows = [row for deputy_id in deputy_ids for row in deputies.leaves_of(session, deputy_id, since=today)]
    return _shown(rows, with_reason=with_reason)


def _shown(rows: Sequence[Leave], *, with_reason: bool) -> list[LeaveOut]:
    if not rows:
        return []
    people = {person for row in rows for person in (row.deputy_id, row.substitute_id) if person}
    names = deputies.names(db.session(), rows[0].district_id, people)
    return [
        LeaveOut(
            id=row.id,
            deputy_id=row.deputy_id,
            deputy_name=names.get(row.deputy_id, ""),
            substitute_id=row.substitute_id,
            substitute_name=names.get(row.substitute_id) if row.substitute_id else None,
            from_on=row.from_on,
            to_on=row.to_on,
            reason=row.reason if with_reason else None,
        )
        for row in rows
    ]


@route(
    door,
    "POST",
    "/leaves",
    access=only(*SPEAKING),
    summary="请假",
    answers={201: LeaveOut},
    problems=(404,),
    idempotency=Idempotency.OPTIONAL,
)
def take_leave(body: LeaveIn) -> LeaveOut:
    """Takes effect on routing at once; the deputy affairs actions decide who may speak for whom."""
    deputy_id = body.deputy_id or _self()
    row = leave.take_leave(
        db.session(),
        district_id=_shared_district(deputy_id),
        actor=current_actor(),
        now=core().clock(),
        **(body.model_dump() | {"deputy_id": deputy_id}),
    )
    return _shown([row], with_reason=True)[0]


def _self() -> str:
    """:raises Invalid: when the caller is no deputy, or several."""
    mine = {grant.deputy_id for grant in current_actor().grants_of(Role.DEPUTY) if grant.deputy_id}
    if len(mine) != 1:
        raise Invalid(WHOSE, fields={"deputy_id": WHOSE})
    return mine.pop()


def _shared_district(deputy_id: str) -> str:
    """The deputy's district. :raises NotFound: when the caller works in another one."""
    district_id = deputies.deputy(db.session(), None, deputy_id).district_id
    if district_id not in {grant.district_id for grant in current_actor().grants_of(*SPEAKING)}:
        raise NotFound(NO_DEPUTY)
    return district_id


@route(door, "DELETE", "/leaves/<id>", access=only(*SPEAKING), summary="取消请假", answers={204: None})
def cancel_leave(path: IdPath) -> None:
    """The deputy is back: available again at once."""
    session, now = db.session(), core().clock()
    row = session.get(Leave, path.id)
    district_id = _shared_district(row.deputy_id) if row else None
    if row is None or district_id != row.district_id:
        raise NotFound("没有找到这条请假记录。")
    leave.cancel_leave(session, row.district_id, row.id, actor=current_actor(), now=now)
