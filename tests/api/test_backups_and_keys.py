"""What an operator does once a year and must not learn then: a new field key, a backup put back."""

from __future__ import annotations

import base64
import secrets
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy.orm import Session

from app import create_app
from service import crypto
from service.accounts import sessions
from service.accounts.models import Account
from service.accounts.queries import actor_for_token
from service.accounts.roles import Role
from service.bootstrap import EXTENSION
from service.crypto import KeyRing
from service.db import db
from service.ids import new_id
from service.imports import actions as imports
from service.imports.states import Kind as ImportKind
from service.issues.models import Issue, NumberCounter
from service.notifications import actions as notifications
from service.notifications.actions import Notice
from service.notifications.models import Notification
from service.uploads.vault import Kind, Vault
from tests.conftest import FakeClock, FakeWeChat, WakeLog, make_settings
from tests.notifications.office import TASK_TEMPLATE, Office, Phones
from tests.world import Place, build_world

OLD, NEW = ("k1", base64.urlsafe_b64decode(b"A" * 43 + b"=")), ("k2", secrets.token_bytes(32))
INDEX = "s" * 40


@pytest.fixture
def rings() -> Iterator[None]:
    """The ring is the process's; the next test finds the one it knows."""
    yield
    crypto.install(KeyRing([OLD], INDEX))


@pytest.fixture
def small(tmp_path: Path, clock: FakeClock, wechat: FakeWeChat, wakes: WakeLog, rings: None) -> Iterator[Flask]:
    """A machine of its own: SQLite, a folder of pictures, nobody at work."""
    clock.reset()
    settings = make_settings(f"sqlite:///{tmp_path / 'data' / 'db.sqlite3'}", upload_url=str(tmp_path / "data/uploads"))
    (tmp_path / "data").mkdir()
    app = create_app(settings, wechat=wechat, wake=wakes, clock=clock, limit_scale=0)
    with app.app_context():
        upgrade()
        yield app
        db.session.remove()
        db.engine.dispose()


def vault_of(app: Flask) -> Vault:
    found: Vault = app.extensions[EXTENSION].vault
    return found


def runs(app: Flask, *arguments: str, fails: bool = False) -> str:
    db.session.remove()
    result = app.test_cli_runner().invoke(args=list(arguments))
    assert (result.exit_code != 0) is fails, result.output
    return result.output


def submits(app: Flask, place: Place, text: str) -> tuple[str, str]:
    """Number and receipt code of an issue, as a passer-by gets them."""
    client = app.test_client()
    token = client.post("/api/v1/sessions", json={"provider": "guest"}).get_json()["token"]
    body = {
        "station_code": place.scan_code,
        "content": text,
        "anonymity": "receipt_only",
        "consents": {"privacy": True, "pass_on": False, "publish": False, "contact": False},
    }
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": secrets.token_hex(16)}
    answer: Any = client.post("/api/v1/issues", json=body, headers=headers).get_json()
    return answer["number"], answer["receipt_code"]


def test_a_restored_backup_gives_out_no_number_twice_and_tells_nobody_twice(
    small: Flask, tmp_path: Path, clock: FakeClock
) -> None:
    place = build_world(db.session()).a
    db.session.commit()
    vault = vault_of(small)
    vault.put(Kind.PHOTO, "a" * 26, b"picture")
    number, receipt = submits(small, place, "幸福村三组路灯坏了半个月，晚上看不见路。")
    _writes_a_notice(place, clock)
    said = runs(small, "backup", str(tmp_path / "copies"))
    [copy] = (tmp_path / "copies").iterdir()
    assert copy.name in said and copy.stat().st_mode & 0o077 == 0
    lost, _ = submits(small, place, "备份以后才反映的事：井盖松了。")
    vault.delete("a" * 26)
    assert "--yes" in runs(small, "restore", str(copy), fails=True)
    runs(small, "restore", str(copy), "--yes")
    assert small.test_client().get(f"/api/v1/receipts/{receipt}").get_json()["number"] == number
    assert vault.get(Kind.PHOTO, "a" * 26) == b"picture"
    after, _ = submits(small, place, "恢复以后反映的事：垃圾没有人收。")
    assert int(after[-6:]) > int(lost[-6:]) + 9000, "the paper of the lost one stays the only one of its number"
    assert db.session.scalars(sa.select(Notification.push_state)).all() == ["unknown"]
    assert list((tmp_path / "data").glob("db.sqlite3.before-*")), "what was there is kept"


def _writes_a_notice(place: Place, clock: FakeClock) -> None:
    account = next(iter(place.accounts.values()))
    notice = [Notice(account, "task", "您有一件待办", "请打开。")]
    notifications.write(db.session(), notice, key="k", district_id=place.district_id, now=clock.now)
    db.session.commit()


