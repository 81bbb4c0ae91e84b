"""Content review (内容审核): the machine passes or holds, a reviewer (K) approves or rejects, the resident may resend once."""

from __future__ import annotations

from service.accounts.roles import Role
from service.errors import Conflict, Invalid
from service.issues import emergency, forms, journal, routes
from service.issues.actions.steps import Handler, Step, ask
from service.issues.content_check import sounds_urgent
from service.issues.lifecycle import Action, State
from service.issues.submitting import said
from service.masking import redact

SECOND_READER = "required"
"""``content.second_reader``: one reviewer rejects alone ("off"), or another one agrees first."""


def approve(step: Step) -> journal.Move:
    """K lets it pass; with the resident's consent a redacted text is released for publication along with it."""
    if step.text("public_text") and step.issue.consent_publish and step.issue.confined_to is None:
        step.issue.public_text, step.issue.published_at = step.text("public_text"), step.now
    return routes.entering(step.session, step.case, step.move(State.PENDING_ACCEPT, audience=journal.ALL))


def reject(step: Step) -> journal.Move:
    """K says why; the resident is told and may edit and resend once.

    Where the district wants a second pair of eyes, another reviewer agrees first and nobody is told yet.
    """
    code = str(step.values["reason_code"])
    note = f"{dict(forms.REJECT_REASONS)[code]}。{step.text('reason') or ''}"
    if step.case.rules.values["content.second_reader"] == SECOND_READER:
        due = step.case.rules.workdays_from(step.now, "deadlines.review_wd")
        reviewers = (Role.REVIEWER, step.issue.district_id)
        ask(step, reviewers, due, reason_code=code, note=note, asked_by_account=step.by.account_id)
        waiting = f"拟不予通过，等待另一位审核员复核：{note}"
        return step.move(State.CONTENT_REVIEW, note=waiting, duty=False, audience=journal.STAFF)
    step.issue.reason_code = code
    return step.move(State.CONTENT_REJECTED, note=note, reason_code=code)


def edit_resend(step: Step) -> journal.Move:
    """The resident's corrected text goes through review again; the first text stays in the history.

    :raises Conflict: a second time.  :raises Invalid: for a text as short as none.
    """
    issue = step.issue
    if issue.content_edits >= 1:
        raise Conflict(
            "修改后重新提交的机会已经用过，可以到联络站请工作人员帮助。",
            code="already_used",
            current=step.case,
        )
    text, rules = str(step.values["text"]), step.case.rules
    shortest = rules.number("content.min_chars")
    if len(text) < shortest:
        raise Invalid(fields={"text": f"请至少写 {shortest} 个字，说明时间、地点和情况。"})
    issue.content_edits += 1
    issue.content = text
    issue.redacted = redact(issue.content, [issue.contact_name], [issue.place])
    issue.reason_code = None
    if sounds_urgent(text, rules):
        emergency.start(step.session, step.case)
    return step.move(State.CONTENT_REVIEW, data=said(issue))


HANDLERS: dict[Action, Handler] = {
    Action.APPROVE_CONTENT: approve,
    Action.REJECT_CONTENT: reject,
    Action.EDIT_RESEND: edit_resend,
}
