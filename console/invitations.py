"""Inviting (邀请) deputies and staff: a role, a place of one's own, a phone; the code is shown once."""

from __future__ import annotations

from flask import request, url_for

from console.pages import Done, Door, current_actor, only, page
from console.showing import render
from console.typed import Typed
from console.who_sees import WHO_SEES
from service.accounts.models import Invitation
from service.accounts.roles import ROLE_TITLES, SCOPE_FIELD, Role
from service.bootstrap import core
from service.calendar.workdays import local_date
from service.db import db
from service.deputies import queries as deputies
from service.stations import identities, inviting, keeping
from service.stations.offices import END, KEEPERS
from service.territory import queries as territory
from service.units import queries as units

MOST_OPTIONS = 100
MOST_WAITING = 50
LIMIT = "60 per hour"
PLACES = {"station_id": "联络站", "unit_id": "承办单位", "township_code": "镇街", "deputy_id": "代表"}
Options = list[tuple[str, str]]

door = Door("invitations")


@page(door, "GET", "/invitations", access=only(*KEEPERS))
def show() -> str:
    """The role first; then the places of that role, the first hundred or those whose name was looked for."""
    session, actor, now = db.session(), current_actor(), core().clock()
    roles = [role for role in END if actor.has(END[role])]
    role = next((one for one in roles if one.value == request.values.get("role")), None)
    field = SCOPE_FIELD.get(role) if role else None
    q = request.values.get("q", "").strip()[:60]
    mine = identities.with_place(inviting.open_invitations(actor, now=now), Invitation).limit(MOST_WAITING)
    return render(
        "console/invitations.html",
        roles=[(one.value, ROLE_TITLES[one]) for one in roles],
        role=role,
        title=ROLE_TITLES[role] if role else "",
        words=WHO_SEES[role] if role else "",
        field=field,
        place=PLACES.get(field or "", ""),
        options=_options(field, q or None) if field else [],
        q=q,
        waiting=[(row, ROLE_TITLES[Role(row.role)], place or "全区") for row, place in session.execute(mine)],
    )


def _options(field: str, q: str | None) -> Options:
    session, actor = db.session(), current_actor()
    today = local_date(core().clock())
    if field == "station_id":
        return [(row.id, row.name) for row in keeping.kept(session, actor, q=q, limit=MOST_OPTIONS)]
    own = [(grant.district_id, grant.unit_id) for grant in actor.grants_of(Role.UNIT_LEADER) if grant.unit_id]
    found: Options = []
    if field == "unit_id":
        found += [pair for district_id, unit_id in own for pair in units.names(session, district_id, [unit_id]).items()]
    for district_id in sorted({grant.district_id for grant in actor.grants_of(Role.DISTRICT)}):
        if field == "unit_id":
            found += [(row.id, row.name) for row in units.search(session, district_id, q=q, limit=MOST_OPTIONS)]
        elif field == "township_code":
            found += [(row.code, row.name) for row in territory.townships_of(session, district_id, on=today)]
        else:
            ids = deputies.search(session, district_id, on=today, q=q, limit=MOST_OPTIONS)
            found += sorted(deputies.names(session, district_id, ids).items(), key=lambda pair: pair[1])
    return found


@page(door, "POST", "/invitations", access=only(*KEEPERS), again=show, once=False, limit=LIMIT, rings=None)
def invite() -> str:
    """The only time the code is shown; the same phone invited to the same place again makes the earlier code worthless."""
    typed = Typed()
    role = typed.choice("role", [one.value for one in END], required=True)
    name, phone = typed.text("person_name", required=True, most=40), typed.text("phone", required=True, most=20)
    wanted_role = next((one for one in END if one.value == role), Role.RESIDENT)
    wanted_place = SCOPE_FIELD.get(wanted_role)
    place = typed.text("place", required=wanted_place is not None, most=26)
    typed.check()
    given = {wanted_place: place} if wanted_place else {}
    wanted = inviting.Wanted(wanted_role, name, phone, **given)
    _, code = inviting.invite(db.session(), current_actor(), wanted, now=core().clock())
    return render("console/secret_code.html", kind="invitation", code=code, back=url_for("console.invitations.show"))


@page(door, "POST", "/invitations/<id>/cancel", access=only(*KEEPERS), rings=None)
def cancel(id: str) -> Done:
    """Its code opens nothing any more."""
    inviting.cancel(db.session(), current_actor(), id, now=core().clock())
    return Done(url_for("console.invitations.show"), "邀请已取消，邀请码作废。")
