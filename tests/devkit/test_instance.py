"""An instance keeps its secrets, hides them from others, and knows its addresses."""

import base64
import socket
import stat
from pathlib import Path

import pytest

from config.settings import Settings
from devkit.instance import OVERRIDABLE, Instance, port_is_free
from devkit.redis_address import SOCKET_PATH_LIMIT
from devkit.terminal import CommandFailed


@pytest.fixture(autouse=True)
def nothing_exported(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in OVERRIDABLE:
        monkeypatch.delenv(name, raising=False)


def test_secrets_are_made_once_and_kept(tmp_path: Path) -> None:
    first = Instance(tmp_path / "data").environment()
    again = Instance(tmp_path / "data").environment()
    other = Instance(tmp_path / "other").environment()
    assert first == again
    for name in ("SECRET_KEY", "FIELD_KEYS", "WECHAT_MINIPROGRAM_SECRET", "WECHAT_OFFICIAL_AES_KEY"):
        assert first[name] != other[name]


def test_nobody_else_can_read_them(tmp_path: Path) -> None:
    instance = Instance(tmp_path / "data")
    instance.remember_run(DATABASE_URL="postgresql://user:password@host/db")
    assert stat.S_IMODE((tmp_path / "data" / "instance.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_the_settings_accept_what_an_instance_generates(tmp_path: Path) -> None:
    instance = Instance(tmp_path / "data")
    instance.choose_sandbox_port()
    environment = instance.environment()
    settings = Settings.from_env(environment)
    assert settings.faults() == []
    assert environment["APP_ENV"] == "development"
    assert len(base64.urlsafe_b64decode(environment["FIELD_KEYS"].partition(":")[2])) == 32
    assert len(environment["WECHAT_OFFICIAL_AES_KEY"]) == 43
    assert len(base64.b64decode(environment["WECHAT_OFFICIAL_AES_KEY"] + "=")) == 32


def test_a_path_too_deep_for_a_socket_gets_a_short_one_and_keeps_it(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    socket_path = Instance(deep).redis_socket
    assert len(str(socket_path).encode()) < SOCKET_PATH_LIMIT
    assert stat.S_IMODE(socket_path.parent.stat().st_mode) == 0o700
    assert Instance(deep).redis_socket == socket_path
    socket_path.parent.rmdir()  # a cleaned /tmp
    replaced = Instance(deep).redis_socket
    assert replaced.parent.is_dir()
    replaced.parent.rmdir()


def test_a_moved_data_folder_does_not_keep_its_old_socket(tmp_path: Path) -> None:
    Instance(tmp_path / "old")
    (tmp_path / "old").rename(tmp_path / "new")
    assert Instance(tmp_path / "new").redis_socket == tmp_path / "new" / "redis.sock"


def test_flask_reaches_the_database_of_the_last_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    instance = Instance(tmp_path)
    assert instance.environment()["DATABASE_URL"] == f"sqlite:///{tmp_path}/msdb.sqlite3"
    instance.remember_run(DATABASE_URL="postgresql://a/b")
    assert Instance(tmp_path).environment()["DATABASE_URL"] == "postgresql://a/b"
    monkeypatch.setenv("DATABASE_URL", "postgresql://c/d")
    assert Instance(tmp_path).environment()["DATABASE_URL"] == "postgresql://c/d"


def test_a_run_uses_what_it_was_given_or_the_embedded_servers_again(tmp_path: Path) -> None:
    instance = Instance(tmp_path)
    instance.remember_run(DATABASE_URL="postgresql://a/b")
    assert instance.embedded_settings_for({})["DATABASE_URL"].startswith("sqlite:///")
    assert instance.embedded_settings_for({"DATABASE_URL": "x"})["DATABASE_URL"] == "x"
    assert instance.embedded_settings_for({})["REDIS_URL"] == instance.embedded_redis_url


def test_only_one_run_at_a_time(tmp_path: Path) -> None:
    with (
        Instance(tmp_path).run_lock(),
        pytest.raises(CommandFailed, match="已有一个实例"),
        Instance(tmp_path).run_lock(),
    ):
        pass
    with Instance(tmp_path).run_lock():
        pass


def test_the_sandbox_keeps_its_port_unless_somebody_took_it(tmp_path: Path) -> None:
    port = Instance(tmp_path).choose_sandbox_port()
    assert Instance(tmp_path).choose_sandbox_port() == port
    with socket.create_server(("127.0.0.1", port)):
        assert not port_is_free(port)
        assert Instance(tmp_path).choose_sandbox_port() != port


def test_a_damaged_file_is_reported_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "instance.json").write_text("{")
    with pytest.raises(CommandFailed, match="已损坏"):
        Instance(tmp_path)
    assert (tmp_path / "instance.json").read_text() == "{"
