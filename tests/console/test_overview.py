"""Figures at a desk: what an office sees of its own place, takes along, and never sees of another."""

from __future__ import annotations

import html
import io
import json
import re
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from service.accounts.desk_models import AccessEvent
from service.accounts.roles import Role
from service.db import db
from service.issues.relocation import merge_stations
from service.supervision import projection
from service.supervision.models import MonthlyReport
from tests.api.conftest import Client
from tests.api.test_statement_counts import counted
from tests.conftest import FakeClock, FakeWeChat
from tests.console.conftest import Seat
from tests.console.desk import Desk
from tests.journeys.town import Town
from tests.world import Place, build_world
from tests.world.copies import Copies
from workers import jobs

MARCH = "since=2026-03-01&until=2026-03-31"
TAKEN = {"_name": "take", "since": "2026-03-01", "until": "2026-03-31", "reason": "季度分析"}
PAGES = ("", "/by/month", "/by/village", "/by/category", "/heat", "/units")


_copies: Copies[Place] = Copies(anew=False)


@pytest.fixture
def worked(session: Session, client: Client, clock: FakeClock, wechat: FakeWeChat) -> Town:
    """Six issues of the town, five accepted and answered in time and rated, one of them not; counted."""

    def build() -> Place:
        place = build_world(session).a
        session.commit()
        _work(Town(place, client, clock, wechat))
        return place

    place = _copies.write(session, build)
    session.commit()
    return Town(place, client, clock, wechat)


def _work(town: Town) -> None:
    deputy = town.deputy(town.place.primary)
    for number in range(6):
        issue = town.submits(town.guest(), content=f"第{number}盏路灯不亮了，晚上看不清路")
        deputy.does(issue["id"], "accept")
        if number < 5:
            deputy.does(issue["id"], "answer", text="我去看过了，今晚修好。")
            result: dict[str, Any] = (
                {"result": "DISSATISFIED", "reason": "还没修好"} if number == 4 else {"result": "SATISFIED"}
            )
            town.holder(issue["receipt_code"]).does("", "rate", **result)
    jobs.link_ledger()
    jobs.keep_facts()


def test_the_district_sees_rates_with_their_sample_and_how_they_are_counted(worked: Town, seat: Seat) -> None:
    page = seat(worked.place.accounts[Role.DISTRICT]).opens(f"/overview?{MARCH}").text
    for words in ("收到事项", "受理及时率", "100.0%", "结果满意率", "80.0%", "样本 5", "怎么算的", "data-chart="):
        assert words in page, words


def test_the_months_stand_side_by_side_and_a_small_sample_is_a_gap(worked: Town, seat: Seat) -> None:
    page = seat(worked.place.accounts[Role.DISTRICT]).opens("/overview/by/month?since=2026-02-10&until=2026-03-31").text
    rows = re.findall(r'<td data-label="月份">([^<]+)</td><td data-label="收到事项" class="number">(\d+)</td>', page)
    assert rows == [("2026年2月", "0"), ("2026年3月", "6")]
    [drawn] = re.findall(r'data-chart="([^"]+)"', page)
    lines = {one["title"]: one["values"] for one in json.loads(html.unescape(drawn))["series"]}
    assert lines["结果满意率"] == [None, 80.0] and lines["解决率"] == [None, None], (
        "nobody was asked whether it is solved"
    )


def test_a_station_sees_its_own_and_another_township_nothing_of_it(worked: Town, seat: Seat) -> None:
    head = seat(worked.place.accounts[Role.STATION_HEAD]).opens(f"/overview/by/station?{MARCH}").text
    elsewhere = seat(worked.place.other_accounts[Role.TOWNSHIP]).opens(f"/overview/by/station?{MARCH}").text
    assert "83.3%" not in head and '<td data-label="收到事项" class="number">6</td>' in head
    assert "这段时间这里没有" in elsewhere


def test_a_merged_station_is_counted_by_the_old_tree_and_by_the_current_one(worked: Town, seat: Seat) -> None:
    place = worked.place
    merge_stations(db.session(), place.station, place.home, now=worked.clock.now)
    db.session.commit()
    jobs.link_ledger()
    jobs.keep_facts()
    desk = seat(place.accounts[Role.DISTRICT])
    came = re.compile(r'<td data-label="收到事项" class="number">(\d+)</td>')
    assert came.findall(desk.opens(f"/overview/by/station?{MARCH}").text) == ["4", "2"], (
        "what was over stays; of five answered one was opened again"
    )
    assert came.findall(desk.opens(f"/overview/by/station?{MARCH}&tree=today").text) == ["6"]


def test_nobody_looks_at_another_s_place_by_its_name_in_the_address(worked: Town, seat: Seat) -> None:
    place = worked.place
    asked = {Role.STATION_HEAD: 200, Role.TOWNSHIP: 403, Role.DISTRICT: 403}
    for role, status in asked.items():
        assert seat(place.accounts[role]).opens(f"/overview?of={place.station}").status_code == status, role


