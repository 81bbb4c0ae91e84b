"""The loop of the product, walked as the people in it would: scan, say, routed and told, answered, rated. Rulebook §0, §9.1."""

from __future__ import annotations

from service.accounts.roles import Role
from tests.journeys.town import SAID, Town


def test_a_guest_reaches_the_deputy_of_the_grid_and_decides_whether_it_was_solved(town: Town) -> None:
    scanned = town.guest().get(f"/scan/{town.place.scan_code}?grid_id={town.place.grid}")
    assert scanned["deputy"]["id"] == town.place.primary

    receipt = town.submits(town.guest())
    assert receipt["state"] == "content_review" and receipt["deputy"] is None
    resident = town.holder(receipt["receipt_code"])
    now = resident.sees()
    assert now["state"] == "pending_accept"
    assert now["deputy"]["id"] == town.place.primary
    assert now["responsible"] == {"role": "deputy", "name": f"代表 {now['deputy']['name']}"}
    assert now["due_at"] == "2026-03-04T23:59:59+08:00", "two workdays after Monday"

    deputy = town.deputy(town.place.primary)
    assert "待处理：待受理" in deputy.inbox()
    assert [item["id"] for item in deputy.get("/issues?box=inbox")["items"]] == [receipt["id"]]
    deputy.does(receipt["id"], "accept")
    deputy.does(receipt["id"], "answer", text="我去看过，已联系供电所，今晚修好。")
    town.work()

    asked = resident.sees()
    assert asked["state"] == "feedback_given" and "rate" in resident.may("")
    assert asked["history"][-1]["note"] == "我去看过，已联系供电所，今晚修好。"
    done = resident.does("", "rate", result="SATISFIED", attitude="SATISFIED")
    assert done["state"] == "closed" and done["outcome"] == "SATISFIED"


def test_pushes_tell_that_something_waits_but_never_what_was_said(town: Town) -> None:
    resident = town.role(Role.RESIDENT)
    deputy = town.deputy(town.place.primary)
    for who in (resident, deputy):
        wanted = ["tmpl-issue-task", "tmpl-issue-progress"]
        results = dict.fromkeys(wanted, "accept")
        for _ in range(5):
            who.post("/subscriptions", {"template_ids": wanted, "results": results}, 201)
    issue = town.submits(resident, anonymity="named", contact={"name": "王小花", "phone": "13800138000"})
    deputy.does(issue["id"], "accept")
    town.work()
    assert [openid for openid, _, _ in town.wechat.sent] != []
    everything = str(town.wechat.sent)
    assert SAID[:6] not in everything and "王小花" not in everything and "13800138000" not in everything
    assert "已受理" in resident.inbox()


def test_a_unit_does_the_work_and_done_by_the_unit_is_not_closed(town: Town) -> None:
    issue = town.submits(town.guest())
    resident, issue_id = town.holder(issue["receipt_code"]), issue["id"]
    deputy, township = town.deputy(town.place.primary), town.role(Role.TOWNSHIP)
    clerk, leader = town.role(Role.UNIT_CLERK), town.role(Role.UNIT_LEADER)
    deputy.does(issue_id, "accept")
    assert "assign" not in deputy.may(issue_id), "a deputy may only propose"
    deputy.does(issue_id, "propose_unit", unit_id=town.place.township_unit)
    assert township.sees(issue_id)["pending_decision"]["action"] == "propose_unit"
    town.work()
    clerk.sees(issue_id, 404)
    township.does(issue_id, "decide", outcome="AGREE", reason="由城建办办理")
    town.work()
    assert "待处理：已交办" in clerk.inbox()
    clerk.does(issue_id, "sign")
    clerk.does(issue_id, "submit_result", 422, text="已办结", done_on="2026-03-02", person="李师傅")
    clerk.does(issue_id, "submit_result", text="更换灯泡并检查了整条线路", done_on="2026-03-02", person="李师傅")
    deputy.does(issue_id, "give_feedback", 409, text="修好了")
    leader.does(issue_id, "sign_off")
    assert resident.sees()["state"] == "unit_done"
    deputy.does(issue_id, "give_feedback", text="我晚上去看过，灯亮了。")
    assert resident.sees()["state"] == "feedback_given"


def test_dissatisfied_means_again_and_the_second_time_calls_for_supervision(town: Town) -> None:
    issue = town.submits(town.guest())
    resident, deputy = town.holder(issue["receipt_code"]), town.deputy(town.place.primary)
    deputy.does(issue["id"], "accept")
    deputy.does(issue["id"], "answer", text="已经转告有关单位。")
    resident.does("", "rate", 422, result="DISSATISFIED")
    again = resident.does("", "rate", result="DISSATISFIED", attitude="SATISFIED", reason="灯还是不亮")
    assert again["state"] == "reopened" and again["round"] == 2
    assert again["responsible"]["role"] == "deputy" and again["due_at"] == "2026-03-16T23:59:59+08:00"
    deputy.does(issue["id"], "answer", text="这次换了新灯，我在现场。")
    last = resident.does("", "rate", result="DISSATISFIED", reason="第二天又坏了")
    assert last["state"] == "closed" and last["under_supervision"]
    town.work()
    assert "两次不满意，请督办" in town.role(Role.TOWNSHIP).inbox()
    assert "两次不满意，请督办" in town.role(Role.DISTRICT).inbox()


def test_a_question_stops_the_clock_and_the_answer_gives_the_time_back(town: Town) -> None:
    issue = town.submits(town.guest())
    resident, deputy = town.holder(issue["receipt_code"]), town.deputy(town.place.primary)
    deputy.does(issue["id"], "ask_info", text="是哪一盏灯？")
    town.wait(days=4)
    assert resident.sees()["state"] == "need_info" and resident.sees()["due_at"] == "2026-03-12T23:59:59+08:00"
    back = resident.does("", "supplement", text="校门左边第二盏")
    assert back["state"] == "pending_accept" and back["responsible"]["role"] == "deputy"
    assert back["due_at"] == "2026-03-10T23:59:59+08:00", "two workdays were left on Monday, so two from Friday"


def test_no_answer_to_the_question_closes_after_ten_days_and_can_be_appealed(town: Town) -> None:
    resident = town.role(Role.RESIDENT)
    issue = town.submits(resident, anonymity="station_only")
    town.deputy(town.place.primary).does(issue["id"], "ask_info", text="是哪一盏灯？")
    town.work()
    town.wait(days=4)
    town.wait(days=4)
    assert resident.inbox().count("请尽快补充情况") == 2, "two reminders"
    town.wait(days=3)
    closed = resident.sees(issue["id"])
    assert closed["state"] == "closed" and closed["outcome"] == "NO_INFO"
    resident.does(issue["id"], "appeal", reason="我住院了，没有看到消息")
    assert (
        town.role(Role.TOWNSHIP).does(issue["id"], "decide", outcome="AGREE", reason="情况属实")["state"] == "reopened"
    )


def test_an_issue_nobody_rates_closes_by_itself_and_counts_in_no_rate(town: Town) -> None:
    issue = town.submits(town.guest())
    deputy = town.deputy(town.place.primary)
    deputy.does(issue["id"], "accept")
    deputy.does(issue["id"], "answer", text="已经修好。")
    town.wait(days=16)
    assert town.holder(issue["receipt_code"]).sees()["outcome"] == "NOT_RATED"
    town.wait(days=31)
    assert town.holder(issue["receipt_code"]).sees()["state"] == "archived"
