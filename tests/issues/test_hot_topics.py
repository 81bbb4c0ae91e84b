"""Many people on one matter within a week: the station and its township hear of it, once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import Role
from service.issues import similar
from service.issues.models import Issue
from tests.journeys.town import Town
from workers import jobs

LAMP = "雁江路的路灯坏了"
WAYS = (
    "雁江路路灯不亮，晚上看不见", "我们雁江路的路灯坏了好久", "雁江路灯坏了，请修路灯", "雁江路12号门口的路灯不亮",
    "雁江路没有路灯，太黑", "雁江路的路灯全坏了", "雁江路路灯一个多月不亮", "请修雁江路的路灯", "雁江路路灯坏，怕摔跤",
)  # fmt: skip


def say(town: Town, *texts: str, **changes: Any) -> list[dict[str, Any]]:
    said = []
    for text in texts:
        town.clock.advance(minutes=1)
        said.append(town.submits(town.guest(), content=text, work=False, **changes))
    return said


def watch(town: Town) -> None:
    town.work()
    jobs.watch_matters()
    town.work()


def alerts(town: Town, role: Role, *, elsewhere: bool = False) -> int:
    return town.role(role, elsewhere=elsewhere).inbox().count("热点事项")


Join = Callable[[str, int], None]


@pytest.fixture
def join(session: Session, town: Town, make_account: Callable[[], str]) -> Join:
    """So many new people press 我也遇到."""

    def press(issue_id: str, how_many: int) -> None:
        for _ in range(how_many):
            account = make_account()
            similar.follow(session, similar.follow_token(issue_id), account_id=account, now=town.clock())
        session.commit()

    return press


def test_ten_people_who_say_the_same_raise_one_alert_to_station_and_township(town: Town) -> None:
    first, *_ = say(town, LAMP, *WAYS[:8])
    watch(town)
    assert alerts(town, Role.STATION_HEAD) == 0, "nine are not ten"
    say(town, WAYS[8])
    watch(town)
    for role in (Role.STATION_HEAD, Role.STATION_CLERK, Role.TOWNSHIP):
        assert alerts(town, role) == 1, role
        assert alerts(town, role, elsewhere=True) == 0, f"another place's {role}"
    for role in (Role.DISTRICT, Role.REVIEWER, Role.UNIT_CLERK):
        assert alerts(town, role) == 0, role
    say(town, "雁江路路灯还是不亮")
    watch(town)
    watch(town)
    assert alerts(town, Role.TOWNSHIP) == 1, "once per matter and week"
    assert town.role(Role.STATION_HEAD).sees(first["id"])["hot"]
    assert not town.holder(first["receipt_code"]).sees()["hot"]


def test_the_alert_says_neither_what_was_said_nor_by_whom(town: Town) -> None:
    say(town, LAMP, *WAYS)
    watch(town)
    [told] = [one for one in town.role(Role.TOWNSHIP).get("/inbox?limit=100")["items"] if one["title"] == "热点事项"]
    assert "10 人" in told["body"] and "路灯" not in told["body"] and "雁江路" not in told["body"]


def test_those_who_join_count_and_each_only_once(town: Town, join: Join) -> None:
    resident = town.role(Role.RESIDENT)
    issue = town.submits(resident, anonymity="station_only", content=LAMP)
    town.submits(resident, anonymity="station_only", content=WAYS[0])
    join(issue["id"], 8)
    watch(town)
    assert alerts(town, Role.STATION_HEAD) == 0, "eight who joined, and one person who spoke twice"
    join(issue["id"], 1)
    watch(town)
    assert alerts(town, Role.STATION_HEAD) == 1


def test_people_merged_in_count(town: Town, join: Join) -> None:
    first, second = say(town, LAMP, "有一件别的事情想说说，孩子看书没地方去")
    watch(town)
    join(first["id"], 5)
    join(second["id"], 3)
    watch(town)
    assert alerts(town, Role.TOWNSHIP) == 0
    town.role(Role.STATION_CLERK).does(second["id"], "merge", target_id=first["id"])
    watch(town)
    assert alerts(town, Role.TOWNSHIP) == 1


def test_what_was_said_weeks_ago_no_longer_counts(town: Town) -> None:
    say(town, LAMP, *WAYS[:5])
    watch(town)
    town.clock.advance(days=8)
    say(town, *WAYS[5:])
    watch(town)
    assert alerts(town, Role.TOWNSHIP) == 0


def test_a_matter_that_stays_hot_is_told_again_a_week_later(town: Town, join: Join) -> None:
    [issue] = say(town, LAMP)
    town.work()
    join(issue["id"], 9)
    watch(town)
    town.clock.advance(days=8)
    join(issue["id"], 9)
    watch(town)
    assert alerts(town, Role.TOWNSHIP) == 1
    join(issue["id"], 1)
    watch(town)
    assert alerts(town, Role.TOWNSHIP) == 2


def test_the_same_trouble_elsewhere_and_another_trouble_here_are_other_matters(town: Town, session: Session) -> None:
    others = [f"{name}路的路灯坏了" for name in ("和平", "建设", "团结", "人民", "新华")]
    here = [f"雁江路{what}" for what in ("垃圾没人清运", "停水了", "有人乱停车", "下水道堵了", "狗咬人", "树枝断了")]
    say(town, LAMP, *others, *here)
    watch(town)
    assert alerts(town, Role.TOWNSHIP) == 0
    assert session.scalars(sa.select(Issue.content).where(Issue.alike_to_id.is_not(None))).all() == []
    session.rollback()


def test_staff_see_which_earlier_issue_is_alike_and_why(town: Town) -> None:
    first, second = say(town, LAMP, WAYS[0])
    watch(town)
    seen = town.role(Role.STATION_CLERK).sees(second["id"])
    assert seen["alike"] == {
        "id": first["id"],
        "number": first["number"],
        "why": "同一地点（雁江路）、都反映路灯照明、同一天",
    }
    assert town.role(Role.STATION_CLERK).sees(first["id"])["alike"] is None, "who spoke first stands for it"
    assert town.holder(second["receipt_code"]).sees()["alike"] is None
    assert town.deputy(town.place.primary).sees(second["id"])["alike"] is None


def test_whoever_merges_is_offered_the_most_alike_first(town: Town) -> None:
    first, *_ = say(town, LAMP, "停水三天了没人管", "有人乱停车堵门", "流浪狗到处咬人", "树枝断了挡路")
    town.clock.advance(hours=1)
    [last] = say(town, WAYS[0])
    watch(town)
    offered = town.role(Role.STATION_CLERK).get(f"/issues/{last['id']}/options/issue")["items"]
    assert offered[0]["id"] == first["id"] and len(offered) == 5


def test_a_complaint_belongs_to_no_matter(town: Town) -> None:
    about = {"type": "deputy", "id": town.place.primary}
    say(town, LAMP)
    [issue] = say(town, WAYS[0], about=about)
    watch(town)
    assert town.role(Role.DISTRICT).sees(issue["id"])["alike"] is None
    ahead = town.guest().post("/issues/preview", {"station_code": town.place.scan_code, "content": LAMP})
    assert len(ahead["similar"]) == 1


def test_a_preview_shows_each_matter_once(town: Town) -> None:
    say(town, LAMP, *WAYS[:4])
    watch(town)
    ahead = town.guest().post("/issues/preview", {"station_code": town.place.scan_code, "content": WAYS[5]})
    assert [one["why"] for one in ahead["similar"]] == ["同一地点（雁江路）、都反映路灯照明、同一天"]


def test_a_matter_whose_first_issue_is_over_goes_on_with_the_next(town: Town) -> None:
    first, _second = say(town, LAMP, WAYS[0])
    watch(town)
    town.holder(first["receipt_code"]).does("", "withdraw")
    ahead = town.guest().post("/issues/preview", {"station_code": town.place.scan_code, "content": WAYS[5]})
    assert len(ahead["similar"]) == 1


def test_looking_again_changes_nothing(town: Town, session: Session) -> None:
    say(town, LAMP, *WAYS)
    watch(town)
    for _ in range(3):
        session.execute(sa.update(Issue).values(matter_changed_at=town.clock()))
        session.commit()
        watch(town)
        assert alerts(town, Role.STATION_HEAD) == 1
