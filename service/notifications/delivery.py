"""Send a batch of pushes: the only code that lets a notification leave the house. No database here."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from config.messages import MESSAGES
from service.notifications.models import INVALID, REFUSED, SENT, UNKNOWN
from service.notifications.templates import Channel
from service.sms import Sms, SmsError
from service.wechat import WeChat, WeChatError, WeChatFault

THREADS = 64
"""As many as the transport keeps connections: what a worker sends a second is bounded by threads over WeChat's 50 ms."""
BEGIN_WITHIN = 30.0
"""Seconds after its claim in which a push of a batch is begun: it is leased, and another worker must not send it again."""
TASK_TEMPLATE: str = MESSAGES["push.templates.task.subscription"]["id"]
PROGRESS_TEMPLATE: str = MESSAGES["push.templates.progress.subscription"]["id"]
BAD_TEMPLATE = frozenset({47003, 40037, 41030, 43107})
"""Data, template id or page do not fit the account: nothing is wrong with the recipient, an operator has to mend it."""
NO_CONSENT_CODE = 43101
DEAF = 16
"""After so many failures in a row the channel is taken to be down, and the rest is not begun."""
NOT_BEGUN = "not begun"


@dataclass(frozen=True, slots=True)
class Envelope:
    """What leaves the database for a push: no issue text, no name. ``values``: of a text message, in its template's order.

    ``carries``: the pushes a digest speaks of besides its own. ``long_term``: its template is one for long-term
    subscribers, which the official account sends by another call (订阅通知 instead of 模板消息).
    """

    notification_id: str
    channel: Channel
    to: str
    template_id: str
    page: str
    data: Mapping[str, str]
    values: Sequence[str] = ()
    attempt: int = 1
    carries: tuple[str, ...] = ()
    long_term: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """``state`` None: try later, because of ``fault``; fault None as well: not begun at all."""

    envelope: Envelope
    state: str | None
    fault: WeChatFault | None = None
    code: int | str | None = None
    msgid: str = ""

    @property
    def error(self) -> str:
        return f"{self.code or ''} {self.fault or NOT_BEGUN}".strip()

    @property
    def technical(self) -> bool:
        """Nobody answered, or our token is refused: this message is as good as any other."""
        return self.fault is WeChatFault.TOKEN or (self.fault is WeChatFault.RETRY and not isinstance(self.code, int))


_STATE_OF_FAULT = {WeChatFault.PERMANENT: REFUSED, WeChatFault.UNKNOWN: UNKNOWN}
_POOL = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="deliver")
"""Threads of this process, started once (50 ms each at WeChat: one after the other would be 20 a second)."""


@dataclass(slots=True)
class OnWay:
    """One slice: what has not left yet, how it went, and the threads at it."""

    waiting: deque[Envelope]
    results: list[Result] = field(default_factory=list)
    running: list[Future[None]] = field(default_factory=list)

    def arrived(self) -> list[Result]:
        """Wait for the whole slice; one result for each of its messages. A bug in one is that message's failure."""
        for thread in self.running:
            thread.result()
        return self.results


class Line:
    """What leaves by one worker for as long as it works without a pause: several slices may be on their way at once.

    It knows which channels nothing more goes out by, whichever slice that showed in. ``stopping``: set when nothing more
    may leave at all.
    """

    def __init__(self, wechat: WeChat, sms: Sms | None, stopping: threading.Event) -> None:
        self._wechat, self._sms, self._stopping = wechat, sms, stopping
        self._stopped: set[Channel] = set()
        self._failed: dict[Channel, int] = dict.fromkeys(Channel, 0)
        self._halted = False

    @property
    def clear(self) -> bool:
        """Whether everything may go on leaving."""
        return not (self._stopped or self._over)

    @property
    def _over(self) -> bool:
        return self._halted or self._stopping.is_set()

    def halt(self) -> None:
        """Nothing more leaves; what is being said to WeChat at this moment is said to its end."""
        self._halted = True

    def start(self, envelopes: Sequence[Envelope], latest: float) -> OnWay:
        """Hand a slice to the threads and do not wait for it. ``latest``: the monotonic time after which none is begun."""
        on_way = OnWay(deque(envelopes))
        several = range(min(THREADS, len(envelopes)))
        on_way.running.extend(_POOL.submit(self._run, on_way, latest) for _ in several)
        return on_way

    def _run(self, on_way: OnWay, latest: float) -> None:
        waiting, results = on_way.waiting, on_way.results
        while True:
            try:
                one = waiting.popleft()
            except IndexError:
                return
            if self._over or one.channel in self._stopped or time.monotonic() > latest:
                results.append(Result(one, None))
                continue
            result = self._send(one)
            results.append(result)
            if result.fault is None:
                self._failed[one.channel] = 0
            else:
                self._failure(one.channel, result)

    def _failure(self, channel: Channel, result: Result) -> None:
        """A quota or a refused token concerns every message; so does silence, once it has lasted."""
        if result.fault in (WeChatFault.STOP_BATCH, WeChatFault.TOKEN):
            self._stopped.add(channel)
        elif result.technical or result.fault is WeChatFault.UNKNOWN:
            self._failed[channel] += 1
            if self._failed[channel] >= DEAF:
                self._stopped.add(channel)
        else:
            self._failed[channel] = 0  # WeChat said no to this one: it is there

    def _send(self, one: Envelope) -> Result:
        try:
            return Result(one, SENT, msgid=self._hand_over(one))
        except WeChatError as error:
            state = INVALID if error.errcode in BAD_TEMPLATE else _STATE_OF_FAULT.get(error.fault)
            return Result(one, state, error.fault, error.errcode)
        except SmsError as error:
            return Result(one, _STATE_OF_FAULT.get(error.fault), error.fault, error.code)
        except (
            Exception
        ) as error:  # a bug: it may have left before it showed, and the others of the batch must not suffer
            return Result(one, UNKNOWN, WeChatFault.UNKNOWN, type(error).__name__)

    def _hand_over(self, one: Envelope) -> str:
        if one.channel is Channel.SUBSCRIPTION:
            return self._wechat.send_subscription(
                openid=one.to, template_id=one.template_id, page=one.page, data=one.data
            )
        if one.channel is Channel.OFFICIAL:
            send = self._wechat.send_official_subscription if one.long_term else self._wechat.send_official
            return send(openid=one.to, template_id=one.template_id, page=one.page, data=one.data)
        if self._sms is None:
            raise SmsError(WeChatFault.PERMANENT, "switched off")
        return self._sms.send(phone=one.to, template_id=one.template_id, values=one.values)


def with_carried(result: Result) -> list[Result]:
    """The result for the digest's own push, and the same for each it speaks of."""
    envelope = result.envelope
    others = (replace(envelope, notification_id=one, carries=()) for one in envelope.carries)
    return [result, *(replace(result, envelope=other) for other in others)]
