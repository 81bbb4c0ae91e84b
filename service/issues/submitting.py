"""A resident (or a clerk on a resident's behalf) says what is wrong: checked, written, and durable before the answer."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts import queries as accounts
from service.accounts.roles import Actor
from service.calendar.workdays import local_date
from service.crypto import ring
from service.db import Base
from service.deputies import queries as deputies
from service.errors import Invalid, NotFound
from service.ids import new_id
from service.issues import emergency, journal, photos
from service.issues.case import Case, rules_of
from service.issues.content_check import sounds_urgent
from service.issues.deadlines import Rules
from service.issues.lifecycle import Action, State
from service.issues.models import Issue, IssueHistory
from service.issues.words import CHANNEL_TITLES, SPOKEN, Anonymity, Channel, Confined, Kind
from service.masking import redact
from service.parameters import queries as parameters
from service.rows import insert_together
from service.stations import queries as stations
from service.stations.models import Station
from service.territory import queries as territory
from service.territory.models import Grid
from service.units import queries as units
from service.units.models import TOWNSHIP_LEVEL


@dataclass(frozen=True, slots=True)
class Submission:
    """What was typed. ``entered_by`` is the clerk's account when somebody else typed it (代填)."""

    content: str
    anonymity: Anonymity
    kind: Kind = Kind.HELP
    category: str | None = None
    deputy_id: str | None = None
    grid_id: str | None = None
    place: str | None = None
    about: tuple[str, str] | None = None
    contact_name: str | None = None
    contact_phone: str | None = None
    privacy: bool = False
    pass_on: bool = False
    publish: bool = False
    may_contact: bool = False
    channel: Channel = Channel.SCAN
    received_at: dt.datetime | None = None
    entered_by: str | None = None
    upload_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Secrets:
    """Codes the resident gets; only their digests are stored."""

    receipt_code: str
    rating_code: str


@dataclass(frozen=True, slots=True)
class Submitted:
    """What was written: enough to show it to the one who said it without reading it again."""

    case: Case
    history: list[IssueHistory]


def receipt_digest(code: str) -> str:
    return ring().blind_index(code, "receipt")


def rating_digest(receipt: str, code: str) -> str:
    """Digest of the six-digit code, bound to its receipt."""
    return ring().blind_index(f"{receipt}:{code}", "rating")


def submit(
    session: Session,
    submission: Submission,
    *,
    station: Station,
    actor: Actor,
    secrets: Secrets,
    now: dt.datetime,
) -> Submitted:
    """Write the issue with its first history line, ledger entry and event: one statement of this transaction.

    :raises Invalid: naming each field to correct (rulebook §9.1.1: privacy accepted, text long enough, choices made).
    """
    rules = rules_of(session, station.district_id, now=now)
    _check(submission, rules)
    submission = _with_identity(session, submission, actor)
    issue = _new_issue(session, submission, station, actor, secrets, now)
    case = Case(issue, [], None, False, rules, now)
    journal.start_duty(case)
    label = "联络站代群众登记" if submission.entered_by else "群众"
    role = "station_clerk" if submission.entered_by else "resident"
    by = journal.By(role, label, submission.entered_by or issue.account_id)
    issue.number = _number(session, station, now)
    photos.admit(case, submission.upload_ids)
    data = {**said(issue), **_pictures(submission)}
    move = journal.Move(Action.SUBMIT, State.CONTENT_REVIEW, by, note=_spoken(submission), data=data)
    first = journal.next_line(case, move, None, None)
    rows: list[Base] = [issue, *first]
    history = [first.history]
    if sounds_urgent(submission.content, rules):
        flag = emergency.begin(case)
        flagged = emergency.flagged(case, journal.BY_SYSTEM, "文字中提到了可能的紧急危险")
        second = journal.next_line(case, flagged, case.state, (first.entry.seq, first.entry.hash))
        rows += [*second, *([flag] if flag else [])]
        history.append(second.history)
    insert_together(session, *rows)
    photos.hand_over(session, case, submission.upload_ids, account_id=actor.account_id)
    return Submitted(case, history)


def _spoken(submission: Submission) -> str | None:
    """What somebody agreed to aloud before a clerk typed it for them; the ledger commits to it."""
    if submission.entered_by is None:
        return None
    ticked = (True, submission.pass_on, submission.publish, submission.may_contact)
    words = "；".join(words for said_yes, words in zip(ticked, SPOKEN, strict=True) if said_yes)
    return f"{CHANNEL_TITLES[submission.channel]}，本人口头同意：{words}。"


def _pictures(submission: Submission) -> dict[str, list[str]]:
    """Which pictures came with it; the ledger commits to their ids, never to their content."""
    return {"photos": list(submission.upload_ids)} if submission.upload_ids else {}


def _with_identity(session: Session, submission: Submission, actor: Actor) -> Submission:
    """Name and phone of the account where the resident gave none and wants to be known; never for ``receipt_only``."""
    anonymous = submission.anonymity is Anonymity.RECEIPT_ONLY or submission.entered_by is not None
    if anonymous or actor.account_id is None:
        return submission
    account = accounts.account(session, actor.account_id)
    return dataclasses.replace(
        submission,
        contact_name=submission.contact_name or account.display_name,
        contact_phone=submission.contact_phone or account.phone,
    )


def said(issue: Issue) -> dict[str, str | None]:
    """What the ledger commits to of the resident's own words and identity; erasable field by field."""
    return {
        "content": issue.content,
        "place": issue.place,
        "contact_name": issue.contact_name,
        "contact_phone": issue.contact_phone,
        "kind": issue.kind,
        "anonymity": issue.anonymity,
    }


