"""Issues: submit, read, act, talk. Every button a client shows comes from an issue's ``actions``."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from miniprogram_api.access import RequestIdentity
from miniprogram_api.issue_answers import IssueCreated, IssueOut, MessageOut, OptionsOut
from miniprogram_api.issue_shapes import ActionIn, IssueIn, MessageIn, OnBehalf, RevealIn
from miniprogram_api.issue_views import performed, said, seen, submitted_view
from miniprogram_api.routing import (
    ANY_SESSION,
    Door,
    Idempotency,
    current_actor,
    only,
    request_identity,
    route,
)
from miniprogram_api.schemas import Id, IdPath, Out, Path, PlainText, Query
from service.accounts.roles import STAFF, Role
from service.bootstrap import core
from service.calendar.workdays import local_date
from service.db import db, reading
from service.ids import rating_code, receipt_code
from service.issues import identity, on_behalf, options, talk, views
from service.issues.submitting import Secrets, Submission, submit
from service.issues.words import Anonymity, Channel, Kind
from service.stations import scan

door = Door("issues", "群众意见")


def derived_codes(request: RequestIdentity) -> dict[str, str]:
    """Receipt and rating code of a submission, from its key and body: the same for a repeated request, never stored."""
    secret = core().settings.secret_key
    code = receipt_code(secret, request.key, request.body_digest)
    return {"receipt_code": code, "rating_code": rating_code(secret, code)}


@route(
    door,
    "POST",
    "/issues",
    access=ANY_SESSION,
    summary="提交群众意见",
    answers={201: IssueCreated},
    problems=(403, 404),
    idempotency=Idempotency.REQUIRED,
    derived=derived_codes,
    limit="30 per minute",
)
def submit_issue(body: IssueIn) -> IssueCreated:
    """Durable before the answer; with ``receipt_only`` nothing stored leads back to this session."""
    session, now = db.session(), core().clock()
    target = scan.resolve(session, body.station_code, today=local_date(now))
    submission = _submission(body, target.grid_id, target.station.id)
    secrets = Secrets(**derived_codes(request_identity()))
    written = submit(session, submission, station=target.station, actor=current_actor(), secrets=secrets, now=now)
    return submitted_view(session, written, target.station)


def _submission(body: IssueIn, grid_of_code: str | None, station_id: str) -> Submission:
    contact, consents = body.contact, body.consents
    typed = Submission(
        content=body.content,
        anonymity=Anonymity(body.anonymity),
        kind=Kind(body.kind),
        category=body.category,
        deputy_id=body.deputy_id,
        grid_id=body.grid_id or grid_of_code,
        place=body.place,
        about=(body.about.type, body.about.id) if body.about else None,
        contact_name=contact.name if contact else None,
        contact_phone=contact.phone if contact else None,
        privacy=consents.privacy,
        pass_on=consents.pass_on,
        publish=consents.publish,
        may_contact=consents.contact,
        upload_ids=tuple(body.upload_ids),
    )
    return typed if body.on_behalf is None else _for_somebody(typed, body.on_behalf, station_id)


def _for_somebody(typed: Submission, behalf: OnBehalf, station_id: str) -> Submission:
    return on_behalf.by_clerk(
        typed,
        channel=Channel(behalf.channel),
        spoken_consent=behalf.spoken_consent,
        received_at=behalf.received_at,
        actor=current_actor(),
        station_id=station_id,
        now=core().clock(),
    )


@route(door, "GET", "/issues/<id>", access=ANY_SESSION, summary="事项详情", answers={200: IssueOut})
def read_issue(path: IdPath) -> IssueOut:
    """Who opens it in office is remembered, once a day."""
    session, actor, now = db.session(), current_actor(), core().clock()
    case, parties = seen(session, path.id, actor, now)
    answer = IssueOut.model_validate(views.detail(session, case, actor))
    office = sorted(actor.roles & (STAFF | {Role.DEPUTY}))
    if office and "R" not in parties:
        session.commit()
        reading.set(False)
        identity.note_view(session, path.id, actor=actor, role=office[0], now=now)
        session.commit()
    return answer


@route(
    door,
    "POST",
    "/issues/<id>/actions",
    access=ANY_SESSION,
    summary="推进事项",
    answers={200: IssueOut},
    problems=(403,),
    idempotency=Idempotency.OPTIONAL,
    limit="120 per minute",
)
def act_on_issue(path: IdPath, body: ActionIn) -> IssueOut:
    """One transition of the lifecycle; a stale version or an illegal move gives 409 with what is possible now."""
    return performed(path.id, current_actor(), body)


@route(
    door,
    "POST",
    "/issues/<id>/messages",
    access=ANY_SESSION,
    summary="留言",
    answers={201: MessageOut},
    problems=(403,),
    idempotency=Idempotency.REQUIRED,
    limit="30 per minute",
)
def say(path: IdPath, body: MessageIn) -> MessageOut:
    return said(path.id, current_actor(), body)


@route(
    door,
    "POST",
    "/issues/<id>/urge",
    access=ANY_SESSION,
    summary="催办",
    answers={200: IssueOut},
    problems=(403,),
    idempotency=Idempotency.REQUIRED,
    limit="10 per minute",
)
def urge(path: IdPath) -> IssueOut:
    """At most once a day; whoever has it is told."""
    session, actor = db.session(), current_actor()
    case = talk.urge(session, path.id, actor=actor, now=core().clock())
    session.flush()
    return IssueOut.model_validate(views.detail(session, case, actor))


class IdentityOut(Out):
    name: str | None
    phone: str | None


@route(
    door,
    "POST",
    "/issues/<id>/reveal",
    access=only(*STAFF, Role.DEPUTY),
    summary="查看身份",
    answers={200: IdentityOut},
    limit="30 per hour",
)
def reveal(path: IdPath, body: RevealIn) -> IdentityOut:
    """Behind the mask: with a reason, logged, and the resident can see that it happened."""
    session, now = db.session(), core().clock()
    found = identity.reveal(session, path.id, actor=current_actor(), reason=body.reason, now=now)
    return IdentityOut.model_validate(found)


class OptionsPath(Path):
    id: Id
    of: Annotated[str, Field(max_length=20)]


class OptionsQuery(Query):
    q: Annotated[PlainText, Field(max_length=40)] | None = None


@route(
    door,
    "GET",
    "/issues/<id>/options/<of>",
    access=ANY_SESSION,
    summary="可选对象",
    answers={200: OptionsOut},
)
def list_options(path: OptionsPath, query: OptionsQuery) -> OptionsOut:
    """What an ``id`` field of an action may point at."""
    session, actor, now = db.session(), current_actor(), core().clock()
    case, parties = seen(session, path.id, actor, now)
    return OptionsOut.model_validate({"items": options.search(session, case, parties, of=path.of, text=query.q)})
