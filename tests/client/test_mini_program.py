"""The mini-program running, in what is not WeChat: journeys of both platforms stand in test_journeys.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from devkit.mp_plugins import speech_version
from tests.client.conftest import Pick
from tests.client.habits import says_it, signs_in, until_state
from tests.client.hands import Hands
from tests.client.measures import too_small
from tests.world import Place

pytestmark = pytest.mark.browser


def test_what_the_runner_does_not_know_fails_whoever_calls_it(
    pick_up_mini: Pick, packed_mini_program: Path, town: Place
) -> None:
    hands = pick_up_mini()
    whole = (packed_mini_program / "package.js").read_text("utf-8")
    planted = whole.replace('"app":"', '"app":"wx.startBluetooth({});', 1)
    assert planted != whole

    def plant(route: Route) -> None:
        route.fulfill(body=planted, content_type="text/javascript")

    hands.context.route("**/mini/package.js", plant)
    hands.opens(f"/s/{town.grid_code}")
    hands.sees("report")
    assert [line for line in hands.trouble if "wx.startBluetooth is not there" in line]
    hands.trouble.clear()


def test_one_speaks_and_is_read_to_where_the_operator_named_wechats_plugin_and_nowhere_else(
    pick_up_mini: Pick, town: Place
) -> None:
    """Each screen of it is looked at with axe as the pages are, in light, dark and 长辈版."""
    hands = pick_up_mini()
    hands.context.add_init_script("window.WX_SAYS = '路灯坏了一个多月'; window.WX_REFUSES = ['scope.record']")
    hands.opens(f"/s/{town.grid_code}")
    hands.taps_on("report")
    hands.types("content", "小学门口")
    _looks_right(hands)
    if not speech_version():
        expect(hands.page.locator('[data-test^="speak-"]')).to_have_count(0)
        return
    hands.taps_on("speak-content")
    hands.sees("yes")
    _looks_right(hands)
    hands.taps_on("no")
    expect(hands.sees("spoken-content")).to_contain_text("可以打字")
    hands.taps_on("speak-content")
    hands.taps_on("yes")
    expect(hands.sees("spoken-content")).to_contain_text("没有允许使用话筒")
    _looks_right(hands)
    hands.page.evaluate("window.WX_REFUSES = []")
    hands.taps_on("open-settings")
    hands.taps_on("speak-content")
    expect(hands.sees("spoken-content")).to_contain_text("正在听")
    _looks_right(hands)
    hands.taps_on("speak-content")
    expect(hands.sees("content").locator("textarea")).to_have_value("小学门口，路灯坏了一个多月")
    hands.opens("/m/#/pages/settings/index")
    hands.taps_on("elder-check")
    _looks_right(hands, elder=True)
    hands.opens(f"/s/{town.grid_code}")
    hands.taps_on("report")
    expect(hands.sees("content").locator("textarea")).to_have_value("小学门口，路灯坏了一个多月")
    hands.taps_on("read-aloud")
    hands.sees("yes")
    _looks_right(hands, elder=True)
    hands.taps_on("yes")
    hands.page.wait_for_function("(window.WX_SPOKEN ?? []).join('').includes('路灯坏了一个多月')")
    _looks_right(hands, elder=True)


def _looks_right(hands: Hands, *, elder: bool = False) -> None:
    for colours in ("light", "dark"):
        hands.page.emulate_media(color_scheme=colours)
        hands.assert_clean()
    assert too_small(hands, elder=elder) == []


def test_a_deputy_passes_it_on_and_a_dissatisfied_holder_of_the_code_has_it_done_again(
    pick_up_mini: Pick, town: Place
) -> None:
    resident, first, second, holder = pick_up_mini(), pick_up_mini(), pick_up_mini(), pick_up_mini()
    code = says_it(resident, town, "小学围墙的砖松了，孩子们每天从旁边走")
    number = resident.texts("number")
    resident.taps_on("see")
    until_state(resident, "待受理")

    signs_in(first, town.deputy_accounts[town.primary])
    first.finds(number).tap()
    first.sees("state")
    if first.page.locator('[data-test="more-actions"]:visible').count():
        first.taps_on("more-actions")
    first.taps_on("action-reroute")
    first.types("field-reason", "围墙归另一位代表联系的片区")
    first.taps_on(f"deputy_id-{town.backup}")
    first.taps_on("send-form")
    first.page.wait_for_load_state("networkidle")

    signs_in(second, town.deputy_accounts[town.backup])
    second.finds(number).tap()
    for mark in ("action-accept", "yes", "action-answer"):
        second.taps_on(mark)
    second.types("field-text", "我已经看过，本周内补砌。")
    second.taps_on("send-form")
    second.taps_on("send")
    expect(second.sees("state")).to_contain_text("已反馈")

    holder.opens("/m/#/pages/issue/mine")
    holder.types("receipt", code.lower())
    holder.taps_on("open-receipt")
    holder.taps_on("action-rate")
    holder.taps_on("result-DISSATISFIED")
    holder.taps_on("send-form")
    expect(holder.page.get_by_text("请填写这一项。").first).to_be_visible()
    holder.types("field-reason", "只说了要补，还没有补")
    holder.taps_on("send-form")
    expect(holder.sees("state")).to_contain_text("重新办理")
