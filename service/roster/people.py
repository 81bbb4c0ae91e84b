"""Which person a row means: by 编号, by name and phone, else by name and place. Namesakes are never guessed apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.binding import phone_index
from service.deputies.mandates import Level, MandateState
from service.deputies.models import Deputy, Mandate
from service.sheets.shapes import Record

ENDED = frozenset({MandateState.TERMINATED.value, MandateState.ARCHIVED.value})
NUMBER_PLEASE = "请给这些同名的代表都填写编号"


class People:
    """The district's deputies and their mandates, as stored and as this import adds to them."""

    def __init__(self, session: Session, district_id: str) -> None:
        self.by_number: dict[str, Deputy] = {}
        self.by_name: defaultdict[str, list[Deputy]] = defaultdict(list)
        self.mandates: defaultdict[str, list[Mandate]] = defaultdict(list)
        for mandate in session.scalars(sa.select(Mandate).where(Mandate.district_id == district_id)):
            self.mandates[mandate.deputy_id].append(mandate)
        for person in session.scalars(sa.select(Deputy).where(Deputy.district_id == district_id).order_by(Deputy.id)):
            self.add(person)
        self.stored = {person.id for found in self.by_name.values() for person in found}

    def add(self, person: Deputy) -> None:
        self.by_name[person.name].append(person)
        self.by_number[person.id] = person
        if person.roster_number:
            self.by_number[person.roster_number] = person

    def renumber(self, person: Deputy, record: Record) -> bool:
        """Keep the number and name of the row; whether either is new. An exported id is no number."""
        number, name = record.get("number"), record["name"]
        renamed = person.name != name
        if renamed:
            self.by_name[person.name].remove(person)
            self.by_name[name].append(person)
            person.name = name
        if number is None or number in (person.id, person.roster_number):
            return renamed
        person.roster_number = number
        self.by_number[number] = person
        return True

    def meant(self, record: Record, township: str | None) -> Deputy | None:
        """The person of the row; None for somebody new.

        :raises ValueError: when it could be any of several.
        """
        number = record.get("number")
        if number in self.by_number:
            return self.by_number[number]
        namesakes = [row for row in self.by_name[record["name"]] if number is None or row.roster_number is None]
        if "phone" in record.values:
            index = phone_index(record["phone"])
            same = [row for row in namesakes if row.phone_index == index]
            if same:
                return _only(same)
        return _only(row for row in namesakes if self._is_here(row, record["level"], township))

    def _is_here(self, person: Deputy, level: Level, township: str | None) -> bool:
        """The same town, at whatever level (one card also for two mandates, rulebook §11); else the same level."""
        held = self.mandates[person.id]
        if township is not None:
            return any(mandate.township_code == township for mandate in held)
        return any(mandate.level == level.value and mandate.township_code is None for mandate in held)

    def named(self, name: str, number: str | None, township: str) -> Deputy:
        """The person a grid is given to: by number, else by name, those of that township first.

        :raises ValueError: when there is none, or it could be any of several.
        """
        if number is not None:
            if number not in self.by_number:
                raise ValueError(f"没有编号为“{number}”的代表")
            return self.by_number[number]
        namesakes = self.by_name[name]
        here = [row for row in namesakes if any(m.township_code == township for m in self.mandates[row.id])]
        found = _only(here or namesakes)
        if found is None:
            raise ValueError(f"没有名为“{name}”的代表")
        return found


def _only(found: Iterable[Deputy]) -> Deputy | None:
    people = list(found)
    if len(people) > 1:
        raise ValueError(f"有 {len(people)} 位同名的代表，{NUMBER_PLEASE}")
    return people[0] if people else None
