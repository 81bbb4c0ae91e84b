"""What a district decides at a desk: from when on, why, on which document; holidays that move deadlines; the logs of it all."""

from __future__ import annotations

import datetime as dt
import re
import threading
from functools import partial

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from console import cookies
from service.accounts.roles import Role
from service.db import db
from service.errors import Conflict
from service.imports import actions as imports
from service.imports.states import Kind
from service.issues.models import Issue
from service.ledger.models import LedgerCheck
from service.parameters import queries
from service.territory import queries as territory
from tests.api.conftest import PlainClient, at_once
from tests.api.test_statement_counts import count
from tests.console.conftest import Seat
from tests.console.desk import HOST, Desk
from tests.journeys.town import Town
from tests.world import World

LIST = 5
ACCEPT = "/settings/one/deadlines.accept_wd"
SEEN = re.compile(r'name="seen" value="([^"]*)"')
POLICY = {
    "title": "代表联系群众工作办法", "number": "雁常办〔2026〕1号", "issuer": "区人大常委会", "adopted_on": "2026-02-10",
    "valid_from": "2026-03-01", "audience": "all",
}  # fmt: skip


def seen(desk: Desk, path: str) -> str:
    return str(SEEN.findall(desk.opens(path).text)[0])


def cheap(desk: Desk, *paths: str) -> bool:
    """Each page in at most :data:`LIST` statements."""
    return all(count(partial(desk.opens, path)) <= LIST for path in paths)


def last_day(town: Town, receipt: str) -> str:
    """In China, as the resident reads it."""
    return str(town.holder(receipt).sees()["due_at"])[:10]


def test_a_deadline_is_changed_with_a_document_and_a_look_before(town: Town, seat: Seat) -> None:
    """Monday, 2 March 2026: two workdays end on Wednesday, three on Thursday (rulebook §2.6)."""
    office, admin = seat(town.place.accounts[Role.DISTRICT]), seat(town.place.accounts[Role.ADMIN])
    assert office.sends("/settings/policies", POLICY | {"valid_from": "2026-02-01"}).status_code == 422
    assert office.sends("/settings/policies", POLICY).status_code == 303
    page = office.opens(ACCEPT).text
    policy = re.findall(r'<option value="(\w{26})">代表联系', page)[0]
    before = town.submits(town.guest())
    wish = {
        "value": "3",
        "valid_from": "2026-03-02",
        "reason": "常委会决定",
        "seen": seen(office, ACCEPT),
        "policy_id": policy,
    }
    looked = office.sends(f"{ACCEPT}/look", wish)
    assert looked.status_code == 200 and "3月4日" in looked.text and "3月5日" in looked.text
    assert queries.load(db.session(), town.place.district_id, at=town.clock.now)["deadlines.accept_wd"] == 2
    for wrong in ({"valid_from": "2026-03-01"}, {"value": "0"}, {"value": "251"}, {"value": "2"}, {"reason": "好"}):
        assert office.sends(ACCEPT, wish | wrong).status_code == 422, wrong
    assert office.sends(ACCEPT, wish).status_code == 303
    late = admin.sends(ACCEPT, wish | {"_name": "change", "value": "4", "reason": "我也要改成四天"})
    assert late.status_code == 409 and "我也要改成四天" in late.text and "刚刚有人改过" in late.text
    after = town.submits(town.guest())
    assert (last_day(town, before["receipt_code"]), last_day(town, after["receipt_code"])) == (
        "2026-03-04",
        "2026-03-05",
    )
    assert "常委会决定" in office.opens(ACCEPT).text and "3 个工作日" in office.opens("/settings/policies").text
    assert cheap(office, "/settings", ACCEPT, "/settings/policies")


def test_of_two_who_decide_at_once_one_is_told(town: Town, seat: Seat, app: Flask) -> None:
    """From different days, so that only waiting for one another tells them apart."""
    desks = [seat(town.place.accounts[role]) for role in (Role.DISTRICT, Role.ADMIN)]
    forms = [
        {
            "value": value,
            "valid_from": day,
            "reason": "同时修改",
            "seen": seen(desk, ACCEPT),
            "_form": desk.token(),
            "_key": "k" * 20,
        }
        for desk, value, day in zip(desks, "34", ("2026-03-09", "2026-03-16"), strict=True)
    ]
    domain = HOST.removeprefix("https://")
    jars = [desk.client.get_cookie(cookies.SESSION, domain, cookies.PATH) for desk in desks]
    waiting = [(form, jar.value) for form, jar in zip(forms, jars, strict=True) if jar is not None]

    def send(client: PlainClient) -> int:
        form, token = waiting.pop()
        client.set_cookie(cookies.SESSION, token, domain=domain, path=cookies.PATH)
        answer = client.post("/console" + ACCEPT, base_url=HOST, data=form, headers={"Origin": HOST})
        return int(answer.status_code)

    assert sorted(at_once(app, 2, send)) == [303, 409]
    db.session.rollback()
    assert len(queries.history(db.session(), town.place.district_id, "deadlines.accept_wd")) == 1
    db.session.rollback()


