"""What people say: matters and phrases from ``data/*.toml``, with a story's own places, numbers and days filled in."""

from __future__ import annotations

import datetime as dt
import random
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from devkit.demo.geography import DATA, Village
from service.calendar.workdays import local_date

_BARE = frozenset({"rude", "short"})
_NOTHING: Mapping[str, str] = {}
_SLOT = re.compile(r"\{(\w+)\}")
_SMALL = "三四五六七八九"
_SINCE = ("半个多月", "二十来天", "一个多月", "快两个月", "三个星期", "好几个月", "个把月", "十来天")
_WHEN = ("上周三", "前几天", "这个月初", "上个星期", "前两天", "上个赶场天", "上周末", "月底那几天")
_TOWN_SPOTS = (
    "菜市场后门",
    "社区服务中心旁边",
    "小学后门",
    "公交站台",
    "老粮站门口",
    "卫生院对面",
    "广场东边",
    "文化站楼下",
    "老街口子",
)
_VILLAGE_SPOTS = (
    "村委会背后",
    "小卖部门口",
    "村小门前",
    "堰塘边",
    "老供销社门口",
    "晒坝边上",
    "石桥头",
    "村口三岔路",
    "卫生室对面",
)
_TOWN_PARTS = ("老街", "东头", "北片", "河边那片", "后街", "新建的那一片")
_VILLAGE_PARTS = tuple(f"{number}组" for number in "一二三四五六七八九")


@dataclass(frozen=True)
class Matter:
    """One thing to bring up, with what is asked, answered, done and fed back about it.

    ``answer_first``, ``answer_second``: the answer to the first or second of ``texts`` where ``answer`` does not fit it.
    """

    category: str
    unit: str
    district: str
    texts: tuple[str, ...]
    ask: str
    more: str
    answer: str
    result: str
    feedback: str
    kind: str = "HELP"
    where: str = "any"
    urgent: bool = False
    only: str = ""
    answer_first: str = ""
    answer_second: str = ""

    def said(self, field: str, text: str) -> str:
        """The words of ``field`` for somebody who said ``text``."""
        own = {0: self.answer_first, 1: self.answer_second}.get(self.texts.index(text)) if field == "answer" else None
        return own or str(getattr(self, field))

    def fits(self, village: Village) -> bool:
        return self.where == "any" or (self.where == "urban") == village.is_community


@cache
def matters() -> tuple[Matter, ...]:
    rows = tomllib.loads((DATA / "matters.toml").read_text("utf-8"))["matter"]
    return tuple(Matter(**{**row, "texts": tuple(row["texts"])}) for row in rows)


@cache
def phrases() -> Mapping[str, Any]:
    """Lists of sentences by occasion, and a few single ones."""
    return tomllib.loads((DATA / "phrases.toml").read_text("utf-8"))


