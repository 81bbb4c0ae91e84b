"""Kinds of notices: whom each is for, which goes first, and where a tap on it leads. Pure."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a notice says. Those of residents stand in the order of their worth: an answer needed comes first."""

    EMERGENCY = "emergency"  # 紧急事项
    TASK = "task"  # 待办
    ALERT = "task_alert"  # 督促、督办
    NEEDS_ANSWER = "needs_answer"  # 请补充情况
    FEEDBACK = "feedback"  # 已反馈，请评价
    REPLIED = "replied"  # 有新的留言
    PROGRESS = "progress"  # 已受理、已交办
    CLOSED = "closed"  # 已办结，或不予受理
    RECEPTION = "reception"  # 接待日变动


KIND_TITLES: dict[str, str] = {
    Kind.EMERGENCY: "紧急事项",
    Kind.TASK: "待办",
    Kind.ALERT: "督促、督办",
    Kind.NEEDS_ANSWER: "请补充情况",
    Kind.FEEDBACK: "办理反馈，请评价",
    Kind.REPLIED: "新的留言",
    Kind.PROGRESS: "办理进度",
    Kind.CLOSED: "办结或者不予受理",
    Kind.RECEPTION: "接待日变动",
}


class Purpose(StrEnum):
    """What a template is for; a district maps each to a template of its account."""

    EMERGENCY = "emergency"
    TASK = "task"
    DIGEST = "digest"
    NEEDS_ANSWER = "needs_answer"
    FEEDBACK = "feedback"
    PROGRESS = "progress"
    RECEPTION = "reception"


PURPOSE_TITLES: dict[Purpose, str] = {
    Purpose.EMERGENCY: "紧急事项提醒",
    Purpose.TASK: "待办提醒",
    Purpose.DIGEST: "待办汇总",
    Purpose.NEEDS_ANSWER: "请您补充情况",
    Purpose.FEEDBACK: "办理反馈，请评价",
    Purpose.PROGRESS: "办理进度",
    Purpose.RECEPTION: "接待日变动",
}

_PURPOSES: dict[str, Purpose] = {
    Kind.EMERGENCY: Purpose.EMERGENCY,
    Kind.TASK: Purpose.TASK,
    Kind.ALERT: Purpose.TASK,
    Kind.NEEDS_ANSWER: Purpose.NEEDS_ANSWER,
    Kind.FEEDBACK: Purpose.FEEDBACK,
    Kind.REPLIED: Purpose.PROGRESS,
    Kind.PROGRESS: Purpose.PROGRESS,
    Kind.CLOSED: Purpose.PROGRESS,
    Kind.RECEPTION: Purpose.RECEPTION,
}
_WORTH = {kind.value: place for place, kind in enumerate(Kind)}
_FIRST, _TASKS, _OTHERS = 0, 1, 2
_PRIORITIES: dict[str, int] = {Kind.EMERGENCY: _FIRST, Kind.TASK: _TASKS, Kind.ALERT: _TASKS, Kind.NEEDS_ANSWER: _TASKS}
WORK = frozenset({Purpose.EMERGENCY.value, Purpose.TASK.value, Purpose.DIGEST.value})
"""Purposes for deputies and staff: these may come from the official account, and in a digest."""
KEEPS_THE_LAST = frozenset({Kind.NEEDS_ANSWER.value, Kind.FEEDBACK.value})
"""Messages for whose sake the last consent is kept while an issue is open: without them the matter stops."""


def purpose_of(kind: str) -> Purpose:
    """A kind nobody knows any more (of an older version) is progress."""
    return _PURPOSES.get(kind, Purpose.PROGRESS)


def worth(kind: str) -> int:
    """Smaller is worth more: who gets the consent when there are fewer than messages."""
    return _WORTH.get(kind, len(_WORTH))


def priority(kind: str) -> int:
    """Which heap a notice waits in: emergencies, then what somebody must do, then what is good to know."""
    return _PRIORITIES.get(kind, _OTHERS)


def spares_the_last(kind: str) -> bool:
    """Whether it may not take the last consent of a template that a more valuable message uses as well.

    Only news of an open issue (已受理、已交办): a closed one needs no consent any more.
    """
    return kind == Kind.PROGRESS


ISSUE_PAGE, INBOX_PAGE, NOTICES_PAGE = "pages/issue/detail", "pages/inbox/index", "pages/notices/index"
BOOKINGS_PAGE = "pages/me/bookings"
REQUESTS_PAGE, IDENTITIES_PAGE, PORTRAITS_PAGE = "pages/work/requests", "pages/work/me", "pages/work/portraits"
ABOUT_IDENTITIES = frozenset({"binding", "bound", "ended"})
"""First words of the keys under which notices about work identities are written (``service/stations/identity_notices.py``)."""

ABOUT_PORTRAITS = "portrait"
"""The same of those about a deputy's photo (``service/stations/portrait_notices.py``)."""


def page(issue_id: str | None, *, digest: bool = False, key: str = "", kind: str = "") -> str:
    """The exact page a tap opens: the issue where there is one, else where its matter is settled, else the messages (站内消息).

    A page the client does not have would be refused by WeChat (41030). ``key``: under which the notice was written.
    """
    if digest:
        return INBOX_PAGE
    if issue_id is not None:
        return f"{ISSUE_PAGE}?id={issue_id}"
    about = key.partition(":")[0]
    if about == ABOUT_PORTRAITS:
        return PORTRAITS_PAGE
    if kind == Kind.RECEPTION:
        return BOOKINGS_PAGE
    if about not in ABOUT_IDENTITIES:
        return NOTICES_PAGE
    return REQUESTS_PAGE if kind == Kind.TASK else IDENTITIES_PAGE
