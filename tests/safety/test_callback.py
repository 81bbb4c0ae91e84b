"""Where WeChat pushes: what is signed and timely is taken once, everything else gets 400 and leaves nothing behind."""

from __future__ import annotations

import base64
import os
import random
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
import structlog

from service.accounts.recognition import recognise
from service.accounts.roles import Role
from service.accounts.sessions import open_session
from service.crypto import ring
from service.db import Base, db
from service.incoming.models import OfficialFollower, WeChatPush
from service.incoming.queries import following
from service.notifications.models import Notification
from service.outbox.models import OutboxRow
from service.wechat import WeChatIdentity
from tests.api.conftest import Client
from tests.journeys.town import Town
from tests.safety.pushes import MINIPROGRAM, PATH, Pusher, Sent, encrypted, media, signature, xml
from tests.uploads.album import jpeg
from workers import jobs

GARBAGE = int(os.environ.get("SAFETY_GARBAGE", "1000"))
FOLLOWS = {"Event": "subscribe"}


def rows() -> dict[str, int]:
    """How many rows each table has."""
    db.session.rollback()
    found = {
        table.name: int(db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0)
        for table in Base.metadata.sorted_tables
    }
    db.session.rollback()
    return found


def refused(response: Any) -> bool:
    return response.status_code == 400 and response.get_data() == b""


@pytest.mark.parametrize("form", ["xml", "json"])
@pytest.mark.parametrize("sealed", [True, False], ids=["safe mode", "plain mode"])
def test_a_signed_event_is_committed_before_the_answer_and_acted_on(pusher: Pusher, form: str, sealed: bool) -> None:
    pusher.pushes(FOLLOWS, form=form, sealed=sealed)
    assert db.session.scalar(sa.select(OutboxRow.event)) == "wechat_pushed"
    db.session.rollback()
    jobs.drain_outbox()
    index = ring().blind_index("o-somebody", "identity.wechat_official")
    assert following(db.session(), [index]) == {index: True}


def test_the_mini_program_pushes_to_the_same_address(pusher: Pusher) -> None:
    pusher.pushes(FOLLOWS, form="json", appid=MINIPROGRAM)
    assert refused(pusher.push(FOLLOWS, appid="wx0000000000strange")), "another account with our key"


def test_wechats_own_repeats_get_success_and_act_once(pusher: Pusher) -> None:
    first = pusher.made(FOLLOWS, nonce="1")
    for _ in range(3):
        assert pusher.send(first).get_data() == b"success"
    pusher.pushes(FOLLOWS, nonce="2")
    assert rows()["wechat_pushes"] == 1 == rows()["outbox"]


def test_leaving_counts_whichever_event_came_last(pusher: Pusher) -> None:
    now = int(pusher.clock.now.timestamp())
    pusher.pushes({"Event": "unsubscribe", "CreateTime": now})
    pusher.pushes({"Event": "subscribe", "CreateTime": now - 60})
    jobs.drain_outbox()
    assert list(db.session.scalars(sa.select(OfficialFollower.following))) == [False]


