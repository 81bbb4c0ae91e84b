"""Who is told when a work identity is asked for, bound elsewhere, confirmed or ended; inbox first, as always."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy.orm import Session

from service.accounts import leaving
from service.accounts.desk_models import BindingRequest
from service.accounts.models import GrantRow, Invitation
from service.accounts.queries import accounts_with
from service.accounts.roles import ROLE_TITLES, Role
from service.calendar.workdays import local_date
from service.notifications import actions as notifications
from service.notifications.actions import Notice
from service.notifications.kinds import Kind
from service.stations import queries as stations
from service.stations.models import Station
from service.stations.offices import CONFIRM, END, Authority

TASK, PROGRESS = Kind.TASK.value, Kind.PROGRESS.value
Row = GrantRow | Invitation


def keepers(session: Session, row: Row, authority: Authority, *, now: dt.datetime) -> list[str]:
    """Accounts of those next above ``row``: heads of the station, the township's office, and so on."""
    nearest, district = authority[Role(row.role)][0], row.district_id
    if nearest is Role.STATION_HEAD:
        here = [row.station_id] if row.station_id else _stationed(session, row, now)
        found = [accounts_with(session, nearest, district_id=district, station_id=one) for one in here]
        return sorted({account for accounts in found for account in accounts})
    if nearest is Role.TOWNSHIP:
        station = session.get(Station, row.station_id) if row.station_id else None
        township = station.township_code if station else row.township_code
        return accounts_with(session, nearest, district_id=district, township_code=township)
    if nearest is Role.UNIT_LEADER:
        return accounts_with(session, nearest, district_id=district, unit_id=row.unit_id)
    return accounts_with(session, nearest, district_id=district)


def _stationed(session: Session, row: Row, now: dt.datetime) -> list[str]:
    found = stations.stations_of_deputy(session, str(row.deputy_id), on=local_date(now))
    return [station.id for station in found]


def binding_requested(session: Session, request: BindingRequest, invitation: Invitation, *, now: dt.datetime) -> None:
    """Whoever knows the person is asked to confirm."""
    title = ROLE_TITLES[Role(invitation.role)]
    told = keepers(session, invitation, CONFIRM, now=now)
    body = f"有人凭邀请码申请绑定“{title}”身份。请当面或者打登记的电话核实是本人，再确认。7 天内有效。"
    _tell(session, told, TASK, "绑定申请待确认", body, key=f"binding:{request.id}", row=invitation, now=now)


def binding_decided(session: Session, request: BindingRequest, row: Row, *, confirmed: bool, now: dt.datetime) -> None:
    title = "工作身份已绑定" if confirmed else "绑定申请未通过"
    body = "您的工作身份已经确认，可以开始使用。" if confirmed else "您的绑定申请没有通过，请联系邀请您的单位。"
    _tell(session, [request.account_id], PROGRESS, title, body, key=f"binding:{request.id}:done", row=row, now=now)


def bound_elsewhere(session: Session, row: GrantRow, phone_index: str | None, *, now: dt.datetime) -> None:
    """The same person's other WeChat is told: whoever did not do this can end it there (rulebook §9.8)."""
    if phone_index is None:
        return
    told = [twin.account_id for twin in leaving.twins(session, row, phone_index)]
    body = "您的工作身份在另一个微信上绑定了。不再用这个微信办理工作，请在“我的身份”中解除；不是您本人，请马上联系邀请您的单位。"
    _tell(session, told, PROGRESS, "工作身份在另一个微信上绑定", body, key=f"bound:{row.id}", row=row, now=now)


def grant_ended(session: Session, row: GrantRow, *, by_self: bool, now: dt.datetime) -> None:
    """The person is told; when a station is left without a head, the office above it (ownership goes on, §11)."""
    if not by_self:
        body = f"您的“{ROLE_TITLES[Role(row.role)]}”身份已经解除。如有疑问，请联系所在单位。"
        _tell(session, [row.account_id], PROGRESS, "工作身份已解除", body, key=f"ended:{row.id}", row=row, now=now)
    if leaving.is_last_head(session, row):
        body = "一个联络站没有站长了，请尽快登记新的站长；在此之前，站长的待办由镇街人大处理。"
        told = keepers(session, row, END, now=now)
        _tell(session, told, TASK, "联络站没有站长", body, key=f"headless:{row.id}", row=row, now=now)


def _tell(
    session: Session,
    account_ids: Iterable[str],
    kind: str,
    title: str,
    body: str,
    *,
    key: str,
    row: Row,
    now: dt.datetime,
) -> None:
    notices = [Notice(account_id, kind, title, body) for account_id in account_ids]
    notifications.write(session, notices, key=key, district_id=row.district_id, now=now)
