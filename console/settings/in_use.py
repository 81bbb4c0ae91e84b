"""What categories and standard texts share on their pages: where each stands, since when, and the form that begins or ends it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from console.typed import Typed
from service.administration import in_use, office, settings
from service.administration.in_use import Period, Standing
from service.administration.settings import Setting, Wish
from service.bootstrap import core
from service.calendar.workdays import local_date
from service.db import db
from service.parameters.catalogue import OFF, ON


@dataclass(frozen=True, slots=True)
class Use:
    """For the macros of ``_in_use.html``. ``change``, ``withdraw``: endpoints; ``names``: account → who it is."""

    district: str
    change: str
    withdraw: str
    settings: Mapping[str, Setting]
    names: Mapping[str, str]
    today: dt.date
    standing: Callable[[Setting], Standing] = in_use.standing


def use(district: str, door: str, found: Mapping[str, Setting]) -> Use:
    """Of a page whose door has the handlers ``set_use`` and ``withdraw``; one statement for the names."""
    names = settings.names(db.session(), [row for one in found.values() for row in one.lines])
    today = local_date(core().clock())
    return Use(district, f"console.{door}.set_use", f"console.{door}.withdraw", found, names, today)


def read_wish() -> Wish:
    """The form of ``change``."""
    typed = Typed()
    value = typed.choice("use", (ON, OFF), required=True)
    day = typed.day("valid_from", required=True)
    reason = typed.text("reason", required=True, most=office.LONGEST_REASON)
    seen = typed.text("seen", most=30)
    typed.check()
    assert day is not None
    return Wish(value, day, reason, seen)


def read_period(typed: Typed) -> Period | None:
    """The fields of ``period``; None where the first day is missing, which ``typed`` then says."""
    first, last = typed.day("valid_from", required=True), typed.day("valid_to")
    return Period(first, last) if first is not None else None


def said(wish: Wish) -> str:
    """What the next page says."""
    verb = "启用" if wish.value == ON else "停用"
    if wish.day <= local_date(core().clock()):
        return f"已经{verb}。"
    return f"已经保存，{wish.day.month}月{wish.day.day}日起{verb}，之前可以撤回。"
