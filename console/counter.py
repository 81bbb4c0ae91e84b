"""The counter (柜台): a clerk types what somebody says, with everything in words, and hands over the paper receipt."""

from __future__ import annotations

from flask import url_for

from config.defaults import EMERGENCY_PHONES
from console import pictures, receipts
from console.counter_parts import (
    ANONYMITIES,
    CHANNELS,
    CLERKS,
    about_whom,
    behalf,
    categories,
    desk_stations,
    for_input,
    grids,
    here,
    named,
)
from console.pages import Door, current_actor, failed, only, page
from console.pictures import PICTURES
from console.showing import render
from console.typed import Typed
from service import jobs
from service.bootstrap import core
from service.calendar.workdays import SHANGHAI
from service.db import db
from service.errors import Invalid
from service.issues import on_behalf, preview
from service.issues.submitting import Secrets, Submission
from service.issues.words import KIND_TITLES, Anonymity, Channel, Kind
from service.stations.models import Station

door = Door("counter")
KINDS = list(KIND_TITLES.items())
LOOK_FIRST = "下面这些正在办的事项很像这一件。请与本人核对，选一项，再点“登记”。"


@page(door, "GET", "/counter", access=only(*CLERKS))
def show() -> str:
    station, again = here(), failed()
    seen = _look(station, again.typed.get("content", ""), again.typed.get("grid_id")) if again else None
    return render(
        "console/counter.html",
        station=station,
        places=desk_stations(),
        grids=grids(station),
        categories=categories(station),
        about=about_whom(station),
        seen=seen,
        kept=again.typed.getlist("upload_ids") if again else [],
        channels=CHANNELS,
        kinds=KINDS,
        anonymities=ANONYMITIES,
        phones=EMERGENCY_PHONES,
        now=for_input(core().clock()),
    )


def _look(station: Station, text: str, grid_id: str | None) -> preview.Preview | None:
    """What a clerk should know before registering; nothing of a text too short to say something."""
    if len(text.strip()) < 5:
        return None
    return preview.at_the_counter(db.session(), station=station, text=text, now=core().clock(), grid_id=grid_id or None)


@page(door, "POST", "/counter/look", access=only(*CLERKS), once=False, rings=None)
def look() -> str:
    """A piece of the form while it is typed: category, similar issues, danger, what should not stand in the text."""
    typed = Typed()
    seen = _look(here(), typed.text("content", most=4000), typed.text("grid_id"))
    return render("console/_counter_look.html", seen=seen, phones=EMERGENCY_PHONES, chosen=typed.text("same_as"))


@page(door, "POST", "/counter/photos", access=only(*CLERKS), once=False, takes_files=True, rings=jobs.PROCESS_UPLOADS)
def add_photos() -> str:
    """A piece of the form: the pictures sent so far, each to be left out by taking its tick away."""
    found, fault = pictures.receive_some("photo")
    return render("console/_counter_photos.html", kept=[*Typed().many("upload_ids"), *found], fault=fault)


@page(door, "POST", "/counter", access=only(*CLERKS), again=show, once=False, takes_files=True, rings=PICTURES)
def register() -> str:
    """One paper per form: sent twice, it is the same issue and the same paper."""
    station, secrets = here(), receipts.secrets_of()
    back = url_for("console.counter.show", station=station.id)
    return receipts.once([secrets], station, back=back, write=lambda: [_write(station, secrets)])


def _write(station: Station, secrets: Secrets) -> receipts.Receipt:
    submission, same_as = _typed(station)
    try:
        written = on_behalf.register(
            db.session(),
            submission,
            station=station,
            actor=current_actor(),
            secrets=secrets,
            now=core().clock(),
            same_as=same_as,
        )
    except Invalid as fault:
        raise Invalid(fields=named(fault.fields)) from None
    return receipts.receipt_of(written.case.issue, secrets)


def _typed(station: Station) -> tuple[Submission, str | None]:
    """What was typed, and the issue it is part of (None: another matter).

    :raises Invalid: for what does not fit, and once for similar issues nobody has looked at yet.
    """
    typed = Typed()
    channel = typed.choice("channel", [value for value, _ in CHANNELS], required=True)
    anonymity = typed.choice("anonymity", [value for value, _ in ANONYMITIES], required=True)
    kind = typed.choice("kind", [value for value, _ in KINDS], required=True)
    received = typed.moment("received_at", required=True)
    about = typed.choice("about", [value for value, _ in about_whom(station)])
    content, grid = typed.text("content", required=True, most=4000), typed.text("grid_id") or None
    name, phone, place = typed.text("name", most=40), typed.text("phone", most=20), typed.text("place", most=200)
    typed.check()
    same_as = _same_as(typed, station, content, grid) if about is None else None
    said = Submission(
        content=content,
        anonymity=Anonymity(str(anonymity)),
        kind=Kind(str(kind)),
        category=typed.text("category_id") or None,
        grid_id=grid,
        place=place or None,
        about=_pair(about),
        contact_name=name or None,
        contact_phone=phone or None,
        privacy=typed.ticked("spoken"),
        pass_on=typed.ticked("pass_on"),
        publish=typed.ticked("publish"),
        may_contact=typed.ticked("may_contact"),
        upload_ids=(*typed.many("upload_ids"), *pictures.receive("photo")),
    )
    at = received.replace(tzinfo=SHANGHAI) if received else None
    return behalf(said, typed, station, Channel(str(channel)), at), same_as


def _pair(about: str | None) -> tuple[str, str] | None:
    kind, _, key = (about or "").partition(":")
    return (kind, key) if key else None


def _same_as(typed: Typed, station: Station, content: str, grid_id: str | None) -> str | None:
    """Part of an open issue, as the clerk chose after looking; a similar one not shown yet is shown first."""
    seen = _look(station, content, grid_id)
    known = {one.id for one in seen.known} if seen else set()
    chosen = typed.text("same_as")
    if chosen in known:
        return chosen
    if chosen or known - set(typed.many("shown")):
        raise Invalid(LOOK_FIRST, fields={"same_as": LOOK_FIRST})
    return None
