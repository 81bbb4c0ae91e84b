"""Who may open which page. A page without a declaration is closed: 404, as if it were not there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, g, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from console import cookies, guard
from service import jobs
from service.accounts.roles import Actor, Grant, Role
from service.db import reading
from service.errors import Forbidden, NotFound, TooMany, Unauthenticated
from web import arriving
from web.arriving import SAFE_METHODS
from web.same_site import safe_next

EXTENSION = "console"
HOME = "/console/"
MAX_FORM_BYTES = 256 * 1024
MAX_FILES_BYTES = 12 * 1024 * 1024
NO_WORK = "工作台供代表和工作人员使用。您的工作身份已经解除，请联系管理员。"

Hit = Callable[[str, str], int | None]
"""Spend one of a limit for a key: None when it was free, otherwise in how many seconds it will be."""


class Kind(StrEnum):
    PUBLIC = "public"
    DESK = "desk"
    ROLES = "roles"


@dataclass(frozen=True, slots=True)
class Access:
    """What a visitor must show. The domain still decides about the object: this is the door, not the room."""

    kind: Kind
    roles: frozenset[Role] = frozenset()

    def admits(self, actor: Actor) -> bool:
        """Whether somebody with these roles comes through."""
        if self.kind is Kind.PUBLIC:
            return True
        return bool(actor.grants) and (self.kind is Kind.DESK or actor.has(self.roles))


PUBLIC = Access(Kind.PUBLIC)
ANY_DESK = Access(Kind.DESK)
"""Whoever signed in at a desk and holds a work role."""


def only(*roles: Role) -> Access:
    """A desk session with at least one of ``roles``."""
    return Access(Kind.ROLES, frozenset(roles))


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a page says about itself; see :func:`console.pages.page`."""

    method: str
    access: Access
    again: Callable[..., Any] | None = None
    once: bool = True
    limit: str | None = None
    takes_files: bool = False
    background: bool = False
    rings: str | tuple[str, ...] | None = jobs.DRAIN_OUTBOX


@dataclass(frozen=True, slots=True)
class House:
    """What the console was given when it was put together."""

    declarations: dict[str, Declaration]
    hit: Hit
    hit_here: Hit


def house() -> House:
    found: House = current_app.extensions[EXTENSION]
    return found


def declaration_of(endpoint: str | None) -> Declaration | None:
    return house().declarations.get(endpoint or "")


def current_actor() -> Actor:
    """Who is at the desk; an :class:`Actor` without account on public pages and on pages of errors."""
    actor: Actor = g.get("actor") or Actor()
    return actor


def current_account_id() -> str:
    """The account at the desk, on pages that need one."""
    account_id = current_actor().account_id
    if account_id is None:
        raise Unauthenticated
    return account_id


def grants_of(*roles: Role) -> list[Grant]:
    """Where the person at the desk holds one of ``roles``."""
    return list(current_actor().grants_of(*roles))


def admit() -> AnyResponse | None:
    """The one hook before every page: declared? signed in? allowed? not too often? a form of ours?

    :raises NotFound: for a page nobody declared.
    :raises Forbidden: when none of the visitor's roles opens this door, or the form came from elsewhere.
    """
    if (request.endpoint or "").endswith(".static"):
        return None
    declaration = declaration_of(request.endpoint)
    if declaration is None:
        raise NotFound
    actor = signed_in()
    if actor is None and (declaration.access.kind is not Kind.PUBLIC or _session_is_over()):
        return to_sign_in()
    g.actor = actor or Actor()
    _refuse_large(declaration)
    if actor is not None and not declaration.background:
        arriving.keep_awake(actor)
    if not declaration.access.admits(current_actor()):
        raise Forbidden(None if current_actor().grants else NO_WORK)
    _spend(declaration)
    if request.method not in SAFE_METHODS:
        guard.check_form()
    reading.set(request.method in SAFE_METHODS)
    return None


def signed_in() -> Actor | None:
    """The person behind the cookie, if it is a desk's session and not over; a phone's token is none."""
    token = request.cookies.get(cookies.SESSION)
    actor = arriving.who(token) if token else None
    return actor if actor is not None and actor.idle_until is not None else None


def _session_is_over() -> bool:
    """A form of somebody who was signed in when it was drawn."""
    over = cookies.SESSION in request.cookies and cookies.VISIT not in request.cookies
    return over and request.method not in SAFE_METHODS


def to_sign_in() -> Response:
    """To the page for signing in, and from there back to where the visitor was."""
    place = request.full_path.rstrip("?")
    if request.method not in SAFE_METHODS or "HX-Request" in request.headers:
        came_from = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "")
        place = came_from.path + (f"?{came_from.query}" if came_from.query else "")
    over = "1" if request.cookies.get(cookies.SESSION) else None
    target = url_for("console.sign_in.sign_in", next=back_to(place), over=over)
    if "HX-Request" in request.headers:
        return Response(status=401, headers={"HX-Redirect": target})
    return Response(status=303, headers={"Location": target})


def back_to(wanted: str | None) -> str:
    """``wanted`` if it is a page of the console that can be looked at; otherwise its first page."""
    place = safe_next(wanted, HOME)
    return place if place.startswith(HOME) and not place.startswith("/console/sign-") else HOME


def _refuse_large(declaration: Declaration) -> None:
    most = MAX_FILES_BYTES if declaration.takes_files else MAX_FORM_BYTES
    request.max_content_length = most
    request.max_form_memory_size = most
    if (request.content_length or 0) > most:
        raise RequestEntityTooLarge


def _spend(declaration: Declaration) -> None:
    if declaration.limit is None:
        return
    mine = current_actor().session_digest
    hit, key = (house().hit, arriving.address_digest()) if mine is None else (house().hit_here, mine)
    wait = hit(declaration.limit, f"{request.endpoint}:{key}")
    if wait is not None:
        raise TooMany(retry_after=wait)


def leave(_error: BaseException | None = None) -> None:
    """After every page: the thread's next request may write."""
    reading.set(False)