def test_what_has_not_begun_is_taken_back_and_stays_in_the_history(town: Town, seat: Seat) -> None:
    admin = seat(town.place.accounts[Role.ADMIN])
    wish = {"value": "9", "valid_from": "2026-03-10", "reason": "试行", "seen": seen(admin, ACCEPT)}
    assert admin.sends(ACCEPT, wish).status_code == 303
    [withdraw] = re.findall(r'action="/console(/settings/changes/\w+/withdraw)"', admin.opens(ACCEPT).text)
    assert "9 个工作日" in admin.opens("/settings").text, "what is coming, with its date"
    assert seat(town.place.accounts[Role.DISTRICT]).sends(withdraw).status_code == 303
    assert admin.sends(withdraw).status_code == 409
    assert "已撤回" in admin.opens(ACCEPT).text and "9 个工作日" not in admin.opens("/settings").text
    again = wish | {"seen": seen(admin, ACCEPT), "value": "4"}
    assert admin.sends(ACCEPT, again).status_code == 303, "the same day is free again"
    later = dt.datetime(2026, 3, 10, 1, tzinfo=dt.UTC)
    assert queries.load(db.session(), town.place.district_id, at=later)["deadlines.accept_wd"] == 4


def test_a_document_is_superseded_once(town: Town, seat: Seat) -> None:
    office = seat(town.place.accounts[Role.DISTRICT])
    office.sends("/settings/policies", POLICY)
    [old] = re.findall(r'id="policy-(\w{26})"', office.opens("/settings/policies").text)
    newer = POLICY | {"number": "雁常办〔2026〕9号", "valid_from": "2026-06-01", "supersedes_id": old}
    assert office.sends("/settings/policies", newer | {"valid_from": "2026-03-01"}).status_code == 422
    assert office.sends("/settings/policies", newer).status_code == 303
    assert office.sends("/settings/policies", newer).status_code == 409
    text = office.opens("/settings/policies").text
    assert "到5月31日" in text and "未施行" in text
    assert office.sends(f"/settings/policies/{old}/end", {"last_day": "2026-04-01"}).status_code == 409


def test_words_change_for_what_comes_and_stay_for_what_was(town: Town, seat: Seat) -> None:
    """Reasons, categories, standard texts: what was answered keeps its words."""
    office, clerk = seat(town.place.accounts[Role.DISTRICT]), town.role(Role.STATION_CLERK)
    first = town.submits(town.guest())
    head = town.role(Role.STATION_HEAD)
    head.does(first["id"], "decline", reason_code="OUT_OF_AREA")
    path = "/settings/one/decline.OUT_OF_AREA"
    wish = {"title": "不是本区的事", "channel": "请拨打当地 12345。", "use": "on"}
    wish |= {"valid_from": "2026-03-02", "reason": "说得更明白"}
    assert office.sends(path, wish | {"seen": seen(office, path)}).status_code == 303
    second = town.submits(town.guest())
    head.does(second["id"], "decline", reason_code="OUT_OF_AREA")
    said = [str(clerk.sees(one["id"])["history"]) for one in (first, second)]
    assert "事项发生地不属于本区" in said[0] and "不是本区的事" in said[1] and "不是本区的事" not in said[0]
    town.wait(minutes=1)
    assert office.sends(path, wish | {"use": "off", "seen": seen(office, path)}).status_code == 303
    third = town.submits(town.guest())
    head.does(third["id"], "decline", 422, reason_code="OUT_OF_AREA")
    new = {"title": "智慧路灯", "words": "路灯、灯杆", "valid_from": "2026-03-02"}
    assert office.sends("/settings/categories", new).status_code == 303
    assert office.sends("/settings/categories", new).status_code == 422
    road = town.place.categories["道路交通"]
    ends = {"use": "off", "valid_from": "2026-03-02", "reason": "改了说法", "seen": "0.0"}
    assert office.sends(f"/settings/categories/{road}/use", ends | {"use": "on"}).status_code == 422
    assert office.sends(f"/settings/categories/{road}/use", ends).status_code == 303
    assert office.sends(f"/settings/categories/{road}/words", {"words": "路", "before": "灯"}).status_code == 409
    town.submits(town.guest(), expect=422)
    assert clerk.sees(first["id"])["category"]["title"] == "道路交通"
    text = {"title": "谢谢", "text": "感谢您的反映。", "action": "decline", "valid_from": "2026-03-02"}
    assert "示例事项" in office.sends("/settings/texts/look", text).text
    assert office.sends("/settings/texts", text).status_code == 303
    [gone] = re.findall(r'action="/console(/settings/texts/\w+/use)"', office.opens("/settings/texts").text)
    assert [one["title"] for one in clerk.get("/standard-texts?action=decline")["items"]] == ["谢谢"]
    assert office.sends(gone, ends).status_code == 303
    assert clerk.get("/standard-texts")["items"] == []


