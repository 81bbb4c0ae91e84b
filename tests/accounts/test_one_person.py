"""One person is one account, by whichever door of WeChat they come, and what they did as a guest comes along."""

from __future__ import annotations

import itertools

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from service.accounts import actions, queries
from service.accounts.binding import grant
from service.accounts.desk_models import AccessEvent
from service.accounts.models import Account, Identity
from service.accounts.roles import Grant, Role
from service.crypto import ring
from service.db import db
from service.issues.audit import read_fields
from service.issues.similar import follow_token
from service.ledger.verify import verify
from tests.accounts.people import MINIPROGRAM, OFFICIAL, as_guest, bearer, opens, signs_in, who
from tests.api.conftest import Client, MakeAccount, SignIn, at_once
from tests.conftest import FakeClock, FakeWeChat
from tests.journeys.town import Person, Town
from tests.uploads.album import jpeg

CLERK = Grant(Role.STATION_CLERK, "330109", station_id="station-1")


def accounts_open(session: Session) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(Account).where(Account.erased_at.is_(None))) or 0


def test_mini_program_and_official_account_are_one_person_when_wechat_says_so(
    client: Client, wechat: FakeWeChat, session: Session
) -> None:
    wechat.unionids = {"alice": "u-1"}
    assert opens(client, "alice") == opens(client, "alice", OFFICIAL)
    assert accounts_open(session) == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(Identity)) == 2


def test_without_a_unionid_they_are_two_until_wechat_tells_it(
    client: Client, wechat: FakeWeChat, session: Session
) -> None:
    """A silent sign-in tells the openid alone; the older account stays when it turns out to be one person."""
    mini, official = opens(client, "alice"), opens(client, "alice", OFFICIAL)
    assert mini != official
    wechat.unionids = {"alice": "u-1"}
    assert opens(client, "alice") == mini
    joined = opens(client, "alice", OFFICIAL)
    assert joined in (mini, official)
    assert {opens(client, "alice"), opens(client, "alice", OFFICIAL)} == {joined}
    assert accounts_open(session) == 1


def test_the_account_with_a_work_role_stays_and_keeps_it(
    client: Client, wechat: FakeWeChat, session: Session, clock: FakeClock
) -> None:
    opens(client, "alice")
    clock.advance(days=3)
    works = opens(client, "alice", OFFICIAL)
    grant(session, works, CLERK, now=clock.now)
    wechat.unionids = {"alice": "u-1"}
    opens(client, "alice")
    assert opens(client, "alice", OFFICIAL) == works, "not the older one: it has no role"
    assert opens(client, "alice") == works
    assert [row.role for row in queries.grants(session, works)] == ["station_clerk"]


def test_two_work_identities_of_one_person_become_one_and_it_is_written_down(
    client: Client, wechat: FakeWeChat, session: Session, clock: FakeClock
) -> None:
    """A role both held stays once; the other one's comes along; the ledger still fits."""
    mini, official = opens(client, "alice"), opens(client, "alice", OFFICIAL)
    for account_id in (mini, official):
        grant(session, account_id, CLERK, now=clock.now)
    grant(session, official, Grant(Role.REVIEWER, "330109"), now=clock.now)
    wechat.unionids = {"alice": "u-1"}
    opens(client, "alice")
    joined = opens(client, "alice", OFFICIAL)
    assert sorted(row.role for row in queries.grants(session, joined)) == ["reviewer", "station_clerk"]
    events = session.scalars(sa.select(AccessEvent).where(AccessEvent.kind == "joined")).all()
    assert events and {event.account_id for event in events} == {joined}
    assert verify(session, lambda wanted: read_fields(session, wanted)).faults == []


def test_strangers_stay_apart(client: Client, wechat: FakeWeChat) -> None:
    wechat.unionids = {"alice": "u-1", "bob": "u-2"}
    assert len({opens(client, code, door) for code in ("alice", "bob", "carol") for door in (MINIPROGRAM,)}) == 3


