"""One WeChat works under one phone: a person's roles are found, and ended, by it (rulebook §9.8, §11, staff leaves)."""

from __future__ import annotations

from service.accounts.binding import invite
from service.accounts.roles import Grant, Role
from service.db import db
from tests.accounts.people import bearer, signs_in
from tests.journeys.town import Person, Town

FIRST, SECOND = "13800138000", "13900139000"


def invited(town: Town, role: Role, phone: str) -> dict[str, str]:
    """What a person types who was invited with that phone, which WeChat shows."""
    grant = Grant(role, town.place.district_id)
    code = invite(db.session(), grant, person_name="李新", phone=phone, now=town.clock.now)
    db.session.commit()
    return {"invitation_code": code, "phone_code": phone}


def comes(town: Town) -> Person:
    signed = signs_in(town.client, "li-two-phones")
    return Person(town.client, bearer(signed["token"]), signed["account"]["id"])


def roles(who: Person) -> list[str]:
    return sorted(row["role"] for row in who.get("/me/grants")["items"])


def test_a_second_phone_is_refused_until_the_roles_of_the_first_are_ended(town: Town) -> None:
    li = comes(town)
    li.post("/me/bind", invited(town, Role.REVIEWER, FIRST))
    li.post("/me/bind", invited(town, Role.AUDITOR, FIRST))
    other = invited(town, Role.COMMITTEE, SECOND)
    refused = li.post("/me/bind", other, 409)
    assert refused["code"] == "another_work_phone" and "解除原来的身份" in refused["detail"]
    assert roles(li) == ["auditor", "reviewer"]
    for row in li.get("/me/grants")["items"]:
        li.delete(f"/me/grants/{row['id']}")
    again = comes(town)
    again.post("/me/bind", other)
    assert roles(again) == ["committee"], "the refusal did not use the code up"
