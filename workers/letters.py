"""A push between its row and its envelope: what it is for, by which templates it may go, what it speaks of besides."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from service.notifications.claims import Push
from service.notifications.kinds import Purpose
from service.notifications.templates import Channel, Messages, Template


@dataclass(frozen=True, slots=True)
class Doors:
    """What of the deployment matters here.

    ``placeholders``: whether template ids that stand in for real ones may be used; ``texts``: whether a provider of text
    messages is set up; ``link``: the address a text message ends with.
    """

    placeholders: bool
    texts: bool
    link: str


@dataclass(slots=True)
class Letter:
    """One push on its way to an envelope. ``carries``: pushes of the same person that a digest speaks of as well.

    ``waits``: when the first of its channels that rest is open again.
    """

    push: Push
    purpose: Purpose
    messages: Messages
    tried: frozenset[str]
    carries: list[Push] = field(default_factory=list)
    waits: dt.datetime | None = None

    @property
    def ids(self) -> list[str]:
        return [self.push.id, *(one.id for one in self.carries)]

    @property
    def urgent(self) -> bool:
        return self.purpose is Purpose.EMERGENCY

    def template(self, channel: Channel) -> Template | None:
        if channel is Channel.SMS:
            return self.messages.sms
        return self.messages.template(self.purpose, channel)

    def open_to(self, channel: Channel) -> Template | None:
        """Its template there, unless that channel refused it for good before."""
        return None if channel.value in self.tried else self.template(channel)
