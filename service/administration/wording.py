"""The district's wording: standard texts (标准用语) and the templates of notices (通知模板)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from service.accounts.roles import Actor
from service.accounts.trail import Access
from service.administration import office, settings
from service.errors import Invalid, NotFound
from service.issues import standard_texts
from service.issues.lifecycle import ACTION_TITLES, Action
from service.issues.models import StandardText
from service.notifications import mapping
from service.notifications.templates import PREFIX
from service.parameters.models import Parameter

LONGEST_TITLE, LONGEST_TEXT = 40, 1000


def add_text(
    session: Session,
    district_id: str,
    *,
    title: str,
    text: str,
    action: str | None,
    actor: Actor,
    now: dt.datetime,
) -> StandardText:
    """Offer another sentence from now on.

    :raises Invalid: without title or text, or for an action nobody knows.
    """
    office.role_in(actor, district_id, *standard_texts.EDITORS)
    check_text(title, text, action)
    row = standard_texts.add(session, district_id=district_id, title=title, text=text, action=action, now=now)
    _note(session, row, "新增", actor, now)
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


def retire_text(session: Session, text_id: str, *, actor: Actor, now: dt.datetime) -> None:
    """Offer it no more; what was written with it stays.

    :raises NotFound: when it is not of the actor's district.
    """
    standard_texts.retire(session, text_id, actor=actor, now=now)
    _note(session, session.get_one(StandardText, text_id), "停用", actor, now)


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
