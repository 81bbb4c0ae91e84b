"""How accounts can be reached outside the service, and in which role: openids, phones they agreed to be called on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service import crypto
from service.accounts.models import Account, GrantRow, Identity, PolicyConsent
from service.accounts.queries import MINIPROGRAM_PROVIDER
from service.accounts.roles import Role
from service.rows import among

OFFICIAL_PROVIDER = "wechat_official"
CONTACT = "contact"
"""The document of :class:`PolicyConsent` by which somebody agreed to be called or texted."""


def openids_by_provider(session: Session, account_ids: Collection[str]) -> dict[str, dict[str, str]]:
    """Provider → account → openid, of the mini-program and of the official account."""
    providers = (MINIPROGRAM_PROVIDER, OFFICIAL_PROVIDER)
    statement = sa.select(Identity.provider, Identity.account_id, Identity.subject)
    rows = session.execute(
        statement.where(among(session, Identity.account_id, account_ids), Identity.provider.in_(providers))
    )
    found: dict[str, dict[str, str]] = {provider: {} for provider in providers}
    for provider, account_id, openid in rows:
        found[provider][account_id] = openid
    return found


def contact_phones(session: Session, account_ids: Collection[str]) -> dict[str, str]:
    """Account → its own phone, of those whose last word about being contacted was yes."""
    if not account_ids:
        return {}
    said = sa.select(PolicyConsent.account_id, PolicyConsent.accepted).where(
        PolicyConsent.account_id.in_(account_ids), PolicyConsent.document == CONTACT
    )
    decisions: dict[str, list[bool]] = defaultdict(list)
    for account_id, accepted in session.execute(said.order_by(PolicyConsent.at, PolicyConsent.id)):
        decisions[account_id].append(accepted)
    agreed = [account_id for account_id, words in decisions.items() if words[-1]]
    phones = sa.select(Account.id, Account.phone).where(
        Account.id.in_(agreed), Account.phone.is_not(None), Account.locked_at.is_(None)
    )
    return {account_id: str(phone) for account_id, phone in session.execute(phones)} if agreed else {}


def roles_of(session: Session, account_ids: Collection[str], district_id: str) -> dict[str, Role]:
    """Account → the first role it was given in the district; residents are missing."""
    statement = sa.select(GrantRow.account_id, GrantRow.role).where(
        GrantRow.account_id.in_(account_ids), GrantRow.district_id == district_id, GrantRow.revoked_at.is_(None)
    )
    rows = session.execute(statement.order_by(GrantRow.granted_at.desc(), GrantRow.id.desc()))
    return {account_id: Role(role) for account_id, role in rows}


def account_of_openid(session: Session, openid: str) -> str | None:
    """Whose openid this is, of the mini-program or of the official account; None for a stranger's."""
    ring = crypto.ring()
    known = [
        sa.and_(
            Identity.provider == provider, Identity.subject_index == ring.blind_index(openid, f"identity.{provider}")
        )
        for provider in (MINIPROGRAM_PROVIDER, OFFICIAL_PROVIDER)
    ]
    return session.scalar(sa.select(Identity.account_id).where(sa.or_(*known)))
