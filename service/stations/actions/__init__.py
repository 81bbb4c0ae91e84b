"""What changes about stations: the stations themselves, who and what belongs to them, and their printed codes."""

from service.stations.actions.codes import issue_code, revoke_code
from service.stations.actions.lifecycle import create_station, move_station
from service.stations.actions.merging import merge_station
from service.stations.actions.people import cover_grid, join_roster, leave_roster, put_on_duty

__all__ = [
    "cover_grid",
    "create_station",
    "issue_code",
    "join_roster",
    "leave_roster",
    "merge_station",
    "move_station",
    "put_on_duty",
    "revoke_code",
]
