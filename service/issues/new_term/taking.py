"""Check a new term (换届) and, once a person has read what it does, apply it: one transaction, by the roster's own import.

The check does all of it and takes it back, so that what is shown is what would be. Loaded by workers when there is one.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.models import GrantRow
from service.accounts.roles import Role
from service.calendar.workdays import day_in_words, end_of, local_date
from service.deputies import queries as deputies
from service.deputies import terms
from service.deputies.mandates import LEVEL_TITLES
from service.deputies.models import Deputy
from service.deputies.terms import NewTerm
from service.events import Event
from service.imports.models import ImportRun
from service.issues import timers
from service.issues.case import load_case
from service.issues.lifecycle import TERMINAL, State
from service.issues.models import Issue
from service.issues.new_term import left
from service.issues.routing import REASON_SENTENCES
from service.marks import mark_of
from service.notifications import said
from service.outbox import actions as outbox
from service.roster.imports import import_roster
from service.roster.shapes import DEPUTIES
from service.sheets.report import Progress, Report
from service.sheets.table import Table
from service.stations import leaving
from service.territory import queries as territory
from service.territory.models import District, Grid

DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)
MOST_AT_ONCE = 1_000
"""Handed over in the transaction itself; of more, the rest by the events that follow, a deputy at a time."""
MOST_ISSUES = 300
"""Named one by one; the sums are of all."""
CHANGED = "预览以后情况有了变化（名单、在任代表或者网格），什么也没有写入。请看过下面新的预览再确认。"
SKIPS = "登记的上一届是第{last}届，这次填的是第{this}届，中间空着。填错了请放弃，改了再上传：换届以后不能改小。"
_OPEN = [state.value for state in State if state not in TERMINAL]
_BESIDE = ("保持不变", "还没有主责代表")
"""What an ordinary import tells and is not so here: whoever is not in the list leaves, and grids are counted below."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Ids of deputies; ``gone`` of those who leave: no mandate of any level is left to them. ``first``: grid → 主责."""

    stay: frozenset[str]
    leave: frozenset[str]
    gone: frozenset[str]
    new: frozenset[str]
    first: Mapping[str, str]


def take(
    session: Session, run: ImportRun, tables: Mapping[str, Table], *, apply: bool, now: dt.datetime, progress: Progress
) -> Report:
    """:func:`service.imports.taking.take` of a new term. ``run.found`` says what it does; applied only if still so."""
    new, seen = NewTerm.read(run.asked or {}), (run.found or {}).get("mark")
    district = territory.lock_district(session, run.district_id)
    terms.check(session, district, new, today=local_date(now))
    point = session.begin_nested()
    try:
        report, found = _turn(session, district, new, tables, now=now, progress=progress)
        report.applied = found is not None and apply and found["mark"] == seen
        if report.applied and found is not None:
            _settle(session, run, new, found, now=now)
    except BaseException:
        point.rollback()
        raise
    if report.applied:
        point.commit()
    else:
        point.rollback()
    if apply and found is not None and not report.applied:
        report.notices.insert(0, CHANGED)
    run.found = found
    return report


def _turn(
    session: Session,
    district: District,
    new: NewTerm,
    tables: Mapping[str, Table],
    *,
    now: dt.datetime,
    progress: Progress,
) -> tuple[Report, dict[str, Any] | None]:
    before = terms.of_the_old_term(session, district.id, new)
    first = terms.primaries(session, before, on=new.starts_on - DAY)
    last = terms.passed_over(session, district, new)
    terms.begin(session, district, new)
    day = end_of(new.starts_on - DAY) + SECOND
    report = import_roster(session, district.id, tables, now=day, progress=progress)
    _check_list(tables, new, terms.place_name(session, district, new), report)
    report.notices = [words for words in report.notices if not any(one in words for one in _BESIDE)]
    report.notices += [SKIPS.format(last=last, this=new.ordinal)] if last is not None else []
    if report.problems:
        return report, None
    terms.settle_terms(session, district, new)
    after = terms.holders(session, district.id, new, on=new.starts_on)
    gone = (before - after) - terms.serving_elsewhere(session, before - after, on=new.starts_on)
    turn = Turn(before & after, before - after, gone, after - before, {g: d for g, d in first.items() if d in gone})
    stations = leaving.losing(session, gone, last_on=new.starts_on - DAY)
    terms.end_posts(session, gone, on=new.starts_on, now=now)
    duties = leaving.end_stationing(session, gone, last_on=new.starts_on - DAY)
    shared = leaving.receive_without(session, district.id, gone, since=day)
    report.notices += _namesakes(session, district.id, turn)
    found = _found(session, district, new, turn, now=max(now, day))
    found |= {"stations": stations, "duties": duties, "receptions": shared}
    return report, found


def _check_list(tables: Mapping[str, Table], new: NewTerm, place: str, report: Report) -> None:
    """The list is of this congress and this term alone; an empty one would end everybody's mandate."""
    table = tables.get(DEPUTIES.name)
    records = DEPUTIES.read(table, [], []) if table else []
    if table is None or not records:
        report.blame(table.name if table else DEPUTIES.title, 1, "名单里没有代表，不能换届")
        return
    for record in records:
        if record["level"] is not new.level:
            report.blame(table.name, record.line, f"“级别”应是{LEVEL_TITLES[new.level]}；别的级别请另行导入")
        written = record.get("township", place)
        if new.township_code and written != place and written.ljust(12, "0") != new.township_code:
            report.blame(table.name, record.line, f"“镇街”应是{place}；别的镇另行换届")
        if record.get("term", new.ordinal) != new.ordinal:
            report.blame(table.name, record.line, f"“届次”应是 {new.ordinal}，或者不填")
        if record.get("from", new.starts_on) != new.starts_on:
            report.blame(table.name, record.line, f"“任期起”应是 {new.starts_on}，或者不填")
    report.sort()


