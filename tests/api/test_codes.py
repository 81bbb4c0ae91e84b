"""Printed codes in the hands of those who keep a station: list, make, revoke, download; and a poster that says the truth."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import quote

import pypdfium2
import pytest
from flask import Flask
from PIL import Image
from sqlalchemy.orm import Session

from qr.reading import read
from service.accounts.roles import Role
from service.ids import scan_code_is_well_formed
from service.stations.actions import add_scans, merge_station
from service.stations.models import ScanCode, Station
from tests.api.conftest import Client
from tests.conftest import FakeClock, FakeWeChat
from tests.journeys.town import Person, Town
from tests.world import build_world

SITE = "https://daibiao.example.gov.cn"


@pytest.fixture
def town(session: Session, client: Client, clock: FakeClock, wechat: FakeWeChat) -> Town:
    world = build_world(session)
    session.commit()
    return Town(world.a, client, clock, wechat)


@pytest.fixture
def head(town: Town) -> Person:
    return town.role(Role.STATION_HEAD)


def download(who: Person, path: str) -> Any:
    return who.client.get("/api/v1" + path, headers=who.headers)


def read_pdf(data: bytes) -> tuple[list[str], str]:
    """What a reader finds in the code, and the words."""
    document = pypdfium2.PdfDocument(data)
    page = document[0]
    found = read(page.render(scale=1.2).to_pil()), page.get_textpage().get_text_bounded()
    document.close()
    return found


def test_a_new_code_for_a_placement_is_listed_and_leads_to_the_station(town: Town, head: Person) -> None:
    station = town.place.station
    made = head.post(f"/stations/{station}/codes", {"placement": " 电梯口 "}, 201)
    assert scan_code_is_well_formed(made["code"])
    assert (made["url"], made["placement"], made["target_type"]) == (f"{SITE}/s/{made['code']}", "电梯口", "STATION")
    listed = {item["code"]: item for item in head.get(f"/stations/{station}/codes")["items"]}
    assert set(listed) == {made["code"], town.place.scan_code, town.place.grid_code}
    assert listed[town.place.grid_code]["subject"].startswith("对应网格：")
    assert town.guest().get(f"/scan/{made['code']}")["station"]["id"] == station


def test_the_list_goes_on_where_it_stopped(town: Town, head: Person) -> None:
    path = f"/stations/{town.place.station}/codes"
    for number in range(5):
        head.post(path, {"placement": f"{number}号楼"}, 201)
    first = head.get(f"{path}?limit=4")
    second = head.get(f"{path}?limit=4&cursor={first['next_cursor']}")
    codes = [item["code"] for item in (*first["items"], *second["items"])]
    assert len(codes) == len(set(codes)) == 7 and second["next_cursor"] is None


def test_the_same_request_twice_makes_one_code(town: Town, head: Person) -> None:
    path, body = f"/stations/{town.place.station}/codes", {"placement": "食堂"}
    assert head.post(path, body, 201, key="one") == head.post(path, body, 201, key="one")
    assert len(head.get(path)["items"]) == 3


def test_a_revoked_code_leads_nowhere_and_says_why_to_those_who_keep_it(town: Town, head: Person) -> None:
    code = town.place.scan_code
    revoked = head.post(f"/codes/{code.lower()}/revoke", {"reason": "海报被人覆盖"})
    assert revoked["revoked_at"] and revoked["revoke_reason"] == "海报被人覆盖"
    assert "12345" in town.guest().get(f"/scan/{code}", 404)["detail"]
    assert town.client.get(f"/s/{code}").status_code == 404
    head.post(f"/codes/{code}/revoke", {"reason": "再来一次"}, 409)
    assert head.get(f"/stations/{town.place.station}/codes")["items"][-1]["revoke_reason"] == "海报被人覆盖"
    assert download(head, f"/stations/{town.place.station}/poster.pdf?code={code}").status_code == 404
    head.post(f"/codes/{code}/revoke", {"reason": "  "}, 422)


def test_a_campaigns_code_says_so_and_goes_on_leading_to_the_station(
    town: Town, head: Person, clock: FakeClock
) -> None:
    path, station = f"/stations/{town.place.station}/codes", town.place.station
    campaign = {"title": "民生实事项目征集", "from_on": "2026-03-05", "to_on": "2026-03-31"}
    body = {"placement": "广场", "target_type": "CAMPAIGN", "campaign": campaign}
    made = head.post(path, body, 201)
    assert made["campaign"]["title"] == "民生实事项目征集"
    again = {"placement": "车站", "target_type": "CAMPAIGN", "campaign_id": made["campaign"]["id"]}
    assert head.post(path, again, 201)["campaign"] == made["campaign"]
    words = read_pdf(download(head, f"/stations/{station}/poster.pdf?code={made['code']}").data)[1]
    assert "民生实事项目征集（3月5日至3月31日）" in words
    notices = []
    for days in (0, 10, 30):
        clock.advance(days=days)
        answer = town.guest().get(f"/scan/{made['code']}")
        assert (answer["station"]["id"], answer["target_type"]) == (station, "CAMPAIGN")
        notices.append(answer["notice"])
    assert "3月5日开始" in notices[0] and "3月31日截止" in notices[1] and "已于3月31日结束" in notices[2]
    page = town.client.get(f"/s/{made['code']}")
    assert "已于3月31日结束，您仍然可以向本站反映意见" in page.text


@pytest.mark.parametrize(
    "body",
    [
        {"placement": ""},
        {"placement": "门", "target_type": "CAMPAIGN"},
        {"placement": "门", "target_type": "DEPUTY"},
        {"placement": "门", "target_type": "GRID"},
        {"placement": "门", "target_type": "NONSENSE"},
        {"placement": "门", "campaign": {"title": "活动", "from_on": "2026-03-05", "to_on": "2026-03-31"}},
        {"placement": "门", "target_type": "CAMPAIGN", "campaign_id": "nobody"},
        {
            "placement": "门",
            "target_type": "CAMPAIGN",
            "campaign": {"title": "活动", "from_on": "2026-03-05", "to_on": "2026-03-04"},
        },
    ],
)
def test_a_code_bound_to_nothing_or_to_too_much_is_refused(town: Town, head: Person, body: dict[str, Any]) -> None:
    head.post(f"/stations/{town.place.station}/codes", body, 422)


def test_a_campaign_of_another_station_is_not_lent(town: Town, head: Person) -> None:
    campaign = {"title": "征集", "from_on": "2026-03-05", "to_on": "2026-03-31"}
    body = {"placement": "门", "target_type": "CAMPAIGN", "campaign": campaign}
    district = town.role(Role.DISTRICT)
    theirs = district.post(f"/stations/{town.place.other_station}/codes", body, 201)["campaign"]["id"]
    again = {"placement": "门", "target_type": "CAMPAIGN", "campaign_id": theirs}
    head.post(f"/stations/{town.place.station}/codes", again, 422)


def test_a_deputys_code_names_the_deputy_on_the_poster(town: Town, head: Person) -> None:
    body = {"placement": "门", "target_type": "DEPUTY", "deputy_id": town.place.primary}
    made = head.post(f"/stations/{town.place.station}/codes", body, 201)
    words = read_pdf(download(head, f"/stations/{town.place.station}/poster.pdf?code={made['code']}").data)[1]
    assert made["subject"].startswith("联系代表：") and made["subject"] in words


def test_scans_are_shown_per_day(town: Town, head: Person, session: Session, clock: FakeClock) -> None:
    today, code = clock.now.date(), town.place.scan_code
    days = {(code, today): 4, (code, today.replace(month=2, day=20)): 2, (code, today.replace(month=1)): 9}
    add_scans(session, days, batch="one")
    session.commit()
    listed = {item["code"]: item["scans"] for item in head.get(f"/stations/{town.place.station}/codes")["items"]}
    assert listed[code] == {
        "today": 4,
        "total": 15,
        "days": [{"on": "2026-02-20", "count": 2}, {"on": "2026-03-02", "count": 4}],
    }
    assert listed[town.place.grid_code] == {"today": 0, "total": 0, "days": []}


def test_the_poster_says_exactly_the_public_address_of_the_oldest_code(
    town: Town, head: Person, session: Session
) -> None:
    station, code = town.place.station, town.place.scan_code
    head.post(f"/stations/{station}/codes", {"placement": "后门"}, 201)
    answer = download(head, f"/stations/{station}/poster.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    name = session.get_one(Station, station).name
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="{code}.pdf"; ')
    assert quote(name) in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    found, words = read_pdf(answer.data)
    assert found == [f"{SITE}/s/{code}"]
    assert name in words.replace("\r\n", "") and f"{code[:5]} {code[5:]}" in words
    image = Image.open(io.BytesIO(download(head, f"/stations/{station}/poster.png?code={code}").data))
    assert read(image) == found


def test_the_code_alone_as_png_and_svg(town: Town, head: Person) -> None:
    code = town.place.scan_code
    answer = download(head, f"/codes/{code}/image.png")
    assert read(Image.open(io.BytesIO(answer.data))) == [f"{SITE}/s/{code}"]
    drawn = download(head, f"/codes/{code}/image.svg")
    assert (drawn.mimetype, drawn.text[:5]) == ("image/svg+xml", "<svg ")
    assert download(head, "/codes/AAAAAAAAAA/image.svg").status_code == 404


def test_a_poster_makes_no_code_and_says_how_to_get_one(town: Town, head: Person, session: Session) -> None:
    district = town.role(Role.DISTRICT)
    answer = download(district, f"/stations/{town.place.home}/poster.pdf")
    assert answer.status_code == 404 and "新建" in answer.json["detail"]
    assert session.query(ScanCode).filter_by(station_id=town.place.home).count() == 0
    other = town.place.other_scan_code
    assert download(district, f"/stations/{town.place.station}/poster.pdf?code={other}").status_code == 404


def test_no_new_paper_for_a_merged_station_whose_old_paper_goes_on_leading(
    town: Town, session: Session, clock: FakeClock
) -> None:
    place, district = town.place, town.role(Role.DISTRICT)
    merge_station(session, place.station, place.other_station, now=clock.now)
    session.commit()
    refused = download(district, f"/stations/{place.station}/poster.pdf")
    assert refused.status_code == 409 and "仍然有效" in refused.json["detail"]
    district.post(f"/stations/{place.station}/codes", {"placement": "门"}, 409)
    scanned = town.guest().get(f"/scan/{place.scan_code}")
    assert scanned["station"]["id"] == place.other_station and "已并入" in scanned["notice"]


def test_a_name_the_font_cannot_write_is_refused_with_the_character(town: Town, head: Person, session: Session) -> None:
    session.get_one(Station, town.place.station).name = "𬭊村联络站"
    session.commit()
    answer = download(head, f"/stations/{town.place.station}/poster.pdf")
    assert answer.status_code == 409 and "𬭊" in answer.json["detail"]


def test_files_are_documented_with_their_media_type(app: Flask, client: Client, session: Session) -> None:
    paths = client.get("/api/v1/openapi.json").json["paths"]
    content = paths["/api/v1/stations/{id}/poster.pdf"]["get"]["responses"]["200"]["content"]
    assert content == {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}
