"""A place for somebody without an account: never one too many, never two for one person, told by phone, forgotten in time."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.binding import phone_index
from service.accounts.models import Account
from service.accounts.roles import Role
from service.errors import Conflict, Invalid, NotFound
from service.outbox.models import OutboxRow
from service.stations import receptions
from service.stations.models import BookingReveal, ReceptionBooking, ReceptionDay
from service.stations.receptions import at_desk, twins
from tests.world import World
from workers.forgetting import forget_batch

DAY = dt.timedelta(days=1)


def announced(session: Session, world: World, now: dt.datetime, days: int = 5, **changes: Any) -> ReceptionDay:
    """A day of station A, 10:00 to 12:00 in China."""
    starts = now + DAY * days + dt.timedelta(hours=1)
    place = {"district_id": world.a.district_id, "station_id": world.a.station, "deputy_ids": [world.a.primary]}
    times = {"starts_at": starts, "ends_at": starts + dt.timedelta(hours=2)}
    day = receptions.plan(session, now=now, **(place | times | changes))
    return receptions.announce(session, day.district_id, day.id, version=day.version, now=now)


def book(
    session: Session, day: ReceptionDay, now: dt.datetime, name: str = "王小花", **changes: Any
) -> ReceptionBooking:
    said = {"phone": "138 0013 8000", "topic": "路灯", "agreed": True, "namesake": False, "entered_by": "clerk"}
    return at_desk.book(session, day.id, name=name, now=now, **(said | changes))


def test_who_a_clerk_writes_down_has_a_number_and_is_encrypted_at_rest(
    session: Session, world: World, now: dt.datetime
) -> None:
    day = announced(session, world, now)
    first, second = book(session, day, now), book(session, day, now, "李四", phone=None, topic=None)
    assert (first.number, second.number, first.account_id) == (1, 2, None)
    assert receptions.booked_places(session, [day.id]) == {day.id: 2}
    stored = session.execute(sa.text("SELECT name, phone, topic FROM reception_bookings ORDER BY number")).first()
    assert stored is not None and not {"王小花", "138 0013 8000", "路灯"} & set(stored)
    with pytest.raises(Invalid) as caught:
        book(session, day, now, "", phone="零八三二", topic="灯" * 201, agreed=False)
    assert set(caught.value.fields) == {"name", "phone", "topic", "spoken"}, "everything at once"
    planned = receptions.plan(
        session, district_id=day.district_id, station_id=day.station_id, starts_at=now + DAY * 9,
        ends_at=now + DAY * 9 + dt.timedelta(hours=1), deputy_ids=[world.a.primary], now=now,
    )  # fmt: skip
    with pytest.raises(NotFound):
        book(session, planned, now)


def test_one_place_per_person_however_they_came(session: Session, world: World, now: dt.datetime) -> None:
    day, me = announced(session, world, now), world.a.accounts[Role.RESIDENT]
    receptions.book(session, day.id, account_id=me, name="赵六", phone="13900139000", now=now)
    book(session, day, now)
    for name, phone in (("王小花", "13800138000"), ("赵六", "139 0013-9000")):
        with pytest.raises(Conflict, match="已经预约") as caught:
            book(session, day, now, name, phone=phone, namesake=True)
        assert caught.value.code == "booked_already", "the same name and phone is the same person, whatever is ticked"
    with pytest.raises(Conflict, match="同名") as caught:
        book(session, day, now, phone=None)
    assert caught.value.code == at_desk.SAME_NAME
    assert book(session, day, now, phone=None, namesake=True).number == 2, "asked, it is another one"
    assert book(session, day, now, "王大花").number == 3, "two of one household may share a phone"


def test_who_was_written_down_and_books_again_keeps_that_place_and_a_stranger_learns_nothing(
    session: Session, world: World, now: dt.datetime
) -> None:
    """Known again by the phone the account has proven, not by one that anybody may type."""
    day, me, stranger = announced(session, world, now), world.a.accounts[Role.RESIDENT], world.b.accounts[Role.RESIDENT]
    account = session.get_one(Account, me)
    account.phone, account.phone_index, account.display_name = "13800138000", phone_index("13800138000"), "王小花"
    household, mine = book(session, day, now, "王大花"), book(session, day, now, phone="+86 138-0013-8000")
    typed = receptions.book(session, day.id, account_id=stranger, name="王小花", phone="13800138000", now=now)
    assert typed.number is None and typed.topic is None, "a number that is only typed opens nothing"
    assert twins.likely(receptions.bookings_of(session, reception_id=day.id)) == {typed.id: 2}, "the station sees it"
    receptions.cancel_booking(session, typed.id, account_id=stranger, now=now)

    first = receptions.book(session, day.id, account_id=me, name="王小花的邻居", now=now)
    look = BookingReveal(booking_id=first.id, account_id="clerk", role="站长", reason="核对来访", at=now)
    session.add(look)
    receptions.cancel_booking(session, first.id, account_id=me, now=now)
    day.capacity = 2
    session.flush()
    again = receptions.book(session, day.id, account_id=me, topic="桥头护栏", now=now)
    assert (again.id, again.number, again.topic_state) == (mine.id, 2, "new"), "theirs already, though the day is full"
    assert receptions.book(session, day.id, account_id=me, now=now).id == mine.id
    assert receptions.booked_places(session, [day.id]) == {day.id: 2} and household.account_id is None
    session.refresh(look)
    assert look.booking_id == mine.id, "who looked at what went stays on record"
    receptions.cancel_booking(session, mine.id, account_id=me, now=now)
    assert receptions.booked_places(session, [day.id]) == {day.id: 1}


def test_two_clerks_at_the_last_place_and_one_gets_it(session: Session, world: World, now: dt.datetime) -> None:
    day = announced(session, world, now, capacity=2)
    receptions.book(session, day.id, account_id=world.a.accounts[Role.RESIDENT], now=now)
    session.commit()
    engine = session.get_bind()

    def try_to_book(name: str) -> str:
        with Session(engine) as own:
            try:
                book(own, day, now, name, phone=None)
                own.commit()
            except Conflict as refused:
                return refused.code
            return "placed"

    with Session(engine) as first, ThreadPoolExecutor(1) as pool:
        book(first, day, now, "甲一", phone=None)
        second = pool.submit(try_to_book, "乙二")
        done, _ = wait([second], timeout=0.5)
        assert not done, "whoever comes second waits until the first is through"
        first.commit()
        assert second.result() == "reception_full"
    assert receptions.booked_places(session, [day.id]) == {day.id: 2}
    with pytest.raises(Conflict) as caught:
        receptions.book(session, day.id, account_id=world.a.other_accounts[Role.RESIDENT], now=now)
    assert caught.value.code == "reception_full", "residents and clerks share the places"


def test_a_day_called_off_says_who_must_be_phoned_until_somebody_did(
    session: Session, world: World, now: dt.datetime
) -> None:
    day, following = announced(session, world, now), announced(session, world, now, 9, capacity=2)
    me = world.a.accounts[Role.RESIDENT]
    book(session, following, now, "周五")
    moved, left = book(session, day, now), book(session, day, now + dt.timedelta(seconds=1), "李四")
    receptions.book(session, day.id, account_id=me, now=now + dt.timedelta(minutes=1))
    receptions.cancel(session, day.district_id, day.id, version=day.version, reason="停电", now=now)
    payload = session.scalars(sa.select(OutboxRow)).one().payload
    assert (payload["moved"], payload["left"]) == ([], [me]), "notices go to accounts; places go in order of booking"
    assert (moved.reception_id, moved.number, moved.moved_from) == (following.id, 2, day.id)
    assert (left.reception_id, left.number) == (day.id, 2)
    taken, calls = at_desk.at_station(session, world.a.station, [following.id])
    assert taken == {following.id: 2}
    assert [(one.id, number) for one, number in calls] == [(day.id, 1), (following.id, 1)]
    assert at_desk.at_station(session, world.a.other_station)[1] == []
    assert [(one.id, number) for one, number in at_desk.to_call(session, moved_from=day.id)] == [(following.id, 1)]
    at_desk.called(session, following.id, moved.id, now=now)
    at_desk.called(session, following.id, moved.id, now=now + DAY)
    assert moved.called_at == now, "told once"
    at_desk.give_up(session, day.id, left.id, now=now)
    assert at_desk.at_station(session, world.a.station)[1] == []
    receptions.cancel(
        session,
        day.district_id,
        following.id,
        version=following.version,
        reason="又停电",
        now=now + dt.timedelta(hours=1),
    )
    waiting = {one.name for one in session.scalars(sa.select(ReceptionBooking)) if one.call_since and not one.called_at}
    assert waiting == {"周五", "王小花"}, "moved and called off again, they must be told again"


def test_what_is_known_of_them_goes_with_the_place_or_when_its_years_are_over(
    session: Session, world: World, now: dt.datetime
) -> None:
    day, me = announced(session, world, now, capacity=3), world.a.accounts[Role.RESIDENT]
    given_up, kept = book(session, day, now), book(session, day, now, "李四")
    own = receptions.book(session, day.id, account_id=me, name="赵六", phone="13900139000", now=now)
    with pytest.raises(NotFound):
        at_desk.give_up(session, day.id, own.id, now=now)  # an account gives its place up itself
    for _ in range(2):
        at_desk.give_up(session, day.id, given_up.id, now=now)
    assert (given_up.name, given_up.phone, given_up.topic, given_up.cancelled_at) == (None, None, None, now)
    assert receptions.booked_places(session, [day.id]) == {day.id: 2}
    assert book(session, day, now).number == 3, "a number given back is not given again"
    over = day.ends_at + dt.timedelta(days=2 * 365)
    assert forget_batch(session, day.district_id, now=over) == 0, "not a day too early"
    assert forget_batch(session, world.b.district_id, now=over + DAY) == 0, "each district for itself"
    assert forget_batch(session, day.district_id, now=over + DAY) == 3, "by phone or at the desk"
    assert {(row.name, row.phone, row.topic) for row in (kept, own)} == {(None, None, None)}
    assert receptions.booked_places(session, [day.id]) == {day.id: 3}, "that they came stays"
    assert forget_batch(session, day.district_id, now=over + DAY) == 0
