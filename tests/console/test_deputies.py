"""Deputies at the district's desk: a by-election, a suspension, where somebody belongs; routing follows (rulebook §6, §9.5)."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from service.accounts.roles import Role
from service.calendar.workdays import local_date
from service.db import db
from service.deputies.actions import create_group
from service.deputies.mandates import GroupKind
from service.deputies.models import CongressTerm, Deputy, Mandate
from service.issues.models import Issue
from tests.api.test_statement_counts import count
from tests.console.conftest import Seat
from tests.console.desk import Desk
from tests.journeys.town import Town


@pytest.fixture
def desk(town: Town, seat: Seat) -> Desk:
    return seat(town.place.accounts[Role.DISTRICT])


def _holder(number: str) -> str | None:
    return db.session.scalar(sa.select(Issue.deputy_id).where(Issue.number == number))


def test_who_is_suspended_hands_over_and_whoever_decides_on_old_sight_is_told(
    town: Town, desk: Desk, seat: Seat
) -> None:
    place, colleague = town.place, seat(town.place.accounts[Role.DISTRICT])
    number = town.submits(town.guest())["number"]
    path = f"/deputies/{place.primary}"
    assert "安一" in desk.opens("/deputies?q=安一").text and "柏二" not in desk.opens("/deputies?q=安一").text
    assert count(lambda: desk.opens("/deputies")) <= 5
    held = re.findall(rf'action="/console{path}/mandates/(\w+)"', desk.opens(path).text)
    for mandate in dict.fromkeys(held):
        form = {"to": "suspended", "seen": "active", "reason": " ", "_name": f"suspended-{mandate}"}
        assert desk.sends(f"{path}/mandates/{mandate}", form).status_code == 422, "on what basis?"
        form["reason"] = "常委会公告第3号"
        assert desk.sends(f"{path}/mandates/{mandate}", form).status_code == 303
        late = colleague.sends(f"{path}/mandates/{mandate}", form | {"to": "terminated"})
        assert late.status_code == 409 and "刷新后再试" in late.text, "seen in office, suspended meanwhile"
    town.work()
    assert _holder(number) == place.backup, "the grid's backup goes on"
    page = desk.opens(path).text
    assert "暂停执行职务" in page and "不在岗" in page and "常委会公告第3号" in page
    again = {"to": "active", "seen": "suspended", "reason": "恢复"}
    assert desk.sends(f"{path}/mandates/{held[0]}", again).status_code == 303
    resumed = desk.opens(path).text
    assert "不在岗" not in resumed and "已经转走的不转回来" in resumed, "what was handed over stays where it is"


def test_whoever_is_elected_in_between_gets_a_grid_and_its_issues(town: Town, desk: Desk) -> None:
    place, today = town.place, local_date(town.clock.now)
    form = {
        "name": "安一",
        "level": "TOWN",
        "township_code": place.township,
        "valid_from": str(today),
        "_name": "deputy",
    }
    assert "已经登记了同名的代表" in desk.sends("/deputies", form).text, "not a second person by accident"
    assert desk.sends("/deputies", form | {"name": "新甲", "township_code": ""}).status_code == 422, "which town?"
    made = desk.sends("/deputies", form | {"name": "新甲", "phone": "13700137999"})
    assert made.status_code == 303
    path = made.headers["Location"].removeprefix("/console")
    new = db.session.scalars(sa.select(Deputy.id).where(Deputy.name == "新甲")).one()
    mandate = db.session.scalars(sa.select(Mandate).where(Mandate.deputy_id == new)).one()
    term = db.session.get(CongressTerm, mandate.term_id) if mandate.term_id else None
    assert term is None or (mandate.valid_to is not None and mandate.valid_to > term.ends_on), "to the end of the term"
    take = {"grid_id": place.grid, "role": "PRIMARY"}
    assert desk.sends(f"{path}/grids", take).status_code == 303
    number = town.submits(town.guest())["number"]
    assert _holder(number) == new, "routed by the grid from now on"
    ends = re.findall(rf'action="/console({path}/grids/\w+/end)"', desk.opens(path).text)
    assert desk.sends(ends[0]).status_code == 303
    assert desk.sends(ends[0]).status_code == 404, "once"

    kinds = {GroupKind.TERRITORIAL: "一组", GroupKind.PROFESSIONAL: "法制组"}
    made_groups = [
        create_group(db.session(), district_id=place.district_id, kind=kind, name=name).id
        for kind, name in kinds.items()
    ]
    db.session.commit()
    for group in made_groups:
        assert desk.sends(f"{path}/groups", {"group_id": group, "is_convenor": "1"}).status_code == 303
    assert "法制组" in desk.opens(path).text and "召集人" in desk.opens(path).text
    assert desk.sends(f"{path}/groups/{made_groups[0]}/leave").status_code == 409, "always one of the territory"
    assert desk.sends(f"{path}/groups/{made_groups[1]}/leave").status_code == 303
    db.session.rollback()


def _seen(desk: Desk, path: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', desk.opens(path).text)
    assert found is not None
    return found[1]


def test_what_is_known_of_a_deputy_is_corrected_for_whoever_scans_and_the_deputy_is_told(
    town: Town, desk: Desk, seat: Seat
) -> None:
    place, township = town.place, seat(town.place.accounts[Role.TOWNSHIP])
    path, deputy = f"/deputies/{place.primary}/facts", town.deputy(place.primary)

    def scanned() -> tuple[str, str | None]:
        card = town.guest().get(f"/scan/{place.grid_code}")["deputy"]
        return card["name"], card["introduction"]

    def stored() -> tuple[str | None, str | None]:
        row = db.session.get_one(Deputy, place.primary, populate_existing=True)
        db.session.commit()
        return row.phone, row.employer

    assert scanned()[0] == "安一"
    form = {"name": "安壹", "employer": "村委会", "introduction": "联系第一网格", "_name": "facts"}
    form |= {"phone": "13900139000", "seen": _seen(desk, path)}
    assert "11 位手机号" in desk.sends(path, form | {"phone": "139"}).text
    assert desk.sends(path, form).status_code == 303
    assert scanned() == ("安壹", "联系第一网格"), "at once, though answers of a scan are kept"
    late = desk.sends(path, form | {"introduction": "别的"})
    assert late.status_code == 409 and "别的" in late.text, "what was typed is still there"
    page = desk.opens(path).text
    assert "139****9000" in page and "13900139000" not in page
    again = form | {"phone": "", "seen": _seen(desk, path)}
    assert "没有改动" in desk.opens(desk.sends(path, again).headers["Location"].removeprefix("/console")).text
    assert stored() == ("13900139000", "村委会"), "an empty phone is the phone there is"

    own = {"name": "王五", "phone": "13700137000", "introduction": "", "seen": _seen(township, path)}
    assert township.sends(path, own).status_code == 303
    assert scanned() == ("安壹", None) and stored() == ("13900139000", None), "who it is, the district says (§9.8)"
    assert "安壹" in township.opens("/deputies/facts").text and "费六" not in township.opens("/deputies/facts").text
    assert count(lambda: township.opens("/deputies/facts")) <= 5
    town.work()
    told = [one["body"] for one in deputy.get("/inbox")["items"] if one["title"] == "您的资料有更正"]
    assert sorted(one.removeprefix("名册里您的").partition("有更正")[0] for one in told) == sorted(
        ["姓名、手机号、工作单位、简介", "工作单位、简介"]
    )
    trail = desk.opens("/audit?group=people").text
    assert "安壹（原名 安一）：姓名、手机号、工作单位、简介" in trail and "139001" not in trail
