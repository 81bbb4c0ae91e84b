"""Who gets the consents when there are fewer than messages. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from service.notifications.kinds import KEEPS_THE_LAST, purpose_of, spares_the_last, worth

Held = tuple[str, str]
"""(account, template): consents are given for exactly that."""


@dataclass(frozen=True, slots=True)
class Want:
    """A message that needs a consent. ``place``: those written earlier come first among equals."""

    id: str
    key: Held
    kind: str
    place: int


def share(wants: Iterable[Want], held: Mapping[Held, int], shared: Mapping[str, Collection[str]]) -> set[str]:
    """Ids of the messages that get one of the consents ``held``, the most valuable first.

    ``shared``: template → purposes it serves. News of an open issue leaves the last consent of a template to the message
    that asks the resident something, where both use the same template (rulebook §0.12, §7.5).
    """
    by_key: dict[Held, list[Want]] = defaultdict(list)
    for want in wants:
        by_key[want.key].append(want)
    chosen: set[str] = set()
    for key, waiting in by_key.items():
        left = held.get(key, 0)
        kept = 1 if _serves_more(shared.get(key[1], ())) else 0
        for want in sorted(waiting, key=lambda one: (worth(one.kind), one.place)) if len(waiting) > 1 else waiting:
            if left > (kept if spares_the_last(want.kind) else 0):
                chosen.add(want.id)
                left -= 1
    return chosen


_MORE = frozenset(purpose_of(kind).value for kind in KEEPS_THE_LAST)


def _serves_more(purposes: Collection[str]) -> bool:
    return not _MORE.isdisjoint(purposes)
