"""What a resident finds besides the main path: photos by receipt code, a booking, public pages, one's own data (contract)."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.bad_days.processes import Phone, RealInstance, eventually, said
from tests.client.conftest import RELEASED, Pick
from tests.world import Place

pytestmark = pytest.mark.browser
VOICE = """
const said = []
Object.defineProperty(window, 'speechSynthesis', { value: {
  said, getVoices: () => [{ lang: 'zh-CN', localService: VOICE_IS_HERE }], speak: (one) => said.push(one.text),
  cancel: () => said.splice(0), addEventListener: () => undefined } })
window.SpeechSynthesisUtterance = function (text) { this.text = text }
"""


def test_by_the_receipt_code_alone_photos_are_added_and_no_account_is_made(
    pick_up: Pick, town: Place, instance: RealInstance, tmp_path: Path
) -> None:
    made = Phone(instance.base_url).signs_in().post("/issues", said(town, content="灯杆歪了，快要倒了")).json()
    deputy = Phone(instance.base_url)
    body = {"provider": "wechat_miniprogram", "code": f"demo-{town.deputy_accounts[town.primary]}"}
    deputy.headers = {"Authorization": f"Bearer {deputy.post('/sessions', body).json()['token']}"}
    path = f"/issues/{made['id']}"
    code = made["receipt_code"]
    eventually(lambda: deputy.get("/issues?box=inbox&limit=50")["items"], 30, "routing")
    eventually(lambda: Phone(instance.base_url).get(f"/receipts/{code}")["state"] == "pending_accept", 30, "routing")
    asked = {"action": "ask_info", "version": deputy.get(path)["version"], "text": "请拍一下灯杆的编号"}
    assert deputy.post(f"{path}/actions", asked).status_code == 200
    picture = tmp_path / "IMG_2.jpg"
    Image.new("RGB", (800, 600), "grey").save(picture)

    hands = pick_up()
    sent: list[tuple[str, str]] = []
    hands.page.on(
        "request", lambda one: "/api/" in one.url and sent.append((one.url, one.headers.get("authorization", "")))
    )
    hands.opens(f"/m/#/pages/issue/detail?receipt={code}")
    for begin, words, send in (
        ("action-supplement", ("field-text", "编号在照片里"), "send-form"),
        ("add-photos", ("message", "再补一张"), "send-message"),
    ):
        hands.taps_on(begin)
        hands.types(*words)
        with hands.page.expect_file_chooser() as chooser:
            hands.taps_on("add-photo")
        chooser.value.set_files(picture)
        expect(hands.page.get_by_text("已发送").first).to_be_visible(timeout=30_000)
        hands.taps_on(send)
        expect(hands.page.get_by_text(words[1]).first).to_be_visible()
        expect(hands.page.get_by_text("已发送")).to_have_count(0)
    seen = deputy.get(path)
    assert [len(one["photos"]) for one in seen["messages"] if one["text"] == "再补一张"] == [1]
    assert [len(one["photos"]) for one in seen["history"] if one["action"] == "supplement"] == [1]
    assert {token for _, token in sent} == {""}, "no token beside the code"
    assert not [url for url, _ in sent if "/sessions" in url], "nor an account"


def test_a_resident_books_a_day_reads_what_is_public_and_looks_after_own_data(
    pick_up: Pick, town: Place, published: str
) -> None:
    hands = pick_up()
    hands.opens("/m/#/pages/feedback/index")
    hands.types("feedback-text", "字能不能再大一些")
    hands.opens("/m/?d#/pages/me/data")
    expect(
        hands.page.get_by_text("没有在服务器上留下账号").or_(hands.page.get_by_text("还没有在服务器上"))
    ).to_be_visible()

    hands.opens(f"/m/?s={town.grid_code}")
    hands.taps_on("see-deputy")
    hands.sees("deputy-card")
    expect(hands.page.get_by_text("接待室").last).to_be_visible()
    hands.page.go_back()
    hands.taps_on("book")
    hands.taps_on("yes")
    hands.sees("booked")
    hands.page.reload()
    hands.sees("unbook")
    hands.opens("/m/?b#/pages/me/bookings")
    hands.sees("booking")
    hands.taps_on("cancel-booking")
    hands.taps_on("yes")
    expect(hands.page.get_by_text("现在没有预约")).to_be_visible()

    hands.opens("/m/?p#/pages/public/issues")
    hands.types("search", "王麻子")
    hands.taps_on("search-go")
    expect(hands.page.get_by_text("没有找到公开的事项")).to_be_visible()
    hands.types("search", "井盖")
    hands.taps_on("search-go")
    hands.taps_on(f"public-{published}")
    expect(hands.sees("public-text")).to_have_text(RELEASED)
    hands.opens("/m/?t#/pages/public/statistics")
    hands.sees("figure-satisfaction")

    hands.opens("/m/?f#/pages/feedback/index")
    expect(hands.sees("feedback-text").locator("textarea")).to_have_value("字能不能再大一些")
    hands.taps_on("feedback-send")
    expect(hands.sees("feedback-said")).to_contain_text("已经收到，还没有答复")

    hands.opens("/m/?e#/pages/me/data")
    expect(hands.sees("own-phone")).to_contain_text("没有保存您的电话")
    hands.types("own-name", "老李")
    hands.taps_on("save-name")
    expect(hands.page.get_by_text("称呼已经更正")).to_be_visible()
    hands.page.reload()
    expect(hands.sees("own-name").locator("input")).to_have_value("老李")
    with hands.page.expect_download() as kept:
        hands.taps_on("export")
    mine = kept.value.path().read_text("utf-8")
    assert "字能不能再大一些" in mine and '"display_name": "老李"' in mine
    expect(hands.sees("exported")).to_contain_text("投诉建议：1 条")
    expect(hands.sees("device")).to_contain_text("就是这台")
    hands.taps_on("erase")
    hands.taps_on("yes")
    expect(hands.page.get_by_text("还没有在服务器上").first).to_be_visible()


def test_a_complaint_with_a_place_by_gps_and_the_consent_to_it_taken_back(
    pick_up: Pick, town: Place, instance: RealInstance
) -> None:
    refusing, willing = pick_up(), pick_up()
    willing.context.grant_permissions(["geolocation"], origin=instance.base_url)
    willing.context.set_geolocation({"latitude": 39.915, "longitude": 116.404, "accuracy": 20})
    for hands in (refusing, willing):
        hands.opens(f"/m/?s={town.grid_code}")
        hands.taps_on("report")
        hands.types("place", "小学门口")
        hands.taps_on("here")
    expect(refusing.sees("where")).to_contain_text("没有得到位置")
    expect(refusing.sees("place").locator("input")).to_have_value("小学门口")
    expect(willing.sees("place").locator("input")).to_have_value(
        "小学门口 定位 39.91640,116.41024（高德、腾讯地图坐标，误差约 20 米）"
    )
    willing.types("content", "这里的代表从来不露面，打电话也不接")
    willing.taps_on("anonymity-station_only")
    willing.taps_on("about")
    willing.taps_on("about-unit:")
    willing.taps_on(f"unit-{town.township_unit}")
    expect(willing.sees(f"unit-{town.township_unit}")).to_have_attribute("aria-checked", "true")
    willing.taps_on(f"about-deputy:{town.primary}")
    willing.taps_on("privacy")
    willing.taps_on("submit")
    willing.is_on("receipt")
    willing.taps_on("see")
    expect(willing.sees("state")).to_be_visible()
    expect(willing.page.get_by_text("没有人查看过您的身份")).to_be_visible()

    willing.opens("/m/?c#/pages/me/data")
    expect(willing.sees("consent")).to_contain_text("同意")
    willing.taps_on("withdraw-consent")
    willing.taps_on("yes")
    expect(willing.sees("consent")).to_contain_text("日 撤回")
    willing.opens(f"/m/?n#/pages/issue/new?s={town.grid_code}")
    expect(willing.sees("privacy")).to_have_attribute("aria-checked", "false")


@pytest.mark.parametrize("here", [True, False])
def test_elders_are_read_to_by_the_phone_s_own_voice_and_by_no_other(pick_up: Pick, town: Place, here: bool) -> None:
    hands = pick_up()
    hands.context.add_init_script(VOICE.replace("VOICE_IS_HERE", str(here).lower()))
    hands.opens("/m/")
    hands.taps_on("elder")
    hands.sees("find-phone")
    hands.opens(f"/m/?s={town.grid_code}")
    hands.sees("report")
    if not here:
        expect(hands.page.locator('[data-test="read-aloud"]')).to_have_count(0)
        return
    hands.taps_on("read-aloud")
    spoken = "".join(hands.page.evaluate("speechSynthesis.said"))
    assert "您的代表" in spoken and "我要反映" in spoken
    hands.taps_on("read-aloud")
    assert hands.page.evaluate("speechSynthesis.said") == []
    hands.opens(f"/m/?s={town.grid_code}&again")
    hands.sees("call-station")
