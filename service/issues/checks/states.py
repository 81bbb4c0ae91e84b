"""Where a content check stands, what WeChat's labels mean, and the words people read about both. Pure."""

from __future__ import annotations

from enum import StrEnum

from service.wechat import Suggestion


class CheckState(StrEnum):
    """Those of :data:`FINAL` are never left again, but by an operator's ``requeue-check``."""

    PENDING = "pending"  # 等待送检
    ASKED = "asked"  # 已送检，等待结果（照片）
    PASSED = "passed"  # 检查通过
    REVIEW = "review"  # 建议人工复核
    RISKY = "risky"  # 未通过
    UNANSWERED = "unanswered"  # 一直没有结果
    FAILED = "failed"  # 微信没有检查
    MOOT = "moot"  # 已不需要（人工已审核、已撤回、已修改）


CHECK_TITLES = {
    CheckState.PENDING: "等待微信检查",
    CheckState.ASKED: "已送微信检查，等待结果",
    CheckState.PASSED: "微信检查通过",
    CheckState.REVIEW: "微信建议人工复核",
    CheckState.RISKY: "微信检查未通过",
    CheckState.UNANSWERED: "微信一直没有给出结果",
    CheckState.FAILED: "微信没有检查",
    CheckState.MOOT: "已不需要检查",
}

OPEN = frozenset({CheckState.PENDING, CheckState.ASKED})
FINAL = frozenset(CheckState) - OPEN
NEEDS_A_PERSON = frozenset({CheckState.REVIEW, CheckState.UNANSWERED, CheckState.FAILED})
TROUBLED = frozenset({CheckState.UNANSWERED, CheckState.FAILED})
"""What operators see (``parked``) while somebody still waits for it."""

OF_SUGGESTION = {
    Suggestion.PASS: CheckState.PASSED,
    Suggestion.REVIEW: CheckState.REVIEW,
    Suggestion.RISKY: CheckState.RISKY,
}

LABELS = {
    10001: "广告",
    20001: "时政",
    20002: "色情",
    20003: "辱骂",
    20006: "违法犯罪",
    20008: "欺诈",
    20012: "低俗",
    20013: "版权",
    21000: "其他",
}
"""WeChat's numbers (documentation: msgSecCheck, ``label``); 100 is 正常."""

_REASON_OF_LABEL = {10001: "ADVERTISEMENT", 20008: "ADVERTISEMENT", 20003: "ABUSE"}

VISITED_TOO_LONG_AGO = 61010
"""Documentation and rulebook §7.5: the openid must have visited within two hours."""


def reject_reason(label: int | None) -> str:
    """The code of :data:`service.issues.forms.REJECT_REASONS` for a risky label."""
    return _REASON_OF_LABEL.get(label or 0, "ILLEGAL")


def label_words(label: int | None) -> str:
    """``（辱骂）``, or nothing for what has no name."""
    return f"（{LABELS[label]}）" if label in LABELS else ""


LOCAL_WORDS = "含有需要人工确认的词语"
NO_IDENTITY = "没有微信身份，按本区规定由人工审核"
LATE = "微信内容检查暂时没有结果，请人工审核；结果到了会自动处理"


def premoderated(count: int, days: int) -> str:
    return f"{days} 天内已有 {count} 次未通过审核，先由人工审核"


def why_a_person(state: CheckState, *, picture: bool, label: int | None, error: str | None) -> str:
    """Why this one is left to the reviewer."""
    what = "照片" if picture else "文字"
    if state is CheckState.REVIEW:
        return f"微信建议人工复核{what}{label_words(label)}"
    if state is CheckState.UNANSWERED:
        return f"微信一直没有给出{what}的检查结果"
    if error == str(VISITED_TOO_LONG_AGO):
        return "发送人最近两小时没有打开小程序，微信不检查"
    return f"微信没有检查{what}（{error}）" if error else f"微信没有检查{what}"
