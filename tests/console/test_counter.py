"""The counter: what somebody says becomes an issue and a paper, once; nobody is confirmed without having been met."""

from __future__ import annotations

import io
import re
from typing import Any

from service.accounts.roles import Role
from service.db import db
from service.issues.models import Issue
from service.stations.models import Station
from tests.console.conftest import Seat
from tests.console.desk import Desk
from tests.journeys.town import Person, Town
from tests.permissions.cast import Cast
from tests.permissions.objects import new_request
from tests.uploads.album import jpeg

SAID = "村口小学门前路灯坏了好久，天黑看不见路"
CODE = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){4}")
RATING = re.compile(r'<dd class="code">([0-9]{6})</dd>')


def spoken(**changes: Any) -> dict[str, Any]:
    form = {
        "_name": "counter", "channel": "HOME_VISIT", "received_at": "2026-02-27T15:00", "kind": "HELP", "content": SAID,
        "anonymity": "station_only", "name": "王大爷", "phone": "13800138000", "spoken": "1", "pass_on": "1",
    }  # fmt: skip
    return {name: value for name, value in (form | changes).items() if value is not None}


def clerk_of(town: Town, seat: Seat) -> Desk:
    return seat(town.place.accounts[Role.STATION_CLERK])


def holder(town: Town, page: str) -> Person:
    found = CODE.search(page)
    assert found is not None, "the paper has a code"
    return town.holder(found[0])


def issues() -> list[Issue]:
    return list(db.session().query(Issue).order_by(Issue.number))


def test_what_was_said_days_ago_is_registered_once_with_its_consents_and_the_paper_opens_it(
    town: Town, seat: Seat
) -> None:
    desk, key = clerk_of(town, seat), "one-form-one-paper-1"
    first = desk.sends("/counter", spoken(grid_id=town.place.grid), key=key)
    again = desk.sends("/counter", spoken(grid_id=town.place.grid), key=key)
    changed = desk.sends("/counter", spoken(content="另外写了一句，再发一次"), key=key)
    assert [first.status_code, again.status_code, changed.status_code] == [200] * 3
    assert {CODE.findall(page.text)[0] for page in (first, again, changed)} == {CODE.findall(first.text)[0]}
    assert "这张表已经登记过" in again.text and "这张表已经登记过" not in first.text
    assert len(issues()) == 1 and RATING.search(first.text)
    assert "13800138000" not in first.text and SAID not in first.text, "a paper may be lost"
    db.session().rollback()
    town.work()
    seen = holder(town, first.text).sees("")
    assert (seen["channel"], seen["received_at"]) == ("HOME_VISIT", "2026-02-27T15:00:00+08:00")
    assert seen["due_at"] == "2026-03-02T23:59:59+08:00", "two workdays from Friday, Saturday is one (调休)"
    assert seen["history"][0]["note"] == "入户走访，本人口头同意：登记这件事；把姓名和详细地点转给承办单位。"
    assert seen["consents"] == {"pass_on": True, "publish": False, "contact": False}


def test_nothing_is_registered_without_consent_or_from_tomorrow_and_nothing_typed_is_lost(
    town: Town, seat: Seat
) -> None:
    desk = clerk_of(town, seat)
    refused = desk.sends("/counter", spoken(spoken=None, received_at="2026-03-03T09:00"))
    assert refused.status_code == 422 and SAID in refused.text and "王大爷" in refused.text
    assert "请先口头征得群众同意" in refused.text and "收到时间不能在现在之后" in refused.text
    named = desk.sends("/counter", spoken(anonymity="receipt_only"))
    assert named.status_code == 422 and "不保存任何身份信息" in named.text
    assert issues() == []


