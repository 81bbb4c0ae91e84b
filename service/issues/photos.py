"""Pictures of an issue: attached with the words they belong to, and shown with them to whoever may see such pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from service.accounts.roles import Role
from service.errors import Invalid
from service.issues.case import Case
from service.issues.insight import Insight
from service.issues.models import IssueHistory, IssueMessage
from service.uploads import actions as uploads
from service.uploads import queries
from service.uploads.models import Upload


def attach(
    session: Session,
    case: Case,
    upload_ids: Sequence[str],
    *,
    account_id: str | None,
    message_id: str | None = None,
    history_seq: int | None = None,
) -> None:
    """Give pictures to the issue together with a message or a step, or with the submission itself.

    :raises Invalid: for more than the district allows at once or per issue, and for pictures that are not the sender's.
    """
    admit(case, upload_ids)
    hand_over(session, case, upload_ids, account_id=account_id, message_id=message_id, history_seq=history_seq)


def admit(case: Case, upload_ids: Sequence[str]) -> None:
    """Count pictures in that come next.

    :raises Invalid: for more than the district allows at once or per issue.
    """
    at_once, together = case.rules.number("uploads.max"), case.rules.number("uploads.max_together")
    count = len(set(upload_ids))
    if count > at_once:
        raise Invalid(fields={"upload_ids": f"一次最多 {at_once} 张图片，请去掉几张再提交。"})
    if case.issue.photo_count + count > together:
        raise Invalid(fields={"upload_ids": f"这件事的图片已经很多（最多 {together} 张），请用文字说明。"})
    case.issue.photo_count += count


def hand_over(
    session: Session,
    case: Case,
    upload_ids: Sequence[str],
    *,
    account_id: str | None,
    message_id: str | None = None,
    history_seq: int | None = None,
) -> None:
    """Attach pictures that were counted in, once the issue is written.

    :raises Invalid: for pictures that are not the sender's.
    """
    if not upload_ids:
        return
    uploads.attach(
        session,
        upload_ids,
        issue_id=case.issue.id,
        account_id=account_id,
        message_id=message_id,
        history_seq=history_seq,
    )


@dataclass(frozen=True, slots=True)
class Album:
    """The pictures one viewer may see, by what they came with."""

    rows: Sequence[Upload]
    case: Case
    sight: Insight

    def of_submission(self) -> list[dict[str, Any]]:
        rows = [row for row in self.rows if row.message_id is None and row.history_seq is None]
        return self._shown(rows, by_resident=True)

    def of_message(self, message: IssueMessage) -> list[dict[str, Any]]:
        rows = [row for row in self.rows if row.message_id == message.id and row.history_seq is None]
        return self._shown(rows, by_resident=message.author_role == Role.RESIDENT)

    def of_step(self, line: IssueHistory) -> list[dict[str, Any]]:
        rows = [row for row in self.rows if row.history_seq == line.seq]
        return self._shown(rows, by_resident=line.actor_role == Role.RESIDENT)

    def _shown(self, rows: Sequence[Upload], *, by_resident: bool) -> list[dict[str, Any]]:
        visible = self.sight.resident_photos if by_resident else self.sight.office_photos
        return [queries.shown(row, now=self.case.now) for row in rows] if visible else []


def album(session: Session, case: Case, sight: Insight) -> Album:
    """One statement, and none for an issue without pictures."""
    return Album(queries.of_issue(session, case.issue.id) if case.issue.photo_count else (), case, sight)
