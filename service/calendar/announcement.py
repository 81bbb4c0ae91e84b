"""The State Council's yearly notice (放假安排), typed or pasted: one day or one span a line, and 休 or 班. Pure."""

from __future__ import annotations

import datetime as dt
import re

from service.errors import Invalid

RESTS, WORKS = ("休", "放假", "休息"), ("班", "上班", "调休", "补班")
LONGEST_SPAN = 31
MOST_LINES = 120
_LINE = re.compile(
    r"(\d{4}[-/.]\d{1,2}[-/.]\d{1,2})(?:\s*[,，;；\t~至到 ]+\s*(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}))?\s*[,，;；\t ]\s*(\S+)"
)


def parse(text: str) -> dict[dt.date, bool]:
    """Day → works (true) or rests (false). Lines such as ``2027-01-01,休`` or ``2027-02-05,2027-02-11,休``.

    :raises Invalid: naming every line that cannot be read, or a day said twice differently.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    days: dict[dt.date, bool] = {}
    faults = [f"最多 {MOST_LINES} 行。"] if len(lines) > MOST_LINES else []
    for number, line in lines[:MOST_LINES]:
        try:
            for day, works in _days(line):
                if days.setdefault(day, works) is not works:
                    faults.append(f"第 {number} 行：{day} 前面写的不一样。")
        except ValueError:
            faults.append(f"第 {number} 行看不懂：“{line[:30]}”。")
    if not faults and not days:
        faults.append("请至少写一天。")
    if faults:
        raise Invalid(fields={"days": "".join(faults[:5]) + "每行写日期和“休”或“班”，例如 2027-01-01,休。"})
    return days


def _days(line: str) -> list[tuple[dt.date, bool]]:
    found = _LINE.fullmatch(line)
    if found is None or found[3] not in RESTS + WORKS:
        raise ValueError(line)
    first = _day(found[1])
    last = _day(found[2]) if found[2] else first
    if not 0 <= (last - first).days < LONGEST_SPAN:
        raise ValueError(line)
    return [(first + dt.timedelta(days=place), found[3] in WORKS) for place in range((last - first).days + 1)]


def _day(text: str) -> dt.date:
    year, month, day = (int(part) for part in re.split(r"[-/.]", text))
    return dt.date(year, month, day)


def written(days: dict[dt.date, bool]) -> str:
    """A year's table as :func:`parse` reads it, for correcting it."""
    return "\n".join(f"{day.isoformat()},{'班' if works else '休'}" for day, works in sorted(days.items()))
