"""When to ask for which consents. Pure.

One tap buys one message of each template asked for (rulebook §0.12, §7.5), so the client asks whenever fewer are left than
may soon be needed: of a resident's issue a question, the feedback and some progress; for those who work, a few days' tasks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from service.notifications.kinds import WORK, Purpose
from service.notifications.templates import Channel, Messages

RESIDENT_MOMENTS, WORK_MOMENTS = ("submit", "rate"), ("badge",)
ENOUGH_FOR_RESIDENTS, ENOUGH_FOR_WORK = 3, 10
_ORDER = (
    Purpose.EMERGENCY,
    Purpose.TASK,
    Purpose.DIGEST,
    Purpose.NEEDS_ANSWER,
    Purpose.FEEDBACK,
    Purpose.PROGRESS,
    Purpose.RECEPTION,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A template the client may ask for. ``enough``: with so many consents left it need not; ``purpose``: the worthiest."""

    template_id: str
    long_term: bool
    purpose: Purpose
    moments: tuple[str, ...]
    enough: int


def asked(messages: Messages, *, works: bool) -> Iterator[Asked]:
    """The subscription templates for a resident, and for whoever works here also those of work, the worthiest first.

    A template that serves several purposes may appear several times; the first is the one to show.
    """
    for purpose in _ORDER:
        template = messages.template(purpose, Channel.SUBSCRIPTION)
        work = purpose.value in WORK
        if template is None or (work and not works):
            continue
        usual = ENOUGH_FOR_WORK if work else ENOUGH_FOR_RESIDENTS
        moments = WORK_MOMENTS if work else RESIDENT_MOMENTS
        yield Asked(template.id, template.long_term, purpose, moments, 1 if template.long_term else usual)
