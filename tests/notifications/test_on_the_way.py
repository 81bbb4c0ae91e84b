"""Two slices on their way at once: nothing is sent twice, nothing leaves after a stop, and few are in doubt."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import threading
from collections.abc import Iterator, Sequence

import pytest

from service.notifications import claims, pauses
from service.notifications.delivery import DEAF, Envelope, Line, OnWay
from service.notifications.templates import Channel
from service.wechat import WeChatError, WeChatFault
from tests.notifications.office import TASK_TEMPLATE, Office, china
from workers import deliveries
from workers.context import STOPPING
from workers.deliveries import deliver_due
from workers.letters import Doors

MANY, PATIENCE = 40, 30.0
QUOTA = WeChatError(WeChatFault.STOP_BATCH, 45009, "reach max api daily quota limit")
DOWN = WeChatError(WeChatFault.RETRY, None, "connection failed")


@pytest.fixture(autouse=True)
def _small_slices(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(deliveries, "SLICE", 4)
    monkeypatch.setattr(claims, "claim", functools.partial(claims.claim, limit=12))
    monkeypatch.setattr("service.notifications.delivery.THREADS", 2)
    yield
    STOPPING.clear()


def heap(office: Office) -> list[str]:
    people = [office.person() for _ in range(MANY)]
    for who in people:
        office.agrees(who, TASK_TEMPLATE)
    return [office.tell(who, "task") for who in people]


def a_job(office: Office) -> None:
    """As the worker's job does it, batch upon batch without a pause between."""
    while deliver_due(office.phones, None, office.clock, Doors(True, False, ""), seconds=PATIENCE):
        if STOPPING.is_set():
            return


def test_the_next_slice_leaves_while_one_is_on_its_way_and_never_a_third(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    pushes, started, met, start = heap(office), [], threading.Barrier(2), Line.start
    under_way: list[OnWay] = []

    def watched(line: Line, envelopes: Sequence[Envelope], latest: float) -> OnWay:
        under_way[:] = [one for one in under_way if not all(thread.done() for thread in one.running)]
        started.append(len(under_way) + 1)
        under_way.append(start(line, envelopes, latest))
        return under_way[-1]

    def together(_openid: str) -> None:
        met.wait(PATIENCE)  # a message that leaves alone, until then, would break it

    monkeypatch.setattr(Line, "start", watched)
    monkeypatch.setattr("service.notifications.delivery.THREADS", 1)
    office.phones.trouble = together
    a_job(office)
    assert [office.state(push) for push in pushes] == ["sent"] * MANY
    assert len(office.phones.got) == MANY and max(started) == 2
    office.ledger()


@pytest.mark.parametrize("trouble", [QUOTA, DOWN], ids=["quota", "silence"])
def test_trouble_in_the_middle_stops_everything_behind_it_and_nothing_is_lost(
    office: Office, trouble: WeChatError
) -> None:
    pushes, asked = heap(office), itertools.count(1)

    def after_ten(_openid: str) -> WeChatError | None:
        return trouble if next(asked) > 10 else None

    office.phones.trouble = after_ten
    a_job(office)
    on_the_way = deliveries.AHEAD * deliveries.SLICE
    assert next(asked) - 1 <= 10 + (1 if trouble is QUOTA else DEAF) + on_the_way
    assert sorted({office.state(push) for push in pushes}) == ["pending", "sent"]
    assert len(office.phones.got) == 10
    rests = pauses.open_pauses(office.session, now=office.clock.now)
    office.session.commit()
    assert Channel.SUBSCRIPTION in rests, "what got through beside it does not end the rest"
    office.phones.trouble = lambda _openid: None
    if trouble is QUOTA:
        assert {office.push(push).attempts for push in pushes} == {0, 1}, "a quota costs no attempt"
        assert rests[Channel.SUBSCRIPTION] - office.clock.now > dt.timedelta(hours=12)
    china(office.clock, 24 + 9)
    a_job(office)
    assert [office.state(push) for push in pushes] == ["sent"] * MANY
    assert len({sent.to for sent in office.phones.got}) == len(office.phones.got) == MANY
    office.ledger()


def test_who_is_asked_to_stop_gives_the_rest_back_and_leaves_nothing_in_doubt(office: Office) -> None:
    pushes = heap(office)

    def stop(_openid: str) -> None:
        if len(office.phones.got) == 5:
            STOPPING.set()

    office.phones.trouble = stop
    a_job(office)
    left = [push for push in pushes if office.state(push) != "sent"]
    assert {office.state(push) for push in left} == {"pending"} and len(left) >= MANY - 5 - 4
    assert {office.push(push).attempts for push in left} == {0}
    STOPPING.clear()
    a_job(office)
    assert [office.state(push) for push in pushes] == ["sent"] * MANY
    assert len({sent.to for sent in office.phones.got}) == len(office.phones.got) == MANY
    office.ledger()


def test_what_got_through_in_the_next_slice_does_not_end_the_rest_of_a_quota(office: Office) -> None:
    pushes, asked, beside = heap(office), itertools.count(1), threading.Event()

    def the_tenth_hears_it_last(_openid: str) -> WeChatError | None:
        number = next(asked)
        if number == 10:
            assert beside.wait(PATIENCE)
            return QUOTA
        if number == 14:
            beside.set()
        return None

    office.phones.trouble = the_tenth_hears_it_last
    a_job(office)
    assert Channel.SUBSCRIPTION in pauses.open_pauses(office.session, now=office.clock.now)
    office.session.commit()
    assert 13 <= len(office.phones.got) < 20
    assert {office.state(push) for push in pushes} == {"sent", "pending"}
