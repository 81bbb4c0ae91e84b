"""Policy documents (制度): enter one, let it supersede another, say when it ends; which parameters each one set."""

from __future__ import annotations

from flask import url_for

from console.pages import Done, Door, current_actor, only, page
from console.settings.district import district_for
from console.showing import render
from console.typed import Typed
from service.administration import holidays, office, policies, settings
from service.bootstrap import core
from service.calendar.workdays import local_date
from service.db import db
from service.parameters import catalogue

door = Door("policies")
DECIDING = only(*office.EDITORS)


@page(door, "GET", "/settings/policies", access=DECIDING)
def show() -> str:
    session, now, district = db.session(), core().clock(), district_for(*office.EDITORS)
    rows = policies.all_of(session, district)
    by = {row.supersedes_id: row for row in rows if row.supersedes_id}
    return render(
        "console/policies.html",
        district=district,
        rows=rows,
        superseded_by=by,
        open_ones=[(row.id, row.title) for row in rows if row.id not in by],
        values=policies.set_by(session, district),
        known=catalogue.known,
        words=settings.in_words,
        audiences=policies.AUDIENCES,
        today=local_date(now),
        missing_year=holidays.missing_year(session, now=now),
    )


@page(door, "POST", "/settings/policies", access=DECIDING, again=show, rings=None)
def enter() -> Done:
    typed = Typed()
    title, issuer = typed.text("title", required=True, most=120), typed.text("issuer", required=True, most=80)
    number, edition = typed.text("number", most=60), typed.text("edition", most=40)
    adopted_on = typed.day("adopted_on", required=True)
    valid_from = typed.day("valid_from", required=True)
    valid_to = typed.day("valid_to")
    audience = typed.choice("audience", policies.AUDIENCES, required=True)
    supersedes = typed.text("supersedes_id", most=26)
    typed.check()
    assert adopted_on is not None and valid_from is not None
    policies.enter(
        db.session(),
        district_for(*office.EDITORS),
        policies.Particulars(
            title, issuer, adopted_on, valid_from, audience or "", number or None, edition or None, valid_to
        ),
        supersedes_id=supersedes or None,
        actor=current_actor(),
        now=core().clock(),
    )
    return Done(url_for("console.policies.show"), "已经登记。修改参数时可以选它作依据。")


@page(door, "POST", "/settings/policies/<id>/end", access=DECIDING, again=lambda id: show(), rings=None)
def end(id: str) -> Done:
    """Its last day."""
    typed = Typed()
    last_day = typed.day("last_day", required=True)
    typed.check()
    assert last_day is not None
    policies.end(
        db.session(),
        district_for(*office.EDITORS),
        id,
        last_day=last_day,
        actor=current_actor(),
        now=core().clock(),
    )
    return Done(url_for("console.policies.show"), "失效日期已经登记。它设定的参数没有变，需要时请另外修改。")
