"""What happened, as names other rooms may react to. An event is a row (outbox) before it is a job."""

from __future__ import annotations

from enum import StrEnum


class Event(StrEnum):
    """Each has its reactions listed in ``workers/reactions.py`` (a house rule checks it)."""

    ISSUE_SUBMITTED = "issue_submitted"
    ISSUE_ROUTED = "issue_routed"
    ISSUE_MOVED = "issue_moved"
    ISSUE_MESSAGE = "issue_message"
    ISSUE_URGED = "issue_urged"
    ISSUE_REMINDER = "issue_reminder"
    ISSUE_EMERGENCY = "issue_emergency"
    IDENTITY_REVEALED = "identity_revealed"
    DEPUTY_AVAILABILITY_CHANGED = "deputy_availability_changed"
    RECEPTION_CHANGED = "reception_changed"
    DEPUTY_CORRECTED = "deputy_corrected"
    PORTRAIT_OFFERED = "portrait_offered"
    PORTRAIT_SHOWN = "portrait_shown"
    PORTRAIT_REMOVED = "portrait_removed"
    CONTENT_CHECKED = "content_checked"
    WECHAT_PUSHED = "wechat_pushed"


EVENT_TITLES: dict[str, str] = {
    Event.ISSUE_SUBMITTED: "新事项：检查内容",
    Event.ISSUE_ROUTED: "找到代表：通知代表",
    Event.ISSUE_MOVED: "事项进入下一步：通知有关的人",
    Event.ISSUE_MESSAGE: "新留言：通知对方",
    Event.ISSUE_URGED: "群众催办：通知责任人",
    Event.ISSUE_REMINDER: "期限提醒：通知责任人",
    Event.ISSUE_EMERGENCY: "紧急事项：通知要确认的人",
    Event.IDENTITY_REVEALED: "查看了身份：告知本人",
    Event.DEPUTY_AVAILABILITY_CHANGED: "代表任职或请假有变：移交事项",
    Event.RECEPTION_CHANGED: "接待日取消：通知预约的人",
    Event.DEPUTY_CORRECTED: "代表资料更正：通知代表",
    Event.PORTRAIT_OFFERED: "代表交来照片：通知联络站",
    Event.PORTRAIT_SHOWN: "代表照片公开：通知代表",
    Event.PORTRAIT_REMOVED: "代表照片撤下：通知代表",
    Event.CONTENT_CHECKED: "内容检查有结果：接着处理",
    Event.WECHAT_PUSHED: "微信推来的消息：接收",
}
"""What happened, and what should have followed: for whoever finds one parked (搁置的任务)."""
