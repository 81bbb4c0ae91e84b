"""What changes about deputies: people and mandates, leave, and where they belong."""

from service.deputies.actions.belonging import assign_grid, create_group, join_group, leave_grid, leave_group
from service.deputies.actions.facts import Person, correct
from service.deputies.actions.leave import cancel_leave, take_leave
from service.deputies.actions.people import change_mandate, create_deputy, elect, give_mandate

__all__ = [
    "Person",
    "assign_grid",
    "cancel_leave",
    "change_mandate",
    "correct",
    "create_deputy",
    "create_group",
    "elect",
    "give_mandate",
    "join_group",
    "leave_grid",
    "leave_group",
    "take_leave",
]
