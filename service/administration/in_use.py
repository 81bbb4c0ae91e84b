"""From when and until when a category (类别) or a standard text (标准用语) is offered: decided, withdrawn and kept like any
parameter of the district (one line per decision), for what the district made itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from service.accounts.roles import Role
from service.administration import office, settings
from service.administration.settings import Setting, Wish
from service.calendar.workdays import local_date
from service.errors import Invalid, NotFound
from service.parameters import actions as parameters
from service.parameters.catalogue import OFF, ON
from service.parameters.models import Parameter

DAY = dt.timedelta(days=1)
SAME = {ON: "那一天本来就在使用，没有需要修改的。", OFF: "那一天本来就不使用，没有需要修改的。"}


class Standing(StrEnum):
    """Where something stands today."""

    CURRENT = "current"  # 使用
    COMING = "coming"  # 将启用
    ENDED = "ended"  # 停用


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day of something new; ``last`` None: until somebody ends it."""

    first: dt.date
    last: dt.date | None = None

    def check(self) -> None:
        """:raises Invalid: when it ends before it begins."""
        if self.last is not None and self.last < self.first:
            raise Invalid(fields={"valid_to": "最后一天不能早于第一天。"})

    def in_words(self) -> str:
        return f"{self.first:%Y-%m-%d} 起" + (f"，到 {self.last:%Y-%m-%d}" if self.last else "")


def standing(setting: Setting) -> Standing:
    """By what holds now, and whether a beginning is decided."""
    if setting.value == ON:
        return Standing.CURRENT
    return Standing.COMING if any(row.value == ON for row in setting.coming) else Standing.ENDED


def begin(
    session: Session, district_id: str, key: str, period: Period, *, by: str | None, role: Role, now: dt.datetime
) -> None:
    """The lines of something new: not before its first day, not after its last; none where it is offered from now on for good.

    :raises Invalid: for days gone by, too far ahead, or the wrong way round.
    """
    period.check()
    begins = office.begins(period.first, now)
    lines = [(now, OFF, "新增，还没有启用"), (begins, ON, "新增")] if begins > now else []
    if period.last is not None:
        lines.append((office.begins(period.last + DAY, now), OFF, "新增时定了最后一天"))
    for moment, value, why in lines:
        author = parameters.Author(by, role.value, why)
        parameters.set_parameter(session, district_id, key, value, valid_from=moment, now=now, author=author)


def change(
    session: Session, district_id: str, key: str, wish: Wish, *, by: str | None, role: Role, now: dt.datetime
) -> Parameter:
    """Begin or end from a day on.

    :raises Conflict: when somebody decided about it meanwhile.  :raises Invalid: when nothing would change, or for a day
    or reason that cannot be.
    """
    try:
        return settings.decide(session, district_id, key, wish, by=by, role=role, now=now)
    except Invalid as fault:
        if "value" in fault.fields:
            raise Invalid(fields={"use": SAME[wish.value]}) from None
        raise


def in_words(wish: Wish, now: dt.datetime) -> str:
    """For the trail: ``2026-03-09 起停用：理由``."""
    day = "" if wish.day == local_date(now) else f"{wish.day:%Y-%m-%d} 起"
    return f"{day}{'启用' if wish.value == ON else '停用'}（{wish.reason.strip()}）"


def withdraw(
    session: Session, district_id: str, parameter_id: str, prefix: str, *, by: str | None, now: dt.datetime
) -> str:
    """Take back a beginning or an end that has not come; answers with the id of what it was about.

    :raises NotFound: when there is none of that kind in the district.  :raises Conflict: when it holds, or is withdrawn.
    """
    office.one_at_a_time(session, district_id)
    row = session.get(Parameter, parameter_id)
    if row is None or row.district_id != district_id or not row.key.startswith(prefix):
        raise NotFound("没有找到这次修改。")
    parameters.withdraw(session, row, by=by, now=now)
    return row.key.removeprefix(prefix)
