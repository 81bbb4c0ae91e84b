"""Names that mean nobody: a surname and a pair of 天干地支, e.g. 赵甲子; over 3,000 of them, no two alike."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_CYCLE = [_STEMS[place % 10] + _BRANCHES[place % 12] for place in range(60)]


def invented_names() -> Iterator[str]:
    """Neighbours in the sequence differ in surname and given name, so that a list does not look like a counter."""
    for turn in range(len(_CYCLE)):
        for place, surname in enumerate(_SURNAMES):
            yield surname + _CYCLE[(turn + place * 7) % len(_CYCLE)]


_TAKEN_BY_DEPUTIES = 2_000


def resident_names(district_id: str) -> Iterator[str]:
    """Names no deputy has, others for each district."""
    return islice(invented_names(), _TAKEN_BY_DEPUTIES + int(district_id) % 7 * 80, None)


def demo_phone(number: int) -> str:
    """A phone for the sandbox; nothing is ever sent to it."""
    return f"1990{number:07d}"
