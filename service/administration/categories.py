"""A district's categories (类别). None is renamed or deleted: issues keep the words of their time; a new one takes over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import Actor
from service.accounts.trail import Access
from service.administration import in_use, office, settings
from service.administration.in_use import Period
from service.administration.settings import Setting, Wish
from service.errors import Conflict, Invalid, NotFound
from service.parameters import queries
from service.parameters.catalogue import CATEGORY_USE, ON
from service.parameters.models import Category, Parameter
from service.remembered import Remembered

MOST_WORDS, LONGEST_WORD, LONGEST_TITLE, MOST_CATEGORIES = 60, 12, 20, 80


def add(
    session: Session,
    district_id: str,
    title: str,
    words: Sequence[str],
    *,
    period: Period,
    actor: Actor,
    now: dt.datetime,
) -> Category:
    """A new category, last in order, open for choosing from its first day to its last.

    :raises Invalid: for a title that is none, or taken, words that cannot be, or days that cannot.
    """
    role = office.role_in(actor, district_id, *office.EDITORS)
    office.one_at_a_time(session, district_id)
    known = queries.categories(session, district_id)
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
    in_use.begin(session, district_id, f"{CATEGORY_USE}{row.id}", period, by=actor.account_id, role=role, now=now)
    _said(session, row, f"新增，{period.in_words()}", actor, now)
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


def standings(session: Session, district_id: str, *, now: dt.datetime) -> dict[str, Setting]:
    """Category → since when, until when and why it is offered; one statement beside the categories'."""
    keys = [f"{CATEGORY_USE}{one.id}" for one in queries.categories(session, district_id)]
    found = settings.all_of(session, district_id, keys, now=now)
    return {key.removeprefix(CATEGORY_USE): one for key, one in found.items()}


def set_use(
    session: Session, district_id: str, category_id: str, wish: Wish, *, actor: Actor, now: dt.datetime
) -> Parameter:
    """Offer it no more from a day on, or again; issues that have it keep it. Raises as :func:`in_use.change`.

    :raises Conflict: when no category would be left on some day.
    """
    row = _locked(session, district_id, category_id, actor)
    role, key = office.role_in(actor, district_id, *office.EDITORS), f"{CATEGORY_USE}{row.id}"
    line = in_use.change(session, district_id, key, wish, by=actor.account_id, role=role, now=now)
    _some_left(session, district_id, now)
    _said(session, row, in_use.in_words(wish, now), actor, now)
    return line


def withdraw(session: Session, district_id: str, parameter_id: str, *, actor: Actor, now: dt.datetime) -> None:
    """Take back a beginning or an end that has not come.

    :raises NotFound: when the district has none.  :raises Conflict: when it has come, or no category would be left.
    """
    office.role_in(actor, district_id, *office.EDITORS)
    by = actor.account_id
    category_id = in_use.withdraw(session, district_id, parameter_id, CATEGORY_USE, by=by, now=now)
    _some_left(session, district_id, now)
    _said(session, session.get_one(Category, category_id), "撤回还没有生效的修改", actor, now)


def _some_left(session: Session, district_id: str, now: dt.datetime) -> None:
    """On no day ahead may there be nothing to choose. Asked of the rows, not of what is remembered: this may be undone."""
    found = standings(session, district_id, now=now).values()
    moments = {now, *(row.valid_from for one in found for row in one.coming)}
    if not all(any(one.at(moment) == ON for one in found) for moment in moments):
        raise Conflict("至少要有一个类别在使用，请先新增或者启用另一个。")


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
