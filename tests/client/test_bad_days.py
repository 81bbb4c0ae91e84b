"""A phone's bad days: photos of a real size, somebody else was faster, a session that ended, a server that is busy."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image
from playwright.sync_api import Route, expect

from tests.bad_days.processes import Phone, RealInstance, eventually
from tests.client.conftest import Pick
from tests.client.habits import adds, routed, signs_in, writes
from tests.client.hands import Hands
from tests.world import Place

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def big_photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve megapixels with something in them, and a place in its metadata."""
    noise = Image.frombytes("L", (400, 300), random.Random(7).randbytes(120_000)).convert("RGB").resize((4000, 3000))
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    path = tmp_path_factory.mktemp("photos") / "IMG_0001.JPG"
    noise.save(path, quality=90, exif=exif)
    return path


def _deputy_at(hands: Hands, instance: RealInstance, town: Place, content: str) -> str:
    """A deputy with a fresh matter open; its id."""
    _resident, issue_id, number = routed(instance, town, content)
    signs_in(hands, town.deputy_accounts[town.primary])
    hands.finds(number).tap()
    hands.sees("state")
    return issue_id


def test_a_big_photo_is_shrunk_on_the_phone_sent_and_shown(pick_up: Pick, town: Place, big_photo: Path) -> None:
    hands = pick_up()
    sent: list[bytes] = []

    def look(route: Route) -> None:
        sent.append(route.request.post_data_buffer or b"")
        route.continue_()

    hands.page.route("**/api/v1/uploads", look)
    writes(hands, town, "人行道的砖翘起来了，有照片")
    adds(hands, big_photo)
    expect(hands.page.get_by_text("已发送").first).to_be_visible(timeout=30_000)
    body = sent[0]
    start = body.index(b"\xff\xd8")
    picture = Image.open(io.BytesIO(body[start:]))
    assert max(picture.size) == 2048
    assert b"taken at home" not in body
    hands.taps_on("submit")
    hands.is_on("receipt")
    hands.taps_on("see")

    def shown() -> bool:
        hands.page.reload()
        hands.sees("state")
        hands.page.wait_for_load_state("networkidle")
        loaded = "(all) => all.filter((one) => one.naturalWidth > 100).length"
        return int(hands.page.locator('uni-view[aria-label^="照片"] img').evaluate_all(loaded)) == 1

    eventually(shown, 30, "the photo")


def test_a_photo_that_failed_stays_and_goes_with_the_matter(pick_up: Pick, town: Place, big_photo: Path) -> None:
    hands = pick_up()
    writes(hands, town, "路边的护栏倒了，照片第一次没发出去")
    hands.page.route("**/api/v1/uploads", lambda route: route.abort())
    adds(hands, big_photo)
    expect(hands.page.get_by_text("网络不好，会和您的意见一起自动发送").first).to_be_visible(timeout=30_000)
    hands.trouble.clear()
    hands.page.unroute("**/api/v1/uploads")
    hands.taps_on("submit")
    hands.is_on("receipt")
    hands.assert_no_trouble()


def test_what_is_no_photo_is_refused_with_a_sentence_and_can_be_taken_away(
    pick_up: Pick, town: Place, tmp_path: Path
) -> None:
    hands = pick_up()
    writes(hands, town, "这次选错了文件，再选一次")
    wrong = tmp_path / "notes.txt"
    wrong.write_text("not a picture")
    adds(hands, wrong)
    expect(hands.page.get_by_text("不是能识别的照片").first).to_be_visible()
    hands.page.get_by_label("删除第 1 张照片").tap()
    expect(hands.page.get_by_label("删除第 1 张照片")).to_have_count(0)


