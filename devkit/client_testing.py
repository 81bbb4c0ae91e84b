"""What the browser tests need before they can run: the built client and a browser. Where they cannot be had, it is said."""

import os
from pathlib import Path

from devkit.browser import find_browser
from devkit.client import build_or_say_why
from devkit.terminal import PROJECT_ROOT, complain

NEED_BROWSER = PROJECT_ROOT / "tests" / "client"
START_INSTANCES = (NEED_BROWSER, PROJECT_ROOT / "tests" / "tour", PROJECT_ROOT / "tests" / "devkit")
LEAVE_OUT = ("-m", "not browser")
LOUD = (
    "════════════════════════════════════════════════════════════════",
    "浏览器测试没有运行：{why}",
    "客户端的流程、无障碍和断网情况这次没有检查过。",
    "BROWSER TESTS DID NOT RUN.",
    "════════════════════════════════════════════════════════════════",
)


def selects(arguments: list[str], folders: tuple[Path, ...]) -> bool:
    """Whether pytest with these arguments would look into one of ``folders``; without any path it looks everywhere."""
    paths = [Path(one.partition("::")[0]).resolve() for one in arguments if not one.startswith("-")]
    paths = [path for path in paths if path.exists()]
    return not paths or any(
        path == one or path in one.parents or one in path.parents for path in paths for one in folders
    )


def prepare(arguments: list[str]) -> str:
    """Build and look; why the browser tests cannot run, empty when they can or nobody asked for them."""
    if not selects(arguments, START_INSTANCES):
        return ""
    if not build_or_say_why():
        return "客户端没有构建成功。"
    if selects(arguments, (NEED_BROWSER,)) and find_browser() is None:
        return "没有找到 Chromium 或 Chrome，也没能从 npm 取得。"
    return ""


def verdict(code: int, why: str) -> int:
    """The last lines of the run, and its exit code: in CI a run without a browser has failed."""
    if not why:
        return code
    for line in LOUD:
        complain(line.format(why=why))
    return code or (1 if os.environ.get("CI") else 0)
