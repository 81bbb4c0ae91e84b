"""Questions about deputies for screens, routing and escalation. Phone and employer never leave this room."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.deputies import availability, portraits
from service.deputies.mandates import LEVEL_TITLES, TERM_OVER, GridRole, GroupKind, Level, MandateState
from service.deputies.models import Deputy, DeputyGroup, GridAssignment, GroupMember, Leave, Mandate
from service.errors import NotFound
from service.parameters import queries as parameters
from service.remembered import Remembered
from service.territory.models import Constituency


@dataclass(frozen=True, slots=True)
class DeputyCard:
    """What the public may know about a deputy: one card also for two mandates (rulebook §11, §12)."""

    id: str
    name: str
    titles: tuple[str, ...]
    levels: tuple[Level, ...]
    constituency: str | None
    introduction: str | None
    groups: tuple[str, ...]
    photo_url: str | None
    """Path of the public photo; None without one, and without a mandate in force."""


def deputy(session: Session, district_id: str | None, deputy_id: str) -> Deputy:
    """The person; ``district_id`` None only where the public asks without naming a district.

    :raises NotFound: when there is no such deputy there.
    """
    wanted = sa.select(Deputy).where(Deputy.id == deputy_id)
    if district_id is not None:
        wanted = wanted.where(Deputy.district_id == district_id)
    found = session.scalar(wanted)
    if found is None:
        raise NotFound("没有找到这位代表。")
    return found


def available(session: Session, deputy_ids: Collection[str], *, on: dt.date) -> frozenset[str]:
    """Those who may get something new that day: an active mandate of any level covers it, and no leave does."""
    if not deputy_ids:
        return frozenset()
    wanted = sa.select(Mandate.deputy_id).where(Mandate.deputy_id.in_(deputy_ids), availability.available_mandate(on))
    return frozenset(session.scalars(wanted.distinct()))


_GOES_ON = (MandateState.ELECTED, MandateState.ACTIVE, MandateState.SUSPENDED)


def term_is_over(session: Session, deputy_id: str, *, on: dt.date) -> bool:
    """Whether the last mandate the deputy held ended with its term (换届), and none goes on."""
    held = sa.select(Mandate.reason, Mandate.valid_to).where(
        Mandate.deputy_id == deputy_id, Mandate.state.in_([state.value for state in _GOES_ON])
    )
    last = session.execute(held.order_by(Mandate.valid_to.desc().nulls_first()).limit(1)).first()
    return last is not None and (last.reason or "").startswith(TERM_OVER) and (last.valid_to or on) <= on


def substitutes(session: Session, deputy_ids: Collection[str], *, on: dt.date) -> dict[str, str]:
    """Deputy on leave → the substitute named for that day; whether the substitute is available is asked separately."""
    if not deputy_ids:
        return {}
    wanted = sa.select(Leave.deputy_id, Leave.substitute_id).where(
        Leave.deputy_id.in_(deputy_ids), Leave.substitute_id.is_not(None), availability.on_leave(on)
    )
    return {away: standing_in for away, standing_in in session.execute(wanted) if standing_in}


def grid_deputies(session: Session, grid_id: str, *, on: dt.date) -> list[tuple[str, GridRole]]:
    """Who answers for the grid that day, PRIMARY first; also those away, whose substitute is wanted then."""
    wanted = sa.select(GridAssignment.deputy_id, GridAssignment.role).where(
        GridAssignment.grid_id == grid_id, availability.in_force(GridAssignment, on)
    )
    rows = session.execute(wanted.order_by(GridAssignment.valid_from, GridAssignment.id))
    found = [(deputy_id, GridRole(role)) for deputy_id, role in rows]
    return sorted(found, key=lambda pair: pair[1] is not GridRole.PRIMARY)


def answers_for_grid(
    grid_id: sa.BindParameter[str], deputy_id: sa.BindParameter[str], on: sa.BindParameter[dt.date]
) -> sa.ColumnElement[bool]:
    """Whether there is such an assignment on that day, for a statement of another context."""
    return sa.exists().where(
        GridAssignment.grid_id == grid_id,
        GridAssignment.deputy_id == deputy_id,
        availability.in_force(GridAssignment, on),
    )


Placed = sa.Select[str, str, dt.date, str]
"""(deputy_id, place, since, row_id): who is where, as a part of a statement of another context."""


def serving_grid(grid_id: sa.BindParameter[str], on: availability.Day) -> Placed:
    """Those who answer for a grid that day; the place is PRIMARY or BACKUP."""
    return sa.select(
        GridAssignment.deputy_id,
        GridAssignment.role.label("place"),
        GridAssignment.valid_from.label("since"),
        GridAssignment.id.label("row_id"),
    ).where(GridAssignment.grid_id == grid_id, availability.in_force(GridAssignment, on))


def by_id(deputy_id: sa.BindParameter[str], place: str) -> Placed:
    """One deputy in the shape of :func:`serving_grid`."""
    since = sa.cast(sa.null(), sa.Date).label("since")
    return sa.select(Deputy.id, sa.literal(place).label("place"), since, Deputy.id.label("row_id")).where(
        Deputy.id == deputy_id
    )


_cards: Remembered[DeputyCard] = Remembered()


def cards(session: Session, deputy_ids: Collection[str], *, on: dt.date) -> dict[str, DeputyCard]:
    """Public cards by deputy id, kept in memory for seconds. The mandates shown are those of that day."""
    found = _cards.get_many(
        session,
        {(deputy_id, on) for deputy_id in deputy_ids},
        lambda missing: {(card.id, on): card for card in _read_cards(session, [key for key, _ in missing], on)},
    )
    return {deputy_id: card for (deputy_id, _), card in found.items()}


def fresh_cards(session: Session, deputy_ids: Collection[str], *, on: dt.date) -> dict[str, DeputyCard]:
    """The same, asked anew: for an answer that is itself kept, and longer."""
    return {card.id: card for card in _read_cards(session, deputy_ids, on)} if deputy_ids else {}


def _read_cards(session: Session, deputy_ids: Collection[str], on: dt.date) -> list[DeputyCard]:
    """Three statements whatever the number."""
    people = sa.select(Deputy.id, Deputy.name, Deputy.introduction, Deputy.portrait_id)
    mandates = _mandates(session, deputy_ids, on)
    groups = _group_names(session, deputy_ids)
    return [
        _card(deputy_id, name, introduction, mandates[deputy_id], groups[deputy_id], portrait_id)
        for deputy_id, name, introduction, portrait_id in session.execute(people.where(Deputy.id.in_(deputy_ids)))
    ]


def _card(
    deputy_id: str,
    name: str,
    introduction: str | None,
    mandates: list[tuple[Level, str | None]],
    groups: list[str],
    portrait_id: str | None,
) -> DeputyCard:
    levels = _ranked(level for level, _ in mandates)
    constituencies = [constituency for _, constituency in mandates if constituency]
    return DeputyCard(
        id=deputy_id,
        name=name,
        titles=tuple(LEVEL_TITLES[level] for level in levels),
        levels=levels,
        constituency=constituencies[0] if constituencies else None,
        introduction=introduction,
        groups=tuple(groups),
        photo_url=portraits.address(deputy_id, portrait_id) if portrait_id and levels else None,
    )


def _ranked(levels: Iterable[Level]) -> tuple[Level, ...]:
    """Each level once, highest first."""
    return tuple(sorted(set(levels), key=tuple(Level).index))


def _mandates(
    session: Session, deputy_ids: Collection[str], on: dt.date
) -> defaultdict[str, list[tuple[Level, str | None]]]:
    wanted = (
        sa.select(Mandate.deputy_id, Mandate.level, Constituency.name)
        .outerjoin(Constituency, Constituency.id == Mandate.constituency_id)
        .where(Mandate.deputy_id.in_(deputy_ids), availability.active_mandate(on))
        .order_by(Mandate.level, Mandate.id)
    )
    found: defaultdict[str, list[tuple[Level, str | None]]] = defaultdict(list)
    for deputy_id, level, constituency in session.execute(wanted):
        found[deputy_id].append((Level(level), constituency))
    return found


def _group_names(session: Session, deputy_ids: Collection[str]) -> defaultdict[str, list[str]]:
    wanted = (
        sa.select(GroupMember.deputy_id, DeputyGroup.name)
        .join(DeputyGroup, DeputyGroup.id == GroupMember.group_id)
        .where(GroupMember.deputy_id.in_(deputy_ids))
        .order_by(DeputyGroup.kind.desc(), DeputyGroup.name)
    )
    found: defaultdict[str, list[str]] = defaultdict(list)
    for deputy_id, name in session.execute(wanted):
        found[deputy_id].append(name)
    return found


def names(session: Session, district_id: str, deputy_ids: Collection[str]) -> dict[str, str]:
    """Id → name of the district's deputies among ``deputy_ids``, whatever became of their mandates."""
    if not deputy_ids:
        return {}
    return dict(session.execute(_NAMES, {"district": district_id, "ids": list(deputy_ids)}).all())


