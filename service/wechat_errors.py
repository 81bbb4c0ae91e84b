"""What WeChat's error numbers mean: whose fault it is, in Chinese, and what an operator does next.

``source`` names the page a row was read from; ``unverified`` rows come from general knowledge or from other people's code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple


class WeChatFault(StrEnum):
    """What a failed call means for the caller (backend facts §4.5)."""

    PERMANENT = "permanent"  # repeating cannot help: consent used up, invalid openid, bad data
    RETRY = "retry"  # try again later: busy, timeouts before acceptance, 5xx
    STOP_BATCH = "stop_batch"  # quota: nothing more goes out until it resets
    UNKNOWN = "unknown"  # the request may have been accepted: repeating could deliver twice
    TOKEN = "token"  # our token, credentials or account are refused: nothing goes out until an operator acts


class Meaning(NamedTuple):
    fault: WeChatFault
    meaning: str
    next_step: str
    source: str = "unverified"


class Row(NamedTuple):
    """One line of the table in the documentation."""

    errcode: int
    fault: WeChatFault
    meaning: str
    next_step: str
    source: str


GLOBAL = "developers.weixin.qq.com/doc/oplatform/developers/errCode/errCode.html"
ACCESS = "getAccessToken, table of errors"
STABLE = "getStableAccessToken, 注意事项"
LOGIN = "code2Session, table of errors"
PHONE = "getPhoneNumber, table of errors"
LINK = "generateUrlLink / generateScheme, table of errors"
QR = "getQRCode / createQRCode, table of errors"
COMMUNITY = "developers.weixin.qq.com/community, seen in questions with WeChat's answer"
CLOUD = "tencentcloud.com/document/product/1219/67648 (the same codes on Tencent's own platform)"

_NO_TOKEN = "核对 WECHAT_*_APPID 与 WECHAT_*_SECRET 是否属于同一账号；确认没有别的系统在强制刷新令牌。"
_IP = "登录微信公众平台（开发管理 → 开发设置 → IP 白名单），加入本服务器的出口 IP。"
_RELOGIN = "请用户重新打开小程序（网页则重新授权）再试一次；每个凭证只能用一次，五分钟内有效。"
_PUBLISH = "先在微信公众平台发布含有该页面的小程序版本；未发布时把 WECHAT_MINIPROGRAM_STATE 设为 trial 或 developer。"
_WAIT = "不用处理：系统会稍后自动再试；若持续出现，查看微信公众平台的公告。"
_QUOTA = "本批已停发，额度恢复后自动继续；若每天都用完，在公众平台申请提高额度或减少发送。"
_REPORT = "把日志中的 rid 交给开发人员，用微信的“API 诊断工具”查询。"

_P, _R, _S, _T = WeChatFault.PERMANENT, WeChatFault.RETRY, WeChatFault.STOP_BATCH, WeChatFault.TOKEN

ERRORS: dict[int, Meaning] = {
    -1: Meaning(_R, "微信系统繁忙", _WAIT, GLOBAL),
    40001: Meaning(_T, "AppSecret 错误，或接口令牌无效", _NO_TOKEN, GLOBAL),
    40002: Meaning(_P, "凭证类型不对，或没有生成链接的权限（如个人主体）", "核对小程序主体类型；" + _REPORT, LINK),
    40003: Meaning(_P, "接收者的 OpenID 不正确，或不属于本账号", "不用处理：该用户需重新登录后再订阅消息。", GLOBAL),
    40013: Meaning(
        _T, "AppID 不正确，或该账号的权限被封禁", "核对 WECHAT_*_APPID；在公众平台查看是否有处罚通知。", GLOBAL
    ),
    40014: Meaning(_T, "接口令牌不合法", _NO_TOKEN, GLOBAL),
    40029: Meaning(_P, "登录、授权或手机号凭证无效或已过期", _RELOGIN, LOGIN),
    40037: Meaning(_P, "消息模板编号不正确", "在公众平台核对模板编号，并更新本区县的消息模板参数。", CLOUD),
    40038: Meaning(_P, "该用户今天收到的长期订阅消息已到上限", "不用处理：站内消息仍在；减少同一天的提醒。", CLOUD),
    40097: Meaning(_P, "参数错误", _REPORT, QR),
    40125: Meaning(_T, "AppSecret 不正确", "在公众平台重置 AppSecret，并更新 WECHAT_*_SECRET 后重启。", ACCESS),
    40129: Meaning(_P, "小程序码的 scene 含有不允许的字符", _REPORT, COMMUNITY),
    40159: Meaning(_P, "小程序码的页面路径为空或过长", "核对小程序页面路径。", QR),
    40163: Meaning(_P, "登录或授权凭证已被使用", _RELOGIN, COMMUNITY),
    40164: Meaning(_T, "服务器 IP 不在白名单中", _IP, GLOBAL),
    40165: Meaning(_P, "小程序页面路径不正确", _PUBLISH, LINK),
    40169: Meaning(_P, "小程序码的 scene 过长，或请求不是 JSON", _REPORT, COMMUNITY),
    40212: Meaning(_P, "链接的 query 参数格式不正确", _REPORT, LINK),
    40226: Meaning(
        _P, "微信判定该用户风险高，拦截了登录", "请用户改用匿名方式反映，或到联络站由工作人员代为登记。", LOGIN
    ),
    40243: Meaning(_T, "AppSecret 已被冻结", "登录公众平台解冻 AppSecret（约 10 分钟后生效）。", ACCESS),
    41001: Meaning(_T, "请求缺少接口令牌", _REPORT, GLOBAL),
    41002: Meaning(_T, "请求缺少 AppID", "填写 WECHAT_*_APPID 后重启。", GLOBAL),
    41004: Meaning(_T, "请求缺少 AppSecret", "填写 WECHAT_*_SECRET 后重启。", ACCESS),
    41008: Meaning(_P, "请求缺少登录凭证", _RELOGIN),
    41030: Meaning(_P, "小程序页面不存在或尚未发布", _PUBLISH, COMMUNITY),
    42001: Meaning(_T, "接口令牌已过期", _NO_TOKEN, GLOBAL),
    43004: Meaning(_P, "接收者没有关注公众号", "请接收者关注公众号；在此之前通过小程序或短信通知。"),
    43101: Meaning(
        _P, "用户没有订阅、已拒收，或一次性订阅已用完", "不用处理：等用户再次同意接收；站内消息仍在。", COMMUNITY
    ),
    43104: Meaning(_P, "OpenID 与 AppID 不匹配", "核对小程序与公众号的配置没有互换；该用户需重新登录。"),
    43107: Meaning(_P, "订阅消息能力或该模板被封禁", "登录公众平台查看处罚原因并申诉，或换一个模板。", CLOUD),
    43108: Meaning(_R, "对同一用户并发下发", _WAIT, CLOUD),
    44002: Meaning(_P, "请求内容为空", _REPORT, GLOBAL),
    44990: Meaning(_R, "每秒调用太多", _WAIT, LINK),
    44991: Meaning(_S, "每分钟调用太多", _QUOTA),
    44993: Meaning(_S, "今天生成的链接已到上限", _QUOTA, LINK),
    45002: Meaning(_P, "内容超过长度限制", _REPORT, GLOBAL),
    45009: Meaning(_S, "今天的接口调用额度已用完，或每分钟调用太多", _QUOTA, GLOBAL),
    45011: Meaning(_S, "调用太频繁", _QUOTA, GLOBAL),
    45029: Meaning(_P, "生成的小程序码个数到达上限", "在公众平台核对小程序码数量；停止生成不用的码。", QR),
    45072: Meaning(_P, "命令字段取值不对（客服输入状态）", _REPORT),
    45168: Meaning(_P, "消息内容含有微信不允许的词语", "检查该模板的固定文字，并改用更平实的说法。", CLOUD),
    47001: Meaning(_P, "请求不是合法的 JSON", _REPORT, GLOBAL),
    47003: Meaning(
        _P,
        "模板字段的值不符合规则（长度、类型或为空）",
        "核对模板字段与公众平台一致，并更新消息模板参数。",
        CLOUD,
    ),
    48001: Meaning(
        _T, "账号没有这个接口的权限", "在公众平台确认已认证并已开通该功能；确认没有用错小程序或公众号。", GLOBAL
    ),
    48004: Meaning(_T, "接口因违规被封禁", "登录公众平台查看通知并申诉。", GLOBAL),
    50002: Meaning(_P, "用户受限，可能已冻结或注销", "不用处理：该用户暂时收不到微信消息。", GLOBAL),
    50004: Meaning(_T, "账号被禁止使用令牌接口", "登录公众平台查看通知。", ACCESS),
    50007: Meaning(_T, "账号已冻结", "登录公众平台查看通知并申诉。", ACCESS),
    61004: Meaning(_T, "服务器 IP 未登记", _IP, GLOBAL),
    61007: Meaning(_T, "接口没有授权给第三方平台", _REPORT, GLOBAL),
    61010: Meaning(_P, "该用户最近两小时没有访问小程序，微信不予检测", "不用处理：内容已转人工审核。"),
    61024: Meaning(_T, "需要使用第三方平台的令牌", _REPORT, ACCESS),
    85079: Meaning(_P, "小程序还没有线上版本", _PUBLISH, LINK),
    85096: Meaning(_P, "页面参数含有微信保留的字段", _REPORT, QR),
    85400: Meaning(_P, "长期有效的链接已到数量上限", "改用会到期的链接。", COMMUNITY),
    85401: Meaning(_P, "链接的有效期不在 1 分钟到 30 天之间", _REPORT, LINK),
    85402: Meaning(
        _P, "要打开的小程序版本不正确", "WECHAT_MINIPROGRAM_STATE 只能是 formal、trial 或 developer。", LINK
    ),
    85406: Meaning(_S, "今天通过链接打开小程序的次数已到上限", _QUOTA, LINK),
    85407: Meaning(_T, "没有生成链接的权限", "在公众平台确认小程序主体与权限。", LINK),
    85408: Meaning(_T, "生成链接的权限被封禁", "登录公众平台查看通知并申诉。", LINK),
    87009: Meaning(_P, "签名不正确", _REPORT),
    87014: Meaning(_P, "内容含有违法违规信息（旧版内容检测）", "不用处理：内容已转人工审核。", COMMUNITY),
    89501: Meaning(_T, "服务器 IP 正在等待公众号管理员确认", "请管理员在微信中确认该 IP。", ACCESS),
    89503: Meaning(_T, "服务器 IP 的调用需要管理员确认", "请管理员在微信中确认该 IP。", ACCESS),
    89506: Meaning(
        _T, "管理员两次拒绝该 IP，24 小时内不能再用", "与管理员确认后，24 小时后再试，或更换出口 IP。", ACCESS
    ),
    89507: Meaning(_T, "管理员拒绝了该 IP，1 小时内不能再用", "与管理员确认后，1 小时后再试。", ACCESS),
}
"""By errcode. A number may mean another thing for another interface; what is written fits the interfaces used here."""

STALE_TOKEN = frozenset({40001, 40014, 42001})
"""With these one call is repeated once with a renewed token (backend facts §5)."""

UNLISTED = Meaning(_P, "微信返回了未登记的错误码", _REPORT)

_WITHOUT_CODE: dict[WeChatFault, Meaning] = {
    _P: UNLISTED,
    _R: Meaning(_R, "微信暂时没有回应", "不用处理：系统会稍后自动再试；若持续出现，检查服务器到微信的网络。"),
    _S: Meaning(_S, "微信的额度已用完", _QUOTA),
    _T: Meaning(_T, "微信不接受我们的凭证", _NO_TOKEN),
    WeChatFault.UNKNOWN: Meaning(
        WeChatFault.UNKNOWN,
        "请求已发出但没有得到回应，微信可能已经受理",
        "不会自动重发；请核对对方是否收到，需要时手工重发。",
    ),
}


def meaning_of(errcode: int | None, fault: WeChatFault) -> Meaning:
    """The row of an error number, or what the fault alone says where there is no number."""
    if errcode is None:
        return _WITHOUT_CODE[fault]
    return ERRORS.get(errcode, UNLISTED)


_STORED = re.compile(rf"(?:reported )?(-?\d{{1,6}})?(?: ?\b({'|'.join(WeChatFault)}))?")


def explained(stored: str) -> str:
    """What a row keeps of a failure (``40125 token``, ``retry``, ``61010``), with its meaning and next step behind it.

    Whatever else a row keeps stays as it is.
    """
    found = _STORED.fullmatch(stored)
    if not stored or found is None:
        return stored
    errcode, fault = found.groups()
    known = meaning_of(int(errcode) if errcode else None, WeChatFault(fault or WeChatFault.PERMANENT))
    return f"{stored}：{known.meaning}。{known.next_step}"


def rows() -> Iterator[Row]:
    """The table for the documentation, in the order of the numbers."""
    for errcode, row in sorted(ERRORS.items()):
        yield Row(errcode, *row)
