"""Deputies (代表) for the district's office: who is in office; by-elections (补选), suspensions, the end of a mandate."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from flask import request, url_for

from console.issue_query import address
from console.pages import Done, Door, current_actor, grants_of, only, page
from console.showing import render
from console.typed import Typed
from service.accounts.binding import clean_phone
from service.accounts.roles import Role
from service.bootstrap import core
from service.calendar.workdays import local_date
from service.db import db
from service.deputies import actions, queries, registry
from service.deputies.mandates import LEVEL_TITLES, MANDATE_MOVES, GridRole, GroupKind, Level, MandateState
from service.deputies.models import Deputy, DeputyGroup, Mandate
from service.errors import Invalid, NotFound
from service.issues.lists import Sort
from service.issues.scopes import Box
from service.stations import queries as stations
from service.territory import queries as territory
from service.territory.models import STREET
from web.cursors import decode_cursor, encode_cursor

MAY = (Role.DISTRICT,)
"""Mandates are registered by the district's office alone (rulebook §9.8)."""
LIMIT, MOST_GRIDS = 50, 300
PURPOSE = "console.deputies"
DAY = dt.timedelta(days=1)
STATES = {
    MandateState.ELECTED: ("已当选，待任职", "warn", "○"),
    MandateState.ACTIVE: ("在任", "good", "●"),
    MandateState.SUSPENDED: ("暂停执行职务", "warn", "▲"),
    MandateState.TERMINATED: ("已终止", "quiet", "×"),
    MandateState.ARCHIVED: ("已归档", "quiet", "×"),
}
"""Word, tone and sign of a badge."""
TO_COME, OVER = ("还没有开始", "quiet", "○"), ("任期已满", "quiet", "×")
MOVES = {
    (MandateState.ELECTED, MandateState.ACTIVE): ("确认任职", False),
    (MandateState.SUSPENDED, MandateState.ACTIVE): ("恢复执行职务", False),
    (MandateState.ACTIVE, MandateState.SUSPENDED): ("暂停执行职务", True),
    **{(state, MandateState.TERMINATED): ("终止代表资格", True) for state in list(MandateState)[:3]},
}
"""(from, to) → what the button says, and whether it takes something away."""
MOVED = {MandateState.ACTIVE: "代表资格已变更，马上生效：又可以接收新的事项，已经转走的不转回来。"}
GONE = "代表资格已变更，马上生效；不能再办的事项一天内转给接续的代表。"
GRID_ROLES = {GridRole.PRIMARY: "主责", GridRole.BACKUP: "备用"}
GROUP_KINDS = {GroupKind.TERRITORIAL: "区块小组", GroupKind.PROFESSIONAL: "专业小组"}
TWICE = "已经登记了同名的代表。是同一个人，请在他的页面上增加代表资格；确实是另一个人，请勾选下面的“同名的另一个人”。"

door = Door("deputies")


def _districts() -> list[str]:
    return sorted({grant.district_id for grant in grants_of(*MAY)})


def own_deputy(id: str) -> Deputy:
    """:raises NotFound: also for another district's, so that guessing ids tells nothing."""
    row = queries.deputy(db.session(), None, id)
    if row.district_id not in _districts():
        raise NotFound("没有找到这位代表。")
    return row


def _today() -> dt.date:
    return local_date(core().clock())


def _towns() -> list[tuple[str, str, bool]]:
    """Code, name, and whether it has a congress."""
    rows = [row for one in _districts() for row in territory.townships_of(db.session(), one, on=_today())]
    return [(row.code, row.name, row.kind != STREET) for row in rows]


def _state(row: Mandate) -> tuple[str, str, str]:
    state, today = MandateState(row.state), _today()
    if state in (MandateState.TERMINATED, MandateState.ARCHIVED):
        return STATES[state]
    if row.valid_to is not None and row.valid_to <= today:
        return OVER
    return TO_COME if row.valid_from > today else STATES[state]


@page(door, "GET", "/deputies", access=only(*MAY))
def show() -> str:
    """Three statements, however many there are."""
    session, own = db.session(), _districts()
    q, level = request.args.get("q", "").strip()[:40], request.args.get("level")
    chosen = Level(level) if level in list(Level) else None
    after = decode_cursor(PURPOSE, request.args.get("cursor") or None)
    rows = registry.listed(session, own, q=q or None, level=chosen, after=after, limit=LIMIT + 1)
    shown = rows[:LIMIT]
    held, towns = registry.mandates(session, [row.id for row in shown]), _towns()
    names = {code: name for code, name, _ in towns}
    cursor = encode_cursor(PURPOSE, registry.position(shown[-1])) if len(rows) > LIMIT else None
    return render(
        "console/deputies.html",
        rows=[(row, [_held(one, names) for one in held[row.id]][:3]) for row in shown],
        q=q,
        level=chosen,
        districts=[(one.id, one.name) for one in territory.districts(session) if one.id in own] if len(own) > 1 else [],
        levels=_levels(),
        towns=[(code, name) for code, name, _ in towns],
        today=_today(),
        next_url=url_for("console.deputies.show", q=q or None, level=chosen, cursor=cursor) if cursor else None,
    )


def _levels() -> list[tuple[str, str]]:
    return [(level.value, title) for level, title in reversed(LEVEL_TITLES.items())]


def _held(row: Mandate, towns: dict[str, str], ordinals: dict[str, int] | None = None) -> dict[str, Any]:
    state = MandateState(row.state)
    open_ = _state(row) not in (OVER, STATES[MandateState.TERMINATED], STATES[MandateState.ARCHIVED])
    return {
        "row": row,
        "title": LEVEL_TITLES[Level(row.level)],
        "town": towns.get(row.township_code or "", ""),
        "ordinal": (ordinals or {}).get(row.term_id or ""),
        "last": row.valid_to - DAY if row.valid_to else None,
        "state": _state(row),
        "moves": [
            (to.value, *MOVES[state, to]) for to in sorted(MANDATE_MOVES[state]) if open_ and (state, to) in MOVES
        ],
    }


