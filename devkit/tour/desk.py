"""Chapters behind the counter: identity, units and their work, somebody else for a deputy on leave, what is public."""

from __future__ import annotations

import contextlib
import datetime as dt
import zoneinfo
from collections.abc import Iterator
from typing import Any

from devkit.tour.people import Person, until
from devkit.tour.printer import StepFailed
from devkit.tour.town import Town

NAME, PHONE = "王小花", "13800138000"
LEAVE_REASON = "导览：外出学习"
CHINA = zoneinfo.ZoneInfo("Asia/Shanghai")


def today() -> dt.date:
    """The date in China, where the service lives."""
    return dt.datetime.now(CHINA).date()


def units_at_work(town: Town) -> None:
    """A named issue all the way: masked, assigned, returned, extended, signed off, dissatisfied, done again."""
    resident = town.resident(0)
    issue, deputy = _identity(town, resident)
    _assigning(town, issue, deputy)
    clerk, leader = _second_unit(town, issue, resident)
    _extension(town, issue, clerk)
    _result(town, issue, (clerk, leader, deputy, resident), "更换灯泡，并检查了整条线路")
    step = town.story.step
    with step("群众评价：不满意，要写理由") as now:
        seen = resident.does(issue, "rate", result="DISSATISFIED", attitude="SATISFIED", reason="第二天又灭了")
        now.expect((seen["state"], seen["round"]), ("reopened", 2), "重新办理")
        now.shows(f"第 2 轮，{seen['responsible']['name']} 负责，{seen['due_at'][:10]} 前")
    with step("镇街人大再次交办同一单位") as now:
        unit = town.township.finds(issue, "assign", "unit_id", "综合执法队")
        seen = town.township.does(issue, "assign", unit_id=unit["id"], reason="请换线路")
        now.expect(seen["state"], "assigned", "状态")
        now.expect(clerk.does(issue, "sign")["state"], "handling", "签收后")
    _result(town, issue, (clerk, leader, deputy, resident), "整段线路更换，并加装了时控开关")
    with step("群众再评价：满意") as now:
        done = resident.does(issue, "rate", result="SATISFIED", attitude="SATISFIED")
        now.expect((done["state"], done["round"]), ("closed", 2), "办结")
        now.shows(f"已办结；一共 {len(done['history'])} 条记录，每条都在存证链上")


def _identity(town: Town, resident: Person) -> tuple[str, Person]:
    step = town.story.step
    with step("居民登录，实名反映，同意把情况转给承办单位") as now:
        consents = {"privacy": True, "pass_on": True, "contact": True}
        contact = {"name": NAME, "phone": PHONE}
        receipt = town.submits(resident, anonymity="named", contact=contact, consents=consents)
        issue = str(receipt["id"])
        seen = resident.waits(issue, "pending_accept")
        deputy = town.deputy(seen["deputy"]["id"])
        now.shows(f"{receipt['number']} → {deputy.name}代表")
    with step("代表看到的身份是遮住的") as now:
        seen = deputy.sees(issue)
        now.require(NAME not in str(seen) and PHONE not in str(seen), "身份没有遮住", seen["contact"])
        now.shows(f"{seen['contact']['name']} {seen['contact']['phone']}")
    with step("写明理由才能看全，并且留下记录") as now:
        found = deputy.post(f"/issues/{issue}/reveal", {"reason": "需要电话核实路灯位置"}, 200)
        now.expect(found, {"name": NAME, "phone": PHONE}, "身份")
    with step("居民看到谁、因为什么看过") as now:
        seen = resident.sees(issue)
        now.expect(seen["reveals"][-1]["reason"], "需要电话核实路灯位置", "理由")
        resident.is_told(issue, "有人查看了您的身份")
        now.shows(f"{seen['reveals'][-1]['by']}：{seen['reveals'][-1]['reason']}")
    with step("另一位居民、另一个区的工委都打不开") as now:
        town.resident(1).sees(issue, 404)
        offices = [account for account in town.notes["sign_ins"] if account["role"] == "district"]
        town.person(offices[-1]).sees(issue, 404)
        now.shows("404，和不存在一样")
    return issue, deputy


