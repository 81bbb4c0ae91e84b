"""A new term (换届) of a congress: its mandates end the day before, and posts with the last mandate. Rulebook §9.5, §11.

Whoever is elected again stays the same person with a new mandate; a mandate of another level goes on untouched.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.calendar.workdays import day_in_words
from service.deputies.availability import active_mandate, in_force
from service.deputies.mandates import TERM_OVER, GridRole, Level, MandateState
from service.deputies.models import CongressTerm, GridAssignment, Leave, Mandate
from service.errors import Invalid
from service.territory import queries as territory
from service.territory.models import STREET, District

DAY = dt.timedelta(days=1)
YEARS_OF_A_TERM = 5  # 代表法 Art. 2
EARLIEST, LATEST = dt.timedelta(days=92), dt.timedelta(days=366)
"""How long ago a term entered now may have begun, and how far ahead it may begin."""
_ENDED = (MandateState.TERMINATED.value, MandateState.ARCHIVED.value)


@dataclass(frozen=True, slots=True)
class NewTerm:
    """Which congress, and from which day. ``township_code`` only of a town's."""

    level: Level
    township_code: str | None
    ordinal: int
    starts_on: dt.date

    def stored(self) -> dict[str, Any]:
        day = self.starts_on.isoformat()
        return {"level": self.level.value, "township": self.township_code, "ordinal": self.ordinal, "starts_on": day}

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> NewTerm:
        day = dt.date.fromisoformat(stored["starts_on"])
        return cls(Level(stored["level"]), stored["township"], int(stored["ordinal"]), day)


def area_code(district: District, level: Level, township: str | None) -> str:
    """Whose congress it is."""
    return {
        Level.NATIONAL: "000000",
        Level.PROVINCE: district.province_code,
        Level.CITY: district.city_code,
        Level.COUNTY: district.id,
        Level.TOWN: township or district.id,
    }[level]


def longest_end(start: dt.date) -> dt.date:
    """The last day of a term whose end nobody named."""
    return start + dt.timedelta(days=YEARS_OF_A_TERM * 365 + 1)


def place_name(session: Session, district: District, new: NewTerm) -> str:
    """What is typed to confirm: the town's name, or the district's."""
    return territory.division(session, district.id, new.township_code).name if new.township_code else district.name


def check(session: Session, district: District, new: NewTerm, *, today: dt.date) -> None:
    """:raises Invalid: for a street, a day too far off, and a term that does not follow the ones there are."""
    faults: dict[str, str] = {}
    if new.level is Level.TOWN and _is_no_town(session, district.id, new):
        faults["township_code"] = "请选择镇。街道不设人民代表大会。"
    if not today - EARLIEST <= new.starts_on <= today + LATEST:
        faults["starts_on"] = f"请填写 {today - EARLIEST} 到 {today + LATEST} 之间的日期。"
    for row in _terms(session, district, new):
        if row.ordinal == new.ordinal and row.starts_on != new.starts_on:
            faults["starts_on"] = f"第{row.ordinal}届已经登记为自 {row.starts_on} 起，请填写同一天。"
        elif row.ordinal > new.ordinal:
            faults["ordinal"] = f"已经登记了第{row.ordinal}届，不能再登记更早的一届。"
        elif row.ordinal < new.ordinal and row.starts_on >= new.starts_on:
            faults["starts_on"] = f"应晚于第{row.ordinal}届开始的 {row.starts_on}。"
    if faults:
        raise Invalid(fields=faults)


def _is_no_town(session: Session, district_id: str, new: NewTerm) -> bool:
    there = territory.townships_of(session, district_id, on=new.starts_on)
    return new.township_code not in {row.code for row in there if row.kind != STREET}


def _terms(session: Session, district: District, new: NewTerm) -> list[CongressTerm]:
    wanted = sa.select(CongressTerm).where(
        CongressTerm.district_id == district.id,
        CongressTerm.level == new.level.value,
        CongressTerm.area_code == area_code(district, new.level, new.township_code),
    )
    return list(session.scalars(wanted.order_by(CongressTerm.ordinal)))


def passed_over(session: Session, district: District, new: NewTerm) -> int | None:
    """The last term that is registered, where ``new`` does not follow it directly: more likely a slip than a gap."""
    before = [row.ordinal for row in _terms(session, district, new) if row.ordinal < new.ordinal]
    return before[-1] if before and before[-1] != new.ordinal - 1 else None


def running(
    session: Session, district: District, level: Level, town: str | None, *, on: dt.date
) -> CongressTerm | None:
    """The congress's term on a day: what a by-election (补选) is for."""
    wanted = sa.select(CongressTerm).where(
        CongressTerm.district_id == district.id,
        CongressTerm.level == level.value,
        CongressTerm.area_code == area_code(district, level, town),
        CongressTerm.starts_on <= on,
        CongressTerm.ends_on >= on,
    )
    return session.scalar(wanted.order_by(CongressTerm.ordinal.desc()).limit(1))


