"""Drawing a page: what every template may ask for, how moments are written, where links lead."""

from __future__ import annotations

import datetime as dt
import hashlib
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import g, render_template, request, url_for

from console import cookies, guard
from console.access import current_actor
from console.navigation import Entry, entries_for
from service.accounts.roles import ROLE_TITLES, Role
from service.bootstrap import core
from service.calendar.workdays import SHANGHAI
from service.ids import keyed_digest, new_token

STATIC = Path(__file__).parent / "static"
WEEKDAYS = "一二三四五六日"


def render(template: str, **context: Any) -> str:
    """The page ``template`` (``console/….html``) with ``context``; ``desk`` in it is :class:`Desk`."""
    return render_template(template, desk=Desk(), **context)


class Desk:
    """What templates ask for as ``desk.…``, one per page."""

    def __init__(self) -> None:
        self.notice: str | None = None
        if request.method == "GET" and "HX-Request" not in request.headers:
            said = cookies.opened("notice", cookies.NOTICE)
            if said is not None:
                g.notice_was_read = True
                self.notice = str(said)

    @property
    def signed_in(self) -> bool:
        return current_actor().account_id is not None

    @property
    def who(self) -> str:
        """The same for the same account, nothing for nobody: whose words a tab may keep over a session's end."""
        account_id = current_actor().account_id
        return keyed_digest(core().settings.secret_key, "console.who", account_id)[:16] if account_id else ""

    @property
    def navigation(self) -> list[Entry]:
        return entries_for(current_actor())

    def is_here(self, entry: Entry) -> bool:
        return request.path.startswith(url_for(entry.endpoint))

    @property
    def roles(self) -> list[str]:
        return [ROLE_TITLES[role] for role in Role if role in {grant.role for grant in current_actor().grants}]

    def has(self, *roles: str) -> bool:
        """Whether the person holds one of these roles somewhere: for what is offered, never for what is allowed."""
        return not current_actor().roles.isdisjoint(roles)

    @property
    def look(self) -> dict[str, str]:
        theme, _, size = request.cookies.get(cookies.LOOK, "").partition(".")
        return {
            "theme": theme if theme in ("light", "dark") else "auto",
            "size": size if size == "large" else "normal",
        }

    @property
    def place(self) -> str:
        """This page's address, for coming back to it."""
        return request.full_path.rstrip("?") if request.method == "GET" else request.path

    @property
    def now(self) -> dt.datetime:
        return core().clock()

    @property
    def issue_place(self) -> str:
        """What the address of an issue's page begins with; its id follows. For lists: building each whole takes longer."""
        return url_for("console.issue.show", id="")

    def static(self, name: str) -> str:
        """A file of ``console/static``, under an address that changes with it: browsers keep it for good."""
        return url_for("console.static", filename=name, v=_version(name))

    @cached_property
    def form_token(self) -> str:
        return guard.form_token()

    @property
    def form_key(self) -> str:
        return new_token()

    def failed(self, form: str) -> Any:
        """The refusal of the form of that name, if this page shows it again."""
        found = g.get("failed")
        return found if found is not None and found.form == form else None

    def refusal(self, form: str) -> Any:
        """The same for the form itself, which tells it where it stands."""
        found = self.failed(form)
        if found is not None:
            found.said = True
        return found

    @property
    def unsaid(self) -> Any:
        """A refusal whose form is not on the page any more: asked once the rest of the page is drawn."""
        found = g.get("failed")
        return None if found is None or found.said else found

    def typed(self, form: str, name: str, otherwise: Any = "") -> Any:
        """What stood in the field when the form was refused, otherwise the given value."""
        found = self.failed(form)
        return found.typed.get(name, "") if found is not None else "" if otherwise is None else otherwise

    def typed_many(self, form: str, name: str, otherwise: Any = ()) -> list[str]:
        found = self.failed(form)
        return list(found.typed.getlist(name) if found is not None else otherwise)

    def fault(self, form: str, name: str) -> str | None:
        found = self.failed(form)
        return found.fields.get(name) if found is not None else None

    def here(self, **changes: Any) -> str:
        """This list's address with other values in its query; None takes one out."""
        given = {name: values for name, values in request.args.lists() if name not in changes}
        query = [(name, value) for name, values in given.items() for value in values]
        query += [(name, str(value)) for name, value in changes.items() if value is not None]
        return request.path + (f"?{urlencode(query)}" if query else "")

    moment = staticmethod(lambda at: in_words(at))
    day = staticmethod(lambda at: day_in_words(at))
    hour = staticmethod(lambda at: f"{at.astimezone(SHANGHAI):%H:%M}")
    iso = staticmethod(lambda at: at.astimezone(SHANGHAI).isoformat(timespec="minutes"))


def in_words(moment: dt.datetime | None) -> str:
    """``3月5日（星期四）09:00``, with the year where it is another."""
    if moment is None:
        return "—"
    local = moment.astimezone(SHANGHAI)
    return f"{day_in_words(local)}{local:%H:%M}"


def day_in_words(day: dt.date | dt.datetime | None) -> str:
    """``3月5日（星期四）``."""
    if day is None:
        return "—"
    local = day.astimezone(SHANGHAI) if isinstance(day, dt.datetime) else day
    year = "" if local.year == _this_year() else f"{local.year}年"
    return f"{year}{local.month}月{local.day}日（星期{WEEKDAYS[local.weekday()]}）"


def on_paper() -> None:
    """Every day of this answer is said with its year: paper is read when it is another."""
    g.this_year = 0


def _this_year() -> int:
    """Asked for with every moment on a page, so answered once for a page."""
    found: int | None = g.get("this_year")
    if found is None:
        found = g.this_year = core().clock().astimezone(SHANGHAI).year
    return found


@cache
def _version(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