def _assigning(town: Town, issue: str, deputy: Person) -> None:
    step = town.story.step
    with step("代表受理，建议由城建办承办（代表只能建议）") as now:
        deputy.does(issue, "accept")
        unit = deputy.finds(issue, "propose_unit", "unit_id", "城建办")
        seen = deputy.does(issue, "propose_unit", unit_id=unit["id"], reason="路灯由城建办管护")
        now.expect(seen["pending_decision"]["decider"]["role"], "township", "决定人")
        now.shows(f"建议：{unit['title']}；等 {seen['pending_decision']['decider']['name']} 决定")
    first = town.role("unit_clerk", unit_id=unit["id"])
    with step("决定之前，单位什么也看不到") as now:
        first.sees(issue, 404)
        now.shows("404")
    with step("镇街人大同意，交办") as now:
        now.expect(
            town.township.does(issue, "decide", outcome="AGREE", reason="请城建办办理")["state"], "assigned", "状态"
        )
        first.is_told(issue, "待处理")
        now.shows(f"{first.name}收到")
    with step("城建办认为不归它管，申请退办") as now:
        seen = first.does(issue, "return", reason="这段路灯已移交综合执法队管护")
        now.expect(seen["pending_decision"]["action"], "return", "等待决定")


def _second_unit(town: Town, issue: str, resident: Person) -> tuple[Person, Person]:
    step = town.story.step
    with step("镇街人大同意退办，同时改交综合执法队") as now:
        unit = town.township.finds(issue, "decide", "unit_id", "综合执法队")
        seen = town.township.does(issue, "decide", outcome="AGREE", reason="情况属实", unit_id=unit["id"])
        now.expect((seen["state"], seen["unit"]["id"]), ("assigned", unit["id"]), "改交")
        now.shows(unit["title"])
    clerk = town.role("unit_clerk", unit_id=unit["id"])
    with step("综合执法队签收，办理期限开始") as now:
        now.expect(clerk.does(issue, "sign")["state"], "handling", "状态")
        seen = resident.sees(issue)
        now.shows(f"群众看到：{seen['responsible']['name']}，{seen['due_at'][:10]} 前")
    return clerk, town.role("unit_leader", unit_id=unit["id"])


def _extension(town: Town, issue: str, clerk: Person) -> None:
    with town.story.step("单位申请延期 3 个工作日，镇街人大决定，群众看到理由") as now:
        before = clerk.sees(issue)["due_at"]
        seen = clerk.does(issue, "extend", reason="灯杆需要定制", workdays=3)
        now.expect(seen["pending_decision"]["action"], "extend", "等待决定")
        after = town.township.does(issue, "decide", outcome="AGREE", reason="同意一次")["due_at"]
        now.require(after > before, "期限应后延", (before, after))
        again = {button["name"] for button in clerk.sees(issue)["actions"]}
        now.require("extend" not in again, "不应能再延", sorted(again))
        now.shows(f"{before[:10]} → {after[:10]}，只此一次")


def _result(town: Town, issue: str, people: tuple[Person, Person, Person, Person], text: str) -> None:
    """办完 is not 办结: result, the leader's signature, the deputy's own words."""
    clerk, leader, deputy, resident = people
    step = town.story.step
    with step("单位提交结果：做了什么、哪天、谁") as now:
        done_on = today().isoformat()
        seen = clerk.does(issue, "submit_result", text=text, done_on=done_on, person="李师傅")
        now.expect(seen["state"], "unit_done", "状态")
        names = {button["name"] for button in deputy.sees(issue)["actions"]}
        now.require("give_feedback" not in names, "签发前不能反馈", sorted(names))
        now.shows("单位已办完（还不是办结）")
    with step("单位负责人签发") as now:
        now.expect(leader.does(issue, "sign_off")["state"], "unit_done", "状态")
    with step("代表用自己的话向群众反馈") as now:
        deputy.does(issue, "give_feedback", text=f"我到现场看过：{text}。")
        seen = resident.waits(issue, "feedback_given")
        now.shows(seen["history"][-1]["note"])


