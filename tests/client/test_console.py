"""A morning at the console in a real browser: signing in, a list, a step, a merge, a name behind a reason; two at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from service.accounts.roles import Role
from tests.bad_days.processes import Phone, RealInstance, said
from tests.client.desks import Login, Screen, give_login, printed
from tests.world import Place

pytestmark = pytest.mark.browser

Sit = Callable[[], Screen]
CONTACT = {"name": "王小花", "phone": "13800138000"}


@pytest.fixture
def sit(browser: Browser, instance: RealInstance) -> Iterator[Sit]:
    """Somebody sits down at a fresh screen; whatever went wrong unseen fails the test at its end."""
    screens: list[Screen] = []

    def down() -> Screen:
        screens.append(Screen(browser, instance.base_url))
        return screens[-1]

    yield down
    for screen in screens:
        screen.context.close()
    assert [trouble for screen in screens for trouble in screen.trouble] == []


@pytest.fixture(scope="module")
def clerk(client_url: str, town: Place, instance: RealInstance) -> Login:
    return give_login(client_url, town.accounts[Role.STATION_CLERK], "zhan.wu")


@pytest.fixture(scope="module")
def head(client_url: str, town: Place, instance: RealInstance) -> Login:
    return give_login(client_url, town.accounts[Role.STATION_HEAD], "zhan.zhang")


def _say(instance: RealInstance, town: Place, content: str, **changes: object) -> str:
    answer = Phone(instance.base_url).signs_in().post("/issues", said(town, content=content, **changes))
    assert answer.status_code == 201, answer.text
    number: str = answer.json()["number"]
    return number


def _waits(screen: Screen, number: str) -> None:
    """The worker has routed it: it stands in the list."""
    screen.opens(f"/issues?box=station&state=pending_accept&q={number}")
    for _ in range(40):
        if screen.page.get_by_text(number).count():
            return
        screen.page.wait_for_timeout(250)
        screen.page.reload()
    raise AssertionError(f"{number} did not come")


def test_a_clerk_works_an_issue_sees_a_name_and_signs_out(
    sit: Sit, instance: RealInstance, town: Place, clerk: Login
) -> None:
    number = _say(instance, town, "菜市场后门的下水道堵了，污水漫到路上", anonymity="named", contact=CONTACT)
    screen = sit()
    screen.opens("/issues")
    screen.assert_clean()
    screen.signs_in(clerk)
    _waits(screen, number)
    screen.assert_clean()
    expect(screen.page.locator("#counts")).to_contain_text("件未办结")
    screen.page.keyboard.press("j")
    screen.page.keyboard.press("Enter")
    screen.reads("受理期限")
    screen.assert_clean()
    assert "王小花" not in screen.page.content()
    screen.page.locator("summary", has_text="查看真实信息").click()
    screen.page.get_by_label("查看理由").fill("需要上门核实堵在哪一段")
    screen.presses("查看")
    screen.reads("王小花")
    screen.assert_clean()
    screen.page.get_by_role("link", name="受理", exact=True).click()
    screen.presses("受理")
    screen.reads("已完成：受理。")
    screen.page.get_by_role("link", name="打印处理单").click()
    screen.reads("群众意见处理单")
    assert {(width, height) for width, height, _ in printed(screen.page)} == {(210, 297)}, "the sheet is A4"
    screen.assert_clean()
    screen.presses("退出")
    screen.opens("/issues")
    screen.reads("用密码和动态码")


def test_two_are_merged_after_a_look_and_taken_back(sit: Sit, instance: RealInstance, town: Place, head: Login) -> None:
    numbers = [_say(instance, town, f"{place}的垃圾桶三天没有清运，苍蝇乱飞") for place in ("东门", "西门", "南门")]
    screen = sit()
    screen.signs_in(head)
    for number in numbers:
        _waits(screen, number)
    screen.opens("/issues?box=station&state=pending_accept&q=三天没有清运")
    for number in numbers[1:]:
        screen.page.get_by_label(f"选择 {number}").check()
    screen.page.get_by_label("对选中的").select_option("merge")
    screen.presses("下一步：预览")
    screen.reads("其中 2 件现在可以“并案”")
    screen.assert_clean()
    target = screen.page.locator("select[name=target_id] option", has_text=numbers[0])
    screen.page.locator("select[name=target_id]").select_option(value=target.get_attribute("value"))
    screen.presses("并案 2 件")
    screen.says_yes()
    screen.reads("“并案”已完成 2 件。")
    screen.assert_clean()
    screen.presses("撤销 2 件")
    screen.says_yes()
    screen.reads("已撤销 2 件。")


def test_two_people_on_one_issue_and_no_word_is_lost(
    sit: Sit, instance: RealInstance, town: Place, clerk: Login, client_url: str
) -> None:
    number = _say(instance, town, "小区西侧围墙歪了，怕倒下来砸到人")
    first = sit()
    first.signs_in(give_login(client_url, town.accounts[Role.STATION_CLERK], "zhan.wu2"))
    second = sit()
    second.signs_in(give_login(client_url, town.accounts[Role.STATION_HEAD], "zhan.zhang2"))
    for screen in (first, second):
        _waits(screen, number)
        screen.page.locator("table a").first.click()
        screen.page.get_by_role("link", name="请群众补充").click()
        screen.page.get_by_label("内容", exact=True).fill("请问是哪一段围墙")
    second.presses("请群众补充")
    second.reads("已完成：请群众补充。")
    first.presses("请群众补充")
    expect(first.page.get_by_role("alert")).to_be_visible()
    first.assert_clean()
    expect(first.page.get_by_label("内容", exact=True)).to_have_value("请问是哪一段围墙")
