"""Inviting by those who keep a place, and reading who was bound and signed in (rulebook §7.3, §9.8)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from service.accounts import trail
from service.accounts.desk_models import AccessEvent
from service.accounts.roles import Role
from service.db import db
from service.issues.audit import read_fields
from service.ledger.verify import verify
from tests.accounts.people import bearer, signs_in
from tests.journeys.town import Person, Town
from workers import jobs

PHONE = "13700137000"


def invites(town: Town, keeper: Role, expect: int = 201, **place: Any) -> Any:
    body = {"role": "station_clerk", "person_name": "李新", "phone": PHONE, "station_id": town.place.station} | place
    return town.role(keeper).post("/invitations", {key: one for key, one in body.items() if one is not None}, expect)


def comes(town: Town, code: str) -> Person:
    signed = signs_in(town.client, code)
    return Person(town.client, bearer(signed["token"]), signed["account"]["id"])


def test_a_head_invites_a_clerk_of_the_station_and_nobody_elsewhere(town: Town) -> None:
    first, second = invites(town, Role.STATION_HEAD), invites(town, Role.STATION_HEAD)
    shown = town.role(Role.STATION_HEAD).get("/invitations")
    assert [one["id"] for one in shown["items"]] == [second["id"]], "the earlier one is over"
    assert second["code"] not in str(shown) and PHONE not in str(shown)
    new = comes(town, "li")
    new.post("/me/bind", {"invitation_code": first["code"], "phone_code": PHONE}, 422)
    new.post("/me/bind", {"invitation_code": second["code"], "phone_code": PHONE})
    assert town.role(Role.STATION_HEAD).get("/invitations")["items"] == []

    invites(town, Role.STATION_HEAD, 403, station_id=town.place.other_station)
    invites(town, Role.STATION_HEAD, 403, role="station_head")
    invites(town, Role.DISTRICT, 422, station_id=None)
    invites(town, Role.DISTRICT, 422, station_id="nowhere")
    invites(town, Role.DISTRICT, 403, role="district", station_id=None)
    made = invites(town, Role.ADMIN, role="district", station_id=None)
    town.role(Role.ADMIN).delete(f"/invitations/{made['id']}")
    town.role(Role.ADMIN).delete(f"/invitations/{made['id']}", 404)


def test_the_trail_is_read_by_its_person_and_the_district_and_forgets_persons_after_two_years(
    town: Town, other_town: Town
) -> None:
    code = invites(town, Role.STATION_HEAD)["code"]
    new = comes(town, "li")
    town.clock.advance(minutes=1)
    new.post("/me/bind", {"invitation_code": code, "phone_code": PHONE})
    (own,) = new.get("/me/access-events")["items"]
    assert (own["kind"], own["title"], own["role"], own["by_self"]) == ("bound", "绑定工作身份", "station_clerk", True)
    read = town.role(Role.AUDITOR).get("/access-events")["items"]
    assert [one["kind"] for one in read] == ["bound", "invited"] and read[0]["person_name"] == "李新"
    assert other_town.role(Role.AUDITOR).get("/access-events")["items"] == []
    first = town.role(Role.DISTRICT).get("/access-events?limit=1")
    rest = town.role(Role.DISTRICT).get(f"/access-events?limit=1&cursor={first['next_cursor']}")
    assert [one["kind"] for one in first["items"] + rest["items"]] == ["bound", "invited"]

    session = db.session()
    trail.record(
        session, trail.Access.DESK_FAILED, now=town.clock.now, account_id=None, actor_id=None, district_id=None
    )
    session.commit()
    jobs.forget_trail()
    assert new.get("/me/access-events")["items"] == [own]
    town.clock.advance(days=2 * 365 + 1)
    jobs.forget_trail()
    left = list(session.scalars(sa.select(AccessEvent)))
    assert [(row.account_id, row.actor_id, row.data) for row in left] == [(None, None, None)] * 2
    assert verify(session, lambda wanted: read_fields(session, wanted)).faults == []
    session.rollback()
