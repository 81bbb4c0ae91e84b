"""Every page of the console, found by following its links: for axe, on a desk and a phone, at twice the text, used and empty."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import APIResponse, Page
from werkzeug.exceptions import HTTPException

import console
from console.access import EXTENSION
from service.accounts.roles import Role
from service.bootstrap import utc_now
from service.calendar.workdays import local_date
from service.deputies.mandates import Level
from service.deputies.terms import NewTerm
from service.imports import actions as imports
from service.imports.states import Kind
from service.issues.lifecycle import Action
from service.issues.models import Issue
from service.sheets.report import Report
from service.stations import receptions
from service.stations.models import ReceptionDay
from service.stations.receptions import at_desk
from service.supervision import projection, reports
from service.supervision.models import MonthlyReport
from service.supervision.queries import Scope
from tests.bad_days.processes import Phone, RealInstance, eventually, said
from tests.client.conftest import Rows, Sit
from tests.client.desks import DESK, PHONE, reaches, take, violations
from tests.uploads.album import jpeg
from tests.world import Place

pytestmark = pytest.mark.browser
STARTS: dict[Role, tuple[str, ...]] = {
    Role.STATION_HEAD: ("/issues?box=station",),
    Role.TOWNSHIP: ("/issues?box=district",),
    Role.UNIT_CLERK: ("/unit",),
    Role.UNIT_LEADER: ("/unit",),
    Role.REVIEWER: ("/reviews",),
    Role.DISTRICT: ("/issues?box=district", "/overview", "/reports"),
    Role.ADMIN: ("/me",),
    Role.AUDITOR: ("/me",),
}
"""Between them they may open every page; the menu stands on each."""
EMPTY = (Role.STATION_HEAD, Role.UNIT_LEADER)
"""The same roles elsewhere, where nothing has happened yet."""
AFTER_A_FORM = {
    "console.bulk.result": "/bulk/result?action=assign&done={issue}",
    "console.covering.show": "/issues/{issue}/photos/{picture}",
    "console.imports.one": "/imports/{run_roster}",
    "console.imports.problems": "/imports/{run_roster}/problems.csv",
    "console.imports.state": "/imports/{run_roster}/state?seen=old",
    "console.issue.options": "/issues/{issue}/options/deputy",
    "console.sign_in.show_code": "/sign-in/code",
    "console.sign_in.code_state": "/sign-in/code/state",
    "console.new_term.current": "/terms/current.csv?level=COUNTY",
    "console.new_term.one": "/terms/{run_term}",
    "console.new_term.state": "/terms/{run_term}/state?seen=old",
    "console.own.left": "/me/left",
    "console.set_up.set_up": "/set-up",
    "console.station_forms.fresh": "/stations/new",
    "console.station_forms.show": "/stations/{station}/change",
    "console.station_merge.show": "/stations/{station}/merge",
}
"""No link leads there, a form or the page's script does: where it is then. A page nobody reaches fails the walk."""
NO_PAGE = {"console.elsewhere.nowhere"}
"""Answers 404 to whatever is no page."""
TRIES = 3
_LINKS = """() => {
  const found = [...document.querySelectorAll('a[href]')].map((one) => one.href)
  found.push(...[...document.querySelectorAll('[hx-get]')].map((one) => new URL(one.getAttribute('hx-get'), location).href))
  for (const form of document.querySelectorAll('form[method=get]')) {
    const given = new FormData(form), box = form.querySelector('input[type=checkbox][name=id]')
    if (box) given.set(box.name, box.value)
    found.push(new URL(form.getAttribute('action'), location) + '?' + new URLSearchParams(given))
  }
  return found
}"""
_OPEN_ALL = "document.querySelectorAll('details').forEach((one) => { one.open = true })"
_TEXT = "(size) => { document.documentElement.style.fontSize = size }"
_SIDEWAYS = "document.documentElement.scrollWidth - innerWidth"
_CUT_OFF = """() => [...document.querySelectorAll('main *')].filter((one) => {
  const style = getComputedStyle(one)
  if (!one.innerText || one.matches('.unseen, .unseen *, select, option, textarea')) return false
  const hides = (how) => how === 'hidden' || how === 'clip'
  return (hides(style.overflowX) && one.scrollWidth > one.clientWidth + 1)
    || (hides(style.overflowY) && one.scrollHeight > one.clientHeight + 1)
}).map((one) => one.outerHTML.slice(0, 120))"""


