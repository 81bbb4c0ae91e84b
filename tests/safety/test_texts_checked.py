"""What a resident with a WeChat identity says goes to WeChat first (rulebook §0.13, §7.5, §9.1.2; §11: WeChat check down)."""

from __future__ import annotations

from typing import Any

import pytest

from service.accounts.roles import Role
from service.wechat import Suggestion, WeChatError, WeChatFault
from tests.journeys.town import SAID, Person, Town
from tests.safety.conftest import Checks

ON_BEHALF = {"channel": "PAPER", "received_at": "2026-02-27T15:00:00+08:00", "spoken_consent": True}
CLEAN = "村口的路灯坏了，请帮忙修一修"


def told(town: Town, **changes: Any) -> tuple[Person, dict[str, Any]]:
    """A resident known to WeChat says something."""
    who = town.role(Role.RESIDENT)
    return who, town.submits(who, **({"anonymity": "station_only"} | changes))


def goes_wrong(town: Town, fault: WeChatError) -> None:
    """Everybody is signed in when WeChat begins to behave like this."""
    for role in (Role.RESIDENT, Role.REVIEWER, Role.STATION_HEAD):
        town.role(role)
    town.wechat.fault = fault


def reasons(town: Town, issue_id: str) -> list[str]:
    """What the reviewer reads about why it waits."""
    lines = town.role(Role.REVIEWER).sees(issue_id)["history"]
    return [line["note"] for line in lines if line["action"] == "hold_for_review"]


def test_nobody_but_its_writer_and_the_reviewer_sees_a_text_before_wechat_let_it_pass(
    town: Town, checks: Checks
) -> None:
    who, issue = told(town, work=False)
    town.deputy(town.place.primary).sees(issue["id"], 404)
    town.work()
    assert who.sees(issue["id"])["state"] == "pending_accept"
    ((openid, text),) = town.wechat.checked
    assert openid.startswith("o-") and text == SAID
    assert checks.states() == ["passed"]
    assert town.role(Role.REVIEWER).inbox() == [], "no person was needed"


def test_what_wechat_doubts_goes_to_a_person_with_the_reason(town: Town, checks: Checks) -> None:
    town.wechat.suggestion, town.wechat.label = Suggestion.REVIEW, 20003
    who, issue = told(town)
    seen = who.sees(issue["id"])
    assert seen["state"] == "content_review"
    assert all("辱骂" not in (line["note"] or "") for line in seen["history"]), "the writer learns no word list"
    assert reasons(town, issue["id"]) == ["微信建议人工复核文字（辱骂）"]
    assert "待处理：内容审核中" in town.role(Role.REVIEWER).inbox()
    assert checks.states() == ["review"]
    town.role(Role.REVIEWER).does(issue["id"], "approve_content")
    town.work()
    assert who.sees(issue["id"])["state"] == "pending_accept"


def test_what_wechat_calls_risky_is_rejected_with_a_reason_and_may_be_edited_once(town: Town, checks: Checks) -> None:
    town.wechat.suggestion, town.wechat.label = Suggestion.RISKY, 20003
    who, issue = told(town)
    rejected = who.sees(issue["id"])
    assert (rejected["state"], rejected["reason_code"]) == ("content_rejected", "ABUSE")
    line = rejected["history"][-1]
    assert (line["action"], line["actor"]["name"]) == ("reject_content", "微信内容检查")
    assert "辱骂" in line["note"] and "修改后重新提交一次" in line["note"]
    assert "内容未通过审核" in who.inbox()
    assert who.may(issue["id"]) == {"edit_resend"}

    town.wechat.suggestion = Suggestion.PASS
    who.does(issue["id"], "edit_resend", text=CLEAN)
    assert who.sees(issue["id"])["state"] == "content_review", "the new words are checked too"
    town.work()
    assert who.sees(issue["id"])["state"] == "pending_accept"
    assert town.wechat.checked[-1][1] == CLEAN
    assert sorted(checks.states()) == ["passed", "risky"], "what was refused stays written down"


def test_a_text_that_is_risky_again_after_the_edit_stays_rejected_with_a_way_on(town: Town) -> None:
    town.wechat.suggestion = Suggestion.RISKY
    who, issue = told(town)
    who.does(issue["id"], "edit_resend", text=CLEAN)
    town.work()
    seen = who.sees(issue["id"])
    assert seen["state"] == "content_rejected" and who.may(issue["id"]) == set()
    assert "到联络站" in seen["history"][-1]["note"]


