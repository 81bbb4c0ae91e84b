"""The page behind a printed code, the files WeChat asks for, and what machines ask."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app import create_app
from service.db import db
from service.deputies.models import Deputy
from service.outbox.models import OutboxRow
from service.stations.models import ReceptionDay, Station
from tests.api.conftest import Client
from tests.conftest import FakeClock, WakeLog, make_settings
from tests.world import Place, build_world


@pytest.fixture(scope="module")
def paged(core_app: Flask, database_url: str, clock: FakeClock, wakes: WakeLog) -> Iterator[Flask]:
    settings = make_settings(database_url, site_verification=(("abc.txt", "0123abc"),), metrics_token="m" * 20)
    app = create_app(settings, wake=wakes, clock=clock)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def browser(paged: Flask, session: Session) -> Client:
    return Client(paged, paged.response_class)


@pytest.fixture
def here(session: Session, now: dt.datetime) -> Place:
    """A station with a phone, an evil name, and an announced reception day."""
    place = build_world(session).a
    station = session.get_one(Station, place.station)
    station.name, station.phone = "幸福村<b>联络站</b>", "028 1234567"
    starts = now + dt.timedelta(days=3)
    session.add(
        ReceptionDay(
            district_id=place.district_id,
            station_id=place.station,
            starts_at=starts,
            ends_at=starts + dt.timedelta(hours=2),
            place="村会议室",
            deputy_ids=[place.primary],
            state="announced",
        )
    )
    session.flush()
    return place


def test_a_scanned_code_shows_station_deputy_reception_and_check_code(
    browser: Client, session: Session, here: Place
) -> None:
    deputy = session.get_one(Deputy, here.primary).name
    code = here.grid_code
    answer = browser.get(f"/s/{code}")
    assert answer.status_code == 200
    check = f"{code[:5]} {code[5:]}"
    shown = (deputy, "人大代表", "3月5日（星期四）09:00", "村会议室", 'href="tel:0281234567"', check)
    for words in (*shown, "https://daibiao.example.gov.cn"):
        assert words in answer.text
    assert "<b>" not in answer.text
    assert browser.get(f"/s/{code.lower()}").status_code == 200


def test_the_page_needs_nothing_from_elsewhere_and_allows_nothing(browser: Client, here: Place) -> None:
    answer = browser.get(f"/s/{here.scan_code}")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert "script" not in answer.text
    assert "style=" not in answer.text
    sheet = re.search(r'href="([^"]+\.css)"', answer.text)
    assert sheet
    with browser.get(sheet.group(1)) as css:
        assert css.mimetype == "text/css"


@pytest.mark.parametrize("code", ["AAAAABBBBA", "x", "<script>", "%00", "..%2f", "AAAAAAAAAA", "９９９"])
def test_an_unknown_code_is_404_with_a_sentence_that_helps(browser: Client, code: str) -> None:
    answer = browser.get(f"/s/{code}")
    assert answer.status_code == 404
    assert "核对码" in answer.text or code == "..%2f"
    assert "<script>" not in answer.text


def test_verification_files_come_before_codes(browser: Client) -> None:
    for path in ("/s/abc.txt", "/abc.txt"):
        answer = browser.get(path)
        assert (answer.status_code, answer.mimetype, answer.text) == (200, "text/plain", "0123abc")
    assert browser.get("/other.txt").status_code == browser.get("/s/other.txt").status_code == 404


def test_a_verification_file_with_another_ending_or_without_content_is_a_fault() -> None:
    assert make_settings("sqlite://", site_verification=(("MP_verify_aB3.txt", "aB3"),)).faults() == []
    for name, content in (("K7Q2M9", "x"), ("../a.txt", "x"), ("a.txt", "")):
        [fault] = make_settings("sqlite://", site_verification=((name, content),)).faults()
        assert "SITE_VERIFICATION" in fault


def test_ready_names_what_fails(browser: Client, session: Session, now: dt.datetime) -> None:
    assert browser.get("/healthz").json == {"status": "ok"}
    ready = browser.get("/readyz")
    assert (ready.status_code, ready.json["failing"]) == (200, [])
    assert "WECHAT_MINIPROGRAM_TOKEN" in ready.json["gaps"][0], "nothing fails, and somebody must know"
    late = now - dt.timedelta(minutes=6)
    session.add(OutboxRow(event="issue_moved", payload={}, next_at=late))
    waiting = browser.get("/readyz")
    assert (waiting.status_code, waiting.json["failing"]) == (503, ["outbox"])


def test_ready_says_so_quickly_when_redis_and_the_database_are_away() -> None:
    settings = make_settings("postgresql+psycopg://127.0.0.1:1/x", redis_url="redis://127.0.0.1:1/0")
    app = create_app(settings, wake=lambda _name: None)
    answer: Any = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert set(answer.json["failing"]) == {"database", "redis", "outbox"}
    sign_in = app.test_client().post("/api/v1/sessions", json={"provider": "guest"})
    assert (sign_in.status_code, sign_in.mimetype) == (503, "application/problem+json")


def test_metrics_are_for_this_machine_and_the_token_only(browser: Client) -> None:
    local = browser.get("/metrics")
    assert local.status_code == 200
    assert "http_requests_total" in local.text
    assert "outbox_oldest_seconds" in local.text
    strangers = [
        ({"X-Forwarded-For": "127.0.0.1"}, "127.0.0.1"),
        ({}, "203.0.113.5"),
        ({"Authorization": "Bearer m"}, "203.0.113.5"),
    ]
    for headers, address in strangers:
        answer = browser.get("/metrics", headers=headers, environ_overrides={"REMOTE_ADDR": address})
        assert answer.status_code == 404
    known = browser.get(
        "/metrics",
        headers={"Authorization": "Bearer " + "m" * 20},
        environ_overrides={"REMOTE_ADDR": "203.0.113.5"},
    )
    assert known.status_code == 200


def test_a_code_typed_to_check_a_poster_leads_to_its_page_or_says_that_it_is_none(browser: Client, here: Place) -> None:
    asked = browser.get("/s/")
    assert asked.status_code == 200 and 'name="code"' in asked.text
    assert "form-action 'self'" in asked.headers["Content-Security-Policy"]
    typed = f"{here.scan_code[:5].lower()} {here.scan_code[5:]}"
    found = browser.get("/s/", query_string={"code": typed})
    assert (found.status_code, found.headers["Location"]) == (303, f"/s/{here.scan_code}?plain=1")
    for wrong in ("AAAAAAAAA0", "<b>", "x" * 500):
        answer = browser.get("/s/", query_string={"code": wrong})
        assert answer.status_code == 200 and "12345" in answer.text and "<b>" not in answer.text
    page = browser.get(f"/s/{here.scan_code}")
    assert 'href="/s/"' in page.text and 'href="tel:12345"' in page.text
