"""Files brought in at a desk: checked by a worker, written whole or not at all, and a name for whatever goes wrong."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from service.accounts.roles import Role
from service.db import db
from service.imports import taking
from service.imports.models import ImportFile, ImportRun
from service.register.models import RegisterEntry
from service.stations.models import Station
from service.territory import queries as territory
from tests.conftest import FakeClock
from tests.console.conftest import Seat
from tests.console.desk import Desk
from tests.journeys.town import Town
from workers import importing
from workers import jobs as worker_jobs

GOOD = "镇街,名称,类型\n幸福镇,新村联络站,联络站\n"
BAD = "镇街,名称,类型\n没有这个镇,甲站,联络站\n幸福镇,,联络站\n"
HEAD = "内容,类别\n"


def _upload(desk: Desk, text: str, kind: str = "roster", **fields: str) -> Any:
    """The file as a form of a browser carries it."""
    form: dict[str, Any] = {"file": (io.BytesIO(text.encode()), "表.csv"), **fields}
    return desk.sends(f"/imports/{kind}", form)


def _path(answer: Any) -> str:
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"]).removeprefix("/console")


@pytest.fixture
def desk(town: Town, seat: Seat) -> Desk:
    return seat(town.place.accounts[Role.DISTRICT])


def _run(path: str) -> ImportRun:
    db.session.expire_all()
    return db.session.get_one(ImportRun, path.rpartition("/")[2])


def test_bad_lines_are_named_by_line_and_column_and_nothing_is_written(town: Town, desk: Desk) -> None:
    path = _path(_upload(desk, BAD, part="stations"))
    assert "等待检查" in desk.opens(path).text
    worker_jobs.run_imports()
    page = desk.opens(path).text
    assert "有不能导入的行" in page and "没有这个镇" in page and "全部写入" not in page.split("会写入")[0]
    table = desk.opens(f"{path}/problems.csv").data.decode("utf-8-sig")
    assert table.splitlines()[0] == "文件,行,列,原因"
    assert [line.split(",")[1:3] for line in table.splitlines()[1:]] == [["2", ""], ["3", "名称"]]
    assert desk.sends(f"{path}/apply", {"version": str(_run(path).version)}).status_code == 409, (
        "not while lines are bad"
    )
    assert desk.sends(f"{path}/drop", {"version": str(_run(path).version)}).status_code == 303
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ImportFile)) == 0
    assert _run(path).problems == [] and "没有这个镇" not in desk.opens(path).text, "what is given up is gone"


def test_what_was_checked_is_written_once_asked_for_and_repeating_adds_nothing(town: Town, desk: Desk) -> None:
    stations = sa.select(sa.func.count()).select_from(Station)
    before = db.session.scalar(stations)
    text = GOOD.replace("幸福镇", town.place.township)
    path = _path(_upload(desk, text, part="stations"))
    assert _upload(desk, text, part="stations").status_code == 409, "one at a time"
    raw = db.session.execute(sa.text("SELECT content FROM import_files")).scalar_one()
    assert "新村".encode() not in bytes(raw), "encrypted at rest"
    worker_jobs.run_imports()
    assert db.session.scalar(stations) == before, "checking writes nothing"
    seen = desk.opens(path).text
    assert "检查通过" in seen and "联络站新增" in seen
    version = str(_run(path).version)
    assert desk.opens(f"{path}/state?seen={version}-").status_code == 204, "nothing new"
    assert desk.sends(f"{path}/apply", {"version": version}).status_code == 303
    assert desk.sends(f"{path}/apply", {"version": version}).status_code == 409, "two people press it"
    assert desk.opens(f"{path}/state?seen={version}-").status_code == 200
    worker_jobs.run_imports()
    worker_jobs.run_imports()
    assert "已全部写入" in desk.opens(path).text
    assert db.session.scalar(stations) == (before or 0) + 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ImportFile)) == 0, "files go when they are in"
    again = _path(_upload(desk, text, part="stations"))
    worker_jobs.run_imports()
    assert "联络站不变" in desk.opens(again).text


def test_every_failure_has_a_name_and_goes_back_into_the_queue(
    town: Town, desk: Desk, monkeypatch: pytest.MonkeyPatch, clock: FakeClock
) -> None:
    path = _path(_upload(desk, "\x00\x00", kind="register"))
    worker_jobs.run_imports()
    assert _run(path).state == "failed" and "不是文本表格" in desk.opens(path).text
    assert desk.sends(f"{path}/drop", {"version": str(_run(path).version)}).status_code == 303
    path = _path(_upload(desk, HEAD + "路灯坏了,新类别\n", kind="register", create_categories="1"))

    def dies(*_: Any, **__: Any) -> None:
        raise MemoryError

    with monkeypatch.context() as broken:
        broken.setattr(taking, "take", dies)
        worker_jobs.run_imports()
    assert "重新排队" in desk.opens(path).text
    assert desk.sends(f"{path}/again", {"version": str(_run(path).version)}).status_code == 303
    with monkeypatch.context() as killed:
        killed.setattr(importing, "_take", lambda *_: None)  # the worker is gone in the middle of it
        worker_jobs.run_imports()
        worker_jobs.run_imports()
        assert (_run(path).state, _run(path).attempts) == ("checking", 1), "its lease holds"
        for _ in range(3):
            clock.now += dt.timedelta(minutes=6)
            worker_jobs.run_imports()
    assert _run(path).state == "failed" and "中断了几次" in (_run(path).failure or "")
    desk.sends(f"{path}/again", {"version": str(_run(path).version)})
    worker_jobs.run_imports()
    assert _run(path).state == "ready"
    desk.sends(f"{path}/apply", {"version": str(_run(path).version)})
    worker_jobs.run_imports()
    assert _run(path).state == "applied"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(RegisterEntry)) == 1


def test_one_at_a_time_without_waiting_and_what_is_written_is_never_called_failed(
    town: Town, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    unreadable = _path(_upload(desk, "\x00\x00", kind="register"))
    worker_jobs.run_imports()
    path = _path(_upload(desk, HEAD + "路灯坏了,其他\n", kind="register"))
    with monkeypatch.context() as held:  # by the worker, for minutes
        held.setattr(territory, "lock_district", lambda *_: pytest.fail("waited"))
        assert _upload(desk, HEAD, kind="register").status_code == 409
    assert desk.sends(f"{unreadable}/again", {"version": str(_run(unreadable).version)}).status_code == 409
    worker_jobs.run_imports()
    assert desk.sends(f"{path}/apply", {"version": str(_run(path).version)}).status_code == 303
    take, read = importing._take, taking.tables_of

    def alone(*given: Any) -> Any:
        assert not db.session().in_transaction(), "nobody waits while a workbook is read"
        return read(*given)

    monkeypatch.setattr(taking, "tables_of", alone)

    def goes(*given: Any) -> None:
        take(*given)
        raise ConnectionError("gone right after the commit")

    monkeypatch.setattr(importing, "_take", goes)
    worker_jobs.run_imports()
    assert _run(path).state == "applied"


def test_files_nobody_decides_about_are_forgotten(town: Town, desk: Desk, app: Flask, clock: FakeClock) -> None:
    path = _path(_upload(desk, BAD, part="stations"))
    worker_jobs.run_imports()
    assert _run(path).problems
    clock.now += dt.timedelta(days=8)
    worker_jobs.sweep()
    assert _run(path).problems == []
    assert (_run(path).state, db.session.scalar(sa.select(sa.func.count()).select_from(ImportFile))) == ("dropped", 0)
