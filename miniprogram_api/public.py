"""What everybody may see: published issues, figures with their method, the head of the ledger. Nothing personal."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from miniprogram_api.issue_answers import Titled
from miniprogram_api.paging import PageQuery, decode_cursor, encode_cursor
from miniprogram_api.place_views import NamedOut
from miniprogram_api.routing import PUBLIC, Door, route
from miniprogram_api.schemas import Id, Moment, Out, PageOut, Path, PlainText, Query
from service.db import db
from service.issues import figures, tallies
from service.issues.lifecycle import State
from service.ledger import queries as ledger
from service.stations import queries as stations
from service.supervision import public_rates
from service.supervision.measures import Value

PERIOD = "近 365 天。"

door = Door("public", "公开")


class PublicIssue(Out):
    number: str
    category: Titled | None
    village: str | None
    text: str
    state: State
    state_title: str
    week: dt.date
    outcome: str | None


class PublicIssueDetail(PublicIssue):
    """``followers`` null: none, or too few to tell (fewer than five)."""

    station: NamedOut
    followers: int | None


class PublicIssues(PageOut):
    items: list[PublicIssue]


class PublicQuery(PageQuery):
    """``q``: words that all stand in the released text; ``category_id``: also what belongs to its sub-categories."""

    district_id: Id | None = None
    station_id: Id | None = None
    category_id: Id | None = None
    q: Annotated[PlainText, Field(max_length=60)] | None = None


class NumberPath(Path):
    number: Annotated[PlainText, Field(min_length=1, max_length=24)]


class StatisticsQuery(Query):
    district_id: Id | None = None


class Figure(Out):
    """``value`` null: too few to tell (fewer than five). ``unit``: ``share`` from 0 to 1, otherwise a count."""

    name: str
    title: str
    unit: Literal["count", "share"]
    value: float | None
    sample: str
    method: str


class Statistics(Out):
    """``as_of``: when the figures were counted; null before the first time."""

    as_of: Moment | None
    items: list[Figure]


class LedgerHead(Out):
    district_id: str
    links: int
    head: str
    linked_at: Moment | None


class LedgerOut(Out):
    items: list[LedgerHead]


@route(
    door,
    "GET",
    "/public/issues",
    access=PUBLIC,
    summary="公开事项",
    answers={200: PublicIssues},
    limit="120 per minute",
)
def public_issues(query: PublicQuery) -> PublicIssues:
    """Only what the resident allowed and a reviewer redacted and released; by week, never to the minute."""
    position = decode_cursor("public", query.cursor)
    after = (dt.datetime.fromisoformat(position[0]), str(position[1])) if position else None
    session, limit = db.session(), query.limit
    rows = figures.published(
        session,
        district_id=query.district_id,
        station_id=query.station_id,
        category_id=query.category_id,
        words=query.q,
        after=after,
        limit=limit + 1,
    )
    shown = rows[:limit]
    last = [shown[-1].published_at.isoformat(), shown[-1].id] if len(rows) > limit else None
    items = [PublicIssue.model_validate(row) for row in shown]
    return PublicIssues(items=items, next_cursor=encode_cursor("public", last))


@route(
    door,
    "GET",
    "/public/issues/<number>",
    access=PUBLIC,
    summary="公开的一件事",
    answers={200: PublicIssueDetail},
    limit="120 per minute",
)
def public_issue(path: NumberPath) -> PublicIssueDetail:
    session = db.session()
    found = figures.one_published(session, path.number)
    station = NamedOut.model_validate(stations.station(session, None, found.station_id))
    return PublicIssueDetail(**dict(PublicIssue.model_validate(found)), station=station, followers=found.followers)


@route(
    door,
    "GET",
    "/public/statistics",
    access=PUBLIC,
    summary="公开统计",
    answers={200: Statistics},
    limit="30 per minute",
)
def public_statistics(query: StatisticsQuery) -> Statistics:
    """Rates with sample and method; no ranking of persons."""
    session = db.session()
    found = [Figure.model_validate(one) for one in figures.statistics(session, district_id=query.district_id)]
    in_time = [_rate(one) for one in public_rates.rates(session, district_id=query.district_id)]
    return Statistics(as_of=tallies.as_of(session), items=[*found[:2], *in_time, *found[2:]])


def _rate(one: Value) -> Figure:
    """With the same precision and the same way of saying "too few" as the other figures."""
    value = None if one.value is None else round(one.value, 3)
    sample = one.sample if value is not None else f"<{figures.SMALLEST_SHOWN}"
    method = f"{PERIOD}{one.measure.method}"
    return Figure(
        name=one.measure.name, title=one.measure.title, unit="share", value=value, sample=sample, method=method
    )


@route(
    door,
    "GET",
    "/public/ledger",
    access=PUBLIC,
    summary="存证链",
    answers={200: LedgerOut},
    limit="120 per minute",
)
def public_ledger() -> LedgerOut:
    """Save the head: with it anybody can later show that nothing before it was changed or removed."""
    return LedgerOut(items=[LedgerHead.model_validate(head) for head in ledger.heads(db.session())])
