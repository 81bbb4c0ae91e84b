"""A line in a list can be opened, and what an office may open is in its list: the SQL of lists and the rule of reads agree.

Twenty issues are walked at random, by whoever is offered an action, into whatever situations that leads to; some more
are led on purpose where a random walk seldom comes.
"""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.permissions.cast import CALLERS, Cast

PHONE = "13800138000"
BOXES = ("mine", "inbox", "station", "unit", "district", "deputy")
WALKERS = (
    "owner deputy deputy_same deputy_elsewhere deputy_city clerk head clerk_elsewhere head_elsewhere township"
    " township_elsewhere district unit_clerk unit_leader co_clerk co_leader reviewer"
)
SEES_ALL_OF_ITS_SCOPE = {
    "clerk": "station", "head": "station", "clerk_elsewhere": "station", "head_elsewhere": "station",
    "clerk_home": "station", "township": "district", "township_elsewhere": "station", "district": "district",
    "committee": "district", "government": "district", "unit_clerk": "unit", "unit_leader": "unit",
    "co_clerk": "unit", "co_leader": "unit", "b_head": "station", "b_township": "district", "b_district": "district",
    "deputy": "deputy", "deputy_same": "deputy", "deputy_city": "deputy",
    "owner": "mine", "other_resident": "mine",
}  # fmt: skip
"""Viewer → the box that holds everything they may open."""


@pytest.fixture(scope="module")
def walked(bare_cast: Cast) -> Cast:
    """What is arranged comes first: chance may have a resident's texts refused three times, and the next ones held."""
    _merged(bare_cast)
    _handed_up(bare_cast)
    _recused(bare_cast)
    _waiting_for_a_second_signature(bare_cast)
    dice = random.Random(20260302)
    for number in range(20):
        name = f"issue{number}"
        bare_cast.submits(name, **_situation(bare_cast, dice, number))
        for _ in range(dice.randint(0, 7)):
            _somebody_acts(bare_cast, dice, name)
        bare_cast.town.work()
    return bare_cast


def _situation(cast: Cast, dice: random.Random, number: int) -> dict[str, Any]:
    place = cast.town.place
    about = dice.choice(
        [None, None, None, ("deputy", place.primary), ("station", place.station), ("unit", place.district_unit)]
    )
    here = dice.random() < 0.75
    return {
        "content": f"{number}号，13800138000："
        + dice.choice(["路灯坏了很久没有人管", "有人刷单骗老人的钱", "垃圾桶没有人清运"]),
        "station_code": place.scan_code if here else place.other_scan_code,
        "grid_id": dice.choice([place.grid, place.bare_grid, None]) if here else place.other_grid,
        "anonymity": dice.choice(["named", "station_only"]),
        "about": {"type": about[0], "id": about[1]} if about else None,
        "consents": {"privacy": True, "pass_on": dice.random() < 0.5},
    }


def _somebody_acts(cast: Cast, dice: random.Random, name: str) -> None:
    """Whoever of three random people is offered something does one of it; a refusal is no matter here."""
    for caller in dice.sample(WALKERS.split(), len(WALKERS.split())):
        seen = cast.reads(caller, name)
        offered = seen.json["actions"] if seen.status_code == 200 else []
        offered = [action for action in offered if action["name"] != "withdraw" or dice.random() < 0.1]
        if not offered:
            continue
        action = dice.choice(offered)
        body = {"action": action["name"], "version": seen.json["version"]}
        body |= {field["name"]: value for field in action["fields"] if (value := _value(cast, dice, caller, field))}
        if cast.asks(caller, "POST", f"/issues/{cast.ids[name]}/actions", body).status_code == 200:
            cast.town.work()
            return


