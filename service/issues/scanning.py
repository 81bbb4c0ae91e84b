"""What a scanned code shows: the station, your deputy by the same routing a submitted issue takes, who else is there."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from service.calendar.workdays import local_date
from service.deputies import queries as deputies
from service.deputies.queries import DeputyCard
from service.errors import NotFound
from service.issues.facts import gather
from service.issues.routing import REASON_SENTENCES, choose
from service.stations import queries as stations
from service.stations import scan
from service.stations.models import Station


@dataclass(frozen=True, slots=True)
class AssignedDeputy:
    """A deputy and the sentence that says why this one."""

    card: DeputyCard
    reason: str


@dataclass(frozen=True, slots=True)
class NextReception:
    id: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    place: str
    deputies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScanView:
    """``grid_id``: the one in effect (bound to the code, or chosen). ``deputy`` None: the station head receives."""

    code: str
    target_type: str
    station: Station
    grid_id: str | None
    grids: tuple[tuple[str, str], ...]
    deputy: AssignedDeputy | None
    deputies: tuple[DeputyCard, ...]
    next_reception: NextReception | None
    notice: str | None


def scan_view(session: Session, code: str, grid_id: str | None = None, *, now: dt.datetime) -> ScanView:
    """:raises NotFound: for an unknown, revoked or forged code, with a sentence that helps; for a grid of another district."""
    today = local_date(now)
    target = scan.resolve(session, code, today=today, grid_id=grid_id)
    if grid_id is not None and target.grid_id != grid_id:
        raise NotFound("没有找到这个网格，请重新选择，或不选网格直接查看。")
    grid = target.grid_id
    facts = gather(
        session,
        station_id=target.station.id,
        grid_id=grid,
        category_id=None,
        chosen=target.deputy_id,
        excluded=(),
        on=today,
    )
    choice = choose(facts)
    shown = [
        deputy for deputy in dict.fromkeys((*facts.roster, *facts.on_duty, *facts.backups)) if deputy in facts.available
    ]
    cards = deputies.cards(session, {*shown, *([choice.deputy_id] if choice.deputy_id else [])}, on=today)
    assigned = None
    if choice.deputy_id is not None and choice.deputy_id in cards:
        assigned = AssignedDeputy(cards[choice.deputy_id], REASON_SENTENCES[choice.reason])
    return ScanView(
        code=target.code,
        target_type=target.target_type,
        station=target.station,
        grid_id=grid,
        grids=stations.grid_names(session, target.station.id, on=today),
        deputy=assigned,
        deputies=tuple(cards[deputy] for deputy in shown if deputy in cards),
        next_reception=_reception(session, target.station, now),
        notice=target.notice,
    )


def _reception(session: Session, station: Station, now: dt.datetime) -> NextReception | None:
    day = stations.next_reception(session, station.id, now=now)
    if day is None:
        return None
    cards = deputies.cards(session, day.deputy_ids, on=local_date(now))
    return NextReception(day.id, day.starts_at, day.ends_at, day.place, tuple(card.name for card in cards.values()))
