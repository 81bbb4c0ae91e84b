"""Conversation and 催办: what the resident and those who have the issue say to each other between the steps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.orm import Session

from service.accounts.roles import Actor
from service.calendar.workdays import local_date
from service.errors import Conflict, Forbidden, NotFound
from service.events import Event
from service.issues import emergency, journal, offers, photos
from service.issues.case import Case, load_case, parties_of
from service.issues.checks import opening
from service.issues.checks.opening import Look, Way
from service.issues.content_check import sounds_urgent
from service.issues.insight import insight
from service.issues.labels import label_of
from service.issues.lifecycle import OPEN, Action, Party
from service.issues.models import IssueMessage
from service.outbox import actions as outbox

_SPEAKERS = (Party.OWNER, Party.DEPUTY, Party.RAISED, Party.HEAD, Party.CLERK, Party.TOWNSHIP, Party.DISTRICT)


def say(
    session: Session, issue_id: str, *, actor: Actor, text: str, upload_ids: Sequence[str] = (), now: dt.datetime
) -> IssueMessage:
    """Add a message. What a resident says is held until WeChat let it pass, or a reviewer where it is doubtful; not lost.

    :raises NotFound: not the viewer's issue. :raises Forbidden: sees it but is no party to the talk.
    :raises Conflict: the issue is over.
    """
    case, parties = _party_to(session, issue_id, actor, now)
    if not insight(parties, case.issue).conversation:
        raise Forbidden("承办单位请通过“提交办理结果”说明情况，由代表向群众反馈。")
    if case.state in offers.NO_TALK:
        raise Conflict("这件事已经结束，不能再留言。", code="illegal_move", current=case)
    party = next(party for party in _SPEAKERS if party in parties)
    label = label_of(session, case.issue, party)
    anonymous = party is Party.OWNER and case.issue.account_id is None
    look = opening.look(session, case, text) if party is Party.OWNER else Look(Way.PASS)
    held = look.way is not Way.PASS
    row = IssueMessage(
        issue_id=issue_id,
        at=now,
        author_role=label.role,
        author_account_id=None if anonymous else actor.account_id,
        author_label=label.text,
        text=text.strip(),
        held=held,
    )
    session.add(row)
    session.flush()
    photos.attach(session, case, upload_ids, account_id=actor.account_id, message_id=row.id)
    payload = {"issue_id": issue_id, "message_id": row.id, "from_resident": party is Party.OWNER, "held": held}
    if party is Party.OWNER and case.state in OPEN and sounds_urgent(text, case.rules):
        emergency.raise_flag(session, case, journal.BY_SYSTEM, "群众的留言中提到了可能的紧急危险")
    if look.way is Way.ASK:
        opening.ask_about_message(session, case, row.id, upload_ids)
    else:
        outbox.record(session, Event.ISSUE_MESSAGE, payload, district_id=case.issue.district_id, now=now)
    return row


def urge(session: Session, issue_id: str, *, actor: Actor, now: dt.datetime) -> Case:
    """催办: the resident nudges whoever has it, at most once a day. The deadline does not move.

    :raises Conflict: today already, or nobody owes anything now.
    """
    case, parties = _party_to(session, issue_id, actor, now)
    issue = case.issue
    if Party.OWNER not in parties:
        raise Forbidden("只有反映人可以催办。")
    if not offers.someone_owes(case):
        raise Conflict("这件事现在等的是您的回应，或已经结束，不需要催办。", code="illegal_move", current=case)
    if issue.last_urged_on == local_date(now):
        raise Conflict("今天已经催办过了，承办人会看到。明天可以再催。", code="already_urged", current=case)
    issue.last_urged_on = local_date(now)
    label = label_of(session, issue, Party.OWNER)
    by = journal.By(label.role, label.text, issue.account_id)
    row = journal.write_line(session, case, journal.Move(Action.URGE, case.state, by, duty=False), case.state)
    payload = {"issue_id": issue_id, "seq": row.seq}
    outbox.record(session, Event.ISSUE_URGED, payload, district_id=issue.district_id, now=now)
    return case


def _party_to(session: Session, issue_id: str, actor: Actor, now: dt.datetime) -> tuple[Case, frozenset[Party]]:
    case = load_case(session, issue_id, now=now)
    parties = parties_of(actor, case)
    if not parties:
        raise NotFound()
    return case, parties
