"""Looking after the logs (审计): who signed in, took files, changed settings, looked behind a mask. Never contents (§12)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts import trail
from service.accounts.models import Account
from service.accounts.roles import ROLE_TITLES, Role
from service.accounts.trail import Access
from service.administration import settings
from service.calendar.workdays import SHANGHAI, local_date
from service.issues.models import IdentityReveal, Issue
from service.ledger.models import LedgerCheck
from service.parameters import catalogue
from service.stations.models import BookingReveal, ReceptionBooking, ReceptionDay

WATCHERS = (Role.DISTRICT, Role.AUDITOR, Role.ADMIN)
SEES_REVEALS = (Role.DISTRICT, Role.AUDITOR)
"""An administrator keeps the settings; why somebody looked at a name is no setting."""

GROUPS: Mapping[str, tuple[str, frozenset[Access]]] = {
    "desk": ("登录工作台", frozenset({Access.DESK_QR, Access.DESK_PASSWORD, Access.DESK_FAILED})),
    "taken": (
        "导出",
        frozenset(
            {Access.ISSUES_TAKEN, Access.SHEET_TAKEN, Access.MINUTES_TAKEN, Access.LOG_TAKEN, Access.ROSTER_TAKEN}
        ),
    ),
    "settings": (
        "参数和制度",
        frozenset(
            {
                Access.PARAMETER_SET,
                Access.PARAMETER_WITHDRAWN,
                Access.POLICY_CHANGED,
                Access.CATEGORY_CHANGED,
                Access.TEXT_CHANGED,
                Access.HOLIDAYS_PUBLISHED,
            }
        ),
    ),
    "people": ("代表资料", frozenset({Access.DEPUTY_CORRECTED})),
    "identity": (
        "工作身份和密码",
        frozenset(
            {
                Access.INVITED,
                Access.UNINVITED,
                Access.BOUND,
                Access.REQUESTED,
                Access.CONFIRMED,
                Access.REFUSED,
                Access.ENDED,
                Access.JOINED,
                Access.SETUP_ISSUED,
                Access.CREDENTIALS_SET,
                Access.PASSWORD_CHANGED,
                Access.CREDENTIALS_DROPPED,
            }
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Span:
    """Days in China, both included; None leaves that side open."""

    since: dt.date | None = None
    until: dt.date | None = None

    def only(self, kinds: frozenset[Access] = frozenset()) -> trail.Only:
        return trail.Only(kinds, *self.moments())

    def moments(self) -> tuple[dt.datetime | None, dt.datetime | None]:
        end = self.until + dt.timedelta(days=1) if self.until else None
        return _begin(self.since), _begin(end)


def _begin(day: dt.date | None) -> dt.datetime | None:
    return dt.datetime.combine(day, dt.time(), SHANGHAI) if day else None


class Look(NamedTuple):
    """Somebody saw a resident's name, and why. ``about``: the number of the issue, which a watcher cannot open, or the
    reception day that was booked.
    """

    reveal: IdentityReveal | BookingReveal
    about: str
    person_name: str | None


class _Source(NamedTuple):
    """Where looks are written. ``rows``: the look, what it was about, who looked; ``told``: what it was about, in words."""

    table: type[IdentityReveal] | type[BookingReveal]
    district: Any
    rows: sa.Select[Any, Any, Any]
    told: Callable[[Any], str]


_SOURCES = (
    _Source(
        IdentityReveal,
        Issue.district_id,
        sa.select(IdentityReveal, Issue.number, Account.display_name)
        .join(Issue, Issue.id == IdentityReveal.issue_id)
        .outerjoin(Account, Account.id == IdentityReveal.account_id),
        str,
    ),
    _Source(
        BookingReveal,
        ReceptionDay.district_id,
        sa.select(BookingReveal, ReceptionDay.starts_at, Account.display_name)
        .join(ReceptionBooking, ReceptionBooking.id == BookingReveal.booking_id)
        .join(ReceptionDay, ReceptionDay.id == ReceptionBooking.reception_id)
        .outerjoin(Account, Account.id == BookingReveal.account_id),
        lambda starts_at: f"{local_date(starts_at)} 接待日的预约",
    ),
)


def reveals(session: Session, districts: Collection[str], span: Span, *, before: str | None, limit: int) -> list[Look]:
    """At who told something and at who booked a reception, newest first, those behind the one with the id ``before``."""
    looks = []
    for table, district, rows, told in _SOURCES:
        wanted = rows.where(district.in_(districts), *_within(table, span, before))
        newest = session.execute(wanted.order_by(table.at.desc(), table.id.desc()).limit(limit))
        looks += [Look(row[0], told(row[1]), row[2]) for row in newest]
    return sorted(looks, key=lambda one: (one.reveal.at, one.reveal.id), reverse=True)[:limit]


def _within(
    table: type[IdentityReveal] | type[BookingReveal], span: Span, before: str | None
) -> Iterator[sa.ColumnElement[bool]]:
    since, until = span.moments()
    if since is not None:
        yield table.at >= since
    if until is not None:
        yield table.at < until
    if before is not None:
        moments = [sa.select(one.table.at).where(one.table.id == before).scalar_subquery() for one in _SOURCES]
        moment = sa.func.coalesce(*moments)
        yield sa.or_(table.at < moment, sa.and_(table.at == moment, table.id < before))


def checks(session: Session, limit: int = 10) -> Sequence[LedgerCheck]:
    """The last walks through the ledger, newest first."""
    return session.scalars(sa.select(LedgerCheck).order_by(LedgerCheck.id.desc()).limit(limit)).all()


def detail(event: Any) -> str:
    """What a line of the trail says beyond its kind, in words; nothing of a resident's stands in it."""
    data: Mapping[str, Any] = event.data or {}
    kind = Access(event.kind)
    if kind in (Access.PARAMETER_SET, Access.PARAMETER_WITHDRAWN):
        return _parameter(data)
    if kind is Access.HOLIDAYS_PUBLISHED:
        return f"{data.get('year')} 年（{data.get('source')}），移动了 {data.get('moved')} 件事项的期限"
    if kind in (Access.ISSUES_TAKEN, Access.LOG_TAKEN):
        days = f"{data.get('since') or '最早'} 至 {data.get('until') or '今天'}"
        return f"{days}；用途：{data.get('reason') or '未写明'}"
    if kind in (Access.POLICY_CHANGED, Access.CATEGORY_CHANGED, Access.TEXT_CHANGED):
        return f"{data.get('what')}：{data.get('title')}"
    if kind is Access.SHEET_TAKEN:
        return str(data.get("issue"))
    if kind is Access.MINUTES_TAKEN:
        return f"{data.get('day')} 的接待日"
    if kind is Access.DEPUTY_CORRECTED:
        former = f"（原名 {data['before']}）" if data.get("before") else ""
        return f"{data.get('name') or ''}{former}：{'、'.join(data.get('what') or [])}"
    if kind is Access.ROSTER_TAKEN:
        return str(data.get("of"))
    role = data.get("role")
    return ROLE_TITLES[Role(role)] if role in list(Role) else ""


