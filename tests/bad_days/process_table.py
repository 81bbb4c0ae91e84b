"""Which processes live on this machine, and who started whom: what ``/proc`` says."""

from __future__ import annotations

import contextlib
from pathlib import Path


def command_lines() -> dict[int, str]:
    found = {}
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            text = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            if text:  # a zombie has none
                found[int(entry.parent.name)] = text
    return found


def parents() -> dict[int, int]:
    found = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = entry.read_text("utf-8", errors="replace").rpartition(")")[2].split()
            found[int(entry.parent.name)] = int(fields[1])
    return found


def below(root: int, parents: dict[int, int]) -> list[int]:
    found, waiting = [], [root]
    while waiting:
        parent = waiting.pop()
        children = [pid for pid, its_parent in parents.items() if its_parent == parent]
        found += children
        waiting += children
    return sorted(found)
