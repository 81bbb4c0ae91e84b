"""Questions about imports: which of a district there were, how each stands."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer

from service.errors import NotFound
from service.imports.models import ImportFile, ImportRun
from service.imports.states import PLAIN, UNDER_WAY, Kind

MOST_SHOWN = 30
_LARGE = (ImportRun.problems, ImportRun.notices, ImportRun.found)


def run(session: Session, district_ids: Collection[str], run_id: str, kinds: Collection[Kind] = PLAIN) -> ImportRun:
    """:raises NotFound: also for those of other districts and kinds, so that guessing ids tells nothing."""
    found = session.get(ImportRun, run_id)
    if found is None or found.district_id not in district_ids or found.kind not in kinds:
        raise NotFound("没有找到这次导入。")
    return found


def latest(session: Session, district_ids: Collection[str], kinds: Collection[Kind] = PLAIN) -> Sequence[ImportRun]:
    """Newest first, at most thirty; what was found in them is not read, it may be thousands of lines each."""
    mine = sa.select(ImportRun).where(ImportRun.district_id.in_(district_ids))
    mine = mine.where(ImportRun.kind.in_([kind.value for kind in kinds]))
    newest = mine.order_by(ImportRun.started_at.desc(), ImportRun.id.desc()).limit(MOST_SHOWN)
    return session.scalars(newest.options(*(defer(large) for large in _LARGE))).all()


def under_way(session: Session, district_id: str) -> ImportRun | None:
    """The one that is being worked on, or waits for a worker."""
    states = [state.value for state in UNDER_WAY]
    mine = sa.select(ImportRun).where(ImportRun.district_id == district_id, ImportRun.state.in_(states))
    return session.scalar(mine.limit(1).options(*(defer(large) for large in _LARGE)))


def names(session: Session, run_ids: Collection[str]) -> dict[str, list[str]]:
    """Run → names of its files while they are kept."""
    found: dict[str, list[str]] = {}
    wanted = sa.select(ImportFile.run_id, ImportFile.name).where(ImportFile.run_id.in_(run_ids))
    for run_id, name in session.execute(wanted.order_by(ImportFile.part)):
        found.setdefault(run_id, []).append(name)
    return found
