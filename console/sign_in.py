"""Signing in at a desk: password and one-time code, or a QR that a phone confirms; and signing out."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

import qr
from console import cookies
from console.access import back_to, signed_in
from console.pages import ANY_DESK, PUBLIC, Door, current_account_id, current_actor, page
from console.showing import render
from console.typed import Typed
from service.accounts import credentials, passwords, queries, sessions, tickets
from service.accounts.sessions import SignedIn
from service.accounts.tickets import TicketState
from service.bootstrap import core
from service.db import db
from service.errors import Invalid
from web.arriving import address_digest

TICKET_LIMIT = "60 per minute"
POLL_LIMIT = "600 per minute"
SIGN_IN_LIMIT = "120 per minute"
QR_MILLIMETRES = 56.0

door = Door("sign_in")


@dataclass(frozen=True, slots=True)
class Shown:
    """The ticket whose QR this browser shows."""

    state: TicketState
    check_number: str
    drawing: str


@page(door, "GET", "/sign-in", access=PUBLIC)
def sign_in() -> AnyResponse | str:
    """Whoever is signed in already goes on."""
    target = back_to(request.args.get("next") or request.form.get("next"))
    if signed_in() is not None:
        return redirect(target, 303)
    return render("console/sign_in.html", target=target, over="over" in request.args)


@page(door, "POST", "/sign-in", access=PUBLIC, again=sign_in, once=False, limit=SIGN_IN_LIMIT, rings=None)
def take_password() -> Response:
    """Hashed while no transaction is open; every refusal sounds the same (:mod:`service.accounts.credentials`)."""
    typed = Typed()
    login, password, otp = (
        typed.text("login", required=True),
        typed.password("password"),
        typed.text("otp", required=True),
    )
    typed.check()
    session, address = db.session(), address_digest()
    found = credentials.look_up(session, login, address=address, now=core().clock())
    session.rollback()
    fits = passwords.matches(found.password_hash, password)
    attempt = credentials.Attempt(login, address, found, fits, otp)
    return _welcome(credentials.sign_in(session, attempt, now=core().clock()))


def _welcome(signed: SignedIn) -> Response:
    """The session's cookie lasts as long as the browser is open, the session itself never longer than a working day."""
    answer = Response(status=303, headers={"Location": back_to(request.form.get("next"))})
    cookies.put(answer, cookies.SESSION, signed.token)
    for name in (cookies.VISIT, cookies.TICKET):
        cookies.drop(answer, name)
    return answer


@page(door, "POST", "/sign-in/code", access=PUBLIC, once=False, limit=TICKET_LIMIT, rings=None)
def new_code() -> Response:
    """A fresh ticket; what the QR says and the browser's secret never stand in an address."""
    made = tickets.issue(db.session(), now=core().clock())
    target = url_for("console.sign_in.show_code", next=back_to(request.form.get("next")))
    answer = Response(status=303, headers={"Location": target})
    kept = {"id": made.id, "secret": made.secret, "code": made.code}
    cookies.put(answer, cookies.TICKET, cookies.sealed("ticket", kept), seconds=int(tickets.LIFE.total_seconds()))
    return answer


@page(door, "GET", "/sign-in/code", access=PUBLIC)
def show_code() -> AnyResponse | str:
    """QR and check number, until the phone says yes; an old one goes back to the beginning."""
    target = back_to(request.args.get("next") or request.form.get("next"))
    shown = _shown()
    if shown is None:
        return redirect(url_for("console.sign_in.sign_in", next=target), 303)
    return render("console/sign_in_code.html", target=target, shown=shown)


@page(door, "GET", "/sign-in/code/state", access=PUBLIC, limit=POLL_LIMIT, background=True)
def code_state() -> Response | str:
    """Asked every two seconds: nothing while nothing happened."""
    shown = _shown()
    if shown is not None and shown.state is TicketState.PENDING:
        return Response(status=204)
    target = back_to(request.args.get("next"))
    return render("console/_sign_in_state.html", target=target, shown=shown)


@page(door, "POST", "/sign-in/code/take", access=PUBLIC, again=show_code, once=False, limit=POLL_LIMIT, rings=None)
def take_code() -> Response:
    """The session, once, for the browser that showed the QR."""
    kept = cookies.opened("ticket", cookies.TICKET)
    if kept is None:
        raise Invalid(tickets.NOT_READY)
    return _welcome(tickets.take(db.session(), kept["id"], secret=kept["secret"], now=core().clock()))


def _shown() -> Shown | None:
    kept = cookies.opened("ticket", cookies.TICKET)
    if kept is None:
        return None
    row = tickets.by_id(db.session(), kept["id"])
    address = f"{core().settings.public_base_url}/d/{kept['code']}"
    drawing = qr.code_svg(qr.make_code(address), QR_MILLIMETRES)
    return Shown(tickets.state_of(row, core().clock()), row.check_number, drawing)


@page(door, "POST", "/sign-out", access=ANY_DESK, once=False, rings=None)
def sign_out() -> Response:
    """The token is worthless from now on, also where it was copied. ``next``: for who signs in again to go on there."""
    session, now, mine = db.session(), core().clock(), current_actor().session_digest
    for row in queries.open_sessions(session, current_account_id(), now=now):
        if row.token_digest == mine:
            sessions.revoke(session, row.account_id, row.id, now=now)
    target = back_to(request.form["next"]) if "next" in request.form else None
    answer = Response(status=303, headers={"Location": url_for("console.sign_in.sign_in", next=target)})
    cookies.drop(answer, cookies.SESSION)
    return answer
