"""When the steps of a story happen: offices at their hours on workdays, residents by day, the last one as long ago as wanted."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence

from devkit.demo.issues.moves import MOVES, RESIDENT
from service.calendar.workdays import SHANGHAI, WorkCalendar, local_date

_FREE = RESIDENT | {"speaker"}
"""Deputies keep no office hours."""
_OFFICE = (8.7, 17.6)
_AWAKE = (7.0, 21.5)
_ROUNDS = 60


class Diary:
    """Finds times; ``now`` is when the demo starts, and nothing lies after it. Its dice are its author's."""

    rng: random.Random

    def __init__(self, calendar: WorkCalendar, now: dt.datetime) -> None:
        self.calendar, self.now = calendar, now

    def ending(self, steps: Sequence[str], tail: tuple[float, float]) -> list[dt.datetime]:
        """Times of the submission and of ``steps``, the last of them ``tail`` days ago (a night or holiday longer)."""
        end = self.now - dt.timedelta(days=self.rng.uniform(*tail))
        waits = [self.rng.uniform(*MOVES[step.partition(":")[0]].hours) for step in steps]
        begin = end - dt.timedelta(hours=sum(waits))
        for _ in range(_ROUNDS):
            times = self._walk(begin, steps, waits)
            if times[-1] <= end:
                break
            begin -= max(times[-1] - end, dt.timedelta(hours=1))
        return times

    def _walk(self, begin: dt.datetime, steps: Sequence[str], waits: Sequence[float]) -> list[dt.datetime]:
        times = [self._settled(begin, "owner", back=True)]
        for step, wait in zip(steps, waits, strict=True):
            times.append(self._settled(times[-1] + dt.timedelta(hours=wait), MOVES[step.partition(":")[0]].who))
        return times

    def _settled(self, moment: dt.datetime, who: str, *, back: bool = False) -> dt.datetime:
        """The next moment (``back``: one before) at which such a person is up, or in office."""
        first, last = _AWAKE if who in _FREE else _OFFICE
        day, hour = local_date(moment), _hour(moment)
        if hour > last:
            day, hour = (day, last - self._some()) if back else (day + dt.timedelta(days=1), first + self._some())
        elif hour < first:
            day, hour = (day - dt.timedelta(days=1), last - self._some()) if back else (day, first + self._some())
        if who not in _FREE and not self.calendar.is_workday(day):
            day, hour = self.calendar.add_workdays(day, 1), first + self._some()
        return dt.datetime.combine(day, dt.time(), SHANGHAI) + dt.timedelta(hours=hour)

    def _some(self) -> float:
        return self.rng.uniform(0, 1.5)


def _hour(moment: dt.datetime) -> float:
    local = moment.astimezone(SHANGHAI)
    return local.hour + local.minute / 60 + local.second / 3600
