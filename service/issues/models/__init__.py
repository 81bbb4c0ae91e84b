"""Tables of an issue: the issue with its clock, its append-only history, and what hangs on it."""

from service.issues.models.checks import ContentCheck
from service.issues.models.issue import Issue, NumberCounter
from service.issues.models.lists import IssueSearch, IssueTally, SavedView
from service.issues.models.notes import IssueNote
from service.issues.models.records import (
    IdentityReveal,
    IssueAssignment,
    IssueDecision,
    IssueFollower,
    IssueHistory,
    IssueMessage,
    IssueRating,
    IssueView,
    StandardText,
)

__all__ = [
    "ContentCheck",
    "IdentityReveal",
    "Issue",
    "IssueAssignment",
    "IssueDecision",
    "IssueFollower",
    "IssueHistory",
    "IssueMessage",
    "IssueNote",
    "IssueRating",
    "IssueSearch",
    "IssueTally",
    "IssueView",
    "NumberCounter",
    "SavedView",
    "StandardText",
]
