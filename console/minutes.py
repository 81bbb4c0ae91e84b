"""The sheet of a reception day's minutes (接待记录), to print and sign; before they are written, a blank one to take along."""

from __future__ import annotations

from console import receptions
from console.pages import Door, current_actor, only, page
from console.showing import render
from service.db import db
from service.stations import keeping, queries
from service.stations.keeping import STAFF

door = Door("minutes")


@page(door, "GET", "/receptions/<id>/print", access=only(*STAFF))
def print_out(id: str) -> str:
    """Nobody who booked stands on it: neither name nor phone."""
    session = db.session()
    row = keeping.own_reception(session, current_actor(), id)
    told = receptions.recorded(row)
    return render(
        "console/minutes_print.html",
        day=row,
        station=queries.station(session, row.district_id, row.station_id),
        planned_by=[name for one, name in told["people"] if one in row.deputy_ids],
        **told,
    )
