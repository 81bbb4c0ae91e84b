"""A new issue looked at by a worker, before it is routed: what it is about (类别建议)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from service.issues.case import Case
from service.issues.preview import suggested


def suggest_category(session: Session, case: Case) -> dict[str, str]:
    """Write the suggestion for staff on the issue; fill an empty category in where the suggestion is sure.

    Routing knows groups by category, so it must stand there before. Returns what the history should say of it.
    """
    issue, before = case.issue, case.issue.category_suggestion or {}
    if before.get("applied") and issue.category_confirmed_at is None:
        issue.category_id = None  # filled in for a text that has been rewritten since
    found, version = suggested(session, issue.district_id, issue.content, case.rules, now=case.now, explained=True)
    if found is None:
        issue.category_suggestion = None
        return {}
    sure = found.confidence * 100 >= case.rules.number("category.auto_percent")
    applied = sure and found.by == "model" and issue.category_id is None
    issue.category_suggestion = {
        "id": found.id,
        "title": found.title,
        "confidence": found.confidence,
        "why": found.why,
        "model_version": version if found.by == "model" else None,
        "applied": applied,
    }
    if not applied:
        return {}
    issue.category_id = found.id
    return {"category": found.title}
