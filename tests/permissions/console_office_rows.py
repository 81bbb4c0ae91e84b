"""Rows of the console's table that are about what offices above the stations set up and decide."""

from __future__ import annotations

from tests.permissions.cast import OTHER_STATION_STAFF, STATION_STAFF, UNSIGNED
from tests.permissions.rows import Row

SIGN_IN = 303
ABOVE, OTHER_ABOVE = "township district", "township_elsewhere b_township b_district"
"""The offices above the station, and those above others."""
IMPORTERS, OTHER_IMPORTERS = "district admin", "b_district b_admin"
DECIDERS = "district b_district admin b_admin"
DECIDES = {SIGN_IN: UNSIGNED, 200: DECIDERS}
DECIDES_HERE = {SIGN_IN: UNSIGNED, 200: "district admin", 404: "b_district b_admin"}
DECIDED = {SIGN_IN: UNSIGNED, 404: "b_district b_admin"}
"""The other district's settings are not there for them."""
WRITERS = f"township township_elsewhere b_township {DECIDERS}"
SEES_REVEALS = "district b_district auditor b_auditor"
DECISION = {"value": "3", "valid_from": "2026-12-01", "reason": "常委会决定", "seen": "stale"}
ENDS = {"use": "off", "valid_from": "2026-12-01", "reason": "改了说法", "seen": "stale"}
WORDS = {"title": "待办", "body": "请处理。", "valid_from": "2026-12-01", "reason": "说得更短", "seen": "stale"}
TEMPLATE = {
    "id": "SMS_1", "kind": "once", "fields": "1=number", "valid_from": "2026-12-01", "reason": "换了模板", "seen": "stale",
}  # fmt: skip

