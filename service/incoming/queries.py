"""Whom the official account's notices can reach."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.incoming.models import OfficialFollower


def following(session: Session, subject_indexes: Collection[str]) -> dict[str, bool]:
    """``identities.subject_index`` of the official account → follows it; those WeChat never spoke of are missing."""
    statement = sa.select(OfficialFollower.subject_index, OfficialFollower.following)
    rows = session.execute(statement.where(OfficialFollower.subject_index.in_(subject_indexes)))
    return {row[0]: row[1] for row in rows}
