"""Take one action: who may, from which state, with which values; then its handler, then the bookkeeping."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from service.accounts.roles import Actor
from service.errors import Conflict, Forbidden, NotFound
from service.issues import forms, journal, photos
from service.issues.actions import content, decisions, deputy, publishing, resident, station, units
from service.issues.actions.steps import Handler, Step, settle
from service.issues.case import CO, LEAD, Case, load_case, parties_of
from service.issues.checks import said
from service.issues.labels import label_of
from service.issues.lifecycle import ACTION_TITLES, BESIDE, STATE_TITLES, Action, Party, State, edge, table

HANDLERS: dict[Action, Handler] = {
    **content.HANDLERS,
    **station.HANDLERS,
    **deputy.HANDLERS,
    **units.HANDLERS,
    **resident.HANDLERS,
    **decisions.HANDLERS,
    **publishing.HANDLERS,
}
_PREFERRED = (
    Party.OWNER,
    Party.FOLLOWER,
    Party.DECIDER,
    Party.DEPUTY,
    Party.UNIT,
    Party.UNIT_LEADER,
    Party.RAISED,
    Party.HEAD,
    Party.CLERK,
    Party.TOWNSHIP,
    Party.DISTRICT,
    Party.STAND_IN,
    Party.REVIEWER,
    Party.GOVERNMENT,
    Party.CO_UNIT,
)
"""In whose name a person acts who is several things to an issue."""


def perform(
    session: Session,
    issue_id: str,
    *,
    actor: Actor,
    action: Action,
    version: int,
    values: Mapping[str, Any],
    now: dt.datetime,
) -> Case:
    """Take ``action`` as ``actor``, who saw ``version`` of the issue.

    :raises NotFound: the issue is none of the actor's business.
    :raises Forbidden: nobody in the actor's position ever takes this action.
    :raises Conflict: the version is stale, or the move is not possible now; ``current`` is the case as it stands.
    :raises Invalid: the values do not fit the action's form.
    """
    case = load_case(session, issue_id, now=now)
    parties = parties_of(actor, case)
    if not parties:
        raise NotFound()
    party = _allowed(case, parties, action)
    if version != case.issue.version:
        raise Conflict("这件事刚刚有了新的进展，请看过最新情况再操作。", code="stale_version", current=case)
    cleaned = forms.check(action, values)
    label = label_of(session, case.issue, _face(party, parties), unit_id=_own_part(actor, case, party))
    by = journal.By(label.role, label.text, actor.account_id)
    carry_out(Step(session, case, action, party, by, cleaned))
    return case


def _face(party: Party, parties: frozenset[Party]) -> Party:
    """The government office deciding in the district's stead signs for itself."""
    in_stead = party is Party.DECIDER and Party.GOVERNMENT in parties and Party.DISTRICT not in parties
    return Party.GOVERNMENT if in_stead else party


def _own_part(actor: Actor, case: Case, party: Party) -> str | None:
    """The co-unit somebody acts for: they sign with its name, not with the lead's."""
    if party is not Party.CO_UNIT:
        return None
    helping = {row.unit_id for row in case.assignments if row.role == CO}
    return next(grant.unit_id for grant in actor.grants if grant.unit_id in helping)


def carry_out(step: Step) -> None:
    """Handler and bookkeeping of a step already allowed; an overtaken decision is closed first."""
    waiting = step.case.waiting_for
    if waiting is not None and step.action is not Action.DECIDE and step.action not in _LEAVES_DECISION_OPEN:
        settle(step, "MOOT", ACTION_TITLES[step.action])
    move = HANDLERS[step.action](step)
    pictures = step.values.get("upload_ids") or []
    if pictures:
        move.data = {**move.data, "photos": pictures}
    line = journal.apply(step.session, step.case, move)
    message_id = None
    if step.party in (Party.OWNER, Party.FOLLOWER) and step.action in said.WORDS:
        words, joined = step.text(said.WORDS[step.action]) or "", step.party is Party.FOLLOWER
        message_id = said.keep(step.session, step.case, line, step.by, words, pictures, joined=joined)
    photos.attach(
        step.session,
        step.case,
        pictures,
        account_id=step.by.account_id,
        message_id=message_id,
        history_seq=line.seq,
    )
    if move.to in (State.CLOSED, State.WITHDRAWN, State.DECLINED, State.FEEDBACK_GIVEN):
        end_assignments(step.session, step.case)


_LEAVES_DECISION_OPEN = BESIDE | {Action.NOTE_PROGRESS}


def end_assignments(session: Session, case: Case) -> None:
    """The round's work is over: units no longer see the issue, except the lead until it is closed.

    After a withdrawal the lead still sees what it may finish in the public interest (rulebook §9.1.17).
    """
    for row in case.assignments:
        kept = case.state is State.FEEDBACK_GIVEN or (case.state is State.WITHDRAWN and row.signed_at is not None)
        if row.role != LEAD or not kept:
            row.ended_at = case.now


def _allowed(case: Case, parties: frozenset[Party], action: Action) -> Party:
    candidate = edge(case.state, action, case.waiting_for)
    fitting = parties & candidate.parties if candidate else frozenset()
    if fitting:
        return next(party for party in _PREFERRED if party in fitting)
    if not parties & _ever(action):
        raise Forbidden(f"您不能进行“{ACTION_TITLES[action]}”这项操作。")
    state = STATE_TITLES[case.state]
    waiting = f"（正在等待“{ACTION_TITLES[case.waiting_for]}”的决定）" if case.waiting_for else ""
    raise Conflict(
        f"当前状态是“{state}”{waiting}，不能进行“{ACTION_TITLES[action]}”。",
        code="illegal_move",
        current=case,
    )


def _ever(action: Action) -> frozenset[Party]:
    """Every party that may take ``action`` in some state; used to tell "not you" (403) from "not now" (409)."""
    if action is Action.DECIDE:
        return frozenset(
            {
                Party.DECIDER,
                Party.TOWNSHIP,
                Party.DISTRICT,
                Party.HEAD,
                Party.DEPUTY,
                Party.GOVERNMENT,
                Party.REVIEWER,
            }
        )
    found = {party for edges in table().values() if action in edges for party in edges[action].parties}
    for state in State:
        candidate = edge(state, action)
        found |= set(candidate.parties) if candidate else set()
    if Party.STAND_IN in found:
        found.add(Party.HEAD)
    return frozenset(found - {Party.SYSTEM})
