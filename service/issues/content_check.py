"""The local content check: doubtful words send a text to a person; they never reject it. Pure.

For guests, receipt-only and clerk-entered texts this is the whole check; of the others WeChat is asked afterwards
(:mod:`service.issues.checks`).
"""

from __future__ import annotations

from collections.abc import Iterable

from service.issues.deadlines import Rules


def found_words(text: str, words: Iterable[str]) -> list[str]:
    """Which of ``words`` stand in ``text``, ignoring spaces put between characters to hide them."""
    squeezed = "".join(text.split()).lower()
    return [word for word in words if word.lower() in squeezed]


def needs_review(text: str, rules: Rules) -> list[str]:
    """The doubtful words (advertising, fraud, abuse); empty: it may pass."""
    return found_words(text, rules.values["content.review_words"])


def sounds_urgent(text: str, rules: Rules) -> bool:
    """Danger to life: show 110/119/120/122 before sending, and flag when sent all the same."""
    return bool(found_words(text, rules.values["emergency.words"]))