def test_who_says_what_is_known_already_is_shown_that_first_and_then_decides(town: Town, seat: Seat) -> None:
    first = town.submits(town.guest(), content="村口小学门前的路灯坏了一个多月，晚上很黑", grid_id=town.place.grid)
    desk = clerk_of(town, seat)
    look = desk.sends("/counter/look", {"content": SAID, "grid_id": town.place.grid})
    assert first["number"] in look.text and "道路交通" in look.text
    form = spoken(grid_id=town.place.grid)
    warned = desk.sends("/counter", form)
    assert warned.status_code == 422 and first["number"] in warned.text and len(issues()) == 1
    merged = desk.sends("/counter", form | {"shown": first["id"], "same_as": first["id"]})
    other = desk.sends("/counter", form | {"shown": first["id"], "same_as": ""})
    assert merged.status_code == other.status_code == 200
    db.session().rollback()
    town.work()
    assert holder(town, merged.text).sees("")["merged_into"]["number"] == first["number"]
    assert holder(town, other.text).sees("")["state"] == "pending_accept"


def test_pictures_are_taken_while_the_form_is_filled_in_and_what_is_none_is_said(town: Town, seat: Seat) -> None:
    desk = clerk_of(town, seat)
    kept = desk.sends("/counter/photos", {"photo": (io.BytesIO(jpeg()), "IMG.jpg")})
    ids = re.findall(r'name="upload_ids" value="(\w+)"', kept.text)
    bad = desk.sends("/counter/photos", {"photo": (io.BytesIO(b"not a picture"), "x.jpg"), "upload_ids": ids[0]})
    assert len(ids) == 1 and ids[0] in bad.text and 'class="fault"' in bad.text
    done = desk.sends("/counter", spoken(upload_ids=ids[0]))
    assert done.status_code == 200 and [one.photo_count for one in issues()] == [1]


def test_a_meeting_is_registered_whole_or_not_at_all(town: Town, seat: Seat) -> None:
    desk, key = clerk_of(town, seat), "a-meeting-has-one-key"
    common = {"_name": "meeting", "channel": "YARD_MEETING", "received_at": "2026-03-01T20:00", "spoken": "1"}
    rows = {
        "0.content": "一组的水渠堵了，田里没有水", "0.anonymity": "named", "0.name": "李婶", "0.phone": "13700137000",
        "2.content": "灯坏", "2.anonymity": "station_only", "7.content": "三组没有垃圾桶", "7.anonymity": "station_only",
    }  # fmt: skip
    refused = desk.sends("/counter/meeting", common | rows, key=key)
    assert refused.status_code == 422 and "第 3 件：" in refused.text and issues() == []
    assert all(rows[name] in refused.text for name in ("0.content", "2.content", "7.content"))
    mended = common | rows | {"2.content": "二组的灯全都不亮"}
    done = desk.sends("/counter/meeting", mended, key=key)
    again = desk.sends("/counter/meeting", mended, key=key)
    assert len(set(CODE.findall(done.text))) == 3 and set(CODE.findall(again.text)) == set(CODE.findall(done.text))
    assert [one.channel for one in issues()] == ["YARD_MEETING"] * 3


def test_somebody_is_confirmed_after_being_met_and_refused_with_a_reason(
    town: Town, other_town: Town, seat: Seat
) -> None:
    cast = Cast(town, other_town)
    first, second = new_request(cast), new_request(cast)
    head = seat(town.place.accounts[Role.STATION_HEAD])
    shown = head.opens("/identities").text
    assert "李新" in shown and "联络站工作人员" in shown and "136****" in shown
    assert f"<dd>{db.session.get_one(Station, town.place.station).name}</dd>" in shown, (
        "of which station: a town has several"
    )
    unmet = head.sends(f"/identities/{first}/confirm", {"_name": f"confirm-{first}"})
    silent = head.sends(f"/identities/{second}/refuse", {"_name": f"refuse-{second}"})
    assert unmet.status_code == silent.status_code == 422
    assert "请先当面或电话核对" in unmet.text and "请写明拒绝的理由" in silent.text
    assert head.sends(f"/identities/{first}/confirm", {"met": "1"}).status_code == 303
    assert head.sends(f"/identities/{second}/refuse", {"reason": "电话打过去不是他"}).status_code == 303
    assert "没有等您确认的申请" in head.opens("/identities").text
