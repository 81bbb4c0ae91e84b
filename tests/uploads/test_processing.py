"""The work behind it: one picture at a time, a killed process hurts nobody else, and every failure ends where staff see it."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from flask import Flask

from service import jobs as names
from service.db import db
from service.uploads import encoder, processing
from service.uploads.models import UploadState
from service.uploads.storage import Folder, StorageAway
from tests.conftest import FakeClock, WakeLog
from tests.journeys.town import Town
from tests.uploads import album
from tests.uploads.conftest import Shelf, fetched, row
from workers import jobs

pytestmark = pytest.mark.usefixtures("shelf")
DEADLY = album.png((77, 55), "RGB")

SUICIDE = """
import os, signal, sys
from service.uploads import child
data = sys.stdin.buffer.read()
if data == {deadly!r}:
    {death}
sys.stdin = type("In", (), {{"buffer": __import__("io").BytesIO(data)}})()
sys.exit(child.main())
"""
DEATHS = {
    "killed": "os.kill(os.getpid(), signal.SIGKILL)",
    "crashed in C": "os.kill(os.getpid(), signal.SIGSEGV)",
    "out of memory": "child.confine(); bytearray(4 * 1024 ** 3)",
    "says nothing": "sys.exit(0)",
    "never ends": "signal.pause()",
}


class Killed(BaseException):
    """What SIGKILL of the worker itself looks like from inside: nothing after it runs."""


def deadly_pictures(monkeypatch: pytest.MonkeyPatch, death: str) -> None:
    """The real child, but one picture is the death of it."""
    program = SUICIDE.format(deadly=DEADLY, death=DEATHS[death])
    run = subprocess.run

    def impatiently(*command: Any, timeout: float, **options: Any) -> subprocess.CompletedProcess[bytes]:
        """Nobody waits half a minute for what never ends; a good picture has all the time it needs."""
        return run(
            *command, timeout=0.5 if death == "never ends" and options["input"] == DEADLY else timeout, **options
        )

    monkeypatch.setattr(encoder, "COMMAND", (sys.executable, "-c", program))
    monkeypatch.setattr("service.uploads.encoder.subprocess.run", impatiently)


@pytest.mark.parametrize("death", DEATHS)
def test_a_picture_that_kills_its_process_is_parked_and_the_others_go_on(
    town: Town, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, death: str
) -> None:
    deadly_pictures(monkeypatch, death)
    guest = town.guest()
    bad, good = guest.uploads(DEADLY, "a.png"), guest.uploads(album.jpeg())
    issue = town.submits(guest, upload_ids=[bad["id"], good["id"]], work=False)
    for _ in range(processing.MAX_ATTEMPTS + 3):
        town.work()
        clock.advance(minutes=2)
    parked = row(bad["id"])
    assert (parked.state, parked.attempts) == (UploadState.PARKED, processing.MAX_ATTEMPTS), "and then it is left alone"
    assert parked.last_error and parked.last_error.startswith("PictureKilled")
    assert row(good["id"]).state == UploadState.READY
    seen = town.holder(issue["receipt_code"]).sees()
    assert seen["state"] == "pending_accept", "the issue did not wait for its pictures"
    assert [photo["state"] for photo in seen["photos"]] == ["delayed", "ready"]
    assert fetched(town.client, seen["photos"][0]["url"]).status_code == 202


def test_staff_see_what_is_parked_and_requeue_it(
    app: Flask, town: Town, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, shelf: Shelf
) -> None:
    with monkeypatch.context() as broken:
        deadly_pictures(broken, "killed")
        sent = town.guest().uploads(DEADLY, "a.png")
        for _ in range(processing.MAX_ATTEMPTS):
            town.work()
            clock.advance(minutes=2)
    shown = app.test_cli_runner().invoke(args=["parked"]).output
    assert f"{sent['id']}\t图片\tparked\tPictureKilled: exit status -9" in shown and "1 张没有处理好的图片" in shown
    assert shelf.names == {f"received/{sent['id']}"}, "kept for another try"
    assert app.test_cli_runner().invoke(args=["requeue-upload", "nothing"]).exit_code != 0
    assert app.test_cli_runner().invoke(args=["requeue-upload", sent["id"]]).exit_code == 0
    town.work()
    assert row(sent["id"]).state == UploadState.READY
    assert app.test_cli_runner().invoke(args=["requeue-upload", sent["id"]]).exit_code != 0


def test_a_worker_that_dies_itself_runs_out_of_attempts(
    town: Town, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = town.guest().uploads(album.jpeg())
    deaths = []

    def kill(_data: bytes) -> None:
        deaths.append(1)
        raise Killed

    monkeypatch.setattr("service.uploads.encoder.encode", kill)
    for _ in range(processing.MAX_ATTEMPTS + 4):
        try:
            jobs.process_uploads()
        except Killed:
            db.session.remove()
        clock.advance(seconds=61)  # the dead worker's lease is over
    assert len(deaths) == processing.MAX_ATTEMPTS
    parked = row(sent["id"])
    assert (parked.state, parked.last_error) == ("parked", processing.DIED)


def test_only_one_worker_at_a_time_is_busy_with_pictures(town: Town, clock: FakeClock) -> None:
    guest = town.guest()
    first, second = guest.uploads(album.jpeg()), guest.uploads(album.webp(), "a.webp")
    taken = processing.claim(db.session(), now=clock.now)
    db.session.commit()
    assert taken in (first["id"], second["id"])
    assert processing.claim(db.session(), now=clock.now) is None
    db.session.commit()
    clock.advance(seconds=61)
    assert processing.claim(db.session(), now=clock.now) not in (None, taken), "those tried least come first"
    db.session.commit()


def test_a_worker_lets_go_after_each_picture_and_rings_for_the_next(town: Town, wakes: WakeLog) -> None:
    guest = town.guest()
    for _ in range(2):
        guest.uploads(album.jpeg())
    wakes.names.clear()
    jobs.process_uploads()
    assert wakes.names == [names.PROCESS_UPLOADS]
    assert names.QUEUE_OF[names.PROCESS_UPLOADS] == names.LATER_QUEUE
    jobs.process_uploads()
    wakes.names.clear()
    jobs.process_uploads()
    assert wakes.names == [], "nothing left"


def test_the_sweeper_rings_for_what_a_lost_bell_left_behind(town: Town, wakes: WakeLog) -> None:
    town.guest().uploads(album.jpeg())
    wakes.names.clear()
    jobs.sweep()
    assert names.PROCESS_UPLOADS in wakes.names


def test_a_store_that_is_away_costs_no_attempt_and_its_visitors_a_sentence(
    town: Town, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest = town.guest()
    sent = guest.uploads(album.jpeg())

    def away(*_arguments: object) -> None:
        raise StorageAway

    with monkeypatch.context() as broken:
        broken.setattr(Folder, "put", away)
        for _ in range(8):
            town.work()
            clock.advance(minutes=1)
        refused = guest.uploads(album.webp(), "a.webp", 503)
        assert "稍后再试" in refused["detail"]
    assert (row(sent["id"]).state, row(sent["id"]).attempts) == ("received", 0)
    town.work()
    assert row(sent["id"]).state == "ready"
    with monkeypatch.context() as broken:
        broken.setattr(Folder, "get", away)
        fresh = town.submits(guest, upload_ids=[sent["id"]])["photos"][0]["url"]
        assert fetched(town.client, fresh).status_code == 503


def test_a_picture_taken_back_while_it_was_worked_on_leaves_nothing(
    town: Town, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest = town.guest()
    sent = guest.uploads(album.jpeg())
    encode = encoder.encode

    def slowly(data: bytes) -> encoder.Copies:
        guest.delete(f"/uploads/{sent['id']}")
        jobs.sweep_uploads()
        return encode(data)

    monkeypatch.setattr("service.uploads.encoder.encode", slowly)
    town.work()
    assert shelf.files == []


def test_received_bytes_that_are_missing_or_altered_are_parked_not_looped(
    town: Town, shelf: Shelf, clock: FakeClock
) -> None:
    guest = town.guest()
    gone, altered = guest.uploads(album.jpeg()), guest.uploads(album.webp(), "a.webp")
    shelf.path(f"received/{gone['id']}").unlink()
    file = shelf.path(f"received/{altered['id']}")
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    for _ in range(processing.MAX_ATTEMPTS + 1):
        town.work()
        clock.advance(minutes=2)
    assert (row(gone["id"]).state, row(gone["id"]).last_error) == ("parked", "Missing")
    assert (row(altered["id"]).state, row(altered["id"]).last_error) == ("parked", "ValueError")


def test_the_child_gets_none_of_the_service_s_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "very secret")
    program = "import os, sys; sys.exit(7 if 'SECRET_KEY' in os.environ else 3)"
    monkeypatch.setattr(encoder, "COMMAND", (sys.executable, "-c", program))
    with pytest.raises(encoder.NotAPicture):
        encoder.encode(b"")
