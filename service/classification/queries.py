"""Which versions there are, and which is in use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.classification.models import CategoryModel, ModelState

ACTIVE = CategoryModel.state == ModelState.ACTIVE.value


def active(session: Session, district_id: str) -> CategoryModel | None:
    """The version in use, without its weights."""
    return session.scalar(sa.select(CategoryModel).where(CategoryModel.district_id == district_id, ACTIVE))


def active_version(session: Session, district_id: str) -> int | None:
    return session.scalar(sa.select(CategoryModel.version).where(CategoryModel.district_id == district_id, ACTIVE))


def weights(session: Session, district_id: str, version: int) -> str | None:
    """:raises ValueError: when they were altered, or their key is gone."""
    statement = sa.select(CategoryModel.weights).where(CategoryModel.district_id == district_id)
    return session.scalar(statement.where(CategoryModel.version == version))


def versions(session: Session, district_id: str) -> Sequence[CategoryModel]:
    """Newest first, without their weights."""
    statement = sa.select(CategoryModel).where(CategoryModel.district_id == district_id)
    return session.scalars(statement.order_by(CategoryModel.version.desc())).all()


def due(session: Session, *, now: dt.datetime, after: dt.timedelta) -> list[str]:
    """Districts that use a model nobody has tried to better for ``after``."""
    statement = sa.select(CategoryModel.district_id).where(ACTIVE, CategoryModel.looked_at <= now - after)
    return list(session.scalars(statement.order_by(CategoryModel.district_id)))
