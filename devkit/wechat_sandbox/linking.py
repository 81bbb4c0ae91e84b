"""Endpoints that make ways into the mini-program: codes (小程序码), URL Links and URL Schemes."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from devkit.wechat_sandbox.accounts import MINIPROGRAM
from devkit.wechat_sandbox.errors import WeChatError
from devkit.wechat_sandbox.http import Answer, Call, text_of
from devkit.wechat_sandbox.quotas import CODES, LINKS
from devkit.wechat_sandbox.state import SandboxState

# Page wxacode.getUnlimited: "最大32个可见字符,只支持数字,大小写英文以及部分特殊字符"; no %.
_SCENE = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]{1,32}")
_QUERY = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@\-._~%]{0,1024}")  # page urllink.generate
_PAGE = re.compile(r"[\w\-.][\w\-./]*")
VERSIONS = ("release", "trial", "develop")
NARROWEST, USUAL, WIDEST = 280, 430, 1280
LONGEST_DAYS = 30


def code_image(state: SandboxState, call: Call) -> Answer:
    """`POST /wxa/getwxacodeunlimit`. Documentation: wxacode.getUnlimited; domain.md §7.5.

    A picture, or an error as JSON. The picture is an ordinary QR code of the scene where WeChat draws a round one. That a
    bad scene gives 40169 and another bad argument 40097 is unverified.
    """
    with state.lock:
        account = state.account_of(call.argument("access_token"), MINIPROGRAM)
        body = call.json()
        scene, page = text_of(body, "scene"), text_of(body, "page")
        width = body.get("width", USUAL)
        if not _SCENE.fullmatch(scene):
            raise WeChatError(40169, "invalid length for scene, or the data is not json string")
        if isinstance(width, bool) or not isinstance(width, int) or body.get("env_version", "release") not in VERSIONS:
            raise WeChatError(40097, "invalid args")
        _check_path(state, page, 41030, must_exist=body.get("check_path", True) is not False)
        state.quotas.spend(account.appid, CODES)
    return Answer(_picture(scene, min(max(width, NARROWEST), WIDEST)), content_type="image/png")


def _picture(scene: str, width: int) -> bytes:
    import qrcode  # with Pillow some 10 MB that most sandboxes never need
    from PIL import Image

    drawn = qrcode.make(scene, box_size=4, border=4).get_image().convert("L")
    output = BytesIO()
    drawn.resize((width, width), Image.Resampling.NEAREST).save(output, "PNG")
    return output.getvalue()


def _check_path(state: SandboxState, path: str, errcode: int, *, must_exist: bool = True) -> None:
    """No slash in front and no arguments; one of the published pages, if those are known. Empty is the first page."""
    published = state.options.pages
    if path and (not _PAGE.fullmatch(path) or (must_exist and published is not None and path not in published)):
        raise WeChatError(errcode, "invalid page")


def url_link(state: SandboxState, call: Call) -> dict[str, object]:
    """`POST /wxa/generate_urllink`. Documentation: urllink.generate. The link leads to a page of the sandbox."""
    body = call.json()
    return {"errcode": 0, "errmsg": "ok", "url_link": _link(state, call, body, body)}


def url_scheme(state: SandboxState, call: Call) -> dict[str, object]:
    """`POST /wxa/generatescheme`. Documentation: urlscheme.generate."""
    body = call.json()
    target = body.get("jump_wxa", {})
    if not isinstance(target, dict):
        raise WeChatError(47001, "data format error: jump_wxa")
    ticket = _link(state, call, target, body).rpartition("/")[2]
    return {"errcode": 0, "errmsg": "ok", "openlink": f"weixin://dl/business/?t={ticket}"}


def _link(state: SandboxState, call: Call, target: Mapping[str, Any], order: Mapping[str, Any]) -> str:
    """40165 for the path, 40212 for the query, 85401 for the end (documentation: urlscheme.generate).

    That an order without an end lasts 30 days is unverified.
    """
    account = state.account_of(call.argument("access_token"), MINIPROGRAM)
    path, query = text_of(target, "path"), text_of(target, "query")
    _check_path(state, path, 40165)
    if not _QUERY.fullmatch(query):
        raise WeChatError(40212, "invalid query")
    if target.get("env_version", "release") not in VERSIONS:
        raise WeChatError(40097, "invalid args")
    _check_end(state, order)
    state.quotas.spend(account.appid, LINKS)
    ticket = secrets.token_urlsafe(9)
    state.links[ticket] = f"{path}?{query}" if query else path
    return f"{call.base_url}/sandbox/links/{ticket}"


def _check_end(state: SandboxState, order: Mapping[str, Any]) -> None:
    if order.get("expire_type") == 1:
        days = order.get("expire_interval")
        good = isinstance(days, int) and 1 <= days <= LONGEST_DAYS
    elif "expire_time" in order or order.get("expire_type") == 0:
        at = order.get("expire_time")
        good = isinstance(at, int) and state.clock() < at <= state.clock() + LONGEST_DAYS * 86_400
    else:
        good = "expire_type" not in order
    if not good:
        raise WeChatError(85401, "invalid expire time")
