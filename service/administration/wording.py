"""The district's wording: standard texts (标准用语) and the templates of notices (通知模板)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from service.accounts.roles import Actor
from service.accounts.trail import Access
from service.administration import in_use, office, settings
from service.administration.in_use import Period
from service.administration.settings import Setting, Wish
from service.calendar.workdays import local_date
from service.errors import Invalid, NotFound
from service.issues import standard_texts
from service.issues.lifecycle import ACTION_TITLES, Action
from service.issues.models import StandardText
from service.notifications import mapping
from service.notifications.templates import PREFIX
from service.parameters.catalogue import OFF, ON, TEXT_USE
from service.parameters.models import Parameter

LONGEST_TITLE, LONGEST_TEXT = 40, 1000


def add_text(
    session: Session,
    district_id: str,
    *,
    title: str,
    text: str,
    action: str | None,
    period: Period,
    actor: Actor,
    now: dt.datetime,
) -> StandardText:
    """Offer another sentence from its first day to its last.

    :raises Invalid: without title or text, for an action nobody knows, or for days that cannot be.
    """
    role = office.role_in(actor, district_id, *standard_texts.EDITORS)
    check_text(title, text, action)
    row = standard_texts.add(session, district_id=district_id, title=title, text=text, action=action, now=now)
    in_use.begin(session, district_id, f"{TEXT_USE}{row.id}", period, by=actor.account_id, role=role, now=now)
    _note(session, row, f"新增，{period.in_words()}", actor, now)
    return row


def check_text(title: str, text: str, action: str | None) -> None:
    """:raises Invalid: for what cannot be a standard text."""
    faults = {}
    if not 1 <= len(title) <= LONGEST_TITLE:
        faults["title"] = f"请填写名称（最多 {LONGEST_TITLE} 个字）。"
    if not 1 <= len(text) <= LONGEST_TEXT:
        faults["text"] = f"请填写文字（最多 {LONGEST_TEXT} 个字）。"
    if action is not None and action not in set(Action):
        faults["action"] = "没有这个操作。"
    if faults:
        raise Invalid(fields=faults)


def standings(
    session: Session, district_id: str, rows: Iterable[StandardText], *, now: dt.datetime
) -> dict[str, Setting]:
    """Text → since when, until when and why it is offered; one statement."""
    found = settings.all_of(session, district_id, [f"{TEXT_USE}{row.id}" for row in rows], now=now)
    return {key.removeprefix(TEXT_USE): one for key, one in found.items()}


def set_use(session: Session, text_id: str, wish: Wish, *, actor: Actor, now: dt.datetime) -> Parameter:
    """Offer it no more from a day on, or again; what was written with it stays. Raises as :func:`in_use.change`.

    :raises NotFound: when it is not of the actor's district.
    """
    row = standard_texts.one_of(session, text_id, actor=actor)
    role, key = office.role_in(actor, row.district_id, *standard_texts.EDITORS), f"{TEXT_USE}{row.id}"
    line = in_use.change(session, row.district_id, key, wish, by=actor.account_id, role=role, now=now)
    _note(session, row, in_use.in_words(wish, now), actor, now)
    return line


def end_now(session: Session, text_id: str, *, actor: Actor, now: dt.datetime) -> None:
    """Offer it no more from this moment on; once it is so, again is the same.

    :raises NotFound: when it is not of the actor's district.
    """
    row = standard_texts.one_of(session, text_id, actor=actor)
    setting = settings.one_of(session, row.district_id, f"{TEXT_USE}{row.id}", now=now)
    if setting.value == ON:
        set_use(session, text_id, Wish(OFF, local_date(now), "停用", setting.stamp), actor=actor, now=now)


def withdraw(session: Session, district_id: str, parameter_id: str, *, actor: Actor, now: dt.datetime) -> None:
    """Take back a beginning or an end that has not come.

    :raises NotFound: when the district has none.  :raises Conflict: when it has come, or is withdrawn.
    """
    office.role_in(actor, district_id, *standard_texts.EDITORS)
    text_id = in_use.withdraw(session, district_id, parameter_id, TEXT_USE, by=actor.account_id, now=now)
    _note(session, session.get_one(StandardText, text_id), "撤回还没有生效的修改", actor, now)


def _note(session: Session, row: StandardText, what: str, actor: Actor, now: dt.datetime) -> None:
    data = {"what": what, "title": row.title}
    office.note(session, Access.TEXT_CHANGED, actor=actor, district_id=row.district_id, now=now, data=data)


def action_titles() -> list[tuple[str, str]]:
    """Where a text may be offered."""
    return [(action.value, title) for action, title in ACTION_TITLES.items()]


def entry(template_id: str, kind: str, fields: Sequence[str]) -> dict[str, Any]:
    """The value of a template's parameter."""
    return {"id": template_id, "kind": kind, "fields": list(fields)}


def change_template(
    session: Session, district_id: str, key: str, wish: settings.Wish, *, actor: Actor, now: dt.datetime
) -> Parameter:
    """Send by another template from a day on; checked against the rules of WeChat's fields.

    :raises NotFound: for a key that is no template's; otherwise as :func:`service.administration.settings.change`.
    """
    example_of(key, wish.value, now)
    return settings.change(session, district_id, key, wish, actor=actor, now=now)


def example_of(key: str, value: dict[str, Any], now: dt.datetime) -> dict[str, str]:
    """What a message would look like.

    :raises Invalid: for fields that cannot be.  :raises NotFound: for a key that is no template's.
    """
    if not key.startswith(PREFIX):
        raise NotFound
    return mapping.example(key, value, now)
