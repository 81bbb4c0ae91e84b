"""Somebody at a desk without a browser: opens pages, sends the forms that stand on them."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from console import cookies
from service.accounts import sessions
from service.db import db
from tests.api.conftest import PlainClient

HOST = "https://daibiao.example.gov.cn"
TOKEN = re.compile(r'name="_form" value="([0-9a-f]{64})"')
_numbers = itertools.count(1)


class DeskClient(PlainClient):
    """Commits the test's own session first, and forgets what it had read afterwards."""

    def open(self, *arguments: Any, **options: Any) -> TestResponse:
        db.session.commit()
        response = super().open(*arguments, **options)
        db.session.expire_all()
        return response


class Desk:
    """One browser at a desk; ``account_id``: who signed in there, None: nobody yet."""

    def __init__(self, app: Flask, account_id: str | None = None, *, now: dt.datetime | None = None) -> None:
        self.client = DeskClient(app, app.response_class)
        self._token = ""
        if account_id is not None and now is not None:
            signed = sessions.open_desk_session(db.session(), account_id, provider=sessions.PASSWORD, now=now)
            self.client.set_cookie(cookies.SESSION, signed.token, domain="daibiao.example.gov.cn", path=cookies.PATH)

    def opens(self, path: str, **headers: str) -> Any:
        return self.client.get("/console" + path, base_url=HOST, headers=headers)

    def sends(self, path: str, form: dict[str, Any] | None = None, *, key: str | None = None, **headers: str) -> Any:
        """The form as a page of this desk has it: with its token, and a key of its own."""
        fields = {"_key": key or f"key-of-the-form-{next(_numbers)}", **(form or {})}
        fields.setdefault("_form", self.token())
        return self.client.post("/console" + path, base_url=HOST, data=fields, headers={"Origin": HOST} | headers)

    def token(self) -> str:
        """What stands in every form of this desk, as long as nobody signs out: the look's, which is on every page."""
        if not self._token:
            found = TOKEN.search(self.opens("/me").text) or TOKEN.search(self.opens("/sign-in").text)
            assert found is not None
            self._token = found.group(1)
        return self._token
