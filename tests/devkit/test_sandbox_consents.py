"""A subscription message needs a consent: one tap, one message (rulebook §7.5)."""

from __future__ import annotations

import pytest

from devkit.demo.accounts import plan_sign_ins
from devkit.demo.plan import plan_districts
from devkit.wechat_sandbox.identities import official_openid_for, openid_for
from devkit.wechat_sandbox.state import SandboxState
from tests.devkit.sandbox_client import SandboxClient

SEND = "/cgi-bin/message/subscribe/send"
TEMPLATE = "tmpl-issue-progress"
ALICE, DEMO = openid_for("sandbox-alice"), openid_for("demo-resident-1")
DATA = {"thing1": {"value": "路灯已修好"}}


def send(sandbox: SandboxClient, token: str, openid: str = ALICE, **fields: object) -> int:
    order = {"touser": openid, "template_id": TEMPLATE, "data": DATA, **fields}
    return int(sandbox.post(f"{SEND}?access_token={token}", json=order).json["errcode"])


def allow(sandbox: SandboxClient, **order: object) -> dict:
    answer = sandbox.post("/sandbox/consents", json={"template_id": TEMPLATE, **order})
    assert answer.status_code == 201
    return answer.json


def test_nobody_gets_a_message_without_having_allowed_it(sandbox: SandboxClient, token: str) -> None:
    assert send(sandbox, token) == 43101
    assert sandbox.get("/sandbox/messages").json == []


def test_each_consent_is_good_for_one_message_of_its_template(sandbox: SandboxClient, token: str) -> None:
    allow(sandbox, user="alice")
    assert send(sandbox, token, template_id="tmpl-issue-task") == 43101
    assert [send(sandbox, token) for _ in range(2)] == [0, 43101]
    assert allow(sandbox, user="alice", times=2)["left"] == 2
    assert [send(sandbox, token) for _ in range(3)] == [0, 0, 43101]


def test_a_message_that_is_refused_for_another_reason_costs_no_consent(sandbox: SandboxClient, token: str) -> None:
    allow(sandbox, openid=ALICE)
    assert send(sandbox, token, data={"thing1": {"value": "满" * 21}}) == 47003
    assert send(sandbox, token) == 0


def test_a_long_term_consent_is_never_used_up_but_can_be_taken_back(sandbox: SandboxClient, token: str) -> None:
    allow(sandbox, user="alice", long_term=True)
    assert [send(sandbox, token) for _ in range(5)] == [0] * 5
    allow(sandbox, user="alice", times=0)
    assert send(sandbox, token) == 43101


def test_demo_persons_allow_everything_until_told_otherwise(sandbox: SandboxClient, token: str) -> None:
    assert [send(sandbox, token, DEMO) for _ in range(3)] == [0] * 3
    allow(sandbox, user="demo-resident-1", times=0)
    assert send(sandbox, token, DEMO) == 43101


def test_every_account_of_the_demo_district_is_known_to_the_sandbox(state: SandboxState) -> None:
    codes = [sign_in.code for sign_in in plan_sign_ins(plan_districts())]
    unknown = [
        code for code in codes if (found := state.people.whose(openid_for(code))) is None or found[0].name != code
    ]
    assert codes and unknown == []


def test_a_demo_code_of_any_name_counts_once_it_was_used(
    sandbox: SandboxClient, state: SandboxState, token: str
) -> None:
    openid = openid_for("demo-anybody")
    assert send(sandbox, token, openid) == 43101
    account = state.accounts[0]
    state.sign_in(account.appid, account.secret, "demo-anybody")
    assert send(sandbox, token, openid) == 0
    state.reset()
    assert send(sandbox, sandbox.token(account.appid, account.secret), openid) == 0, "an openid stays whose it is"


def test_a_bench_may_switch_the_check_off(sandbox: SandboxClient, token: str) -> None:
    sandbox.post("/sandbox/settings", json={"check_consents": False})
    assert send(sandbox, token) == 0


def test_the_official_accounts_openid_of_a_person_is_no_openid_of_the_miniprogram(
    sandbox: SandboxClient, token: str
) -> None:
    assert send(sandbox, token, official_openid_for("demo-resident-1")) == 40003


