"""Who stands behind a login or phone code of the WeChat sandbox."""

import base64
import hashlib

import pytest

from devkit.wechat_sandbox.identities import official_openid_for, openid_for, phone_for
from devkit.wechat_sandbox.state import SandboxState
from tests.devkit.conftest import APPID, OFFICIAL_APPID, OFFICIAL_SECRET, SECRET, Clock
from tests.devkit.sandbox_client import SandboxClient


def sign_in(sandbox: SandboxClient, code: str) -> dict:
    query = {"appid": APPID, "secret": SECRET, "js_code": code, "grant_type": "authorization_code"}
    return sandbox.get("/sns/jscode2session", query_string=query).json


def phone(sandbox: SandboxClient, code: str) -> dict:
    body = {"grant_type": "client_credential", "appid": APPID, "secret": SECRET}
    token = sandbox.post("/cgi-bin/stable_token", json=body).json["access_token"]
    return sandbox.post(f"/wxa/business/getuserphonenumber?access_token={token}", json={"code": code}).json


def test_an_openid_is_the_documented_digest_of_the_code() -> None:
    digest = base64.urlsafe_b64encode(hashlib.sha256(b"openid:demo-head").digest()).decode()
    assert openid_for("demo-head") == "o" + digest[:27]
    assert len(openid_for("demo-head")) == 28


def test_a_demo_code_works_again_and_again(sandbox: SandboxClient) -> None:
    first, second = sign_in(sandbox, "demo-resident"), sign_in(sandbox, "demo-resident")
    assert first["openid"] == second["openid"] == openid_for("demo-resident")
    assert first["session_key"]
    assert "unionid" not in first


def test_two_codes_of_one_person_work_once_each(sandbox: SandboxClient) -> None:
    first, second = sign_in(sandbox, "sandbox-alice#1"), sign_in(sandbox, "sandbox-alice#2")
    assert first["openid"] == second["openid"] == openid_for("sandbox-alice")
    assert first["openid"] != sign_in(sandbox, "sandbox-bob")["openid"]
    assert sign_in(sandbox, "sandbox-alice#1")["errcode"] == 40163


@pytest.mark.parametrize("code", ["", "demo-", "sandbox-", "whatever", "issued-alice#0000"])
def test_an_unknown_code_is_refused(sandbox: SandboxClient, code: str) -> None:
    assert sign_in(sandbox, code)["errcode"] == 40029


def test_an_issued_code_ends_after_five_minutes_and_after_one_use(sandbox: SandboxClient, clock: Clock) -> None:
    codes = [sandbox.post("/sandbox/codes", json={"user": "alice"}).json["code"] for _ in range(2)]
    assert sign_in(sandbox, codes[0])["openid"] == openid_for("sandbox-alice")
    assert sign_in(sandbox, codes[0])["errcode"] == 40163
    clock.pass_seconds(300)
    assert sign_in(sandbox, codes[1])["errcode"] == 40029
    assert sandbox.post("/sandbox/codes", json={"user": "a#b"}).status_code == 422


def test_wrong_credentials_do_not_use_up_a_code(sandbox: SandboxClient) -> None:
    query = {"appid": APPID, "secret": "no", "js_code": "sandbox-eve", "grant_type": "authorization_code"}
    assert sandbox.get("/sns/jscode2session", query_string=query).json["errcode"] == 40125
    assert sign_in(sandbox, "sandbox-eve")["openid"]


def test_the_official_account_sees_the_same_person_under_another_openid(clock: Clock) -> None:
    credentials = {APPID: SECRET, OFFICIAL_APPID: OFFICIAL_SECRET}
    sandbox = SandboxClient(SandboxState(credentials, with_unionid=True, clock=clock))
    query = {
        "appid": OFFICIAL_APPID,
        "secret": OFFICIAL_SECRET,
        "code": "demo-x",
        "grant_type": "authorization_code",
    }
    official = sandbox.get("/sns/oauth2/access_token", query_string=query).json
    mini = sign_in(sandbox, "demo-x")
    assert official["openid"] == official_openid_for("demo-x") != mini["openid"]
    assert official["unionid"] == mini["unionid"]
    assert "is_snapshotuser" not in official
    made_up = sandbox.get("/sns/oauth2/access_token", query_string=query | {"code": "demo-snapshot"}).json
    assert made_up["is_snapshotuser"] == 1, "the page is shown as a snapshot"


def test_phone_codes_name_their_number(sandbox: SandboxClient) -> None:
    answer = phone(sandbox, "phone-13800000001#1")
    assert answer["errcode"] == 0
    assert answer["phone_info"]["purePhoneNumber"] == "13800000001"
    assert answer["phone_info"]["countryCode"] == "86"
    assert answer["phone_info"]["watermark"]["appid"] == APPID
    assert phone(sandbox, "phone-13800000001#1")["errcode"] == 40163
    assert phone(sandbox, "phone-13800000001#2")["errcode"] == 0


def test_only_demo_phone_codes_may_be_repeated(sandbox: SandboxClient) -> None:
    assert [phone(sandbox, "demo-phone-13900000002")["errcode"] for _ in range(2)] == [0, 0]
    assert phone(sandbox, "phone-123")["errcode"] == 40029
    with pytest.raises(ValueError, match="not a phone code"):
        phone_for("phone-abc")
