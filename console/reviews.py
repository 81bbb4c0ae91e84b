"""Content review (内容审核): texts and messages that need a person, why, what the machine said; one by one or many at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import request, url_for

from console.pages import Done, Door, current_actor, failed, only, page
from console.showing import render
from console.typed import Typed
from console.unit import chosen
from service.accounts.roles import Role
from service.bootstrap import core
from service.db import db
from service.errors import Conflict, NotFound
from service.issues import held, reviewing, several
from service.issues.forms import REJECT_REASONS
from service.issues.lifecycle import Action
from service.issues.reviewing import Key, Waiting
from service.issues.words import CHANNEL_TITLES
from service.uploads.queries import shown
from web.cursors import decode_cursor, encode_cursor

door = Door("reviews")
REVIEWER = only(Role.REVIEWER)
PURPOSE = "console-reviews"


@page(door, "GET", "/reviews", access=REVIEWER)
def show() -> str:
    """Texts of issues, the first due first."""
    now, cursor = core().clock(), request.args.get("cursor") or None
    rows, last = reviewing.queue(db.session(), current_actor(), now=now, after=_after(cursor))
    again = failed()
    ticked = set(again.typed.getlist("issue")) if again else set()
    return render(
        "console/reviews.html",
        rows=[(one, marked(one), [shown(each, now=now) for each in one.pictures]) for one in rows],
        now=now,
        reasons=REJECT_REASONS,
        channels=CHANNEL_TITLES,
        ticked=ticked,
        cursor=cursor,
        next=encode_cursor(PURPOSE, [last.due_at.isoformat(), last.issue_id] if last else None),
    )


def _after(cursor: str | None) -> Key | None:
    """:raises Invalid: for a cursor that was altered, or belongs to another list."""
    position = decode_cursor(PURPOSE, cursor)
    return Key(dt.datetime.fromisoformat(position[0]), position[1]) if position else None


def marked(one: Waiting) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is one of the doubtful words, so that they stand out."""
    pieces, rest = [], one.issue.content
    while rest:
        at, word = min(((rest.find(word), word) for word in one.words if word in rest), default=(-1, ""))
        if at < 0:
            break
        pieces += [(rest[:at], False), (word, True)]
        rest = rest[at + len(word) :]
    return [piece for piece in (*pieces, (rest, False)) if piece[0]]


@page(door, "POST", "/reviews/approve", access=REVIEWER, again=show)
def approve() -> Done:
    return _done(_each(Action.APPROVE_CONTENT, {}), "已通过")


@page(door, "POST", "/reviews/reject", access=REVIEWER, again=show)
def reject() -> Done:
    """With the reason the residents read; where two pairs of eyes are wanted, for another reviewer to agree with."""
    typed = Typed()
    values = {"reason_code": typed.text("reason_code"), "reason": typed.text("reason", most=200)}
    return _done(_each(Action.REJECT_CONTENT, values), "已提出或作出不通过的决定")


@page(door, "POST", "/reviews/<id>/publish", access=REVIEWER, again=lambda id: show())
def publish(id: str) -> Done:
    """Let it pass together with the text the public may read; only where its writer agreed."""
    typed = Typed()
    text = typed.text("public_text", required=True)
    version = typed.number("version", required=True, least=1)
    typed.check()
    return _done(_each(Action.APPROVE_CONTENT, {"public_text": text}, [(id, version or 0)]), "已通过并公开")


@page(door, "POST", "/reviews/<id>/second", access=REVIEWER, again=lambda id: show())
def second(id: str) -> Done:
    """The second pair of eyes: agree that it is rejected, or not."""
    typed = Typed()
    outcome = typed.choice("outcome", ("AGREE", "REFUSE"), required=True)
    version = typed.number("version", required=True, least=1)
    reason = typed.text("reason", required=True, most=200)
    typed.check()
    made = _each(Action.DECIDE, {"outcome": outcome, "reason": reason}, [(id, version or 0)])
    return _done(made, "已复核")


def _each(action: Action, values: dict[str, Any], rows: list[tuple[str, int]] | None = None) -> several.Outcome:
    rows = chosen() if rows is None else rows
    return several.perform_each(db.session(), current_actor(), rows, action=action, values=values, now=core().clock())


def _done(made: several.Outcome, verb: str) -> Done:
    return Done(url_for("console.reviews.show"), made.in_words(verb))


@page(door, "GET", "/reviews/messages", access=REVIEWER)
def messages() -> str:
    """Messages held back, the oldest first."""
    session, now = db.session(), core().clock()
    rows = held.waiting(session, current_actor())
    ids = [row.id for row, _ in rows]
    why, sent = held.reasons(session, ids), held.pictures(session, ids)
    return render(
        "console/review_messages.html",
        rows=[
            {
                "message": row,
                "number": number,
                "why": why[row.id],
                "pictures": [shown(one, now=now) for one in sent if one.message_id == row.id],
            }
            for row, number in rows
        ],
    )


@page(door, "POST", "/reviews/messages/decide", access=REVIEWER, again=messages)
def decide_messages() -> Done:
    """Release or refuse those ticked; what somebody else decided meanwhile is left alone."""
    typed = Typed()
    outcome = typed.choice("outcome", ("RELEASE", "REFUSE"), required=True)
    ids = typed.many("message")
    if not ids:
        typed.faults["message"] = "请先勾选留言，再点按钮。"
    typed.check()
    done, left = 0, []
    for message_id in dict.fromkeys(ids):
        try:
            held.decide(
                db.session(), message_id, actor=current_actor(), release=outcome == "RELEASE", now=core().clock()
            )
            done += 1
        except (Conflict, NotFound) as refusal:
            left.append(refusal.detail)
    verb = "已放行" if outcome == "RELEASE" else "已拒绝"
    return Done(url_for("console.reviews.messages"), several.Outcome(done, left).in_words(verb))
