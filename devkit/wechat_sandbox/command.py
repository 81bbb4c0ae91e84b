"""`./dev wechat-sandbox`: the sandbox as a process of its own."""

from __future__ import annotations

import argparse
import signal
from pathlib import Path
from types import FrameType

from devkit.instance import DEFAULT_DATA_DIR, Instance, port_is_free
from devkit.terminal import CommandFailed, say
from devkit.wechat_sandbox.accounts import Account, accounts_of
from devkit.wechat_sandbox.callbacks import JSON, PLAIN, SAFE, XML, Callback, parse_callback
from devkit.wechat_sandbox.people import demo_titles
from devkit.wechat_sandbox.server import SandboxServer, build_server
from devkit.wechat_sandbox.state import Options, SandboxState

EPILOG = """\
网页 http://127.0.0.1:PORT/sandbox 显示每个人的手机会收到什么。杠杆(POST,JSON):
  /sandbox/codes      {user}                                  新的登录码
  /sandbox/consents   {user, template_id, times|long_term}    手机上点了“允许”;times 0 为拒收
  /sandbox/events     {type: text|subscribe|…, user, …}       推送任何事件到 --callback
  /sandbox/faults     {endpoint, kind, value, times, …}       故障:延迟、5xx、超时、断线、错误码、残缺正文
  /sandbox/tokens     {lifetime, refusals}                    令牌风暴
  /sandbox/templates /sandbox/quotas /sandbox/visits /sandbox/settings /sandbox/callback /sandbox/pushes /sandbox/reset
统计 GET /sandbox/statistics。单个请求的故障:请求头 X-Sandbox-Fault: latency=0.2, errcode=45009
说明见 docs/wechat-sandbox.md。
"""


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options of `./dev wechat-sandbox`."""
    parser = argparse.ArgumentParser(
        prog="./dev wechat-sandbox",
        description="在本机模仿微信服务器:令牌、登录、内容安全、消息、小程序码、网页授权和事件推送。",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--port", type=int, required=True, help="本机回环地址上的端口")
    add("--data", type=Path, default=DEFAULT_DATA_DIR, metavar="DIR", help="哪个实例的 AppID 和密钥(默认 .data)")
    add("--callback", metavar="URL", help="事件推送到哪里,例如 http://127.0.0.1:8000/wechat/callback")
    add("--push-mode", choices=(SAFE, PLAIN), default=SAFE, help="安全模式(加密,默认)或明文模式")
    add("--push-format", choices=(XML, JSON), default=XML, help="推送的格式(默认 xml)")
    add("--client", default="", metavar="URL", help="消息里的页面在浏览器中的地址前缀,例如 http://127.0.0.1:8000/m/#/")
    add("--oauth-domain", action="append", default=[], metavar="HOST", help="网页授权域名;不写则不限,可写多次")
    add("--no-consent-check", action="store_true", help="发订阅消息不要求用户同意过")
    add("--no-visit-check", action="store_true", help="内容安全检查不要求用户两小时内访问过")
    add("--no-quotas", action="store_true", help="不限调用次数")
    add("--unionid", action="store_true", help="登录时返回 unionid(如同绑定了开放平台)")
    return parser.parse_args(arguments)


def build(options: argparse.Namespace) -> SandboxServer:
    """The server these options ask for. WECHAT_* settings of the environment win over those of the instance."""
    instance = Instance(options.data)
    accounts = accounts_of(instance.environment())
    chosen = Options(
        check_consents=not options.no_consent_check,
        check_visits=not options.no_visit_check,
        check_quotas=not options.no_quotas,
        with_unionid=options.unionid,
        redirect_domains=tuple(options.oauth_domain),
        client_url=options.client,
        titles=demo_titles(instance.directory / "demo.json"),
    )
    callbacks = _callbacks(options, accounts)
    server = build_server(SandboxState(accounts, options=chosen), options.port)
    server.sandbox.pusher.callbacks.update({callback.account.appid: callback for callback in callbacks})
    return server


def _callbacks(options: argparse.Namespace, accounts: tuple[Account, ...]) -> list[Callback]:
    if not options.callback:
        return []
    try:
        return [parse_callback(one, options.callback, options.push_mode, options.push_format) for one in accounts]
    except ValueError as error:
        raise CommandFailed(f"--callback:{error}") from None


def main(arguments: list[str]) -> int:
    """Serve until told to stop."""
    options = parse(arguments)
    if not port_is_free(options.port):
        raise CommandFailed(f"端口 {options.port} 已被占用。")
    server = build(options)

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        server.shutdown()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    say(f"微信沙箱 http://127.0.0.1:{server.server_port}/sandbox")
    server.serve_forever()
    server.server_close()
    return 0
