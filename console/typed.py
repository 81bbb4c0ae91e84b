"""What was typed into a form, read field by field; all that is wrong is said together.

typed = Typed()
name = typed.text("name", required=True, most=40)
day = typed.day("day")
typed.check()
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping
from typing import Any

from flask import request

from service.errors import Invalid

MISSING = "请填写这一项。"
CHOOSE = "请从给出的选项中选择。"
_YEARS = range(1900, 2200)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def day_of(text: str) -> dt.date:
    """A day somebody may mean: one at the ends of the calendar has no day after it, or no time zone.

    :raises ValueError: for any other text.
    """
    day = dt.date.fromisoformat(text)
    if day.year not in _YEARS:
        raise ValueError(text)
    return day


def moment_of(text: str) -> dt.datetime:
    """A moment of such a day.

    :raises ValueError: for any other text.
    """
    moment = dt.datetime.fromisoformat(text)
    day_of(moment.date().isoformat())
    return moment


class Typed:
    """The fields of the form that was sent, or of ``values``."""

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        self._values: Any = request.form if values is None else values
        self.faults: dict[str, str] = {}

    def texts(self) -> list[tuple[str, str]]:
        """Every field that holds something, but the frame's own."""
        return [(name, value) for name, value in self._values.items() if value and not name.startswith("_")]

    def text(self, name: str, *, required: bool = False, most: int = 2000) -> str:
        """Without blanks around it; ``\\r\\n`` of a text area becomes ``\\n``."""
        value = _CONTROLS.sub("", str(self._values.get(name) or "").replace("\r\n", "\n")).strip()
        if not value and required:
            self.faults[name] = MISSING
        if len(value) > most:
            self.faults[name] = f"最多填写 {most} 个字。"
        return value

    def password(self, name: str) -> str:
        """As it was typed, blanks too; at most 200 characters."""
        value = str(self._values.get(name) or "")
        if not value:
            self.faults[name] = MISSING
        if len(value) > 200:
            self.faults[name] = "最多 200 位。"
        return value

    def choice(self, name: str, options: Collection[str], *, required: bool = False) -> str | None:
        value = self.text(name, required=required)
        if value and value not in options:
            self.faults[name] = CHOOSE
        return value or None

    def many(self, name: str, options: Collection[str] | None = None) -> list[str]:
        """All values of the same name: ticked boxes."""
        given: list[str] = (
            self._values.getlist(name) if hasattr(self._values, "getlist") else self._values.get(name) or []
        )
        if options is not None and not set(given) <= set(options):
            self.faults[name] = CHOOSE
        return [value for value in given if value]

    def ticked(self, name: str) -> bool:
        return bool(self._values.get(name))

    def number(self, name: str, *, required: bool = False, least: int = 0, most: int = 1_000_000) -> int | None:
        value = self.text(name, required=required, most=20)
        if not value:
            return None
        if not re.fullmatch(r"-?[0-9]{1,9}", value) or not least <= int(value) <= most:
            self.faults[name] = f"请填写 {least}–{most} 之间的整数。"
            return None
        return int(value)

    def day(self, name: str, *, required: bool = False) -> dt.date | None:
        return self._when(name, day_of, "请填写日期，例如 2026-03-05。", required=required)

    def moment(self, name: str, *, required: bool = False) -> dt.datetime | None:
        """Of ``<input type=datetime-local>``, naive: the caller says in which zone."""
        return self._when(name, moment_of, "请填写日期和时间。", required=required)

    def time(self, name: str, *, required: bool = False) -> dt.time | None:
        return self._when(name, dt.time.fromisoformat, "请填写时间，例如 09:00。", required=required)

    def _when(self, name: str, read: Any, sentence: str, *, required: bool) -> Any:
        value = self.text(name, required=required, most=40)
        if not value:
            return None
        try:
            return read(value)
        except ValueError:
            self.faults[name] = sentence
            return None

    def check(self) -> None:
        """:raises Invalid: with everything that is wrong."""
        if self.faults:
            raise Invalid(fields=self.faults)
