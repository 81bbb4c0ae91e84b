"""The page of an issue in a real browser: boxes drawn with the pointer and typed, a note, a slip taken back."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from service.accounts.roles import Role
from service.issues.models import Issue
from tests.bad_days.processes import RealInstance, eventually
from tests.client.conftest import Rows, Sit
from tests.client.desks import clean
from tests.uploads.album import jpeg
from tests.world import Place

pytestmark = pytest.mark.browser
NOTE = "打了三次电话没有人接，周五再试"


def test_a_clerk_covers_a_face_writes_a_note_and_takes_a_slip_back(
    instance: RealInstance, town: Place, sit: Sit, rows: Rows
) -> None:
    base = instance.base_url
    clerk, phone = sit(town.accounts[Role.STATION_CLERK]), sit(town.accounts[Role.STATION_CLERK], phone=True)
    address = f"{base}/console/issues/{_submitted(clerk, town, base)}"
    eventually(lambda: _sees(clerk, address, "遮盖"), 30, "the picture, ready to be covered")
    clerk.get_by_role("link", name="遮盖：").click()
    _draw(clerk, (0.1, 0.1), (0.4, 0.3))
    assert [clerk.get_by_label(f"第 1 个框，{side}").input_value() for side in ("左边", "上边", "宽", "高")] == [
        "10", "10", "30", "20",
    ]  # fmt: skip
    clerk.get_by_role("button", name="预览").click()
    expect(clerk.get_by_text("这是预览，还没有保存")).to_be_visible()
    clean(clerk, "preview")
    clerk.get_by_role("button", name="保存遮盖").click()
    expect(clerk.get_by_text("所有人看到的都是遮盖后的照片")).to_be_visible()
    large = str(clerk.get_by_role("link", name="看大图").get_attribute("href"))
    dark: Any = Image.open(io.BytesIO(clerk.request.get(base + large).body())).convert("L").getpixel((200, 120))
    assert dark <= 8
    phone.goto(clerk.url)
    clean(phone, "covering on a phone")
    for field, value in (("左边", "60"), ("上边", "60"), ("宽", "20"), ("高", "20")):
        phone.get_by_label(f"第 2 个框，{field}").fill(value)
    assert phone.locator("svg.covered rect").count() == 2, "shown while it is typed"
    clerk.goto(address)
    clerk.get_by_text("写备注").click()
    clerk.get_by_label("备注", exact=True).fill(NOTE)
    clerk.get_by_role("button", name="保存备注").click()
    expect(clerk.locator("[aria-labelledby=notes]")).to_contain_text(NOTE)
    _takes_a_category_back(clerk, rows)
    clerk.get_by_role("link", name="找出站里的相似事项").click()
    expect(clerk.locator("#similar-place")).not_to_contain_text("找出站里的相似事项")
    clean(clerk, "the issue's page")
    phone.goto(address)
    clean(phone, "the issue's page on a phone")
    with clerk.expect_download() as taken:
        clerk.get_by_role("link", name="下载处理单（PDF）").click()
    assert taken.value.suggested_filename.startswith("处理单-")


def _submitted(page: Page, town: Place, base: str) -> str:
    """By a guest on a phone, with a picture."""
    api = page.request
    token = api.post(f"{base}/api/v1/sessions", data={"provider": "guest"}).json()["token"]
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "a-picture-to-cover"}
    file = {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}
    picture = api.post(f"{base}/api/v1/uploads", headers=headers, multipart={"file": file}).json()["id"]
    issue = {
        "station_code": town.scan_code,
        "content": "水塘边的护栏倒了一段，照片里拍到了邻居",
        "category": "农村公路",
        "anonymity": "receipt_only",
        "upload_ids": [picture],
        "consents": {"privacy": True},
    }
    made = api.post(f"{base}/api/v1/issues", headers=headers | {"Idempotency-Key": "its-issue"}, data=issue)
    assert made.status == 201, made.text()
    return str(made.json()["id"])


def _sees(page: Page, address: str, link: str) -> bool:
    page.goto(address)
    return page.get_by_role("link", name=f"{link}：").count() > 0


def _draw(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    picture = page.locator("svg.covered")
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + start[0] * box["width"], box["y"] + start[1] * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + end[0] * box["width"], box["y"] + end[1] * box["height"], steps=4)
    page.mouse.up()


def _takes_a_category_back(page: Page, rows: Rows) -> None:
    def category() -> str | None:
        with rows() as session:
            found: str | None = session.get_one(Issue, page.url.rpartition("/")[2].partition("#")[0]).category_id
        return found

    before = category()
    page.get_by_role("link", name="确定类别").click()
    page.locator("#act-form select[name=category_id]").select_option(label="噪声油烟")
    page.locator("#act-form").get_by_role("button", name="确定类别").click()
    expect(page.get_by_text("如果点错了")).to_be_visible()
    assert category() != before
    clean(page, "a slip may be taken back")
    page.get_by_role("button", name="撤销“确定类别”").click()
    page.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(page.get_by_text("已撤销：确定类别")).to_be_visible()
    assert category() == before