@pytest.mark.parametrize(
    "fault",
    [
        WeChatError(WeChatFault.RETRY, None, "connection failed"),
        WeChatError(WeChatFault.UNKNOWN, None, "no answer in time"),
        WeChatError(WeChatFault.STOP_BATCH, 45009, "quota"),
        WeChatError(WeChatFault.TOKEN, 40001, "token"),
    ],
    ids=["down", "silent", "out of quota", "token refused"],
)
def test_while_wechat_gives_no_answer_a_person_is_asked_soon_and_when_it_is_back_it_goes_on(
    town: Town, checks: Checks, fault: WeChatError
) -> None:
    goes_wrong(town, fault)
    who, issue = told(town)
    assert who.sees(issue["id"])["state"] == "content_review"
    town.wait(minutes=9)
    assert reasons(town, issue["id"]) == [], "WeChat may be back in a moment"
    town.wait(minutes=2)
    (why,) = reasons(town, issue["id"])
    assert "暂时没有结果" in why and "待处理：内容审核中" in town.role(Role.REVIEWER).inbox()
    town.wait(minutes=30)
    assert len(reasons(town, issue["id"])) == 1, "said once"
    town.wechat.fault = None
    town.wait(minutes=10)
    assert who.sees(issue["id"])["state"] == "pending_accept", "asked again, before a person had decided"
    assert checks.states() == ["passed"]


def test_a_person_who_was_faster_than_wechat_decides(town: Town, checks: Checks) -> None:
    goes_wrong(town, WeChatError(WeChatFault.RETRY, None, "connection failed"))
    who, issue = told(town)
    town.wait(minutes=11)
    town.role(Role.REVIEWER).does(issue["id"], "approve_content")
    town.wechat.fault, town.wechat.suggestion = None, Suggestion.RISKY
    town.wait(minutes=11)
    assert who.sees(issue["id"])["state"] == "pending_accept"
    assert checks.states() == ["moot"] and town.wechat.checked == []


def test_without_an_answer_for_a_day_only_the_person_decides(town: Town, checks: Checks) -> None:
    goes_wrong(town, WeChatError(WeChatFault.RETRY, None, "connection failed"))
    who, issue = told(town)
    town.wait(minutes=11)
    town.wait(hours=25)
    assert checks.states() == ["unanswered"]
    town.wechat.fault = None
    town.wait(hours=1)
    assert who.sees(issue["id"])["state"] == "content_review"


def test_who_has_not_opened_the_mini_program_for_two_hours_is_left_to_a_person(town: Town, checks: Checks) -> None:
    goes_wrong(town, WeChatError(WeChatFault.PERMANENT, 61010, "code is expired"))
    _who, issue = told(town)
    assert checks.states() == ["failed"]
    assert reasons(town, issue["id"]) == ["发送人最近两小时没有打开小程序，微信不检查"]


def test_a_failed_check_is_seen_by_operators_and_asked_again(town: Town, checks: Checks, app: Any) -> None:
    goes_wrong(town, WeChatError(WeChatFault.PERMANENT, 40003, "invalid openid"))
    who, issue = told(town)
    check_id = checks.rows()[0].id
    runner = app.test_cli_runner()
    shown = runner.invoke(args=["parked"]).output
    assert check_id in shown and issue["number"] in shown and "40003" in shown
    assert runner.invoke(args=["requeue-check", "nothing-like-it"]).exit_code != 0
    town.wechat.fault = None
    assert runner.invoke(args=["requeue-check", check_id]).exit_code == 0
    town.work()
    assert who.sees(issue["id"])["state"] == "pending_accept"
    assert check_id not in runner.invoke(args=["parked"]).output


def test_an_issue_withdrawn_meanwhile_is_left_alone(town: Town, checks: Checks) -> None:
    who, issue = told(town, work=False)
    who.does(issue["id"], "withdraw")
    town.wechat.suggestion = Suggestion.RISKY
    town.work()
    assert who.sees(issue["id"])["state"] == "withdrawn"
    assert town.wechat.checked == [] and set(checks.states()) <= {"moot"}


