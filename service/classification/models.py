"""Versions of a district's category model (类别模型)."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from service.crypto import EncryptedText
from service.db import Base
from service.ids import new_id


class ModelState(StrEnum):
    ACTIVE = "active"  # 使用中
    KEPT = "kept"  # 曾经使用，可以恢复
    REFUSED = "refused"  # 没有更好，不使用


class CategoryModel(Base):
    """One training: what it learnt from, how good it was on rows it never saw, and why it is or is not in use.

    The weights hold n-grams of what residents wrote (three messages at least each): encrypted like the register itself.
    ``exam_weights``: the twin that never saw the exam's rows; only such twins are compared.
    """

    __tablename__ = "category_models"
    __table_args__ = (
        sa.UniqueConstraint("district_id", "version", name="uq_category_models_version"),
        sa.Index(
            "uq_category_models_active",
            "district_id",
            unique=True,
            postgresql_where=sa.text("state = 'active'"),
            sqlite_where=sa.text("state = 'active'"),
        ),
    )

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    district_id: Mapped[str] = mapped_column(sa.ForeignKey("districts.id"))
    version: Mapped[int]
    state: Mapped[str] = mapped_column(sa.String(10))
    reason: Mapped[str] = mapped_column(sa.String(200))
    digest: Mapped[str] = mapped_column(sa.String(64))
    rows: Mapped[int]
    accuracy: Mapped[float]
    macro_f1: Mapped[float]
    metrics: Mapped[dict[str, Any]]
    trained_at: Mapped[dt.datetime]
    looked_at: Mapped[dt.datetime]
    weights: Mapped[str] = mapped_column(EncryptedText("category_model.weights"), deferred=True)
    exam_weights: Mapped[str] = mapped_column(EncryptedText("category_model.exam_weights"), deferred=True)
