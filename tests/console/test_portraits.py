"""Deputies' photos at the desk: the station looks, and what somebody else did meanwhile is said even when its form is gone."""

from __future__ import annotations

import io

from service.accounts.roles import Role
from tests.console.conftest import Seat
from tests.journeys.town import Town
from tests.uploads.album import jpeg


def test_the_station_looks_at_the_desk_and_whoever_comes_second_is_told(town: Town, seat: Seat) -> None:
    place, own = town.place, town.place.accounts
    clerk, head = seat(own[Role.STATION_CLERK]), seat(own[Role.STATION_HEAD])
    station, deputy = f"/stations/{place.station}", place.primary
    path, one = f"{station}/portraits", f"{station}/portraits/{deputy}"
    photo = {"deputy_id": deputy, "photo": (io.BytesIO(jpeg()), "IMG.jpg")}
    assert clerk.sends(path, {"deputy_id": deputy, "_name": "portrait"}).status_code == 422, "no photo"
    assert "等您看" not in clerk.opens(station).text
    assert clerk.sends(path, photo).status_code == 303
    assert f"{one}/publish" not in clerk.opens(path).text, "its copies are not made yet"
    town.work()
    assert "1 张代表照片等您看" in head.opens(station).text
    assert _photo(town) is None, "nobody sees it before the station has looked"

    seen = head.opens(path).text
    upload_id = seen.split('name="upload_id" value="')[1].split('"')[0]
    form = {"upload_id": upload_id, "_name": f"publish-{deputy}"}
    assert head.sends(f"{one}/publish", form).status_code == 303
    assert _photo(town) is not None
    assert clerk.sends(f"{one}/remove", {"_name": f"remove-{deputy}"}).status_code == 422, "why?"
    assert clerk.sends(f"{one}/remove", {"reason": "pose"}).status_code == 303
    town.work()
    [told] = [row for row in town.deputy(deputy).get("/inbox")["items"] if row["title"] == "您的照片已经撤下"]
    assert "原因：不是正面半身照。" in told["body"] and told["page"] == "pages/work/portraits"
    late = head.sends(f"{one}/publish", form)
    assert late.status_code == 409 and "照片已经换过" in late.text, "the button is gone, the sentence stands above"
    assert late.text.count('role="alert"') == 1
    assert _photo(town) is None


def _photo(town: Town) -> str | None:
    address: str | None = town.guest().get(f"/scan/{town.place.grid_code}")["deputy"]["photo_url"]
    return address
