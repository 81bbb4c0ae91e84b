"""Typing for somebody who came, called or wrote (代填): who may, and how the consent they spoke is kept. Rulebook §11."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence

from sqlalchemy.orm import Session

from service.accounts.roles import Actor, Role
from service.errors import Forbidden, Invalid
from service.issues.actions.perform import perform
from service.issues.case import load_case
from service.issues.checks import opening
from service.issues.lifecycle import Action, State
from service.issues.submitting import Secrets, Submission, Submitted, submit
from service.issues.words import Channel
from service.stations.models import Station

CHANNELS = tuple(channel for channel in Channel if channel is not Channel.SCAN)
"""How something reaches a station other than by a resident's own phone."""
MOST_AT_ONCE = 30
"""Rows of one batch (坝坝会)."""


def by_clerk(
    submission: Submission,
    *,
    channel: Channel,
    spoken_consent: bool,
    received_at: dt.datetime | None,
    actor: Actor,
    station_id: str,
    now: dt.datetime,
) -> Submission:
    """``submission`` as typed by ``actor``, a clerk or head of this very station, for somebody who agreed to it aloud.

    :raises Forbidden: for anybody else.  :raises Invalid: without consent, or when it was received in the future.
    """
    clerks = actor.grants_of(Role.STATION_CLERK, Role.STATION_HEAD)
    if not any(grant.station_id == station_id for grant in clerks):
        raise Forbidden("只有本站工作人员可以代群众登记。")
    faults = {}
    if not spoken_consent:
        faults["on_behalf.spoken_consent"] = "请先口头征得群众同意。"
    if received_at is not None and received_at > now:
        faults["on_behalf.received_at"] = "收到时间不能在现在之后。"
    if faults:
        raise Invalid(fields=faults)
    return dataclasses.replace(submission, channel=channel, received_at=received_at, entered_by=actor.account_id)


def register(
    session: Session,
    submission: Submission,
    *,
    station: Station,
    actor: Actor,
    secrets: Secrets,
    now: dt.datetime,
    same_as: str | None = None,
) -> Submitted:
    """Write what a clerk typed; ``same_as``: an open issue it is merged into at once (并入), if its text needs no reviewer.

    The resident has a receipt of their own either way, gets the feedback and rates.

    :raises Invalid: as :func:`service.issues.submitting.submit`, and when that issue takes nothing in.
    """
    written = submit(session, submission, station=station, actor=actor, secrets=secrets, now=now)
    if same_as is None:
        return written
    session.flush()
    case = load_case(session, written.case.issue.id, now=now)
    opening.begin_issue(session, case)
    if case.state is not State.PENDING_ACCEPT:
        return Submitted(case, written.history)
    session.flush()
    values = {"target_id": same_as, "reason": "登记时与本人核对，是同一件事"}
    merged = perform(
        session,
        case.issue.id,
        actor=actor,
        action=Action.MERGE,
        version=case.issue.version,
        values=values,
        now=now,
    )
    return Submitted(merged, written.history)


def register_all(
    session: Session,
    rows: Sequence[tuple[Submission, Secrets]],
    *,
    station: Station,
    actor: Actor,
    now: dt.datetime,
) -> list[Submitted]:
    """What many said at one meeting: all of it, or nothing when a row is faulty.

    :raises Invalid: with every fault of every row, as ``row.field``, rows from 0.
    """
    if not rows:
        raise Invalid("请至少填写一行。")
    if len(rows) > MOST_AT_ONCE:
        raise Invalid(f"一次最多登记 {MOST_AT_ONCE} 件，请分几次提交。")
    faults: dict[str, str] = {}
    written = []
    for number, (submission, secrets) in enumerate(rows):
        try:
            written.append(submit(session, submission, station=station, actor=actor, secrets=secrets, now=now))
        except Invalid as fault:
            faults |= {f"{number}.{name}": sentence for name, sentence in fault.fields.items()}
    if faults:
        raise Invalid("有几行需要改一改，改好以后一起登记；没有任何内容丢失，也还没有登记任何一件。", fields=faults)
    return written
