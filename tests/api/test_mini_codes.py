"""Mini-program codes: asked for by a keeper, fetched by a worker, looked at, printed only when there, and named when not."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from flask import Flask
from PIL import Image
from sqlalchemy.orm import Session

from qr.reading import read
from service.accounts.roles import Role
from service.bootstrap import core
from service.db import db
from service.stations import mini_codes
from service.stations.mini_codes import MAX_ATTEMPTS, WIDTH
from service.stations.models import MiniCode, ScanCode
from service.wechat import WeChatAway, WeChatError, WeChatFault
from tests.api.conftest import Client
from tests.conftest import FakeClock, FakeWeChat
from tests.journeys.town import Person, Town
from tests.wechat.pictures import qr_of, round_code
from tests.world import build_world
from workers import jobs

SITE = "https://daibiao.example.gov.cn/s/"
Draw = Callable[[str, int], bytes]


@pytest.fixture
def town(session: Session, client: Client, clock: FakeClock, wechat: FakeWeChat) -> Town:
    world = build_world(session)
    session.commit()
    wechat.draw = qr_of
    return Town(world.a, client, clock, wechat)


@pytest.fixture
def head(town: Town) -> Person:
    return town.role(Role.STATION_HEAD)


def run(app: Flask, *arguments: object) -> Any:
    db.session.commit()
    result = app.test_cli_runner().invoke(args=[*map(str, arguments)])
    db.session.rollback()  # SQLite's one write lock is for the workers
    db.session.expire_all()
    return result


def fetch(app: Flask) -> None:
    with app.app_context():
        jobs.fetch_mini_codes()


def mini(head: Person, code: str) -> dict[str, Any]:
    station = db.session.get_one(ScanCode, code).station_id
    db.session.commit()
    listed = head.get(f"/stations/{station}/codes")["items"]
    return next(item["mini"] for item in listed if item["code"] == code)


def poster(head: Person, town: Town, kind: str) -> tuple[int, list[str]]:
    answer = head.client.get(f"/api/v1/stations/{town.place.station}/poster.pdf?codes={kind}", headers=head.headers)
    if answer.status_code != 200:
        return answer.status_code, []
    document = pypdfium2.PdfDocument(answer.data)
    found = read(document[0].render(scale=1.6).to_pil())
    document.close()
    return 200, sorted(found)


def test_asked_for_twice_it_is_fetched_once_and_printed_as_asked(
    app: Flask, town: Town, head: Person, wechat: FakeWeChat
) -> None:
    code = town.place.scan_code
    assert poster(head, town, "both") == (409, [])
    for _ in range(2):
        assert head.post(f"/codes/{code}/mini", {})["mini"]["state"] == "wanted"
    fetch(app)
    fetch(app)
    assert wechat.drawn == [code]
    assert mini(head, code) == {"state": "ready", "checked": True, "detail": "小程序码可以印制。"}
    assert head.post(f"/codes/{code}/mini", {})["mini"]["state"] == "ready"
    link = SITE + code
    assert [poster(head, town, kind)[1] for kind in ("link", "both", "mini")] == [[link], [code, link], [code]]
    alone = head.client.get(f"/api/v1/codes/{code}/mini.png", headers=head.headers)
    picture = Image.open(io.BytesIO(alone.data))
    assert (picture.size, read(picture)) == ((WIDTH, WIDTH), [code])
    png = head.client.get(f"/api/v1/stations/{town.place.station}/poster.png?codes=both", headers=head.headers)
    assert sorted(read(Image.open(io.BytesIO(png.data)))) == [code, link]


def test_one_that_no_program_reads_is_to_be_scanned_by_hand(
    app: Flask, town: Town, head: Person, wechat: FakeWeChat
) -> None:
    wechat.draw = round_code
    head.post(f"/codes/{town.place.scan_code}/mini", {})
    fetch(app)
    shown = mini(head, town.place.scan_code)
    assert (shown["state"], shown["checked"]) == ("ready", False)
    assert "手机微信扫过" in shown["detail"]


@pytest.mark.parametrize(
    ("draw", "reason"),
    [
        (lambda _scene, width: qr_of("another-code", width), "something else"),
        (lambda scene, _width: qr_of(scene, 430), "430 × 430"),
        (lambda _scene, _width: b"<html>", "no picture"),
        (lambda scene, width: qr_of(scene, width)[:200], "no picture"),
    ],
    ids=["another", "small", "none", "cut"],
)
def test_a_wrong_picture_is_never_kept(
    app: Flask, town: Town, head: Person, wechat: FakeWeChat, clock: FakeClock, draw: Draw, reason: str
) -> None:
    code, wechat.draw = town.place.scan_code, draw
    head.post(f"/codes/{code}/mini", {})
    for _ in range(MAX_ATTEMPTS):
        fetch(app)
        assert reason in run(app, "parked").output, "seen from the first time on"
        clock.advance(minutes=2)
    assert (len(wechat.drawn), mini(head, code)["state"]) == (MAX_ATTEMPTS, "failed")
    assert poster(head, town, "mini")[0] == 409
    wechat.draw = qr_of
    assert run(app, "requeue-mini-code", code).exit_code == 0
    fetch(app)
    assert mini(head, code)["state"] == "ready"
    assert code not in run(app, "parked").output
    assert run(app, "requeue-mini-code", code).exit_code == 1


def test_a_refusal_says_what_to_do_and_is_not_repeated(
    app: Flask, town: Town, head: Person, wechat: FakeWeChat, clock: FakeClock
) -> None:
    code = town.place.scan_code
    wechat.fault = WeChatError(WeChatFault.PERMANENT, 41030, "invalid page")
    head.post(f"/codes/{code}/mini", {})
    fetch(app)
    clock.advance(hours=2)
    fetch(app)
    assert wechat.drawn == [code]
    listed = run(app, "parked").output
    assert "41030" in listed and "WECHAT_MINIPROGRAM_STATE" in listed and "failed" in listed
    wechat.fault = None
    assert head.post(f"/codes/{code}/mini", {})["mini"]["state"] == "wanted", "asking again is another try"
    fetch(app)
    assert mini(head, code)["state"] == "ready"


@pytest.mark.parametrize(
    ("fault", "counts"),
    [
        (WeChatError(WeChatFault.RETRY, -1, "busy"), True),
        (WeChatError(WeChatFault.TOKEN, 40164, "ip"), True),
        (WeChatError(WeChatFault.STOP_BATCH, 45009, "quota"), False),
        (WeChatAway(), False),
    ],
    ids=["busy", "credentials", "quota", "away"],
)
def test_trouble_of_wechats_own_is_waited_out(
    app: Flask, town: Town, head: Person, wechat: FakeWeChat, clock: FakeClock, fault: WeChatError, counts: bool
) -> None:
    code, wechat.fault = town.place.scan_code, fault
    head.post(f"/codes/{code}/mini", {})
    for _ in range(MAX_ATTEMPTS * 2):
        fetch(app)
        clock.advance(hours=1, minutes=1)
    assert len(wechat.drawn) == (MAX_ATTEMPTS if counts else MAX_ATTEMPTS * 2)
    wechat.fault = None
    run(app, "requeue-mini-code", code)
    fetch(app)
    assert mini(head, code)["state"] == "ready"


def test_a_worker_that_died_leaves_it_for_the_next_one_and_at_last_for_people(
    app: Flask, town: Town, session: Session, clock: FakeClock
) -> None:
    code = session.get_one(ScanCode, town.place.scan_code)
    mini_codes.want(session, [code], version="developer", now=clock.now)
    session.commit()
    for _ in range(MAX_ATTEMPTS):
        assert mini_codes.claim(session, now=clock.now) == (code.code, "developer")
        assert mini_codes.claim(session, now=clock.now) is None
        session.commit()
        clock.advance(seconds=61)
    assert mini_codes.claim(session, now=clock.now) is None
    session.commit()
    assert "the worker stopped" in run(app, "parked").output


def test_another_version_of_the_mini_program_needs_another_picture(
    town: Town, session: Session, clock: FakeClock
) -> None:
    code = session.get_one(ScanCode, town.place.scan_code)
    mini_codes.want(session, [code], version="trial", now=clock.now)
    mini_codes.keep(session, code.code, "trial", picture=b"old", reading="read", now=clock.now)
    assert mini_codes.pictures(session, [code.code], version="trial") == {code.code: (b"old", "read")}
    assert mini_codes.pictures(session, [code.code], version="formal") == {}
    mini_codes.want(session, [code], version="formal", now=clock.now)
    mini_codes.keep(session, code.code, "trial", picture=b"late", reading="read", now=clock.now)
    row = session.get_one(MiniCode, code.code)
    assert (row.state, row.version, row.picture) == ("wanted", "formal", None)


def test_a_revoked_code_gets_none(town: Town, head: Person) -> None:
    head.post(f"/codes/{town.place.scan_code}/revoke", {"reason": "海报被撕"})
    head.post(f"/codes/{town.place.scan_code}/mini", {}, 409)


def test_posters_of_a_district_with_both_codes(
    app: Flask, town: Town, wechat: FakeWeChat, tmp_path: Path, session: Session
) -> None:
    out = tmp_path / "posters.pdf"
    order = ("posters", "--all", "--district", town.place.district_id, "--out", out)
    wechat.fault = WeChatError(WeChatFault.TOKEN, 40164, "invalid ip")
    failed = run(app, *order, "--codes", "both")
    assert failed.exit_code == 1 and "40164" in failed.output and "白名单" in failed.output
    assert not out.exists()
    assert run(app, *order).exit_code == 0, "the link codes alone need nobody"
    wechat.fault = None
    with app.app_context():
        for row in mini_codes.troubled(db.session()):
            mini_codes.requeue(db.session(), row.code, now=core().clock())
        db.session.commit()
    done = run(app, *order, "--codes", "both")
    assert done.exit_code == 0, done.output
    document = pypdfium2.PdfDocument(out)
    pages = [sorted(read(page.render(scale=1.6).to_pil())) for page in document]
    document.close()
    assert len(pages) == 3 and all(link == SITE + code for code, link in pages)
