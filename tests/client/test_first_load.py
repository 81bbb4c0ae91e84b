"""The first page asks the server as little as it can: a scan is counted, and a slow network is paid by the question."""

from __future__ import annotations

import pytest

from tests.client.conftest import Pick
from tests.world import Place

pytestmark = pytest.mark.browser


def test_a_scan_is_asked_for_once_and_before_the_app_is_here(pick_up: Pick, town: Place) -> None:
    hands = pick_up()
    asked: list[str] = []
    hands.page.on("request", lambda request: asked.append(request.url.removeprefix(hands.base_url)))
    hands.page.route("**/assets/frame*", lambda route: route.abort())
    with hands.page.expect_response("**/api/v1/scan/**"):
        hands.opens(f"/s/{town.grid_code}")
    hands.trouble.clear()  # a browser calls what was aborted an error
    hands.page.unroute("**/assets/frame*")
    asked.clear()
    hands.opens(f"/s/{town.grid_code}")
    hands.sees("report")
    hands.page.wait_for_load_state("networkidle")
    assert [url for url in asked if "/scan/" in url] == [f"/api/v1/scan/{town.grid_code}"]
