"""Access tokens: two endpoints with two different ideas of what happens to the previous token."""

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from devkit.wechat_sandbox.errors import WeChatError

LIFETIME = 7200.0  # seconds; documentation: "目前是7200秒之内的值"
OVERLAP = 300.0  # seconds; documentation: "在5分钟内,新老 access_token 都可用"


@dataclass
class _Token:
    value: str
    valid_until: float


class TokenDesk:
    """Issues and checks access tokens. Not locked: the state that owns it is."""

    def __init__(self, credentials: Mapping[str, str], clock: Callable[[], float]) -> None:
        self._credentials = dict(credentials)
        self._clock = clock
        self._plain: dict[str, list[_Token]] = {}
        self._stable: dict[str, _Token] = {}

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

        Documentation: apart from the tokens of `/cgi-bin/token`, "完全隔离,互不影响". The limits on forcing (20 a
        day, 30 s apart) and the early renewal five minutes before the end are not imitated.
        """
        now = self._clock()
        token = self._stable.get(appid)
        if token is None or token.valid_until <= now or force_refresh:
            token = self._stable[appid] = self._new(now)
        return self._answer(token, now)

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
                return appid
        raise WeChatError(40001, "invalid credential, access_token is invalid or not latest")

    def revoke_all(self) -> None:
        """Forget every token, as if somebody else had refreshed them: the next call gets 40001."""
        self._plain.clear()
        self._stable.clear()

    def _all(self) -> list[tuple[str, _Token]]:
        plain = [(appid, token) for appid, tokens in self._plain.items() for token in tokens]
        return plain + list(self._stable.items())

    def _new(self, now: float) -> _Token:
        return _Token(secrets.token_urlsafe(96), now + LIFETIME)

    @staticmethod
    def _answer(token: _Token, now: float) -> dict[str, object]:
        return {"access_token": token.value, "expires_in": int(token.valid_until - now)}
