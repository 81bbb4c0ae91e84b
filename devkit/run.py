"""`./dev run`: the whole service on one machine, from an empty folder to `ready`, and back to nothing on Ctrl-C."""

import argparse
import os
import socket
import sys
from pathlib import Path

from devkit.client import build_or_say_why
from devkit.demo_notes import DemoNotes, read_demo_notes
from devkit.instance import DEFAULT_DATA_DIR, DEFAULT_PORT, WECHAT_API, Instance, port_is_free, uses_sandbox
from devkit.qr_terminal import terminal_qr
from devkit.services import Services
from devkit.supervisor import StopRequested, Supervisor
from devkit.terminal import CommandFailed, say

READY_WITHIN = 90.0


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options of `./dev run`."""
    parser = argparse.ArgumentParser(prog="./dev run", description="在本机启动整套服务,Ctrl-C 结束。")
    parser.add_argument("--port", type=_port, default=DEFAULT_PORT, help=f"网页与接口的端口(默认 {DEFAULT_PORT})")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA_DIR, metavar="DIR", help="数据目录(默认 .data)")
    parser.add_argument("--database-url", metavar="URL", help="改用真实的 PostgreSQL(或环境变量 DATABASE_URL)")
    parser.add_argument("--redis-url", metavar="URL", help="改用真实的 Redis(或环境变量 REDIS_URL)")
    parser.add_argument("--public-base-url", metavar="URL", help="二维码里写的地址(或环境变量 PUBLIC_BASE_URL)")
    parser.add_argument("--lan", action="store_true", help="让同一局域网的手机也能打开(演示账号人人可用,慎用)")
    return parser.parse_args(arguments)


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"端口应是 1 到 65535 的整数:{text}")
    return int(text)


def lan_address() -> str:
    """This machine's address in its network; connecting a datagram socket sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            raise CommandFailed("没有找到局域网地址,请不带 --lan 启动。") from None
        return str(probe.getsockname()[0])


def main(arguments: list[str]) -> int:
    """Run until told to stop; 0 after an orderly stop."""
    options = parse(arguments)
    host = "0.0.0.0" if options.lan else "127.0.0.1"
    instance = Instance(options.data)
    with instance.run_lock():
        if not port_is_free(options.port, host):
            raise CommandFailed(f"端口 {options.port} 已被占用,请换一个,例如 ./dev run --port {options.port + 1}")
        _run(instance, options, host)
    return 0


def _run(instance: Instance, options: argparse.Namespace, host: str) -> None:
    supervisor = Supervisor()
    with supervisor.signals():
        try:
            _start(supervisor, instance, options, host)
            supervisor.watch()
        except StopRequested:
            pass  # asked to stop while still starting: an orderly end, not a failure
        finally:
            say("正在停止…")
            supervisor.stop_all()
    say("已停止。")


def _start(supervisor: Supervisor, instance: Instance, options: argparse.Namespace, host: str) -> None:
    has_client = build_or_say_why()
    sandbox_port = instance.choose_sandbox_port()
    addresses = _addresses(instance, options)
    instance.remember_run(**addresses)
    services = Services(instance.environment() | addresses, instance.logs)
    say(f"数据目录 {instance.directory},各进程的日志在 {instance.logs}")
    if addresses["REDIS_URL"] == instance.embedded_redis_url:
        supervisor.add(services.redis(instance.redis_directory, instance.redis_socket, instance.embedded_redis_url))
    sandbox = None
    if uses_sandbox():
        web = f"http://127.0.0.1:{options.port}"
        sandbox = supervisor.begin(services.sandbox(instance.directory, sandbox_port, web=web))
    supervisor.run_once(services.demo())
    supervisor.add(services.web(host, options.port), timeout=READY_WITHIN)  # first: people wait for it
    if sandbox:
        supervisor.wait_for(sandbox)
    supervisor.add(services.scheduler())
    for worker in services.workers():
        supervisor.add(worker)
    wechat = f"微信沙箱        http://127.0.0.1:{sandbox_port}/sandbox  (手机上会收到的消息)"
    if not uses_sandbox():
        wechat = f"微信接口        {services.environment[WECHAT_API]}"
    _introduce(read_demo_notes(instance.directory), addresses["PUBLIC_BASE_URL"], wechat)
    if has_client:
        say(f"网页版          {addresses['PUBLIC_BASE_URL']}/m/")
    say("ready")


def _addresses(instance: Instance, options: argparse.Namespace) -> dict[str, str]:
    own_host = lan_address() if options.lan else "127.0.0.1"
    given = options.public_base_url or os.environ.get("PUBLIC_BASE_URL")
    return instance.embedded_settings_for(
        {
            "DATABASE_URL": options.database_url,
            "REDIS_URL": options.redis_url,
            "PUBLIC_BASE_URL": (given or f"http://{own_host}:{options.port}").rstrip("/"),
        }
    )


def _introduce(notes: DemoNotes, base_url: str, wechat: str) -> None:
    say()
    say(f"接口文档        {base_url}/api/v1/openapi.json")
    say(wechat)
    if notes.scan_url:
        say(f"扫码页面        {notes.scan_url}")
        say()
        say(terminal_qr(notes.scan_url, colours=sys.stdout.isatty()))
    say()
    say("演示账号(登录内容见数据目录的 demo.json):")
    for line in notes.sign_in_lines:
        say(f"  {line}")
    say()
    say(f"工作台          {base_url}/console/")
    for line in notes.desk_lines:
        say(f"  {line}")
    say()
