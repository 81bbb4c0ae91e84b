"""What was called, what came of it, and whether any message was accepted twice: so that a test can say "exactly one"."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

TOKENS = ("/cgi-bin/token", "/cgi-bin/stable_token")
Key = tuple[str, str, str, tuple[tuple[str, str], ...]]


@dataclass
class Statistics:
    """Counters since the start or the last reset. Not locked: the state that owns it is."""

    calls: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    accepted: Counter[str] = field(default_factory=Counter)
    pushes: Counter[str] = field(default_factory=Counter)
    _sent: dict[Key, list[int]] = field(default_factory=dict)

    def called(self, endpoint: str, outcome: str) -> None:
        """One call ended: with an errcode ("0" is success), an HTTP status or a broken connection."""
        self.calls[endpoint][outcome] += 1

    def message(self, kind: str, openid: str, template_id: str, page: str, data: Mapping[str, str], msgid: int) -> None:
        """One message was accepted, whether or not whoever sent it heard of that."""
        self.accepted[kind] += 1
        self._sent.setdefault((openid, template_id, page, tuple(data.items())), []).append(msgid)

    def duplicates(self) -> list[dict[str, object]]:
        """Messages with the same recipient, template, page and data that were accepted more than once."""
        return [
            {"openid": key[0], "template_id": key[1], "page": key[2], "data": dict(key[3]), "msgids": msgids}
            for key, msgids in self._sent.items()
            if len(msgids) > 1
        ]

    def report(self) -> dict[str, object]:
        """For programs: see docs/wechat-sandbox.md."""
        doubled = self.duplicates()
        more = sum(len(msgids) - 1 for msgids in self._sent.values())
        return {
            "calls": {endpoint: dict(outcomes) for endpoint, outcomes in sorted(self.calls.items())},
            "token_fetches": sum(self.calls[path]["0"] for path in TOKENS if path in self.calls),
            "sends_accepted": sum(self.accepted.values()),
            "accepted": dict(self.accepted),
            "duplicates": more,
            "duplicated": doubled[:1000],
            "pushes": dict(self.pushes),
        }
