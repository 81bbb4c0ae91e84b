"""How a page is written: one decorator declares who may open it, what a form does twice, and what is shown when it fails."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, Response, g, request
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response as AnyResponse

from console import writing
from console.access import ANY_DESK, PUBLIC, Access, Declaration, current_account_id, current_actor, grants_of, only
from console.writing import Done
from service import jobs
from service.db import db, reading
from service.errors import Conflict, DomainError, Invalid, TooMany, Unavailable
from web import faults
from web.arriving import SAFE_METHODS

__all__ = [
    "ANY_DESK",
    "PUBLIC",
    "Access",
    "Done",
    "Door",
    "Failed",
    "current_account_id",
    "current_actor",
    "failed",
    "grants_of",
    "only",
    "page",
]

Handler = Callable[..., Any]


class Door(Blueprint):
    """A group of pages under ``/console``; added to :data:`console.doors.DOORS`."""

    def __init__(self, name: str) -> None:
        super().__init__(name, __name__)
        self.declarations: dict[str, Declaration] = {}


class Failed:
    """A form that was refused, for the page that shows it again: what was typed, and what is wrong with it.

    ``form``: its name; ``fields``: field → sentence; ``status``: of the answer. ``said``: the form stood on the page and
    told so itself; where it is gone (somebody was faster), the frame tells it above everything else.
    """

    def __init__(self, error: DomainError) -> None:
        self.form = request.form.get(writing.NAME, "")
        self.typed = request.form
        self.said = False
        self.detail = error.detail
        self.code = error.code
        self.status = faults.status_of(error)
        self.fields = error.fields if isinstance(error, Invalid) else {}


def failed() -> Failed | None:
    """The form this page is shown again for; None on an ordinary look."""
    found: Failed | None = g.get("failed")
    return found


def page(
    door: Door,
    method: str,
    rule: str,
    *,
    access: Access,
    again: Handler | None = None,
    once: bool = True,
    limit: str | None = None,
    takes_files: bool = False,
    background: bool = False,
    rings: str | tuple[str, ...] | None = jobs.DRAIN_OUTBOX,
) -> Callable[[Handler], Handler]:
    """Show or take something at ``/console`` + ``rule``; the handler is called with the rule's values.

    A GET handler returns a page (:func:`console.showing.render`). A POST handler returns :class:`Done`, where to go and
    what to say there; it neither commits nor rolls back. ``again``: the GET handler of the page the form stands on: when the
    domain refuses (422, 409, 429, 503) it is called with the same values and shows the form with what was typed.
    ``once``: the form carries a key, and sent twice it is done once; False only where the answer must not be kept (it
    shows a secret) or repeating harms nobody: then any response may be returned. ``background``: the page asks by
    itself, which keeps no session awake. ``rings``: the job or
    jobs that follow, None where no event can. ``limit``: how often, by session, or by address without one.
    """

    def register(handler: Handler) -> Handler:
        declaration = Declaration(method, access, again, once, limit, takes_files, background, rings)
        door.declarations[handler.__name__] = declaration
        view = _looking(handler) if method in SAFE_METHODS else _taking(handler, declaration)
        door.add_url_rule(rule, handler.__name__, view, methods=[method], provide_automatic_options=False)
        return handler

    return register


def _looking(handler: Handler) -> Handler:
    @wraps(handler)
    def view(**values: Any) -> Any:
        return handler(**values)

    return view


def _taking(handler: Handler, declaration: Declaration) -> Handler:
    @wraps(handler)
    def view(**values: Any) -> Any:
        try:
            try:
                return writing.write(declaration, lambda: handler(**values))
            except StaleDataError:
                raise Conflict from None
            except IntegrityError as error:
                raise faults.overtaken(error) from None
        except (Invalid, Conflict, TooMany, Unavailable) as refusal:
            if declaration.again is None:
                raise
            return _shown_again(declaration.again, refusal, values)

    return view


def _shown_again(again: Handler, refusal: DomainError, values: dict[str, Any]) -> AnyResponse:
    db.session.rollback()
    reading.set(True)
    g.failed = Failed(refusal)
    shown = again(**values)
    if isinstance(shown, AnyResponse):
        return shown
    return Response(shown, g.failed.status, headers=faults.retry_after(refusal), mimetype="text/html")
