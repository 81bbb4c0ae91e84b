"""Work identities, parked work and the system's health, as those see them who hold the keys and no content."""

from __future__ import annotations

import datetime as dt
import re
from functools import partial

from service.accounts.binding import grant
from service.accounts.roles import Grant, Role
from service.bootstrap import core
from service.db import db
from service.events import Event
from service.notifications.models import ChannelPause
from service.outbox import actions as outbox
from service.outbox.models import PARKED, PENDING, OutboxRow
from service.stations.models import Station
from tests.api.test_statement_counts import count
from tests.conftest import FakeClock
from tests.console.conftest import Seat
from tests.journeys.town import Town

LIST = 5
SECRET = re.compile(r'<code class="secret">([^<]+)</code>')
HELD = re.compile(r'action="/console/accounts/(\w+)/end"')


def _grant_of(town: Town, role: Role) -> str:
    found: str = next(row["id"] for row in town.role(role).get("/me")["grants"] if row["role"] == role.value)
    return found


def test_everybody_sees_the_identities_in_their_hands_and_ends_one_with_a_reason(town: Town, seat: Seat) -> None:
    accounts, clerk = town.place.accounts, _grant_of(town, Role.STATION_CLERK)
    head, district, admin = (seat(accounts[role]) for role in (Role.STATION_HEAD, Role.DISTRICT, Role.ADMIN))
    theirs = seat(accounts[Role.STATION_CLERK])
    assert theirs.opens("/issues").status_code == 200
    assert clerk in HELD.findall(head.opens("/accounts").text)
    assert _grant_of(town, Role.STATION_HEAD) not in HELD.findall(head.opens("/accounts").text), "not one's own"
    assert clerk not in HELD.findall(admin.opens("/accounts").text), "the district's business"
    assert "只读" in district.opens("/accounts").text, "who sees what, in words"
    station = db.session.get_one(Station, town.place.station).name
    found = HELD.findall(district.opens(f"/accounts?q={station}").text)
    assert clerk in found and len(found) < len(HELD.findall(district.opens("/accounts").text)), "by the place"
    assert "没有符合条件" in head.opens("/accounts?q=没有这个站").text
    assert count(lambda: head.opens("/accounts")) == count(lambda: district.opens("/accounts")) <= LIST
    assert count(lambda: district.opens("/invitations?role=station_clerk")) <= LIST
    assert head.sends(f"/accounts/{clerk}/end", {"reason": " "}).status_code == 422
    assert head.sends(f"/accounts/{clerk}/end", {"reason": "调离"}).status_code == 303
    assert theirs.opens("/issues").status_code == 303, "signed out the same moment"


def test_an_invitation_is_shown_once_and_binds(town: Town, seat: Seat) -> None:
    desk = seat(town.place.accounts[Role.STATION_HEAD])
    assert "代表工委" not in desk.opens("/invitations").text.partition("</form>")[2], "only roles one may invite"
    form = {"role": "station_clerk", "person_name": "李新", "phone": "13700137000", "place": town.place.station}
    assert desk.sends("/invitations", form | {"phone": "110"}).status_code == 422
    assert desk.sends("/invitations", form | {"place": town.place.other_station}).status_code == 403
    made = desk.sends("/invitations", form)
    [code] = SECRET.findall(made.text)
    waiting = desk.opens("/invitations").text
    assert "李新" in waiting and code not in waiting
    found = re.search(r'action="/console(/invitations/\w+/cancel)"', waiting)
    assert found is not None
    assert desk.sends(found.group(1)).status_code == 303
    assert "李新" not in desk.opens("/invitations").text


def test_a_set_up_code_is_not_handed_out_for_an_account_that_can_do_more(
    town: Town, seat: Seat, clock: FakeClock
) -> None:
    accounts, clerk = town.place.accounts, _grant_of(town, Role.STATION_CLERK)
    office = seat(accounts[Role.DISTRICT])
    made = office.sends(f"/accounts/{clerk}/set-up-code")
    [code] = SECRET.findall(made.text)
    form = {
        "setup_code": code,
        "login": "zhan.wu",
        "password": "shui jing zhu li",
        "password_again": "shui jing zhu li",
    }
    assert seat().sends("/set-up", form).status_code == 200, "the code opens"
    grant(db.session(), accounts[Role.STATION_CLERK], Grant(Role.ADMIN, town.place.district_id), now=clock.now)
    assert office.sends(f"/accounts/{clerk}/set-up-code").status_code == 403


def test_parked_work_is_listed_without_its_content_and_tried_again(town: Town, seat: Seat) -> None:
    now, session = core().clock(), db.session()
    outbox.record(session, Event.ISSUE_URGED, {"text": "秘密的话"}, district_id=town.place.district_id, now=now)
    session.flush()
    row = session.query(OutboxRow).order_by(OutboxRow.id.desc()).first()
    assert row is not None
    row.state, row.attempts, row.last_error = PARKED, 9, "TimeoutError"
    id = row.id
    desk = seat(town.place.accounts[Role.ADMIN])
    page = desk.opens("/parked").text
    assert "群众催办：通知责任人" in page and "issue_urged" not in page, "in words, not in names of the code"
    assert "TimeoutError" in page and "秘密的话" not in page
    for kind in ("task", "push", "picture", "mini", "check"):
        assert count(partial(desk.opens, f"/parked?kind={kind}")) <= LIST
    assert desk.sends(f"/parked/task/{id}/again").status_code == 303
    assert db.session().get_one(OutboxRow, id).state == PENDING
    assert desk.sends(f"/parked/task/{id}/again").status_code == 404
    assert desk.sends("/parked/other/1/again").status_code == 404
    assert desk.sends("/parked/task/x/again").status_code == 404


def test_a_channel_that_rests_is_shown_with_what_mends_it_and_never_called_fine(town: Town, seat: Seat) -> None:
    """Pushes behind a refused secret wait and are not parked: nothing else would tell."""
    until = core().clock() + dt.timedelta(minutes=10)
    db.session.add(ChannelPause(channel="subscription", until=until, reason="40125 token", failures=3))
    db.session.commit()
    desk = seat(town.place.accounts[Role.ADMIN])
    for page in (desk.opens("/parked?kind=push").text, desk.opens("/health").text):
        assert "小程序订阅消息暂停" in page and "40125" in page and "重置 AppSecret" in page
    assert "一切正常" not in desk.opens("/parked?kind=push").text
    assert "小程序订阅消息" not in desk.opens("/parked?kind=check").text


def test_the_health_page_says_what_runs(town: Town, seat: Seat) -> None:
    page = seat(town.place.accounts[Role.ADMIN]).opens("/health").text
    assert "数据库" in page and "Redis" in page and "最久的等了" in page
