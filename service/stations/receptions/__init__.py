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
    takes_bookings,
)
from service.stations.receptions.days import COMING, advance, announce, cancel, of_deputy, plan, reception, upcoming
from service.stations.receptions.minutes import (
    LONGEST_NOTES,
    MOST_VISITORS,
    began,
    close,
    minutes_of,
    past,
    write_minutes,
)

__all__ = [
    "COMING",
    "LONGEST_NOTES",
    "MOST_VISITORS",
    "advance",
    "announce",
    "began",
    "book",
    "booked_places",
    "bookings_by_day",
    "bookings_of",
    "cancel",
    "cancel_booking",
    "close",
    "coming_bookings",
    "forget_account",
    "minutes_of",
    "move_account",
    "of_deputy",
    "past",
    "plan",
    "reception",
    "takes_bookings",
    "upcoming",
    "write_minutes",
]
