"""How an account looks to its owner."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy.orm import Session

from miniprogram_api.schemas import Moment, Out
from miniprogram_api.subscriptions import SubscriptionOut, subscriptions_out
from service.accounts import queries
from service.accounts.models import Account, GrantRow
from service.accounts.roles import ROLE_TITLES, Role
from service.masking import mask_phone


class GrantOut(Out):
    """One role in one place."""

    id: str
    role: Role
    title: str
    district_id: str
    township_code: str | None
    station_id: str | None
    unit_id: str | None
    deputy_id: str | None


class ConsentOut(Out):
    document: str
    version: str
    accepted: bool
    at: Moment


class AccountOut(Out):
    """``roles`` always holds ``resident``; the others come from ``grants``."""

    id: str
    display_name: str | None
    phone: str | None
    created_on: dt.date
    roles: list[Role]
    grants: list[GrantOut]


class ProfileOut(AccountOut):
    """``subscriptions``: the message templates the client may ask consent for, and whether it should."""

    consents: list[ConsentOut]
    subscriptions: list[SubscriptionOut]


def grants_out(rows: Iterable[GrantRow]) -> list[GrantOut]:
    return [
        GrantOut(
            id=row.id,
            role=Role(row.role),
            title=ROLE_TITLES[Role(row.role)],
            district_id=row.district_id,
            township_code=row.township_code,
            station_id=row.station_id,
            unit_id=row.unit_id,
            deputy_id=row.deputy_id,
        )
        for row in rows
    ]


def account_out(session: Session, account_id: str) -> AccountOut:
    account = queries.account(session, account_id)
    grants = grants_out(queries.grants(session, account_id))
    return AccountOut(
        id=account.id,
        display_name=account.display_name,
        phone=mask_phone(account.phone),
        created_on=account.created_on,
        roles=sorted({Role.RESIDENT, *(grant.role for grant in grants)}),
        grants=grants,
    )


def profile_out(session: Session, account: Account, here: str | None = None) -> ProfileOut:
    """The account with its consents; of several decisions about a text the latest is last. ``here``: a district."""
    consents = [ConsentOut.model_validate(row) for row in queries.consents(session, account.id)]
    shown = account_out(session, account.id)
    districts = list(dict.fromkeys(grant.district_id for grant in shown.grants))
    subscriptions = subscriptions_out(session, account.id, districts, here)
    return ProfileOut(**dict(shown), consents=consents, subscriptions=subscriptions)
