"""What time it is during a benchmark: a workday morning, wherever and whenever it runs.

Quiet hours, deadlines and duty rosters depend on the hour; a figure must not. The clock runs on at its usual pace,
because leases and back-offs have to end.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping

from service.bootstrap import Clock, utc_now
from service.calendar.workdays import SHANGHAI

BEGIN = dt.datetime(2026, 3, 2, 10, 0, tzinfo=SHANGHAI)
VARIABLE = "BENCH_CLOCK_SHIFT"


def shift_to_begin() -> str:
    """The value of :data:`VARIABLE` that makes it :data:`BEGIN` now, in seconds."""
    return str((BEGIN - utc_now()).total_seconds())


def shifted_clock(environ: Mapping[str, str] | None = None) -> Clock:
    """The clock of a process that was started with :data:`VARIABLE`."""
    shift = dt.timedelta(seconds=float((os.environ if environ is None else environ)[VARIABLE]))
    return lambda: utc_now() + shift
