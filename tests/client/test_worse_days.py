"""More of a phone's bad days: two taps at once, a way back, a killed app, a HEIC, long and foreign words, a bad network."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image
from playwright.sync_api import Route, expect

from tests.bad_days.processes import RealInstance
from tests.client.conftest import Pick
from tests.client.habits import adds, all_here, forgives, routed, signs_in, writes
from tests.client.hands import Hands
from tests.uploads import album
from tests.world import Place

pytestmark = pytest.mark.browser
RIGHT_TO_LEFT = "كوچا چىرىغى بۇزۇلۇپ قالدى"
"""The street lamp is broken, in Uyghur, which is written from right to left."""
LONG_NAME = "阿卜杜热合曼·买买提明·依布拉音江·库尔班尼亚孜"
WANG = {"name": "王小花", "phone": "13800138000"}
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 20_000}


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("photos") / "IMG_7.jpg"
    path.write_bytes(album.jpeg())
    return path


def _sideways(hands: Hands) -> int:
    return int(hands.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def _made(client_url: str, content: str) -> int:
    engine = sa.create_engine(client_url)
    with engine.connect() as connection:
        count = sa.text("SELECT count(*) FROM issues WHERE content = :said")
        found = int(connection.execute(count, {"said": content}).scalar_one())
    engine.dispose()
    return found


def test_two_taps_at_once_make_one_matter_and_the_way_back_loses_no_word(
    pick_up: Pick, town: Place, client_url: str
) -> None:
    hands = pick_up()
    content = "幼儿园门口的减速带松动了，两次点提交也只有一件"
    writes(hands, town, content)
    hands.page.go_back()
    hands.is_on("scan")
    hands.page.go_forward()
    hands.is_on("write")
    expect(hands.sees("content").locator("textarea")).to_have_value(content)
    hands.page.go_back()
    hands.taps_on("report")
    expect(hands.sees("content").locator("textarea")).to_have_value(content)
    hands.taps_on("anonymity-named")
    if hands.sees("privacy").get_attribute("aria-checked") == "false":
        hands.taps_on("privacy")
    hands.sees("submit").dblclick()
    hands.is_on("receipt")
    assert _made(client_url, content) == 1
    hands.page.go_back()
    hands.is_on("scan")


def test_an_app_killed_while_a_photo_is_sent_keeps_the_draft_the_sent_and_the_unsent_photo(
    pick_up: Pick, town: Place, photo: Path, tmp_path: Path
) -> None:
    hands = pick_up()
    writes(hands, town, "桥面裂了一条缝，照片发到一半手机没电")
    adds(hands, photo)
    expect(hands.page.get_by_text("已发送")).to_have_count(1, timeout=30_000)
    other = tmp_path / "IMG_8.jpg"
    Image.new("RGB", (640, 480), "teal").save(other)
    hands.page.route("**/api/v1/uploads", lambda route: None)  # held for ever
    with hands.page.expect_request("**/api/v1/uploads"):
        adds(hands, other)
    hands.page.close()
    again = Hands(hands.context, hands.base_url)
    sent: list[str] = []
    again.page.on("request", lambda one: sent.append(f"{one.method} {one.url.rpartition('/')[2]}"))
    again.opens(f"/s/{town.grid_code}")
    again.taps_on("report")
    expect(again.sees("content").locator("textarea")).to_have_value("桥面裂了一条缝，照片发到一半手机没电")
    expect(again.page.get_by_text("已发送")).to_have_count(1)
    expect(again.page.get_by_text("等待发送")).to_have_count(1)
    again.taps_on("anonymity-named")
    if again.sees("privacy").get_attribute("aria-checked") == "false":
        again.taps_on("privacy")
    again.taps_on("submit")
    again.is_on("receipt")
    assert sent.count("POST uploads") == 1, "the one that had arrived is not sent again"
    again.assert_no_trouble()
    hands.trouble.clear()


def test_a_heic_two_thousand_characters_a_long_name_and_words_from_right_to_left(
    pick_up: Pick, town: Place, tmp_path: Path
) -> None:
    hands = pick_up()
    content = (RIGHT_TO_LEFT + "，路灯坏了很久。" * 300)[:2000]
    writes(hands, town, content)
    expect(hands.page.get_by_text("写满 2000 字了")).to_be_visible()
    hands.types("name", LONG_NAME)
    heic = tmp_path / "IMG_9.HEIC"
    heic.write_bytes(album.heic_photo())
    adds(hands, heic)
    expect(hands.page.get_by_text("已发送")).to_have_count(1, timeout=30_000)
    assert _sideways(hands) <= 0
    hands.taps_on("submit")
    hands.is_on("receipt")
    hands.taps_on("see")
    expect(hands.sees("content")).to_have_text(content)
    assert hands.sees("content").evaluate("(one) => getComputedStyle(one).unicodeBidi") == "plaintext"
    assert _sideways(hands) <= 0
    hands.assert_clean()


def test_what_is_too_large_is_said_and_a_session_that_ended_is_renewed_without_losing_the_form(
    pick_up: Pick, town: Place, photo: Path
) -> None:
    hands = pick_up()
    content = "公园的石凳断了，登录正好过期"
    writes(hands, town, content)
    large = {"status": 413, "json": {"detail": "内容太大，请换一张小一些的照片。"}}
    hands.page.route("**/api/v1/uploads", lambda route: route.fulfill(**large))
    adds(hands, photo)
    expect(hands.page.get_by_text("内容太大，请换一张小一些的照片。").first).to_be_visible()
    hands.page.get_by_label("删除第 1 张照片").tap()
    hands.page.unroute("**/api/v1/uploads")
    tokens: list[str] = []

    def ended_once(route: Route) -> None:
        tokens.append(route.request.headers.get("authorization", ""))
        if len(tokens) > 1:
            route.continue_()
        else:
            route.fulfill(status=401, json={"detail": "登录已失效，请重新登录。"})

    hands.page.route("**/api/v1/issues", ended_once)
    hands.taps_on("submit")
    hands.is_on("receipt")
    assert len(set(tokens)) == 2, "a guest gets a new session without being asked"
    hands.taps_on("see")
    expect(hands.sees("content")).to_have_text(content)
    forgives(hands, "413", "401")


def test_over_a_slow_a_cut_and_a_returning_network_everything_arrives_once(
    pick_up: Pick, town: Place, instance: RealInstance, photo: Path, client_url: str
) -> None:
    resident, deputy = pick_up(), pick_up()
    content = "渠道的盖板被水冲走了，信号时有时无"
    resident.opens(f"/s/{town.grid_code}")
    resident.sees("report")
    all_here(resident)
    slow = resident.context.new_cdp_session(resident.page)
    slow.send("Network.enable")
    slow.send("Network.emulateNetworkConditions", SLOW)
    writes(resident, town, content)
    adds(resident, photo)
    slow.send("Network.emulateNetworkConditions", SLOW | {"offline": True})
    resident.taps_on("submit")
    resident.is_on("mine")
    resident.sees("queued-waiting")
    slow.send("Network.emulateNetworkConditions", SLOW)
    expect(resident.page.locator('[data-test="queued-waiting"]')).to_have_count(0, timeout=45_000)
    assert _made(client_url, content) == 1

    author, issue_id, number = routed(instance, town, "田埂边的电线垂下来了，代表在没有信号的地里答复")
    signs_in(deputy, town.deputy_accounts[town.primary])
    deputy.finds(number).tap()
    deputy.sees("state")
    all_here(deputy)
    deputy.context.set_offline(True)
    deputy.types("message", "我在地里，没有信号，先写下。")
    deputy.taps_on("send-message")
    deputy.sees("wish-waiting")
    deputy.page.go_back()
    deputy.taps_on("to-leave")
    deputy.page.go_back()
    deputy.sees("wish-waiting")
    deputy.context.set_offline(False)
    expect(deputy.page.locator('[data-test="wish-waiting"]')).to_have_count(0, timeout=30_000)
    said = [one["text"] for one in author.get(f"/issues/{issue_id}")["messages"]]
    assert said == ["我在地里，没有信号，先写下。"]
    for hands in (resident, deputy):
        forgives(hands, "ERR_INTERNET_DISCONNECTED", "ERR_NETWORK_CHANGED", "Failed to load resource")


def test_a_leave_and_a_rating_by_code_wait_for_the_network_and_a_look_at_a_person_does_not(
    pick_up: Pick, town: Place, instance: RealInstance
) -> None:
    deputy, holder = pick_up(), pick_up()
    writes(holder, town, "村道的限高杆被撞歪了，凭查询码补充", "receipt_only")
    holder.taps_on("submit")
    holder.is_on("receipt")
    holder.taps_on("see")
    holder.sees("action-withdraw")
    all_here(holder)
    holder.context.set_offline(True)
    holder.taps_on("action-withdraw")
    holder.taps_on("send-form")
    holder.sees("doing-waiting")
    holder.context.set_offline(False)
    expect(holder.sees("state")).to_contain_text("已撤回", timeout=30_000)

    _author, _issue_id, number = routed(instance, town, "水库边没有救生圈，请代表联系我", contact=WANG)
    signs_in(deputy, town.deputy_accounts[town.backup])
    deputy.opens("/m/?leave#/pages/work/leave")
    deputy.sees("send-leave")
    all_here(deputy)
    deputy.context.set_offline(True)
    deputy.taps_on("send-leave")
    deputy.sees("wish-waiting")
    deputy.context.set_offline(False)
    expect(deputy.sees("leave")).to_be_visible(timeout=30_000)
    deputy.taps_on("cancel-leave")
    deputy.taps_on("yes")
    expect(deputy.page.locator('[data-test="leave"]')).to_have_count(0)

    reader = pick_up()
    signs_in(reader, town.deputy_accounts[town.primary])
    reader.finds(number).tap()
    reader.taps_on("reveal")
    reader.types("reveal-reason", "需要当面核实位置")
    all_here(reader)
    reader.context.set_offline(True)
    reader.taps_on("reveal-go")
    expect(reader.page.get_by_text("没有看到，也没有记录").first).to_be_visible()
    reader.context.set_offline(False)
    reader.page.reload()
    expect(reader.sees("reveal-reason").locator("textarea")).to_have_value("需要当面核实位置")
    for hands in (holder, deputy, reader):
        forgives(hands, "ERR_INTERNET_DISCONNECTED", "ERR_NETWORK_CHANGED", "Failed to load resource")
