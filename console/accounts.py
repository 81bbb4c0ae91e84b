"""Work accounts (工作账号): who holds which role where, ending one, and the set-up code for the desk, shown once."""

from __future__ import annotations

from flask import request, url_for

from console.pages import Done, Door, current_actor, only, page
from console.showing import render
from console.typed import Typed
from console.who_sees import WHO_SEES
from service import jobs
from service.accounts.roles import ROLE_TITLES, Role
from service.bootstrap import core
from service.db import db
from service.masking import mask_phone
from service.stations import identities
from service.stations.offices import END, KEEPERS
from web.cursors import decode_cursor, encode_cursor

LIMIT = 50
PURPOSE = "console.accounts"
SETUP_LIMIT = "30 per hour"

door = Door("accounts")


@page(door, "GET", "/accounts", access=only(*KEEPERS))
def show() -> str:
    """Those one may end; two statements, however many there are."""
    session, actor, now = db.session(), current_actor(), core().clock()
    role = _role(request.args.get("role"))
    after = decode_cursor(PURPOSE, request.args.get("cursor") or None)
    q = request.args.get("q", "").strip()[:60]
    last = str(after[0]) if after else None
    rows = identities.held(session, actor, role=role, q=q or None, after=last, limit=LIMIT + 1, now=now)
    shown = rows[:LIMIT]
    cursor = encode_cursor(PURPOSE, [shown[-1].grant.id] if len(rows) > LIMIT else None)
    offices = actor.has(identities.OFFICES)
    return render(
        "console/accounts.html",
        rows=[
            {
                "id": row.grant.id,
                "name": row.account.display_name or "—",
                "phone": mask_phone(row.account.phone) or "—",
                "role": ROLE_TITLES[Role(row.grant.role)],
                "place": row.place or "全区",
                "since": row.grant.granted_at,
                "desk": offices and actor.has(set(END[Role(row.grant.role)]) & set(identities.OFFICES)),
            }
            for row in shown
        ],
        role=role,
        q=q,
        roles=[(one.value, ROLE_TITLES[one]) for one in Role if one in END and actor.has(END[one])],
        words=[(ROLE_TITLES[one], words) for one, words in WHO_SEES.items()],
        next_url=url_for("console.accounts.show", role=role, q=q or None, cursor=cursor) if cursor else None,
    )


def _role(value: str | None) -> Role | None:
    return next((role for role in END if role.value == value), None)


@page(
    door,
    "POST",
    "/accounts/<id>/end",
    access=only(*KEEPERS),
    again=lambda id: show(),
    rings=jobs.DELIVER_NOTIFICATIONS,
)
def end(id: str) -> Done:
    """Disabled from now on, with a reason."""
    typed = Typed()
    reason = typed.text("reason", required=True, most=200)
    typed.check()
    identities.end(db.session(), current_actor(), id, reason=reason, now=core().clock())
    return Done(url_for("console.accounts.show"), "身份已解除，现在起不能再用；对方会收到通知。")


@page(
    door,
    "POST",
    "/accounts/<id>/set-up-code",
    access=only(*identities.OFFICES),
    again=lambda id: show(),
    once=False,
    limit=SETUP_LIMIT,
    rings=None,
)
def set_up_code(id: str) -> str:
    """Shown once: a page of its own, which nothing keeps."""
    reset = Typed().ticked("reset")
    code = identities.issue_setup(db.session(), current_actor(), id, reset=reset, now=core().clock())
    return render("console/secret_code.html", kind="setup", code=code, back=url_for("console.accounts.show"))
