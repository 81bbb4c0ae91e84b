"""What every walk for pictures needs: where something is on the page, and how a picture is taken."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page

from devkit.node import CLIENT

Snap = Callable[[str], None]


def mark(page: Page, name: str) -> Locator:
    """The first thing with this mark that can be seen."""
    return page.locator(f'[data-test="{name}"]:visible').first


def client_pages() -> list[str]:
    """Every page of the client, as the framework reads them: comments are allowed in its file."""
    text = (CLIENT / "src" / "pages.json").read_text("utf-8")
    told = json.loads(re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE))
    packages = [f"{one['root']}/{page['path']}" for one in told["subPackages"] for page in one["pages"]]
    return [page["path"] for page in told["pages"]] + packages


def snapper(page: Page, folder: Path, mode: str, seen: set[str]) -> Snap:
    """Takes whole pages, once they are quiet; ``seen``: which ones, by path."""

    def snap(name: str) -> None:
        seen.add(urlsplit(page.url).fragment.partition("?")[0].strip("/") or client_pages()[0])
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(300)
        page.screenshot(path=folder / f"{name}-{mode}.png", full_page=True)

    return snap
