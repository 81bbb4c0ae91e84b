"""Deputies' photos: the deputy in person and the deputy's own station; only the station shows them to everybody."""

from __future__ import annotations

from tests.permissions.cast import DEPUTIES, OTHER_STATION_STAFF, STATION_STAFF, UNSIGNED
from tests.permissions.rows import Row

SIGNED = {401: UNSIGNED}
NOT_THEIRS = {404: f"deputy_same deputy_elsewhere deputy_city b_deputy {OTHER_STATION_STAFF}"}

PORTRAIT_ROWS = (
    Row("GET /deputies/{primary}/photo", 404, {}, None, "without a photo there is none, for whoever asks"),
    Row("GET /portraits", 403, SIGNED | {200: f"{DEPUTIES} {STATION_STAFF} {OTHER_STATION_STAFF}"}),
    Row(
        "PUT /portraits/{primary}",
        403,
        SIGNED | NOT_THEIRS | {422: f"deputy {STATION_STAFF}"},
        {"upload_id": "{picture}"},
        "422: attached to an issue, hence nobody's to give",
    ),
    Row(
        "POST /portraits/{primary}/publish",
        403,
        SIGNED | {409: STATION_STAFF, 404: OTHER_STATION_STAFF},
        {"upload_id": "{picture}"},
        "409: that is not the one that waits",
    ),
    Row("DELETE /portraits/{primary}", 403, SIGNED | NOT_THEIRS | {204: f"deputy {STATION_STAFF}"}),
)
