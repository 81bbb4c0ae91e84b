"""Pictures on their way with an issue: who may attach them, who sees them, and that they lead from a receipt to nobody."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from service.accounts.roles import Role
from service.db import db
from service.uploads.models import Upload
from tests.api.conftest import Client
from tests.api.test_statement_counts import count
from tests.journeys.town import Holder, Person, Town
from tests.uploads import album
from tests.uploads.conftest import Shelf, fetched, row

pytestmark = pytest.mark.usefixtures("shelf")
DONE: dict[str, Any] = {"text": "更换灯泡并检查了整条线路", "done_on": "2026-03-02", "person": "李师傅"}


def sends(who: Person, count: int) -> list[str]:
    """Different pictures, so that their order shows."""
    return [who.uploads(album.jpeg((100 + 10 * number, 90)))["id"] for number in range(count)]


def ids(photos: list[dict[str, Any]]) -> list[str]:
    return [photo["id"] for photo in photos]


def test_two_photos_reach_the_deputy_and_whoever_holds_the_receipt(town: Town, client: Client) -> None:
    guest = town.guest()
    sent = sends(guest, 2)[::-1]
    receipt = town.submits(guest, work=False, upload_ids=sent)
    assert [photo["state"] for photo in receipt["photos"]] == ["processing", "processing"]
    town.work()
    deputy, holder = town.deputy(town.place.primary), town.holder(receipt["receipt_code"])
    for viewer in (deputy, holder):
        photos = viewer.sees(receipt["id"])["photos"]
        assert ids(photos) == sent, "in the order given"
        assert {photo["state"] for photo in photos} == {"ready"}
        for photo in photos:
            assert fetched(client, photo["url"]).mimetype == "image/jpeg"
            assert fetched(client, photo["thumbnail_url"]).mimetype == "image/jpeg"
    [line] = deputy.get("/issues?box=inbox")["items"]
    assert line["photo_count"] == 2


def test_a_picture_is_attached_once_and_only_by_its_sender(town: Town) -> None:
    mine, other = town.guest(), town.guest()
    [picture] = sends(mine, 1)
    town.submits(other, expect=422, upload_ids=[picture])
    town.submits(mine, expect=422, upload_ids=[picture, "abcdefghijklmnopqrstuvwxyz"])
    assert row(picture).issue_id is None, "all or none"
    town.submits(mine, upload_ids=[picture])
    again = town.submits(mine, expect=422, upload_ids=[picture])
    assert again["errors"][0]["field"] == "upload_ids"
    mine.delete(f"/uploads/{picture}", 404)


def test_nine_go_and_ten_do_not_and_a_district_may_say_fewer(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    guest = town.guest()
    sent = sends(guest, 10)
    town.submits(guest, expect=422, upload_ids=sent)
    monkeypatch.setitem(__import__("config.defaults").defaults.PARAMETERS, "uploads.max", 8)
    refused = town.submits(guest, expect=422, upload_ids=sent[:9])
    assert "8" in refused["errors"][0]["message"]
    monkeypatch.undo()
    issue = town.submits(guest, upload_ids=sent[:9])
    assert len(town.holder(issue["receipt_code"]).sees()["photos"]) == 9


def test_one_issue_does_not_collect_pictures_without_end(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("config.defaults").defaults.PARAMETERS, "uploads.max_together", 3)
    guest = town.guest()
    sent = sends(guest, 4)
    issue = town.submits(guest, upload_ids=sent[:2])
    path = f"/receipts/{issue['receipt_code']}/messages"
    refused = guest.post(path, {"text": "再补两张", "upload_ids": sent[2:]}, 422)
    assert "3" in refused["errors"][0]["message"]
    guest.post(path, {"text": "再补一张", "upload_ids": sent[2:3]}, 201)


def test_messages_and_steps_carry_pictures_of_their_own(town: Town) -> None:
    guest = town.guest()
    deputy, clerk = town.deputy(town.place.primary), town.role(Role.UNIT_CLERK)
    issue = town.submits(guest)
    holder = town.holder(issue["receipt_code"])
    [asked, shown, told, done, answered] = [sends(who, 1)[0] for who in (guest, guest, deputy, clerk, deputy)]
    said = holder.post(f"/receipts/{holder.code}/messages", {"text": "照片在这里", "upload_ids": [shown]}, 201)
    assert ids(said["photos"]) == [shown]
    deputy.does(issue["id"], "ask_info", text="请拍一下灯杆的编号")
    holder.does("", "supplement", text="编号在这里", upload_ids=[asked])
    deputy.post(f"/issues/{issue['id']}/messages", {"text": "我去看过了", "upload_ids": [told]}, 201)
    deputy.does(issue["id"], "accept")
    town.role(Role.TOWNSHIP).does(issue["id"], "assign", unit_id=town.place.township_unit)
    clerk.does(issue["id"], "sign")
    clerk.does(issue["id"], "submit_result", **DONE, upload_ids=[done])
    seen = holder.sees()
    assert seen["photos"] == []
    by_text = {message["text"]: ids(message["photos"]) for message in seen["messages"] if message["photos"]}
    assert by_text == {"照片在这里": [shown], "我去看过了": [told]}
    by_step = {line["action"]: ids(line["photos"]) for line in seen["history"] if line["photos"]}
    assert by_step == {"supplement": [asked], "submit_result": [done]}
    other = town.submits(guest)
    deputy.does(other["id"], "accept")
    deputy.does(other["id"], "answer", 422, text="修好了", upload_ids=[done])
    assert ids(deputy.does(other["id"], "answer", text="修好了", upload_ids=[answered])["history"][-1]["photos"]) == [
        answered
    ]


def test_pictures_cost_an_issue_and_a_list_one_statement_and_without_them_none(town: Town) -> None:
    guest, deputy, head = town.guest(), town.deputy(town.place.primary), town.role(Role.STATION_HEAD)
    plain = town.submits(guest)["id"]
    few = count(lambda: deputy.sees(plain)), count(lambda: head.get("/issues?box=station"))
    with_pictures = town.submits(guest, upload_ids=sends(guest, 3))["id"]
    assert count(lambda: deputy.sees(plain)) == few[0]
    assert count(lambda: deputy.sees(with_pictures)) == few[0] + 1
    assert count(lambda: head.get("/issues?box=station")) == few[1] + 1


@pytest.mark.parametrize("pass_on", [True, False])
def test_a_unit_sees_the_resident_s_pictures_only_with_consent_and_always_its_own(town: Town, pass_on: bool) -> None:
    guest, clerk = town.guest(), town.role(Role.UNIT_CLERK)
    issue = town.submits(guest, upload_ids=sends(guest, 1), consents={"privacy": True, "pass_on": pass_on})
    town.deputy(town.place.primary).does(issue["id"], "accept")
    town.role(Role.TOWNSHIP).does(issue["id"], "assign", unit_id=town.place.township_unit)
    clerk.does(issue["id"], "sign")
    clerk.does(issue["id"], "submit_result", **DONE, upload_ids=sends(clerk, 1))
    seen = clerk.sees(issue["id"])
    assert bool(seen["photos"]) is pass_on
    assert len(seen["history"][-1]["photos"]) == 1
    assert seen["photo_count"] == 2, "that there are some is no secret: the deputy can be asked"


def test_reviewers_see_them_and_committees_followers_and_the_public_do_not(town: Town) -> None:
    guest = town.guest()
    consents = {"privacy": True, "publish": True, "pass_on": True}
    doubtful = town.submits(guest, content="有人在村口刷单", upload_ids=sends(guest, 1), consents=consents)
    reviewer = town.role(Role.REVIEWER)
    assert len(reviewer.sees(doubtful["id"])["photos"]) == 1
    reviewer.does(doubtful["id"], "approve_content", public_text="村口有人刷单")
    assert town.role(Role.COMMITTEE).sees(doubtful["id"])["photos"] == []
    published = town.guest().get("/public/issues")["items"]
    assert len(published) == 1 and "photo" not in str(published)


def test_a_held_message_s_pictures_are_held_with_it(town: Town) -> None:
    guest = town.guest()
    issue = town.submits(guest)
    holder: Holder = town.holder(issue["receipt_code"])
    [picture] = sends(guest, 1)
    holder.post(f"/receipts/{holder.code}/messages", {"text": "他们在刷单", "upload_ids": [picture]}, 201)
    assert picture in str(holder.sees()["messages"])
    assert picture not in str(town.deputy(town.place.primary).sees(issue["id"]))


def test_a_broken_picture_is_named_by_its_number_and_one_attached_before_says_so(town: Town, client: Client) -> None:
    guest = town.guest()
    good, bad = guest.uploads(album.jpeg()), guest.uploads(album.png_header(300, 300), "a.png")
    town.work()
    assert row(bad["id"]).state == "refused"
    assert fetched(client, bad["url"]).status_code == 422
    refused = town.submits(guest, expect=422, upload_ids=[good["id"], bad["id"]])
    assert "第 2 张" in refused["errors"][0]["message"]
    late = guest.uploads(album.png_header(301, 300), "a.png")
    issue = town.submits(guest, upload_ids=[late["id"]])
    [photo] = town.holder(issue["receipt_code"]).sees()["photos"]
    assert photo["state"] == "refused" and "换一张" in photo["detail"]


@pytest.mark.parametrize("anonymity", ["receipt_only", "station_only", "named"])
def test_once_attached_no_row_says_whose_picture_it_was(town: Town, shelf: Shelf, anonymity: str) -> None:
    who = town.role(Role.RESIDENT)
    [picture] = sends(who, 1)
    kept = row(picture)
    assert kept.owner_digest and kept.sweep_at and (kept.sweep_at.minute, kept.sweep_at.second) == (0, 0)
    assert who.account_id not in str({column.name: getattr(kept, column.name) for column in Upload.__table__.columns})
    town.submits(who, anonymity=anonymity, upload_ids=[picture])
    after = row(picture)
    assert (after.owner_digest, after.sweep_at, after.next_at) == (None, None, None)
    assert shelf.names == {f"photo/{picture}", f"thumbnail/{picture}"}
    assert picture not in str(who.get("/me/export"))


def test_what_was_not_used_goes_with_the_account_and_is_in_its_export(town: Town, shelf: Shelf) -> None:
    who = town.guest()
    unused, used = sends(who, 2)
    town.submits(who, upload_ids=[used])
    assert [one["id"] for one in who.get("/me/export")["sections"]["uploads"]] == [unused]
    who.delete("/me")
    left = db.session.scalars(sa.select(Upload.id).where(Upload.owner_digest.is_not(None))).all()
    db.session.commit()
    assert left == []
    town.sweeps_pictures()
    assert shelf.names == {f"photo/{used}", f"thumbnail/{used}"}


def test_the_ledger_knows_which_pictures_came_with_it(town: Town) -> None:
    guest = town.guest()
    sent = sends(guest, 1)
    issue = town.submits(guest, upload_ids=sent)
    verified = town.client.application.test_cli_runner().invoke(args=["verify-ledger"])
    assert "0 处异常" in verified.output
    db.session.execute(
        sa.text("UPDATE issue_history SET data = NULL WHERE issue_id = :id AND seq = 1"), {"id": issue["id"]}
    )
    db.session.commit()
    assert "photos" in town.client.application.test_cli_runner().invoke(args=["verify-ledger"]).output
