"""Demo accounts: who can sign in with which fixed code of the WeChat sandbox, and what demo.json says about them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

from devkit.demo.geography import DemoStation
from devkit.demo.names import demo_phone, resident_names
from devkit.demo.people import DemoDeputy
from devkit.demo.plan import UNITS_WITH_ACCOUNTS, DemoUnit, DistrictPlan
from devkit.demo.rows import Rows, demo_id
from devkit.wechat_sandbox.identities import openid_for
from service.accounts.models import Account, GrantRow, Identity
from service.accounts.roles import ROLE_TITLES, SCOPE_FIELD, Role
from service.calendar.workdays import local_date
from service.crypto import ring
from service.deputies.mandates import Level
from service.notifications.models import ConsentEntry, SubscriptionCredit

PROVIDER = "wechat_miniprogram"
TEMPLATES = ("tmpl-issue-progress", "tmpl-issue-task")
CREDITS = 50
RESIDENTS = 3
MORE_RESIDENTS = 60
"""Others who brought something up in the district with many stations; they do not sign in."""
DISTRICT_ROLES = (
    Role.DISTRICT,
    Role.GOVERNMENT_OFFICE,
    Role.REVIEWER,
    Role.COMMITTEE,
    Role.AUDITOR,
    Role.ADMIN,
)


@dataclass(frozen=True)
class SignIn:
    """One account. ``listed``: it appears in demo.json; the others only see to it that nothing waits for nobody."""

    code: str
    role: Role
    name: str
    district_id: str
    station_id: str | None = None
    unit_id: str | None = None
    township_id: str | None = None
    deputy_id: str | None = None
    listed: bool = True

    @property
    def account_id(self) -> str:
        return demo_id("account", self.code)

    def note(self) -> dict[str, object]:
        """The entry of demo.json; a deputy's ``id`` is the deputy id the API shows."""
        places = {"station_id": self.station_id, "unit_id": self.unit_id, "township_id": self.township_id}
        return {
            "role": self.role.value,
            "id": self.deputy_id or self.account_id,
            "name": self.name,
            **{field: value for field, value in places.items() if value is not None},
            "body": {"provider": PROVIDER, "code": self.code},
        }


HIGHER = frozenset({Level.NATIONAL, Level.PROVINCE, Level.CITY})


def plan_sign_ins(plans: Sequence[DistrictPlan]) -> list[SignIn]:
    """Codes are ``demo-<role>-<n>``, counted through over the districts, those of demo.json first."""
    drafts = list(chain.from_iterable(_of_district(plan) for plan in plans))
    counts: Counter[Role] = Counter()
    numbered = []
    for draft in sorted(drafts, key=lambda draft: not draft.listed):
        counts[draft.role] += 1
        code = f"demo-{draft.role.value.replace('_', '-')}-{counts[draft.role]}"
        numbered.append(replace(draft, code=code))
    return numbered


def _of_district(plan: DistrictPlan) -> Iterator[SignIn]:
    shown_townships = list(dict.fromkeys(station.township.code for station in plan.shown))
    for number in range(1, RESIDENTS + 1):
        yield SignIn("", Role.RESIDENT, f"{plan.data.name}居民{number}", plan.data.id)
    for name in islice(resident_names(plan.data.id), MORE_RESIDENTS if len(plan.townships) > 1 else RESIDENTS):
        yield SignIn("", Role.RESIDENT, name, plan.data.id, listed=False)
    yield from _deputies(plan)
    for station in plan.all_stations:
        yield from _station_staff(station, plan)
    for township in plan.townships:
        yield SignIn(
            "",
            Role.TOWNSHIP,
            f"{township.name}人大",
            plan.data.id,
            township_id=township.code,
            listed=township.code in shown_townships,
        )
    for role in DISTRICT_ROLES:
        yield SignIn("", role, f"{plan.data.name}{ROLE_TITLES[role].removeprefix('区')}", plan.data.id)
    shown_units = [unit for unit in plan.units if unit.township_code in shown_townships]
    shown_units += [unit for unit in plan.units if unit.township_code is None][:UNITS_WITH_ACCOUNTS]
    for unit in (*shown_units, *(unit for unit in plan.units if unit not in shown_units)):
        yield from _unit_staff(unit, plan.data.id, listed=unit in shown_units)