def test_a_unionid_is_not_readable_in_the_database(client: Client, wechat: FakeWeChat, session: Session) -> None:
    wechat.unionids = {"alice": "u-of-alice"}
    opens(client, "alice")
    stored = session.connection().execute(sa.text("select unionid, subject from identities")).one()
    index = session.connection().execute(sa.text("select union_index from accounts")).scalar_one()
    assert "u-of-alice" not in f"{stored}{index}"
    assert index == ring().blind_index("u-of-alice", "account.union")


def test_both_doors_at_once_make_one_account(app: Flask, session: Session, wechat: FakeWeChat) -> None:
    wechat.unionids = {"zhang": "u-9"}
    turns = itertools.cycle((MINIPROGRAM, OFFICIAL))
    found = at_once(app, 12, lambda client: opens(client, "zhang", next(turns)))
    assert len(set(found)) == 1
    assert accounts_open(session) == 1


def test_a_locked_person_does_not_come_in_by_their_other_door(
    client: Client, wechat: FakeWeChat, session: Session, clock: FakeClock
) -> None:
    wechat.unionids = {"alice": "u-1"}
    actions.lock(session, opens(client, "alice"), now=clock.now)
    assert signs_in(client, "alice", OFFICIAL, expect=403)["code"] == "account_locked"


def test_who_was_erased_comes_back_as_somebody_new(client: Client, wechat: FakeWeChat) -> None:
    wechat.unionids = {"alice": "u-1"}
    first = signs_in(client, "alice")
    assert client.delete("/api/v1/me", headers=bearer(first["token"])).status_code == 204
    assert opens(client, "alice", OFFICIAL) != first["account"]["id"]


def test_a_guest_who_signs_in_for_the_first_time_keeps_the_account(client: Client, session: Session) -> None:
    guest = as_guest(client)
    mine = who(client, guest)
    signed = signs_in(client, "alice", guest=guest)
    assert signed["account"]["id"] == mine
    assert who(client, guest) is None, "the guest's token is worthless now"
    assert who(client, bearer(signed["token"])) == mine
    assert accounts_open(session) == 1


def has_everything(town: Town, guest: Person) -> dict[str, str]:
    """A guest leaves something in every corner of the service; what can be looked up again by id or code."""
    issue = town.submits(guest, anonymity="station_only", content="水管坏了，三天没有水")
    town.deputy(town.place.primary).does(issue["id"], "accept")
    town.work()
    secret = town.submits(guest, content="只凭查询码说的：门口路灯坏了")
    guest.post(f"/issues/{issue['id']}/messages", {"text": "还没有来修"}, 201)
    guest.post("/feedback", {"text": "字太小", "district_id": town.place.district_id}, 201)
    guest.client.patch(
        "/api/v1/me",
        json={"consents": [{"document": "privacy", "version": "1", "accepted": True}]},
        headers=guest.headers,
    )
    view = {"box": "mine", "filters": {"urgent": True}}
    assert guest.client.put("/api/v1/issues/views/急件", json=view, headers=guest.headers).status_code == 200
    picture = guest.uploads(jpeg())["id"]
    return {"issue": issue["id"], "receipt": secret["receipt_code"], "secret": secret["id"], "picture": picture}


def test_a_guest_brings_everything_along_but_what_nobody_can_know(town: Town) -> None:
    there = Person(town.client, bearer(signs_in(town.client, "alice")["token"]))
    guest = town.guest()
    left = has_everything(town, guest)
    notices = guest.inbox()
    assert notices
    signed = signs_in(town.client, "alice", guest=guest.headers)
    alice = Person(town.client, bearer(signed["token"]), signed["account"]["id"])
    assert alice.account_id == there.get("/me")["id"], "the account that WeChat knew"
    export = alice.get("/me/export")
    assert [issue["content"] for issue in export["sections"]["issues"]] == ["水管坏了，三天没有水"]
    assert export["sections"]["issues"][0]["messages"] == ["还没有来修"]
    assert [view["name"] for view in export["sections"]["views"]] == ["急件"]
    assert [upload["id"] for upload in export["sections"]["uploads"]] == [left["picture"]]
    assert [row["document"] for row in export["consents"]] == ["privacy"]
    assert set(notices) <= set(alice.inbox())
    assert [row["text"] for row in alice.get("/feedback")["items"]] == ["字太小"]
    assert alice.sees(left["issue"])["content"] == "水管坏了，三天没有水"
    alice.sees(left["secret"], expect=404)
    assert town.holder(left["receipt"]).sees()["content"] == "只凭查询码说的：门口路灯坏了"
    guest.get("/me", expect=401)


