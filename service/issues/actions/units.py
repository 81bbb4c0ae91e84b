"""Assigning work, and what handling units do with it. Only they handle (办理); 办完 is not 办结."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from service.accounts.roles import Role
from service.calendar.workdays import local_date
from service.errors import Conflict, Invalid, NotFound
from service.issues import clock, co_units, journal, slips
from service.issues.actions.steps import Handler, Step, ask, office_above
from service.issues.case import CO, LEAD
from service.issues.lifecycle import Action, State
from service.issues.models import IssueAssignment
from service.issues.substance import LEAST_CHARS, says_something
from service.issues.words import Difficulty, Kind
from service.units import queries as units
from service.units.models import TOWNSHIP_LEVEL, HandlingUnit

PICTURE_REQUIRED = "required"
"""``result.photo``: a picture belongs to every result ("required"), or is asked for ("asked")."""


def reachable_unit(step: Step, unit_id: str, *, anywhere: bool = False, field: str = "unit_id") -> HandlingUnit:
    """A unit the acting office may give work to: T and H those of their township, A all; never the one complained about.

    :raises Invalid: otherwise.
    """
    issue = step.issue
    try:
        unit = units.unit(step.session, issue.district_id, unit_id)
    except NotFound:
        raise Invalid(fields={field: "没有找到这个承办单位。"}) from None
    if issue.about_type == "unit" and issue.about_id == unit.id:
        raise Invalid(fields={field: "群众反映的正是这个单位，不能交给它办理。"})
    own = unit.level == TOWNSHIP_LEVEL and unit.township_code == issue.township_code
    if not own and not anywhere and _office(step) is not Role.DISTRICT:
        raise Invalid(fields={field: "区级单位和其他镇街的单位，请由区人大代表工委交办。"})
    return unit


def assign(step: Step) -> journal.Move:
    """交办: one lead unit, up to five co-units (协办), a deadline by difficulty."""
    lead = reachable_unit(step, str(step.values["unit_id"]))
    co_ids = [unit for unit in dict.fromkeys(step.values.get("co_unit_ids") or []) if unit != lead.id]
    if len(co_ids) > co_units.MOST:
        raise Invalid(fields={"co_unit_ids": f"协办单位最多 {co_units.MOST} 个。"})
    helping = [reachable_unit(step, unit, field="co_unit_ids") for unit in co_ids]
    move = give_work(step, lead, helping, step.text("difficulty"), step.text("reason"))
    clock.pause(step.case)
    return move


def give_work(
    step: Step, lead: HandlingUnit, helping: Sequence[HandlingUnit], difficulty: str | None, note: str | None
) -> journal.Move:
    """Write the assignment of this round and move to ``assigned``. What was left is remembered only where one office
    assigns by itself (:func:`assign`): what two people decided is no slip."""
    issue, case = step.issue, step.case
    for row in case.assignments:
        row.ended_at = step.now
    office = _office(step)
    by_id = {Role.TOWNSHIP: issue.township_code, Role.DISTRICT: issue.district_id}.get(office, issue.station_id)
    case.assignments = [
        IssueAssignment(
            issue_id=issue.id,
            unit_id=unit.id,
            role=LEAD if unit is lead else CO,
            round=issue.round,
            assigned_by_role=office.value,
            assigned_by_id=by_id,
            assigned_at=step.now,
        )
        for unit in (lead, *helping)
    ]
    step.session.add_all(case.assignments)
    default = Difficulty.CONSULT if issue.kind == Kind.CONSULT else Difficulty.GENERAL
    issue.unit_id, issue.difficulty = lead.id, difficulty or default.value
    issue.extended, issue.signed_off_at = False, None
    clock.forget(case)
    case.lead_is_government = lead.is_government
    return step.move(State.ASSIGNED, note=note, unit=lead.name, co_units=[unit.name for unit in helping])


def _office(step: Step) -> Role:
    """For whom work is given: the government office (分办) does it in the district's stead."""
    role = Role(step.by.role)
    return Role.DISTRICT if role is Role.GOVERNMENT_OFFICE else role


