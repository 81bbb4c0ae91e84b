"""A district's own words (词语表): those that send a text to a reviewer, those that sound like danger; who changed them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.defaults import PARAMETERS
from service.accounts import trail
from service.accounts.roles import ROLE_TITLES, Actor, Role
from service.errors import Conflict, Forbidden, Invalid
from service.issues.case import rules_of
from service.parameters import actions as parameters
from service.parameters.models import Parameter
from service.territory import queries as territory

LISTS = {"content.review_words": "需要人工审核的词语", "emergency.words": "可能有危险的词语"}
EDITORS = (Role.REVIEWER, Role.DISTRICT, Role.ADMIN)
LONGEST_WORD = 20
MOST_WORDS = 500
LONGEST_REASON = 60


def current(session: Session, district_id: str, key: str, *, now: dt.datetime) -> list[str]:
    words: list[str] = rules_of(session, district_id, now=now).values[key]
    return words


def changes(session: Session, district_id: str, *, limit: int = 20) -> Sequence[Parameter]:
    """Who changed a list, when and why, newest first; before the first of them the list everybody starts with held."""
    statement = sa.select(Parameter).where(Parameter.district_id == district_id, Parameter.key.in_(LISTS))
    return session.scalars(statement.order_by(Parameter.valid_from.desc()).limit(limit)).all()


def change(
    session: Session,
    district_id: str,
    key: str,
    words: Iterable[str],
    *,
    before: Sequence[str],
    reason: str,
    actor: Actor,
    now: dt.datetime,
) -> list[str]:
    """From now on ``words``, each once. ``before``: the list as the editor saw it. Texts already checked stay as they are.

    :raises Forbidden: for who is not an editor there.  :raises Conflict: when somebody changed the list meanwhile.
    :raises Unavailable: while an import holds the district.
    :raises Invalid: for a list without a word, too long a word or too many, or without a reason.
    """
    roles = [grant.role for grant in actor.grants_of(*EDITORS) if grant.district_id == district_id]
    if not roles or key not in LISTS:
        raise Forbidden("您没有修改本区词语表的权限。")
    wanted = [word for word in dict.fromkeys("".join(one.split()) for one in words) if word]
    _check(wanted, reason)
    territory.lock_district_soon(session, district_id)  # two editors take turns
    now_in_use = _kept(session, district_id, key, now)
    if list(before) != now_in_use:
        raise Conflict("词语表刚刚有人改过，请看过最新的再改。", code="stale_version")
    if wanted != now_in_use:
        said = f"{ROLE_TITLES[roles[0]]}：{reason.strip()}"
        author = parameters.Author(actor.account_id, roles[0].value, reason.strip())
        parameters.set_parameter(
            session, district_id, key, wanted, valid_from=now, now=now, policy_ref=said, author=author
        )
        trail.record(
            session,
            trail.Access.PARAMETER_SET,
            now=now,
            account_id=actor.account_id,
            actor_id=actor.account_id,
            district_id=district_id,
            data={"key": key, "from": now.isoformat(), "reason": reason.strip()},
        )
    return wanted


def _kept(session: Session, district_id: str, key: str, now: dt.datetime) -> list[str]:
    """:func:`current`, asked of the table: what this process remembers may be seconds old, and somebody's words go with it."""
    held = Parameter.district_id == district_id, Parameter.key == key, Parameter.withdrawn_at.is_(None)
    newest = sa.select(Parameter.value).where(*held, Parameter.valid_from <= now).order_by(Parameter.valid_from.desc())
    words: list[str] | None = session.scalar(newest.limit(1))
    return PARAMETERS[key] if words is None else words


def _check(words: Sequence[str], reason: str) -> None:
    faults = {}
    if not words:
        faults["words"] = "请至少保留一个词语。"
    if len(words) > MOST_WORDS:
        faults["words"] = f"最多 {MOST_WORDS} 个词语。"
    too_long = [word for word in words if len(word) > LONGEST_WORD or len(word) < 2]
    if too_long:
        faults["words"] = f"词语应为 2 至 {LONGEST_WORD} 个字：{too_long[0][:LONGEST_WORD]}"
    if not 2 <= len(reason.strip()) <= LONGEST_REASON:
        faults["reason"] = f"请写明为什么修改（2 至 {LONGEST_REASON} 个字）。"
    if faults:
        raise Invalid(fields=faults)
