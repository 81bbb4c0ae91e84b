"""The desk of a handling unit (承办单位): what came in and by when, signing for it, and its leader's signatures."""

from __future__ import annotations

import re
from typing import Any

from flask import request, url_for

from console.pages import Done, Door, current_actor, grants_of, only, page
from console.showing import render
from console.typed import Typed
from service.accounts.roles import Role
from service.bootstrap import core
from service.db import db
from service.errors import Invalid
from service.issues import insight, lines, lists, scopes, several, signing
from service.issues.actions.perform import perform
from service.issues.lifecycle import Action
from service.issues.lists import Filters, Sort
from service.issues.scopes import Box
from service.uploads.queries import shown

door = Door("unit")
UNIT = (Role.UNIT_CLERK, Role.UNIT_LEADER)
SHOWN = 30
"""As on every list of issues."""
CHOSEN = re.compile(r"([a-z2-7]{26}):([0-9]{1,9})")
NONE_CHOSEN = "请先勾选，再点按钮。"


@page(door, "GET", "/unit", access=only(*UNIT))
def show() -> str:
    """New work to be signed for, then what waits for the leader's signature; the rest is in the list of issues."""
    actor, now = current_actor(), core().clock()
    waiting = signing.to_sign(db.session(), actor)
    new, more_new = _new()
    return render(
        "console/unit.html",
        clerk=bool(grants_of(Role.UNIT_CLERK)),
        new=new,
        more_new=more_new,
        results=[{"one": one, "pictures": [shown(each, now=now) for each in one.pictures]} for one in waiting],
    )


def _new() -> tuple[list[dict[str, Any]], bool]:
    """What was given to the unit and not signed for, the first due first; and whether there is more."""
    session, actor, now = db.session(), current_actor(), core().clock()
    found, last = lists.page(
        session,
        actor,
        Box.UNIT,
        Filters(states=("assigned",)),
        sort=Sort.DUE,
        after=None,
        limit=SHOWN,
        now=now,
        all_dated=True,
    )
    told = [(line, insight.visible_beginning(line, scopes.parties_in(actor, Box.UNIT, line)), False) for line in found]
    rows = [lines.in_office(row) for row in lines.summaries(told, lines.names_of(session, found), now)]
    mine = {grant.unit_id for grant in grants_of(Role.UNIT_CLERK)}
    for row, line in zip(rows, found, strict=True):
        row["signable"] = line.responsible_role == Role.UNIT_CLERK and line.unit_id in mine
    return rows, last is not None


def chosen(name: str = "issue") -> list[tuple[str, int]]:
    """Ticked rows: (id, version as it was seen).

    :raises Invalid: when none is ticked.
    """
    found = [match for value in request.form.getlist(name) if (match := CHOSEN.fullmatch(value))]
    if not found:
        raise Invalid(NONE_CHOSEN)
    return [(match[1], int(match[2])) for match in found]


@page(door, "POST", "/unit/sign", access=only(Role.UNIT_CLERK), again=show)
def sign() -> Done:
    """签收: one or many; the working time of each starts now."""
    made = several.perform_each(
        db.session(), current_actor(), chosen(), action=Action.SIGN, values={}, now=core().clock()
    )
    return Done(url_for("console.unit.show"), made.in_words("已签收"))


@page(door, "POST", "/unit/<id>/sign-off", access=only(Role.UNIT_LEADER), again=lambda id: show())
def sign_off(id: str) -> Done:
    """签发: the leader answers for the result as it stands on the page."""
    _take(id, Action.SIGN_OFF, {})
    return Done(url_for("console.unit.show"), "已经签发，由代表向群众反馈。")


@page(door, "POST", "/unit/<id>/send-back", access=only(Role.UNIT_LEADER), again=lambda id: show())
def send_back(id: str) -> Done:
    """Not good enough: back to the unit's clerk, with the reason."""
    _take(id, Action.SEND_BACK, {"reason": Typed().text("reason")})
    return Done(url_for("console.unit.show"), "已经退给经办人，请其修改后再报。")


def _take(issue_id: str, action: Action, values: dict[str, Any]) -> None:
    typed = Typed()
    version = typed.number("version", required=True, least=1)
    typed.check()
    perform(
        db.session(),
        issue_id,
        actor=current_actor(),
        action=action,
        version=version or 0,
        values=values,
        now=core().clock(),
    )
