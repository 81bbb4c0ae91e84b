"""Feedback as its giver and as the district sees it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.feedback.models import ServiceFeedback

Position = tuple[dt.datetime, str]


def of_account(
    session: Session, account_id: str, *, limit: int, after: Position | None = None
) -> Sequence[ServiceFeedback]:
    """What this account said, newest first."""
    return _page(session, ServiceFeedback.account_id == account_id, limit, after)


def of_districts(
    session: Session, district_ids: Collection[str], *, limit: int, after: Position | None = None
) -> Sequence[ServiceFeedback]:
    """What was said in these districts, newest first."""
    return _page(session, ServiceFeedback.district_id.in_(district_ids), limit, after)


def _page(
    session: Session, condition: sa.ColumnElement[bool], limit: int, after: Position | None
) -> Sequence[ServiceFeedback]:
    statement = sa.select(ServiceFeedback).where(condition)
    if after is not None:
        at, row_id = after
        older = sa.and_(ServiceFeedback.created_at == at, ServiceFeedback.id < row_id)
        statement = statement.where(sa.or_(ServiceFeedback.created_at < at, older))
    statement = statement.order_by(ServiceFeedback.created_at.desc(), ServiceFeedback.id.desc())
    return session.scalars(statement.limit(limit)).all()
