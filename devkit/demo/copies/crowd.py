"""Residents by the thousand, for a filled database: an account and a WeChat identity each, nobody of them real."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import count, cycle, islice

import sqlalchemy as sa
from sqlalchemy.orm import Session

from devkit.demo.accounts import PROVIDER
from devkit.demo.copies.setting import Resident
from devkit.demo.copies.sinks import Sink, table_of
from devkit.demo.names import invented_names
from devkit.demo.rows import demo_id
from devkit.wechat_sandbox.identities import openid_for
from service.accounts.models import Account, Identity
from service.calendar.workdays import local_date
from service.crypto import ring

PER_RESIDENT = 5
"""So many issues for each resident."""
_BATCH = 20_000


def crowd(session: Session, size: int, *, now: dt.datetime) -> list[Resident]:
    """The first ``size`` of the crowd; those not there yet are written and committed."""
    people = list(islice(_people(), size))
    there = _there(session, people)
    sink = Sink(session)
    for number, person in enumerate(people[there:], start=there):
        _add(sink, person, f"demo-crowd-{number}", now)
        if number % _BATCH == 0:
            sink.flush()
    sink.flush()
    session.commit()
    return people


def _people() -> Iterator[Resident]:
    for number, name in zip(count(), cycle(invented_names()), strict=False):
        yield Resident(demo_id("crowd", number), name, f"1991{number:07d}")


def _there(session: Session, people: list[Resident]) -> int:
    """How many were written before: they are written in order, all or none of a run."""
    low, high = 0, len(people)
    while low < high:
        middle = (low + high) // 2
        known = session.scalar(sa.select(Account.id).where(Account.id == people[middle].account_id))
        low, high = (middle + 1, high) if known else (low, middle)
    return low


def _add(sink: Sink, person: Resident, code: str, now: dt.datetime) -> None:
    openid = openid_for(code)
    account = {
        "id": person.account_id,
        "display_name": person.name,
        "phone": person.phone,
        "phone_index": ring().blind_index(person.phone or "", "phone"),
        "created_on": local_date(now),
    }
    identity = {
        "id": demo_id("identity", code),
        "account_id": person.account_id,
        "provider": PROVIDER,
        "subject": openid,
        "subject_index": ring().blind_index(openid, f"identity.{PROVIDER}"),
    }
    sink.add(table_of(Account), account)
    sink.add(table_of(Identity), identity)
