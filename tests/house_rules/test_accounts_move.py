"""Every column that names an account is moved when two accounts become one and forgotten on erasure, or says why not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from miniprogram_api import doors
from miniprogram_api.me import ERASERS
from miniprogram_api.moving import MOVERS
from service.accounts import actions, joining
from service.accounts.models import Account
from service.calendar.workdays import local_date
from service.db import Base, db
from tests.journeys.town import Town

NAMES_AN_ACCOUNT = re.compile(r"(^|_)account_id$|_by$|_by_id$|^actor_id$|^owner_digest$")
NO_ACCOUNTS = {
    ("divisions", "superseded_by"),
    ("stations", "superseded_by"),
    ("issue_assignments", "assigned_by_id"),
    ("notifications", "carried_by"),
    ("place_stamp", "written_by"),
}
"""Columns of that look which hold something else: places, who assigned by role and place, which message spoke of another,
which transaction changed a place."""

RECORD = "what was done in office is a record of that account; a guest has done nothing in office"
STAYS_WHERE_IT_WAS = {
    ("issues", "entered_by"): RECORD,
    ("identity_reveals", "account_id"): RECORD,
    ("booking_reveals", "account_id"): RECORD,
    ("issue_views", "account_id"): RECORD,
    ("issue_notes", "author_account_id"): RECORD,
    ("upload_covers", "account_id"): RECORD,
    ("access_events", "account_id"): RECORD + "; the ledger commits to it",
    ("access_events", "actor_id"): RECORD + "; the ledger commits to it",
    ("binding_requests", "decided_by"): RECORD,
    ("import_runs", "started_by"): RECORD,
    ("reception_minutes", "written_by"): RECORD,
    ("reception_bookings", "entered_by"): RECORD,
    ("parameters", "set_by"): RECORD,
    ("parameters", "withdrawn_by"): RECORD,
    ("policy_documents", "entered_by"): RECORD,
}
MOVED_BUT_NOT_ERASED = {
    ("notifications", "account_id"): "notices name no person and no words; the account they lie at is empty",
    ("policy_consents", "account_id"): "evidence of what was agreed to (PIPL Art. 15, 17), at an empty account",
    ("reception_bookings", "account_id"): "cancelled, with name, phone and topic gone, at an empty account",
    ("issue_followers", "account_id"): "counts of a matter stay right; the account behind is empty",
}
ERASED_NOT_MOVED = {
    ("account_sessions", "account_id"): "signed out: deleted with the account that is closed",
    ("desk_credentials", "account_id"): "one password per person: of two the closed account's is dropped",
    ("desk_recovery_codes", "account_id"): "belong to that password",
    ("desk_setups", "account_id"): "belong to that password",
}


def columns() -> set[tuple[str, str]]:
    found = {(table.name, column.name) for table in Base.metadata.tables.values() for column in table.columns}
    return {pair for pair in found if NAMES_AN_ACCOUNT.search(pair[1])} - NO_ACCOUNTS


@contextmanager
def overheard() -> Iterator[list[str]]:
    """Statements that change something, while it runs."""
    said: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith(("UPDATE", "DELETE")):
            said.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", listen)
    try:
        yield said
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", listen)


def spoken_of(statements: list[str], pair: tuple[str, str]) -> bool:
    table, column = pair
    return any(re.match(rf"(UPDATE|DELETE FROM) {table}\b.*\b{column}\b", one, re.DOTALL) for one in statements)


def missing(run: Callable[[str], None], town: Town, wanted: set[tuple[str, str]]) -> list[tuple[str, str]]:
    """Which of ``wanted`` nothing was done about, for a resident who has left something everywhere."""
    resident = town.guest()
    resident_id = resident.get("/me")["id"]
    issue = town.submits(resident, anonymity="station_only", content="水管坏了，三天没有水")
    resident.post(f"/issues/{issue['id']}/messages", {"text": "还没有来修"}, 201)
    _leave_rows(resident_id, issue["id"], town)
    with overheard() as said:
        run(resident_id)
        db.session.flush()
    db.session.rollback()
    return sorted(pair for pair in wanted if not spoken_of(said, pair))


def _leave_rows(account_id: str, issue_id: str, town: Town) -> None:
    """Where rows are moved one by one, there must be one."""
    connection, at = db.session.connection(), town.clock.now
    tables = Base.metadata.tables
    connection.execute(
        tables["issue_followers"].insert().values(id="f1", issue_id=issue_id, account_id=account_id, joined_at=at)
    )
    connection.execute(
        tables["subscription_credits"].insert().values(account_id=account_id, template_id="t", remaining=1)
    )
    station = town.place.station
    connection.execute(
        tables["reception_days"]
        .insert()
        .values(id="r1", district_id=town.place.district_id, station_id=station, starts_at=at, ends_at=at, place="站")
    )
    connection.execute(
        tables["reception_bookings"].insert().values(id="b1", reception_id="r1", account_id=account_id, created_at=at)
    )
    db.session.commit()


def test_every_column_that_names_an_account_has_been_thought_of() -> None:
    known = {pair for one in (STAYS_WHERE_IT_WAS, MOVED_BUT_NOT_ERASED, ERASED_NOT_MOVED) for pair in one}
    assert known - columns() == set(), "gone: take it off the list"
    assert len(columns()) > 20


def test_what_a_closed_account_held_is_moved(town: Town) -> None:
    def move(closed: str) -> None:
        into = Account(created_on=local_date(town.clock.now))
        db.session.add(into)
        db.session.flush()
        for mover in MOVERS:
            mover(db.session(), closed, into.id)
        joining.absorb(db.session(), closed, into=into.id, now=town.clock.now)

    wanted = columns() - set(STAYS_WHERE_IT_WAS) - set(ERASED_NOT_MOVED)
    assert missing(move, town, wanted) == []


def test_what_an_erased_account_held_is_forgotten(town: Town) -> None:
    assert doors.ADDITIONS, "they bring their erasers"

    def erase(account_id: str) -> None:
        for eraser in ERASERS:
            eraser(db.session(), account_id, town.clock.now)
        actions.erase(db.session(), account_id, now=town.clock.now)

    assert missing(erase, town, columns() - set(STAYS_WHERE_IT_WAS) - set(MOVED_BUT_NOT_ERASED)) == []


def test_the_rule_would_notice_a_table_nobody_moves(town: Town) -> None:
    assert ("issues", "account_id") in missing(lambda _account_id: None, town, columns())
