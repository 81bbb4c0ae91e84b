"""A desk left for too long while a form was half written, and a button pressed twice: no word lost, nothing done twice."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from service.accounts.models import AccountSession
from service.accounts.roles import Role
from service.bootstrap import utc_now
from service.issues.models import Issue
from tests.bad_days.processes import RealInstance
from tests.client.conftest import Rows, Sit
from tests.client.desks import PASSWORD, clean, give_login
from tests.world import Place

pytestmark = pytest.mark.browser
SAID = "老街的青石板松动，下雨天踩上去溅一身水"


def test_what_was_typed_survives_the_sessions_end_and_is_sent_once(
    instance: RealInstance, town: Place, sit: Sit, rows: Rows, client_url: str
) -> None:
    account = town.accounts[Role.STATION_CLERK]
    clerk = sit(account)
    clerk.goto(f"{instance.base_url}/console/counter")
    clerk.get_by_label("电话", exact=True).first.check()
    with clerk.expect_response(
        "**/counter/look"
    ):  # asked by itself when the typing rests: answered while still signed in
        clerk.get_by_label("反映的内容").fill(SAID)
    clerk.get_by_label("姓名或称呼").fill("周大姐")
    clerk.get_by_label("本人口头同意登记").check()
    _ends(rows, account, idle_until=dt.timedelta(minutes=-1))
    clerk.get_by_role("button", name="登记并打印回执").click()
    _signs_in_again(clerk, client_url, account)
    clean(clerk, "back at the form")

    said, soon = clerk.get_by_text("一次登录最长 12 小时"), clerk.get_by_role("button", name="知道了")
    expect(said).to_be_hidden()
    for minutes in (9, 1):
        _ends(rows, account, expires_at=dt.timedelta(minutes=minutes), idle_until=dt.timedelta(minutes=20))
        clerk.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # as when one comes back to the tab
        expect(said).to_be_visible()
        clean(clerk, "the working day's end is said, ten minutes and two before")
        if minutes > 1:
            soon.click()
            expect(said).to_be_hidden()
    clerk.get_by_role("button", name="现在重新登录").click()
    _signs_in_again(clerk, client_url, account)
    assert clerk.evaluate("sessionStorage.getItem('console-words')") is None, "nothing stays behind in the tab"
    clerk.get_by_role("button", name="登记并打印回执").dblclick()
    expect(clerk.locator("[aria-label^='回执 ']")).to_have_count(1)
    with rows() as session:
        told = sa.select(sa.func.count()).select_from(Issue).where(Issue.content == SAID)
        assert session.scalar(told) == 1


def _ends(rows: Rows, account: str, **left: dt.timedelta) -> None:
    """The account's desk sessions that are not over have so much time left."""
    now = utc_now()
    with rows() as session:
        open_now = AccountSession.account_id == account, AccountSession.idle_until > now
        times = {name: now + time for name, time in left.items()}
        session.execute(sa.update(AccountSession).where(*open_now).values(times))


def _signs_in_again(clerk: Page, client_url: str, account: str) -> None:
    """With a new code, and everything that was typed is there."""
    login = give_login(client_url, account, "zhan.interrupted")
    clerk.get_by_label("登录名").fill(login.login)
    clerk.get_by_label("密码", exact=True).fill(PASSWORD)
    clerk.get_by_label("动态码", exact=True).fill(login.otp())
    clerk.get_by_role("button", name="登录", exact=True).click()
    expect(clerk.get_by_text("您刚才填写的内容还在")).to_be_visible()
    expect(clerk.get_by_label("反映的内容")).to_have_value(SAID)
    expect(clerk.get_by_label("姓名或称呼")).to_have_value("周大姐")
    expect(clerk.get_by_label("本人口头同意登记")).to_be_checked()
