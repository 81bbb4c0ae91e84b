"""The tour as a person reads it: one line a step, ▶ what happens, ✔ what came of it or ✘ what came instead."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Any, TextIO


class StepFailed(Exception):
    """A step did not hold; the message says what was expected and what came."""


class ChapterEnded(Exception):
    """A step failed and has been told: the rest of its chapter stands on it."""


class Step:
    """One step being taken: checks what it is given, and remembers the sentence for its ✔."""

    def __init__(self) -> None:
        self.result = ""

    def expect(self, actual: object, wanted: object, what: str) -> None:
        """:raises StepFailed: when they differ."""
        if actual != wanted:
            raise StepFailed(f"{what}：应为 {wanted!r}，得到 {actual!r}")

    def require(self, holds: object, what: str, got: object) -> None:
        """:raises StepFailed: when ``holds`` is not true; ``got`` is what came instead."""
        if not holds:
            raise StepFailed(f"{what}；得到 {got!r}")

    def shows(self, text: str) -> None:
        self.result = text


class Story:
    """Prints steps and counts them. ``aside`` are the exceptions that mean a step failed, not a fault of the tour."""

    def __init__(self, out: TextIO | None = None, aside: tuple[type[Exception], ...] = ()) -> None:
        self._out = out or sys.stdout
        self._failures: tuple[type[Exception], ...] = (StepFailed, *aside)
        self.held = 0
        self.failed = 0

    def _say(self, text: str, end: str = "\n") -> None:
        print(text, end=end, file=self._out, flush=True)

    def note(self, text: str) -> None:
        """Something to know that is no step."""
        self._say(f"  – {text}")

    @contextlib.contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Announce a step, let it run, print how it went.

        :raises ChapterEnded: when the step did not hold.
        """
        self._say(f"  ▶ {title}…", end="")
        step = Step()
        try:
            yield step
        except self._failures as failure:
            self._tell(failure)
            raise ChapterEnded from failure
        self.held += 1
        self._say(f"  ✔ {step.result}" if step.result else "  ✔")

    def chapter(self, title: str, walk: Callable[..., None], *arguments: Any) -> None:
        """Walk one chapter; a failed step ends it, and the next chapter begins anyway."""
        self._say(f"\n{title}")
        try:
            walk(*arguments)
        except ChapterEnded:
            pass
        except self._failures as failure:  # between two steps
            self._tell(failure)

    def _tell(self, failure: Exception) -> None:
        self.failed += 1
        self._say(f"  ✘ {failure}")

    def end(self) -> int:
        """The closing line, and the exit code."""
        if self.failed:
            self._say(f"\n✘ {self.failed} 步没有做到，{self.held} 步做到了。")
            return 1
        self._say(f"\n✔ 全部 {self.held} 步都做到了。")
        return 0
