"""Reception days (接待日): planned, announced in time, booked, held or cancelled. Rulebook §2.2."""

from service.stations.receptions.booking import (
    book,
    booked_places,
    bookings_by_day,
    bookings_of,
    cancel_booking,
    coming_bookings,
    forget_account,
    move_account,
)
from service.stations.receptions.days import COMING, advance, announce, cancel, of_deputy, plan, reception, upcoming

__all__ = [
    "COMING",
    "advance",
    "announce",
    "book",
    "booked_places",
    "bookings_by_day",
    "bookings_of",
    "cancel",
    "cancel_booking",
    "coming_bookings",
    "forget_account",
    "move_account",
    "of_deputy",
    "plan",
    "reception",
    "upcoming",
]
