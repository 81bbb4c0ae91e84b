"""The pure rules of signing in: passwords, one-time codes, waiting after failures, where one may be sent back to."""

from __future__ import annotations

import datetime as dt

import pyotp
import pytest
from argon2 import PasswordHasher

from service.accounts import one_time, passwords
from service.accounts.attempts import FREE_ADDRESS, wait_after
from web.same_site import HOME, safe_next, with_code

NOW = dt.datetime(2026, 3, 2, 1, 0, 10, tzinfo=dt.UTC)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.mark.parametrize(
    "password", ["正确的马电池订书钉很好记", "correct horse battery", "tk9#Lm2qVx!w", "雁江区人大 2026 春天好"]
)
def test_a_long_password_of_ones_own_is_taken(password: str) -> None:
    assert passwords.fault(password, login="zhang.san") is None


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("短密码", "至少 12 位"),
        ("tk9#Lm2qVx!", "至少 12 位"),
        ("PasswordPassword", "太常见"),
        ("ｐａｓｓｗｏｒｄ１２３４", "太常见"),
        ("zhang.san-2026!", "登录名"),
        ("aaaaaaaaaaaa", "重复"),
        ("abababababababab", "重复"),
        ("1234567890abc!", "连续"),
        ("9876543210xyz", "连续"),
        ("x" * 129, "最多 128 位"),
    ],
)
def test_a_password_others_would_try_is_refused_with_the_reason(password: str, why: str) -> None:
    assert why in (passwords.fault(password, login="zhang.san") or "")


def test_no_kind_of_character_is_demanded() -> None:
    assert passwords.fault("onlysmallletterswithoutanything", login="zhang.san") is None


def test_a_guess_at_a_stolen_hash_costs_what_rfc_9106_recommends(quick_passwords: PasswordHasher) -> None:
    """64 MiB, three passes, four lanes: the second recommended option, for where 2 GiB are too many."""
    assert quick_passwords.memory_cost >= 64 * 1024
    assert quick_passwords.time_cost >= 3 and quick_passwords.parallelism >= 4


def test_a_password_is_kept_salted_and_slow() -> None:
    first, second = passwords.hashed("correct horse battery"), passwords.hashed("correct horse battery")
    assert first != second and first.startswith("$argon2id$")
    assert passwords.matches(first, "correct horse battery")
    assert not passwords.matches(first, "correct horse batterY")
    assert passwords.matches(first, "ｃorrect horse battery"), "a Chinese keyboard's wide letters are the same letters"
    assert not passwords.matches(None, "nobody has this password, it only takes as long")
    assert not passwords.matches("not a hash", "x")


def test_a_one_time_code_is_good_for_its_step_and_one_on_either_side() -> None:
    code = pyotp.TOTP(SECRET).at(NOW)
    found = {
        seconds: one_time.step_of(SECRET, code, now=NOW + dt.timedelta(seconds=seconds)) is not None
        for seconds in (-60, -30, 0, 30, 60)
    }
    assert found == {-60: False, -30: True, 0: True, 30: True, 60: False}


def test_a_one_time_code_works_once() -> None:
    code = pyotp.TOTP(SECRET).at(NOW)
    step = one_time.step_of(SECRET, code, now=NOW)
    assert step == int(NOW.timestamp()) // 30
    assert one_time.step_of(SECRET, code, now=NOW, after=step) is None
    earlier = pyotp.TOTP(SECRET).at(NOW - dt.timedelta(seconds=30))
    assert one_time.step_of(SECRET, earlier, now=NOW, after=step) is None, "nor the one before it, any more"


def test_the_authenticator_learns_whose_code_it_is() -> None:
    uri = pyotp.parse_uri(one_time.address(SECRET, "zhang.san"))
    assert (uri.name, uri.issuer, uri.secret) == ("zhang.san", "码上代表", SECRET)


def test_waiting_begins_with_the_fifth_failure_and_grows_to_an_hour() -> None:
    minutes = [wait_after(failures).total_seconds() / 60 for failures in range(1, 14)]
    assert minutes == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert wait_after(10_000) == dt.timedelta(hours=1)
    office = [wait_after(failures, FREE_ADDRESS).total_seconds() for failures in (19, 20, 21)]
    assert office == [0, 60, 120], "an office shares its address: one colleague's slips keep nobody else out"


@pytest.mark.parametrize(
    "page",
    [
        "/m/",
        "/m/#/pages/issue/detail?id=abc",
        "/m/index.html?from=menu#/pages/mine",
        "/console/issues?state=handling",
        "/m/%E5%B9%B8%E7%A6%8F",
        "/m/?then=https://other.example/",
    ],
)
def test_a_page_of_this_site_is_where_one_comes_back_to(page: str) -> None:
    assert safe_next(page) == page


@pytest.mark.parametrize(
    "disguise",
    [
        None,
        "",
        "/",
        "/api/v1/me",
        "/s/ABC",
        "https://evil.example/m/",
        "HTTPS://evil.example",
        "//evil.example/m/",
        "///evil.example/m/",
        "/\\evil.example/m/",
        "\\\\evil.example",
        "/m/\\evil.example",
        "/m//evil.example",
        "/m/..//evil.example",
        "/m/../api/v1/me",
        "/m/%2e%2e/api/v1/me",
        "/m/%252e%252e/api",
        "/m/%2f%2fevil.example",
        "/m/%5cevil.example",
        "/m/%255cevil.example",
        "/m/%25252525252f%2fevil.example",
        "%2f%2fevil.example",
        "/%2fevil.example/m/",
        "javascript:alert(1)",
        "data:text/html,x",
        " /m/",
        "/m/\r\nLocation: https://evil.example",
        "/m/%0d%0aSet-Cookie:x",
        "/m/\t//evil.example",
        "/m",
        "/mm/",
        "/m@evil.example/",
        "m/",
        "/m/" + "x" * 600,
        "/m/页",
        "/m/#/pages/mine?wechat_code=of-somebody-else",
        "/m/#/pages/mine?wechat%5fcode=of-somebody-else",
        "/m/#/pages/mine?wechat%255fcode=of-somebody-else",
    ],
)
def test_no_other_site_and_no_strangers_code_gets_in_by_a_disguise(disguise: str | None) -> None:
    assert safe_next(disguise) == HOME


def test_the_code_stands_in_the_fragment_only() -> None:
    assert with_code("/m/", "c0de") == "/m/#wechat_code=c0de"
    assert with_code("/m/#/pages/mine", "c&0=d#e") == "/m/#/pages/mine?wechat_code=c%260%3Dd%23e"
    assert with_code("/m/?a=1#/pages/issue?id=7", "c") == "/m/?a=1#/pages/issue?id=7&wechat_code=c"
