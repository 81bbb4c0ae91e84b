"""Categories (类别) and the words that suggest them: add one, change its words, end it or begin it again on a day."""

from __future__ import annotations

import re

from flask import url_for

from console.pages import Done, Door, current_actor, only, page
from console.settings import in_use
from console.settings.district import district_for
from console.showing import render
from console.typed import Typed
from service.administration import categories, holidays, office
from service.bootstrap import core
from service.db import db
from service.parameters import queries

door = Door("categories")
DECIDING = only(*office.EDITORS)


@page(door, "GET", "/settings/categories", access=DECIDING)
def show() -> str:
    session, district, now = db.session(), district_for(*office.EDITORS), core().clock()
    return render(
        "console/categories.html",
        district=district,
        rows=queries.categories(session, district),
        use=in_use.use(district, "categories", categories.standings(session, district, now=now)),
        missing_year=holidays.missing_year(session, now=now),
    )


def _words(typed: Typed) -> list[str]:
    return [word for word in re.split(r"[\s,，、;；]+", typed.text("words", most=900)) if word]


@page(door, "POST", "/settings/categories", access=DECIDING, again=show, rings=None)
def add() -> Done:
    typed = Typed()
    title, words = typed.text("title", required=True, most=categories.LONGEST_TITLE), _words(typed)
    period = in_use.read_period(typed)
    typed.check()
    assert period is not None
    district, now = district_for(*office.EDITORS), core().clock()
    categories.add(db.session(), district, title, words, period=period, actor=current_actor(), now=now)
    return Done(url_for("console.categories.show"), f"已经新增，{period.in_words()}可以选。")


@page(door, "POST", "/settings/categories/<id>/words", access=DECIDING, again=lambda id: show(), rings=None)
def set_words(id: str) -> Done:
    typed = Typed()
    words = _words(typed)
    before = [word for word in typed.text("before", most=2000).split("\n") if word]
    typed.check()
    district, now = district_for(*office.EDITORS), core().clock()
    categories.set_words(db.session(), district, id, words, before=before, actor=current_actor(), now=now)
    return Done(url_for("console.categories.show"), "词语已经修改，对新提交的内容生效。")


@page(door, "POST", "/settings/categories/<id>/use", access=DECIDING, again=lambda id: show(), rings=None)
def set_use(id: str) -> Done:
    wish, district, now = in_use.read_wish(), district_for(*office.EDITORS), core().clock()
    categories.set_use(db.session(), district, id, wish, actor=current_actor(), now=now)
    return Done(url_for("console.categories.show"), f"{in_use.said(wish)}已有的事项不变。")


@page(door, "POST", "/settings/categories/changes/<id>/withdraw", access=DECIDING, again=lambda id: show(), rings=None)
def withdraw(id: str) -> Done:
    district, now = district_for(*office.EDITORS), core().clock()
    categories.withdraw(db.session(), district, id, actor=current_actor(), now=now)
    return Done(url_for("console.categories.show"), "已经撤回，这次修改不会生效。")
