"""Everything the sandbox remembers, in memory, behind one lock."""

from __future__ import annotations

import asyncio
import datetime
import itertools
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from devkit.wechat_sandbox.accounts import MINIPROGRAM, Account, accounts_from
from devkit.wechat_sandbox.codes import CodeDesk
from devkit.wechat_sandbox.consents import ConsentBook
from devkit.wechat_sandbox.errors import WeChatError
from devkit.wechat_sandbox.faults import Fault, FaultPlan
from devkit.wechat_sandbox.identities import official_openid_for, openid_for, person_of, unionid_for
from devkit.wechat_sandbox.people import People
from devkit.wechat_sandbox.quotas import QuotaDesk
from devkit.wechat_sandbox.records import Check, Message
from devkit.wechat_sandbox.statistics import Statistics
from devkit.wechat_sandbox.templates import TemplateShelf
from devkit.wechat_sandbox.tokens import TokenDesk

KEPT = 10_000
CHINA = datetime.timezone(datetime.timedelta(hours=8))


@dataclass
class Options:
    """What a bench or a test switches off, and how the pages of this sandbox look.

    ``pages``: the published pages of the mini-program; None: every well-formed path is one. ``redirect_domains``: 网页授权
    域名; empty: any. ``client_url``: where a message's page is opened in a browser, ``…/m/#/``. ``titles``: see People.
    """

    check_consents: bool = True
    check_visits: bool = True
    check_quotas: bool = True
    with_unionid: bool = False
    redirect_domains: tuple[str, ...] = ()
    client_url: str = ""
    pages: frozenset[str] | None = None
    titles: Mapping[str, str] = field(default_factory=dict)


