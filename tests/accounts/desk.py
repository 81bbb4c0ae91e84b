"""A clerk at a desk with a password, and the phone with the one-time codes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyotp
from sqlalchemy.orm import Session

from service.accounts import enrolment
from tests.api.conftest import Client, PlainClient
from tests.conftest import FakeClock

LOGIN, PASSWORD = "Li.Zhanwu", "correct horse battery"
SESSIONS = "/api/v1/sessions"


class Desk:
    """A clerk who has set a password, and the phone with the one-time codes."""

    def __init__(self, client: Client, session: Session, clock: FakeClock, account_id: str) -> None:
        self.client, self.session, self.clock, self.account_id = client, session, clock, account_id
        self.secret = ""
        self.recovery: list[str] = []

    def set_up(self, *, reset: bool = False, password: str = PASSWORD) -> None:
        code = enrolment.issue_setup(self.session, self.account_id, reset=reset, now=self.clock.now)
        begun = self.begins(code, password=password)
        assert begun.status_code == 201, begun.text
        self.secret = begun.json["secret"]
        done = self.confirms(code)
        assert done.status_code == 200, done.text
        self.recovery = done.json["recovery_codes"]
        self.clock.advance(minutes=1)

    def begins(self, code: str, login: str = LOGIN, password: str = PASSWORD) -> Any:
        body = {"setup_code": code, "login": login, "password": password}
        return self.client.post("/api/v1/desk/credentials", json=body)

    def confirms(self, code: str, otp: str | None = None) -> Any:
        body = {"setup_code": code, "otp": otp or self.otp()}
        return self.client.post("/api/v1/desk/credentials/confirm", json=body)

    def otp(self, seconds: int = 0) -> str:
        return pyotp.TOTP(self.secret).at(self.clock.now + dt.timedelta(seconds=seconds))

    def signs_in(
        self, password: str = PASSWORD, otp: str | None = None, login: str = LOGIN, client: PlainClient | None = None
    ) -> Any:
        body = {"provider": "password", "login": login, "password": password, "otp": otp or self.otp()}
        return (client or self.client).post(SESSIONS, json=body)
