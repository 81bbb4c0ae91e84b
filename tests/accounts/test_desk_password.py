"""Login, password and one-time code: set up once, sign in, lose the phone, get guessed at."""

from __future__ import annotations

from typing import Any, Literal

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy.orm import Session

from service.accounts import attempts, enrolment, leaving, passwords, queries
from service.accounts.desk_models import AccessEvent, DeskCredential
from service.accounts.roles import Grant, Role
from service.errors import NotFound
from tests.accounts.desk import LOGIN, PASSWORD, SESSIONS, Desk
from tests.accounts.people import bearer, who
from tests.api.conftest import Client, MakeAccount, SignIn, at_once
from tests.conftest import FakeClock

CLERK = Grant(Role.STATION_CLERK, "330109", station_id="station-1")
WRONG = "登录名、密码或者动态码不正确。"


@pytest.fixture
def fresh(client: Client, session: Session, clock: FakeClock, make_account: MakeAccount) -> Desk:
    return Desk(client, session, clock, make_account(CLERK))


@pytest.fixture
def desk(fresh: Desk) -> Desk:
    fresh.set_up()
    return fresh


def other_digit(otp: str) -> str:
    return f"{(int(otp) + 1) % 1_000_000:06d}"


def test_a_clerk_sets_a_password_once_and_signs_in_at_the_desk(desk: Desk) -> None:
    answer = desk.signs_in(login="li.zhanwu")
    assert answer.status_code == 201
    assert answer.json["account"]["id"] == desk.account_id
    assert answer.json["expires_at"] == "2026-03-02T21:01:00+08:00", "twelve hours"
    assert len(set(desk.recovery)) == 10
    assert all(len(code) == 19 for code in desk.recovery)


def test_nothing_secret_is_readable_in_the_database(desk: Desk) -> None:
    tables = ("desk_credentials", "desk_recovery_codes", "desk_setups", "access_events")
    stored = "".join(
        str(desk.session.connection().execute(sa.text(f"select * from {table}")).all()) for table in tables
    )
    for secret in (PASSWORD, desk.secret, LOGIN.lower(), *desk.recovery, *(c.replace("-", "") for c in desk.recovery)):
        assert secret not in stored
    assert "$argon2id$" in stored


def test_a_weak_password_is_refused_with_the_reason_before_the_code_is_used(fresh: Desk) -> None:
    code = enrolment.issue_setup(fresh.session, fresh.account_id, now=fresh.clock.now)
    weak = fresh.begins(code, password="password1234")
    assert (weak.status_code, weak.json["errors"][0]["field"]) == (422, "password")
    assert "太常见" in weak.json["detail"]
    assert fresh.begins(code).status_code == 201


def test_a_set_up_code_works_once_for_three_days_and_a_new_one_replaces_it(fresh: Desk, clock: FakeClock) -> None:
    old = enrolment.issue_setup(fresh.session, fresh.account_id, now=clock.now)
    code = enrolment.issue_setup(fresh.session, fresh.account_id, now=clock.now)
    assert fresh.begins(old).json["code"] == "setup_refused"
    assert fresh.confirms(code, "123456").json["code"] == "setup_not_begun"
    fresh.secret = fresh.begins(code).json["secret"]
    assert fresh.confirms(code).status_code == 200
    assert fresh.begins(code).json["code"] == "setup_refused", "used up"
    late = enrolment.issue_setup(fresh.session, fresh.account_id, now=clock.now)
    clock.advance(days=3)
    assert fresh.begins(late).json["code"] == "setup_refused"


def test_a_wrong_first_code_is_counted_and_five_kill_the_set_up_code(fresh: Desk, clock: FakeClock) -> None:
    code = enrolment.issue_setup(fresh.session, fresh.account_id, now=clock.now)
    fresh.secret = fresh.begins(code).json["secret"]
    for _ in range(5):
        assert fresh.confirms(code, other_digit(fresh.otp())).json["code"] == "wrong_one_time_code"
    assert fresh.confirms(code).json["code"] == "setup_refused"
    assert fresh.signs_in().status_code == 422, "nothing was set"


def test_a_login_somebody_else_has_is_refused(desk: Desk, make_account: MakeAccount) -> None:
    colleague = make_account(CLERK)
    code = enrolment.issue_setup(desk.session, colleague, now=desk.clock.now)
    taken = desk.begins(code, login="LI.zhanwu")
    assert (taken.status_code, taken.json["code"]) == (422, "login_taken")


