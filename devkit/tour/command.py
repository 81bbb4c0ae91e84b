"""Which instance the tour walks through, and in which order."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from devkit.children import ChildSpec
from devkit.client import build_or_say_why
from devkit.demo.loading import notes as planned_notes
from devkit.instance import DEFAULT_DATA_DIR, OVERRIDABLE, free_port
from devkit.services import http_ready
from devkit.supervisor import StopRequested, Supervisor
from devkit.terminal import PROJECT_ROOT, CommandFailed, say
from devkit.tour import desk, front_door
from devkit.tour.printer import Story
from devkit.tour.town import Town

READY_WITHIN = 120.0
STOP_WITHIN = 10.0

CHAPTERS = (
    ("一、扫码、反映、答复、评价（不登录，只凭查询码）", front_door.anonymous_loop),
    ("二、实名、交办、退办、延期、签发、不满意、重新办理", desk.units_at_work),
    ("三、代表请假，别人接上", desk.somebody_else),
    ("四、不予受理要复核，可以申诉", front_door.declined_and_appealed),
    ("五、几个人反映同一件事", front_door.merged),
    ("六、紧急情况", front_door.danger),
    ("七、公开", desk.in_public),
)


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options of `./dev tour`."""
    parser = argparse.ArgumentParser(
        prog="./dev tour", description="以各种角色把主流程走一遍；每一步都核对，全部做到才返回 0。"
    )
    parser.add_argument("--base-url", metavar="URL", help="正在运行的实例的地址（默认自己启动一个临时实例）")
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="正在运行的实例的数据目录（默认 .data；读其中的 demo.json）"
    )
    options = parser.parse_args(arguments)
    if options.base_url and urlsplit(options.base_url).scheme not in ("http", "https"):
        parser.error(f"--base-url 应是 http(s) 地址：{options.base_url}")
    return options


def read_notes(data_dir: Path) -> dict[str, Any] | None:
    """DIR/demo.json; None when there is none.

    :raises CommandFailed: when it cannot be read.
    """
    path = data_dir / "demo.json"
    if not path.exists():
        return None
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CommandFailed(f"演示说明 {path} 不能读取：{error}") from error
    return found


def sandbox_url(data_dir: Path) -> str:
    """Where this instance's WeChat sandbox listens; empty when nobody knows."""
    try:
        state = json.loads((data_dir / "instance.json").read_text("utf-8"))
        return f"http://127.0.0.1:{int(state['ports']['sandbox'])}"
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def running(base_url: str | None, data_dir: Path | None) -> tuple[str, dict[str, Any], str]:
    """Address, demo notes and sandbox of an instance that runs already.

    The demo is the same on every machine, so its accounts are known without its folder; the sandbox's port is not.

    :raises CommandFailed: when the folder given holds no demo.json.
    """
    folder = data_dir or DEFAULT_DATA_DIR
    notes = read_notes(folder)
    if notes is None and data_dir is not None:
        raise CommandFailed(f"{data_dir} 里没有 demo.json：请先用 ./dev run --data {data_dir} 启动。")
    address = (base_url or (notes or {}).get("base_url") or "").rstrip("/")
    ours = data_dir is not None or (notes is not None and notes["base_url"].rstrip("/") == address)
    return address, notes or planned_notes(address), sandbox_url(folder) if ours else ""


def walk(base_url: str, notes: dict[str, Any], sandbox: str) -> int:
    """The whole tour; 0 when every step held."""
    story = Story(aside=(requests.RequestException,))
    with requests.Session() as web:
        web.trust_env = False  # a proxy of the environment must not get in between
        if not http_ready(f"{base_url}/healthz")():
            raise CommandFailed(f"{base_url} 没有应答：请先启动（./dev run），或不带参数让导览自己启动一个实例。")
        town = Town(web, base_url, notes, sandbox, story)
        for title, chapter in CHAPTERS:
            story.chapter(title, chapter, town)
    return story.end()


@contextlib.contextmanager
def temporary_instance() -> Iterator[Path]:
    """A whole instance of its own on a free port, with nothing of the caller's settings; gone afterwards."""
    build_or_say_why()  # before the instance's own time to start begins
    with tempfile.TemporaryDirectory(prefix="msdb-tour-") as folder:
        data_dir, port = Path(folder) / "data", free_port()
        arguments = ["-m", "devkit", "run", "--port", str(port), "--data", str(data_dir)]
        environment = {name: value for name, value in os.environ.items() if name not in OVERRIDABLE}
        spec = ChildSpec(
            name="instance",
            argv=[sys.executable, *arguments],
            environment=environment | {"PYTHONPATH": str(PROJECT_ROOT), "PYTHONUNBUFFERED": "1"},
            working_directory=PROJECT_ROOT,
            log=Path(folder) / "run.log",
            grace=STOP_WITHIN,
            ready=http_ready(f"http://127.0.0.1:{port}/readyz"),
        )
        supervisor = Supervisor()
        try:
            with supervisor.signals():
                supervisor.add(spec, timeout=READY_WITHIN)
            yield data_dir
        finally:
            supervisor.stop_all()


def main(arguments: list[str]) -> int:
    """Walk through the instance given, or through one of our own; the exit code says whether every step held."""
    options = parse(arguments)
    if options.base_url or options.data:
        return walk(*running(options.base_url, options.data))
    say("正在启动一个临时实例…")
    try:
        with temporary_instance() as data_dir:
            return walk(*running(None, data_dir))
    except (StopRequested, KeyboardInterrupt):
        say("已停止。")
        return 130
