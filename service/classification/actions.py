"""Keep a trained model: put it to use when it is better, record why not when it is not, go back to an earlier one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.classification import measuring, queries
from service.classification.measuring import Figures
from service.classification.model import BrokenModel, decode
from service.classification.models import CategoryModel, ModelState
from service.classification.trainer import Candidate, Lesson
from service.errors import NotFound


def unchanged(session: Session, district_id: str, lesson: Lesson, *, now: dt.datetime) -> CategoryModel | None:
    """The version in use, when it learnt from exactly these rows: learning them again would change nothing."""
    row = queries.active(session, district_id)
    if row is None or row.digest != lesson.digest:
        return None
    row.looked_at = now
    return row


def store(
    session: Session,
    district_id: str,
    lesson: Lesson,
    candidate: Candidate,
    *,
    always: bool = False,
    titles: Mapping[str, str],
    now: dt.datetime,
) -> CategoryModel:
    """Write a new version. It comes into use if it is better on the exam than the one in use, or ``always``."""
    current = session.scalar(
        sa.select(CategoryModel)
        .where(CategoryModel.district_id == district_id, queries.ACTIVE)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    better, reason, examined = _judge(lesson, candidate, current)
    if always and not better:
        reason = f"按指定启用。{reason}"
    row = CategoryModel(
        district_id=district_id,
        version=_next_version(session, district_id),
        state=ModelState.REFUSED.value,
        reason=reason,
        digest=lesson.digest,
        rows=candidate.rows,
        accuracy=candidate.accuracy,
        macro_f1=candidate.macro_f1,
        metrics={
            "per_class": {titles.get(key, key): one for key, one in candidate.per_class.items()},
            "left_out": {titles.get(key, key): count for key, count in lesson.left_out.items()},
            "exam": examined,
        },
        trained_at=now,
        looked_at=now,
        weights=candidate.weights,
        exam_weights=candidate.exam_weights,
    )
    session.add(row)
    if current is not None:
        current.looked_at = now
    session.flush()
    if always or better:
        _put_to_use(session, row, current)
    return row


def _judge(
    lesson: Lesson, candidate: Candidate, current: CategoryModel | None
) -> tuple[bool, str, dict[str, float | int]]:
    """Whether the candidate beats what is there, on the same rows that neither has learnt from."""
    rows = measuring.exam(lesson.rows)
    new = measuring.sit(decode(candidate.exam_weights), rows)
    old = _standing(lesson, current)
    better = new.macro_f1 > old.macro_f1
    against = f"第 {current.version} 版" if current is not None else "总是猜最多的类别"
    words = "高于" if better else "不高于"
    reason = f"同样 {len(rows)} 条没有学过的登记：宏平均 F1 {new.macro_f1:.4f}，{words}{against}的 {old.macro_f1:.4f}。"
    return better, reason, {"rows": len(rows), "macro_f1": new.macro_f1, "before": old.macro_f1}


def _standing(lesson: Lesson, current: CategoryModel | None) -> Figures:
    """How the version in use does on the exam; one that cannot be read any more does nothing at all."""
    rows = measuring.exam(lesson.rows)
    if current is None:
        return measuring.always_the_biggest(rows, lesson.rows)
    try:
        return measuring.sit(decode(current.exam_weights), rows)
    except (BrokenModel, ValueError):
        return Figures(0.0, 0.0, {})


def _next_version(session: Session, district_id: str) -> int:
    newest = sa.select(sa.func.max(CategoryModel.version)).where(CategoryModel.district_id == district_id)
    return (session.scalar(newest) or 0) + 1


def roll_back(session: Session, district_id: str, version: int, *, now: dt.datetime) -> CategoryModel:
    """Use an earlier version again; also one that was refused, if a person wants it.

    :raises NotFound: when the district has no such version.
    """
    wanted = sa.select(CategoryModel).where(CategoryModel.district_id == district_id, CategoryModel.version == version)
    row = session.scalar(wanted.with_for_update())
    if row is None:
        raise NotFound(f"没有第 {version} 版类别模型，请用 --list 查看有哪些版本。")
    current = queries.active(session, district_id)
    if current is not row:
        row.reason, row.looked_at = "由工作人员恢复使用。", now
        _put_to_use(session, row, current)
    return row


def _put_to_use(session: Session, row: CategoryModel, current: CategoryModel | None) -> None:
    if current is not None:
        current.state = ModelState.KEPT.value
        session.flush()  # one active version per district, at every moment
    row.state = ModelState.ACTIVE.value
    session.flush()


def put_off(session: Session, district_id: str, *, now: dt.datetime) -> None:
    """Training failed: not again before its next turn."""
    row = queries.active(session, district_id)
    if row is not None:
        row.looked_at = now
