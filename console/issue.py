"""One issue on one screen: what was said, who has it until when and why, and everything the viewer may do with it."""

from __future__ import annotations

from flask import Response, request, url_for

from console import pictures, sight
from console.issue_forms import LABELS, Drawn, drawn, read_values, search_options, words_typed
from console.pages import Done, Door, current_actor, failed, page
from console.pictures import PICTURES
from console.queue import WITH_ISSUES
from console.showing import render
from console.sight import Seen, seen
from console.typed import Typed
from service.accounts.roles import STAFF, Role
from service.bootstrap import core
from service.db import db, reading
from service.errors import Conflict, Forbidden, NotFound
from service.issues import identity, merging, notes, similar, slips, standard_texts, talk
from service.issues.actions import perform
from service.issues.case import case_of, parties_of
from service.issues.covering import may_cover
from service.issues.forms import TEXT
from service.issues.insight import sorts
from service.issues.lifecycle import ACTION_TITLES, STATE_TITLES, Action, Party
from service.issues.states import OPEN
from service.issues.words import CHANNEL_TITLES, KIND_TITLES, OUTCOME_TITLES, RATING_TITLES, SOLVED_TITLES

REVEAL_LIMIT = "30 per hour"
ANONYMITY_TITLES = {
    "receipt_only": "匿名，只凭查询码",
    "station_only": "只让联络站知道",
    "named": "实名",
}
TALKERS = frozenset({Party.DEPUTY, Party.CLERK, Party.HEAD, Party.TOWNSHIP, Party.DISTRICT})
"""Who is offered the field for a message; :func:`service.issues.talk.say` decides."""

SEVERAL = "co_unit_ids"
"""The one field that takes several: boxes to tick."""

door = Door("issue")


@page(door, "GET", "/issues/<id>", access=WITH_ISSUES)
def show(id: str) -> str:
    """Who opens it in office is remembered, once a day."""
    found = seen(id)
    body = _screen(found)
    note_look(found)
    return body


def _screen(found: Seen, revealed: dict[str, str | None] | None = None) -> str:
    issue, now = found.issue, core().clock()
    history = sight.with_stays(issue["history"], now, open_=found.case.state in OPEN)
    return render(
        "console/issue.html",
        issue=issue,
        history=history,
        hands=sight.in_whose_hands(history),
        merged=merging.merged_into(db.session(), found.case.issue.id) if sorts(found.parties) else (),
        basis=sight.deadline_basis(found.case),
        notices=sight.notices(found),
        sorting=sorts(found.parties),
        slip=slips.of(db.session(), found.case, current_actor(), frozenset(found.actions)),
        action_titles=ACTION_TITLES,
        cover=issue["id"] if may_cover(found.parties) else None,
        notes=notes.of_issue(db.session(), found.case, found.parties, current_actor()),
        may_talk=bool(found.parties & TALKERS),
        revealed=revealed,
        channels=CHANNEL_TITLES,
        kinds=KIND_TITLES,
        anonymities=ANONYMITY_TITLES,
        outcomes=OUTCOME_TITLES,
        ratings=RATING_TITLES,
        solved=SOLVED_TITLES,
    )


def note_look(found: Seen) -> None:
    """The viewing trail, in a transaction of its own; a form shown again was a look before."""
    session, actor = db.session(), current_actor()
    office = sorted(actor.roles & (STAFF | {Role.DEPUTY}))
    if request.method != "GET" or not office or Party.OWNER in found.parties:
        return
    session.rollback()
    reading.set(False)
    identity.note_view(session, found.case.issue.id, actor=actor, role=office[0], now=core().clock())
    session.commit()


@page(door, "GET", "/issues/<id>/act/<action>", access=WITH_ISSUES)
def show_action(id: str, action: str) -> str:
    """The form of one action: a piece of the issue's page, or a page of its own.

    :raises Conflict: when it is not open to this viewer now.
    """
    found = seen(id)
    offered = found.actions.get(action)
    if offered is None and failed() is not None:
        return _overtaken(found, action)
    if offered is None:
        title = ACTION_TITLES[Action(action)] if action in set(Action) else action
        raise Conflict(f"现在不能进行“{title}”，可能刚刚有人处理过。请回到事项查看最新情况。", code="not_offered")
    form: Drawn = drawn(found, offered)
    districts = {grant.district_id for grant in current_actor().grants}
    now = core().clock()
    texts = standard_texts.texts(db.session(), districts, action=action, at=now) if _has_text(offered) else []
    template = "console/_action.html" if "HX-Request" in request.headers else "console/action.html"
    return render(template, issue=found.issue, form=form, texts=texts)


