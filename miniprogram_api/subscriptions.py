"""For which messages the client should ask next, at a tap of the person (rulebook §0.12: submit, rate; staff at the badge)."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from miniprogram_api.schemas import Out
from service.bootstrap import core
from service.notifications import consents, queries
from service.notifications.asking import Asked, asked
from service.notifications.templates import messages
from service.parameters import queries as parameters


class SubscriptionOut(Out):
    """``moments``: when to ask (``submit``, ``rate``, ``badge``); ``ask``: whether too few consents are left.

    At one tap at most three templates may be asked for, and never ``once`` and ``long_term`` together (WeChat refuses with
    20002): take the first ones with ``ask`` of one ``kind``; they stand in the order of their worth.
    """

    template_id: str
    kind: str
    purpose: str
    moments: list[str]
    remaining: int
    ask: bool


def subscriptions_out(
    session: Session, account_id: str, works_in: list[str], here: str | None = None
) -> list[SubscriptionOut]:
    """One line per template; two statements. ``works_in``: districts of the account's roles; ``here``: where it is now."""
    settings, now = core().settings, core().clock()
    balances = consents.balances(session, account_id)
    lines: dict[str, Asked] = {}
    for district_id in dict.fromkeys([*works_in, here or _home(session, account_id, works_in)]):
        values = parameters.load(session, district_id, at=now)
        found = messages(values, placeholders=not settings.is_production)
        for line in asked(found, works=district_id in works_in):
            lines.setdefault(line.template_id, line)
    return [_line(line, balances) for line in lines.values()]


def _home(session: Session, account_id: str, works_in: list[str]) -> str:
    """Nobody says where a resident lives: where they heard from last, else where they work, else the main district."""
    heard_from = queries.last_district(session, account_id)
    return heard_from or next(iter(works_in), core().settings.main_district)


def _line(line: Asked, balances: Mapping[str, int]) -> SubscriptionOut:
    remaining = balances.get(line.template_id, 0)
    return SubscriptionOut(
        template_id=line.template_id,
        kind="long_term" if line.long_term else "once",
        purpose=line.purpose.value,
        moments=list(line.moments),
        remaining=remaining,
        ask=remaining < line.enough,
    )
