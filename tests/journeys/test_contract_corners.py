"""Small print of the contract that a stranger's client met: identity without a form, exact places, unknown categories."""

from __future__ import annotations

from service.accounts.roles import Role
from tests.journeys.town import Town


def test_named_needs_no_form_and_takes_the_name_of_the_account(town: Town) -> None:
    resident = town.role(Role.RESIDENT)
    nameless = town.submits(town.guest(), anonymity="named")
    assert town.deputy(town.place.primary).sees(nameless["id"])["contact"] is None
    resident.client.patch("/api/v1/me", json={"display_name": "王小花"}, headers=resident.headers)
    known = town.submits(resident, anonymity="named")
    assert town.deputy(town.place.primary).sees(known["id"])["contact"]["name"] == "王**"
    resident.client.patch("/api/v1/me", json={"display_name": "李小花"}, headers=resident.headers)
    assert resident.sees(known["id"])["contact"]["name"] == "王小花", "corrected for what comes, not for what was said"
    hidden = town.submits(resident)
    assert town.role(Role.STATION_HEAD).sees(hidden["id"])["contact"] is None


def test_without_pass_on_a_unit_learns_the_village_but_not_the_dwelling(town: Town) -> None:
    said = {"content": "我家3栋2单元501室漏水，就在老槐树旁的院子里", "place": "老槐树旁的院子"}
    for pass_on in (False, True):
        issue = town.submits(town.role(Role.RESIDENT), consents={"privacy": True, "pass_on": pass_on}, **said)
        town.role(Role.STATION_HEAD).does(issue["id"], "accept")
        town.role(Role.TOWNSHIP).does(issue["id"], "assign", unit_id=town.place.township_unit)
        seen = town.role(Role.UNIT_CLERK).sees(issue["id"])
        assert ("501" in seen["content"]) is pass_on and ("老槐树" in seen["content"]) is pass_on
        assert ("501" in seen["title"]) is pass_on and (seen["place"] is not None) is pass_on
        assert seen["village"] is not None


def test_an_unknown_category_is_a_field_to_correct(town: Town, other_town: Town) -> None:
    for category in ("没有这一类", next(iter(other_town.place.categories.values()))):
        refused = town.submits(town.guest(), category=category, expect=422)
        assert [error["field"] for error in refused["errors"]] == ["category"]


def test_a_higher_deputy_deciding_is_not_asked_for_a_unit(town: Town) -> None:
    issue = town.submits(town.guest())
    deputy = town.deputy(town.place.primary)
    deputy.does(issue["id"], "accept")
    deputy.does(issue["id"], "escalate", deputy_id=town.place.city_deputy, reason="需要市里协调")
    decide = next(
        action
        for action in town.deputy(town.place.city_deputy).sees(issue["id"])["actions"]
        if action["name"] == "decide"
    )
    assert [field["name"] for field in decide["fields"]] == ["outcome", "reason"]
