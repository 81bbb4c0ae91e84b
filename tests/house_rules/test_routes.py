"""Every door asks who you are: no API route without a declaration, no write that has not decided about repetition."""

from __future__ import annotations

import pytest
from flask import Flask

from miniprogram_api.access import EXTENSION, Declaration, Idempotency, Kind
from miniprogram_api.document import new_app
from miniprogram_api.doors import DOORS, add_routes

READS = frozenset({"GET", "HEAD", "OPTIONS"})

NEEDS_KEY = {
    "POST /issues",
    "POST /issues/follow",
    "POST /issues/<id>/messages",
    "POST /issues/<id>/urge",
    "POST /uploads",
    "POST /receipts/<receipt_code>/uploads",
    "POST /receipts/<receipt_code>/messages",
    "POST /receipts/<receipt_code>/urge",
}
"""Contract: a repeated request must not say or count something twice."""
TAKES_KEY = {"POST /issues/<id>/actions", "POST /receipts/<receipt_code>/actions"}
NEVER_NEEDS_KEY = {"POST /sessions", "POST /issues/preview"}

REPEATABLE = {
    "POST /sessions": "a second session harms nobody",
    "POST /issues/preview": "stores nothing",
    "PATCH /me": "the same values again change nothing",
    "DELETE /me": "gone is gone",
    "POST /me/bind": "the invitation is used up",
    "DELETE /sessions/<id>": "gone is gone",
    "POST /inbox/read": "read is read",
    "POST /invitations": "the earlier code for the same phone and place is worthless then",
    "DELETE /invitations/<id>": "gone is gone",
    "POST /issues/<id>/reveal": "each look is logged, also the second",
    "POST /receptions/<id>/bookings/<booking_id>/reveal": "each look is logged, also the second",
    "POST /reviews/messages/<id>": "decided once: again gives 409",
    "POST /receptions/<id>/announce": "carries the version",
    "POST /receptions/<id>/cancel": "carries the version",
    "DELETE /receptions/<id>/bookings/<booking_id>": "gone is gone",
    "POST /codes/<code>/revoke": "revoked once: again gives 409",
    "POST /codes/<code>/mini": "asked for twice, fetched once",
    "DELETE /uploads/<id>": "gone is gone",
    "PUT /portraits/<id>": "the same picture again changes nothing",
    "POST /portraits/<id>/publish": "shown is shown",
    "DELETE /portraits/<id>": "gone is gone",
    "DELETE /leaves/<id>": "cancelled once: again gives 409",
    "DELETE /standard-texts/<id>": "retired is retired",
    "PUT /issues/views/<name>": "the same view under the same name",
    "DELETE /issues/views/<name>": "gone is gone",
    "POST /feedback/<id>/answer": "answered once: again gives 409",
    "DELETE /me/grants/<id>": "gone is gone",
    "POST /me/binding-requests": "the same request waits already",
    "POST /binding-requests/<id>/confirm": "decided once: again gives 404",
    "POST /binding-requests/<id>/refuse": "decided once: again gives 404",
    "POST /grants/<id>/end": "gone is gone",
    "POST /desk/tickets": "a second ticket harms nobody; both end after two minutes",
    "POST /desk/scans/<code>/confirm": "confirmed by the same person stays confirmed",
    "POST /desk/scans/<code>/refuse": "a refused ticket is dead: again gives 404",
    "POST /desk/credentials": "replaces what was chosen with the same set-up code",
    "POST /desk/credentials/confirm": "the set-up code is used up",
    "PUT /desk/password": "the present password is another one then",
}
"""Writes without a key, each with the reason why repeating them does no harm."""