class Shelf:
    """Hands out the members of a list in a shuffled order, each once before any comes again."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._left: dict[str, list[Any]] = {}

    def take(self, name: str, members: Sequence[Any], fits: Callable[[Any], bool] = lambda _: True) -> Any:
        left = self._left.setdefault(name, [])
        place = next((place for place, member in enumerate(left) if fits(member)), None)
        if place is None:
            left += self._rng.sample(members, len(members))
            place = next(place for place, member in enumerate(left) if fits(member))
        return left.pop(place)


@dataclass(frozen=True)
class Recipe:
    """How a sentence came about, so that the same thing can be said of another matter: ``kind`` is opening, body, phrase,
    matter (its field ``name``) or fill (``name`` is the text)."""

    kind: str
    name: str = ""
    at: dt.datetime | None = None
    more: tuple[tuple[str, str], ...] = ()


class Teller:
    """The words of one story; the same place, numbers and days in all that is said in it."""

    def __init__(self, rng: random.Random, shelf: Shelf, village: Village, matter: Matter, about: str = "") -> None:
        self.rng, self.shelf, self.matter = rng, shelf, matter
        self.town = town = village.is_community
        self.slots = {
            "village": village.name,
            "about": about,
            "spot": rng.choice(_TOWN_SPOTS if town else _VILLAGE_SPOTS),
            "group": rng.choice(_TOWN_PARTS if town else _VILLAGE_PARTS),
            "few": rng.choice(_SMALL),
            "many": str(10 * rng.randint(2, 8)),
            "hour": rng.choice("七八"),
            "since": rng.choice(_SINCE),
            "when": rng.choice(_WHEN),
            "age": rng.choice("六七") + "十" + rng.choice(_SMALL) + "岁",
        }
        self.recipes: dict[str, Recipe] = {}
        self.began: dt.datetime | None = None
        text = shelf.take(f"{matter.category}/{matter.unit}/{matter.texts[0][:12]}", matter.texts)
        self.text = text
        self.body = self._noted(self._filled(text), Recipe("body"))

    def tell(self, recipe: Recipe) -> str:
        """Say it, and remember how it came about."""
        return self._noted(self._said(recipe, recipe.at, dict(recipe.more)), recipe)

    def opening(self, *, held: bool = False) -> str:
        """What the resident writes, in a voice; ``held``: with a word that sends it to a reviewer."""
        return self.tell(Recipe("opening", "held_closers" if held else "closers"))

    def phrase(self, name: str, at: dt.datetime | None = None, **more: str) -> str:
        """One sentence for an occasion; '' as often as the list says that people say nothing."""
        found = phrases()[name]
        if not isinstance(found, str) and self.rng.random() < found.count("") / len(found):
            return ""
        return self.tell(Recipe("phrase", name, at, tuple(more.items())))

    def reply(self, field: str, at: dt.datetime, unit: str) -> str:
        """What the matter says for asking, answering, doing, feeding back; ``{date}`` becomes a day up to ``at``."""
        return self.tell(Recipe("matter", field, at, (("unit", unit),)))

    def again(self, recipe: Recipe, shift: dt.timedelta, unit: str) -> str:
        """The same said of this teller's matter, ``shift`` earlier, of another unit."""
        at = recipe.at - shift if recipe.at else None
        more = {name: unit if name == "unit" else value for name, value in recipe.more}
        return self._said(recipe, at, more)

    def _said(self, recipe: Recipe, at: dt.datetime | None, more: Mapping[str, str]) -> str:
        if recipe.kind == "body":
            return self.body
        if recipe.kind == "opening":
            return self._opening(recipe.name)
        if recipe.kind == "fill":
            return self._filled(recipe.name, at, more)
        if recipe.kind == "matter":
            return self._filled(self.matter.said(recipe.name, self.text), at, more)
        found = phrases()[recipe.name]
        text = found if isinstance(found, str) else self.shelf.take(recipe.name, found)
        return self._filled(text, at, more) or self._said(recipe, at, more)

    def _opening(self, closers: str) -> str:
        if self.matter.only in _BARE:
            return self.body
        voices = "town_openers" if self.town else "village_openers"
        opener = self.shelf.take(voices, [*phrases()["openers"], *phrases()[voices]])
        return self._filled(opener) + self.body + self._filled(self.shelf.take(closers, phrases()[closers]))

    def _noted(self, text: str, recipe: Recipe) -> str:
        if text and (text not in self.recipes or recipe.kind == "opening"):
            self.recipes[text] = recipe
        return text

    def _filled(self, text: str, at: dt.datetime | None = None, more: Mapping[str, str] = _NOTHING) -> str:
        if "{" not in text:
            return text
        days = self._days(text.count("{date}"), at)
        values = {**self.slots, **more}
        return _SLOT.sub(lambda match: next(days) if match[1] == "date" else values[match[1]], text)

    def _days(self, count: int, now: dt.datetime | None) -> Iterator[str]:
        """Days between the submission and ``now``, later ones later."""
        if not count or self.began is None or now is None:
            return
        last = (local_date(now) - local_date(self.began)).days
        for offset in sorted(self.rng.randint(max(0, last - 4), last) for _ in range(count)):
            day = local_date(self.began) + dt.timedelta(days=offset)
            yield f"{day.month}月{day.day}日"
