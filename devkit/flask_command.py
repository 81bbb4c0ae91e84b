"""`./dev flask [--data DIR] COMMAND …`: the operators' commands on an instance's data, running or stopped."""

import os
import sys
from pathlib import Path

from devkit.instance import DEFAULT_DATA_DIR, Instance
from devkit.terminal import PROJECT_ROOT, CommandFailed


def split(arguments: list[str]) -> tuple[Path, list[str]]:
    """The data folder and what goes to flask; only a leading --data is ours, the rest may hold one of its own."""
    if arguments and arguments[0].startswith("--data="):
        return Path(arguments[0].removeprefix("--data=")), arguments[1:]
    if arguments and arguments[0] == "--data":
        if len(arguments) < 2:
            raise CommandFailed("--data 后面要写数据目录。", exit_code=2)
        return Path(arguments[1]), arguments[2:]
    return DEFAULT_DATA_DIR, arguments


def main(arguments: list[str]) -> int:
    """Become flask: its exit code, its signals and its terminal are the caller's.

    The working folder stays the caller's too, so that a relative file name after `import-roster` means what it
    says; the application is therefore named by its full path.
    """
    data_dir, rest = split(arguments)
    environment = Instance(data_dir).environment()
    application = str(PROJECT_ROOT / "app.py")
    flask = [sys.executable, "-P", "-m", "flask", "--app", application, *rest]
    os.execve(flask[0], flask, environment)  # noqa: S606 (no shell is wanted)
