"""The buttons of an issue: the actions open to this viewer, with the fields each one asks for; saying something, urging."""

from __future__ import annotations

import datetime as dt
from typing import Any

from config.defaults import DECLINE_PREFIX, DECLINE_REASONS
from service.calendar.workdays import local_date
from service.issues import slips
from service.issues.case import LEAD, Case
from service.issues.forms import FORMS, ID, Field
from service.issues.insight import Insight
from service.issues.lifecycle import ACTION_TITLES, OPEN, Action, Party, State, moves

SEARCH = "/api/v1/issues/{issue_id}/options/{of}"
REASON_LIST = "decline_reason"
_BUTTONS = {Action.RATE_AS_FOLLOWER: ACTION_TITLES[Action.RATE]}
"""To whom it is offered it is simply theirs; others read in the history whose it was."""
NO_TALK = frozenset({State.WITHDRAWN, State.ARCHIVED, State.CONTENT_REJECTED})


def offered(case: Case, parties: frozenset[Party]) -> list[dict[str, Any]]:
    """What one of ``parties`` may do now. A right already used up is not offered."""
    found = moves(case.state, parties, case.waiting_for)
    return [_shown(action, case, parties) for action in found if not _used_up(action, case, parties)]


def may_talk(case: Case, sight: Insight) -> bool:
    """Whether what this viewer says would be taken: a party to the conversation (留言), of a matter that is not over."""
    return sight.conversation and case.state not in NO_TALK


def someone_owes(case: Case) -> bool:
    """There is somebody to urge (催办), and it is not the resident."""
    return case.state in OPEN and case.issue.responsible_role not in (None, "resident")


def may_urge(case: Case, parties: frozenset[Party]) -> bool:
    """The resident, once a day."""
    return Party.OWNER in parties and someone_owes(case) and case.issue.last_urged_on != local_date(case.now)


def _used_up(action: Action, case: Case, parties: frozenset[Party]) -> bool:
    issue, now = case.issue, case.now
    senders_back = frozenset({Party.DEPUTY, Party.TOWNSHIP, Party.RAISED})
    checks = {
        Action.EDIT_RESEND: issue.content_edits >= 1,
        Action.EXTEND: issue.extended or (issue.due_at is not None and now > issue.due_at),
        Action.SIGN_OFF: issue.signed_off_at is not None,
        Action.GIVE_FEEDBACK: issue.signed_off_at is None,
        Action.SEND_BACK: issue.signed_off_at is not None and not parties & senders_back,
        Action.APPEAL: _appeal_used(case),
        Action.CONFIRM_EMERGENCY: issue.emergency_at is None or issue.emergency_confirmed_at is not None,
        Action.MARK_EMERGENCY: issue.emergency_at is not None and issue.emergency_confirmed_at is None,
        Action.REROUTE: issue.confined_to is not None,
        Action.MERGE: issue.confined_to is not None,
        Action.RETURN: _return_over(case),
        Action.UNASSIGN: not slips.may_unassign(case, parties),
        Action.PUBLISH: not issue.consent_publish or issue.confined_to is not None,
        Action.UNPUBLISH: not issue.consent_publish or issue.kept_private_at is not None,
        Action.RATE: case.state is State.CLOSED and not _may_change_rating(case),
    }
    return checks.get(action, False)


def _return_over(case: Case) -> bool:
    lead = case.assignment(LEAD)
    return lead is not None and case.now > case.rules.workdays_from(lead.assigned_at, "deadlines.return_wd")


def _appeal_used(case: Case) -> bool:
    issue, declined = case.issue, case.state is State.DECLINED
    used = issue.decline_appeals if declined else issue.closed_appeals
    key = "deadlines.declined_appeal_days" if declined else "deadlines.closed_appeal_days"
    return bool(used) or (issue.closed_at is not None and case.now > case.rules.days_from(issue.closed_at, key))


def _may_change_rating(case: Case) -> bool:
    """The handler's rule, for the button: rated in this round, not changed yet, within the hours allowed."""
    row = case.rating
    hours = dt.timedelta(hours=case.rules.number("rating.edit_hours"))
    this_round = row is not None and row.round == case.issue.round
    return row is not None and this_round and row.edits == 0 and case.now <= row.rated_at + hours


def _shown(action: Action, case: Case, parties: frozenset[Party]) -> dict[str, Any]:
    left_out = _left_out(action, case, parties)
    fields = [_field(field, case) for field in FORMS.get(action, ()) if field.name not in left_out]
    return {"name": action.value, "title": _BUTTONS.get(action, ACTION_TITLES[action]), "fields": fields}


def _left_out(action: Action, case: Case, parties: frozenset[Party]) -> frozenset[str]:
    """Fields of the form that mean nothing to this viewer now: the phone code to the owner, a unit where none is chosen."""
    if action is Action.RATE and Party.OWNER in parties:
        return frozenset({"rating_code"})
    if action is Action.DECIDE and case.waiting_for not in (Action.PROPOSE_UNIT, Action.RETURN):
        return frozenset({"unit_id", "difficulty"})
    return frozenset()


def _field(field: Field, case: Case) -> dict[str, Any]:
    required = field.required or field.name == "rating_code"  # shown to who rates by phone alone: nothing goes without
    shown: dict[str, Any] = {"name": field.name, "type": field.type, "required": required}
    if field.of == REASON_LIST:
        words = {code: case.rules.values[f"{DECLINE_PREFIX}{code}"] for code in DECLINE_REASONS}
        shown["options"] = [{"value": code, "title": one["title"]} for code, one in words.items() if one["use"] == "on"]
    elif field.options:
        shown["options"] = [{"value": value, "title": title} for value, title in field.options]
    if field.type == ID:
        shown["of"] = field.of
        shown["search"] = SEARCH.format(issue_id=case.issue.id, of=field.of)
    if field.multiple:
        shown["multiple"] = True
    return shown
