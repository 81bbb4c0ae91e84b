"""What the terminal shows: one place, flushed at once, so that a pipe sees a line as soon as a person would."""

import sys
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parent.parent


class CommandFailed(Exception):
    """A command cannot go on; the message is the one sentence its user needs."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def say(text: str = "") -> None:
    """Print one line for the person at the terminal."""
    print(text, flush=True)


def complain(text: str) -> None:
    """Print one line about something that went wrong."""
    print(text, file=sys.stderr, flush=True)


def tail(path: Path, lines: int = 20) -> str:
    """The last lines of a log, so that a failure can be understood without opening a file."""
    if not path.exists():
        return ""
    return "\n".join(path.read_text("utf-8", errors="replace").splitlines()[-lines:])