def _overtaken(found: Seen, action: str) -> str:
    """Somebody was faster and the step is gone: what was typed stays on the page, to be copied or said in a message."""
    typed = words_typed(action, Typed())
    return render("console/overtaken.html", issue=found.issue, typed=typed, labels=LABELS)


def _has_text(offered: dict[str, object]) -> bool:
    fields = offered["fields"]
    return isinstance(fields, list) and any(field["type"] == TEXT for field in fields)


@page(
    door,
    "POST",
    "/issues/<id>/act/<action>",
    access=WITH_ISSUES,
    again=show_action,
    takes_files=True,
    rings=PICTURES,
)
def act(id: str, action: str) -> Done:
    """One transition of the lifecycle, through the one way in. Whoever it takes out of sight goes back to the list."""
    if action not in set(Action):
        raise NotFound
    session, actor, now = db.session(), current_actor(), core().clock()
    typed = Typed()
    version = typed.number("version", required=True, least=1) or 0
    values = read_values(Action(action), typed)
    typed.check()
    sent = pictures.receive("upload_ids")
    if sent:
        values["upload_ids"] = sent
    case = perform(session, id, actor=actor, action=Action(action), version=version, values=values, now=now)
    session.flush()
    notice = f"已完成：{ACTION_TITLES[Action(action)]}。"
    if not parties_of(actor, case_of(session, case.issue, now=now)):
        return Done(url_for("console.queue.show"), notice + "这件事不再由您处理。")
    return Done(url_for("console.issue.show", id=id), notice)


@page(door, "GET", "/issues/<id>/similar", access=WITH_ISSUES)
def show_similar(id: str) -> str:
    """Open issues of the station about the same matter, with the reason: a piece of the page, or a page of its own.

    :raises Forbidden: for who does not sort what comes in.
    """
    found = seen(id)
    if not sorts(found.parties):
        raise Forbidden("相似事项只供联络站和上级人大机关比对。")
    issue = found.case.issue
    text = similar.with_place(issue.content, issue.place)
    known = similar.find_known(
        db.session(), station_id=issue.station_id, text=text, now=issue.created_at, grid_id=issue.grid_id, but=id
    )
    template = "console/_similar.html" if "HX-Request" in request.headers else "console/similar.html"
    return render(template, issue=found.issue, known=known, states=STATE_TITLES, may_merge="merge" in found.actions)


@page(door, "GET", "/issues/<id>/options/<of>", access=WITH_ISSUES)
def options(id: str, of: str) -> str:
    """Choices of an id field, searched: the ``<option>`` elements, or boxes where several may be chosen."""
    found = seen(id)
    text = next((value for name, value in request.args.items() if name.startswith("find-")), None)
    multiple = request.args.get("multiple") == "1"
    choices = search_options(found, of, text)
    return render("console/_options.html", options=choices, multiple=multiple, name=SEVERAL, chosen=())


@page(door, "POST", "/issues/<id>/say", access=WITH_ISSUES, again=show, takes_files=True, rings=PICTURES)
def say(id: str) -> Done:
    typed = Typed()
    text = typed.text("text", required=True, most=1000)
    typed.check()
    sent = pictures.receive("upload_ids")
    talk.say(db.session(), id, actor=current_actor(), text=text, upload_ids=sent, now=core().clock())
    return Done(url_for("console.issue.show", id=id) + "#conversation", "留言已发出。")


@page(door, "POST", "/issues/<id>/reveal", access=WITH_ISSUES, again=show, once=False, limit=REVEAL_LIMIT)
def reveal(id: str) -> Response | str:
    """Behind the mask: with a reason, logged, and the resident sees that it happened. Each look is one."""
    typed = Typed()
    reason = typed.text("reason", required=True, most=200)
    typed.check()
    found = identity.reveal(db.session(), id, actor=current_actor(), reason=reason, now=core().clock())
    db.session.flush()
    return _screen(seen(id), revealed=found)