def _value(cast: Cast, dice: random.Random, caller: str, field: dict[str, Any]) -> Any:
    if field["type"] == "id" and (field["required"] or dice.random() < 0.5):
        found = cast.asks(caller, "GET", field["search"].removeprefix("/api/v1")).json.get("items") or [{"id": "none"}]
        chosen = dice.choice(sorted(found, key=lambda option: option.get("title", "")))["id"]
        return [chosen] if field.get("multiple") else chosen
    return {
        "text": "已经去看过，正在想办法。" if field["required"] or field["name"] == "reason" else None,
        "choice": dice.choice(field.get("options") or [{"value": None}])["value"],
        "date": "2026-03-02" if field["name"] == "done_on" else "2026-09-01",
        "number": 5,
    }.get(field["type"])


def _merged(cast: Cast) -> None:
    """One deputy's issue goes into another deputy's."""
    place = cast.town.place
    cast.submits("kept", deputy_id=place.backup)
    cast.submits("merged", deputy_id=place.primary)
    cast.people["clerk"].does(cast.ids["merged"], "merge", target_id=cast.ids["kept"])


def _handed_up(cast: Cast) -> None:
    cast.submits("escalated", content="请打13800138000，路灯坏了")
    cast.people["deputy"].does(cast.ids["escalated"], "accept")
    cast.submits("asked_up")
    cast.people["deputy"].does(cast.ids["asked_up"], "accept")
    for name in ("escalated", "asked_up"):
        cast.people["deputy"].does(
            cast.ids[name], "escalate", deputy_id=cast.town.place.city_deputy, reason="涉及全市，请上级代表接续"
        )
    cast.people["deputy_city"].does(cast.ids["escalated"], "decide", outcome="AGREE", reason="同意接续")


def _recused(cast: Cast) -> None:
    cast.submits("recused")
    cast.people["deputy"].does(cast.ids["recused"], "recuse", reason="涉及本人单位")
    assert cast.reads("deputy", "recused").status_code == 404


def _waiting_for_a_second_signature(cast: Cast) -> None:
    cast.submits("declining")
    cast.people["deputy"].does(cast.ids["declining"], "decline", reason_code="PRIVATE")


def _in_box(cast: Cast, caller: str, box: str) -> set[str] | None:
    answer = cast.asks(caller, "GET", f"/issues?box={box}&limit=100")
    return {item["id"] for item in answer.json["items"]} if answer.status_code == 200 else None


def test_the_walk_reached_many_situations(walked: Cast) -> None:
    states = [item["state"] for item in walked.asks("district", "GET", "/issues?box=district&limit=100").json["items"]]
    assert len(states) >= 25 and len(set(states)) >= 7, sorted(states)


@pytest.mark.parametrize("box", BOXES)
def test_every_line_of_every_list_can_be_opened_and_says_the_same(walked: Cast, box: str) -> None:
    for caller in CALLERS[2:]:
        answer = walked.asks(caller, "GET", f"/issues?box={box}&limit=100")
        for line in answer.json["items"] if answer.status_code == 200 else []:
            opened = walked.asks(caller, "GET", f"/issues/{line['id']}")
            assert opened.status_code == 200, (caller, box, line["state"])
            shown, line_title = opened.json, line.pop("title")
            assert {name: shown[name] for name in line} == line, (caller, box)
            assert line_title == shown["title"] or PHONE not in line_title, "a line may say less, never more"


@pytest.mark.parametrize("caller", SEES_ALL_OF_ITS_SCOPE)
def test_everything_an_office_may_open_is_in_its_list(walked: Cast, caller: str) -> None:
    listed = _in_box(walked, caller, SEES_ALL_OF_ITS_SCOPE[caller])
    opened = {issue_id for name, issue_id in walked.ids.items() if walked.reads(caller, name).status_code == 200}
    assert listed == opened


def test_pages_of_a_list_put_together_are_the_list(walked: Cast) -> None:
    for sort in ("newest", "due"):
        whole = [
            item["id"]
            for item in walked.asks("district", "GET", f"/issues?box=district&sort={sort}&limit=100").json["items"]
        ]
        pages: list[str] = []
        cursor = ""
        while True:
            page = walked.asks("district", "GET", f"/issues?box=district&sort={sort}&limit=7{cursor}").json
            pages += [item["id"] for item in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
        assert pages == whole and len(set(pages)) == len(pages)
