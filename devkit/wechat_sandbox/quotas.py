"""How often an account may call: so many a minute and so many a day, then 45009."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from devkit.wechat_sandbox.errors import WeChatError

CHINA_AHEAD = 8 * 3600
MESSAGES = "/cgi-bin/message/subscribe/send"
TEXT, MEDIA = "/wxa/msg_sec_check", "/wxa/media_check_async"
CODES = "/wxa/getwxacodeunlimit"
LINKS = "/wxa/generate_urllink"
STABLE_TOKEN = "/cgi-bin/stable_token"


@dataclass(frozen=True)
class Quota:
    """None: no limit."""

    minute: int | None = None
    day: int | None = None


DOCUMENTED: dict[str, Quota] = {
    TEXT: Quota(4_000, 2_000_000),  # domain.md §7.5; page security.msgSecCheck
    MEDIA: Quota(2_000, 200_000),  # domain.md §7.5; page security.mediaCheckAsync
    CODES: Quota(5_000, None),  # domain.md §7.5; page wxacode.getUnlimited: 45009 "调用分钟频率受限"
    MESSAGES: Quota(None, 10_000_000),  # page subscribeMessage.send: 1kw/日 without payment
    LINKS: Quota(
        6_000, 500_000
    ),  # page generateScheme: 50万 a day in all; 100 a second (44990) is counted by the minute
    STABLE_TOKEN: Quota(10_000, 500_000),  # page auth.getStableAccessToken
}


class QuotaDesk:
    """Counts in fixed minutes and days of China. Not locked: the state that owns it is.

    When WeChat's own windows turn over is unverified; that a minute's limit gives 45009 is documented for codes only.
    """

    def __init__(self, clock: Callable[[], float], *, enforced: bool) -> None:
        self._clock = clock
        self.enforced = enforced
        self._quotas = dict(DOCUMENTED)
        self._used: dict[tuple[str, str, str], tuple[int, int]] = {}

    def set(self, endpoint: str, quota: Quota) -> None:
        """Replace a limit, and count from nothing."""
        self._quotas[endpoint] = quota
        self._used = {key: used for key, used in self._used.items() if key[1] != endpoint}

    def spend(self, appid: str, endpoint: str) -> None:
        """One more call; 45009 when the minute's or the day's are used up."""
        quota = self._quotas.get(endpoint)
        if not self.enforced or quota is None:
            return
        now = int(self._clock())
        if quota.minute is not None:
            self._count((appid, endpoint, "minute"), now // 60, quota.minute, "api minute-quota reach limit")
        if quota.day is not None:
            self._count(
                (appid, endpoint, "day"), (now + CHINA_AHEAD) // 86_400, quota.day, "reach max api daily quota limit"
            )

    def _count(self, key: tuple[str, str, str], window: int, most: int, words: str) -> None:
        current, used = self._used.get(key, (window, 0))
        used = used if current == window else 0
        if used >= most:
            raise WeChatError(45009, words)
        self._used[key] = (window, used + 1)
