"""CPU time of whole process trees, from /proc: steadier than a rate where others share the machine."""

from __future__ import annotations

import contextlib
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

TICK = 1 / os.sysconf("SC_CLK_TCK")
_PARENT, _USER, _CHILDREN_END = 1, 11, 15
"""Places in /proc/PID/stat behind the program's name: parent; user, system, and both of children that ended."""


def seconds(roots: Iterable[int]) -> float:
    """User and system time of these processes and everything below them, ended children included."""
    fields = dict(_stat_fields())
    ticks = sum(sum(map(int, fields[pid][_USER:_CHILDREN_END])) for pid in _trees(fields, roots))
    return ticks * TICK


def tree(roots: Iterable[int]) -> list[int]:
    """These processes and everything below them."""
    return _trees(dict(_stat_fields()), roots)


def _trees(fields: dict[int, list[str]], roots: Iterable[int]) -> list[int]:
    children = defaultdict(list)
    for pid, values in fields.items():
        children[int(values[_PARENT])].append(pid)
    found, waiting = [], [root for root in roots if root in fields]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children[pid]
    return found


def _stat_fields() -> Iterator[tuple[int, list[str]]]:
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            yield int(path.parent.name), path.read_text("utf-8", errors="replace").rpartition(")")[2].split()
