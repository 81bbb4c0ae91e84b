"""Messages of a resident: not visible to the other side before they passed, and never lost."""

from __future__ import annotations

from typing import Any

from service.accounts.roles import Role
from service.wechat import Suggestion, WeChatError, WeChatFault
from tests.journeys.town import Person, Town
from tests.safety.conftest import Checks

SAID = "昨天晚上又黑了，请再看一看"


def talks(town: Town, *, work: bool = True) -> tuple[Person, dict[str, Any]]:
    """A resident known to WeChat writes to the deputy about an issue that is under way."""
    who = town.role(Role.RESIDENT)
    issue = town.submits(who, anonymity="station_only")
    sent = who.post(f"/issues/{issue['id']}/messages", {"text": SAID}, 201)
    assert sent["held"]
    if work:
        town.work()
    return who, issue


def read_by_the_deputy(town: Town, issue: dict[str, Any]) -> list[str]:
    return [one["text"] for one in town.deputy(town.place.primary).sees(issue["id"])["messages"]]


def test_a_message_reaches_the_deputy_when_wechat_let_it_pass_and_not_before(town: Town) -> None:
    who, issue = talks(town, work=False)
    deputy, reviewer = town.deputy(town.place.primary), town.role(Role.REVIEWER)
    assert read_by_the_deputy(town, issue) == [] and who.sees(issue["id"])["messages"][0]["text"] == SAID
    assert reviewer.get("/reviews/messages")["items"] == [], "no person need look at it yet"
    town.work()
    assert read_by_the_deputy(town, issue) == [SAID] and "群众有新的留言" in deputy.inbox()
    assert who.sees(issue["id"])["messages"][0]["held"] is False
    assert reviewer.inbox() == []


def test_a_doubtful_message_waits_for_a_person_with_the_reason(town: Town) -> None:
    town.wechat.suggestion = Suggestion.PASS
    who = town.role(Role.RESIDENT)
    issue = town.submits(who, anonymity="station_only")
    town.wechat.suggestion, town.wechat.label = Suggestion.REVIEW, 20001
    who.post(f"/issues/{issue['id']}/messages", {"text": SAID}, 201)
    town.work()
    reviewer = town.role(Role.REVIEWER)
    assert "留言待审核" in reviewer.inbox() and read_by_the_deputy(town, issue) == []
    (waiting,) = reviewer.get("/reviews/messages")["items"]
    assert (waiting["text"], waiting["why"]) == (SAID, "微信建议人工复核文字（时政）")
    reviewer.post(f"/reviews/messages/{waiting['id']}", {"outcome": "RELEASE"}, 204)
    assert read_by_the_deputy(town, issue) == [SAID]


def test_a_risky_message_is_refused_its_writer_is_told_and_it_stays_as_evidence(town: Town, checks: Checks) -> None:
    who = town.role(Role.RESIDENT)
    issue = town.submits(who, anonymity="station_only")
    town.wechat.suggestion = Suggestion.RISKY
    who.post(f"/issues/{issue['id']}/messages", {"text": SAID}, 201)
    town.work()
    assert read_by_the_deputy(town, issue) == [] and "留言未通过审核" in who.inbox()
    assert town.role(Role.REVIEWER).get("/reviews/messages")["items"] == [], "decided: nobody need look"
    assert [one["text"] for one in who.sees(issue["id"])["messages"]] == [SAID]
    assert sorted(checks.states()) == ["passed", "risky"]


def test_while_wechat_is_down_a_message_is_held_and_released_when_it_is_back(town: Town) -> None:
    who = town.role(Role.RESIDENT)
    issue = town.submits(who, anonymity="station_only")
    town.role(Role.REVIEWER), town.deputy(town.place.primary)
    town.wechat.fault = WeChatError(WeChatFault.RETRY, None, "connection failed")
    who.post(f"/issues/{issue['id']}/messages", {"text": SAID}, 201)
    town.wait(minutes=11)
    (waiting,) = town.role(Role.REVIEWER).get("/reviews/messages")["items"]
    assert "暂时没有结果" in waiting["why"]
    town.wechat.fault = None
    town.wait(minutes=10)
    assert read_by_the_deputy(town, issue) == [SAID]
    assert town.role(Role.REVIEWER).get("/reviews/messages")["items"] == []


def test_what_deputies_and_stations_write_is_not_held(town: Town) -> None:
    who = town.role(Role.RESIDENT)
    issue = town.submits(who, anonymity="station_only")
    town.wechat.suggestion = Suggestion.RISKY
    asked = len(town.wechat.checked)
    for staff in (town.deputy(town.place.primary), town.role(Role.STATION_CLERK)):
        assert staff.post(f"/issues/{issue['id']}/messages", {"text": "我们去看过了"}, 201)["held"] is False
    assert len(who.sees(issue["id"])["messages"]) == 2 and len(town.wechat.checked) == asked


def test_whoever_writes_by_receipt_code_alone_is_never_looked_up_at_wechat(town: Town, checks: Checks) -> None:
    issue = town.submits(town.role(Role.RESIDENT))
    holder = town.holder(issue["receipt_code"])
    sent = holder.post(f"/receipts/{holder.code}/messages", {"text": SAID}, 201)
    town.work()
    assert sent["held"] is False and town.wechat.checked == [] and checks.states() == []


def test_danger_in_a_message_that_waits_is_flagged_at_once(town: Town) -> None:
    who = town.role(Role.RESIDENT)
    issue = town.submits(who, anonymity="station_only")
    town.role(Role.STATION_HEAD)
    town.wechat.fault = WeChatError(WeChatFault.RETRY, None, "connection failed")
    who.post(f"/issues/{issue['id']}/messages", {"text": "楼道里着火了"}, 201)
    town.work()
    assert "紧急事项" in town.role(Role.STATION_HEAD).inbox()
