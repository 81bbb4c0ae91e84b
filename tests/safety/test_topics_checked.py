"""What a resident writes with a booking is checked like everything else, and who has booked is behind a mask."""

from __future__ import annotations

from typing import Any

import pytest

from service.accounts.roles import Role
from service.db import db
from service.issues.checks import booked
from service.issues.checks.asking import Reply
from service.issues.checks.states import CheckState
from service.jobs import ASK_CHECKS
from service.wechat import Suggestion, WeChatError, WeChatFault
from tests.conftest import WakeLog
from tests.journeys.town import Person, Town
from workers import jobs

SAID = "想当面说说小区路灯的事"
CHECKING, WITHHELD = "（预约事由正在内容审核）", "（预约事由没有通过内容审核，不予显示）"


def day_of(town: Town) -> str:
    head = town.role(Role.STATION_HEAD)
    day = {
        "station_id": town.place.station,
        "starts_at": "2026-03-16T09:00:00+08:00",
        "ends_at": "2026-03-16T11:00:00+08:00",
        "deputy_ids": [town.place.primary],
        "place": "站里",
    }
    id = head.post("/receptions", day, 201)["id"]
    head.post(f"/receptions/{id}/announce", {"version": 1})
    return str(id)


def books(town: Town, who: Person, topic: str = SAID) -> tuple[str, dict[str, Any]]:
    day = day_of(town)
    body = {"name": "王小花", "phone": "13800138000", "topic": topic}
    return day, who.post(f"/receptions/{day}/bookings", body, 201)


def read(town: Town, day: str) -> tuple[dict[str, Any], str]:
    """As the station's staff has it, and the topic as the deputy reads it."""
    (here,) = town.role(Role.STATION_CLERK).get(f"/receptions/{day}/bookings")["items"]
    (own,) = town.deputy(town.place.primary).get("/deputy/receptions")["items"]
    return here, own["bookings"][0]["topic"]


def test_a_topic_is_read_when_it_passed_and_the_booking_counts_at_once(town: Town) -> None:
    day, booking = books(town, town.role(Role.RESIDENT))
    assert (booking["topic"], booking["name"]) == (SAID, "王小花"), "one's own"
    here, deputy = read(town, day)
    assert (here["topic"], deputy) == (CHECKING, CHECKING)
    town.work()
    here, deputy = read(town, day)
    assert (here["topic"], here["topic_doubt"], deputy) == (SAID, None, SAID)


@pytest.mark.parametrize(
    ("suggestion", "fault", "topic", "doubt"),
    [
        (Suggestion.REVIEW, None, SAID, "微信建议人工复核文字（时政）"),
        (Suggestion.RISKY, None, WITHHELD, None),
        (None, WeChatError(WeChatFault.PERMANENT, 61010, "code is expired"), SAID, "发送人最近两小时没有打开小程序，微信不检查"),
        (None, WeChatError(WeChatFault.STOP_BATCH, 45009, "quota"), SAID, "微信内容检查暂时没有结果，请人工核对"),
    ],
    ids=["review", "risky", "not looked at", "quota"],
)  # fmt: skip
def test_what_did_not_pass_is_for_the_station_alone_or_for_nobody(
    town: Town, suggestion: Suggestion | None, fault: WeChatError | None, topic: str, doubt: str | None
) -> None:
    resident = town.role(Role.RESIDENT)
    day, _ = books(town, resident)
    read(town, day)  # everybody has signed in
    town.wechat.suggestion, town.wechat.fault = suggestion or Suggestion.PASS, fault
    town.work()
    town.clock.advance(minutes=10)
    here, deputy = read(town, day)
    assert (here["topic"], here["topic_doubt"]) == (topic, doubt)
    assert deputy == (WITHHELD if suggestion is Suggestion.RISKY else CHECKING)
    assert ("预约事由不予显示" in resident.inbox()) == (suggestion is Suggestion.RISKY)
    town.wechat.suggestion, town.wechat.fault = Suggestion.PASS, None
    town.work()
    assert (read(town, day)[1] == SAID) == (fault is not None and fault.fault is WeChatFault.STOP_BATCH), "asked again"


def test_a_guests_topic_meets_the_word_list_and_the_sweeper_finds_what_nobody_rang_for(
    town: Town, wakes: WakeLog
) -> None:
    day, _ = books(town, town.guest(), "教大家刷单赚钱")
    here, deputy = read(town, day)
    assert (here["topic_doubt"], deputy) == ("含有需要人工确认的词语", CHECKING)
    books(town, town.role(Role.RESIDENT))
    wakes.names.clear()
    jobs.sweep()
    assert ASK_CHECKS in wakes.names


def test_an_answer_is_about_the_words_that_were_asked_about(town: Town) -> None:
    """While WeChat was thinking, the booking was cancelled and made again with other words."""
    resident, now = town.role(Role.RESIDENT), town.clock.now
    day, booking = books(town, resident)
    asked = {row.id: row.topic for row in booked.claim(db.session(), now=now)}
    db.session.commit()
    resident.delete(f"/receptions/{day}/bookings/{booking['id']}")
    assert resident.post(f"/receptions/{day}/bookings", {"topic": "另外一件事"}, 201)["id"] == booking["id"]
    booked.write(db.session(), [Reply(booking["id"], CheckState.PASSED)], asked, now=now)
    db.session.commit()
    assert read(town, day)[1] == CHECKING, "nobody has looked at these words yet"
    town.work()
    assert read(town, day)[1] == "另外一件事"
    town.wechat.suggestion = Suggestion.RISKY
    for words in ("教大家刷好评", "教大家刷差评"):
        town.clock.advance(minutes=1)
        resident.delete(f"/receptions/{day}/bookings/{booking['id']}")
        resident.post(f"/receptions/{day}/bookings", {"topic": words}, 201)
        town.work()
    assert resident.inbox().count("预约事由不予显示") == 2, "each time"


def test_who_booked_is_masked_for_the_station_too_and_each_look_is_seen_by_whom_it_concerns(town: Town) -> None:
    resident = town.role(Role.RESIDENT)
    day, booking = books(town, resident)
    clerk, path = town.role(Role.STATION_CLERK), f"/receptions/{day}/bookings/{booking['id']}/reveal"
    here, _ = read(town, day)
    assert (here["name"], here["phone"]) == ("王**", "138****8000")
    assert clerk.post(path, {"reason": "看看"}, 422)["errors"][0]["field"] == "reason"
    assert clerk.post(path, {"reason": "改了时间，要打电话告知"}) == {"name": "王小花", "phone": "13800138000"}
    (mine,) = resident.get("/me/bookings")["items"]
    assert [(look["by"], look["reason"]) for look in mine["looks"]] == [
        (f"{mine['station']['name']}（联络站工作人员）", "改了时间，要打电话告知")
    ]
    assert "有人查看了您的预约信息" in resident.inbox()
    town.role(Role.STATION_HEAD, elsewhere=True).post(path, {"reason": "想认识一下这个人"}, 404)
    resident.post(path, {"reason": "看看自己的预约"}, 403)
