"""Pushes taken from WeChat, so that none acts twice; and who follows the official account."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from service.crypto import EncryptedJson
from service.db import Base
from service.ids import new_id


class WeChatPush(Base):
    """One push. ``key`` is a blind index of what WeChat says repeats are told by; ``envelope`` of time and nonce.

    ``payload`` (it names an openid) is there until the event was handled, and never for what a person typed: a receipt
    code beside an openid would say who told an anonymous issue. The row itself is forgotten after some days.
    """

    __tablename__ = "wechat_pushes"

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(sa.String(64), unique=True)
    envelope: Mapped[str] = mapped_column(sa.String(64), index=True)
    event: Mapped[str] = mapped_column(sa.String(60))
    payload: Mapped[Any | None] = mapped_column(EncryptedJson("wechat_push.payload"))
    received_at: Mapped[dt.datetime] = mapped_column(index=True)


class OfficialFollower(Base):
    """Whether the official account's notices can reach an openid, known by its blind index alone.

    The index is that of ``identities.subject_index`` for the official account; ``event_at`` is WeChat's own time, since
    events may come in another order than they happened.
    """

    __tablename__ = "official_followers"

    subject_index: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    following: Mapped[bool]
    event_at: Mapped[dt.datetime]
