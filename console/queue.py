"""The queue (待办与列表): what waits, by what is due; filters in the address, saved views, counts, news without reloading."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from flask import Response, request, url_for

from console import filter_choices, issue_query
from console.due import due
from console.issue_query import SORT_TITLES, TICKS, Question
from console.pages import Done, Door, current_account_id, current_actor, only, page
from console.showing import render
from console.typed import Typed
from service.bootstrap import core
from service.db import db
from service.issues import counts, lines, lists, saved_views, scopes
from service.issues.insight import sorts, visible_beginning
from service.issues.lifecycle import STATE_TITLES, State
from service.issues.words import CHANNEL_TITLES

WITH_ISSUES = only(*{role for roles in scopes.BOX_ROLES.values() for role in roles})

door = Door("queue")


@page(door, "GET", "/issues", access=WITH_ISSUES)
def show() -> str:
    """The list; at most five statements, whatever has piled up."""
    question = issue_query.read(request.args, current_actor())
    listed = _rows(question)
    views = saved_views.views_of(db.session(), current_account_id())
    return render(
        "console/queue.html",
        question=question,
        **listed,
        views=[(view, _address_of(view.box, view.sort, dict(view.filters))) for view in views],
        boxes=issue_query.tabs_of(current_actor()),
        sorts=SORT_TITLES.items(),
        ticks=TICKS.items(),
        states=STATE_TITLES,
        told=_in_words(question, listed["rows"]),
    )


@page(door, "GET", "/issues/live", access=WITH_ISSUES, background=True)
def live() -> Response | str:
    """Asked every twenty seconds: nothing while the page's rows are the same, otherwise the rows."""
    question = issue_query.read(request.args, current_actor())
    listed = _rows(question)
    if listed["seen"] == request.args.get("seen"):
        return Response(status=204)
    body = render("console/_queue_rows.html", question=question, **listed)
    return Response(body, headers={"HX-Trigger": "listChanged"}, mimetype="text/html")


@page(door, "GET", "/issues/counts", access=WITH_ISSUES, background=True)
def show_counts() -> str:
    """Of the whole box, before any filter."""
    question = issue_query.read(request.args, current_actor())
    found = counts.of_box(db.session(), current_actor(), question.box, now=core().clock())
    path, box, sort = url_for("console.queue.show"), question.box.value, question.sort.value
    links = {name: issue_query.address(path, box, sort, {name: True}) for name in TICKS}
    numbers = {"overdue": found.overdue, "due_soon": found.due_soon, "urgent": found.urgent}
    states = [
        (STATE_TITLES[State(state)], number, issue_query.address(path, box, sort, {"state": [state]}))
        for state, number in sorted(found.by_state.items(), key=lambda pair: list(State).index(State(pair[0])))
        if number
    ]
    return render("console/_queue_counts.html", found=found, states=states, links=links, numbers=numbers, ticks=TICKS)


@page(door, "GET", "/issues/filters", access=WITH_ISSUES)
def filters() -> str:
    """All filters with their choices: a piece of the list's page, or a page of its own without script."""
    question = issue_query.read(request.args, current_actor())
    piece = "HX-Request" in request.headers
    template = "console/_queue_filters.html" if piece else "console/queue_filters.html"
    return render(
        template,
        question=question,
        ticks=TICKS.items(),
        states=[(state.value, STATE_TITLES[state]) for state in State],
        channels=CHANNEL_TITLES.items(),
        choices=filter_choices.choices(question.given),
    )


@page(door, "POST", "/issues/views", access=WITH_ISSUES, again=show, rings=None)
def save_view() -> Done:
    """The list as it is now, under a name; up to twenty, the same name replaces."""
    typed = Typed()
    name = typed.text("name", required=True, most=20)
    typed.check()
    question = issue_query.read(request.form, current_actor())
    view = saved_views.View(name, question.box.value, question.sort.value, question.given, 0)
    saved_views.save(db.session(), current_account_id(), view, now=core().clock())
    return Done(_address_of(view.box, view.sort, dict(view.filters)), "常用筛选已保存。")


@page(door, "POST", "/issues/views/drop", access=WITH_ISSUES, rings=None)
def drop_view() -> Done:
    saved_views.drop(db.session(), current_account_id(), Typed().text("name"))
    return Done(url_for("console.queue.show"), "常用筛选已删除。")


def _address_of(box: str, sort: str, given: dict[str, Any]) -> str:
    return issue_query.address(url_for("console.queue.show"), box, sort, given)


def _rows(question: Question) -> dict[str, Any]:
    """For the template: lines as the API shows them, a digest of them, where to ask for news, where the list goes on."""
    session, actor, now = db.session(), current_actor(), core().clock()
    shown, last = lists.page(
        session,
        actor,
        question.box,
        question.filters,
        sort=question.sort,
        after=question.after(),
        limit=question.limit,
        now=now,
    )
    seen = [(line, scopes.parties_in(actor, question.box, line)) for line in shown]
    told = [(line, visible_beginning(line, parties), sorts(parties)) for line, parties in seen]
    rows = lines.summaries(told, lines.names_of(session, shown), now)
    for row in rows:
        lines.in_office(row)["due"] = due(row, now)
    box, sort, given = question.box.value, question.sort.value, question.given
    own = {**given, "cursor": question.cursor} if question.cursor else given
    digest = hashlib.sha256(json.dumps([_shown(row) for row in rows]).encode()).hexdigest()[:16]
    cursor = question.next(last)
    return {
        "rows": rows,
        "together": issue_query.together_of(actor),
        "seen": digest,
        "own_url": _address_of(box, sort, own),
        "live_url": issue_query.address(url_for("console.queue.live"), box, sort, {**own, "seen": digest}),
        "next_url": _address_of(box, sort, {**given, "cursor": cursor}) if cursor else None,
    }


def _shown(row: dict[str, Any]) -> list[Any]:
    """All that a reader of the line sees: of its moments the deadline, in words."""
    return [value for name, value in row.items() if name not in _MOMENTS] + [row["due"].words]


_MOMENTS = ("due_at", "created_at", "due")


def _in_words(question: Question, rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """The filters that hold, each with the address of the list without it; what is called by an id as its rows call it."""
    found, first = [], rows[0] if rows else {}
    called = {"category": (first.get("category") or {}).get("title"), "village": first.get("village")}
    for name, value in question.given.items():
        if name == "state":
            words = "、".join(STATE_TITLES[State(one)] for one in value)
        elif name in TICKS:
            words = TICKS[name]
        elif name == "channel":
            words = f"渠道：{CHANNEL_TITLES[value]}"
        elif called.get(name):
            words = str(called[name])
        else:
            words = _OTHERS[name].format(value)
        rest = {key: one for key, one in question.given.items() if key != name}
        found.append((words, _address_of(question.box.value, question.sort.value, rest)))
    return found


_OTHERS = {
    "category": "按类别",
    "village": "按村（社区）",
    "deputy": "按代表",
    "unit": "按承办单位",
    "q": "含“{}”",
    "since": "从 {} 起",
    "until": "到 {} 止",
}
