"""Standard texts (标准用语) and templates of notices (通知模板): shown with an example, changed, switched off."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import request, url_for

from config.defaults import PARAMETERS
from console.pages import Done, Door, current_actor, only, page
from console.settings import in_use
from console.settings.district import district_for
from console.showing import render
from console.typed import Typed
from service.administration import holidays, office, policies, settings, wording
from service.administration.in_use import Period, Standing
from service.bootstrap import core
from service.calendar.workdays import local_date
from service.db import db
from service.errors import NotFound
from service.issues import standard_texts
from service.notifications import mapping
from service.notifications.templates import PREFIX, VALUES

door = Door("wording")
DECIDING = only(*office.EDITORS)
WRITING = only(*standard_texts.EDITORS)
KINDS = {"once": "一次性订阅", "long_term": "长期订阅"}


@page(door, "GET", "/settings/texts", access=WRITING)
def texts() -> str:
    return _texts()


def _texts(example: dict[str, Any] | None = None) -> str:
    session, district, now = db.session(), district_for(*standard_texts.EDITORS), core().clock()
    rows = standard_texts.every(session, district)
    found = in_use.use(district, "wording", wording.standings(session, district, rows, now=now))
    return render(
        "console/settings_texts.html",
        district=district,
        rows=sorted(rows, key=lambda row: found.standing(found.settings[row.id]) is Standing.ENDED),
        use=found,
        actions=wording.action_titles(),
        titles=dict(wording.action_titles()),
        typed=example or {},
        example=example,
        missing_year=holidays.missing_year(session, now=now),
    )


def _text() -> tuple[dict[str, Any], Period]:
    typed = Typed()
    said: dict[str, Any] = {
        "title": typed.text("title", required=True, most=wording.LONGEST_TITLE),
        "text": typed.text("text", required=True, most=wording.LONGEST_TEXT),
        "action": typed.choice("action", [value for value, _ in wording.action_titles()]),
    }
    period = in_use.read_period(typed)
    typed.check()
    assert period is not None
    return said, period


@page(door, "POST", "/settings/texts/look", access=WRITING, again=texts, once=False, rings=None)
def look_text() -> str:
    """As it would stand in an issue."""
    said, period = _text()
    period.check()
    wording.check_text(**said)
    return _texts(said | {"valid_from": str(period.first), "valid_to": str(period.last or "")})


@page(door, "POST", "/settings/texts", access=WRITING, again=texts, rings=None)
def add_text() -> Done:
    district = district_for(*standard_texts.EDITORS)
    said, period = _text()
    wording.add_text(db.session(), district, **said, period=period, actor=current_actor(), now=core().clock())
    return Done(url_for("console.wording.texts"), f"已经新增，{period.in_words()}可以选用。")


@page(door, "POST", "/settings/texts/<id>/use", access=WRITING, again=lambda id: texts(), rings=None)
def set_use(id: str) -> Done:
    wish = in_use.read_wish()
    wording.set_use(db.session(), id, wish, actor=current_actor(), now=core().clock())
    return Done(url_for("console.wording.texts"), f"{in_use.said(wish)}以前写过的不变。")


@page(door, "POST", "/settings/texts/changes/<id>/withdraw", access=WRITING, again=lambda id: texts(), rings=None)
def withdraw(id: str) -> Done:
    district, now = district_for(*standard_texts.EDITORS), core().clock()
    wording.withdraw(db.session(), district, id, actor=current_actor(), now=now)
    return Done(url_for("console.wording.texts"), "已经撤回，这次修改不会生效。")


@page(door, "GET", "/settings/templates", access=DECIDING)
def templates() -> str:
    return _templates()


def _templates(looked: tuple[str, dict[str, str]] | None = None) -> str:
    """``looked``: key and example of a template somebody wants to see before it is saved."""
    session, now, district = db.session(), core().clock(), district_for(*office.EDITORS)
    keys = [key for key in PARAMETERS if key.startswith(PREFIX)]
    documents = policies.all_of(session, district)
    production = core().settings.is_production
    return render(
        "console/settings_templates.html",
        district=district,
        lines=list(mapping.lines(session, district, now=now, placeholders=not production)),
        settings=settings.all_of(session, district, keys, now=now),
        titles={one.id: one.title for one in documents},
        kinds=KINDS,
        contents=[(name, said) for name, (said, _) in VALUES.items()],
        looked=looked,
        typed=request.form if looked else {},
        prefix=PREFIX,
        today=local_date(now),
        missing_year=holidays.missing_year(session, now=now),
    )


def _wish(name: str) -> settings.Wish:
    if PREFIX + name not in PARAMETERS:
        raise NotFound
    typed = Typed()
    template_id = typed.text("id", required=True, most=100)
    kind = typed.choice("kind", KINDS, required=True)
    fields = [line.strip() for line in typed.text("fields", required=True, most=1000).split("\n") if line.strip()]
    day = typed.day("valid_from", required=True)
    reason = typed.text("reason", required=True, most=office.LONGEST_REASON)
    policy, seen = typed.text("policy_id", most=26), typed.text("seen", most=30)
    typed.check()
    value = wording.entry(template_id, kind or "", fields)
    return settings.Wish(value, day or dt.date.min, reason, seen, policy or None)


@page(
    door,
    "POST",
    "/settings/templates/<name>/look",
    access=DECIDING,
    again=lambda name: templates(),
    once=False,
    rings=None,
)
def look_template(name: str) -> str:
    """A message as it would be sent."""
    wish = _wish(name)
    return _templates((name, wording.example_of(PREFIX + name, wish.value, core().clock())))


@page(door, "POST", "/settings/templates/<name>", access=DECIDING, again=lambda name: templates(), rings=None)
def change_template(name: str) -> Done:
    wish, district = _wish(name), district_for(*office.EDITORS)
    now = core().clock()
    wording.change_template(db.session(), district, PREFIX + name, wish, actor=current_actor(), now=now)
    return Done(url_for("console.wording.templates"), "模板已经保存，从生效日期起使用。")
