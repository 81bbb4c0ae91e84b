"""The sandbox's own pages: what was "delivered", and levers for tests and demonstrators."""

from flask import Blueprint, Response, current_app, jsonify, render_template_string, request

from devkit.wechat_sandbox.faults import parse_fault
from devkit.wechat_sandbox.state import SandboxState

control = Blueprint("control", __name__, url_prefix="/sandbox")

PAGE = """<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>微信沙箱 · 已送达的消息</title>
<style>
  body { font: 16px/1.6 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1c2326; }
  article { border: 1px solid #d5dbdd; border-radius: .5rem; padding: .75rem 1rem; margin: 1rem 0; }
  header { color: #55626a; font-size: .9rem; overflow-wrap: anywhere; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: .5rem 0 0; }
  dt { color: #55626a; } dd { margin: 0; overflow-wrap: anywhere; }
</style>
<h1>微信沙箱:已送达的消息</h1>
<p>这里代替手机上的微信。共 {{ messages|length }} 条,最新的在最前面;重启后清空。</p>
{% for message in messages %}
<article>
  <header>第 {{ message.msgid }} 条 · {{ message.delivered_at }}<br>
    收件人 {{ message.openid }} · 模板 {{ message.template_id }}
    {% if message.page %} · 页面 {{ message.page }}{% endif %}
  </header>
  <dl>{% for key, value in message.data.items() %}<dt>{{ key }}</dt><dd>{{ value }}</dd>{% endfor %}</dl>
</article>
{% else %}
<p>还没有消息。</p>
{% endfor %}
</html>
"""


def _state() -> SandboxState:
    state: SandboxState = current_app.extensions["wechat_sandbox"]
    return state


@control.after_request
def forbid_scripts(response: Response) -> Response:
    """The page shows what strangers wrote: besides being escaped, nothing on it may run."""
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return response


@control.get("/healthz")
def healthz() -> Response:
    """Whether the sandbox answers."""
    return jsonify({"status": "ok"})


@control.get("")
def page() -> str:
    """Every message, for people."""
    return render_template_string(PAGE, messages=_state().messages(request.args.get("openid")))


@control.get("/messages")
def messages() -> Response:
    """Every message, for programs: newest first, `?openid=` for one person."""
    return jsonify(_state().messages(request.args.get("openid")))


@control.post("/faults")
def order_fault() -> tuple[Response, int]:
    """Order a fault: `{endpoint, kind, value?, times?}`; kinds as in faults.KINDS."""
    try:
        fault = parse_fault(request.get_json(force=True, silent=True))
    except ValueError as error:
        return jsonify({"error": str(error)}), 422
    _state().add_fault(fault)
    return jsonify({"status": "ok"}), 201


@control.post("/codes")
def issue_code() -> tuple[Response, int]:
    """A fresh login code: `{user}` → `{code}`, accepted once within five minutes."""
    body = request.get_json(force=True, silent=True)
    user = body.get("user") if isinstance(body, dict) else None
    if not isinstance(user, str) or not user or "#" in user:
        return jsonify({"error": "user 应是不含 # 的名字"}), 422
    return jsonify({"code": _state().issue_code(user)}), 201


@control.post("/tokens/revoke")
def revoke_tokens() -> Response:
    """Make every access token invalid, as another server refreshing it would."""
    _state().revoke_tokens()
    return jsonify({"status": "ok"})


@control.post("/reset")
def reset() -> Response:
    """Forget messages, codes, tokens and faults."""
    _state().reset()
    return jsonify({"status": "ok"})
