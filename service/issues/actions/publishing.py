"""Publishing (公开): with the resident's consent the reviewer (K) releases a redacted text; both can take it back."""

from __future__ import annotations

from service.errors import Conflict
from service.issues import journal
from service.issues.actions.steps import Handler, Step
from service.issues.lifecycle import Action, Party


def publish(step: Step) -> journal.Move:
    """The reviewer's own words for everybody (rulebook §2.3, §11: names and third persons stay out); may be done anew.

    :raises Conflict: without consent, and for complaints, which nobody but the office above may read.
    """
    issue = step.issue
    if not issue.consent_publish or issue.confined_to is not None:
        raise Conflict("群众没有同意公开，或这是涉及投诉的事项，不能公开。", code="illegal_move", current=step.case)
    issue.public_text, issue.published_at, issue.kept_private_at = step.text("public_text"), step.now, None
    return step.move(step.came_from, note=issue.public_text, duty=False)


def unpublish(step: Step) -> journal.Move:
    """The resident takes the consent back, at any time (PIPL Art. 15); or the reviewer decides against it, and says why."""
    issue = step.issue
    issue.public_text = issue.published_at = None
    issue.kept_private_at = step.now
    if step.party is Party.OWNER:
        issue.consent_publish = False
    audience = journal.ALL if step.party is Party.OWNER else journal.STAFF
    return step.move(step.came_from, note=step.text("reason"), duty=False, audience=audience)


HANDLERS: dict[Action, Handler] = {Action.PUBLISH: publish, Action.UNPUBLISH: unpublish}
