"""One's own desk: where one is signed in, and the password."""

from __future__ import annotations

from flask import Response, url_for

from console.pages import ANY_DESK, Done, Door, current_account_id, current_actor, page
from console.set_up import SETUP_LIMIT, new_password
from console.showing import render
from console.typed import Typed
from service.accounts import credentials, passwords, queries, sessions
from service.bootstrap import core
from service.db import db
from web.arriving import address_digest

door = Door("own")


@page(door, "GET", "/me", access=ANY_DESK)
def show() -> str:
    rows = queries.open_sessions(db.session(), current_account_id(), now=core().clock())
    mine = current_actor().session_digest
    return render("console/own.html", sessions=rows, labels=sessions.LABELS, mine=mine)


@page(door, "GET", "/me/left", access=ANY_DESK, background=True)
def left() -> Response:
    """Seconds until this session ends unless something is done, and until it ends in any case; asking is no doing."""
    actor, now = current_actor(), core().clock()
    ends_at = queries.ends_at(db.session(), str(actor.session_digest))
    seconds = (max(0, int((until - now).total_seconds())) if until else 0 for until in (actor.idle_until, ends_at))
    return Response(" ".join(map(str, seconds)), mimetype="text/plain")


@page(door, "POST", "/me/sessions/<id>/end", access=ANY_DESK, again=None, rings=None)
def end_session(id: str) -> Done:
    """The device's token is worthless from now on; another account's is not found."""
    sessions.revoke(db.session(), current_account_id(), id, now=core().clock())
    return Done(url_for("console.own.show"), "那台设备已经退出登录。")


@page(door, "POST", "/me/password", access=ANY_DESK, again=show, once=False, limit=SETUP_LIMIT, rings=None)
def change_password() -> Done:
    """Other desk sessions end; this one goes on."""
    session, address, now = db.session(), address_digest(), core().clock()
    login, _ = credentials.own(session, current_account_id())
    found = credentials.look_up(session, login, address=address, now=now)
    session.rollback()
    typed = Typed()
    current = typed.password("current_password")
    chosen = new_password(typed, "new_password", login)
    typed.check()
    attempt = credentials.Attempt(login, address, found, passwords.matches(found.password_hash, current))
    keep, new_hash = current_actor().session_digest, passwords.hashed(chosen)
    credentials.change_password(session, attempt, new_hash=new_hash, keep_session=keep, now=core().clock())
    return Done(url_for("console.own.show"), "密码已经修改，其他电脑上的工作台都已退出。")