def _deputies(plan: DistrictPlan) -> Iterator[SignIn]:
    """Every deputy once: nothing of the demo waits for somebody who cannot be told.

    Listed are those of the shown stations, and those of a higher level, to whom matters can be handed up.
    """
    listed = {station.id for station in plan.shown}
    seen: set[str] = set()
    for station in sorted(plan.all_stations, key=lambda station: station.id not in listed):
        for person in plan.rosters.get(station.id, ()):
            if person.id not in seen:
                seen.add(person.id)
                higher = any(level in HIGHER for level in person.levels)
                yield _deputy(person, station, plan.data.id, listed=station.id in listed or higher)


def _deputy(person: DemoDeputy, station: DemoStation, district_id: str, *, listed: bool) -> SignIn:
    return SignIn(
        "",
        Role.DEPUTY,
        person.name,
        district_id,
        station_id=station.id,
        township_id=station.township.code,
        deputy_id=person.id,
        listed=listed,
    )


def _station_staff(station: DemoStation, plan: DistrictPlan) -> Iterator[SignIn]:
    for role, title in ((Role.STATION_CLERK, "联络员"), (Role.STATION_HEAD, "站长")):
        yield SignIn(
            "",
            role,
            f"{station.name}{title}",
            plan.data.id,
            station_id=station.id,
            township_id=station.township.code,
            listed=station in plan.shown,
        )


def _unit_staff(unit: DemoUnit, district_id: str, *, listed: bool) -> Iterator[SignIn]:
    for role, title in ((Role.UNIT_CLERK, "经办人"), (Role.UNIT_LEADER, "负责人")):
        name, township = f"{unit.name}{title}", unit.township_code
        yield SignIn("", role, name, district_id, unit_id=unit.id, township_id=township, listed=listed)


def add_accounts(rows: Rows, sign_ins: Sequence[SignIn], *, now: dt.datetime) -> None:
    """Accounts with a WeChat identity; for all but residents a grant and credits for subscription messages."""
    for number, sign_in in enumerate(sign_ins, start=1):
        _account(rows, sign_in, demo_phone(number), now)
        if sign_in.role is Role.RESIDENT:
            continue
        _grant(rows, sign_in, now)
        for template in TEMPLATES:
            rows.add(
                SubscriptionCredit,
                account_id=sign_in.account_id,
                template_id=template,
                remaining=CREDITS,
            )
            rows.add(
                ConsentEntry,
                id=demo_id("consent", f"{sign_in.code}:{template}"),
                account_id=sign_in.account_id,
                template_id=template,
                state="granted",
                change=CREDITS,
                source="client",
                on_day=local_date(now),
            )


def _account(rows: Rows, sign_in: SignIn, phone: str, now: dt.datetime) -> None:
    openid = openid_for(sign_in.code)
    rows.add(
        Account,
        id=sign_in.account_id,
        display_name=sign_in.name,
        phone=phone,
        phone_index=ring().blind_index(phone, "phone"),
        created_on=local_date(now),
    )
    rows.add(
        Identity,
        id=demo_id("identity", sign_in.code),
        account_id=sign_in.account_id,
        provider=PROVIDER,
        subject=openid,
        subject_index=ring().blind_index(openid, f"identity.{PROVIDER}"),
    )


def _grant(rows: Rows, sign_in: SignIn, now: dt.datetime) -> None:
    """Exactly the scope column of ``SCOPE_FIELD`` is filled."""
    places = {
        "township_code": sign_in.township_id,
        "station_id": sign_in.station_id,
        "unit_id": sign_in.unit_id,
        "deputy_id": sign_in.deputy_id,
    }
    scope = SCOPE_FIELD.get(sign_in.role)
    rows.add(
        GrantRow,
        id=demo_id("grant", sign_in.code),
        account_id=sign_in.account_id,
        role=sign_in.role.value,
        district_id=sign_in.district_id,
        granted_at=now,
        **{field: value if field == scope else None for field, value in places.items()},
    )
