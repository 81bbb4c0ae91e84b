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
    first = set(re.findall(r'(?:src|href)="/m/([^"]+)"', index)) - {"static/h5/old.js"}
    scripts = [(folder / name).read_text("utf-8") for name in first if name.endswith(".js")]
    imported = {f"assets/{name}" for text in scripts for name in re.findall(r'from"\./([^"]+\.js)"', text)}
    assert imported <= first, "the page asks for all of it at once, not one after the other"
    assert any("/api/v1/scan/" in text for text in scripts if "unknownTitle" in text), "the page itself is in it"
    assert sum((folder / f"{name}.gz").stat().st_size for name in first) <= FIRST_LOAD_LIMIT
    assert (CLIENT / "package-lock.json").is_file()
