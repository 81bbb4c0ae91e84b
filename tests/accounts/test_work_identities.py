"""Becoming staff, changing phones, being confirmed by somebody who knows you, and leaving (rulebook §9.8, §11)."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from service.accounts.binding import invite
from service.accounts.desk_models import AccessEvent, BindingRequest
from service.accounts.models import Account, Invitation
from service.accounts.roles import Grant, Role
from service.db import db
from service.issues.audit import read_fields
from service.ledger.verify import verify
from service.stations.models import Station
from tests.accounts.people import as_guest, bearer, signs_in, who
from tests.api.conftest import at_once
from tests.journeys.town import Person, Town

PHONE = "13700137000"


def clerk_of(town: Town) -> Grant:
    return Grant(Role.STATION_CLERK, town.place.district_id, station_id=town.place.station)


def invited(town: Town, grant: Grant | None = None, phone: str = PHONE) -> str:
    code = invite(db.session(), grant or clerk_of(town), person_name="李新", phone=phone, now=town.clock.now)
    db.session.commit()
    return code


def comes(town: Town, code: str) -> Person:
    """Somebody signed in with WeChat."""
    signed = signs_in(town.client, code)
    return Person(town.client, bearer(signed["token"]), signed["account"]["id"])


def binds(who: Person, code: str, expect: int = 200) -> Any:
    return who.post("/me/bind", {"invitation_code": code, "phone_code": PHONE}, expect)


def asks(who: Person, code: str, phone: str = PHONE, expect: int = 201) -> Any:
    return who.post("/me/binding-requests", {"invitation_code": code, "phone": phone}, expect)


def roles(who: Person) -> list[str]:
    return [row["role"] for row in who.get("/me/grants")["items"] if row["here"]]


def trail(kind: str) -> list[AccessEvent]:
    return list(db.session.scalars(sa.select(AccessEvent).where(AccessEvent.kind == kind)))


def test_the_same_wechat_on_a_second_phone_is_the_same_clerk(town: Town) -> None:
    binds(comes(town, "li"), invited(town))
    assert roles(comes(town, "li")) == ["station_clerk"]


def test_whoever_works_is_signed_in_for_a_week_on_the_phone_and_residents_for_a_month(town: Town) -> None:
    li = comes(town, "li")
    (before,) = li.get("/sessions")["items"]
    binds(li, invited(town))
    (after,) = li.get("/sessions")["items"]
    again = signs_in(town.client, "li")["expires_at"]
    assert (before["expires_at"], after["expires_at"]) == ("2026-04-02T00:00:00+08:00", "2026-03-10T00:00:00+08:00")
    assert again == after["expires_at"]


def test_a_second_wechat_with_a_fresh_invitation_tells_the_first_which_can_then_be_unbound(town: Town) -> None:
    old, new = comes(town, "li-old"), comes(town, "li-new")
    binds(old, invited(town))
    binds(new, invited(town))
    town.work()
    assert "工作身份在另一个微信上绑定" in old.inbox()
    assert "工作身份在另一个微信上绑定" not in new.inbox()
    held = {row["here"]: row["id"] for row in new.get("/me/grants")["items"]}
    new.delete(f"/me/grants/{held[False]}")
    assert who(town.client, old.headers) is None, "its last role: signed out"
    assert roles(new) == ["station_clerk"]


def test_nobody_ends_a_strangers_role_as_their_own(town: Town) -> None:
    li, stranger = comes(town, "li"), comes(town, "stranger")
    binds(li, invited(town))
    row = li.get("/me/grants")["items"][0]["id"]
    stranger.delete(f"/me/grants/{row}", 404)
    town.role(Role.STATION_CLERK).delete(f"/me/grants/{row}", 404)
    assert roles(li) == ["station_clerk"]


def test_leaving_by_oneself_signs_every_device_out_and_is_written_down(town: Town) -> None:
    li, phone = comes(town, "li"), comes(town, "li")
    binds(li, invited(town))
    li.delete(f"/me/grants/{li.get('/me/grants')['items'][0]['id']}")
    assert (who(town.client, li.headers), who(town.client, phone.headers)) == (None, None)
    assert roles(comes(town, "li")) == [], "signs in again as a resident"
    assert [row.account_id for row in trail("grant_ended")] == [li.account_id]
    assert verify(db.session(), lambda wanted: read_fields(db.session(), wanted)).faults == []


def test_the_only_head_is_asked_again_and_the_township_learns_of_it(town: Town) -> None:
    head = town.role(Role.STATION_HEAD)
    row = next(one["id"] for one in head.get("/me/grants")["items"] if one["role"] == "station_head")
    assert head.delete(f"/me/grants/{row}", 409)["code"] == "last_station_head"
    assert roles(head) == ["station_head"]
    head.delete(f"/me/grants/{row}?confirm=true")
    assert "联络站没有站长" in town.role(Role.TOWNSHIP).inbox()
    assert "联络站没有站长" not in town.role(Role.TOWNSHIP, elsewhere=True).inbox()


def test_a_head_who_is_not_the_only_one_is_not_asked(town: Town) -> None:
    grant = Grant(Role.STATION_HEAD, town.place.district_id, station_id=town.place.station)
    second = comes(town, "second-head")
    binds(second, invited(town, grant))
    second.delete(f"/me/grants/{second.get('/me/grants')['items'][0]['id']}")
    assert "联络站没有站长" not in town.role(Role.TOWNSHIP).inbox()


def test_a_head_dismisses_a_clerk_the_same_day_with_a_reason(town: Town) -> None:
    li, head = comes(town, "li"), town.role(Role.STATION_HEAD)
    binds(li, invited(town))
    row = next(one for one in head.get("/grants")["items"] if one["person_name"] == "李新")
    assert row["phone"] == "137****7000"
    head.post(f"/grants/{row['id']}/end", {"reason": "已离岗"}, 204)
    assert who(town.client, li.headers) is None
    assert "工作身份已解除" in comes(town, "li").inbox()
    ended = trail("grant_ended")[0]
    assert (ended.actor_id, ended.data["reason"]) == (head.account_id, "已离岗")
    head.post(f"/grants/{row['id']}/end", {"reason": "已离岗"}, 404)


def test_who_sees_whom_follows_places(town: Town, other_town: Town) -> None:
    binds(comes(town, "li"), invited(town))

    def names(keeper: Person) -> set[str]:
        return {row["role"] for row in keeper.get("/grants?limit=100")["items"]}

    assert names(town.role(Role.STATION_HEAD)) == {"station_clerk"}
    assert names(town.role(Role.TOWNSHIP)) == {"station_clerk", "station_head"}
    assert names(town.role(Role.UNIT_LEADER)) == {"unit_clerk"}
    assert {"deputy", "station_head", "reviewer"} <= names(town.role(Role.DISTRICT))
    assert names(town.role(Role.ADMIN)) == {"district", "auditor", "admin"}
    shown = other_town.role(Role.DISTRICT).get("/grants?limit=100")["items"]
    assert {row["district_id"] for row in shown} == {other_town.place.district_id}


def test_a_clerk_without_wechats_phone_is_confirmed_by_the_head(town: Town) -> None:
    li, head, code = Person(town.client, as_guest(town.client)), town.role(Role.STATION_HEAD), invited(town)
    asked = asks(li, code)
    assert (asked["role"], asked["outcome"], asked["person_name"]) == ("station_clerk", None, None)
    assert asks(li, code)["id"] == asked["id"], "a double tap is one request"
    assert roles(li) == []
    assert "绑定申请待确认" in head.inbox()
    waiting = head.get("/binding-requests")["items"]
    assert [(one["id"], one["person_name"], one["phone"]) for one in waiting] == [(asked["id"], "李新", "137****7000")]
    station = db.session.get_one(Station, town.place.station).name
    assert (waiting[0]["place"], asked["place"]) == (station, None), "told to those who confirm, not to whoever asks"
    head.post(f"/binding-requests/{asked['id']}/confirm", expect=204)
    assert roles(li) == ["station_clerk"]
    assert li.get("/me/binding-requests")["items"][0]["outcome"] == "confirmed"
    assert "工作身份已绑定" in li.inbox()
    assert head.get("/binding-requests")["items"] == []
    head.post(f"/binding-requests/{asked['id']}/confirm", expect=404)
    confirmed = trail("binding_confirmed")[0]
    assert (confirmed.account_id, confirmed.actor_id) == (li.get("/me")["id"], head.account_id)
    assert verify(db.session(), lambda wanted: read_fields(db.session(), wanted)).faults == []


def test_a_deputy_is_confirmed_by_the_head_of_a_station_they_sit_in_and_by_no_other(town: Town) -> None:
    grant = Grant(Role.DEPUTY, town.place.district_id, deputy_id=town.place.primary)
    person = Person(town.client, as_guest(town.client))
    asked = asks(person, invited(town, grant))
    elsewhere = town.role(Role.STATION_HEAD, elsewhere=True)
    assert elsewhere.get("/binding-requests")["items"] == []
    elsewhere.post(f"/binding-requests/{asked['id']}/confirm", expect=404)
    town.role(Role.STATION_HEAD).post(f"/binding-requests/{asked['id']}/confirm", expect=204)
    assert roles(person) == ["deputy"]


def test_a_refused_request_kills_the_invitation(town: Town) -> None:
    thief, li, code = Person(town.client, as_guest(town.client)), comes(town, "li"), invited(town)
    asked = asks(thief, code)
    head = town.role(Role.STATION_HEAD)
    head.post(f"/binding-requests/{asked['id']}/refuse", {"reason": "电话里不是本人"}, 204)
    assert roles(thief) == []
    assert "绑定申请未通过" in thief.inbox()
    assert thief.get("/me/binding-requests")["items"][0]["outcome"] == "refused"
    assert asks(thief, code, expect=422)["code"] == "invitation_refused"
    assert binds(li, code, 422)["code"] == "invitation_refused"
    assert trail("binding_refused")[0].data["reason"] == "电话里不是本人"


def test_a_request_is_over_after_seven_days_and_may_be_made_again(town: Town) -> None:
    li, code = Person(town.client, as_guest(town.client)), invited(town)
    first = asks(li, code)["id"]
    town.clock.advance(days=7)
    head = town.role(Role.STATION_HEAD)
    assert head.get("/binding-requests")["items"] == []
    head.post(f"/binding-requests/{first}/confirm", expect=404)
    assert asks(li, code)["id"] != first


def test_somebody_elses_phone_wears_the_invitation_out(town: Town) -> None:
    stranger, code = Person(town.client, as_guest(town.client)), invited(town)
    for _ in range(5):
        assert asks(stranger, code, "13900139000", 422)["code"] == "invitation_other_phone"
    assert asks(stranger, code, PHONE, 422)["code"] == "invitation_refused"
    assert db.session.scalars(sa.select(BindingRequest)).all() == []


def test_two_people_with_one_code_are_one_request(town: Town) -> None:
    code = invited(town)
    asks(Person(town.client, as_guest(town.client)), code)
    assert asks(Person(town.client, as_guest(town.client)), code, expect=422)["code"] == "invitation_refused"


def test_nobody_confirms_themselves(town: Town) -> None:
    head = town.role(Role.STATION_HEAD)
    phone = str(db.session.get_one(Account, head.account_id).phone)
    asked = asks(head, invited(town, phone=phone), phone)
    head.post(f"/binding-requests/{asked['id']}/confirm", expect=403)
    town.role(Role.TOWNSHIP).post(f"/binding-requests/{asked['id']}/confirm", expect=204)


def test_confirming_twice_at_once_binds_once(app: Flask, town: Town) -> None:
    li, head = Person(town.client, as_guest(town.client)), town.role(Role.STATION_HEAD)
    asked = asks(li, invited(town))
    path = f"/api/v1/binding-requests/{asked['id']}/confirm"
    statuses = at_once(app, 6, lambda one: one.post(path, headers=head.headers).status_code)
    assert sorted(statuses) == [204] + [404] * 5
    assert roles(li) == ["station_clerk"]


def test_bound_by_wechats_phone_meanwhile_the_waiting_request_cannot_bind_another(town: Town) -> None:
    thief, li, code = Person(town.client, as_guest(town.client)), comes(town, "li"), invited(town)
    asked = asks(thief, code)
    binds(li, code)
    head = town.role(Role.STATION_HEAD)
    assert head.post(f"/binding-requests/{asked['id']}/confirm", expect=409)["code"] == "invitation_used"
    assert (roles(li), roles(thief)) == (["station_clerk"], [])


def test_a_typed_phone_is_not_readable_in_the_database(town: Town) -> None:
    asks(Person(town.client, as_guest(town.client)), invited(town))
    stored = str(db.session.connection().execute(sa.text("select * from binding_requests")).one())
    assert PHONE not in stored


@pytest.fixture
def runs(app: Flask) -> Any:
    def run(*arguments: str) -> Any:
        db.session.commit()
        return app.test_cli_runner().invoke(args=list(arguments))

    return run


def test_the_operator_ends_everything_of_a_phone(town: Town, runs: Any) -> None:
    old, new = comes(town, "li-old"), comes(town, "li-new")
    binds(old, invited(town))
    binds(new, invited(town))
    done = runs("revoke-staff", "--phone", PHONE, "--reason", "退休")
    assert done.exit_code == 0, done.output
    assert done.output.count("已解除：联络站工作人员") == 2
    assert (who(town.client, old.headers), who(town.client, new.headers)) == (None, None)
    assert {row.data["reason"] for row in trail("grant_ended")} == {"退休"}
    again = runs("revoke-staff", "--phone", PHONE)
    assert again.exit_code == 1 and "没有找到" in again.output


def test_the_operator_hands_out_a_set_up_code_that_works(town: Town, runs: Any) -> None:
    binds(comes(town, "li"), invited(town))
    done = runs("desk-code", "--phone", PHONE)
    assert done.exit_code == 0, done.output
    code = done.output.strip().rpartition("：")[2]
    body = {"setup_code": code, "login": "li.xin", "password": "correct horse battery"}
    begun = town.client.post("/api/v1/desk/credentials", json=body)
    assert begun.status_code == 201 and begun.json["otpauth"].startswith("otpauth://totp/")
    assert runs("desk-code", "--phone", "13900000000").exit_code == 1


def test_erasing_the_account_of_somebody_who_works_ends_it_all(town: Town, session: Session) -> None:
    li = comes(town, "li")
    binds(li, invited(town))
    asks(li, invited(town, Grant(Role.REVIEWER, town.place.district_id)))
    li.delete("/me")
    row = db.session.get_one(Account, li.account_id)
    assert (row.phone, row.union_index) == (None, None)
    assert db.session.scalars(sa.select(BindingRequest)).all() == []
    assert [event.data["reason"] for event in trail("grant_ended")] == ["注销账号"]
    used = sa.select(Invitation.person_name).where(Invitation.used_by == li.account_id)
    assert db.session.scalars(used).all() == ["已注销"]
