"""What a printed code leads to. Paper is forever: a merged station's codes keep working (contract, rulebook §11)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.calendar.workdays import day_in_words
from service.errors import NotFound
from service.ids import clean_code, scan_code_is_well_formed
from service.stations.kinds import CodeTarget
from service.stations.models import Campaign, ScanCode, Station
from service.stations.queries import follow
from service.territory.models import Grid

UNKNOWN_CODE = (
    "没有找到这个编码对应的联络站。请核对海报上印的 10 位编码后重新输入；"
    "如果二维码像是后贴上去的，请不要填写个人信息，并告诉联络站工作人员或者拨打 12345。"
)


@dataclass(frozen=True, slots=True)
class ScanTarget:
    """Where a scan leads today; ``station`` is already the successor, ``notice`` says why."""

    code: str
    target_type: CodeTarget
    district_id: str
    station: Station
    grid_id: str | None
    deputy_id: str | None
    notice: str | None


_PRINTED = (
    sa.select(ScanCode, Station, Grid, Campaign)
    .join(Station, Station.id == ScanCode.station_id)
    .outerjoin(
        Grid,
        sa.and_(
            Grid.id == sa.func.coalesce(sa.bindparam("grid", type_=sa.String), ScanCode.grid_id),
            Grid.district_id == ScanCode.district_id,
            sa.or_(Grid.valid_to.is_(None), Grid.valid_to > sa.bindparam("today")),
        ),
    )
    .outerjoin(Campaign, Campaign.id == ScanCode.campaign_id)
    .where(ScanCode.code == sa.bindparam("code"), ScanCode.revoked_at.is_(None))
)
"""The code with its station, and the grid asked for or bound to it, while that exists, and its campaign."""


def resolve(session: Session, code: str, *, today: dt.date, grid_id: str | None = None) -> ScanTarget:
    """What the code, as printed or as typed by a person, leads to today.

    ``grid_id``: the grid the visitor chose instead of the code's. A grid that was redrawn since is left out: the visitor
    chooses one of today's.

    :raises NotFound: for an unknown, revoked or forged code, all with the same sentence.
    """
    cleaned = clean_code(code)
    if not scan_code_is_well_formed(cleaned):
        raise NotFound(UNKNOWN_CODE, code="unknown_code")
    found = session.execute(_PRINTED, {"code": cleaned, "today": today, "grid": grid_id}).one_or_none()
    if found is None:
        raise NotFound(UNKNOWN_CODE, code="unknown_code")
    row, printed, grid, campaign = found
    station, notice = follow(session, printed)
    return ScanTarget(
        code=row.code,
        target_type=CodeTarget(row.target_type),
        district_id=row.district_id,
        station=station,
        grid_id=grid.id if grid else None,
        deputy_id=row.deputy_id,
        notice="".join(filter(None, (_about(campaign, today), notice))) or None,
    )


def _about(campaign: Campaign | None, today: dt.date) -> str | None:
    """Posters of a campaign stay on walls after it: then they lead to the station, and say so."""
    if campaign is None:
        return None
    if today > campaign.to_on:
        return f"活动“{campaign.title}”已于{day_in_words(campaign.to_on)}结束，您仍然可以向本站反映意见。"
    if today < campaign.from_on:
        return f"活动“{campaign.title}”{day_in_words(campaign.from_on)}开始，现在也可以向本站反映意见。"
    return f"本站正在开展“{campaign.title}”，{day_in_words(campaign.to_on)}截止。"
