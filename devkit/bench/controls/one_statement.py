"""The rows of one submission, written by one statement in one round trip: the least a durable answer can cost.

Every column of every row gets a value: the newest real submission is read once per process and lends its values, so
the control keeps writing what the product writes when a column is added.
"""

from __future__ import annotations

import datetime as dt
import secrets
import threading
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from service.ids import new_id

SAMPLES = {
    "issues": "select * from issues order by created_at desc limit 1",
    "issue_history": "select * from issue_history where issue_id = %(issue_id)s and seq = 1",
    "ledger_entries": "select * from ledger_entries where chain = %(issue_id)s and seq = 1",
    "outbox": "select * from outbox where payload ->> 'issue_id' = %(issue_id)s and event = 'issue_submitted'",
    "answered_requests": "select * from answered_requests where answer is not null order by expires_at desc limit 1",
}
NUMBERED_BY_THE_DATABASE = ("ledger_entries", "outbox")

Row = dict[str, Any]


class Writer:
    """Writes submissions; thread-safe."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._rows: dict[str, Row] | None = None
        self._statement = ""

    def write(self, content: str) -> str:
        """One issue with its history line, ledger entry, event and stored answer; its id. Durable on return."""
        rows = self._rows or self._prepare()
        issue_id = new_id()
        fresh = _fresh(rows, issue_id, content)
        values = {
            f"{table}_{column}": fresh[table].get(column, value)
            for table, row in rows.items()
            for column, value in row.items()
        }
        connection = self._engine.raw_connection()
        try:
            driver: Any = connection.driver_connection
            driver.autocommit = True  # the statement is the transaction: no BEGIN, no COMMIT
            driver.execute(self._statement, values)
            driver.autocommit = False
        finally:
            connection.close()
        return issue_id

    def _prepare(self) -> dict[str, Row]:
        with self._lock:
            if self._rows is None:
                rows = _sample(self._engine)
                self._statement = statement_for(rows)
                self._rows = rows
            return self._rows


def _sample(engine: sa.Engine) -> dict[str, Row]:
    """The rows of the newest submission.

    :raises LookupError: before the first submission.
    """
    connection = engine.raw_connection()
    try:
        driver: Any = connection.driver_connection
        found: dict[str, Row] = {}
        for table, query in SAMPLES.items():
            issue_id = found["issues"]["id"] if found else None
            row = driver.cursor(row_factory=dict_row).execute(query, {"issue_id": issue_id}).fetchone()
            if row is None:
                raise LookupError(f"no row of {table} to copy: submit an issue first")
            if table in NUMBERED_BY_THE_DATABASE:
                del row["id"]
            found[table] = {column: _bindable(value) for column, value in row.items()}
        return found
    finally:
        connection.close()


def _bindable(value: Any) -> Any:
    return Jsonb(value) if isinstance(value, dict | list) else value


def _fresh(rows: Mapping[str, Row], issue_id: str, content: str) -> dict[str, Row]:
    """What differs from submission to submission: keys, digests, the text and the time."""
    now, entry_hash = dt.datetime.now(dt.UTC), secrets.token_hex(32)
    payload = Jsonb(dict(rows["outbox"]["payload"].obj) | {"issue_id": issue_id})
    return {
        "issues": {
            "id": issue_id,
            "number": f"CTL-{secrets.token_hex(8)}",
            "receipt_digest": secrets.token_hex(32),
            "rating_digest": secrets.token_hex(32),
            "content": content,
            "redacted": content,
            "created_at": now,
        },
        "issue_history": {"id": new_id(), "issue_id": issue_id, "at": now, "entry_hash": entry_hash},
        "ledger_entries": {"chain": issue_id, "at": now, "hash": entry_hash},
        "outbox": {"payload": payload, "next_at": now},
        "answered_requests": {"key_digest": secrets.token_hex(32), "body_digest": secrets.token_hex(32)},
    }


def statement_for(rows: Mapping[str, Row]) -> str:
    """One ``with … insert`` per table; foreign keys are checked at its end, so the order does not matter."""
    inserts = [
        f"insert into {table} ({', '.join(row)}) values ({', '.join(f'%({table}_{column})s' for column in row)})"  # noqa: S608
        for table, row in rows.items()
    ]
    *first, last = inserts
    steps = ", ".join(f"step_{place} as ({insert})" for place, insert in enumerate(first))
    return f"with {steps} {last}"
