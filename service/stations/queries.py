"""Questions about stations: which, who is there, who is on duty, when is the next reception day."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.calendar.workdays import day_in_words
from service.deputies import queries as deputies
from service.errors import Invalid, NotFound
from service.remembered import Remembered
from service.stations.kinds import GONE, RECEIVING, CodeTarget, ReceptionState, StationState
from service.stations.models import DutySlot, ReceptionDay, RosterEntry, ScanCode, Station, StationGrid
from service.territory.models import Grid

MOST_PER_PAGE = 100
_LONGEST_CHAIN = 20
_ORDER = (Station.township_code, Station.kind, Station.name, Station.id)


@dataclass(frozen=True, slots=True)
class StationsPage:
    """``next_cursor`` None on the last page."""

    items: tuple[Station, ...]
    next_cursor: str | None


def station(session: Session, district_id: str | None, station_id: str) -> Station:
    """The station as it is, also a merged one; ``district_id`` None where the public asks by id alone.

    :raises NotFound: when there is no such station there.
    """
    wanted = sa.select(Station).where(Station.id == station_id)
    if district_id is not None:
        wanted = wanted.where(Station.district_id == district_id)
    found = session.scalar(wanted)
    if found is None:
        raise NotFound("没有找到这个联络站。")
    return found


def follow(session: Session, station: Station) -> tuple[Station, str | None]:
    """Where a matter for ``station`` goes now, and what the visitor is told about it (rulebook §9.6).

    Merged, or closed with a successor: the successor. Closed without one: its home (代表之家) while that still works.
    """
    reached, moved = station, False
    for _ in range(_LONGEST_CHAIN):
        after = _next(session, reached)
        if after is None:
            break
        reached, moved = after, True
    sentences = (
        moved_sentence(station, reached, StationState(station.state)) if moved else None,
        _state_sentence(reached),
        reached.notice,
    )
    return reached, "".join(sentence for sentence in sentences if sentence) or None


def _next(session: Session, station: Station) -> Station | None:
    """Always in the same district, so that a wrong row cannot lead a matter out of it."""
    successor_id = station.superseded_by
    if successor_id is None and station.state == StationState.CLOSED:
        successor_id = station.parent_id
    if successor_id is None or station.state not in {*GONE, StationState.RELOCATED}:
        return None
    wanted = sa.select(Station).where(Station.id == successor_id, Station.district_id == station.district_id)
    return session.scalar(wanted)


def moved_sentence(station: Station, reached: Station, state: StationState) -> str:
    """What a visitor of ``station`` reads when it is in that ``state`` and ``reached`` receives."""
    verb = {StationState.MERGED: "已并入", StationState.RELOCATED: "已迁至"}.get(state)
    if verb is None:
        return f"“{station.name}”已撤销，您反映的事项由“{reached.name}”接收。"
    return f"“{station.name}”{verb}“{reached.name}”，您反映的事项由“{reached.name}”接收。"


def _state_sentence(station: Station) -> str | None:
    if station.state == StationState.RELOCATED:
        return f"“{station.name}”已迁址，现地址：{station.address or '请电话咨询'}。"
    return {
        StationState.PAUSED: f"“{station.name}”暂停现场接待{_until(station)}，网上反映照常受理。",
        StationState.PLANNED: f"“{station.name}”正在筹建，网上反映由所在镇街人大受理。",
        StationState.CLOSED: f"“{station.name}”已撤销，请联系所在镇街人大。",
    }.get(StationState(station.state))


def _until(station: Station) -> str:
    return f"（到{day_in_words(station.paused_until)}）" if station.paused_until else ""


def any_code(session: Session, station_id: str) -> str | None:
    """The station's own oldest code that still holds: what somebody without a poster would have scanned."""
    own = ScanCode.station_id == station_id, ScanCode.target_type == CodeTarget.STATION, ScanCode.revoked_at.is_(None)
    return session.scalar(sa.select(ScanCode.code).where(*own).order_by(ScanCode.created_at, ScanCode.code).limit(1))


