"""One issue in each situation that decides who may see it. Made by the people in it, over HTTP."""

from __future__ import annotations

from tests.permissions.cast import PLACE, Cast

SITUATIONS = (
    "review", "pending", "receipt", "assigned", "closed", "about_deputy", "about_station", "about_unit", "in_b",
)  # fmt: skip
"""``receipt``: pending like ``pending``, but receipt_only; ``assigned``: to ``unit_…`` with ``co_…`` helping;
``about_…``: about that deputy, that station, that unit; ``in_b``: pending in the other district."""

DOUBTFUL = "村口有人刷单兼职，已经骗了好几位老人的钱"


def set_up(cast: Cast) -> None:
    place = cast.town.place
    cast.submits("pending", place=PLACE)
    receipt = cast.submits("receipt", anonymity="receipt_only", contact=None)
    cast.ids["receipt_code"] = receipt["receipt_code"]
    cast.submits("assigned")
    _assign(cast)
    cast.submits("closed")
    cast.people["deputy"].does(cast.ids["closed"], "accept")
    cast.people["deputy"].does(cast.ids["closed"], "answer", text="已经修好。")
    cast.people["owner"].does(cast.ids["closed"], "rate", result="SATISFIED")
    cast.submits("about_deputy", about={"type": "deputy", "id": place.primary})
    cast.submits("about_station", about={"type": "station", "id": place.station})
    cast.submits("about_unit", about={"type": "unit", "id": place.township_unit})
    cast.submits("review", content=DOUBTFUL)
    in_b = cast.other_town.submits(cast.people["b_resident"], anonymity="station_only")
    cast.ids["in_b"] = in_b["id"]
    cast.town.work()
    states = {
        name: cast.people["owner"].sees(cast.ids[name])["state"]
        for name in SITUATIONS
        if name not in ("receipt", "in_b")
    }
    assert states == {
        "review": "content_review", "pending": "pending_accept", "assigned": "assigned", "closed": "closed",
        "about_deputy": "pending_accept", "about_station": "pending_accept", "about_unit": "pending_accept",
    }  # fmt: skip


def _assign(cast: Cast) -> None:
    """The district gives the work to a unit of the township, with one of its own to help."""
    place, issue_id = cast.town.place, cast.ids["assigned"]
    cast.people["deputy"].does(issue_id, "accept")
    cast.people["district"].does(
        issue_id, "assign", unit_id=place.township_unit, co_unit_ids=[place.district_unit], difficulty="GENERAL"
    )
    cast.town.work()
