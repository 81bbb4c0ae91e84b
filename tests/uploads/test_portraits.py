"""A deputy's photo: nobody sees it before the station has looked, and it goes with the mandate and with the account."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from sqlalchemy.orm import Session

from service.accounts.roles import Role
from service.bootstrap import core
from service.db import db
from service.deputies import portraits
from service.deputies.models import Deputy, Mandate
from service.errors import Conflict
from tests.api.conftest import Client
from tests.api.test_statement_counts import count
from tests.journeys.town import Person, Town
from tests.uploads import album
from tests.uploads.conftest import Shelf, fetched

pytestmark = pytest.mark.usefixtures("shelf")


LIST = 6
"""Session and roles, the roster, the deputies, their pictures."""


def _sends(town: Town, who: Person, deputy_id: str | None = None) -> str:
    upload_id: str = who.uploads(album.with_exif())["id"]
    _offers(town, who, upload_id, deputy_id)
    return upload_id


def _offers(town: Town, who: Person, upload_id: str, deputy_id: str | None = None) -> None:
    path, body = f"/api/v1/portraits/{deputy_id or town.place.primary}", {"upload_id": upload_id}
    answer = town.client.put(path, json=body, headers=who.headers)
    assert answer.status_code == 200, answer.json


def _scanned(town: Town) -> Any:
    return town.guest().get(f"/scan/{town.place.grid_code}")["deputy"]


def _photo(town: Town, client: Client) -> Any:
    return fetched(client, f"/api/v1/deputies/{town.place.primary}/photo")


def test_the_public_sees_it_once_the_station_has_looked(town: Town, client: Client, shelf: Shelf) -> None:
    deputy, head = town.deputy(town.place.primary), town.role(Role.STATION_HEAD)
    first, second = _sends(town, deputy), _sends(town, deputy)
    _offers(town, deputy, second)  # the same wish again changes nothing
    path = f"/portraits/{town.place.primary}/publish"
    head.post(path, {"upload_id": second}, 409)  # its copies are not made yet
    town.work()
    head.post(path, {"upload_id": first}, 409)  # another one waits by now
    assert _scanned(town)["photo_url"] is None and _photo(town, client).status_code == 404
    mine = next(one for one in head.get("/portraits")["items"] if one["deputy_id"] == town.place.primary)
    assert mine["may_publish"] and mine["waiting"]["state"] == "ready"
    assert fetched(client, mine["waiting"]["thumbnail_url"]).status_code == 200
    waits = [one for one in head.get("/inbox")["items"] if one["title"] == "代表照片等您查看"]
    assert [one["page"] for one in waits] == ["pages/work/portraits"], (
        "once: the first was replaced before anybody looked"
    )
    assert "代表照片等您查看" not in deputy.inbox()
    head.post(path, {"upload_id": second})
    head.post(path, {"upload_id": second})
    town.work()
    assert deputy.inbox().count("您的照片已经公开") == 1

    card = _scanned(town)
    assert card["photo_url"].startswith("http") and second not in card["photo_url"]
    answer = fetched(client, card["photo_url"])
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    picture = Image.open(io.BytesIO(answer.data))
    assert max(picture.size) <= 400 and not picture.getexif()
    assert album.PLACE_OF_HOME.encode() not in answer.data
    town.sweeps_pictures()
    assert {name for name in shelf.names if first in name} == set(), "the one replaced is gone with its files"
    assert _photo(town, client).status_code == 200, "the one shown stays"


def test_the_station_s_list_takes_the_same_with_one_photo_and_with_three(town: Town) -> None:
    head, place = town.role(Role.STATION_HEAD), town.place
    _sends(town, head)
    few = count(lambda: head.get("/portraits"))
    for deputy_id in (place.backup, place.spare):
        _sends(town, head, deputy_id)
    assert count(lambda: head.get("/portraits")) == few <= LIST
    shown = head.get("/portraits")["items"]
    waiting = {one["deputy_id"] for one in shown if one["waiting"]}
    assert waiting == {place.primary, place.backup, place.spare} and len(shown) == 5


def test_what_was_taken_down_while_the_station_looked_is_not_shown(town: Town) -> None:
    sent = _sends(town, town.deputy(town.place.primary))
    town.work()
    session, now = db.session(), core().clock()
    seen = session.get_one(Deputy, town.place.primary)
    session.commit()
    with Session(db.engine) as other:
        portraits.take_down(other, [seen.id], now=now)
        other.commit()
    assert seen.portrait_waiting_id == sent, "as this request read it"
    with pytest.raises(Conflict):
        portraits.publish(session, seen, sent, now=now)
    session.rollback()


def test_it_goes_with_the_account_and_with_the_last_mandate(town: Town, client: Client, shelf: Shelf) -> None:
    deputy, head = town.deputy(town.place.primary), town.role(Role.STATION_HEAD)

    def shown() -> None:
        sent = _sends(town, head)
        town.work()
        assert "代表照片等您查看" not in head.inbox(), "the desk sent it itself"
        head.post(f"/portraits/{town.place.primary}/publish", {"upload_id": sent})
        assert _photo(town, client).status_code == 200

    shown()
    own = f"/portraits/{town.place.primary}"
    head.delete(f"{own}?reason=whatever", 422)
    head.delete(f"{own}?reason=old")
    head.delete(f"{own}?reason=old")  # nothing is left to take down, and nothing to tell
    assert _photo(town, client).status_code == 404 and _scanned(town)["photo_url"] is None
    shown()
    deputy.delete(own)
    town.work()
    assert deputy.inbox().count("您的照片已经撤下") == 1, "what one does oneself is no news"
    shown()
    mandates = db.session.query(Mandate).filter_by(deputy_id=town.place.primary)
    kept = {one.id: one.valid_to for one in mandates}
    for mandate in mandates:
        mandate.valid_to = mandate.valid_from
    db.session.commit()
    assert _photo(town, client).status_code == 404, "over by its date: not shown from that day on"
    portraits.drop_former(db.session(), now=core().clock())
    for mandate in mandates:
        mandate.valid_to = kept[mandate.id]
    db.session.commit()
    assert db.session.get_one(Deputy, town.place.primary).portrait_id is None
    shown()
    deputy.delete("/me")
    assert _photo(town, client).status_code == 404
    town.sweeps_pictures()
    assert shelf.names == set()
