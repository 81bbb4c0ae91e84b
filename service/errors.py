"""What can go wrong, in the domain's words. Edges translate these to status codes by one table; nothing here knows HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class DomainError(Exception):
    """Base of every expected failure. ``detail`` is a Chinese sentence a resident understands; ``code`` is for programs."""

    code = "error"
    detail = "操作没有成功，请稍后再试。"
    keep_changes = False
    """True where the refusal itself must be remembered (a wrong code counted): the edge commits, then refuses."""

    def __init__(self, detail: str | None = None, *, code: str | None = None) -> None:
        self.detail = detail or self.detail
        self.code = code or self.code
        super().__init__(f"{self.code}: {self.detail}")


class NotFound(DomainError):
    """Absent, or not for this viewer: the two must look the same (rulebook §11, URL guessing)."""

    code = "not_found"
    detail = "没有找到您要看的内容，请检查链接是否完整。"


class Forbidden(DomainError):
    """The viewer may see the object but not do this."""

    code = "forbidden"
    detail = "您没有进行这项操作的权限。"


class Unauthenticated(DomainError):
    code = "unauthenticated"
    detail = "请先登录，再进行这项操作。"


class Invalid(DomainError):
    """Input that can be corrected; ``fields`` maps a field name to a Chinese sentence."""

    code = "invalid"
    detail = "填写的内容有误，请按提示修改。"

    def __init__(
        self, detail: str | None = None, *, code: str | None = None, fields: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail, code=code)
        self.fields = dict(fields or {})


class Conflict(DomainError):
    """The object moved on, or the move is not in the lifecycle; ``current`` lets the edge show what is possible now."""

    code = "conflict"
    detail = "内容已被更新，请刷新后再试。"

    def __init__(self, detail: str | None = None, *, code: str | None = None, current: Any = None) -> None:
        super().__init__(detail, code=code)
        self.current = current


class TooMany(DomainError):
    """Slow down; ``retry_after`` in seconds."""

    code = "too_many_requests"
    detail = "操作太频繁，请稍后再试。"

    def __init__(self, detail: str | None = None, *, retry_after: int = 60) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Unavailable(DomainError):
    """Something outside is down; trying again later helps."""

    code = "unavailable"
    detail = "服务暂时不可用，请稍后再试。"
