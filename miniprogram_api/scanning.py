"""What a scanned code shows, what is said before submitting, and joining somebody's issue (我也遇到)."""

from __future__ import annotations

from pydantic import Field

from config.defaults import EMERGENCY_PHONES
from miniprogram_api.access import current_account_id
from miniprogram_api.answers import Answer, File
from miniprogram_api.issue_answers import EmergencyAdvice, FollowOut, PhoneOut, PreviewOut, SimilarOut, Suggested
from miniprogram_api.issue_shapes import Code, FollowIn, PreviewIn
from miniprogram_api.place_views import DeputyOut, NamedOut
from miniprogram_api.routing import ANY_SESSION, PUBLIC, Door, Idempotency, route
from miniprogram_api.scan_counting import count_scan
from miniprogram_api.schemas import Id, Moment, Out, Path, Query
from service.bootstrap import core
from service.calendar.workdays import local_date
from service.db import db, reading
from service.issues import preview, similar
from service.issues.lifecycle import STATE_TITLES, State
from service.issues.scanning import Kept, ScanView, look
from service.stations import scan
from service.stations.kinds import CodeTarget, StationKind, StationTheme

door = Door("scan", "扫码")


class CodePath(Path):
    code: Code


class ScanQuery(Query):
    grid_id: Id | None = None


class ScannedStation(Out):
    """``district_id``: whose message templates the client asks for (``GET /me?district_id=``)."""

    id: str
    district_id: str
    name: str
    kind: StationKind
    theme: StationTheme
    address: str | None
    phone: str | None
    hours: str | None


class AssignedOut(DeputyOut):
    reason: str = Field(description="为什么是这位代表")


class NextReceptionOut(Out):
    id: str
    starts_at: Moment
    ends_at: Moment
    place: str
    deputies: list[str]


class ScanOut(Out):
    """``deputy`` null: nobody can serve today, the station head receives."""

    code: str
    target_type: CodeTarget
    station: ScannedStation
    grid_id: str | None
    grids: list[NamedOut]
    deputy: AssignedOut | None
    deputies: list[DeputyOut]
    next_reception: NextReceptionOut | None
    notice: str | None


@route(door, "GET", "/scan/<code>", access=PUBLIC, summary="扫码", answers={200: ScanOut}, limit="120 per minute")
def scan_code(path: CodePath, query: ScanQuery) -> ScanOut | Answer:
    """The deputy comes from the same routing as a submitted issue. What is kept is kept as the bytes of the answer."""
    found = look(db.session(), path.code, query.grid_id, now=core().clock())
    if not isinstance(found, Kept):
        count_scan(found.code, query.grid_id)
        return _scan_out(found)
    count_scan(found.view.code, query.grid_id)
    if found.rendered is None:
        found.rendered = _scan_out(found.view).model_dump_json().encode()
    return Answer(file=File(found.rendered, "application/json"))


def _scan_out(view: ScanView) -> ScanOut:
    assigned = view.deputy
    shown = None
    if assigned is not None:
        card = DeputyOut.model_validate(assigned.card)
        shown = AssignedOut(**card.model_dump(), reason=assigned.reason)
    return ScanOut(
        code=view.code,
        target_type=CodeTarget(view.target_type),
        station=ScannedStation.model_validate(view.station),
        grid_id=view.grid_id,
        grids=[NamedOut(id=grid_id, name=name) for grid_id, name in view.grids],
        deputy=shown,
        deputies=[DeputyOut.model_validate(card) for card in view.deputies],
        next_reception=NextReceptionOut.model_validate(view.next_reception) if view.next_reception else None,
        notice=view.notice,
    )


@route(
    door,
    "POST",
    "/issues/preview",
    access=ANY_SESSION,
    summary="提交前预览",
    answers={200: PreviewOut},
    problems=(404,),
    limit="60 per minute",
    wakes=False,
)
def preview_issue(body: PreviewIn) -> PreviewOut:
    """Suggested category, similar open issues, emergency advice, warnings. Stores nothing, leaks nothing of strangers."""
    session, now = db.session(), core().clock()
    session.commit()  # who is asking was looked up in a transaction that is not needed any more
    reading.set(True)
    target = scan.resolve(session, body.station_code, today=local_date(now))
    found = preview.look(session, station=target.station, text=body.content, now=now, grid_id=target.grid_id)
    advice = None
    if found.urgent:
        phones = [PhoneOut(number=number, title=title) for number, title in EMERGENCY_PHONES]
        advice = EmergencyAdvice(advice=preview.EMERGENCY_ADVICE, phones=phones)
    return PreviewOut(
        category=Suggested.model_validate(found.category) if found.category else None,
        similar=[SimilarOut.model_validate(one) for one in found.similar],
        emergency=advice,
        warnings=found.warnings,
    )


@route(
    door,
    "POST",
    "/issues/follow",
    access=ANY_SESSION,
    summary="我也遇到",
    answers={201: FollowOut},
    problems=(404,),
    idempotency=Idempotency.REQUIRED,
    limit="30 per minute",
)
def follow_issue(body: FollowIn) -> FollowOut:
    """Joins instead of repeating; the follower gets the feedback and may rate it."""
    issue = similar.follow(db.session(), body.follow_token, account_id=current_account_id(), now=core().clock())
    state = State(issue.state)
    return FollowOut(
        id=issue.id,
        number=issue.number,
        state=state,
        state_title=STATE_TITLES[state],
        followers=issue.follower_count,
    )
