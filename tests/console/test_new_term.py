"""A new term at a desk: previewed, applied once and whole, and the issues of those who leave go on (rulebook §9.5, §11)."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import pytest
import sqlalchemy as sa

from service.accounts.roles import Role
from service.calendar.workdays import local_date
from service.db import db
from service.deputies.models import CongressTerm, Deputy, GridAssignment, Leave, Mandate
from service.imports.models import ImportFile, ImportRun
from service.issues.models import Issue, IssueHistory
from service.stations import queries as stations
from service.stations.models import ReceptionDay, Station
from service.territory.models import TOWN, Division
from tests.console.conftest import Seat
from tests.console.desk import HOST, Desk
from tests.journeys.town import Town
from workers import jobs

HEAD = "姓名,级别,镇街,驻站\n"
DAY = dt.timedelta(days=1)


@pytest.fixture
def desk(town: Town, seat: Seat) -> Desk:
    return seat(town.place.accounts[Role.DISTRICT])


def _list(town: Town, *people: str) -> str:
    """Re-elected 柏二, 岑三 and 鄂五 and those named; 安一 is not among them."""
    code = town.place.township
    return HEAD + "".join(f"{one},镇,{code},\n" for one in ("柏二", "岑三", "鄂五")) + "".join(people)


def _uploads(town: Town, desk: Desk, text: str, day: dt.date, **fields: Any) -> Any:
    form = {"level": "TOWN", "township_code": town.place.township, "ordinal": "20", "starts_on": str(day)}
    return desk.sends("/terms", {**form, "pasted": text, "_name": "term", **fields})


def _checked(answer: Any) -> str:
    assert answer.status_code == 303, answer.text
    jobs.run_imports()
    return str(answer.headers["Location"]).removeprefix("/console")


def _run(path: str) -> ImportRun:
    db.session.expire_all()
    return db.session.get_one(ImportRun, path.rpartition("/")[2])


def _applies(desk: Desk, path: str, place: str) -> Any:
    form = {"version": str(_run(path).version), "name_again": place, "_name": "apply"}
    return desk.sends(f"{path}/apply", form)


def _place_name(page: str) -> str:
    found = re.search(r"输入名称确认：([^<]+?)\s*<", page)
    assert found is not None
    return found.group(1)


def _place(town: Town) -> str:
    return db.session.get_one(Division, town.place.township).name


def _leaves_the_district(town: Town) -> None:
    """安一 holds a county mandate besides: without it the town's is the last."""
    place = town.place
    db.session.execute(
        sa.update(Mandate)
        .where(Mandate.deputy_id == place.primary, Mandate.level == "COUNTY")
        .values(state="terminated")
    )
    db.session.commit()


