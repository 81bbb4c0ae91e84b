"""Desks of units and reviewers: what waits there, decided one by one or together, in few statements."""

from __future__ import annotations

import re

import sqlalchemy as sa

from service.accounts.roles import Role
from service.db import db
from service.ids import new_id
from service.issues.models import Issue
from service.parameters.models import Parameter
from tests.api.test_statement_counts import counted
from tests.console.conftest import Seat
from tests.console.desk import Desk
from tests.journeys.test_content_review import DOUBTFUL
from tests.journeys.test_desk_steps import decided
from tests.journeys.test_units_at_work import DONE, assigned, done
from tests.journeys.town import Town
from tests.uploads.album import jpeg

MOST = 5
SIGNED_IN = 1
"""Who is asking: one statement before every page."""


def statements(desk: Desk, path: str) -> int:
    desk.opens(path)
    with counted() as sent:
        assert desk.opens(path).status_code == 200
    return len(sent) - SIGNED_IN


def state_of(issue_id: str) -> str:
    found = db.session().get_one(Issue, issue_id).state
    db.session().rollback()
    return found


def test_a_clerk_signs_for_many_and_the_leader_for_what_was_done(town: Town, seat: Seat) -> None:
    new = [assigned(town)["id"] for _ in range(3)]
    clerk = seat(town.place.accounts[Role.UNIT_CLERK])
    leader = seat(town.place.accounts[Role.UNIT_LEADER])
    ticks = re.findall(r'name="issue" value="([a-z2-7]{26}:\d+)"', clerk.opens("/unit").text)
    assert {tick.split(":")[0] for tick in ticks} == set(new)
    assert statements(clerk, "/unit") <= MOST
    assert 'name="issue"' not in leader.opens("/unit").text, "the clerk signs for work"
    assert clerk.sends("/unit/sign", {"_name": "sign"}).status_code == 422
    stale = f"{new[0]}:1"
    signed = clerk.sends("/unit/sign", {"issue": [stale, *(tick for tick in ticks if not tick.startswith(new[0]))]})
    assert signed.status_code == 303
    assert [state_of(one) for one in new] == ["assigned", "handling", "handling"]
    assert "已签收 2 件。1 件没有处理" in clerk.opens("/unit").text
    result, person = town.role(Role.UNIT_CLERK), "李师傅"
    result.does(new[1], "submit_result", **DONE, upload_ids=[result.uploads(jpeg())["id"]])
    bare = done(town)["id"]
    page = leader.opens("/unit").text
    assert DONE["text"] in page and person in page and "没有照片" in page and page.count("办理结果照片") == 1
    assert statements(leader, "/unit") <= MOST
    versions = dict(re.findall(r'/unit/([a-z2-7]{26})/sign-off.*?name="version" value="(\d+)"', page, re.DOTALL))
    assert leader.sends(f"/unit/{new[1]}/sign-off", {"version": versions[new[1]]}).status_code == 303
    short = leader.sends(f"/unit/{bare}/send-back", {"version": versions[bare], "_name": f"send-back-{bare}"})
    assert short.status_code == 422
    assert leader.sends(f"/unit/{bare}/send-back", {"version": versions[bare], "reason": "没有照片"}).status_code == 303
    assert [state_of(new[1]), state_of(bare)] == ["unit_done", "handling"]
    late = leader.sends(f"/unit/{new[1]}/sign-off", {"version": versions[new[1]]})
    assert late.status_code == 409