def _namesakes(session: Session, district_id: str, turn: Turn) -> list[str]:
    names = deputies.names(session, district_id, turn.leave | turn.new)
    both = {names[one] for one in turn.leave} & {names[one] for one in turn.new}
    if not both:
        return []
    return [
        f"{'、'.join(sorted(both))}：离任和新任里都有这个姓名。如果是同一位（连任），请在名单里填编号或者手机号再上传"
    ]


def _found(session: Session, district: District, new: NewTerm, turn: Turn, *, now: dt.datetime) -> dict[str, Any]:
    """What is shown before and after: names and ids only an office reads (the column is encrypted)."""
    everybody = turn.stay | turn.leave | turn.new
    names = deputies.names(session, district.id, everybody)
    issues, receivers = _successors(session, turn.gone, now=now)
    grids = _grids(session, turn.first, names, on=new.starts_on)
    left_over = left.to_do(
        session, district.id, gone=turn.gone, new=turn.new, grids=turn.first.keys(), on=new.starts_on
    )
    facts = [new.stored(), sorted(turn.stay), sorted(turn.leave), sorted(names[one] for one in turn.new), grids]
    return {
        "mark": mark_of(facts),
        "stay": sorted(names[one] for one in turn.stay),
        "leave": sorted([names[one], one not in turn.gone] for one in turn.leave),
        "new": sorted(names[one] for one in turn.new),
        "issues": issues[:MOST_ISSUES],
        "issues_all": len(issues),
        "receivers": sorted(receivers.items(), key=lambda pair: (-pair[1], pair[0])),
        "grids": grids,
        "left": left_over,
        "ids": {"gone": sorted(turn.gone), "new": sorted(turn.new), "grids": sorted(turn.first)},
    }


def _open_issues(session: Session, deputy_ids: Collection[str]) -> list[tuple[str, str]]:
    """(issue, deputy), oldest first."""
    wanted = sa.select(Issue.id, Issue.deputy_id).where(Issue.deputy_id.in_(deputy_ids), Issue.state.in_(_OPEN))
    return [(issue, str(deputy)) for issue, deputy in session.execute(wanted.order_by(Issue.id))]


def _successors(
    session: Session, gone: Collection[str], *, now: dt.datetime
) -> tuple[list[list[str | None]], Counter[str]]:
    """[number, from, to, why] of each open issue, by the routing of that day; and how many each receives. Locks nothing."""
    rows: list[tuple[str, str, str | None, str]] = []
    more: Counter[str] = Counter()
    for issue_id, deputy_id in _open_issues(session, gone):
        case = load_case(session, issue_id, now=now, for_update=False)
        choice = timers.successor(session, case, deputy_id, more=more)
        if choice.deputy_id:
            more[choice.deputy_id] += 1
        rows.append((case.issue.number, deputy_id, choice.deputy_id, REASON_SENTENCES[choice.reason]))
        district_id = case.issue.district_id
    if not rows:
        return [], Counter()
    names = deputies.names(session, district_id, {*gone, *more})
    counted = Counter(names[to] if to else "联络站站长" for _, _, to, _ in rows)
    return [[number, names[old], names[to] if to else None, why] for number, old, to, why in rows], counted


def _grids(
    session: Session, first: Mapping[str, str], names: Mapping[str, str], *, on: dt.date
) -> list[list[str | None]]:
    """[grid, who answered for it, who does from that day] of the grids whose 主责 leaves."""
    rows = session.execute(sa.select(Grid.id, Grid.name).where(Grid.id.in_(first)).order_by(Grid.code)).all()
    bare = terms.without_primary(session, first.keys(), on=on)
    after: dict[str, str] = {}
    for grid_id in first.keys() - bare:
        after[grid_id] = deputies.grid_deputies(session, grid_id, on=on)[0][0]
    known = {**names, **_names_of(session, set(after.values()) - names.keys())}
    return [[name, names[first[key]], known[after[key]] if key in after else None] for key, name in rows]


def _names_of(session: Session, deputy_ids: Collection[str]) -> dict[str, str]:
    return dict(session.execute(sa.select(Deputy.id, Deputy.name).where(Deputy.id.in_(deputy_ids))).all())


def _settle(session: Session, run: ImportRun, new: NewTerm, found: Mapping[str, Any], *, now: dt.datetime) -> None:
    """Hand over what is open, if the day has come (else the clock does, on that day), and tell those who leave."""
    gone: list[str] = found["ids"]["gone"]
    if new.starts_on <= local_date(now):
        for issue_id, _ in _open_issues(session, gone)[:MOST_AT_ONCE]:
            timers.hand_over(session, issue_id, now=now)
    for deputy_id in gone:
        event, payload = Event.DEPUTY_AVAILABILITY_CHANGED, {"deputy_id": deputy_id}
        outbox.record(session, event, payload, district_id=run.district_id, now=now)
    mine = sa.select(GrantRow.account_id).where(
        GrantRow.deputy_id.in_(gone), GrantRow.role == Role.DEPUTY.value, GrantRow.revoked_at.is_(None)
    )
    last, first = day_in_words(new.starts_on - DAY), day_in_words(new.starts_on)
    about: dict[str, Any] = {"key": f"term:{run.id}", "district_id": run.district_id, "now": now}
    said.write(session, session.scalars(mine), "term_ends", **about, last_day=last, first_day=first)
