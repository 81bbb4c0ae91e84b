"""Demo logins for the console (工作台): one per role, all with one password and one secret. Production never has them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from devkit.demo.accounts import SignIn
from service.accounts import one_time, passwords
from service.accounts.credentials import login_index
from service.accounts.desk_models import DeskCredential
from service.accounts.roles import STAFF

PASSWORD = "demo desk opens this"
TOTP_SECRET = "MSDBDEMOMSDBDEMOMSDBDEMOMSDBDEMO"


def desk_sign_ins(sign_ins: Sequence[SignIn]) -> dict[str, SignIn]:
    """Login → account: the first listed account of each role that works at a desk."""
    found: dict[str, SignIn] = {}
    for sign_in in sign_ins:
        if sign_in.role in STAFF and sign_in.listed:
            found.setdefault(f"demo-{sign_in.role.value.replace('_', '-')}", sign_in)
    return found


def add_desks(session: Session, sign_ins: Sequence[SignIn], *, now: dt.datetime) -> int:
    """Write the logins that are missing; how many."""
    wanted = desk_sign_ins(sign_ins)
    indexes = {login: login_index(login) for login in wanted}
    there = set(
        session.scalars(sa.select(DeskCredential.login_index).where(DeskCredential.login_index.in_(indexes.values())))
    )
    missing = [login for login in wanted if indexes[login] not in there]
    hashed = passwords.hashed(PASSWORD) if missing else ""
    for login in missing:
        session.add(
            DeskCredential(
                account_id=wanted[login].account_id,
                login=login,
                login_index=indexes[login],
                password_hash=hashed,
                totp_secret=TOTP_SECRET,
                totp_last_step=0,
                changed_at=now,
            )
        )
    return len(missing)


def desk_notes(sign_ins: Sequence[SignIn]) -> dict[str, object]:
    """What demo.json says about them."""
    people = [
        {"role": one.role.value, "name": one.name, "login": login} for login, one in desk_sign_ins(sign_ins).items()
    ]
    return {
        "password": PASSWORD,
        "totp_secret": TOTP_SECRET,
        "otpauth": one_time.address(TOTP_SECRET, "demo"),
        "sign_ins": people,
    }
