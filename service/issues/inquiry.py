"""“查询 编号” written to the official account: in which state an issue is and by when it goes on. No content, place or person."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.calendar.workdays import SHANGHAI
from service.ids import clean_code
from service.issues.models import Issue
from service.issues.states import STATE_TITLES, State
from service.issues.submitting import receipt_digest

NUMBER = re.compile(r"[0-9A-Z]{1,12}-\d{4}-\d{3}-\d{6}")
RECEIPT = re.compile(r"[0-9A-Z]{20}")
_COMMAND = re.compile(r"^(查询|查)?[\s:：,，]*")
_DASHES = str.maketrans(dict.fromkeys("—–−‐－_", "-"))
LONGEST = 100

HELP = "查询办理情况，请发送“查询 事项编号”，例如：查询 YJ-2026-101-000123；也可以直接发送回执上的 20 位查询码。"
UNKNOWN = "没有找到这个编号或查询码，请核对回执上的每一位。忘记了可以到联络站咨询。"
TOO_OFTEN = "查询太频繁，请 10 分钟后再试，或打开小程序查看。"


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One of both is filled: the issue's number, or the digest of its receipt code."""

    number: str = ""
    digest: str = ""


def read(text: str) -> Inquiry | None:
    """What is asked about; None for any other text. People type full-width digits, spaces and long dashes."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST]).strip()
    typed = _COMMAND.sub("", plain, count=1).translate(_DASHES).upper().strip(" 。.!！")
    if NUMBER.fullmatch(squeezed := "".join(typed.split())):
        return Inquiry(number=squeezed)
    code = clean_code(typed)
    return Inquiry(digest=receipt_digest(code)) if RECEIPT.fullmatch(code) else None


def answer(session: Session, inquiry: Inquiry) -> str | None:
    """A sentence about the issue; None when there is none."""
    wanted = Issue.number == inquiry.number if inquiry.number else Issue.receipt_digest == inquiry.digest
    found = session.execute(sa.select(Issue.state, Issue.due_at).where(wanted)).one_or_none()
    if found is None:
        return None
    name = f"事项 {inquiry.number}" if inquiry.number else "您查询的事项"
    return f"{name}：{STATE_TITLES[State(found[0])]}。{_by_when(found[1])}详细情况请打开小程序查看。"


def _by_when(due_at: dt.datetime | None) -> str:
    if due_at is None:
        return ""
    local = due_at.astimezone(SHANGHAI)
    return f"下一步最晚 {local.month} 月 {local.day} 日。"
