"""One interface, two stores: a folder, and a local S3 server; and what is swept out of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from config.settings import ConfigurationError, Settings
from service.crypto import KeyRing, install
from service.errors import Unavailable
from service.uploads.storage import Folder, Missing, Storage, StorageAway, storage_at
from service.uploads.vault import Kind, Vault
from tests.conftest import FakeClock, make_settings
from tests.journeys.town import Town
from tests.uploads import album
from tests.uploads.conftest import Shelf, fetched, row
from workers import pictures


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3_url(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty bucket; the keys are where boto3 looks for them."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "local")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")
    client = boto3.client("s3", endpoint_url=s3_server, region_name="us-east-1")
    client.create_bucket(Bucket="photos")
    for item in client.list_objects_v2(Bucket="photos").get("Contents", []):
        client.delete_object(Bucket="photos", Key=item["Key"])
    client.put_object(Bucket="photos", Key="somebody-else/file", Body=b"not ours")
    return f"s3://photos/yanjiang?endpoint={s3_server}&addressing=path"


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    url = str(tmp_path / "new" / "folder") if request.param == "folder" else request.getfixturevalue("s3_url")
    found = storage_at(url)
    assert found is not None
    return found


def test_what_is_put_is_got_replaced_listed_and_deleted(storage: Storage) -> None:
    with pytest.raises(Missing):
        storage.get("photo/abcd")
    storage.put("photo/abcd", b"one")
    storage.put("photo/abcd", b"two")
    storage.put("received/efgh", bytes(300_000))
    assert storage.get("photo/abcd") == b"two"
    assert {name for name, _ in storage.names()} == {"photo/abcd", "received/efgh"}
    assert all(at.tzinfo is not None for _, at in storage.names())
    storage.delete("photo/abcd")
    storage.delete("photo/abcd")
    assert [name for name, _ in storage.names()] == ["received/efgh"]
    with pytest.raises(Missing):
        storage.get("photo/abcd")


def test_a_store_keeps_only_what_it_cannot_read(storage: Storage) -> None:
    install(KeyRing([("new", b"n" * 32), ("old", b"o" * 32)], "s" * 40))
    vault = Vault(storage)
    vault.put(Kind.PHOTO, "abcd", album.jpeg())
    stored = storage.get("photo/abcd")
    assert album.jpeg()[:20] not in stored and stored[1:4] == b"new"
    assert vault.get(Kind.PHOTO, "abcd") == album.jpeg()
    storage.put("photo/wxyz", stored)
    with pytest.raises(ValueError, match="altered"):
        vault.get(Kind.PHOTO, "wxyz")
    install(KeyRing([("newest", b"m" * 32), ("new", b"n" * 32)], "s" * 40))
    assert vault.get(Kind.PHOTO, "abcd") == album.jpeg(), "an older key of the ring still opens it"
    install(KeyRing([("newest", b"m" * 32)], "s" * 40))
    with pytest.raises(ValueError, match="no field key"):
        vault.get(Kind.PHOTO, "abcd")
    install(KeyRing(make_settings("").field_keys, "s" * 40))


def test_a_store_that_cannot_be_reached_says_so_in_the_domain_s_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageAway):
        Folder(tmp_path / "file").put("photo/abcd", b"x")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "local")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    nowhere = storage_at("s3://photos?endpoint=http://127.0.0.1:9")
    assert nowhere is not None
    with pytest.raises(StorageAway):
        nowhere.get("photo/abcd")
    with pytest.raises(Unavailable):
        Vault(storage_at("")).put(Kind.PHOTO, "abcd", b"x")


@pytest.mark.parametrize("name", ["../../etc/passwd", "photo/../x", "photo", "photo/", "/photo/abcd", "photo/ABCD.jpg"])
def test_a_name_never_leaves_the_folder(tmp_path: Path, name: str) -> None:
    for act in (Folder(tmp_path).get, Folder(tmp_path).delete):
        with pytest.raises(ValueError, match="name"):
            act(name)


@pytest.mark.parametrize("url", ["http://host/x", "s3://", "s3:///prefix", "ftp://x"])
def test_an_address_that_is_neither_is_a_named_fault(url: str) -> None:
    environment = {
        "DATABASE_URL": "sqlite://", "REDIS_URL": "redis://x", "SECRET_KEY": "x" * 40,
        "FIELD_KEYS": "k1:" + "A" * 43, "UPLOAD_URL": url,
    }  # fmt: skip
    with pytest.raises(ConfigurationError, match="UPLOAD_URL"):
        Settings.from_env(environment)
    assert Settings.from_env(environment | {"UPLOAD_URL": "s3://bucket/a?region=cn"}).upload_url
    assert Settings.from_env(environment | {"UPLOAD_URL": "photos"}).upload_url == "photos"


def _age(shelf: Shelf, clock: FakeClock, hours: float) -> None:
    """Files carry the machine's time; the tests' clock stands elsewhere."""
    moment = clock.now.timestamp() - hours * 3600
    for path in shelf.files:
        os.utime(path, (moment, moment))


def test_what_nobody_used_within_a_day_is_swept_and_what_was_used_stays(
    town: Town, shelf: Shelf, clock: FakeClock
) -> None:
    guest = town.guest()
    unused, used = guest.uploads(album.jpeg()), guest.uploads(album.webp(), "a.webp")
    town.submits(guest, upload_ids=[used["id"]])
    clock.advance(hours=23)
    town.sweeps_pictures()
    assert len(shelf.files) == 4
    clock.advance(hours=2, minutes=1)
    town.sweeps_pictures()
    assert shelf.names == {f"photo/{used['id']}", f"thumbnail/{used['id']}"}
    assert fetched(town.client, unused["url"]).status_code == 404


def test_files_without_a_row_go_once_they_are_old_enough(town: Town, shelf: Shelf, clock: FakeClock) -> None:
    sent = town.guest().uploads(album.jpeg())
    town.work()
    ours = set(shelf.names)
    folder = Folder(shelf.root)
    for stray in ("received/aaaa", "photo/bbbb", "writing/cccc", f"received/{sent['id']}"):
        folder.put(stray, b"left by a crash")
    _age(shelf, clock, 1)
    town.sweeps_pictures()
    assert len(shelf.names) == 6, "may belong to a request still under way"
    _age(shelf, clock, 3)
    town.sweeps_pictures()
    assert shelf.names == ours, "also the received bytes of one that is done"


def test_a_row_without_its_files_is_named_and_comes_back_with_them(town: Town, shelf: Shelf) -> None:
    guest = town.guest()
    sent = guest.uploads(album.jpeg())
    issue = town.submits(guest, upload_ids=[sent["id"]])
    file = shelf.path(f"thumbnail/{sent['id']}")
    kept = file.read_bytes()
    file.unlink()
    assert fetched(town.client, sent["thumbnail_url"]).status_code == 404
    town.sweeps_pictures()
    assert row(sent["id"]).state == "lost"
    assert town.holder(issue["receipt_code"]).sees()["photos"][0]["state"] == "lost"
    assert sent["id"] in town.client.application.test_cli_runner().invoke(args=["parked"]).output
    file.write_bytes(kept)
    town.sweeps_pictures()
    assert row(sent["id"]).state == "ready"


def test_the_whole_way_on_s3(town: Town, shelf: Shelf, clock: FakeClock, s3_url: str) -> None:
    """Received by one process, re-encoded by another, both on the same bucket."""
    sent = town.guest().uploads(album.with_exif())
    bucket = Vault(storage_at(s3_url))
    data = Vault(Folder(shelf.root)).get(Kind.RECEIVED, sent["id"])
    bucket.put(Kind.RECEIVED, sent["id"], data)
    assert pictures.process_next(bucket, clock)
    assert {name for name, _ in bucket.names()} == {f"photo/{sent['id']}", f"thumbnail/{sent['id']}"}
    assert bucket.get(Kind.PHOTO, sent["id"]).startswith(b"\xff\xd8")
    pictures.compare(bucket, now=clock.now)
    assert row(sent["id"]).state == "ready"
