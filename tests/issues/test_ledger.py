"""The hash chain on both databases: append, link, erase, and finding whoever changed something. Mechanism of the contract."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.ledger import actions, hashing, queries
from service.ledger.models import LedgerEntry, LedgerLink
from service.ledger.verify import verify

NOW = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)
Live = dict[tuple[str, int], dict[str, Any]]


def append(session: Session, *, chain: str, **entry: Any) -> LedgerEntry:
    row = actions.next_entry(actions.newest(session, chain), chain=chain, **entry)
    session.add(row)
    return row


@pytest.fixture
def live(session: Session) -> Live:
    """Two chains in one district and one in another, linked; what stands in the "live tables"."""
    written: Live = {}
    for chain, district, count in (("one", "512002", 3), ("two", "512002", 2), ("far", "510182", 1)):
        for number in range(1, count + 1):
            fields = {"action": f"step{number}", "content": f"第{number}句", "who": None}
            entry = append(
                session,
                district_id=district,
                chain=chain,
                kind=f"step{number}",
                fields=fields,
                at=NOW,
            )
            session.flush()
            assert entry.seq == number
            written[(chain, number)] = fields
    session.commit()
    assert actions.link_new(session, now=NOW) == 6
    session.commit()
    return written


def faults(session: Session, live: Live, **options: Any) -> list[str]:
    session.commit()
    session.expire_all()

    def read(wanted: list[tuple[str, int]]) -> Mapping[tuple[str, int], Mapping[str, Any]]:
        return {key: live[key] for key in wanted if key in live}

    return verify(session, read, **options).faults


def change(session: Session, statement: Any) -> None:
    session.execute(statement.execution_options(synchronize_session=False))
    session.commit()


def test_an_untouched_ledger_verifies_and_shows_its_heads(session: Session, live: Live) -> None:
    assert faults(session, live) == []
    report = verify(session, lambda wanted: {key: live[key] for key in wanted})
    assert (report.entries, report.links, report.unlinked) == (6, 6, 0)
    assert report.heads["512002"][0] == 5 and report.heads["510182"][0] == 1
    shown = {head.district_id: (head.links, head.head) for head in queries.heads(session)}
    assert shown == report.heads


def test_a_value_changed_in_the_live_table_is_found_by_its_name(session: Session, live: Live) -> None:
    live[("one", 2)]["content"] = "别的话"
    assert faults(session, live) == ["entry one/2: field content was edited"]


def test_a_live_row_that_is_gone_is_found(session: Session, live: Live) -> None:
    del live[("two", 2)]
    assert faults(session, live) == ["entry two/2: the history row it commits to was removed"]


@pytest.mark.parametrize("column", ["kind", "at", "hash", "prev_hash", "commitments", "district_id"])
def test_an_entry_edited_in_any_column_is_found(session: Session, live: Live, column: str) -> None:
    new: dict[str, Any] = {
        "kind": "other", "at": NOW + dt.timedelta(seconds=1), "hash": "f" * 64, "prev_hash": "e" * 64,
        "commitments": {}, "district_id": "510182",
    }  # fmt: skip
    change(
        session,
        sa.update(LedgerEntry).where(LedgerEntry.chain == "one", LedgerEntry.seq == 2).values({column: new[column]}),
    )
    assert any("one/2" in fault for fault in faults(session, live))


def test_an_entry_taken_out_of_the_middle_is_found_though_its_live_row_went_too(session: Session, live: Live) -> None:
    change(session, sa.delete(LedgerEntry).where(LedgerEntry.chain == "one", LedgerEntry.seq == 2))
    del live[("one", 2)]
    found = faults(session, live)
    assert "entry one/3: 1 row(s) before it were removed" in found
    assert any(fault.startswith("link 512002/") for fault in found)


def test_a_whole_chain_taken_away_is_found_by_the_links(session: Session, live: Live) -> None:
    change(session, sa.delete(LedgerEntry).where(LedgerEntry.chain == "two"))
    kept = {key: value for key, value in live.items() if key[0] != "two"}
    assert len([fault for fault in faults(session, kept) if "its entry was edited or removed" in fault]) == 2


def test_two_entries_swapped_are_found(session: Session, live: Live) -> None:
    rows = {row.seq: row for row in session.scalars(sa.select(LedgerEntry).where(LedgerEntry.chain == "one"))}
    first, second = rows[2].id, rows[3].id
    session.rollback()
    for row_id, seq in ((first, 99), (second, 2), (first, 3)):
        change(session, sa.update(LedgerEntry).where(LedgerEntry.id == row_id).values(seq=seq))
    live[("one", 2)], live[("one", 3)] = live[("one", 3)], live[("one", 2)]
    assert faults(session, live)


@pytest.mark.parametrize("column", ["hash", "prev_hash", "entry_hash"])
def test_a_link_edited_is_found(session: Session, live: Live, column: str) -> None:
    change(
        session,
        sa.update(LedgerLink).where(LedgerLink.district_id == "512002", LedgerLink.seq == 2).values({column: "d" * 64}),
    )
    assert faults(session, live)


def test_cutting_off_the_newest_is_found_only_with_a_head_saved_elsewhere(session: Session, live: Live) -> None:
    saved = actions.head(session, "512002")[1]
    assert faults(session, live, saved_head=saved) == []
    last = session.scalar(sa.select(LedgerLink.entry_id).where(LedgerLink.hash == saved))
    row = session.get(LedgerEntry, last)
    assert row is not None
    key = (row.chain, row.seq)
    session.rollback()
    change(session, sa.delete(LedgerLink).where(LedgerLink.hash == saved))
    change(session, sa.delete(LedgerEntry).where(LedgerEntry.id == last))
    del live[key]
    assert faults(session, live) == [], "honest: a shorter chain is right in itself"
    assert any("saved head" in fault for fault in faults(session, live, saved_head=saved))


def test_erasing_a_value_breaks_nothing_and_cannot_be_undone(session: Session, live: Live) -> None:
    head = actions.head(session, "512002")
    actions.erase(session, "one", ["content"])
    for number in (1, 2, 3):
        live[("one", number)]["content"] = None
    assert faults(session, live) == []
    assert actions.head(session, "512002") == head
    salts = session.scalars(sa.select(LedgerEntry.salts).where(LedgerEntry.chain == "one")).all()
    assert all(set(kept or {}) == {"action", "who"} for kept in salts)
    live[("one", 1)]["action"] = "something else"
    assert faults(session, live) == ["entry one/1: field action was edited"], "the rest is still watched"


def test_the_same_value_is_committed_to_differently_each_time(session: Session, live: Live) -> None:
    rows = session.scalars(sa.select(LedgerEntry)).all()
    said = [row.commitments["who"] for row in rows]
    assert len(set(said)) == len(said), "a salt of its own: nobody can compare or guess"
    assert all(value is not None and "第" not in str(row.commitments) for row, value in zip(rows, said, strict=True))


def test_two_on_the_same_chain_at_once_only_one_gets_the_place(session: Session, live: Live) -> None:
    for _ in range(2):
        session.add(
            LedgerEntry(
                district_id="512002", chain="one", seq=4, kind="x", at=NOW, commitments={}, salts={}, prev_hash="0" * 64,
                hash=secrets.token_hex(32),
            )
        )  # fmt: skip
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_linking_again_links_nothing_and_new_entries_go_on_from_the_head(session: Session, live: Live) -> None:
    assert actions.link_new(session, now=NOW) == 0
    fields = {"action": "more", "content": "又一句", "who": None}
    append(session, district_id="512002", chain="two", kind="more", fields=fields, at=NOW)
    live[("two", 3)] = fields
    session.flush()
    assert actions.link_new(session, now=NOW) == 1
    assert actions.head(session, "512002")[0] == 6
    assert faults(session, live) == []


def test_an_entry_that_comes_late_is_linked_among_the_recent_and_an_older_one_by_the_whole_walk(
    session: Session, live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = session.scalar(sa.select(sa.func.max(LedgerEntry.id))) or 0

    def comes(number: int) -> None:
        session.add(
            LedgerEntry(
                id=last + number, district_id="512002", chain=f"late-{number}", seq=1, kind="x", at=NOW, commitments={},
                salts={}, prev_hash="0" * 64, hash=secrets.token_hex(32),
            )
        )  # fmt: skip
        session.flush()

    monkeypatch.setattr(actions, "RECENT", 2)
    for number in (10, 12, 14):
        comes(number)
    assert actions.link_new(session, now=NOW) == 3
    comes(13)
    assert actions.link_new(session, now=NOW) == 1, "under way while the next one was linked"
    comes(9)
    assert actions.link_new(session, now=NOW) == 0, "too far back for every two seconds"
    assert actions.link_new(session, now=NOW, whole=True) == 1


def test_an_entry_needs_neither_actor_nor_time(session: Session, live: Live) -> None:
    append(session, district_id="512002", chain="ballot", kind="ballot", fields={"marks": [1, 3]}, at=None)
    live[("ballot", 1)] = {"marks": [1, 3]}
    session.flush()
    assert actions.link_new(session, now=NOW) == 1
    assert faults(session, live) == []


# ---------------------------------------------------------------- hashing

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def turned_round(value: Any) -> Any:
    """The same with the fields of every dictionary in it, however deep, from the last to the first."""
    if isinstance(value, dict):
        return {key: turned_round(value[key]) for key in reversed(value)}
    return [turned_round(one) for one in value] if isinstance(value, list) else value


@given(st.dictionaries(st.text(), values))
def test_the_order_of_fields_means_nothing(fields: dict[str, Any]) -> None:
    turned = turned_round(fields)
    assert hashing.canonical(fields) == hashing.canonical(turned)
    assert hashing.commitment("s", fields) == hashing.commitment("s", turned)


def test_the_same_moment_in_another_zone_is_the_same_hash() -> None:
    def entry(at: dt.datetime | None) -> str:
        return hashing.entry_hash("0" * 64, "512002", "one", 1, "submit", at, {})

    china = NOW.astimezone(dt.timezone(dt.timedelta(hours=8)))
    assert entry(NOW) == entry(china)
    assert len({entry(NOW), entry(NOW + dt.timedelta(microseconds=1)), entry(None)}) == 3


def test_a_verifier_elsewhere_gets_the_same_hashes() -> None:
    """Worked out with sha256sum from the description in ``hashing``; changing this breaks every printed head."""
    assert hashing.GENESIS == "0" * 64
    assert hashing.commitment("ab", "路灯") == _sha('ab\x1f"路灯"')
    commitments = {"b": "2", "a": "1"}
    text = f'["{"0" * 64}","512002","one",1,"submit","2026-03-02T01:00:00.000000+00:00",{{"a":"1","b":"2"}}]'
    assert hashing.entry_hash("0" * 64, "512002", "one", 1, "submit", NOW, commitments) == _sha(text)
    assert hashing.link_hash("0" * 64, "512002", 1, "e" * 64) == _sha(f'["{"0" * 64}","512002",1,"{"e" * 64}"]')


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
