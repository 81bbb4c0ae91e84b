"""Shapes of what is sent in about issues."""

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
    MomentIn,
    PlainText,
    Version,
)

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
    category_id: Id | None = None
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
    solved: Annotated[str, Field(max_length=6)] | None = None
    attitude: Annotated[str, Field(max_length=14)] | None = None
    rating_code: Annotated[str, Field(pattern="^[0-9]{6}$")] | None = None
    outcome: Annotated[str, Field(max_length=10)] | None = None

    def given(self) -> dict[str, Any]:
        """The fields sent, dates as ISO text."""
        sent = self.model_dump(exclude_none=True, exclude={"action", "version"})
        return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in sent.items()}


class MessageIn(Body):
    text: Annotated[FilledText, Field(max_length=1000)]
    upload_ids: Annotated[list[Id], Field(max_length=9)] = []


class RevealIn(Body):
    reason: Annotated[PlainText, Field(max_length=200)]


class PreviewIn(Body):
    station_code: Code
    content: Content


class FollowIn(Body):
    follow_token: Annotated[str, Field(pattern="^[0-9a-z.]+$", max_length=80)]