def roster(session: Session, station_id: str, *, on: dt.date) -> list[str]:
    """Deputies stationed here that day (驻站代表), longest-standing first; who of them is available is asked apart."""
    wanted = sa.select(RosterEntry.deputy_id).where(
        RosterEntry.station_id == station_id,
        RosterEntry.from_on <= on,
        sa.or_(RosterEntry.to_on.is_(None), RosterEntry.to_on >= on),
    )
    ids = session.scalars(wanted.order_by(RosterEntry.from_on, RosterEntry.id))
    return list(dict.fromkeys(ids))


def on_duty(session: Session, station_id: str, *, on: dt.date) -> list[str]:
    """Deputies on duty (轮值) at the station that day."""
    wanted = sa.select(DutySlot.deputy_id).where(DutySlot.station_id == station_id, DutySlot.on_date == on)
    return list(session.scalars(wanted.order_by(DutySlot.id)))


def duty_between(session: Session, station_id: str, *, since: dt.date, until: dt.date) -> list[tuple[dt.date, str]]:
    """(day, deputy) of the duty rota, both days included, by day."""
    wanted = sa.select(DutySlot.on_date, DutySlot.deputy_id).where(
        DutySlot.station_id == station_id, DutySlot.on_date >= since, DutySlot.on_date <= until
    )
    return [(row[0], row[1]) for row in session.execute(wanted.order_by(DutySlot.on_date, DutySlot.id))]


def stationed(station_id: sa.BindParameter[str], place: str, on: sa.BindParameter[dt.date]) -> deputies.Placed:
    """Those stationed here that day; ``place`` is the word for it."""
    return sa.select(
        RosterEntry.deputy_id.label("deputy_id"),
        sa.literal(place).label("place"),
        RosterEntry.from_on.label("since"),
        RosterEntry.id.label("row_id"),
    ).where(
        RosterEntry.station_id == station_id,
        RosterEntry.from_on <= on,
        sa.or_(RosterEntry.to_on.is_(None), RosterEntry.to_on >= on),
    )


def on_duty_here(station_id: sa.BindParameter[str], place: str, on: sa.BindParameter[dt.date]) -> deputies.Placed:
    """Those on duty (轮值) here that day."""
    return sa.select(
        DutySlot.deputy_id, sa.literal(place).label("place"), DutySlot.on_date.label("since"), DutySlot.id
    ).where(DutySlot.station_id == station_id, DutySlot.on_date == on)


def serves(session: Session, station_id: str, deputy_id: str, *, grid_id: str | None, on: dt.date) -> bool:
    """Whether the deputy is stationed or on duty here, or answers for the grid, on that day."""
    return bool(session.scalar(_SERVES, {"station": station_id, "deputy": deputy_id, "grid": grid_id or "", "on": on}))


_on = sa.bindparam("on", type_=sa.Date)
_SERVES = sa.select(
    sa.exists().where(
        RosterEntry.station_id == sa.bindparam("station"),
        RosterEntry.deputy_id == sa.bindparam("deputy"),
        RosterEntry.from_on <= _on,
        sa.or_(RosterEntry.to_on.is_(None), RosterEntry.to_on >= _on),
    )
    | sa.exists().where(
        DutySlot.station_id == sa.bindparam("station"),
        DutySlot.deputy_id == sa.bindparam("deputy"),
        DutySlot.on_date == _on,
    )
    | deputies.answers_for_grid(sa.bindparam("grid"), sa.bindparam("deputy"), _on)
)


def stations_of_deputy(session: Session, deputy_id: str, *, on: dt.date) -> Sequence[Station]:
    """Where the deputy is stationed that day."""
    wanted = sa.select(Station).join(RosterEntry, RosterEntry.station_id == Station.id)
    wanted = wanted.where(
        RosterEntry.deputy_id == deputy_id,
        RosterEntry.from_on <= on,
        sa.or_(RosterEntry.to_on.is_(None), RosterEntry.to_on >= on),
    )
    return session.scalars(wanted.order_by(Station.name, Station.id)).unique().all()


