"""Stations set up, paused, moved and merged at a desk; minutes of reception days (rulebook §2.2, §9.6, §11)."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts import binding
from service.accounts.models import GrantRow, Invitation
from service.accounts.roles import Grant, Role
from service.db import db
from service.errors import Conflict
from service.issues import relocation
from service.issues.models import Issue
from service.issues.relocation import merge_stations
from service.notifications.models import Notification
from service.stations import queries
from service.stations.actions import end_pauses, move_station
from service.stations.kinds import StationState
from service.stations.models import ReceptionBooking, ReceptionMinutes, Station
from service.stations.scan import resolve
from tests.console.conftest import Seat
from tests.console.desk import Desk
from tests.journeys.town import Town

FACTS = {"theme": "ESTATE", "host_type": "COMMUNITY"}


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found is not None, name
    return found.group(1)


def _offices(town: Town, seat: Seat) -> tuple[Desk, Desk]:
    own = town.place.accounts
    return seat(own[Role.TOWNSHIP]), seat(own[Role.DISTRICT])


def test_a_station_is_set_up_corrected_paused_and_opened_again_by_its_township(town: Town, seat: Seat) -> None:
    office, colleague = _offices(town, seat)
    place = town.place
    form = FACTS | {"name": "老井联络站", "township_code": place.township, "kind": "STATION", "parent_id": place.home}
    made = office.sends("/stations/new", form)
    assert made.status_code == 303
    path = made.headers["Location"].removeprefix("/console")
    assert "老井联络站" in office.opens(path).text
    assert office.sends("/stations/new", form).status_code == 409, "the township has one of that name"
    assert office.sends("/stations/new", form | {"township_code": place.other_township}).status_code == 422
    seen = _hidden(office.opens(f"{path}/change").text, "seen")
    corrected = FACTS | {"name": "老井居民联络站", "hours": "周一至周五", "seen": seen}
    assert office.sends(f"{path}/facts", corrected).status_code == 303
    late = colleague.sends(f"{path}/facts", FACTS | {"name": "老井站", "seen": seen, "_name": "facts"})
    assert late.status_code == 409 and "刚刚被别人改过" in late.text, (
        "two people at once: nothing is overwritten unseen"
    )
    today = town.clock.now.date()
    pause = {"state": "paused", "notice": "装修", "_name": "state"}
    unmarked = office.sends(f"{path}/state", pause | {"paused_until": str(today)})
    assert unmarked.status_code == 409, "the mark of before the correction, or none, is not enough"
    pause["seen"] = _hidden(office.opens(f"{path}/change").text, "seen")
    too_long = office.sends(f"{path}/state", pause | {"paused_until": str(today + dt.timedelta(days=61))})
    assert too_long.status_code == 422 and "最长 60 天" in too_long.text
    assert (
        office.sends(f"{path}/state", pause | {"paused_until": str(today + dt.timedelta(days=60))}).status_code == 303
    )
    move = {"state": "relocated", "address": "新街 1 号", "seen": pause["seen"], "_name": "state"}
    overtaken = colleague.sends(f"{path}/state", move)
    assert overtaken.status_code == 409 and "刚刚被别人改过" in overtaken.text, "a move never ends a pause unseen"
    assert "新街 1 号" in overtaken.text and "暂停到" in overtaken.text, "what was typed stays, beside how it is now"
    station_id = path.rpartition("/")[2]
    for days, state in ((60, "paused"), (61, "active")):
        end_pauses(db.session(), now=town.clock.now + dt.timedelta(days=days))
        db.session.expire_all()
        assert db.session.get_one(Station, station_id).state == state, "it receives again when it was said to"
    opened = sa.select(Notification.account_id).where(Notification.title == "联络站恢复接待")
    told = {town.role(Role.TOWNSHIP).account_id}
    assert set(db.session.scalars(opened)) == told, "nobody works at the new station yet"
    db.session.rollback()


def test_what_cannot_be_taken_back_is_asked_for_by_name(town: Town, seat: Seat) -> None:
    office, _ = _offices(town, seat)
    place = town.place
    town.submits(town.guest())
    path = f"/stations/{place.station}"
    name = db.session.get_one(Station, place.station).name
    close = {"_name": "state", "state": "closed", "seen": _hidden(office.opens(f"{path}/change").text, "seen")}
    unnamed = office.sends(f"{path}/state", close)
    assert unnamed.status_code == 422 and "再输入一遍" in unnamed.text
    assert office.sends(f"{path}/state", close | {"name_again": "别的站"}).status_code == 422
    unseen = office.sends(f"{path}/state", close | {"name_again": name, "seen": "old"})
    assert unseen.status_code == 409 and "刚刚被别人改过" in unseen.text, "nor is it closed unseen"
    busy = office.sends(f"{path}/state", close | {"name_again": name})
    assert busy.status_code == 409 and "件未办结的事项" in busy.text, "closing leaves no issue behind"
    page = office.opens(f"{path}/merge?into={place.home}").text
    form = {"into_id": place.home, "mark": _hidden(page, "mark")}
    assert office.sends(f"{path}/merge", form | {"name_again": "别的站"}).status_code == 422
    assert db.session.get_one(Station, place.station).state == "active"


def test_a_merger_moves_what_its_preview_said_and_old_codes_lead_on(town: Town, seat: Seat) -> None:
    office, colleague = _offices(town, seat)
    place, today = town.place, town.clock.now.date()
    number = town.submits(town.guest())["number"]
    town.submits(town.guest(), about={"type": "deputy", "id": place.primary}, content="打了三次电话都没有人回")
    path, name = f"/stations/{place.station}", db.session.get_one(Station, place.station).name
    page = office.opens(f"{path}/merge?into={place.home}").text
    shown = dict(re.findall(r'data-label="什么"[^>]*>(\S+?)</td>\s*<td data-label="多少"[^>]*>(\d+) ', page))
    assert int(shown["未办结的事项"]) == 1, "nobody here learns of the complaint that is kept from them"
    assert "现有未办结的事项 1 件" in office.opens(f"{path}/change").text
    assert int(shown["驻站代表"]) == len(queries.roster(db.session(), place.station, on=today)) > 0
    assert int(shown["在用的编码（海报）"]) >= 1 and int(shown["站长和工作人员"]) == 2
    assert "已并入" in page and "不能撤回" in page
    form = {"into_id": place.home, "mark": _hidden(page, "mark"), "name_again": name, "_name": "merge"}
    town.submits(town.guest(), content="村口的路灯坏了三天")
    changed = colleague.sends(f"{path}/merge", form)
    assert changed.status_code == 409 and "有了变化" in changed.text, "another issue came in since the preview"
    form["mark"] = _hidden(office.opens(f"{path}/merge?into={place.home}").text, "mark")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(relocation, "MOST_AT_ONCE", 1)
        refused = office.sends(f"{path}/merge", form)
        assert refused.status_code == 409 and "超过 1 件" in refused.text, "bounded, and counts nothing secret"
    assert office.sends(f"{path}/merge", form).status_code == 303
    assert colleague.sends(f"{path}/merge", form).status_code in {404, 409}, "once"
    issues = db.session.scalars(sa.select(Issue.station_id)).all()
    assert set(issues) == {place.home} and len(issues) == 3
    assert db.session.scalar(sa.select(Issue.number).where(Issue.number == number)) == number
    staff = sa.select(GrantRow.station_id).where(GrantRow.role.in_(["station_clerk", "station_head"]))
    assert place.station not in db.session.scalars(staff).all()
    reached = resolve(db.session(), place.scan_code, today=today)
    assert reached.station.id == place.home and "已并入" in (reached.notice or "")
    assert seat(place.accounts[Role.STATION_CLERK]).opens(f"/stations/{place.home}").status_code == 200
    db.session.rollback()


def test_whoever_works_at_both_keeps_one_identity_and_an_open_invitation_goes_along(town: Town) -> None:
    place, session, now = town.place, db.session(), town.clock.now
    head = place.accounts[Role.STATION_HEAD]
    binding.grant(session, head, Grant(Role.STATION_HEAD, place.district_id, station_id=place.home), now=now)
    clerk = Grant(Role.STATION_CLERK, place.district_id, station_id=place.station)
    binding.invite(session, clerk, person_name="新同事", phone="13900139000", now=now)
    merge_stations(session, place.station, place.home, now=now)
    mine = sa.select(GrantRow.station_id).where(GrantRow.account_id == head, GrantRow.revoked_at.is_(None))
    assert session.scalars(mine).all() == [place.home], "ended once, it is over"
    assert session.scalars(sa.select(Invitation.station_id)).all() == [place.home]
    session.rollback()


def test_a_station_that_merged_while_somebody_looked_at_its_page_stays_merged(town: Town) -> None:
    place, session = town.place, db.session()
    seen = session.get_one(Station, place.station)
    session.commit()
    with Session(db.engine) as colleague:
        merge_stations(colleague, place.station, place.home, now=town.clock.now)
        colleague.commit()
    assert seen.state == "active", "as this request read it"
    with pytest.raises(Conflict):
        move_station(
            session, place.district_id, place.station, StationState.RELOCATED, now=town.clock.now, address="新"
        )
    session.rollback()


def test_a_station_goes_to_another_township_with_its_open_issues(town: Town, seat: Seat) -> None:
    township, district = _offices(town, seat)
    place = town.place
    town.submits(town.guest())
    path, name = f"/stations/{place.station}", db.session.get_one(Station, place.station).name
    seen = _hidden(district.opens(f"{path}/change").text, "seen")
    form = {"township_code": place.other_township, "seen": seen, "parent_id": ""}
    assert township.sends(f"{path}/place", form | {"name_again": name}).status_code == 422, "not in its hands"
    assert district.sends(f"{path}/place", form).status_code == 422, "by name"
    assert district.sends(f"{path}/place", form | {"name_again": name}).status_code == 303
    issue = db.session.scalars(sa.select(Issue)).one()
    assert (issue.station_id, issue.township_code) == (place.station, place.other_township)
    assert township.opens(path).status_code == 404
    assert queries.grids_of_station(db.session(), place.station, on=town.clock.now.date()) == []
    db.session.rollback()


def test_a_day_is_held_ended_and_recorded_and_the_record_names_no_anonymous_issue(town: Town, seat: Seat) -> None:
    desk, place, clock = seat(town.place.accounts[Role.STATION_HEAD]), town.place, town.clock
    day = (clock.now + dt.timedelta(days=5)).date()
    form = {
        "station_id": place.station, "day": str(day), "starts_at": "09:00", "ends_at": "11:00",
        "deputy_ids": place.primary, "place": "联络站",
    }  # fmt: skip
    path = desk.sends("/receptions", form).headers["Location"].removeprefix("/console")
    assert desk.sends(f"{path}/announce", {"version": "1"}).status_code == 303
    record = {
        "minutes_version": "0",
        "visitors": "7",
        "held_by": place.primary,
        "notes": "桥头的护栏松了",
        "_name": "minutes",
    }
    assert "签字" in desk.opens(f"{path}/print").text, "blank, to take along"
    assert desk.sends(f"{path}/minutes", record).status_code == 409, "nothing is recorded beforehand"
    assert desk.sends(f"{path}/close", {"version": "2"}).status_code == 409
    clock.now = dt.datetime.combine(day, dt.time(2), dt.UTC)  # 10:00 in China
    desk = seat(place.accounts[Role.STATION_HEAD])
    named = town.submits(town.guest(), anonymity="station_only")["number"]
    secret = town.submits(town.guest(), anonymity="receipt_only", content="有人夜里倒污水")["number"]
    refused = desk.sends(f"{path}/minutes", record | {"issues": f"{named}、{secret}"})
    assert refused.status_code == 422 and "匿名事项" in refused.text, "beside the bookings it would not stay anonymous"
    assert "桥头的护栏松了" in refused.text, "what was typed stays"
    assert desk.sends(f"{path}/minutes", record | {"issues": named}).status_code == 303
    assert desk.sends(f"{path}/minutes", record | {"visitors": "8"}).status_code == 409, "somebody wrote it meanwhile"
    assert desk.sends(f"{path}/close", {"version": "2"}).status_code == 303
    page = desk.opens(f"/receptions/past?station={place.station}").text
    assert "7 人" in page and "1 件" in page and "已记录" in page
    assert named in desk.opens(path).text
    sheet = desk.opens(f"{path}/print").text
    assert all(word in sheet for word in ("7 人", "桥头的护栏松了", named, "签字")), "to print and sign"
    stored = db.session.execute(sa.text("SELECT notes FROM reception_minutes")).scalar_one()
    assert "护栏" not in stored, "encrypted at rest"
    merge_stations(db.session(), place.station, place.home, now=clock.now)
    db.session.commit()
    assert "7 人" in desk.opens(f"/receptions/past?station={place.home}").text, "the record goes with the people"
    booking = ReceptionBooking(
        reception_id=path[-26:], account_id=place.accounts[Role.RESIDENT], name="王小花", created_at=clock.now
    )
    db.session.add(booking)
    db.session.commit()
    seen = desk.sends(f"{path}/bookings/{booking.id}/reveal", {"reason": "核对当天来的人", "_name": booking.id})
    assert seen.status_code == 200 and "王小花" in seen.text
    assert f"/console/receptions?station={place.home}" in seen.text, "the way back is to where one works now"
    assert db.session.scalars(sa.select(ReceptionMinutes)).one().visitors == 7
    db.session.rollback()


def test_a_code_of_a_campaign_says_when_it_is_and_a_second_poster_is_about_the_same(town: Town, seat: Seat) -> None:
    desk, path = seat(town.place.accounts[Role.STATION_CLERK]), f"/stations/{town.place.station}/codes"
    form = {"placement": "村口", "target_type": "CAMPAIGN", "_name": "new-code"}
    assert desk.sends(path, form).status_code == 422, "which campaign?"
    new = {"campaign": "饮用水专题", "campaign_from": "2026-03-01", "campaign_to": "2099-03-31"}
    assert "不能早于" in desk.sends(path, form | new | {"campaign_to": "2026-02-01"}).text
    assert desk.sends(path, form | new).status_code == 303
    page = desk.opens(path).text
    found = re.search(r'<option value="(\w+)">饮用水专题</option>', page)
    assert found and "饮用水专题（3月1日至3月31日）" in page
    assert desk.sends(path, form | {"campaign_id": found.group(1)}).status_code == 303
    assert desk.opens(path).text.count("饮用水专题（3月1日") == 2
