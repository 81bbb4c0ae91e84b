"""WeChat refuses, is down, is out of quota, forgets to answer: the inbox has the notice, the issue goes its way."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from app import create_app
from devkit.instance import Instance
from devkit.wechat_sandbox.server import build_server
from devkit.wechat_sandbox.state import SandboxState
from service import wechat_client
from service.accounts import sessions
from service.accounts.roles import Role
from service.bootstrap import core
from service.db import db
from service.notifications.delivery import PROGRESS_TEMPLATE
from service.notifications.models import Notification
from tests.api.conftest import Client
from tests.bad_days.connected import Connected
from tests.conftest import FakeClock, WakeLog, make_settings
from tests.journeys.town import Person, Town
from tests.world import World
from workers import jobs

TOKEN = "/cgi-bin/stable_token"
RESIDENT = {"provider": "wechat_miniprogram", "code": "demo-resident"}


@pytest.fixture
def connected(
    database_url: str,
    world: World,
    session: Session,
    clock: FakeClock,
    wakes: WakeLog,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Connected]:
    monkeypatch.setattr(wechat_client, "TIMEOUT", (1.0, 0.4))
    ((appid, secret), *_) = Instance(tmp_path).wechat_credentials.items()
    sandbox = SandboxState({appid: secret})
    server = build_server(sandbox, port=0)
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    serving.start()
    settings = make_settings(
        database_url,
        wechat_api_base_url=f"http://127.0.0.1:{server.server_port}",
        wechat_miniprogram_appid=appid,
        wechat_miniprogram_secret=secret,
    )
    app = create_app(settings, wake=wakes, clock=clock, limit_scale=0)
    client = Client(app, app.response_class)
    place = world.a
    town = Town(place, client, clock, None)  # type: ignore[arg-type]
    signed: Any = client.post("/api/v1/sessions", json=RESIDENT)
    resident = _signed_in(town, signed.json["token"])
    deputy = place.deputy_accounts[place.primary]
    token = sessions.open_session(session, deputy, provider="guest", now=clock.now).token
    session.commit()
    town.people[deputy] = _signed_in(town, token)
    _agree(resident)
    _agree(resident)
    try:
        yield Connected(app, town, sandbox, resident, secret)
    finally:
        sandbox.reset()
        server.shutdown()
        serving.join()
        server.server_close()
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def _signed_in(town: Town, token: str) -> Person:
    return Person(town.client, {"Authorization": f"Bearer {token}"})


def _agree(resident: Person) -> None:
    """To one more message."""
    body = {"template_ids": [PROGRESS_TEMPLATE], "results": {PROGRESS_TEMPLATE: "accept"}}
    resident.post("/subscriptions", body, 201)


def unaffected(connected: Connected, issue_id: str) -> None:
    assert connected.resident.sees(issue_id)["state"] == "with_deputy"
    assert "已受理" in connected.resident.inbox()


def test_a_refusal_is_named_and_never_repeated(connected: Connected) -> None:
    connected.fault("errcode", 43101)
    issue_id = connected.accepted_issue()
    assert connected.push().push_state == "refused"
    assert "43101" in (connected.push().last_error or "")
    connected.town.clock.advance(hours=2)
    connected.work()
    assert (connected.delivered(), connected.push().push_state) == (0, "refused")
    unaffected(connected, issue_id)


def test_down_is_tried_again_until_it_is_sent(connected: Connected) -> None:
    connected.fault("http_500", times=2)
    issue_id = connected.accepted_issue()
    assert connected.push().push_state == "pending"
    unaffected(connected, issue_id)
    for _ in range(3):
        connected.town.clock.advance(minutes=11)
        connected.work()
    assert (connected.push().push_state, connected.push().attempts) == ("sent", 1), "silence costs no attempt"
    assert connected.delivered() == 1
    unaffected(connected, issue_id)


def test_while_wechat_is_down_the_push_is_held_for_a_day_and_goes_out_when_it_is_back(connected: Connected) -> None:
    connected.fault("http_500", times=1000)
    issue_id = connected.accepted_issue()
    for _ in range(24):
        connected.town.clock.advance(hours=1)
        connected.work()
    assert connected.push().push_state == "pending"
    unaffected(connected, issue_id)
    shown = connected.parked()
    assert "subscription" in shown and "retry" in shown, "staff see which channel rests, and why"
    connected.sandbox.reset()
    connected.town.clock.advance(minutes=11)
    connected.work()
    assert (connected.push().push_state, connected.delivered()) == ("sent", 1)
    assert "subscription" not in connected.parked()


def test_with_wechat_entirely_down_people_submit_and_are_answered_and_are_told_when_it_is_back(
    connected: Connected,
) -> None:
    """Token, checks and messages alike: the text is held for a person, nothing is lost, nothing passes unseen."""
    town, resident = connected.town, connected.resident
    place, at = town.place, town.clock.now
    token = sessions.open_session(db.session(), place.accounts[Role.REVIEWER], provider="guest", now=at).token
    db.session.commit()
    reviewer, deputy = _signed_in(town, token), town.deputy(place.primary)
    _agree(resident)
    connected.fault("http_500", times=10**6, endpoint="*")
    issue_id = town.submits(resident, anonymity="station_only", work=False)["id"]
    for _ in range(4):
        connected.work()
        assert resident.sees(issue_id)["state"] == "content_review", "not checked, hence not visible"
        town.clock.advance(minutes=11)
    reviewer.does(issue_id, "approve_content")
    connected.work()
    deputy.does(issue_id, "accept")
    answered = deputy.does(issue_id, "answer", text="我去看过，今晚修好。")
    connected.work()
    assert answered["state"] == "feedback_given" and "已反馈，请评价" in resident.inbox()
    assert (connected.push().push_state, connected.delivered()) == ("pending", 0)
    connected.sandbox.reset()
    for _ in range(2):
        town.clock.advance(minutes=11)
        connected.work()
    arrived = {message.data["thing1"] for message in connected.sandbox.messages()}
    assert arrived == {"已反馈，请评价", "已受理"}
    assert "0 条未送达的推送，0 条推送在等待" in connected.parked()


def test_a_message_wechat_is_always_too_busy_for_ends_as_failed_and_staff_can_requeue_it(connected: Connected) -> None:
    connected.fault("errcode", -1, times=1000)
    issue_id = connected.accepted_issue()
    for _ in range(10):
        connected.town.clock.advance(minutes=46)
        connected.work()
    push = connected.push()
    assert (push.push_state, push.attempts) == ("failed", 6)
    unaffected(connected, issue_id)
    runner = connected.app.test_cli_runner()
    db.session.commit()
    shown = runner.invoke(args=["parked"])
    assert push.id in shown.output
    assert "failed" in shown.output
    connected.sandbox.reset()
    assert runner.invoke(args=["requeue-push", push.id]).exit_code == 0
    connected.work()
    assert connected.push().push_state == "sent"
    assert runner.invoke(args=["requeue-push", "nothing-like-it"]).exit_code != 0


def test_out_of_the_days_quota_waits_for_the_next_morning_and_then_goes_out(connected: Connected) -> None:
    """The quota is whole again at midnight in China; nobody is woken for it."""
    connected.fault("errcode", 45009)
    issue_id = connected.accepted_issue()
    assert connected.push().push_state == "pending"
    connected.town.clock.advance(hours=14)  # 23:00
    connected.work()
    assert (connected.delivered(), connected.push().attempts) == (0, 0), "nothing is spent while the quota is used up"
    connected.town.clock.advance(hours=2)  # 01:00
    connected.work()
    assert (connected.delivered(), connected.push().push_state) == (0, "pending")
    connected.town.clock.advance(hours=6, minutes=1)  # 07:01
    connected.work()
    assert (connected.delivered(), connected.push().push_state) == (1, "sent")
    unaffected(connected, issue_id)


@pytest.mark.parametrize(("kind", "arrived"), [("timeout_after_accept", 1), ("malformed", 0)])
def test_no_answer_or_none_to_be_read_is_unknown_and_never_sent_again(
    connected: Connected, kind: str, arrived: int
) -> None:
    connected.fault(kind, 30 if arrived else 0)
    issue_id = connected.accepted_issue()
    assert connected.push().push_state == "unknown"
    connected.town.clock.advance(hours=2)
    connected.work()
    assert (connected.delivered(), connected.push().push_state) == (arrived, "unknown")
    unaffected(connected, issue_id)


def test_no_token_to_be_had_is_trouble_for_later(connected: Connected) -> None:
    def no_token() -> None:
        connected.sandbox.revoke_tokens()
        connected.fault("errcode", -1, times=2, endpoint=TOKEN)

    issue_id = connected.accepted_issue(meanwhile=no_token)
    assert connected.push().push_state == "pending"
    for _ in range(3):
        connected.town.clock.advance(minutes=11)
        connected.work()
    assert connected.push().push_state == "sent"
    unaffected(connected, issue_id)


def test_no_log_and_no_row_holds_a_token_or_a_secret(
    connected: Connected, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO)
    with structlog.testing.capture_logs() as lines:
        for kind, value in (("http_500", 0), ("malformed", 0), ("errcode", 40001), ("timeout_after_accept", 30)):
            connected.fault(kind, value)
        connected.accepted_issue()
        for _ in range(4):
            connected.town.clock.advance(minutes=11)
            connected.work()
    token = str(connected.sandbox.stable_token(*_credentials(connected), force_refresh=False)["access_token"])
    output = capsys.readouterr()
    errors = repr(db.session.scalars(sa.select(Notification.last_error)).all())
    everything = repr(lines) + caplog.text + output.out + output.err + errors
    for secret in (connected.secret, token, "access_token=", "secret="):
        assert secret not in everything


def _credentials(connected: Connected) -> tuple[str, str]:
    with connected.app.app_context():
        settings = core().settings
    return settings.wechat_miniprogram_appid, settings.wechat_miniprogram_secret


def test_what_a_killed_worker_had_begun_is_unknown_and_not_sent_again(
    connected: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    deaths: list[int] = []

    def die(*_slice: object) -> None:
        deaths.append(1)
        raise Killed

    issue = connected.town.submits(connected.resident, anonymity="station_only", work=False)
    connected.work()
    connected.town.deputy(connected.town.place.primary).does(issue["id"], "accept")
    with connected.app.app_context():
        jobs.drain_outbox()
        monkeypatch.setattr("workers.deliveries.delivery.Line.start", die)
        for _ in range(4):
            try:
                jobs.deliver_notifications()
            except Killed:
                db.session.remove()
            connected.town.clock.advance(seconds=61)
    assert len(deaths) == 1
    assert connected.push().push_state == "unknown"
