"""我也遇到: a neighbour joins instead of repeating, learns how it goes, is told, and says whether it helped (§9.1, §11)."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.bad_days.processes import eventually
from tests.client.conftest import Pick
from tests.client.habits import signs_in, until_state, writes
from tests.client.hands import Hands
from tests.world import Place

pytestmark = pytest.mark.browser
MATTER = "滨河路第三个公交站的站牌被车撞歪了，看不清线路"
WHO, ANSWER, WHY = "王桂花", "已经请公交公司周三来换站牌，换好我去看。", "换了一块，还是歪的"


def test_a_neighbour_joins_sees_how_it_goes_is_told_and_says_whether_it_helped(pick_up: Pick, town: Place) -> None:
    first, neighbour, deputy = pick_up(), pick_up(), pick_up()
    writes(first, town, MATTER)
    first.types("name", WHO)
    first.taps_on("submit")
    first.is_on("receipt")
    number = first.texts("number")
    first.taps_on("see")
    until_state(first, "待受理")

    _joins(neighbour, town, number)
    neighbour.sees(f"issue-{number}").tap()
    expect(neighbour.sees("state")).to_contain_text("待受理")
    expect(neighbour.sees("steps")).to_have_attribute("aria-label", "第 2 步，共 6 步：登记")
    for not_theirs in ("action-withdraw", "urge", "action-rate_as_follower"):
        expect(neighbour.page.locator(f'[data-test="{not_theirs}"]:visible')).to_have_count(0)
    assert WHO not in (shown := neighbour.texts("page-issue")) and "站牌" not in shown, "what somebody else wrote"

    signs_in(deputy, town.deputy_accounts[town.primary])
    expect(deputy.finds(number)).to_contain_text("1 人也遇到")
    deputy.finds(number).tap()
    for mark in ("action-accept", "yes", "action-answer"):
        deputy.taps_on(mark)
    deputy.types("field-text", ANSWER)
    deputy.taps_on("send-form")
    deputy.taps_on("send")
    expect(deputy.sees("state")).to_contain_text("已反馈")

    _is_told_of(neighbour, number)
    expect(neighbour.sees("state")).to_contain_text("已反馈")
    expect(neighbour.sees("last-word")).to_have_text(ANSWER)
    neighbour.taps_on("action-rate_as_follower")
    neighbour.taps_on("result-DISSATISFIED")
    neighbour.taps_on("send-form")
    expect(neighbour.page.get_by_text("请填写这一项。").first).to_be_visible()
    neighbour.types("field-reason", WHY)
    neighbour.taps_on("send-form")
    expect(neighbour.sees("own-rating")).to_have_text(f"不满意：{WHY}")
    expect(neighbour.sees("state")).to_contain_text("已反馈")  # the one who wrote it decides

    deputy.page.reload()
    expect(deputy.sees("joined-rating")).to_contain_text(WHY)
    until_state(first, "已反馈")
    assert WHY not in first.texts("page-issue")
    first.taps_on("action-rate")
    first.taps_on("result-SATISFIED")
    first.taps_on("send-form")
    expect(first.sees("state")).to_contain_text("已办结")
    until_state(neighbour, "已办结")


def _joins(hands: Hands, town: Place, number: str) -> None:
    """Types the same trouble, and need not send it."""
    posted: list[str] = []
    hands.page.on("request", lambda one: one.method == "POST" and posted.append(urlsplit(one.url).path))
    hands.opens(f"/s/{town.grid_code}")
    hands.taps_on("report")
    hands.types("content", MATTER)
    hands.taps_on("me-too")
    hands.taps_on("yes")
    hands.is_on("mine")
    expect(hands.sees(f"issue-{number}")).to_contain_text("待受理")
    assert "/api/v1/issues/follow" in posted and "/api/v1/issues" not in posted
    hands.opens("/m/?again#/pages/issue/new")
    expect(hands.sees("content").locator("textarea")).to_have_value("")
    hands.opens("/m/?mine#/pages/issue/mine")


def _is_told_of(hands: Hands, number: str) -> None:
    """Looks at the messages until one is about it, and opens it."""

    def told() -> bool:
        hands.opens("/m/#/pages/notices/index")
        hands.page.reload()
        hands.sees("page-notices")
        hands.page.wait_for_load_state("networkidle")
        return mine.count() > 0

    mine = hands.page.locator('[data-test^="notice-"]:visible').filter(has_text=number)
    eventually(told, 30, "a message about the answer")
    mine.first.tap()
    hands.is_on("issue")
