"""What belongs to somebody else looks exactly like what does not exist."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from service.accounts.models import AccountSession
from service.accounts.roles import Role
from service.db import db
from service.ids import new_id
from service.notifications.models import Notification
from tests.api.conftest import Client
from tests.journeys.town import Person, Town

API = "/api/v1"
Ask = Callable[[str], Any]


def same(ask: Ask, theirs: str) -> None:
    """The answer about somebody else's thing is, byte for byte, the one about a thing that never was."""
    found, absent = ask(theirs), ask(new_id())
    assert found.status_code == absent.status_code == 404, found.data
    assert found.data == absent.data
    ignored = {"X-Request-Id"}
    assert {k: v for k, v in found.headers.items() if k not in ignored} == {
        k: v for k, v in absent.headers.items() if k not in ignored
    }


def strangers(town: Town, other_town: Town) -> dict[str, Person]:
    return {
        "a guest": town.guest(),
        "another resident": town.role(Role.RESIDENT, elsewhere=True),
        "a deputy of another station": town.deputy(town.place.other_primary),
        "a clerk of another station": town.role(Role.STATION_CLERK, elsewhere=True),
        "another township": town.role(Role.TOWNSHIP, elsewhere=True),
        "a unit it was not assigned to": town.role(Role.UNIT_CLERK, elsewhere=True),
        "the head of a station in another district": other_town.role(Role.STATION_HEAD),
        "another district": other_town.role(Role.DISTRICT),
    }


@pytest.mark.parametrize("anonymity", ["receipt_only", "station_only", "named"])
def test_somebody_elses_issue(town: Town, other_town: Town, client: Client, anonymity: str) -> None:
    changes: dict[str, Any] = {"contact": {"name": "王小花"}} if anonymity == "named" else {}
    theirs = town.submits(town.role(Role.RESIDENT), anonymity=anonymity, **changes)["id"]
    for name, who in strangers(town, other_town).items():
        headers = who.headers | {"Idempotency-Key": "k"}

        def get(path: str, headers: dict[str, str] = headers) -> Ask:
            return lambda issue_id: client.get(f"{API}/issues/{issue_id}{path}", headers=headers)

        def post(path: str, body: Any, headers: dict[str, str] = headers) -> Ask:
            return lambda issue_id: client.post(f"{API}/issues/{issue_id}{path}", json=body, headers=headers)

        for ask in (
            get(""),
            get("/options/unit"),
            post("/actions", {"action": "withdraw", "version": 1}),
            post("/messages", {"text": "让我看看"}),
            post("/urge", None),
        ):
            same(ask, theirs)
        assert theirs not in client.get(f"{API}/issues?box=mine", headers=who.headers).text, name


def test_somebody_elses_receipt_is_a_wrong_code(town: Town, client: Client) -> None:
    code = town.submits(town.guest())["receipt_code"]
    near = ("0" if code[0] != "0" else "1") + code[1:]
    answers = [client.get(f"{API}/receipts/{guess}") for guess in (near, "0" * 20)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].data == answers[1].data


def test_somebody_elses_session(town: Town, client: Client) -> None:
    victim, thief = town.role(Role.RESIDENT), town.guest()
    victim.get("/me")
    account = town.place.accounts[Role.RESIDENT]
    theirs = db.session.scalar(sa.select(AccountSession.id).where(AccountSession.account_id == account))
    assert theirs
    same(lambda i: client.delete(f"{API}/sessions/{i}", headers=thief.headers), theirs)
    assert client.get(f"{API}/me", headers=victim.headers).status_code == 200


def test_somebody_elses_inbox(town: Town, client: Client) -> None:
    town.submits(town.role(Role.RESIDENT), anonymity="station_only")
    deputy = town.place.deputy_accounts[town.place.primary]
    theirs = db.session.scalar(sa.select(Notification.id).where(Notification.account_id == deputy))
    assert theirs
    thief = town.guest()
    bodies = [
        client.post(f"{API}/inbox/read", json={"ids": [guess]}, headers=thief.headers).data
        for guess in (theirs, new_id())
    ]
    assert bodies[0] == bodies[1]
    assert db.session.get_one(Notification, theirs).read_at is None
    assert thief.inbox() == []


def test_somebody_elses_booking(town: Town, client: Client) -> None:
    head = town.role(Role.STATION_HEAD)
    plan = {
        "station_id": town.place.station,
        "starts_at": "2026-03-20T09:00:00+08:00",
        "ends_at": "2026-03-20T11:00:00+08:00",
        "deputy_ids": [town.place.primary],
    }
    day = head.post("/receptions", plan, 201)
    head.post(f"/receptions/{day['id']}/announce", {"version": day["version"]})
    theirs = town.role(Role.RESIDENT).post(f"/receptions/{day['id']}/bookings", {"name": "王小花"}, 201)["id"]
    thief = town.guest()
    same(lambda i: client.delete(f"{API}/receptions/{day['id']}/bookings/{i}", headers=thief.headers), theirs)
    elsewhere = town.role(Role.STATION_HEAD, elsewhere=True).headers
    same(lambda i: client.get(f"{API}/receptions/{i}/bookings", headers=elsewhere), day["id"])
