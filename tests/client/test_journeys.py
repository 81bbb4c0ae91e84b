"""The main path in a real browser against a real instance: scan, say it, deputy answers, resident rates (contract)."""

from __future__ import annotations

import re
import time

import pytest
import requests
from playwright.sync_api import Browser, expect

from tests.bad_days.processes import SAID, RealInstance
from tests.client.conftest import Pick
from tests.client.habits import says_it, signs_in, until_state
from tests.client.hands import Hands
from tests.world import Place

pytestmark = pytest.mark.browser
MOST_TAPS = 6
A_MINUTE = 60.0
TYPED_PER_SECOND = 1.5
"""Characters: a slow thumb. Our typing takes no time, theirs is counted."""
ANSWER = "已经请供电所当晚更换灯泡，我明天去看，修好了给您回话。"


def test_a_stranger_scans_and_submits_in_six_taps_a_deputy_answers_and_the_resident_rates(
    pick_up_either: Pick, town: Place
) -> None:
    resident, deputy = pick_up_either(), pick_up_either()
    began = time.monotonic()
    code = says_it(resident, town)
    assert len(code) == 20
    assert resident.taps <= MOST_TAPS
    assert time.monotonic() - began + len(SAID) / TYPED_PER_SECOND <= A_MINUTE
    number = resident.texts("number")
    resident.taps_on("see")
    until_state(resident, "待受理")
    expect(resident.sees("steps")).to_have_attribute("aria-label", "第 2 步，共 6 步：登记")

    signs_in(deputy, town.deputy_accounts[town.primary])
    deputy.finds(number).tap()
    expect(deputy.sees("content")).to_have_text(SAID)
    expect(deputy.page.locator('[data-test="steps"]')).to_have_count(0)
    deputy.taps_on("action-accept")
    deputy.taps_on("yes")
    deputy.taps_on("action-answer")
    deputy.types("field-text", ANSWER)
    deputy.taps_on("send-form")
    expect(deputy.sees("letter")).to_have_text(ANSWER)
    deputy.taps_on("send")
    expect(deputy.sees("state")).to_contain_text("已反馈")

    until_state(resident, "已反馈")
    expect(resident.sees("last-word")).to_have_text(ANSWER)  # read before it is rated
    resident.taps_on("action-rate")
    resident.taps_on("result-SATISFIED")
    resident.taps_on("send-form")
    expect(resident.sees("state")).to_contain_text("已办结")
    expect(resident.sees("steps")).to_have_attribute("aria-label", "6 步都走完了")


def test_without_a_network_the_matter_waits_on_the_phone_and_is_sent_once_when_it_returns(
    pick_up: Pick, town: Place
) -> None:
    hands = pick_up()
    hands.opens(f"/s/{town.grid_code}")
    hands.taps_on("report")
    hands.types("content", "河边的护栏断了两根，晚上走路很危险")
    hands.taps_on("anonymity-receipt_only")
    hands.taps_on("privacy")
    expect(hands.page.locator("html[data-pages=here]")).to_have_count(1)
    hands.page.wait_for_load_state("networkidle")
    hands.context.set_offline(True)
    hands.taps_on("submit")
    hands.is_on("mine")
    hands.sees("queued-waiting")
    hands.sees("waiting")
    expect(hands.page.locator("uni-page:visible").get_by_text("现在没有网络。可以继续写")).to_be_visible()
    hands.trouble.clear()  # a browser calls a cut network an error; ours is to go on
    hands.context.set_offline(False)
    expect(hands.page.locator('[data-test="queued-waiting"]')).to_have_count(0, timeout=20_000)
    looks: list[str | None] = []
    hands.page.on("request", lambda one: "/receipts/" in one.url and looks.append(one.header_value("authorization")))
    hands.page.reload()
    kept = hands.page.locator('[data-test^="kept-"]')
    expect(kept).to_have_count(1)
    expect(kept).to_contain_text(re.compile("内容审核中|待受理"))  # by its code alone: no token goes along
    assert looks == [None]


