"""Pages around signing in that a browser opens: WeChat's OAuth there and back (网页授权), and what a desk's QR opens.

The code WeChat gives goes to the client in the address's fragment; the client posts it to ``/sessions``. So no token
ever stands in an address or a log, and the code only where WeChat itself puts it.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hmac
import json
import re
import secrets
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request

from service.bootstrap import core
from service.errors import NotFound
from service.ids import keyed_digest
from web.same_site import safe_next, with_code

COOKIE = "wechat_state"
COOKIE_PATH = "/wechat"
LIFE = dt.timedelta(minutes=10)
BACK = "/wechat/authorized"
SILENT, WITH_UNIONID = "snsapi_base", "snsapi_userinfo"
_CODE = re.compile(r"[\x21-\x7e]{1,200}")
_TICKET = re.compile(r"[0-9A-Za-z-]{1,24}")
NOT_HERE = "这里还不能用公众号登录。请在微信里打开“码上代表”小程序，或者不登录，用匿名方式反映。"
OLD_QR = "这个登录码不完整。请在电脑上刷新后重新扫码。"

blueprint = Blueprint("wechat_pages", __name__, template_folder="templates")


@blueprint.get("/wechat/authorize")
def authorize() -> Response:
    """To WeChat's page, with a state (letters and digits, as WeChat asks) that only this browser can bring back, once.

    Silent by default: WeChat then tells the openid alone. ``link=1`` asks for consent and also learns the unionid, by
    which the mini-program's account is found.
    """
    settings = core().settings
    if not settings.wechat_official_appid:
        raise NotFound(NOT_HERE)
    target, state = safe_next(request.args.get("next")), secrets.token_hex(16)
    query = {
        "appid": settings.wechat_official_appid,
        "redirect_uri": settings.public_base_url + BACK,
        "response_type": "code",
        "scope": WITH_UNIONID if request.args.get("link") == "1" else SILENT,
        "state": state,
    }
    address = f"{settings.wechat_open_base_url}/connect/oauth2/authorize?{urlencode(query)}#wechat_redirect"
    answer = Response(status=302, headers={"Location": address})
    answer.set_cookie(
        COOKIE,
        _sealed({"state": state, "next": target, "until": (core().clock() + LIFE).timestamp()}),
        max_age=LIFE,
        path=COOKIE_PATH,
        secure=settings.public_base_url.startswith("https://"),
        httponly=True,
        samesite="Lax",
    )
    return answer


@blueprint.get(BACK)
def authorized() -> Response:
    """Back from WeChat. Without a code the visitor refused, and goes on without signing in."""
    kept = _opened(request.cookies.get(COOKIE, ""))
    if kept is None or not hmac.compare_digest(str(kept["state"]).encode(), request.args.get("state", "").encode()):
        return _gone(Response(_failed(), status=400, mimetype="text/html"))
    target, code = safe_next(str(kept["next"])), request.args.get("code")
    if code is not None and _CODE.fullmatch(code):
        target = with_code(target, code)
    return _gone(Response(status=303, headers={"Location": target}))


def _gone(answer: Response) -> Response:
    """A state is for one return: the cookie goes with every answer."""
    answer.delete_cookie(COOKIE, path=COOKIE_PATH, httponly=True, samesite="Lax")
    return answer


def _failed() -> str:
    """Opened twice, in another browser, too late, or sent by somebody else: the way on is the same."""
    return render_template("sign_in_failed.html")


def _sealed(values: dict[str, str | float]) -> str:
    text = base64.urlsafe_b64encode(json.dumps(values).encode()).decode()
    return f"{text}.{_signature(text)}"


def _opened(cookie: str) -> dict[str, str | float] | None:
    """What this server put into the cookie; None when it did not, or when the time is over."""
    text, _, signature = cookie.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(text).encode()):
        return None
    try:
        values: dict[str, str | float] = json.loads(base64.urlsafe_b64decode(text.encode()))
    except (binascii.Error, ValueError):
        return None
    return values if float(values["until"]) > core().clock().timestamp() else None


def _signature(text: str) -> str:
    return keyed_digest(core().settings.secret_key, "wechat-state", text)


@blueprint.get("/d/<code>")
def desk_code(code: str) -> str:
    """What the QR on a desk's screen opens in a camera or a browser. Asks no database: every code looks the same here."""
    if _TICKET.fullmatch(code) is None:
        raise NotFound(OLD_QR)
    return render_template("desk_code.html")