def test_whoever_deletes_the_account_is_forgotten_as_a_follower_too(town: Town, pusher: Pusher) -> None:
    session, now, provider = db.session(), town.clock.now, "wechat_official"
    known = recognise(session, WeChatIdentity("official-o-wang"), provider=provider, guest_id=None, now=now)
    token = open_session(session, known.account_id, provider=provider, now=now).token
    pusher.pushes({"Event": "subscribe", "FromUserName": "official-o-wang"})
    pusher.pushes({"Event": "subscribe", "FromUserName": "official-o-li"})
    jobs.drain_outbox()
    town.client.delete("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    index = ring().blind_index("official-o-wang", "identity.wechat_official")
    kept = list(db.session.scalars(sa.select(OfficialFollower.subject_index)))
    assert len(kept) == 1 and index not in kept


def test_what_was_pushed_is_unreadable_at_rest_and_forgotten(pusher: Pusher) -> None:
    pusher.pushes(FOLLOWS)
    raw = db.session.connection().exec_driver_sql("select * from wechat_pushes").mappings().one()
    assert raw["payload"] and "o-somebody" not in str(dict(raw))
    db.session.rollback()
    jobs.drain_outbox()
    assert db.session.scalar(sa.select(WeChatPush.payload)) is None, "handled: nothing but that it came"
    db.session.rollback()
    pusher.clock.advance(days=8)
    jobs.sweep()
    assert rows()["wechat_pushes"] == 0


def test_an_event_nobody_asked_for_is_taken_and_forgotten(pusher: Pusher) -> None:
    pusher.pushes({"Event": "VIEW", "EventKey": "https://example.invalid"})
    pusher.pushes({"MsgType": "image", "MsgId": "77", "PicUrl": "https://example.invalid/a.jpg"})
    jobs.drain_outbox()
    assert list(db.session.scalars(sa.select(WeChatPush.payload))) == [None, None]


def test_five_minutes_is_the_most_a_push_may_be_off(pusher: Pusher) -> None:
    now = int(pusher.clock.now.timestamp())
    for off in (-299, 299):
        pusher.pushes({"Event": "subscribe", "CreateTime": now + off}, at=now + off)
    for off in (-301, 301, -(10**9)):
        assert refused(pusher.push(FOLLOWS, at=now + off))


def test_in_plain_mode_a_seen_signature_opens_no_second_message(pusher: Pusher) -> None:
    """It signs time and nonce only, so whoever saw it could write anything below it."""
    seen = pusher.made(FOLLOWS)
    assert pusher.send(seen).get_data() == b"success"
    query = {name: seen.query[name] for name in ("signature", "timestamp", "nonce")}
    forged = Sent(query, pusher.made(media("any", "pass"), sealed=False).body)
    assert refused(pusher.send(forged))
    assert rows()["wechat_pushes"] == 1


def test_the_address_is_proven_with_wechats_own_word_and_nobody_elses(pusher: Pusher) -> None:
    query = pusher.envelope() | {"echostr": "5837397520665436492"}
    proven = pusher.client.get(PATH, query_string=query)
    assert (proven.status_code, proven.get_data(as_text=True)) == (200, "5837397520665436492")
    for wrong in ({"signature": "0" * 40}, {"timestamp": "1"}, {"echostr": "<script>"}, {"echostr": ""}):
        assert refused(pusher.client.get(PATH, query_string=query | wrong))


def test_without_a_token_there_is_no_such_address(client: Client) -> None:
    assert client.get(PATH).status_code == 404 == client.post(PATH, data=b"<xml/>").status_code


def test_a_body_over_64_kb_is_garbage(pusher: Pusher) -> None:
    assert refused(pusher.push(FOLLOWS | {"EventKey": "x" * 70_000}))


def mutated(dice: random.Random, sent: Sent) -> Sent:
    """A real push with one thing wrong."""
    query, body = dict(sent.query), bytearray(sent.body)
    way = dice.randrange(6)
    if way == 0:
        name = dice.choice([name for name in query if name != "encrypt_type"])
        at = dice.randrange(len(query[name]))
        query[name] = query[name][:at] + chr((ord(query[name][at]) + 1) % 0x3000 + 1) + query[name][at + 1 :]
    elif way == 1:
        query.pop(dice.choice(["msg_signature", "timestamp", "nonce"]), None)
    elif way == 2:  # inside the encrypted text
        start = body.index(b"Encrypt") + 20
        at = dice.randrange(start, start + 60)
        body[at] = ord(dice.choice("ABCDEFGH".replace(chr(body[at]), "")))
    elif way == 3:
        body = body[: dice.randrange(len(body) - 40)]
    elif way == 4:
        query = {name: dice.choice(["", "é" * 9, "0" * 300, "\0", "-1"]) for name in query}
    else:
        body = bytearray(dice.randbytes(dice.randrange(400)))
    return Sent(query, bytes(body))


def signed_rubbish(dice: random.Random, pusher: Pusher) -> Sent:
    """Rightly signed and encrypted, but no push inside: what a fault on the other side might look like."""
    text = dice.choice(
        [
            "",
            "not a push",
            "{}",
            "<xml></xml>",
            xml({"MsgType": "event"}),
            xml({"ToUserName": "a", "FromUserName": "b", "CreateTime": "x", "MsgType": "event", "Event": "c"}),
            '{"MsgType": {"a": []}}',
            "[" * 3000,
            '<!DOCTYPE x [<!ENTITY a "b">]><xml><A>&a;</A></xml>',
        ]
    )
    encrypt = encrypted(text, MINIPROGRAM)
    if dice.random() < 0.3:
        encrypt = base64.b64encode(dice.randbytes(dice.randrange(100))).decode()
    return Sent(pusher.envelope(encrypt), xml({"Encrypt": encrypt}).encode())


def test_a_thousand_garbage_pushes_are_all_refused_and_leave_no_trace(
    pusher: Pusher, capsys: pytest.CaptureFixture[str]
) -> None:
    dice = random.Random(20260302)
    before, real = rows(), pusher.made(FOLLOWS)
    statuses: list[int] = []
    with structlog.testing.capture_logs() as lines:
        for _ in range(GARBAGE):
            sent = mutated(dice, real) if dice.random() < 0.7 else signed_rubbish(dice, pusher)
            response = pusher.client.post(PATH, query_string=sent.query, data=sent.body)
            statuses.append(response.status_code)
            assert response.get_data() == b""
    assert {status: statuses.count(status) for status in set(statuses)} == {400: GARBAGE}
    assert rows() == before
    lines = [line for line in lines if not line["event"].endswith("_without_redis")]  # other applications' threads
    assert {line["event"] for line in lines} == {"request"}, "no fault was logged, and nothing that was sent"
    assert {frozenset(line) for line in lines} == {
        frozenset({"method", "route", "status", "ms", "request_id", "event", "log_level"})
    }
    output = capsys.readouterr()
    assert "Traceback" not in output.out + output.err
    assert pusher.send(real).get_data() == b"success", "the real one was real"


def test_a_picture_pushed_through_the_address_lets_its_issue_go_on(
    town: Town, pusher: Pusher, shelf: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(town, "pushes_results", lambda: None)
    who = town.role(Role.RESIDENT)
    from_phone = who.uploads(jpeg())["id"]
    issue = town.submits(who, anonymity="station_only", upload_ids=[from_phone])
    result = pusher.made(media(town.wechat.results[0]), form="json", appid=MINIPROGRAM)
    for _ in range(2):
        assert pusher.send(result).get_data() == b"success"
    town.work()
    assert who.sees(issue["id"])["state"] == "pending_accept"


def test_a_signature_is_checked_over_all_that_was_sent(pusher: Pusher) -> None:
    real = pusher.made(FOLLOWS)
    other = encrypted("<xml/>", MINIPROGRAM)
    swapped = replace(real, body=xml({"Encrypt": other}).encode())
    assert refused(pusher.send(swapped))
    assert signature("1", "2") != signature("1", "3")


@pytest.mark.parametrize(
    ("report", "written"),
    [
        (
            {"Event": "subscribe_msg_sent_event", "List": {"TemplateId": "t", "MsgID": "901", "ErrorCode": "0"}},
            {"channel": "subscription", "template_id": "t"},
        ),
        ({"Event": "TEMPLATESENDJOBFINISH", "MsgID": 901, "Status": "success"}, {"channel": "official"}),
    ],
    ids=["mini-program", "official account"],
)
def test_a_report_that_comes_before_its_message_is_written_down_waits_for_it(
    town: Town, pusher: Pusher, report: dict[str, Any], written: dict[str, str]
) -> None:
    resident = town.role(Role.RESIDENT)
    assert resident.account_id
    pusher.pushes(report)
    notice = Notification(
        account_id=resident.account_id,
        dedupe_key="k",
        kind="task",
        title="待处理",
        body="请处理。",
        tried="",
        priority=1,
    )
    notice.created_at = notice.next_at = town.clock.now
    db.session.add(notice)
    db.session.commit()
    for _ in range(2):
        town.clock.advance(seconds=31)
        jobs.drain_outbox()
    sent = sa.update(Notification).where(Notification.dedupe_key == "k")
    db.session.execute(sent.values(push_state="sent", msgid="901", **written))
    db.session.commit()
    town.clock.advance(seconds=31)
    jobs.drain_outbox()
    state = db.session.scalar(sa.select(Notification.push_state).where(Notification.dedupe_key == "k"))
    assert state == "delivered"


def test_a_report_nobody_will_ever_know_is_forgotten(pusher: Pusher) -> None:
    pusher.pushes({"Event": "subscribe_msg_sent_event", "List": {"TemplateId": "t", "MsgID": "no", "ErrorCode": "0"}})
    for _ in range(30):
        pusher.clock.advance(seconds=31)
        jobs.drain_outbox()
    assert db.session.scalar(sa.select(WeChatPush.payload)) is None
