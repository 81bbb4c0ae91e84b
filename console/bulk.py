"""Several issues at once: category, unit, merging. First looked at, then done one by one, and taken back where there is a way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for

from console import slips
from console.issue_forms import Drawn, drawn, read_values
from console.issue_query import TOGETHER
from console.pages import Done, Door, current_actor, page
from console.queue import WITH_ISSUES
from console.showing import render
from console.sight import Seen, seen
from console.typed import Typed
from service.bootstrap import core
from service.db import db
from service.errors import DomainError, Invalid, NotFound
from service.issues.actions import perform
from service.issues.lifecycle import ACTION_TITLES, Action

MOST = 50
SHOWN_FAULTS = 3

door = Door("bulk")


@dataclass(frozen=True, slots=True)
class Choice:
    """One chosen issue; ``ready``: the action is open to this viewer now; None: the issue is not theirs."""

    id: str
    seen: Seen | None
    ready: bool


@page(door, "GET", "/bulk", access=WITH_ISSUES)
def preview() -> str:
    """What was chosen, what can be done with each, and the form for all."""
    action, ids = _asked(request.args if request.method == "GET" else request.form)
    chosen = [_choice(id, action) for id in ids]
    ready = [one for one in chosen if one.ready and one.seen is not None]
    form: Drawn | None = None
    if ready and ready[0].seen is not None:
        form = drawn(ready[0].seen, ready[0].seen.actions[action.value])
        form = _without_own(form, set(ids) if action is Action.MERGE else set())
    return render("console/bulk.html", title=ACTION_TITLES[action], action=action.value, chosen=chosen, form=form)


def _asked(values: Any) -> tuple[Action, list[str]]:
    typed = Typed(values)
    action = typed.choice("action", [one.value for one in TOGETHER], required=True)
    ids = list(dict.fromkeys(typed.many("id")))
    typed.check()
    if not ids or len(ids) > MOST:
        raise Invalid("请先在列表里勾选事项。" if not ids else f"一次最多处理 {MOST} 件，请分几次。")
    return Action(str(action)), ids


def _choice(id: str, action: Action) -> Choice:
    try:
        found = seen(id)
    except NotFound:
        return Choice(id, None, False)
    return Choice(id, found, action.value in found.actions)


def _without_own(form: Drawn, ids: set[str]) -> Drawn:
    """A merge's target is none of those that are merged."""
    fields = [
        type(field)(
            field.name,
            field.label,
            field.kind,
            field.required,
            [option for option in field.options if option[0] not in ids],
            field.of,
            field.multiple,
        )
        for field in form.fields
    ]
    return Drawn(form.name, form.title, fields, form.confirm)


@page(door, "POST", "/bulk", access=WITH_ISSUES, again=preview)
def take() -> Done:
    """Each by itself: one that somebody has just changed stays as it is and is named, the others are done."""
    action, ids = _asked(request.form)
    typed = Typed()
    versions = {id: typed.number(f"version-{id}", least=1) for id in ids}
    values = read_values(action, typed)
    typed.check()

    def act(id: str, version: int) -> None:
        session, now = db.session(), core().clock()
        perform(session, id, actor=current_actor(), action=action, version=version, values=values, now=now)

    done, faults = _each(versions, act)
    if not done:
        raise Invalid(faults[0][1] if faults else "没有可以处理的事项。")
    query = {"action": action.value, "done": ".".join(done)}
    return Done(f"{url_for('console.bulk.result')}?{urlencode(query)}", _sentence(action, done, faults))


def _each(
    versions: Mapping[str, int | None], act: Callable[[str, int], None]
) -> tuple[list[str], list[tuple[str, str]]]:
    """Ids done, and (id, why not) of the others; each in a savepoint of its own."""
    session = db.session()
    done: list[str] = []
    faults: list[tuple[str, str]] = []
    for id, version in versions.items():
        if not version:
            continue
        try:
            with session.begin_nested():
                act(id, version)
            done.append(id)
        except DomainError as fault:
            faults.append((id, next(iter(getattr(fault, "fields", {}).values()), fault.detail)))
    return done, faults


def _sentence(action: Action, done: list[str], faults: list[tuple[str, str]]) -> str:
    words = f"“{ACTION_TITLES[action]}”已完成 {len(done)} 件。"
    if faults:
        reasons = "；".join(dict.fromkeys(detail for _, detail in faults[:SHOWN_FAULTS]))
        words += f"有 {len(faults)} 件没有处理：{reasons}"
    return words


@page(door, "GET", "/bulk/result", access=WITH_ISSUES)
def result() -> str:
    """What was done, with the way back as long as there is one."""
    action, done = _done(request.args if request.method == "GET" else request.form)
    chosen = [_choice(id, action) for id in done]
    return render(
        "console/bulk_result.html",
        title=ACTION_TITLES[action],
        action=action.value,
        chosen=chosen,
        ready=[one for one in chosen if one.seen is not None and _is_slip(one.seen, action)],
        done=request.values.get("done", ""),
    )


def _is_slip(found: Seen, action: Action) -> bool:
    slip = slips.slip_of(found)
    return slip is not None and slip.action is action


def _done(values: Any) -> tuple[Action, list[str]]:
    """The action and the ids, as :func:`take` wrote them into the address."""
    typed = Typed(values)
    action = typed.choice("action", [one.value for one in TOGETHER], required=True)
    done = typed.text("done", required=True, most=4000).split(".")
    typed.check()
    return Action(str(action)), list(dict.fromkeys(done))[:MOST]


@page(door, "POST", "/bulk/undo", access=WITH_ISSUES, again=result)
def take_back() -> Done:
    """The step back for each that still allows it, with its line in the history; nothing is erased."""
    _action, done = _done(request.form)
    typed = Typed()
    versions = {id: typed.number(f"version-{id}", least=1) for id in done}
    back, faults = _each(versions, slips.take_back)
    if not back:
        raise Invalid(faults[0][1] if faults else "没有可以撤销的事项。")
    return Done(
        url_for("console.queue.show"), f"已撤销 {len(back)} 件。" + (f"有 {len(faults)} 件没有撤销。" if faults else "")
    )
