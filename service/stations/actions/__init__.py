"""What changes about stations: the stations themselves, who and what belongs to them, and their printed codes."""

from service.stations.actions.codes import issue_code, plan_campaign, revoke_code
from service.stations.actions.editing import StationFacts, edit_station, place_station
from service.stations.actions.lifecycle import create_station, end_pauses, move_station
from service.stations.actions.merging import merge_station
from service.stations.actions.people import cover_grid, join_roster, leave_roster, put_on_duty, take_off_duty
from service.stations.actions.scans import add_scans

__all__ = [
    "StationFacts",
    "add_scans",
    "cover_grid",
    "create_station",
    "edit_station",
    "end_pauses",
    "issue_code",
    "join_roster",
    "leave_roster",
    "merge_station",
    "move_station",
    "place_station",
    "plan_campaign",
    "put_on_duty",
    "revoke_code",
    "take_off_duty",
]