OFFICE_ROWS = (
    # stations set up, corrected, moved and merged: by the offices above them, never by those who work there
    Row("GET /stations/new", 403, {SIGN_IN: UNSIGNED, 200: f"{ABOVE} {OTHER_ABOVE}"}),
    Row("POST /stations/new", 403, {SIGN_IN: f"{UNSIGNED} {ABOVE}", 422: OTHER_ABOVE},
        {"township_code": "{town}", "name": "新站{a_day}", "kind": "STATION", "theme": "GENERAL",
         "host_type": "VILLAGE"}, "only in one's own townships"),
    Row("GET /stations/{station}/change", 403, {SIGN_IN: UNSIGNED, 200: ABOVE, 404: OTHER_ABOVE}),
    Row("POST /stations/{station}/facts", 403, {SIGN_IN: UNSIGNED, 409: ABOVE, 404: OTHER_ABOVE},
        {"name": "站", "theme": "GENERAL", "host_type": "VILLAGE", "seen": "old"}),
    Row("POST /stations/{station}/state", 403, {SIGN_IN: UNSIGNED, 409: ABOVE, 404: OTHER_ABOVE},
        {"state": "paused", "seen": "old"}, "409: somebody changed it meanwhile"),
    Row("POST /stations/{station}/place", 403, {SIGN_IN: UNSIGNED, 409: ABOVE, 404: OTHER_ABOVE},
        {"township_code": "{town}", "seen": "old"}),
    Row("GET /stations/{station}/merge", 403, {SIGN_IN: UNSIGNED, 200: ABOVE, 404: OTHER_ABOVE}),
    Row("POST /stations/{station}/merge", 403, {SIGN_IN: UNSIGNED, 422: ABOVE, 404: OTHER_ABOVE}),
    # files brought in: the district's office and its administrator
    Row("GET /imports", 403, {SIGN_IN: UNSIGNED, 200: f"{IMPORTERS} {OTHER_IMPORTERS}"}),
    Row("GET /imports/template.xlsx", 403, {SIGN_IN: UNSIGNED, 200: f"{IMPORTERS} {OTHER_IMPORTERS}"}),
    Row("POST /imports/roster", 403, {SIGN_IN: UNSIGNED, 422: f"{IMPORTERS} {OTHER_IMPORTERS}"}, None, "no file"),
    Row("GET /imports/{run}", 403, {SIGN_IN: UNSIGNED, 200: IMPORTERS, 404: OTHER_IMPORTERS}),
    Row("GET /imports/{run}/state?seen=old", 403, {SIGN_IN: UNSIGNED, 200: IMPORTERS, 404: OTHER_IMPORTERS}),
    Row("GET /imports/{run}/problems.csv", 403, {SIGN_IN: UNSIGNED, 200: IMPORTERS, 404: OTHER_IMPORTERS}),
    Row("POST /imports/{run}/apply", 403, {SIGN_IN: UNSIGNED, 409: IMPORTERS, 404: OTHER_IMPORTERS}, {"version": "9"}),
    Row("POST /imports/{run}/again", 403, {SIGN_IN: UNSIGNED, 409: IMPORTERS, 404: OTHER_IMPORTERS}, {"version": "9"}),
    Row("POST /imports/{run}/drop", 403, {SIGN_IN: UNSIGNED, 409: IMPORTERS, 404: OTHER_IMPORTERS}, {"version": "9"}),
    Row("POST /receptions/{announced}/bookings/{booking}/reveal", 403,
        {SIGN_IN: UNSIGNED, 200: STATION_STAFF, 404: OTHER_STATION_STAFF}, {"reason": "来访前确认时间"}),
    # a place for somebody without an account: written down, and taken back, by the station's own staff
    Row("POST /receptions/{announced}/bookings", 403, {SIGN_IN: UNSIGNED, 422: STATION_STAFF, 404: OTHER_STATION_STAFF},
        {"name": "李四"}, "never without spoken consent"),
    Row("GET /receptions/{announced}/bookings/{desk_booking}/slip", 403,
        {SIGN_IN: UNSIGNED, 200: STATION_STAFF, 404: OTHER_STATION_STAFF}),
    Row("POST /receptions/{announced}/bookings/{desk_booking}/called", 403,
        {SIGN_IN: f"{UNSIGNED} {STATION_STAFF}", 404: OTHER_STATION_STAFF}),
    Row("POST /receptions/{announced}/bookings/{desk_booking}/give-up", 403,
        {SIGN_IN: f"{UNSIGNED} {STATION_STAFF}", 404: OTHER_STATION_STAFF}),
    Row("POST /receptions/{announced}/bookings/{booking}/give-up", 403,
        {SIGN_IN: UNSIGNED, 404: f"{STATION_STAFF} {OTHER_STATION_STAFF}"}, None, "an account gives its place up itself"),
    Row("GET /receptions/{planned}/minutes.pdf", 403,
        {SIGN_IN: UNSIGNED, 200: STATION_STAFF, 404: OTHER_STATION_STAFF}),
    # deputies' photos: the station's own look (as on the phone), never an office's above it
    Row("GET /stations/{station}/portraits", 403, {SIGN_IN: UNSIGNED, 200: STATION_STAFF, 404: OTHER_STATION_STAFF}),
    Row("POST /stations/{station}/portraits", 403,
        {SIGN_IN: UNSIGNED, 422: STATION_STAFF, 404: OTHER_STATION_STAFF}, {"deputy_id": "{primary}"}, "no photo"),
    Row("POST /stations/{station}/portraits/{primary}/publish", 403,
        {SIGN_IN: UNSIGNED, 409: STATION_STAFF, 404: OTHER_STATION_STAFF}, {"upload_id": "{picture}"},
        "409: that is not the one that waits"),
    Row("POST /stations/{station}/portraits/{primary}/remove", 403,
        {SIGN_IN: f"{UNSIGNED} {STATION_STAFF}", 404: OTHER_STATION_STAFF}, {"reason": "old"}),
    # deputies: mandates, grids and groups are the district office's (rulebook §9.8), each its own district's
    Row("GET /deputies", 403, {SIGN_IN: UNSIGNED, 200: "district b_district"}),
    Row("POST /deputies", 403, {SIGN_IN: UNSIGNED, 422: "district b_district"}, {"name": "新甲"}, "elected to what?"),
    Row("GET /deputies/{primary}", 403, {SIGN_IN: UNSIGNED, 200: "district", 404: "b_district"}),
    Row("POST /deputies/{primary}/mandates", 403, {SIGN_IN: UNSIGNED, 409: "district", 404: "b_district"},
        {"level": "COUNTY", "valid_from": "2026-03-02"}, "holds one already"),
    Row("POST /deputies/{primary}/mandates/x", 403, {SIGN_IN: UNSIGNED, 404: "district b_district"},
        {"to": "terminated", "seen": "active", "reason": "辞职"}, "no such mandate of theirs"),
    Row("POST /deputies/{primary}/grids", 403, {SIGN_IN: UNSIGNED, 404: "district b_district"},
        {"grid_id": "x", "role": "PRIMARY"}),
    Row("POST /deputies/{primary}/grids/x/end", 403, {SIGN_IN: UNSIGNED, 404: "district b_district"}),
    Row("POST /deputies/{primary}/groups", 403, {SIGN_IN: UNSIGNED, 422: "district", 404: "b_district"},
        {"group_id": "x"}),
    Row("POST /deputies/{primary}/groups/x/leave", 403, {SIGN_IN: UNSIGNED, 404: "district b_district"}),
    # a deputy's facts: the offices of the place; who the person is, the district's alone (rulebook §9.8)
    Row("GET /deputies/facts", 403,
        {SIGN_IN: UNSIGNED, 200: "district b_district township township_elsewhere b_township"}),
    Row("GET /deputies/{primary}/facts", 403,
        {SIGN_IN: UNSIGNED, 200: "district township", 404: "township_elsewhere b_district b_township"}),
    Row("POST /deputies/{primary}/facts", 403,
        {SIGN_IN: UNSIGNED, 409: "district township", 404: "township_elsewhere b_district b_township"},
        {"name": "安一", "seen": "old"}, "409: not what they saw"),
    # a new term: mandates are the district office's alone, not the township's, not the administrator's
    Row("GET /terms", 403, {SIGN_IN: UNSIGNED, 200: "district b_district"}),
    Row("GET /terms/current.csv?level=COUNTY", 403, {SIGN_IN: UNSIGNED, 200: "district b_district"}),
    Row("POST /terms", 403, {SIGN_IN: UNSIGNED, 422: "district b_district"}, None, "no list"),
    Row("GET /terms/{term_run}", 403, {SIGN_IN: UNSIGNED, 200: "district", 404: "b_district"}),
    Row("GET /terms/{term_run}/state?seen=old", 403, {SIGN_IN: UNSIGNED, 200: "district", 404: "b_district"}),
    Row("POST /terms/{term_run}/apply", 403, {SIGN_IN: UNSIGNED, 422: "district", 404: "b_district"}, {"version": "9"}),
    Row("POST /terms/{term_run}/again", 403, {SIGN_IN: UNSIGNED, 409: "district", 404: "b_district"}, {"version": "9"}),
    Row("POST /terms/{term_run}/drop", 403, {SIGN_IN: UNSIGNED, 409: "district", 404: "b_district"}, {"version": "9"}),
    Row("GET /imports/{term_run}", 403, {SIGN_IN: UNSIGNED, 404: f"{IMPORTERS} {OTHER_IMPORTERS}"}, None,
        "not applied past its preview"),
    # what the district decides: its office and its administrator (domain.md §1 row 8, §13)
    Row("GET /settings", 403, DECIDES),
    Row("GET /settings?district={area}", 403, DECIDES_HERE),
    Row("GET /settings/reasons", 403, DECIDES),
    Row("GET /settings/one/deadlines.accept_wd", 403, DECIDES),
    Row("POST /settings/one/deadlines.accept_wd/look", 403, DECIDES_HERE, DECISION | {"district": "{area}"}),
    Row("POST /settings/one/deadlines.accept_wd", 403, DECIDED | {409: "district admin"},
        DECISION | {"district": "{area}"}, "409: could, had they looked at what holds"),
    Row("POST /settings/changes/x/withdraw", 403, {SIGN_IN: UNSIGNED, 404: DECIDERS}),
    Row("GET /settings/policies", 403, DECIDES),
    Row("POST /settings/policies", 403, DECIDED | {422: "district admin"}, {"district": "{area}"}),
    Row("POST /settings/policies/x/end", 403, {SIGN_IN: UNSIGNED, 404: DECIDERS}, {"last_day": "2026-12-31"}),
    Row("GET /settings/categories", 403, DECIDES),
    Row("POST /settings/categories", 403, DECIDED | {422: "district admin"},
        {"district": "{area}", "title": "其他", "valid_from": "2026-12-01"}),
    Row("POST /settings/categories/x/words", 403, {SIGN_IN: UNSIGNED, 404: DECIDERS}, {"words": "灯"}),
    Row("POST /settings/categories/x/use", 403, {SIGN_IN: UNSIGNED, 404: DECIDERS}, ENDS),
    Row("POST /settings/categories/changes/x/withdraw", 403, {SIGN_IN: UNSIGNED, 404: DECIDERS}),
    Row("GET /settings/texts", 403, {SIGN_IN: UNSIGNED, 200: WRITERS}),
    Row("POST /settings/texts/look", 403, {SIGN_IN: UNSIGNED, 200: WRITERS},
        {"title": "谢谢", "text": "感谢您的反映。", "valid_from": "2026-12-01"}),
    Row("POST /settings/texts", 403, {SIGN_IN: UNSIGNED, 422: WRITERS}, {"title": "谢谢"}),
    Row("POST /settings/texts/x/use", 403, {SIGN_IN: UNSIGNED, 404: WRITERS}, ENDS),
    Row("POST /settings/texts/changes/x/withdraw", 403, {SIGN_IN: UNSIGNED, 404: WRITERS}),
    Row("GET /settings/notices", 403, DECIDES),
    Row("GET /settings/one/notice.duty", 403, DECIDES),
    Row("POST /settings/one/notice.duty/look", 403, DECIDES_HERE, WORDS | {"district": "{area}"}),
    Row("POST /settings/one/notice.duty", 403, DECIDED | {409: "district admin"}, WORDS | {"district": "{area}"}),
    Row("GET /settings/templates", 403, DECIDES),
    Row("POST /settings/templates/sms/look", 403, {SIGN_IN: UNSIGNED, 200: DECIDERS}, TEMPLATE),
    Row("POST /settings/templates/sms", 403, DECIDED | {409: "district admin"}, TEMPLATE | {"district": "{area}"}),
    Row("GET /settings/holidays", 403, DECIDES),
    Row("POST /settings/holidays/look", 403, {SIGN_IN: UNSIGNED, 200: DECIDERS}, {"year": "2027", "days": "2027-01-01,休"}),
    Row("POST /settings/holidays", 403, {SIGN_IN: UNSIGNED, 422: DECIDERS}, {"year": "2027", "days": "元旦"}),
    # logs, not contents (domain.md §12); why somebody looked at a name is no business of an administrator
    Row("GET /audit", 403, {SIGN_IN: UNSIGNED, 200: f"{DECIDERS} auditor b_auditor"}),
    Row("GET /audit/ledger", 403, {SIGN_IN: UNSIGNED, 200: f"{DECIDERS} auditor b_auditor"}),
    Row("GET /audit/reveals", 403, {SIGN_IN: UNSIGNED, 200: SEES_REVEALS}),
    Row("GET /audit/seen", 403, {SIGN_IN: UNSIGNED, 200: SEES_REVEALS}),
    Row("POST /audit/taken", 403, {SIGN_IN: UNSIGNED, 200: f"{DECIDERS} auditor b_auditor"}, {"reason": "年度检查"}),
    Row("POST /audit/reveals/taken", 403, {SIGN_IN: UNSIGNED, 422: SEES_REVEALS}, {"reason": ""}, "never without a reason"),
)  # fmt: skip
