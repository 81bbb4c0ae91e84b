"""The district's parameters (参数) and reasons (理由): what holds, what comes, what was; change one with a preview."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from config.defaults import PARAMETERS
from config.notices import NOTICE_PREFIX, NOTICES
from console.pages import Done, Door, current_actor, only, page
from console.settings import values
from console.settings.district import district_for
from console.showing import render
from console.typed import Typed
from service.accounts.roles import ROLE_TITLES
from service.administration import holidays, office, policies, settings
from service.bootstrap import core
from service.calendar.workdays import local_date
from service.db import db
from service.errors import NotFound
from service.parameters import catalogue, wording

door = Door("settings")
DECIDING = only(*office.EDITORS)


@page(door, "GET", "/settings", access=DECIDING)
def show() -> str:
    """Every parameter, deadlines first."""
    return _listed("console/settings.html", catalogue.GROUPS)


@page(door, "GET", "/settings/reasons", access=DECIDING)
def reasons() -> str:
    """The reasons for declining, with the channel the resident is shown."""
    return _listed("console/settings_reasons.html", {catalogue.REASONS: catalogue.DECLINES})


@page(door, "GET", "/settings/notices", access=DECIDING)
def notices() -> str:
    """The sentences of notices, by whom they are for."""
    groups: dict[str, dict[str, catalogue.Known]] = {}
    for key, known in catalogue.WORDINGS.items():
        groups.setdefault(NOTICES[key.removeprefix(NOTICE_PREFIX)].group, {})[key] = known
    return _listed("console/settings_notices.html", groups)


def _listed(template: str, groups: Any) -> str:
    session, now, district = db.session(), core().clock(), district_for(*office.EDITORS)
    keys = [key for group in groups.values() for key in group]
    return render(
        template,
        district=district,
        groups=groups,
        settings=settings.all_of(session, district, keys, now=now),
        words=settings.in_words,
        missing_year=holidays.missing_year(session, now=now),
    )


@page(door, "GET", "/settings/one/<key>", access=DECIDING)
def one(key: str) -> str:
    return _one(key)


def _one(key: str, typed: dict[str, Any] | None = None, differences: list[settings.Difference] | None = None) -> str:
    """The page of one parameter; after a look at a change with what was typed and what it would do."""
    known = catalogue.known(key)
    if known is None:
        raise NotFound("没有这个参数。")
    session, now, district = db.session(), core().clock(), district_for(*office.EDITORS)
    setting = settings.one_of(session, district, key, now=now)
    documents = policies.all_of(session, district)
    return render(
        "console/settings_one.html",
        district=district,
        key=key,
        known=known,
        bounds=known.bounds,
        setting=setting,
        fields=values.fields(key, PARAMETERS[key] if request.args.get("from") == "default" else setting.value),
        default=PARAMETERS[key],
        notice=wording.known(key),
        holes=wording.holes(key),
        typed=typed or {},
        ticked=request.form.getlist("value") if typed else None,
        differences=differences,
        documents=documents,
        titles={one.id: f"{one.title}{f'（{one.number}）' if one.number else ''}" for one in documents},
        names=settings.names(session, setting.lines),
        roles={role.value: title for role, title in ROLE_TITLES.items()},
        words=settings.in_words,
        today=local_date(now),
        now=now,
        back=url_for(_listed_on(key), district=district),
    )


def _listed_on(key: str) -> str:
    """The page that lists the parameter among its like."""
    if key in catalogue.DECLINES:
        return "console.settings.reasons"
    return "console.settings.notices" if key in catalogue.WORDINGS else "console.settings.show"


def _wish(key: str) -> settings.Wish:
    typed = Typed()
    if catalogue.known(key) is None:
        raise NotFound("没有这个参数。")
    value = values.read(typed, key)
    day = typed.day("valid_from", required=True)
    reason = typed.text("reason", required=True, most=office.LONGEST_REASON)
    policy = typed.text("policy_id", most=26)
    seen = typed.text("seen", most=30)
    typed.check()
    assert day is not None
    return settings.Wish(value, day, reason, seen, policy or None)


@page(door, "POST", "/settings/one/<key>/look", access=DECIDING, again=one, once=False, rings=None)
def look(key: str) -> str:
    """What the change would do; nothing is kept."""
    wish, now = _wish(key), core().clock()
    found = settings.preview(db.session(), district_for(*office.EDITORS), key, wish.value, day=wish.day, now=now)
    return _one(key, request.form.to_dict(), found)


@page(door, "POST", "/settings/one/<key>", access=DECIDING, again=one, rings=None)
def change(key: str) -> Done:
    district = district_for(*office.EDITORS)
    row = settings.change(db.session(), district, key, _wish(key), actor=current_actor(), now=core().clock())
    begun = "已经生效" if row.valid_from <= core().clock() else "到生效日期自动生效，之前可以撤回"
    return Done(url_for("console.settings.one", key=key, district=district), f"已经保存，{begun}。")


@page(door, "POST", "/settings/changes/<id>/withdraw", access=DECIDING, rings=None)
def withdraw(id: str) -> Done:
    district = district_for(*office.EDITORS)
    key = settings.withdraw(db.session(), district, id, actor=current_actor(), now=core().clock())
    known = catalogue.known(key)
    place = url_for("console.settings.one", key=key, district=district) if known else url_for("console.settings.show")
    return Done(place, "已经撤回，这次修改不会生效。")
