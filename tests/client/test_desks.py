"""A morning at four desks in a real browser: the counter's paper, the unit's signature, its leader's, the reviewer's word."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from service.accounts.roles import Role
from service.bootstrap import utc_now
from service.calendar.workdays import local_date
from service.issues.lifecycle import Action
from service.issues.models import Issue
from tests.bad_days.processes import RealInstance, eventually
from tests.client.conftest import Rows, Sit
from tests.client.desks import clean, printed, take
from tests.uploads.album import jpeg
from tests.world import Place

pytestmark = pytest.mark.browser


def test_from_the_counter_to_the_leaders_signature(
    instance: RealInstance, town: Place, sit: Sit, rows: Rows, tmp_path: Path
) -> None:
    base = instance.base_url
    picture = tmp_path / "lamp.jpg"
    picture.write_bytes(jpeg())
    clerk = sit(town.accounts[Role.STATION_CLERK])
    clerk.goto(base + "/console/counter")
    clerk.evaluate("for (const form of document.forms) form.noValidate = true")
    clerk.get_by_role("button", name="登记并打印回执").click()
    expect(clerk.get_by_role("alert")).to_contain_text("反映的内容：")  # what is missing is named as its field is
    clerk.get_by_label("反映的内容").fill("老年活动室的楼梯扶手松了，加微信也没人回")
    expect(clerk.locator("#look")).to_contain_text("需要人工确认", timeout=15_000)
    clerk.get_by_label("照片").set_input_files(picture)
    expect(clerk.get_by_label("第 1 张已收到")).to_be_checked()
    clerk.get_by_label("姓名或称呼").fill("王大爷")
    clerk.get_by_role("button", name="登记并打印回执").click()
    expect(clerk).to_have_url(re.compile("/console/counter$"))
    assert clerk.locator("[aria-label^='回执 ']").count() == 0, "the browser asks for the spoken consent first"
    clean(clerk, "counter")
    clerk.get_by_label("本人口头同意登记").check()
    clerk.get_by_role("button", name="登记并打印回执").click()
    paper = clerk.locator("[aria-label^='回执 ']")
    expect(paper).to_contain_text(re.compile(r"(?:[0-9A-Z]{4}-){4}[0-9A-Z]{4}"))
    number = str(paper.get_attribute("aria-label")).split(" ")[1]
    clean(clerk, "receipt")
    clerk.emulate_media(media="print")
    assert clerk.locator(".top").is_hidden() and clerk.get_by_role("button", name="打印").count() == 0
    [(width, height, words)] = printed(clerk)
    assert (width, height) == (105, 148), "A6, and all of it on the one slip"
    code, rating = paper.locator("dd.code").all_inner_texts()
    assert all(word in words for word in (number, code, rating, "评价码不要告诉别人", "丢了不能补"))
    _reviewer_lets_it_pass(sit(town.accounts[Role.REVIEWER]), base, number)
    issue_id = _reaches_the_unit(town, number, rows)
    unit = sit(town.accounts[Role.UNIT_CLERK], phone=True)
    unit.goto(base + "/console/unit")
    unit.get_by_label(f"选择 {number}").check()
    clean(unit, "unit on a phone")
    unit.get_by_role("button", name="签收勾选的").click()
    expect(unit.get_by_text("已签收 1 件")).to_be_visible()
    with rows() as session:
        done = {
            "text": "重新固定了扶手并检查了整段楼梯",
            "done_on": local_date(utc_now()).isoformat(),
            "person": "李师傅",
        }
        take(session, town.accounts[Role.UNIT_CLERK], issue_id, Action.SUBMIT_RESULT, **done)
    leader = sit(town.accounts[Role.UNIT_LEADER])
    leader.goto(base + "/console/unit")
    one = leader.get_by_role("article", name=number)
    expect(one).to_contain_text("重新固定了扶手")
    expect(one).to_contain_text("没有照片")
    clean(leader, "to sign")
    one.get_by_role("button", name="签发").click()
    leader.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(leader.get_by_text("已经签发")).to_be_visible()
    with rows() as session:
        assert session.get_one(Issue, issue_id).signed_off_at is not None


def test_the_office_looks_before_it_decides(instance: RealInstance, town: Place, sit: Sit) -> None:
    """A deadline, the holidays and the logs, at a desk and on a phone; two forms about one deadline, and no word is lost."""
    place = instance.base_url + "/console/settings/one/deadlines.rehandle_wd"
    office, other = sit(town.accounts[Role.DISTRICT]), sit(town.accounts[Role.ADMIN], phone=True)
    for page in (office, other):
        page.goto(place)
        page.get_by_label("新的值（个工作日）").fill("12")
        page.get_by_label("为什么修改").fill("常委会决定延长")
        page.get_by_role("button", name="先看看会怎样").click()
        expect(page.get_by_role("heading", name="这样改会怎样")).to_be_visible()
        clean(page, "one parameter")
    office.get_by_role("button", name="保存修改").click()
    expect(office.get_by_text("已经保存，已经生效")).to_be_visible()
    other.get_by_role("button", name="保存修改").click()
    expect(other.get_by_text("刚刚有人改过")).to_be_visible()
    expect(other.get_by_label("为什么修改")).to_have_value("常委会决定延长")
    paths = ("", "/policies", "/categories", "/reasons", "/texts", "/templates", "/holidays")
    for path in (*(f"/settings{one}" for one in paths), "/audit", "/audit/ledger"):
        for page in (office, other):
            page.goto(f"{instance.base_url}/console{path}")
            clean(page, path)


def _reviewer_lets_it_pass(page: Page, base: str, number: str) -> None:
    def waits() -> bool:
        page.goto(base + "/console/reviews")
        return page.get_by_label(f"选择 {number}").count() > 0

    eventually(waits, 30, "the text in the reviewer's queue")
    one = page.get_by_role("article").filter(has_text=number)
    expect(one.locator("mark", has_text="加微信")).to_be_visible()
    clean(page, "reviews")
    page.get_by_label(f"选择 {number}").check()
    page.get_by_role("button", name="通过勾选的", exact=True).click()
    expect(page.get_by_text("已通过 1 件")).to_be_visible()


def _reaches_the_unit(town: Place, number: str, rows: Rows) -> str:
    """Accepted and given to a unit, as others do on other pages."""
    with rows() as session:
        issue = session.query(Issue).filter(Issue.number == number).one()
        assert issue.state == "pending_accept" and issue.photo_count == 1
        take(session, town.accounts[Role.STATION_CLERK], issue.id, Action.ACCEPT)
        take(session, town.accounts[Role.TOWNSHIP], issue.id, Action.ASSIGN, unit_id=town.township_unit)
        return str(issue.id)


def test_a_new_term_is_previewed_before_anything_changes(instance: RealInstance, town: Place, sit: Sit) -> None:
    district = town.accounts[Role.DISTRICT]
    page = sit(district)
    page.goto(instance.base_url + "/console/terms")
    clean(page, "new term")
    page.get_by_label("哪一级代表").select_option("TOWN")
    page.get_by_label("哪个镇 （选填）").select_option(town.township)
    page.get_by_label("第几届").fill("20")
    page.get_by_label("新一届从哪天起").fill(local_date(utc_now()).isoformat())
    page.get_by_label("或者在这里填写名单").fill(
        f"姓名\t级别\t镇街\n柏二\t镇\t{town.township}\n牛新\t镇\t{town.township}\n"
    )
    page.get_by_role("button", name="核对并预览").click()
    expect(page.get_by_role("heading", name="代表会怎样")).to_be_visible(timeout=30_000)
    expect(page.locator("#fresh + p")).to_have_text("牛新")
    expect(page.locator("#stay + p")).to_have_text("柏二")
    clean(page, "preview")
    phone = sit(district, phone=True)
    phone.goto(page.url)
    clean(phone, "preview on a phone")
    phone.goto(instance.base_url + "/console/terms")
    clean(phone, "new term on a phone")
    page.get_by_role("button", name="放弃").click()
    page.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(page.get_by_text("已放弃，什么也没有写入")).to_be_visible()


def test_an_end_ahead_is_taken_back_and_a_notice_is_looked_at_before_it_is_worded(
    instance: RealInstance, town: Place, sit: Sit
) -> None:
    base, tomorrow = instance.base_url + "/console/settings", local_date(utc_now()) + dt.timedelta(days=1)
    page = sit(town.accounts[Role.DISTRICT], phone=True)
    page.goto(base + "/categories")
    one = page.locator("tr", has_text="文化体育")
    one.get_by_text("停用", exact=True).first.click()
    one.get_by_label("从哪一天起").fill(tomorrow.isoformat())
    one.get_by_label("为什么").fill("试行新的分类")
    clean(page, "an end ahead")
    one.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("已经保存，")).to_contain_text("起停用")
    clean(page, "what is coming")
    one.get_by_role("button", name="撤回").click()
    page.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(page.get_by_text("已经撤回，这次修改不会生效")).to_be_visible()
    page.goto(base + "/notices")
    page.get_by_role("link", name="热点事项").click()
    page.get_by_label("正文").fill("{人数} 人反映同一件事，请一起回应。")
    page.get_by_label("为什么修改").fill("说得短一点")
    page.get_by_role("button", name="先看看会怎样").click()
    expect(page.get_by_text("12 人反映同一件事，请一起回应。").first).to_be_visible()
    clean(page, "a notice looked at")
