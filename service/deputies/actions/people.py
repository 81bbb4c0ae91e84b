"""Register deputies; give and change mandates. A change takes effect on routing at once (rulebook §9.5)."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import Actor
from service.calendar.workdays import local_date
from service.crypto import ring
from service.deputies import authority, portraits, queries, terms
from service.deputies.mandates import MANDATE_MOVES, Level, MandateState
from service.deputies.models import CongressTerm, Deputy, GridAssignment, Mandate
from service.errors import Conflict, Invalid, NotFound
from service.events import Event
from service.ids import new_id
from service.outbox.actions import record
from service.territory import queries as territory
from service.territory.models import STREET, Constituency

LONGEST_NAME = 40
_ENDED = (MandateState.TERMINATED, MandateState.ARCHIVED)


def create_deputy(
    session: Session,
    *,
    district_id: str,
    name: str,
    introduction: str | None = None,
    employer: str | None = None,
    phone: str | None = None,
) -> Deputy:
    """A person; what the person was elected to follows with :func:`give_mandate`.

    ``phone`` is kept encrypted and looked up by its blind index when the deputy binds an account (rulebook §9.8).

    :raises Invalid: without a name.
    """
    if not 1 <= len(name.strip()) <= LONGEST_NAME:
        raise Invalid("请填写代表姓名。", fields={"name": f"姓名应为 1 到 {LONGEST_NAME} 个字。"})
    row = Deputy(
        id=new_id(),
        district_id=territory.district(session, district_id).id,
        name=name.strip(),
        introduction=introduction,
        employer=employer,
        phone=phone,
        phone_index=ring().blind_index(phone, "phone") if phone else None,
    )
    session.add(row)
    session.flush()
    return row


def give_mandate(
    session: Session,
    *,
    district_id: str,
    deputy_id: str,
    level: Level,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    term_id: str | None = None,
    constituency_id: str | None = None,
    township_code: str | None = None,
    state: MandateState = MandateState.ACTIVE,
) -> Mandate:
    """What a deputy was elected to; ``valid_to`` is the first day after it. A person may hold several levels at a time.

    :raises NotFound: when the deputy, term, constituency or township is not the district's.
    :raises Invalid: for a TOWN mandate without a town (街道 has no congress, rulebook §6), or dates reversed.
    :raises Conflict: when the deputy already holds a mandate of that level in that time.
    """
    deputy = queries.deputy(session, district_id, deputy_id)
    if valid_to is not None and valid_to <= valid_from:
        raise Invalid("代表资格的结束日期应在开始日期之后。", fields={"valid_to": "请检查日期。"})
    _check_town(session, district_id, level, township_code)
    _check_electoral_rows(session, district_id, level, term_id, constituency_id)
    _check_free(session, deputy.id, level, valid_from, valid_to)
    row = Mandate(
        id=new_id(),
        district_id=district_id,
        deputy_id=deputy.id,
        level=level.value,
        term_id=term_id,
        constituency_id=constituency_id,
        township_code=township_code,
        state=state.value,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    session.add(row)
    session.flush()
    return row


def elect(
    session: Session,
    *,
    district_id: str,
    deputy_id: str,
    level: Level,
    township_code: str | None,
    valid_from: dt.date,
    actor: Actor,
    now: dt.datetime,
) -> Mandate:
    """A by-election (补选): a mandate for the rest of the running term. Takes effect on routing at once.

    :raises Forbidden: for others than A of the district. Otherwise as :func:`give_mandate`; Invalid for a day too far off.
    """
    authority.require_district_office(actor, district_id)
    today = local_date(now)
    if not today - terms.EARLIEST <= valid_from <= today + terms.LATEST:
        sentence = f"请填写 {today - terms.EARLIEST} 到 {today + terms.LATEST} 之间的日期。"
        raise Invalid(fields={"valid_from": sentence})
    town = township_code if level is Level.TOWN else None
    term = terms.running(session, territory.district(session, district_id), level, town, on=valid_from)
    row = give_mandate(
        session,
        district_id=district_id,
        deputy_id=deputy_id,
        level=level,
        valid_from=valid_from,
        valid_to=term.ends_on + terms.DAY if term else None,
        term_id=term.id if term else None,
        township_code=township_code,
    )
    record(session, Event.DEPUTY_AVAILABILITY_CHANGED, {"deputy_id": deputy_id}, district_id=district_id, now=now)
    return row


def _check_town(session: Session, district_id: str, level: Level, township_code: str | None) -> None:
    kind = territory.division(session, district_id, township_code).kind if township_code else None
    if level is Level.TOWN and kind in (None, STREET):
        raise Invalid("街道不设人民代表大会，镇人大代表必须属于一个镇。", fields={"township_code": "请选择镇。"})


def _check_electoral_rows(
    session: Session, district_id: str, level: Level, term_id: str | None, constituency_id: str | None
) -> None:
    term = session.get(CongressTerm, term_id) if term_id else None
    constituency = session.get(Constituency, constituency_id) if constituency_id else None
    for row, row_id, title in ((term, term_id, "届次"), (constituency, constituency_id, "选区")):
        if row_id is None:
            continue
        if row is None or row.district_id != district_id:
            raise NotFound(f"没有找到这个{title}。")
        if row.level != level.value:
            raise Invalid(f"{title}与代表的层级不一致。")


def _check_free(session: Session, deputy_id: str, level: Level, start: dt.date, end: dt.date | None) -> None:
    overlapping = sa.select(Mandate.id).where(
        Mandate.deputy_id == deputy_id,
        Mandate.level == level.value,
        Mandate.state.not_in([state.value for state in _ENDED]),
        sa.or_(Mandate.valid_to.is_(None), Mandate.valid_to > start),
    )
    if end is not None:
        overlapping = overlapping.where(Mandate.valid_from < end)
    if session.scalar(overlapping.limit(1)) is not None:
        raise Conflict("这位代表在该时间已有同一层级的代表资格。")


def change_mandate(
    session: Session,
    mandate_id: str,
    state: MandateState,
    *,
    reason: str,
    actor: Actor,
    now: dt.datetime,
    seen: str | None = None,
) -> Mandate:
    """Move a mandate along :data:`MANDATE_MOVES`; only A of its district may, and says why.

    A termination ends the mandate today, and with the last mandate the grids that person answered for. Reactions to the
    event hand open issues over within a day (rulebook §9.5). ``seen``: the state the person decided upon.

    :raises NotFound: when there is none in a district of the actor's.  :raises Forbidden: for others than A.
    :raises Invalid: without a reason.  :raises Conflict: when the move is not in the table.
    """
    row = session.scalar(sa.select(Mandate).where(Mandate.id == mandate_id).with_for_update())
    if row is None or row.district_id not in {grant.district_id for grant in actor.grants}:
        raise NotFound("没有找到这项代表资格。")
    authority.require_district_office(actor, row.district_id)
    if not reason.strip():
        raise Invalid("请写明变更代表资格的依据。", fields={"reason": "请写明依据。"})
    if state not in MANDATE_MOVES[MandateState(row.state)] or seen not in (None, row.state):
        raise Conflict("代表资格目前的状态不能这样变更，请刷新后再试。", current=row.state)
    row.state, row.reason = state.value, reason.strip()
    if state is MandateState.TERMINATED:
        _end(session, row, now)
    session.flush()
    payload = {"deputy_id": row.deputy_id}
    record(session, Event.DEPUTY_AVAILABILITY_CHANGED, payload, district_id=row.district_id, now=now)
    return row


def _end(session: Session, mandate: Mandate, now: dt.datetime) -> None:
    today = local_date(now)
    if mandate.valid_to is None or mandate.valid_to > today:
        mandate.valid_to = max(today, mandate.valid_from)
    others = sa.select(Mandate.id).where(
        Mandate.deputy_id == mandate.deputy_id,
        Mandate.id != mandate.id,
        Mandate.state.not_in([state.value for state in _ENDED]),
    )
    if session.scalar(others.limit(1)) is None:
        held = sa.update(GridAssignment).where(
            GridAssignment.deputy_id == mandate.deputy_id, GridAssignment.valid_to.is_(None)
        )
        session.execute(held.values(valid_to=today))
        portraits.take_down(session, [mandate.deputy_id], now=now)
