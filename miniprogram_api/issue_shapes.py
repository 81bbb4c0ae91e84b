"""Shapes of issues on the wire: what is sent in, and what a viewer gets back."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from miniprogram_api.schemas import (
    NO_CONTROLS,
    Body,
    Day,
    FilledText,
    Id,
    Moment,
    MomentIn,
    Out,
    PageOut,
    PlainText,
    Version,
)
from service.issues.lifecycle import Action, State
from service.issues.words import Anonymity, Channel, Kind

Code = Annotated[str, StringConstraints(pattern=NO_CONTROLS, min_length=1, max_length=40)]
Content = Annotated[PlainText, Field(max_length=4000, description="5–2000 字")]
Phone = Annotated[str, StringConstraints(pattern=r"^[0-9+\- ]{5,20}$")]
ActionName = Annotated[str, Field(max_length=24, pattern="^[a-z_]+$")]


class About(Body):
    """Whom a complaint is about: it never reaches them."""

    type: Literal["deputy", "unit", "station"]
    id: Id


class Contact(Body):
    name: Annotated[PlainText, Field(min_length=1, max_length=40)] | None = None
    phone: Phone | None = None


class Consents(Body):
    """Separate ticks, off by default; without ``privacy`` nothing may be stored."""

    privacy: bool
    pass_on: bool = False
    publish: bool = False
    contact: bool = False


class OnBehalf(Body):
    """A clerk types for somebody (代填); consent was spoken. ``received_at``: when the person said it."""

    channel: Literal["RECEPTION", "HOME_VISIT", "YARD_MEETING", "PHONE", "PAPER", "GRID_WORKER"]
    received_at: MomentIn | None = None
    spoken_consent: bool


class IssueIn(Body):
    station_code: Code
    content: Content
    category: Annotated[PlainText, Field(max_length=40)] | None = None
    kind: Literal["CONSULT", "HELP", "COMPLAINT", "REPORT", "SUGGESTION", "THANKS"] = "HELP"
    deputy_id: Id | None = None
    grid_id: Id | None = None
    place: Annotated[PlainText, Field(max_length=200)] | None = None
    upload_ids: Annotated[list[Id], Field(max_length=9)] = []
    about: About | None = None
    contact: Contact | None = None
    anonymity: Literal["receipt_only", "station_only", "named"]
    consents: Consents
    on_behalf: OnBehalf | None = None


class ActionIn(Body):
    """One step of the lifecycle: its name, the version seen, and the fields its form asks for."""

    action: ActionName
    version: Version
    text: Annotated[PlainText, Field(max_length=4000)] | None = None
    reason: Annotated[PlainText, Field(max_length=4000)] | None = None
    reason_code: Annotated[str, Field(max_length=20, pattern="^[A-Z_]+$")] | None = None
    public_text: Annotated[PlainText, Field(max_length=4000)] | None = None
    unit_id: Id | None = None
    co_unit_ids: Annotated[list[Id], Field(max_length=10)] | None = None
    deputy_id: Id | None = None
    grid_id: Id | None = None
    target_id: Id | None = None
    difficulty: Annotated[str, Field(max_length=10)] | None = None
    workdays: Annotated[int, Field(ge=1, le=60)] | None = None
    done_on: Day | None = None
    plan_date: Day | None = None
    person: Annotated[PlainText, Field(max_length=40)] | None = None
    upload_ids: Annotated[list[Id], Field(max_length=9)] | None = None
    result: Annotated[str, Field(max_length=14)] | None = None
    attitude: Annotated[str, Field(max_length=14)] | None = None
    rating_code: Annotated[str, Field(pattern="^[0-9]{6}$")] | None = None
    outcome: Annotated[str, Field(max_length=10)] | None = None

    def given(self) -> dict[str, Any]:
        """The fields sent, dates as ISO text."""
        sent = self.model_dump(exclude_none=True, exclude={"action", "version"})
        return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in sent.items()}


class MessageIn(Body):
    text: Annotated[FilledText, Field(max_length=1000)]


class RevealIn(Body):
    reason: Annotated[PlainText, Field(max_length=200)]


class PreviewIn(Body):
    station_code: Code
    content: Content


class FollowIn(Body):
    follow_token: Annotated[str, Field(pattern="^[0-9a-z.]+$", max_length=80)]


class Named(Out):
    id: str
    name: str


class Titled(Out):
    id: str
    title: str


class Holder(Out):
    role: str
    name: str


class Option(Out):
    value: str
    title: str


class FieldOut(Out):
    name: str
    type: Literal["text", "choice", "date", "number", "id", "uploads"]
    required: bool
    options: list[Option] | None = None
    of: str | None = None
    multiple: bool | None = None
    search: str | None = None


class ActionOut(Out):
    name: Action
    title: str
    fields: list[FieldOut]


class IssueLine(Out):
    """A line of a list."""

    id: str
    number: str
    title: str
    state: State
    state_title: str
    round: int
    version: int
    category: Titled | None
    village: str | None
    deputy: Named | None
    responsible: Holder | None
    due_at: Moment | None
    due_provisional: bool
    overdue: bool
    urgent: bool
    followers: int
    created_at: Moment


class HistoryLine(Out):
    seq: int
    at: Moment
    action: Action
    title: str
    actor: Holder
    from_state: State | None
    state: State
    state_title: str
    round: int
    note: str | None
    entry_hash: str


class MessageOut(Out):
    id: str
    at: Moment
    author: Holder
    text: str
    held: bool


class PendingOut(Out):
    action: Action
    title: str
    decider: Holder
    asked_at: Moment
    due_at: Moment


class RatingOut(Out):
    result: str
    attitude: str | None
    reason: str | None
    round: int
    channel: str
    rated_at: Moment


class EmergencyOut(Out):
    since: Moment
    due_at: Moment
    confirmed_at: Moment | None


class RevealLine(Out):
    at: Moment
    by: str
    reason: str


class ContactOut(Out):
    name: str | None
    phone: str | None


class AboutOut(Out):
    type: str
    id: str


class MergedInto(Out):
    number: str


class ConsentsOut(Out):
    pass_on: bool
    publish: bool
    contact: bool


class IssueOut(IssueLine):
    content: str
    place: str | None
    station: Named
    grid_id: str | None
    kind: Kind
    channel: Channel
    anonymity: Anonymity
    consents: ConsentsOut
    contact: ContactOut | None
    may_reveal: bool
    about: AboutOut | None
    route_reason: str | None
    next_step: str
    pending_decision: PendingOut | None
    unit: Named | None
    co_units: list[Named]
    difficulty: str | None
    outcome: str | None
    reason_code: str | None
    under_supervision: bool
    rating: RatingOut | None
    emergency: EmergencyOut | None
    merged_into: MergedInto | None
    received_at: Moment
    updated_at: Moment
    closed_at: Moment | None
    history: list[HistoryLine]
    messages: list[MessageOut]
    reveals: list[RevealLine]
    actions: list[ActionOut]


class IssueCreated(IssueOut):
    """The only time the codes are shown: they are stored as digests."""

    receipt_code: str = Field(default="", description="查询码，凭它查看、补充、评价、撤回")
    rating_code: str = Field(default="", description="六位评价码，电话回访时由群众念出")
    entry_hash: str = Field(description="这次提交在存证链上的哈希")


class IssuesOut(PageOut):
    items: list[IssueLine]


class OptionsOut(Out):
    items: list[Titled]


class SimilarOut(Out):
    category: str | None
    place: str | None
    week: str
    followers: int
    why: str
    follow_token: str
    excerpt: str | None = None


class Suggested(Titled):
    confidence: float


class PhoneOut(Out):
    number: str
    title: str


class EmergencyAdvice(Out):
    advice: str
    phones: list[PhoneOut]


class PreviewOut(Out):
    category: Suggested | None
    similar: list[SimilarOut]
    emergency: EmergencyAdvice | None
    warnings: list[str]


class FollowOut(Out):
    id: str
    number: str
    state: State
    state_title: str
    followers: int
