"""A district's parameters (参数): what holds, what is coming, what was; changing one with a preview, taking a change back."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.defaults import PARAMETERS
from config.notices import NOTICE_PREFIX
from service.accounts.models import Account
from service.accounts.roles import Actor, Role
from service.accounts.trail import Access
from service.administration import notices_shown, office, policies
from service.calendar.workdays import day_in_words, local_date
from service.errors import Invalid, NotFound
from service.issues.case import rules_of
from service.issues.deadlines import Rules
from service.notifications.kinds import PURPOSE_TITLES, Purpose
from service.parameters import actions as parameters
from service.parameters import catalogue, queries
from service.parameters.models import Parameter

SMS_PURPOSES = "push.sms_purposes"


@dataclass(frozen=True, slots=True)
class Setting:
    """A parameter of a district. ``set``: the row that holds, None while the value everybody starts with does.

    ``coming``: values that have not begun, the next first; ``lines``: everything that was ever set, newest first.
    """

    key: str
    value: Any
    set: Parameter | None
    coming: Sequence[Parameter]
    lines: Sequence[Parameter]

    @property
    def stamp(self) -> str:
        """Changes with every decision about it: what an editor sends back, to be told when somebody was faster."""
        return f"{len(self.lines)}.{sum(row.withdrawn_at is not None for row in self.lines)}"

    def at(self, moment: dt.datetime) -> Any:
        """What holds at that moment, as far as it is decided."""
        held = [row for row in self.lines if row.withdrawn_at is None and row.valid_from <= moment]
        return held[0].value if held else catalogue.default(self.key)


def all_of(session: Session, district_id: str, keys: Iterable[str], *, now: dt.datetime) -> dict[str, Setting]:
    """Settings by key, in the order given; one statement."""
    lines: dict[str, list[Parameter]] = defaultdict(list)
    for row in queries.history(session, district_id):
        lines[row.key].append(row)
    return {key: _setting(key, lines[key], now) for key in keys}


def one_of(session: Session, district_id: str, key: str, *, now: dt.datetime) -> Setting:
    """:raises NotFound: for a key nobody knows."""
    if key not in PARAMETERS and not catalogue.is_use(key):
        raise NotFound
    return _setting(key, queries.history(session, district_id, key), now)


def _setting(key: str, lines: Sequence[Parameter], now: dt.datetime) -> Setting:
    holding = [row for row in lines if row.withdrawn_at is None]
    began = next((row for row in holding if row.valid_from <= now), None)
    coming = [row for row in reversed(holding) if row.valid_from > now]
    return Setting(key, began.value if began else catalogue.default(key), began, coming, lines)


@dataclass(frozen=True, slots=True)
class Wish:
    """What an editor asks for. ``seen``: the stamp of the setting as they saw it; ``day``: from which day on."""

    value: Any
    day: dt.date
    reason: str
    seen: str
    policy_id: str | None = None


def change(session: Session, district_id: str, key: str, wish: Wish, *, actor: Actor, now: dt.datetime) -> Parameter:
    """Let another value hold from a day on.

    :raises Forbidden: for who is not an editor there.  :raises NotFound: for an unknown key or document.
    :raises Conflict: when somebody decided about it meanwhile.
    :raises Invalid: for a value, day or reason that cannot be, or a value that holds then anyway.
    """
    role = office.role_in(actor, district_id, *office.EDITORS)
    if catalogue.is_use(key):
        raise NotFound
    row = decide(session, district_id, key, wish, by=actor.account_id, role=role, now=now)
    data = {"key": key, "value": wish.value, "from": row.valid_from.isoformat(), "reason": wish.reason.strip()}
    office.note(session, Access.PARAMETER_SET, actor=actor, district_id=district_id, now=now, data=data)
    return row


def decide(
    session: Session, district_id: str, key: str, wish: Wish, *, by: str | None, role: Role, now: dt.datetime
) -> Parameter:
    """The change itself, for who has looked at the role and notes it; raises as :func:`change`."""
    office.one_at_a_time(session, district_id)
    setting = one_of(session, district_id, key, now=now)
    office.not_overtaken(wish.seen, setting.stamp)
    valid_from = office.begins(wish.day, now)
    if wish.policy_id is not None:
        policies.one_of(session, district_id, wish.policy_id)
    if wish.value == setting.at(valid_from):
        raise Invalid(fields={"value": "和那一天的值一样，没有需要修改的。"})
    return parameters.set_parameter(
        session,
        district_id,
        key,
        wish.value,
        valid_from=valid_from,
        now=now,
        author=parameters.Author(by, role.value, office.why(wish.reason), wish.policy_id),
    )


def withdraw(session: Session, district_id: str, parameter_id: str, *, actor: Actor, now: dt.datetime) -> str:
    """Take back a change that has not begun; answers with its key.

    :raises NotFound: when it is not of the district.  :raises Conflict: when it holds already, or is withdrawn.
    """
    office.role_in(actor, district_id, *office.EDITORS)
    row = session.get(Parameter, parameter_id)
    if row is None or row.district_id != district_id or catalogue.is_use(row.key):
        raise NotFound("没有找到这次修改。")
    parameters.withdraw(session, row, by=actor.account_id, now=now)
    data = {"key": row.key, "from": row.valid_from.isoformat()}
    office.note(session, Access.PARAMETER_WITHDRAWN, actor=actor, district_id=district_id, now=now, data=data)
    return row.key


@dataclass(frozen=True, slots=True)
class Difference:
    """What a change does: a matter, and how it is before and after."""

    what: str
    before: str
    after: str


def preview(
    session: Session, district_id: str, key: str, value: Any, *, day: dt.date, now: dt.datetime
) -> list[Difference]:
    """What would be different from that day on. Deadlines are shown by the last day of a step that begins today.

    :raises Invalid: for a value or a day that cannot be.
    """
    moment = office.begins(day, now)
    parameters.check(key, value)
    rules = rules_of(session, district_id, now=moment)
    known = catalogue.known(key)
    old, new = rules.values[key], value
    if key.startswith(NOTICE_PREFIX):
        return [Difference(*one) for one in notices_shown.differences(key, rules.values, value, now=now)]
    found = [Difference("值", in_words(key, old), in_words(key, new))]
    if known is None or known.unit not in (catalogue.WORKDAYS, catalogue.DAYS):
        return found
    changed = Rules({**rules.values, key: value}, rules.calendar)
    for part, before in _numbers(known, old).items():
        after = _numbers(known, new).get(part)
        name = f"{known.title}（{part}）" if part else known.title
        found.append(
            Difference(
                f"{name}：今天（{day_in_words(local_date(now))}）开始的，最后一天",
                _last_day(before, known.unit, now, rules),
                "—" if after is None else _last_day(after, known.unit, now, changed),
            )
        )
    return found


def _numbers(known: catalogue.Known, value: Any) -> Mapping[str, int]:
    """The numbers of a value, each with its name."""
    if isinstance(value, dict):
        return {known.parts[part]: number for part, number in value.items()}
    if isinstance(value, list):
        return {f"第 {place} 次": number for place, number in enumerate(value, start=1)}
    return {"": value}


def _last_day(number: int, unit: str, now: dt.datetime, rules: Rules) -> str:
    today = local_date(now)
    if unit == catalogue.DAYS:
        return day_in_words(today + dt.timedelta(days=number))
    return day_in_words(rules.calendar.add_workdays(today, number))


def in_words(key: str, value: Any) -> str:
    """A value as people read it."""
    if key == SMS_PURPOSES:
        return "、".join(PURPOSE_TITLES[Purpose(one)] for one in value if one in set(Purpose)) or "没有"
    return catalogue.in_words(key, value)


def names(session: Session, lines: Iterable[Parameter]) -> dict[str, str]:
    """Account → the registered name of who set or withdrew these values."""
    ids = {one for row in lines for one in (row.set_by, row.withdrawn_by) if one is not None}
    if not ids:
        return {}
    rows = session.execute(sa.select(Account.id, Account.display_name).where(Account.id.in_(ids)))
    return {account_id: name for account_id, name in rows if name}
