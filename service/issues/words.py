"""Small vocabularies of an issue: kinds, channels, anonymity, outcomes, ratings. Pure."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    CONSULT = "CONSULT"  # 咨询
    HELP = "HELP"  # 求助
    COMPLAINT = "COMPLAINT"  # 投诉
    REPORT = "REPORT"  # 举报
    SUGGESTION = "SUGGESTION"  # 建议
    THANKS = "THANKS"  # 感谢


KIND_TITLES = {
    "CONSULT": "咨询",
    "HELP": "求助",
    "COMPLAINT": "投诉",
    "REPORT": "举报",
    "SUGGESTION": "建议",
    "THANKS": "感谢",
}


class Channel(StrEnum):
    SCAN = "SCAN"  # 扫码
    RECEPTION = "RECEPTION"  # 接待日
    HOME_VISIT = "HOME_VISIT"  # 入户走访
    YARD_MEETING = "YARD_MEETING"  # 坝坝会
    PHONE = "PHONE"  # 电话代填
    PAPER = "PAPER"  # 纸质登记
    GRID_WORKER = "GRID_WORKER"  # 网格员


CHANNEL_TITLES = {
    "SCAN": "扫码",
    "RECEPTION": "来站接待",
    "HOME_VISIT": "入户走访",
    "YARD_MEETING": "坝坝会",
    "PHONE": "电话",
    "PAPER": "纸质登记",
    "GRID_WORKER": "网格员转来",
}


class Anonymity(StrEnum):
    """Who may know (contract): nobody, the station, or station + deputy (+ unit with ``pass_on``)."""

    RECEIPT_ONLY = "receipt_only"
    STATION_ONLY = "station_only"
    NAMED = "named"


ANONYMITY_TITLES = {
    "named": "告诉代表和联络站我是谁",
    "station_only": "只让联络站知道我是谁",
    "receipt_only": "谁也不用知道我是谁，只凭查询码",
}
"""What a resident is asked, in the words they are asked with."""


SPOKEN = ("登记这件事", "把姓名和详细地点转给承办单位", "隐去个人信息后公开", "电话联系")
"""What somebody agrees to aloud before a clerk types for them: registering, passing on, publishing, being called."""


class Outcome(StrEnum):
    ANSWERED = "ANSWERED"  # 当场答复
    HANDLED = "HANDLED"  # 单位办理
    NO_INFO = "NO_INFO"  # 逾期未补充
    NOT_RATED = "NOT_RATED"  # 已反馈，未评价
    SATISFIED = "SATISFIED"
    MOSTLY = "MOSTLY"
    DISSATISFIED = "DISSATISFIED"


class Rating(StrEnum):
    SATISFIED = "SATISFIED"
    MOSTLY = "MOSTLY"
    DISSATISFIED = "DISSATISFIED"


RATING_TITLES = {Rating.SATISFIED: "满意", Rating.MOSTLY: "基本满意", Rating.DISSATISFIED: "不满意"}


OUTCOME_TITLES = {
    Outcome.ANSWERED: "当场答复",
    Outcome.HANDLED: "单位办理",
    Outcome.NO_INFO: "逾期未补充",
    Outcome.NOT_RATED: "已反馈，未评价",
    **{Outcome(rating.value): title for rating, title in RATING_TITLES.items()},
}


class Decision(StrEnum):
    AGREE = "AGREE"
    REFUSE = "REFUSE"


class Confined(StrEnum):
    """A complaint about those who would see it is kept from them."""

    TOWNSHIP = "township"
    DISTRICT = "district"


class Difficulty(StrEnum):
    CONSULT = "CONSULT"
    GENERAL = "GENERAL"
    COMPLEX = "COMPLEX"
    HARD = "HARD"


DIFFICULTY_TITLES = {"CONSULT": "咨询", "GENERAL": "一般", "COMPLEX": "复杂", "HARD": "疑难"}
