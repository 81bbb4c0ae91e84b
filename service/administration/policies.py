"""Policy documents (制度): what a district's parameters rest on; the newer supersedes the older (rulebook §1 row 8)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import Actor
from service.accounts.trail import Access
from service.administration import office
from service.db import rows_changed
from service.errors import Conflict, Invalid, NotFound
from service.parameters.models import Parameter, PolicyDocument

AUDIENCES = {"all": "所有人", "deputies": "代表", "staff": "工作人员", "units": "承办单位"}


@dataclass(frozen=True, slots=True)
class Particulars:
    """A document as it is printed. ``valid_to``: its last day, None when it says none."""

    title: str
    issuer: str
    adopted_on: dt.date
    valid_from: dt.date
    audience: str
    number: str | None = None
    edition: str | None = None
    valid_to: dt.date | None = None

    def check(self) -> None:
        """:raises Invalid: naming what cannot be."""
        faults = {}
        if not 2 <= len(self.title) <= 120:
            faults["title"] = "请填写文件的名称（2 至 120 个字）。"
        if not 2 <= len(self.issuer) <= 80:
            faults["issuer"] = "请填写发文机关（2 至 80 个字）。"
        if self.audience not in AUDIENCES:
            faults["audience"] = "请选择适用对象。"
        if self.adopted_on > self.valid_from:
            faults["valid_from"] = "施行日期不能早于通过日期。"
        if self.valid_to is not None and self.valid_to < self.valid_from:
            faults["valid_to"] = "失效日期不能早于施行日期。"
        if faults:
            raise Invalid(fields=faults)


def all_of(session: Session, district_id: str) -> Sequence[PolicyDocument]:
    """The newest to take effect first."""
    statement = sa.select(PolicyDocument).where(PolicyDocument.district_id == district_id)
    return session.scalars(statement.order_by(PolicyDocument.valid_from.desc(), PolicyDocument.id).limit(500)).all()


def one_of(session: Session, district_id: str, policy_id: str) -> PolicyDocument:
    """:raises NotFound: when the district has no such document."""
    row = session.get(PolicyDocument, policy_id)
    if row is None or row.district_id != district_id:
        raise NotFound("没有找到这份制度文件。")
    return row


def set_by(session: Session, district_id: str) -> dict[str, list[Parameter]]:
    """Document → the values it set, withdrawn ones left out, the newest first."""
    statement = sa.select(Parameter).where(
        Parameter.district_id == district_id, Parameter.policy_id.is_not(None), Parameter.withdrawn_at.is_(None)
    )
    found: dict[str, list[Parameter]] = {}
    for row in session.scalars(statement.order_by(Parameter.valid_from.desc(), Parameter.id)):
        found.setdefault(str(row.policy_id), []).append(row)
    return found


def enter(
    session: Session,
    district_id: str,
    said: Particulars,
    *,
    supersedes_id: str | None,
    actor: Actor,
    now: dt.datetime,
) -> PolicyDocument:
    """Enter a document; the one it supersedes ends the day before it takes effect.

    :raises Conflict: when that one is superseded already.  :raises NotFound: when there is none.
    :raises Invalid: for particulars that cannot be.
    """
    office.role_in(actor, district_id, *office.EDITORS)
    office.one_at_a_time(session, district_id)
    said.check()
    if supersedes_id is not None:
        _end_before(session, one_of(session, district_id, supersedes_id), said.valid_from)
    row = PolicyDocument(
        district_id=district_id,
        title=said.title,
        number=said.number,
        issuer=said.issuer,
        adopted_on=said.adopted_on,
        valid_from=said.valid_from,
        valid_to=said.valid_to,
        edition=said.edition,
        audience=said.audience,
        supersedes_id=supersedes_id,
        entered_at=now,
        entered_by=actor.account_id,
    )
    session.add(row)
    session.flush()
    _note(session, row, "登记", actor, now)
    return row


def _end_before(session: Session, old: PolicyDocument, day: dt.date) -> None:
    taken = sa.select(PolicyDocument.id).where(PolicyDocument.supersedes_id == old.id)
    if session.scalar(taken) is not None:
        raise Conflict("这份文件已经被另一份取代，请看最新的一份。", code="stale_version")
    if day <= old.valid_from:
        raise Invalid(fields={"valid_from": "新文件的施行日期要晚于被取代的文件。"})
    last = day - dt.timedelta(days=1)
    old.valid_to = last if old.valid_to is None else min(old.valid_to, last)


def end(
    session: Session, district_id: str, policy_id: str, *, last_day: dt.date, actor: Actor, now: dt.datetime
) -> PolicyDocument:
    """Say on which day a document holds for the last time (废止). Parameters it set go on until they are changed.

    :raises Invalid: for a day before it began.  :raises Conflict: when it has an end already.
    """
    office.role_in(actor, district_id, *office.EDITORS)
    row = one_of(session, district_id, policy_id)
    if last_day < row.valid_from:
        raise Invalid(fields={"last_day": "失效日期不能早于施行日期。"})
    open_still = sa.update(PolicyDocument).where(PolicyDocument.id == policy_id, PolicyDocument.valid_to.is_(None))
    if not rows_changed(session.execute(open_still.values(valid_to=last_day))):
        raise Conflict("这份文件已经有失效日期了。", code="stale_version")
    _note(session, row, "废止", actor, now)
    return row


def _note(session: Session, row: PolicyDocument, what: str, actor: Actor, now: dt.datetime) -> None:
    data = {"what": what, "title": row.title, "number": row.number}
    office.note(session, Access.POLICY_CHANGED, actor=actor, district_id=row.district_id, now=now, data=data)
