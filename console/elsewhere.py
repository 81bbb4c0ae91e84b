"""The first page, the look of all pages, and every address under /console/ that leads nowhere."""

from __future__ import annotations

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from console import cookies
from console.access import back_to
from console.navigation import entries_for
from console.pages import ANY_DESK, PUBLIC, Door, current_actor, page
from service.errors import NotFound

door = Door("elsewhere")
A_YEAR = 365 * 24 * 3600


@page(door, "GET", "/", access=ANY_DESK)
def first() -> AnyResponse:
    """The first entry of the visitor's own menu: where their work is."""
    return redirect(url_for(entries_for(current_actor())[0].endpoint), 303)


@page(door, "POST", "/look", access=PUBLIC, once=False, rings=None)
def look() -> Response:
    """Light or dark, normal or large: remembered by this browser alone."""
    theme, size = request.form.get("theme", ""), request.form.get("size", "")
    answer = Response(status=303, headers={"Location": back_to(request.form.get("next"))})
    if theme in ("auto", "light", "dark") and size in ("normal", "large"):
        cookies.put(answer, cookies.LOOK, f"{theme}.{size}", seconds=A_YEAR)
    return answer


@page(door, "GET", "/<path:_rest>", access=PUBLIC)
def nowhere(_rest: str) -> str:
    """:raises NotFound: always, so that a wrong address gets a page of the console."""
    raise NotFound
