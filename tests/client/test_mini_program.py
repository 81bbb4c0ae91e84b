"""The mini-program running, in what is not WeChat: journeys of both platforms stand in test_journeys.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Route

from tests.client.conftest import Pick
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
