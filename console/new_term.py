"""A new term (换届): the list is uploaded or pasted, checked by a worker with a preview, and applied once the place is typed."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for

from console.imports import LARGEST, STATES, as_file, decided, files_of, told
from console.pages import Done, Door, current_account_id, grants_of, only, page
from console.papers import note_taking
from console.showing import render
from console.typed import Typed
from service import jobs
from service.accounts.roles import Role
from service.accounts.trail import Access
from service.bootstrap import core
from service.calendar.workdays import day_in_words, local_date
from service.db import db
from service.deputies import terms
from service.deputies.mandates import LEVEL_TITLES, Level
from service.deputies.terms import NewTerm
from service.errors import NotFound
from service.imports import actions, queries
from service.imports.models import ImportRun
from service.imports.states import KIND_TITLES, Kind, RunState
from service.issues.new_term import left
from service.roster.exports import in_office
from service.roster.shapes import DEPUTIES
from service.territory import queries as territory
from service.territory.models import STREET

MAY = (Role.DISTRICT,)
"""Mandates are registered by the district's office alone (rulebook §9.8)."""
MOST_PASTED = 20_000
WRONG_PLACE = "与页面上的名称不一致。请照着输入。"
WHICH_TOWN = "镇人大代表的名单，请选择是哪个镇。"
ONE_LIST = "文件和粘贴的名单请只用一种。"
LEFT = {
    "grids": ("个网格还没有主责代表", "在“导入”里用“网格代表”表指定；之前由备用、值班代表或者站长接续。"),
    "receptions": ("次接待日只安排了离任代表", "请联络站取消后另排，预约的群众会收到通知。"),
    "substitutes": ("位代表请假时委托了离任代表", "请取消原来的请假，另选接替代表。"),
    "codes": ("个编码（海报）写着离任代表", "扫码仍到联络站，按网格等规则另找代表；可以在“编码与海报”停用后换新。"),
    "grants": ("位离任代表还有工作身份", "任期结束后在“工作账号”里解除。"),
    "accounts": ("位新代表还没有绑定账号", "在“工作账号”里发邀请码；绑定以前，事项的提醒送不到手机。"),
}
"""What is left to do by hand: words after the number, and how."""

door = Door("new_term")


def _districts() -> list[str]:
    return sorted({grant.district_id for grant in grants_of(*MAY)})


def _run(id: str) -> ImportRun:
    return queries.run(db.session(), _districts(), id, (Kind.TERM,))


def _towns() -> list[tuple[str, str]]:
    session, today = db.session(), local_date(core().clock())
    rows = [row for one in _districts() for row in territory.townships_of(session, one, on=today)]
    return [(row.code, row.name) for row in rows if row.kind != STREET]


@page(door, "GET", "/terms", access=only(*MAY))
def show() -> str:
    session, own = db.session(), _districts()
    titles = {row.id: row.name for row in territory.districts(session)}
    return render(
        "console/terms.html",
        districts=[(one, titles[one]) for one in own],
        levels=[(level.value, title) for level, title in reversed(LEVEL_TITLES.items())],
        towns=_towns(),
        rows=[(row, STATES[RunState(row.state)], _title(row)) for row in queries.latest(session, own, (Kind.TERM,))],
        most_pasted=MOST_PASTED,
        largest=LARGEST // 1024 // 1024,
    )


def _title(run: ImportRun) -> str:
    new = NewTerm.read(run.asked or {})
    return f"{LEVEL_TITLES[new.level]} · {terms.title(_place(run, new), new)}"


def _place(run: ImportRun, new: NewTerm) -> str:
    session = db.session()
    return terms.place_name(session, territory.district(session, run.district_id), new)


@page(door, "GET", "/terms/current.csv", access=only(*MAY))
def current() -> Response:
    """Who is in office now, to be corrected and sent back: whoever stays is known by the number. Taking it is noted."""
    session, typed, towns = db.session(), Typed(request.args), dict(_towns())
    district_id = typed.choice("district", _districts()) or _districts()[0]
    level = typed.choice("level", list(Level), required=True)
    town = typed.choice("township_code", list(towns)) if level == Level.TOWN else None
    if level == Level.TOWN and not town:
        typed.faults["township_code"] = WHICH_TOWN
    typed.check()
    name, on = towns[town] if town else None, local_date(core().clock())
    sheet = in_office(session, district_id, Level(str(level)), name, on=on)
    title = LEVEL_TITLES[Level(str(level))] + (f"-{name}" if name else "")
    answer = as_file([sheet], ".csv", "text/csv", f"现任名单-{title}.csv")
    note_taking(Access.ROSTER_TAKEN, district_id, {"of": title})
    return answer


