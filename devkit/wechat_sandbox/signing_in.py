"""Endpoints of tokens and identities: who calls, and who holds the phone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from devkit.wechat_sandbox.accounts import MINIPROGRAM
from devkit.wechat_sandbox.errors import WeChatError
from devkit.wechat_sandbox.http import Call, text_of
from devkit.wechat_sandbox.identities import openid_for, person_of
from devkit.wechat_sandbox.quotas import STABLE_TOKEN
from devkit.wechat_sandbox.state import SandboxState

SNAPSHOT = "-snapshot"


def _require_grant(source: Mapping[str, Any], expected: str) -> None:
    """40002 for another grant type (documentation: 全局返回码)."""
    if text_of(source, "grant_type") != expected:
        raise WeChatError(40002, "invalid grant_type")


def token(state: SandboxState, call: Call) -> dict[str, object]:
    """`GET /cgi-bin/token`. Documentation: getAccessToken."""
    _require_grant(call.query, "client_credential")
    return state.plain_token(call.argument("appid"), call.argument("secret"))


def stable_token(state: SandboxState, call: Call) -> dict[str, object]:
    """`POST /cgi-bin/stable_token`. Documentation: getStableAccessToken."""
    body = call.json()
    _require_grant(body, "client_credential")
    state.quotas.spend(text_of(body, "appid"), STABLE_TOKEN)
    force = body.get("force_refresh") is True
    return state.stable_token(text_of(body, "appid"), text_of(body, "secret"), force_refresh=force)


def code_to_session(state: SandboxState, call: Call) -> dict[str, object]:
    """`GET /sns/jscode2session`. Documentation: code2Session. The session key is made up: nothing is encrypted with it."""
    _require_grant(call.query, "authorization_code")
    code = call.argument("js_code")
    identity = state.sign_in(call.argument("appid"), call.argument("secret"), code)
    return identity | {"session_key": f"{openid_for('key:' + code)[:22]}=="}


def oauth_access_token(state: SandboxState, call: Call) -> dict[str, object]:
    """`GET /sns/oauth2/access_token`. Documentation of the official accounts: 网页授权, second step.

    Whoever is called ``snapshot`` (``demo-snapshot``, or that name on the OAuth page) sees the page as a snapshot:
    `is_snapshotuser` is 1 (换取用户授权凭证, 返回参数).
    """
    _require_grant(call.query, "authorization_code")
    code = call.argument("code")
    identity = state.sign_in(call.argument("appid"), call.argument("secret"), code, official=True)
    tokens = {"access_token": openid_for("oauth:" + code), "refresh_token": openid_for("refresh:" + code)}
    made_up = {"is_snapshotuser": 1} if person_of(code).endswith(SNAPSHOT) else {}
    return tokens | {"expires_in": 7200, "scope": "snsapi_base"} | identity | made_up


def user_phone_number(state: SandboxState, call: Call) -> dict[str, object]:
    """`POST /wxa/business/getuserphonenumber`. Documentation: getPhoneNumber."""
    account = state.account_of(call.argument("access_token"), MINIPROGRAM)
    number = state.codes.redeem_phone(text_of(call.json(), "code"))
    phone = {
        "phoneNumber": number,
        "purePhoneNumber": number,
        "countryCode": "86",
        "watermark": {"timestamp": int(state.clock()), "appid": account.appid},
    }
    return {"errcode": 0, "errmsg": "ok", "phone_info": phone}
