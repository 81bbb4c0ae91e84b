"""What those at a desk add to an issue and take back: notes, black boxes, a slip, the sheet as a file."""

from __future__ import annotations

import io
import re
from typing import Any

import sqlalchemy as sa
from PIL import Image

from service.accounts.desk_models import AccessEvent
from service.accounts.roles import Role
from service.db import db
from service.issues import audit, learning
from service.issues.models import IdentityReveal, Issue, IssueNote
from service.uploads.models import UploadCover
from tests.console.conftest import Seat
from tests.console.desk import Desk
from tests.journeys.town import Town
from tests.uploads.album import jpeg

CONTACT = {"name": "王小花", "phone": "13800138000"}
NOTE = "打了三次电话没有人接，周五再试"
FACE = {"x": "10", "y": "10", "width": "30", "height": "20"}


def version(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found is not None
    return found.group(1)


def looks_black(town: Town, address: str) -> bool:
    answer = town.client.get(address)
    assert answer.status_code == 200, answer.text
    picture = Image.open(io.BytesIO(answer.data)).convert("L")
    dark: Any = picture.getpixel((picture.width * 25 // 100, picture.height * 20 // 100))
    return bool(dark <= 8)


def test_notes_stay_among_those_who_sort_and_a_struck_one_is_kept(town: Town, seat: Seat) -> None:
    id = town.submits(town.role(Role.RESIDENT), anonymity="named", contact=CONTACT)["id"]
    clerk, head = seat(town.place.accounts[Role.STATION_CLERK]), seat(town.place.accounts[Role.STATION_HEAD])
    before = town.role(Role.STATION_CLERK).sees(id)["version"]
    for _ in range(2):
        assert clerk.sends(f"/issues/{id}/notes", {"text": NOTE}, key="one-form-with-one-key").status_code == 303
    assert clerk.sends(f"/issues/{id}/notes", {"text": " ", "_name": "note"}).status_code == 422
    assert db.session.query(IssueNote).count() == 1
    stored = db.session.execute(sa.text("select text from issue_notes")).scalar_one()
    assert NOTE not in stored, "encrypted at rest"
    assert NOTE in head.opens(f"/issues/{id}").text and NOTE in clerk.opens(f"/issues/{id}").text
    deputy = seat(town.place.deputy_accounts[town.place.primary])
    assert NOTE not in deputy.opens(f"/issues/{id}").text and "内部备注" not in deputy.opens(f"/issues/{id}").text
    assert NOTE not in clerk.opens(f"/issues/{id}/print").text
    town.work()
    assert town.role(Role.STATION_CLERK).sees(id)["version"] == before, "nobody's form went stale"
    assert NOTE not in str(town.role(Role.RESIDENT).sees(id)) + str(town.role(Role.RESIDENT).get("/me/export"))
    note = db.session.query(IssueNote.id).scalar()
    strike = f"/issues/{id}/notes/{note}/strike"
    assert head.sends(strike).status_code == 403
    assert [clerk.sends(strike).status_code for _ in range(2)] == [303, 303]
    page = head.opens(f"/issues/{id}").text
    assert f"<s>{NOTE}</s>" in page and "已划掉" in page
    audit.erase_identity(db.session(), db.session.get_one(Issue, id))
    page = head.opens(f"/issues/{id}").text
    assert NOTE not in page and "内容已随群众的个人信息一并删除" in page


def test_what_is_covered_is_covered_for_everybody_and_each_look_behind_is_written_down(town: Town, seat: Seat) -> None:
    resident = town.role(Role.RESIDENT)
    sent = resident.uploads(jpeg())["id"]
    id = town.submits(resident, anonymity="station_only", upload_ids=[sent])["id"]
    old = resident.sees(id)["photos"][0]
    assert not looks_black(town, old["url"])
    clerk, district = seat(town.place.accounts[Role.STATION_CLERK]), seat(town.place.accounts[Role.DISTRICT])
    page = f"/issues/{id}/photos/{sent}"
    assert f"/console{page}" in clerk.opens(f"/issues/{id}").text
    look = clerk.sends(f"{page}/preview", FACE | {"edition": "0"}).text
    assert "这是预览" in look and '<rect x="80.0" y="60.0" width="240.0" height="120.0"/>' in look
    assert db.session.query(UploadCover).count() == 0, "a look keeps nothing"
    short = clerk.sends(page, {"x": "10", "y": "", "width": "5", "height": "5", "edition": "0", "_name": "cover"})
    assert short.status_code == 422 and "第 1 个框的四个数都要填" in short.text and 'value="10"' in short.text
    for _ in range(2):
        assert clerk.sends(page, FACE | {"edition": "0"}, key="one-form-with-one-key").status_code == 303
    assert db.session.query(UploadCover).count() == 1
    new = resident.sees(id)["photos"][0]
    assert new["url"] != old["url"], "no browser shows what it kept"
    for address in (old["url"], old["thumbnail_url"], new["url"], new["thumbnail_url"]):
        assert looks_black(town, address), "also under the address from before"
    late = seat(town.place.accounts[Role.STATION_HEAD]).sends(page, FACE | {"edition": "0", "_name": "cover"})
    assert late.status_code == 409 and "刚刚有人改过" in late.text
    refused = clerk.sends(f"{page}/master", {"reason": "核对车牌号码"})
    assert refused.status_code == 403
    assert district.sends(f"{page}/master", {"reason": " ", "_name": "master"}).status_code == 422
    for number in (1, 2):
        master = district.sends(f"{page}/master", {"reason": "核对车牌号码"})
        assert master.mimetype == "image/jpeg" and master.headers["Cache-Control"] == "no-store"
        assert not Image.open(io.BytesIO(master.data)).getexif()
        assert db.session.query(IdentityReveal).count() == number
    assert resident.sees(id)["reveals"][0]["reason"] == "查看未遮盖的照片：核对车牌号码"
    # a slip of one's own is taken off within minutes, and put on again; later only reviewer and district take it off
    assert clerk.sends(page, {"edition": "1"}).status_code == 303
    assert not looks_black(town, resident.sees(id)["photos"][0]["url"])
    assert clerk.sends(page, FACE | {"edition": "2"}).status_code == 303
    town.clock.advance(minutes=11)
    stuck = seat(town.place.accounts[Role.STATION_CLERK])
    kept = stuck.sends(page, {"edition": "3", "_name": "cover"})
    assert kept.status_code == 422 and "不能去掉或改小" in kept.text and "去掉全部遮盖" not in kept.text
    assert looks_black(town, resident.sees(id)["photos"][0]["url"])
    assert seat(town.place.accounts[Role.DISTRICT]).sends(page, {"edition": "3"}).status_code == 303
    assert not looks_black(town, resident.sees(id)["photos"][0]["url"])


def assigns(town: Town, desk: Desk, id: str) -> None:
    unit = town.place.township_unit
    form = {"version": version(desk.opens(f"/issues/{id}/act/assign").text), "unit_id": unit}
    assert desk.sends(f"/issues/{id}/act/assign", form).status_code == 303


def test_an_assignment_is_taken_back_as_long_as_the_unit_did_nothing(town: Town, seat: Seat) -> None:
    resident, clerk = town.role(Role.RESIDENT), town.role(Role.UNIT_CLERK)
    id = town.submits(resident, anonymity="station_only")["id"]
    town.deputy(town.place.primary).does(id, "accept")
    office = town.role(Role.TOWNSHIP)
    before = office.sees(id)
    desk = seat(office.account_id)
    assigns(town, desk, id)
    town.work()
    assert clerk.sees(id)["state"] == "assigned" and "unassign" in office.may(id)
    assert "unassign" not in town.role(Role.STATION_HEAD).may(id), "whoever assigned"
    page = desk.opens(f"/issues/{id}").text
    assert "可以撤销" in page
    back = {"version": version(page)}
    for _ in range(2):
        assert desk.sends(f"/issues/{id}/undo", back, key="one-form-with-one-key").status_code == 303
    town.work()
    after = office.sees(id)
    same = ("state", "due_at", "responsible", "unit", "difficulty")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert [step["action"] for step in after["history"]][-2:] == ["assign", "unassign"]
    clerk.sees(id, 404)
    assert "交办已撤回" in clerk.inbox() and "交办有更正" in resident.inbox()
    assigns(town, desk, id)
    late = desk.sends(f"/issues/{id}/undo", {"version": str(office.sees(id)["version"] - 1), "_name": "undo"})
    assert late.status_code == 409
    clerk.does(id, "sign")
    assert desk.sends(f"/issues/{id}/undo", {"version": str(office.sees(id)["version"])}).status_code == 409
    other = town.submits(resident, anonymity="station_only", content="桥头的护栏断了三根，走夜路的人容易掉下去")["id"]
    town.deputy(town.place.primary).does(other, "accept")
    assigns(town, desk, other)
    town.clock.advance(minutes=11)
    assert (
        "unassign" not in office.may(other) and "可以撤销" not in seat(office.account_id).opens(f"/issues/{other}").text
    )
    office.does(other, "unassign", expect=409)


def _learnt(town: Town) -> list[str]:
    """Categories of issues a person in office stands behind."""
    found = [category for _, category in learning.confirmed(db.session(), town.place.district_id)]
    db.session.commit()
    return found


def test_a_category_goes_back_to_the_one_before_for_one_and_for_several(town: Town, seat: Seat) -> None:
    one, two = (town.submits(town.role(Role.RESIDENT), anonymity="station_only", content=text)["id"]
                for text in ("村口小学门前的路灯坏了一个多月", "菜市场后面的下水道一直返味"))  # fmt: skip
    clerk = town.role(Role.STATION_CLERK)
    db.session.get_one(Issue, two).category_id = None  # the machine found none
    db.session.commit()
    before = {id: clerk.sees(id)["category"] for id in (one, two)}
    assert before[two] is None
    wanted = next(id for id in town.place.categories.values() if id != before[one]["id"])
    desk = seat(clerk.account_id)
    versions = {f"version-{id}": str(clerk.sees(id)["version"]) for id in (one, two)}
    done = desk.sends("/bulk", {"action": "set_category", "id": [one, two], "category_id": wanted, **versions})
    result = desk.opens(done.headers["Location"].removeprefix("/console")).text
    head = seat(town.place.accounts[Role.STATION_HEAD])
    assert "撤销" not in head.opens(f"/issues/{one}").text, "another's slip"
    assert "可以撤销" in desk.opens(f"/issues/{one}").text
    back = dict(re.findall(r'name="(version-\w+)" value="(\d+)"', result))
    assert desk.sends("/bulk/undo", {"action": "set_category", "done": f"{one}.{two}", **back}).status_code == 303
    assert {id: clerk.sees(id)["category"] for id in (one, two)} == before
    assert _learnt(town) == [], "nobody in office had said so before"
    clerk.does(one, "set_category", category_id=before[one]["id"], reason="确实如此")
    clerk.does(one, "set_category", category_id=wanted)
    version = str(clerk.sees(one)["version"])
    assert desk.sends(f"/issues/{one}/undo", {"version": version}).status_code == 303
    assert _learnt(town) == [before[one]["id"]], "a person's word before the slip is a person's word after it"
    assert "可以撤销" not in desk.opens(f"/issues/{one}").text, "what was taken back is no slip"


def test_the_sheet_is_a_file_with_the_name_masked_and_each_taking_is_logged(town: Town, seat: Seat) -> None:
    long = "下水道一直返味。" * 240
    id = town.submits(town.role(Role.RESIDENT), anonymity="named", contact=CONTACT, content=long)["id"]
    town.role(Role.STATION_CLERK).does(id, "ask_info", text="请问是哪一家门口？" * 200)
    desk = seat(town.place.accounts[Role.STATION_CLERK])
    for number in (1, 2):
        sheet = desk.opens(f"/issues/{id}/sheet.pdf")
        assert sheet.mimetype == "application/pdf" and sheet.data.startswith(b"%PDF-")
        assert b"PosterSansSC" in sheet.data, "the font comes along"
        sheet.close()
        kinds = db.session.scalars(sa.select(AccessEvent.kind)).all()
        assert kinds.count("sheet_taken") == number
    similar = desk.opens(f"/issues/{id}/similar")
    assert similar.status_code == 200 and "站里没有找到相似的事项" in similar.text
    page = desk.opens(f"/issues/{id}").text
    assert "在谁手上多久" in page and "代表或联络站" in page
