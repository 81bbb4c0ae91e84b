"""Role × page of the console, walked whole. What is expected stands here, written from the rulebook (§9)."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.conftest import ON_POSTGRESQL
from tests.console.desk import Desk
from tests.permissions.cast import (
    CALLERS,
    OTHER_STATION_STAFF,
    RESIDENTS,
    STATION_STAFF,
    UNIT_STAFF,
    UNSIGNED,
    Cast,
)
from tests.permissions.console_office_rows import OFFICE_ROWS, SIGN_IN
from tests.permissions.objects import MAKERS, new_desk_booking, new_import_run, new_reception, new_term_run
from tests.permissions.rows import Row, differences
from tests.uploads.album import jpeg

pytestmark = ON_POSTGRESQL
"""Who may do what is decided before, and by the same statements on either; what each then reads is walked on both."""
NOT_AT_A_DESK = {SIGN_IN: UNSIGNED, 403: RESIDENTS}
"""Without a session: to the page for signing in. A resident holds no work role: nothing here is theirs."""
EVERYBODY: dict[int, str] = {}
NO_LIST = f"{RESIDENTS} auditor admin b_auditor b_admin"
"""Auditors see logs, administrators settings, neither content; residents have no desk."""
CLOSED = {SIGN_IN: UNSIGNED, 403: NO_LIST}
ISSUE_ROLES = " ".join(name for name in CALLERS if name not in f"{NO_LIST} {UNSIGNED}".split())
KEEPERS = f"{STATION_STAFF} township district"
OTHER_KEEPERS = f"{OTHER_STATION_STAFF} township_elsewhere b_township b_district"
"""Who keeps the station, and who keeps others: guessing ids tells them nothing."""
OTHER_HANDS = (
    "head_home head_elsewhere b_head township_elsewhere b_township unit_leader co_leader unit_leader_elsewhere b_unit_leader"
    " b_district admin b_admin"
)
"""Who has work identities in their hands, but not those of the station's staff."""
HANDS = f"head township district {OTHER_HANDS}"
READERS = "deputy clerk head township district committee"
"""Who reads an issue of the station that waits to be accepted (its owner, a resident, does so on the phone)."""

COUNTER = f"{STATION_STAFF} {OTHER_STATION_STAFF}"
REVIEWERS = "reviewer b_reviewer"
LEADERS = "unit_leader co_leader unit_leader_elsewhere b_unit_leader"
UNIT_CLERKS = "unit_clerk co_clerk unit_clerk_elsewhere b_unit_clerk"
CONFIRMS_HERE = "head township district"
"""Of a clerk of the station (contract; rulebook §9.8)."""
CONFIRMS_OTHERS = f"head_home head_elsewhere b_head township_elsewhere b_township {LEADERS} b_district admin b_admin"
SPOKEN = {
    "station": "{station}", "channel": "PHONE", "received_at": "2026-03-02T08:30", "kind": "HELP",
    "content": "菜市场门口的下水道一直返味", "anonymity": "receipt_only", "spoken": "1",
}  # fmt: skip
SUPERVISING = (
    "clerk head clerk_home head_home clerk_elsewhere head_elsewhere b_clerk b_head"
    " township township_elsewhere district committee b_township b_district b_committee"
)
FIGURES = {SIGN_IN: UNSIGNED, 200: SUPERVISING}

