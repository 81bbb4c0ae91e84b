"""Short ways to say what people do when they sign in."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

MINIPROGRAM, OFFICIAL = "wechat_miniprogram", "wechat_official"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def signs_in(
    client: FlaskClient, code: str, provider: str = MINIPROGRAM, guest: dict[str, str] | None = None, expect: int = 201
) -> Any:
    """The answer to signing in with WeChat, as JSON; ``guest``: the headers of the guest who does."""
    answer = client.post("/api/v1/sessions", json={"provider": provider, "code": code}, headers=guest or {})
    assert answer.status_code == expect, answer.text
    return answer.json


def opens(client: FlaskClient, code: str, provider: str = MINIPROGRAM, guest: dict[str, str] | None = None) -> str:
    """Whose account it is."""
    return str(signs_in(client, code, provider, guest)["account"]["id"])


def as_guest(client: FlaskClient) -> dict[str, str]:
    return bearer(client.post("/api/v1/sessions", json={"provider": "guest"}).json["token"])


def who(client: FlaskClient, headers: dict[str, str]) -> str | None:
    """The account behind a device; None when it is signed out."""
    answer = client.get("/api/v1/me", headers=headers)
    return str(answer.json["id"]) if answer.status_code == 200 else None