def test_what_was_typed_survives_a_killed_app(pick_up: Pick, town: Place) -> None:
    hands = pick_up()
    hands.opens(f"/s/{town.grid_code}")
    hands.taps_on("report")
    hands.types("content", "小区门口的井盖松了，车一过就响")
    hands.types("place", "幸福小区东门")
    hands.taps_on(f"category-{town.categories['消防与公共安全']}")  # the suggestion was another: one tap corrects it
    hands.page.close()
    again = Hands(hands.context, hands.base_url)
    again.opens(f"/s/{town.grid_code}")
    again.taps_on("report")
    expect(again.sees("content").locator("textarea")).to_have_value("小区门口的井盖松了，车一过就响")
    expect(again.sees("place").locator("input")).to_have_value("幸福小区东门")
    expect(again.page.get_by_text("消防与公共安全")).to_be_visible()
    again.assert_no_trouble()


def test_what_is_missing_is_said_and_nothing_is_sent(pick_up: Pick, town: Place) -> None:
    hands = pick_up()
    hands.opens(f"/s/{town.grid_code}")
    hands.taps_on("report")
    hands.types("content", "路")
    hands.taps_on("submit")
    hands.is_on("write")
    for sentence in ("至少 5 个字", "请选择一项", "请先阅读并同意隐私政策"):
        expect(hands.page.get_by_text(sentence).first).to_be_visible()


def test_danger_is_asked_about_before_anything_is_sent(pick_up: Pick, town: Place) -> None:
    hands = pick_up()
    hands.opens(f"/s/{town.grid_code}")
    hands.taps_on("report")
    hands.types("content", "楼道里有很浓的煤气味，像是燃气泄漏")
    hands.taps_on("anonymity-receipt_only")
    hands.taps_on("privacy")
    hands.taps_on("submit")
    expect(hands.page.get_by_text("拨打 119").first).to_be_visible()
    hands.taps_on("no-danger")
    hands.is_on("receipt")


def test_an_unknown_code_says_what_to_do_next_and_is_reported_with_the_code_written_in(
    pick_up: Pick, instance: RealInstance
) -> None:
    hands = pick_up()
    hands.opens("/m/?s=AAAAAAAAAA")
    expect(hands.page.get_by_text("没有找到这个码")).to_be_visible()
    hands.sees("find")
    hands.taps_on("report-code")
    said = hands.sees("feedback-text").locator("textarea")
    expect(said).to_have_value(re.compile("AAAAAAAAAA\\n在哪里看到的"))
    hands.page.reload()
    expect(said).to_have_value(re.compile("^[^A]*A{10}[^A]*$"))
    assert any("404" in line for line in hands.trouble)
    hands.trouble.clear()


def test_a_phone_without_script_or_too_old_for_ours_gets_the_plain_page(
    browser: Browser, instance: RealInstance, town: Place
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{instance.base_url}/s/{town.grid_code}")
    # Emulated, the browser still hides what stands in <noscript>; what it says is where a person goes.
    assert '<a href="/s/">' in page.locator("noscript").inner_html().replace("&lt;", "<").replace("&gt;", ">")
    page.goto(f"{instance.base_url}/s/")
    page.locator("#code").fill(town.grid_code)
    page.get_by_role("button", name="核对").click()
    expect(page.get_by_text("核对真伪")).to_be_visible()
    context.close()
    answer = requests.get(f"{instance.base_url}/m/static/h5/old.js", timeout=10)
    assert answer.status_code == 200 and "plain=1" in answer.text and "=>" not in answer.text


def test_in_the_elder_version_one_question_is_asked_per_screen(pick_up: Pick, town: Place) -> None:
    hands = pick_up()
    hands.opens(f"/s/{town.grid_code}")
    hands.taps_on("elder")
    hands.taps_on("report")
    hands.types("content", "菜市场门口的台阶太高，老人上不去")
    assert not hands.page.locator('[data-test="submit"]:visible').count()
    for asked in ("add-photo", "here", "anonymity-receipt_only"):
        hands.taps_on("next")
        assert hands.sees(asked)
    hands.taps_on("anonymity-receipt_only")
    hands.taps_on("next")
    hands.taps_on("privacy")
    hands.taps_on("submit")
    hands.is_on("receipt")


def test_by_the_receipt_code_alone_another_phone_sees_it_and_may_withdraw_it(pick_up: Pick, town: Place) -> None:
    first, second = pick_up(), pick_up()
    code = says_it(first, town, "公交站台的雨棚漏水，下雨没处躲")
    second.opens("/m/#/pages/issue/mine")
    second.types("receipt", code.lower())
    second.taps_on("open-receipt")
    second.taps_on("action-withdraw")
    second.taps_on("send-form")
    expect(second.sees("state")).to_contain_text("已撤回")
