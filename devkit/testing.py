"""`./dev test`: the whole suite on SQLite and on a real PostgreSQL and Redis that it starts and ends itself."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

from devkit.children import die_with_parent
from devkit.client_testing import LEAVE_OUT, prepare, verdict
from devkit.instance import OVERRIDABLE, generate_secrets
from devkit.postgres_server import running_postgres
from devkit.terminal import PROJECT_ROOT
from devkit.throwaway_redis import running_redis

# Halves in order, the idle one takes over from the other: few fixtures are made twice, and no long test is left for last.
PARALLEL = ("-n", "2", "--dist", "worksteal")
# With these a second process only gets in the way: one test, a debugger, or the caller's own choice.
SERIAL_OPTIONS = (
    "--pdb",
    "--trace",
    "--collect-only",
    "--co",
    "--fixtures",
    "--markers",
    "--help",
    "-h",
    "--version",
)


def wants_parallel(arguments: list[str]) -> bool:
    """Whether to add `-n 2`: not when the caller chose, names a single test, or debugs."""
    for position, argument in enumerate(arguments):
        following = arguments[position + 1] if position + 1 < len(arguments) else ""
        chose_processes = argument.startswith(("-n", "--numprocesses"))
        turned_off = argument in ("-pno:xdist",) or (argument == "-p" and following == "no:xdist")
        if chose_processes or turned_off or "::" in argument or argument in SERIAL_OPTIONS:
            return False
    return True


def locate(arguments: list[str], folder: Path) -> list[str]:
    """The arguments with paths relative to the caller's folder made absolute: pytest runs at the project root."""
    located = []
    for argument in arguments:
        path, mark, test = argument.partition("::")
        known = bool(path) and not path.startswith("-") and (folder / path).exists()
        located.append(f"{folder / path}{mark}{test}" if known else argument)
    return located


def clean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The caller's environment without an instance's settings: tests must never reach somebody's real data."""
    settings = {
        *generate_secrets(),
        *OVERRIDABLE,
        "UPLOAD_URL",
        "WECHAT_API_BASE_URL",
        "APP_ENV",
        "MAIN_DISTRICT",
        "MSDB_DATA_DIR",
        "CLIENT_DIR",
        "API_ORIGIN",
    }
    return {name: value for name, value in environment.items() if name not in settings}


def _stop_like_ctrl_c(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def run_pytest(arguments: list[str], services: Mapping[str, str]) -> int:
    """Run pytest with the services' addresses; Ctrl-C reaches it through the terminal's process group."""
    parallel = PARALLEL if wants_parallel(arguments) else ()
    environment = clean_environment(os.environ) | {
        "PYTHONPATH": str(PROJECT_ROOT),
        "TZ": "Asia/Shanghai",
        **services,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", *parallel, *locate(arguments, Path.cwd())],
        cwd=PROJECT_ROOT,
        env=environment,
        preexec_fn=die_with_parent(),
    )
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.send_signal(signal.SIGINT)
        process.wait()
        return 130


def main(arguments: list[str]) -> int:
    """Start what was not given by the environment, run pytest, stop all; pytest's exit code."""
    signal.signal(signal.SIGTERM, _stop_like_ctrl_c)
    with contextlib.ExitStack() as stack:
        services = {}
        for name, start in (("TEST_DATABASE_URL", running_postgres), ("TEST_REDIS_URL", running_redis)):
            services[name] = os.environ.get(name) or stack.enter_context(start())
        missing = prepare(arguments)
        left_out = LEAVE_OUT if missing else ()
        return verdict(run_pytest([*left_out, *arguments], services), missing)
