"""The viewing trail of one issue (查看轨迹): who opened it on which day, who looked behind its mask and why. No contents."""

from __future__ import annotations

from flask import request

from console.audit import districts_of
from console.pages import Door, only, page
from console.showing import render
from service.accounts.roles import ROLE_TITLES
from service.administration import seen_by
from service.administration.audit import SEES_REVEALS
from service.db import db
from service.errors import NotFound

door = Door("audit_seen")


@page(door, "GET", "/audit/seen", access=only(*SEES_REVEALS))
def show() -> str:
    """By the issue's number, which stands on paper and in every other log."""
    number, fault = request.args.get("number", "").strip().upper()[:24], None
    seen: list[seen_by.Seen] = []
    try:
        seen = seen_by.of_issue(db.session(), districts_of(*SEES_REVEALS), number) if number else []
    except NotFound as missing:
        fault = missing.detail
    roles = {role.value: title for role, title in ROLE_TITLES.items()}
    return render("console/audit_seen.html", number=number, seen=seen, fault=fault, roles=roles, most=seen_by.MOST)
