"""The client's own tests of logic, run where everything else is run; and its mini-program build, looked at without WeChat."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from devkit.client import build
from devkit.node import CLIENT, find_node, install_packages, run, tool

pytestmark = pytest.mark.browser
MAIN_PACKAGE_LIMIT = 400 * 1024
FIRST_LOAD_LIMIT = 150 * 1024


@pytest.fixture(scope="module")
def mini_program() -> Path:
    return build("mp-weixin")


def test_the_logic_of_the_client_holds() -> None:
    node = find_node()
    install_packages(node)
    run(node, [*tool(node, "vitest", "vitest.mjs"), "run"], "vitest:")


def test_the_mini_program_has_every_page_and_stays_small(mini_program: Path) -> None:
    app = json.loads((mini_program / "app.json").read_text("utf-8"))
    parts = [f"{part['root']}/{page}" for part in app["subPackages"] for page in part["pages"]]
    pages = app["pages"] + parts
    assert len(pages) >= 10
    missing = [
        f"{page}{end}"
        for page in pages
        for end in (".js", ".json", ".wxml")
        if not (mini_program / (page + end)).is_file()
    ]
    assert missing == []
    assert _main_package(mini_program) <= MAIN_PACKAGE_LIMIT


def _main_package(mini_program: Path) -> int:
    """Bytes fetched before anything is seen; pages of those who work come in a package of their own."""
    parts = [part["root"] for part in json.loads((mini_program / "app.json").read_text("utf-8"))["subPackages"]]
    files = [path for path in mini_program.rglob("*") if path.is_file()]
    return sum(
        path.stat().st_size for path in files if not any(path.is_relative_to(mini_program / root) for root in parts)
    )


def test_the_mini_program_names_roles_as_wechat_does(mini_program: Path) -> None:
    templates = [path.read_text("utf-8") for path in mini_program.rglob("*.wxml")]
    assert any('aria-role="button"' in text for text in templates)
    assert [text for text in templates if re.search(r"\srole=", text)] == []


@pytest.mark.parametrize("name", ["h5", "mp-weixin"])
def test_no_build_names_a_host_of_somebody_else(name: str) -> None:
    """Names of standards and a documentation address in a message are no requests; a picture or script would be."""
    folder = build(name)
    known = re.compile(
        r"https?://(www\.w3\.org|127\.0\.0\.1|uniapp\.dcloud\.(net\.cn|io)|HOST|vuejs\.org|github\.com|ask\.dcloud\.net\.cn)"
    )
    found = {
        match
        for path in folder.rglob("*")
        if path.suffix in (".js", ".css", ".html", ".wxss", ".wxml", ".json")
        for match in re.findall(r"https?://[\w.-]+", path.read_text("utf-8"))
        if not known.match(match)
    }
    assert found == set()


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
