"""The client's own tests of logic, run where everything else is run; and how much a phone loads first."""

from __future__ import annotations

import re

import pytest

from devkit.client import build
from devkit.node import CLIENT, find_node, install_packages, run, tool

pytestmark = pytest.mark.browser
FIRST_LOAD_LIMIT = 150 * 1024


def test_the_logic_of_the_client_holds() -> None:
    node = find_node()
    install_packages(node)
    run(node, [*tool(node, "vitest", "vitest.mjs"), "run"], "vitest:")


def test_the_first_page_is_a_small_load() -> None:
    """What a phone fetches before the page behind a code can be used, packed: the page, its scripts and styles."""
    folder = build("h5")
    index = (folder / "index.html").read_text("utf-8")
    first = re.findall(r'(?:src|href)="/m/([^"]+)"', index)
    chunks = [path.name for path in (folder / "assets").glob("*.js")]
    page = next(name for name in chunks if name.startswith("pages-scan-index"))
    shared = re.findall(r'from"\./([^"]+\.js)"', (folder / "assets" / page).read_text("utf-8"))
    names = {*first, f"assets/{page}", *(f"assets/{name}" for name in shared)}
    assert sum((folder / f"{name}.gz").stat().st_size for name in names) <= FIRST_LOAD_LIMIT
    assert (CLIENT / "package-lock.json").is_file()
