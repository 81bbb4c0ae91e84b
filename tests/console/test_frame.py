"""The frame of every page: who may come, whose form it is, what is kept, and how a refusal looks."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from console import cookies
from console.access import EXTENSION
from service.accounts.models import AccountSession
from service.accounts.roles import Role
from tests.api.conftest import SignIn
from tests.conftest import FakeClock
from tests.console.conftest import Seat
from tests.console.desk import HOST
from tests.world import World


def test_every_page_is_declared_and_every_declaration_is_a_page(app: Flask) -> None:
    declared = set(app.extensions[EXTENSION].declarations)
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith("/console")}
    assert pages - {"console.static"} == declared


def test_every_form_page_asks_for_a_form_of_ours(app: Flask, world: World, seat: Seat) -> None:
    """A form without the token, from another site, or with another desk's token is refused and does nothing."""
    desk, other = seat(world.a.accounts[Role.STATION_CLERK]), seat(world.a.accounts[Role.STATION_HEAD])
    plain = desk.client.post("/console/sign-out", base_url=HOST, headers={"Origin": HOST})
    stolen = desk.sends("/sign-out", {"_form": other.token()})
    elsewhere = desk.sends("/sign-out", Origin="https://evil.example")
    nowhere = desk.sends("/sign-out", Origin="null")
    assert [answer.status_code for answer in (plain, stolen, elsewhere, nowhere)] == [403] * 4
    assert "没有任何内容被保存" in plain.text
    assert desk.opens("/me").status_code == 200
    old = desk.sends("/me/password", {"_form": "of another session"}, Referer=HOST + "/console/me?a=1")
    large = desk.sends("/me/password", {"current_password": "x" * 300_000}, Referer=HOST + "/console/me?a=1")
    assert (old.status_code, large.status_code) == (403, 413)
    for refused in (old, large):
        assert " data-refused" in refused.text and 'data-who=""' not in refused.text, "the tab keeps what was typed"
        assert 'href="/console/me?a=1">回到刚才的页面' in refused.text


def test_nothing_of_a_page_is_cached_and_no_script_stands_in_it(world: World, seat: Seat) -> None:
    answer = seat(world.a.accounts[Role.STATION_CLERK]).opens("/me")
    assert answer.headers["Cache-Control"] == "no-store"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", answer.text)


def test_whoever_is_not_signed_in_comes_back_to_where_they_were(seat: Seat) -> None:
    asked = seat().opens("/me?a=1")
    assert asked.status_code == 303
    assert asked.headers["Location"] == "/console/sign-in?next=/console/me?a%3D1"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil", "/m/", "/console/../m/", ""])
def test_nobody_is_sent_to_another_place_after_signing_in(seat: Seat, target: str) -> None:
    page = seat().client.get("/console/sign-in", base_url=HOST, query_string={"next": target})
    assert '<input type="hidden" name="next" value="/console/">' in page.text


def test_the_cookie_is_for_this_site_alone_and_ends_with_the_idle_time(
    world: World, seat: Seat, clock: FakeClock
) -> None:
    desk = seat(world.a.accounts[Role.STATION_CLERK])
    clock.advance(minutes=29)
    assert desk.opens("/me").status_code == 200, "in use, it goes on"
    clock.advance(minutes=29)
    assert desk.opens("/me").status_code == 200
    clock.advance(minutes=28)
    left = "120 38040"  # seconds until the idle time is over, and until the twelve hours are
    assert (desk.opens("/me/left").text, desk.opens("/me/left").text) == (left, left), "asking keeps nobody awake"
    clock.advance(minutes=3)
    assert desk.opens("/me/left").status_code == 303
    late = desk.sends("/me/password", {"current_password": "x"}, Referer=HOST + "/console/me")
    assert late.headers["Location"] == "/console/sign-in?next=/console/me&over=1"
    visit = seat().opens("/sign-in").headers["Set-Cookie"]
    assert all(word in visit for word in (cookies.VISIT, "HttpOnly", "SameSite=Strict", "Secure", "Path=/console"))


def test_a_phones_token_opens_no_desk(world: World, seat: Seat, sign_in: SignIn, session: Session) -> None:
    token = sign_in(world.a.accounts[Role.STATION_CLERK])["Authorization"].removeprefix("Bearer ")
    desk = seat()
    desk.client.set_cookie(cookies.SESSION, token, domain="daibiao.example.gov.cn", path=cookies.PATH)
    assert desk.opens("/me").status_code == 303


def test_signing_out_makes_the_token_worthless(world: World, seat: Seat, session: Session) -> None:
    desk = seat(world.a.accounts[Role.STATION_CLERK])
    token = desk.client.get_cookie(cookies.SESSION, domain="daibiao.example.gov.cn", path=cookies.PATH)
    assert desk.sends("/sign-out").status_code == 303
    assert token is not None
    desk.client.set_cookie(cookies.SESSION, token.value, domain="daibiao.example.gov.cn", path=cookies.PATH)
    assert desk.opens("/me").status_code == 303
    assert session.query(AccountSession).filter(AccountSession.revoked_at.is_not(None)).count() == 1


def test_a_form_sent_twice_is_done_once(world: World, seat: Seat) -> None:
    account = world.a.accounts[Role.STATION_CLERK]
    desk, _other = seat(account), seat(account)
    address = re.search(r'action="/console(/me/sessions/[a-z0-9]+/end)"', desk.opens("/me").text)
    assert address is not None
    first = desk.sends(address.group(1), key="the-same-key-of-one-form")
    second = desk.sends(address.group(1), key="the-same-key-of-one-form")
    assert (first.status_code, second.status_code) == (303, 303)
    assert second.headers["Location"] == first.headers["Location"] == "/console/me"
    assert desk.sends(address.group(1)).status_code == 404, "the session is gone: only the repetition was answered"


def test_what_was_said_is_read_once(world: World, seat: Seat) -> None:
    account = world.a.accounts[Role.STATION_CLERK]
    desk, _other = seat(account), seat(account)
    address = re.search(r'action="/console(/me/sessions/[a-z0-9]+/end)"', desk.opens("/me").text)
    assert address is not None
    token = desk.token()
    desk.sends(address.group(1), {"_form": token})
    assert "那台设备已经退出登录。" in desk.opens("/me").text
    assert "那台设备已经退出登录。" not in desk.opens("/me").text


def test_a_wrong_address_gets_a_page_of_the_console(seat: Seat) -> None:
    answer = seat().opens("/no/such/page")
    assert answer.status_code == 404
    assert "没有找到您要看的内容" in answer.text and "/console/static/" in answer.text
