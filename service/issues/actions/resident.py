"""What the resident decides: supplement, withdraw, rate, appeal. Nobody at the station can do any of these for them."""

from __future__ import annotations

import datetime as dt
import hmac

import sqlalchemy as sa

from service.errors import Conflict, Invalid, TooMany
from service.issues import clock, emergency, journal, merging, queries
from service.issues.actions.steps import Handler, Step, ask, office_above
from service.issues.content_check import sounds_urgent
from service.issues.lifecycle import Action, Party, State
from service.issues.models import IssueRating
from service.issues.submitting import rating_digest
from service.issues.words import Outcome, Rating

MAX_CODE_FAILURES = 5


def supplement(step: Step) -> journal.Move:
    """The answer to a question: back to the state that was left, with the time that was left."""
    to = State(step.issue.state_left or State.PENDING_ACCEPT)
    text = str(step.values["text"])
    clock.go_on(step.case, to)
    if sounds_urgent(text, step.case.rules):
        emergency.start(step.session, step.case)
    return step.move(to, note=text, duty=False)


def withdraw(step: Step) -> journal.Move:
    """撤回: the resident's own decision; from ``handling`` on the work may go on in the public interest, and that is said."""
    goes_on = step.case.state is State.HANDLING
    if step.case.state is State.MERGED:
        merging.leave(step.session, step.issue)
    if not goes_on:
        drop_units(step)  # a unit that has not begun has nothing to finish
    said = [step.text("reason"), "承办单位可能出于公共利益继续处理" if goes_on else None]
    words = "。".join(part.rstrip("。") for part in said if part)
    return step.move(State.WITHDRAWN, note=f"{words}。" if words else None)


def appeal(step: Step) -> journal.Move:
    """Once against a refusal (≤ 10 days), once after closing with new facts (≤ 60 days); the office above decides.

    :raises Conflict: when the right is used up or the time is over.
    """
    issue, rules = step.issue, step.case.rules
    declined = step.case.state is State.DECLINED
    used = issue.decline_appeals if declined else issue.closed_appeals
    if used:
        raise Conflict(
            "申诉机会已经用过。您可以拨打 12345 或向镇街人大当面反映。",
            code="already_used",
            current=step.case,
        )
    key = "deadlines.declined_appeal_days" if declined else "deadlines.closed_appeal_days"
    if issue.closed_at is not None and step.now > rules.days_from(issue.closed_at, key):
        raise Conflict(
            f"已经超过 {rules.number(key)} 天的申诉期限，可以重新提交一件新的意见。",
            code="too_late",
            current=step.case,
        )
    if declined:
        issue.decline_appeals += 1
    else:
        issue.closed_appeals += 1
    ask(
        step,
        office_above(issue),
        rules.workdays_from(step.now, "deadlines.decision_wd"),
        note=step.text("reason"),
    )
    return step.move(step.case.state, note=step.text("reason"), duty=False)


def rate(step: Step) -> journal.Move:
    """评价: only ``result`` moves the state; dissatisfied needs a reason and reopens once, then calls supervision.

    By phone only the township, with the code of the paper receipt (contract).
    """
    result = Rating(str(step.values["result"]))
    if result is Rating.DISSATISFIED and not step.text("reason"):
        raise Invalid(fields={"reason": "请说说哪里不满意，我们会带着您的理由重新办理。"})
    channel = _by_phone(step) if step.party is Party.TOWNSHIP else "OWN"
    _store(step, result, channel)
    data = {
        "result": result.value,
        "solved": step.text("solved"),
        "attitude": step.text("attitude"),
        "channel": channel,
    }
    if result is not Rating.DISSATISFIED:
        return _close(step, Outcome(result.value), data)
    if step.issue.round >= step.case.rules.number("rounds.max"):
        step.issue.under_supervision = True
        return _close(step, Outcome.DISSATISFIED, data)
    return _reopen(step, data)


