"""Who allowed how many messages of which template, as their phones told WeChat: one tap, one message (domain.md §7.5).

The product hears of a consent from its own page; WeChat hears of it from the phone. Here nobody taps on a phone, so:
demo persons keep "always allow" (总是保持以上选择) for every template, and everybody else's consents come by lever.
"""

from __future__ import annotations

from devkit.wechat_sandbox.errors import WeChatError

ALWAYS = -1
REFUSED = 0


class ConsentBook:
    """Not locked: the state that owns it is."""

    def __init__(self) -> None:
        self._left: dict[tuple[str, str], int] = {}

    def grant(self, openid: str, template_id: str, times: int) -> int:
        """So many more messages (``ALWAYS``: a long-term consent, or "always allow"); what is left now."""
        key = (openid, template_id)
        before = self._left.get(key, 0)
        self._left[key] = ALWAYS if ALWAYS in (times, before) else before + times
        return self._left[key]

    def refuse(self, openid: str, template_id: str) -> None:
        """No more messages of this template, whatever was allowed before (in the phone's message settings)."""
        self._left[(openid, template_id)] = REFUSED

    def spend(self, openid: str, template_id: str, *, keeps_allowing: bool) -> None:
        """Use one up. ``keeps_allowing``: who never said anything allows everything.

        43101 when there is none (documentation: subscribeMessage.send, "用户拒绝接受消息,如果用户之前曾经订阅过,则表示
        用户取消了订阅关系"); that a used-up consent gives the same number is from backend.md §4.5.
        """
        left = self._left.get((openid, template_id), ALWAYS if keeps_allowing else REFUSED)
        if left == REFUSED:
            raise WeChatError(43101, "user refuse to accept the msg")
        if left > 0:
            self._left[(openid, template_id)] = left - 1

    def of(self, openid: str) -> dict[str, int]:
        """Template → messages left; -1 without end."""
        return {template: left for (owner, template), left in self._left.items() if owner == openid}