def test_a_notice_is_checked_against_the_fields_of_wechat(town: Town, seat: Seat) -> None:
    office = seat(town.place.accounts[Role.ADMIN])
    path = "/settings/templates/task.subscription"
    wish = {"id": "real-1", "kind": "once", "fields": "thing1=title", "valid_from": "2026-03-09", "reason": "换新模板"}
    wish["seen"] = "0.0"
    assert "phrase9" in office.sends(path, wish | {"fields": "phrase9=number", "_name": "template-1"}).text
    assert office.sends(path, wish | {"fields": "wrong1=title"}).status_code == 422
    looked = office.sends(f"{path}/look", wish).text
    assert "待处理：待受理" in looked and "还没有保存" in looked
    assert office.sends(path, wish).status_code == 303
    assert "real-1" in office.opens("/settings/templates").text
    assert cheap(office, "/settings/templates", "/settings/texts", "/settings/categories", "/settings/holidays")


def test_a_changed_calendar_moves_the_deadlines_that_run(town: Town, seat: Seat) -> None:
    """Two workdays from Monday: with Tuesday a holiday they end on Thursday; what is overdue stays (rulebook §11)."""
    old = town.submits(town.guest())
    town.wait(days=7)
    office = seat(town.place.accounts[Role.DISTRICT])
    running = [town.submits(town.guest()) for _ in range(2)]
    town.role(Role.STATION_CLERK).does(running[1]["id"], "ask_info", text="哪一盏灯？")
    table = {"year": "2026", "days": "2026-03-10,休\n2026/3/14 班", "source": "国办发明电〔2026〕1号", "seen": ""}
    looked = office.sends("/settings/holidays/look", table).text
    assert "3月11日" in looked and "3月12日" in looked and "1 件" in looked
    assert last_day(town, running[0]["receipt_code"]) == "2026-03-11", "only looked"
    assert office.sends("/settings/holidays", table | {"days": "元旦放假"}).status_code == 422
    assert office.sends("/settings/holidays", table).status_code == 303
    assert last_day(town, running[0]["receipt_code"]) == "2026-03-12"
    assert last_day(town, old["receipt_code"]) == "2026-03-04"
    moved = db.session.get_one(Issue, running[0]["id"])
    assert moved.reminder_at is not None and moved.reminder_at > town.clock.now
    town.holder(running[1]["receipt_code"]).does("", "supplement", text="校门口第一盏")
    assert last_day(town, running[1]["receipt_code"]) == "2026-03-12", "a stopped clock too"
    assert office.sends("/settings/holidays", table).status_code == 409, "somebody entered it meanwhile"
    assert "还没有录入" not in office.opens("/settings/holidays").text
    town.wait(days=245)
    assert "还没有录入 2027" in seat(town.place.accounts[Role.DISTRICT]).opens("/settings").text


def test_days_nobody_means_break_no_page(town: Town, seat: Seat) -> None:
    office = seat(town.place.accounts[Role.DISTRICT])
    for path in ("/settings/holidays?year=abc", "/audit?until=9999-12-31", "/audit/reveals?since=0001-01-01"):
        assert office.opens(path).status_code == 200, path
    filed = {"received_at": "0001-01-01T00:00", "content": "路灯坏了", "_name": "counter"}
    taken = office.sends("/audit/taken", {"until": "9999-12-31", "reason": "年度检查"})
    assert taken.status_code == 200
    taken.close()
    clerk = seat(town.place.accounts[Role.STATION_CLERK])
    assert clerk.sends("/counter", filed).status_code == 422


