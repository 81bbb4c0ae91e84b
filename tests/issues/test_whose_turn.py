"""Who has it now, as the reader is spoken to."""

from __future__ import annotations

from typing import Any

from service.accounts.roles import Role
from service.issues import lines


def test_in_office_the_residents_turn_is_the_residents_and_nobody_elses_changes() -> None:
    theirs: dict[str, Any] = {"responsible": {"role": Role.RESIDENT, "name": "您（群众）"}}
    assert lines.in_office(theirs)["responsible"] == {"role": Role.RESIDENT, "name": "群众"}
    for other in ({"role": Role.DEPUTY, "name": "代表 柏二"}, None):
        assert lines.in_office({"responsible": other})["responsible"] == other
