"""Role × page of the console, walked whole. What is expected stands here, written from the rulebook (§9)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask

from tests.console.desk import Desk
from tests.permissions.cast import CALLERS, RESIDENTS, UNSIGNED, Cast
from tests.permissions.objects import MAKERS

SIGN_IN = 303
NOT_AT_A_DESK = {SIGN_IN: UNSIGNED, 403: RESIDENTS}
"""Without a session: to the page for signing in. A resident holds no work role: nothing here is theirs."""
EVERYBODY: dict[int, str] = {}
SUPERVISING = (
    "clerk head clerk_home head_home clerk_elsewhere head_elsewhere b_clerk b_head"
    " township township_elsewhere district committee b_township b_district b_committee"
)
FIGURES = {SIGN_IN: UNSIGNED, 200: SUPERVISING}


@dataclass(frozen=True)
class Row:
    """One page: ``usual`` is the status for everyone not named in ``but`` (status → callers)."""

    request: str
    usual: int
    but: dict[int, str]
    form: dict[str, Any] | None = None
    note: str = field(default="", compare=False)

    @property
    def expected(self) -> dict[str, int]:
        named = [(caller, status) for status, callers in self.but.items() for caller in callers.split()]
        assert len({caller for caller, _ in named}) == len(named), f"named twice in {self.request}"
        assert {caller for caller, _ in named} <= set(CALLERS), self.request
        return dict.fromkeys(CALLERS, self.usual) | dict(named)


TABLE = (
    # anybody
    Row("GET /sign-in", 303, {200: UNSIGNED}, None, "whoever is signed in goes on"),
    Row("POST /sign-in", 303, {422: UNSIGNED}, {"login": ""}),
    Row("GET /sign-in/code", 303, EVERYBODY, None, "no QR is shown here: back to the beginning"),
    Row("GET /sign-in/code/state", 200, EVERYBODY),
    Row("POST /sign-in/code/take", 303, EVERYBODY, None, "no ticket: back to the beginning"),
    Row("POST /sign-in/code", 303, EVERYBODY),
    Row("GET /set-up", 200, EVERYBODY),
    Row("POST /set-up", 422, EVERYBODY, {"setup_code": "WRONG", "login": "zhang.san", "password": "x"}),
    Row("POST /set-up/confirm", 422, EVERYBODY, {"setup_code": "WRONG", "otp": "123456"}),
    Row("POST /look", 303, EVERYBODY, {"theme": "dark", "size": "large"}),
    Row("GET /no/such/page", 404, EVERYBODY),
    # figures: each office its own place, nobody else any (rulebook §12)
    Row("GET /overview", 403, FIGURES),
    Row("GET /overview/by/station", 403, FIGURES),
    Row("GET /overview/by/deputy", 403, {SIGN_IN: UNSIGNED, 404: SUPERVISING}, None, "no figures of persons"),
    Row("GET /overview/heat", 403, FIGURES),
    Row("GET /overview/units", 403, FIGURES),
    Row(
        "POST /overview/issues", 403, FIGURES,
        {"since": "2026-03-01", "until": "2026-03-31", "format": "csv", "reason": "季度分析"},
    ),
    Row("GET /reports", 403, {SIGN_IN: UNSIGNED, 200: "district committee b_district b_committee"}),
    Row("GET /reports/2026-03", 403, {SIGN_IN: UNSIGNED, 404: "district committee b_district b_committee"}),
    Row("GET /reports/2026-03/pdf", 403, {SIGN_IN: UNSIGNED, 404: "district committee b_district b_committee"}),
    # one's own desk
    Row("GET /", 303, {403: RESIDENTS}),
    Row("GET /me", 200, NOT_AT_A_DESK),
    Row("POST /me/sessions/x/end", 404, NOT_AT_A_DESK, None, "another's session is not found"),
    Row("POST /me/password", 404, NOT_AT_A_DESK, {"current_password": "x"}, "nobody has set one"),
    Row("POST /sign-out", 303, {403: RESIDENTS}),
)  # fmt: skip


@pytest.fixture(scope="module")
def desks(cast: Cast, app: Flask) -> dict[str, Desk]:
    """A desk for each caller, all signed in anew before each page, since one of the pages signs out."""
    now = cast.town.clock.now
    return {name: Desk(app, person.account_id or None, now=now) for name, person in cast.people.items()}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.request} {row.usual}")
def test_each_caller_is_answered_as_written(desks: dict[str, Desk], cast: Cast, row: Row) -> None:
    """Those refused come first, so that a refusal is never one because somebody else used the object up."""
    expected, found = row.expected, {}
    for caller in sorted(CALLERS, key=lambda name: expected[name] < 400):
        method, path = _filled(cast, row.request).split(" ")
        desk = desks[caller]
        form = {name: _filled(cast, value) for name, value in (row.form or {}).items()}
        answer = desk.opens(path) if method == "GET" else desk.sends(path, form)
        found[caller] = answer.status_code
    different = {caller: (found[caller], expected[caller]) for caller in CALLERS if found[caller] != expected[caller]}
    assert different == {}, "caller: (answered, expected)"


def _filled(cast: Cast, text: str) -> str:
    for name in re.findall(r"\{(\w+)\}", text):
        value = MAKERS[name](cast) if name in MAKERS else cast.ids[name]
        text = text.replace("{" + name + "}", value)
    return text


def test_no_page_is_missing_from_the_table(app: Flask) -> None:
    adapter = app.url_map.bind("localhost")
    walked = set()
    for row in TABLE:
        method, path = row.request.split(" ")
        path = re.sub(r"\{\w+\}", "x", path.split("?")[0])
        rule, _ = adapter.match("/console" + path, method=method, return_rule=True)
        walked.add((method, str(rule.rule)))
    pages = {
        (method, str(rule.rule))
        for rule in app.url_map.iter_rules()
        if str(rule.rule).startswith("/console") and not str(rule.endpoint).endswith(".static")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert pages - walked == set()