def test_a_backup_that_was_altered_or_opens_with_other_keys_changes_nothing(small: Flask, tmp_path: Path) -> None:
    runs(small, "backup", str(tmp_path / "copies"))
    [copy] = (tmp_path / "copies").iterdir()
    whole, before = copy.read_bytes(), (tmp_path / "data/db.sqlite3").read_bytes()
    at = whole.index(b"SQLite format 3")
    copy.write_bytes(whole[: at + 40] + b"X" + whole[at + 41 :])
    assert "对不上" in runs(small, "restore", str(copy), "--yes", fails=True)
    copy.write_bytes(whole[: len(whole) // 2])
    runs(small, "restore", str(copy), "--yes", fails=True)
    copy.write_bytes(whole)
    crypto.install(KeyRing([NEW], INDEX))
    assert "FIELD_KEYS" in runs(small, "restore", str(copy), "--yes", fails=True)
    crypto.install(KeyRing([OLD], "another" * 6))
    assert "SECRET_KEY" in runs(small, "restore", str(copy), "--yes", fails=True)
    with tarfile.open(copy, "w") as tar:
        tar.add(copy, "../outside")
    assert "什么也没有改动" in runs(small, "restore", str(copy), "--yes", fails=True)
    assert (tmp_path / "data/db.sqlite3").read_bytes() == before and not (tmp_path / "outside").exists()


def test_after_any_restore_numbers_are_left_out_also_where_the_year_is_new(
    app: Flask, session: Session, clock: FakeClock
) -> None:
    """A database of either kind that was put back by other means; the second district had nothing this year."""
    world = build_world(session)
    office = Office(session, clock, Phones())
    who = office.person()
    office.agrees(who, TASK_TEMPLATE)
    office.phones.trouble = lambda _openid: None
    push = office.tell(who, "task")
    session.add(NumberCounter(district_id=world.a.district_id, year=2026, last=123))
    clerk, resident = world.a.accounts[Role.STATION_CLERK], world.a.accounts[Role.RESIDENT]
    staff, person = (_signed_in(session, one, clock) for one in (clerk, resident))
    session.commit()
    assert "1 条未送完" in runs(app, "after-restore", "--leave-out", "500")
    left = dict(session.execute(sa.select(NumberCounter.district_id, NumberCounter.last)).all())
    assert left == {world.a.district_id: 623, world.b.district_id: 500}
    assert actor_for_token(session, staff, now=clock.now) is None, "a role that ended since the backup is there again"
    assert actor_for_token(session, person, now=clock.now) is not None
    office.work()
    assert office.state(push) == "unknown" and office.phones.got == []
    office.ledger()


def _signed_in(session: Session, account_id: str, clock: FakeClock) -> str:
    return sessions.open_session(session, account_id, provider=sessions.MINIPROGRAM, now=clock.now).token


def test_backup_is_for_sqlite_alone(app: Flask, session: Session, database_url: str, tmp_path: Path) -> None:
    session.commit()
    if database_url.startswith("sqlite"):
        assert "已备份" in runs(app, "backup", str(tmp_path))
    else:
        assert "pg_dump" in runs(app, "backup", str(tmp_path), fails=True)


def test_an_old_field_key_can_go_once_everything_was_written_anew(
    app: Flask, session: Session, clock: FakeClock, rings: None
) -> None:
    vault = vault_of(app)
    people = [Account(id=new_id(), display_name=f"王小花{n}", created_on=clock.now.date()) for n in range(450)]
    session.add_all(people)
    session.commit()
    vault.put(Kind.PHOTO, "b" * 26, b"picture")
    run = _import_that_waits(session, clock)
    crypto.install(KeyRing([NEW, OLD], INDEX))
    broken = sa.text("update accounts set display_name = 'k1.AAAA' where id = :id")
    session.execute(broken, {"id": people[7].id})
    session.commit()
    assert "1 处读不出来" in runs(app, "reencrypt", fails=True), "a value that cannot be read is left, and said"
    session.execute(sa.text("update accounts set display_name = null where id = :id"), {"id": people[7].id})
    session.commit()
    again = runs(app, "reencrypt")
    assert "display_name" not in again, "what was done before is not done again"
    assert "k2" in again
    crypto.install(KeyRing([alike := ("K2", secrets.token_bytes(32)), NEW], INDEX))
    assert "改写 1 条" in runs(app, "reencrypt"), "K2 is another key than k2"
    crypto.install(KeyRing([alike], INDEX))
    session.expire_all()
    assert imports.files_of(session, run) == {"": ("名单.csv", b"name")}, "a file somebody has yet to decide about"
    names = set(session.scalars(sa.select(Account.display_name).where(Account.display_name.is_not(None))))
    assert {name for name in names if "王小花" in str(name)} == {f"王小花{n}" for n in range(450) if n != 7}
    assert vault.get(Kind.PHOTO, "b" * 26) == b"picture"
    vault.delete("b" * 26)
    session.commit()


def _import_that_waits(session: Session, clock: FakeClock) -> str:
    place = build_world(session).a
    files = {"": ("名单.csv", b"name")}
    run = imports.begin(
        session,
        district_id=place.district_id,
        kind=ImportKind.REGISTER,
        files=files,
        account_id=next(iter(place.accounts.values())),
        now=clock.now,
    )
    session.commit()
    return run.id


def test_the_ledger_still_fits_after_everything_was_written_anew(small: Flask) -> None:
    """It commits to what was said, not to how it is stored."""
    place = build_world(db.session()).a
    db.session.commit()
    number, _ = submits(small, place, "幸福村三组路灯坏了半个月，晚上看不见路。")
    crypto.install(KeyRing([NEW, OLD], INDEX))
    runs(small, "reencrypt")
    crypto.install(KeyRing([NEW], INDEX))
    assert "0 处异常" in runs(small, "verify-ledger")
    assert db.session.scalars(sa.select(Issue.number)).all() == [number]
