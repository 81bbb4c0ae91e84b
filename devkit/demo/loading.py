"""Load the demo once, top it up on later starts, and leave demo.json (contract, `./dev run`)."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from devkit.demo.accounts import SignIn, add_accounts, plan_sign_ins
from devkit.demo.copies.more import copy_more
from devkit.demo.desks import add_desks, desk_notes
from devkit.demo.diary import top_up
from devkit.demo.filling import Filler
from devkit.demo.issues.cast import Cast
from devkit.demo.issues.playing import play
from devkit.demo.plan import DistrictPlan, plan_districts
from devkit.demo.portraits import portray
from devkit.demo.rows import Rows
from service.calendar.workdays import local_date
from service.issues import search, tallies
from service.parameters.queries import work_calendar
from service.territory.models import District
from service.uploads.vault import Vault


def load(session: Session, *, now: dt.datetime, issues: bool = True, vault: Vault | None = None) -> int:
    """Write the demo districts unless they are there, and what their diaries lack; returns the rows written.

    The first time ninety days of ``issues`` are played, which are not counted, and with a ``vault`` some deputies get
    a photo. The caller commits: a start that is interrupted leaves nothing half done.
    """
    plans = plan_districts()
    sign_ins = plan_sign_ins(plans)
    is_new = session.get(District, plans[0].data.id) is None
    written = 0
    if is_new:
        written += sum(Filler(session, plan, now, local_date(now)).fill() for plan in plans)
        accounts = Rows()
        add_accounts(accounts, sign_ins, now=now)
        written += accounts.insert(session)
        written += portray(session, plans[0], vault) if vault else 0
    written += add_desks(session, sign_ins, now=now)
    calendar = work_calendar(session)
    written += sum(top_up(session, plan, calendar, now=now, today=local_date(now)) for plan in plans)
    if is_new and issues:
        played = play(session, plans, sign_ins, calendar, now=now, most=1)
        copy_more(session, Cast(plans[0], sign_ins), played, now=now)
        session.flush()
        while search.index_missing(session):
            pass
        tallies.refresh(session, now=now)
    return written


def notes(base_url: str) -> dict[str, Any]:
    """What demo.json says: the same on every start, but for the address."""
    plans = plan_districts()
    sign_ins = plan_sign_ins(plans)
    return {
        "base_url": base_url,
        "scan_codes": [_scan_code(station.code, station.id) for plan in plans for station in plan.shown],
        "sign_ins": _listed(sign_ins, plans),
        "desk": desk_notes(sign_ins),
    }


def _scan_code(code: str, station_id: str) -> dict[str, str]:
    return {"code": code, "station_id": station_id}


def _listed(sign_ins: Sequence[SignIn], plans: Sequence[DistrictPlan]) -> list[dict[str, object]]:
    """The first district's accounts come first: whoever takes the first of a role gets a working set."""
    order = {plan.data.id: place for place, plan in enumerate(plans)}
    listed = [sign_in for sign_in in sign_ins if sign_in.listed]
    return [sign_in.note() for sign_in in sorted(listed, key=lambda sign_in: order[sign_in.district_id])]


def write_notes(directory: Path, content: dict[str, Any]) -> Path:
    """Write DIR/demo.json atomically, readable by the owner only (it holds log-ins)."""
    path = directory / "demo.json"
    temporary = path.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        json.dump(content, handle, ensure_ascii=False, indent=2)
    temporary.replace(path)
    return path
