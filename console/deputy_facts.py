"""What is known of a deputy as a person (代表资料), corrected by the township's office and the district's, each its part."""

from __future__ import annotations

from flask import request, url_for

from console.deputies import LIMIT, STATES
from console.pages import Done, Door, current_actor, grants_of, only, page
from console.showing import render
from console.typed import Typed
from service.accounts.binding import PHONE_DIGITS
from service.accounts.roles import Role
from service.bootstrap import core
from service.db import db
from service.deputies import actions, queries, registry
from service.deputies.actions import facts
from service.deputies.mandates import LEVEL_TITLES, OVER, Level, MandateState
from service.deputies.models import Deputy, Mandate
from service.masking import mask_phone
from web.cursors import decode_cursor, encode_cursor

MAY = (Role.DISTRICT, Role.TOWNSHIP)
PURPOSE = "console.deputy_facts"
WHERE = {Role.DISTRICT: "console.deputies.one", Role.TOWNSHIP: "console.deputy_facts.one"}
"""Where the office goes on once the facts are corrected."""

door = Door("deputy_facts")


@page(door, "GET", "/deputies/facts", access=only(*MAY))
def show() -> str:
    """The deputies whose facts one may correct, by name; two statements."""
    session = db.session()
    q, after = request.args.get("q", "").strip()[:40], decode_cursor(PURPOSE, request.args.get("cursor") or None)
    districts = {grant.district_id for grant in grants_of(Role.DISTRICT)}
    townships = {str(grant.township_code) for grant in grants_of(Role.TOWNSHIP)}
    rows = registry.listed(session, districts, townships=townships, q=q or None, after=after, limit=LIMIT + 1)
    shown = rows[:LIMIT]
    held = registry.mandates(session, [row.id for row in shown])
    cursor = encode_cursor(PURPOSE, registry.position(shown[-1])) if len(rows) > LIMIT else None
    return render(
        "console/deputy_facts_list.html",
        rows=[(row, _held(held[row.id])) for row in shown],
        q=q,
        next_url=url_for("console.deputy_facts.show", q=q or None, cursor=cursor) if cursor else None,
    )


def _held(rows: list[Mandate]) -> list[str]:
    """In words, what somebody is in office for now."""
    return [
        LEVEL_TITLES[Level(row.level)] + ("" if row.state == MandateState.ACTIVE else f"（{_state(row)}）")
        for row in rows
        if row.state not in OVER
    ]


def _state(row: Mandate) -> str:
    return STATES[MandateState(row.state)][0]


def _own(id: str) -> tuple[Deputy, Role]:
    """:raises NotFound: for a deputy of nobody's here, so that guessing ids tells nothing."""
    row = queries.deputy(db.session(), None, id)
    return row, facts.office_of(db.session(), current_actor(), row)


@page(door, "GET", "/deputies/<id>/facts", access=only(*MAY))
def one(id: str) -> str:
    row, office = _own(id)
    return render(
        "console/deputy_facts.html",
        deputy=row,
        phone=mask_phone(row.phone),
        held=_held(registry.mandates(db.session(), [id])[id]),
        registers=office is Role.DISTRICT,
        seen=facts.seen(row),
        back=url_for(WHERE[office], id=id) if office is Role.DISTRICT else url_for("console.deputy_facts.show"),
    )


@page(door, "POST", "/deputies/<id>/facts", access=only(*MAY), again=one)
def correct(id: str) -> Done:
    """At once for everybody who scans; the deputy is told which facts changed."""
    row, office = _own(id)
    typed = Typed()
    introduction, employer = typed.text("introduction", most=2_000), typed.text("employer", most=80)
    seen, person = typed.text("seen", required=True, most=16), None
    if office is Role.DISTRICT:
        name, number = typed.text("name", required=True, most=40), typed.text("roster_number", most=40)
        person = actions.Person(name, number or None, typed.text("phone", most=PHONE_DIGITS * 2) or None)
    typed.check()
    changed = actions.correct(
        db.session(),
        row.id,
        introduction=introduction or None,
        employer=employer or None,
        person=person,
        actor=current_actor(),
        as_seen=seen,
        now=core().clock(),
    )
    words = f"已更正：{'、'.join(changed)}。群众看到的马上随之改变，代表会收到通知。" if changed else "没有改动。"
    return Done(url_for(WHERE[office], id=id), words)
