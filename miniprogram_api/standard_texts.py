"""Standard sentences (常用语) for those who answer."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from miniprogram_api.routing import Door, Idempotency, current_actor, only, route
from miniprogram_api.schemas import Body, FilledText, IdPath, Out, PageOut, Query
from service.accounts.roles import STAFF, Role
from service.administration import wording
from service.administration.in_use import Period
from service.bootstrap import core
from service.calendar.workdays import local_date
from service.db import db
from service.issues import standard_texts
from service.issues.lifecycle import Action

door = Door("standard-texts", "常用语")
ANSWERING = (*sorted(STAFF - {Role.AUDITOR}), Role.DEPUTY)


class TextOut(Out):
    id: str
    title: str
    text: str
    action: str | None


class TextsOut(PageOut):
    items: list[TextOut]


class TextsQuery(Query):
    action: Action | None = None


class TextIn(Body):
    title: Annotated[FilledText, Field(max_length=40)]
    text: Annotated[FilledText, Field(max_length=1000)]
    action: Annotated[str, Field(max_length=24)] | None = None


@route(door, "GET", "/standard-texts", access=only(*ANSWERING), summary="常用语", answers={200: TextsOut})
def list_texts(query: TextsQuery) -> TextsOut:
    districts = {grant.district_id for grant in current_actor().grants}
    rows = standard_texts.texts(db.session(), districts, action=query.action, at=core().clock())
    return TextsOut(items=[TextOut.model_validate(row) for row in rows])


@route(
    door,
    "POST",
    "/standard-texts",
    access=only(*standard_texts.EDITORS),
    summary="新增常用语",
    answers={201: TextOut},
    idempotency=Idempotency.OPTIONAL,
    wakes=False,
)
def add_text(body: TextIn) -> TextOut:
    district = next(current_actor().grants_of(*standard_texts.EDITORS)).district_id
    now = core().clock()
    row = wording.add_text(
        db.session(),
        district,
        title=body.title,
        text=body.text,
        action=body.action,
        period=Period(local_date(now)),
        actor=current_actor(),
        now=now,
    )
    return TextOut.model_validate(row)


@route(
    door,
    "DELETE",
    "/standard-texts/<id>",
    access=only(*standard_texts.EDITORS),
    summary="停用常用语",
    answers={204: None},
    wakes=False,
)
def retire_text(path: IdPath) -> None:
    wording.end_now(db.session(), path.id, actor=current_actor(), now=core().clock())
