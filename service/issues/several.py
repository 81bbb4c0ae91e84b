"""The same action on several issues, each by itself: what somebody else did meanwhile is left alone and said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from service.accounts.roles import Actor
from service.errors import Conflict, NotFound
from service.issues import forms
from service.issues.actions.perform import perform
from service.issues.lifecycle import Action


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many were done, and of the others the sentence that says why not."""

    done: int
    left: list[str]

    def in_words(self, verb: str) -> str:
        """``已签收 3 件；1 件没有处理：…``"""
        said = f"{verb} {self.done} 件。"
        if self.left:
            said += f"{len(self.left)} 件没有处理：{'；'.join(dict.fromkeys(self.left))}"
        return said


def perform_each(
    session: Session,
    actor: Actor,
    chosen: Sequence[tuple[str, int]],
    *,
    action: Action,
    values: Mapping[str, Any],
    now: dt.datetime,
) -> Outcome:
    """``chosen``: (id, version as it was seen).

    :raises Invalid: when the values do not fit the action: then nothing is done.
    :raises Forbidden: when nobody in the actor's position ever takes it.
    """
    forms.check(action, values)
    done, left = 0, []
    for issue_id, version in dict(chosen).items():
        try:
            perform(session, issue_id, actor=actor, action=action, version=version, values=values, now=now)
            done += 1
        except (Conflict, NotFound) as refusal:
            left.append(refusal.detail)
    return Outcome(done, left)
