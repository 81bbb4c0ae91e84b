"""Runs of an import and their files. Files and what is said of their lines name people: all of it is encrypted."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from service.crypto import EncryptedBytes, EncryptedJson, EncryptedText
from service.db import Base, Json
from service.ids import new_id


class ImportRun(Base):
    """One file, or two or three that belong together, on their way in.

    ``counts``: [[title, number], …]; ``problems``: [[file, line, field, reason], …]; ``failure``: why it is ``failed``.
    Of a new term (换届) also ``asked``: which term, and ``found``: who stays, leaves and comes, and what follows.
    """

    __tablename__ = "import_runs"

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    district_id: Mapped[str] = mapped_column(sa.ForeignKey("districts.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(10))
    state: Mapped[str] = mapped_column(sa.String(10), index=True)
    create_categories: Mapped[bool] = mapped_column(default=False)
    lines: Mapped[int] = mapped_column(default=0)
    counts: Mapped[list[Any]] = mapped_column(Json, default=list)
    notices: Mapped[Any] = mapped_column(EncryptedJson("import.notices"), default=list)
    problems: Mapped[Any] = mapped_column(EncryptedJson("import.problems"), default=list)
    bad_lines: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str | None] = mapped_column(sa.String(300))
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[dt.datetime | None]
    started_by: Mapped[str] = mapped_column(sa.String(26))
    started_at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime]
    version: Mapped[int] = mapped_column(default=1)
    asked: Mapped[dict[str, Any] | None] = mapped_column(Json)
    found: Mapped[Any | None] = mapped_column(EncryptedJson("import.found"))


class ImportFile(Base):
    """``part``: which sheet it is, empty for a workbook that says so itself."""

    __tablename__ = "import_files"

    run_id: Mapped[str] = mapped_column(sa.ForeignKey("import_runs.id"), primary_key=True)
    part: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    name: Mapped[str] = mapped_column(EncryptedText("import.file"))
    content: Mapped[bytes] = mapped_column(EncryptedBytes("import.content"), deferred=True)
