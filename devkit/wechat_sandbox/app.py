"""The sandbox as a WSGI application: the imitated endpoints."""

from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, jsonify, request
from werkzeug.exceptions import HTTPException

from devkit.wechat_sandbox.control import control
from devkit.wechat_sandbox.errors import WeChatError
from devkit.wechat_sandbox.faults import Fault
from devkit.wechat_sandbox.identities import openid_for
from devkit.wechat_sandbox.state import SandboxState

wechat = Blueprint("wechat", __name__)


def create_app(state: SandboxState) -> Flask:
    """The sandbox on this memory."""
    app = Flask(__name__)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.extensions["wechat_sandbox"] = state
    app.register_blueprint(wechat)
    app.register_blueprint(control)
    app.register_error_handler(WeChatError, lambda error: jsonify(error.body()))
    return app


def _state() -> SandboxState:
    state: SandboxState = current_app.extensions["wechat_sandbox"]
    return state


def _body() -> dict[str, Any]:
    """The JSON body; 47001 when it is none (documentation: 全局返回码, "解析 JSON/XML 内容错误")."""
    try:
        body = request.get_json(force=True)
    except HTTPException:
        raise WeChatError(47001, "data format error") from None
    if not isinstance(body, dict):
        raise WeChatError(47001, "data format error")
    return body


def _text(source: Any, name: str) -> str:
    value = source.get(name, "")
    return value if isinstance(value, str) else ""


def _require_grant(source: Any, expected: str) -> None:
    """40002 for another grant type (documentation: 全局返回码)."""
    if _text(source, "grant_type") != expected:
        raise WeChatError(40002, "invalid grant_type")


@wechat.before_request
def suffer_before() -> Response | tuple[str, int] | None:
    """Faults that come instead of an answer, or before it."""
    fault: Fault | None = _state().take_fault(request.path)
    if fault is None:
        return None
    if fault.kind == "latency":
        _state().hold(fault.value)
    elif fault.kind == "timeout_after_accept":
        g.hold_answer = fault.value
    elif fault.kind == "http_500":
        return "Internal Server Error", 500
    elif fault.kind == "malformed":
        return Response('{"errcode": 0, "errmsg"', content_type="application/json")
    else:
        raise WeChatError(int(fault.value), "ordered by the sandbox")
    return None


@wechat.after_request
def suffer_after(response: Response) -> Response:
    """The fault that hurts most: the work is done, but whoever asked never hears of it."""
    if "hold_answer" in g:
        _state().hold(g.hold_answer)
    return response


@wechat.get("/cgi-bin/token")
def token() -> Response:
    """Documentation: getAccessToken."""
    _require_grant(request.args, "client_credential")
    return jsonify(_state().plain_token(_text(request.args, "appid"), _text(request.args, "secret")))


@wechat.post("/cgi-bin/stable_token")
def stable_token() -> Response:
    """Documentation: getStableAccessToken."""
    body = _body()
    _require_grant(body, "client_credential")
    force = body.get("force_refresh") is True
    return jsonify(_state().stable_token(_text(body, "appid"), _text(body, "secret"), force_refresh=force))


@wechat.get("/sns/jscode2session")
def code_to_session() -> Response:
    """Documentation: code2Session. The session key is made up: nothing here is encrypted with it."""
    arguments = request.args
    _require_grant(arguments, "authorization_code")
    code = _text(arguments, "js_code")
    identity = _state().sign_in(_text(arguments, "appid"), _text(arguments, "secret"), code)
    return jsonify(identity | {"session_key": f"{openid_for('key:' + code)[:22]}=="})


@wechat.get("/sns/oauth2/access_token")
def oauth_access_token() -> Response:
    """Documentation of the official accounts: 网页授权, second step; the same codes, another openid per person."""
    arguments = request.args
    _require_grant(arguments, "authorization_code")
    code = _text(arguments, "code")
    identity = _state().sign_in(_text(arguments, "appid"), _text(arguments, "secret"), code, official=True)
    tokens = {"access_token": openid_for("oauth:" + code), "refresh_token": openid_for("refresh:" + code)}
    return jsonify(tokens | {"expires_in": 7200, "scope": "snsapi_base"} | identity)


@wechat.post("/wxa/business/getuserphonenumber")
def user_phone_number() -> Response:
    """Documentation: getPhoneNumber."""
    number, appid = _state().phone_number(_text(request.args, "access_token"), _text(_body(), "code"))
    phone = {
        "phoneNumber": number,
        "purePhoneNumber": number,
        "countryCode": "86",
        "watermark": {"timestamp": 0, "appid": appid},
    }
    return jsonify({"errcode": 0, "errmsg": "ok", "phone_info": phone})


@wechat.post("/wxa/msg_sec_check")
def check_text() -> Response:
    """Documentation: msgSecCheck, version 2. Here everything passes."""
    _state().require_token(_text(request.args, "access_token"))
    trace = f"text-{openid_for(_text(_body(), 'content'))}"
    passed = {"suggest": "pass", "label": 100}
    return jsonify({"errcode": 0, "errmsg": "ok", "trace_id": trace, "result": passed, "detail": []})


@wechat.post("/cgi-bin/message/subscribe/send")
def send_subscription_message() -> Response:
    """Documentation: sendMessage. That the answer carries a msgid is unverified for every kind of account."""
    msgid = _state().send(_text(request.args, "access_token"), _body())
    return jsonify({"errcode": 0, "errmsg": "ok", "msgid": msgid})
