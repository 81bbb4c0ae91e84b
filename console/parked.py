"""Parked work (搁置的任务): what did not get through, by kind, with the error and a button to try again. No contents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from flask import request, url_for
from sqlalchemy.orm import Session

from console.pages import Done, Door, only, page
from console.showing import render
from console.typed import Typed
from service import jobs
from service.accounts.roles import Role
from service.bootstrap import core
from service.db import db
from service.errors import NotFound
from service.events import EVENT_TITLES
from service.issues.checks import chasing
from service.issues.checks.states import CHECK_TITLES, CheckState
from service.notifications import actions as notifications
from service.notifications import pauses
from service.notifications import queries as notification_queries
from service.notifications.kinds import KIND_TITLES
from service.notifications.models import PARKED
from service.outbox import actions as outbox
from service.outbox import queries as outbox_queries
from service.stations import mini_codes
from service.uploads import processing
from service.uploads import queries as uploads
from service.uploads.models import UploadState
from service.wechat_errors import explained

MOST_SHOWN = 100
LONGEST_ERROR = 200
RINGS = (
    jobs.DRAIN_OUTBOX,
    jobs.DELIVER_NOTIFICATIONS,
    jobs.PROCESS_UPLOADS,
    jobs.FETCH_MINI_CODES,
    jobs.ASK_CHECKS,
)
PUSH_TITLES = {
    "invalid": "模板或内容不对：改好模板后再发",
    "unknown": "可能已经送达：再发会收到两次",
    "refused": "对方没有同意，或没有可用的渠道",
    "failed": "多次没有发出",
}
CHANNELS = {"subscription": "小程序订阅消息", "official": "公众号消息", "sms": "短信"}
PICTURE_TITLES = {UploadState.PARKED: "多次没有处理好", UploadState.LOST: "文件不见了，不能再处理"}
MINI_TITLES = {mini_codes.MiniState.WANTED: "失败过，还会再试", mini_codes.MiniState.FAILED: "没有取到"}


class Kind(StrEnum):
    TASK = "task"
    PUSH = "push"
    PICTURE = "picture"
    MINI = "mini"
    CHECK = "check"


TITLES = {
    Kind.TASK: "任务",
    Kind.PUSH: "推送",
    Kind.PICTURE: "图片",
    Kind.MINI: "小程序码",
    Kind.CHECK: "内容检查",
}


@dataclass(frozen=True, slots=True)
class Resting:
    """A channel by which nothing goes out for now; ``why`` says what to do."""

    title: str
    until: dt.datetime
    times: int
    why: str


@dataclass(frozen=True, slots=True)
class Line:
    """``what``: the kind of event or notice, as an older version wrote it where it has no title now; never what it says."""

    id: str
    what: str
    state: str
    error: str
    again: bool = True


door = Door("parked")


@page(door, "GET", "/parked", access=only(Role.ADMIN))
def show() -> str:
    """One kind at a time; those of the whole installation, as they carry nothing of a district."""
    kind = next((one for one in Kind if one.value == request.args.get("kind")), Kind.TASK)
    counts = notification_queries.parked_counts(db.session()) if kind is Kind.PUSH else {}
    return render(
        "console/parked.html",
        kind=kind,
        kinds=list(TITLES.items()),
        rows=_LISTS[kind](db.session()),
        counts=[(state, PUSH_TITLES[state], count) for state, count in sorted(counts.items())],
        resting=resting_channels(db.session()) if kind is Kind.PUSH else [],
        most=MOST_SHOWN,
    )


def resting_channels(session: Session) -> list[Resting]:
    """Channels that rest until they are heard of again: out of quota, refused, or down."""
    now = core().clock()
    return [
        Resting(f"{CHANNELS[row.channel]}{'暂停' if row.until > now else '待恢复'}", row.until, row.failures, why)
        for row in pauses.kept(session)
        for why in (explained(row.reason),)
    ]


@page(door, "POST", "/parked/<kind>/<id>/again", access=only(Role.ADMIN), rings=RINGS)
def again(kind: str, id: str) -> Done:
    """Another round of attempts."""
    found = next((one for one in Kind if one.value == kind), None)
    if found is None:
        raise NotFound
    _REQUEUE[found](db.session(), id, now=core().clock())
    return Done(url_for("console.parked.show", kind=kind), "已重新排队，稍后刷新看结果。")


@page(door, "POST", "/parked/pushes/again", access=only(Role.ADMIN), rings=jobs.DELIVER_NOTIFICATIONS)
def pushes_again() -> Done:
    """All of one state, for example after a template was corrected."""
    typed = Typed()
    state = typed.choice("state", PARKED, required=True)
    typed.check()
    count = notifications.requeue_all(db.session(), state or "", now=core().clock())
    return Done(url_for("console.parked.show", kind=Kind.PUSH.value), f"{count} 条推送已重新排队。")


def _tasks(session: Session) -> list[Line]:
    rows = outbox_queries.parked(session, MOST_SHOWN)
    return [
        Line(str(row.id), EVENT_TITLES.get(row.event, row.event), f"试了 {row.attempts} 次", _short(row.last_error))
        for row in rows
    ]


def _pushes(session: Session) -> list[Line]:
    rows = notification_queries.parked(session, MOST_SHOWN)
    return [
        Line(
            row.id,
            KIND_TITLES.get(row.kind, row.kind),
            PUSH_TITLES[row.push_state],
            explained(_short(row.last_error)),
        )
        for row in rows
    ]


def _pictures(session: Session) -> list[Line]:
    return [
        Line(row.id, "图片", PICTURE_TITLES[state], _short(row.last_error), state is UploadState.PARKED)
        for row in uploads.troubled(session, MOST_SHOWN)
        for state in (UploadState(row.state),)
    ]


def _minis(session: Session) -> list[Line]:
    return [
        Line(row.code, "小程序码", MINI_TITLES[mini_codes.MiniState(row.state)], _short(row.last_error))
        for row in mini_codes.troubled(session, MOST_SHOWN)
    ]


def _checks(session: Session) -> list[Line]:
    """Without the issue's number: an administrator sees no issues."""
    return [
        Line(row.id, "内容检查", CHECK_TITLES[CheckState(row.state)], explained(_short(row.last_error)))
        for row, _ in chasing.troubled(session, MOST_SHOWN)
    ]


def _short(error: str | None) -> str:
    return (error or "")[:LONGEST_ERROR]


def _task_again(session: Session, id: str, *, now: dt.datetime) -> None:
    """A task's id is a number; another kind's would be refused by the database."""
    if not (id.isascii() and id.isdigit() and len(id) <= 18):
        raise NotFound
    outbox.requeue(session, int(id), now=now)


_LISTS: dict[Kind, Callable[[Session], Sequence[Line]]] = {
    Kind.TASK: _tasks,
    Kind.PUSH: _pushes,
    Kind.PICTURE: _pictures,
    Kind.MINI: _minis,
    Kind.CHECK: _checks,
}
_REQUEUE: dict[Kind, Callable[..., object]] = {
    Kind.TASK: _task_again,
    Kind.PUSH: notifications.requeue,
    Kind.PICTURE: processing.requeue,
    Kind.MINI: mini_codes.requeue,
    Kind.CHECK: chasing.requeue,
}
"""Session, id and ``now`` → the row, waiting again."""
