"""What every walk for pictures needs: where something is on the page, and how a picture is taken."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page

Snap = Callable[[str], None]


def mark(page: Page, name: str) -> Locator:
    """The first thing with this mark that can be seen."""
    return page.locator(f'[data-test="{name}"]:visible').first


def snapper(page: Page, folder: Path, mode: str) -> Snap:
    """Takes whole pages, once they are quiet."""

    def snap(name: str) -> None:
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(300)
        page.screenshot(path=folder / f"{name}-{mode}.png", full_page=True)

    return snap