@dataclass
class Walk:
    """``seen``: pages by endpoint; ``found``: what is wrong with them. ``small``: the phone alone is looked at."""

    base_url: str
    ids: dict[str, str]
    small: bool = False
    seen: set[str] = field(default_factory=set)
    tried: Counter[str] = field(default_factory=Counter)
    found: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        app = Flask("pages")
        console.register(app, hit=lambda *_: None, hit_here=lambda *_: None)
        self.declared = app.extensions[EXTENSION].declarations
        self._places = app.url_map.bind("localhost")

    @property
    def pages(self) -> set[str]:
        return {name for name, one in self.declared.items() if one.method == "GET"}

    def endpoint(self, address: str) -> str | None:
        parts = urlsplit(address)
        try:
            name, _ = self._places.match(parts.path, method="GET")
        except HTTPException:
            return None
        return name if name in self.declared else None

    def goes(self, page: Page, who: str, *begins: str, unlinked: Iterable[str] = ()) -> None:
        """From these addresses along every link to a page that nobody has seen yet."""
        waiting = deque(f"{self.base_url}/console{address}" for address in unlinked)
        for begin in begins:
            page.goto(f"{self.base_url}/console{begin}")
            waiting += [page.url, *page.evaluate(_LINKS)]
        while waiting:
            address = waiting.popleft()
            name = self.endpoint(address)
            if name is None or name in self.seen or self.tried[name] >= TRIES:
                continue
            self.tried[name] += 1
            answer = page.request.get(address)
            if not answer.ok:
                continue
            self.seen |= {name, self.endpoint(answer.url) or name}
            if self._is_a_page(answer):
                page.goto(address)
                waiting.extend(page.evaluate(_LINKS))
                self.looks_at(page, f"{who} {address.removeprefix(self.base_url)}")

    @staticmethod
    def _is_a_page(answer: APIResponse) -> bool:
        """Not a file, and not a piece of a page, which is looked at where it stands."""
        return "html" in answer.headers.get("content-type", "") and "<html" in answer.text()

    def looks_at(self, page: Page, what: str) -> None:
        page.evaluate(_OPEN_ALL)
        if not self.small:
            page.set_viewport_size(DESK)
            page.emulate_media(color_scheme="light")
            self._keeps(f"{what} desk, light", violations(page) or page.evaluate(_SIDEWAYS))
            page.evaluate(_TEXT, "200%")
            self._keeps(f"{what} text at 200 %", page.evaluate(_CUT_OFF) or page.evaluate(_SIDEWAYS))
            page.evaluate(_TEXT, "")
        page.set_viewport_size(PHONE)
        page.emulate_media(color_scheme="dark")
        self._keeps(f"{what} phone, dark", violations(page, looks=not self.small) or page.evaluate(_SIDEWAYS))

    def _keeps(self, what: str, wrong: Any) -> None:
        if wrong:
            self.found[what] = wrong


@pytest.fixture(scope="module")
def used(instance: RealInstance, town: Place, rows: Rows) -> dict[str, str]:
    """Something of every kind: waiting, held, assigned, worked on, late, planned, counted, reported."""
    texts = {
        "issue": "村口的水管漏水，路面结冰了",
        "held": "楼道灯坏了，加微信联系我",
        "late": "河边护栏断了一截，孩子容易掉下去",
        "assigned": "公厕的水龙头坏了三天没有人修",
        "done": "垃圾站的顶棚漏雨，味道很大",
    }
    phone = Phone(instance.base_url).signs_in()
    who = {"anonymity": "named", "contact": {"name": "王小花", "phone": "13800138000"}}
    with_it = {"issue": {"upload_ids": [_sent(instance, phone)]}}
    ids = {
        name: str(phone.post("/issues", said(town, content=text, **who, **with_it.get(name, {}))).json()["id"])
        for name, text in texts.items()
    }
    for name in texts:
        reaches(phone, ids[name], "content_review" if name == "held" else "pending_accept")
    eventually(lambda: phone.get(f"/issues/{ids['issue']}")["photos"][0]["state"] == "ready", 30, "the picture")
    with rows() as session:
        _worked_on(session, town, ids)
        _planned(session, town, days=9)
        _called_off(session, town)
        _counted(session, town)
        runs = {f"run_{kind}": _brought_in(session, town, kind) for kind in (Kind.ROSTER, Kind.TERM)}
    return ids | runs | {"picture": with_it["issue"]["upload_ids"][0], "station": town.station}


def _sent(instance: RealInstance, phone: Phone) -> str:
    """A picture, uploaded."""
    headers, address = phone.headers | {"Idempotency-Key": "walk-picture"}, f"{instance.base_url}/api/v1/uploads"
    made = requests.post(address, headers=headers, files={"file": ("IMG_1.jpg", jpeg(), "image/jpeg")}, timeout=20)
    return str(made.json()["id"])