def test_following_twice_is_following_once(town: Town) -> None:
    from_alice = Person(town.client, bearer(signs_in(town.client, "alice")["token"]))
    issue = town.submits(town.role(Role.RESIDENT), anonymity="named", contact={"name": "王", "phone": "13800138000"})
    guest = town.guest()
    for person in (from_alice, guest):
        person.post("/issues/follow", {"follow_token": follow_token(issue["id"])}, 201)
    count = sa.text("select follower_count, (select count(*) from issue_followers) from issues")
    assert db.session.execute(count).one() == (2, 2)
    signs_in(town.client, "alice", guest=guest.headers)
    assert db.session.execute(count).one() == (1, 1)


def test_nothing_is_merged_that_is_no_guest(
    client: Client, session: Session, make_account: MakeAccount, sign_in: SignIn
) -> None:
    """A WeChat account or one with a role that comes along in the header stays what it is."""
    alice = signs_in(client, "alice")
    bob = opens(client, "bob", guest=bearer(alice["token"]))
    assert bob != alice["account"]["id"]
    assert who(client, bearer(alice["token"])) == alice["account"]["id"], "still signed in"
    clerk = sign_in(make_account(CLERK))
    assert opens(client, "bob", guest=clerk) == bob
    assert who(client, clerk) not in (None, bob)


def test_an_old_or_invented_guest_token_does_no_harm(client: Client, clock: FakeClock) -> None:
    guest = as_guest(client)
    clock.advance(days=40)
    for headers in (guest, bearer("x" * 43), {"Authorization": "Basic eDp5"}):
        assert opens(client, "alice", guest=headers)


def test_a_double_tap_moves_a_guests_things_once(client: Client, session: Session) -> None:
    guest = as_guest(client)
    first, second = opens(client, "alice", guest=guest), opens(client, "alice", guest=guest)
    assert first == second
    assert accounts_open(session) == 1


@pytest.mark.parametrize("known", [False, True], ids=["first sight", "known"])
def test_ten_taps_at_once_move_a_guests_things_once(app: Flask, client: Client, town: Town, known: bool) -> None:
    if known:
        opens(client, "alice")
    guest = town.guest()
    issue = town.submits(guest, anonymity="station_only", content="水管坏了没有水")
    found = set(at_once(app, 10, lambda one: opens(one, "alice", guest=guest.headers)))
    assert len(found) == 1
    alice = Person(client, bearer(signs_in(client, "alice")["token"]))
    assert [row["id"] for row in alice.get("/issues?box=mine")["items"]] == [issue["id"]]
    db.session.rollback()
    assert who(client, guest.headers) is None


def test_two_people_on_one_phone_at_once_do_not_share_the_guests_things(app: Flask, town: Town) -> None:
    """The first gets them; the second simply signs in."""
    guest = town.guest()
    town.submits(guest, anonymity="station_only", content="水管坏了没有水")
    codes = iter(["alice", "bob"] * 3)
    found = at_once(app, 6, lambda one: opens(one, next(codes), guest=guest.headers))
    assert len(set(found)) == 2
    owned = [
        len(Person(town.client, bearer(signs_in(town.client, code)["token"])).get("/issues?box=mine")["items"])
        for code in ("alice", "bob")
    ]
    assert sorted(owned) == [0, 1]


def test_a_page_shown_as_a_snapshot_makes_no_account_and_says_how_to_go_on(client: Client, session: Session) -> None:
    """WeChat's made-up person (documentation of 换取用户授权凭证: is_snapshotuser) must not become somebody here."""
    before = accounts_open(session)
    answer = client.post("/api/v1/sessions", json={"provider": "wechat_official", "code": "snapshot-1"})
    assert answer.status_code == 422 and answer.json["code"] == "snapshot_user"
    assert "使用完整服务" in answer.json["detail"]
    assert accounts_open(session) == before
