"""A clerk books a reception day for somebody without an account, prints the slip, phones them when it is called off."""

from __future__ import annotations

import datetime as dt
import re
from functools import partial

import sqlalchemy as sa

from service.accounts.desk_models import AccessEvent
from service.accounts.roles import Role
from service.administration import audit
from service.administration.audit import Span
from service.db import db
from service.stations.models import ReceptionBooking, ReceptionDay
from tests.console.conftest import Seat
from tests.console.desk import Desk
from tests.console.test_settings import LIST, count
from tests.journeys.town import Town

WHO = {"name": "王小花", "phone": "13800138000", "topic": "村口路灯", "spoken": "1", "_name": "desk-booking"}


def _announced(town: Town, desk: Desk, days: int, capacity: str = "") -> str:
    """The path of a day's page."""
    form = {
        "station_id": town.place.station, "day": str((town.clock.now + dt.timedelta(days=days)).date()),
        "starts_at": "09:00", "ends_at": "11:00", "deputy_ids": town.place.primary, "place": "村委会", "capacity": capacity,
    }  # fmt: skip
    path: str = desk.sends("/receptions", form).headers["Location"].removeprefix("/console")
    assert desk.sends(f"{path}/announce", {"version": "1"}).status_code == 303
    return path


def test_a_clerk_writes_somebody_down_prints_the_slip_and_takes_it_back(town: Town, seat: Seat) -> None:
    clerk, head = (seat(town.place.accounts[role]) for role in (Role.STATION_CLERK, Role.STATION_HEAD))
    path = _announced(town, head, 5, capacity="1")
    assert "预约接待日" in clerk.opens("/counter").text and f"{path}#book" in clerk.opens("/receptions").text
    silent = clerk.sends(f"{path}/bookings", WHO | {"spoken": ""})
    assert silent.status_code == 422 and "口头同意" in silent.text and "王小花" in silent.text, "what was typed stays"
    key = "the-key-of-this-one-form"
    first, again = (clerk.sends(f"{path}/bookings", WHO, key=key) for _ in range(2))
    assert first.status_code == 303 and first.headers["Location"] == again.headers["Location"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ReceptionBooking)) == 1, "sent twice, once"
    slip = clerk.opens(first.headers["Location"].removeprefix("/console")).text
    assert "1 号" in slip and "村委会" in slip and "09:00 至 11:00" in slip
    assert not any(word in slip for word in ("王小花", "王**", "13800138000", "138****8000", "路灯")), (
        "nothing of theirs"
    )
    late = head.sends(f"{path}/bookings", WHO | {"name": "李四", "phone": ""})
    assert late.status_code == 409 and "已满" in late.text and 'value="李四"' in late.text, "two clerks, one last place"
    page = head.opens(path).text
    assert "王**" in page and "138****8000" in page and "王小花" not in page and "村口路灯" in page and "约满" in page
    own = town.role(Role.DEPUTY).get("/deputy/receptions")["items"][0]["bookings"]
    assert [(one["name"], one["topic"]) for one in own] == [("王**", "村口路灯")]
    [booking] = db.session.scalars(sa.select(ReceptionBooking)).all()
    offered = re.findall(rf'action="/console({path}/bookings/{booking.id}/give-up)"', page)
    assert head.sends(offered[0]).status_code == 303
    assert clerk.opens(first.headers["Location"].removeprefix("/console")).status_code == 404, "no slip for no place"
    assert "王**" not in head.opens(path).text and "没有人预约" in head.opens(path).text
    db.session.rollback()


