"""Stations, their codes, reception days and leaves, as those see and change them who keep them."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from console import accounts, stations
from service.accounts.roles import Role
from service.calendar.workdays import local_date
from service.db import db
from service.stations.queries import duty_between
from tests.api.test_statement_counts import count
from tests.conftest import FakeClock
from tests.console.conftest import Seat
from tests.journeys.town import Town
from tests.wechat.pictures import qr_of
from workers import jobs as worker_jobs

LIST = 5


def _names(page: str) -> int:
    return len(re.findall(r'<a href="/console/stations/\w+">', page))


def test_everybody_sees_the_stations_in_their_hands_in_few_statements(town: Town, seat: Seat) -> None:
    own = town.place.accounts
    clerk, township, district = (seat(own[role]) for role in (Role.STATION_CLERK, Role.TOWNSHIP, Role.DISTRICT))
    seen = [_names(desk.opens("/stations").text) for desk in (clerk, township, district)]
    assert seen[0] == 1 < seen[1] < seen[2], "their own; their township's; all"
    assert count(lambda: clerk.opens("/stations")) == count(lambda: district.opens("/stations")) <= LIST
    assert _names(district.opens("/stations?q=没有这个站").text) == 0
    assert district.opens("/stations?cursor=forged").status_code == 422


def test_a_long_list_goes_on_where_the_page_ended(town: Town, seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = seat(town.place.accounts[Role.DISTRICT])
    for module, path, item in (
        (stations, "/stations", r'<a href="/console/stations/(\w+)">'),
        (accounts, "/accounts", r'action="/console/accounts/(\w+)/end"'),
    ):
        whole = re.findall(item, desk.opens(path).text)
        monkeypatch.setattr(module, "LIMIT", 2)
        seen, here = [], path
        while here:
            page = desk.opens(here).text
            seen += re.findall(item, page)
            found = re.search(r'href="/console([^"]+)" rel="next"', page)
            here = found.group(1).replace("&amp;", "&") if found else ""
        assert seen == whole and len(whole) > 2, "each once, in the same order"


def test_a_station_shows_who_is_there_and_its_grids(town: Town, seat: Seat) -> None:
    desk = seat(town.place.accounts[Role.STATION_CLERK])
    page = desk.opens(f"/stations/{town.place.station}").text
    assert "安一" in page and "柏二" in page, "stationed here"
    assert "费六" not in page, "stationed elsewhere"
    assert "值班" in page


def test_the_roster_is_changed_by_the_office_above_and_the_rota_by_the_station(town: Town, seat: Seat) -> None:
    place, own = town.place, town.place.accounts
    office, clerk = seat(own[Role.TOWNSHIP]), seat(own[Role.STATION_CLERK])
    path = f"/stations/{place.station}"
    duty = {"deputy_id": place.backup, "on": str(town.clock.now.date() + dt.timedelta(days=3))}
    assert clerk.sends(f"{path}/duty", duty | {"on": "2020-01-01"}).status_code == 422
    assert clerk.sends(f"{path}/duty", duty | {"deputy_id": place.other_primary}).status_code == 422
    assert clerk.sends(f"{path}/duty", duty).status_code == 303
    assert "的值班</button>" in clerk.opens(path).text
    today = str(local_date(town.clock.now))
    assert office.sends(f"{path}/roster/leave", {"deputy_id": place.backup, "last_on": today}).status_code == 303
    assert not any(row[1] == place.backup for row in _rota(town)), "duty after the last day goes too"
    assert office.sends(f"{path}/roster", {"deputy_id": place.other_primary, "from_on": today}).status_code == 303
    assert "费六" in clerk.opens(path).text


def _rota(town: Town) -> list[tuple[dt.date, str]]:
    day = local_date(town.clock.now)
    return duty_between(db.session(), town.place.station, since=day, until=day + dt.timedelta(days=20))


def test_a_new_code_is_printed_and_revoked_with_a_reason(town: Town, seat: Seat) -> None:
    place, desk = town.place, seat(town.place.accounts[Role.STATION_CLERK])
    path = f"/stations/{place.station}/codes"
    before = set(re.findall(r"<code>(\w{10})</code>", desk.opens(path).text))
    assert desk.sends(path, {"placement": "", "target_type": "STATION"}).status_code == 422
    assert desk.sends(path, {"placement": "村口", "target_type": "DEPUTY"}).status_code == 422, "which deputy?"
    assert (
        desk.sends(path, {"placement": "村口", "target_type": "STATION"}, key="the-same-form-twice").status_code == 303
    )
    assert (
        desk.sends(path, {"placement": "村口", "target_type": "STATION"}, key="the-same-form-twice").status_code == 303
    )
    [code] = set(re.findall(r"<code>(\w{10})</code>", desk.opens(path).text)) - before
    paper = desk.opens(f"/stations/{place.station}/poster.pdf?code={code}")
    assert paper.data.startswith(b"%PDF") and f"{code}.pdf" in paper.headers["Content-Disposition"]
    both = f"/stations/{place.station}/poster.pdf?code={code}&codes=both"
    assert desk.opens(both).status_code == 409, "not fetched yet"
    assert desk.sends(f"{path}/{code}/mini").status_code == 303
    assert "正在向微信获取小程序码" in desk.opens(path).text
    town.wechat.draw = qr_of
    db.session.commit()
    worker_jobs.fetch_mini_codes()
    assert "带小程序码的海报" in desk.opens(path).text
    assert desk.opens(both).data.startswith(b"%PDF")
    assert desk.sends(f"{path}/{code}/revoke", {"reason": " "}).status_code == 422
    assert desk.sends(f"{path}/{code}/revoke", {"reason": "被人撕走"}).status_code == 303
    assert "被人撕走" in desk.opens(path).text
    assert desk.opens(f"/stations/{place.station}/poster.pdf?code={code}").status_code == 404


def test_a_reception_day_is_planned_announced_booked_and_called_off(town: Town, seat: Seat, clock: FakeClock) -> None:
    place, desk = town.place, seat(town.place.accounts[Role.STATION_HEAD])
    day = {
        "station_id": place.station,
        "day": str(clock.now.date().replace(day=clock.now.day + 1)),
        "starts_at": "09:00",
        "ends_at": "11:00",
        "deputy_ids": place.primary,
        "place": "村委会",
    }
    soon = desk.sends("/receptions", day).headers["Location"].removeprefix("/console")
    refused = desk.sends(f"{soon}/announce", {"version": "1", "_name": "announce"})
    assert refused.status_code == 422 and "至少提前 3 天" in refused.text, "rulebook §2.2"
    day["day"] = str(clock.now.date().replace(day=clock.now.day + 5))
    later = desk.sends("/receptions", day).headers["Location"].removeprefix("/console")
    assert desk.sends(f"{later}/announce", {"version": "1"}).status_code == 303
    id = later.rpartition("/")[2]
    town.role(Role.RESIDENT).post(f"/receptions/{id}/bookings", {"name": "王小花", "topic": "路灯"}, 201)
    town.work()
    page = desk.opens(later).text
    assert "王小花" not in page and "王**" in page and "路灯" in page
    [reveal] = re.findall(rf'action="/console({later}/bookings/\w+/reveal)"', page)
    assert desk.sends(reveal, {"reason": "看看", "_name": reveal.split("/")[-2]}).status_code == 422
    shown = desk.sends(reveal, {"reason": "改了时间，要打电话告知"})
    assert "王小花" in shown.text and shown.headers["Cache-Control"] == "no-store"
    assert "王小花" not in desk.opens(later).text
    assert desk.sends(f"{later}/cancel", {"version": "1", "reason": "台风"}).status_code == 409, "somebody was faster"
    assert desk.sends(f"{later}/cancel", {"version": "2", "reason": ""}).status_code == 422
    assert desk.sends(f"{later}/cancel", {"version": "2", "reason": "台风"}).status_code == 303
    assert "台风" in desk.opens(later).text


def test_a_leave_is_entered_by_the_office_above_and_seen_by_the_station(town: Town, seat: Seat) -> None:
    place, own = town.place, town.place.accounts
    office, clerk = seat(own[Role.TOWNSHIP]), seat(own[Role.STATION_CLERK])
    path = f"/stations/{place.station}/leaves"
    form = {"deputy_id": place.primary, "substitute_id": place.backup, "from_on": "2026-06-01", "to_on": "2026-06-03"}
    assert office.sends(path, form | {"substitute_id": place.primary}).status_code == 422, (
        "nobody stands in for themselves"
    )
    assert office.sends(path, form | {"deputy_id": place.other_primary}).status_code == 422, "not stationed here"
    assert office.sends(path, form | {"reason": "住院"}).status_code == 303
    assert office.sends(path, form).status_code == 409, "there is one already"
    seen = clerk.opens(path).text
    assert "6月1日" in seen and "住院" not in seen, "the reason stays with those who may enter it"
    page = office.opens(path).text
    assert "住院" in page
    found = re.search(r'action="/console(/stations/\w+/leaves/\w+/cancel)"', page)
    assert found is not None
    assert office.sends(found.group(1)).status_code == 303
    assert "6月1日" not in clerk.opens(path).text