def somebody_else(town: Town) -> None:
    """A deputy goes on leave: what is open and what is new goes to the substitute, and back."""
    step = town.story.step
    _tidy_up(town)
    with step("一件意见已经在代表手里") as now:
        holder, deputy, issue = town.routed()
        seen = holder.sees("")
        gone, due = seen["deputy"]["id"], seen["due_at"]
        now.shows(f"{deputy.name}，{due[:10]} 前受理")
    substitute = _substitute(town, gone)
    with _leave(town, deputy, substitute):
        with step("原来的事项自动转给受托代表，期限不变，群众看得到") as now:
            seen = until(lambda: holder.sees(""), lambda view: view["deputy"]["id"] == substitute["id"], "接续")
            now.expect(seen["due_at"], due, "期限")
            now.shows(f"{seen['deputy']['name']}：{seen['history'][-1]['note']}")
        with step("扫码页也换了人，写明原因") as now:
            page = town.scan(town.grid())
            now.expect(page["deputy"]["id"], substitute["id"], "扫码页的代表")
            now.shows(page["deputy"]["reason"])
        with step("受托代表受理并答复") as now:
            acting = town.deputy(substitute["id"])
            acting.does(issue, "accept")
            now.expect(
                acting.does(issue, "answer", text="我替同事去看过，已经修好。")["state"], "feedback_given", "状态"
            )
            now.expect(holder.does("", "rate", result="SATISFIED")["state"], "closed", "办结")
    with step("代表回来了，扫码页又是原来的代表") as now:
        page = until(lambda: town.scan(town.grid()), lambda seen: (seen["deputy"] or {}).get("id") == gone, "原代表")
        now.shows(page["deputy"]["name"])


def _substitute(town: Town, gone: str) -> dict[str, Any]:
    """Another deputy of this station who has a demo account."""
    known = {account["id"] for account in town.notes["sign_ins"] if account["role"] == "deputy"}
    others = [one for one in town.scan()["deputies"] if one["id"] != gone and one["id"] in known]
    if not others:
        raise StepFailed("站里没有可以委托的另一位代表")
    return dict(others[0])


@contextlib.contextmanager
def _leave(town: Town, deputy: Person, substitute: dict[str, Any]) -> Iterator[None]:
    """Leave for three days, and cancelled again whatever happens: the tour can be walked twice."""
    with town.story.step("代表请假三天，委托同站代表") as now:
        first = today()
        leave = deputy.post(
            "/leaves",
            {
                "from_on": first.isoformat(),
                "to_on": (first + dt.timedelta(days=2)).isoformat(),
                "substitute_id": substitute["id"],
                "reason": LEAVE_REASON,
            },
        )
        now.shows(f"{deputy.name} → {substitute['name']}")
    try:
        yield
    finally:
        deputy.call("DELETE", f"/leaves/{leave['id']}", 204)


def _tidy_up(town: Town) -> None:
    """A tour that was cut off may have left its leave behind."""
    for account in town.notes["sign_ins"]:
        if account["role"] == "deputy" and account.get("station_id") == town.station_id:
            deputy = town.person(account)
            for leave in deputy.get("/leaves")["items"]:
                if leave["reason"] == LEAVE_REASON:
                    deputy.call("DELETE", f"/leaves/{leave['id']}", 204)


def in_public(town: Town) -> None:
    """What everybody may check."""
    anybody = Person(town.web, town.base_url, "任何人")
    with town.story.step("任何人都能看公开统计，每个数都写明怎么算的") as now:
        figures = anybody.get("/public/statistics")["items"]
        now.require(figures and all(figure["method"] for figure in figures), "应有口径", figures)
        now.shows("；".join(f"{figure['title']} {figure['value']}" for figure in figures[:3]))
    with town.story.step("任何人都能记下存证链的链头，日后核对") as now:
        heads = until(
            lambda: anybody.get("/public/ledger")["items"], lambda items: any(one["links"] for one in items), "链头"
        )
        now.shows("；".join(f"{one['links']} 环，链头 {one['head'][:12]}…" for one in heads if one["links"]))
