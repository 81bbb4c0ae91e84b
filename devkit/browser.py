"""A real browser for the client's journeys and pictures: an installed Chromium or Chrome, else one from the npm registry."""

import contextlib
import functools
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ViewportSize, sync_playwright

from devkit.node import CLIENT, find_node
from devkit.terminal import CommandFailed, say

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PACKAGED = "@sparticuz/chromium@138.0.2"
"""A headless Chromium inside an npm package: needs no root, only a few system libraries."""
NO_BROWSER = "没有找到 Chromium 或 Chrome，也没能从 npm 取得。请安装 chromium（例如 apt-get install chromium）后再试。"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE = ViewportSize(width=390, height=844)
_EXECUTABLE = "import c from '@sparticuz/chromium'; console.log(await c.executablePath())"


@functools.cache
def find_browser() -> Path | None:
    """Where a browser is; None when there is none on this machine and none can be had."""
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    return _from_npm()


def _from_npm() -> Path | None:
    folder = CLIENT / "node_modules" / ".browser"
    with contextlib.suppress(CommandFailed, OSError):
        node = find_node()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true, "type": "module"}', "utf-8")
        if not (folder / "node_modules" / "@sparticuz").is_dir():
            say(f"本机没有浏览器，正在从 npm 取得 {PACKAGED}…")
            install = [*node.npm, "install", "--no-audit", "--no-fund", "--no-save", "--loglevel=error", PACKAGED]
            subprocess.run(install, cwd=folder, env=node.environment(), capture_output=True, check=False)
        asked = [str(node.node), "--input-type=module", "-e", _EXECUTABLE]
        done = subprocess.run(asked, cwd=folder, env=node.environment(), capture_output=True, text=True, check=False)
        path = Path(done.stdout.strip())
        if done.returncode == 0 and path.is_file():
            return path
    return None


@contextlib.contextmanager
def running_browser() -> Iterator[Browser]:
    """A headless browser, ended afterwards.

    :raises CommandFailed: when there is none.
    """
    executable = find_browser()
    if executable is None:
        raise CommandFailed(NO_BROWSER)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=[*FLAGS], env=dict(os.environ))
        try:
            yield browser
        finally:
            browser.close()


def phone(browser: Browser, *, dark: bool = False) -> BrowserContext:
    """A phone of ordinary size, in Chinese, with nothing remembered."""
    return browser.new_context(
        viewport=PHONE,
        device_scale_factor=2,
        has_touch=True,
        is_mobile=True,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