def test_who_leaves_hands_over_what_was_previewed_and_who_stays_is_the_same_person(
    town: Town, desk: Desk, seat: Seat
) -> None:
    place, today = town.place, local_date(town.clock.now)
    _leaves_the_district(town)
    number = town.submits(town.guest())["number"]
    db.session.add(
        Leave(
            district_id=place.district_id, deputy_id=place.primary, substitute_id=place.spare,
            from_on=today - DAY, to_on=today + 9 * DAY, created_at=town.clock.now,
        )
    )  # fmt: skip
    starts = town.clock.now + 5 * DAY
    day = {
        "district_id": place.district_id,
        "station_id": place.station,
        "starts_at": starts,
        "ends_at": starts + DAY / 12,
    }
    shared = ReceptionDay(**day, place="站里", deputy_ids=[place.primary, place.spare], state="planned")
    alone = ReceptionDay(**day, place="站里", deputy_ids=[place.primary], state="planned")
    db.session.add_all([shared, alone])
    db.session.commit()
    both, one = shared.id, alone.id
    station = db.session.get_one(Station, place.station).name
    fresh_line = f"牛新,镇,{place.township},{station}\n"
    path = _checked(_uploads(town, desk, _list(town, fresh_line), today))
    page = desk.opens(path).text
    assert "连任（同一个人，新的代表资格）：3 位" in page and "岑三、柏二、鄂五" in page
    assert "新任：1 位" in page and "牛新" in page and "离任：1 位" in page
    assert "未办结的事项：1 件" in page and number in page and "柏二 1 件" in page, "the grid's backup is next in order"
    assert re.search(r"安一</td><td[^>]*>.*没有", page), "the grid loses its 主责"
    assert "1 次接待日只安排了离任代表" in page
    assert db.session.scalar(sa.select(Issue.deputy_id)) == place.primary, "nothing is written by looking"
    assert db.session.scalar(sa.select(sa.func.max(CongressTerm.ordinal))) == 19
    assert db.session.scalar(sa.select(Deputy.id).where(Deputy.name == "牛新")) is None
    name = _place_name(page)
    assert _applies(desk, path, "别的镇").status_code == 422
    stale = {"version": str(_run(path).version), "name_again": name}
    assert _applies(desk, path, name).status_code == 303
    assert seat(place.accounts[Role.DISTRICT]).sends(f"{path}/apply", stale).status_code == 409, "two people press it"
    jobs.run_imports()
    assert _run(path).state == "applied", _run(path).failure
    assert db.session.scalar(sa.select(Issue.deputy_id)) == place.backup, "in the same transaction"
    town.work()
    eve = today - DAY
    mandates = db.session.scalars(
        sa.select(Mandate).where(Mandate.deputy_id == place.backup).order_by(Mandate.valid_from)
    )
    old, new = mandates.all()
    assert (old.valid_to, new.valid_from, new.state) == (today, today, "active"), "the old one ends the day before"
    term = db.session.get_one(CongressTerm, new.term_id)
    assert (term.ordinal, term.starts_on) == (20, today)
    assert db.session.get_one(CongressTerm, old.term_id).ends_on == eve
    issue = db.session.scalars(sa.select(Issue)).one()
    assert issue.deputy_id == place.backup and issue.number == number
    notes = db.session.scalars(sa.select(IssueHistory.note).where(IssueHistory.action == "hand_over")).all()
    assert len(notes) == 1 and "换届" in str(notes[0]), "once, with the reason"
    held = sa.select(GridAssignment.valid_to).where(GridAssignment.deputy_id == place.primary)
    assert db.session.scalars(held).all() == [today]
    assert place.primary not in stations.roster(db.session(), place.station, on=today)
    fresh = db.session.scalars(sa.select(Deputy.id).where(Deputy.name == "牛新")).one()
    assert fresh in stations.roster(db.session(), place.station, on=today)
    assert db.session.scalars(sa.select(Leave.to_on)).one() == eve, "else its substitute would receive everything"
    assert db.session.get_one(ReceptionDay, both).deputy_ids == [place.spare]
    assert db.session.get_one(ReceptionDay, one).deputy_ids == [place.primary], "a person decides"
    assert "换届：事项移交" in town.deputy(place.primary).inbox()
    assert "换届：事项移交" not in town.deputy(place.backup).inbox() != []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ImportFile)) == 0
    raw = db.session.execute(sa.text("SELECT found FROM import_runs")).scalar_one()
    assert "牛新" not in raw, "encrypted at rest"
    done = desk.opens(path).text
    assert "还要您去办的" in done and "1 个网格还没有主责代表" in done and "1 位新代表还没有绑定账号" in done
    db.session.add(
        GridAssignment(
            district_id=place.district_id, grid_id=place.grid, deputy_id=fresh, role="PRIMARY", valid_from=today
        )
    )
    db.session.commit()
    assert "个网格还没有主责代表" not in desk.opens(path).text, "what is done is off the list"
    again = _checked(_uploads(town, desk, _list(town, fresh_line), today))
    assert _applies(desk, again, name).status_code == 303
    jobs.run_imports()
    count = sa.select(sa.func.count()).select_from(Mandate).where(Mandate.level == "TOWN", Mandate.valid_from == today)
    assert (_run(again).state, db.session.scalar(count)) == ("applied", 4), "repeating adds nobody"
    db.session.rollback()


