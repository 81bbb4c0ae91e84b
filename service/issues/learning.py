"""What the category model learns from: the historical register, and issues whose category staff have confirmed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.classification import actions, trainer
from service.classification.measuring import Row
from service.classification.models import CategoryModel
from service.classification.trainer import Candidate, Lesson
from service.issues.models import Issue
from service.parameters import queries as parameters
from service.register import queries as register


@dataclass(frozen=True, slots=True)
class Prepared:
    """A lesson ready to be learnt outside any transaction. ``unchanged``: the version that has learnt just this."""

    district_id: str
    lesson: Lesson
    titles: dict[str, str]
    unchanged: CategoryModel | None


def prepare(session: Session, district_id: str, *, now: dt.datetime) -> Prepared:
    """Gather what there is to learn. Commit before training: it takes up to a minute and needs no database.

    :raises Invalid: when there is too little.
    """
    usable = {one.id for one in parameters.usable_categories(session, district_id, at=now)}
    rows = [*register.labelled(session, district_id), *confirmed(session, district_id)]
    lesson = trainer.lesson([row for row in rows if row[1] in usable])
    unchanged = actions.unchanged(session, district_id, lesson, now=now)
    return Prepared(district_id, lesson, parameters.category_titles(session, district_id), unchanged)


def confirmed(session: Session, district_id: str) -> Iterator[Row]:
    """(redacted text, category id) of issues whose category a person in office has set; complaints stay out."""
    statement = sa.select(Issue.redacted, Issue.category_id).where(
        Issue.district_id == district_id,
        Issue.category_confirmed_at.is_not(None),
        Issue.category_id.is_not(None),
        Issue.confined_to.is_(None),
    )
    for text, category_id in session.execute(statement.order_by(Issue.id)):
        yield text, str(category_id)


def keep(
    session: Session, prepared: Prepared, candidate: Candidate, *, always: bool = False, now: dt.datetime
) -> CategoryModel:
    """Write what came out of the training, and use it if it is better."""
    return actions.store(
        session,
        prepared.district_id,
        prepared.lesson,
        candidate,
        always=always,
        titles=prepared.titles,
        now=now,
    )
