"""Deputies (代表) from a sheet: one row per mandate. People are matched by 编号, phone, or name and place."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from service.accounts.binding import phone_index
from service.deputies.mandates import Level, MandateState
from service.deputies.models import Deputy, Mandate
from service.events import Event
from service.ids import new_id
from service.outbox.actions import record as record_event
from service.roster.elections import Elections
from service.roster.people import ENDED, NUMBER_PLEASE, People
from service.roster.shapes import DEPUTIES
from service.roster.underway import Underway, update
from service.sheets.shapes import Record
from service.stations import lookup
from service.stations.lookup import Named
from service.stations.models import RosterEntry, Station
from service.territory.models import STREET

DAY = dt.timedelta(days=1)


class DeputySheet:
    """``stations``: those that are open, under their names."""

    def __init__(self, way: Underway, stations: Mapping[str, Sequence[Named]]) -> None:
        self.way = way
        self.stations = stations
        self.people = People(way.session, way.district.id)
        self.elections = Elections(way)
        self.stationed = self._stationed()
        self.seen: set[str] = set()

    def take(self) -> People:
        """Every row; gives back who there is now."""
        entries: list[RosterEntry] = []
        mandates: list[Mandate] = []
        for record in self.way.read(DEPUTIES):
            try:
                self.way.tell(DEPUTIES, self._row(record, mandates, entries))
            except ValueError as error:
                self.way.blame(DEPUTIES, record.line, str(error))
        self.way.left(DEPUTIES, self.people.stored, self.seen)
        self._tell_crowded()
        self.way.flush()
        for rows in (mandates, entries):
            self.way.session.add_all(rows)
            self.way.flush()
        return self.people

    def _stationed(self) -> set[tuple[str, str]]:
        wanted = (
            sa.select(RosterEntry.station_id, RosterEntry.deputy_id)
            .join(Station, Station.id == RosterEntry.station_id)
            .where(Station.district_id == self.way.district.id)
            .where(sa.or_(RosterEntry.to_on.is_(None), RosterEntry.to_on >= self.way.today))
        )
        return {(station_id, deputy_id) for station_id, deputy_id in self.way.session.execute(wanted)}

    def _row(self, record: Record, mandates: list[Mandate], entries: list[RosterEntry]) -> bool | None:
        """Take one row: None when it brought somebody new, else whether it changed anything."""
        township = self._township(record)
        near = self.way.divisions[township].name if township else None
        stations = [lookup.find(self.stations, name, near=near) for name in record.get("stations", ())]
        start, end = record.get("from"), record["to"] + DAY if "to" in record.values else None
        if start and end and end <= start:
            raise ValueError("“任期止”早于“任期起”")
        person = self.people.meant(record, township)
        known = person is not None
        if person is None:
            person = self._new(record)
        self._once(person, record)
        if known and person.name != record["name"]:
            self.way.report.notices.append(f"代表：第 {record.line} 行按编号改了姓名，请核对是不是同一位")
        changed = known and (self.people.renumber(person, record) | update(person, _facts(record)))
        changed |= self._mandate(person, record, township, start, end, mandates)
        changed |= self._stations(person, stations, entries)
        self.seen.add(person.id)
        return changed if known else None

    def _once(self, person: Deputy, record: Record) -> None:
        """Two rows of one person and level, with the same days or without any: more likely two namesakes."""
        try:
            self.way.once(DEPUTIES, (person.id, record["level"], record.get("from")), record.line)
        except ValueError as error:
            raise ValueError(f"{error}（同名、同镇街、同级别）；如果不是同一位，{NUMBER_PLEASE}") from None

    def _township(self, record: Record) -> str | None:
        township = self.way.township(record["township"]) if "township" in record.values else None
        if record["level"] is Level.TOWN and (township is None or self.way.divisions[township].kind == STREET):
            raise ValueError("街道不设人民代表大会，镇人大代表必须属于一个镇")
        return township

    def _new(self, record: Record) -> Deputy:
        person = Deputy(
            id=new_id(),
            district_id=self.way.district.id,
            name=record["name"],
            roster_number=record.get("number"),
            **_facts(record),
        )
        self.people.add(person)
        self.way.session.add(person)
        return person

    def _mandate(
        self,
        person: Deputy,
        record: Record,
        township: str | None,
        start: dt.date | None,
        end: dt.date | None,
        new: list[Mandate],
    ) -> bool:
        held = [mandate for mandate in self.people.mandates[person.id] if mandate.level == record["level"].value]
        current = [row for row in held if row.state not in ENDED and self._meets(row, start, end)]
        if not current and any(row.state in ENDED and self._was(row, start) for row in held):
            self.way.report.notices.append(f"代表：第 {record.line} 行的代表资格已经终止，没有重新登记")
            return False
        if len(current) > 1:
            raise ValueError("与已经登记的两段同级任期都有重叠，请核对任期")
        row = current[0] if current else None
        values = self._electoral(record, township, start or (row.valid_from if row else self.way.today), end)
        if row is None:
            row = Mandate(
                id=new_id(),
                district_id=self.way.district.id,
                deputy_id=person.id,
                level=record["level"].value,
                state=MandateState.ACTIVE.value,
                valid_from=start or self.way.today,
                valid_to=end,
                **values,
            )
            self.people.mandates[person.id].append(row)
            new.append(row)
            return True
        return self._correct(person, row, values, {"valid_from": start, "valid_to": end})

    def _correct(self, person: Deputy, row: Mandate, values: dict[str, Any], days: dict[str, Any]) -> bool:
        """New days of a mandate may take somebody off routing: the event lets the rest of the service react."""
        last, first = days["valid_to"] or row.valid_to, days["valid_from"] or row.valid_from
        if last is not None and last <= first:
            raise ValueError("“任期止”早于已经登记的“任期起”")
        moved = update(row, days)
        if moved:
            payload = {"deputy_id": person.id}
            event = Event.DEPUTY_AVAILABILITY_CHANGED
            record_event(self.way.session, event, payload, district_id=self.way.district.id, now=self.way.now)
        return update(row, values) or moved

    def _electoral(
        self, record: Record, township: str | None, start: dt.date, end: dt.date | None
    ) -> dict[str, str | None]:
        level: Level = record["level"]
        unit = self.elections.unit(level, township, record["constituency"]) if "constituency" in record.values else None
        term = self.elections.term(level, township, record["term"], start, end) if "term" in record.values else None
        return {
            "township_code": township,
            "constituency_id": unit.id if unit else None,
            "term_id": term.id if term else None,
        }

    def _meets(self, row: Mandate, start: dt.date | None, end: dt.date | None) -> bool:
        """Whether the row's days overlap the stored ones; a row without days means the mandate that is running."""
        first, last = start or self.way.today, end or dt.date.max
        return (row.valid_to is None or row.valid_to > first) and row.valid_from < last

    def _was(self, row: Mandate, start: dt.date | None) -> bool:
        return start is None or row.valid_from == start or (row.valid_to is not None and start < row.valid_to)

    def _stations(self, person: Deputy, station_ids: Sequence[str], new: list[RosterEntry]) -> bool:
        wanted = [(station_id, person.id) for station_id in dict.fromkeys(station_ids)]
        missing = [pair for pair in wanted if pair not in self.stationed]
        self.stationed.update(missing)
        new.extend(
            RosterEntry(id=new_id(), station_id=station_id, deputy_id=deputy_id, from_on=self.way.today)
            for station_id, deputy_id in missing
        )
        return bool(missing)

    def _tell_crowded(self) -> None:
        rows = (row for held in self.people.mandates.values() for row in held if row.state not in ENDED)
        current = (row for row in rows if row.valid_to is None or row.valid_to > self.way.today)
        self.elections.tell_crowded(Counter(row.constituency_id for row in current if row.constituency_id))


def _facts(record: Record) -> dict[str, Any]:
    """What is said of the person; the phone with the index by which binding finds it (rulebook §9.8)."""
    facts = {name: record.get(name) for name in ("employer", "introduction")}
    phone = record.get("phone")
    return facts | ({"phone": phone, "phone_index": phone_index(phone)} if phone else {})
