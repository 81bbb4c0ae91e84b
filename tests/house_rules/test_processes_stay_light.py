"""What a process loads, it pays for in memory and start time: libraries of the operators stay out of those that serve."""

from __future__ import annotations

import base64
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from commands import COMMANDS, Later

OPERATORS_ONLY = frozenset(
    {
        "alembic",
        "boto3",
        "commands.imports",
        "commands.posters",
        "flask_migrate",
        "mako",
        "numpy",
        "openpyxl",
        "pillow_heif",
        "qrcode",
        "reportlab",
        "service.register.imports",
        "service.roster.imports",
        "sklearn",
        "zxingcpp",
    }
)
PROCESSES = {
    "web": "import app; app.create_app()",
    "worker": "import workers.__main__, workers.jobs; from workers.context import application; application()",
    "scheduler": "import workers.__main__",
}
SETTINGS = {
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "SECRET_KEY": "a-key-for-one-look-at-the-imports-0123456789",
    "FIELD_KEYS": "k1:" + base64.urlsafe_b64encode(b"x" * 32).decode(),
}


@pytest.mark.parametrize("process", PROCESSES)
def test_a_process_that_serves_loads_no_library_of_the_operators(process: str, root: Path, tmp_path: Path) -> None:
    program = f"{PROCESSES[process]}\nimport sys; print(*sys.modules)"
    environment = {**SETTINGS, "UPLOAD_URL": str(tmp_path), "PYTHONPATH": str(root)}
    ran = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    loaded = set(ran.stdout.split())
    assert "service.wake" in loaded
    assert sorted(OPERATORS_ONLY & loaded) == []


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_is_found_under_its_name_and_explains_itself(command: Later, app: Flask) -> None:
    assert command.real().name == command.name
    helped = app.test_cli_runner().invoke(args=[command.name, "--help"])
    assert helped.exit_code == 0
    assert str(command.real().help).strip().splitlines()[0] in helped.output.replace("\n  ", "")


def test_the_list_of_commands_names_each_with_its_title(app: Flask) -> None:
    listed = app.test_cli_runner().invoke(args=["--help"]).output
    assert [one.name for one in COMMANDS if f"{one.name} " not in listed or str(one.help) not in listed] == []
