"""A desk left for too long while a form was half written, and a button pressed twice: no word lost, nothing done twice."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

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
    with rows() as session:
        over = {"idle_until": utc_now() - dt.timedelta(minutes=1)}
        session.execute(sa.update(AccountSession).where(AccountSession.account_id == account).values(over))
    clerk.get_by_role("button", name="登记并打印回执").click()
    login = give_login(client_url, account, "zhan.interrupted")
    clerk.get_by_label("登录名").fill(login.login)
    clerk.get_by_label("密码", exact=True).fill(PASSWORD)
    clerk.get_by_label("动态码", exact=True).fill(login.otp())
    clerk.get_by_role("button", name="登录", exact=True).click()
    expect(clerk.get_by_text("您刚才填写的内容还在")).to_be_visible()
    expect(clerk.get_by_label("反映的内容")).to_have_value(SAID)
    expect(clerk.get_by_label("姓名或称呼")).to_have_value("周大姐")
    expect(clerk.get_by_label("本人口头同意登记")).to_be_checked()
    clean(clerk, "back at the form")
    assert clerk.evaluate("sessionStorage.getItem('console-words')") is None, "nothing stays behind in the tab"
    clerk.get_by_role("button", name="登记并打印回执").dblclick()
    expect(clerk.locator("[aria-label^='回执 ']")).to_have_count(1)
    with rows() as session:
        said = sa.select(sa.func.count()).select_from(Issue).where(Issue.content == SAID)
        assert session.scalar(said) == 1
