"""A period's issues as rows of a table: without names, phones and exact places, the words as they were redacted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from service.calendar.workdays import SHANGHAI
from service.deputies.models import Deputy
from service.issues.models import Issue
from service.issues.states import STATE_TITLES, State
from service.issues.words import CHANNEL_TITLES, RATING_TITLES, SOLVED_TITLES, Rating, Solved
from service.parameters.models import Category
from service.stations.models import Station
from service.supervision.models import IssueFact
from service.supervision.queries import Period, Scope
from service.territory.models import Division
from service.units.models import HandlingUnit

HEADER = (
    "编号",
    "提出日期",
    "渠道",
    "镇街",
    "村（社区）",
    "联络站",
    "类别",
    "状态",
    "代表",
    "承办单位",
    "受理",
    "响应",
    "办结",
    "办结期限",
    "结果评价",
    "是否解决",
    "态度评价",
    "退回次数",
    "延期次数",
    "人数",
    "内容（已隐去个人信息）",
)
BATCH = 2_000
"""Rows asked for at a time: each batch is a statement of its own, so no transaction lasts as long as a download."""

_town, _village = aliased(Division), aliased(Division)
_ROWS = (
    sa.select(
        IssueFact,
        Issue.number,
        Issue.redacted,
        _town.name,
        _village.name,
        Station.name,
        Category.title,
        Deputy.name,
        HandlingUnit.name,
    )
    .join(Issue, Issue.id == IssueFact.issue_id)
    .outerjoin(_town, _town.code == IssueFact.township_code)
    .outerjoin(_village, _village.code == IssueFact.division_code)
    .outerjoin(Station, Station.id == IssueFact.station_id)
    .outerjoin(Category, Category.id == IssueFact.category_id)
    .outerjoin(Deputy, Deputy.id == Issue.deputy_id)
    .outerjoin(HandlingUnit, HandlingUnit.id == IssueFact.unit_id)
    .order_by(IssueFact.on_date, IssueFact.issue_id)
    .limit(BATCH)
)


def rows(session: Session, scope: Scope, period: Period, *, now: dt.datetime) -> Iterator[tuple[str, ...]]:
    """One row of texts per issue submitted in the period, oldest first, in the order of :data:`HEADER`."""
    wanted = _ROWS.where(*scope.conditions(), IssueFact.on_date.between(period.since, period.until))
    statement, found = wanted, True
    while found:
        batch = session.execute(statement).all()
        for row in batch:
            yield _row(row[0], *row[1:], now=now)
        found = len(batch) == BATCH
        if found:
            last = batch[-1][0]
            after = sa.tuple_(sa.literal(last.on_date), sa.literal(last.issue_id))
            statement = wanted.where(sa.tuple_(IssueFact.on_date, IssueFact.issue_id) > after)
        session.rollback()
        session.expunge_all()


def _row(fact: IssueFact, number: str, words: str, *names: str | None, now: dt.datetime) -> tuple[str, ...]:
    town, village, station, category, deputy, unit = (name or "" for name in names)
    return (
        number,
        fact.on_date.isoformat(),
        CHANNEL_TITLES[fact.channel],
        town,
        village,
        station,
        category,
        STATE_TITLES[State(fact.state)],
        deputy,
        unit,
        _promise(fact.acceptance_kept, fact.acceptance_due, now),
        _promise(fact.reply_kept, fact.reply_due, now),
        _promise(fact.finish_kept, fact.finish_due, now),
        fact.finish_due.astimezone(SHANGHAI).date().isoformat() if fact.finish_due else "",
        _rating(fact.result),
        SOLVED_TITLES[Solved(fact.solved)] if fact.solved else "",
        _rating(fact.attitude),
        str(fact.returns),
        str(fact.extensions),
        str(fact.people),
        words,
    )


def _promise(kept: bool | None, due_at: dt.datetime | None, now: dt.datetime) -> str:
    if kept is not None:
        return "按时" if kept else "超期"
    if due_at is None:
        return ""
    return "已超期" if due_at < now else "期限内"


def _rating(value: Any) -> str:
    return RATING_TITLES[Rating(value)] if value else ""
