"""Everything the sandbox remembers, in memory, behind one lock."""

import datetime
import itertools
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

from devkit.wechat_sandbox.codes import CodeDesk
from devkit.wechat_sandbox.errors import WeChatError
from devkit.wechat_sandbox.faults import Fault, FaultPlan
from devkit.wechat_sandbox.identities import official_openid_for, openid_for, unionid_for
from devkit.wechat_sandbox.templates import check_data
from devkit.wechat_sandbox.tokens import TokenDesk

KEPT_MESSAGES = 10_000
CHINA = datetime.timezone(datetime.timedelta(hours=8))


@dataclass(frozen=True)
class Message:
    """One subscription message as it would have reached a phone."""

    msgid: int
    delivered_at: str
    appid: str
    openid: str
    template_id: str
    page: str
    data: dict[str, str]


class SandboxState:
    """The sandbox's memory. Every method takes the lock, none of them waits while holding it.

    `credentials`: app id → secret. `with_unionid`: whether the applications belong to one open-platform account;
    without one, WeChat returns no unionid (documentation: jscode2session).
    """

    def __init__(
        self,
        credentials: Mapping[str, str],
        *,
        with_unionid: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._credentials = dict(credentials)
        self._with_unionid = with_unionid
        self._clock = clock
        self._lock = threading.Lock()
        self._released = threading.Event()
        self._clear()

    def _clear(self) -> None:
        self._tokens = TokenDesk(self._credentials, self._clock)
        self._codes = CodeDesk(self._clock)
        self._faults = FaultPlan()
        self._messages: list[Message] = []
        self._numbers = itertools.count(1)

    def reset(self) -> None:
        """Forget everything, and let go of every request that a fault is holding."""
        with self._lock:
            self._clear()
            self._released.set()
            self._released = threading.Event()

    def hold(self, seconds: float) -> None:
        """Wait, unless a reset comes first."""
        with self._lock:
            released = self._released
        released.wait(seconds)

    def add_fault(self, fault: Fault) -> None:
        """Order one fault."""
        with self._lock:
            self._faults.add(fault)

    def take_fault(self, endpoint: str) -> Fault | None:
        """The fault this request must suffer, if any."""
        with self._lock:
            return self._faults.take(endpoint)

    def issue_code(self, person: str) -> str:
        """A fresh login code of this person."""
        with self._lock:
            return self._codes.issue(person)

    def revoke_tokens(self) -> None:
        """Make every token handed out so far invalid."""
        with self._lock:
            self._tokens.revoke_all()

    def plain_token(self, appid: str, secret: str) -> dict[str, object]:
        """A token of `/cgi-bin/token`."""
        with self._lock:
            self._tokens.check_credentials(appid, secret)
            return self._tokens.plain(appid)

    def stable_token(self, appid: str, secret: str, *, force_refresh: bool) -> dict[str, object]:
        """A token of `/cgi-bin/stable_token`."""
        with self._lock:
            self._tokens.check_credentials(appid, secret)
            return self._tokens.stable(appid, force_refresh=force_refresh)

    def sign_in(self, appid: str, secret: str, code: str, *, official: bool = False) -> dict[str, str]:
        """Who holds this login code, as the mini-program or the official account sees them."""
        with self._lock:
            self._tokens.check_credentials(appid, secret)
            self._codes.redeem_login(code)
        identity = {"openid": official_openid_for(code) if official else openid_for(code)}
        return identity | ({"unionid": unionid_for(code)} if self._with_unionid else {})

    def require_token(self, access_token: str) -> str:
        """The app id it was handed out to."""
        with self._lock:
            return self._tokens.require(access_token)

    def phone_number(self, access_token: str, code: str) -> tuple[str, str]:
        """(number, app id) for a phone code."""
        with self._lock:
            appid = self._tokens.require(access_token)
            return self._codes.redeem_phone(code), appid

    def send(self, access_token: str, order: Mapping[str, object]) -> int:
        """Check and keep one subscription message; its msgid.

        40003 for a recipient that cannot be an openid, 40037 without a template, 47003 for the fields
        (documentation: subscribeMessage.send). Whether the user consented is not imitated: order fault 43101.
        """
        with self._lock:
            appid = self._tokens.require(access_token)
            openid, template_id = order.get("touser"), order.get("template_id")
            if not isinstance(openid, str) or len(openid) != 28 or not openid.startswith("o"):
                raise WeChatError(40003, "invalid openid")
            if not isinstance(template_id, str) or not template_id.strip():
                raise WeChatError(40037, "invalid template_id")
            data = check_data(order.get("data"))
            message = Message(
                msgid=next(self._numbers),
                delivered_at=datetime.datetime.fromtimestamp(self._clock(), CHINA).isoformat("T", "seconds"),
                appid=appid,
                openid=openid,
                template_id=template_id,
                page=str(order.get("page") or ""),
                data=data,
            )
            self._messages = [*self._messages[-KEPT_MESSAGES + 1 :], message]
            return message.msgid

    def messages(self, openid: str | None = None) -> list[dict[str, object]]:
        """What was delivered, newest first; of one person if asked."""
        with self._lock:
            chosen = [message for message in self._messages if openid in (None, message.openid)]
        return [asdict(message) for message in reversed(chosen)]
