"""Are two messages about one matter (同一件事)? By what is wrong and by where, with the reason. Pure.

The same trouble elsewhere is another matter, and so is another trouble at the same place: both must fit.
"""

from __future__ import annotations

import functools
import itertools
import re
from dataclasses import dataclass

from rapidfuzz import fuzz

from service.issues.vocabulary import LEVELS, MATTERS, NO_NAMES, PERSONAL, SAYING_NOTHING

SAME_PLACE, SAME_GRID, UNKNOWN_PLACE, OTHER_PLACE = 1.0, 0.8, 0.7, 0.0
KNOWN_MATTER, PERSONAL_MATTER = 0.65, 0.4
LONGEST_NAME = 5
DOORS_APART = 30

_OF_WORD = {word: name for name, words in MATTERS.items() for word in words}


def _either(words: tuple[str, ...]) -> str:
    """Alternatives, the longest first."""
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_MATTER = re.compile(_either(tuple(_OF_WORD)))
_NOTHING = re.compile(_either(SAYING_NOTHING))
_ENDINGS = _either(tuple(ending for level in LEVELS for ending in level))
_ENDING = re.compile(rf"(?:{_ENDINGS})(?![灯政障费程由线舞道]|路(?!灯)|[村街巷]|[社小]区)")
_LEVEL_OF = {ending: number for number, level in enumerate(LEVELS) for ending in level}
_BEFORE_NAME = re.compile(r"^.*[在是的了到从和与及们这那有往去把被给对为就都也很近由经着里外|0-9]")
_DOOR = re.compile(r"(\d+)(号楼|号院|单元|组|社|栋|幢|号)")
_NUMERAL = re.compile(r"[一二三四五六七八九十]+(?=号楼|号院|单元|组|社(?!区)|栋|幢|号)")
_BREAK = re.compile(r"[^0-9a-z一-鿿]+")
_DIGITS = {sign: number for number, sign in enumerate("一二三四五六七八九", start=1)}


@dataclass(frozen=True, slots=True)
class Told:
    """A message taken apart. ``names``: per level of :data:`LEVELS`; ``doors``: (unit, number); ``pairs``: what is left."""

    matters: frozenset[str]
    names: tuple[frozenset[str], ...]
    doors: frozenset[tuple[str, int]]
    rest: str
    pairs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Likeness:
    """``score`` 0…1; ``place``: the name both gave; ``matters``: the troubles both spoke of."""

    score: float
    place: str | None
    matters: tuple[str, ...]


@functools.lru_cache(maxsize=2048)
def take_apart(text: str) -> Told:
    """Kept for a while: the same open issues are compared with again and again."""
    spaced = _BREAK.sub("|", "".join(text.lower().split()))
    line = _NUMERAL.sub(lambda found: str(_number(found.group())), spaced)
    names: list[set[str]] = [set() for _ in LEVELS]
    without, end = [], 0
    for found in _ENDING.finditer(line):
        name = _BEFORE_NAME.sub("", line[max(end, found.start() - LONGEST_NAME) : found.start()])
        if name and name not in NO_NAMES:
            names[_LEVEL_OF[found.group()]].add(name + found.group())
            without.append(line[end : found.start() - len(name)])
            end = found.end()
    without.append(line[end:])
    rest = _DOOR.sub("|", "|".join(without))
    kept = _NOTHING.sub("|", re.sub(r"\d+", "|", rest))
    return Told(
        matters=frozenset(_OF_WORD[word] for word in _MATTER.findall(line)),
        names=tuple(frozenset(level) for level in names),
        doors=frozenset((unit.replace("号院", "号"), int(number[:6])) for number, unit in _DOOR.findall(line)),
        rest=kept.replace("|", ""),
        pairs=frozenset(one + two for one, two in itertools.pairwise(kept) if "|" not in one + two),
    )


def _number(numeral: str) -> int:
    tens, ten, ones = numeral.rpartition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones[-1:], 0)


def likeness(one: Told, other: Told, *, same_grid: bool | None = None, days: float = 0.0) -> Likeness:
    """How likely both are one matter. ``same_grid`` None: not known of one of them; ``days`` between them."""
    common = one.matters & other.matters
    if one.matters and other.matters and not common:
        return Likeness(0.0, None, ())
    where, place = _place(one, other)
    if where == UNKNOWN_PLACE and same_grid:
        where = SAME_GRID
    if where == OTHER_PLACE:
        return Likeness(0.0, None, ())
    score = _matter(one, other, common) * where * max(0.75, 0.5 ** (days / 180))
    return Likeness(round(score, 3), place, tuple(sorted(common)))


def _matter(one: Told, other: Told, common: frozenset[str]) -> float:
    text = _text(one, other)
    if not common:
        return text if not (one.matters or other.matters) else text * 0.8
    known = PERSONAL_MATTER if common <= PERSONAL else KNOWN_MATTER
    return known + (1 - known) * text


def _text(one: Told, other: Told) -> float:
    """What is left of both without places and empty words: shared pairs of characters, or nearly the same line."""
    if not one.pairs or not other.pairs:
        return 1.0 if one.rest == other.rest else 0.0
    shared = len(one.pairs & other.pairs)
    dice = 2 * shared / (len(one.pairs) + len(other.pairs))
    shorter = min(len(one.pairs), len(other.pairs))
    inside = 0.85 * shared / shorter if shorter >= 3 else 0.0
    return max(dice, inside, fuzz.ratio(one.rest, other.rest) / 100 if dice > 0.3 else 0.0)


def _place(one: Told, other: Told) -> tuple[float, str | None]:
    """The finest level of which both give a name decides; then numbers of doors and village groups."""
    where, place = UNKNOWN_PLACE, None
    for mine, theirs in zip(one.names, other.names, strict=True):
        if mine and theirs:
            place = next((name for name in sorted(mine, key=len) if any(_same(name, that) for that in theirs)), None)
            where = SAME_PLACE if place else OTHER_PLACE
            break
    if where != OTHER_PLACE and _doors_apart(one, other):
        return OTHER_PLACE, None
    return where, place


def _same(name: str, that: str) -> bool:
    """The same ending, and before it the same name, give or take what stood in front of it."""
    shorter, longer = sorted((name, that), key=len)
    if shorter == longer:
        return True
    common = 0
    while common < len(shorter) and shorter[-1 - common] == longer[-1 - common]:
        common += 1
    ending = max((len(one) for one in _LEVEL_OF if shorter.endswith(one)), default=1)
    return common - ending >= 2


def _doors_apart(one: Told, other: Told) -> bool:
    """Another group of the village, another block; or house numbers far from each other."""
    for unit in {unit for unit, _ in one.doors} & {unit for unit, _ in other.doors}:
        mine = {number for its, number in one.doors if its == unit}
        theirs = {number for its, number in other.doors if its == unit}
        if unit == "号" and min(abs(this - that) for this in mine for that in theirs) <= DOORS_APART:
            continue
        if not mine & theirs:
            return True
    return False


def reason(found: Likeness, *, nearby: str, days: int) -> str:
    """Why, in a sentence. Names only what the one asking has said too, never another person's words or door."""
    where = f"同一地点（{found.place}）" if found.place else nearby
    what = f"都反映{'、'.join(found.matters)}" if found.matters else "内容相近"
    when = "同一天" if days == 0 else f"相差 {days} 天"
    return f"{where}、{what}、{when}"
