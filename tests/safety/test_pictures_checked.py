"""Pictures go to WeChat by a signed address, and their results come later, twice, too late, or never. Rulebook §7.5."""

from __future__ import annotations

from typing import Any

import pytest

from service.accounts.roles import Role
from service.db import db
from service.incoming.actions import take
from service.incoming.reading import push_of
from service.wechat import Suggestion
from tests.api.conftest import Client
from tests.journeys.town import Person, Town
from tests.safety.conftest import Checks
from tests.safety.pushes import media
from tests.uploads.album import jpeg

pytestmark = pytest.mark.usefixtures("shelf")


class Slow:
    """WeChat takes pictures on and says nothing until it is told to."""

    def __init__(self, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
        self.town = town
        monkeypatch.setattr(town, "pushes_results", lambda: None)

    @property
    def traces(self) -> list[str]:
        return list(self.town.wechat.results)

    def says(self, trace: str, suggest: str = "pass", label: int = 100, **more: Any) -> None:
        at = int(self.town.clock.now.timestamp())
        body = {"ToUserName": "gh", "FromUserName": "o", "CreateTime": at, "MsgType": "event"}
        push = push_of(body | media(trace, suggest, label, **more))
        take(db.session(), push, envelope=trace, sealed=True, now=self.town.clock.now)
        db.session.commit()
        self.town.work()


@pytest.fixture
def slow(town: Town, monkeypatch: pytest.MonkeyPatch) -> Slow:
    return Slow(town, monkeypatch)


def told(town: Town, pictures: int = 1) -> tuple[Person, dict[str, Any]]:
    who = town.role(Role.RESIDENT)
    sent = [who.uploads(jpeg())["id"] for _ in range(pictures)]
    return who, town.submits(who, anonymity="station_only", upload_ids=sent)


def state(who: Person, issue: dict[str, Any]) -> str:
    return str(who.sees(issue["id"])["state"])


def test_an_issue_goes_on_only_when_text_and_every_picture_passed(town: Town, checks: Checks, slow: Slow) -> None:
    who, issue = told(town, pictures=2)
    assert checks.states() == ["passed", "asked", "asked"] and state(who, issue) == "content_review"
    slow.says(slow.traces[0])
    assert state(who, issue) == "content_review"
    slow.says(slow.traces[1])
    assert state(who, issue) == "pending_accept"
    assert len(town.deputy(town.place.primary).sees(issue["id"])["photos"]) == 2


def test_wechat_gets_an_address_it_can_open_for_half_an_hour_and_the_copy_without_metadata(
    town: Town, slow: Slow, client: Client
) -> None:
    told(town)
    ((_openid, url),) = [one for one in town.wechat.checked if one[1].startswith("https://")]
    path = url.removeprefix("https://daibiao.example.gov.cn")
    town.clock.advance(minutes=58)
    answer = client.get(path)
    assert (answer.status_code, answer.content_type) == (200, "image/jpeg")


def test_a_doubtful_picture_is_left_to_a_person(town: Town, slow: Slow) -> None:
    who, issue = told(town)
    slow.says(slow.traces[0], "review", 20002)
    assert state(who, issue) == "content_review"
    lines = town.role(Role.REVIEWER).sees(issue["id"])["history"]
    assert [line["note"] for line in lines if line["action"] == "hold_for_review"] == ["微信建议人工复核照片（色情）"]


def test_a_risky_picture_is_named_withheld_from_everybody_and_left_out_of_the_second_try(
    town: Town, checks: Checks, slow: Slow, client: Client
) -> None:
    who, issue = told(town, pictures=2)
    first, second = who.sees(issue["id"])["photos"]
    shown = second["url"].removeprefix("https://daibiao.example.gov.cn")
    traces = {row.upload_id: str(row.trace_id) for row in checks.rows() if row.upload_id}
    slow.says(traces[first["id"]])
    slow.says(traces[second["id"]], "risky", 20006)
    rejected = who.sees(issue["id"])
    assert (rejected["state"], rejected["reason_code"]) == ("content_rejected", "ILLEGAL")
    assert "第 2 张照片" in rejected["history"][-1]["note"] and len(rejected["photos"]) == 1
    assert client.get(shown).status_code == 404
    asked = len(slow.traces)
    who.does(issue["id"], "edit_resend", text="村口的路灯坏了，请帮忙修一修")
    town.work()
    assert state(who, issue) == "pending_accept" and len(slow.traces) == asked, "what passed is not asked about again"
    assert sorted(checks.states()) == ["passed", "passed", "passed", "risky"]


def test_the_same_result_twice_or_another_one_later_changes_nothing(town: Town, checks: Checks, slow: Slow) -> None:
    who, issue = told(town)
    trace = slow.traces[0]
    slow.says(trace)
    slow.says(trace)
    slow.says(trace, "risky", 20002)
    assert state(who, issue) == "pending_accept" and checks.states() == ["passed", "passed"]


def test_a_result_that_never_comes_is_asked_for_once_more_and_then_left_to_a_person(
    town: Town, checks: Checks, slow: Slow
) -> None:
    who, issue = told(town)
    town.wait(minutes=29)
    assert len(slow.traces) == 1
    town.wait(minutes=2)
    assert len(slow.traces) == 2 and checks.states() == ["passed", "asked"]
    town.wait(minutes=31)
    assert len(slow.traces) == 2 and checks.states() == ["passed", "unanswered"]
    lines = town.role(Role.REVIEWER).sees(issue["id"])["history"]
    assert [line["note"] for line in lines if line["action"] == "hold_for_review"] == ["微信一直没有给出照片的检查结果"]
    slow.says(slow.traces[1], "risky", 20002)
    assert state(who, issue) == "content_review", "too late: the person decides"


def test_a_result_that_comes_late_but_before_the_second_is_over_counts(town: Town, slow: Slow) -> None:
    who, issue = told(town)
    town.wait(minutes=31)
    slow.says(slow.traces[1])
    assert state(who, issue) == "pending_accept"


def test_a_picture_wechat_could_not_open_is_asked_about_again(town: Town, checks: Checks, slow: Slow) -> None:
    who, issue = told(town)
    slow.says(slow.traces[0], errcode=-1008, errmsg="download failed")
    assert len(slow.traces) == 2 and checks.states() == ["passed", "asked"]
    slow.says(slow.traces[1])
    assert state(who, issue) == "pending_accept"


def test_a_result_pushed_before_its_name_was_written_down_is_not_lost(
    town: Town, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """WeChat may push while the answer to the question is still on its way."""
    who = town.role(Role.RESIDENT)
    slow.says("m1")
    monkeypatch.setattr(town.wechat, "check_media", lambda **_order: "m1")
    issue = town.submits(who, anonymity="station_only", upload_ids=[who.uploads(jpeg())["id"]])
    assert state(who, issue) == "pending_accept"


def test_a_result_for_an_issue_withdrawn_meanwhile_wakes_nothing(town: Town, slow: Slow) -> None:
    who, issue = told(town)
    who.does(issue["id"], "withdraw")
    slow.says(slow.traces[0], "risky", 20002)
    assert state(who, issue) == "withdrawn"


def test_the_picture_of_a_receipt_only_issue_never_goes_to_wechat(town: Town, checks: Checks, slow: Slow) -> None:
    who = town.role(Role.RESIDENT)
    issue = town.submits(who, upload_ids=[who.uploads(jpeg())["id"]])
    assert town.holder(issue["receipt_code"]).sees()["state"] == "pending_accept"
    assert town.wechat.checked == [] and checks.states() == []


def test_asked_with_pictures_a_message_waits_for_them(town: Town, slow: Slow) -> None:
    who, deputy = town.role(Role.RESIDENT), town.deputy(town.place.primary)
    issue = town.submits(who, anonymity="station_only")
    sent = {"text": "请看照片", "upload_ids": [who.uploads(jpeg())["id"]]}
    who.post(f"/issues/{issue['id']}/messages", sent, 201)
    town.work()
    assert deputy.sees(issue["id"])["messages"] == []
    town.wechat.suggestion = Suggestion.PASS
    slow.says(slow.traces[0], "review", 21000)
    (waiting,) = town.role(Role.REVIEWER).get("/reviews/messages")["items"]
    assert waiting["why"] == "微信建议人工复核照片（其他）" and len(waiting["photos"]) == 1
