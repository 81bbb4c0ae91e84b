"""Pictures of whoever holds a receipt code and has no account: sent with the code, used with the code."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from service.db import db
from service.uploads.models import Upload
from tests.journeys.town import Town
from tests.uploads import album
from tests.uploads.conftest import Shelf, row

pytestmark = pytest.mark.usefixtures("shelf")


def test_who_has_only_the_code_adds_photos_to_what_the_deputy_asked(town: Town, shelf: Shelf) -> None:
    issue = town.submits(town.guest())
    deputy, holder = town.deputy(town.place.primary), town.holder(issue["receipt_code"])
    deputy.does(issue["id"], "ask_info", text="请拍一下灯杆的编号")
    path = f"/receipts/{holder.code}/uploads"
    sent = [holder.uploads(album.jpeg((90, 80)), key="once", path=path)["id"] for _ in range(2)]
    typed = f"/receipts/{holder.code.lower()[:10]}-{holder.code[10:]}/uploads"
    assert {*sent, holder.uploads(album.jpeg((90, 80)), key="once", path=typed)["id"]} == {sent[0]}, "sent once"
    assert row(sent[0]).owner_digest not in (None, holder.code)
    holder.does("", "supplement", text="编号在照片里", upload_ids=sent[:1])
    town.work()
    [step] = [line for line in deputy.sees(issue["id"])["history"] if line["photos"]]
    assert (step["action"], step["photos"][0]["id"], step["photos"][0]["state"]) == ("supplement", sent[0], "ready")
    assert row(sent[0]).owner_digest is None
    assert shelf.names == {f"photo/{sent[0]}", f"thumbnail/{sent[0]}"}


def test_an_account_cannot_use_what_came_with_a_code_and_nobody_sends_without_one(town: Town, shelf: Shelf) -> None:
    issue, stranger = town.submits(town.guest()), town.guest()
    path = f"/receipts/{issue['receipt_code']}/uploads"
    sent = town.holder(issue["receipt_code"]).uploads(album.jpeg(), path=path)["id"]
    town.submits(stranger, expect=422, upload_ids=[sent])
    stranger.delete(f"/uploads/{sent}", 404)
    stranger.uploads(album.jpeg(), expect=404, path=f"/receipts/{'2' * 20}/uploads")
    assert db.session.scalars(sa.select(Upload.id)).all() == [sent]
    db.session.rollback()
    town.holder("").uploads(b"no picture", expect=422, path=path)
