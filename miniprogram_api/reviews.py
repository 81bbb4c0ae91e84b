"""Held messages waiting for a reviewer (K)."""

from __future__ import annotations

from typing import Literal

from miniprogram_api.photo_answers import PhotoOut
from miniprogram_api.routing import Door, current_actor, only, route
from miniprogram_api.schemas import Body, IdPath, Moment, Out, PageOut
from service.accounts.roles import Role
from service.bootstrap import core
from service.db import db
from service.issues import held
from service.uploads.queries import shown

door = Door("reviews", "内容审核")


class HeldOut(Out):
    id: str
    number: str
    text: str
    at: Moment
    why: str
    photos: list[PhotoOut]


class HeldPage(PageOut):
    items: list[HeldOut]


class DecisionIn(Body):
    outcome: Literal["RELEASE", "REFUSE"]


@route(door, "GET", "/reviews/messages", access=only(Role.REVIEWER), summary="待审核留言", answers={200: HeldPage})
def list_held() -> HeldPage:
    """Oldest first, at most a hundred."""
    session, now = db.session(), core().clock()
    rows = held.waiting(session, current_actor())
    ids = [row.id for row, _number in rows]
    why, sent = held.reasons(session, ids), held.pictures(session, ids)
    return HeldPage(
        items=[
            HeldOut(
                id=row.id,
                number=number,
                text=row.text,
                at=row.at,
                why=why[row.id],
                photos=[PhotoOut.model_validate(shown(one, now=now)) for one in sent if one.message_id == row.id],
            )
            for row, number in rows
        ]
    )


@route(door, "POST", "/reviews/messages/<id>", access=only(Role.REVIEWER), summary="审核留言", answers={204: None})
def decide_held(path: IdPath, body: DecisionIn) -> None:
    held.decide(db.session(), path.id, actor=current_actor(), release=body.outcome == "RELEASE", now=core().clock())