def grids_of_station(session: Session, station_id: str, *, on: dt.date) -> Sequence[Grid]:
    """Grids the station looks after that exist on that day, by code."""
    wanted = (
        sa.select(Grid)
        .join(StationGrid, StationGrid.grid_id == Grid.id)
        .where(StationGrid.station_id == station_id, Grid.valid_from <= on)
        .where(sa.or_(Grid.valid_to.is_(None), Grid.valid_to > on))
    )
    return session.scalars(wanted.order_by(Grid.code)).all()


_grid_names: Remembered[tuple[tuple[str, str], ...]] = Remembered()


def grid_names(session: Session, station_id: str, *, on: dt.date) -> tuple[tuple[str, str], ...]:
    """(id, name) of :func:`grids_of_station`, kept in memory for seconds."""

    return _grid_names.get(session, (station_id, on), lambda: fresh_grid_names(session, station_id, on=on))


def fresh_grid_names(session: Session, station_id: str, *, on: dt.date) -> tuple[tuple[str, str], ...]:
    """The same, asked anew."""
    return tuple((grid.id, grid.name) for grid in grids_of_station(session, station_id, on=on))


def stations_page(
    session: Session,
    *,
    district_id: str | None = None,
    township_code: str | None = None,
    q: str | None = None,
    cursor: str | None = None,
    limit: int = 20,
) -> StationsPage:
    """Stations that receive, by township, homes first, then by name; at most ``limit`` (≤ 100) from ``cursor`` on.

    :raises Invalid: for a cursor that this function did not give out.
    """
    limit = max(1, min(limit, MOST_PER_PAGE))
    statement = sa.select(Station).where(Station.state.in_([state.value for state in RECEIVING]))
    if district_id is not None:
        statement = statement.where(Station.district_id == district_id)
    if township_code is not None:
        statement = statement.where(Station.township_code == township_code)
    if q and q.strip():
        named = Station.name.contains(q.strip(), autoescape=True)
        statement = statement.where(named | Station.address.contains(q.strip(), autoescape=True))
    if cursor:
        statement = statement.where(sa.tuple_(*_ORDER) > sa.tuple_(*_read_cursor(cursor)))
    rows = session.scalars(statement.order_by(*_ORDER).limit(limit + 1)).all()
    return StationsPage(tuple(rows[:limit]), _cursor(rows[limit - 1]) if len(rows) > limit else None)


def _cursor(last: Station) -> str:
    key = [last.township_code, last.kind, last.name, last.id]
    return base64.urlsafe_b64encode(json.dumps(key, ensure_ascii=False).encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> list[str]:
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise _bad_cursor() from error
    if not (isinstance(key, list) and len(key) == len(_ORDER) and all(_is_plain(part) for part in key)):
        raise _bad_cursor()
    return key


def _is_plain(part: object) -> bool:
    """Text a database takes: PostgreSQL refuses NUL and lone surrogates."""
    return isinstance(part, str) and "\0" not in part and part == part.encode(errors="replace").decode()


def _bad_cursor() -> Invalid:
    return Invalid("翻页位置无效，请从第一页重新查看。", fields={"cursor": "请去掉 cursor 后重试。"})


def names(session: Session, station_ids: Collection[str]) -> dict[str, str]:
    """Id → name, for lists whose rows are already scoped."""
    if not station_ids:
        return {}
    rows = session.execute(sa.select(Station.id, Station.name).where(Station.id.in_(station_ids)))
    return dict(rows.all())


def next_reception(session: Session, station_id: str, *, now: dt.datetime) -> ReceptionDay | None:
    """The announced reception day that is on or comes next."""
    wanted = sa.select(ReceptionDay).where(
        ReceptionDay.station_id == station_id,
        ReceptionDay.state.in_([ReceptionState.ANNOUNCED.value, ReceptionState.OPEN.value]),
        ReceptionDay.ends_at > now,
    )
    return session.scalar(wanted.order_by(ReceptionDay.starts_at, ReceptionDay.id).limit(1))