@pytest.mark.parametrize(
    ("fields", "errcode"),
    [
        ({"page": "pages/issue/detail?id=1"}, 0),
        ({"page": "pages/gone/index"}, 41030),
        ({"page": "https://example.org/"}, 41030),
        ({"miniprogram_state": "trial", "lang": "en_US"}, 0),
        ({"miniprogram_state": "beta"}, 47001),
        ({"lang": "de_DE"}, 47001),
    ],
)
def test_page_state_and_language_are_looked_at(sandbox: SandboxClient, token: str, fields: dict, errcode: int) -> None:
    sandbox.post("/sandbox/settings", json={"pages": ["pages/issue/detail"]})
    assert send(sandbox, token, DEMO, **fields) == errcode


def test_registered_templates_shut_out_others_and_must_be_filled(sandbox: SandboxClient, token: str) -> None:
    fields = {"thing1": "事项", "phrase2": "进度"}
    known = {"template_id": "REAL-1", "title": "办理进度", "fields": fields}
    assert sandbox.post("/sandbox/templates", json=[known]).status_code == 201
    assert send(sandbox, token, DEMO, template_id="REAL-2") == 40037
    assert send(sandbox, token, DEMO, template_id="REAL-1") == 47003, "phrase2 is missing"
    whole = {**DATA, "phrase2": {"value": "已办结"}}
    assert send(sandbox, token, DEMO, template_id="REAL-1", data=whole) == 0
    assert send(sandbox, token, DEMO) == 0, "placeholders are always taken"
    assert sandbox.post("/sandbox/templates", json={"template_id": "x", "fields": {}}).status_code == 422


def test_the_quota_of_a_day_ends_and_comes_back(sandbox: SandboxClient, token: str, clock) -> None:
    sandbox.post("/sandbox/quotas", json={"endpoint": SEND, "day": 2})
    assert [send(sandbox, token, DEMO) for _ in range(3)] == [0, 0, 45009]
    clock.pass_seconds(86_400)
    token = sandbox.token(*(lambda one: (one.appid, one.secret))(sandbox.state.accounts[0]))
    assert send(sandbox, token, DEMO) == 0


def test_what_was_accepted_twice_is_counted(sandbox: SandboxClient, token: str) -> None:
    send(sandbox, token, DEMO)
    send(sandbox, token, DEMO, data={"thing1": {"value": "另一件"}})
    assert sandbox.get("/sandbox/statistics").json["duplicates"] == 0
    send(sandbox, token, DEMO)
    report = sandbox.get("/sandbox/statistics").json
    assert (report["sends_accepted"], report["duplicates"]) == (3, 1)
    [twice] = report["duplicated"]
    assert (twice["openid"], len(twice["msgids"])) == (DEMO, 2)


def test_messages_of_the_official_account_reach_followers_only(sandbox: SandboxClient, official_token: str) -> None:
    follower, stranger = official_openid_for("demo-deputy-1"), official_openid_for("sandbox-alice")

    def template(openid: str) -> dict:
        jump = {"appid": "wx0123456789abcdef", "pagepath": "pages/work/index"}
        order = {"touser": openid, "template_id": "tmpl-official-task", "data": DATA, "miniprogram": jump}
        return sandbox.post(f"/cgi-bin/message/template/send?access_token={official_token}", json=order).json

    assert template(follower)["msgid"]
    assert template(stranger)["errcode"] == 43004
    assert template(openid_for("demo-deputy-1"))["errcode"] == 40003
    sandbox.post("/sandbox/events", json={"type": "subscribe", "user": "alice"})
    assert template(stranger)["errcode"] == 0
    assert sandbox.get("/sandbox/messages").json[0]["page"] == "pages/work/index"


def test_a_service_notice_needs_a_follower_and_a_consent(sandbox: SandboxClient, official_token: str) -> None:
    openid = official_openid_for("sandbox-alice")
    order = {"touser": openid, "template_id": TEMPLATE, "data": DATA}

    def bizsend() -> int:
        path = f"/cgi-bin/message/subscribe/bizsend?access_token={official_token}"
        return int(sandbox.post(path, json=order).json["errcode"])

    assert bizsend() == 43004
    sandbox.post("/sandbox/events", json={"type": "subscribe", "user": "alice"})
    assert bizsend() == 43101
    allow(sandbox, user="alice", app="official")
    assert [bizsend(), bizsend()] == [0, 43101]
