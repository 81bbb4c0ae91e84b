"""What a new district's messages start with: templates, quiet hours, text messages; afterwards see service/parameters.

A template's id is the account's own, given when it is chosen in WeChat's console; ids that begin with ``tmpl-`` stand in
for it (the sandbox takes them) and count as missing in production. ``fields``: the template's field = what stands in it
(the names are those of ``service/notifications/templates.py``). ``kind``: ``once`` (one tap, one message) or ``long_term``
(政务民生 and a few other categories only, rulebook §7.5).
"""

from __future__ import annotations

from typing import Any

PLACEHOLDER = "tmpl-"
_FIELDS = ["thing1=title", "character_string2=number", "time3=until", "thing4=hint"]
_TO_WORK, _TO_RESIDENT, _BY_ACCOUNT = "tmpl-issue-task", "tmpl-issue-progress", "tmpl-official-task"


def _template(template_id: str) -> dict[str, Any]:
    return {"id": template_id, "kind": "once", "fields": _FIELDS}


MESSAGES: dict[str, Any] = {
    # The mini-program's subscription messages, by purpose. Several may share a template, and then share its consents.
    "push.templates.task.subscription": _template(_TO_WORK),
    "push.templates.emergency.subscription": _template(_TO_WORK),
    "push.templates.digest.subscription": _template(_TO_WORK),
    "push.templates.needs_answer.subscription": _template(_TO_RESIDENT),
    "push.templates.feedback.subscription": _template(_TO_RESIDENT),
    "push.templates.progress.subscription": _template(_TO_RESIDENT),
    "push.templates.reception.subscription": _template(_TO_RESIDENT),
    # The official account's template messages (公众号), for deputies and staff who signed in there; of the kind long_term:
    # its notices for subscribers (订阅通知).
    "push.templates.task.official": _template(_BY_ACCOUNT),
    "push.templates.emergency.official": _template(_BY_ACCOUNT),
    "push.templates.digest.official": _template(_BY_ACCOUNT),
    # The text message (短信): the provider's template id, and which of number and link it takes, in order.
    "push.templates.sms": {"id": "tmpl-sms", "kind": "once", "fields": ["1=number", "2=link"]},
    # Which purposes may go by text message where WeChat cannot; it costs money and reaches everybody (rulebook §0.12).
    "push.sms_purposes": ["emergency", "needs_answer", "feedback"],
    "push.sms_per_day": 500,
    "push.sms_per_person": 3,
    # Hours of the day in China between which only emergencies are sent.
    "push.quiet_from": 22,
    "push.quiet_to": 7,
    # More unsent tasks than that for one person become one message.
    "push.digest_above": 5,
}
