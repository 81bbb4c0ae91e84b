"""One place per person and day, however they came: who was written down at the desk, and books again with an account.

Known again by a phone the account has proven, never by one that was typed: else anybody could ask whether a number has a
place. What was only typed is pointed out to the station's staff, who know both anyway. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.stations.models import ReceptionBooking

MOBILE_DIGITS = 11


def digits(phone: str | None) -> str:
    """What phones are compared by: the digits, of mobiles without the country's code."""
    found = re.sub(r"\D", "", phone or "")
    return found[-MOBILE_DIGITS:] if re.fullmatch(r"(00)?86\d{11}", found) else found


def written_down(
    rows: Sequence[ReceptionBooking], *, proven_phone: str | None, name: str | None
) -> ReceptionBooking | None:
    """Of the places of a day the one that is this person's already. ``name``: theirs as far as it is known; another name is
    another person of the household. Without a name only where one place is meant, not one of two.
    """
    if not proven_phone:
        return None
    same = [row for row in rows if row.account_id is None and digits(row.phone) == digits(proven_phone)]
    if name:
        return next((row for row in same if row.name == name), None)
    return same[0] if len(same) == 1 else None


def likely(rows: Sequence[ReceptionBooking]) -> dict[str, int]:
    """Place booked with an account → number of the one a clerk wrote down for what seems to be the same person: the same
    phone, and no other name.
    """
    at_desk = [row for row in rows if row.account_id is None and row.number is not None and digits(row.phone)]
    return {
        row.id: number
        for row in rows
        if row.account_id is not None
        for number in [_twin_of(row, at_desk)]
        if number is not None
    }


def _twin_of(row: ReceptionBooking, at_desk: Sequence[ReceptionBooking]) -> int | None:
    numbers = (one.number for one in at_desk if digits(one.phone) == digits(row.phone) and row.name in (None, one.name))
    return next(numbers, None)
