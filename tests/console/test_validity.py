"""What is decided for a day to come holds from that day on, not before, everywhere, and can be taken back until then."""

from __future__ import annotations

import re
from typing import Any

from service.accounts.roles import Role
from service.db import db
from service.parameters import queries
from service.parameters.actions import set_parameter
from tests.console.conftest import Seat
from tests.console.desk import Desk
from tests.console.test_settings import ACCEPT, cheap, last_day, seen
from tests.journeys.town import Town

DUTY, REASON = "/settings/one/notice.duty", "/settings/one/decline.OUT_OF_AREA"
CATEGORIES, TEXTS = "/settings/categories", "/settings/texts"
FROM = {"valid_from": "2026-03-09", "reason": "三月起改"}
WEEK = {"valid_from": "2026-03-09", "valid_to": "2026-03-15"}
ENDS = FROM | {"use": "off", "seen": "0.0"}
NEW, OLD = "智慧路灯", "道路交通"


def titles(town: Town) -> list[str]:
    """What a resident's form offers."""
    return [one["title"] for one in town.guest().get(f"/categories?station_code={town.place.scan_code}")["items"]]


def withdrawals(desk: Desk, path: str) -> list[str]:
    return re.findall(r'action="/console(/settings/(?:categories|texts)/changes/\w+/withdraw)"', desk.opens(path).text)


def decides_for_the_ninth(town: Town, office: Desk) -> None:
    road = town.place.categories[OLD]
    wishes: list[tuple[str, dict[str, Any]]] = [
        (CATEGORIES, WEEK | {"title": NEW, "words": "路灯"}),
        (f"{CATEGORIES}/{road}/use", ENDS),
        (TEXTS, WEEK | {"title": "谢谢", "text": "感谢您的反映。", "action": "decline"}),
        (ACCEPT, FROM | {"value": "3", "seen": "0.0"}),
        (REASON, FROM | {"title": "不是本区的事", "channel": "请拨打当地 12345。", "use": "on", "seen": "0.0"}),
        (DUTY, FROM | {"title": "请办理：{状态}", "body": "{期限提示}谢谢。", "seen": "0.0"}),
    ]
    assert [office.sends(path, wish).status_code for path, wish in wishes] == [303] * len(wishes)


def test_what_is_decided_for_the_ninth_holds_from_the_ninth_on(town: Town, seat: Seat) -> None:
    """Monday, 2 March 2026, decided for the next Monday; category and text until the Sunday after."""
    office, head = seat(town.place.accounts[Role.DISTRICT]), town.role(Role.STATION_HEAD)
    decides_for_the_ninth(town, office)
    before = town.submits(town.guest(), category=OLD)
    assert OLD in titles(town) and NEW not in titles(town)
    town.submits(town.guest(), category=NEW, expect=422)
    assert last_day(town, before["receipt_code"]) == "2026-03-04", "two workdays still"
    assert head.get("/standard-texts")["items"] == []
    page = office.opens(CATEGORIES).text
    assert "将启用" in page and "3月9日（星期一）起停用" in page and "将启用" in office.opens(TEXTS).text
    assert cheap(office, CATEGORIES, TEXTS, "/settings/notices", DUTY)
    town.wait(days=6, hours=14, minutes=59)
    assert OLD in titles(town), "the last minute of Sunday in China"
    town.wait(minutes=1)
    assert OLD not in titles(town) and NEW in titles(town)
    town.wait(hours=9)
    town.submits(town.guest(), category=OLD, expect=422)
    preview = {"station_code": town.place.scan_code, "content": "路口的路灯坏了，夜里看不见"}
    assert town.guest().post("/issues/preview", preview)["category"]["title"] == NEW
    after = town.submits(town.guest(), category=NEW)
    assert last_day(town, after["receipt_code"]) == "2026-03-12", "three workdays"
    assert "请办理：待受理" in town.deputy(town.place.primary).inbox()
    options = head.get(f"/issues/{after['id']}/options/category")["items"]
    assert NEW in str(options) and OLD not in str(options)
    assert head.sees(before["id"])["category"]["title"] == OLD
    filters = seat(town.place.accounts[Role.STATION_HEAD]).opens("/issues/filters").text
    assert f"{OLD}（现在不使用）" in filters, "issues of its time are still looked for"
    assert [one["title"] for one in head.get("/standard-texts?action=decline")["items"]] == ["谢谢"]
    head.does(after["id"], "decline", reason_code="OUT_OF_AREA")
    assert "不是本区的事" in str(head.sees(after["id"])["history"])
    town.wait(days=6, hours=15)
    assert NEW not in titles(town) and head.get("/standard-texts")["items"] == [], "the sixteenth"
    assert head.sees(after["id"])["category"]["title"] == NEW
    trail = seat(town.place.accounts[Role.DISTRICT]).opens("/audit?group=settings").text
    assert "2026-03-09 起停用（三月起改）：道路交通" in trail and "请办理" in trail


