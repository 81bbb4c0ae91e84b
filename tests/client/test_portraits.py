"""A deputy's photo on phones: sent, looked at by the station, seen by whoever scans; without it, the first letter."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests
from playwright.sync_api import expect

from service.accounts.roles import Role
from tests.bad_days.processes import eventually
from tests.client.conftest import Pick
from tests.client.habits import forgives, signs_in
from tests.uploads import album
from tests.world import Place

pytestmark = pytest.mark.browser


def test_a_deputy_sends_it_the_station_looks_and_whoever_scans_sees_it(
    pick_up: Pick, town: Place, tmp_path: Path
) -> None:
    deputy, head, resident = pick_up(), pick_up(), pick_up()
    picture = tmp_path / "IMG_1.jpg"
    picture.write_bytes(album.jpeg())
    signs_in(deputy, town.deputy_accounts[town.primary])
    deputy.taps_on("to-portraits")
    with deputy.page.expect_file_chooser() as chooser:
        deputy.taps_on("choose")
    chooser.value.set_files(picture)
    expect(deputy.sees("portrait-waiting")).to_contain_text("等联络站查看")
    expect(deputy.page.locator('[data-test="publish"]')).to_have_count(0)

    signs_in(head, town.accounts[Role.STATION_HEAD])
    told = head.page.get_by_text("代表照片等您查看")

    def looks_at_messages() -> int:
        head.opens("/m/?n#/pages/notices/index")
        head.page.wait_for_load_state("networkidle")
        return told.count()

    eventually(looks_at_messages, 30, "the message that a photo waits")
    told.first.tap()
    waiting = head.page.locator(f'[data-test="portrait-{town.primary}"]')
    expect(waiting.locator("img")).to_be_visible(timeout=30_000)
    waiting.locator('[data-test="publish"]').tap()
    expect(waiting.locator('[data-test="portrait-shown"]')).to_be_visible()

    resident.opens(f"/s/{town.grid_code}")
    expect(resident.page.locator('img[alt$="的照片"]').first).to_be_visible()
    resident.taps_on("see-deputy")
    expect(resident.sees("deputy-card").locator("img")).to_be_visible()
    resident.page.route("**/photo?v=*", lambda route: route.abort())
    resident.opens(f"/m/?again#/pages/deputy/detail?id={town.primary}")
    expect(resident.sees("deputy-card").locator("img")).to_have_count(0)
    resident.page.goto("about:blank")  # whatever that page still had to say is said
    forgives(resident, "ERR_FAILED")

    deputy.page.reload()
    deputy.taps_on("remove")
    deputy.taps_on("yes")
    expect(deputy.page.get_by_text("还没有照片")).to_be_visible()
    scan = f"{resident.base_url}/api/v1/scan/{town.grid_code}"
    eventually(lambda: resident.page.request.get(scan).json()["deputy"]["photo_url"] is None, 30, "the card without it")

    card = f"{resident.base_url}/api/v1/deputies/{town.primary}"

    def every_server_has_forgotten() -> bool:
        """Each server process remembers cards for seconds, and each new connection may meet another one."""
        return all(requests.get(card, timeout=10).json()["photo_url"] is None for _ in range(12))

    eventually(every_server_has_forgotten, 30, "no process that still names it")
