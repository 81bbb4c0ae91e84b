"""What a new district starts with; afterwards service/parameters holds the truth. Rulebook §2.4–2.6, contract."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from config.messages import MESSAGES
from config.notices import NOTICE_WORDS


@dataclass(frozen=True, slots=True)
class CategoryDefault:
    """A first-level category (类别) with words that suggest it and match professional groups."""

    title: str
    keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeclineReason:
    """Why a matter is not accepted (不予受理) and which legal channel the resident is shown.

    ``needs_cosign``: a second person (H or T) must agree before the resident is told (rulebook §9.1.6).
    """

    title: str
    channel: str
    needs_cosign: bool = False


CATEGORIES: tuple[CategoryDefault, ...] = (
    CategoryDefault("道路交通", ("道路", "路灯", "红绿灯", "公交", "斑马线", "坑洼", "堵车")),
    CategoryDefault("供水排水", ("停水", "自来水", "水压", "下水道", "排水", "内涝", "水管")),
    CategoryDefault("供电供气", ("停电", "电压", "电线", "变压器", "天然气", "燃气", "气压")),
    CategoryDefault("环境卫生/垃圾", ("垃圾", "清运", "环卫", "公厕", "臭味", "保洁", "污水")),
    CategoryDefault("噪声油烟", ("噪声", "噪音", "油烟", "广场舞", "夜间施工", "扰民", "烧烤")),
    CategoryDefault("物业小区/加装电梯", ("物业", "小区", "电梯", "业委会", "维修资金", "漏水", "门禁")),
    CategoryDefault("违建占道", ("违建", "违章搭建", "占道", "流动摊贩", "乱搭", "堵塞通道")),
    CategoryDefault("停车充电", ("停车", "车位", "充电桩", "充电", "电瓶车", "僵尸车")),
    CategoryDefault("教育", ("学校", "幼儿园", "入学", "老师", "校车", "课后", "学费")),
    CategoryDefault("医疗医保", ("医院", "看病", "医保", "报销", "卫生院", "药店", "挂号")),
    CategoryDefault("社保就业/欠薪", ("社保", "养老金", "工资", "欠薪", "就业", "招聘", "工伤")),
    CategoryDefault("养老托幼", ("养老", "老人", "敬老院", "托育", "托幼", "助餐", "高龄")),
    CategoryDefault("征地拆迁", ("征地", "拆迁", "安置", "补偿", "安置房", "过渡费")),
    CategoryDefault("农田水利/农业产业", ("水渠", "灌溉", "农田", "山坪塘", "柑橘", "果园", "农药")),
    CategoryDefault("农村公路", ("村道", "通村路", "村社道路", "机耕道", "乡道", "护栏")),
    CategoryDefault("食品安全", ("食品", "餐馆", "过期", "变质", "食堂", "外卖", "假冒")),
    CategoryDefault("消防与公共安全", ("消防", "灭火", "隐患", "安全通道", "坍塌", "井盖", "危房")),
    CategoryDefault("治安矛盾纠纷", ("纠纷", "治安", "打架", "盗窃", "邻里", "诈骗", "吵架")),
    CategoryDefault("政务服务作风", ("办事", "窗口", "态度", "推诿", "办证", "政务", "盖章")),
    CategoryDefault("营商环境/企业诉求", ("企业", "融资", "用工", "营业执照", "园区", "税", "厂房")),
    CategoryDefault("生态环境", ("河道", "污染", "养殖场", "扬尘", "废气", "排污", "黑臭水体")),
    CategoryDefault("文化体育", ("健身", "球场", "图书", "文化", "体育", "广场", "活动室")),
    CategoryDefault("其他", ("其他",)),
)

DECLINE_REASONS: dict[str, DeclineReason] = {
    "LITIGATION": DeclineReason(
        "应当通过诉讼、仲裁或者行政复议解决",
        "请向有管辖权的人民法院起诉（诉讼服务热线 12368），或者依法申请仲裁、行政复议；需要法律帮助可拨打 12348。",
    ),
    "DISCIPLINE": DeclineReason(
        "检举控告公职人员，应当由纪检监察机关受理",
        "请拨打纪检监察举报电话 12388，或者直接向区纪委监委反映；您的材料不会转给被反映的人或单位。",
    ),
    "PETITION": DeclineReason(
        "已经进入信访程序",
        "请向正在办理的信访机构查询进展，也可以在国家信访局网站、区群众信访接待中心查询。",
    ),
    "CASE_PENDING": DeclineReason(
        "涉及正在办理的具体司法或者执法案件",
        "代表依法不干预具体案件。请联系办案机关，或者拨打 12368（法院）、12309（检察院）查询和申诉。",
    ),
    "PRIVATE": DeclineReason(
        "仅涉及个人或者亲属利益",
        "请拨打便民热线 12345，或者到区群众信访接待中心反映；邻里和家庭矛盾可以到村（社区）人民调解委员会申请调解。",
        needs_cosign=True,
    ),
    "DUPLICATE": DeclineReason(
        "同一事项重复反映且没有新的情况",
        "请凭原来的查询码查看办理情况；有新的事实，可以在原事项中补充说明，也可以拨打 12345 查询。",
        needs_cosign=True,
    ),
    "SECRET": DeclineReason(
        "涉及国家秘密、商业秘密或者他人隐私",
        "请不要在网上提交涉密内容，请当面向主管部门反映；危害国家安全的线索请拨打 12339。",
    ),
    "TENDER": DeclineReason(
        "招标投标或者商业推销",
        "招标投标争议请向项目的行政监督部门投诉，或者到公共资源交易中心咨询；市场监管投诉请拨打 12315。",
    ),
    "NO_CONTENT": DeclineReason(
        "没有具体内容，无法办理",
        "请说明时间、地点和具体情况后重新提交；不方便打字，可以到联络站由工作人员代填，或者拨打 12345。",
    ),
    "UNLAWFUL": DeclineReason(
        "诉求违反法律法规或者公序良俗",
        "如有不同意见，可以向镇街人大申诉一次；法律咨询请拨打 12348。",
        needs_cosign=True,
    ),
    "OUT_OF_AREA": DeclineReason(
        "事项发生地不属于本区",
        "请向事项发生地的人大代表联络站反映，或者拨打当地的政务服务便民热线 12345（外地请加拨区号）。",
    ),
}

DECLINE_PREFIX = "decline."
DECLINE_WORDS: dict[str, dict[str, str]] = {
    f"{DECLINE_PREFIX}{code}": {"title": reason.title, "channel": reason.channel, "use": "on"}
    for code, reason in DECLINE_REASONS.items()
}
"""The words of each reason, and whether it may be given: parameters like any other. Whose second yes it needs is a rule."""

EMERGENCY_PHONES: tuple[tuple[str, str], ...] = (
    ("110", "报警"),
    ("119", "火警"),
    ("120", "急救"),
    ("122", "交通事故"),
)

_EMERGENCY_WORDS = [
    "着火",
    "起火",
    "火灾",
    "爆炸",
    "燃气泄漏",
    "煤气泄漏",
    "天然气泄漏",
    "煤气味",
    "塌了",
    "坍塌",
    "垮塌",
    "触电",
    "溺水",
    "落水",
    "被困",
    "昏迷",
    "车祸",
    "持刀",
    "行凶",
    "自杀",
    "轻生",
    "跳楼",
    "不想活",
    "救命",
]

_REVIEW_WORDS = [
    "加微信",
    "加V",
    "代开发票",
    "刷单",
    "兼职日结",
    "无抵押贷款",
    "办证刻章",
    "博彩",
    "赌博网站",
    "返利",
    "中奖",
    "点击链接",
    "扫码领",
    "免费领取",
    "优惠券",
    "代理招商",
    "色情",
    "约炮",
    "去死",
    "弄死",
    "狗东西",
    "王八蛋",
    "傻逼",
    "他妈的",
]

CHOICES: dict[str, tuple[str, ...]] = {
    "content.without_openid": ("local", "manual"),
    "content.second_reader": ("off", "required"),
    "result.photo": ("asked", "required"),
}
"""Parameters that are one of a few words."""

PARAMETERS: dict[str, Any] = {
    # Workdays ("wd") unless the key says days or hours; rulebook §2.6.
    "deadlines.accept_wd": 2,
    "deadlines.first_contact_wd": 3,
    "deadlines.dispatch_wd": 1,
    "deadlines.sign_wd": 1,
    "deadlines.handling_wd": {"CONSULT": 2, "GENERAL": 5, "COMPLEX": 10, "HARD": 15},
    "deadlines.feedback_wd": 2,
    "deadlines.sign_off_wd": 1,
    "deadlines.rehandle_wd": 10,
    "deadlines.review_wd": 1,
    "deadlines.decision_wd": 1,
    "deadlines.return_wd": 1,
    "deadlines.escalation_answer_wd": 7,
    "deadlines.escalated_days": 30,
    "deadlines.rating_days": 15,
    "deadlines.info_days": 10,
    "deadlines.info_reminder_days": [4, 8],
    "deadlines.declined_appeal_days": 10,
    "deadlines.closed_appeal_days": 60,
    "deadlines.archive_days": 30,
    "emergency.hours": 2,
    "emergency.words": _EMERGENCY_WORDS,
    # A silent deputy: reminders, then station head, township, district (contract, rulebook §11).
    "silence.remind_wd": [1, 2],
    "silence.head_wd": 3,
    "silence.township_wd": 5,
    "silence.district_wd": 8,
    "content.min_chars": 5,
    "content.max_chars": 2000,
    # Words that send a text to a human reviewer; they never reject by themselves.
    "content.review_words": _REVIEW_WORDS,
    # What WeChat cannot be asked about (receipt_only, guests, entered by a clerk): "local": the words above are enough;
    # "manual": a reviewer looks at everything.
    "content.without_openid": "local",
    # Rejecting a text: one reviewer alone ("off"), or only when another one agrees ("required").
    "content.second_reader": "off",
    # Without an answer of WeChat for so long a reviewer is asked; a picture's result comes within the second (§7.5).
    "content.wait_minutes": 10,
    "content.media_minutes": 30,
    # So many rejections in so many days, and a reviewer looks first (rulebook §11); 0 switches it off.
    "content.premoderate_after": 3,
    "content.premoderate_days": 30,
    "rounds.max": 2,
    # A unit's result with a picture: always ("required"; advice excepted), or asked for and not insisted on ("asked").
    "result.photo": "asked",
    "reception.notice_days": 3,
    "station.pause_days": 60,
    "rating.edit_hours": 48,
    # Percent: below the first nothing is suggested; from the second on the worker fills an empty category in.
    "category.suggest_percent": 30,
    "category.auto_percent": 85,
    "duplicate.hot_followers": 10,
    "duplicate.hot_days": 7,
    # Pictures at once (never above nine, which is what the client sends), and of one issue in all its messages and steps.
    "uploads.max": 9,
    "uploads.max_together": 45,
    # Minutes in which a slip is taken back by whoever made it: an assignment nobody acted on, a merge, a category, boxes.
    "slips.minutes": 10,
    "retention.identity_years": 2,
    **DECLINE_WORDS,
    **NOTICE_WORDS,
    **MESSAGES,
}
