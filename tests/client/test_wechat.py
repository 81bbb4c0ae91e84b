"""WeChat in the client: signing in and what comes along, messages, work identities and the desk's code (rulebook §9.8)."""

from __future__ import annotations

import json
import time

import pytest
import requests
import sqlalchemy as sa
from playwright.sync_api import expect

from devkit.wechat_sandbox.identities import openid_for
from service.accounts import binding
from service.accounts.models import Identity
from service.accounts.roles import Grant, Role
from service.bootstrap import utc_now
from service.crypto import ring
from service.db import db
from tests.bad_days.processes import Phone, RealInstance, core_on, eventually
from tests.client.conftest import Pick
from tests.client.hands import Hands
from tests.world import Place

pytestmark = pytest.mark.browser
PHONE = "13900006666"
ANSWER = "已经约了物业周五来修，修好我去看。"


def _as(hands: Hands, instance: RealInstance, person: str) -> None:
    """Signs in with WeChat from the page shown now: there, who one is, and back."""
    answer = requests.get(f"{instance.base_url}/wechat/authorize", allow_redirects=False, timeout=10)
    hands.beyond = answer.headers["Location"].partition("/connect/")[0]
    hands.taps_on("wechat-sign-in")
    hands.page.locator("input[name=user]").fill(person)
    hands.page.get_by_role("button", name="以此人登录").click()
    hands.page.wait_for_url(f"{instance.base_url}/m/**")
    expect(hands.page.locator('[data-test="wechat-sign-in"]:visible')).to_have_count(0)
    assert "wechat_code" not in hands.page.url


def _says(hands: Hands, town: Place, content: str) -> str:
    hands.opens(f"/s/{town.grid_code}")
    hands.taps_on("report")
    hands.types("content", content)
    hands.taps_on("anonymity-station_only")
    hands.taps_on("privacy")
    hands.taps_on("submit")
    hands.is_on("receipt")
    return hands.texts("number")


def _deputy_answers(instance: RealInstance, town: Place, number: str) -> None:
    deputy = Phone(instance.base_url)
    code = f"demo-{town.deputy_accounts[town.primary]}"
    token = deputy.post("/sessions", {"provider": "wechat_miniprogram", "code": code}).json()["token"]
    deputy.headers = {"Authorization": f"Bearer {token}"}

    def waiting() -> list[str]:
        return [one["id"] for one in deputy.get("/issues?box=inbox&limit=100")["items"] if one["number"] == number]

    eventually(waiting, 30, "routing")
    issue_id = waiting()[0]
    for action in ({"action": "accept"}, {"action": "answer", "text": ANSWER}):
        version = deputy.get(f"/issues/{issue_id}")["version"]
        done = deputy.post(f"/issues/{issue_id}/actions", action | {"version": version})
        assert done.status_code == 200, done.text


def test_who_signs_in_later_keeps_what_they_said_and_reads_the_answer_on_another_phone(
    pick_up: Pick, town: Place, instance: RealInstance
) -> None:
    first, second = pick_up(), pick_up()
    number = _says(first, town, "楼道的声控灯坏了，老人上楼看不见")
    first.opens("/m/?later#/pages/settings/index")
    _as(first, instance, "li-guizhen")
    first.is_on("settings")
    first.sees("sign-out")
    first.page.go_back()
    assert "wechat_code" not in first.page.url, "the code stays in no history"

    _deputy_answers(instance, town, number)
    second.opens("/m/#/pages/notices/index")
    _as(second, instance, "li-guizhen")
    second.is_on("notices")

    def told() -> bool:
        second.page.reload()
        second.sees("unread")
        return second.page.locator('[data-test="notice-feedback"]:visible').count() == 1

    eventually(told, 30, "the notice")
    second.assert_clean()
    before = second.texts("unread")
    second.taps_on("notice-feedback")
    second.is_on("issue")
    expect(second.page.get_by_text(ANSWER).first).to_be_visible()
    second.opens("/m/?home")
    expect(second.sees("to-notices")).to_contain_text("未读")
    second.taps_on("to-notices")
    expect(second.sees("unread")).not_to_have_text(before)
    second.taps_on("read-all")
    expect(second.sees("unread")).to_have_text("没有未读消息")
    second.opens("/m/?read")
    second.page.wait_for_load_state("networkidle")
    expect(second.sees("to-notices")).not_to_contain_text("未读")
    second.opens("/m/?list#/pages/issue/mine")
    second.sees(f"issue-{number}")


