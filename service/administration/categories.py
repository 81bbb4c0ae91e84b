"""A district's categories (类别). None is renamed or deleted: issues keep the words of their time; a new one takes over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import Actor
from service.accounts.trail import Access
from service.administration import office
from service.calendar.workdays import local_date
from service.errors import Conflict, Invalid, NotFound
from service.parameters import queries
from service.parameters.models import Category
from service.remembered import Remembered

MOST_WORDS, LONGEST_WORD, LONGEST_TITLE, MOST_CATEGORIES = 60, 12, 20, 80


def add(
    session: Session, district_id: str, title: str, words: Sequence[str], *, actor: Actor, now: dt.datetime
) -> Category:
    """A new category, last in order, open for choosing at once.

    :raises Invalid: for a title that is none, or taken, or words that cannot be.
    """
    office.role_in(actor, district_id, *office.EDITORS)
    office.one_at_a_time(session, district_id)
    known = queries.categories(session, district_id, include_retired=True)
    title = " ".join(title.split())
    if not 2 <= len(title) <= LONGEST_TITLE:
        raise Invalid(fields={"title": f"请填写类别名称（2 至 {LONGEST_TITLE} 个字）。"})
    if any(one.title == title for one in known):
        raise Invalid(fields={"title": "已经有这个类别；停用了的可以在下面重新启用。"})
    if len(known) >= MOST_CATEGORIES:
        raise Invalid(fields={"title": f"最多 {MOST_CATEGORIES} 个类别。"})
    place = max((one.position for one in known), default=0) + 1
    row = Category(district_id=district_id, title=title, position=place, keywords=_checked(words))
    session.add(row)
    session.flush()
    _said(session, row, "新增", actor, now)
    return row


def set_words(
    session: Session,
    district_id: str,
    category_id: str,
    words: Sequence[str],
    *,
    before: Sequence[str],
    actor: Actor,
    now: dt.datetime,
) -> None:
    """The words that suggest it; ``before``: as the editor saw them.

    :raises Conflict: when somebody changed them meanwhile.
    """
    row = _locked(session, district_id, category_id, actor)
    if list(before) != row.keywords:
        raise Conflict(office.FASTER, code="stale_version")
    wanted = _checked(words)
    if wanted != row.keywords:
        row.keywords = wanted
        _said(session, row, "修改词语", actor, now)


def set_use(
    session: Session, district_id: str, category_id: str, *, used: bool, actor: Actor, now: dt.datetime
) -> None:
    """Switch it off from today on, or on again; issues that have it keep it.

    :raises Conflict: when it stands that way already, or it would be the last.
    """
    row = _locked(session, district_id, category_id, actor)
    if (row.retired_on is None) is used:
        raise Conflict(office.FASTER, code="stale_version")
    if not used and len(queries.categories(session, district_id)) < 2:
        raise Conflict("至少要保留一个类别。")
    row.retired_on = None if used else local_date(now)
    _said(session, row, "重新启用" if used else "停用", actor, now)


def _locked(session: Session, district_id: str, category_id: str, actor: Actor) -> Category:
    office.role_in(actor, district_id, *office.EDITORS)
    wanted = sa.select(Category).where(Category.id == category_id, Category.district_id == district_id)
    row = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise NotFound(queries.UNKNOWN_CATEGORY)
    return row


def _checked(words: Sequence[str]) -> list[str]:
    wanted = [word for word in dict.fromkeys("".join(one.split()) for one in words) if word]
    if len(wanted) > MOST_WORDS or any(len(word) > LONGEST_WORD for word in wanted):
        raise Invalid(fields={"words": f"最多 {MOST_WORDS} 个词语，每个最多 {LONGEST_WORD} 个字。"})
    return wanted


def _said(session: Session, row: Category, what: str, actor: Actor, now: dt.datetime) -> None:
    session.flush()
    Remembered.forget_all()
    data = {"what": what, "title": row.title}
    office.note(session, Access.CATEGORY_CHANGED, actor=actor, district_id=row.district_id, now=now, data=data)
