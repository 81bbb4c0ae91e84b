"""The built mini-program in a browser: where it is served, and which of its pages an H5 address means (docs/miniprogram.md)."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote, urlsplit

from playwright.sync_api import BrowserContext, Route

from devkit.client import WECHAT, build
from devkit.node import CLIENT, find_node, run

FOLDER = "/mini/"
PACK = CLIENT / "tests" / "runner" / "pack.cjs"


def packed(folder: Path) -> Path:
    """The package as the runner takes it: templates through glass-easel's compiler, everything in three files.

    :raises CommandFailed: when a template does not compile.
    """
    node = find_node()
    run(node, [str(node.node), str(PACK), str(build(WECHAT)), str(folder)], "runner:")
    return folder


def serve(context: BrowserContext, base_url: str, folder: Path) -> None:
    """Beside the real server and at its origin, so that the mini-program's requests reach it."""

    def give(route: Route) -> None:
        name = urlsplit(route.request.url).path.removeprefix(FOLDER) or "index.html"
        route.fulfill(path=folder / name)

    context.route(f"{base_url}{FOLDER}**", give)


def address(base_url: str, wanted: str) -> str:
    """Where the mini-program opens for an address of the H5: a printed code as WeChat's link rule hands it over."""
    if wanted.startswith("/s/"):
        return f"{FOLDER}#/pages/scan/index?q={quote(base_url + wanted, safe='')}"
    page = re.search(r"#(/pages/.+)$", wanted)
    return f"{FOLDER}#{page.group(1)}" if page else f"{FOLDER}#/pages/scan/index{wanted.removeprefix('/m/')}"
