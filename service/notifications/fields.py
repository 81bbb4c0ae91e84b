"""What may stand in a field of a WeChat template, and how a value is brought into that form. Pure.

Documentation of ``subscribeMessage.send``, table 订阅消息参数值内容限制说明 (read at
developers.weixin.qq.com/minigame/dev/api-backend/open-api/subscribe-message/subscribeMessage.send.html): WeChat judges a
value by the prefix of its field's name. That the official account's template messages follow the same table is unverified.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

KEY = re.compile(r"([a-z_]+?)(\d*)")
_CLOCK = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"


class InvalidField(Exception):
    """A value cannot stand in its field; the message names the field, never the value."""


@dataclass(frozen=True, slots=True)
class Rule:
    """``fits``: may it stand there; ``mend``: the nearest form of it that might; ``words`` for operators."""

    words: str
    fits: Callable[[str], bool]
    mend: Callable[[str], str] = str.strip


def _pattern(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda value: compiled.fullmatch(value) is not None


def _points(first: str) -> str:
    """One point of time, or two with ``~`` between them."""
    return rf"{first}(?:~{first})?"


_PLAIN_DATE = r"(?:\d{4}年\d{1,2}月(?:\d{1,2}日)?|\d{1,2}月\d{1,2}日|\d{4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?)"
_TIME = _points(rf"(?:{_PLAIN_DATE} )?{_CLOCK}")
_DATES = _points(rf"{_PLAIN_DATE}(?: {_CLOCK})?")


def _visible(value: str) -> str:
    """One line without control characters and needless blanks."""
    return " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in value).split())


def _cut(most: int) -> Callable[[str], str]:
    """Shortened with ``…``, so that a reader sees that something is missing."""

    def mend(value: str) -> str:
        plain = _visible(value)
        return plain if len(plain) <= most else plain[: most - 1] + "…"

    return mend


def _only(pattern: str, most: int) -> Callable[[str], str]:
    compiled = re.compile(pattern)
    return lambda value: "".join(compiled.findall(value))[:most]


def _thing(value: str) -> bool:
    return 0 < len(value) <= 20 and value.isprintable()


def _name(value: str) -> bool:
    chinese = any("\u4e00" <= c <= "\u9fff" for c in value)
    return 0 < len(value) <= (10 if chinese else 20) and value.isprintable() and not any(c.isdigit() for c in value)


RULES: dict[str, Rule] = {
    "thing": Rule("20 个以内字符", _thing, _cut(20)),
    "number": Rule("32 位以内数字，可带小数", _pattern(r"-?\d{1,32}(?:\.\d{1,31})?")),
    "letter": Rule("32 位以内字母", _pattern(r"[A-Za-z]{1,32}"), _only(r"[A-Za-z]", 32)),
    "symbol": Rule("5 位以内符号", _pattern(r"[^\w\s]{1,5}"), _only(r"[^\w\s]", 5)),
    "character_string": Rule("32 位以内数字、字母或符号", _pattern(r"[\x21-\x7e]{1,32}"), _only(r"[\x21-\x7e]", 32)),
    "time": Rule("24 小时制时间，可带年月日", _pattern(_TIME)),
    "date": Rule("年月日，可带 24 小时制时间", _pattern(_DATES)),
    "amount": Rule("1 个币种符号和 10 位以内数字，可带小数，结尾可带“元”", _pattern(r"[^\w\s.]?\d{1,10}(?:\.\d+)?元?")),
    "phone_number": Rule("17 位以内数字、符号", _pattern(r"[\d+\-() ]{1,17}")),
    "car_number": Rule("8 位以内车牌", _pattern(r"[\u4e00-\u9fff]?[0-9A-Za-z]{1,7}[\u4e00-\u9fff]?")),
    "name": Rule("10 个以内汉字，或 20 个以内字母、符号", _name, _visible),
    "phrase": Rule("5 个以内汉字", _pattern(r"[\u4e00-\u9fff]{1,5}"), _only(r"[\u4e00-\u9fff]", 5)),
}
"""``enum`` is missing on purpose: its values are the template's own and cannot be known here."""


@lru_cache(maxsize=256)
def kind_of(key: str) -> str:
    """``thing`` of ``thing1``.

    :raises InvalidField: for a name WeChat's table does not know.
    """
    found = KEY.fullmatch(key)
    if found is None or found.group(1) not in RULES:
        raise InvalidField(f"{key}：不认识的字段类型")
    return found.group(1)


def fitted(key: str, value: str) -> str:
    """The value as it may be sent: as it is, or shortened and re-formed by its field's rule.

    :raises InvalidField: where no rule makes it fit.
    """
    rule = RULES[kind_of(key)]
    if rule.fits(value):
        return value
    mended = rule.mend(value)
    if not rule.fits(mended):
        raise InvalidField(f"{key}：要求{rule.words}")
    return mended
