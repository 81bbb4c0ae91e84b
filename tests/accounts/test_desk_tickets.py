"""A desk shows a QR, a phone says yes: one session, for that browser, for two minutes, for whoever works."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from service.accounts import actions, leaving, queries
from service.accounts.desk_models import AccessEvent
from service.accounts.roles import Grant, Role
from service.issues.audit import read_fields
from service.ledger.models import LedgerEntry
from service.ledger.verify import verify
from tests.accounts.people import as_guest, bearer, who
from tests.api.conftest import Client, MakeAccount, PlainClient, SignIn, at_once
from tests.conftest import FakeClock

CLERK = Grant(Role.STATION_CLERK, "330109", station_id="station-1")
DEPUTY = Grant(Role.DEPUTY, "330109", deputy_id="deputy-1")
SESSIONS = "/api/v1/sessions"


@pytest.fixture
def clerk(make_account: MakeAccount) -> str:
    return make_account(CLERK)


@pytest.fixture
def phone(clerk: str, sign_in: SignIn) -> dict[str, str]:
    return sign_in(clerk)


def shows_a_qr(client: PlainClient) -> Any:
    answer = client.post("/api/v1/desk/tickets")
    assert answer.status_code == 201
    return answer.json


def asks(client: PlainClient, ticket: Any) -> str:
    return str(client.get(f"/api/v1/desk/tickets/{ticket['ticket_id']}").json["state"])


def says_yes(client: PlainClient, phone: dict[str, str], ticket: Any, number: str | None = None) -> int:
    body = {"check_number": number or ticket["check_number"]}
    return int(client.post(f"/api/v1/desk/scans/{ticket['code']}/confirm", json=body, headers=phone).status_code)


def says_no(client: PlainClient, phone: dict[str, str], ticket: Any) -> int:
    return int(client.post(f"/api/v1/desk/scans/{ticket['code']}/refuse", headers=phone).status_code)


def takes(client: PlainClient, ticket: Any, secret: str | None = None) -> Any:
    body = {
        "provider": "desk_ticket",
        "ticket_id": ticket["ticket_id"],
        "browser_secret": secret or ticket["browser_secret"],
    }
    return client.post(SESSIONS, json=body)


def other_number(ticket: Any) -> str:
    return f"{(int(ticket['check_number']) + 1) % 100:02d}"


def test_scan_compare_confirm_and_the_desk_is_signed_in(client: Client, phone: dict[str, str], clerk: str) -> None:
    ticket = shows_a_qr(client)
    assert ticket["qr"] == f"https://daibiao.example.gov.cn/d/{ticket['code']}"
    assert asks(client, ticket) == "pending"
    assert takes(client, ticket).status_code == 422
    seen = client.get(f"/api/v1/desk/scans/{ticket['code']}", headers=phone).json
    assert seen["check_number"] == ticket["check_number"]
    assert "核对数字" in seen["warning"] and "工作台" in seen["about"]
    assert says_yes(client, phone, ticket) == 204
    assert asks(client, ticket) == "confirmed"
    signed = takes(client, ticket)
    assert signed.status_code == 201
    assert signed.json["account"]["id"] == clerk
    assert signed.json["expires_at"] == "2026-03-02T21:00:00+08:00", "twelve hours at most"
    assert asks(client, ticket) == "used"
    devices = client.get(SESSIONS, headers=bearer(signed.json["token"])).json["items"]
    assert [one["label"] for one in devices if one["current"]] == ["工作台"]


def test_a_deputy_may_use_the_desk_a_resident_may_not(
    client: Client, make_account: MakeAccount, sign_in: SignIn
) -> None:
    ticket = shows_a_qr(client)
    for resident in (as_guest(client), sign_in(make_account())):
        answer = client.get(f"/api/v1/desk/scans/{ticket['code']}", headers=resident)
        assert (answer.status_code, answer.json["code"]) == (403, "no_work_role")
        assert says_yes(client, resident, ticket) == 403
        assert says_no(client, resident, ticket) == 403
    assert asks(client, ticket) == "pending"
    assert says_yes(client, sign_in(make_account(DEPUTY)), ticket) == 204


def test_a_forwarded_qr_asks_for_a_number_the_victim_does_not_see(client: Client, phone: dict[str, str]) -> None:
    """The victim compares with a screen they do not have, and says no: the stranger's ticket is dead."""
    ticket = shows_a_qr(client)
    assert says_yes(client, phone, ticket, other_number(ticket)) == 422
    assert asks(client, ticket) == "pending"
    assert says_no(client, phone, ticket) == 204
    assert asks(client, ticket) == "refused"
    assert takes(client, ticket).status_code == 422
    assert says_yes(client, phone, ticket) == 404


def test_a_photo_of_the_qr_is_worth_nothing_without_the_browsers_secret(client: Client, phone: dict[str, str]) -> None:
    ticket = shows_a_qr(client)
    says_yes(client, phone, ticket)
    for secret in ("x" * 43, ticket["code"], ticket["ticket_id"], shows_a_qr(client)["browser_secret"]):
        assert takes(client, ticket, secret).status_code == 422
    assert client.get(f"/api/v1/desk/tickets/{ticket['code']}").status_code == 404
    assert takes(client, ticket).status_code == 201, "it was not used up by that"


