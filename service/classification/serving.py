"""The model in use, kept in this process: looked for once in a while, loaded once per version, never in the way."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import structlog
from sqlalchemy.orm import Session

from service.classification import queries
from service.classification.model import BrokenModel, Model, decode

log = structlog.get_logger(__name__)
LOOK_AGAIN = dt.timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Served:
    """``model`` None: there is none, or this version cannot be read (logged once)."""

    version: int | None
    model: Model | None
    looked_at: dt.datetime


_served: dict[str, Served] = {}


def current(session: Session, district_id: str, *, now: dt.datetime) -> Served:
    """The district's model as of the last half minute. Costs a statement then, and one more for a new version."""
    known = _served.get(district_id)
    if known is not None and dt.timedelta(0) <= now - known.looked_at < LOOK_AGAIN:
        return known
    version = queries.active_version(session, district_id)
    same = known is not None and known.version == version
    model = known.model if known is not None and same else _load(session, district_id, version)
    _served[district_id] = Served(version, model, now)
    return _served[district_id]


def forget() -> None:
    """Look anew on the next question: after a change of version in this process."""
    _served.clear()


def _load(session: Session, district_id: str, version: int | None) -> Model | None:
    if version is None:
        return None
    try:
        return decode(queries.weights(session, district_id, version) or "")
    except (BrokenModel, ValueError) as error:
        log.error("category_model_unreadable", district=district_id, version=version, error=str(error))
        return None
