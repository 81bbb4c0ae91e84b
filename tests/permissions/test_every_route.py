"""Role × route × ownership × place × district, walked whole. What is expected stands here, written from the contract."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.conftest import ON_POSTGRESQL
from tests.permissions.cast import (
    DEPUTIES,
    OTHER_STATION_STAFF,
    RESIDENTS,
    STATION_STAFF,
    UNIT_STAFF,
    UNSIGNED,
    Cast,
)
from tests.permissions.objects import MAKERS, set_up_objects
from tests.permissions.portrait_rows import PORTRAIT_ROWS
from tests.permissions.rows import Row, differences

pytestmark = ON_POSTGRESQL
"""Who may do what is decided before, and by the same statements on either; what each then reads is walked on both."""
PUBLIC: dict[int, str] = {}
SIGNED = {401: UNSIGNED}
NOT_FOR_ROLES_OF_LEAVE = (
    f"{RESIDENTS} {UNIT_STAFF} government reviewer committee auditor admin"
    " b_government b_reviewer b_committee b_auditor b_admin"
)
KEEPERS = f"{STATION_STAFF} township district"
OTHER_KEEPERS = f"{OTHER_STATION_STAFF} township_elsewhere b_township b_district"
OTHER_IDENTITY_KEEPERS = (
    "head_home head_elsewhere b_head unit_leader co_leader unit_leader_elsewhere b_unit_leader"
    " township_elsewhere b_township b_district admin b_admin"
)
DISMISSED = "deputy_same"
"""Whose only role is ended in the table, hence signed out."""
IDENTITY_KEEPERS = f"head township district {OTHER_IDENTITY_KEEPERS}"
PARTIES_TO_PENDING = "owner deputy clerk head township district committee"


NEW_CLERK = {"role": "station_clerk", "person_name": "李新", "phone": "13600009999", "station_id": "{station}"}
SUBMISSION = {
    "station_code": "{scan_code}",
    "content": "垃圾桶三天没有清运了",
    "anonymity": "receipt_only",
    "consents": {"privacy": True},
}
RECEPTION = {
    "station_id": "{station}",
    "starts_at": "2026-03-20T09:00:00+08:00",
    "ends_at": "2026-03-20T11:00:00+08:00",
    "deputy_ids": ["{primary}"],
    "place": "联络站",
}
STALE = {"action": "accept", "version": 99}

TABLE = (
    # anybody, signed in or not
    Row("POST /sessions", 201, PUBLIC, {"provider": "guest"}),
    Row("GET /scan/{scan_code}", 200, PUBLIC),
    Row("GET /districts", 200, PUBLIC),
    Row("GET /stations", 200, PUBLIC),
    Row("GET /stations/{station}", 200, PUBLIC),
    Row("GET /stations/{station}/units", 200, PUBLIC),
    Row("GET /deputies/{primary}", 200, PUBLIC),
    Row("GET /categories?district_id={area}", 200, PUBLIC),
    Row("GET /public/issues", 200, PUBLIC),
    Row("GET /public/issues/NOT-RELEASED-1", 404, PUBLIC),
    Row("GET /public/statistics", 200, PUBLIC),
    Row("GET /public/ledger", 200, PUBLIC),
    Row("GET /openapi.json", 200, PUBLIC),
    # whoever holds the code, and nobody else; a session adds nothing to it
    Row("GET /receipts/{receipt_code}", 200, PUBLIC),
    Row("GET /receipts/{wrong_code}", 404, PUBLIC),
    Row("POST /receipts/{receipt_code}/actions", 403, PUBLIC, STALE, "a deputy's token does not make the code a deputy"),
    Row("POST /receipts/{receipt_code}/actions", 409, PUBLIC, {"action": "withdraw", "version": 99}),
    Row("POST /receipts/{wrong_code}/actions", 404, PUBLIC, {"action": "withdraw", "version": 1}),
    Row("POST /receipts/{receipt_code}/messages", 201, PUBLIC, {"text": "请问什么时候能修"}),
    Row("POST /receipts/{wrong_code}/messages", 404, PUBLIC, {"text": "您好"}),
    Row("POST /receipts/{receipt_code}/urge", 409, PUBLIC, None, "once today already"),
    Row("POST /receipts/{wrong_code}/urge", 404, PUBLIC),
    Row("POST /receipts/{receipt_code}/uploads", 415, PUBLIC, None, "no form in it, but the door is open"),
    # one's own things
    Row("GET /me", 200, SIGNED),
    Row("PATCH /me", 200, SIGNED, {"consents": []}),
    Row("GET /me/export", 200, SIGNED),
    Row("POST /me/bind", 422, SIGNED, {"invitation_code": "WRONG-CODE", "phone_code": "13700000000"}),
    Row("GET /sessions", 200, SIGNED),
    Row("DELETE /sessions/{new_session}", 404, SIGNED | {204: "owner"}),
    Row("GET /inbox", 200, SIGNED),
    Row("POST /inbox/read", 200, SIGNED, {}),
    Row("POST /subscriptions", 201, SIGNED, {"template_ids": ["tmpl"], "results": {"tmpl": "accept"}}),
    # issues
    Row("POST /issues/preview", 200, SIGNED, {"station_code": "{scan_code}", "content": "路灯坏了"}),
    Row("POST /issues", 201, SIGNED, SUBMISSION),
    Row(
        "POST /issues", 403, SIGNED | {201: STATION_STAFF},
        SUBMISSION | {"on_behalf": {"channel": "RECEPTION", "spoken_consent": True}},
        "only this station's staff may type for somebody",
    ),
    Row("POST /issues/follow", 201, SIGNED, {"follow_token": "{follow_token}"}),
    Row("GET /issues", 200, SIGNED),
    Row("GET /issues/counts", 200, SIGNED),
    Row("GET /issues/counts?box=station", 403,
        SIGNED | {200: f"{STATION_STAFF} {OTHER_STATION_STAFF} township township_elsewhere b_township"}),
    Row("PUT /issues/views/急件", 200, SIGNED, {"box": "mine", "filters": {"urgent": True}}),
    Row("GET /issues/views", 200, SIGNED),
    Row("DELETE /issues/views/急件", 204, SIGNED, None, "each has one of their own"),
    Row("DELETE /issues/views/急件", 404, SIGNED),
    Row("GET /issues/{pending}", 404, SIGNED | {200: PARTIES_TO_PENDING}),
    Row("GET /issues/{pending}/notices", 404, SIGNED | {200: "deputy clerk head township district", 403: "owner committee"}),
    Row("POST /issues/{pending}/actions", 404, SIGNED | {409: "deputy clerk head", 403: "owner township district committee"},
        STALE, "409: could, with the current version"),
    Row("POST /issues/{pending}/actions", 404, SIGNED | {409: "owner", 403: "deputy clerk head township district committee"},
        {"action": "withdraw", "version": 99}, "nobody withdraws for the resident"),
    Row("POST /issues/{pending}/actions", 404, SIGNED | {409: "owner township", 403: "deputy clerk head district committee"},
        {"action": "rate", "version": 1, "result": "SATISFIED"}, "no rating by the station; T only by phone, and not now"),
    Row("POST /issues/{pending}/actions", 404,
        SIGNED | {409: "head township district", 403: "owner deputy clerk committee"},
        {"action": "assign", "version": 99, "unit_id": "x"}, "D may only propose; not before it is accepted"),
    Row("POST /issues/{assigned}/actions", 404,
        SIGNED | {409: "unit_clerk", 403: "owner deputy clerk head township district committee government"
                  " unit_leader co_clerk co_leader"},
        {"action": "sign", "version": 99}, "only the lead unit's clerk signs"),
    Row("POST /issues/{review}/actions", 404, SIGNED | {409: "reviewer", 403: "owner clerk head township district"},
        {"action": "approve_content", "version": 99}),
    Row("POST /issues/{about_deputy}/actions", 404, SIGNED | {409: "district", 403: "owner"}, STALE),
    Row("POST /issues/{about_station}/actions", 404, SIGNED | {409: "township", 403: "owner district"}, STALE),
    Row("POST /issues/{pending}/messages", 404, SIGNED | {201: "owner deputy clerk head township district", 403: "committee"},
        {"text": "我们明天上午去看看"}),
    Row("POST /issues/{assigned}/messages", 404,
        SIGNED | {201: "owner deputy clerk head township district",
                  403: "committee government unit_clerk unit_leader co_clerk co_leader"}, {"text": "您好"},
        "units speak through their result, the deputy speaks to the resident"),
    Row("POST /issues/{pending}/urge", 404, SIGNED | {200: "owner", 403: "deputy clerk head township district committee"}),
    Row("POST /issues/{pending}/reveal", 404,
        SIGNED | {200: "deputy clerk head township district", 403: f"{RESIDENTS} committee"}, {"reason": "需要上门核实情况"}),
    Row("POST /issues/{pending}/reveal", 404,
        SIGNED | {422: "deputy clerk head township district", 403: f"{RESIDENTS} committee"}, {"reason": " "},
        "never without a reason"),
    Row("POST /issues/{assigned}/reveal", 404,
        SIGNED | {200: "deputy clerk head township district",
                  403: f"{RESIDENTS} committee government unit_clerk unit_leader co_clerk co_leader"},
        {"reason": "需要上门核实情况"}, "no pass_on: units may not know"),
    Row("POST /issues/{receipt}/reveal", 404,
        SIGNED | {403: f"{RESIDENTS} deputy clerk head township district committee"}, {"reason": "需要上门核实情况"}),
    Row("GET /issues/{pending}/options/deputy", 404, SIGNED | {200: "deputy clerk head township"},
        None, "those who may send it to another deputy"),
    Row("GET /issues/{pending}/options/issue", 404, SIGNED | {200: "clerk head township"}, None, "those who may merge"),
    Row("GET /issues/{assigned}/options/issue", 404, SIGNED, None, "nobody merges what a unit has"),
    Row("GET /issues/{pending}/options/nonsense", 404, SIGNED),
    Row("GET /reviews/messages", 403, SIGNED | {200: "reviewer b_reviewer"}),
    Row("POST /reviews/messages/{held_message}", 403, SIGNED | {404: "b_reviewer", 204: "reviewer"}, {"outcome": "RELEASE"}),
    # reception days
    Row("GET /receptions?station_id={station}", 200, SIGNED),
    Row("POST /receptions", 403, SIGNED | {201: STATION_STAFF, 404: OTHER_STATION_STAFF}, RECEPTION),
    Row("POST /receptions/{planned}/announce", 403, SIGNED | {409: STATION_STAFF, 404: OTHER_STATION_STAFF}, {"version": 99}),
    Row("POST /receptions/{planned}/cancel", 403, SIGNED | {409: STATION_STAFF, 404: OTHER_STATION_STAFF},
        {"version": 99, "reason": "下雨"}),
    Row("GET /receptions/{announced}/bookings", 403, SIGNED | {200: STATION_STAFF, 404: OTHER_STATION_STAFF}),
    Row("POST /receptions/{announced}/bookings", 201, SIGNED, {"topic": "路灯"}),
    Row("POST /receptions/{planned}/bookings", 404, SIGNED, {"topic": "路灯"}, "not announced yet"),
    Row("POST /receptions/{announced}/bookings/{booking}/reveal", 403,
        SIGNED | {200: STATION_STAFF, 404: OTHER_STATION_STAFF}, {"reason": "来访前确认时间"}),
    Row("POST /receptions/{announced}/bookings/{booking}/reveal", 403,
        SIGNED | {422: STATION_STAFF, 404: OTHER_STATION_STAFF}, {"reason": "看"}, "never without a reason"),
    Row("GET /me/bookings", 200, SIGNED),
    Row("DELETE /receptions/{announced}/bookings/{booking}", 404, SIGNED | {204: "owner"}),
    # printed codes: station staff at home, the township above, the district
    Row("GET /stations/{station}/codes", 403, SIGNED | {200: KEEPERS, 404: OTHER_KEEPERS}),
    Row("POST /stations/{station}/codes", 403, SIGNED | {201: KEEPERS, 404: OTHER_KEEPERS}, {"placement": "电梯"}),
    Row("POST /codes/{new_code}/revoke", 403, SIGNED | {200: KEEPERS, 404: OTHER_KEEPERS}, {"reason": "海报被人撕走"}),
    Row("GET /stations/{station}/poster.pdf", 403, SIGNED | {200: KEEPERS, 404: OTHER_KEEPERS}),
    Row("GET /stations/{station}/poster.png?code={scan_code}", 403, SIGNED | {200: KEEPERS, 404: OTHER_KEEPERS}),
    Row("GET /codes/{scan_code}/image.png", 403, SIGNED | {200: KEEPERS, 404: OTHER_KEEPERS}),
    Row("GET /codes/{scan_code}/image.svg", 403, SIGNED | {200: KEEPERS, 404: OTHER_KEEPERS}),
    Row("POST /codes/{scan_code}/mini", 403, SIGNED | {200: KEEPERS, 404: OTHER_KEEPERS}),
    Row("GET /codes/{scan_code}/mini.png", 403, SIGNED | {409: KEEPERS, 404: OTHER_KEEPERS}),
    # leave
    Row("GET /leaves", 422, SIGNED | {403: NOT_FOR_ROLES_OF_LEAVE, 200: DEPUTIES}),
    Row("GET /leaves?station_id={station}", 404,
        SIGNED | {403: NOT_FOR_ROLES_OF_LEAVE, 200: "deputy deputy_same clerk head township district"}),
    Row("POST /leaves", 403, SIGNED | {201: "deputy township district", 404: "b_deputy b_head b_township b_district"},
        {"deputy_id": "{primary}", "from_on": "{a_day}", "to_on": "{a_day}"}, "the deputy, their township, the district"),
    Row("DELETE /leaves/{new_leave}", 403,
        SIGNED | {204: "deputy township district", 404: "b_deputy b_head b_township b_district"}),
    # a deputy's own desk
    Row("GET /issues/{pending}/past-answers", 403,
        SIGNED | {200: "deputy", 404: "deputy_same deputy_elsewhere deputy_city b_deputy"}),
    Row("GET /deputy/figures", 403, SIGNED | {200: DEPUTIES}),
    Row("GET /deputy/receptions", 403, SIGNED | {200: DEPUTIES}),
    Row("GET /issues?box=deputy", 403, SIGNED | {200: DEPUTIES}),
    *PORTRAIT_ROWS,
    # standard texts
    Row("GET /standard-texts", 200, SIGNED | {403: f"{RESIDENTS} auditor b_auditor"}),
    Row("POST /standard-texts", 403,
        SIGNED | {201: "township township_elsewhere district admin b_township b_district b_admin"},
        {"title": "感谢", "text": "感谢您的反映。"}),
    Row("DELETE /standard-texts/{new_text}", 403,
        SIGNED | {204: "township township_elsewhere district admin", 404: "b_township b_district b_admin"}),
    # pictures: sent by whoever is signed in, opened by a signed address
    Row("POST /uploads", 415, SIGNED, None, "no form in it, but the door is open"),
    Row("GET /uploads/{picture}/photo?{signed}", 200, PUBLIC),
    Row("GET /uploads/{picture}/thumbnail?{signed}", 404, PUBLIC, None, "signed for the other size"),
    Row("GET /uploads/{picture}/photo", 404, PUBLIC, None, "not signed"),
    Row("DELETE /uploads/{new_picture}", 404, SIGNED | {204: "owner"}),
    Row("DELETE /uploads/{picture}", 404, SIGNED, None, "part of an issue now"),
    # about the service itself
    Row("POST /feedback", 201, SIGNED, {"text": "很好用", "district_id": "{area}"}),
    Row("GET /feedback", 200, SIGNED),
    Row("GET /feedback?box=district", 403, SIGNED | {200: "district admin b_district b_admin"}),
    Row("POST /feedback/{new_feedback}/answer", 403, SIGNED | {200: "district admin", 404: "b_district b_admin"},
        {"text": "谢谢，已改。"}),
    # work identities
    Row("GET /me/grants", 200, SIGNED),
    Row("DELETE /me/grants/{head_grant}", 404, SIGNED | {409: "head"}, None, "the only head is asked again first"),
    Row("POST /me/binding-requests", 422, SIGNED, {"invitation_code": "WRONG-CODE", "phone": "13700000000"}),
    Row("GET /me/binding-requests", 200, SIGNED),
    Row("GET /binding-requests", 403, SIGNED | {200: IDENTITY_KEEPERS}),
    Row("POST /binding-requests/{new_request}/confirm", 403,
        SIGNED | {204: "head township district", 404: OTHER_IDENTITY_KEEPERS}),
    Row("POST /binding-requests/{new_request}/refuse", 403,
        SIGNED | {204: "head township district", 404: OTHER_IDENTITY_KEEPERS}, {"reason": "不认识这个人"}),
    Row("GET /grants", 403, SIGNED | {200: IDENTITY_KEEPERS}),
    Row("POST /grants/{new_grant}/end", 403, SIGNED | {204: "head township district", 404: OTHER_IDENTITY_KEEPERS},
        {"reason": "已离岗"}),
    Row("POST /invitations", 403, SIGNED | {201: "head township district"}, NEW_CLERK, "for a place of one's own only"),
    Row("POST /invitations", 403, SIGNED | {201: "district"}, NEW_CLERK | {
        "role": "deputy", "deputy_id": "{primary}", "station_id": None}),
    Row("GET /invitations", 403, SIGNED | {200: IDENTITY_KEEPERS}),
    Row("DELETE /invitations/{new_invitation}", 403,
        SIGNED | {204: "head township district", 404: OTHER_IDENTITY_KEEPERS}),
    Row("GET /me/access-events", 200, SIGNED),
    Row("GET /access-events", 403, SIGNED | {200: "district auditor admin b_district b_auditor b_admin"}),
    # the desk
    Row("POST /desk/tickets", 201, PUBLIC),
    Row("GET /desk/tickets/{ticket}", 200, PUBLIC),
    Row("GET /desk/tickets/{ticket_code}", 404, PUBLIC, None, "the code in the QR is not the ticket's id"),
    Row("GET /desk/scans/{new_ticket}", 200, SIGNED | {403: RESIDENTS}),
    Row("POST /desk/scans/{new_ticket}/confirm", 204, SIGNED | {403: RESIDENTS}, {"check_number": "{check_number}"}),
    Row("POST /desk/scans/{new_ticket}/refuse", 204, SIGNED | {403: RESIDENTS}),
    Row("POST /desk/credentials", 422, PUBLIC,
        {"setup_code": "WRONG-CODE", "login": "zhang.san", "password": "正确的马电池订书钉很好记"}),
    Row("POST /desk/credentials/confirm", 422, PUBLIC, {"setup_code": "WRONG-CODE", "otp": "123456"}),
    Row("PUT /desk/password", 404, SIGNED | {403: RESIDENTS},
        {"current_password": "x", "new_password": "正确的马电池订书钉很好记"}, "nobody has set one"),
    Row("DELETE /me/grants/{auditor_grant}", 404, SIGNED | {204: "auditor"}, None, "the last role: signed out everywhere"),
    Row("POST /grants/{deputy_grant}/end", 403,
        {401: f"{UNSIGNED} auditor", 404: f"head township {OTHER_IDENTITY_KEEPERS}", 204: "district"},
        {"reason": "换届"}, "a deputy's access is not in the station's hands"),
    # last: nobody is left afterwards
    Row("DELETE /me", 204, {401: f"{UNSIGNED} auditor {DISMISSED}"}),
)  # fmt: skip


@pytest.fixture(scope="module")
def stage(cast: Cast) -> Cast:
    set_up_objects(cast)
    return cast


def test_each_caller_is_answered_as_written(stage: Cast) -> None:
    def ask(caller: str, method: str, path: str, body: Any) -> int:
        return int(stage.asks(caller, method, path, body).status_code)

    assert differences(TABLE, lambda text: _filled(stage, text), ask, allowed=300) == {}, "(answered, expected)"


def _filled(stage: Cast, text: str) -> str:
    for name, make in MAKERS.items():
        if "{" + name + "}" in text:
            text = text.replace("{" + name + "}", make(stage))
    for name, value in stage.ids.items():
        text = text.replace("{" + name + "}", value)
    return text


def test_no_route_is_missing_from_the_table(app: Flask) -> None:
    adapter = app.url_map.bind("localhost")
    walked = set()
    for row in TABLE:
        method, path = row.request.split(" ")
        rule, _ = adapter.match("/api/v1" + path.split("?")[0], method=method, return_rule=True)
        walked.add((method, str(rule.rule)))
    routes = {
        (method, str(rule.rule))
        for rule in app.url_map.iter_rules()
        if str(rule.rule).startswith("/api/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes - walked == set()