def test_the_logs_say_who_did_what_and_taking_them_is_one_more_line(town: Town, world: World, seat: Seat) -> None:
    """Auditors see logs, not contents (rulebook §12)."""
    office, auditor = seat(town.place.accounts[Role.DISTRICT]), seat(town.place.accounts[Role.AUDITOR])
    issue = town.submits(
        town.role(Role.RESIDENT), anonymity="station_only", contact={"name": "王某", "phone": "13800138000"}
    )
    town.role(Role.STATION_HEAD).post(f"/issues/{issue['id']}/reveal", {"reason": "需要上门核实"})
    wish = {"value": "3", "valid_from": "2026-03-02", "reason": "常委会决定", "seen": seen(office, ACCEPT)}
    office.sends(ACCEPT, wish)
    page = auditor.opens("/audit?group=settings&since=2026-03-02").text
    assert "受理 → 3 个工作日" in page and "常委会决定" in page
    assert "没有符合的日志" in auditor.opens("/audit?group=settings&until=2026-03-01").text
    looks = auditor.opens("/audit/reveals").text
    assert "需要上门核实" in looks and issue["number"] in looks and "王某" not in looks
    trail = auditor.opens(f"/audit/seen?number={issue['number'].lower()}").text
    assert "需要上门核实" in trail and "站长" in trail and "王某" not in trail
    assert "当天第一次打开" not in trail
    seat(town.place.accounts[Role.STATION_CLERK]).opens(f"/issues/{issue['id']}")
    assert "当天第一次打开" in auditor.opens(f"/audit/seen?number={issue['number']}").text
    abroad = seat(world.b.accounts[Role.AUDITOR]).opens(f"/audit/seen?number={issue['number']}").text
    assert "没有这个编号的事项" in abroad and "需要上门核实" not in abroad
    taken = auditor.sends("/audit/taken", {"group": "settings", "since": "2026-03-02", "reason": "年度检查"})
    assert "常委会决定" in taken.text and "导出日志" not in taken.text
    seat(town.place.accounts[Role.STATION_HEAD]).opens(f"/issues/{issue['id']}/sheet.pdf").close()
    log = auditor.opens("/audit?group=taken").text
    assert "年度检查" in log and "下载处理单" in log and issue["number"] in log
    taken.close()
    other = auditor.sends("/audit/reveals/taken", {"reason": "年度检查"})
    assert "需要上门核实" in other.text
    other.close()
    assert auditor.sends("/audit/taken", {"reason": " "}).status_code == 422
    assert auditor.opens("/audit?cursor=x").status_code == 422
    assert "没有核对过" in auditor.opens("/audit/ledger").text
    db.session.add(LedgerCheck(at=town.clock.now, entries=9, unlinked=0, faults=2))
    assert "2 处异常" in auditor.opens("/audit/ledger").text
    assert cheap(auditor, "/audit", f"/audit/seen?number={issue['number']}", "/audit/reveals", "/audit/ledger")
    titles = [one["title"] for one in town.role(Role.AUDITOR).get("/access-events")["items"]]
    assert "修改参数" in titles and "导出日志" in titles


def test_a_setting_is_not_saved_into_an_import_and_nobody_waits_for_its_end(
    town: Town, seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An import of many lines holds the district for as long as it writes; what was typed is kept meanwhile."""
    monkeypatch.setattr(territory, "PATIENCE", dt.timedelta(milliseconds=50))
    office, district_id = seat(town.place.accounts[Role.DISTRICT]), town.place.district_id
    wish = {"value": "3", "valid_from": "2026-03-02", "reason": "常委会决定事项", "seen": seen(office, ACCEPT)}
    words = {"words": "卖假药", "before": "", "reason": "有人发广告"}
    if db.engine.dialect.name == "postgresql":  # SQLite's writers wait for one another before a page begins
        with Session(db.engine) as importing:
            territory.lock_district(importing, district_id)
            ends = threading.Timer(30, importing.rollback)  # whoever waits for its end all the same is seen, not stuck
            ends.start()
            refused = office.sends(ACCEPT, wish | {"_name": "change"})
            listed = office.sends("/reviews/words/content.review_words", words | {"_name": "words-1"})
            files, started = {"": ("名册.xlsx", b"PK")}, {"account_id": "a", "now": town.clock.now}
            with pytest.raises(Conflict):
                imports.begin(db.session(), district_id=district_id, kind=Kind.ROSTER, files=files, **started)
            db.session.rollback()
            ends.cancel()
        assert refused.status_code == 503 and "正在导入名单" in refused.text and "常委会决定事项" in refused.text
        assert listed.status_code == 503 and "卖假药" in listed.text
    assert office.sends(ACCEPT, wish).status_code == 303
