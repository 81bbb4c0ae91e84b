"""What a scanned code shows: the station, your deputy by the same routing a submitted issue takes, who else is there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session
from sqlalchemy.pool import Pool

from service.calendar.workdays import SHANGHAI, local_date
from service.db import reading
from service.deputies import queries as deputies
from service.deputies.queries import DeputyCard
from service.errors import NotFound
from service.ids import clean_code
from service.issues.facts import gather
from service.issues.routing import REASON_SENTENCES, Choice, RouteReason, choose
from service.stations import queries as stations
from service.stations import scan
from service.stations import stamp as stamps
from service.stations.models import ReceptionDay, Station


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
class StationFace:
    """What the public sees of a station."""

    id: str
    name: str
    kind: str
    theme: str
    address: str | None
    phone: str | None
    hours: str | None
    notice: str | None
    district_id: str


@dataclass(frozen=True, slots=True)
class ScanView:
    """``grid_id``: the one in effect (bound to the code, or chosen). ``deputy`` None: the station head receives."""

    code: str
    target_type: str
    station: StationFace
    grid_id: str | None
    grids: tuple[tuple[str, str], ...]
    deputy: AssignedDeputy | None
    deputies: tuple[DeputyCard, ...]
    next_reception: NextReception | None
    notice: str | None


@dataclass(slots=True)
class Kept:
    """A view that holds ``since`` … ``until`` (excluded) as long as the places bear ``stamp``."""

    view: ScanView
    stamp: str
    since: dt.datetime
    until: dt.datetime
    rendered: bytes | None = None
    """What the edge made of it, to be given out again."""


BY_LOAD = frozenset({RouteReason.GROUP, RouteReason.LEAST_LOADED})
"""Choices that the next issue may change: such a view is never kept."""
MOST_KEPT = 2_000
"""Of each database; beyond, all are made anew."""
_kept: WeakKeyDictionary[Pool, dict[tuple[str, str | None], Kept]] = WeakKeyDictionary()


def scan_view(session: Session, code: str, grid_id: str | None = None, *, now: dt.datetime) -> ScanView:
    """:raises NotFound: for an unknown, revoked or forged code, with a sentence that helps; for a grid of another district."""
    found = look(session, code, grid_id, now=now)
    return found.view if isinstance(found, Kept) else found


def look(session: Session, code: str, grid_id: str | None = None, *, now: dt.datetime) -> ScanView | Kept:
    """The view, :class:`Kept` where time and places alone decide what it shows: then one statement suffices next time.

    Exact: the mark of the places is read before anything else, and a kept view is given out under an equal mark only.
    Kept is only what a request that reads has seen: a transaction that writes sees what nobody else may.

    :raises NotFound: as :func:`scan_view`.
    """
    stamp = stamps.read(session)
    here, key = _kept.setdefault(session.get_bind().engine.pool, {}), (clean_code(code), grid_id)
    known = here.get(key)
    if known is not None and known.stamp == stamp and known.since <= now < known.until:
        return known
    view, until = _view(session, code, grid_id, now=now, may_keep=stamp is not None and reading.get())
    if stamp is None or until is None:
        return view
    if len(here) >= MOST_KEPT:
        here.clear()
    here[key] = Kept(view, stamp, now, until)
    return here[key]


def _view(
    session: Session, code: str, grid_id: str | None, *, now: dt.datetime, may_keep: bool
) -> tuple[ScanView, dt.datetime | None]:
    """The view, and until when it holds while no place changes; None where it depends on the load of issues.

    What is to be kept is asked anew, not remembered: it would be seconds old for good.
    """
    today = local_date(now)
    target = scan.resolve(session, code, today=today, grid_id=grid_id)
    if grid_id is not None and target.grid_id != grid_id:
        raise NotFound("没有找到这个网格，请重新选择，或不选网格直接查看。")
    facts = gather(
        session,
        station_id=target.station.id,
        grid_id=target.grid_id,
        category_id=None,
        chosen=target.deputy_id,
        excluded=(),
        on=today,
    )
    choice = choose(facts)
    keeps = may_keep and choice.reason not in BY_LOAD
    day = stations.next_reception(session, target.station.id, now=now)
    shown = [one for one in dict.fromkeys((*facts.roster, *facts.on_duty, *facts.backups)) if one in facts.available]
    wanted = {*shown, *(day.deputy_ids if day else ()), *filter(None, [choice.deputy_id])}
    cards = (deputies.fresh_cards if keeps else deputies.cards)(session, wanted, on=today)
    view = ScanView(
        code=target.code,
        target_type=target.target_type,
        station=_face(target.station),
        grid_id=target.grid_id,
        grids=(stations.fresh_grid_names if keeps else stations.grid_names)(session, target.station.id, on=today),
        deputy=_assigned(choice, cards),
        deputies=tuple(cards[deputy] for deputy in shown if deputy in cards),
        next_reception=_reception(day, cards) if day else None,
        notice=target.notice,
    )
    return view, (_until(today, day) if keeps else None)


def _until(today: dt.date, reception: ReceptionDay | None) -> dt.datetime:
    """Mandates, leave, duty and campaigns change with the day in China; a reception day ends at its hour."""
    midnight = dt.datetime.combine(today + dt.timedelta(days=1), dt.time(), SHANGHAI)
    return min(midnight, reception.ends_at) if reception else midnight


def _face(station: Station) -> StationFace:
    return StationFace(*(getattr(station, field.name) for field in fields(StationFace)))


def _assigned(choice: Choice, cards: Mapping[str, DeputyCard]) -> AssignedDeputy | None:
    if choice.deputy_id is None or choice.deputy_id not in cards:
        return None
    return AssignedDeputy(cards[choice.deputy_id], REASON_SENTENCES[choice.reason])


def _reception(day: ReceptionDay, cards: Mapping[str, DeputyCard]) -> NextReception:
    names = tuple(cards[deputy].name for deputy in day.deputy_ids if deputy in cards)
    return NextReception(day.id, day.starts_at, day.ends_at, day.place, names)
