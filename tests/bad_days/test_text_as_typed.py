"""What was typed is what everybody reads afterwards, whatever it is; only what is too long is refused."""

from __future__ import annotations

import pytest

from service.accounts.roles import Role
from service.db import db
from tests.bad_days.test_hostile_text import TYPED
from tests.journeys.town import SAID, Town


@pytest.mark.parametrize("name", [name for name in TYPED if name not in ("emoji", "long")])
def test_what_a_resident_typed_is_what_the_resident_the_deputy_and_the_database_read(town: Town, name: str) -> None:
    text = TYPED[name]
    issue = town.submits(
        town.role(Role.RESIDENT), content=text + SAID, place=text[:100], anonymity="named", contact={"name": text[:20]}
    )
    deputy = town.deputy(town.place.primary)
    deputy.does(issue["id"], "accept")
    said = deputy.post(f"/issues/{issue['id']}/messages", {"text": text}, 201)
    deputy.does(issue["id"], "answer", text=text)
    mine = town.role(Role.RESIDENT).sees(issue["id"])
    assert mine["content"] == deputy.sees(issue["id"])["content"] == text + SAID
    assert (mine["place"], mine["contact"]["name"]) == (text[:100], text[:20])
    assert said["text"] == mine["messages"][-1]["text"] == text
    assert mine["history"][-1]["note"] == text
    db.session.commit()


def test_three_thousand_emoji_are_too_long_and_two_thousand_are_not(town: Town) -> None:
    guest = town.guest()
    refused = town.submits(guest, content="🏮" * 3000, expect=422)
    assert "content" in {error["field"] for error in refused["errors"]}
    assert town.submits(guest, content="🏮" * 2000)["content"] == "🏮" * 2000
