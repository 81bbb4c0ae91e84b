"""Confirming that somebody is who was invited (身份确认): for deputies and colleagues whose phone WeChat cannot show."""

from __future__ import annotations

from flask import url_for

from console.pages import Done, Door, current_actor, only, page
from console.showing import render
from console.typed import Typed
from service import jobs
from service.accounts.roles import ROLE_TITLES, Role
from service.bootstrap import core
from service.db import db
from service.masking import mask_phone
from service.stations import confirming
from service.stations.offices import KEEPERS

door = Door("identities")


@page(door, "GET", "/identities", access=only(*KEEPERS))
def show() -> str:
    rows = confirming.waiting(db.session(), current_actor(), now=core().clock())
    shown = [
        {
            "id": request.id,
            "name": invitation.person_name,
            "role": ROLE_TITLES[Role(invitation.role)],
            "place": place or "全区",
            "phone": mask_phone(request.phone),
            "asked_at": request.requested_at,
            "until": request.expires_at,
            "own": request.account_id == current_actor().account_id,
        }
        for request, invitation, place in rows
    ]
    return render("console/identities.html", rows=shown, longest=confirming.LONGEST_REASON)


@page(
    door,
    "POST",
    "/identities/<id>/confirm",
    access=only(*KEEPERS),
    again=lambda id: show(),
    rings=jobs.DELIVER_NOTIFICATIONS,
)
def confirm(id: str) -> Done:
    """Having met or called them; written down with who confirmed."""
    typed = Typed()
    if not typed.ticked("met"):
        typed.faults["met"] = "请先当面或电话核对是本人，再打勾。"
    typed.check()
    confirming.confirm(db.session(), current_actor(), id, now=core().clock())
    return Done(url_for("console.identities.show"), "已经确认，对方的工作身份从现在起生效。")


@page(
    door,
    "POST",
    "/identities/<id>/refuse",
    access=only(*KEEPERS),
    again=lambda id: show(),
    rings=jobs.DELIVER_NOTIFICATIONS,
)
def refuse(id: str) -> Done:
    """The invitation is dead as well."""
    reason = Typed().text("reason")
    confirming.refuse(db.session(), current_actor(), id, reason=reason, now=core().clock())
    return Done(url_for("console.identities.show"), "已经拒绝，这个邀请码也作废了；需要时请重新邀请。")