_NAMES = sa.select(Deputy.id, Deputy.name).where(
    Deputy.district_id == sa.bindparam("district"), Deputy.id.in_(sa.bindparam("ids", expanding=True))
)


def levels_of(session: Session, deputy_id: str, *, on: dt.date) -> frozenset[Level]:
    """The levels at which the deputy holds an active mandate that day."""
    wanted = sa.select(Mandate.level).where(Mandate.deputy_id == deputy_id, availability.active_mandate(on))
    return frozenset(Level(level) for level in session.scalars(wanted))


_experts: Remembered[frozenset[str]] = Remembered()


def in_groups_for(session: Session, category_id: str | None, deputy_ids: Collection[str]) -> frozenset[str]:
    """Those among ``deputy_ids`` in a professional group that knows the category, or the one above it."""
    if category_id is None or not deputy_ids:
        return frozenset()
    return _experts.get(session, category_id, lambda: _read_experts(session, category_id)) & frozenset(deputy_ids)


def _read_experts(session: Session, category_id: str) -> frozenset[str]:
    wanted = (
        sa.select(GroupMember.deputy_id, DeputyGroup)
        .join(DeputyGroup, DeputyGroup.id == GroupMember.group_id)
        .where(DeputyGroup.kind == GroupKind.PROFESSIONAL.value)
    )
    family = parameters.lineage(session, category_id)
    rows = session.execute(wanted)
    return frozenset(deputy_id for deputy_id, group in rows if availability.knows_one_of(group, family))


