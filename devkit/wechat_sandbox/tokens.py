"""Access tokens: two endpoints with two different ideas of what happens to the previous token."""

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from devkit.wechat_sandbox.errors import WeChatError

LIFETIME = 7200.0  # seconds; documentation: "目前是7200秒之内的值"
OVERLAP = 300.0  # seconds; documentation: "在5分钟内,新老 access_token 都可用"
FORCED_APART = 30.0  # seconds; page auth.getStableAccessToken: "调用时间隔至少为30s,否则不会刷新"
FORCED_A_DAY = 20  # same page: "该模式限制每天20次"; that more gives 45009 is unverified


@dataclass
class _Token:
    value: str
    valid_until: float
    refusals: int = 0


class TokenDesk:
    """Issues and checks access tokens. Not locked: the state that owns it is."""

    def __init__(self, credentials: Mapping[str, str], clock: Callable[[], float]) -> None:
        self._credentials = dict(credentials)
        self._clock = clock
        self._plain: dict[str, list[_Token]] = {}
        self._stable: dict[str, _Token] = {}
        self._forced: dict[str, list[float]] = {}
        self._lifetime = LIFETIME
        self._refusals = 0

    def check_credentials(self, appid: str, secret: str) -> None:
        """40013 for an unknown app id, 40125 for a wrong secret (documentation: error codes of getAccessToken)."""
        known = self._credentials.get(appid)
        if known is None:
            raise WeChatError(40013, "invalid appid")
        if not hmac.compare_digest(known.encode(), secret.encode()):
            raise WeChatError(40125, "invalid appsecret")

    def plain(self, appid: str) -> dict[str, object]:
        """`GET /cgi-bin/token`: a new token each time; the earlier ones end five minutes later at the latest."""
        now = self._clock()
        earlier = [token for token in self._plain.get(appid, []) if token.valid_until > now]
        for token in earlier:
            token.valid_until = min(token.valid_until, now + OVERLAP)
        fresh = self._new(now)
        self._plain[appid] = [*earlier, fresh]
        return self._answer(fresh, now)

    def stable(self, appid: str, *, force_refresh: bool) -> dict[str, object]:
        """`POST /cgi-bin/stable_token`: the same token until it expires; forcing ends the previous one at once.

        Documentation: apart from the tokens of `/cgi-bin/token`, "完全隔离,互不影响". The early renewal five minutes
        before the end is not imitated.
        """
        now = self._clock()
        forced = force_refresh and self._may_force(appid, now)
        token = self._stable.get(appid)
        if token is None or token.valid_until <= now or forced:
            token = self._stable[appid] = self._new(now)
        return self._answer(token, now)

    def _may_force(self, appid: str, now: float) -> bool:
        """Not again within half a minute; 45009 after twenty times in 24 hours."""
        recent = [when for when in self._forced.get(appid, []) if when > now - 86_400]
        if recent and now - recent[-1] < FORCED_APART:
            return False
        if len(recent) >= FORCED_A_DAY:
            raise WeChatError(45009, "reach max api daily quota limit")
        self._forced[appid] = [*recent, now]
        return True

    def require(self, value: str) -> str:
        """The app id a token belongs to.

        41001 without a token, 42001 for an expired one, 40001 for any other (backend.md §5 names 40001 and 42001;
        which of the two a replaced token gets is unverified: 40001 here).
        """
        if not value:
            raise WeChatError(41001, "access_token missing")
        now = self._clock()
        for appid, token in self._all():
            if token.value == value:
                if token.valid_until <= now:
                    raise WeChatError(42001, "access_token expired")
                if token.refusals > 0:
                    token.refusals -= 1
                    break
                return appid
        raise WeChatError(40001, "invalid credential, access_token is invalid or not latest")

    def revoke_all(self) -> None:
        """Forget every token, as if somebody else had refreshed them: the next call gets 40001."""
        self._plain.clear()
        self._stable.clear()

    def storm(self, *, lifetime: float | None, refusals: int | None) -> None:
        """From now on tokens live only so many seconds, and each is refused with 40001 so many times first."""
        self._lifetime = LIFETIME if lifetime is None else lifetime
        self._refusals = refusals or 0

    def _all(self) -> list[tuple[str, _Token]]:
        plain = [(appid, token) for appid, tokens in self._plain.items() for token in tokens]
        return plain + list(self._stable.items())

    def _new(self, now: float) -> _Token:
        return _Token(secrets.token_urlsafe(96), now + self._lifetime, self._refusals)

    @staticmethod
    def _answer(token: _Token, now: float) -> dict[str, object]:
        return {"access_token": token.value, "expires_in": int(token.valid_until - now)}
