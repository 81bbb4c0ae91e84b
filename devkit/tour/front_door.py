"""Chapters at the front of the queue: the anonymous loop, danger, not accepted and appealed, several with one matter."""

from __future__ import annotations

from devkit.tour.people import Person, until
from devkit.tour.town import SAID, TEMPLATES, Town


def anonymous_loop(town: Town) -> None:
    """Scan, say, routed, told, answered, rated: without an account, and without a trace."""
    step = town.story.step
    with step("群众扫码，看谁是自己的代表") as now:
        grid = town.grid()
        page = town.scan(grid)
        now.require(page["deputy"], "页面应写明代表", page)
        deputy_id = page["deputy"]["id"]
        titles = "、".join(page["deputy"]["titles"])
        now.shows(
            f"{page['station']['name']}；您的代表：{page['deputy']['name']}（{titles}）——{page['deputy']['reason']}"
        )
    account = town.account("deputy", id=deputy_id)
    deputy = town.person(account)
    with step("代表在手机上同意接收提醒（一次授权换一条微信）") as now:
        answer = deputy.post(
            "/subscriptions", {"template_ids": TEMPLATES, "results": dict.fromkeys(TEMPLATES, "accept")}
        )
        now.expect(sorted(answer["accepted"]), sorted(TEMPLATES), "授权的模板")
        before = {push["msgid"] for push in town.pushes(account) or []}
    guest = town.guest()
    with step("群众不登录，写下意见，先预览") as now:
        preview = guest.post("/issues/preview", {"station_code": town.scan_code, "content": SAID}, 200)
        now.require(preview["category"], "应建议类别", preview)
        now.shows(f"建议类别：{preview['category']['title']}；同类事项 {len(preview['similar'])} 件")
    with step("提交，只凭查询码") as now:
        receipt = town.submits(guest)
        now.expect(receipt["state"], "content_review", "状态")
        now.require(len(receipt["receipt_code"]) >= 20, "应给查询码", receipt["receipt_code"])
        now.shows(f"编号 {receipt['number']}，查询码 {receipt['receipt_code'][:4]}…（只显示这一次）")
    holder, issue = town.holder(receipt["receipt_code"]), receipt["id"]
    with step("系统检查内容，按网格找到代表") as now:
        seen = holder.waits("", "pending_accept")
        now.expect(seen["deputy"]["id"], deputy_id, "代表应与扫码页一致")
        now.shows(f"{seen['responsible']['name']}，{seen['due_at'][:10]} 前受理；{seen['route_reason']}")
    with step(f"{deputy.name}代表收到站内消息") as now:
        told = deputy.is_told(issue, "待处理")
        now.shows(told["title"] + "；" + told["body"])
    _push(town, account, before)
    _unseen(town, guest, issue)
    with step("代表受理") as now:
        now.expect(deputy.does(issue, "accept")["state"], "with_deputy", "状态")
    with step("代表没有“交办”按钮：代表不直接处理问题") as now:
        names = {button["name"] for button in deputy.sees(issue)["actions"]}
        now.require("assign" not in names and "answer" in names, "按钮不对", sorted(names))
    with step("代表当场答复") as now:
        deputy.does(issue, "answer", text="我去看过了，已联系供电所，今晚修好。")
        seen = holder.sees("")
        now.expect(seen["state"], "feedback_given", "状态")
        now.shows(f"群众看到：{seen['history'][-1]['note']}")
    with step("群众凭查询码评价：满意") as now:
        done = holder.does("", "rate", result="SATISFIED", attitude="SATISFIED")
        now.expect((done["state"], done["outcome"]), ("closed", "SATISFIED"), "办结")
        now.shows("已办结——由群众说了算")


def _push(town: Town, account: object, before: set[int]) -> None:
    """The copy on the phone says that something waits, and nothing of what was said."""
    if not isinstance(account, dict) or town.pushes(account) is None:
        town.story.note("微信沙箱无法查看，跳过“推送不含群众原文”这一步")
        return
    with town.story.step("微信推送只说“有事待办”，不含群众的话") as now:
        pushes = until(
            lambda: [push for push in town.pushes(account) or [] if push["msgid"] not in before],
            bool,
            "微信推送",
        )
        now.require(SAID[:6] not in str(pushes), "推送里出现了群众原文", pushes)
        now.shows("｜".join(pushes[0]["data"].values()))


def _unseen(town: Town, guest: Person, issue: str) -> None:
    with town.story.step("匿名：不在本机的“我的”里，没有人能从账号找到它") as now:
        mine = [item["id"] for item in guest.get("/issues?box=mine&limit=100")["items"]]
        now.require(issue not in mine, "“我的”里不应有它", mine)
        guest.sees(issue, 404)
        now.shows("“我的”是空的；提交它的手机去查也是 404，只有查询码能打开")
    with town.story.step("别人打不开：另一位居民查看这件事") as now:
        town.resident(2).sees(issue, 404)
        now.shows("404，和不存在一样")