def higher_deputies(session: Session, district_id: str, *, above: Level, on: dt.date) -> list[tuple[str, Level]]:
    """Available deputies of the district with a mandate above that level, nearest level first, then by name.

    Somebody with two such mandates appears once per level: escalation chooses the level of the competent organ
    (rulebook §1 row 9).
    """
    order = availability.levels_above(above)
    wanted = (
        sa.select(Mandate.deputy_id, Mandate.level)
        .join(Deputy, Deputy.id == Mandate.deputy_id)
        .where(Mandate.district_id == district_id, Mandate.level.in_([level.value for level in order]))
        .where(availability.available_mandate(on))
        .order_by(Deputy.name, Deputy.id)
    )
    found = [(deputy_id, Level(level)) for deputy_id, level in session.execute(wanted)]
    return sorted(dict.fromkeys(found), key=lambda pair: order.index(pair[1]))


def leaves_of(session: Session, deputy_id: str, *, since: dt.date) -> Sequence[Leave]:
    """The deputy's leaves that end on ``since`` or later and were not cancelled, earliest first."""
    wanted = sa.select(Leave).where(Leave.deputy_id == deputy_id, Leave.cancelled_at.is_(None), Leave.to_on >= since)
    return session.scalars(wanted.order_by(Leave.from_on)).all()


def leaves_of_all(session: Session, deputy_ids: Collection[str], *, since: dt.date) -> Sequence[Leave]:
    """:func:`leaves_of` several, by day."""
    wanted = sa.select(Leave).where(Leave.deputy_id.in_(deputy_ids), Leave.cancelled_at.is_(None), Leave.to_on >= since)
    return session.scalars(wanted.order_by(Leave.from_on, Leave.id)).all()


def search(
    session: Session,
    district_id: str,
    *,
    on: dt.date,
    township_code: str | None = None,
    q: str | None = None,
    limit: int = 20,
) -> list[str]:
    """Ids of deputies available that day, by part of the name, at most ``limit`` (≤ 100): to choose one on a screen."""
    mandate = sa.select(Mandate.id).where(Mandate.deputy_id == Deputy.id, availability.available_mandate(on))
    if township_code is not None:
        mandate = mandate.where(Mandate.township_code == township_code)
    wanted = sa.select(Deputy.id).where(Deputy.district_id == district_id, mandate.exists())
    if q and q.strip():
        wanted = wanted.where(Deputy.name.contains(q.strip(), autoescape=True))
    return list(session.scalars(wanted.order_by(Deputy.name, Deputy.id).limit(max(1, min(limit, 100)))))
