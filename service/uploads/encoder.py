"""Have the copies made by a process that may die of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from service.uploads.child import LENGTHS, REFUSED
from service.uploads.pictures import Copies, NotAPicture

COMMAND: tuple[str, ...] = (sys.executable, "-m", "service.uploads.child")
SECONDS = 30.0
"""Waiting time for one picture; its CPU time is limited by the child itself."""
_ROOT = Path(__file__).resolve().parents[2]
_ENVIRONMENT = {"LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "2"}
"""All the child gets: none of the service's secrets."""


class PictureKilled(RuntimeError):
    """The process died, or ran out of memory or time. The message names how, never what was in the picture."""


def encode(data: bytes) -> Copies:
    """The copies of a received picture.

    :raises NotAPicture: it cannot be decoded; final.
    :raises PictureKilled: the child came to harm; may be tried again, a few times.
    """
    try:
        done = subprocess.run(
            COMMAND, input=data, capture_output=True, timeout=SECONDS, cwd=_ROOT, env=_ENVIRONMENT, check=False
        )
    except subprocess.TimeoutExpired:
        raise PictureKilled(f"no end after {SECONDS:.0f} s") from None
    if done.returncode == REFUSED:
        raise NotAPicture("refused by the decoder")
    if done.returncode != 0:
        raise PictureKilled(f"exit status {done.returncode}")
    return _copies(done.stdout)


def _copies(answer: bytes) -> Copies:
    rest = answer[LENGTHS.size :]
    width, height, photo, thumbnail = LENGTHS.unpack_from(answer) if len(answer) > LENGTHS.size else (0, 0, 0, 0)
    if not photo or len(rest) != photo + thumbnail:
        raise PictureKilled("answer cut off")
    return Copies(rest[:photo], rest[photo:], width, height)
