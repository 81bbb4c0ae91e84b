"""Single-use codes: what a phone hands to the server to prove who is holding it."""

import secrets
from collections.abc import Callable

from devkit.wechat_sandbox.errors import WeChatError
from devkit.wechat_sandbox.identities import is_login_code, is_repeatable, phone_for

LIFETIME = 300.0  # seconds; documentation of wx.login: "有效期五分钟"


class CodeDesk:
    """Knows which codes were issued and which were used. Not locked: the state that owns it is."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._issued: dict[str, tuple[float, str]] = {}
        self._used: set[str] = set()

    def issue(self, person: str, appid: str = "") -> str:
        """A fresh login code of this person, good once within five minutes; of one account only, if named."""
        code = f"issued-{person}#{secrets.token_hex(8)}"
        self._issued[code] = (self._clock() + LIFETIME, appid)
        return code

    def redeem_login(self, code: str, appid: str) -> None:
        """40029 for an unknown or expired code, 40163 for a used one (documentation: jscode2session).

        That an expired code and another account's code get 40029 too is unverified.
        """
        if not is_login_code(code):
            raise WeChatError(40029, "invalid code")
        if code.startswith("issued-"):
            until, only = self._issued.get(code, (0.0, ""))
            if until <= self._clock() or only not in ("", appid):
                raise WeChatError(40029, "invalid code")
        self._use(code)

    def redeem_phone(self, code: str) -> str:
        """The number; 40029 for an unknown code (documentation: getuserphonenumber). A used one: 40163, unverified."""
        try:
            number = phone_for(code)
        except ValueError:
            raise WeChatError(40029, "invalid code") from None
        self._use(code)
        return number

    def _use(self, code: str) -> None:
        if is_repeatable(code):
            return
        if code in self._used:
            raise WeChatError(40163, "code been used")
        self._used.add(code)
