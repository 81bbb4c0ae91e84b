"""Printed codes for those who keep them: list, make, revoke. Staff at their station, T in the township, A in the district."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field

from miniprogram_api.keeping import KEEPERS, CodePath, own_code, own_station
from miniprogram_api.paging import PageQuery, decode_cursor, encode_cursor
from miniprogram_api.routing import Door, Idempotency, only, route
from miniprogram_api.schemas import Body, Day, FilledText, Id, IdPath, Moment, Out, PageOut
from qr import Reading
from service import jobs
from service.bootstrap import core
from service.calendar.workdays import local_date
from service.db import db
from service.stations import codes, mini_codes
from service.stations.actions import issue_code, plan_campaign, revoke_code
from service.stations.kinds import CodeTarget
from service.stations.models import MiniCode, ScanCode
from web.posters import code_url

DAYS_SHOWN = 30

door = Door("codes", "海报与编码")


class DayScans(Out):
    on: dt.date
    count: int


class ScansOut(Out):
    """``days``: the last thirty, those without a scan left out. Counted without persons; a minute late."""

    today: int
    total: int
    days: list[DayScans]


class CampaignOut(Out):
    id: str
    title: str
    from_on: dt.date
    to_on: dt.date


class MiniOut(Out):
    """The mini-program code (小程序码) of a code. ``checked``: a program read it; else scan it by hand before it hangs."""

    state: mini_codes.MiniState
    checked: bool
    detail: str


class CodeOut(Out):
    """``url`` is what is printed, exactly; ``subject`` names what it is bound to beyond the station."""

    code: str
    url: str
    target_type: CodeTarget
    placement: str | None
    subject: str | None
    deputy_id: str | None
    grid_id: str | None
    campaign: CampaignOut | None
    created_at: Moment
    revoked_at: Moment | None
    revoke_reason: str | None
    mini: MiniOut | None
    scans: ScansOut


class CodesOut(PageOut):
    items: list[CodeOut]


class CampaignIn(Body):
    title: Annotated[FilledText, Field(max_length=60)]
    from_on: Day
    to_on: Day


class CodeIn(Body):
    """One of deputy, grid and campaign, as ``target_type`` says; ``campaign`` makes a new one, ``campaign_id`` adds a poster."""

    placement: Annotated[FilledText, Field(max_length=80, description="张贴位置，如 大门")]
    target_type: CodeTarget = Field(default=CodeTarget.STATION, strict=False)
    deputy_id: Id | None = None
    grid_id: Id | None = None
    campaign_id: Id | None = None
    campaign: CampaignIn | None = None


class RevokeIn(Body):
    reason: Annotated[FilledText, Field(max_length=200)]


@route(door, "GET", "/stations/<id>/codes", access=only(*KEEPERS), summary="联络站的编码", answers={200: CodesOut})
def list_codes(path: IdPath, query: PageQuery) -> CodesOut:
    """Newest first, revoked ones too, with scans per day."""
    station, purpose = own_station(path.id), f"codes:{path.id}"
    position = decode_cursor(purpose, query.cursor)
    after = (dt.datetime.fromisoformat(position[0]), str(position[1])) if position else None
    rows = list(codes.codes_of(db.session(), station.id, limit=query.limit + 1, after=after))
    shown = rows[: query.limit]
    last = [shown[-1].created_at.isoformat(), shown[-1].code] if len(rows) > query.limit else None
    return CodesOut(items=_shown(shown), next_cursor=encode_cursor(purpose, last))


@route(
    door,
    "POST",
    "/stations/<id>/codes",
    access=only(*KEEPERS),
    summary="新建编码",
    answers={201: CodeOut},
    idempotency=Idempotency.OPTIONAL,
    wakes=False,
)
def make_new_code(path: IdPath, body: CodeIn) -> CodeOut:
    """One per placement, so that a stolen or defaced poster can be revoked alone."""
    station, session, now = own_station(path.id), db.session(), core().clock()
    campaign_id = body.campaign_id
    if body.campaign is not None and campaign_id is None:
        campaign_id = plan_campaign(session, station=station, now=now, **body.campaign.model_dump()).id
    row = issue_code(
        session,
        district_id=station.district_id,
        station_id=station.id,
        target_type=body.target_type,
        grid_id=body.grid_id,
        deputy_id=body.deputy_id,
        campaign_id=campaign_id,
        placement=body.placement.strip(),
        now=now,
    )
    return _shown([row])[0]


@route(
    door,
    "POST",
    "/codes/<code>/revoke",
    access=only(*KEEPERS),
    summary="停用编码",
    answers={200: CodeOut},
    wakes=False,
)
def revoke(path: CodePath, body: RevokeIn) -> CodeOut:
    """From now on it leads nowhere: the poster was stolen, pasted over or replaced."""
    row = own_code(path.code)
    revoked = revoke_code(db.session(), row.district_id, row.code, now=core().clock(), reason=body.reason.strip())
    return _shown([revoked])[0]


@route(
    door,
    "POST",
    "/codes/<code>/mini",
    access=only(*KEEPERS),
    summary="获取小程序码",
    answers={200: CodeOut},
    rings=jobs.FETCH_MINI_CODES,
)
def want_mini_code(path: CodePath) -> CodeOut:
    """A worker fetches it from WeChat; what is there or on its way stays. The answer says how far it is."""
    row = own_code(path.code)
    mini_codes.want(db.session(), [row], version=core().settings.miniprogram_state, now=core().clock())
    return _shown([row])[0]


def _shown(rows: list[ScanCode]) -> list[CodeOut]:
    session, today = db.session(), local_date(core().clock())
    bound = codes.subjects(session, rows)
    held = codes.campaigns(session, [row.campaign_id for row in rows])
    since = today - dt.timedelta(days=DAYS_SHOWN - 1)
    minis = mini_codes.of_codes(session, [row.code for row in rows], version=core().settings.miniprogram_state)
    scans = codes.scans_of(session, [row.code for row in rows], since=since)
    return [
        CodeOut(
            **{name: getattr(row, name) for name in ("code", "placement", "deputy_id", "grid_id", "created_at")},
            **{name: getattr(row, name) for name in ("revoked_at", "revoke_reason")},
            url=code_url(row),
            target_type=CodeTarget(row.target_type),
            subject=bound.get(row.code),
            campaign=CampaignOut.model_validate(held[row.campaign_id]) if row.campaign_id in held else None,
            mini=_mini(minis.get(row.code)),
            scans=_scans(scans.get(row.code, codes.Scans()), today),
        )
        for row in rows
    ]


def _mini(row: MiniCode | None) -> MiniOut | None:
    if row is None:
        return None
    state, checked = mini_codes.MiniState(row.state), row.reading == Reading.READ
    by_hand = state is mini_codes.MiniState.READY and not checked
    detail = mini_codes.SCAN_BY_HAND if by_hand else mini_codes.SENTENCES[state]
    return MiniOut(state=state, checked=checked, detail=detail)


def _scans(found: codes.Scans, today: dt.date) -> ScansOut:
    days = [DayScans(on=on, count=count) for on, count in found.days]
    return ScansOut(today=dict(found.days).get(today, 0), total=found.total, days=days)
