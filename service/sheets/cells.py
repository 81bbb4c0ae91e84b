"""What is meant by a cell: texts, codes, days, choices. Pure. Each parser raises ValueError with a Chinese sentence."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from service.calendar.workdays import SHANGHAI
from service.sheets.table import Formula

Parser = Callable[[Any], Any]

# A spreadsheet runs a cell that begins so (CSV injection); exports put an apostrophe in front, imports take it away.
_RISKY = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_ESCAPED = re.compile(r"'+[=+\-@\t\r＝＋－＠]")
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
"""Also what nobody sees but copying from web pages brings along: with it, a name would be another name."""
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d{1,2}")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_TIME = re.compile(r"(\d{1,2})[:：](\d{2})(?:[:：](\d{2})(?:\.\d+)?)?")
_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*")
_LIST_MARK = re.compile(r"[、，,；;\n]+")
_SERIAL_ZERO = dt.datetime(1899, 12, 30)  # noqa: DTZ001 (a day of the spreadsheet's own calendar)
_SERIALS = range(10_000, 80_000)  # 1927 to 2119
_NOT_A_DAY = "不是日期，请写成 2024-03-05 的样子"


def escaped(text: str) -> str:
    """``text`` as it may stand in a cell: never a formula."""
    return f"'{text}" if _RISKY.match(text) else text


def plain(cell: Any) -> str:
    """The cell as a person reads it, trimmed, without control characters; whole numbers without a fraction.

    :raises ValueError: for a formula.
    """
    if cell is None:
        return ""
    if isinstance(cell, Formula):
        raise ValueError("是公式或者错误值，请在表格软件里复制后“选择性粘贴”为数值，再导入")
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ", "seconds")
    if isinstance(cell, dt.date):
        return cell.isoformat()
    text = _UNPRINTABLE.sub("", str(cell).replace("\r\n", "\n").replace("\r", "\n")).strip(" \t\n\u3000\u00a0\ufeff")
    return text[1:] if _ESCAPED.match(text) else text


def text(longest: int) -> Parser:
    """At most ``longest`` characters."""

    def parse(cell: Any) -> str:
        found = plain(cell)
        if len(found) > longest:
            raise ValueError(f"有 {len(found)} 个字，最多 {longest} 个字")
        return found

    return parse


def code(*digits: int) -> Parser:
    """Digits only, in one of the given lengths; a code that a spreadsheet turned into 5.12E+11 is told so."""
    lengths = " 或 ".join(str(length) for length in digits)

    def parse(cell: Any) -> str:
        found = plain(cell)
        if _SCIENTIFIC.fullmatch(found):
            found = _from_scientific(found)
        if not (found.isascii() and found.isdigit() and len(found) in digits):
            raise ValueError(f"“{shown(found)}”不是 {lengths} 位数字")
        return found

    return parse


def _from_scientific(found: str) -> str:
    """5.12002001001E+11 still holds every digit; 5.12E+11 does not, and may be any of a billion codes."""
    value = Decimal(found)
    if value != value.to_integral_value() or len(value.as_tuple().digits) != value.adjusted() + 1:
        raise ValueError(f"被表格软件写成了科学计数法（{found}），请把这一列设为“文本”后重新填写")
    return str(int(value))


def number(least: int, most: int) -> Parser:
    """A whole number; 第19届 counts as 19."""

    def parse(cell: Any) -> int:
        found = plain(cell).removeprefix("第").removesuffix("届")
        if not (found.isascii() and found.isdigit() and least <= int(found[:9]) <= most and len(found) < 9):
            raise ValueError(f"“{shown(found)}”不是 {least} 到 {most} 之间的整数")
        return int(found)

    return parse


def choice(meanings: Mapping[str, Any], titles: str) -> Parser:
    """One of ``meanings``, by any of its names, in any case; ``titles`` is what the operator is told to choose from."""
    known = {name.casefold(): meaning for name, meaning in meanings.items()}

    def parse(cell: Any) -> Any:
        found = plain(cell)
        if found.casefold() not in known:
            raise ValueError(f"“{shown(found)}”不认识，应为 {titles} 之一")
        return known[found.casefold()]

    return parse


def one_of(words: type[StrEnum], titles: Mapping[Any, str]) -> Parser:
    """A member of ``words`` by its identifier or its Chinese title."""
    names = {word.value: word for word in words} | {title: word for word, title in titles.items()}
    return choice(names, "、".join(titles.values()))


flag = choice(
    {"是": True, "否": False, "yes": True, "no": False, "true": True, "false": False, "1": True, "0": False},
    "是、否",
)


def several(cell: Any) -> tuple[str, ...]:
    """Names parted by 、 , ； or line breaks, each once."""
    return tuple(dict.fromkeys(part for part in map(str.strip, _LIST_MARK.split(plain(cell))) if part))


def day(cell: Any) -> dt.date:
    """A calendar day."""
    return _naive(cell).date()


def moment(cell: Any) -> dt.datetime:
    """An aware moment, in whole seconds; without an offset it is China's time."""
    if isinstance(cell, str) and _ISO.fullmatch(cell.strip()):
        try:
            return _aware(dt.datetime.fromisoformat(cell.strip()))
        except (ValueError, OverflowError):
            raise ValueError(f"“{shown(cell)}”{_NOT_A_DAY}") from None
    return _aware(_naive(cell))


def _aware(found: dt.datetime) -> dt.datetime:
    whole = (found + dt.timedelta(microseconds=500_000)).replace(microsecond=0)
    return whole if whole.tzinfo else whole.replace(tzinfo=SHANGHAI)


def _naive(cell: Any) -> dt.datetime:
    if isinstance(cell, dt.datetime):
        return cell
    if isinstance(cell, dt.date):
        return dt.datetime.combine(cell, dt.time())
    found = plain(cell)
    try:
        return _serial(found) or _written(found)
    except (ValueError, OverflowError, InvalidOperation):
        raise ValueError(f"“{shown(found)}”{_NOT_A_DAY}") from None


def _serial(found: str) -> dt.datetime | None:
    """45356 or 45356.5 is how a spreadsheet counts days since 1899-12-30; 20240305 is a day written without marks."""
    if re.fullmatch(r"\d{8}", found):
        return dt.datetime.strptime(found, "%Y%m%d")  # noqa: DTZ007 (made aware by the caller)
    if not re.fullmatch(r"\d{5}(\.\d+)?", found) or int(found[:5]) not in _SERIALS:
        return None
    return _SERIAL_ZERO + dt.timedelta(days=float(found))


def _written(found: str) -> dt.datetime:
    date_part = _DAY.match(found)
    if date_part is None:
        raise ValueError(found)
    rest = found[date_part.end() :].strip().removeprefix("T").strip()
    clock = _TIME.fullmatch(rest)
    if rest and clock is None:
        raise ValueError(found)
    year, month, day_of_month = map(int, date_part.groups())
    hour, minute, second = (int(part or 0) for part in clock.groups()) if clock else (0, 0, 0)
    return dt.datetime(year, month, day_of_month, hour, minute, second)  # noqa: DTZ001


def shown(found: str) -> str:
    """What a message repeats of a cell: its beginning."""
    return found if len(found) <= 20 else f"{found[:20]}…"
