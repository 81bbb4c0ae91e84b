"""Reception days (接待日): planned, announced in time, booked, held or cancelled. Rulebook §2.2."""

from service.stations.receptions.booking import (
    book,
    booked_places,
    bookings_of,
    cancel_booking,
    forget_account,
    move_account,
)
from service.stations.receptions.days import COMING, advance, announce, cancel, plan, reception, upcoming

__all__ = [
    "COMING",
    "advance",
    "announce",
    "book",
    "booked_places",
    "bookings_of",
    "cancel",
    "cancel_booking",
    "forget_account",
    "move_account",
    "plan",
    "reception",
    "upcoming",
]
