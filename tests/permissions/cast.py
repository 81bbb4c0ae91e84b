"""Everybody who could ask, in one town: each role at home, next door, elsewhere in the district, and in the other district."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from service.accounts import sessions
from service.accounts.roles import Grant, Role
from service.db import db
from tests.api.conftest import new_account
from tests.conftest import FakeClock, FakeWeChat
from tests.journeys.town import Person, Town
from tests.world import World

UNSIGNED = "nobody bad_token"
RESIDENTS = "guest owner other_resident b_resident"
DEPUTIES = "deputy deputy_same deputy_elsewhere deputy_city b_deputy"
STATION_STAFF = "clerk head"
OTHER_STATION_STAFF = "clerk_home head_home clerk_elsewhere head_elsewhere b_clerk b_head"
UNIT_STAFF = (
    "unit_clerk unit_leader co_clerk co_leader unit_clerk_elsewhere unit_leader_elsewhere b_unit_clerk b_unit_leader"
)
OFFICES = "township township_elsewhere district government reviewer committee auditor admin"
B_OFFICES = "b_township b_district b_government b_reviewer b_committee b_auditor b_admin"
CALLERS = tuple(
    " ".join(
        (UNSIGNED, RESIDENTS, DEPUTIES, STATION_STAFF, OTHER_STATION_STAFF, UNIT_STAFF, OFFICES, B_OFFICES)
    ).split()
)
"""``owner``: the resident whose issues they are; ``deputy``: who has them; ``…_home``: another station of the same
township; ``…_elsewhere``: of the other township of the district; ``b_…``: of the other district."""

CONTACT = {"name": "王小花", "phone": "13800138000"}
PLACE = "幸福村三组老井旁第二户"
_numbers = itertools.count(1)


@dataclass
class Cast:
    """Who can call (name → person), and the objects they call for (name → id)."""

    town: Town
    other_town: Town
    people: dict[str, Person] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def session(self) -> Session:
        return db.session()

    def asks(self, caller: str, method: str, path: str, body: Any = None) -> Any:
        """The answer to ``caller``'s request, with a fresh Idempotency-Key."""
        headers = {**self.people[caller].headers, "Idempotency-Key": f"cast-{next(_numbers)}"}
        if method in ("GET", "DELETE"):
            return self.town.client.open("/api/v1" + path, method=method, headers=headers)
        return self.town.client.open("/api/v1" + path, method=method, headers=headers, json=body)

    def reads(self, caller: str, situation: str) -> Any:
        return self.asks(caller, "GET", f"/issues/{self.ids[situation]}")

    def submits(self, name: str, who: str = "owner", **changes: Any) -> dict[str, Any]:
        """An issue of ``who`` under ``name``; the workers then do their part."""
        issue: dict[str, Any] = self.town.submits(
            self.people[who], **{"anonymity": "named", "contact": CONTACT, **changes}
        )
        self.ids[name] = issue["id"]
        return issue


def assemble(world: World, client: FlaskClient, clock: FakeClock, wechat: FakeWeChat) -> Cast:
    """Sign everybody in; no issue yet."""
    cast = Cast(Town(world.a, client, clock, wechat), Town(world.b, client, clock, wechat))
    cast.people = {"nobody": Person(client), "bad_token": Person(client, {"Authorization": "Bearer " + "x" * 43})}
    for name, account_id in _accounts(cast.session, world, clock.now).items():
        token = sessions.open_session(cast.session, account_id, provider="guest", now=clock.now).token
        cast.people[name] = Person(client, {"Authorization": f"Bearer {token}"}, account_id)
    cast.session.commit()
    assert set(cast.people) == set(CALLERS)
    return cast


def _accounts(session: Session, world: World, now: dt.datetime) -> dict[str, str]:
    a, b = world.a, world.b
    at_home = [Grant(role, a.district_id, station_id=a.home) for role in (Role.STATION_CLERK, Role.STATION_HEAD)]
    return {
        "guest": new_account(session, now=now),
        "owner": a.accounts[Role.RESIDENT],
        "other_resident": a.other_accounts[Role.RESIDENT],
        "deputy": a.deputy_accounts[a.primary],
        "deputy_same": a.deputy_accounts[a.backup],
        "deputy_elsewhere": a.deputy_accounts[a.other_primary],
        "deputy_city": a.deputy_accounts[a.city_deputy],
        "clerk": a.accounts[Role.STATION_CLERK],
        "head": a.accounts[Role.STATION_HEAD],
        "clerk_home": new_account(session, at_home[0], now=now),
        "head_home": new_account(session, at_home[1], now=now),
        "clerk_elsewhere": a.other_accounts[Role.STATION_CLERK],
        "head_elsewhere": a.other_accounts[Role.STATION_HEAD],
        "unit_clerk": a.accounts[Role.UNIT_CLERK],
        "unit_leader": a.accounts[Role.UNIT_LEADER],
        "co_clerk": a.district_unit_accounts[Role.UNIT_CLERK],
        "co_leader": a.district_unit_accounts[Role.UNIT_LEADER],
        "unit_clerk_elsewhere": a.other_accounts[Role.UNIT_CLERK],
        "unit_leader_elsewhere": a.other_accounts[Role.UNIT_LEADER],
        "township": a.accounts[Role.TOWNSHIP],
        "township_elsewhere": a.other_accounts[Role.TOWNSHIP],
        "district": a.accounts[Role.DISTRICT],
        "government": a.accounts[Role.GOVERNMENT_OFFICE],
        "reviewer": a.accounts[Role.REVIEWER],
        "committee": a.accounts[Role.COMMITTEE],
        "auditor": a.accounts[Role.AUDITOR],
        "admin": a.accounts[Role.ADMIN],
        "b_resident": b.accounts[Role.RESIDENT],
        "b_deputy": b.deputy_accounts[b.primary],
        "b_clerk": b.accounts[Role.STATION_CLERK],
        "b_head": b.accounts[Role.STATION_HEAD],
        "b_unit_clerk": b.accounts[Role.UNIT_CLERK],
        "b_unit_leader": b.accounts[Role.UNIT_LEADER],
        "b_township": b.accounts[Role.TOWNSHIP],
        "b_district": b.accounts[Role.DISTRICT],
        "b_government": b.accounts[Role.GOVERNMENT_OFFICE],
        "b_reviewer": b.accounts[Role.REVIEWER],
        "b_committee": b.accounts[Role.COMMITTEE],
        "b_auditor": b.accounts[Role.AUDITOR],
        "b_admin": b.accounts[Role.ADMIN],
    }
