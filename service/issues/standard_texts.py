"""Sentences used again and again (常用语), kept per district by those who answer for its wording."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import Actor, Role
from service.errors import NotFound
from service.issues.models import StandardText

EDITORS = (Role.TOWNSHIP, Role.DISTRICT, Role.ADMIN)


def texts(session: Session, district_ids: Collection[str], *, action: str | None) -> Sequence[StandardText]:
    """Those in use in the districts; with ``action`` also the general ones."""
    statement = sa.select(StandardText).where(
        StandardText.district_id.in_(district_ids), StandardText.retired_at.is_(None)
    )
    if action is not None:
        statement = statement.where(sa.or_(StandardText.action == action, StandardText.action.is_(None)))
    return session.scalars(statement.order_by(StandardText.title, StandardText.id).limit(200)).all()


def add(
    session: Session, *, district_id: str, title: str, text: str, action: str | None, now: dt.datetime
) -> StandardText:
    row = StandardText(district_id=district_id, title=title, text=text, action=action, created_at=now)
    session.add(row)
    session.flush()
    return row


def retire(session: Session, text_id: str, *, actor: Actor, now: dt.datetime) -> None:
    """:raises NotFound: when it is not of the actor's district."""
    row = session.get(StandardText, text_id)
    if row is None or row.district_id not in {grant.district_id for grant in actor.grants_of(*EDITORS)}:
        raise NotFound("没有找到这条常用语。")
    row.retired_at = row.retired_at or now
