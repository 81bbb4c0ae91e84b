"""Give out and revoke the codes printed on posters."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.calendar.workdays import local_date
from service.errors import Conflict, Invalid, NotFound
from service.ids import clean_code, new_id, new_scan_code
from service.stations import queries
from service.stations.kinds import GONE, CodeTarget, StationState
from service.stations.models import Campaign, ScanCode, Station


def issue_code(
    session: Session,
    *,
    district_id: str,
    station_id: str,
    now: dt.datetime,
    target_type: CodeTarget = CodeTarget.STATION,
    grid_id: str | None = None,
    deputy_id: str | None = None,
    campaign_id: str | None = None,
    placement: str | None = None,
) -> ScanCode:
    """A new code for one placement (大门, 电梯…): one that is stolen or defaced can be revoked alone.

    :raises NotFound: when the station is not the district's.
    :raises Invalid: when a GRID code names no grid of the station, a DEPUTY code no deputy of its roster,
        or a CAMPAIGN code no campaign of the station.
    :raises Conflict: when the station is merged or closed.
    """
    station = queries.station(session, district_id, station_id)
    if StationState(station.state) in GONE:
        raise Conflict("这个联络站已经合并或者撤销，不能再发新码。", current=station.state)
    _check_target(session, station, target_type, grid_id, deputy_id, local_date(now))
    _check_campaign(session, station, target_type, campaign_id)
    row = ScanCode(
        code=new_scan_code(),
        district_id=station.district_id,
        station_id=station.id,
        target_type=target_type.value,
        grid_id=grid_id,
        deputy_id=deputy_id,
        campaign_id=campaign_id,
        placement=placement,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def _check_target(
    session: Session,
    station: Station,
    target_type: CodeTarget,
    grid_id: str | None,
    deputy_id: str | None,
    today: dt.date,
) -> None:
    if (target_type is CodeTarget.GRID and grid_id is None) or (target_type is CodeTarget.DEPUTY and not deputy_id):
        raise Invalid("请选择这个码对应的网格或者代表。")
    if grid_id is not None and grid_id not in {
        grid.id for grid in queries.grids_of_station(session, station.id, on=today)
    }:
        raise Invalid("网格不由这个联络站联系。", fields={"grid_id": "请选择这个联络站的网格。"})
    if deputy_id is not None and deputy_id not in queries.roster(session, station.id, on=today):
        raise Invalid("代表不在这个联络站的驻站名单中。", fields={"deputy_id": "请选择驻站代表。"})


def _check_campaign(session: Session, station: Station, target_type: CodeTarget, campaign_id: str | None) -> None:
    if (target_type is CodeTarget.CAMPAIGN) != (campaign_id is not None):
        raise Invalid("请选择这个码对应的活动。", fields={"campaign_id": "活动码要有活动，别的码没有。"})
    if campaign_id is None:
        return
    found = session.get(Campaign, campaign_id)
    if found is None or found.station_id != station.id:
        raise Invalid("没有找到这个活动。", fields={"campaign_id": "请选择这个联络站的活动。"})


def plan_campaign(
    session: Session, *, station: Station, title: str, from_on: dt.date, to_on: dt.date, now: dt.datetime
) -> Campaign:
    """A campaign (活动) of a station, for posters that are about it.

    :raises Invalid: when it ends before it begins, or is over.
    """
    if to_on < from_on or to_on < local_date(now):
        raise Invalid("活动的起止日期不对。", fields={"to_on": "结束日期不能早于开始日期，也不能早于今天。"})
    row = Campaign(
        id=new_id(),
        district_id=station.district_id,
        station_id=station.id,
        title=title.strip(),
        from_on=from_on,
        to_on=to_on,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def revoke_code(
    session: Session, district_id: str, code: str, *, now: dt.datetime, reason: str | None = None
) -> ScanCode:
    """From now on the code leads nowhere: it was stolen, copied or replaced; ``reason`` says which.

    :raises NotFound: when the district has no such code.
    :raises Conflict: when it was revoked before.
    """
    wanted = sa.select(ScanCode).where(ScanCode.district_id == district_id, ScanCode.code == clean_code(code))
    row = session.scalar(wanted.with_for_update())
    if row is None:
        raise NotFound("没有找到这个编码。")
    if row.revoked_at is not None:
        raise Conflict("这个编码已经停用。")
    row.revoked_at, row.revoke_reason = now, reason
    session.flush()
    return row
