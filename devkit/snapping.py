"""What every walk for pictures needs: an instance, where something is on the page, and how a picture is taken."""

import argparse
import contextlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page

from devkit.node import CLIENT
from devkit.terminal import CommandFailed, complain
from devkit.tour.command import read_notes, temporary_instance

Notes = dict[str, Any]
Snap = Callable[[str], None]


def run(program: str, take: Callable[[Notes], None], arguments: list[str]) -> int:
    """A program that takes pictures of a running demo instance, or of one of our own; 0 when every one was taken.

    ``take``: what it does, with the instance's demo.json; it raises CommandFailed when a picture could not be taken.
    """
    parser = argparse.ArgumentParser(prog=program)
    parser.add_argument("--data", type=Path, metavar="DIR")
    given: Path | None = parser.parse_args(arguments).data
    try:
        with contextlib.nullcontext(given) if given else temporary_instance() as folder:
            notes = read_notes(folder)
            if notes is None:
                raise CommandFailed(f"{folder} 里没有 demo.json：请先用 ./dev run --data {folder} 启动。")
            take(notes)
    except CommandFailed as failure:
        complain(str(failure))
        return failure.exit_code
    return 0


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
