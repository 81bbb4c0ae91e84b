"""The sandbox without its web server: which address does what, and what the ordered faults make of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext

from devkit.wechat_sandbox import linking, oauth_page, signing_in
from devkit.wechat_sandbox.checking import Checking
from devkit.wechat_sandbox.control import Control
from devkit.wechat_sandbox.errors import WeChatError
from devkit.wechat_sandbox.faults import BROKEN_BODIES, HEADER, Fault, from_header, worst
from devkit.wechat_sandbox.http import Answer, Call, json_answer
from devkit.wechat_sandbox.push_control import PushControl
from devkit.wechat_sandbox.pusher import Pusher
from devkit.wechat_sandbox.sending import Sending
from devkit.wechat_sandbox.state import SandboxState

Handler = Callable[[SandboxState, Call], "Answer | Mapping[str, object]"]
CONTROL = "/sandbox"


class Sandbox:
    """WeChat's endpoints and the levers, on one memory."""

    def __init__(self, state: SandboxState) -> None:
        self.state = state
        self.pusher = Pusher(state)
        self._routes = _wechat(self.pusher) | _levers(self.pusher)
        self._slow = {linking.code_image, self._routes["POST", "/sandbox/callback"]}

    async def answer(self, call: Call) -> Answer:
        """The answer to one request, after whatever waiting its faults order."""
        if call.path.startswith(CONTROL):
            return await self._lever(call)
        try:
            faults = [*self.state.take_faults(call.path), *from_header(call.headers.get(HEADER, ""), call.path)]
        except ValueError as error:
            return json_answer({"error": str(error)}, 422)
        answer = await self._suffering(call, faults)
        with self.state.lock:
            self.state.statistics.called(call.path, answer.outcome or str(answer.status))
        return answer

    async def _suffering(self, call: Call, faults: list[Fault]) -> Answer:
        """Faults that come before the work, the work, and the one that hurts most: it is done, but nobody hears of it."""
        resets = self.state.resets
        for latency in (fault for fault in faults if fault.kind == "latency"):
            await self.state.hold(latency.value, resets)
        fault = worst(faults)
        instead = _instead(fault) if fault else None
        if instead is not None:
            return instead
        answer = await self._work(call)
        if fault and fault.kind == "timeout_after_accept":
            await self.state.hold(fault.value, resets)
        elif fault and fault.kind == "reset_after":
            answer.reset = True
        return answer

    async def _work(self, call: Call) -> Answer:
        handler = self._routes.get((call.method, call.path))
        if handler is None:
            return _nowhere(call, {path for _, path in self._routes})
        try:
            answer = await self._call(handler, call, self.state.lock)
        except WeChatError as error:
            return json_answer(error.body(), outcome=str(error.errcode))
        answer.outcome = answer.outcome or "0"
        return answer

    async def _lever(self, call: Call) -> Answer:
        path = "/sandbox/links/" if call.path.startswith("/sandbox/links/") else call.path.rstrip("/")
        handler = self._routes.get((call.method, path))
        if handler is None:
            return _nowhere(call, {path for _, path in self._routes})
        try:
            return await self._call(handler, call, nullcontext())
        except (ValueError, TypeError) as error:
            return json_answer({"error": str(error)}, 422)

    async def _call(self, handler: Handler, call: Call, lock: AbstractContextManager[object]) -> Answer:
        """Slow work in a thread of its own, the rest at once under ``lock``."""
        if handler in self._slow:
            found = await asyncio.to_thread(handler, self.state, call)
        else:
            with lock:
                found = handler(self.state, call)
        return found if isinstance(found, Answer) else json_answer(found)


def _instead(fault: Fault) -> Answer | None:
    """What comes instead of the work; None when the work is done."""
    if fault.kind == "http_500":
        return Answer(b"Internal Server Error", int(fault.value) or 500, "text/html", outcome="http_500")
    if fault.kind == "malformed":
        return Answer(BROKEN_BODIES[int(fault.value)], outcome="malformed")
    if fault.kind == "reset_before":
        return Answer(reset=True, outcome="reset_before")
    if fault.kind == "errcode":
        body = WeChatError(int(fault.value), "ordered by the sandbox").body()
        return json_answer(body, outcome=str(int(fault.value)))
    return None


def _nowhere(call: Call, paths: set[str]) -> Answer:
    """43001/43002 for the wrong method (documentation: 全局返回码, "需要 GET/POST 请求"), 404 for no endpoint."""
    if call.path in paths and not call.path.startswith(CONTROL):
        errcode, method = (43001, "GET") if call.method == "POST" else (43002, "POST")
        return json_answer(WeChatError(errcode, f"require {method} method").body(), outcome=str(errcode))
    words = {"error": f"沙箱没有 {call.method} {call.path}"}
    return Answer(json.dumps(words, ensure_ascii=False).encode(), 404)


def _wechat(pusher: Pusher) -> dict[tuple[str, str], Handler]:
    """The imitated endpoints."""
    sending, checking = Sending(pusher), Checking(pusher)
    return {
        ("GET", "/cgi-bin/token"): signing_in.token,
        ("POST", "/cgi-bin/stable_token"): signing_in.stable_token,
        ("GET", "/sns/jscode2session"): signing_in.code_to_session,
        ("GET", "/sns/oauth2/access_token"): signing_in.oauth_access_token,
        ("GET", "/connect/oauth2/authorize"): oauth_page.authorize,
        ("GET", "/connect/oauth2/confirm"): oauth_page.confirm,
        ("POST", "/wxa/business/getuserphonenumber"): signing_in.user_phone_number,
        ("POST", "/wxa/msg_sec_check"): checking.text,
        ("POST", "/wxa/media_check_async"): checking.media,
        ("POST", "/cgi-bin/message/subscribe/send"): sending.subscription,
        ("POST", "/cgi-bin/message/template/send"): sending.template,
        ("POST", "/cgi-bin/message/subscribe/bizsend"): sending.service,
        ("POST", "/wxa/getwxacodeunlimit"): linking.code_image,
        ("POST", "/wxa/generate_urllink"): linking.url_link,
        ("POST", "/wxa/generatescheme"): linking.url_scheme,
    }


def _levers(pusher: Pusher) -> dict[tuple[str, str], Handler]:
    control, pushing = Control(pusher), PushControl(pusher)
    return {
        ("GET", "/sandbox"): control.page,
        ("GET", "/sandbox/healthz"): lambda _state, _call: {"status": "ok"},
        ("GET", "/sandbox/messages"): control.messages,
        ("GET", "/sandbox/statistics"): control.statistics,
        ("GET", "/sandbox/pushes"): pushing.pushes,
        ("GET", "/sandbox/links/"): control.link,
        ("POST", "/sandbox/faults"): control.fault,
        ("POST", "/sandbox/faults/clear"): control.clear_faults,
        ("POST", "/sandbox/codes"): control.code,
        ("POST", "/sandbox/tokens"): control.storm,
        ("POST", "/sandbox/tokens/revoke"): control.revoke,
        ("POST", "/sandbox/consents"): control.consent,
        ("POST", "/sandbox/visits"): control.visit,
        ("POST", "/sandbox/templates"): control.template,
        ("POST", "/sandbox/quotas"): control.quota,
        ("POST", "/sandbox/settings"): control.settings,
        ("POST", "/sandbox/callback"): pushing.callback,
        ("POST", "/sandbox/pushes"): pushing.manners,
        ("POST", "/sandbox/events"): pushing.event,
        ("POST", "/sandbox/reset"): control.reset,
    }
