"""Who sees which issue: one by one and in lists, written from the rulebook §11, §12 and the contract, not from the code."""

from __future__ import annotations

import pytest

from tests.permissions.cast import CALLERS, UNSIGNED, Cast
from tests.permissions.situations import SITUATIONS

READERS = {
    # H is told of danger even while a text is held, so the station and the offices above see it; D and S do not yet.
    "review": "owner clerk head township district reviewer",
    "pending": "owner deputy clerk head township district committee",
    # nothing stored leads from a receipt_only issue to its author
    "receipt": "deputy clerk head township district committee",
    "assigned": "owner deputy clerk head township district committee government"
    " unit_clerk unit_leader co_clerk co_leader",
    "closed": "owner deputy clerk head township district committee",
    # a deputy complained about never sees it, nor does the station: it goes to A
    "about_deputy": "owner district",
    # about a station or a unit: one level up, hidden from those named
    "about_station": "owner township district",
    "about_unit": "owner township district",
    "in_b": "b_resident b_deputy b_clerk b_head b_township b_district b_committee",
}

OWN = "pending assigned closed about_deputy about_station about_unit review"
AT_THE_STATION = "review pending receipt assigned closed"
REFUSED = "403"
BOXES: dict[str, dict[str, str]] = {
    "mine": {"owner": OWN, "b_resident": "in_b"},
    "station": {
        "clerk": AT_THE_STATION,
        "head": AT_THE_STATION,
        "township": f"{AT_THE_STATION} about_station about_unit",
        "b_clerk": "in_b",
        "b_head": "in_b",
        "b_township": "in_b",
    },
    "unit": {"unit_clerk": "assigned", "unit_leader": "assigned", "co_clerk": "assigned", "co_leader": "assigned"},
    "district": {
        "district": "review pending receipt assigned closed about_deputy about_station about_unit",
        "township": f"{AT_THE_STATION} about_station about_unit",
        "committee": "pending receipt assigned closed",
        "government": "assigned",
        "b_township": "in_b",
        "b_district": "in_b",
        "b_committee": "in_b",
    },
    "inbox": {
        "deputy": "pending receipt assigned",
        "clerk": "pending receipt",
        "head": "pending receipt",
        "township": "about_station about_unit",
        "district": "about_deputy",
        "government": "assigned",
        "unit_clerk": "assigned",
        "reviewer": "review",
        "b_deputy": "in_b",
        "b_clerk": "in_b",
        "b_head": "in_b",
    },
}
"""Box → viewer → what is in it; empty for those of :data:`HAVE` not named, 403 for everybody else."""

HAVE = {
    "mine": " ".join(CALLERS[2:]),
    "station": "clerk head clerk_home head_home clerk_elsewhere head_elsewhere township township_elsewhere"
    " b_clerk b_head b_township",
    "unit": "unit_clerk unit_leader co_clerk co_leader unit_clerk_elsewhere unit_leader_elsewhere"
    " b_unit_clerk b_unit_leader",
    "district": "district township township_elsewhere committee government b_district b_township b_committee b_government",
    "inbox": "deputy deputy_same deputy_elsewhere deputy_city clerk head clerk_home head_home clerk_elsewhere head_elsewhere"
    " township township_elsewhere district government reviewer unit_clerk unit_leader co_clerk co_leader"
    " unit_clerk_elsewhere unit_leader_elsewhere b_deputy b_clerk b_head b_township b_district b_government b_reviewer"
    " b_unit_clerk b_unit_leader",
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_only_those_concerned_can_open_it(cast: Cast, situation: str) -> None:
    found = {caller: cast.reads(caller, situation).status_code for caller in CALLERS}
    readers = set(READERS[situation].split())
    expected = {caller: 200 if caller in readers else 401 if caller in UNSIGNED.split() else 404 for caller in CALLERS}
    assert found == expected


@pytest.mark.parametrize("situation", SITUATIONS)
def test_somebody_elses_issue_and_none_at_all_cannot_be_told_apart(cast: Cast, situation: str) -> None:
    """The same status, headers and body for reading and for every write, so that guessing ids tells nothing."""
    readers = {*READERS[situation].split(), *UNSIGNED.split()}
    strangers = [caller for caller in CALLERS if caller not in readers]
    real, absent = cast.ids[situation], "0" * len(cast.ids[situation])
    for caller in strangers[:: 3 if situation != "about_deputy" else 1]:
        for method, rest, body in WRITES:
            one = cast.asks(caller, method, f"/issues/{real}{rest}", body)
            other = cast.asks(caller, method, f"/issues/{absent}{rest}", body)
            assert (one.status_code, one.data) == (other.status_code, other.data), (caller, method, rest)
            assert one.status_code in (403, 404)
            assert _headers(one) == _headers(other)


WRITES = (
    ("GET", "", None),
    ("GET", "/options/deputy", None),
    ("POST", "/actions", {"action": "accept", "version": 1}),
    ("POST", "/messages", {"text": "您好"}),
    ("POST", "/urge", None),
    ("POST", "/reveal", {"reason": "需要上门核实情况"}),
)


def _headers(answer: object) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name != "X-Request-Id"}  # type: ignore[attr-defined]


@pytest.mark.parametrize("box", BOXES)
def test_a_box_holds_what_role_and_place_allow_and_nothing_else(cast: Cast, box: str) -> None:
    names = {issue_id: name for name, issue_id in cast.ids.items()}
    found = {}
    for caller in CALLERS[2:]:
        answer = cast.asks(caller, "GET", f"/issues?box={box}&limit=100")
        ids = (
            [names[item["id"]] for item in answer.json["items"]]
            if answer.status_code == 200
            else [str(answer.status_code)]
        )
        found[caller] = sorted(ids)
    have = HAVE[box].split()
    expected = {
        caller: sorted(BOXES[box].get(caller, "" if caller in have else REFUSED).split()) for caller in CALLERS[2:]
    }
    assert found == expected


def test_lists_are_closed_without_a_session(cast: Cast) -> None:
    for caller in UNSIGNED.split():
        for box in BOXES:
            assert cast.asks(caller, "GET", f"/issues?box={box}").status_code == 401


@pytest.mark.parametrize("query", ["q=路灯", "state=pending_accept", "overdue=false", "sort=due", "limit=1"])
def test_filters_never_widen_a_box(cast: Cast, query: str) -> None:
    for caller, box in (("clerk", "station"), ("committee", "district"), ("co_clerk", "unit"), ("b_head", "station")):
        inside = {item["id"] for item in cast.asks(caller, "GET", f"/issues?box={box}&limit=100").json["items"]}
        shown = {item["id"] for item in cast.asks(caller, "GET", f"/issues?box={box}&{query}").json["items"]}
        assert shown <= inside