TABLE = (
    # stations: staff their own, the township its own, the district all of its
    Row("GET /stations", 403, {SIGN_IN: UNSIGNED, 200: f"{KEEPERS} {OTHER_KEEPERS}"}),
    Row("GET /stations/{station}", 403, {SIGN_IN: UNSIGNED, 200: KEEPERS, 404: OTHER_KEEPERS}),
    Row("POST /stations/{station}/roster", 403, {SIGN_IN: f"{UNSIGNED} township district",
        404: "township_elsewhere b_township b_district"}, {"deputy_id": "{primary}", "from_on": "{a_day}"}),
    Row("POST /stations/{station}/roster/leave", 403, {404: "township_elsewhere b_township b_district",
        SIGN_IN: UNSIGNED, 422: "township district"}, {"deputy_id": "{primary}", "last_on": ""}),
    Row("POST /stations/{station}/duty", 403, {SIGN_IN: f"{UNSIGNED} {KEEPERS}", 404: OTHER_KEEPERS},
        {"deputy_id": "{primary}", "on": "{a_day}"}, "the station's own rota"),
    Row("POST /stations/{station}/duty/drop", 403, {SIGN_IN: f"{UNSIGNED} {KEEPERS}", 404: OTHER_KEEPERS},
        {"deputy_id": "{primary}", "on": "{a_day}"}),
    Row("GET /stations/{station}/codes", 403, {SIGN_IN: UNSIGNED, 200: KEEPERS, 404: OTHER_KEEPERS}),
    Row("POST /stations/{station}/codes", 403, {SIGN_IN: f"{UNSIGNED} {KEEPERS}", 404: OTHER_KEEPERS},
        {"placement": "电梯", "target_type": "STATION"}),
    Row("POST /stations/{station}/codes/{new_code}/revoke", 403, {SIGN_IN: f"{UNSIGNED} {KEEPERS}", 404: OTHER_KEEPERS},
        {"reason": "海报被人撕走"}),
    Row("POST /stations/{station}/codes/{new_code}/mini", 403, {SIGN_IN: f"{UNSIGNED} {KEEPERS}", 404: OTHER_KEEPERS}),
    Row("GET /stations/{station}/poster.pdf", 403, {SIGN_IN: UNSIGNED, 200: KEEPERS, 404: OTHER_KEEPERS}),
    Row("GET /stations/{station}/leaves", 403, {SIGN_IN: UNSIGNED, 200: KEEPERS, 404: OTHER_KEEPERS}),
    Row("POST /stations/{station}/leaves", 403, {SIGN_IN: f"{UNSIGNED} township district",
        404: "township_elsewhere b_township b_district"},
        {"deputy_id": "{primary}", "from_on": "{a_day}", "to_on": "{a_day}"}, "a station's staff sees, and does not enter"),
    Row("POST /stations/{station}/leaves/{new_leave}/cancel", 403, {SIGN_IN: f"{UNSIGNED} township district",
        404: "township_elsewhere b_township b_district"}),
    Row("GET /receptions", 403, {SIGN_IN: UNSIGNED, 200: f"{STATION_STAFF} {OTHER_STATION_STAFF}"}),
    Row("POST /receptions", 403, {SIGN_IN: f"{UNSIGNED} {STATION_STAFF}", 404: OTHER_STATION_STAFF},
        {"station_id": "{station}", "day": "2026-03-20", "starts_at": "09:00", "ends_at": "11:00",
         "deputy_ids": "{primary}", "place": "联络站"}),
    Row("GET /receptions/{planned}", 403, {SIGN_IN: UNSIGNED, 200: STATION_STAFF, 404: OTHER_STATION_STAFF}),
    Row("POST /receptions/{planned}/announce", 403, {SIGN_IN: UNSIGNED, 409: STATION_STAFF, 404: OTHER_STATION_STAFF},
        {"version": "99"}),
    Row("POST /receptions/{planned}/cancel", 403, {SIGN_IN: UNSIGNED, 409: STATION_STAFF, 404: OTHER_STATION_STAFF},
        {"version": "99", "reason": "下雨"}),
    Row("GET /receptions/past", 403, {SIGN_IN: UNSIGNED, 200: f"{STATION_STAFF} {OTHER_STATION_STAFF}"}),
    Row("GET /receptions/past?station={station}", 403,
        {SIGN_IN: UNSIGNED, 200: STATION_STAFF, 404: OTHER_STATION_STAFF}),
    Row("GET /receptions/{planned}/print", 403, {SIGN_IN: UNSIGNED, 200: STATION_STAFF, 404: OTHER_STATION_STAFF}),
    Row("POST /receptions/{planned}/close", 403, {SIGN_IN: UNSIGNED, 409: STATION_STAFF, 404: OTHER_STATION_STAFF},
        {"version": "1"}, "its hour has not come"),
    Row("POST /receptions/{planned}/minutes", 403, {SIGN_IN: UNSIGNED, 409: STATION_STAFF, 404: OTHER_STATION_STAFF},
        {"minutes_version": "0", "visitors": "3", "held_by": "{primary}"}, "nothing to record yet"),
    # anybody
    Row("GET /sign-in", 303, {200: UNSIGNED}, None, "whoever is signed in goes on"),
    Row("POST /sign-in", 303, {422: UNSIGNED}, {"login": ""}),
    Row("GET /sign-in/code", 303, EVERYBODY, None, "no QR is shown here: back to the beginning"),
    Row("GET /sign-in/code/state", 200, EVERYBODY),
    Row("POST /sign-in/code/take", 303, EVERYBODY, None, "no ticket: back to the beginning"),
    Row("POST /sign-in/code", 303, EVERYBODY),
    Row("GET /set-up", 200, EVERYBODY),
    Row("POST /set-up", 422, EVERYBODY, {"setup_code": "WRONG", "login": "zhang.san", "password": "x"}),
    Row("POST /set-up/confirm", 422, EVERYBODY, {"setup_code": "WRONG", "otp": "123456"}),
    Row("POST /look", 303, EVERYBODY, {"theme": "dark", "size": "large"}),
    Row("GET /no/such/page", 404, EVERYBODY),
    # work identities, and how the system runs
    Row("GET /accounts", 403, {SIGN_IN: UNSIGNED, 200: HANDS}),
    Row("POST /accounts/{new_grant}/end", 403, {SIGN_IN: f"{UNSIGNED} head township district", 404: OTHER_HANDS},
        {"reason": "已离岗"}),
    Row("POST /accounts/{new_grant}/set-up-code", 403, {SIGN_IN: UNSIGNED, 200: "district", 404: "b_district admin b_admin"},
        None, "whoever holds the code could sign in as that person: not in a station's hands"),
    Row("GET /invitations?role=station_clerk", 403, {SIGN_IN: UNSIGNED, 200: HANDS}),
    Row("POST /invitations", 403, {SIGN_IN: UNSIGNED, 200: "head township district"},
        {"role": "station_clerk", "person_name": "李新", "phone": "13700137000", "place": "{station}"}),
    Row("POST /invitations/x/cancel", 403, {SIGN_IN: UNSIGNED, 404: HANDS}),
    Row("GET /parked", 403, {SIGN_IN: UNSIGNED, 200: "admin b_admin"}),
    Row("POST /parked/task/1/again", 403, {SIGN_IN: UNSIGNED, 404: "admin b_admin"}, None, "nothing is parked"),
    Row("POST /parked/pushes/again", 403, {SIGN_IN: f"{UNSIGNED} admin b_admin"}, {"state": "failed"}),
    Row("GET /health", 403, {SIGN_IN: UNSIGNED, 200: "admin b_admin"}),
    # lists
    Row("GET /issues", 200, CLOSED),
    Row("GET /issues?box=station", 403, {SIGN_IN: UNSIGNED, 200: f"{STATION_STAFF} {OTHER_STATION_STAFF}"
        " township township_elsewhere b_township"}),
    Row("GET /issues?box=mine", 403, {SIGN_IN: UNSIGNED, 422: ISSUE_ROLES}, None, "one's own reports are on one's phone"),
    Row("GET /issues/live", 200, CLOSED),
    Row("GET /issues/counts", 200, CLOSED),
    Row("GET /issues/filters", 200, CLOSED),
    Row("POST /issues/views", 303, {403: NO_LIST}, {"name": "常看", "overdue": "1"}),
    Row("POST /issues/views/drop", 404, CLOSED, {"name": "没有这个"}),
    Row("GET /bulk?action=assign&id={pending}", 200, CLOSED, None, "says of each what is theirs"),
    Row("POST /bulk", 422, CLOSED, {"action": "assign"}, "nothing chosen"),
    Row("GET /bulk/result?action=assign&done={pending}", 200, CLOSED),
    Row("POST /bulk/undo", 422, CLOSED, {"action": "assign", "done": "{pending}"}, "units return, nobody takes back"),
    # one issue
    Row("GET /issues/{pending}", 404, CLOSED | {200: READERS}),
    Row("GET /issues/{pending}/print", 404, CLOSED | {200: READERS}),
    Row("GET /issues/{about_deputy}", 404, CLOSED | {200: "district"}, None, "kept from those it names"),
    Row("GET /issues/{pending}/act/accept", 404, CLOSED | {200: "deputy clerk head", 409: "township district committee"}),
    Row("POST /issues/{pending}/act/accept", 404,
        {SIGN_IN: UNSIGNED, 409: "deputy clerk head", 403: f"{NO_LIST} township district committee"}, {"version": "99"},
        "409: could, with the current version"),
    Row("GET /issues/{pending}/options/deputy", 404, CLOSED | {200: "deputy clerk head township"}),
    Row("POST /issues/{pending}/say", 404, {SIGN_IN: f"{UNSIGNED} deputy clerk head township district",
        403: f"{NO_LIST} committee"}, {"text": "我们明天上午去看看"}, "committees read"),
    Row("POST /issues/{pending}/reveal", 404, {SIGN_IN: UNSIGNED, 200: "deputy clerk head township district",
        403: f"{NO_LIST} committee"}, {"reason": "需要上门核实情况"}),
    Row("POST /issues/{pending}/reveal", 404, CLOSED | {422: READERS}, {"reason": " "}, "never without a reason"),
    Row("POST /issues/{receipt}/reveal", 404, {SIGN_IN: UNSIGNED, 403: f"{NO_LIST} {READERS}"},
        {"reason": "需要上门核实情况"}, "nobody knows who it is"),
    Row("GET /issues/{pending}/sheet.pdf", 404, CLOSED | {200: READERS}),
    Row("GET /issues/{pending}/similar", 404, CLOSED | {200: KEEPERS, 403: f"{NO_LIST} deputy committee"},
        None, "who sorts what comes in"),
    Row("POST /issues/{pending}/undo", 404, CLOSED | {409: READERS}, {"version": "1"}, "nobody's slip"),
    # notes: of the station and the offices above it, never the deputy, units, reviewers (rulebook §12)
    Row("POST /issues/{pending}/notes", 404,
        {SIGN_IN: f"{UNSIGNED} {KEEPERS}", 403: f"{NO_LIST} deputy committee"}, {"text": "约了周五上门"}),
    Row("POST /issues/{pending}/notes/{new_note}/strike", 404,
        {SIGN_IN: f"{UNSIGNED} clerk", 403: f"{NO_LIST} head township district deputy committee"}, None, "its author"),
    Row("POST /issues/{about_deputy}/notes", 404, CLOSED | {SIGN_IN: f"{UNSIGNED} district"}, {"text": "已约谈"},
        "kept from those it names"),
    # covering: who sorts, and the reviewer while it is theirs; the master for reviewer and district (§11)
    Row("GET /issues/{pictured}/photos/{picture}", 404, CLOSED | {200: KEEPERS, 403: f"{NO_LIST} deputy committee"}),
    Row("GET /issues/{pending}/photos/{picture}", 404, CLOSED | {403: f"{NO_LIST} deputy committee"}, None,
        "another issue's picture"),
    Row("POST /issues/{pictured}/photos/{picture}/preview", 404,
        CLOSED | {200: KEEPERS, 403: f"{NO_LIST} deputy committee"},
        {"x": "10", "y": "10", "width": "30", "height": "20"}),
    Row("POST /issues/{pictured}/photos/{picture}/master", 404,
        CLOSED | {403: f"{NO_LIST} deputy committee clerk head township", 409: "district"},
        {"reason": "核对车牌号码"}, "409: nothing is covered"),
    Row("POST /issues/{pictured}/photos/{picture}", 404,
        CLOSED | {422: KEEPERS, 403: f"{NO_LIST} deputy committee"},
        {"x": "10", "y": "10", "width": "0.1", "height": "20"}, "too small to hide anything"),
    # the counter
    Row("GET /counter", 403, {SIGN_IN: UNSIGNED, 200: COUNTER}),
    Row("GET /counter?station={station}", 403, {SIGN_IN: UNSIGNED, 200: STATION_STAFF, 404: OTHER_STATION_STAFF}),
    Row("POST /counter/look", 403, {SIGN_IN: UNSIGNED, 200: COUNTER}, {"content": "村口的路灯坏了"}),
    Row("POST /counter/photos", 403, {SIGN_IN: UNSIGNED, 200: COUNTER}),
    Row("POST /counter", 403, {SIGN_IN: UNSIGNED, 422: COUNTER}, {"content": ""}),
    Row("POST /counter", 403, {SIGN_IN: UNSIGNED, 404: OTHER_STATION_STAFF, 200: STATION_STAFF}, SPOKEN,
        "only this station's staff"),
    Row("GET /counter/meeting", 403, {SIGN_IN: UNSIGNED, 200: COUNTER}),
    Row("POST /counter/meeting", 403, {SIGN_IN: UNSIGNED, 422: COUNTER}, {"0.content": "灯坏"}),
    # who is who
    Row("GET /identities", 403, {SIGN_IN: UNSIGNED, 200: f"{CONFIRMS_HERE} {CONFIRMS_OTHERS}"}),
    Row("POST /identities/{new_request}/confirm", 403,
        {SIGN_IN: f"{UNSIGNED} {CONFIRMS_HERE}", 404: CONFIRMS_OTHERS}, {"met": "1"}),
    Row("POST /identities/{new_request}/refuse", 403,
        {SIGN_IN: f"{UNSIGNED} {CONFIRMS_HERE}", 404: CONFIRMS_OTHERS}, {"reason": "不认识"}),
    # units
    Row("GET /unit", 403, {SIGN_IN: UNSIGNED, 200: UNIT_STAFF}),
    Row("POST /unit/sign", 403, {SIGN_IN: UNSIGNED, 422: UNIT_CLERKS}, None, "nothing chosen; clerks sign"),
    Row("POST /unit/{pending}/sign-off", 403, {SIGN_IN: UNSIGNED, 404: LEADERS}, {"version": "1"}, "no unit's yet"),
    Row("POST /unit/{pending}/send-back", 403, {SIGN_IN: UNSIGNED, 404: LEADERS}, {"version": "1", "reason": "不够"}),
    # content review
    Row("GET /reviews", 403, {SIGN_IN: UNSIGNED, 200: REVIEWERS}),
    Row("POST /reviews/approve", 403, {SIGN_IN: UNSIGNED, 422: REVIEWERS}, None, "nothing chosen"),
    Row("POST /reviews/reject", 403, {SIGN_IN: UNSIGNED, 422: REVIEWERS}, {"reason_code": "ABUSE"}),
    Row("POST /reviews/{pending}/publish", 403, {SIGN_IN: f"{UNSIGNED} {REVIEWERS}"},
        {"version": "1", "public_text": "路灯坏了"}, "no longer theirs: said, nothing done"),
    Row("POST /reviews/{pending}/second", 403, {SIGN_IN: f"{UNSIGNED} {REVIEWERS}"},
        {"version": "1", "outcome": "AGREE", "reason": "看过"}, "no longer theirs: said, nothing done"),
    Row("GET /reviews/messages", 403, {SIGN_IN: UNSIGNED, 200: REVIEWERS}),
    Row("POST /reviews/messages/decide", 403, {SIGN_IN: UNSIGNED, 422: REVIEWERS}, {"outcome": "RELEASE"}),
    Row("GET /reviews/words", 403, {SIGN_IN: UNSIGNED, 200: f"{REVIEWERS} district b_district admin b_admin"}),
    Row("GET /reviews/words?district={area}", 403,
        {SIGN_IN: UNSIGNED, 200: "reviewer district admin", 404: "b_reviewer b_district b_admin"}),
    Row("POST /reviews/words/content.review_words", 403,
        {SIGN_IN: UNSIGNED, 422: "reviewer district admin", 404: "b_reviewer b_district b_admin"},
        {"district": "{area}", "words": "", "reason": "清空"}, "never an empty list"),
    # figures: each office its own place, nobody else any (rulebook §12)
    Row("GET /overview", 403, FIGURES),
    Row("GET /overview/by/station", 403, FIGURES),
    Row("GET /overview/by/deputy", 403, {SIGN_IN: UNSIGNED, 404: SUPERVISING}, None, "no figures of persons"),
    Row("GET /overview/heat", 403, FIGURES),
    Row("GET /overview/units", 403, FIGURES),
    Row("GET /overview/report.pdf", 403, FIGURES),
    Row(
        "POST /overview/issues", 403, FIGURES,
        {"since": "2026-03-01", "until": "2026-03-31", "format": "csv", "reason": "季度分析"},
    ),
    Row("GET /reports", 403, {SIGN_IN: UNSIGNED, 200: "district committee b_district b_committee"}),
    Row("GET /reports/2026-03", 403, {SIGN_IN: UNSIGNED, 404: "district committee b_district b_committee"}),
    Row("GET /reports/2026-03/pdf", 403, {SIGN_IN: UNSIGNED, 404: "district committee b_district b_committee"}),
    *OFFICE_ROWS,
    # one's own desk
    Row("GET /", 303, {403: RESIDENTS}),
    Row("GET /me", 200, NOT_AT_A_DESK),
    Row("GET /me/left", 200, NOT_AT_A_DESK),
    Row("POST /me/sessions/x/end", 404, NOT_AT_A_DESK, None, "another's session is not found"),
    Row("POST /me/password", 404, NOT_AT_A_DESK, {"current_password": "x"}, "nobody has set one"),
    Row("POST /sign-out", 303, {403: RESIDENTS}),
)  # fmt: skip


