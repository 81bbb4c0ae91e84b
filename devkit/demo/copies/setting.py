"""Where and among whom a copy takes place: what each symbol of its family stands for there."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from devkit.demo.copies.family import Family
from devkit.demo.geography import DemoStation, Village
from devkit.demo.issues.cast import Cast
from devkit.demo.issues.telling import Matter, Shelf, Teller, matters
from devkit.demo.rows import demo_id
from service.accounts.roles import Role
from service.ids import new_id

SAID_AGAIN = "resent_text"
"""The phrase with which somebody replaces what was rejected."""


@dataclass(frozen=True)
class Resident:
    """Somebody who brings things up."""

    account_id: str
    name: str | None
    phone: str | None


class Setting:
    """Finds new people and words for copies of a district's families."""

    def __init__(
        self,
        cast: Cast,
        rng: random.Random,
        residents: Sequence[Resident],
        categories: Mapping[str, str],
        said: set[str] | None = None,
    ) -> None:
        self.cast, self.rng, self.residents, self.categories = cast, rng, residents, categories
        self.shelf = Shelf(rng)
        self.said = said
        self._villages = {village.code: village for township in cast.plan.townships for village in township.villages}
        self._fitting: dict[tuple[str, bool, bool, bool], list[Matter]] = {}

    def symbols(
        self, family: Family, station: DemoStation, numbers: Sequence[str], shift: dt.timedelta
    ) -> dict[str, str]:
        """Symbol → value for a copy at ``station``; ``shift``: how much earlier than its family it is told."""
        place = self.rng.randrange(len(station.village_codes))
        village = self._villages[station.village_codes[place]]
        found = {
            "station": station.id,
            "station.name": station.name,
            "township": station.township.code,
            "township.name": station.township.name,
            "village": village.code,
            "grid": demo_id("grid", village.code),
        }
        self._roster(found, family, station, place)
        residents = self.rng.sample(self.residents, max(family.residents, len(family.stories)))
        for number, resident in enumerate(residents):
            found[f"resident:{number}"] = resident.account_id
        matter = self._matter(family, village)
        found["category"], found["kind"] = self.categories[matter.category], matter.kind
        units = self._units(family, station, matter)
        found |= units
        for number in range(len(family.stories)):
            found[f"issue:{number}"] = new_id()
            found[f"number:{number}"] = numbers[number]
            found[f"name:{number}"] = residents[number].name or ""
            found[f"phone:{number}"] = residents[number].phone or ""
        for role in (Role.STATION_HEAD, Role.STATION_CLERK):
            found[f"account:{role.value}"] = str(self.cast.holder(role, station.id).account_id)
        found[f"account:{Role.TOWNSHIP.value}"] = str(self.cast.holder(Role.TOWNSHIP, station.township.code).account_id)
        self._words(found, family, village, matter, shift)
        while self.said is not None and not self._is_new(found, family):
            self._words(found, family, village, matter, shift)
        return found

    def _roster(self, found: dict[str, str], family: Family, station: DemoStation, place: int) -> None:
        """The village's own deputy first, as routing would have it, then the next ones of the station."""
        roster = self.cast.plan.rosters[station.id]
        for number in range(family.deputies):
            person = roster[(place + number) % len(roster)]
            found[f"deputy:{number}"], found[f"deputy.name:{number}"] = person.id, person.name
            found[f"deputy.account:{number}"] = str(self.cast.holder(Role.DEPUTY, person.id).account_id)

    def _units(self, family: Family, station: DemoStation, matter: Matter) -> dict[str, str]:
        """The unit the new matter belongs to in place of the first one, others by their title, never one twice."""
        found: dict[str, str] = {}
        taken: set[str] = set()
        wanted = sorted(
            {name for name in family.symbols.values() if name.partition(":")[0] in ("unit", "district_unit")}
        )
        for name in wanted:
            where, _, title = name.partition(":")
            township = station.township.code if where == "unit" else None
            own = (matter.unit if where == "unit" else matter.district) if not family.stories[-1].plot.about else title
            options = [self.cast.unit(township, own), self.cast.unit(township, title), *self.cast.units_of(township)]
            unit = next(unit for unit in options if unit.id not in taken)
            taken.add(unit.id)
            found[name], found[f"{where}.name:{title}"] = unit.id, unit.name
            for role in (Role.UNIT_CLERK, Role.UNIT_LEADER):
                found[f"{where}.{role.value}:{title}"] = str(self.cast.holder(role, unit.id).account_id)
        return found

    def _matter(self, family: Family, village: Village) -> Matter:
        """Another matter of the same sort: asking stays asking, for its deadlines differ."""
        told = family.stories[-1].teller.matter
        key = (told.only, told.urgent, told.kind == "CONSULT", village.is_community)
        if key not in self._fitting:
            self._fitting[key] = [
                other
                for other in matters()
                if (other.only, other.urgent, other.kind == "CONSULT") == key[:3] and other.fits(village)
            ]
        return self.shelf.take(f"matters{key}", self._fitting[key])

    def _words(
        self, found: dict[str, str], family: Family, village: Village, matter: Matter, shift: dt.timedelta
    ) -> None:
        """Everything that was said, said again of the new matter, place and people."""
        about = self._about(found, family)
        named = (name for name in found if name.startswith(("unit.name:", "district_unit.name:")))
        unit = next((found[name] for name in named), "相关单位")
        tellers = [Teller(self.rng, self.shelf, village, matter, about) for _ in family.stories]
        for story, teller in zip(family.stories, tellers, strict=True):
            teller.began = story.at[0] - shift
        for text, (number, recipe) in family.recipes.items():
            found[f"text:{text}"] = tellers[number].again(recipe, shift, unit)

    def _about(self, found: Mapping[str, str], family: Family) -> str:
        """The name of whom the copy complains about."""
        about = family.stories[-1].submission.about
        if about is None:
            return ""
        symbol, _, which = family.symbols[about[1]].partition(":")
        if symbol == "station":
            return found["station.name"]
        return found[f"{symbol}.name:{which}"] + ("代表" if symbol == "deputy" else "")

    def _is_new(self, found: Mapping[str, str], family: Family) -> bool:
        """Nobody has said this before."""
        openings = [
            found[f"text:{text}"]
            for text, (_, recipe) in family.recipes.items()
            if recipe.kind == "opening" or recipe.name == SAID_AGAIN
        ]
        if self.said is None or self.said.intersection(openings) or len(set(openings)) < len(openings):
            return False
        self.said.update(openings)
        return True
