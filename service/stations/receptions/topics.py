"""What a booking is about (预约事由), in the resident's own words: who reads it while it is checked, and after.

The station's own staff are the people a doubtful topic goes to: they read it with the reason for the doubt. Deputies read
it once it passed. A risky one is read by nobody but its writer. The booking itself counts at once, whatever becomes of it.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from service.stations.models import ReceptionBooking

PATIENCE = dt.timedelta(minutes=10)
"""As long as the text of an issue waits for WeChat before a person is asked."""
WAITING = "（预约事由正在内容审核）"
REFUSED = "（预约事由没有通过内容审核，不予显示）"
LATE = "微信内容检查暂时没有结果，请人工核对"


class TopicState(StrEnum):
    """Null in the table: no topic, or one of before topics were checked."""

    NEW = "new"
    PENDING = "pending"
    PASSED = "passed"
    DOUBTFUL = "doubtful"
    RISKY = "risky"


def shown(row: ReceptionBooking, *, staff: bool, now: dt.datetime) -> str | None:
    """The topic as the station's own staff, or else a deputy, reads it."""
    if row.topic is None or row.topic_state in (None, TopicState.PASSED):
        return row.topic
    if row.topic_state == TopicState.RISKY:
        return REFUSED
    return row.topic if staff and doubt(row, now=now) else WAITING


def doubt(row: ReceptionBooking, *, now: dt.datetime) -> str | None:
    """Why the station's staff should read the topic with care; None where there is no reason, or none yet."""
    if row.topic_state == TopicState.DOUBTFUL:
        return row.topic_doubt
    return LATE if row.topic_state == TopicState.PENDING and row.created_at + PATIENCE <= now else None