def _by_phone(step: Step) -> str:
    """:raises Invalid: on a wrong code; after five wrong ones nobody can rate this issue by phone."""
    issue = step.issue
    if issue.rating_code_failures >= MAX_CODE_FAILURES:
        raise TooMany("评价码输错次数过多，已锁定。请群众凭查询码自行评价。", retry_after=86400)
    code = step.text("rating_code") or ""
    if not code:
        raise Invalid(fields={"rating_code": "请填写群众念出的六位评价码；说不出评价码的，请群众凭查询码自己评价。"})
    digest = rating_digest(issue.receipt_digest, code)
    if not hmac.compare_digest(digest, issue.rating_digest or ""):
        issue.rating_code_failures += 1
        fault = Invalid(fields={"rating_code": "评价码不正确，请群众核对纸质回执上的六位数字。"})
        fault.keep_changes = True
        raise fault
    return "PHONE"


def _store(step: Step, result: Rating, channel: str) -> None:
    """One rating a round; changing it is possible once within 48 hours, from the resident's own device."""
    issue, now = step.issue, step.now
    mine = sa.select(IssueRating).where(IssueRating.issue_id == issue.id, IssueRating.round == issue.round)
    row = step.session.scalar(mine)
    values = {
        "result": result.value,
        "solved": step.text("solved"),
        "attitude": step.text("attitude"),
        "reason": step.text("reason"),
        "channel": channel,
    }
    if row is None:
        if step.case.state is State.CLOSED:
            raise Conflict("评价期已经结束。如有新的情况，可以申诉。", code="too_late", current=step.case)
        step.session.add(IssueRating(issue_id=issue.id, round=issue.round, rated_at=now, edits=0, **values))
        return
    hours = step.case.rules.number("rating.edit_hours")
    if row.edits >= 1 or now > row.rated_at + dt.timedelta(hours=hours):
        raise Conflict(f"评价只能在 {hours} 小时内修改一次。", code="already_used", current=step.case)
    row.edits += 1
    for name, value in values.items():
        setattr(row, name, value)


def _close(step: Step, outcome: Outcome, data: dict[str, str | None]) -> journal.Move:
    step.issue.outcome = outcome
    return step.move(State.CLOSED, note=step.text("reason"), data=data)


def _reopen(step: Step, data: dict[str, str | None]) -> journal.Move:
    """Round n+1: whoever speaks to the resident has it again, with the deadline for re-handling."""
    reopen(step)
    return step.move(State.REOPENED, note=step.text("reason"), data=data)


def reopen(step: Step) -> None:
    """Start the next round with a clean slate: no unit, no result, a new right to extend; merged ones go on alone."""
    issue = step.issue
    issue.round += 1
    issue.unit_id = issue.difficulty = issue.signed_off_at = issue.outcome = issue.closed_at = None
    issue.extended, issue.merged_into_id = False, None
    drop_units(step)


def rate_as_follower(step: Step) -> journal.Move:
    """A follower's own rating, changeable while the feedback stands; it moves no state."""
    result = Rating(str(step.values["result"]))
    if result is Rating.DISSATISFIED and not step.text("reason"):
        raise Invalid(fields={"reason": "请说说哪里不满意。"})
    row = queries.follower(step.session, step.issue.id, step.by.account_id)
    if row is None:
        raise RuntimeError("a follower without a row")
    row.rating, row.reason, row.rated_at = result.value, step.text("reason"), step.now
    return step.move(step.case.state, duty=False, audience=journal.STAFF, data={"result": result.value})


def drop_units(step: Step) -> None:
    """No unit holds the issue any more."""
    for row in step.case.assignments:
        row.ended_at = step.now
    step.case.assignments = []


HANDLERS: dict[Action, Handler] = {
    Action.RATE_AS_FOLLOWER: rate_as_follower,
    Action.SUPPLEMENT: supplement,
    Action.WITHDRAW: withdraw,
    Action.APPEAL: appeal,
    Action.RATE: rate,
}
