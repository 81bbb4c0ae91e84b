"""A database of the size a benchmark asks for, filled by `./dev demo --issues N`."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

from devkit.terminal import PROJECT_ROOT, CommandFailed


def fill(environment: Mapping[str, str], issues: int) -> None:
    """:raises CommandFailed: with the command's own words."""
    command = [sys.executable, "-m", "devkit", "demo", "--issues", str(issues)]
    command += ["--database-url", environment["DATABASE_URL"]]
    result = subprocess.run(
        command, cwd=PROJECT_ROOT, env=dict(environment), capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        raise CommandFailed(f"filling failed:\n{(result.stdout + result.stderr)[-2000:]}")