def test_looks_at_bookings_stand_in_the_audit_beside_the_others_and_in_no_other_district(
    town: Town, other_town: Town, seat: Seat
) -> None:
    head, place = seat(town.place.accounts[Role.STATION_HEAD]), town.place
    path, day = _announced(town, head, 5), (town.clock.now + dt.timedelta(days=5)).date()
    assert head.sends(f"{path}/bookings", WHO).status_code == 303
    [booking] = db.session.scalars(sa.select(ReceptionBooking)).all()
    look = head.sends(f"{path}/bookings/{booking.id}/reveal", {"reason": "核对当天来的人", "_name": "reveal"})
    assert "王小花" in look.text and "13800138000" in look.text
    town.clock.now += dt.timedelta(minutes=1)
    contact = {"name": "赵某", "phone": "13900139000"}
    issue = town.submits(town.role(Role.RESIDENT), anonymity="station_only", contact=contact)
    town.role(Role.STATION_HEAD).post(f"/issues/{issue['id']}/reveal", {"reason": "需要上门核实"})
    auditor, elsewhere = (seat(one.place.accounts[Role.AUDITOR]) for one in (town, other_town))
    looks = auditor.opens("/audit/reveals").text
    assert looks.index("需要上门核实") < looks.index("核对当天来的人"), "newest first"
    assert f"{day} 接待日的预约" in looks and issue["number"] in looks and "站长" in looks
    assert "王小花" not in looks and "没有符合的记录" in elsewhere.opens("/audit/reveals?since=2026-01-01").text
    taken = auditor.sends("/audit/reveals/taken", {"reason": "年度检查"})
    assert "核对当天来的人" in taken.text and "需要上门核实" in taken.text
    taken.close()
    found, before = [], None
    while page := audit.reveals(db.session(), [place.district_id], Span(), before=before, limit=1):
        before = page[0].reveal.id
        found.append(page[0].about)
    assert found == [issue["number"], f"{day} 接待日的预约"], "a page ends in the one and goes on in the other"
    db.session.rollback()


def test_who_has_no_account_is_phoned_when_the_day_is_called_off(town: Town, seat: Seat) -> None:
    clerk = seat(town.place.accounts[Role.STATION_CLERK])
    path, later = _announced(town, clerk, 5), _announced(town, clerk, 9, capacity="1")
    for who in (WHO, WHO | {"name": "李四", "phone": ""}):
        town.clock.now += dt.timedelta(minutes=1)
        assert clerk.sends(f"{path}/bookings", who).status_code == 303
    assert "要打电话告知" not in clerk.opens("/receptions").text
    assert clerk.sends(f"{path}/cancel", {"version": "2", "reason": "台风"}).status_code == 303
    page, other = clerk.opens(path).text, clerk.opens(later).text
    assert "1 位转到了" in page and f"{later}#calls" in page and "李*" in page and "没有转到" in page
    assert "转到了这一次" in other and "王**" in other and "1 号" in other
    listed = clerk.opens("/receptions").text
    assert "还有人要打电话告知" in listed and listed.count("：1 位") == 2, "until somebody did"
    assert count(partial(clerk.opens, "/receptions")) <= LIST, "a list, in few statements"
    for at in (path, later):
        [told] = re.findall(rf'action="/console({at}/bookings/\w+/called)"', clerk.opens(at).text)
        assert clerk.sends(told).status_code == 303
    assert "要打电话告知的人" not in clerk.opens(path).text
    assert "还有人要打电话告知" not in clerk.opens("/receptions").text
    db.session.rollback()


def test_minutes_are_taken_along_as_a_file_and_each_taking_is_logged(town: Town, seat: Seat) -> None:
    desk = seat(town.place.accounts[Role.STATION_HEAD])
    path = _announced(town, desk, 5)
    blank = desk.opens(f"{path}/minutes.pdf")
    assert blank.mimetype == "application/pdf" and blank.data.startswith(b"%PDF-"), "blank, to write on by hand"
    town.clock.now = db.session.get_one(ReceptionDay, path[-26:]).starts_at
    desk = seat(town.place.accounts[Role.STATION_HEAD])
    long = "桥头的护栏松了，\n" * 500
    record = {"minutes_version": "0", "visitors": "7", "held_by": town.place.primary, "notes": long}
    assert desk.sends(f"{path}/minutes", record).status_code == 303
    made = desk.opens(f"{path}/minutes.pdf")
    assert b"PosterSansSC" in made.data and made.data.count(b"/Type /Page\n") > 1, (
        "what is long goes on on the next page"
    )
    assert "minutes.pdf" in desk.opens(f"{path}/print").text
    assert db.session.scalars(sa.select(AccessEvent.kind)).all().count("minutes_taken") == 2
    log = seat(town.place.accounts[Role.AUDITOR]).opens("/audit?group=taken").text
    assert "下载接待记录" in log and f"{town.clock.now.date()} 的接待日" in log
    for answer in (blank, made):
        answer.close()
    db.session.rollback()
