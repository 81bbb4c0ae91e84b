"""What a resident writes with a step is read by others only when it passed (rulebook §7.5, §11); the step counts at once."""

from __future__ import annotations

from typing import Any

from service.accounts.roles import Role
from service.issues.checks import said
from service.wechat import Suggestion
from tests.journeys.town import SAID, Person, Town

ANSWER = "就是小学正门左边第二盏"
WHY = "没有修好，晚上还是黑的"


def asked(town: Town) -> tuple[Person, str]:
    """A resident known to WeChat whom the deputy asked something."""
    who = town.role(Role.RESIDENT)
    issue = town.submits(who, anonymity="station_only", place="小学门口")["id"]
    town.deputy(town.place.primary).does(issue, "ask_info", text="是哪一盏？")
    return who, issue


def steps(person: Person, issue: str) -> dict[str, Any]:
    return {line["action"]: line["note"] for line in person.sees(issue)["history"]}


def test_an_answer_and_a_reason_are_read_when_wechat_let_them_pass_while_the_step_counts_at_once(town: Town) -> None:
    who, issue = asked(town)
    deputy, clerk = town.deputy(town.place.primary), town.role(Role.STATION_CLERK)
    assert town.wechat.checked[0][1] == f"{SAID}\n小学门口", "the place in the resident's own words is checked too"
    who.does(issue, "supplement", text=ANSWER)
    assert deputy.sees(issue)["state"] == "pending_accept"
    assert steps(deputy, issue)["supplement"] == said.WAITING and deputy.sees(issue)["messages"] == []
    assert steps(who, issue)["supplement"] == ANSWER
    town.work()
    assert steps(clerk, issue)["supplement"] == ANSWER
    assert [one["text"] for one in deputy.sees(issue)["messages"]] == [ANSWER]
    assert "群众有新的留言" in deputy.inbox()

    deputy.does(issue, "accept")
    deputy.does(issue, "answer", text="今晚修好。")
    who.does(issue, "rate", result="DISSATISFIED", reason=WHY)
    seen = deputy.sees(issue)
    assert seen["state"] == "reopened" and WHY not in str(seen), "neither in the history nor in the rating"
    town.work()
    seen = deputy.sees(issue)
    assert steps(deputy, issue)["rate"] == WHY == seen["rating"]["reason"]
    assert [one["text"] for one in seen["messages"]] == [ANSWER], "said with the rating, not in the conversation"


def test_risky_words_stay_unread_the_step_stands_and_a_doubtful_appeal_waits_for_a_person(town: Town) -> None:
    who, issue = asked(town)
    deputy, reviewer, office = town.deputy(town.place.primary), town.role(Role.REVIEWER), town.role(Role.TOWNSHIP)
    town.wechat.suggestion = Suggestion.RISKY
    who.does(issue, "supplement", text=ANSWER)
    town.work()
    assert steps(deputy, issue)["supplement"] == said.REFUSED and ANSWER not in str(deputy.sees(issue))
    assert "文字未通过审核" in who.inbox() and steps(who, issue)["supplement"] == ANSWER

    deputy.does(issue, "decline", reason_code="LITIGATION")
    town.wechat.suggestion = Suggestion.REVIEW
    who.does(issue, "appeal", reason=WHY)
    town.work()
    assert (
        office.sees(issue)["pending_decision"]["action"] == "appeal" and steps(office, issue)["appeal"] == said.WAITING
    )
    (waiting,) = reviewer.get("/reviews/messages")["items"]
    assert waiting["text"] == WHY
    reviewer.post(f"/reviews/messages/{waiting['id']}", {"outcome": "RELEASE"}, 204)
    assert steps(office, issue)["appeal"] == WHY


def test_without_a_wechat_identity_the_word_list_decides(town: Town) -> None:
    code = town.submits(town.guest())
    issue, holder = code["id"], town.holder(code["receipt_code"])
    deputy = town.deputy(town.place.primary)
    deputy.does(issue, "ask_info", text="是哪一盏？")
    holder.does(issue, "supplement", text="加微信返利给你")
    assert steps(deputy, issue)["supplement"] == said.WAITING
    town.work()
    assert "留言待审核" in town.role(Role.REVIEWER).inbox() and town.wechat.checked == []
