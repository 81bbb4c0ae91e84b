"""Sending a picture: looked at in the request, kept encrypted, turned into copies by a worker, opened by a signed address."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from PIL import Image

from service import jobs
from service.crypto import ring
from service.uploads import links
from tests.api.conftest import Client, PlainClient, at_once
from tests.conftest import FakeClock, WakeLog
from tests.journeys.town import Town
from tests.uploads import album
from tests.uploads.conftest import Shelf, fetched, row

pytestmark = pytest.mark.usefixtures("shelf")


@pytest.mark.parametrize("name", ["JPEG with EXIF", "PNG with alpha", "WebP", "HEIC"])
def test_a_photo_of_each_kind_becomes_a_plain_jpeg(town: Town, client: Client, name: str) -> None:
    data, file_name = album.GOOD[name]
    sent = town.guest().uploads(data, file_name)
    assert sent["state"] == "processing" and len(sent["id"]) == 26
    waiting = fetched(client, sent["url"])
    assert (waiting.status_code, waiting.json["state"]) == (202, "processing")
    assert waiting.headers["Retry-After"] == "2"
    town.work()
    for variant, longest in (("url", 2048), ("thumbnail_url", 400)):
        answer = fetched(client, sent[variant])
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
        picture = Image.open(io.BytesIO(answer.data))
        assert picture.format == "JPEG" and max(picture.size) <= longest
        if variant == "url":
            assert picture.size == (sent["width"], sent["height"])
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"].startswith("private, max-age=3")
    assert answer.headers["Content-Disposition"].startswith("inline")


@pytest.mark.parametrize("name", [name for name in album.HOSTILE if name != "empty"])
def test_a_hostile_file_is_422_with_a_sentence_and_nothing_of_it_is_kept(town: Town, shelf: Shelf, name: str) -> None:
    data, file_name, words = album.HOSTILE[name]
    refused = town.guest().uploads(data, file_name, 422)
    assert refused["errors"][0]["field"] == "file" and words in refused["errors"][0]["message"]
    assert shelf.files == []


def test_an_empty_file_and_no_file_are_422(town: Town) -> None:
    guest = town.guest()
    guest.uploads(b"", "a.jpg", 422)
    headers = guest.headers | {"Idempotency-Key": "k"}
    for form in ({"file": "text"}, {"other": "text"}, {"file": "text", "name": "x"}):
        options = {"headers": headers, "content_type": "multipart/form-data"}
        assert town.client.post("/api/v1/uploads", data=form, **options).status_code == 422
    assert town.client.post("/api/v1/uploads", json={"file": "x"}, headers=headers).status_code == 415


def test_over_ten_megabytes_is_422_and_over_twelve_413(town: Town) -> None:
    guest = town.guest()
    guest.uploads(album.jpeg() + bytes(10 * 1024 * 1024), "a.jpg", 422)
    guest.uploads(album.jpeg() + bytes(12 * 1024 * 1024), "a.jpg", 413)


def test_what_is_stored_is_no_picture_without_the_key(town: Town, shelf: Shelf) -> None:
    sent = town.guest().uploads(album.with_exif())
    received = shelf.path(f"received/{sent['id']}")
    assert shelf.files == [received]
    assert received.stat().st_mode & 0o077 == 0
    town.work()
    assert shelf.names == {f"photo/{sent['id']}", f"thumbnail/{sent['id']}"}, "the received bytes are gone"
    for path in shelf.files:
        stored = path.read_bytes()
        assert b"\xff\xd8\xff" not in stored[:64] and b"JFIF" not in stored
        assert album.PLACE_OF_HOME.encode() not in stored


def test_a_file_put_under_another_name_is_not_opened(town: Town, shelf: Shelf, client: Client) -> None:
    guest = town.guest()
    mine, other = guest.uploads(album.jpeg()), guest.uploads(album.webp(), "b.webp")
    town.work()
    stolen = shelf.path(f"photo/{other['id']}").read_bytes()
    with pytest.raises(ValueError, match="altered"):
        ring().decrypt_bytes(stolen, f"upload.photo.{mine['id']}")
    assert ring().decrypt_bytes(stolen, f"upload.photo.{other['id']}").startswith(b"\xff\xd8")


def test_the_address_lives_an_hour_and_opens_one_picture_in_one_size(
    town: Town, client: Client, clock: FakeClock
) -> None:
    guest = town.guest()
    sent, other = guest.uploads(album.jpeg()), guest.uploads(album.webp(), "b.webp")
    town.work()
    url = sent["url"]
    for forged in (
        url.replace(sent["id"], other["id"]),
        url.replace("/photo?", "/thumbnail?"),
        url[:-1] + ("0" if url[-1] != "0" else "1"),
        url.split("&")[0],
        url.split("?")[0],
        url.replace("expires=", "expires=9"),
        url.replace("/photo?", "/received?"),
        url.replace("signature=", "signature=%C3%A9"),
    ):
        assert fetched(client, forged).status_code == 404, forged
    until = int(parse_qs(urlsplit(url).query)["expires"][0])
    assert 3540 <= until - clock.now.timestamp() <= 3600
    clock.advance(minutes=58)
    assert fetched(client, url).status_code == 200
    clock.advance(minutes=2)
    over = fetched(client, url)
    assert (over.status_code, over.json["code"]) == (404, "link_expired")


def test_a_repeated_request_is_one_picture_with_a_fresh_address(town: Town, shelf: Shelf, clock: FakeClock) -> None:
    guest = town.guest()
    first = guest.uploads(album.jpeg(), key="again")
    clock.advance(minutes=90)
    again = guest.uploads(album.jpeg(), key="again")
    assert again["id"] == first["id"] and len(shelf.files) == 1
    assert again["url"] != first["url"], "the first address is over"
    town.work()
    assert fetched(town.client, again["url"]).status_code == 200
    guest.uploads(album.webp(), "a.webp", 409, key="again")


def test_the_same_request_twice_at_once_is_one_picture(town: Town, app: Flask, shelf: Shelf) -> None:
    headers = town.guest().headers | {"Idempotency-Key": "together"}

    def send(client: PlainClient) -> Any:
        form = {"file": (io.BytesIO(album.jpeg()), "a.jpg")}
        answer = client.post("/api/v1/uploads", data=form, headers=headers)
        return answer.status_code, answer.json["id"]

    answers = at_once(app, 6, send)
    assert len(set(answers)) == 1 and answers[0][0] == 201
    assert len(shelf.files) == 1


def test_two_people_with_the_same_photo_have_two_pictures(town: Town) -> None:
    assert town.guest().uploads(album.jpeg(), key="k")["id"] != town.guest().uploads(album.jpeg(), key="k")["id"]


def test_a_worker_is_rung_and_no_token_is_401(town: Town, wakes: WakeLog) -> None:
    town.guest().uploads(album.jpeg())
    assert wakes.names == [jobs.PROCESS_UPLOADS]
    assert town.client.post("/api/v1/uploads", data={"file": (io.BytesIO(b"x"), "a")}).status_code == 401


def test_what_is_not_used_can_be_taken_back_by_its_sender_only(town: Town, shelf: Shelf, client: Client) -> None:
    guest = town.guest()
    sent = guest.uploads(album.jpeg())
    town.work()
    town.guest().delete(f"/uploads/{sent['id']}", 404)
    guest.delete(f"/uploads/{sent['id']}")
    assert fetched(client, sent["url"]).status_code == 404
    guest.delete(f"/uploads/{sent['id']}", 404)
    town.submits(guest, expect=422, upload_ids=[sent["id"]])


def test_thirty_unused_pictures_are_enough(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.uploads.actions.MOST_UNATTACHED", 2)
    guest = town.guest()
    guest.uploads(album.jpeg())
    second = guest.uploads(album.webp(), "a.webp")
    assert guest.uploads(album.heic_photo(), "a.heic", 409)["code"] == "too_many_uploads"
    guest.delete(f"/uploads/{second['id']}")
    guest.uploads(album.heic_photo(), "a.heic")


def test_signatures_of_other_digests_open_nothing(clock: FakeClock, town: Town) -> None:
    """The same key signs other things under other purposes."""
    sent = town.guest().uploads(album.jpeg())
    query = parse_qs(urlsplit(sent["url"]).query)
    until = query["expires"][0]
    other = ring().blind_index(f"{sent['id']}/photo/{until}", "upload.owner")
    assert links.remaining(sent["id"], "photo", until, query["signature"][0], now=clock.now) > 0
    assert (
        fetched(town.client, f"/api/v1/uploads/{sent['id']}/photo?expires={until}&signature={other}").status_code == 404
    )
    assert row(sent["id"]).state == "received"