def _of(district_id: str, new: NewTerm) -> tuple[sa.ColumnElement[bool], ...]:
    mine = [Mandate.district_id == district_id, Mandate.level == new.level.value, Mandate.state.not_in(_ENDED)]
    return (*mine, Mandate.township_code == new.township_code) if new.level is Level.TOWN else tuple(mine)


def holders(session: Session, district_id: str, new: NewTerm, *, on: dt.date) -> frozenset[str]:
    """Deputies of that congress on a day, suspended ones too."""
    wanted = sa.select(Mandate.deputy_id).where(*_of(district_id, new), in_force(Mandate, on))
    return frozenset(session.scalars(wanted))


def of_the_old_term(session: Session, district_id: str, new: NewTerm) -> frozenset[str]:
    """Deputies on the last day of the term before, also when there was a gap since (rulebook §11)."""
    last = sa.select(sa.func.max(Mandate.valid_to)).where(*_of(district_id, new), Mandate.valid_to <= new.starts_on)
    eve = new.starts_on - DAY
    found = holders(session, district_id, new, on=eve)
    ended = session.scalar(last)
    return found or (holders(session, district_id, new, on=ended - DAY) if ended else found)


def begin(session: Session, district: District, new: NewTerm) -> None:
    """End the mandates of the congress the day before, close its term, and open the new one. Repeating changes nothing."""
    running = sa.or_(Mandate.valid_to.is_(None), Mandate.valid_to > new.starts_on)
    wanted = sa.select(Mandate).where(*_of(district.id, new), Mandate.valid_from < new.starts_on, running)
    for row in session.scalars(wanted.order_by(Mandate.id).with_for_update()):
        row.valid_to = new.starts_on
        row.reason = f"{TERM_OVER}：第{new.ordinal}届自 {new.starts_on} 起"
    known = _terms(session, district, new)
    for term in known:
        if term.ordinal < new.ordinal:
            term.ends_on = min(term.ends_on, new.starts_on - DAY)
    if not any(term.ordinal == new.ordinal for term in known):
        area = area_code(district, new.level, new.township_code)
        session.add(
            CongressTerm(
                district_id=district.id,
                level=new.level.value,
                area_code=area,
                ordinal=new.ordinal,
                starts_on=new.starts_on,
                ends_on=longest_end(new.starts_on),
            )
        )
    session.flush()


def settle_terms(session: Session, district: District, new: NewTerm) -> None:
    """Mandates that begin that day belong to the new term, whether the list said so or not."""
    term = next(row for row in _terms(session, district, new) if row.ordinal == new.ordinal)
    of_today = sa.update(Mandate).where(*_of(district.id, new), Mandate.valid_from == new.starts_on)
    session.execute(of_today.where(Mandate.term_id.is_(None)).values(term_id=term.id))


def serving_elsewhere(session: Session, deputy_ids: Collection[str], *, on: dt.date) -> frozenset[str]:
    """Those who hold a mandate of another level that day: their grids and stations stay theirs."""
    wanted = sa.select(Mandate.deputy_id).where(Mandate.deputy_id.in_(deputy_ids), active_mandate(on))
    return frozenset(session.scalars(wanted))


def primaries(session: Session, deputy_ids: Collection[str], *, on: dt.date) -> dict[str, str]:
    """Grid → the one of these deputies who answers for it first that day."""
    wanted = sa.select(GridAssignment.grid_id, GridAssignment.deputy_id).where(
        GridAssignment.deputy_id.in_(deputy_ids),
        GridAssignment.role == GridRole.PRIMARY.value,
        in_force(GridAssignment, on),
    )
    return dict(session.execute(wanted).all())


def without_primary(session: Session, grid_ids: Collection[str], *, on: dt.date) -> set[str]:
    """Those of the grids nobody answers for first that day."""
    held = sa.select(GridAssignment.grid_id).where(
        GridAssignment.grid_id.in_(grid_ids),
        GridAssignment.role == GridRole.PRIMARY.value,
        in_force(GridAssignment, on),
    )
    return set(grid_ids) - set(session.scalars(held))


def end_posts(session: Session, deputy_ids: Collection[str], *, on: dt.date, now: dt.datetime) -> None:
    """From ``on`` they answer for no grid, and no leave of theirs goes on: it would send matters to its substitute."""
    grids = sa.update(GridAssignment).where(
        GridAssignment.deputy_id.in_(deputy_ids),
        sa.or_(GridAssignment.valid_to.is_(None), GridAssignment.valid_to > on),
    )
    begun = GridAssignment.valid_from
    session.execute(grids.values(valid_to=sa.case((begun > on, begun), else_=on)))
    away = sa.select(Leave).where(Leave.deputy_id.in_(deputy_ids), Leave.cancelled_at.is_(None), Leave.to_on >= on)
    for leave in session.scalars(away):
        if leave.from_on >= on:
            leave.cancelled_at = now
        else:
            leave.to_on = on - DAY
    session.flush()


def title(place: str, new: NewTerm) -> str:
    """``幸福镇第6届（自1月5日起）``."""
    return f"{place}第{new.ordinal}届（自{day_in_words(new.starts_on)}起）"
