"""Leave: entered by the deputy or the office, with a substitute who is there (rulebook §9.5, §11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import Actor, Role
from service.deputies import queries
from service.deputies.actions import cancel_leave, take_leave
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.events import Event
from service.outbox.models import OutboxRow
from tests.world import World, put_on_leave

Acting = Callable[[str], Actor]
DAY = dt.timedelta(days=1)


def events(session: Session) -> list[tuple[str, dict[str, str]]]:
    rows = session.scalars(sa.select(OutboxRow).order_by(OutboxRow.id))
    return [(row.event, dict(row.payload)) for row in rows]


def test_a_deputy_takes_leave_and_is_out_at_once_and_back_when_it_is_cancelled(
    session: Session, world: World, now: dt.datetime, today: dt.date, acting: Acting
) -> None:
    place = world.a
    me = acting(place.deputy_accounts[place.primary])
    leave = take_leave(
        session,
        district_id=place.district_id,
        deputy_id=place.primary,
        from_on=today,
        to_on=today + DAY * 3,
        substitute_id=place.spare,
        reason="出差",
        actor=me,
        now=now,
    )
    assert queries.available(session, [place.primary], on=today) == frozenset()
    assert queries.substitutes(session, [place.primary], on=today) == {place.primary: place.spare}
    assert queries.leaves_of(session, place.primary, since=today) == [leave]
    cancel_leave(session, place.district_id, leave.id, actor=me, now=now)
    assert queries.available(session, [place.primary], on=today) == {place.primary}
    changed = (Event.DEPUTY_AVAILABILITY_CHANGED.value, {"deputy_id": place.primary})
    assert events(session) == [changed, changed]
    with pytest.raises(Conflict):
        cancel_leave(session, place.district_id, leave.id, actor=me, now=now)


@pytest.mark.parametrize("who", ["other_deputy", "other_township", "head", "stranger"])
def test_leave_is_not_entered_by_others(
    session: Session, world: World, now: dt.datetime, today: dt.date, acting: Acting, who: str
) -> None:
    account_id = {
        "other_deputy": world.a.deputy_accounts[world.a.backup],
        "other_township": world.a.other_accounts[Role.TOWNSHIP],
        "head": world.a.accounts[Role.STATION_HEAD],
        "stranger": world.b.accounts[Role.DISTRICT],
    }[who]
    with pytest.raises(Forbidden):
        take_leave(
            session,
            district_id=world.a.district_id,
            deputy_id=world.a.primary,
            from_on=today,
            to_on=today,
            actor=acting(account_id),
            now=now,
        )


@pytest.mark.parametrize("role", [Role.TOWNSHIP, Role.DISTRICT])
def test_the_office_may_enter_leave_for_its_deputy(
    session: Session, world: World, now: dt.datetime, today: dt.date, acting: Acting, role: Role
) -> None:
    take_leave(
        session,
        district_id=world.a.district_id,
        deputy_id=world.a.primary,
        from_on=today,
        to_on=today,
        actor=acting(world.a.accounts[role]),
        now=now,
    )
    assert queries.available(session, [world.a.primary], on=today) == frozenset()


def test_a_substitute_is_another_available_deputy_of_the_district(
    session: Session, world: World, now: dt.datetime, today: dt.date, acting: Acting
) -> None:
    place = world.a
    put_on_leave(session, place, place.spare, on=today)

    def with_substitute(deputy_id: str) -> None:
        take_leave(
            session,
            district_id=place.district_id,
            deputy_id=place.primary,
            from_on=today,
            to_on=today,
            substitute_id=deputy_id,
            actor=acting(place.accounts[Role.DISTRICT]),
            now=now,
        )

    for wrong in (place.primary, place.spare):
        with pytest.raises(Invalid):
            with_substitute(wrong)
    with pytest.raises(NotFound):
        with_substitute(world.b.backup)


def test_leaves_do_not_overlap_and_have_sensible_days(
    session: Session, world: World, now: dt.datetime, today: dt.date, acting: Acting
) -> None:
    place = world.a
    put_on_leave(session, place, place.primary, on=today + DAY * 5, days=3)

    def away(start: dt.date, end: dt.date) -> None:
        me = acting(place.accounts[Role.DEPUTY])
        take_leave(
            session,
            district_id=place.district_id,
            deputy_id=place.primary,
            from_on=start,
            to_on=end,
            actor=me,
            now=now,
        )

    with pytest.raises(Conflict):
        away(today, today + DAY * 5)
    for start, end in ((today + DAY, today), (today - DAY * 3, today - DAY), (today, today + DAY * 400)):
        with pytest.raises(Invalid):
            away(start, end)
    away(today, today + DAY * 4)
