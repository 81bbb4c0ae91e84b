"""A text cut into pieces WeChat takes: at most 2,500 characters each (rulebook §7.5), on the ends of sentences. Pure."""

from __future__ import annotations

MOST_CHARS = 2500
_ENDS = "。！？；!?;\n"


def pieces(text: str, most: int = MOST_CHARS) -> list[str]:
    """``text`` in its order, nothing left out; a sentence longer than ``most`` is cut where it must be."""
    found, rest = [], text
    while len(rest) > most:
        at = max(rest.rfind(end, 0, most) for end in _ENDS) + 1
        found.append(rest[: at or most])
        rest = rest[at or most :]
    return [*found, rest]
