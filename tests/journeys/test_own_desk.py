"""A deputy's own desk: what one said before, numbers for oneself, reception days, all one ever had (rulebook §2.2, §12)."""

from __future__ import annotations

from service.accounts.roles import Role
from tests.conftest import FakeClock
from tests.journeys.invariants import town
from tests.journeys.town import Person, Town
from tests.uploads.album import jpeg

__all__ = ["town"]

MINE = "我去看过，供电所今晚换好三盏灯。"
ELSEWHERE = "河堤小学后门的路灯不亮，家长王小花很着急"


def _answered(town: Town, deputy: Person, text: str, **changes: object) -> Person:
    """The resident whose matter ``deputy`` has just answered."""
    issue = town.submits(town.guest(), **changes)
    deputy.does(issue["id"], "accept")
    deputy.does(issue["id"], "answer", text=text)
    town.work()
    return town.holder(issue["receipt_code"])


def test_one_s_own_answers_to_matters_alike_are_at_hand_and_nobody_else_s(town: Town) -> None:
    deputy, colleague = town.deputy(town.place.primary), town.deputy(town.place.backup)
    _answered(town, deputy, MINE, content=ELSEWHERE)
    _answered(town, deputy, "垃圾桶已经换新。", content="菜市场门口的垃圾桶满了没有人清运", category=None)
    _answered(town, colleague, "同事的话。", content="桥头的路灯不亮了", deputy_id=town.place.backup)
    issue = town.submits(town.guest())
    found = deputy.get(f"/issues/{issue['id']}/past-answers")["items"]
    assert [one["text"] for one in found] == [MINE]
    assert found[0]["why"] and "王小花" not in str(found)
    assert colleague.get(f"/issues/{issue['id']}/past-answers", 404)


def test_own_numbers_count_own_matters_and_say_of_how_many(town: Town, clock: FakeClock) -> None:
    deputy, place = town.deputy(town.place.primary), town.place
    first = town.submits(town.guest())
    clock.advance(days=2)
    deputy.does(first["id"], "accept")
    deputy.does(first["id"], "answer", text=MINE)
    town.holder(first["receipt_code"]).does("", "rate", result="MOSTLY")
    _answered(town, town.deputy(place.backup), "同事的话。", deputy_id=place.backup)
    town.submits(town.guest(), content="菜市场门口的垃圾桶满了没有人清运")
    figures = {one["name"]: (one["value"], one["sample"]) for one in deputy.get("/deputy/figures")["items"]}
    assert figures == {
        "received": (2.0, 2), "open": (1.0, 2), "answered": (1.0, 2), "first_response": (2.0, 1),
        "first_answer": (2.0, 1), "rating_rate": (100.0, 1), "satisfaction": (100.0, 1),
    }  # fmt: skip
    nothing_yet = {one["name"]: one["value"] for one in town.deputy(place.spare).get("/deputy/figures")["items"]}
    assert nothing_yet["first_answer"] is None and nothing_yet["satisfaction"] is None and nothing_yet["received"] == 0


def test_a_deputy_sees_own_days_with_masked_names_and_others_once_announced(town: Town) -> None:
    head, deputy, place = town.role(Role.STATION_HEAD), town.deputy(town.place.primary), town.place
    days = []
    for receives, at in ((place.primary, "09"), (place.backup, "14")):
        starts, ends = f"2026-03-16T{at}:00:00+08:00", f"2026-03-16T{int(at) + 2:02}:00:00+08:00"
        day = {
            "station_id": place.station,
            "starts_at": starts,
            "ends_at": ends,
            "deputy_ids": [receives],
            "place": "站里",
        }
        days.append(head.post("/receptions", day, 201)["id"])
    assert [day["id"] for day in deputy.get("/deputy/receptions")["items"]] == days[:1], "planned: only one's own"
    for day in days:
        head.post(f"/receptions/{day}/announce", {"version": 1})
        booking = {"name": "王小花", "phone": "13800138000", "topic": "王小花想谈路灯，电话13800138000"}
        town.guest().post(f"/receptions/{day}/bookings", booking, 201)
    own, other = deputy.get("/deputy/receptions")["items"]
    assert (own["mine"], own["booked"], other["mine"], other["booked"]) == (True, 1, False, 1)
    assert own["bookings"][0]["name"] == "王**" and other["bookings"] == []
    assert "王小花" not in str(own) and "13800138000" not in str(own) and "路灯" in own["bookings"][0]["topic"]


def test_what_waits_for_oneself_what_was_answered_and_what_it_looks_like(town: Town) -> None:
    resident, deputy = town.role(Role.RESIDENT), town.deputy(town.place.primary)
    picture = resident.uploads(jpeg())["id"]
    waiting = town.submits(resident, anonymity="named", upload_ids=[picture])
    told = town.submits(resident, anonymity="named", content="菜市场门口的垃圾桶满了没有人清运")
    deputy.does(told["id"], "accept")
    deputy.does(told["id"], "answer", text=MINE)
    resident.does(told["id"], "rate", result="SATISFIED")
    page = deputy.get("/issues?box=inbox&sort=due&waiting=true")
    assert [line["id"] for line in page["items"]] == [waiting["id"]]
    assert deputy.get("/issues/counts?box=inbox")["waiting"] == 1
    assert deputy.client.get(page["thumbnails"][waiting["id"]]).status_code == 200
    assert [line["id"] for line in deputy.get("/issues?box=deputy&state=closed")["items"]] == [told["id"]]
    assert deputy.get("/issues?box=inbox&state=closed")["items"] == []