def sign(step: Step) -> journal.Move:
    """签收: the unit's working time starts."""
    _lead(step).signed_at = step.now
    clock.forget(step.case)
    return step.move(State.HANDLING)


def unassign(step: Step) -> journal.Move:
    """撤回交办: the office that has just assigned takes it back; the issue stands where it stood, with the time it had.

    :raises Conflict: too late, somebody else's assignment, or one that two people decided.
    """
    case, issue = step.case, step.issue
    lead = case.assignment(LEAD)
    if lead is None or issue.state_left is None or not slips.may_unassign(case, frozenset({step.party})):
        raise Conflict(slips.TOO_LATE, code="too_late", current=case)
    unit = units.unit(step.session, issue.district_id, lead.unit_id).name
    for row in case.assignments:
        row.ended_at = step.now
    case.assignments = slips.assignments_before(step.session, issue.id, lead.assigned_at)
    for row in case.assignments:
        row.ended_at = None
    issue.unit_id = slips.unit_before(step.session, issue.id, lead.assigned_at)
    issue.difficulty = issue.difficulty if issue.unit_id else None
    to = State(issue.state_left)
    move = step.move(to, note=step.text("reason"), duty=False, unit=unit)
    clock.go_on(case, to)
    return move


def ask_return(step: Step) -> journal.Move:
    """退办: within the limit and with a reason; whoever assigned decides, the head's assignments the township's.

    :raises Conflict: after the limit.
    """
    lead, rules = _lead(step), step.case.rules
    if step.now > rules.workdays_from(lead.assigned_at, "deadlines.return_wd"):
        raise Conflict("已经超过退办期限，请签收办理，或联系交办单位协商。", code="too_late", current=step.case)
    by_district = lead.assigned_by_role == Role.DISTRICT
    decider = (Role.DISTRICT, step.issue.district_id) if by_district else office_above(step.issue)
    ask(step, decider, rules.workdays_from(step.now, "deadlines.decision_wd"), note=step.text("reason"))
    return step.move(State.ASSIGNED, note=step.text("reason"), duty=False)


def extend(step: Step) -> journal.Move:
    """延期: once, before the deadline, at most the original length; the resident sees the reason.

    :raises Conflict: a second time, or too late.
    """
    issue, rules = step.issue, step.case.rules
    if issue.extended:
        raise Conflict("每件事只能申请延期一次。", code="already_used", current=step.case)
    if issue.due_at is not None and step.now > issue.due_at:
        raise Conflict("已经超过办理期限，不能再申请延期。", code="too_late", current=step.case)
    longest = rules.handling_days(issue.difficulty or "GENERAL")
    wanted = int(step.values.get("workdays") or longest)
    if not 1 <= wanted <= longest:
        raise Invalid(fields={"workdays": f"延期天数应为 1 至 {longest} 个工作日。"})
    by_district = _lead(step).assigned_by_role == Role.DISTRICT
    decider = (Role.DISTRICT, issue.district_id) if by_district else office_above(issue)
    ask(
        step,
        decider,
        rules.workdays_from(step.now, "deadlines.decision_wd"),
        workdays=wanted,
        note=step.text("reason"),
    )
    return step.move(State.HANDLING, note=step.text("reason"), duty=False, workdays=wanted)


