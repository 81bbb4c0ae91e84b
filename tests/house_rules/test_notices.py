"""What a notice says stands in one table that districts may word anew; code names it, and says nothing of its own."""

from __future__ import annotations

import re
from pathlib import Path

from config.notices import NOTICES
from service.issues.lifecycle import State
from service.notifications.kinds import Kind

WRITES = {"service/issues/notices.py", "service/issues/recalls.py", "service/notifications/said.py"}
"""Who makes a notice out of the district's words."""


def test_every_notice_is_worded_in_the_table_and_every_one_there_is_told(root: Path) -> None:
    said, writing = "", set()
    for top in ("service", "workers", "miniprogram_api", "console"):
        for path in (root / top).rglob("*.py"):
            text = path.read_text("utf-8")
            said += text
            if re.search(r"\bNotice\(", text) and "class Notice" not in text:
                writing.add(str(path.relative_to(root)))
    assert writing == WRITES, "name the notice in config/notices.py, and write it with said.write or notices.tell"
    by_state = {f"state.{state.value}" for state in State}
    untold = {name for name in NOTICES if name not in by_state and f'"{name}"' not in said}
    assert untold == set()
    assert {one.kind for one in NOTICES.values()} <= set(Kind)
