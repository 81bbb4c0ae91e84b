"""Access tokens of the WeChat sandbox."""

import pytest

from tests.devkit.conftest import APPID, SECRET, Clock
from tests.devkit.sandbox_client import SandboxClient


def stable(sandbox: SandboxClient, **extra: object) -> dict:
    body = {"grant_type": "client_credential", "appid": APPID, "secret": SECRET, **extra}
    return sandbox.post("/cgi-bin/stable_token", json=body).json


def plain(sandbox: SandboxClient, **extra: str) -> dict:
    query = {"grant_type": "client_credential", "appid": APPID, "secret": SECRET, **extra}
    return sandbox.get("/cgi-bin/token", query_string=query).json


def works(sandbox: SandboxClient, token: str) -> bool:
    """A valid token reaches the check of the recipient (40003); an invalid one does not."""
    answer = sandbox.post(f"/cgi-bin/message/subscribe/send?access_token={token}", json={})
    return answer.json["errcode"] == 40003


@pytest.mark.parametrize("ask", [stable, plain])
def test_a_wrong_secret_and_a_wrong_appid_are_told_apart(sandbox: SandboxClient, ask) -> None:
    assert ask(sandbox, secret="wrong")["errcode"] == 40125
    assert ask(sandbox, appid="wxunknown")["errcode"] == 40013
    assert ask(sandbox, grant_type="other")["errcode"] == 40002


def test_the_stable_token_stays_until_it_expires(sandbox: SandboxClient, clock: Clock) -> None:
    first = stable(sandbox)
    assert first["expires_in"] == 7200
    clock.pass_seconds(7199)
    assert stable(sandbox) == {"access_token": first["access_token"], "expires_in": 1}
    clock.pass_seconds(1)
    assert stable(sandbox)["access_token"] != first["access_token"]


def test_forcing_a_stable_token_ends_the_previous_one_at_once(sandbox: SandboxClient, clock: Clock) -> None:
    first, second = stable(sandbox)["access_token"], stable(sandbox, force_refresh=True)["access_token"]
    assert not works(sandbox, first)
    assert works(sandbox, second)
    clock.pass_seconds(29)
    assert stable(sandbox, force_refresh=True)["access_token"] == second, "not again within half a minute"
    clock.pass_seconds(1)
    assert stable(sandbox, force_refresh=True)["access_token"] != second


def test_a_token_may_be_forced_twenty_times_a_day(sandbox: SandboxClient, clock: Clock) -> None:
    for _ in range(20):
        stable(sandbox, force_refresh=True)
        clock.pass_seconds(60)
    assert stable(sandbox, force_refresh=True)["errcode"] == 45009
    assert "access_token" in stable(sandbox)


def test_a_storm_of_tokens(sandbox: SandboxClient, clock: Clock) -> None:
    sandbox.post("/sandbox/tokens", json={"lifetime": 3, "refusals": 2})
    token = stable(sandbox)
    assert token["expires_in"] == 3
    assert [works(sandbox, token["access_token"]) for _ in range(3)] == [False, False, True]
    clock.pass_seconds(3)
    assert not works(sandbox, token["access_token"])


def test_token_fetches_are_counted(sandbox: SandboxClient) -> None:
    stable(sandbox)
    plain(sandbox)
    stable(sandbox, secret="wrong")
    report = sandbox.get("/sandbox/statistics").json
    assert report["token_fetches"] == 2
    assert report["calls"]["/cgi-bin/stable_token"] == {"0": 1, "40125": 1}


def test_the_tokens_of_one_account_do_not_open_the_other(sandbox: SandboxClient, official_token: str) -> None:
    answer = sandbox.post(f"/cgi-bin/message/subscribe/send?access_token={official_token}", json={})
    assert answer.json["errcode"] == 48001


def test_the_plain_token_replaces_its_predecessor_after_five_minutes(sandbox: SandboxClient, clock: Clock) -> None:
    first = plain(sandbox)["access_token"]
    second = plain(sandbox)["access_token"]
    clock.pass_seconds(299)
    assert works(sandbox, first)
    clock.pass_seconds(1)
    assert not works(sandbox, first)
    assert works(sandbox, second)


def test_both_kinds_of_token_leave_one_another_alone(sandbox: SandboxClient, clock: Clock) -> None:
    kept = stable(sandbox)["access_token"]
    plain(sandbox)
    plain(sandbox)
    clock.pass_seconds(600)
    assert works(sandbox, kept)


def test_a_missing_an_unknown_and_an_expired_token_are_told_apart(sandbox: SandboxClient, clock: Clock) -> None:
    token = stable(sandbox)["access_token"]
    clock.pass_seconds(7200)
    codes = [
        sandbox.post(f"/cgi-bin/message/subscribe/send?access_token={value}", json={}).json["errcode"]
        for value in ("", "unknown", token)
    ]
    assert codes == [41001, 40001, 42001]


def test_revoking_makes_a_good_token_bad(sandbox: SandboxClient) -> None:
    token = stable(sandbox)["access_token"]
    sandbox.post("/sandbox/tokens/revoke")
    assert not works(sandbox, token)
    assert works(sandbox, stable(sandbox)["access_token"])
