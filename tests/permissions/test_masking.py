"""What each viewer sees of words, place and identity, and who may look behind the mask: contract, `anonymity` and `pass_on`."""

from __future__ import annotations

from typing import Any

import pytest

from service.ids import check_digit
from service.issues.similar import follow_token
from service.stations.models import ScanCode
from tests.permissions.cast import CONTACT, PLACE, Cast

SAID = "老井边的路灯坏了，请打13800138000联系我王小花"
REDACTED = "老井边的路灯坏了，请打［电话已隐去］联系我王某"
ANONYMOUS = "老井边的路灯坏了，请打13800138000"
NAME, PHONE = CONTACT["name"], CONTACT["phone"]
MASKED = {"name": "王**", "phone": "138****8000"}

# kind of submission → viewer → (words, place, contact, may reveal): F full, R redacted; P place, - none; M masked, O own
KINDS: dict[str, dict[str, Any]] = {
    "receipt_only": {"anonymity": "receipt_only", "contact": None},
    "station_only": {"anonymity": "station_only"},
    "named": {"anonymity": "named"},
    "named_pass_on": {
        "anonymity": "named", "consents": {"privacy": True, "pass_on": True, "contact": True, "publish": False},
    },
}  # fmt: skip
SEEN = {
    "receipt_only": {
        "deputy": "FP--", "clerk": "FP--", "head": "FP--", "township": "FP--", "district": "FP--", "committee": "R---",
        "government": "R---", "unit_clerk": "R---", "unit_leader": "R---", "co_clerk": "R---", "holder": "FP--",
    },
    "station_only": {
        "owner": "FPO-", "holder": "FPM-", "clerk": "FPM+", "head": "FPM+", "deputy": "FP--", "township": "FP--",
        "district": "FP--", "committee": "R---", "government": "R---", "unit_clerk": "R---", "unit_leader": "R---",
        "co_clerk": "R---",
    },
    "named": {
        "owner": "FPO-", "holder": "FPM-", "clerk": "FPM+", "head": "FPM+", "deputy": "FPM+", "township": "FPM+",
        "district": "FPM+", "committee": "R---", "government": "R---", "unit_clerk": "R---", "unit_leader": "R---",
        "co_clerk": "R---",
    },
    "named_pass_on": {
        "owner": "FPO-", "holder": "FPM-", "clerk": "FPM+", "head": "FPM+", "deputy": "FPM+", "township": "FPM+",
        "district": "FPM+", "committee": "R---", "government": "R---", "unit_clerk": "FPM+", "unit_leader": "FPM+",
        "co_clerk": "FPM+",
    },
}  # fmt: skip
NO_TALK = ("committee", "government", "unit_clerk", "unit_leader", "co_clerk")
"""They see the issue but not the conversation: that is between the resident, the deputy, the station and the offices."""


@pytest.fixture(scope="module")
def told(bare_cast: Cast) -> Cast:
    """One issue of each kind, with a unit, a co-unit, a question and its answer; everything a viewer could look at."""
    cast, place = bare_cast, bare_cast.town.place
    for kind, choices in KINDS.items():
        content = ANONYMOUS if kind == "receipt_only" else SAID
        issue = cast.submits(kind, content=content, place=PLACE, **choices)
        cast.ids[f"{kind}_code"] = issue["receipt_code"]
        cast.people[f"holder_of_{kind}"] = cast.town.holder(issue["receipt_code"])
        cast.people["deputy"].does(issue["id"], "accept")
        cast.people["deputy"].does(issue["id"], "ask_info", text="请问怎么称呼？")
        _holder(cast, kind).does("", "supplement", text=f"我的电话{PHONE}")
        cast.people["deputy"].post(f"/issues/{issue['id']}/messages", {"text": "收到，谢谢"}, 201)
        cast.people["district"].does(
            issue["id"], "assign", unit_id=place.township_unit, co_unit_ids=[place.district_unit]
        )
        cast.town.work()
    return cast


def _holder(cast: Cast, kind: str) -> Any:
    return cast.people[f"holder_of_{kind}"]


