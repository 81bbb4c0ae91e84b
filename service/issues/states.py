"""States, actions and parties of an issue, with the words people read. Pure; the moves between them are in ``lifecycle``."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    CONTENT_REVIEW = "content_review"
    CONTENT_REJECTED = "content_rejected"
    PENDING_ACCEPT = "pending_accept"
    NEED_INFO = "need_info"
    DECLINED = "declined"
    WITH_DEPUTY = "with_deputy"
    ASSIGNED = "assigned"
    HANDLING = "handling"
    UNIT_DONE = "unit_done"
    IN_PLAN = "in_plan"
    ESCALATED = "escalated"
    FEEDBACK_GIVEN = "feedback_given"
    REOPENED = "reopened"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    ARCHIVED = "archived"


STATE_TITLES = {
    State.CONTENT_REVIEW: "内容审核中",
    State.CONTENT_REJECTED: "内容未通过",
    State.PENDING_ACCEPT: "待受理",
    State.NEED_INFO: "待补充",
    State.DECLINED: "不予受理",
    State.WITH_DEPUTY: "代表跟进中",
    State.ASSIGNED: "已交办",
    State.HANDLING: "办理中",
    State.UNIT_DONE: "单位已办完",
    State.IN_PLAN: "列入计划",
    State.ESCALATED: "已转上级代表",
    State.FEEDBACK_GIVEN: "已反馈，待评价",
    State.REOPENED: "重新办理",
    State.MERGED: "已并案",
    State.WITHDRAWN: "已撤回",
    State.CLOSED: "已办结",
    State.ARCHIVED: "已归档",
}

TERMINAL = frozenset({State.CONTENT_REJECTED, State.DECLINED, State.WITHDRAWN, State.CLOSED, State.ARCHIVED})
"""States in which nobody owes anything; some still have a way back for the resident (resend, appeal)."""
OPEN = frozenset(State) - TERMINAL
UNREVIEWED = frozenset({State.CONTENT_REVIEW, State.CONTENT_REJECTED})
PUBLISHABLE = frozenset(State) - UNREVIEWED - {State.DECLINED, State.WITHDRAWN, State.MERGED}
"""Reviewed, and still or in the end somebody's matter: what may be made public where the resident consented."""


class Action(StrEnum):
    """Names of the contract; those below the blank line are the system's own, or additions to it."""

    APPROVE_CONTENT = "approve_content"
    REJECT_CONTENT = "reject_content"
    EDIT_RESEND = "edit_resend"
    ACCEPT = "accept"
    DECLINE = "decline"
    ASK_INFO = "ask_info"
    SUPPLEMENT = "supplement"
    ANSWER = "answer"
    REROUTE = "reroute"
    RECUSE = "recuse"
    PROPOSE_UNIT = "propose_unit"
    ASSIGN = "assign"
    SIGN = "sign"
    RETURN = "return"
    EXTEND = "extend"
    SUBMIT_RESULT = "submit_result"
    SIGN_OFF = "sign_off"
    SEND_BACK = "send_back"
    MARK_IN_PLAN = "mark_in_plan"
    GIVE_FEEDBACK = "give_feedback"
    RATE = "rate"
    APPEAL = "appeal"
    WITHDRAW = "withdraw"
    MERGE = "merge"
    UNMERGE = "unmerge"
    ESCALATE = "escalate"
    DECIDE = "decide"

    RATE_AS_FOLLOWER = "rate_as_follower"
    NOTE_PROGRESS = "note_progress"
    ASK_CO_UNITS = "ask_co_units"
    SET_CATEGORY = "set_category"
    MARK_EMERGENCY = "mark_emergency"
    CONFIRM_EMERGENCY = "confirm_emergency"
    PUBLISH = "publish"
    UNPUBLISH = "unpublish"
    UNASSIGN = "unassign"
    URGE = "urge"
    SUBMIT = "submit"
    PASS_REVIEW = "pass_review"
    HOLD_FOR_REVIEW = "hold_for_review"
    ROUTE = "route"
    HAND_OVER = "hand_over"
    NO_INFO = "no_info"
    RATING_OVER = "rating_over"
    PLAN_DUE = "plan_due"
    SHARE_FEEDBACK = "share_feedback"
    TARGET_ENDED = "target_ended"
    ARCHIVE = "archive"


