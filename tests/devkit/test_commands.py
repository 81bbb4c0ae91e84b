"""What `./dev` understands, and what it says when it does not."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from devkit.__main__ import COMMANDS, main
from devkit.demo_notes import read_demo_notes
from devkit.flask_command import split
from devkit.instance import DEFAULT_DATA_DIR
from devkit.qr_terminal import terminal_qr
from devkit.run import parse
from devkit.terminal import PROJECT_ROOT, CommandFailed
from devkit.testing import clean_environment, locate, run_pytest, wants_parallel


def test_run_has_the_documented_defaults() -> None:
    options = parse([])
    assert (options.port, options.data, options.lan) == (8000, DEFAULT_DATA_DIR, False)
    assert options.database_url is options.redis_url is options.public_base_url is None


@pytest.mark.parametrize("port", ["0", "65536", "-1", "eight"])
def test_run_refuses_a_port_that_is_none(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        parse([f"--port={port}"])
    assert exit_.value.code == 2
    assert "端口应是" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["db", "upgrade"], (DEFAULT_DATA_DIR, ["db", "upgrade"])),
        (["--data", "here", "parked"], (Path("here"), ["parked"])),
        (["--data=here", "parked", "--data", "x"], (Path("here"), ["parked", "--data", "x"])),
    ],
)
def test_flask_takes_only_a_leading_data_option(arguments: list[str], expected: tuple) -> None:
    assert split(arguments) == expected


def test_flask_wants_a_folder_after_data() -> None:
    with pytest.raises(CommandFailed):
        split(["--data"])


@pytest.mark.parametrize(
    ("arguments", "parallel"),
    [
        ([], True),
        (["tests/devkit", "-k", "redis", "-x"], True),
        (["-n", "4"], False),
        (["-n0"], False),
        (["-p", "no:xdist"], False),
        (["tests/devkit/test_commands.py::test_one"], False),
        (["--pdb"], False),
    ],
)
def test_tests_run_in_two_processes_unless_told_otherwise(arguments: list[str], parallel: bool) -> None:
    assert wants_parallel(arguments) is parallel


def test_paths_mean_what_they_say_in_the_callers_folder(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").touch()
    assert locate(["-k", "x", "test_a.py::test_b", "tests"], tmp_path) == [
        "-k", "x", f"{tmp_path / 'test_a.py'}::test_b", "tests",
    ]  # fmt: skip


def test_a_path_that_is_not_there_is_named_and_nothing_runs(capfd: pytest.CaptureFixture[str]) -> None:
    assert run_pytest(["tests/nowhere", "tests/devkit/test_commands.py", "tests/devkit/test_none.py"], {}) == 4
    printed = capfd.readouterr()
    assert "没有这个路径，请检查后再运行：tests/nowhere、tests/devkit/test_none.py" in printed.err
    assert "passed" not in printed.out


def test_tests_never_see_the_settings_of_a_real_instance() -> None:
    environment = {"DATABASE_URL": "postgresql://production", "SECRET_KEY": "s", "PATH": "/bin"}
    assert clean_environment(environment) == {"PATH": "/bin"}


@pytest.mark.parametrize("name", [name for name, command in COMMANDS.items() if command.missing])
def test_a_command_not_built_yet_says_so(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _module: None)
    assert main([name]) == 2
    assert "built by a later issue" in capsys.readouterr().err


def test_a_failed_command_becomes_its_sentence_and_its_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flask", "--data"]) == 2
    assert "--data 后面要写数据目录" in capsys.readouterr().err


def test_the_demo_notes_name_the_first_scan_code_and_every_account(tmp_path: Path) -> None:
    accounts = [{"role": "deputy", "name": "王建国"}, {"role": "station_head", "name": "李芳"}]
    notes = {
        "base_url": "http://h:1/",
        "scan_codes": [{"code": "AB12"}, {"code": "CD34"}],
        "sign_ins": accounts,
    }
    (tmp_path / "demo.json").write_text(json.dumps(notes))
    read = read_demo_notes(tmp_path)
    assert read.scan_url == "http://h:1/s/AB12"
    assert read.sign_in_lines == ("人大代表  王建国", "站长      李芳")
    (tmp_path / "demo.json").write_text("{}")
    with pytest.raises(CommandFailed, match="不能读取"):
        read_demo_notes(tmp_path)


def test_a_terminal_qr_is_a_square_with_its_quiet_zone() -> None:
    lines = terminal_qr("http://127.0.0.1:8000/s/7KQ2M9XD").splitlines()
    assert {len(line) for line in lines} == {len(lines[0])}
    assert (len(lines[0]) + 1) // 2 == len(lines)
    assert set(lines[0]) == {"█"}
    assert "\x1b[" in terminal_qr("x", colours=True)


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_the_dev_script_is_valid_shell(shell: str) -> None:
    subprocess.run([shell, "-n", str(PROJECT_ROOT / "dev")], check=True)
    assert os.access(PROJECT_ROOT / "dev", os.X_OK)
