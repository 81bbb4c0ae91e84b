"""Signing in, being somebody, binding a role, and being forgotten."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from service.accounts import actions, queries
from service.accounts.binding import invite, revoke_grant
from service.accounts.models import Account, AccountSession, GrantRow, Identity, Invitation
from service.accounts.roles import Grant, Role
from service.calendar.workdays import SHANGHAI
from service.ids import token_digest
from service.wechat import WeChatError, WeChatFault
from tests.api.conftest import Client, MakeAccount, SignIn, at_once
from tests.conftest import FakeClock, FakeWeChat

PHONE = "13800138000"
CLERK = Grant(Role.STATION_CLERK, "330109", station_id="station-1")


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def guest(client: Client) -> dict[str, str]:
    return bearer(client.post("/api/v1/sessions", json={"provider": "guest"}).json["token"])


@pytest.fixture
def code(session: Session, now: dt.datetime) -> str:
    return invite(session, CLERK, person_name="李站务", phone=PHONE, now=now)


def test_a_guest_gets_a_token_that_says_who_they_are(client: Client) -> None:
    answer = client.post("/api/v1/sessions", json={"provider": "guest"})
    assert answer.status_code == 201
    assert answer.json["account"]["roles"] == ["resident"]
    assert answer.json["expires_at"] == "2026-04-02T00:00:00+08:00"
    me = client.get("/api/v1/me", headers=bearer(answer.json["token"]))
    assert me.json["id"] == answer.json["account"]["id"]


def test_a_token_is_stored_only_as_a_digest(client: Client, session: Session) -> None:
    token = client.post("/api/v1/sessions", json={"provider": "guest"}).json["token"]
    row = session.scalars(sa.select(AccountSession)).one()
    assert row.token_digest == token_digest(token)
    assert token not in repr({column.name: getattr(row, column.name) for column in row.__table__.columns})


def test_rows_of_a_guest_hold_no_exact_time(client: Client, session: Session, clock: FakeClock) -> None:
    clock.advance(hours=3, minutes=17, seconds=11)
    headers = guest(client)
    client.delete(
        f"/api/v1/sessions/{client.get('/api/v1/sessions', headers=headers).json['items'][0]['id']}",
        headers=headers,
    )
    rows = [session.scalars(sa.select(Account)).one(), session.scalars(sa.select(AccountSession)).one()]
    moments = [
        value
        for row in rows
        for column in row.__table__.columns
        if isinstance(value := getattr(row, column.name), dt.datetime)
    ]
    assert len(moments) == 2  # expiry and sign-out
    assert all(moment.astimezone(SHANGHAI).time() == dt.time() for moment in moments)


def test_the_same_wechat_user_is_the_same_account_and_openids_are_not_readable(
    client: Client, session: Session
) -> None:
    body = {"provider": "wechat_miniprogram", "code": "alice"}
    ids = {client.post("/api/v1/sessions", json=body).json["account"]["id"] for _ in range(2)}
    assert len(ids) == 1
    stored = session.connection().execute(sa.text("select subject, subject_index from identities")).one()
    assert "o-alice" not in "".join(stored)


def test_a_first_sign_in_from_sixteen_devices_at_once_makes_one_account(app: Flask, session: Session) -> None:
    body = {"provider": "wechat_miniprogram", "code": "zhang"}
    answers = at_once(app, 16, lambda client: client.post("/api/v1/sessions", json=body))
    assert [answer.status_code for answer in answers] == [201] * 16
    assert len({answer.json["account"]["id"] for answer in answers}) == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(Identity)) == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(Account)) == 1


def test_a_bad_wechat_code_is_422_and_wechat_being_down_is_503(client: Client, wechat: FakeWeChat) -> None:
    bad = client.post("/api/v1/sessions", json={"provider": "wechat_miniprogram", "code": "bad-one"})
    assert (bad.status_code, bad.json["code"]) == (422, "wechat_refused")
    wechat.fault = WeChatError(WeChatFault.RETRY, None, "down")
    down = client.post("/api/v1/sessions", json={"provider": "wechat_miniprogram", "code": "alice"})
    assert (down.status_code, down.json["code"]) == (503, "wechat_unavailable")
    assert "Retry-After" in down.headers


def test_an_unknown_provider_is_refused_with_a_sentence(client: Client) -> None:
    for body in (
        {"provider": "qq"},
        {},
        {"provider": "wechat_miniprogram"},
        {"provider": "guest", "more": 1},
    ):
        assert client.post("/api/v1/sessions", json=body).status_code == 422
    official = client.post("/api/v1/sessions", json={"provider": "wechat_official", "code": "x"})
    assert (official.status_code, official.json["code"]) == (422, "provider_not_available")


def test_expired_revoked_and_invented_tokens_are_all_401(client: Client, clock: FakeClock) -> None:
    first, second = guest(client), guest(client)
    mine = client.get("/api/v1/sessions", headers=first).json["items"]
    assert client.delete(f"/api/v1/sessions/{mine[0]['id']}", headers=first).status_code == 204
    assert client.get("/api/v1/me", headers=first).status_code == 401
    clock.advance(days=31, hours=15)
    assert client.get("/api/v1/me", headers=second).status_code == 401
    for token in ("x", "ü" * 3, "y" * 500):
        assert client.get("/api/v1/me", headers=bearer(token)).status_code == 401


def test_nobody_can_sign_out_another_accounts_device(client: Client) -> None:
    mine, other = guest(client), guest(client)
    theirs = client.get("/api/v1/sessions", headers=other).json["items"][0]["id"]
    assert client.delete(f"/api/v1/sessions/{theirs}", headers=mine).status_code == 404
    assert client.get("/api/v1/me", headers=other).status_code == 200


def test_a_locked_account_is_nobody_and_cannot_sign_in_again(
    client: Client, session: Session, now: dt.datetime
) -> None:
    body = {"provider": "wechat_miniprogram", "code": "alice"}
    created = client.post("/api/v1/sessions", json=body).json
    actions.lock(session, created["account"]["id"], now=now)
    assert client.get("/api/v1/me", headers=bearer(created["token"])).status_code == 401
    again = client.post("/api/v1/sessions", json=body)
    assert (again.status_code, again.json["code"]) == (403, "account_locked")


def test_an_invited_phone_binds_the_role_once(client: Client, session: Session, code: str) -> None:
    headers = guest(client)
    bound = client.post("/api/v1/me/bind", json={"invitation_code": code.lower(), "phone_code": PHONE}, headers=headers)
    assert bound.status_code == 200
    assert bound.json["roles"] == ["resident", "station_clerk"]
    assert bound.json["display_name"] == "李站务"
    assert bound.json["phone"] == "138****8000"
    assert bound.json["grants"][0]["station_id"] == "station-1"
    used = client.post("/api/v1/me/bind", json={"invitation_code": code, "phone_code": PHONE}, headers=guest(client))
    assert (used.status_code, used.json["code"]) == (422, "invitation_refused")
    stored = (
        session.connection().execute(sa.text("select display_name, phone from accounts where phone is not null")).one()
    )
    assert PHONE not in str(stored)
    assert "李站务" not in str(stored)


def test_another_phone_is_refused_and_after_five_the_code_is_dead(client: Client, session: Session, code: str) -> None:
    headers = guest(client)
    for attempt in range(1, 6):
        wrong = client.post(
            "/api/v1/me/bind", json={"invitation_code": code, "phone_code": "13900139000"}, headers=headers
        )
        assert (wrong.status_code, wrong.json["code"]) == (422, "invitation_other_phone")
        assert session.scalars(sa.select(Invitation)).one().failed_attempts == attempt
    right = client.post("/api/v1/me/bind", json={"invitation_code": code, "phone_code": PHONE}, headers=headers)
    assert (right.status_code, right.json["code"]) == (422, "invitation_refused")
    assert session.scalars(sa.select(GrantRow)).all() == []


def test_an_expired_invitation_is_refused(client: Client, clock: FakeClock, code: str) -> None:
    clock.advance(days=14)
    late = client.post("/api/v1/me/bind", json={"invitation_code": code, "phone_code": PHONE}, headers=guest(client))
    assert (late.status_code, late.json["code"]) == (422, "invitation_refused")


def test_an_unbound_role_is_gone_at_the_next_request(
    client: Client, session: Session, make_account: MakeAccount, sign_in: SignIn, now: dt.datetime
) -> None:
    account = make_account(CLERK)
    headers = sign_in(account)
    assert client.get("/api/v1/me", headers=headers).json["roles"] == ["resident", "station_clerk"]
    revoke_grant(session, queries.grants(session, account)[0].id, now=now)
    assert client.get("/api/v1/me", headers=headers).json["roles"] == ["resident"]


def test_only_those_who_hold_the_role_there_are_told(
    session: Session, make_account: MakeAccount, now: dt.datetime
) -> None:
    here = make_account(CLERK)
    make_account(Grant(Role.STATION_CLERK, "330109", station_id="station-2"))
    make_account(Grant(Role.STATION_CLERK, "330110", station_id="station-1"))
    locked, revoked = make_account(CLERK), make_account(CLERK)
    make_account(Grant(Role.STATION_HEAD, "330109", station_id="station-1"))
    actions.lock(session, locked, now=now)
    revoke_grant(session, queries.grants(session, revoked)[0].id, now=now)
    session.flush()
    assert queries.accounts_with(session, Role.STATION_CLERK, district_id="330109", station_id="station-1") == [here]


def test_consents_are_added_never_overwritten_and_tell_the_day_only(client: Client, clock: FakeClock) -> None:
    headers = guest(client)
    accepted = {"consents": [{"document": "privacy", "version": "1", "accepted": True}]}
    assert client.patch("/api/v1/me", json=accepted, headers=headers).status_code == 200
    clock.advance(days=1, minutes=5)
    withdrawn = {"consents": [{"document": "privacy", "version": "1", "accepted": False}]}
    shown = client.patch("/api/v1/me", json=withdrawn, headers=headers).json["consents"]
    assert [(consent["accepted"], consent["at"]) for consent in shown] == [
        (True, "2026-03-02T00:00:00+08:00"),
        (False, "2026-03-03T00:00:00+08:00"),
    ]


def test_residents_choose_their_name_and_staff_do_not(
    client: Client, make_account: MakeAccount, sign_in: SignIn
) -> None:
    headers = guest(client)
    assert client.patch("/api/v1/me", json={"display_name": "小王"}, headers=headers).json["display_name"] == "小王"
    assert client.patch("/api/v1/me", json={"display_name": None}, headers=headers).json["display_name"] is None
    refused = client.patch("/api/v1/me", json={"display_name": "小王"}, headers=sign_in(make_account(CLERK)))
    assert refused.status_code == 403


def test_the_export_holds_my_whole_phone_and_nobody_elses(client: Client, code: str, make_account: MakeAccount) -> None:
    make_account(CLERK)
    headers = guest(client)
    client.post("/api/v1/me/bind", json={"invitation_code": code, "phone_code": PHONE}, headers=headers)
    export = client.get("/api/v1/me/export", headers=headers).json
    assert export["phone"] == PHONE
    assert len(export["grants"]) == len(export["devices"]) == 1


def test_an_erased_account_is_forgotten_and_who_comes_back_is_new(client: Client, session: Session, code: str) -> None:
    body = {"provider": "wechat_miniprogram", "code": "alice"}
    created = client.post("/api/v1/sessions", json=body).json
    headers = bearer(created["token"])
    client.post("/api/v1/me/bind", json={"invitation_code": code, "phone_code": PHONE}, headers=headers)
    assert client.delete("/api/v1/me", headers=headers).status_code == 204
    assert client.get("/api/v1/me", headers=headers).status_code == 401
    row = session.get_one(Account, created["account"]["id"])
    assert (row.display_name, row.phone, row.phone_index) == (None, None, None)
    assert session.scalars(sa.select(Identity)).all() == []
    assert session.scalars(sa.select(AccountSession)).all() == []
    assert all(grant.revoked_at for grant in session.scalars(sa.select(GrantRow)))
    assert session.scalars(sa.select(Invitation)).one().person_name == "已注销"
    assert client.post("/api/v1/sessions", json=body).json["account"]["id"] != created["account"]["id"]