def test_a_ticket_is_used_once_also_by_many_at_once(app: Flask, client: Client, phone: dict[str, str]) -> None:
    ticket = shows_a_qr(client)
    says_yes(client, phone, ticket)
    answers = [answer.status_code for answer in at_once(app, 8, lambda one: takes(one, ticket))]
    assert sorted(answers) == [201] + [409] * 7


def test_two_minutes_and_it_is_over(client: Client, phone: dict[str, str], clock: FakeClock) -> None:
    ticket, late = shows_a_qr(client), shows_a_qr(client)
    says_yes(client, phone, late)
    clock.advance(seconds=119)
    assert asks(client, ticket) == "pending"
    clock.advance(seconds=1)
    assert (asks(client, ticket), asks(client, late)) == ("expired", "expired")
    assert says_yes(client, phone, ticket) == 404
    assert takes(client, late).status_code == 422, "confirmed in time, fetched too late"


def test_a_double_tap_confirms_once_and_another_person_cannot_confirm_after(
    client: Client, phone: dict[str, str], clerk: str, make_account: MakeAccount, sign_in: SignIn
) -> None:
    ticket, other = shows_a_qr(client), sign_in(make_account(DEPUTY))
    assert [says_yes(client, phone, ticket) for _ in range(2)] == [204, 204]
    assert client.get(f"/api/v1/desk/scans/{ticket['code']}", headers=other).status_code == 404
    assert says_yes(client, other, ticket) == 404
    assert says_no(client, other, ticket) == 404
    assert takes(client, ticket).json["account"]["id"] == clerk


def test_of_two_people_who_confirm_at_once_one_is_signed_in(
    app: Flask, client: Client, phone: dict[str, str], make_account: MakeAccount, sign_in: SignIn
) -> None:
    ticket = shows_a_qr(client)
    hands = iter([phone, sign_in(make_account(DEPUTY))] * 4)
    answers = at_once(app, 8, lambda one: says_yes(one, next(hands), ticket))
    assert sorted(answers) == [204] * 4 + [404] * 4


def test_confirmed_by_mistake_can_still_be_refused(client: Client, phone: dict[str, str]) -> None:
    ticket = shows_a_qr(client)
    says_yes(client, phone, ticket)
    assert says_no(client, phone, ticket) == 204
    assert takes(client, ticket).status_code == 422


def test_who_was_dismissed_between_confirming_and_fetching_does_not_get_in(
    client: Client, phone: dict[str, str], clerk: str, session: Session, clock: FakeClock
) -> None:
    locked, left = shows_a_qr(client), shows_a_qr(client)
    says_yes(client, phone, locked)
    says_yes(client, phone, left)
    actions.lock(session, clerk, now=clock.now)
    assert takes(client, locked).status_code == 403
    actions.unlock(session, clerk)
    leaving.end_grant(session, queries.grants(session, clerk)[0].id, actor_id=None, now=clock.now)
    assert takes(client, left).status_code == 403


def test_a_desk_left_alone_for_half_an_hour_is_signed_out(
    client: Client, phone: dict[str, str], clerk: str, clock: FakeClock
) -> None:
    ticket = shows_a_qr(client)
    says_yes(client, phone, ticket)
    desk = bearer(takes(client, ticket).json["token"])
    for _ in range(5):
        clock.advance(minutes=29)
        assert who(client, desk) == clerk, "used: it goes on"
    clock.advance(minutes=30)
    assert who(client, desk) is None
    assert who(client, phone) == clerk, "the phone stays signed in"


def test_a_desk_in_use_all_day_is_signed_out_after_twelve_hours(
    client: Client, phone: dict[str, str], clerk: str, clock: FakeClock
) -> None:
    ticket = shows_a_qr(client)
    says_yes(client, phone, ticket)
    desk = bearer(takes(client, ticket).json["token"])
    for _ in range(28):
        clock.advance(minutes=25)
        assert who(client, desk) == clerk
    clock.advance(minutes=20)
    assert who(client, desk) is None


def test_no_secret_of_a_ticket_is_readable_in_the_database(client: Client, session: Session) -> None:
    ticket = shows_a_qr(client)
    stored = str(session.connection().execute(sa.text("select * from desk_tickets")).one())
    assert ticket["code"] not in stored and ticket["browser_secret"] not in stored


def test_a_sign_in_at_a_desk_stands_in_the_trail_and_the_ledger(
    client: Client, phone: dict[str, str], clerk: str, session: Session
) -> None:
    ticket = shows_a_qr(client)
    says_yes(client, phone, ticket)
    takes(client, ticket)
    row = session.scalars(sa.select(AccessEvent)).one()
    assert (row.kind, row.account_id, row.district_id) == ("desk_qr", clerk, "330109")
    assert session.scalar(sa.select(LedgerEntry.kind).where(LedgerEntry.chain == row.id)) == "desk_qr"
    assert verify(session, lambda wanted: read_fields(session, wanted)).faults == []
    session.execute(sa.update(AccessEvent).values(account_id="somebody-else"))
    session.expire_all()
    assert verify(session, lambda wanted: read_fields(session, wanted)).faults != []