def test_a_deputy_who_was_too_late_sees_the_newest_and_keeps_the_text(
    pick_up: Pick, town: Place, instance: RealInstance
) -> None:
    hands = pick_up()
    issue_id = _deputy_at(hands, instance, town, "楼下的健身器材坏了，螺丝掉了")
    hands.taps_on("action-ask_info")
    hands.types("field-text", "请问是哪一栋楼下？")
    colleague = Phone(instance.base_url)
    body = {"provider": "wechat_miniprogram", "code": f"demo-{town.deputy_accounts[town.primary]}"}
    colleague.headers = {"Authorization": f"Bearer {colleague.post('/sessions', body).json()['token']}"}
    version = colleague.get(f"/issues/{issue_id}")["version"]
    assert colleague.post(f"/issues/{issue_id}/actions", {"action": "accept", "version": version}).status_code == 200
    hands.taps_on("send-form")
    hands.taps_on("send")
    expect(hands.page.get_by_text("刚才有别人先处理了这件事").first).to_be_visible()
    expect(hands.sees("state")).to_contain_text("代表跟进中")
    expect(hands.sees("field-text").locator("textarea")).to_have_value("请问是哪一栋楼下？")
    hands.taps_on("send-form")
    hands.taps_on("send")
    expect(hands.sees("state")).to_contain_text("待补充")
    assert [line for line in hands.trouble if "409" not in line] == []
    hands.trouble.clear()


def test_a_session_that_ended_mid_answer_loses_no_word_and_the_answer_goes_after_signing_in(
    pick_up: Pick, town: Place, instance: RealInstance
) -> None:
    hands = pick_up()
    _deputy_at(hands, instance, town, "小区的垃圾桶一直没有人清")
    hands.taps_on("action-ask_info")
    hands.types("field-text", "是哪个小区的垃圾桶？")
    hands.page.route("**/actions", lambda route: route.fulfill(status=401, json={"detail": "登录已失效，请重新登录。"}))
    hands.taps_on("send-form")
    hands.taps_on("send")
    expect(hands.page.get_by_text("登录已经过期").first).to_be_visible()
    hands.page.unroute("**/actions")
    hands.page.get_by_text("重新登录", exact=True).first.tap()
    hands.types("demo-code", f"demo-{town.deputy_accounts[town.primary]}")
    hands.taps_on("demo-go")
    hands.taps_on("view-open")
    hands.page.locator('[data-test^="issue-"]:visible', has_text="小区的垃圾桶").first.tap()
    expect(hands.sees("state")).to_contain_text("待补充")
    expect(hands.page.get_by_text("是哪个小区的垃圾桶？").first).to_be_visible()
    hands.trouble.clear()


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_waited_for_and_gets_it_once(pick_up: Pick, town: Place, status: int) -> None:
    hands = pick_up()
    writes(hands, town, f"菜市场的排水沟堵了，第 {status} 次")
    tries: list[str] = []

    def busy_once(route: Route) -> None:
        tries.append(route.request.headers["idempotency-key"])
        if len(tries) > 1:
            route.continue_()
        else:
            route.fulfill(status=status, headers={"Retry-After": "1"}, json={"detail": "请稍后再试，没有丢。"})

    hands.page.route("**/api/v1/issues", busy_once)
    hands.taps_on("submit")
    hands.is_on("mine")
    hands.sees("queued-waiting")
    expect(hands.page.get_by_text("还没有发出去").first).to_be_visible()
    eventually(lambda: _sent_now(hands), 30, "the second try")
    assert len(tries) == 2 and len(set(tries)) == 1
    hands.trouble.clear()


def test_an_answer_that_was_lost_on_the_way_makes_no_second_matter(pick_up: Pick, town: Place, client_url: str) -> None:
    hands = pick_up()
    content = "消防通道被杂物堵住了，答复在路上丢了一次"
    writes(hands, town, content)
    tries: list[str] = []

    def lose_the_first(route: Route) -> None:
        tries.append(route.request.headers["idempotency-key"])
        if len(tries) > 1:
            route.continue_()
        else:
            assert route.fetch().status == 201
            route.abort()

    hands.page.route("**/api/v1/issues", lose_the_first)
    hands.taps_on("submit")
    hands.sees("queued-waiting")
    eventually(lambda: _sent_now(hands), 30, "the second try")
    assert len(tries) == 2 and len(set(tries)) == 1
    engine = sa.create_engine(client_url)
    with engine.connect() as connection:
        made = connection.execute(sa.text("SELECT count(*) FROM issues WHERE content = :said"), {"said": content})
        assert made.scalar_one() == 1
    engine.dispose()
    hands.trouble.clear()


def _sent_now(hands: Hands) -> bool:
    waiting = hands.page.locator('[data-test="send-now"]:visible')
    if waiting.count():
        waiting.first.tap()
    hands.page.wait_for_load_state("networkidle")
    return hands.page.locator('[data-test="queued-waiting"]').count() == 0
