"""A deputy who does not answer, and what goes along when a station goes. Contract: reminders; rulebook §11."""

from __future__ import annotations

from typing import Any

from service.accounts.roles import Role
from service.db import db
from service.issues.relocation import merge_stations
from tests.journeys.invariants import town
from tests.journeys.town import Town

__all__ = ["town"]


def with_deputy(town: Town, **changes: Any) -> dict[str, Any]:
    issue = town.submits(town.guest(), **changes)
    town.deputy(changes.get("deputy_id") or town.place.primary).does(issue["id"], "accept")
    return issue


def test_a_silent_deputy_is_reminded_then_the_head_the_township_and_the_district_hear(town: Town) -> None:
    issue = with_deputy(town)
    town.work()
    deputy, head = town.deputy(town.place.primary), town.role(Role.STATION_HEAD)
    township, district = town.role(Role.TOWNSHIP), town.role(Role.DISTRICT)
    alert, reminder = "有事项尚未得到回应", "请尽快处理"

    def heard() -> tuple[int, int, int, int]:
        return (deputy.inbox().count(reminder), *(who.inbox().count(alert) for who in (head, township, district)))  # type: ignore[return-value]

    assert heard() == (0, 0, 0, 0)
    town.wait(days=1)  # Tuesday, workday 1
    assert heard() == (1, 0, 0, 0)
    town.wait(days=1)  # Wednesday, workday 2
    assert heard() == (2, 0, 0, 0)
    assert "answer" not in head.may(issue["id"])
    head.does(issue["id"], "answer", 409, text="站里先答")
    town.wait(days=1)  # Thursday, workday 3
    assert heard()[1:] == (1, 0, 0)
    assert "answer" in head.may(issue["id"]), "from now on the station may answer, labelled"
    town.wait(days=2)  # Saturday
    assert heard()[1:] == (1, 0, 0)
    town.wait(days=2)  # Monday, workday 5
    assert heard()[1:] == (1, 1, 0)
    town.wait(days=2)  # workday 7
    assert heard()[1:] == (1, 1, 0)
    town.wait(days=1)  # Thursday, workday 8
    assert heard()[1:] == (1, 1, 1)
    answered = head.does(issue["id"], "answer", text="站里已联系供电所，今晚修好。")
    line = answered["history"][-1]
    assert "由站代答" in line["actor"]["name"] and line["actor"]["role"] == "station_head"
    assert "安一" not in line["actor"]["name"], "never in the deputy's name"


def test_a_deputy_who_speaks_in_time_is_left_alone(town: Town) -> None:
    issue = with_deputy(town)
    town.deputy(town.place.primary).does(issue["id"], "answer", text="我去看过，今晚修。")
    town.wait(days=8)
    assert "请尽快处理" not in town.deputy(town.place.primary).inbox()
    assert "有事项尚未得到回应" not in town.role(Role.STATION_HEAD).inbox()


def test_the_clock_of_silence_does_not_run_while_the_resident_is_asked(town: Town) -> None:
    issue = with_deputy(town)
    deputy, resident = town.deputy(town.place.primary), town.holder(issue["receipt_code"])
    deputy.does(issue["id"], "ask_info", text="哪一盏？")
    town.wait(days=7)
    assert deputy.inbox().count("请尽快处理") == 0
    resident.does("", "supplement", text="左边第二盏")
    back = resident.sees()
    assert back["state"] == "with_deputy" and back["due_at"] == "2026-03-12T23:59:59+08:00", "three workdays were left"
    assert "answer" not in town.role(Role.STATION_HEAD).may(issue["id"])


# ---------------------------------------------------------------- a station merged into another


def test_whatever_is_open_goes_along_with_a_merged_station(town: Town) -> None:
    place = town.place
    waiting, escalated = town.submits(town.guest()), with_deputy(town)
    asked, merged = with_deputy(town), town.submits(town.guest())
    town.deputy(place.primary).does(escalated["id"], "escalate", deputy_id=place.city_deputy, reason="涉及市管道路")
    town.deputy(place.city_deputy).does(escalated["id"], "decide", outcome="AGREE", reason="我来跟进")
    town.deputy(place.primary).does(asked["id"], "escalate", deputy_id=place.city_deputy, reason="涉及市管道路")
    town.role(Role.STATION_CLERK).does(merged["id"], "merge", target_id=waiting["id"])
    issues = (waiting, escalated, asked, merged)
    before = [town.holder(issue["receipt_code"]).sees() for issue in issues]
    merge_stations(db.session(), place.station, place.other_station, now=town.clock.now)
    db.session.commit()
    town.work()
    for issue, was in zip(issues, before, strict=True):
        now = town.holder(issue["receipt_code"]).sees()
        assert now["station"]["id"] == place.other_station
        kept = ("state", "number", "due_at", "deputy", "responsible")
        assert [now[name] for name in kept] == [was[name] for name in kept]
    town.deputy(place.city_deputy).does(escalated["id"], "answer", text="市里会来修。")