def _parameter(data: Mapping[str, Any]) -> str:
    key = str(data.get("key"))
    known = catalogue.known(key)
    said = f"{known.title if known else key}"
    if "value" in data and known is not None:
        said += f" → {settings.in_words(key, data['value'])}"
    if data.get("from"):
        said += f"，{dt.datetime.fromisoformat(str(data['from'])).astimezone(SHANGHAI):%Y-%m-%d} 起"
    return said + (f"；{data['reason']}" if data.get("reason") else "")


EVENT_HEADER = ["时间", "做了什么", "谁做的", "涉及谁", "说明"]
REVEAL_HEADER = ["时间", "谁查看的", "身份", "事项或预约", "理由"]
_BATCH = 500


def event_rows(session: Session, of: trail.Of, only: trail.Only) -> Iterator[list[Any]]:
    """The trail as rows of a table, read page by page."""
    before = None
    while lines := trail.newest(session, of, before=before, limit=_BATCH, only=only):
        yield from (
            [_local(one.event.at), trail.TITLES[Access(one.event.kind)], *who(one), detail(one.event)] for one in lines
        )
        before = lines[-1].event.id
        session.expunge_all()


def who(line: trail.Line) -> tuple[str, str]:
    """Who did it, and to whom it happened."""
    event = line.event
    actor = line.actor_name or ("已注销的账号" if event.actor_id else "系统或命令行")
    person = line.person_name or ("已注销的账号" if event.account_id else "—")
    return actor, "本人" if event.actor_id and event.actor_id == event.account_id else person


def reveal_rows(session: Session, districts: Collection[str], span: Span) -> Iterator[list[Any]]:
    """Looks behind the mask as rows of a table, read page by page."""
    before = None
    while looks := reveals(session, districts, span, before=before, limit=_BATCH):
        for one in looks:
            role = ROLE_TITLES[Role(one.reveal.role)] if one.reveal.role in list(Role) else one.reveal.role
            yield [_local(one.reveal.at), one.person_name or "已注销的账号", role, one.about, one.reveal.reason]
        before = looks[-1].reveal.id
        session.expunge_all()


def _local(moment: dt.datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
