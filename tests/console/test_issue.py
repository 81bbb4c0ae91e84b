"""The page of an issue: the same actions as on the phone, taken once, refused in words, names behind a reason."""

from __future__ import annotations

import io
import re

from service.accounts.roles import Role
from service.db import db
from service.issues.models import IdentityReveal
from tests.console.conftest import Seat
from tests.journeys.town import Town
from tests.uploads.album import jpeg

CONTACT = {"name": "王小花", "phone": "13800138000"}


def test_a_step_is_taken_once_and_leads_back_to_the_issue(town: Town, seat: Seat) -> None:
    id = town.submits(town.role(Role.RESIDENT), anonymity="station_only")["id"]
    desk = seat(town.place.accounts[Role.STATION_CLERK])
    assert "受理期限" in desk.opens(f"/issues/{id}").text
    form = {"version": str(town.role(Role.STATION_CLERK).sees(id)["version"])}
    first = desk.sends(f"/issues/{id}/act/accept", form, key="one-form-with-one-key")
    second = desk.sends(f"/issues/{id}/act/accept", form, key="one-form-with-one-key")
    assert first.headers["Location"] == second.headers["Location"] == f"/console/issues/{id}"
    history = town.role(Role.STATION_CLERK).sees(id)["history"]
    assert [step["action"] for step in history].count("accept") == 1


def test_whoever_was_overtaken_keeps_what_was_typed(town: Town, seat: Seat) -> None:
    id = town.submits(town.role(Role.RESIDENT), anonymity="station_only")["id"]
    desk = seat(town.place.accounts[Role.STATION_CLERK])
    version = str(town.role(Role.STATION_CLERK).sees(id)["version"])
    town.deputy(town.place.primary).post(f"/issues/{id}/messages", {"text": "我去看看"}, 201)
    town.role(Role.STATION_HEAD).does(id, "mark_emergency", reason="井口敞开，孩子会掉下去")
    late = desk.sends(f"/issues/{id}/act/ask_info", {"version": version, "text": "是哪一家门口", "_name": "ask_info"})
    assert late.status_code == 409
    assert "这件事刚刚有了新的进展" in late.text and ">是哪一家门口</textarea>" in late.text
    fresh = re.search(r'name="version" value="(\d+)"', late.text)
    assert fresh is not None and fresh.group(1) != version
    again = desk.sends(f"/issues/{id}/act/ask_info", {"version": fresh.group(1), "text": "是哪一家门口"})
    assert again.status_code == 303


def test_whoever_rates_too_late_keeps_words_and_no_code(town: Town, seat: Seat) -> None:
    """The step is gone for good: what was written is there to be copied; a choice is no words, and a code is not ours."""
    id = town.submits(town.role(Role.RESIDENT), anonymity="station_only")["id"]
    form = {
        "version": "1",
        "result": "DISSATISFIED",
        "reason": "路灯还是不亮",
        "rating_code": "729546",
        "_name": "rate",
    }
    late = seat(town.place.accounts[Role.TOWNSHIP]).sends(f"/issues/{id}/act/rate", form)
    assert late.status_code in (403, 409) and "路灯还是不亮</textarea>" in late.text
    assert "729546" not in late.text and "DISSATISFIED" not in late.text


def test_a_missing_word_is_named_beside_its_field(town: Town, seat: Seat) -> None:
    id = town.submits(town.role(Role.RESIDENT), anonymity="station_only")["id"]
    desk = seat(town.place.accounts[Role.STATION_CLERK])
    version = str(town.role(Role.STATION_CLERK).sees(id)["version"])
    form = {"version": version, "text": " ", "_name": "ask_info"}
    refused = desk.sends(f"/issues/{id}/act/ask_info", form)
    assert refused.status_code == 422
    assert 'id="ask_info-text-fault">请填写这一项。' in refused.text and 'aria-invalid="true"' in refused.text


def test_a_name_is_shown_once_for_a_reason_and_the_look_is_written_down(town: Town, seat: Seat) -> None:
    id = town.submits(town.role(Role.RESIDENT), anonymity="named", contact=CONTACT)["id"]
    desk = seat(town.place.accounts[Role.STATION_CLERK])
    page = desk.opens(f"/issues/{id}").text
    assert "王小花" not in page and "13800138000" not in page and "138****8000" in page
    shown = desk.sends(f"/issues/{id}/reveal", {"reason": "需要上门核实情况"})
    assert "王小花" in shown.text and shown.headers["Cache-Control"] == "no-store"
    assert "王小花" not in desk.opens(f"/issues/{id}").text
    assert db.session.query(IdentityReveal).count() == 1
    assert town.role(Role.RESIDENT).sees(id)["reveals"][0]["reason"] == "需要上门核实情况"


def test_a_picture_goes_with_a_message_and_its_page_stays_readable_for_the_resident(town: Town, seat: Seat) -> None:
    id = town.submits(town.role(Role.RESIDENT), anonymity="station_only")["id"]
    desk = seat(town.place.accounts[Role.STATION_CLERK])
    said = desk.sends(
        f"/issues/{id}/say", {"text": "已经围起来了", "upload_ids": (io.BytesIO(jpeg()), "1.jpg", "image/jpeg")}
    )
    assert said.status_code == 303, said.text
    town.work()
    message = town.role(Role.RESIDENT).sees(id)["messages"][-1]
    assert (message["text"], len(message["photos"])) == ("已经围起来了", 1)


def test_paper_holds_what_the_viewer_may_see_and_no_more(town: Town, seat: Seat) -> None:
    id = town.submits(town.role(Role.RESIDENT), anonymity="named", contact=CONTACT)["id"]
    sheet = seat(town.place.accounts[Role.STATION_CLERK]).opens(f"/issues/{id}/print").text
    assert "群众意见处理单" in sheet and "138****8000" in sheet and "王小花" not in sheet
    assert "打印时间：<time" in sheet and ">2026年3月" in sheet, "paper is read in another year"
