"""The operators' commands."""

from __future__ import annotations

import datetime as dt
import re

import click
import structlog
from flask import Flask
from sqlalchemy.orm import Session

from service.outbox.models import PARKED, OutboxRow
from tests.api.conftest import Client

STAFF = ["create-staff", "--name", "李站务", "--phone", "13800138000", "--district", "512002"]


def test_an_invitation_printed_once_lets_that_phone_in(app: Flask, session: Session, client: Client) -> None:
    session.commit()
    result = app.test_cli_runner().invoke(args=[*STAFF, "--role", "station_head", "--station", "s1"])
    assert result.exit_code == 0, result.output
    found = re.search(r"(?:[0-9A-Z]{4}-){2}[0-9A-Z]{4}", result.output)
    assert found
    token = client.post("/api/v1/sessions", json={"provider": "guest"}).json["token"]
    body = {"invitation_code": found.group(), "phone_code": "13800138000"}
    bound = client.post("/api/v1/me/bind", json=body, headers={"Authorization": f"Bearer {token}"})
    assert "station_head" in bound.json["roles"]


def test_a_role_without_its_scope_or_a_bad_phone_is_refused_in_one_line(app: Flask, session: Session) -> None:
    session.commit()
    run = app.test_cli_runner().invoke
    assert "station_id" in run(args=[*STAFF, "--role", "station_head"]).output
    assert run(args=[*STAFF, "--role", "district", "--station", "s1"]).exit_code == 1
    assert "11 位" in run(args=[*STAFF, "--role", "district", "--phone", "123"]).output


def test_what_is_logged_meanwhile_does_not_stand_in_a_commands_answer(app: Flask) -> None:
    """A background thread may log while ``--json`` prints; it did, and the answer could not be read."""

    @app.cli.command("answer-while-logging")
    def answer() -> None:
        structlog.get_logger("background").warning("something_else")
        click.echo("{}")

    result = app.test_cli_runner().invoke(args=["answer-while-logging"])
    app.cli.commands.pop("answer-while-logging")
    assert result.stdout == "{}\n"
    assert "something_else" in result.stderr


def test_parked_events_are_listed_and_tried_again(app: Flask, session: Session, now: dt.datetime) -> None:
    row = OutboxRow(event="issue_moved", payload={}, state=PARKED, attempts=8, next_at=now, last_error="Boom")
    session.add(row)
    session.commit()
    run = app.test_cli_runner().invoke
    assert f"{row.id}\tissue_moved\t8 次\tBoom" in run(args=["parked"]).output
    assert run(args=["requeue", str(row.id)]).exit_code == 0
    session.expire_all()
    assert row.state == "pending"
    session.commit()
    assert run(args=["requeue", str(row.id)]).exit_code == 1
