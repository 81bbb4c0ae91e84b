"""The tour is walked here as a stranger would: one command, an instance of its own, every step held, nothing left behind."""

import os
import subprocess
import sys

from devkit.terminal import PROJECT_ROOT
from devkit.testing import clean_environment
from devkit.tour.command import CHAPTERS


def test_the_whole_tour_holds_on_a_fresh_instance() -> None:
    environment = clean_environment(os.environ) | {"PYTHONPATH": str(PROJECT_ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "devkit", "tour"],
        cwd=PROJECT_ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "✘" not in done.stdout
    assert [title for title, _ in CHAPTERS if title not in done.stdout] == []
    assert "推送里" not in done.stdout and "微信推送只说" in done.stdout, "its own sandbox can be looked at"
