"""Signing in at the console: with a set-up code, a password and a one-time code; with a phone; and what fails."""

from __future__ import annotations

import re

import pyotp
from sqlalchemy.orm import Session

from console import cookies
from service.accounts import enrolment
from service.accounts.roles import Role
from tests.conftest import FakeClock
from tests.console.conftest import Seat
from tests.console.desk import Desk
from tests.journeys.town import Town
from tests.world import World

LOGIN, PASSWORD = "li.zhanwu", "correct horse battery"


def _set_up(desk: Desk, session: Session, clock: FakeClock, account_id: str) -> tuple[str, list[str]]:
    """Secret and recovery codes of somebody who went through the pages."""
    code = enrolment.issue_setup(session, account_id, now=clock.now)
    chosen = {"setup_code": code, "login": LOGIN, "password": PASSWORD, "password_again": PASSWORD}
    page = desk.sends("/set-up", chosen)
    fields = dict(re.findall(r'name="(setup_code|secret|address)" value="([^"]+)"', page.text))
    wrong = desk.sends("/set-up/confirm", {**fields, "otp": "000000", "_name": "first-code"})
    assert wrong.status_code == 422 and "动态码不正确" in wrong.text and fields["secret"] in wrong.text
    done = desk.sends("/set-up/confirm", {**fields, "otp": pyotp.TOTP(fields["secret"]).at(clock.now)})
    clock.advance(minutes=1)
    return fields["secret"], re.findall(r"<code>([0-9A-Z-]{19})</code>", done.text)


def test_from_the_set_up_code_to_the_first_page_and_back_to_where_one_was(
    world: World, seat: Seat, session: Session, clock: FakeClock
) -> None:
    desk = seat()
    secret, recovery = _set_up(desk, session, clock, world.a.accounts[Role.STATION_CLERK])
    assert len(recovery) == 10
    otp = pyotp.TOTP(secret).at(clock.now)
    signed = desk.sends(
        "/sign-in", {"login": LOGIN, "password": PASSWORD, "otp": otp, "next": "/console/issues?box=station"}
    )
    assert (signed.status_code, signed.headers["Location"]) == (303, "/console/issues?box=station")
    cookie = next(line for line in signed.headers.getlist("Set-Cookie") if line.startswith(cookies.SESSION))
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Strict", "Secure", "Path=/console"))
    assert desk.opens("/issues?box=station").status_code == 200
    other = seat()
    assert other.sends("/sign-in", {"login": LOGIN, "password": PASSWORD, "otp": otp}).status_code == 422, "used up"
    assert other.sends("/sign-in", {"login": LOGIN, "password": PASSWORD, "otp": recovery[0]}).status_code == 303


def test_what_is_wrong_is_not_told_and_the_password_is_not_shown_again(seat: Seat) -> None:
    desk = seat()
    form = {"login": "nobody.here", "password": "not the password", "otp": "123456", "_name": "sign-in"}
    refused = desk.sends("/sign-in", form)
    assert refused.status_code == 422
    assert "登录名、密码或者动态码不正确。" in refused.text and 'value="nobody.here"' in refused.text
    assert "not the password" not in refused.text
    later = [desk.sends("/sign-in", form).status_code for _ in range(6)]
    assert later[-1] == 429, "guessing has to wait"


def test_the_phone_says_yes_and_the_browser_is_in(town: Town, seat: Seat) -> None:
    desk, other = seat(), seat()
    assert desk.sends("/sign-in/code", {"next": "/console/issues"}).status_code == 303
    page = desk.opens("/sign-in/code").text
    number = re.search(r"核对数字 <strong>(\d\d)</strong>", page)
    assert number is not None and "<svg" in page
    assert desk.opens("/sign-in/code/state").status_code == 204
    kept = desk.client.get_cookie(cookies.TICKET, domain="daibiao.example.gov.cn", path=cookies.PATH)
    assert kept is not None
    code = _code(desk)
    phone = town.role(Role.STATION_CLERK)
    phone.post(f"/desk/scans/{code}/confirm", {"check_number": number.group(1)}, 204)
    assert "data-submit-now" in desk.opens("/sign-in/code/state").text
    assert other.sends("/sign-in/code/take").headers["Location"].startswith("/console/sign-in"), (
        "another browser is not"
    )
    taken = desk.sends("/sign-in/code/take", {"next": "/console/issues"})
    assert (taken.status_code, taken.headers["Location"]) == (303, "/console/issues")
    assert desk.opens("/issues").status_code == 200


def _code(desk: Desk) -> str:
    """What the QR says."""
    with desk.client.application.test_request_context(
        "/console/sign-in", headers={"Cookie": f"{cookies.TICKET}={_value(desk)}"}
    ):
        kept = cookies.opened("ticket", cookies.TICKET)
    return str(kept["code"])


def _value(desk: Desk) -> str:
    cookie = desk.client.get_cookie(cookies.TICKET, domain="daibiao.example.gov.cn", path=cookies.PATH)
    assert cookie is not None
    return cookie.value
