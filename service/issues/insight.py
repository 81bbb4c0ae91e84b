"""What each party may see of an issue: text, place and identity by role and by what the resident chose. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from service.issues.lifecycle import Party
from service.issues.line import Line
from service.issues.models import Issue
from service.issues.words import Anonymity
from service.masking import mask_name, mask_phone

_STATION = frozenset({Party.CLERK, Party.HEAD, Party.STAND_IN})
_OFFICE = frozenset({Party.TOWNSHIP, Party.DISTRICT, Party.RAISED})
_UNITS = frozenset({Party.UNIT, Party.UNIT_LEADER, Party.CO_UNIT})
_FULL_TEXT = _STATION | _OFFICE | {Party.OWNER, Party.DEPUTY, Party.REVIEWER, Party.DECIDER}


NOT_PUBLISHED = "您跟进的同类事项（原文未公开）"


@dataclass(frozen=True, slots=True)
class Insight:
    """``may_reveal``: behind the mask with a reason, logged, and the resident can see that it happened."""

    full_text: bool
    exact_place: bool
    masked_identity: bool
    own_identity: bool
    may_reveal: bool
    staff_lines: bool
    conversation: bool
    resident_photos: bool
    """Faces and front doors cannot be blacked out by a machine: whoever gets the redacted text gets no picture."""
    office_photos: bool
    """Evidence of deputies and units: also for the units at work, with or without ``pass_on``."""
    triage: bool
    """Station and offices above it: what the machine suggests, which issues are alike, and what many speak of."""
    ratings_of_others: bool
    """What those who joined (跟进人) think of the feedback, and why: for whoever gave it, station and offices."""
    stranger: bool
    """Only joined (我也遇到): learns how it goes, never what somebody else wrote, unless it was published."""


def insight(parties: frozenset[Party], issue: Issue, *, by_receipt: bool = False) -> Insight:
    """Rules of the contract: ``station_only`` is known to the station alone, ``named`` to deputy and station, and to the
    unit with ``pass_on``; ``pass_on`` also decides whether a unit gets the exact words and place."""
    passed_on = bool(parties & _UNITS) and issue.consent_pass_on
    full = _reads_all(parties, issue)
    knows = _knows_identity(parties, issue, passed_on)
    owner = Party.OWNER in parties
    return Insight(
        full_text=full,
        exact_place=full and parties != {Party.REVIEWER},
        masked_identity=knows or owner,
        own_identity=owner and not by_receipt,
        may_reveal=knows,
        staff_lines=bool(parties - {Party.OWNER, Party.FOLLOWER}),
        conversation=bool(parties & (_STATION | _OFFICE | {Party.OWNER, Party.DEPUTY})),
        resident_photos=full,
        office_photos=full or bool(parties & _UNITS),
        triage=sorts(parties),
        ratings_of_others=sorts(parties) or Party.DEPUTY in parties,
        stranger=parties == {Party.FOLLOWER},
    )


def sorts(parties: frozenset[Party]) -> bool:
    """Station and offices above it sort what comes in: they are told what is alike and what many speak of."""
    return bool(parties & (_STATION | _OFFICE))


def _knows_identity(parties: frozenset[Party], issue: Issue, passed_on: bool) -> bool:
    if issue.anonymity == Anonymity.RECEIPT_ONLY or not (issue.contact_name or issue.contact_phone):
        return False
    if issue.anonymity == Anonymity.STATION_ONLY:
        return bool(parties & _STATION)
    return bool(parties & (_STATION | _OFFICE | {Party.DEPUTY})) or passed_on


def _reads_all(parties: frozenset[Party], issue: Issue | Line) -> bool:
    return bool(parties & _FULL_TEXT) or (bool(parties & _UNITS) and issue.consent_pass_on)


def shows_photos(parties: frozenset[Party], issue: Line) -> bool:
    """As ``resident_photos`` of :class:`Insight`, of a line of a list."""
    return _reads_all(parties, issue)


def visible_text(issue: Issue, sight: Insight) -> str:
    return _text(issue, full=sight.full_text, stranger=sight.stranger)


def visible_beginning(issue: Line, parties: frozenset[Party]) -> str:
    """As :func:`visible_text`, of a line of a list: there is nothing else to decide about."""
    return _text(issue, full=_reads_all(parties, issue), stranger=parties == {Party.FOLLOWER})


def _text(issue: Issue | Line, *, full: bool, stranger: bool) -> str:
    if stranger:
        return (issue.published_at and issue.public_text) or NOT_PUBLISHED
    return issue.content if full else issue.redacted


def visible_contact(issue: Issue, sight: Insight) -> dict[str, str | None] | None:
    """Masked name and phone, the resident's own unmasked on their own device; None where nothing may show."""
    if not sight.masked_identity or not (issue.contact_name or issue.contact_phone):
        return None
    if sight.own_identity:
        return {"name": issue.contact_name, "phone": issue.contact_phone}
    return {"name": mask_name(issue.contact_name), "phone": mask_phone(issue.contact_phone)}
