"""What the issue and receipt routes share: load as a viewer, act, show; and how an issue looks inside a 409."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from miniprogram_api.access import current_actor
from miniprogram_api.issue_answers import IssueCreated, IssueOut, MessageOut
from miniprogram_api.issue_shapes import ActionIn, MessageIn
from miniprogram_api.presenters import PRESENTERS
from service.accounts.roles import Actor
from service.bootstrap import core
from service.db import db
from service.errors import Invalid, NotFound
from service.issues import talk, views
from service.issues.actions import perform
from service.issues.case import Case, case_of, load_case, parties_of
from service.issues.lifecycle import Action, Party
from service.issues.submitting import Submitted
from service.stations.models import Station
from service.uploads import queries as uploads
from service.uploads.queries import shown as shown_picture


def seen(session: Session, issue_id: str, actor: Actor, now: dt.datetime) -> tuple[Case, frozenset[Party]]:
    """The issue as this viewer is allowed to see it.

    :raises NotFound: absent, or not theirs: the two look the same.
    """
    case = load_case(session, issue_id, now=now, for_update=False)
    parties = parties_of(actor, case)
    if not parties:
        raise NotFound()
    return case, parties


def performed(issue_id: str, actor: Actor, body: ActionIn) -> IssueOut:
    """Take one action and show the result.

    :raises Invalid: for a name that is no action of a person.
    """
    session, now = db.session(), core().clock()
    try:
        action = Action(body.action)
    except ValueError:
        raise Invalid(fields={"action": "没有这个操作。"}) from None
    case = perform(session, issue_id, actor=actor, action=action, version=body.version, values=body.given(), now=now)
    session.flush()
    return shown(session, case, actor, now)


def shown(session: Session, case: Case, actor: Actor, now: dt.datetime) -> IssueOut:
    """The issue after a change; a step can take it out of the actor's sight (recusal), who then sees its bare state."""
    fresh = case_of(session, case.issue, now=now)
    return IssueOut.model_validate(views.detail(session, fresh, actor))


def submitted_view(session: Session, written: Submitted, station: Station) -> IssueCreated:
    """What the one who submitted gets: the issue as its owner, plus the hash of its first entry."""
    view = views.just_submitted(session, written.case, written.history, station)
    return IssueCreated.model_validate({**view, "entry_hash": written.history[0].entry_hash})


def said(issue_id: str, actor: Actor, body: MessageIn) -> MessageOut:
    """Add a message and show it to its writer."""
    session, now = db.session(), core().clock()
    row = talk.say(session, issue_id, actor=actor, text=body.text, upload_ids=body.upload_ids, now=now)
    pictures = [shown_picture(one, now=now) for one in uploads.of_message(session, row.id)] if body.upload_ids else []
    author = {"role": row.author_role, "name": row.author_label}
    return MessageOut.model_validate(
        {"id": row.id, "at": row.at, "author": author, "text": row.text, "held": row.held, "photos": pictures}
    )


def _in_conflict(case: Case) -> IssueOut:
    """Read again: the failed attempt is rolled back before this is shown."""
    session, now = db.session(), core().clock()
    session.rollback()
    fresh = load_case(session, case.issue.id, now=now, for_update=False)
    return IssueOut.model_validate(views.detail(session, fresh, current_actor()))


PRESENTERS[Case] = _in_conflict