@page(door, "GET", "/deputies/<id>", access=only(*MAY))
def one(id: str) -> str:
    session, today = db.session(), _today()
    row = own_deputy(id)
    held, towns = registry.mandates(session, [id])[id], _towns()
    names, ordinals = {code: name for code, name, _ in towns}, registry.ordinals(session, held)
    near = {one.township_code for one in held if one.township_code}
    there = stations.stations_of_deputy(session, id, on=today)
    return render(
        "console/deputy.html",
        deputy=row,
        mandates=[_held(one, names, ordinals) for one in held],
        available=bool(queries.available(session, [id], on=today)),
        grids=[(one, grid, GRID_ROLES[GridRole(one.role)]) for one, grid in registry.grids(session, id, on=today)],
        grid_choices=_grids(row, near | {station.township_code for station in there}),
        grid_roles=[(role.value, title) for role, title in GRID_ROLES.items()],
        groups=[(one, _kind(one), member) for member, one in registry.groups_of(session, id)],
        all_groups=[
            (one.id, f"{one.name}（{_kind(one)}）") for one in _in_order(registry.groups(session, row.district_id))
        ],
        stations=there,
        leaves=queries.leaves_of(session, id, since=today),
        levels=_levels(),
        towns=[(code, name) for code, name, _ in towns],
        today=today,
        issues_url=address(url_for("console.queue.show"), Box.DISTRICT, Sort.DUE, {"deputy": id}),
    )


def _kind(group: DeputyGroup) -> str:
    return GROUP_KINDS[GroupKind(group.kind)]


def _in_order(groups: Sequence[DeputyGroup]) -> list[DeputyGroup]:
    """第2 before 第10, as people count."""
    padded = {one.id: re.sub(r"\d+", lambda found: found[0].zfill(4), one.name) for one in groups}
    return sorted(groups, key=lambda one: (one.kind != GroupKind.TERRITORIAL, padded[one.id]))


def _grids(row: Deputy, townships: set[str]) -> list[tuple[str, str]]:
    """Of the townships somebody was elected in or is stationed in."""
    found = registry.grids_within(db.session(), row.district_id, townships, limit=MOST_GRIDS)
    return [(grid.id, f"{grid.name}（{grid.code}）") for grid in found]


@page(door, "POST", "/deputies", access=only(*MAY), again=show)
def register() -> Done:
    """A by-election: somebody new, in office for the rest of the running term."""
    session, typed = db.session(), Typed()
    district_id = typed.choice("district", _districts()) or _districts()[0]
    name = typed.text("name", required=True, most=40)
    phone, employer = typed.text("phone", most=20), typed.text("employer", most=80)
    if name and not typed.ticked("another") and registry.namesake(session, district_id, name):
        typed.faults["name"] = TWICE
    if phone:
        try:
            phone = clean_phone(phone)
        except Invalid as fault:
            typed.faults |= fault.fields
    office = _office(typed)
    row = actions.create_deputy(
        session, district_id=district_id, name=name, phone=phone or None, employer=employer or None
    )
    actions.elect(
        session, district_id=district_id, deputy_id=row.id, actor=current_actor(), now=core().clock(), **office
    )
    return Done(url_for("console.deputies.one", id=row.id), "代表已登记。请安排网格、驻站和邀请码。")


def _office(typed: Typed) -> dict[str, Any]:
    """What somebody was elected to, from the fields of the form.

    :raises Invalid: with everything that is wrong.
    """
    level = typed.choice("level", list(Level), required=True)
    with_congress = {code: congress for code, _, congress in _towns()}
    town = typed.choice("township_code", list(with_congress))
    valid_from = typed.day("valid_from", required=True)
    if level == Level.TOWN and not (town and with_congress[town]):
        typed.faults["township_code"] = "请选择镇。街道不设人民代表大会。"
    typed.check()
    return {"level": Level(str(level)), "township_code": town, "valid_from": valid_from}


@page(door, "POST", "/deputies/<id>/mandates", access=only(*MAY), again=one)
def elect(id: str) -> Done:
    """Another mandate of somebody who is known already."""
    row, office = own_deputy(id), _office(Typed())
    now = core().clock()
    actions.elect(db.session(), district_id=row.district_id, deputy_id=id, actor=current_actor(), now=now, **office)
    return Done(url_for("console.deputies.one", id=id), "代表资格已登记，马上生效。")


@page(door, "POST", "/deputies/<id>/mandates/<mandate_id>", access=only(*MAY), again=lambda id, mandate_id: one(id))
def move(id: str, mandate_id: str) -> Done:
    """Suspended, resumed, confirmed or ended, on what basis; open issues are handed over by what follows."""
    own_deputy(id)
    typed = Typed()
    to = typed.choice("to", [state.value for state in MandateState], required=True)
    seen, reason = typed.text("seen", required=True, most=12), typed.text("reason", required=True, most=200)
    typed.check()
    if mandate_id not in {row.id for row in registry.mandates(db.session(), [id])[id]}:
        raise NotFound("没有找到这项代表资格。")
    actor, now = current_actor(), core().clock()
    state = MandateState(str(to))
    actions.change_mandate(db.session(), mandate_id, state, reason=reason, actor=actor, now=now, seen=seen)
    return Done(url_for("console.deputies.one", id=id), MOVED.get(state, GONE))
