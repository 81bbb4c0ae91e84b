"""Deputies and a station's staff with a phone in the field: bad network, others at the same time, leave, triage, register."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image
from playwright.sync_api import Route, expect

from service.accounts.roles import Role
from service.issues.words import Channel
from tests.bad_days.processes import Phone, RealInstance, eventually
from tests.client.conftest import Pick
from tests.client.habits import routed, signs_in
from tests.client.hands import Hands
from tests.world import Place

pytestmark = pytest.mark.browser
ANSWER = "我在现场看过，三盏灯的线路老化，供电所周五前换好。"


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    buffer = io.BytesIO()
    Image.new("RGB", (900, 600), "gray").save(buffer, "JPEG")
    path = tmp_path_factory.mktemp("photos") / "place.jpg"
    path.write_bytes(buffer.getvalue())
    return path


def _worker(instance: RealInstance, account: str) -> Phone:
    phone = Phone(instance.base_url)
    body = {"provider": "wechat_miniprogram", "code": f"demo-{account}"}
    phone.headers = {"Authorization": f"Bearer {phone.post('/sessions', body).json()['token']}"}
    return phone


def _opens(hands: Hands, number: str) -> None:
    hands.finds(number).tap()
    hands.sees("state")


def _moves_here(hands: Hands, state: str) -> None:
    expect(hands.sees("state")).to_contain_text(state, timeout=20_000)


def test_an_answer_given_in_a_field_arrives_once_with_its_photo(
    pick_up: Pick, town: Place, instance: RealInstance, client_url: str, photo: Path
) -> None:
    resident, issue_id, number = routed(instance, town, "村道上的路灯坏了三盏，晚上看不见路")
    hands, tries = pick_up(), list[str]()

    def lose_the_first(route: Route) -> None:
        tries.append(route.request.headers["idempotency-key"])
        if len(tries) > 1:
            route.continue_()
        else:
            assert route.fetch().status == 200
            route.abort()

    signs_in(hands, town.deputy_accounts[town.primary])
    _opens(hands, number)
    hands.taps_on("action-accept")
    hands.taps_on("yes")
    _moves_here(hands, "代表跟进中")
    hands.context.set_offline(True)
    hands.taps_on("action-answer")
    hands.types("field-text", ANSWER)
    with hands.page.expect_file_chooser() as chooser:
        hands.taps_on("add-photo")
    chooser.value.set_files(photo)
    expect(hands.page.get_by_text("等待发送").first).to_be_visible()
    hands.taps_on("send-form")
    expect(hands.sees("letter")).to_have_text(ANSWER)
    hands.taps_on("send")
    expect(hands.sees("doing-waiting")).to_contain_text("只发一次")
    assert not hands.page.locator('[data-test^="action-"]:visible').count(), "nothing else is begun meanwhile"
    hands.assert_clean()
    hands.page.route("**/actions", lose_the_first)
    hands.context.set_offline(False)
    expect(hands.page.get_by_text("现在：已反馈")).to_have_count(0)
    eventually(lambda: hands.page.title() and tries, 30, "the first try, by itself")
    expect(hands.sees("doing-waiting")).to_contain_text(ANSWER)
    hands.taps_on("doing-now")
    _moves_here(hands, "已反馈")
    expect(hands.page.locator('[data-test="doing-waiting"]')).to_have_count(0)
    assert len(tries) == 2 and len(set(tries)) == 1
    told = [line for line in resident.get(f"/issues/{issue_id}")["history"] if line["action"] == "answer"]
    assert [(line["note"], len(line["photos"])) for line in told] == [(ANSWER, 1)]
    hands.trouble.clear()  # a browser calls a cut network an error
    _past_answer_helps(hands, instance, town)


def _past_answer_helps(hands: Hands, instance: RealInstance, town: Place) -> None:
    """The next one like it: what one said before can be taken and changed; the list shows what was answered."""
    _, _, number = routed(instance, town, "学校门口的路灯一直不亮")
    hands.opens("/m/?next#/pages/inbox/index")
    hands.taps_on("view-answered")
    expect(hands.page.locator('[data-test^="issue-"]:visible').first).to_be_visible()
    hands.taps_on("view-todo")
    _opens(hands, number)
    hands.taps_on("action-accept")
    hands.taps_on("yes")
    hands.taps_on("action-answer")
    hands.taps_on("past-answers")
    mine = hands.page.locator('[data-test="past"]:visible', has_text=ANSWER)
    mine.first.locator('[data-test="use-past"]').tap()
    expect(hands.sees("field-text").locator("textarea")).to_have_value(ANSWER)
    hands.assert_no_trouble()


def test_somebody_was_faster_while_the_phone_was_away(pick_up: Pick, town: Place, instance: RealInstance) -> None:
    _, issue_id, number = routed(instance, town, "公园的长椅断了一根木条")
    hands = pick_up()
    signs_in(hands, town.deputy_accounts[town.primary])
    _opens(hands, number)
    hands.context.set_offline(True)
    hands.taps_on("action-ask_info")
    hands.types("field-text", "请问是公园哪个门旁边的长椅？")
    hands.taps_on("send-form")
    hands.taps_on("send")
    hands.sees("doing-waiting")
    other = _worker(instance, town.deputy_accounts[town.primary])
    version = other.get(f"/issues/{issue_id}")["version"]
    assert other.post(f"/issues/{issue_id}/actions", {"action": "accept", "version": version}).status_code == 200
    hands.context.set_offline(False)
    seen = hands.sees("doing-conflict")
    for sentence in ("受理", "现在：代表跟进中", "请问是公园哪个门旁边的长椅？"):
        expect(seen).to_contain_text(sentence)
    hands.assert_clean()
    hands.taps_on("doing-again")
    _moves_here(hands, "待补充")
    assert other.get(f"/issues/{issue_id}")["history"][-1]["note"] == "请问是公园哪个门旁边的长椅？"
    hands.trouble.clear()


def test_on_leave_the_substitute_gets_what_is_new(pick_up: Pick, town: Place, instance: RealInstance) -> None:
    hands = pick_up()
    signs_in(hands, town.deputy_accounts[town.primary])
    hands.taps_on("to-leave")
    hands.taps_on(f"substitute-{town.spare}")
    hands.types("leave-reason", "到外地开会")
    hands.taps_on("send-leave")
    expect(hands.sees("leave")).to_contain_text("代表接续")
    try:
        _, issue_id, number = routed(instance, town, "巷口的垃圾桶满了没人收")
        standing_in = pick_up()
        signs_in(standing_in, town.deputy_accounts[town.spare])
        standing_in.finds(number)
        hands.taps_on("cancel-leave")
        hands.taps_on("yes")
        hands.sees("none")
    finally:
        away = _worker(instance, town.deputy_accounts[town.primary])
        for leave in away.get("/leaves")["items"]:
            away._http.delete(f"{instance.base_url}/api/v1/leaves/{leave['id']}", headers=away.headers, timeout=20)
    _, issue_id, number = routed(instance, town, "桥头的栏杆松动了")
    assert _worker(instance, town.deputy_accounts[town.primary]).get(f"/issues/{issue_id}")["number"] == number


def test_a_clerk_registers_and_sorts_from_the_phone(
    pick_up: Pick, town: Place, instance: RealInstance, client_url: str
) -> None:
    hands = pick_up()
    content = "王大爷说，三组的水管从上周起一直漏水"
    signs_in(hands, town.accounts[Role.STATION_CLERK])
    hands.taps_on("to-register")
    hands.taps_on("channel-PHONE")
    hands.types("content", content)
    hands.taps_on("register-go")
    expect(hands.page.get_by_text("请先口头征得群众同意").first).to_be_visible()
    hands.taps_on("anonymity-station_only")
    hands.types("name", "王大爷")
    hands.types("phone", "13800138111")
    hands.taps_on("consent")
    hands.taps_on("register-go")
    hands.is_on("receipt")
    number = hands.texts("number")
    engine = sa.create_engine(client_url)
    with engine.connect() as connection:
        stored = connection.execute(sa.text("SELECT channel, entered_by FROM issues WHERE number = :n"), {"n": number})
        assert stored.one() == (Channel.PHONE.value, town.accounts[Role.STATION_CLERK])
    engine.dispose()
    _sorts(hands, instance, town, number, content)


def _sorts(hands: Hands, instance: RealInstance, town: Place, number: str, content: str) -> None:
    """Found by its words in the station's queue; who is behind it only with a reason; category and deputy corrected."""
    hands.opens("/m/?queue#/pages/inbox/index")

    def found() -> bool:
        hands.page.reload()
        hands.taps_on("view-station")
        hands.taps_on("filters")
        hands.types("find", "水管")
        hands.taps_on("find-go")
        hands.page.wait_for_load_state("networkidle")
        return hands.page.locator(f'[data-test="issue-{number}"]:visible', has_text="待受理").count() == 1

    eventually(found, 60, "the matter in the queue, searchable")
    _opens(hands, number)
    expect(hands.page.get_by_text("王** 138****8111")).to_be_visible()
    hands.taps_on("reveal")
    hands.types("reveal-reason", "回电话问清楚是哪一段水管")
    hands.taps_on("reveal-go")
    expect(hands.sees("person")).to_contain_text("王大爷 13800138111")
    hands.taps_on("more-actions")
    hands.taps_on("action-set_category")
    hands.page.locator('[data-test^="category_id-"]:visible').first.tap()
    hands.taps_on("send-form")
    expect(hands.page.get_by_text("确定类别").first).to_be_visible()
    hands.taps_on("action-reroute")
    hands.taps_on("send-form")
    expect(hands.page.get_by_text("请填写这一项。").first).to_be_in_viewport()  # the button stands a screen below
    hands.types("field-reason", "这件事由专业小组的代表跟进更合适")
    offered = hands.page.locator('[data-test^="deputy_id-"]:visible').last  # whoever has it is not among them
    chosen = (offered.get_attribute("data-test") or "").removeprefix("deputy_id-")
    offered.tap()
    hands.taps_on("send-form")
    expect(hands.sees("state")).to_contain_text("待受理")
    member = _worker(instance, town.deputy_accounts[chosen])

    def arrived() -> bool:
        items = member.get("/issues?box=inbox&waiting=true&limit=100")["items"]
        return number in [line["number"] for line in items]

    eventually(arrived, 15, "the matter at the deputy chosen")
    hands.assert_no_trouble()
