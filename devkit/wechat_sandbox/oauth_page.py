"""The page on which WeChat's browser asks a follower's leave (网页授权); here one chooses who to be.

Documentation: 网页授权, first step: `/connect/oauth2/authorize` with
`appid`, `redirect_uri`, `response_type=code`, `scope`, `state` and `#wechat_redirect` (as stored tutorials give it).
Without the real WeChat's silence for `snsapi_base`: the sandbox cannot know who sits before the browser.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

from devkit.wechat_sandbox.accounts import OFFICIAL
from devkit.wechat_sandbox.http import Answer, Call, html_answer, redirect
from devkit.wechat_sandbox.pages import render
from devkit.wechat_sandbox.state import SandboxState

SCOPES = ("snsapi_base", "snsapi_userinfo")
_STATE = re.compile(r"[a-zA-Z0-9]{0,128}")  # "开发者可以填写a-zA-Z0-9的参数值,最多128字节"
_HOST = re.compile(r"[\w.\-]+(:\d+)?")
_NAME = re.compile(r"[\w\-.]{1,40}")


def authorize(state: SandboxState, call: Call) -> Answer:
    """Who do you want to be? Or what is wrong with the address."""
    wrong = _fault(state, call)
    if wrong:
        return _refusal(wrong)
    arguments = {name: value for name, value in call.query.items() if name != "user"}
    people = [
        (person.title, person.name, f"/connect/oauth2/confirm?{urlencode(arguments | {'user': person.name})}")
        for person in state.people.listed()
    ]
    back = urlsplit(call.argument("redirect_uri"))
    page = render("oauth.html", people=people, arguments=arguments, host=back.netloc)
    return html_answer(page, forms_lead_to=_origin(back))


def confirm(state: SandboxState, call: Call) -> Answer:
    """Back to the address that asked, with a code for one use within five minutes and the state as it came."""
    wrong = _fault(state, call)
    user = call.argument("user")
    if not wrong and not _NAME.fullmatch(user):
        wrong = "请给出一个名字(字母、数字、下划线或连字符)"
    if wrong:
        return _refusal(wrong)
    code = state.issue_code(state.people.meet(user).name, call.argument("appid"))
    parts = urlsplit(call.argument("redirect_uri"))
    query = [*parse_qsl(parts.query, keep_blank_values=True), ("code", code)]
    query += [("state", call.argument("state"))]
    return redirect(urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(query), "")))


def _origin(address: SplitResult) -> str:
    """For the page's policy; empty for a host that could say more than its name there."""
    return f"{address.scheme}://{address.netloc}" if _HOST.fullmatch(address.netloc) else ""


def _refusal(words: str) -> Answer:
    return html_answer(render("refusal.html", words=words), 200)


def _fault(state: SandboxState, call: Call) -> str:
    """In words, empty when there is none. The numbers WeChat shows on its pages are unverified."""
    account = state.account_for(OFFICIAL)
    if account is None or call.argument("appid") != account.appid:
        return "AppID 参数错误(40013):不是这个沙箱的公众号"
    target = urlsplit(call.argument("redirect_uri"))
    if target.scheme not in ("http", "https") or not target.netloc:
        return "redirect_uri 参数错误(10003):应是完整的 http(s) 地址"
    allowed = state.options.redirect_domains
    if allowed and (target.hostname or "") not in allowed and target.netloc not in allowed:
        return "redirect_uri 域名与后台配置不一致(10003)"
    if call.argument("response_type") != "code":
        return "response_type 参数错误(10004):应为 code"
    if call.argument("scope") not in SCOPES:
        return "scope 参数错误(10005):应为 snsapi_base 或 snsapi_userinfo"
    if not _STATE.fullmatch(call.argument("state")):
        return "state 参数错误:只能是 a-zA-Z0-9,最多 128 字节"
    return ""
