"""Groups, leave, duty and reception days as sheets: what is over is left out, reasons of leave stay here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from service.calendar.workdays import SHANGHAI
from service.deputies.mandates import GroupKind
from service.deputies.models import Deputy, DeputyGroup, GroupMember, Leave
from service.parameters import queries as parameters
from service.roster.shapes import DUTIES, GROUP_KINDS, GROUPS, LEAVES, RECEPTIONS
from service.sheets.writing import Sheet, sheet_of
from service.stations import lookup
from service.stations.kinds import ReceptionState
from service.stations.models import DutySlot, ReceptionDay, Station

Row = list[str]
_COMING = (ReceptionState.PLANNED.value, ReceptionState.ANNOUNCED.value, ReceptionState.OPEN.value)


def engagement_sheets(session: Session, district_id: str, *, on: dt.date) -> dict[str, Sheet]:
    """Every sheet by its canonical name, from that day on."""
    titles = lookup.titles(lookup.by_name(session, district_id))
    return {
        GROUPS.name: sheet_of(GROUPS, _groups(session, district_id), without=("note",)),
        LEAVES.name: sheet_of(LEAVES, _leaves(session, district_id, on), without=("note", "reason")),
        DUTIES.name: sheet_of(DUTIES, _duties(session, district_id, on, titles), without=("note", "township")),
        RECEPTIONS.name: sheet_of(RECEPTIONS, _receptions(session, district_id, titles), without=("note", "township")),
    }


def _groups(session: Session, district_id: str) -> Iterator[Row]:
    """A row per member, one for a group without any."""
    known = parameters.category_titles(session, district_id)
    wanted = (
        sa.select(DeputyGroup, Deputy, GroupMember.is_convenor)
        .outerjoin(GroupMember, GroupMember.group_id == DeputyGroup.id)
        .outerjoin(Deputy, Deputy.id == GroupMember.deputy_id)
        .where(DeputyGroup.district_id == district_id)
        .order_by(DeputyGroup.kind.desc(), DeputyGroup.name, Deputy.name, Deputy.id)
    )
    for group, person, convenes in session.execute(wanted):
        categories = "、".join(known[one] for one in group.category_ids if one in known)
        row = [group.name, GROUP_KINDS[GroupKind(group.kind)], categories]
        yield [*row, *_named(person), "" if person is None else "是" if convenes else "否"]


def _leaves(session: Session, district_id: str, on: dt.date) -> Iterator[Row]:
    substitute = aliased(Deputy)
    wanted = (
        sa.select(Deputy, substitute, Leave)
        .join(Leave, Leave.deputy_id == Deputy.id)
        .outerjoin(substitute, substitute.id == Leave.substitute_id)
        .where(Leave.district_id == district_id, Leave.cancelled_at.is_(None), Leave.to_on >= on)
        .order_by(Leave.from_on, Deputy.name, Leave.id)
    )
    for person, stands_in, row in session.execute(wanted):
        yield [*_named(person), row.from_on.isoformat(), row.to_on.isoformat(), *_named(stands_in)]


def _duties(session: Session, district_id: str, on: dt.date, titles: dict[str, str]) -> Iterator[Row]:
    wanted = (
        sa.select(DutySlot, Deputy)
        .join(Deputy, Deputy.id == DutySlot.deputy_id)
        .join(Station, Station.id == DutySlot.station_id)
        .where(Station.district_id == district_id, DutySlot.on_date >= on)
        .order_by(DutySlot.on_date, Station.name, DutySlot.id)
    )
    for slot, person in session.execute(wanted):
        if slot.station_id in titles:
            yield [slot.on_date.isoformat(), titles[slot.station_id], *_named(person)]


def _receptions(session: Session, district_id: str, titles: dict[str, str]) -> Iterator[Row]:
    numbers = dict(
        session.execute(
            sa.select(Deputy.id, sa.func.coalesce(Deputy.roster_number, Deputy.id)).where(
                Deputy.district_id == district_id
            )
        ).all()
    )
    wanted = sa.select(ReceptionDay).where(ReceptionDay.district_id == district_id, ReceptionDay.state.in_(_COMING))
    for day in session.scalars(wanted.order_by(ReceptionDay.starts_at, ReceptionDay.id)):
        if day.station_id in titles:
            yield [
                titles[day.station_id],
                _hour(day.starts_at),
                _hour(day.ends_at),
                day.place,
                day.theme or "",
                "、".join(numbers[deputy] for deputy in day.deputy_ids if deputy in numbers),
                str(day.capacity or ""),
            ]


def _named(person: Deputy | None) -> Row:
    return ["", ""] if person is None else [person.name, person.roster_number or person.id]


def _hour(moment: dt.datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
