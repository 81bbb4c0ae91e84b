"""Values in which names and days of a story stand: taken apart once, put together anew for each copy."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any

Matcher = re.Pattern[str]
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def matcher_of(symbols: Mapping[str, str]) -> Matcher:
    return re.compile("|".join(re.escape(old) for old in sorted(symbols, key=len, reverse=True)))


def shape_of(value: Any, symbols: Mapping[str, str], matcher: Matcher) -> Any:
    """How to make such a value again: ``("symbol", name)``, ``("parts", …)``, ``("day", date)``, a dict or list of these with
    ``("same", value)``; None where a copy has the same."""
    if isinstance(value, str):
        if value in symbols:
            return ("symbol", symbols[value])
        if _DAY.fullmatch(value):
            return ("day", dt.date.fromisoformat(value))
        pieces = list(_pieces(value, symbols, matcher))
        return ("parts", pieces) if any(is_symbol for is_symbol, _ in pieces) else None
    if isinstance(value, dict):
        shapes = {name: shape_of(inner, symbols, matcher) for name, inner in value.items()}
        if "kind" in value:
            shapes["kind"] = ("symbol", "kind")
        if not any(shapes.values()):
            return None
        return ("dict", {name: shape or ("same", value[name]) for name, shape in shapes.items()})
    if isinstance(value, list):
        inner_shapes = [shape_of(inner, symbols, matcher) for inner in value]
        if not any(inner_shapes):
            return None
        return ("list", [shape or ("same", inner) for shape, inner in zip(inner_shapes, value, strict=True)])
    return None


def _pieces(text: str, symbols: Mapping[str, str], matcher: Matcher) -> Iterator[tuple[bool, str]]:
    """(is a symbol, its name or the words between)."""
    end = 0
    for match in matcher.finditer(text):
        if match.start() > end:
            yield False, text[end : match.start()]
        yield True, symbols[match[0]]
        end = match.end()
    if end < len(text):
        yield False, text[end:]