def test_only_who_works_gets_a_set_up_code(session: Session, make_account: MakeAccount, clock: FakeClock) -> None:
    with pytest.raises(NotFound):
        enrolment.issue_setup(session, make_account(), now=clock.now)


def test_wrong_password_wrong_code_and_no_such_login_are_the_same_answer(desk: Desk) -> None:
    answers = [
        desk.signs_in(password="another horse battery"),
        desk.signs_in(otp=other_digit(desk.otp())),
        desk.signs_in(login="nobody.here"),
        desk.signs_in(otp="AAAA-BBBB-CCCC-DDDD"),
    ]
    assert {(one.status_code, one.json["code"], one.json["detail"]) for one in answers} == {
        (422, "sign_in_refused", WRONG)
    }


class CountingHasher(PasswordHasher):
    """Counts what takes long."""

    verified = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        CountingHasher.verified += 1
        return super().verify(hash, password)


def test_no_such_login_takes_the_same_work_as_a_wrong_password(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Comparing the hash is the long part: once either way, and none at all while one has to wait."""
    monkeypatch.setattr(passwords, "HASHER", CountingHasher())
    work = []
    for login in (LOGIN, "nobody.here"):
        before = CountingHasher.verified
        desk.signs_in(login=login, password="another horse battery")
        work.append(CountingHasher.verified - before)
    assert work == [1, 1]


def test_a_one_time_code_seen_over_the_shoulder_does_not_work_again(desk: Desk) -> None:
    otp = desk.otp()
    assert desk.signs_in(otp=otp).status_code == 201
    assert desk.signs_in(otp=otp).status_code == 422
    assert desk.signs_in(otp=desk.otp(-30)).status_code == 422, "nor the one before"
    desk.clock.advance(seconds=30)
    assert desk.signs_in().status_code == 201


def test_one_code_sent_by_many_at_once_signs_in_once(app: Flask, desk: Desk) -> None:
    otp = desk.otp()
    statuses = at_once(app, 4, lambda one: desk.signs_in(otp=otp, client=one).status_code)
    assert statuses.count(201) == 1, statuses


def test_a_phone_whose_clock_is_half_a_minute_off_still_works(desk: Desk) -> None:
    assert desk.signs_in(otp=desk.otp(-30)).status_code == 201
    desk.clock.advance(minutes=5)
    assert desk.signs_in(otp=desk.otp(30)).status_code == 201
    desk.clock.advance(minutes=5)
    assert desk.signs_in(otp=desk.otp(90)).status_code == 422


def test_a_wrong_password_does_not_use_up_the_one_time_code(desk: Desk) -> None:
    otp = desk.otp()
    assert desk.signs_in(password="another horse battery", otp=otp).status_code == 422
    assert desk.signs_in(otp=otp).status_code == 201


def test_whoever_lost_the_phone_uses_a_recovery_code_once(desk: Desk) -> None:
    code = desk.recovery[3]
    assert desk.signs_in(otp=code.lower()).status_code == 201
    assert desk.signs_in(otp=code).status_code == 422
    assert desk.signs_in(otp=desk.recovery[4].replace("-", "")).status_code == 201


def test_five_wrong_tries_and_the_login_waits_longer_each_time(desk: Desk, clock: FakeClock) -> None:
    """From anywhere, with the right password too; a guesser of many addresses wins nothing."""

    def tries(password: str, last: int) -> Any:
        place = {"REMOTE_ADDR": f"203.0.113.{last}"}
        body = {"provider": "password", "login": LOGIN, "password": password, "otp": desk.otp()}
        return desk.client.post(SESSIONS, json=body, environ_overrides=place)

    assert [tries("another horse battery", n).status_code for n in range(5)] == [422] * 5
    waiting = tries(PASSWORD, 9)
    assert (waiting.status_code, waiting.headers["Retry-After"]) == (429, "61")
    assert "请 1 分钟后再试" in waiting.json["detail"] and "扫码" in waiting.json["detail"]
    clock.advance(seconds=61)
    assert tries("another horse battery", 10).status_code == 422
    assert tries(PASSWORD, 11).headers["Retry-After"] == "121"
    clock.advance(seconds=121)
    assert tries(PASSWORD, 12).status_code == 201
    assert tries("another horse battery", 13).status_code == 422, "and the count begins anew"


def test_a_login_that_does_not_exist_waits_in_the_same_way(desk: Desk) -> None:
    def tries(last: int) -> int:
        body = {"provider": "password", "login": "nobody.here", "password": "x", "otp": "123456"}
        place = {"REMOTE_ADDR": f"203.0.113.{last}"}
        return int(desk.client.post(SESSIONS, json=body, environ_overrides=place).status_code)

    assert [tries(n) for n in range(6)] == [422] * 5 + [429]


def test_one_address_that_tries_many_logins_waits_too_and_nobody_else_does(
    desk: Desk, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "FREE_ADDRESS", 5)  # twenty, which would only take longer

    def tries(login: str, place: str = "203.0.113.7") -> int:
        body = {"provider": "password", "login": login, "password": PASSWORD, "otp": desk.otp()}
        return int(desk.client.post(SESSIONS, json=body, environ_overrides={"REMOTE_ADDR": place}).status_code)

    assert [tries(f"guess{n}") for n in range(5)] == [422] * 5
    assert tries(LOGIN) == 429
    assert tries(LOGIN, "203.0.113.8") == 201
    clock.advance(minutes=16)
    assert tries(LOGIN) == 201


def test_many_guesses_at_once_are_no_more_than_five(app: Flask, desk: Desk) -> None:
    statuses = at_once(app, 12, lambda one: desk.signs_in(password="another horse", client=one).status_code)
    assert set(statuses) <= {422, 429}
    assert statuses.count(422) <= 5


def test_another_password_signs_other_desks_out(desk: Desk, clock: FakeClock) -> None:
    here = bearer(desk.signs_in().json["token"])
    clock.advance(seconds=30)
    there = bearer(desk.signs_in().json["token"])
    new = "elephants remember everything"
    body = {"current_password": "another horse battery", "new_password": new}
    wrong = desk.client.put("/api/v1/desk/password", json=body, headers=here)
    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (422, "current_password")
    body["current_password"] = PASSWORD
    assert desk.client.put("/api/v1/desk/password", json=body, headers=here).status_code == 204
    assert who(desk.client, here) == desk.account_id
    assert who(desk.client, there) is None
    clock.advance(seconds=30)
    assert desk.signs_in().status_code == 422
    assert desk.signs_in(password=new).status_code == 201


def test_a_reset_by_the_operator_ends_everything_at_once(desk: Desk, clock: FakeClock) -> None:
    here = bearer(desk.signs_in().json["token"])
    enrolment.issue_setup(desk.session, desk.account_id, reset=True, now=clock.now)
    assert who(desk.client, here) is None
    clock.advance(seconds=30)
    assert desk.signs_in().status_code == 422
    assert desk.signs_in(otp=desk.recovery[0]).status_code == 422
    desk.set_up(password="elephants remember everything")
    assert desk.signs_in(password="elephants remember everything").status_code == 201


def test_whoever_leaves_cannot_sign_in_any_more(desk: Desk, clock: FakeClock, sign_in: SignIn) -> None:
    here, phone = bearer(desk.signs_in().json["token"]), sign_in(desk.account_id)
    leaving.end_grant(desk.session, queries.grants(desk.session, desk.account_id)[0].id, actor_id=None, now=clock.now)
    assert (who(desk.client, here), who(desk.client, phone)) == (None, None)
    clock.advance(seconds=30)
    assert desk.signs_in().status_code == 422
    assert desk.session.scalars(sa.select(DeskCredential)).all() == []


def test_every_success_and_failure_is_written_down_without_what_was_typed(desk: Desk, clock: FakeClock) -> None:
    desk.signs_in(password="another horse battery")
    desk.signs_in(login="nobody.here")
    desk.signs_in()
    rows = desk.session.scalars(sa.select(AccessEvent).order_by(AccessEvent.at, AccessEvent.kind)).all()
    kinds = [row.kind for row in rows]
    assert kinds.count("desk_failed") == 2 and kinds.count("desk_password") == 1
    assert {"setup_issued", "credentials_set"} <= set(kinds)
    assert {row.account_id for row in rows if row.kind == "desk_failed"} == {None, desk.account_id}
    written = str([(row.data, row.actor_id) for row in rows])
    assert "horse" not in written and "nobody" not in written