def test_a_term_begins_on_its_day_and_not_before(town: Town, desk: Desk) -> None:
    place, today = town.place, local_date(town.clock.now)
    _leaves_the_district(town)
    town.submits(town.guest())
    path = _checked(_uploads(town, desk, _list(town), today + 3 * DAY))
    assert _applies(desk, path, _place_name(desk.opens(path).text)).status_code == 303
    jobs.run_imports()
    town.work()
    assert _run(path).state == "applied"
    holder = sa.select(Issue.deputy_id)
    assert db.session.scalar(holder) == place.primary, "still in office"
    town.wait(days=3)
    assert db.session.scalar(holder) == place.backup
    note = db.session.scalars(sa.select(IssueHistory.note).where(IssueHistory.action == "hand_over")).one()
    assert "换届" in str(note)
    db.session.rollback()


def test_a_list_that_is_not_of_this_term_or_no_longer_what_was_shown_changes_nothing(town: Town, desk: Desk) -> None:
    place, today = town.place, local_date(town.clock.now)
    for wrong, field in (
        ({"township_code": place.other_township}, "township_code"),
        ({"ordinal": "18"}, "已经登记了第19届"),
        ({"starts_on": "2099-01-01"}, "之间的日期"),
        ({"pasted": ""}, "请选择要导入的文件"),
        ({"file": (io.BytesIO(b"x"), "a.csv")}, "只用一种"),
    ):
        refused = _uploads(town, desk, _list(town), today, **wrong)
        assert refused.status_code == 422 and field in refused.text, field
    other = "雁江区西镇"
    db.session.execute(sa.update(Division).where(Division.code == place.other_township).values(name=other, kind=TOWN))
    db.session.commit()
    path = _checked(_uploads(town, desk, _list(town, "杭八,市,,\n", f"费六,镇,{other},\n"), today))
    page = desk.opens(path).text
    assert (
        _run(path).state == "faulty"
        and "“级别”应是镇人大代表" in page
        and "别的镇另行换届" in page
        and "确认换届" not in page
    )
    assert _applies(desk, path, _place(town)).status_code == 409
    path = _checked(_uploads(town, desk, HEAD, today))
    empty = desk.opens(path).text
    assert "名单里没有代表" in empty and "保持不变" not in empty, (
        "an empty list would end every mandate, and keeps none"
    )
    path = _checked(_uploads(town, desk, _list(town), today, ordinal="22"))
    assert "上一届是第19届" in desk.opens(path).text, "a slip of the keyboard is said before it is for good"
    path = _checked(_uploads(town, desk, _list(town), today))
    page = desk.opens(path).text
    assert "还有别的级别的代表资格" in page, "安一 stays a deputy of the county"
    assert "没有网格失去主责代表" in page and "离任代表没有未办结的事项" in page
    _leaves_the_district(town)
    assert _applies(desk, path, _place_name(page)).status_code == 303
    jobs.run_imports()
    assert _run(path).state == "ready" and "预览以后情况有了变化" in desk.opens(path).text
    assert db.session.scalar(sa.select(sa.func.count()).where(Mandate.valid_from == today)) == 0, "nothing was written"
    db.session.rollback()


def test_the_list_of_those_in_office_comes_back_as_the_new_terms(town: Town, desk: Desk) -> None:
    answer = desk.opens(f"/terms/current.csv?level=TOWN&township_code={town.place.township}")
    lines = answer.get_data().decode("utf-8-sig").splitlines()
    assert "手机号" not in lines[0] and "届次" not in lines[0]
    assert all(",镇," in line for line in lines[1:]) and len(lines) > 3
    kept = [line for line in lines if "安一" not in line]
    form = {"pasted": "", "file": (io.BytesIO("\n".join(kept).encode()), "名单.csv"), "part": "deputies"}
    page = desk.opens(_checked(_uploads(town, desk, "", local_date(town.clock.now), **form))).text
    assert (
        f"连任（同一个人，新的代表资格）：{len(kept) - 1} 位" in page and "新任：0 位" in page and "离任：1 位" in page
    )
    asked = desk.opens("/terms/current.csv?level=TOWN", Referer=f"{HOST}/console/terms")
    assert asked.status_code == 422 and "请选择是哪个镇" in asked.text and 'href="/console/terms"' in asked.text
    assert desk.opens("/audit?group=taken").text.count("下载现任名单") == 1, "who took the names is written down"
