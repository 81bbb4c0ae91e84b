"""Runs the pinned development tools as modules of this interpreter, which also works when .venv was moved."""

import subprocess
import sys

from devkit.terminal import PROJECT_ROOT, say


def run_tool(*arguments: str) -> bool:
    """Run `python ARGUMENTS` at the project root, its output straight to the terminal; True when it succeeded."""
    return subprocess.run([sys.executable, *arguments], cwd=PROJECT_ROOT, check=False).returncode == 0


def run_all(steps: dict[str, list[str]]) -> int:
    """Run every step even after one failed, then say which did; 0 only if all held."""
    results = {}
    for name, arguments in steps.items():
        say(f"── {name}")
        results[name] = run_tool(*arguments)
    say()
    for name, passed in results.items():
        say(f"{'通过' if passed else '失败'}  {name}")
    return 0 if all(results.values()) else 1
