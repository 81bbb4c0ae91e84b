"""The supervisor brings back what dies and leaves nothing behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devkit.children import ChildSpec
from devkit.supervisor import Supervisor
from devkit.terminal import PROJECT_ROOT, CommandFailed

Eventually = Callable[..., None]
LINUX_ONLY = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel's death signal is Linux's")


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


def pid_of(folder: Path, name: str) -> int:
    text = (folder / name).read_text() if (folder / name).exists() else ""
    return int(text or 0)


@pytest.fixture
def supervised(tmp_path: Path, eventually: Eventually) -> Iterator[subprocess.Popen[str]]:
    program = PROJECT_ROOT / "tests" / "devkit" / "supervised_program.py"
    process = subprocess.Popen(
        [sys.executable, str(program), str(tmp_path)],
        env=os.environ | {"PYTHONPATH": str(PROJECT_ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    yield process
    if process.poll() is None:
        process.terminate()
    process.communicate(timeout=15)
    horse = pid_of(tmp_path, "horse")
    if alive(horse):
        os.kill(horse, signal.SIGKILL)


def test_a_killed_child_comes_back(supervised, tmp_path: Path, eventually: Eventually) -> None:
    before = pid_of(tmp_path, "first")
    os.kill(before, signal.SIGKILL)
    eventually(lambda: pid_of(tmp_path, "first") not in (0, before))
    assert alive(pid_of(tmp_path, "first"))
    supervised.terminate()
    output, _ = supervised.communicate(timeout=15)
    assert "first 意外退出(信号 9)" in output
    assert "first 已重新启动" in output


def test_sigterm_ends_every_child_in_reverse_order(supervised, tmp_path: Path) -> None:
    pids = [pid_of(tmp_path, name) for name in ("first", "second", "stubborn")]
    supervised.terminate()
    assert supervised.wait(10) == 0
    assert not any(alive(pid) for pid in pids)
    assert (tmp_path / "stopped").read_text().split() == ["second", "first"]


@LINUX_ONLY
def test_what_a_killed_child_left_in_another_session_ends_too(supervised, tmp_path: Path) -> None:
    horse = pid_of(tmp_path, "horse")
    assert alive(horse)
    supervised.terminate()
    supervised.wait(10)
    assert not alive(horse)


@LINUX_ONLY
def test_a_killed_supervisor_takes_its_children_along(supervised, tmp_path: Path, eventually: Eventually) -> None:
    pids = [pid_of(tmp_path, name) for name in ("first", "second")]
    stubborn = pid_of(tmp_path, "stubborn")
    supervised.kill()
    eventually(lambda: not any(alive(pid) for pid in pids))
    os.kill(stubborn, signal.SIGKILL)  # it ignores the kernel's SIGTERM as well: that is its role


def child(folder: Path, program: str, ready: Callable[[], bool]) -> ChildSpec:
    return ChildSpec(
        name="child",
        argv=[sys.executable, "-c", program],
        environment=os.environ,
        working_directory=folder,
        log=folder / "child.log",
        ready=ready,
    )


def test_a_child_that_dies_before_it_is_ready_is_reported_with_its_last_words(tmp_path: Path) -> None:
    supervisor = Supervisor(announce=lambda _: None)
    with pytest.raises(CommandFailed, match="no such table"):
        supervisor.add(child(tmp_path, "raise SystemExit('no such table')", ready=lambda: False))
    supervisor.stop_all()


def test_a_failing_preparation_is_reported_with_its_last_words(tmp_path: Path) -> None:
    supervisor = Supervisor(announce=lambda _: None)
    with pytest.raises(CommandFailed, match="disk full"):
        supervisor.run_once(child(tmp_path, "raise SystemExit('disk full')", ready=lambda: True))
    supervisor.run_once(child(tmp_path, "pass", ready=lambda: True))