ACTION_TITLES = {
    Action.APPROVE_CONTENT: "审核通过",
    Action.REJECT_CONTENT: "审核不通过",
    Action.EDIT_RESEND: "修改后重新提交",
    Action.ACCEPT: "受理",
    Action.DECLINE: "不予受理",
    Action.ASK_INFO: "请群众补充",
    Action.SUPPLEMENT: "补充情况",
    Action.ANSWER: "当场答复",
    Action.REROUTE: "转给其他代表",
    Action.RECUSE: "申请回避",
    Action.PROPOSE_UNIT: "建议承办单位",
    Action.ASSIGN: "交办",
    Action.SIGN: "签收",
    Action.RETURN: "申请退办",
    Action.EXTEND: "申请延期",
    Action.SUBMIT_RESULT: "提交办理结果",
    Action.SIGN_OFF: "负责人签发",
    Action.SEND_BACK: "退回重办",
    Action.MARK_IN_PLAN: "申请列入计划",
    Action.GIVE_FEEDBACK: "向群众反馈",
    Action.RATE: "评价",
    Action.APPEAL: "申诉",
    Action.WITHDRAW: "撤回",
    Action.MERGE: "并案",
    Action.UNMERGE: "取消并案",
    Action.ESCALATE: "请上级代表接续",
    Action.DECIDE: "作出决定",
    Action.RATE_AS_FOLLOWER: "评价（跟进人）",
    Action.NOTE_PROGRESS: "记录办理进展",
    Action.ASK_CO_UNITS: "请单位协办",
    Action.SET_CATEGORY: "确定类别",
    Action.MARK_EMERGENCY: "标记紧急",
    Action.CONFIRM_EMERGENCY: "确认紧急情况已联系",
    Action.PUBLISH: "公开",
    Action.UNPUBLISH: "不公开",
    Action.UNASSIGN: "撤回交办",
    Action.URGE: "催办",
    Action.SUBMIT: "提交",
    Action.PASS_REVIEW: "内容检查通过",
    Action.HOLD_FOR_REVIEW: "转人工审核",
    Action.ROUTE: "确定联系代表",
    Action.HAND_OVER: "变更联系代表",
    Action.NO_INFO: "逾期未补充",
    Action.RATING_OVER: "评价期满",
    Action.PLAN_DUE: "计划时间已到",
    Action.SHARE_FEEDBACK: "并案反馈",
    Action.TARGET_ENDED: "恢复单独办理",
    Action.ARCHIVE: "归档",
}


class Party(StrEnum):
    """What the one acting is to this issue. One person can be several (a head who is also its deputy)."""

    OWNER = "R"  # the resident's own account or receipt code
    DEPUTY = "D"  # the deputy who has it
    CLERK = "C"
    HEAD = "H"
    TOWNSHIP = "T"
    DISTRICT = "A"
    GOVERNMENT = "G"
    UNIT = "U"  # clerk of the lead unit
    UNIT_LEADER = "UL"  # leader of the lead unit
    CO_UNIT = "CO"  # clerk or leader of a co-unit (协办): sees, notes its own progress, does not act for the lead
    REVIEWER = "K"
    COMMITTEE = "S"
    STAND_IN = "H*"  # the head answering for the station: no deputy there, or the deputy silent too long
    RAISED = "T*"  # township or district office to which a complaint was raised past those it names
    FOLLOWER = "F"  # joined (我也遇到): sees how it goes, rates for themselves
    DECIDER = "2nd"  # the second person an open decision waits for
    SYSTEM = "SYS"
