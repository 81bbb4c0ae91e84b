"""The sentences of notices (通知用语) as a district words them: which placeholders may stand in them, and filling them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from config.notices import NOTICE_PREFIX, NOTICES, PLACEHOLDERS, NoticeDefault, Placeholder
from service.errors import Invalid

TITLE, BODY = "title", "body"
LONGEST_TITLE = 20
"""Of a filled title: it stands in a field of the kind ``thing`` (``service/notifications/fields.py``), which holds no more."""
LONGEST_BODY = 140
SHORTEST = 2
_HOLE = re.compile(r"\{([^{}]*)\}")
_NAMES = {one.name: fact for fact, one in PLACEHOLDERS.items()}


def known(key: str) -> NoticeDefault | None:
    """The notice whose wording the parameter ``key`` holds."""
    return NOTICES.get(key.removeprefix(NOTICE_PREFIX)) if key.startswith(NOTICE_PREFIX) else None


def holes(key: str) -> list[Placeholder]:
    """What may stand in the wording under ``key``."""
    notice = known(key)
    return [PLACEHOLDERS[fact] for fact in notice.facts] if notice else []


def check(name: str, value: Mapping[str, str]) -> None:
    """:raises Invalid: for a placeholder the notice does not have, a stray brace, more than one line, or too many characters."""
    faults = {}
    for part, most in ((TITLE, LONGEST_TITLE), (BODY, LONGEST_BODY)):
        fault = _fault(NOTICES[name], value[part], most)
        if fault:
            faults[part] = fault
    if faults:
        raise Invalid("这条通知不能这样写。", fields=faults)


def _fault(notice: NoticeDefault, text: str, most: int) -> str | None:
    allowed = [PLACEHOLDERS[fact].name for fact in notice.facts]
    strange = [name for name in _HOLE.findall(text) if name not in allowed]
    if strange or set(_HOLE.sub("", text)) & set("{}｛｝"):
        can = "、".join(f"{{{name}}}" for name in allowed)
        return f"花括号里只能写{can}（半角括号）。" if can else "这条通知没有可以填的内容，请不要写花括号。"
    if not text.isprintable() or text != text.strip():
        return "请写成一段，不要换行。"
    longest = len(_HOLE.sub(lambda hole: "字" * PLACEHOLDERS[_NAMES[hole[1]]].most, text))
    if not SHORTEST <= longest <= most:
        return f"填好以后最多 {most} 个字，现在最长会有 {longest} 个字。" if longest > most else "请写至少两个字。"
    return None


def filled(values: Mapping[str, Any], name: str, **facts: object) -> tuple[str, str]:
    """Title and body of a notice in the words of the district, whose parameters at that moment ``values`` are.

    A wording that asks for what this version does not fill (kept from an older one) gives way to the default: never does a
    notice fail for its words.
    """
    said, default = values[f"{NOTICE_PREFIX}{name}"], NOTICES[name]
    known_here = {PLACEHOLDERS[fact].name: str(value) for fact, value in facts.items()}
    try:
        return _put(said[TITLE], known_here), _put(said[BODY], known_here)
    except KeyError:
        return _put(default.title, known_here), _put(default.body, known_here)


def example(name: str, value: Mapping[str, str]) -> tuple[str, str]:
    """The same with example values. ``value``: as :func:`check` lets it pass."""
    facts = {fact: PLACEHOLDERS[fact].example for fact in NOTICES[name].facts}
    return filled({f"{NOTICE_PREFIX}{name}": value}, name, **facts)


def _put(text: str, facts: Mapping[str, str]) -> str:
    return _HOLE.sub(lambda hole: facts[hole[1]], text)
