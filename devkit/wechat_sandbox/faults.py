"""Trouble on demand: what a test or a demonstrator asks the sandbox to do wrong, and how often."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field

WAITING = ("latency", "timeout_after_accept")
KINDS = (*WAITING, "http_500", "errcode", "malformed", "reset_before", "reset_after")
LONGEST_WAIT = 120.0
EVERYWHERE = "*"
HEADER = "x-sandbox-fault"

BROKEN_BODIES = (b'{"errcode": 0, "errmsg"', b"", b"<html><body>502 Bad Gateway</body></html>", b"[]", b"\xff\xfe\x00")
"""What ``malformed`` answers, by its value: JSON cut off, nothing, a proxy's page, another shape, no UTF-8."""


@dataclass
class Fault:
    """One order.

    ``endpoint``: a path, or ``*`` for all of WeChat's. ``value``: seconds for the waiting kinds, the number for
    ``errcode``, the status for ``http_500`` (default 500), the shape for ``malformed``. ``times``: how often it strikes.
    ``probability``: of each request; drawn from ``seed`` when there is one, so that a chaos test can be repeated.
    """

    endpoint: str
    kind: str
    value: float
    times: int
    probability: float = 1.0
    seed: int | None = None
    draws: random.Random = field(default_factory=random.Random, repr=False)

    def __post_init__(self) -> None:
        if self.seed is not None:
            self.draws = random.Random(self.seed)

    def strikes(self, endpoint: str) -> bool:
        """Whether this request suffers it."""
        if self.endpoint not in (endpoint, EVERYWHERE):
            return False
        return self.probability >= 1.0 or self.draws.random() < self.probability


def parse_fault(order: object) -> Fault:
    """Read ``{endpoint, kind, value?, times?, probability?, seed?}``. Raises ValueError with a sentence naming what is wrong."""
    if not isinstance(order, dict):
        raise ValueError("请发送一个 JSON 对象:{endpoint, kind, value, times, probability, seed}")
    endpoint, kind = order.get("endpoint"), order.get("kind")
    if not isinstance(endpoint, str) or not (endpoint.startswith("/") or endpoint == EVERYWHERE):
        raise ValueError("endpoint 应是以 / 开头的路径,例如 /cgi-bin/message/subscribe/send;* 表示全部接口")
    if not isinstance(kind, str) or kind not in KINDS:
        raise ValueError(f"kind 应是其中之一:{', '.join(KINDS)}")
    value = _value(kind, order.get("value", 0))
    times, probability, seed = order.get("times", 1), order.get("probability", 1.0), order.get("seed")
    if isinstance(times, bool) or not isinstance(times, int) or times < 1:
        raise ValueError("times 应是不小于 1 的整数")
    if isinstance(probability, bool) or not isinstance(probability, (int, float)) or not 0 < probability <= 1:
        raise ValueError("probability 应大于 0 且不大于 1")
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int)):
        raise ValueError("seed 应是整数")
    return Fault(endpoint, kind, value, times, float(probability), seed)


def _value(kind: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -10_000_000 < value < 10_000_000:
        raise ValueError("value 应是数字(秒数、错误码、HTTP 状态或残缺正文的种类)")
    if kind == "errcode" and not value:
        raise ValueError("kind 为 errcode 时,value 应是非零的错误码")
    if kind in WAITING and not 0 <= value <= LONGEST_WAIT:
        raise ValueError(f"value 应在 0 到 {LONGEST_WAIT:g} 秒之间")
    if kind == "http_500" and value and not 500 <= value <= 599:
        raise ValueError("kind 为 http_500 时,value 应是 500 到 599 的状态码")
    if kind == "malformed" and int(value) not in range(len(BROKEN_BODIES)):
        raise ValueError(f"kind 为 malformed 时,value 应是 0 到 {len(BROKEN_BODIES) - 1}")
    return float(value)


def from_header(words: str, endpoint: str) -> list[Fault]:
    """The faults of one request: ``X-Sandbox-Fault: latency=0.2, errcode=45009``. Raises ValueError."""
    faults = []
    for word in filter(None, (part.strip() for part in words.split(","))):
        kind, _, number = word.partition("=")
        try:
            value = float(number or 0)
        except ValueError:
            raise ValueError(f"X-Sandbox-Fault 里 {word} 的数值不对") from None
        faults.append(parse_fault({"endpoint": endpoint, "kind": kind, "value": value}))
    return faults


class FaultPlan:
    """The orders still open, oldest first. Not locked: the state that owns it is."""

    def __init__(self) -> None:
        self._open: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Take one more order."""
        self._open.append(fault)

    def take(self, endpoint: str) -> list[Fault]:
        """What this request suffers, used up by one: the oldest latency that strikes and the oldest other fault."""
        struck: dict[bool, Fault] = {}
        for fault in self._open:
            if (fault.kind == "latency") not in struck and fault.strikes(endpoint):
                struck[fault.kind == "latency"] = fault
                if len(struck) == 2:
                    break
        for fault in struck.values():
            fault.times -= 1
            if fault.times == 0:
                self._open.remove(fault)
        return list(struck.values())

    def describe(self) -> list[dict[str, object]]:
        """The open orders, for people."""
        names = ("endpoint", "kind", "value", "times", "probability")
        return [{name: getattr(fault, name) for name in names} for fault in self._open]


def worst(faults: Iterable[Fault]) -> Fault | None:
    """The fault that is not mere latency, if any."""
    return next((fault for fault in faults if fault.kind != "latency"), None)