def test_a_beginning_and_an_end_are_taken_back_while_they_are_ahead(town: Town, seat: Seat) -> None:
    office, township = seat(town.place.accounts[Role.DISTRICT]), seat(town.place.accounts[Role.TOWNSHIP])
    assert office.sends(CATEGORIES, WEEK | {"title": NEW, "valid_to": "2026-03-08"}).status_code == 422
    assert office.sends(CATEGORIES, WEEK | {"title": NEW}).status_code == 303
    path = f"{CATEGORIES}/{town.place.categories[OLD]}/use"
    assert office.sends(path, ENDS).status_code == 303
    late = office.sends(path, ENDS | {"_name": path, "reason": "我也要停用"})
    assert late.status_code == 409, "somebody decided about it meanwhile"
    taken = withdrawals(office, CATEGORIES)
    assert len(taken) == 3 and [office.sends(one).status_code for one in taken] == [303] * 3
    assert office.sends(taken[0]).status_code == 409
    assert township.sends(TEXTS, WEEK | {"title": "谢谢", "text": "感谢您的反映。"}).status_code == 303
    [begins, ends] = withdrawals(township, TEXTS)
    assert office.sends(ends.replace("/texts/", "/categories/")).status_code == 404, "of its own kind only"
    assert [township.sends(one).status_code for one in (begins, ends)] == [303] * 2
    town.wait(days=8)
    assert OLD in titles(town) and NEW not in titles(town)
    assert town.role(Role.STATION_HEAD).get("/standard-texts")["items"] == []


def test_on_no_day_is_there_no_category_left(town: Town, seat: Seat) -> None:
    office, session, now = seat(town.place.accounts[Role.DISTRICT]), db.session(), town.clock.now
    assert office.sends(CATEGORIES, {"title": NEW, "valid_from": "2026-03-09"}).status_code == 303
    for key in (key for title, key in town.place.categories.items() if title != OLD):
        set_parameter(session, town.place.district_id, f"category.use.{key}", "off", valid_from=now, now=now)
    path = f"{CATEGORIES}/{town.place.categories[OLD]}/use"
    assert office.sends(path, ENDS | {"valid_from": "2026-03-08"}).status_code == 409, "none on the eighth"
    assert office.sends(path, ENDS).status_code == 303, "the other takes over"
    begins = withdrawals(office, CATEGORIES)[-1]
    assert office.sends(begins).status_code == 409, "the only one of those days"
    assert len(queries.usable_categories(db.session(), town.place.district_id, at=now)) == 1


def test_a_notice_is_worded_with_a_look_and_nothing_private_can_stand_in_it(town: Town, seat: Seat) -> None:
    office = seat(town.place.accounts[Role.ADMIN])
    wish = {
        "title": "请办理：{状态}",
        "body": "{期限提示}谢谢。",
        "valid_from": "2026-03-02",
        "reason": "说得客气",
        "seen": "0.0",
    }
    for wrong in (
        {"title": "{姓名}"},
        {"body": "{反映内容}"},
        {"body": "到{"},
        {"title": "字" * 21},
        {"body": "两\n行"},
    ):
        assert office.sends(DUTY, wish | wrong).status_code == 422, wrong
    looked = office.sends(f"{DUTY}/look", wish).text
    assert "【请办理：待受理】事项 YJ-2026-014-000123。请于 3 月 4 日前处理。谢谢。" in looked
    assert "thing1：请办理：待受理" in looked, "as WeChat would get it"
    assert office.sends(DUTY, wish).status_code == 303
    town.submits(town.guest())
    assert "请办理：待受理" in town.deputy(town.place.primary).inbox()
    default = office.opens(f"{DUTY}?from=default").text
    assert ">待处理：{状态}</textarea>" in default, "filled in, to be saved"
    town.wait(minutes=1)
    back = {"title": "待处理：{状态}", "body": "{期限提示}", "seen": seen(office, DUTY)}
    assert office.sends(DUTY, wish | back).status_code == 303
    town.submits(town.guest())
    assert "待处理：待受理" in town.deputy(town.place.primary).inbox()
