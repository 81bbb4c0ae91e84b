"""How far an import is: a number on the side, for which no import waits."""

from __future__ import annotations

import pytest

from service import progress
from service.progress import Counting, Progress
from service.wake import connect


class Away(Progress):
    """Redis is not there; counts who tried."""

    tries = 0

    def say(self, job_id: str, percent: int) -> bool:
        self.tries += 1
        return super().say(job_id, percent)


def test_an_import_waits_once_for_redis_and_not_at_every_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PAUSE", 0)
    away = Away(connect("redis://127.0.0.1:1/0"))
    told = Counting(away, "run", 100)
    for _ in range(100):
        told(1)
    assert away.tries == 1
