"""What hangs on an issue and is shown with it: read once, shown as the viewer may see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from service.issues import identity, queries
from service.issues.insight import Insight
from service.issues.lifecycle import Party
from service.issues.models import IdentityReveal, Issue, IssueHistory, IssueMessage, IssueRating


@dataclass(frozen=True, slots=True)
class Around:
    """``names``: ids of places, people and categories → names."""

    names: dict[str, str]
    history: Sequence[IssueHistory]
    messages: Sequence[IssueMessage] = ()
    rating: IssueRating | None = None
    reveals: Sequence[IdentityReveal] = ()


def read_around(
    session: Session, issue: Issue, sight: Insight, parties: frozenset[Party], names: dict[str, str]
) -> Around:
    """Only what one of ``parties`` sees is asked for."""
    sees_reveals = Party.OWNER in parties or Party.DISTRICT in parties
    return Around(
        names=names,
        history=queries.history(session, issue.id),
        messages=queries.messages(session, issue.id) if sight.conversation else (),
        rating=queries.rating(session, issue.id),
        reveals=identity.reveals(session, issue.id) if sees_reveals else (),
    )