def submit_result(step: Step) -> journal.Move:
    """办完: what was done, when and by whom, with a picture where the district wants one; a bare "已办结" says nothing.

    :raises Invalid: for a result without substance or its picture, or a date in the future.
    """
    text, done_on = str(step.values["text"]), dt.date.fromisoformat(str(step.values["done_on"]))
    faults = {}
    if not says_something(text):
        faults["text"] = f"请具体说明做了什么、结果怎样（至少 {LEAST_CHARS} 个字），不能只写“已办结”。"
    if done_on > local_date(step.now):
        faults["done_on"] = "完成日期不能在今天之后。"
    if _owes_picture(step) and not step.values.get("upload_ids"):
        faults["upload_ids"] = "请附上办理后的照片；只是答复咨询的，请联系交办单位把难度改为“咨询”。"
    if faults:
        raise Invalid(fields=faults)
    lead = _lead(step)
    lead.result, lead.result_at = text, step.now
    lead.evidence = {"done_on": done_on.isoformat(), "person": step.text("person")}
    step.issue.signed_off_at = None
    return step.move(State.UNIT_DONE, note=text, done_on=done_on.isoformat(), person=step.text("person"))


def _owes_picture(step: Step) -> bool:
    """Advice needs no picture."""
    wanted: bool = step.case.rules.values["result.photo"] == PICTURE_REQUIRED
    return wanted and step.issue.difficulty != Difficulty.CONSULT


def ask_co_units(step: Step) -> journal.Move:
    """请求协办: other units help, each sees the issue; the lead stays the one that answers for it.

    :raises Invalid: for units out of reach, or too many.
    """
    found = co_units.chosen(step.session, step.case, step.values["co_unit_ids"])
    lead = _lead(step)
    rows = [
        IssueAssignment(
            issue_id=step.issue.id,
            unit_id=unit.id,
            role=CO,
            round=step.issue.round,
            assigned_by_role=Role.UNIT_CLERK.value,
            assigned_by_id=lead.unit_id,
            assigned_at=step.now,
        )
        for unit in found
    ]
    step.session.add_all(rows)
    step.case.assignments += rows
    names = [unit.name for unit in found]
    note = f"请{'、'.join(names)}协办。{step.text('reason')}"
    return step.move(State.HANDLING, note=note, duty=False, audience=journal.STAFF, co_units=names)


def note_progress(step: Step) -> journal.Move:
    """办理进展: what lead or co-unit has done so far, for deputy and station to read; the deadline stands."""
    return step.move(State.HANDLING, note=step.text("text"), duty=False, audience=journal.STAFF)


def sign_off(step: Step) -> journal.Move:
    """签发: the leader answers for the result; now the deputy gives feedback.

    :raises Conflict: when it is signed already.
    """
    if step.issue.signed_off_at is not None:
        raise Conflict("这份办理结果已经签发。", code="already_used", current=step.case)
    step.issue.signed_off_at = step.now
    return step.move(State.UNIT_DONE)


def mark_in_plan(step: Step) -> journal.Move:
    """列入计划: solved by a date to come; the one who speaks to the resident agrees first.

    :raises Invalid: for a date that has passed.
    """
    plan_date = dt.date.fromisoformat(str(step.values["plan_date"]))
    if plan_date <= local_date(step.now):
        raise Invalid(fields={"plan_date": "计划完成日期应在今天之后。"})
    role, holder = journal.speaker(step.issue)
    due = step.case.rules.workdays_from(step.now, "deadlines.feedback_wd")
    ask(step, (Role(role), holder), due, plan_date=plan_date.isoformat(), note=step.text("reason"))
    return step.move(State.UNIT_DONE, note=step.text("reason"), duty=False, plan_date=plan_date.isoformat())


def _lead(step: Step) -> IssueAssignment:
    lead = step.case.assignment(LEAD)
    if lead is None:
        raise RuntimeError(f"issue {step.issue.id} is {step.issue.state} without a lead unit")
    return lead


HANDLERS: dict[Action, Handler] = {
    Action.ASSIGN: assign,
    Action.UNASSIGN: unassign,
    Action.SIGN: sign,
    Action.RETURN: ask_return,
    Action.EXTEND: extend,
    Action.SUBMIT_RESULT: submit_result,
    Action.NOTE_PROGRESS: note_progress,
    Action.ASK_CO_UNITS: ask_co_units,
    Action.SIGN_OFF: sign_off,
    Action.MARK_IN_PLAN: mark_in_plan,
}