def _brought_in(session: Any, town: Place, kind: Kind) -> str:
    """A run that found faults, and waits for a person."""
    run = imports.begin(
        session,
        district_id=town.district_id,
        kind=kind,
        files={"deputies": ("名单.csv", "姓名,级别".encode())},
        account_id=town.accounts[Role.DISTRICT],
        now=utc_now(),
        asked=NewTerm(Level.COUNTY, None, 20, local_date(utc_now())).stored() if kind == Kind.TERM else None,
    )
    report = Report()
    report.blame("名单.csv", 2, "手机号：不是手机号")
    imports.conclude(session, run, report, lines=1, now=utc_now())
    return run.id


def _worked_on(session: Any, town: Place, ids: dict[str, str]) -> None:
    clerk, unit = town.accounts[Role.STATION_CLERK], town.accounts[Role.UNIT_CLERK]
    for name in ("assigned", "done"):
        take(session, clerk, ids[name], Action.ACCEPT)
        take(session, town.accounts[Role.TOWNSHIP], ids[name], Action.ASSIGN, unit_id=town.township_unit)
    take(session, unit, ids["done"], Action.SIGN)
    result = {"text": "更换了顶棚，清洗了地面", "done_on": local_date(utc_now()).isoformat(), "person": "李师傅"}
    take(session, unit, ids["done"], Action.SUBMIT_RESULT, **result)
    late = sa.update(Issue).where(Issue.id == ids["late"])
    session.execute(late.values(due_at=utc_now() - dt.timedelta(days=2), hot_at=utc_now(), follower_count=11))


def _called_off(session: Any, town: Place) -> None:
    """Somebody without an account had a place; it is on the next day now, and they must be phoned."""
    days = [_planned(session, town, days=ahead) for ahead in (3, 4)]
    for day in days:
        receptions.announce(session, town.district_id, day.id, version=1, now=utc_now())
    who = {"name": "王小花", "phone": "13800138000", "topic": "路灯", "agreed": True, "namesake": False}
    at_desk.book(session, days[0].id, **who, entered_by=town.accounts[Role.STATION_CLERK], now=utc_now())
    receptions.cancel(session, town.district_id, days[0].id, version=2, reason="停电", now=utc_now())


def _planned(session: Any, town: Place, *, days: int) -> ReceptionDay:
    starts = utc_now() + dt.timedelta(days=days)
    return receptions.plan(
        session,
        district_id=town.district_id,
        station_id=town.station,
        starts_at=starts,
        ends_at=starts + dt.timedelta(hours=2),
        deputy_ids=[town.primary],
        now=utc_now(),
    )


def _counted(session: Any, town: Place) -> None:
    while projection.catch_up(session, now=utc_now()):
        pass
    month = reports.last_month(utc_now())
    figures = reports.figures_of(session, Scope(town.district_id), reports.month_of(month), now=utc_now())
    session.merge(MonthlyReport(district_id=town.district_id, month=month, figures=figures, made_at=utc_now()))


def test_every_page_is_clean_for_whoever_may_open_it(
    instance: RealInstance, town: Place, sit: Sit, used: dict[str, str]
) -> None:
    walk = Walk(instance.base_url, used)
    for role, starts in STARTS.items():
        walk.goes(sit(town.accounts[role]), role, *starts)
    office, stranger = sit(town.accounts[Role.DISTRICT]), sit(None)
    for name in ("assigned", "done", "issue", "late"):
        office.goto(f"{instance.base_url}/console/issues/{used[name]}")
        walk.looks_at(office, name)
    township, unlinked = sit(town.accounts[Role.TOWNSHIP]), [one.format(**used) for one in AFTER_A_FORM.values()]
    walk.goes(township, "township", unlinked=unlinked)
    walk.goes(office, "district", unlinked=unlinked)
    stranger.goto(f"{instance.base_url}/console/sign-in")
    stranger.get_by_role("button", name="显示登录码").click()
    walk.goes(stranger, "nobody", "/sign-in/code", "/sign-in", "/set-up")
    assert walk.found == {}, json.dumps(walk.found, ensure_ascii=False, indent=1)
    missed = sorted(walk.pages - walk.seen - NO_PAGE)
    assert not missed, f"no link led anybody who walked there, see AFTER_A_FORM: {missed}"


def test_where_nothing_has_happened_yet_each_page_is_clean_and_says_so(
    instance: RealInstance, town: Place, sit: Sit
) -> None:
    walk = Walk(instance.base_url, {}, small=True)
    for role in EMPTY:
        walk.goes(sit(town.other_accounts[role]), f"{role} elsewhere", "/me")
    assert walk.found == {}, json.dumps(walk.found, ensure_ascii=False, indent=1)
    assert len(walk.seen) > 12