def test_days_that_make_no_sense_are_named_and_the_usual_ones_shown(worked: Town, seat: Seat) -> None:
    page = seat(worked.place.accounts[Role.DISTRICT]).opens("/overview?since=2026-03-31&until=2026-03-01")
    assert page.status_code == 200 and "截止日期不能早于开始日期" in page.text and "近 30 天" in page.text


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_table_taken_along_is_whole_and_the_trail_says_who_took_it_and_why(
    worked: Town, seat: Seat, session: Session, ending: str
) -> None:
    account = worked.place.accounts[Role.DISTRICT]
    answer = seat(account).sends("/overview/issues", TAKEN | {"format": ending})
    assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
    if ending == "csv":
        lines = answer.get_data().decode("utf-8-sig").splitlines()
    else:
        book = openpyxl.load_workbook(io.BytesIO(answer.get_data()), read_only=True)
        lines = [",".join(str(cell or "") for cell in row) for row in book.active.iter_rows(values_only=True)]
    answer.close()
    assert len(lines) == 7 and "按时" in lines[1] and "不满意" in "".join(lines)
    events = session.scalars(sa.select(AccessEvent).where(AccessEvent.kind == "issues_taken")).all()
    assert [(event.account_id, (event.data or {})["reason"]) for event in events] == [(account, "季度分析")]
    session.rollback()


def test_without_a_reason_nothing_leaves(worked: Town, seat: Seat) -> None:
    answer = seat(worked.place.accounts[Role.DISTRICT]).sends(
        "/overview/issues", TAKEN | {"format": "csv", "reason": ""}
    )
    assert answer.status_code == 422 and "请填写这一项" in answer.text


def test_last_month_s_report_is_there_to_read_and_as_a_pdf(worked: Town, app: Flask) -> None:
    worked.clock.advance(days=31)
    jobs.keep_facts()
    desk = Desk(app, worked.place.accounts[Role.COMMITTEE], now=worked.clock.now)
    assert "2026年3月" in desk.opens("/reports").text
    page, pdf = desk.opens("/reports/2026-03"), desk.opens("/reports/2026-03/pdf")
    assert "分镇街" in page.text and page.status_code == 200
    paper = pdf.get_data()
    pdf.close()
    assert paper.startswith(b"%PDF-") and pdf.headers["Content-Type"] == "application/pdf"


def test_no_report_is_made_while_facts_are_behind(worked: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    worked.submits(worked.guest(), content="第七盏路灯也不亮了，晚上看不清路")
    jobs.link_ledger()
    worked.clock.advance(days=31)
    with monkeypatch.context() as held:  # another worker, or an import, has the district
        held.setattr(projection, "catch_up", lambda *_, **__: 0)
        jobs.keep_facts()
    assert db.session.scalars(sa.select(MonthlyReport)).all() == []
    db.session.rollback()
    jobs.keep_facts()
    assert db.session.scalars(sa.select(MonthlyReport)).one().figures["totals"]["submitted"] == 7
    db.session.rollback()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_figures_takes_few_statements_whatever_there_is(worked: Town, seat: Seat, page: str) -> None:
    desk = seat(worked.place.accounts[Role.DISTRICT])
    desk.opens(f"/overview{page}")
    with counted() as statements:
        assert desk.opens(f"/overview{page}").status_code == 200
    assert len(statements) <= (8 if page == "" else 5), statements


def test_what_is_late_leads_to_the_list_that_holds_as_many(town: Town, app: Flask) -> None:
    waits = [town.submits(town.guest(), content=f"第{number}处井盖松动，车过有响声")["number"] for number in range(3)]
    town.clock.advance(days=20)
    page = Desk(app, town.place.accounts[Role.DISTRICT], now=town.clock.now).opens("/overview?days=7").text
    found = re.search(r'href="/console(/issues[^"]*overdue=1)" aria-label="(.+?)，超期 (\d+) 件"', page)
    assert found is not None
    url, stage, issues = found.groups()
    assert (stage, issues) == ("待受理", "3") and "3 件</td>" in page
    shown = Desk(app, town.place.accounts[Role.DISTRICT], now=town.clock.now).opens(html.unescape(url)).text
    assert [number for number in waits if number not in shown] == []


def test_a_station_prints_its_own_figures(worked: Town, seat: Seat) -> None:
    paper = seat(worked.place.accounts[Role.STATION_CLERK]).opens(f"/overview/report.pdf?{MARCH}")
    data = paper.get_data()
    paper.close()
    assert data.startswith(b"%PDF-") and paper.headers["Content-Type"] == "application/pdf"


def test_the_report_s_month_is_a_month(worked: Town, seat: Seat) -> None:
    desk = seat(worked.place.accounts[Role.DISTRICT])
    assert [desk.opens(f"/reports/{name}").status_code for name in ("2026-13", "latest", "2026-3")] == [404] * 3
