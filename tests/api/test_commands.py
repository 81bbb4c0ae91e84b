"""The operators' commands."""

from __future__ import annotations

import datetime as dt
import re

import click
import pytest
import structlog
from flask import Flask
from sqlalchemy.orm import Session

from app import create_app
from service.outbox.models import PARKED, OutboxRow
from tests.api.conftest import Client
from tests.world import build_world
from workers.__main__ import main

STAFF = ["create-staff", "--name", "李站务", "--phone", "13800138000"]


def test_an_invitation_printed_once_lets_that_phone_in(app: Flask, session: Session, client: Client) -> None:
    station = build_world(session).a.station
    session.commit()
    args = [*STAFF, "--district", "512002", "--role", "station_head", "--station", station]
    result = app.test_cli_runner().invoke(args=args)
    assert result.exit_code == 0, result.output
    found = re.search(r"(?:[0-9A-Z]{4}-){2}[0-9A-Z]{4}", result.output)
    assert found
    token = client.post("/api/v1/sessions", json={"provider": "guest"}).json["token"]
    body = {"invitation_code": found.group(), "phone_code": "13800138000"}
    bound = client.post("/api/v1/me/bind", json=body, headers={"Authorization": f"Bearer {token}"})
    assert "station_head" in bound.json["roles"]


def test_a_role_without_its_scope_or_a_bad_phone_is_refused_in_one_line(app: Flask, session: Session) -> None:
    station = build_world(session).a.station
    session.commit()
    run, staff = app.test_cli_runner().invoke, [*STAFF, "--district", "512002"]
    assert "station_id" in run(args=[*staff, "--role", "station_head"]).output
    assert "范围" in run(args=[*staff, "--role", "district", "--station", station]).output
    assert "11 位" in run(args=[*staff, "--role", "district", "--phone", "123"]).output
    assert "--district" in run(args=[*STAFF, "--role", "district"]).output, "there are two"


def test_a_wrong_environment_is_told_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"APP_ENV": "production", "DATABASE_URL": "sqlite://", "SECRET_KEY": "short"}.items():
        monkeypatch.setenv(name, value)
    for start in (create_app, lambda: main(["worker"])):
        with pytest.raises(SystemExit) as stopped:
            start()
        lines = str(stopped.value).splitlines()
        assert lines[0] == "cannot start:"
        assert {"- SECRET_KEY is shorter than 32 characters", "- DATABASE_URL must not be SQLite in production"} < {
            *lines
        }


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
