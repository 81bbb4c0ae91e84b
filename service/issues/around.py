"""What hangs on an issue and is shown with it: read once, shown as the viewer may see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from service.issues import identity, queries
from service.issues.case import Case
from service.issues.insight import Insight
from service.issues.lifecycle import Party
from service.issues.models import IdentityReveal, IssueFollower, IssueHistory, IssueMessage, IssueRating
from service.issues.photos import Album, album


@dataclass(frozen=True, slots=True)
class Around:
    """``names``: ids of places, people and categories → names. ``messages``: also those the viewer must not read."""

    names: dict[str, str]
    history: Sequence[IssueHistory]
    album: Album
    messages: Sequence[IssueMessage] = ()
    rating: IssueRating | None = None
    reveals: Sequence[IdentityReveal] = ()
    joined: Sequence[IssueFollower] = ()
    """Those followers who rated."""


def read_around(
    session: Session, case: Case, sight: Insight, parties: frozenset[Party], names: dict[str, str]
) -> Around:
    """Only what there is and what one of ``parties`` sees is asked for."""
    issue_id = case.issue.id
    sees_reveals = Party.OWNER in parties or Party.DISTRICT in parties
    return Around(
        names=names,
        history=queries.history(session, issue_id),
        album=album(session, case, sight),
        messages=queries.messages(session, issue_id) if case.has_messages else (),
        rating=case.rating,
        joined=queries.followers_who_rated(session, issue_id) if case.followers and sight.ratings_of_others else (),
        reveals=identity.reveals(session, issue_id) if case.was_revealed and sees_reveals else (),
    )