def test_a_reviewer_decides_about_many_and_another_about_a_rejection(town: Town, seat: Seat) -> None:
    decided(town, "content.second_reader", "required")
    held = [town.submits(town.guest(), content=f"{DOUBTFUL}<b>{number}", consents={"privacy": True, "publish": True})
            for number in range(4)]  # fmt: skip
    desk = seat(town.place.accounts[Role.REVIEWER])
    page = desk.opens("/reviews").text
    ticks = dict(re.findall(r'name="issue" value="([a-z2-7]{26}):(\d+)"', page))
    assert set(ticks) == {one["id"] for one in held}
    assert "<mark>加微信</mark>" in page and "<mark>返利</mark>" in page and "&lt;b&gt;" in page
    assert "含有需要人工确认的词语" in page and "没有送微信检查" in page
    assert statements(desk, "/reviews") <= MOST
    pass_, publish, reject, keep = (one["id"] for one in held)
    assert desk.sends("/reviews/reject", {"issue": f"{reject}:{ticks[reject]}", "_name": "reviews"}).status_code == 422
    form = {"issue": f"{reject}:{ticks[reject]}", "reason_code": "ADVERTISEMENT", "reason": "推销"}
    assert desk.sends("/reviews/reject", form).status_code == 303
    assert desk.sends("/reviews/approve", {"issue": f"{pass_}:{ticks[pass_]}"}).status_code == 303
    words = {"version": ticks[publish], "public_text": "村口路灯不亮"}
    assert desk.sends(f"/reviews/{publish}/publish", words).status_code == 303
    states = [state_of(one) for one in (pass_, publish, reject, keep)]
    assert states == ["pending_accept", "pending_accept", "content_review", "content_review"]
    page = desk.opens("/reviews").text
    assert "等另一位审核员复核" in page and f"/reviews/{reject}/second" not in page
    assert db.session().get_one(Issue, publish).public_text == "村口路灯不亮"


def test_held_messages_are_released_together_and_the_words_of_the_district_are_its_own(town: Town, seat: Seat) -> None:
    issue = town.submits(town.guest())
    resident = town.holder(issue["receipt_code"])
    texts = ("有人在村口刷单", "他说中奖了要交钱")
    for text in texts:
        assert resident.post(f"/receipts/{issue['receipt_code']}/messages", {"text": text}, 201)["held"]
        town.clock.advance(seconds=1)  # which was said first is told by the clock
    desk = seat(town.place.accounts[Role.REVIEWER])
    page = desk.opens("/reviews/messages").text
    ids = re.findall(r'name="message" value="(\w+)"', page)
    assert len(ids) == 2 and all(text in page for text in texts)
    assert statements(desk, "/reviews/messages") <= MOST
    assert desk.sends("/reviews/messages/decide", {"outcome": "RELEASE", "message": ids}).status_code == 303
    town.work()
    heard = town.deputy(town.place.primary).sees(issue["id"])["messages"]
    assert [message["text"] for message in heard] == list(texts)
    town.clock.advance(minutes=1)
    page = desk.opens("/reviews/words").text
    before = re.findall(r'name="before" value="([^"]*)"', page)[0]
    form = {"before": before, "words": f"{before}、路灯王", "reason": "推销灯具", "_name": "words-1"}
    assert desk.sends("/reviews/words/content.review_words", form).status_code == 303
    page = desk.opens("/reviews/words").text
    assert "路灯王" in page and "内容审核员：推销灯具" in page
    assert desk.sends("/reviews/words/content.review_words", form).status_code == 409, "somebody was faster"
    page = desk.opens("/reviews/words").text
    [before] = re.findall(r'name="before" value="([^"]*)"', page)[:1]
    town.clock.advance(minutes=1)
    elsewhere = {"value": [*before.split(), "路灯侠"], "valid_from": town.clock.now, "set_at": town.clock.now}
    named = {"id": new_id(), "district_id": town.place.district_id, "key": "content.review_words"}
    db.session.execute(
        sa.insert(Parameter).values(**named, **elsewhere)
    )  # by a process of which this one knows nothing
    db.session.commit()
    town.clock.advance(seconds=1)
    form |= {"before": before, "words": f"{before}、路灯大王"}
    assert desk.sends("/reviews/words/content.review_words", form).status_code == 409, "seconds ago, too"
