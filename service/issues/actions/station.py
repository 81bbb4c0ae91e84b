"""What the station does at the front of the queue: take, ask, decline, correct the route, merge; and the danger flag."""

from __future__ import annotations

from config.defaults import DECLINE_PREFIX, DECLINE_REASONS
from service.accounts.roles import Role
from service.calendar.workdays import local_date
from service.deputies import queries as deputies
from service.errors import Conflict, Invalid, NotFound
from service.issues import clock, emergency, journal, merging, routes, slips
from service.issues.actions.steps import Handler, Step, ask, office_above
from service.issues.lifecycle import Action, Party, State
from service.issues.routing import Choice, RouteReason
from service.parameters import queries as parameters
from service.territory import queries as territory


def accept(step: Step) -> journal.Move:
    """受理: the deputy is named and answers for it from now on."""
    return step.move(State.WITH_DEPUTY)


def ask_info(step: Step) -> journal.Move:
    """The clock stops until the resident answers; the time left is kept."""
    clock.pause(step.case)
    return step.move(State.NEED_INFO, note=step.text("text"))


def decline(step: Step) -> journal.Move:
    """不予受理 with its legal channel, in the district's words of today; three codes wait for a co-signature (§9.1.6).

    :raises Invalid: for a code that is not on the list, or that the district does not use.
    """
    code = str(step.values["reason_code"])
    reason = DECLINE_REASONS.get(code)
    words = step.case.rules.values.get(f"{DECLINE_PREFIX}{code}")
    if reason is None or words is None or words["use"] != "on":
        raise Invalid(fields={"reason_code": "请从不予受理的理由中选择。"})
    note = f"{words['title']}。{words['channel']}{step.text('reason') or ''}"
    cosigner = _cosigner(step) if reason.needs_cosign else None
    if cosigner is not None:
        due = step.case.rules.workdays_from(step.now, "deadlines.decision_wd")
        ask(step, cosigner, due, reason_code=code, note=note)
        return step.move(State.PENDING_ACCEPT, note=f"拟不予受理，等待复核：{note}", duty=False, audience=journal.STAFF)
    step.issue.reason_code = code
    return step.move(State.DECLINED, note=note, reason_code=code)


def _cosigner(step: Step) -> tuple[Role, str] | None:
    """H for a deputy or clerk, T for the head, A for the township; the district needs nobody above it."""
    issue = step.issue
    if step.party is Party.RAISED:
        return (Role.DISTRICT, issue.district_id) if step.by.role == Role.TOWNSHIP else None
    if step.party is Party.HEAD:
        return office_above(issue)
    return Role.STATION_HEAD, issue.station_id


def reroute(step: Step) -> journal.Move:
    """Correct the route in one action with a reason: another grid, another deputy, or the next in the contract's order.

    :raises Invalid: when that deputy or grid is not there or not available.
    """
    issue, session = step.issue, step.session
    if issue.confined_to is not None:
        raise Conflict("涉及投诉的事项由上级直接受理，不能转给站内代表。", code="illegal_move", current=step.case)
    if step.text("grid_id"):
        issue.grid_id = _grid(step)
    wanted = step.text("deputy_id")
    if wanted:
        choice = Choice(_available(step, wanted), RouteReason.HANDED_OVER)
    else:
        issue.chosen_deputy_id = None
        leaving = () if step.text("grid_id") or issue.deputy_id is None else (issue.deputy_id,)
        choice = routes.choose_deputy(session, step.case, excluded=leaving)
    move = step.move(step.case.state, note=step.text("reason"))
    return routes.hand_over(session, step.case, choice, move)


def _grid(step: Step) -> str:
    try:
        return territory.grid(step.session, step.issue.district_id, str(step.values["grid_id"])).id
    except NotFound:
        raise Invalid(fields={"grid_id": "没有找到这个网格。"}) from None


def _available(step: Step, deputy_id: str) -> str:
    issue = step.issue
    known = deputies.names(step.session, issue.district_id, [deputy_id])
    barred = deputy_id in issue.recused or (issue.about_type == "deputy" and issue.about_id == deputy_id)
    if deputy_id not in known or barred:
        raise Invalid(fields={"deputy_id": "没有找到这位代表，或其需要回避。"})
    if not deputies.available(step.session, [deputy_id], on=local_date(step.now)):
        raise Invalid(fields={"deputy_id": "这位代表目前不能履职（请假、暂停或已离任），请另选。"})
    return deputy_id


def recuse(step: Step) -> journal.Move:
    """回避: the deputy never gets this issue again; the next one in order does."""
    issue = step.issue
    issue.recused = [*issue.recused, str(issue.deputy_id)]
    choice = routes.choose_deputy(step.session, step.case)
    move = step.move(step.case.state, note=step.text("reason"))
    return routes.hand_over(step.session, step.case, choice, move)


def merge(step: Step) -> journal.Move:
    return merging.into(step)


def unmerge(step: Step) -> journal.Move:
    return merging.restore(
        step.session,
        step.case,
        step.move(merging.state_before(step.issue), note=step.text("reason"), duty=False),
    )


def mark_emergency(step: Step) -> journal.Move:
    """A person sees danger the machine did not."""
    emergency.start(step.session, step.case)
    return step.move(step.case.state, note=step.text("reason"), duty=False, audience=journal.STAFF)


def confirm_emergency(step: Step) -> journal.Move:
    """:raises Conflict: when nothing is flagged."""
    if step.issue.emergency_at is None or step.issue.emergency_confirmed_at is not None:
        raise Conflict("这件事没有待确认的紧急标记。", code="illegal_move", current=step.case)
    emergency.confirm(step.case)
    return step.move(step.case.state, note=step.text("reason"), duty=False, audience=journal.STAFF)


def set_category(step: Step) -> journal.Move:
    """确定类别: a person's word on what it is about; from then on the model learns from it. ``UNSORTED``: nobody's word yet.

    :raises Invalid: for a category the district does not have, or no longer uses.
    """
    chosen, issue = _chosen_category(step), step.issue
    former, former_at = issue.category_id, issue.category_confirmed_at
    issue.category_confirmed_at = slips.confirmed_at(
        step.session, issue.id, chosen, reason=step.text("reason"), now=step.now
    )
    issue.category_id = chosen
    return step.move(
        step.case.state,
        note=step.text("reason"),
        duty=False,
        audience=journal.STAFF,
        category=parameters.category_titles(step.session, issue.district_id)[chosen] if chosen else None,
        former=former,
        former_at=former_at.isoformat() if former_at else None,
    )


def _chosen_category(step: Step) -> str | None:
    wanted = str(step.values["category_id"])
    if wanted == slips.UNSORTED:
        return None
    try:
        return parameters.category_id(step.session, step.issue.district_id, wanted, at=step.now)
    except NotFound as unknown:
        raise Invalid(fields={"category_id": unknown.detail}) from None


HANDLERS: dict[Action, Handler] = {
    Action.ACCEPT: accept,
    Action.ASK_INFO: ask_info,
    Action.DECLINE: decline,
    Action.REROUTE: reroute,
    Action.RECUSE: recuse,
    Action.MERGE: merge,
    Action.UNMERGE: unmerge,
    Action.SET_CATEGORY: set_category,
    Action.MARK_EMERGENCY: mark_emergency,
    Action.CONFIRM_EMERGENCY: confirm_emergency,
}
