"""A repeated request gets the same answer and does nothing again, also when both arrive at the same moment."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app import create_app
from miniprogram_api.access import EXTENSION, RequestIdentity
from miniprogram_api.routing import ANY_SESSION, Door, Idempotency, request_identity, route
from miniprogram_api.schemas import Body, FilledText, Form, Out, Upload
from service import jobs
from service.bootstrap import core
from service.db import db
from service.errors import Invalid
from service.events import Event
from service.ids import new_id, receipt_code
from service.outbox import actions as outbox
from service.outbox.models import AnsweredRequest, OutboxRow
from tests.api.conftest import Client, MakeAccount, PlainClient, SignIn, at_once
from tests.conftest import FakeClock, FakeWeChat, WakeLog, make_settings

SECRET = "s" * 40
PATH = "/api/v1/slips"


class SlipIn(Body):
    text: FilledText


class SlipOut(Out):
    id: str
    receipt_code: str


class FileIn(Form):
    file: Upload


def derived(identity: RequestIdentity) -> dict[str, Any]:
    return {"receipt_code": receipt_code(core().settings.secret_key, identity.key, identity.body_digest)}


def slips() -> Door:
    door = Door("slips", "slips")

    @route(
        door,
        "POST",
        "/slips",
        access=ANY_SESSION,
        summary="slip",
        answers={201: SlipOut},
        idempotency=Idempotency.REQUIRED,
        derived=derived,
    )
    def make_slip(body: SlipIn) -> SlipOut:
        """One slip, one event."""
        return _record(body.text)

    @route(
        door,
        "POST",
        "/files",
        access=ANY_SESSION,
        summary="file",
        answers={201: SlipOut},
        idempotency=Idempotency.REQUIRED,
    )
    def make_file(form: FileIn) -> SlipOut:
        """One file, one event."""
        return _record(form.file.filename or "")

    return door


def _record(text: str) -> SlipOut:
    slip = new_id()
    outbox.record(db.session(), Event.ISSUE_SUBMITTED, {"id": slip}, district_id=None, now=core().clock())
    db.session.flush()
    if text == "refused":
        raise Invalid("不行。")
    return SlipOut(id=slip, **derived(request_identity()))


@pytest.fixture(scope="module")
def slip_app(
    core_app: Flask, database_url: str, clock: FakeClock, wechat: FakeWeChat, wakes: WakeLog
) -> Iterator[Flask]:
    app = create_app(make_settings(database_url), wechat=wechat, wake=wakes, clock=clock, limit_scale=0)
    door = slips()
    app.extensions[EXTENSION].update(door.declarations)
    app.register_api(door)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def me(make_account: MakeAccount, sign_in: SignIn) -> dict[str, str]:
    return sign_in(make_account())


@pytest.fixture
def slip_client(slip_app: Flask, session: Session) -> Client:
    return Client(slip_app, slip_app.response_class)


def events(session: Session) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(OutboxRow)) or 0


def test_the_same_key_and_body_give_the_same_answer_and_one_event(
    slip_client: Client, session: Session, me: dict[str, str], wakes: WakeLog
) -> None:
    headers = me | {"Idempotency-Key": "k-1"}
    first, second = (slip_client.post(PATH, json={"text": "好"}, headers=headers) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.data == second.data
    assert len(first.json["receipt_code"]) == 20
    assert events(session) == 1
    assert jobs.DRAIN_OUTBOX in wakes.names


def test_the_receipt_code_is_in_no_row(slip_client: Client, session: Session, me: dict[str, str]) -> None:
    code = slip_client.post(PATH, json={"text": "好"}, headers=me | {"Idempotency-Key": "k"}).json["receipt_code"]
    stored = session.scalars(sa.select(AnsweredRequest)).one()
    assert set(stored.answer or {}) == {"id"}
    raw = session.connection().execute(sa.text("select * from answered_requests")).one()
    assert code not in repr(raw)
    assert "k-" not in repr(raw)


def test_the_same_key_with_another_body_is_409(slip_client: Client, session: Session, me: dict[str, str]) -> None:
    headers = me | {"Idempotency-Key": "k-1"}
    slip_client.post(PATH, json={"text": "好"}, headers=headers)
    other = slip_client.post(PATH, json={"text": "不好"}, headers=headers)
    assert (other.status_code, other.json["code"]) == (409, "idempotency_key_reused")
    assert events(session) == 1


def test_the_same_key_of_another_person_is_another_request_with_another_code(
    slip_client: Client, session: Session, me: dict[str, str], make_account: MakeAccount, sign_in: SignIn
) -> None:
    other = sign_in(make_account())
    answers = [
        slip_client.post(PATH, json={"text": "好"}, headers=who | {"Idempotency-Key": "same"}).json
        for who in (me, other)
    ]
    assert answers[0]["id"] != answers[1]["id"]
    assert answers[0]["receipt_code"] != answers[1]["receipt_code"]
    assert events(session) == 2


def test_a_refused_request_leaves_nothing_and_may_be_corrected_under_its_key(
    slip_client: Client, session: Session, me: dict[str, str]
) -> None:
    headers = me | {"Idempotency-Key": "k-1"}
    assert slip_client.post(PATH, json={"text": "refused"}, headers=headers).status_code == 422
    assert events(session) == 0
    assert slip_client.post(PATH, json={"text": "好"}, headers=headers).status_code == 201


@pytest.mark.parametrize("key", [None, "", "a b", "x" * 101, "钥匙".encode().decode("latin-1")])
def test_a_missing_or_odd_key_is_422(slip_client: Client, me: dict[str, str], key: str | None) -> None:
    headers = me if key is None else me | {"Idempotency-Key": key}
    answer = slip_client.post(PATH, json={"text": "好"}, headers=headers)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "Idempotency-Key"


def test_sixteen_at_the_same_moment_are_one(slip_app: Flask, session: Session, me: dict[str, str]) -> None:
    headers = me | {"Idempotency-Key": "together"}

    def send(client: PlainClient) -> tuple[int, bytes]:
        answer = client.post(PATH, json={"text": "好"}, headers=headers)
        return answer.status_code, answer.data

    answers = at_once(slip_app, 16, send)
    assert {status for status, _ in answers} == {201}
    assert len({body for _, body in answers}) == 1
    assert events(session) == 1


def test_a_repeated_upload_is_recognised_behind_another_boundary(
    slip_client: Client, session: Session, me: dict[str, str]
) -> None:
    headers = me | {"Idempotency-Key": "photo"}

    def upload(content: bytes) -> Any:
        return slip_client.post("/api/v1/files", data={"file": (io.BytesIO(content), "a.jpg")}, headers=headers)

    first, again, other = upload(b"\xff\xd8one"), upload(b"\xff\xd8one"), upload(b"\xff\xd8two")
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 409)
    assert first.json == again.json
    assert events(session) == 1


def test_without_a_key_where_it_is_optional_every_request_counts(client: Client, me: dict[str, str]) -> None:
    answers = [
        client.post("/api/v1/feedback", json={"text": "好", "district_id": "none"}, headers=me) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