def test_a_code_from_a_strangers_link_is_not_used_and_a_used_one_can_be_tried_again(
    pick_up: Pick, town: Place, instance: RealInstance
) -> None:
    hands = pick_up()
    signed_in: list[str] = []
    hands.page.on(
        "request", lambda one: signed_in.append(str(one.post_data)) if one.url.endswith("/sessions") else None
    )
    hands.opens("/m/#wechat_code=of-a-stranger")
    expect(hands.sees("sign-in-problem")).to_contain_text("没有使用它")
    assert "wechat_code" not in hands.page.url
    mark = {"at": int(time.time() * 1000), "back": "/m/?here#/pages/settings/index"}
    hands.page.evaluate("(mark) => sessionStorage.setItem('wechat-asked', mark)", json.dumps(mark))
    hands.opens("/m/?used#wechat_code=used-before")
    hands.is_on("settings")
    expect(hands.sees("sign-in-problem")).to_contain_text("已经用过或者过期")
    assert [body for body in signed_in if "stranger" in body] == []
    hands.assert_clean()
    hands.trouble.clear()  # a browser calls our refusal an error
    answer = requests.get(f"{instance.base_url}/wechat/authorize", allow_redirects=False, timeout=10)
    hands.beyond = answer.headers["Location"].partition("/connect/")[0]
    hands.taps_on("sign-in-again")
    expect(hands.page.locator("input[name=user]")).to_be_visible()


@pytest.fixture
def invitation(client_url: str, town: Place) -> str:
    """For a clerk of the station; and its head's WeChat becomes one the sandbox knows."""
    app, head = core_on(client_url), town.accounts[Role.STATION_HEAD]
    with app.app_context():
        session = db.session()
        grant = Grant(Role.STATION_CLERK, town.district_id, station_id=town.station)
        code = binding.invite(session, grant, person_name="周敏", phone=PHONE, now=utc_now())
        identity = session.scalars(sa.select(Identity).where(Identity.account_id == head)).one()
        identity.subject = openid_for(f"demo-{head}")
        identity.subject_index = ring().blind_index(identity.subject, f"identity.{identity.provider}")
        session.commit()
        db.session.remove()
        db.engine.dispose()
    return code


def _ticket(instance: RealInstance) -> tuple[Phone, dict[str, str]]:
    desk = Phone(instance.base_url)
    made: dict[str, str] = desk.post("/desk/tickets", {}).json()
    return desk, made


def test_a_clerk_is_bound_by_the_head_signs_in_a_desk_and_gives_the_role_back(
    pick_up: Pick, town: Place, instance: RealInstance, invitation: str
) -> None:
    clerk, head = pick_up(), pick_up()
    clerk.opens("/m/#/pages/work/bind")
    _as(clerk, instance, "zhou-min")
    clerk.is_on("bind")
    clerk.types("invitation", "ABCD")
    clerk.taps_on("bind-ask")
    expect(clerk.page.get_by_text("邀请码是 12 位").first).to_be_visible()
    clerk.types("invitation", invitation.lower())
    clerk.types("bind-phone", PHONE)
    clerk.assert_clean()
    clerk.page.reload()
    expect(clerk.sees("bind-phone").locator("input")).to_have_value(PHONE)
    clerk.taps_on("bind-ask")
    expect(clerk.sees("my-request")).to_contain_text("等待确认")

    head.opens("/m/#/pages/settings/index")
    head.types("demo-code", f"demo-{town.accounts[Role.STATION_HEAD]}")
    head.taps_on("demo-go")
    head.is_on("inbox")
    head.taps_on("to-notices")
    head.page.get_by_text("绑定申请待确认").first.tap()
    head.is_on("requests")
    head.assert_clean()
    expect(head.page.get_by_text("周敏").first).to_be_visible()
    head.taps_on("confirm-request")
    head.taps_on("yes")
    expect(head.page.get_by_text("没有等您确认的申请").first).to_be_visible()

    for answer, state in (("desk-yes", "confirmed"), ("desk-no", "refused")):
        desk, ticket = _ticket(instance)
        clerk.opens(f"/d/{ticket['code']}")
        expect(clerk.sees("check-number")).to_have_text(ticket["check_number"])
        clerk.assert_clean()
        clerk.taps_on(answer)
        clerk.sees(f"desk-{state}")
        assert desk.get(f"/desk/tickets/{ticket['ticket_id']}")["state"] == state

    clerk.opens("/m/?bound#/pages/work/bind")
    expect(clerk.sees("my-request")).to_contain_text("已经确认")
    clerk.opens("/m/?mine#/pages/work/me")
    expect(clerk.sees("grant")).to_contain_text("联络站工作人员")
    clerk.sees("device")
    clerk.assert_clean()
    clerk.taps_on("end-station_clerk")
    clerk.taps_on("yes")
    clerk.sees("wechat-sign-in")
