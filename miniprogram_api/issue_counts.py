"""Beside the lists: how many there are, and the views somebody saved."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy.orm import Session

from miniprogram_api.access import current_account_id
from miniprogram_api.issue_lists import BoxName, IssueFilters, SortName
from miniprogram_api.issues import door
from miniprogram_api.me import ERASERS, EXPORTERS
from miniprogram_api.routing import ANY_SESSION, current_actor, route
from miniprogram_api.schemas import NO_CONTROLS, Body, Moment, Out, Path, Query
from service.bootstrap import core
from service.db import db
from service.issues import counts, saved_views
from service.issues.lifecycle import State
from service.issues.models import SavedView
from service.issues.scopes import Box


class CountsQuery(Query):
    box: BoxName = "mine"


class CountsOut(Out):
    """``by_state`` names every state that has any. Open ones are counted now; finished ones at ``finished_as_of``.

    ``waiting``: the caller owes the next step, counted of the inbox alone.
    """

    by_state: dict[State, int]
    total_open: int
    overdue: int
    due_soon: int
    urgent: int
    waiting: int
    finished_as_of: Moment | None


class ViewPath(Path):
    name: Annotated[str, Field(min_length=1, max_length=20, pattern=NO_CONTROLS)]


class ViewIn(Body):
    """``filters`` as in the address of a list, kept as given: ``overdue`` means the day it is opened."""

    box: BoxName
    sort: SortName = "newest"
    filters: IssueFilters = IssueFilters()
    position: Annotated[int, Field(ge=0, le=999)] = 0


class ViewOut(Out):
    name: str
    box: BoxName
    sort: SortName
    filters: IssueFilters
    position: int


class ViewsOut(Out):
    items: list[ViewOut]


@route(
    door,
    "GET",
    "/issues/counts",
    access=ANY_SESSION,
    summary="事项数量",
    answers={200: CountsOut},
    problems=(403,),
)
def count_issues(query: CountsQuery) -> CountsOut:
    """Of everything the box lists, before any filter."""
    found = counts.of_box(db.session(), current_actor(), Box(query.box), now=core().clock())
    return CountsOut.model_validate(found)


@route(door, "GET", "/issues/views", access=ANY_SESSION, summary="常用筛选", answers={200: ViewsOut})
def list_views() -> ViewsOut:
    """One's own, in the order one gave them."""
    return ViewsOut(items=[_shown(row) for row in saved_views.views_of(db.session(), current_account_id())])


@route(
    door, "PUT", "/issues/views/<name>", access=ANY_SESSION, summary="保存常用筛选", answers={200: ViewOut}, wakes=False
)
def save_view(path: ViewPath, body: ViewIn) -> ViewOut:
    """Under this name, in place of an earlier one; up to twenty."""
    filters = body.filters.model_dump(mode="json", exclude_none=True, exclude_unset=True)
    view = saved_views.View(path.name, body.box, body.sort, filters, body.position)
    saved_views.save(db.session(), current_account_id(), view, now=core().clock())
    return ViewOut.model_validate(view)


@route(
    door,
    "DELETE",
    "/issues/views/<name>",
    access=ANY_SESSION,
    summary="删除常用筛选",
    answers={204: None},
    wakes=False,
)
def drop_view(path: ViewPath) -> None:
    saved_views.drop(db.session(), current_account_id(), path.name)


def _shown(row: SavedView) -> ViewOut:
    return ViewOut.model_validate(row)


def _export(session: Session, account_id: str) -> list[dict[str, Any]]:
    return [
        _shown(row).model_dump(mode="json", exclude_unset=True) for row in saved_views.views_of(session, account_id)
    ]


def _forget(session: Session, account_id: str, _now: dt.datetime) -> None:
    saved_views.forget_account(session, account_id)


EXPORTERS["views"] = _export
ERASERS += [_forget]