def _check(submission: Submission, rules: Rules) -> None:
    faults: dict[str, str] = {}
    shortest, longest = rules.number("content.min_chars"), rules.number("content.max_chars")
    if not submission.privacy:
        faults["consents.privacy"] = "请先阅读并同意隐私政策，否则我们不能保存您反映的内容。"
    if len(submission.content.strip()) < shortest:
        faults["content"] = f"请至少写 {shortest} 个字，说明时间、地点和情况。"
    if len(submission.content) > longest:
        faults["content"] = f"内容最多 {longest} 个字，请精简后再提交。"
    if submission.anonymity is Anonymity.RECEIPT_ONLY and (submission.contact_name or submission.contact_phone):
        faults["contact"] = "您选择了“仅凭查询码”，我们不保存任何身份信息，请不要填写联系方式。"
    if faults:
        raise Invalid(fields=faults)


def _new_issue(
    session: Session,
    submission: Submission,
    station: Station,
    actor: Actor,
    secrets: Secrets,
    now: dt.datetime,
) -> Issue:
    grid = _grid(session, submission, station)
    receipt = receipt_digest(secrets.receipt_code)
    anonymous = submission.anonymity is Anonymity.RECEIPT_ONLY or submission.entered_by is not None
    category = _category(session, submission, station, now)
    _check_chosen(session, submission, station, local_date(now))
    return Issue(
        id=new_id(),
        district_id=station.district_id,
        number="",
        receipt_digest=receipt,
        rating_digest=rating_digest(receipt, secrets.rating_code),
        station_id=station.id,
        township_code=station.township_code,
        division_code=grid.division_code if grid else station.division_code,
        grid_id=grid.id if grid else None,
        place=submission.place,
        kind=submission.kind.value,
        category_id=category,
        content=submission.content,
        redacted=redact(submission.content, [submission.contact_name], [submission.place]),
        about_type=submission.about[0] if submission.about else None,
        about_id=submission.about[1] if submission.about else None,
        confined_to=_confined_to(session, submission, station),
        channel=submission.channel.value,
        anonymity=submission.anonymity.value,
        account_id=None if anonymous else actor.account_id,
        entered_by=submission.entered_by,
        contact_name=submission.contact_name,
        contact_phone=submission.contact_phone,
        consent_pass_on=submission.pass_on,
        consent_publish=submission.publish,
        consent_contact=submission.may_contact,
        state=State.CONTENT_REVIEW.value,
        round=1,
        version=1,
        chosen_deputy_id=submission.deputy_id,
        recused=[],
        follower_count=0,
        photo_count=0,
        received_at=submission.received_at or now,
        created_at=now,
        updated_at=now,
    )


def _category(session: Session, submission: Submission, station: Station, now: dt.datetime) -> str | None:
    if submission.category is None:
        return None
    try:
        return parameters.category_id(session, station.district_id, submission.category, at=now)
    except NotFound as unknown:
        raise Invalid(fields={"category": unknown.detail}) from None


def _grid(session: Session, submission: Submission, station: Station) -> Grid | None:
    if submission.grid_id is None:
        return None
    try:
        return territory.grid(session, station.district_id, submission.grid_id)
    except NotFound:
        raise Invalid(fields={"grid_id": "没有找到这个网格，请重新选择，或不选。"}) from None


def _check_chosen(session: Session, submission: Submission, station: Station, today: dt.date) -> None:
    """A resident may choose among the deputies the scan page shows: the station's and the grid's (菜单式选择).

    A complaint goes past them all, whomever it would have chosen.
    """
    if submission.deputy_id is None or submission.about is not None:
        return
    if not stations.serves(session, station.id, submission.deputy_id, grid_id=submission.grid_id, on=today):
        raise Invalid(fields={"deputy_id": "这位代表不在本站联系，请从页面列出的代表中选择，或不选。"})


def _confined_to(session: Session, submission: Submission, station: Station) -> str | None:
    """A complaint goes past those it names (contract: deputy → A; unit or station → one level up).

    :raises Invalid: when the one complained about is not known in the district.
    """
    if submission.about is None:
        return None
    kind, about_id = submission.about
    try:
        if kind == "deputy":
            deputies.deputy(session, station.district_id, about_id)
            return Confined.DISTRICT
        if kind == "unit":
            unit = units.unit(session, station.district_id, about_id)
            return Confined.TOWNSHIP if unit.level == TOWNSHIP_LEVEL else Confined.DISTRICT
        about = stations.station(session, station.district_id, about_id)
    except NotFound:
        raise Invalid(fields={"about": "没有找到您要反映的对象，请重新选择。"}) from None
    return Confined.DISTRICT if about.kind == "HOME" else Confined.TOWNSHIP


_NEXT_NUMBER = sa.text(
    "INSERT INTO number_counters (district_id, year, last) VALUES (:district_id, :year, 1)"
    " ON CONFLICT (district_id, year) DO UPDATE SET last = number_counters.last + 1 RETURNING last"
)


def _number(session: Session, station: Station, now: dt.datetime) -> str:
    """``YJ-2026-101-000123``: district, year, township, running number of the district and year.

    Taken last, because the counter's row stays locked until the commit.
    """
    year = local_date(now).year
    last = session.connection().scalar(_NEXT_NUMBER, {"district_id": station.district_id, "year": year})
    return f"{territory.short_code(session, station.district_id)}-{year}-{station.township_code[6:9]}-{last:06d}"