class SandboxState:
    """The sandbox's memory. Every public method takes the lock; none of them waits while holding it.

    ``known``: the accounts, or app id → secret with the mini-program first. ``options.with_unionid``: whether the
    applications belong to one open-platform account; without one, WeChat returns no unionid (documentation:
    jscode2session).
    """

    def __init__(
        self,
        known: Mapping[str, str] | Iterable[Account],
        *,
        with_unionid: bool = False,
        clock: Callable[[], float] = time.time,
        options: Options | None = None,
    ) -> None:
        self.accounts = accounts_from(known)
        self.options = options or Options()
        self.options.with_unionid = self.options.with_unionid or with_unionid
        self.clock = clock
        self.lock = threading.RLock()
        self.people = People(self.clock, self.options.titles)
        self.resets = 0
        self._held: set[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = set()
        self._clear()

    def _clear(self) -> None:
        self.tokens = TokenDesk({account.appid: account.secret for account in self.accounts}, self.clock)
        self.codes = CodeDesk(self.clock)
        self.faults = FaultPlan()
        self.people.forget()
        self.consents = ConsentBook()
        self.templates = TemplateShelf()
        self.quotas = QuotaDesk(self.clock, enforced=self.options.check_quotas)
        self.statistics = Statistics()
        self.links: dict[str, str] = {}
        self._messages: deque[Message] = deque(maxlen=KEPT)
        self._checks: deque[Check] = deque(maxlen=KEPT)
        self._numbers = itertools.count(1)

    def reset(self) -> None:
        """Forget everything but accounts, options and whose openid is whose; let go of every request a fault is holding."""
        with self.lock:
            self._clear()
            self.resets += 1
            held, self._held = self._held, set()
        for loop, future in held:
            loop.call_soon_threadsafe(_let_go, future)

    async def hold(self, seconds: float, resets: int) -> None:
        """Wait, unless a reset comes first. ``resets``: how many there had been when the request came."""
        loop = asyncio.get_running_loop()
        entry: tuple[asyncio.AbstractEventLoop, asyncio.Future[None]] = (loop, loop.create_future())
        with self.lock:
            if self.resets != resets:
                return
            self._held.add(entry)
        timer = loop.call_later(seconds, _let_go, entry[1])
        try:
            await entry[1]
        finally:
            timer.cancel()
            with self.lock:
                self._held.discard(entry)

    # what tests and benches reach for

    def add_fault(self, fault: Fault) -> None:
        """Order one fault."""
        with self.lock:
            self.faults.add(fault)

    def take_faults(self, endpoint: str) -> list[Fault]:
        """What this request must suffer."""
        with self.lock:
            return self.faults.take(endpoint)

    def issue_code(self, person: str, appid: str = "") -> str:
        """A fresh login code of this person, for one account only if named."""
        with self.lock:
            return self.codes.issue(person, appid)

    def revoke_tokens(self) -> None:
        """Make every token handed out so far invalid."""
        with self.lock:
            self.tokens.revoke_all()

    def plain_token(self, appid: str, secret: str) -> dict[str, object]:
        """A token of `/cgi-bin/token`."""
        with self.lock:
            self.tokens.check_credentials(appid, secret)
            return self.tokens.plain(appid)

    def stable_token(self, appid: str, secret: str, *, force_refresh: bool) -> dict[str, object]:
        """A token of `/cgi-bin/stable_token`."""
        with self.lock:
            self.tokens.check_credentials(appid, secret)
            return self.tokens.stable(appid, force_refresh=force_refresh)

    def account_of(self, access_token: str, kind: str) -> Account:
        """Whose token this is. 48001 for a token of the other kind of account (documentation: 全局返回码, "api 功能未授权";
        that this case gets it is unverified), otherwise as :meth:`TokenDesk.require`."""
        with self.lock:
            account = self.account(self.tokens.require(access_token))
        if account.kind != kind:
            raise WeChatError(48001, "api unauthorized")
        return account

    def account(self, appid: str) -> Account:
        """By app id; 40013 for an unknown one."""
        for account in self.accounts:
            if account.appid == appid:
                return account
        raise WeChatError(40013, "invalid appid")

    def account_for(self, kind: str) -> Account | None:
        """The mini-program or the official account, if the sandbox has it."""
        return next((account for account in self.accounts if account.kind == kind), None)

    def sign_in(self, appid: str, secret: str, code: str, *, official: bool = False) -> dict[str, object]:
        """Who holds this login code, as the mini-program or the official account sees them."""
        with self.lock:
            self.tokens.check_credentials(appid, secret)
            self.codes.redeem_login(code, appid)
            person = self.people.meet(person_of(code))
            if not official:
                self.people.visited(person.openid(MINIPROGRAM))
        identity: dict[str, object] = {"openid": official_openid_for(code) if official else openid_for(code)}
        return identity | ({"unionid": unionid_for(code)} if self.options.with_unionid else {})

    def openid(self, order: Mapping[str, object], kind: str = MINIPROGRAM) -> str:
        """Whom a lever means: `{openid}` as it stands, or `{user}`. Raises ValueError."""
        openid, user = order.get("openid"), order.get("user")
        if isinstance(openid, str) and openid:
            return openid
        if not isinstance(user, str) or not user or "#" in user:
            raise ValueError("请给出 user(不含 # 的名字)或 openid")
        with self.lock:
            return self.people.meet(user).openid(kind)

    def keep(self, message: Message) -> None:
        """A message reached a phone."""
        with self.lock:
            self._messages.append(message)

    def keep_check(self, check: Check) -> None:
        """A text or picture was looked at."""
        with self.lock:
            self._checks.append(check)

    def next_number(self) -> int:
        """A message id."""
        return next(self._numbers)

    def now_in_words(self) -> str:
        """This moment in China, to the second."""
        return datetime.datetime.fromtimestamp(self.clock(), CHINA).isoformat("T", "seconds")

    def messages(self, openid: str | None = None) -> list[Message]:
        """What was delivered, newest first; of one person if asked."""
        with self.lock:
            return [message for message in reversed(self._messages) if openid in (None, message.openid)]

    def checks(self) -> list[Check]:
        """What was checked, newest first."""
        with self.lock:
            return list(reversed(self._checks))


def trace_id() -> str:
    """As WeChat writes them (observed in developers' questions): three numbers in hexadecimal."""
    return "-".join(secrets.token_hex(4) for _ in range(3))


def _let_go(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