OUTSIDE_THE_API = {
    "/s/<code>": "what a camera opens",
    "/s/": "where a printed code is typed to check a poster",
    "/<name>.txt": "files by which WeChat makes sure of a domain's owner",
    "/s-static/<path:filename>": "style sheet of that page",
    "/static/<path:filename>": "Flask's own, an empty folder",
    "/healthz": "machines that watch",
    "/readyz": "machines that watch",
    "/metrics": "only from this machine or with the token",
    "/m/": "client",
    "/m/<path:path>": "client",
    "/wechat/callback": "signed by WeChat",
    "/wechat/authorize": "to WeChat's OAuth page, with a state for this browser",
    "/wechat/authorized": "back from there, with that state",
    "/d/<code>": "what a camera opens of a desk's QR; shows one text for all codes",
}
"""Routes that are no part of the API, with what they are; a new one is a decision."""


@pytest.fixture(scope="module")
def routes() -> dict[str, Declaration | None]:
    """``METHOD /path`` → what it declares, of the API alone."""
    app = new_app("house-rules")
    add_routes(app)
    declared = {endpoint: one for door in DOORS for endpoint, one in door.declarations.items()}
    return {
        f"{method} {str(rule.rule).removeprefix('/api/v1')}": declared.get(rule.endpoint)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    }


def test_every_route_declares_who_may_come(routes: dict[str, Declaration | None]) -> None:
    assert len(routes) > 40
    assert [route for route, declaration in routes.items() if declaration is None] == []


def test_a_route_open_to_everybody_is_one_the_contract_names(routes: dict[str, Declaration | None]) -> None:
    """Everything else needs a token; of these only what leads to signing in changes anything."""
    open_to_all = {
        route.split(" ")[1].split("/")[1] for route, one in routes.items() if one and not one.access.needs_session
    }
    assert (
        open_to_all
        <= {"scan", "sessions", "categories", "districts", "stations", "deputies", "public", "receipts"}
        | SIGNED_LINKS
        | BEFORE_SIGNING_IN
    )
    public_writes = {
        route for route, one in routes.items() if one and one.access.kind is Kind.PUBLIC and not route.startswith("GET")
    }
    assert public_writes == {
        "POST /sessions",
        "POST /desk/tickets",
        "POST /desk/credentials",
        "POST /desk/credentials/confirm",
    }


BEFORE_SIGNING_IN = {"desk"}
"""A desk's browser has no session yet: it draws a QR that proves nothing, or holds a one-time set-up code."""

SIGNED_LINKS = {"uploads"}
"""Pictures are opened by a signed address that lives an hour, since an <img> sends no token."""


def test_every_role_door_names_roles(routes: dict[str, Declaration | None]) -> None:
    assert [r for r, one in routes.items() if one and (one.access.kind is Kind.ROLES) != bool(one.access.roles)] == []


def test_every_write_has_decided_about_repetition(routes: dict[str, Declaration | None]) -> None:
    """A new write either takes an Idempotency-Key or says in REPEATABLE why it needs none."""
    writes = {route: one for route, one in routes.items() if route.split(" ")[0] not in READS and one}
    keyless = {route for route, one in writes.items() if one.idempotency is Idempotency.NONE}
    assert keyless - set(REPEATABLE) == set()
    assert set(REPEATABLE) - keyless == set(), "a reason for a route that is gone, or takes a key now"
    required = {route for route, one in writes.items() if one.idempotency is Idempotency.REQUIRED}
    assert required == NEEDS_KEY & set(writes)
    assert all(writes[route].idempotency is Idempotency.OPTIONAL for route in TAKES_KEY)
    assert all(writes[route].idempotency is Idempotency.NONE for route in NEVER_NEEDS_KEY)


def test_reads_take_no_key(routes: dict[str, Declaration | None]) -> None:
    reads = [one for route, one in routes.items() if route.startswith("GET") and one]
    assert {one.idempotency for one in reads} == {Idempotency.NONE}


def test_the_running_application_has_no_other_doors(app: Flask) -> None:
    declared = app.extensions[EXTENSION]
    api = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api")]
    assert [rule.rule for rule in api if rule.endpoint not in declared] == []
    others = {rule.rule for rule in app.url_map.iter_rules() if not rule.rule.startswith("/api")}
    others = {rule for rule in others if not rule.startswith("/console")}
    assert others - set(OUTSIDE_THE_API) == set()
