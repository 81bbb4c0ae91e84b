"""The first page asks the server as little as it can: a scan is counted, and a slow network is paid by the question."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.client.conftest import Pick
from tests.world import Place

pytestmark = pytest.mark.browser


def test_a_scan_is_asked_for_once_and_before_the_framework_is_here(pick_up: Pick, town: Place) -> None:
    hands = pick_up()
    asked: list[str] = []
    hands.page.on("request", lambda request: asked.append(request.url.removeprefix(hands.base_url)))
    held: list[Route] = []
    hands.page.route("**/assets/frame*", held.append)
    with hands.page.expect_request("**/api/v1/scan/**"):
        hands.page.goto(f"{hands.base_url}/s/{town.grid_code}", wait_until="commit")
    hands.page.unroute("**/assets/frame*")
    for one in held:
        one.continue_()
    hands.is_on("scan")
    expect(hands.sees("report")).to_be_visible()
    hands.page.wait_for_load_state("networkidle")
    assert [url for url in asked if "/scan/" in url] == [f"/api/v1/scan/{town.grid_code}"]
