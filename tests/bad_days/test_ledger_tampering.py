"""Somebody with the database in their hands: whatever they change, take away or slip in is found."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from service.accounts.roles import Role
from service.db import db
from service.issues.audit import forget_account, read_fields, unwitnessed
from service.issues.models import Issue, IssueHistory
from service.ledger.models import LedgerEntry, LedgerLink
from service.ledger.verify import Report, verify
from tests.conftest import FakeClock
from tests.journeys.town import Town

Tamper = Callable[[str, str], None]


def verified(saved_head: str | None = None) -> Report:
    db.session.expire_all()
    return verify(db.session(), partial(read_fields, db.session()), saved_head=saved_head)


@pytest.fixture
def two_issues(town: Town) -> tuple[str, str]:
    """Two issues with several lines each, all linked."""
    ids = []
    for _ in range(2):
        issue = town.submits(
            town.role(Role.RESIDENT), anonymity="named", contact={"name": "王小花", "phone": "13800138000"}
        )
        town.deputy(town.place.primary).does(issue["id"], "accept")
        town.deputy(town.place.primary).does(issue["id"], "answer", text="已经去看过")
        ids.append(issue["id"])
    town.work()
    report = verified()
    assert (report.faults, report.unlinked) == ([], 0)
    return ids[0], ids[1]


def run(statement: sa.Executable) -> None:
    assert db.session.execute(statement, execution_options={"synchronize_session": False}).rowcount >= 1  # type: ignore[attr-defined]


def line(issue_id: str, seq: int) -> sa.ColumnElement[bool]:
    return sa.and_(IssueHistory.issue_id == issue_id, IssueHistory.seq == seq)


def entry(issue_id: str, seq: int) -> sa.ColumnElement[bool]:
    return sa.and_(LedgerEntry.chain == issue_id, LedgerEntry.seq == seq)


def swap(table: Any, one: sa.ColumnElement[bool], other: sa.ColumnElement[bool], column: str) -> None:
    """Exchange a numbered column of two rows."""
    key = getattr(table, column)
    first, second = (db.session.scalar(sa.select(key).where(where)) for where in (one, other))
    ids = [db.session.scalar(sa.select(_identity(table)).where(where)) for where in (one, other)]
    for row, value in ((ids[0], 9999), (ids[1], first), (ids[0], second)):
        run(sa.update(table).where(_identity(table) == row).values({column: value}))


def _identity(table: Any) -> Any:
    return LedgerLink.entry_id if table is LedgerLink else table.id


def copy_row(table: Any, where: sa.ColumnElement[bool], **changes: object) -> None:
    columns = table.__table__.columns.keys()
    row = db.session.execute(sa.select(table.__table__).where(where)).mappings().one()
    values = {name: changes.get(name, row[name]) for name in columns if changes.get(name, "") is not None}
    db.session.execute(sa.insert(table.__table__).values(values))


def last_seq(issue_id: str) -> int:
    return db.session.scalar(sa.select(sa.func.max(IssueHistory.seq)).where(IssueHistory.issue_id == issue_id)) or 0


TAMPERINGS: dict[str, Tamper] = {
    "a note of the history": lambda a, b: run(
        sa.update(IssueHistory).where(line(a, last_seq(a))).values(note="改过的话")
    ),
    "a state of the history": lambda a, b: run(sa.update(IssueHistory).where(line(a, 2)).values(to_state="closed")),
    "an actor of the history": lambda a, b: run(sa.update(IssueHistory).where(line(a, 3)).values(actor_label="别人")),
    "an action of the history": lambda a, b: run(sa.update(IssueHistory).where(line(a, 3)).values(action="decline")),
    "the text of the issue": lambda a, b: run(sa.update(Issue).where(Issue.id == a).values(content="不是他写的")),
    "the state of the issue": lambda a, b: run(sa.update(Issue).where(Issue.id == a).values(state="closed")),
    "the place of the issue": lambda a, b: run(sa.update(Issue).where(Issue.id == a).values(place="别处")),
    "the phone of the issue": lambda a, b: run(
        sa.update(Issue).where(Issue.id == a).values(contact_phone="13900000000")
    ),
    "the choice of who may know": lambda a, b: run(
        sa.update(Issue).where(Issue.id == a).values(anonymity="station_only")
    ),
    "a history row removed": lambda a, b: run(sa.delete(IssueHistory).where(line(a, 2))),
    "the newest history row removed": lambda a, b: run(sa.delete(IssueHistory).where(line(a, last_seq(a)))),
    "a history row slipped in": lambda a, b: copy_row(
        IssueHistory, line(a, 2), id="slippedin", seq=last_seq(a) + 1, note="从来没有发生过"
    ),
    "history rows reordered": lambda a, b: swap(IssueHistory, line(a, 2), line(a, 3), "seq"),
    "an entry edited": lambda a, b: run(sa.update(LedgerEntry).where(entry(a, 2)).values(kind="decline")),
    "an entry rehashed": lambda a, b: run(sa.update(LedgerEntry).where(entry(a, 2)).values(hash="f" * 64)),
    "an entry removed": lambda a, b: run(sa.delete(LedgerEntry).where(entry(a, 2))),
    "an entry slipped in": lambda a, b: copy_row(LedgerEntry, entry(a, 2), id=None, seq=last_seq(a) + 1, hash="e" * 64),
    "entries reordered": lambda a, b: swap(LedgerEntry, entry(a, 2), entry(a, 3), "seq"),
    "a link edited": lambda a, b: run(sa.update(LedgerLink).where(LedgerLink.seq == 2).values(entry_hash="d" * 64)),
    "a link removed": lambda a, b: run(sa.delete(LedgerLink).where(LedgerLink.seq == 2)),
    "a link slipped in": lambda a, b: copy_row(
        LedgerLink, LedgerLink.seq == 2, seq=999, entry_id=999_999, hash="c" * 64
    ),
    "links reordered": lambda a, b: swap(LedgerLink, LedgerLink.seq == 2, LedgerLink.seq == 3, "seq"),
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_it_is_found(two_issues: tuple[str, str], what: str) -> None:
    TAMPERINGS[what](*two_issues)
    db.session.commit()
    assert verified().faults != []


def test_an_issue_slipped_in_past_the_service_is_found(two_issues: tuple[str, str]) -> None:
    assert unwitnessed(db.session()) == []
    copy_row(Issue, Issue.id == two_issues[0], id="slippedin", number="YJ-2026-100-999999", receipt_digest="0" * 64)
    db.session.commit()
    assert unwitnessed(db.session()) == ["YJ-2026-100-999999"]


def test_an_erased_person_leaves_a_chain_that_still_verifies(
    two_issues: tuple[str, str], town: Town, clock: FakeClock
) -> None:
    forget_account(db.session(), town.place.accounts[Role.RESIDENT], now=clock())
    db.session.commit()
    issue = db.session.get_one(Issue, two_issues[0])
    assert (issue.account_id, issue.contact_name, issue.contact_phone) == (None, None, None)
    assert verified().faults == []


def test_erasing_hides_no_edit_of_what_was_said(two_issues: tuple[str, str], town: Town, clock: FakeClock) -> None:
    forget_account(db.session(), town.place.accounts[Role.RESIDENT], now=clock())
    run(sa.update(Issue).where(Issue.id == two_issues[0]).values(content="不是他写的"))
    db.session.commit()
    assert any("content was edited" in fault for fault in verified().faults)


def test_cutting_off_the_newest_rows_shows_only_against_a_saved_head(two_issues: tuple[str, str], town: Town) -> None:
    issue_id = two_issues[1]
    head = verified().heads[town.place.district_id][1]
    last = last_seq(issue_id)
    newest = db.session.scalar(sa.select(LedgerEntry.id).where(entry(issue_id, last)))
    newest_link = sa.select(sa.func.max(LedgerLink.seq))
    assert (
        db.session.scalar(sa.select(LedgerLink.entry_id).where(LedgerLink.seq == newest_link.scalar_subquery()))
        == newest
    )
    run(sa.delete(LedgerLink).where(LedgerLink.entry_id == newest))
    run(sa.delete(LedgerEntry).where(LedgerEntry.id == newest))
    run(sa.delete(IssueHistory).where(line(issue_id, last)))
    before = db.session.scalar(sa.select(IssueHistory.to_state).where(line(issue_id, last - 1)))
    run(sa.update(Issue).where(Issue.id == issue_id).values(state=before))
    db.session.commit()
    assert verified().faults == [], "the honest limit"
    assert any("saved head" in fault for fault in verified(head).faults)
