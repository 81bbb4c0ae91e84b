"""The embedded servers really start, survive what they should, and leave nothing behind."""

import os
import signal
import stat
from pathlib import Path

import psycopg
import pytest
from redis import Redis

from devkit.postgres_server import find_binaries, running_postgres
from devkit.redis_address import redis_url
from devkit.redis_server import answers
from devkit.throwaway_redis import running_redis


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("有 空格")


def test_redis_keeps_its_data_through_kill_9(folder: Path, eventually) -> None:
    with running_redis(folder, durable=True) as url:
        client = Redis.from_url(url)
        client.set("issue", "路灯")
        assert client.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"
        assert client.config_get("port")["port"] == "0"
        assert stat.S_IMODE((folder / "redis.sock").stat().st_mode) == 0o700
        # everysec: what was written a moment ago is on disk once the server says so
        eventually(lambda: client.info("persistence")["aof_pending_bio_fsync"] == 0)
        os.kill(client.info("server")["process_id"], signal.SIGKILL)
        client.close()
        eventually(lambda: not answers(url))
    with running_redis(folder, durable=True) as url:
        client = Redis.from_url(url, decode_responses=True)
        assert client.get("issue") == "路灯"
        client.close()


def test_no_redis_no_answer(folder: Path) -> None:
    assert not answers(redis_url(folder / "nobody.sock"))


def test_postgres_answers_a_superuser_and_vanishes(eventually) -> None:
    with running_postgres() as url:
        assert url.startswith("postgresql+psycopg://")
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            assert connection.execute("select rolsuper from pg_roles where rolname = current_user").fetchone() == (
                True,
            )
            directory = connection.execute("show data_directory").fetchone()
            assert connection.execute("show fsync").fetchone() == ("off",)
    assert directory is not None
    assert not Path(directory[0]).parent.exists()


def test_the_binaries_are_found() -> None:
    assert (find_binaries() / "initdb").exists()
