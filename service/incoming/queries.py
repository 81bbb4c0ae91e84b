"""Whom the official account's notices can reach."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.crypto import ring
from service.incoming.actions import OFFICIAL_PROVIDER
from service.incoming.models import OfficialFollower


def within_reach(session: Session, openids: Mapping[str, str]) -> dict[str, str]:
    """Account → openid of the official account, without those who stopped following it; one statement at most.

    WeChat would refuse them with 43004. Whoever it never spoke of is tried.
    """
    if not openids:
        return {}
    indexes = {
        account: ring().blind_index(openid, f"identity.{OFFICIAL_PROVIDER}") for account, openid in openids.items()
    }
    known = following(session, set(indexes.values()))
    return {account: openid for account, openid in openids.items() if known.get(indexes[account], True)}


def following(session: Session, subject_indexes: Collection[str]) -> dict[str, bool]:
    """``identities.subject_index`` of the official account → follows it; those WeChat never spoke of are missing."""
    statement = sa.select(OfficialFollower.subject_index, OfficialFollower.following)
    rows = session.execute(statement.where(OfficialFollower.subject_index.in_(subject_indexes)))
    return {row[0]: row[1] for row in rows}