def test_withdrawn_while_wechat_was_silent_nothing_is_asked_any_more(town: Town, checks: Checks) -> None:
    goes_wrong(town, WeChatError(WeChatFault.RETRY, None, "connection failed"))
    who, issue = told(town)
    who.does(issue["id"], "withdraw")
    town.wechat.fault = None
    town.wait(minutes=5)
    assert checks.states() == ["moot"] and town.wechat.checked == []


def test_an_answer_about_words_that_were_replaced_decides_nothing(town: Town, checks: Checks) -> None:
    goes_wrong(town, WeChatError(WeChatFault.RETRY, None, "connection failed"))
    who, issue = told(town)
    town.wait(minutes=11)
    town.role(Role.REVIEWER).does(issue["id"], "reject_content", reason_code="ABUSE")
    who.does(issue["id"], "edit_resend", text=CLEAN)
    town.wechat.fault = None
    town.wait(minutes=11)
    assert [text for _openid, text in town.wechat.checked] == [CLEAN]
    assert sorted(checks.states()) == ["moot", "passed"] and who.sees(issue["id"])["state"] == "pending_accept"


def test_a_doubtful_word_still_goes_to_a_person_and_wechat_is_not_asked(town: Town, checks: Checks) -> None:
    _who, issue = told(town, content="我家门口的路灯坏了，修好的话加微信给你返利")
    assert reasons(town, issue["id"]) == ["含有需要人工确认的词语"]
    assert checks.states() == [] and town.wechat.checked == []


def test_danger_is_flagged_before_any_check(town: Town) -> None:
    goes_wrong(town, WeChatError(WeChatFault.RETRY, None, "connection failed"))
    who, issue = told(town, content="三单元有很重的煤气味，燃气泄漏了，快来人")
    assert who.sees(issue["id"])["state"] == "content_review"
    assert "紧急事项" in town.role(Role.STATION_HEAD).inbox()


@pytest.mark.parametrize("policy", ["local", "manual"])
def test_what_wechat_cannot_be_asked_about_goes_by_the_districts_policy(
    town: Town, checks: Checks, decides: Any, policy: str
) -> None:
    decides("content.without_openid", policy)
    resident, guest, clerk = town.role(Role.RESIDENT), town.guest(), town.role(Role.STATION_CLERK)
    told_by = [
        town.submits(resident),
        town.submits(guest, anonymity="station_only"),
        town.submits(clerk, on_behalf=ON_BEHALF, anonymity="station_only"),
    ]
    assert town.wechat.checked == [] and checks.states() == []
    for issue in told_by:
        state = town.holder(issue["receipt_code"]).sees()["state"]
        assert state == ("pending_accept" if policy == "local" else "content_review")
    if policy == "manual":
        assert reasons(town, told_by[0]["id"]) == ["没有微信身份，按本区规定由人工审核"]


def test_a_district_cannot_decide_for_a_policy_that_does_not_exist(decides: Any) -> None:
    with pytest.raises(Exception, match="不合要求"):
        decides("content.without_openid", "never")


def test_after_three_rejections_in_thirty_days_a_person_looks_first(town: Town, decides: Any) -> None:
    town.wechat.suggestion = Suggestion.RISKY
    for _ in range(3):
        who, _issue = told(town)
    town.wechat.suggestion = Suggestion.PASS
    asked = len(town.wechat.checked)
    who, issue = told(town)
    assert who.sees(issue["id"])["state"] == "content_review" and len(town.wechat.checked) == asked
    assert reasons(town, issue["id"]) == ["30 天内已有 3 次未通过审核，先由人工审核"]
    assert "内容由人工审核" in who.inbox(), "and is told so"
    decides("content.premoderate_days", 7)
    town.clock.advance(days=8)
    who, issue = told(town)
    assert who.sees(issue["id"])["state"] == "pending_accept"


def test_a_long_text_goes_in_pieces_and_the_worst_verdict_counts(town: Town, decides: Any) -> None:
    decides("content.max_chars", 4000)
    sentence = "这一段路的路灯都坏了，晚上走路看不见。"
    who, issue = told(town, content=sentence * 200)
    pieces = [text for _openid, text in town.wechat.checked]
    assert len(pieces) == 2 and "".join(pieces) == sentence * 200
    assert all(len(piece) <= 2500 and piece.endswith("。") for piece in pieces)
    assert who.sees(issue["id"])["state"] == "pending_accept"
