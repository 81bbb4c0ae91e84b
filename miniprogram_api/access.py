"""Who may come through which door. A route without a declaration is closed: 404, as if it were not there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask import current_app, g, request

from miniprogram_api import limits
from service import jobs
from service.accounts.queries import actor_for_token
from service.accounts.roles import Actor, Role
from service.bootstrap import core
from service.db import db, reading
from service.errors import Forbidden, NotFound, Unauthenticated
from web import arriving
from web.arriving import SAFE_METHODS

EXTENSION = "miniprogram_api"
PREFIX = "/api/"


class Kind(StrEnum):
    PUBLIC = "public"
    SESSION = "session"
    ROLES = "roles"
    RECEIPT = "receipt"


@dataclass(frozen=True, slots=True)
class Access:
    """What a caller must show. The domain still decides about the object: this is the door, not the room."""

    kind: Kind
    roles: frozenset[Role] = frozenset()

    @property
    def needs_session(self) -> bool:
        return self.kind in (Kind.SESSION, Kind.ROLES)


PUBLIC = Access(Kind.PUBLIC)
ANY_SESSION = Access(Kind.SESSION)
RECEIPT = Access(Kind.RECEIPT)
"""Whoever holds the code in the path: no session is asked for, and failing look-ups are counted and locked."""


def only(*roles: Role) -> Access:
    """A session with at least one of ``roles``."""
    return Access(Kind.ROLES, frozenset(roles))


class Idempotency(StrEnum):
    """Whether ``Idempotency-Key`` must, may, or need not be sent."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class RequestIdentity:
    """What makes a repeated request the same one: digests of its key (with method, path and caller) and of its body."""

    key: str
    body_digest: str


Derive = Callable[[RequestIdentity], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a route says about itself; see :func:`miniprogram_api.routing.route`."""

    access: Access
    statuses: tuple[int, ...]
    idempotency: Idempotency = Idempotency.NONE
    limit: str | None = None
    derived: Derive | None = None
    wakes: bool = True
    takes_files: bool = False
    rings: str = jobs.DRAIN_OUTBOX


def declaration_of(endpoint: str | None) -> Declaration | None:
    declarations: dict[str, Declaration] = current_app.extensions[EXTENSION]
    return declarations.get(endpoint or "")


def current_actor() -> Actor:
    """Who is asking; an :class:`Actor` without account on public and receipt routes."""
    actor: Actor = g.actor
    return actor


def current_account_id() -> str:
    """The account asking, on routes that need a session."""
    account_id = current_actor().account_id
    if account_id is None:
        raise Unauthenticated
    return account_id


def admit() -> None:
    """The one hook before every API request: declared? signed in? allowed? not too often, not too big?

    :raises NotFound: for a route nobody declared.
    :raises Unauthenticated: for a missing, unknown, expired or revoked token on a protected route.
    :raises Forbidden: when none of the caller's roles opens this door.
    """
    if not request.path.startswith(PREFIX) or request.url_rule is None:
        return
    declaration = declaration_of(request.endpoint)
    if declaration is None:
        raise NotFound
    limits.refuse_large_bodies(takes_files=declaration.takes_files)
    g.actor = _authenticate() if declaration.access.needs_session else Actor()
    if g.actor.idle_until is not None:
        arriving.keep_awake(g.actor)
    roles = declaration.access.roles
    if roles and not g.actor.has(roles):
        raise Forbidden
    limits.spend(declaration.limit, g.actor)
    if declaration.access.kind is Kind.RECEIPT:
        limits.refuse_locked_out()
    reading.set(request.method in SAFE_METHODS)


def _authenticate() -> Actor:
    token = _bearer()
    if not token:
        raise Unauthenticated
    actor = arriving.who(token)
    if actor is None:
        raise Unauthenticated("登录已失效，请重新登录。")
    return actor


def _bearer() -> str | None:
    authorization = request.authorization
    return authorization.token if authorization and authorization.type == "bearer" else None


def guest_account_id() -> str | None:
    """The account behind a token that came along to a public route, e.g. of the guest who now signs in with WeChat."""
    token = _bearer()
    actor = actor_for_token(db.session(), token, now=core().clock()) if token else None
    return actor.account_id if actor else None


def leave(_error: BaseException | None = None) -> None:
    """After every request: the thread's next one may write."""
    reading.set(False)
