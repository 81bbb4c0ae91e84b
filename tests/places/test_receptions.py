"""Reception days: announced three days before, booked without overbooking, bookings moved when called off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import Role
from service.errors import Conflict, Invalid, NotFound
from service.events import Event
from service.outbox.models import OutboxRow
from service.parameters.actions import set_parameter
from service.stations import queries, receptions
from service.stations.actions import merge_station
from service.stations.kinds import ReceptionState
from service.stations.models import ReceptionDay
from tests.world import World, put_on_leave

DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
Plan = Callable[..., ReceptionDay]


@pytest.fixture
def plan(session: Session, world: World, now: dt.datetime) -> Plan:
    """A reception day of station A, ``days`` from now, 10:00 to 12:00 in China."""

    def make(days: float = 5, **changes: Any) -> ReceptionDay:
        starts = now + DAY * days + HOUR
        values: dict[str, Any] = {
            "district_id": world.a.district_id,
            "station_id": world.a.station,
            "starts_at": starts,
            "ends_at": starts + 2 * HOUR,
            "deputy_ids": [world.a.primary],
            "now": now,
        }
        return receptions.plan(session, **(values | changes))

    return make


@pytest.fixture
def announced(session: Session, plan: Plan, now: dt.datetime) -> Plan:
    def make(days: float = 5, **changes: Any) -> ReceptionDay:
        day = plan(days, **changes)
        return receptions.announce(session, day.district_id, day.id, version=day.version, now=now)

    return make


def book(session: Session, day: ReceptionDay, account_id: str, now: dt.datetime) -> str:
    return receptions.book(session, day.id, account_id=account_id, now=now, topic="路灯").id


def test_a_planned_day_is_seen_by_staff_only(session: Session, plan: Plan, world: World, now: dt.datetime) -> None:
    day = plan()
    assert day.place == "雁江区人民路1号"
    assert receptions.upcoming(session, now=now) == []
    assert queries.next_reception(session, world.a.station, now=now) is None
    assert receptions.upcoming(session, now=now, district_id=world.a.district_id, include_planned=True) == [day]
    assert receptions.upcoming(session, now=now, district_id=world.b.district_id, include_planned=True) == []
    with pytest.raises(NotFound):
        receptions.reception(session, None, day.id)
    with pytest.raises(NotFound):
        receptions.reception(session, world.b.district_id, day.id)
    with pytest.raises(NotFound):
        receptions.book(session, day.id, account_id=world.a.accounts[Role.RESIDENT], now=now)


def test_three_days_notice_are_enough_and_two_are_not(
    session: Session, plan: Plan, world: World, now: dt.datetime
) -> None:
    late, enough = plan(2), plan(3)
    with pytest.raises(Invalid, match="3 天"):
        receptions.announce(session, late.district_id, late.id, version=1, now=now)
    receptions.announce(session, enough.district_id, enough.id, version=1, now=now)
    assert (enough.state, enough.announced_at, enough.version) == (ReceptionState.ANNOUNCED, now, 2)
    assert queries.next_reception(session, world.a.station, now=now) is enough
    with pytest.raises(Conflict):
        receptions.announce(session, enough.district_id, enough.id, version=2, now=now)


def test_the_district_decides_how_much_notice_is_given(
    session: Session, plan: Plan, world: World, now: dt.datetime
) -> None:
    set_parameter(session, world.a.district_id, "reception.notice_days", 7, valid_from=now, now=now)
    day = plan(5)
    with pytest.raises(Invalid, match="7 天"):
        receptions.announce(session, day.district_id, day.id, version=1, now=now)


def test_a_stale_version_and_a_foreign_district_change_nothing(
    session: Session, plan: Plan, world: World, now: dt.datetime
) -> None:
    day = plan()
    with pytest.raises(Conflict) as caught:
        receptions.announce(session, day.district_id, day.id, version=7, now=now)
    assert caught.value.current is day
    with pytest.raises(NotFound):
        receptions.cancel(session, world.b.district_id, day.id, version=1, reason="x", now=now)


@pytest.mark.parametrize(
    "fault", ["past", "backwards", "too long", "no capacity", "nobody", "not stationed", "away", "no place"]
)
def test_a_day_that_makes_no_sense_is_not_planned(
    session: Session, plan: Plan, world: World, now: dt.datetime, today: dt.date, fault: str
) -> None:
    put_on_leave(session, world.a, world.a.backup, on=today + DAY * 5)
    faults: dict[str, dict[str, Any]] = {
        "past": {"starts_at": now - HOUR, "ends_at": now + HOUR},
        "backwards": {"ends_at": now},
        "too long": {"ends_at": now + DAY * 7},
        "no capacity": {"capacity": 0},
        "nobody": {"deputy_ids": []},
        "not stationed": {"deputy_ids": [world.a.other_primary]},
        "away": {"deputy_ids": [world.a.backup]},
        "no place": {"place": " "},
    }
    with pytest.raises(Invalid):
        plan(**faults[fault])


def test_booking_twice_gives_the_first_booking(
    session: Session, announced: Plan, world: World, now: dt.datetime
) -> None:
    day, me = announced(capacity=2), world.a.accounts[Role.RESIDENT]
    assert book(session, day, me, now) == book(session, day, me, now)
    assert receptions.booked_places(session, [day.id]) == {day.id: 1}
    assert [row.reception_id for row in receptions.bookings_of(session, account_id=me)] == [day.id]


def test_a_full_day_takes_nobody_until_somebody_cancels(
    session: Session, announced: Plan, world: World, now: dt.datetime
) -> None:
    day = announced(capacity=1)
    first, second = world.a.accounts[Role.RESIDENT], world.a.other_accounts[Role.RESIDENT]
    mine = book(session, day, first, now)
    with pytest.raises(Conflict) as caught:
        book(session, day, second, now)
    assert caught.value.code == "reception_full"
    with pytest.raises(NotFound):
        receptions.cancel_booking(session, mine, account_id=second, now=now)
    receptions.cancel_booking(session, mine, account_id=first, now=now)
    receptions.cancel_booking(session, mine, account_id=first, now=now)
    book(session, day, second, now)
    with pytest.raises(Conflict):
        book(session, day, first, now)


def test_who_cancelled_may_book_again(session: Session, announced: Plan, world: World, now: dt.datetime) -> None:
    day, me = announced(capacity=1), world.a.accounts[Role.RESIDENT]
    mine = book(session, day, me, now)
    receptions.cancel_booking(session, mine, account_id=me, now=now)
    assert book(session, day, me, now) == mine
    assert receptions.booked_places(session, [day.id]) == {day.id: 1}


def test_the_last_place_is_given_once_when_many_ask_at_the_same_moment(
    session: Session, announced: Plan, world: World, now: dt.datetime
) -> None:
    day = announced(capacity=1)
    session.commit()
    engine = session.get_bind()

    def try_to_book(account_id: str) -> bool:
        with Session(engine) as own:
            try:
                receptions.book(own, day.id, account_id=account_id, now=now)
                own.commit()
            except Conflict:
                return False
            return True

    accounts = list(world.a.accounts.values())[:6]
    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(try_to_book, accounts)) == 1
    assert receptions.booked_places(session, [day.id]) == {day.id: 1}


def test_a_day_called_off_moves_its_bookings_while_there_is_room_and_says_who_must_be_told(
    session: Session, announced: Plan, world: World, now: dt.datetime
) -> None:
    day, following = announced(5), announced(9, capacity=2)
    accounts = [world.a.accounts[role] for role in (Role.RESIDENT, Role.REVIEWER, Role.AUDITOR, Role.ADMIN)]
    for place, account_id in enumerate(accounts):
        book(session, day, account_id, now + dt.timedelta(seconds=place))
    book(session, following, accounts[1], now)
    receptions.cancel(session, day.district_id, day.id, version=day.version, reason="代表赴会", now=now)
    assert (day.state, day.cancel_reason) == (ReceptionState.CANCELLED, "代表赴会")
    event = session.scalars(sa.select(OutboxRow)).one()
    assert event.event == Event.RECEPTION_CHANGED
    assert event.payload == {
        "reception_id": day.id,
        "station_id": world.a.station,
        "moved_to": following.id,
        "moved": accounts[:2],
        "left": accounts[2:],
    }
    assert receptions.booked_places(session, [following.id]) == {following.id: 2}
    assert queries.next_reception(session, world.a.station, now=now) is following
    with pytest.raises(Conflict):
        book(session, day, world.a.other_accounts[Role.RESIDENT], now)
    with pytest.raises(Conflict):
        receptions.cancel(session, day.district_id, day.id, version=day.version, reason="又一次", now=now)


def test_without_another_day_everybody_is_told(
    session: Session, announced: Plan, world: World, now: dt.datetime
) -> None:
    day, me = announced(), world.a.accounts[Role.RESIDENT]
    book(session, day, me, now)
    with pytest.raises(Invalid):
        receptions.cancel(session, day.district_id, day.id, version=day.version, reason=" ", now=now)
    receptions.cancel(session, day.district_id, day.id, version=day.version, reason="停电", now=now)
    payload = session.scalars(sa.select(OutboxRow)).one().payload
    assert (payload["moved_to"], payload["moved"], payload["left"]) == (None, [], [me])


def test_a_day_opens_and_closes_by_the_clock(session: Session, announced: Plan, world: World, now: dt.datetime) -> None:
    day = announced(3)
    assert receptions.advance(session, now=now) == 0
    assert receptions.advance(session, now=day.starts_at) == 1
    session.refresh(day)
    assert day.state == ReceptionState.OPEN
    book(session, day, world.a.accounts[Role.RESIDENT], day.starts_at)
    assert receptions.advance(session, now=day.ends_at) == 1
    session.refresh(day)
    assert day.state == ReceptionState.CLOSED
    assert receptions.upcoming(session, now=now) == []
    with pytest.raises(Conflict):
        book(session, day, world.a.other_accounts[Role.RESIDENT], day.ends_at)


def test_a_merger_hands_coming_days_over_with_their_place_and_bookings(
    session: Session, announced: Plan, world: World, now: dt.datetime
) -> None:
    day, me = announced(), world.a.accounts[Role.RESIDENT]
    book(session, day, me, now)
    merge_station(session, world.a.station, world.a.other_station, now=now)
    session.refresh(day)
    assert (day.station_id, day.place, day.version) == (world.a.other_station, "雁江区人民路1号", 3)
    assert receptions.booked_places(session, [day.id]) == {day.id: 1}
    assert queries.next_reception(session, world.a.station, now=now) is None
