"""Figures after people did their work: through HTTP, with the jobs between."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import Role
from service.errors import NotFound
from service.issues.models import Issue
from service.supervision import exports, projection, queries, reports
from service.supervision.models import IssueFact
from service.supervision.queries import Period, Scope
from tests.journeys.invariants import town
from tests.journeys.town import Town
from workers import jobs

__all__ = ["town"]
MARCH = Period(dt.date(2026, 3, 1), dt.date(2026, 3, 31))


@contextmanager
def closing(session: Session) -> Iterator[Session]:
    """Look and let go: SQLite has one writer, and the next step of a journey is one."""
    try:
        yield session
    finally:
        session.rollback()


def counted(town: Town, session: Session, scope: Scope, period: Period = MARCH) -> dict[str, int]:
    read()
    with closing(session) as looking:
        return queries.totals(looking, scope, period, now=town.clock.now)


def read() -> None:
    """What the scheduler rings every two and every sixty seconds."""
    jobs.link_ledger()
    jobs.keep_facts()


def test_the_office_sees_what_came_in_what_was_in_time_and_how_it_was_rated(town: Town, session: Session) -> None:
    place, deputy = town.place, town.deputy(town.place.primary)
    whole = Scope(place.district_id)
    answered, silent, taken_back = (town.submits(town.guest()) for _ in range(3))
    town.holder(taken_back["receipt_code"]).does("", "withdraw")
    deputy.does(answered["id"], "accept")
    deputy.does(answered["id"], "answer", text="我去看过了，今晚修好。")
    town.holder(answered["receipt_code"]).does("", "rate", result="MOSTLY", solved="PARTLY", attitude="SATISFIED")
    found = counted(town, session, whole)
    assert (found["submitted"], found["acceptance_decided"], found["acceptance_kept"]) == (2, 1, 1)
    assert (found["reply_kept"], found["finished"], found["rated"], found["content"]) == (1, 1, 1, 1)
    assert (found["attitude_rated"], found["attitude_content"]) == (1, 1)
    assert (found["solved_asked"], found["solved"]) == (1, 0), "partly is not solved"
    town.clock.advance(days=3)  # two workdays to accept are over
    later = counted(town, session, whole)
    assert (later["acceptance_decided"], later["acceptance_kept"]) == (2, 1)
    deputy.does(silent["id"], "accept")
    late = counted(town, session, whole)
    assert (late["acceptance_decided"], late["acceptance_kept"]) == (2, 1), "late stays late"


def test_each_office_counts_its_own_place_and_nobody_another_district_s(town: Town, session: Session) -> None:
    place = town.place
    town.submits(town.guest())
    read()
    with closing(session):
        [fact] = session.scalars(sa.select(IssueFact)).all()
        here = Scope(place.district_id, fact.township_code, fact.station_id)
    assert counted(town, session, here)["submitted"] == 1
    for elsewhere in (Scope("000000"), Scope(place.district_id, "999"), Scope(place.district_id, None, "another")):
        assert counted(town, session, elsewhere)["submitted"] == 0
    with closing(session):
        for by in queries.BY:
            groups = queries.broken_down(session, here, MARCH, by, now=town.clock.now)
            assert sum(group.counters["submitted"] for group in groups) == (0 if by == "unit" else 1), by
        assert [cell.issues for cell in queries.heat(session, here, MARCH)] == [1]
        assert [(month.first.month, month.submitted) for month in queries.months(session, here, MARCH)] == [(3, 1)]


def test_what_units_sent_back_and_asked_more_time_for_is_seen_by_unit(town: Town, session: Session) -> None:
    issue = town.submits(town.guest())
    town.deputy(town.place.primary).does(issue["id"], "accept")
    town.role(Role.TOWNSHIP).does(issue["id"], "assign", unit_id=town.place.township_unit)
    town.role(Role.UNIT_CLERK).does(issue["id"], "return", reason="路灯由供电公司维护")
    read()
    with closing(session):
        [unit] = queries.units(session, Scope(town.place.district_id), MARCH, now=town.clock.now)
    assert (unit.unit_id, unit.returns, unit.extensions) == (town.place.township_unit, 1, 0)


def test_facts_are_read_once_and_can_be_read_again_from_the_beginning(town: Town, session: Session) -> None:
    for _ in range(2):
        town.submits(town.guest())
    before = counted(town, session, Scope(town.place.district_id))
    with closing(session):
        assert projection.catch_up(session, now=town.clock.now) == 0
        session.execute(sa.delete(IssueFact))
        projection.write(session, session.scalars(sa.select(Issue.id)).all())
        assert queries.totals(session, Scope(town.place.district_id), MARCH, now=town.clock.now) == before


def test_a_month_s_report_is_made_once_when_it_is_over_and_stays_as_it_was(town: Town, session: Session) -> None:
    district_id = town.place.district_id
    issue = town.submits(town.guest())
    read()
    with closing(session):
        assert reports.kept(session, district_id) == []
    town.clock.advance(days=31)  # 2 March → 2 April
    read()
    town.deputy(town.place.primary).does(issue["id"], "accept")
    town.submits(town.guest())
    read()
    with closing(session):
        [report] = reports.kept(session, district_id)
        assert report.month == dt.date(2026, 3, 1)
        assert (report.figures["totals"]["submitted"], report.figures["totals"]["acceptance_kept"]) == (1, 0)
        told = {title: rows for title, _, rows in reports.tables(report.figures)}
        assert told["总体情况"][0][:3] == ["收到事项", "1", "1"] and told["总体情况"][1][1] == "—"
        with pytest.raises(NotFound):
            reports.of_month(session, district_id, dt.date(2026, 4, 1))


def test_the_table_to_take_along_names_nobody_and_has_a_row_per_issue(town: Town, session: Session) -> None:
    contact = {"name": "刘大娘", "phone": "13800138000"}
    town.submits(
        town.guest(), anonymity="named", contact=contact, content="我是刘大娘，电话13800138000，路灯坏了一个月没人管"
    )
    town.submits(town.guest())
    read()
    rows = list(exports.rows(session, Scope(town.place.district_id), MARCH, now=town.clock.now))
    assert len(rows) == 2 and all(len(row) == len(exports.HEADER) for row in rows)
    text = "\n".join(" ".join(row) for row in rows)
    assert "刘大娘" not in text and "13800138000" not in text and "路灯坏了" in text
    first = dict(zip(exports.HEADER, rows[0], strict=True))
    assert (first["状态"], first["受理"], first["渠道"]) == ("待受理", "期限内", "扫码")
