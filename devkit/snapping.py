"""What every walk for pictures needs: an instance, where something is on the page, how a picture is taken and kept."""

import argparse
import contextlib
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Locator, Page

from devkit.node import CLIENT
from devkit.terminal import PROJECT_ROOT, CommandFailed, complain, say
from devkit.tour.command import read_notes, temporary_instance

Notes = dict[str, Any]
Snap = Callable[[str], None]
IMAGES = PROJECT_ROOT / "docs" / "images"
COLOURS = 64
"""A page of text needs no more, and the file is a third."""
LARGEST = 120 * 1024


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


def for_the_docs(picture: bytes, name: str) -> Path:
    """``docs/images/NAME.png``, in few colours.

    :raises CommandFailed: when it is larger than 120 KB all the same.
    """
    path = IMAGES / f"{name}.png"
    taken = Image.open(io.BytesIO(picture)).convert("RGB")
    taken.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    if path.stat().st_size > LARGEST:
        raise CommandFailed(f"{path.name} 有 {path.stat().st_size} 字节，超过 {LARGEST}。")
    say(f"{path.stat().st_size // 1024:>4} KB  {path}")
    return path


def snapper(page: Page, folder: Path, mode: str, seen: set[str], chosen: Callable[[str], None] | None = None) -> Snap:
    """Takes whole pages, once they are quiet; ``seen``: which ones, by path; ``chosen`` is told what was taken."""

    def snap(name: str) -> None:
        seen.add(urlsplit(page.url).fragment.partition("?")[0].strip("/") or client_pages()[0])
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(300)
        page.screenshot(path=folder / f"{name}-{mode}.png", full_page=True)
        if chosen is not None:
            chosen(f"{name}-{mode}")

    return snap
