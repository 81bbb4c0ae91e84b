"""The built client under /m/, and who is sent there from a printed code."""

from __future__ import annotations

import datetime as dt
import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app import create_app
from service.db import db
from tests.api.conftest import Client
from tests.conftest import FakeClock, WakeLog, make_settings
from tests.world import Place, build_world


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("h5")
    (folder / "index.html").write_text("<title>码上代表</title>", "utf-8")
    (folder / "assets").mkdir()
    (folder / "assets" / "app.0a1b.js").write_text("start()", "utf-8")
    (folder / "assets" / "app.0a1b.js.gz").write_bytes(gzip.compress(b"start()"))
    (folder.parent / "secret.txt").write_text("not for anybody", "utf-8")
    return folder


@pytest.fixture(scope="module")
def app_with_client(
    core_app: Flask, database_url: str, clock: FakeClock, wakes: WakeLog, built: Path
) -> Iterator[Flask]:
    settings = make_settings(database_url, client_dir=str(built), site_verification=(("abc.txt", "0123abc"),))
    app = create_app(settings, wake=wakes, clock=clock)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def browser(app_with_client: Flask, session: Session) -> Client:
    return Client(app_with_client, app_with_client.response_class)


@pytest.fixture
def here(session: Session, now: dt.datetime) -> Place:
    return build_world(session).a


def test_an_address_longer_than_any_file_is_not_found(browser: Client) -> None:
    assert browser.get("/m/" + "a" * 300).status_code == 404
    assert browser.get("/m/" + "a/" * 3000).status_code in (404, 414)


def test_a_desks_code_leads_to_the_client_without_asking_whether_it_exists(browser: Client) -> None:
    answer = browser.get("/d/0123456789ABCDEF")
    assert answer.headers["Location"] == "/m/#/pages/work/desk?code=0123456789ABCDEF"
    assert "别人发来的二维码" in browser.get("/d/0123456789ABCDEF?plain=1").text
    assert browser.get("/d/a.b").status_code == 404


def test_a_scanned_code_leads_to_the_client_with_the_code_in_capitals(browser: Client, here: Place) -> None:
    for code in (here.scan_code, here.scan_code.lower()):
        answer = browser.get(f"/s/{code}")
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/m/?s={here.scan_code}")
    with_grid = browser.get(f"/s/{here.scan_code}?grid_id={here.grid}")
    assert with_grid.headers["Location"] == f"/m/?s={here.scan_code}&grid_id={here.grid}"


def test_the_page_without_script_stays_reachable_and_verification_files_come_first(
    browser: Client, here: Place
) -> None:
    plain = browser.get(f"/s/{here.scan_code}?plain=1")
    assert plain.status_code == 200 and "核对码" in plain.text and "<script" not in plain.text
    assert browser.get("/s/abc.txt").text == "0123abc"
    assert browser.get("/s/AAAAAAAAA0").status_code == 404, "a code that cannot be one leads nowhere"


def test_a_code_somebody_distrusts_is_reported_with_one_tap_and_named_as_typed_or_scanned(
    browser: Client, here: Place
) -> None:
    form = 'href="/m/#/pages/feedback/index?code='
    pages = {
        f"/s/{here.scan_code}?plain=1": here.scan_code,
        "/s/AAAAAAAAA0": "AAAAAAAAA0",
        "/s/?code=%22%3E12+%E5%8F%B7": "%22%3E12%20%E5%8F%B7",
        "/s/": "",
        "/s/?code=" + "x" * 60: "x" * 40,
    }
    for path, code in pages.items():
        text = browser.get(path).text
        assert f'{form}{code}"' in text and "举报可疑的二维码" in text and 'href="tel:12345"' in text, path
    assert "举报" not in browser.get("/nothing/here").text, "that is no code"


def test_the_page_is_asked_for_each_time_and_hashed_files_once_a_year(browser: Client) -> None:
    page = browser.get("/m/")
    assert (page.status_code, page.mimetype, page.headers["Cache-Control"]) == (200, "text/html", "no-cache")
    script = browser.get("/m/assets/app.0a1b.js")
    assert script.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert script.mimetype == "text/javascript"
    again = browser.get("/m/", headers={"If-None-Match": page.headers["ETag"]})
    assert again.status_code == 304


def test_a_phone_that_unpacks_gets_the_packed_file(browser: Client) -> None:
    packed = browser.get("/m/assets/app.0a1b.js", headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == b"start()"
    assert packed.mimetype == "text/javascript"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert browser.get("/m/assets/app.0a1b.js").data == b"start()"


def test_the_client_may_reach_its_own_origin_only(browser: Client) -> None:
    policy = browser.get("/m/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src 'self';" in policy and "connect-src 'self'" in policy
    assert "http" not in policy and "unsafe-eval" not in policy and "script-src 'self' 'unsafe" not in policy


@pytest.mark.parametrize(
    "path", ["missing.js", "../secret.txt", "..%2fsecret.txt", "assets", "assets/", "%00", "/etc/passwd"]
)
def test_nothing_but_files_of_the_build_is_served(browser: Client, path: str) -> None:
    assert browser.get(f"/m/{path}").status_code in (404, 308)
    assert "not for anybody" not in browser.get(f"/m/{path}", follow_redirects=True).text


def test_without_a_build_the_page_says_so_and_codes_open_the_plain_page(
    core_app: Flask, database_url: str, clock: FakeClock, wakes: WakeLog, here: Place, tmp_path: Path
) -> None:
    app = create_app(make_settings(database_url, client_dir=str(tmp_path)), wake=wakes, clock=clock)
    browser = Client(app, app.response_class)
    answer = browser.get("/m/")
    assert answer.status_code == 404 and "./dev client" in answer.text
    assert browser.get(f"/s/{here.scan_code}").status_code == 200
    with app.app_context():
        db.engine.dispose()
