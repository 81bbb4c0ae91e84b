"""What the public sees of places and people, and what a station does with its days; the second district never shows."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import Role
from service.deputies.models import Deputy
from service.events import Event
from service.outbox.models import OutboxRow
from service.stations.models import Station
from tests.api.conftest import Client, SignIn
from tests.world import Place, World, build_world

Headers = dict[str, str]


@pytest.fixture
def world(session: Session) -> World:
    built = build_world(session)
    session.commit()
    return built


@pytest.fixture
def here(world: World) -> Place:
    return world.a


def as_role(sign_in: SignIn, place: Place, role: Role) -> Headers:
    return sign_in(place.accounts[role])


def test_stations_are_listed_in_pages_and_found_by_name_and_township(client: Client, here: Place) -> None:
    base = f"/api/v1/stations?district_id={here.district_id}"
    seen, cursor = [], ""
    while True:
        page = client.get(f"{base}&limit=1{cursor}").json
        seen += [station["id"] for station in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert set(seen) == {here.home, here.station, here.other_station}
    assert len(seen) == 3
    township = client.get(f"{base}&township_code={here.other_township}").json["items"]
    assert [station["id"] for station in township] == [here.other_station]
    name = township[0]["name"]
    assert here.other_station in [
        station["id"] for station in client.get("/api/v1/stations", query_string={"q": name}).json["items"]
    ]
    assert client.get("/api/v1/stations", query_string={"q": "%_不存在"}).json["items"] == []


@pytest.mark.parametrize(
    "query", ["cursor=bad", "cursor=%00", "limit=0", "limit=101", "limit=x", "q=%00", "colour=red"]
)
def test_odd_list_parameters_are_422(client: Client, here: Place, query: str) -> None:
    assert client.get(f"/api/v1/stations?{query}").status_code == 422


def test_a_station_shows_its_deputies_and_grids_and_no_mobile(client: Client, session: Session, here: Place) -> None:
    deputy = session.get_one(Deputy, here.primary)
    deputy.phone, deputy.employer = "13800138000", "某某公司"
    answer = client.get(f"/api/v1/stations/{here.station}")
    assert {shown["id"] for shown in answer.json["deputies"]} >= {here.primary, here.backup, here.spare}
    assert {grid["id"] for grid in answer.json["grids"]} == {here.grid, here.bare_grid}
    card = client.get(f"/api/v1/deputies/{here.primary}")
    assert len(card.json["titles"]) == 2
    assert [station["id"] for station in card.json["stations"]] == [here.station]
    assert card.json["receptions"] == []
    for text in (answer.text, card.text):
        assert "13800138000" not in text
        assert "某某公司" not in text


def test_a_merged_station_names_its_successor(client: Client, session: Session, here: Place) -> None:
    station = session.get_one(Station, here.station)
    station.state, station.superseded_by = "merged", here.other_station
    answer = client.get(f"/api/v1/stations/{here.station}").json
    assert answer["successor"]["id"] == here.other_station
    assert "已并入" in answer["notice"]


@pytest.mark.parametrize("bad", ["nothing", "%00", "a" * 100, "../etc", "中"])
def test_what_does_not_exist_is_404(client: Client, here: Place, bad: str) -> None:
    assert client.get(f"/api/v1/stations/{bad}").status_code == 404
    assert client.get(f"/api/v1/deputies/{bad}").status_code == 404


def test_categories_come_by_district_or_by_printed_code(client: Client, world: World) -> None:
    by_code = client.get(f"/api/v1/categories?station_code={world.a.scan_code.lower()}").json["items"]
    by_district = client.get(f"/api/v1/categories?district_id={world.a.district_id}").json["items"]
    assert by_code == by_district
    assert {row["id"] for row in by_code} == set(world.a.categories.values())
    everywhere = client.get("/api/v1/categories").json["items"]
    assert {row["district_id"] for row in everywhere} == {world.a.district_id, world.b.district_id}
    first = client.get("/api/v1/categories?limit=3").json
    second = client.get(f"/api/v1/categories?limit=3&cursor={first['next_cursor']}").json
    assert [row["id"] for row in first["items"] + second["items"]] == [row["id"] for row in everywhere[:6]]
    assert client.get("/api/v1/categories?station_code=AAAAAAAAAA").status_code == 404
    assert client.get("/api/v1/categories?district_id=999999").status_code == 404


def test_a_station_names_the_units_a_complaint_there_may_be_about(client: Client, here: Place) -> None:
    items = client.get(f"/api/v1/stations/{here.station}/units").json["items"]
    assert items[0]["id"] == here.township_unit, "one's own township first"
    assert {one["id"] for one in items[1:]} == {here.district_unit, here.company_unit}
    assert client.get("/api/v1/stations/nothing/units").status_code == 404


def plan(place: Place, now: dt.datetime, **changes: Any) -> dict[str, Any]:
    starts = now + dt.timedelta(days=5)
    times = {"starts_at": starts.isoformat(), "ends_at": (starts + dt.timedelta(hours=2)).isoformat()}
    return (
        {"station_id": place.station, "deputy_ids": [place.primary], "place": "村会议室", "capacity": 1}
        | times
        | changes
    )


def test_a_reception_day_is_planned_announced_booked_and_called_off(
    client: Client, session: Session, sign_in: SignIn, here: Place, now: dt.datetime
) -> None:
    head = as_role(sign_in, here, Role.STATION_HEAD)
    resident, second = as_role(sign_in, here, Role.RESIDENT), sign_in(here.other_accounts[Role.RESIDENT])
    listing = f"/api/v1/receptions?station_id={here.station}"
    planned = client.post("/api/v1/receptions", json=plan(here, now), headers=head)
    assert planned.status_code == 201
    day = f"/api/v1/receptions/{planned.json['id']}"
    assert client.get(listing, headers=resident).json["items"] == []
    assert [row["state"] for row in client.get(listing, headers=head).json["items"]] == ["planned"]
    assert client.post(f"{day}/bookings", json={}, headers=resident).status_code == 404

    assert client.post(f"{day}/announce", json={"version": 1}, headers=head).json["state"] == "announced"
    booked = client.post(f"{day}/bookings", json={"topic": "路灯"}, headers=resident)
    assert booked.status_code == 201
    assert client.post(f"{day}/bookings", json={}, headers=second).json["code"] == "reception_full"
    mine = client.get(listing, headers=resident).json["items"][0]
    assert (mine["booked"], mine["my_booking_id"]) == (1, booked.json["id"])
    assert client.get(listing, headers=second).json["items"][0]["my_booking_id"] is None
    assert [row["id"] for row in client.get(f"{day}/bookings", headers=head).json["items"]] == [booked.json["id"]]
    assert client.get(f"{day}/bookings", headers=resident).status_code == 403
    theirs = client.delete(f"{day}/bookings/{booked.json['id']}", headers=second)
    assert theirs.status_code == 404
    assert client.delete(f"{day}/bookings/{booked.json['id']}", headers=resident).status_code == 204

    stale = client.post(f"{day}/cancel", json={"version": 1, "reason": "停电"}, headers=head)
    assert stale.status_code == 409
    assert stale.json["current"]["version"] == 2
    called_off = client.post(f"{day}/cancel", json={"version": 2, "reason": "停电"}, headers=head)
    assert (called_off.json["state"], called_off.json["cancel_reason"]) == ("cancelled", "停电")
    events = session.scalars(sa.select(OutboxRow.event)).all()
    assert events == [Event.RECEPTION_CHANGED]


def test_another_stations_days_cannot_be_planned_seen_or_changed(
    client: Client, sign_in: SignIn, world: World, now: dt.datetime
) -> None:
    here, head = world.a, as_role(sign_in, world.a, Role.STATION_HEAD)
    day = client.post("/api/v1/receptions", json=plan(here, now), headers=head).json
    strangers = [
        sign_in(here.other_accounts[Role.STATION_HEAD]),
        as_role(sign_in, world.b, Role.STATION_HEAD),
    ]
    for stranger in strangers:
        assert client.post("/api/v1/receptions", json=plan(here, now), headers=stranger).status_code == 404
        answer = client.post(f"/api/v1/receptions/{day['id']}/announce", json={"version": 1}, headers=stranger)
        assert answer.status_code == 404
        assert client.get(f"/api/v1/receptions/{day['id']}/bookings", headers=stranger).status_code == 404


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00", "2026-03-05T09:00:00", "x"]
)
def test_impossible_moments_are_422(
    client: Client, sign_in: SignIn, here: Place, now: dt.datetime, moment: str
) -> None:
    head = as_role(sign_in, here, Role.STATION_HEAD)
    assert client.post("/api/v1/receptions", json=plan(here, now, starts_at=moment), headers=head).status_code == 422


def test_a_deputy_takes_leave_and_comes_back(client: Client, session: Session, sign_in: SignIn, here: Place) -> None:
    deputy = as_role(sign_in, here, Role.DEPUTY)
    days = {"from_on": "2026-03-03", "to_on": "2026-03-06", "substitute_id": here.backup, "reason": "住院"}
    taken = client.post("/api/v1/leaves", json=days, headers=deputy)
    assert (taken.status_code, taken.json["deputy_id"]) == (201, here.primary)
    assert client.get("/api/v1/leaves", headers=deputy).json["items"][0]["reason"] == "住院"
    clerk = as_role(sign_in, here, Role.STATION_CLERK)
    seen = client.get(f"/api/v1/leaves?station_id={here.station}", headers=clerk).json["items"]
    assert [(row["deputy_id"], row["reason"]) for row in seen] == [(here.primary, None)]
    assert client.post("/api/v1/leaves", json=days, headers=deputy).status_code == 409
    assert client.delete(f"/api/v1/leaves/{taken.json['id']}", headers=deputy).status_code == 204
    assert client.get("/api/v1/leaves", headers=deputy).json["items"] == []
    assert session.scalars(sa.select(OutboxRow.event)).all() == [Event.DEPUTY_AVAILABILITY_CHANGED] * 2


def test_nobody_sends_strangers_on_leave(client: Client, sign_in: SignIn, world: World) -> None:
    days = {"from_on": "2026-03-03", "to_on": "2026-03-06", "deputy_id": world.a.backup}
    colleague = as_role(sign_in, world.a, Role.DEPUTY)
    assert client.post("/api/v1/leaves", json=days, headers=colleague).status_code == 403
    abroad = as_role(sign_in, world.b, Role.DISTRICT)
    assert client.post("/api/v1/leaves", json=days, headers=abroad).status_code == 404
    assert client.get(f"/api/v1/leaves?station_id={world.a.station}", headers=abroad).status_code == 404
    office = as_role(sign_in, world.a, Role.TOWNSHIP)
    assert client.post("/api/v1/leaves", json=days, headers=office).status_code == 201


def test_feedback_reaches_its_district_only_and_is_answered_once(client: Client, sign_in: SignIn, world: World) -> None:
    resident = as_role(sign_in, world.a, Role.RESIDENT)
    said = client.post(
        "/api/v1/feedback",
        json={"text": "字太小", "contact": "微信", "district_id": world.a.district_id},
        headers=resident,
    )
    assert said.status_code == 201
    assert client.post("/api/v1/feedback", json={"text": "哪个区"}, headers=resident).status_code == 422
    here = {"text": "按码", "station_code": world.a.scan_code}
    assert client.post("/api/v1/feedback", json=here, headers=resident).json["district_id"] == world.a.district_id
    office, abroad = as_role(sign_in, world.a, Role.DISTRICT), as_role(sign_in, world.b, Role.ADMIN)
    seen = client.get("/api/v1/feedback?box=district", headers=office).json["items"]
    assert sorted(row["text"] for row in seen) == ["字太小", "按码"]
    assert client.get("/api/v1/feedback?box=district", headers=abroad).json["items"] == []
    assert client.get("/api/v1/feedback?box=district", headers=resident).status_code == 403
    path = f"/api/v1/feedback/{said.json['id']}/answer"
    assert client.post(path, json={"text": "已调大"}, headers=abroad).status_code == 404
    assert client.post(path, json={"text": "已调大"}, headers=office).json["answer"] == "已调大"
    assert client.post(path, json={"text": "再说"}, headers=office).status_code == 409
    mine = client.get("/api/v1/feedback", headers=resident).json["items"]
    assert {row["text"]: row["answer"] for row in mine} == {"字太小": "已调大", "按码": None}


def test_feedback_goes_on_in_pages_and_a_cursor_of_another_list_is_refused(
    client: Client, sign_in: SignIn, here: Place
) -> None:
    resident = as_role(sign_in, here, Role.RESIDENT)
    for number in range(3):
        body = {"text": f"第{number}条", "district_id": here.district_id}
        client.post("/api/v1/feedback", json=body, headers=resident | {"Idempotency-Key": f"k{number}"})
    first = client.get("/api/v1/feedback?limit=2", headers=resident).json
    second = client.get(f"/api/v1/feedback?limit=2&cursor={first['next_cursor']}", headers=resident).json
    texts = [row["text"] for row in first["items"] + second["items"]]
    assert sorted(texts) == ["第0条", "第1条", "第2条"]
    assert second["next_cursor"] is None
    office = as_role(sign_in, here, Role.DISTRICT)
    mixed = client.get(f"/api/v1/feedback?box=district&cursor={first['next_cursor']}", headers=office)
    altered = client.get(f"/api/v1/feedback?cursor={first['next_cursor'][:-4]}AAAA", headers=resident)
    assert (mixed.status_code, altered.status_code) == (422, 422)
