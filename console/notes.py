"""Internal notes of an issue: written and struck out on its page."""

from __future__ import annotations

from flask import url_for

from console import issue
from console.pages import Done, Door, current_actor, page
from console.queue import WITH_ISSUES
from console.typed import Typed
from service.bootstrap import core
from service.db import db
from service.issues import notes

door = Door("notes")


@page(door, "POST", "/issues/<id>/notes", access=WITH_ISSUES, again=issue.show, rings=None)
def write(id: str) -> Done:
    typed = Typed()
    text = typed.text("text", required=True, most=notes.LONGEST)
    typed.check()
    notes.write(db.session(), id, actor=current_actor(), text=text, now=core().clock())
    return Done(url_for("console.issue.show", id=id) + "#notes", "备注已保存，群众和承办单位看不到。")


def _show(id: str, note: str) -> str:
    return issue.show(id)


@page(door, "POST", "/issues/<id>/notes/<note>/strike", access=WITH_ISSUES, again=_show, rings=None)
def strike(id: str, note: str) -> Done:
    notes.strike(db.session(), id, note, actor=current_actor(), now=core().clock())
    return Done(url_for("console.issue.show", id=id) + "#notes", "备注已划掉。")
