"""Who plays: the demo's accounts as actors, found by office."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from devkit.demo.accounts import SignIn
from devkit.demo.geography import DemoStation
from devkit.demo.plan import DemoUnit, DistrictPlan
from service.accounts.roles import SCOPE_FIELD, Actor, Grant, Role
from service.issues.models import Issue, IssueDecision


class Cast:
    """The people of one district."""

    def __init__(self, plan: DistrictPlan, sign_ins: Sequence[SignIn]) -> None:
        self.plan = plan
        self.offices: dict[tuple[Role, str], Actor] = {}
        residents: list[Actor] = []
        self.names: list[str] = []
        """Invented names of residents, for those a clerk types for."""
        for sign_in in sign_ins:
            if sign_in.district_id != plan.data.id:
                continue
            if sign_in.role is Role.RESIDENT:
                residents.append(Actor(sign_in.account_id))
                self.names.append(sign_in.name)
                continue
            grant = _grant(sign_in)
            office = str(getattr(grant, SCOPE_FIELD.get(sign_in.role, "district_id")))
            self.offices[(sign_in.role, office)] = Actor(sign_in.account_id, (grant,))
        self.residents: Sequence[Actor] = residents
        self._units: defaultdict[str | None, list[DemoUnit]] = defaultdict(list)
        for unit in plan.units:
            self._units[unit.township_code].append(unit)

    def holder(self, role: str, office: str | None) -> Actor:
        """Whoever holds that office. :raises KeyError: when nobody does."""
        return self.offices[(Role(role), str(office))]

    def decider(self, decision: IssueDecision) -> Actor:
        return self.holder(decision.decider_role, decision.decider_id)

    def speaker(self, issue: Issue) -> Actor:
        """Who deals with the resident: the deputy, or the office a complaint was raised to, or the head."""
        if issue.confined_to == "district":
            return self.holder(Role.DISTRICT, issue.district_id)
        if issue.confined_to == "township":
            return self.holder(Role.TOWNSHIP, issue.township_code)
        if issue.deputy_id is not None:
            return self.holder(Role.DEPUTY, issue.deputy_id)
        return self.holder(Role.STATION_HEAD, issue.station_id)

    def unit(self, township_code: str | None, title: str) -> DemoUnit:
        """The unit of that title (of the district where the township is None), or the first there."""
        found = self._units[township_code]
        return next((unit for unit in found if unit.name.endswith(title)), found[0])

    def units_of(self, township_code: str | None) -> Sequence[DemoUnit]:
        return self._units[township_code]

    def ordinary_stations(self) -> list[DemoStation]:
        """Those that look after villages."""
        return [station for station in self.plan.all_stations if station.village is not None]


def _grant(sign_in: SignIn) -> Grant:
    places = {
        "township_code": sign_in.township_id,
        "station_id": sign_in.station_id,
        "unit_id": sign_in.unit_id,
        "deputy_id": sign_in.deputy_id,
    }
    scope = SCOPE_FIELD.get(sign_in.role)
    return Grant(sign_in.role, sign_in.district_id, **{scope: places[scope]} if scope else {})
