"""Questions about handling units; always within one district."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.errors import NotFound
from service.units.models import HandlingUnit

MOST_RESULTS = 100


def unit(session: Session, district_id: str, unit_id: str) -> HandlingUnit:
    """A unit of the district, also a closed one: old matters still name it.

    :raises NotFound: when the district has no such unit.
    """
    wanted = sa.select(HandlingUnit).where(HandlingUnit.district_id == district_id, HandlingUnit.id == unit_id)
    found = session.scalar(wanted)
    if found is None:
        raise NotFound("没有找到这个承办单位。")
    return found


def names_within(session: Session, district_id: str, townships: Collection[str]) -> list[tuple[str, str]]:
    """Id and name of the district's own open units and those of these townships; none named: of all."""
    wanted = sa.select(HandlingUnit.id, HandlingUnit.name)
    wanted = wanted.where(HandlingUnit.district_id == district_id, HandlingUnit.closed_on.is_(None))
    if townships:
        near = sa.or_(HandlingUnit.township_code.is_(None), HandlingUnit.township_code.in_(townships))
        wanted = wanted.where(near)
    ordered = wanted.order_by(HandlingUnit.level.desc(), HandlingUnit.name, HandlingUnit.id)
    return [(row[0], row[1]) for row in session.execute(ordered)]


def search(
    session: Session,
    district_id: str,
    *,
    township_code: str | None = None,
    level: str | None = None,
    q: str | None = None,
    limit: int = 20,
) -> Sequence[HandlingUnit]:
    """Open units by part of their name, at most ``limit`` (≤ 100).

    ``township_code`` narrows to that township's own units: H and T assign within it, A assigns district units
    (rulebook §9.1.9).
    """
    statement = sa.select(HandlingUnit).where(HandlingUnit.district_id == district_id, HandlingUnit.closed_on.is_(None))
    if township_code is not None:
        statement = statement.where(HandlingUnit.township_code == township_code)
    if level is not None:
        statement = statement.where(HandlingUnit.level == level)
    if q and q.strip():
        statement = statement.where(HandlingUnit.name.contains(q.strip(), autoescape=True))
    ordered = statement.order_by(HandlingUnit.level.desc(), HandlingUnit.name, HandlingUnit.id)
    return session.scalars(ordered.limit(max(1, min(limit, MOST_RESULTS)))).all()


def near(session: Session, district_id: str, *, township_code: str) -> Sequence[HandlingUnit]:
    """Open units somebody there may have to do with: the township's own first, then the district's; at most 100."""
    wanted = sa.select(HandlingUnit).where(HandlingUnit.district_id == district_id, HandlingUnit.closed_on.is_(None))
    wanted = wanted.where(sa.or_(HandlingUnit.township_code == township_code, HandlingUnit.township_code.is_(None)))
    ordered = wanted.order_by(HandlingUnit.level.desc(), HandlingUnit.name, HandlingUnit.id)
    return session.scalars(ordered.limit(MOST_RESULTS)).all()


def names(session: Session, district_id: str, unit_ids: Sequence[str]) -> dict[str, str]:
    """Id → name of the district's units among ``unit_ids``."""
    if not unit_ids:
        return {}
    wanted = sa.select(HandlingUnit.id, HandlingUnit.name).where(
        HandlingUnit.district_id == district_id, HandlingUnit.id.in_(unit_ids)
    )
    return dict(session.execute(wanted).all())