@page(
    door,
    "POST",
    "/terms",
    access=only(*MAY),
    again=show,
    takes_files=True,
    rings=jobs.RUN_IMPORTS,
    limit="30 per hour",
)
def upload() -> Done:
    """Which congress from which day, and who was elected to it."""
    session, typed, now = db.session(), Typed(), core().clock()
    district_id = typed.choice("district", _districts()) or _districts()[0]
    level = typed.choice("level", list(Level), required=True)
    town = typed.choice("township_code", [code for code, _ in _towns()])
    ordinal, starts_on = typed.number("ordinal", required=True, least=1, most=99), typed.day("starts_on", required=True)
    files = _lists(typed)
    typed.check()
    if ordinal is None or starts_on is None:
        raise NotFound
    of_a_town = level == Level.TOWN
    new = NewTerm(Level(str(level)), town if of_a_town else None, ordinal, starts_on)
    terms.check(session, territory.district(session, district_id), new, today=local_date(now))
    row = actions.begin(
        session,
        district_id=district_id,
        kind=Kind.TERM,
        files=files,
        account_id=current_account_id(),
        now=now,
        asked=new.stored(),
    )
    return Done(url_for("console.new_term.one", id=row.id), "名单已收到，正在核对并预览。现在什么也没有改动。")


def _lists(typed: Typed) -> dict[str, tuple[str, bytes]]:
    pasted = typed.text("pasted", most=MOST_PASTED)
    files = files_of(typed, Kind.TERM, required=not pasted)
    if pasted and files:
        typed.faults["pasted"] = ONE_LIST
    return files or {DEPUTIES.name: ("粘贴的名单.csv", pasted.encode())}


@page(door, "GET", "/terms/<id>", access=only(*MAY))
def one(id: str) -> str:
    return render("console/term.html", **_told(_run(id)))


@page(door, "GET", "/terms/<id>/state", access=only(*MAY), background=True)
def state(id: str) -> Response | str:
    """Asked every two seconds while it is worked on: nothing as long as nothing changed."""
    shown = _told(_run(id))
    if shown["seen"] == request.args.get("seen"):
        return Response(status=204)
    return render("console/_term.html", **shown)


def _told(run: ImportRun) -> dict[str, Any]:
    new, found = NewTerm.read(run.asked or {}), run.found
    applied = run.state == RunState.APPLIED
    rest = found["left"] if found else []
    if found and applied:
        rest = left.now_left(db.session(), run.district_id, found, starts_on=new.starts_on, now=core().clock())
    return {
        **told(run),
        "kind": KIND_TITLES[Kind.TERM],
        "title": _title(run),
        "place": _place(run, new),
        "found": found,
        "applied": applied,
        "later": new.starts_on > local_date(core().clock()),
        "starts_on": day_in_words(new.starts_on),
        "last_day": day_in_words(new.starts_on - terms.DAY),
        "rest": [(number, *LEFT[what], names) for what, number, names in rest],
    }


@page(door, "POST", "/terms/<id>/apply", access=only(*MAY), again=one, rings=jobs.RUN_IMPORTS)
def apply(id: str) -> Done:
    """A worker does it, if what was shown is still so then. The place is typed: mandates end."""
    run, typed = _run(id), Typed()
    version = typed.number("version", required=True)
    if typed.text("name_again", required=True, most=40) not in ("", _place(run, NewTerm.read(run.asked or {}))):
        typed.faults["name_again"] = WRONG_PLACE
    typed.check()
    actions.apply(db.session(), run, version=version or 0, now=core().clock())
    return Done(url_for("console.new_term.one", id=id), "正在换届。全部完成，或者什么也不改。")


@page(door, "POST", "/terms/<id>/again", access=only(*MAY), again=one, rings=jobs.RUN_IMPORTS)
def again(id: str) -> Done:
    return decided(_run(id), actions.again, "console.new_term.one", "已重新排队，从核对开始。")


@page(door, "POST", "/terms/<id>/drop", access=only(*MAY), again=one, rings=None)
def drop(id: str) -> Done:
    return decided(_run(id), actions.drop, "console.new_term.one", "已放弃，名单已经删除。")
