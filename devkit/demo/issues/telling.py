"""What people say: matters and phrases from ``data/*.toml``, with a story's own places, numbers and days filled in."""

from __future__ import annotations

import datetime as dt
import random
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from devkit.demo.geography import DATA, Village
from service.calendar.workdays import local_date

_BARE = frozenset({"rude", "short"})
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
    """One thing to bring up, with what is asked, answered, done and fed back about it."""

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
        if not any(fits(member) for member in left):
            left += self._rng.sample(list(members), len(members))
        place = next(place for place, member in enumerate(left) if fits(member))
        return left.pop(place)


class Teller:
    """The words of one story; the same place, numbers and days in all that is said in it."""

    def __init__(self, rng: random.Random, shelf: Shelf, village: Village, matter: Matter, about: str = "") -> None:
        self.rng, self.shelf, self.matter = rng, shelf, matter
        town = village.is_community
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
        self.body = self.fill(shelf.take(f"{matter.category}/{matter.unit}/{matter.texts[0][:12]}", matter.texts))

    def opening(self, *, held: bool = False) -> str:
        """What the resident writes, in a voice; ``held``: with a word that sends it to a reviewer."""
        if self.matter.only in _BARE:
            return self.body
        opener = self.fill(self.shelf.take("openers", phrases()["openers"]))
        closers = "held_closers" if held else "closers"
        return opener + self.body + self.fill(self.shelf.take(closers, phrases()[closers]))

    def phrase(self, name: str, **more: str) -> str:
        """One sentence for an occasion; '' where people often say nothing."""
        found = phrases()[name]
        return self.fill(found if isinstance(found, str) else self.shelf.take(name, found), **more)

    def fill(
        self, text: str, *, began: dt.datetime | None = None, now: dt.datetime | None = None, **more: str
    ) -> str:
        """Fill the slots; ``{date}`` becomes a day between ``began`` and ``now``, later ones later."""
        days = self._days(text.count("{date}"), began, now)
        values = {**self.slots, **more}
        return _SLOT.sub(lambda match: next(days) if match[1] == "date" else values[match[1]], text)

    def _days(self, count: int, began: dt.datetime | None, now: dt.datetime | None) -> Any:
        if began is None or now is None:
            return iter(())
        last = (local_date(now) - local_date(began)).days
        offsets = sorted(self.rng.randint(max(0, last - 4), last) for _ in range(count))
        days = [local_date(began) + dt.timedelta(days=offset) for offset in offsets]
        return iter([f"{day.month}月{day.day}日" for day in days])
