"""One account for every role, with a WeChat identity the tests' FakeWeChat knows."""

from __future__ import annotations

from sqlalchemy.orm import Session

from service.accounts.models import Account, GrantRow, Identity
from service.accounts.roles import SCOPE_FIELD, Role
from service.crypto import ring
from service.ids import new_id
from tests.world.ground import GRANTED
from tests.world.people import People

PROVIDER = "wechat_miniprogram"


class Accounts(People):
    def __init__(self, session: Session, district_id: str, name: str, key: str) -> None:
        super().__init__(session, district_id, name, key)
        self.codes: dict[str, str] = {}
        self.deputy_accounts: dict[str, str] = {}

    def _account(self, role: Role, name: str, scope: str | None = None) -> str:
        """``scope`` goes into the one column that role is scoped by."""
        code = f"{self.key.lower()}-{name}"
        phone = f"139{len(self.codes):04d}{self.district_id[-4:]}"
        account_id = self._person(name, code, phone)
        if role is not Role.RESIDENT:
            place = {SCOPE_FIELD[role]: scope} if role in SCOPE_FIELD else {}
            grant = GrantRow(
                account_id=account_id,
                role=role.value,
                district_id=self.district_id,
                granted_at=GRANTED,
                **place,
            )
            self._add(grant)
        self.codes[account_id] = code
        if role is Role.DEPUTY and scope:
            self.deputy_accounts[scope] = account_id
        return account_id

    def _person(self, name: str, code: str, phone: str) -> str:
        account = Account(
            id=new_id(),
            display_name=name,
            phone=phone,
            phone_index=ring().blind_index(phone, "phone"),
            created_on=GRANTED.date(),
        )
        self._add(account)
        index = ring().blind_index(f"o-{code}", f"identity.{PROVIDER}")
        self._add(Identity(account_id=account.id, provider=PROVIDER, subject=f"o-{code}", subject_index=index))
        return account.id

    def _role_accounts(self, deputy_id: str, station_id: str, unit_id: str) -> dict[Role, str]:
        district_wide = [role for role in Role if role not in SCOPE_FIELD]
        accounts = {role: self._account(role, role.value) for role in district_wide}
        return accounts | self._scoped_accounts("", deputy_id, station_id, self.township, unit_id)

    def _other_accounts(self, deputy_id: str, station_id: str, unit_id: str) -> dict[Role, str]:
        scoped = self._scoped_accounts("other-", deputy_id, station_id, self.other_township, unit_id)
        return {Role.RESIDENT: self._account(Role.RESIDENT, "other-resident")} | scoped

    def _scoped_accounts(
        self, prefix: str, deputy_id: str, station_id: str, township: str, unit_id: str
    ) -> dict[Role, str]:
        accounts = {
            role: self._account(role, f"{prefix}{role.value}", station_id)
            for role in (Role.STATION_CLERK, Role.STATION_HEAD)
        }
        accounts[Role.TOWNSHIP] = self._account(Role.TOWNSHIP, f"{prefix}township", township)
        accounts[Role.DEPUTY] = self.deputy_accounts[deputy_id]
        return accounts | self._unit_accounts(f"{prefix}township", unit_id)

    def _unit_accounts(self, prefix: str, unit_id: str) -> dict[Role, str]:
        return {
            role: self._account(role, f"{prefix}-{role.value}", unit_id) for role in (Role.UNIT_CLERK, Role.UNIT_LEADER)
        }
