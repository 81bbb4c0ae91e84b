"""Base shapes of requests and answers: strict, closed to unknown fields, and careful about text."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)
from werkzeug.datastructures import FileStorage

from service.calendar.workdays import SHANGHAI

NO_CONTROLS = "^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$"
_EARLIEST, _LATEST = dt.date(1900, 1, 1), dt.date(2199, 12, 31)


def _blank_is_nothing(text: str) -> str:
    if not text.strip():
        raise ValueError("这一项不能只有空格。")
    return text


def _plausible_day(day: dt.date) -> dt.date:
    if not _EARLIEST <= day <= _LATEST:
        raise ValueError("日期超出范围，请检查年份。")
    return day


def _plausible_moment(moment: dt.datetime) -> dt.datetime:
    if not _EARLIEST.year <= moment.year <= _LATEST.year:
        raise ValueError("日期超出范围，请检查年份。")
    return moment


def in_china(moment: dt.datetime) -> str:
    """ISO 8601 with the offset of China (contract: times carry ``+08:00``)."""
    return moment.astimezone(SHANGHAI).isoformat(timespec="seconds")


PlainText = Annotated[str, Field(pattern=NO_CONTROLS)]
"""Text without control characters other than line breaks and tabs. Lone surrogates never get this far."""

FilledText = Annotated[str, Field(pattern=NO_CONTROLS, min_length=1), AfterValidator(_blank_is_nothing)]
"""As :data:`PlainText`, with at least one visible character."""

Id = Annotated[str, Field(pattern="^[0-9A-Za-z_-]+$", min_length=1, max_length=40)]
"""An opaque identifier; in a path, one that cannot exist is answered like one that does not: 404."""

Version = Annotated[int, Field(ge=1, le=2_147_483_647)]
Day = Annotated[dt.date, AfterValidator(_plausible_day)]
MomentIn = Annotated[AwareDatetime, AfterValidator(_plausible_moment)]
Moment = Annotated[
    dt.datetime,
    PlainSerializer(in_china, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]

Upload = Annotated[FileStorage, WithJsonSchema({"type": "string", "format": "binary"})]
"""A file of a multipart body; a text field of that name is refused."""


class Body(BaseModel):
    """A JSON request body. Strict: ``"1"`` is no number and ``false`` is no longitude; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class Path(BaseModel):
    """Parts of the path; a value that does not fit is answered with 404."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)


class IdPath(Path):
    id: Id


class Query(BaseModel):
    """Query parameters; unknown ones are refused, so that a misspelt filter never shows too much."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Form(BaseModel):
    """Fields and files of a multipart body."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, arbitrary_types_allowed=True)


class Out(BaseModel):
    """An answer. ``from_attributes``: ``StationOut.model_validate(row)`` works on rows and dataclasses."""

    model_config = ConfigDict(from_attributes=True)


class PageOut(Out):
    """A list: subclasses add ``items``."""

    next_cursor: str | None = Field(default=None, description="没有更多时为 null")


class FieldError(BaseModel):
    field: str
    message: str


class Problem(BaseModel):
    """RFC 9457. ``detail`` is a Chinese sentence for people, ``code`` is for programs."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldError] | None = None
    current: dict[str, Any] | None = Field(default=None, description="409：内容现在的样子")