def danger(town: Town) -> None:
    """A dangerous word: phones first, the head's two hours beside the lifecycle."""
    step = town.story.step
    said = "我家楼下有很浓的煤气味，怕是燃气泄漏，求帮忙看看"
    guest = town.guest()
    with step("群众写到燃气泄漏，提交前先看到应急电话") as now:
        advice = guest.post("/issues/preview", {"station_code": town.scan_code, "content": said}, 200)["emergency"]
        now.require(advice and any(phone["number"] == "119" for phone in advice["phones"]), "应有 119", advice)
        now.shows(" ".join(f"{phone['title']} {phone['number']}" for phone in advice["phones"]))
    with step("仍可提交；标记紧急，站长两小时内确认") as now:
        receipt = town.submits(guest, content=said, category=None)
        issue = receipt["id"]
        now.require(receipt["urgent"], "应标记紧急", receipt["urgent"])
        town.head.is_told(issue, "紧急事项")
        now.shows(f"站长已收到，{receipt['emergency']['due_at'][11:16]} 前确认")
    with step("站长联系到人，确认") as now:
        seen = town.head.does(issue, "confirm_emergency", reason="已电话联系燃气公司，人员已撤离。")
        now.expect(seen["urgent"], False, "紧急标记")
    with step("群众撤回：险情已排除") as now:
        holder = town.holder(receipt["receipt_code"])
        holder.waits("", "pending_accept")
        now.expect(holder.does("", "withdraw", reason="已经处理好了")["state"], "withdrawn", "状态")


def declined_and_appealed(town: Town) -> None:
    """Three reasons for not accepting need a second person; the resident may appeal, above the station."""
    step = town.story.step
    with step("一件意见到了代表手里") as now:
        holder, deputy, issue = town.routed()
        now.shows(deputy.name)
    with step("代表拟不予受理（违反公序良俗）：要站长复核，群众还看不到") as now:
        seen = deputy.does(issue, "decline", reason_code="UNLAWFUL", reason="请求事项不合法")
        now.expect(seen["state"], "pending_accept", "状态不变")
        now.expect(seen["pending_decision"]["decider"]["role"], "station_head", "复核人")
        notes = [line["note"] or "" for line in holder.sees("")["history"]]
        now.require(not any("拟不予受理" in note for note in notes), "群众不应看到未定的事", notes)
    with step("站长复核同意，群众看到理由和法定途径") as now:
        town.head.does(issue, "decide", outcome="AGREE", reason="同意")
        seen = holder.waits("", "declined")
        now.require("申诉" in (seen["history"][-1]["note"] or ""), "应说明途径", seen["history"][-1])
        now.shows(seen["history"][-1]["note"])
    with step("群众申诉，由镇街人大决定，不由联络站决定") as now:
        seen = holder.does("", "appeal", reason="我反映的是路灯，不是违法诉求")
        now.expect(seen["pending_decision"]["decider"]["role"], "township", "决定人")
    with step("镇街人大同意申诉，重新排队受理") as now:
        town.township.does(issue, "decide", outcome="AGREE", reason="应当受理")
        now.expect(holder.sees("")["state"], "pending_accept", "状态")
    with step("收尾：群众撤回") as now:
        now.expect(holder.does("", "withdraw")["state"], "withdrawn", "状态")


def merged(town: Town) -> None:
    """Two people, one matter: one answer, but a receipt, a feedback and a rating for each."""
    step = town.story.step
    with step("两位群众反映同一盏路灯") as now:
        first, deputy, target = town.routed()
        second, _, child = town.routed()
        number = first.sees("")["number"]
        now.shows(f"{number} 和 {second.sees('')['number']}")
    with step("联络员并案：在可选事项里搜到第一件") as now:
        found = town.clerk.finds(child, "merge", "target_id", number)
        now.expect(found["id"], target, "搜到的事项")
        town.clerk.does(child, "merge", target_id=found["id"], reason="同一盏路灯")
        seen = second.sees("")
        now.expect((seen["state"], seen["merged_into"]), ("merged", {"number": number}), "并案")
        now.shows(f"第二位群众看到：已与 {number} 合并办理（看不到对方写了什么）")
    with step("代表受理并答复第一件") as now:
        deputy.does(target, "accept")
        now.expect(
            deputy.does(target, "answer", text="路灯已经换新，我在现场看过。")["state"], "feedback_given", "状态"
        )
    with step("两位群众各自收到反馈") as now:
        now.require(first.waits("", "feedback_given") and second.waits("", "feedback_given"), "反馈", None)
        now.shows(second.sees("")["history"][-1]["note"])
    with step("各评各的：一位满意，一位基本满意") as now:
        now.expect(first.does("", "rate", result="SATISFIED")["outcome"], "SATISFIED", "第一位")
        now.expect(second.does("", "rate", result="MOSTLY")["outcome"], "MOSTLY", "第二位")