@pytest.fixture(scope="module")
def desks(cast: Cast, app: Flask) -> dict[str, Desk]:
    """A desk for each caller, all signed in anew before each page, since one of the pages signs out."""
    now, place = cast.town.clock.now, cast.town.place
    cast.ids |= {"station": place.station, "area": place.district_id, "primary": place.primary}
    cast.ids |= {"town": place.township, "term_run": new_term_run(cast), "run": new_import_run(cast)}
    cast.ids["picture"] = cast.people["owner"].uploads(jpeg())["id"]
    cast.submits("pictured", upload_ids=[cast.ids["picture"]])
    cast.ids["planned"], cast.ids["announced"] = new_reception(cast), new_reception(cast)
    announced = f"/receptions/{cast.ids['announced']}"
    cast.people["head"].post(f"{announced}/announce", {"version": 1})
    cast.ids["booking"] = cast.people["owner"].post(f"{announced}/bookings", {"name": "王"}, 201)["id"]
    cast.ids["desk_booking"] = new_desk_booking(cast)
    return {name: Desk(app, person.account_id or None, now=now) for name, person in cast.people.items()}


def test_each_caller_is_answered_as_written(desks: dict[str, Desk], cast: Cast) -> None:
    def ask(caller: str, method: str, path: str, form: dict[str, str] | None) -> int:
        desk = desks[caller]
        answer = desk.opens(path) if method == "GET" else desk.sends(path, form or {})
        answer.close()
        return int(answer.status_code)

    assert differences(TABLE, lambda text: _filled(cast, text), ask, allowed=400) == {}, "(answered, expected)"


def _filled(cast: Cast, text: str) -> str:
    for name in re.findall(r"\{(\w+)\}", text):
        value = MAKERS[name](cast) if name in MAKERS else cast.ids[name]
        text = text.replace("{" + name + "}", value)
    return text


def test_no_page_is_missing_from_the_table(app: Flask) -> None:
    adapter = app.url_map.bind("localhost")
    walked = set()
    for row in TABLE:
        method, path = row.request.split(" ")
        path = re.sub(r"\{\w+\}", "x", path.split("?")[0])
        rule, _ = adapter.match("/console" + path, method=method, return_rule=True)
        walked.add((method, str(rule.rule)))
    pages = {
        (method, str(rule.rule))
        for rule in app.url_map.iter_rules()
        if str(rule.rule).startswith("/console") and not str(rule.endpoint).endswith(".static")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert pages - walked == set()
