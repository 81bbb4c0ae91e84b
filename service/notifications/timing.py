"""When a message may go out, and when it is tried again. Pure; hours are China's."""

from __future__ import annotations

import datetime as dt

from service.calendar.workdays import SHANGHAI

MAX_ATTEMPTS = 6
_BACK_OFF = (10, 30, 120, 600, 1800)
_PAUSES = (15, 30, 60, 120, 300, 600)
PER_MINUTE = dt.timedelta(seconds=61)
DAILY_QUOTA = frozenset({45009})
"""45009: the day's calls are used up; 45011 and others: too many at once, over within a minute."""


def quiet_until(now: dt.datetime, start: int, end: int) -> dt.datetime | None:
    """When the quiet hours end that ``now`` lies in; None outside them, and where both hours are the same.

    ``start`` and ``end`` are hours of the day; the quiet hours may run over midnight (22–7).
    """
    local = now.astimezone(SHANGHAI)
    hour = local.hour
    quiet = start <= hour < end if start < end else (hour >= start or hour < end) and start != end
    if not quiet:
        return None
    until = local.replace(hour=end % 24, minute=0, second=0, microsecond=0)
    return until if until > local else until + dt.timedelta(days=1)


def quota_resets(now: dt.datetime, errcode: int | None) -> dt.datetime:
    """The next day in China for a day's quota (rule of WeChat's API quotas, the minute itself unverified), else a minute."""
    if errcode not in DAILY_QUOTA:
        return now + PER_MINUTE
    tomorrow = now.astimezone(SHANGHAI).date() + dt.timedelta(days=1)
    return dt.datetime.combine(tomorrow, dt.time(0, 5), SHANGHAI)


def back_off(attempts: int, chance: float) -> dt.timedelta:
    """Wait after so many attempts: 10 s, 30 s, 2, 10, 30 minutes, and up to half of it more.

    ``chance`` in [0, 1): those that failed together must not come back together.
    """
    seconds = _BACK_OFF[min(attempts, len(_BACK_OFF)) - 1] if attempts else _BACK_OFF[0]
    return dt.timedelta(seconds=seconds * (1 + chance / 2))


def pause(failures: int) -> dt.timedelta:
    """How long a channel rests that failed as a whole so many times in a row: 15 s, then doubling, at most 10 minutes."""
    return dt.timedelta(seconds=_PAUSES[min(max(failures, 1), len(_PAUSES)) - 1])
