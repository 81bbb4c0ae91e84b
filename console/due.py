"""How a deadline looks at a glance: words, a sign and a tone, so that colour is never the only one to say it. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from service.calendar.workdays import local_date
from service.issues.lists import SOON


@dataclass(frozen=True, slots=True)
class Due:
    words: str
    tone: str
    sign: str


NOTHING_DUE = Due("没有期限", "quiet", "")


def due(line: Any, now: dt.datetime) -> Due:
    """Of a line of a list (``due_at``, ``due_provisional``)."""
    at = line["due_at"]
    if at is None:
        return NOTHING_DUE
    days = (local_date(at) - local_date(now)).days
    provisional = "（暂定）" if line["due_provisional"] else ""
    if at < now:
        late = f"已超期 {-days} 天" if days else "今天已超期"
        return Due(late + provisional, "bad", "▲")
    if at < now + SOON:
        soon = f"还剩 {days} 天" if days else "今天到期"
        return Due(soon + provisional, "warn", "◷")
    return Due(f"{local_date(at).month}月{local_date(at).day}日前{provisional}", "quiet", "")


def lasting(amount: dt.timedelta) -> str:
    """``2 天 3 小时``; under an hour in minutes."""
    minutes = max(0, int(amount.total_seconds() // 60))
    days, hours = minutes // 1440, minutes % 1440 // 60
    if days:
        return f"{days} 天 {hours} 小时" if hours else f"{days} 天"
    return f"{hours} 小时" if hours else f"{minutes} 分钟"