def _look(cast: Cast, kind: str, viewer: str) -> dict[str, Any]:
    if viewer == "holder":
        seen: dict[str, Any] = _holder(cast, kind).sees()
        return seen
    answer = cast.reads(viewer, kind)
    assert answer.status_code == 200, (kind, viewer)
    shown: dict[str, Any] = answer.json
    return shown


def _code(issue: dict[str, Any]) -> str:
    words = {SAID: "F", ANONYMOUS: "F", REDACTED: "R", "老井边的路灯坏了，请打［电话已隐去］": "R"}[issue["content"]]
    place = {PLACE: "P", None: "-"}[issue["place"]]
    contact = "-" if issue["contact"] is None else "M" if issue["contact"] == MASKED else "O"
    return words + place + contact + ("+" if issue["may_reveal"] else "-")


@pytest.mark.parametrize("kind", KINDS)
def test_each_viewer_sees_as_much_as_the_resident_allowed(told: Cast, kind: str) -> None:
    assert {viewer: _code(_look(told, kind, viewer)) for viewer in SEEN[kind]} == SEEN[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_the_name_and_phone_are_in_no_corner_of_a_view_that_may_not_have_them(told: Cast, kind: str) -> None:
    """Not in the history, the titles, the talk or the lists either. Own words in full text are the resident's choice."""
    for viewer, code in SEEN[kind].items():
        if code.startswith("R"):
            everything = str(_look(told, kind, viewer))
            assert NAME not in everything and PHONE not in everything and PLACE not in everything, viewer
            box = "unit" if "unit" in viewer or viewer == "co_clerk" else "district"
            lines = told.asks(viewer, "GET", f"/issues?box={box}").json["items"]
            line = str(next(item for item in lines if item["id"] == told.ids[kind]))
            assert NAME not in line and PHONE not in line, viewer


@pytest.mark.parametrize("kind", KINDS)
def test_the_exact_grid_goes_with_the_exact_place(told: Cast, kind: str) -> None:
    """Without pass_on a unit gets the village; the grid of some houses would tell more."""
    for viewer, code in SEEN[kind].items():
        assert (_look(told, kind, viewer)["grid_id"] is not None) == ("P" in code), viewer
        assert _look(told, kind, viewer)["village"] is not None


@pytest.mark.parametrize("kind", KINDS)
def test_the_conversation_is_for_those_in_it(told: Cast, kind: str) -> None:
    for viewer in SEEN[kind]:
        assert (_look(told, kind, viewer)["messages"] == []) == (viewer in NO_TALK), viewer


@pytest.mark.parametrize("caller", ["auditor", "admin", "b_auditor", "b_admin"])
def test_auditor_and_admin_see_logs_and_settings_never_content(told: Cast, caller: str) -> None:
    for kind in KINDS:
        assert told.reads(caller, kind).status_code == 404
    for box in ("inbox", "station", "unit", "district"):
        assert told.asks(caller, "GET", f"/issues?box={box}").status_code == 403
    assert told.asks(caller, "GET", "/issues").json["items"] == []


def test_searching_finds_nothing_the_searcher_may_not_read(told: Cast) -> None:
    """Otherwise a list would tell which issue holds a phone number, one guess at a time."""
    for viewer, box in (
        ("committee", "district"),
        ("government", "district"),
        ("unit_clerk", "unit"),
        ("co_clerk", "unit"),
    ):
        for secret in (PHONE, NAME):
            assert told.asks(viewer, "GET", f"/issues?box={box}&q={secret}").json["items"] == [], (viewer, secret)
        assert len(told.asks(viewer, "GET", f"/issues?box={box}&q=老井边").json["items"]) == len(KINDS)


def test_searching_for_a_matter_to_merge_with_reads_no_other_stations_words(told: Cast) -> None:
    """A clerk may name another station's issue by its number, not find out what was said there; the township may."""
    place = told.town.place
    body = f"{place.scan_code[:2]}DDDDD01"
    code = ScanCode(code=body + check_digit(body), district_id=place.district_id, station_id=place.home,
                    target_type="STATION", placement="大门", created_at=told.town.clock.now)  # fmt: skip
    told.session.add(code)
    told.session.commit()
    there = told.submits("next_door", content="井盖翘起来了，请打13711112222", station_code=code.code, grid_id=None)
    here = told.submits("here", content="路灯坏了很久")
    for caller, words, found in (("clerk", "井盖", 0), ("clerk", "13711112222", 0), ("clerk", there["number"], 1),
                                 ("township", "井盖", 1), ("clerk", "路灯坏了很久", 0)):  # fmt: skip
        items = told.asks(caller, "GET", f"/issues/{here['id']}/options/issue?q={words}").json["items"]
        assert len(items) == found, (caller, words)
        assert "13711112222" not in str(items) and (caller == "township" or "井盖" not in str(items))


@pytest.mark.parametrize("kind", ["receipt_only", "station_only", "named", "named_pass_on"])
def test_only_those_with_a_plus_look_behind_the_mask(told: Cast, kind: str) -> None:
    body = {"reason": "需要上门核实路灯位置"}
    for viewer, code in SEEN[kind].items():
        if viewer == "holder":
            continue
        answer = told.asks(viewer, "POST", f"/issues/{told.ids[kind]}/reveal", body)
        assert answer.status_code == (200 if code.endswith("+") else 403), viewer
        if code.endswith("+"):
            assert answer.json == CONTACT


def test_a_look_behind_the_mask_needs_a_reason_is_logged_and_the_resident_sees_it(told: Cast) -> None:
    owner, issue_id = told.people["owner"], told.ids["named"]
    before = len(owner.sees(issue_id)["reveals"])
    for empty in ("", "  ", "核实"):
        assert told.asks("head", "POST", f"/issues/{issue_id}/reveal", {"reason": empty}).status_code == 422
    assert len(owner.sees(issue_id)["reveals"]) == before
    told.people["head"].post(f"/issues/{issue_id}/reveal", {"reason": "上门核实需要联系本人"})
    told.town.work()
    line = owner.sees(issue_id)["reveals"][-1]
    assert line["reason"] == "上门核实需要联系本人" and line["by"].endswith("站长")
    assert _holder(told, "named").sees()["reveals"][-1] == line
    assert "有人查看了您的身份" in owner.inbox()
    assert told.reads("clerk", "named").json["reveals"] == [], "who looked is for the resident and the district"


def test_whoever_joined_a_matter_reads_how_it_goes_but_not_what_a_stranger_wrote(told: Cast) -> None:
    """A preview leaks nothing of strangers, so joining after it must not either (contract)."""
    issue_id = told.ids["named"]
    told.people["other_resident"].post("/issues/follow", {"follow_token": follow_token(issue_id)}, 201)
    seen = told.reads("other_resident", "named").json
    everything = str(seen) + str(told.asks("other_resident", "GET", "/issues?box=mine").json)
    for secret in (NAME, PHONE, PLACE, "老井", "请打", "联系我"):
        assert secret not in everything, secret
    assert seen["state"] == "assigned" and seen["history"]
    assert seen["contact"] is None and seen["messages"] == [] and seen["grid_id"] is None
    assert (
        told.asks("other_resident", "POST", f"/issues/{issue_id}/reveal", {"reason": "想认识一下"}).status_code == 403
    )


def test_the_reason_of_a_rating_is_redacted_like_everything_the_resident_wrote(told: Cast) -> None:
    issue = told.submits("rated", content=SAID)
    told.people["deputy"].does(issue["id"], "accept")
    told.people["deputy"].does(issue["id"], "answer", text="已经修好。")
    told.people["owner"].does(issue["id"], "rate", result="DISSATISFIED", reason=f"没修好，请打{PHONE}找{NAME}")
    told.town.work()
    for viewer in ("committee",):
        seen = str(told.reads(viewer, "rated").json)
        assert PHONE not in seen and NAME not in seen
    assert PHONE in told.reads("deputy", "rated").json["rating"]["reason"]
