"""What is known of a deputy as a person, corrected: what the public reads, and who the person is. Rulebook §9.8, §12."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts import trail
from service.accounts.binding import clean_phone, phone_index
from service.accounts.models import Account
from service.accounts.queries import accounts_with
from service.accounts.roles import Actor, Role
from service.deputies import authority
from service.deputies.actions.people import LONGEST_NAME
from service.deputies.models import Deputy, Mandate
from service.errors import Conflict, Invalid, NotFound
from service.events import Event
from service.marks import mark_of
from service.outbox.actions import record
from service.remembered import Remembered

TITLES: Mapping[str, str] = {
    "name": "姓名",
    "roster_number": "编号",
    "phone": "手机号",
    "employer": "工作单位",
    "introduction": "简介",
}
"""The facts of a person, in the order in which they are told."""
FASTER = "这位代表的资料刚刚被别人改过，请看过最新的再改。"
TAKEN = "另一位代表已经用了这个编号。"
NO_DEPUTY = "没有找到这位代表。"


@dataclass(frozen=True, slots=True)
class Person:
    """Who somebody is; only the district's office says so. ``phone`` None: as it was."""

    name: str
    roster_number: str | None = None
    phone: str | None = None


def seen(deputy: Deputy) -> str:
    """A mark of the facts as they are: a form carries it, so that nobody overwrites what they have not seen."""
    facts = [getattr(deputy, name) for name in (*TITLES, "phone_index") if name != "phone"]
    return mark_of(facts)


def office_of(session: Session, actor: Actor, deputy: Deputy) -> Role:
    """As which office the actor corrects the facts.

    :raises NotFound: for whoever is no office of that deputy's, so that guessing ids tells nothing.
    """
    held = session.scalars(sa.select(Mandate).where(Mandate.deputy_id == deputy.id)).all()
    found = authority.correcting(actor, deputy.district_id, held)
    if found is None:
        raise NotFound(NO_DEPUTY)
    return found


def correct(
    session: Session,
    deputy_id: str,
    *,
    introduction: str | None,
    employer: str | None,
    person: Person | None = None,
    actor: Actor,
    as_seen: str,
    now: dt.datetime,
) -> list[str]:
    """Set the facts; the titles of those that changed. Where any did, there is a line in the trail, and the deputy is told.

    :raises NotFound: see :func:`office_of`.  :raises Forbidden: ``person`` from anybody but the district's office.
    :raises Conflict: when they changed since ``as_seen``.
    :raises Invalid: without a name, for a number somebody else has, and for no mobile number.
    """
    wanted = sa.select(Deputy).where(Deputy.id == deputy_id).with_for_update()
    row = session.scalar(wanted.execution_options(populate_existing=True))
    if row is None:
        raise NotFound(NO_DEPUTY)
    office_of(session, actor, row)
    if seen(row) != as_seen:
        raise Conflict(FASTER, code="stale_version")
    facts: dict[str, str | None] = {"introduction": introduction, "employer": employer}
    if person is not None:
        authority.require_district_office(actor, row.district_id)
        facts |= _of_person(session, row, person)
    before = row.name
    changed = {name for name, value in facts.items() if getattr(row, name) != value}
    for name in changed:
        setattr(row, name, facts[name])
    titles = [title for name, title in TITLES.items() if name in changed]
    if titles:
        session.flush()
        _rename_accounts(session, row, before)
        _tell(session, row, titles, before, actor, now)
    return titles


def _of_person(session: Session, row: Deputy, person: Person) -> dict[str, str | None]:
    name, number = person.name.strip(), person.roster_number or None
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Invalid(fields={"name": f"姓名应为 1 到 {LONGEST_NAME} 个字。"})
    same = sa.select(Deputy.id).where(Deputy.district_id == row.district_id, Deputy.roster_number == number)
    if number is not None and session.scalar(same.where(Deputy.id != row.id)) is not None:
        raise Invalid(fields={"roster_number": TAKEN})
    facts = {"name": name, "roster_number": number}
    if person.phone is None:
        return facts
    phone = clean_phone(person.phone)
    return facts | {"phone": phone, "phone_index": phone_index(phone)}


def _rename_accounts(session: Session, row: Deputy, before: str) -> None:
    """Who was bound under the old name bears the new one; a name of somebody's own choice stays."""
    if row.name == before:
        return
    ids = accounts_with(session, Role.DEPUTY, district_id=row.district_id, deputy_id=row.id)
    for account in session.scalars(sa.select(Account).where(Account.id.in_(ids))):
        if account.display_name == before:
            account.display_name = row.name


def _tell(session: Session, row: Deputy, titles: list[str], before: str, actor: Actor, now: dt.datetime) -> None:
    """Names and titles of what changed only: no number stands in the trail."""
    Remembered.forget_all()
    data = {"name": row.name, "what": titles} | ({"before": before} if before != row.name else {})
    kind, by = trail.Access.DEPUTY_CORRECTED, actor.account_id
    trail.record(session, kind, now=now, account_id=by, actor_id=by, district_id=row.district_id, data=data)
    payload = {"deputy_id": row.id, "what": titles}
    record(session, Event.DEPUTY_CORRECTED, payload, district_id=row.district_id, now=now)
