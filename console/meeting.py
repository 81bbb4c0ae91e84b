"""A whole meeting at once (坝坝会): a row for each person, all registered together or none, each with a paper of their own."""

from __future__ import annotations

from flask import url_for

from console import receipts
from console.counter_parts import (
    ANONYMITIES,
    CHANNELS,
    CLERKS,
    behalf,
    categories,
    desk_stations,
    for_input,
    grids,
    here,
    named,
)
from console.pages import Door, current_actor, failed, only, page
from console.showing import render
from console.typed import Typed
from service.bootstrap import core
from service.calendar.workdays import SHANGHAI
from service.db import db
from service.errors import Invalid
from service.issues import on_behalf
from service.issues.submitting import Submission
from service.issues.words import Anonymity, Channel
from service.stations.models import Station

door = Door("meeting")
IN_SIGHT = 5
"""Rows in sight at first; the others open."""
WRITTEN = ("content", "place", "name", "phone")


@page(door, "GET", "/counter/meeting", access=only(*CLERKS))
def show() -> str:
    station, again = here(), failed()
    typed = Typed(again.typed if again else {})
    last = max(_filled(typed), default=0)
    return render(
        "console/meeting.html",
        station=station,
        places=desk_stations(),
        grids=grids(station),
        categories=categories(station),
        channels=CHANNELS,
        anonymities=ANONYMITIES,
        rows=range(on_behalf.MOST_AT_ONCE),
        in_sight=max(IN_SIGHT, last + 2),
        now=for_input(core().clock()),
    )


def _filled(typed: Typed) -> list[int]:
    """Numbers of the rows in which something was written."""
    return [
        row for row in range(on_behalf.MOST_AT_ONCE) if any(typed.text(f"{row}.{name}", most=4000) for name in WRITTEN)
    ]


@page(door, "POST", "/counter/meeting", access=only(*CLERKS), again=show, once=False)
def register() -> str:
    """Sent twice, they are the same issues and the same papers."""
    station = here()
    all_secrets = [receipts.secrets_of(row) for row in range(on_behalf.MOST_AT_ONCE)]
    back = url_for("console.meeting.show", station=station.id)
    return receipts.once(all_secrets, station, back=back, write=lambda: _write(station))


def _write(station: Station) -> list[receipts.Receipt]:
    typed = Typed()
    channel = typed.choice("channel", [value for value, _ in CHANNELS], required=True)
    received = typed.moment("received_at", required=True)
    numbers = _filled(typed)
    said = [_row(typed, row) for row in numbers]
    typed.check()
    at = received.replace(tzinfo=SHANGHAI) if received else None
    rows = [
        (behalf(one, typed, station, Channel(str(channel)), at), receipts.secrets_of(row))
        for row, one in zip(numbers, said, strict=True)
    ]
    try:
        written = on_behalf.register_all(db.session(), rows, station=station, actor=current_actor(), now=core().clock())
    except Invalid as fault:
        raise Invalid(fault.detail, fields=_by_row(fault.fields, numbers)) from None
    return [receipts.receipt_of(one.case.issue, secrets) for one, (_, secrets) in zip(written, rows, strict=True)]


def _row(typed: Typed, row: int) -> Submission:
    anonymity = typed.choice(f"{row}.anonymity", [value for value, _ in ANONYMITIES], required=True)
    return Submission(
        content=typed.text(f"{row}.content", required=True, most=4000),
        anonymity=Anonymity(anonymity or Anonymity.STATION_ONLY),
        category=typed.text(f"{row}.category_id") or None,
        grid_id=typed.text("grid_id") or None,
        place=typed.text(f"{row}.place", most=200) or None,
        contact_name=typed.text(f"{row}.name", most=40) or None,
        contact_phone=typed.text(f"{row}.phone", most=20) or None,
        privacy=typed.ticked("spoken"),
        pass_on=typed.ticked(f"{row}.pass_on"),
        publish=typed.ticked(f"{row}.publish"),
    )


def _by_row(fields: dict[str, str], numbers: list[int]) -> dict[str, str]:
    """Faults of the rows sent → of the rows of the page."""
    found = {}
    for name, sentence in fields.items():
        place, _, field = name.partition(".")
        [(own, words)] = named({field: sentence}).items()
        if own in ("spoken", "received_at", "grid_id"):
            found[own] = words
        else:
            row = numbers[int(place)]
            found[f"{row}.{own}"] = f"第 {row + 1} 件：{words}"
    return found
