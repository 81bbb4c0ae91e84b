"""`./dev wechat-sandbox --port N`: the sandbox as a process of its own."""

import argparse
import signal
import threading
from pathlib import Path
from types import FrameType

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from devkit.instance import DEFAULT_DATA_DIR, Instance, port_is_free
from devkit.terminal import CommandFailed, say
from devkit.wechat_sandbox.app import create_app
from devkit.wechat_sandbox.state import SandboxState


class _QuietHandler(WSGIRequestHandler):
    """Keeps connections open as WeChat does, and writes no request line: those carry secrets in their query."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options of `./dev wechat-sandbox`."""
    parser = argparse.ArgumentParser(prog="./dev wechat-sandbox", description="在本机模仿微信服务器。")
    parser.add_argument("--port", type=int, required=True, help="本机回环地址上的端口")
    parser.add_argument(
        "--data",
        type=Path,
        default=DEFAULT_DATA_DIR,
        metavar="DIR",
        help="哪个实例的 AppID 和密钥(默认 .data)",
    )
    parser.add_argument("--unionid", action="store_true", help="登录时返回 unionid(如同绑定了开放平台)")
    return parser.parse_args(arguments)


def build_server(state: SandboxState, port: int) -> BaseWSGIServer:
    """A server on loopback with a thread per connection, because faults make requests wait for minutes."""
    server = make_server("127.0.0.1", port, create_app(state), threaded=True, request_handler=_QuietHandler)
    server.daemon_threads = True  # type: ignore[attr-defined]
    return server


def main(arguments: list[str]) -> int:
    """Serve until told to stop."""
    options = parse(arguments)
    if not port_is_free(options.port):
        raise CommandFailed(f"端口 {options.port} 已被占用。")
    credentials = Instance(options.data).wechat_credentials
    server = build_server(SandboxState(credentials, with_unionid=options.unionid), options.port)

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        # shutdown() waits for the serving loop, which is this very thread: it has to be asked from another one.
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    say(f"微信沙箱 http://127.0.0.1:{options.port}/sandbox")
    server.serve_forever()
    return 0
