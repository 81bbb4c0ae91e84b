"""Set up a station and move it along §9.6; merging has its own file."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.queries import accounts_with
from service.accounts.roles import Role
from service.calendar.workdays import local_date
from service.errors import Conflict, Invalid, NotFound
from service.ids import new_id
from service.marks import mark_of
from service.notifications import said
from service.parameters import queries as parameters
from service.stations import queries
from service.stations.keeping import STAFF
from service.stations.kinds import (
    GONE,
    PARENTS,
    RECEIVING,
    STATION_MOVES,
    HostType,
    StationKind,
    StationState,
    StationTheme,
)
from service.stations.models import Station
from service.territory import queries as territory

LONGEST_NAME = 80
_FACTS = (
    "name", "kind", "theme", "host_type", "address", "phone", "hours", "notice", "state", "township_code", "parent_id",
    "division_code", "superseded_by", "paused_until",
)  # fmt: skip


def create_station(
    session: Session,
    *,
    district_id: str,
    township_code: str,
    name: str,
    kind: StationKind,
    theme: StationTheme = StationTheme.GENERAL,
    host_type: HostType = HostType.COMMUNITY,
    division_code: str | None = None,
    parent_id: str | None = None,
    address: str | None = None,
    phone: str | None = None,
    hours: str | None = None,
    state: StationState = StationState.ACTIVE,
) -> Station:
    """A home, station, point or online station of a township; the tree is 家 → 站 → 点 (rulebook §1 row 4).

    :raises NotFound: when township, village or parent are not the district's.
    :raises Invalid: without a name, or when village or parent lie in another township.
    :raises Conflict: when the township has a receiving station of that name.
    """
    title = clean_name(name)
    check_place(session, district_id, township_code, division_code)
    check_parent(session, district_id, township_code, kind, parent_id)
    check_name_is_free(session, district_id, township_code, title)
    row = Station(
        id=new_id(),
        district_id=district_id,
        township_code=township_code,
        division_code=division_code,
        parent_id=parent_id,
        kind=kind.value,
        theme=theme.value,
        host_type=host_type.value,
        state=state.value,
        name=title,
        address=address,
        phone=phone,
        hours=hours,
    )
    session.add(row)
    session.flush()
    return row


def clean_name(name: str) -> str:
    """:raises Invalid: without one, or when it is too long."""
    title = name.strip()
    if not 1 <= len(title) <= LONGEST_NAME:
        raise Invalid("请填写联络站名称。", fields={"name": f"名称应为 1 到 {LONGEST_NAME} 个字。"})
    return title


def check_place(session: Session, district_id: str, township_code: str, division_code: str | None) -> None:
    """:raises Invalid: when it is no township, or the village lies in another."""
    if territory.division(session, district_id, township_code).parent_code is not None:
        raise Invalid("联络站应属于一个镇街。", fields={"township_code": "请选择镇街。"})
    if division_code is None:
        return
    village = territory.division(session, district_id, division_code)
    if village.parent_code != township_code:
        raise Invalid("村社区不在所选的镇街内。", fields={"division_code": "请选择这个镇街的村或者社区。"})


def check_parent(
    session: Session, district_id: str, township_code: str, kind: StationKind, parent_id: str | None
) -> None:
    """:raises Invalid: unless it is above that kind, in that township, and still there."""
    if parent_id is None:
        return
    parent = queries.station(session, district_id, parent_id)
    fits = StationKind(parent.kind) in PARENTS.get(kind, frozenset()) and StationState(parent.state) not in GONE
    if parent.township_code != township_code or not fits:
        raise Invalid("上级家站应在同一镇街，且层级高于新设的站点。", fields={"parent_id": "请重新选择上级家站。"})


def check_name_is_free(session: Session, district_id: str, township_code: str, name: str) -> None:
    """:raises Conflict: when the township has a station of that name that is not gone."""
    twin = sa.select(Station.id).where(
        Station.district_id == district_id,
        Station.township_code == township_code,
        Station.name == name,
        Station.state.not_in([StationState.MERGED.value, StationState.CLOSED.value]),
    )
    if session.scalar(twin) is not None:
        raise Conflict(f"这个镇街已有名为“{name}”的联络站。")


def seen(station: Station) -> str:
    """A mark of the station as it is: a form carries it, so that nobody overwrites what they have not seen."""
    facts = [getattr(station, name) for name in _FACTS]
    return mark_of(facts)


def check_seen(station: Station, as_seen: str) -> None:
    """:raises Conflict: when the station (locked) is not what the person was shown."""
    if seen(station) != as_seen:
        raise Conflict("这个联络站刚刚被别人改过，请看过最新的情况再改。", current=station.state)


def locked_station(session: Session, district_id: str, station_id: str) -> Station:
    """The row as it is now, locked until the transaction ends; the page that led here may have read it before.

    :raises NotFound: when the district has no such station.
    """
    wanted = sa.select(Station).where(Station.district_id == district_id, Station.id == station_id)
    row = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise NotFound("没有找到这个联络站。")
    return row


def move_station(
    session: Session,
    district_id: str,
    station_id: str,
    state: StationState,
    *,
    now: dt.datetime,
    notice: str | None = None,
    address: str | None = None,
    superseded_by: str | None = None,
    paused_until: dt.date | None = None,
    as_seen: str | None = None,
) -> Station:
    """Open, pause, relocate or close a station; ``notice`` is what a visitor reads from now on.

    A relocated station needs its new ``address``; a closed one may name who receives instead. ``paused_until``: the last
    day of a pause, at most ``station.pause_days`` (60) after its first (rulebook §9.6). ``as_seen``: the mark of a form;
    None where no person looked before.

    :raises Conflict: when it changed since ``as_seen``, or the move is not in :data:`STATION_MOVES`.
    :raises Invalid: for MERGED (see :func:`merge_station`), a relocation without an address, or a pause too long.
    """
    row = locked_station(session, district_id, station_id)
    if state is StationState.MERGED:
        raise Invalid("合并联络站请使用“合并”，以便一并移交代表和网格。")
    if as_seen is not None:
        check_seen(row, as_seen)
    if state not in STATION_MOVES[StationState(row.state)]:
        raise Conflict("联络站目前的状态不能这样变更，请刷新后再试。", current=row.state)
    if state is StationState.RELOCATED and not (address and address.strip()):
        raise Invalid("请填写新的地址。", fields={"address": "请填写新的地址。"})
    if superseded_by is not None:
        successor = queries.station(session, district_id, superseded_by)
        away = StationState(successor.state) not in RECEIVING
        if state is not StationState.CLOSED or successor.id == row.id or away:
            raise Invalid("只有撤销时可以指定另一个接收的联络站。", fields={"superseded_by": "请重新选择。"})
    row.paused_on = row.paused_until = None
    if state is StationState.PAUSED:
        row.paused_on = local_date(now)
        row.paused_until = _last_day(session, district_id, row.paused_on, paused_until, now)
    row.state, row.notice, row.superseded_by = state.value, notice, superseded_by
    row.address = address or row.address
    session.flush()
    return row


def _last_day(session: Session, district_id: str, first: dt.date, last: dt.date | None, now: dt.datetime) -> dt.date:
    longest = int(parameters.load(session, district_id, at=now)["station.pause_days"])
    if last is None or not first <= last <= first + dt.timedelta(days=longest):
        sentence = f"请填写今天以后、{longest} 天以内的日期。"
        raise Invalid(f"暂停最长 {longest} 天；更久请撤销或者并入别的联络站。", fields={"paused_until": sentence})
    return last


def end_pauses(session: Session, *, now: dt.datetime) -> int:
    """For the clock: stations whose pause is over receive again, as was announced; how many (rulebook §9.6).

    Those who work there and the township are told: the door must be open.
    """
    over = sa.select(Station).where(Station.state == StationState.PAUSED.value, Station.paused_until < local_date(now))
    rows = session.scalars(over.order_by(Station.id).with_for_update(skip_locked=True)).all()
    for row in rows:
        _tell_open(session, row, now)
        row.state, row.notice, row.paused_on, row.paused_until = StationState.ACTIVE.value, None, None, None
    session.flush()
    return len(rows)


def _tell_open(session: Session, row: Station, now: dt.datetime) -> None:
    told = [
        account
        for role in STAFF
        for account in accounts_with(session, role, district_id=row.district_id, station_id=row.id)
    ]
    told += accounts_with(session, Role.TOWNSHIP, district_id=row.district_id, township_code=row.township_code)
    key = f"pause:{row.id}:{row.paused_until}"
    said.write(session, told, "station_open", key=key, district_id=row.district_id, now=now, station=row.name)
