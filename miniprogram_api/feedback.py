"""Complaints and suggestions about the service itself (投诉建议), a duty of the app regulation (rulebook §7.4)."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from miniprogram_api.access import current_account_id
from miniprogram_api.issue_shapes import Code
from miniprogram_api.paging import PageQuery, decode_cursor, encode_cursor
from miniprogram_api.routing import ANY_SESSION, Door, Idempotency, current_actor, only, route
from miniprogram_api.schemas import Body, FilledText, Id, IdPath, Moment, Out, PageOut, PlainText
from service.accounts.roles import Role
from service.bootstrap import core
from service.calendar.workdays import local_date
from service.db import db
from service.errors import Forbidden, Invalid
from service.feedback import actions, queries
from service.feedback.models import ServiceFeedback
from service.stations.scan import resolve
from service.territory import queries as territory

WHICH_DISTRICT = "请先扫码或找到您的联络站，再提交：这样才知道该由哪个区县答复。"

door = Door("feedback", "对本服务的投诉建议")


class FeedbackIn(Body):
    """The district is named by its id or by a station's code; neither is needed where only one is served."""

    text: Annotated[FilledText, Field(max_length=2000)]
    contact: Annotated[PlainText, Field(max_length=100)] | None = None
    district_id: Id | None = None
    station_code: Code | None = None


class FeedbackOut(Out):
    """``contact`` only as the district sees it."""

    id: str
    district_id: str
    text: str
    contact: str | None = None
    created_at: Moment
    answer: str | None
    answered_at: Moment | None


class FeedbackPage(PageOut):
    items: list[FeedbackOut]


class FeedbackQuery(PageQuery):
    box: Literal["mine", "district"] = "mine"


class AnswerIn(Body):
    text: Annotated[FilledText, Field(max_length=2000)]


@route(
    door,
    "POST",
    "/feedback",
    access=ANY_SESSION,
    summary="提交投诉建议",
    answers={201: FeedbackOut},
    problems=(404,),
    idempotency=Idempotency.OPTIONAL,
    limit="10 per hour",
    wakes=False,
)
def give_feedback(body: FeedbackIn) -> FeedbackOut:
    session = db.session()
    row = actions.give(
        session,
        district_id=_district(body),
        account_id=current_account_id(),
        text=body.text,
        contact=body.contact,
        now=core().clock(),
    )
    return FeedbackOut.model_validate(row)


def _district(body: FeedbackIn) -> str:
    """:raises Invalid: when it must be named and is not.  :raises NotFound: when it is not served here."""
    session = db.session()
    if body.district_id is not None:
        return territory.district(session, body.district_id).id
    if body.station_code is not None:
        return resolve(session, body.station_code, today=local_date(core().clock())).district_id
    served = territory.districts(session)
    if len(served) != 1:
        raise Invalid(fields={"district_id": WHICH_DISTRICT})
    return served[0].id


@route(
    door,
    "GET",
    "/feedback",
    access=ANY_SESSION,
    summary="投诉建议列表",
    answers={200: FeedbackPage},
    problems=(403,),
)
def list_feedback(query: FeedbackQuery) -> FeedbackPage:
    """``mine``: what I said, with the answers; ``district``: everything, for A and the administrator."""
    position = decode_cursor(f"feedback:{query.box}", query.cursor)
    after = (dt.datetime.fromisoformat(position[0]), str(position[1])) if position else None
    session, limit = db.session(), query.limit + 1
    if query.box == "mine":
        rows = queries.of_account(session, current_account_id(), limit=limit, after=after)
    else:
        districts = {grant.district_id for grant in current_actor().grants_of(*actions.ANSWERING)}
        if not districts:
            raise Forbidden
        rows = queries.of_districts(session, districts, limit=limit, after=after)
    return _page(list(rows), query)


def _page(rows: list[ServiceFeedback], query: FeedbackQuery) -> FeedbackPage:
    shown = rows[: query.limit]
    last = [shown[-1].created_at.isoformat(), shown[-1].id] if len(rows) > query.limit else None
    items = [FeedbackOut.model_validate(row) for row in shown]
    return FeedbackPage(items=items, next_cursor=encode_cursor(f"feedback:{query.box}", last))


@route(
    door,
    "POST",
    "/feedback/<id>/answer",
    access=only(Role.DISTRICT, Role.ADMIN),
    summary="答复投诉建议",
    answers={200: FeedbackOut},
    wakes=False,
)
def answer_feedback(path: IdPath, body: AnswerIn) -> FeedbackOut:
    row = actions.answer(db.session(), path.id, text=body.text, actor=current_actor(), now=core().clock())
    return FeedbackOut.model_validate(row)
