"""What a deputy does: answer, propose, give feedback, send back, hand up. Never handle (rulebook §0.1)."""

from __future__ import annotations

from service.accounts.roles import Role
from service.calendar.workdays import local_date
from service.deputies import queries as deputies
from service.deputies.mandates import Level
from service.errors import Conflict, Invalid
from service.issues import journal
from service.issues.actions.steps import Handler, Step, ask, office_above
from service.issues.actions.units import reachable_unit
from service.issues.case import LEAD
from service.issues.lifecycle import Action, Party, State
from service.issues.words import Outcome
from service.units.models import DISTRICT_LEVEL


def answer(step: Step) -> journal.Move:
    """当场答复: the deputy's own words; the resident decides whether that solves it."""
    step.issue.outcome = Outcome.ANSWERED
    return step.move(State.FEEDBACK_GIVEN, note=step.text("text"))


def propose_unit(step: Step) -> journal.Move:
    """A deputy names the unit that could do it; the township (or district for its units) assigns."""
    unit = reachable_unit(step, str(step.values["unit_id"]), anywhere=True)
    decider = (Role.DISTRICT, step.issue.district_id) if unit.level == DISTRICT_LEVEL else office_above(step.issue)
    due = step.case.rules.workdays_from(step.now, "deadlines.dispatch_wd")
    ask(step, decider, due, unit_id=unit.id, unit=unit.name, note=step.text("reason"))
    return step.move(step.case.state, note=f"建议由{unit.name}办理。{step.text('reason') or ''}", duty=False)


def give_feedback(step: Step) -> journal.Move:
    """After the unit's leader signed: what was done, in the deputy's own sentence; a clerk may do it in their name, said so.

    :raises Conflict: before the leader has signed off.
    :raises Invalid: for the unit's words copied whole: the sentence is the deputy's own (rulebook §9.1.13).
    """
    if step.issue.signed_off_at is None:
        raise Conflict("承办单位负责人还没有签发办理结果，暂时不能反馈。", code="not_signed_off", current=step.case)
    lead = step.case.assignment(LEAD)
    if lead is not None and _bare(step.text("text")) == _bare(lead.result):
        raise Invalid(fields={"text": "请用您自己的话告诉群众结果，不要照抄单位的办理情况。"})
    step.issue.outcome = Outcome.HANDLED
    if step.party in (Party.CLERK, Party.STAND_IN):
        step.by = journal.By(step.by.role, f"{step.by.label}（代代表反馈）", step.by.account_id)
    return step.move(State.FEEDBACK_GIVEN, note=step.text("text"), result=lead.result if lead else None)


def _bare(text: str | None) -> str:
    """Without what a copy may differ in: spaces, and the full stop at its end."""
    return "".join((text or "").split()).rstrip("。.")


def send_back(step: Step) -> journal.Move:
    """Not good enough to tell the resident: the unit goes on, same round. Its leader says so instead of signing.

    :raises Conflict: when the leader has signed: the result is with the deputy now.
    """
    if step.party is Party.UNIT_LEADER and step.issue.signed_off_at is not None:
        raise Conflict("这份办理结果您已经签发，要改请联系代表退回重办。", code="already_used", current=step.case)
    step.issue.signed_off_at = None
    return step.move(State.HANDLING, note=step.text("reason"))


def escalate(step: Step) -> journal.Move:
    """五级联动: ask a deputy of a higher level to take over; the hand-over needs that deputy's acceptance.

    :raises Invalid: when that deputy is not of a higher level, or not available.
    """
    issue, today = step.issue, local_date(step.now)
    levels = deputies.levels_of(step.session, str(issue.deputy_id), on=today)
    own = min(levels, key=list(Level).index, default=Level.TOWN)
    above = dict(deputies.higher_deputies(step.session, issue.district_id, above=own, on=today))
    wanted = str(step.values["deputy_id"])
    if wanted not in above or wanted in issue.recused:
        raise Invalid(fields={"deputy_id": "请选择一位目前可以履职的上级人大代表。"})
    due = step.case.rules.workdays_from(step.now, "deadlines.escalation_answer_wd")
    ask(step, (Role.DEPUTY, wanted), due, deputy_id=wanted, note=step.text("reason"))
    return step.move(step.case.state, note=step.text("reason"), duty=False)


HANDLERS: dict[Action, Handler] = {
    Action.ANSWER: answer,
    Action.PROPOSE_UNIT: propose_unit,
    Action.GIVE_FEEDBACK: give_feedback,
    Action.SEND_BACK: send_back,
    Action.ESCALATE: escalate,
}
