"""Audit (审计): who signed in, took files, changed settings, looked behind a mask; the ledger. Logs, never contents."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Response, request, send_file

from console.pages import Door, current_actor, grants_of, only, page
from console.showing import render
from console.typed import Typed, day_of
from service.accounts import trail
from service.accounts.roles import ROLE_TITLES
from service.administration import audit, office
from service.administration.audit import SEES_REVEALS, WATCHERS, Span
from service.bootstrap import core
from service.calendar.workdays import local_date
from service.db import db
from service.ledger import queries as ledger
from service.sheets.writing import Sheet, in_a_file
from web.cursors import decode_cursor, encode_cursor

door = Door("audit")
SHOWN = 50
PURPOSES = {"events": "操作日志", "reveals": "查看身份日志"}


def districts_of(*roles: Any) -> frozenset[str]:
    """Whose logs the person at the desk watches over, by these roles."""
    return frozenset(grant.district_id for grant in grants_of(*roles))


def _day(name: str) -> dt.date | None:
    """A day of the address; one that is none filters nothing."""
    try:
        return day_of(request.values.get(name, ""))
    except ValueError:
        return None


def _span() -> Span:
    return Span(_day("since"), _day("until"))


def _group() -> str:
    asked = request.values.get("group", "")
    return asked if asked in audit.GROUPS else ""


def _only() -> trail.Only:
    group = _group()
    return _span().only(audit.GROUPS[group][1] if group else frozenset())


def _asked() -> dict[str, Any]:
    span = _span()
    return {
        "group": _group(),
        "since": span.since.isoformat() if span.since else "",
        "until": span.until.isoformat() if span.until else "",
        "filtered": bool(request.args),
        "reveals_too": current_actor().has(SEES_REVEALS),
    }


@page(door, "GET", "/audit", access=only(*WATCHERS))
def show() -> str:
    """The trail of one's districts, newest first."""
    after = decode_cursor("console-audit", request.args.get("cursor"))
    of = trail.Of(districts=districts_of(*WATCHERS))
    before = str(after[0]) if after else None
    lines = trail.newest(db.session(), of, before=before, limit=SHOWN + 1, only=_only())
    last = lines[SHOWN - 1].event.id if len(lines) > SHOWN else None
    return render(
        "console/audit.html",
        lines=[
            (line.event, trail.TITLES[trail.Access(line.event.kind)], *audit.who(line), audit.detail(line.event))
            for line in lines[:SHOWN]
        ],
        groups=[(name, title) for name, (title, _) in audit.GROUPS.items()],
        next_cursor=encode_cursor("console-audit", [last] if last else None),
        **_asked(),
    )


@page(door, "GET", "/audit/reveals", access=only(*SEES_REVEALS))
def reveals() -> str:
    """Who looked behind a mask, and why."""
    after = decode_cursor("console-reveals", request.args.get("cursor"))
    looks = audit.reveals(
        db.session(),
        districts_of(*SEES_REVEALS),
        _span(),
        before=str(after[0]) if after else None,
        limit=SHOWN + 1,
    )
    last = looks[SHOWN - 1].reveal.id if len(looks) > SHOWN else None
    return render(
        "console/audit_reveals.html",
        looks=looks[:SHOWN],
        roles={role.value: title for role, title in ROLE_TITLES.items()},
        next_cursor=encode_cursor("console-reveals", [last] if last else None),
        **_asked(),
    )


@page(door, "GET", "/audit/ledger", access=only(*WATCHERS))
def chain() -> str:
    """Where the ledger stands, and when it was last walked."""
    mine = districts_of(*WATCHERS)
    heads = [head for head in ledger.heads(db.session()) if head.district_id in mine]
    checks = audit.checks(db.session())
    old = not checks or local_date(core().clock()) - local_date(checks[0].at) > dt.timedelta(days=7)
    return render("console/audit_ledger.html", heads=heads, checks=checks, old=old, **_asked())


@page(door, "POST", "/audit/taken", access=only(*WATCHERS), again=show, once=False, rings=None)
def take() -> Response:
    """The trail that is shown, as CSV; taking it stands in the trail itself."""
    of = trail.Of(districts=districts_of(*WATCHERS))
    return _taken("events", audit.EVENT_HEADER, audit.event_rows(db.session(), of, _only()))


@page(door, "POST", "/audit/reveals/taken", access=only(*SEES_REVEALS), again=reveals, once=False, rings=None)
def take_reveals() -> Response:
    """The looks that are shown, as CSV; likewise."""
    rows = audit.reveal_rows(db.session(), districts_of(*SEES_REVEALS), _span())
    return _taken("reveals", audit.REVEAL_HEADER, rows)


def _taken(which: str, header: list[str], rows: Any) -> Response:
    """The rows are read and written page by page; the line about it is not among them."""
    typed = Typed()
    reason = typed.text("reason", required=True, most=200)
    typed.check()
    asked, now = _asked(), core().clock()
    file = in_a_file(".csv", [Sheet(PURPOSES[which], header, rows)])
    data = {"of": which, "group": asked["group"], "since": asked["since"], "until": asked["until"], "reason": reason}
    for district in sorted(districts_of(*(WATCHERS if which == "events" else SEES_REVEALS))):
        office.note(
            db.session(), trail.Access.LOG_TAKEN, actor=current_actor(), district_id=district, now=now, data=data
        )
    name = f"{PURPOSES[which]}-{local_date(now)}.csv"
    return send_file(file, "text/csv; charset=utf-8", as_attachment=True, download_name=name)
