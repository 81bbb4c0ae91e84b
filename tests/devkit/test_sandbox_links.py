"""Ways into the mini-program that the sandbox makes: codes, URL Links, URL Schemes."""

from __future__ import annotations

import io

import pytest
import zxingcpp
from PIL import Image

from tests.devkit.conftest import Clock
from tests.devkit.sandbox_client import Reply, SandboxClient


def code(sandbox: SandboxClient, token: str, **fields: object) -> Reply:
    order = {"scene": "s=K7Q2M9", "page": "pages/scan/index", "check_path": False, **fields}
    return sandbox.post(f"/wxa/getwxacodeunlimit?access_token={token}", json=order)


@pytest.mark.parametrize(("asked", "wide"), [(430, 430), (280, 280), (100, 280), (2000, 1280)])
def test_a_code_has_the_width_asked_for_and_decodes_to_its_scene(
    sandbox: SandboxClient, token: str, asked: int, wide: int
) -> None:
    answer = code(sandbox, token, width=asked)
    assert answer.content_type == "image/png"
    with Image.open(io.BytesIO(answer.data)) as image:
        assert image.size == (wide, wide)
        assert [found.text for found in zxingcpp.read_barcodes(image)] == ["s=K7Q2M9"]


@pytest.mark.parametrize(
    ("fields", "errcode"),
    [
        ({"scene": "x" * 33}, 40169),
        ({"scene": ""}, 40169),
        ({"scene": "a%20b"}, 40169),
        ({"scene": "站点"}, 40169),
        ({"page": "/pages/scan/index"}, 41030),
        ({"page": "pages/scan/index?x=1"}, 41030),
        ({"page": "pages/gone/index", "check_path": True}, 41030),
        ({"env_version": "beta"}, 40097),
        ({"width": "wide"}, 40097),
    ],
)
def test_what_cannot_become_a_code_is_answered_as_json(
    sandbox: SandboxClient, token: str, fields: dict, errcode: int
) -> None:
    sandbox.post("/sandbox/settings", json={"pages": ["pages/scan/index"]})
    answer = code(sandbox, token, **fields)
    assert (answer.status_code, answer.json["errcode"]) == (200, errcode)


def test_an_unpublished_page_is_allowed_where_it_is_not_checked(sandbox: SandboxClient, token: str) -> None:
    sandbox.post("/sandbox/settings", json={"pages": ["pages/scan/index"]})
    assert code(sandbox, token, page="pages/gone/index", env_version="trial").content_type == "image/png"
    assert code(sandbox, token, scene="!#$&'()*+,/:;=?@-._~").content_type == "image/png"


def test_so_many_codes_a_minute(sandbox: SandboxClient, token: str, clock: Clock) -> None:
    sandbox.post("/sandbox/quotas", json={"endpoint": "/wxa/getwxacodeunlimit", "minute": 1})
    assert code(sandbox, token).content_type == "image/png"
    assert code(sandbox, token).json["errcode"] == 45009
    clock.pass_seconds(60)
    assert code(sandbox, token).content_type == "image/png"


def test_a_url_link_leads_to_its_page(sandbox: SandboxClient, token: str) -> None:
    order = {"path": "pages/issue/detail", "query": "id=1", "expire_type": 1, "expire_interval": 30}
    answer = sandbox.post(f"/wxa/generate_urllink?access_token={token}", json=order).json
    assert (answer["errcode"], answer["errmsg"]) == (0, "ok")
    page = sandbox.get(answer["url_link"].removeprefix("http://sandbox.test"))
    assert page.status_code == 200
    assert "pages/issue/detail?id=1" in page.text
    assert sandbox.get("/sandbox/links/nothing").status_code == 404


def test_a_url_scheme_opens_wechat(sandbox: SandboxClient, token: str) -> None:
    order = {"jump_wxa": {"path": "pages/index/index"}, "expire_type": 1, "expire_interval": 1}
    answer = sandbox.post(f"/wxa/generatescheme?access_token={token}", json=order).json
    assert answer["openlink"].startswith("weixin://dl/business/?t=")


@pytest.mark.parametrize(
    ("fields", "errcode"),
    [
        ({"path": "pages/a?b=1"}, 40165),
        ({"query": "x" * 1025}, 40212),
        ({"query": "名=1"}, 40212),
        ({"expire_type": 1, "expire_interval": 31}, 85401),
        ({"expire_type": 0}, 85401),
        ({"expire_type": 0, "expire_time": 1}, 85401),
        ({"expire_type": 0, "expire_time": 1_760_000_000 + 30 * 86_400}, 0),
        ({}, 0),
    ],
)
def test_a_link_that_cannot_be_made_says_why(sandbox: SandboxClient, token: str, fields: dict, errcode: int) -> None:
    order = {"path": "pages/index/index", "query": "a=1", **fields}
    assert sandbox.post(f"/wxa/generate_urllink?access_token={token}", json=order).json["errcode"] == errcode
